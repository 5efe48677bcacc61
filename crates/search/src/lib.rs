//! Full-text indexes on disk. They are disposable: a damaged or foreign one is made anew
//! and filled again from the store by its change feed, whose place each commit records.
//!
//! Texts are cut by `text::token` alone, nothing is stored but the id and what filters and
//! counts need; rows, masks and marks come from the store and from `text`.

mod cut;
mod find;
mod index;
mod number;
mod schema;
mod suggest;

pub use find::{Count, Hits, Query, Scope, Sort};
pub use index::{Doc, Fault, Index, Kind, Op, Writer};
