//! The publication kernel. What becomes public is an [`Edition`]: immutable, hashed, with an
//! attribute and the approval it rests on. Pure: time, ids and randomness are arguments.

mod attribute;
mod edition;
pub mod log;

pub use attribute::Attribute;
pub use edition::{Draft, Edition, Fault, commitment};
