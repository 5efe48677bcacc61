//! The publication kernel. What becomes public is an [`Edition`]: immutable, hashed, with an
//! attribute and the approval it rests on. Pure: time, ids and randomness are arguments.

mod attribute;
pub mod catalogue;
mod column;
mod edition;
mod field;
pub mod kind;
pub mod log;
mod reduced;
mod relation;
pub mod reprint;

pub use attribute::Attribute;
pub use column::{Column, Columns};
pub use edition::{Attachment, Correction, Draft, Edition, Fault, commitment, sha256};
pub use kind::Kind;
pub use reduced::{Reduced, Reducer, Removal, Removed};
