//! Reads what people bring: files they attach, pictures with hidden data, messages of
//! older systems. Everything here is hostile input: nothing panics on it, nothing is
//! unpacked, every answer is a value or a sentence that says what to do.

pub mod file;
pub mod html;
pub mod inside;
pub mod messages;
pub mod pages;
pub mod picture;
pub mod picture_mark;
pub mod reader;
mod refusal;
pub mod remains;
pub mod sheet;

pub use refusal::{Cause, Refusal};
