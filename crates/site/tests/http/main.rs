//! The site over HTTP, without a network: real routes, a real office on a store of its own.

mod api;
mod forms;
mod frame;
mod log;
mod permits;
mod sessions;
mod support;
mod tracking;
