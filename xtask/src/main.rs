//! Automation of the repository; `cargo xtask` names its commands.
#![allow(clippy::print_stdout, reason = "a command line tool talks on stdout")]

mod browser;
mod lab;
mod machine;
mod postgres;
mod tally;
mod test;
mod vendor;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask COMMAND
  test            format, vendored files, every test, both databases, a real browser
  vendor --check  the files of assets/vendor against the hashes of assets/vendor.lock";

/// Why a command ended badly: a sentence for the person and the exit code.
pub struct Failure {
    code: u8,
    why: String,
}

impl Failure {
    /// Something was tried and failed.
    pub fn failed(why: impl Into<String>) -> Self {
        Self { code: 1, why: why.into() }
    }

    /// The machine lacks something that this run may not or cannot bring.
    pub fn unavailable(why: impl Into<String>) -> Self {
        Self { code: 69, why: why.into() }
    }
}

/// Result of every command.
pub type Outcome<T = ()> = Result<T, Failure>;

/// The checkout. Cargo says it when it runs us: the one we were built from may be gone, when a target
/// directory serves several checkouts.
fn root() -> PathBuf {
    let ours = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Path::new(&ours).join("..").canonicalize().expect("the checkout that holds this package")
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["test"] => test::run(&root()),
        ["vendor", "--check"] => vendor::check(&root()).map(|files| println!("{files} vendored files agree")),
        _ => Err(Failure { code: 2, why: USAGE.into() }),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{}", failure.why);
            ExitCode::from(failure.code)
        }
    }
}
