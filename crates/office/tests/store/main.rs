//! The store on both engines: what every other part of the office stands on.

mod acts;
mod bodies;
mod catalogue;
mod chains;
mod documents;
mod duties;
mod feeds;
mod found;
mod guarded;
mod hits;
mod jobs;
mod logs;
mod oa;
mod opening;
mod packages;
mod reduced;
mod reviews;
#[path = "../../../intake/tests/samples/mod.rs"]
mod samples;
mod seals;
mod stage;
mod statements;
mod tampering;
mod texts;
