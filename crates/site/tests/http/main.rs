//! The site over HTTP, without a network: real routes, a real office on a store of its own.

mod api;
mod desk;
mod forms;
mod frame;
mod permits;
mod sessions;
mod support;
mod tracking;
