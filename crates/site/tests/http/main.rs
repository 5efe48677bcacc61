//! The site over HTTP, without a network: real routes, a real office on a store of its own.

mod api;
mod catalogue;
mod desk;
mod files;
mod filing;
mod forms;
mod frame;
mod kept;
mod log;
mod permits;
mod portal;
mod script;
mod sessions;
mod set_up;
mod support;
mod takedown;
mod tracking;
