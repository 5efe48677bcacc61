//! The commands. Each is one file: its words (`Args`) and what it does (`run`).

pub mod audit;
pub mod bench;
pub mod body;
pub mod check;
pub mod clock;
pub mod demo;
pub mod doctor;
pub mod export;
pub(crate) mod fetch;
pub mod figure;
pub mod import;
pub mod init;
pub mod inspect;
pub mod job;
pub mod log;
pub mod migrate;
pub mod procedure;
pub mod reindex;
pub mod serve;
pub mod token;
pub mod user;
pub mod verify;
pub mod version;

/// A runtime for commands that ask the office a question or two.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, crate::Stop> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| crate::Stop::new(crate::exit::FAILED, format!("无法启动：{error}")))
}
