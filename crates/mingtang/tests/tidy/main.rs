//! The ratchets of the repository: each test names file, line and what to do about it.
//! Limits are constants beside their test; they may only fall.

mod arrows;
mod private;
mod rulebook;
mod shape;
mod source;
mod tree;
