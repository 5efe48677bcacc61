//! The site over HTTP, without a network: real routes, a real office on a store of its own.

mod api;
mod catalogue;
mod desk;
mod documents;
mod files;
mod filing;
mod forms;
mod frame;
mod from_file;
mod kept;
mod log;
mod oa;
mod old;
mod permits;
mod portal;
mod review;
#[path = "../../../intake/tests/samples/mod.rs"]
mod samples;
mod script;
mod sessions;
mod set_up;
mod support;
mod takedown;
mod tracking;
