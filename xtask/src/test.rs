//! `cargo xtask test`: everything, in one run.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::lab::Lab;
use crate::tally::Tally;
use crate::{Failure, Outcome, browser, machine, postgres, vendor};

/// Runs every step, also after one failed, and closes with one line of totals.
pub fn run(root: &Path) -> Outcome {
    machine::ready(root)?;
    let mut lab = Lab::open()?;
    let postgres = postgres::start(&mut lab)?;
    let mut run = Run { root, postgres, lab, tally: Tally::default() };
    run.cargo("format", "fmt --all --check -- -l")?;
    run.vendored();
    run.cargo("tests", "test --workspace --no-fail-fast -- --show-output")?;
    if run.cargo("binary", "build --workspace")? {
        run.journeys()?;
    }
    run.close()
}

struct Run<'a> {
    root: &'a Path,
    /// Address of the private cluster.
    postgres: String,
    lab: Lab,
    tally: Tally,
}

impl Run<'_> {
    fn cargo(&mut self, name: &str, args: &str) -> Outcome<bool> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
        let mut command = Command::new(cargo);
        command.args(args.split(' ')).current_dir(self.root);
        command.env("MINGTANG_TEST_POSTGRES", &self.postgres);
        // The tests of `site` write every page there, in all its states, for the browser.
        command.env("DESK_SAMPLES", self.lab.samples());
        command.env("PORTAL_SAMPLES", self.lab.samples());
        self.step(name, &mut command)
    }

    fn vendored(&mut self) {
        let checked = vendor::check(self.root);
        if let Err(failure) = &checked {
            println!("{}", failure.why);
        }
        self.tally.step(checked.is_ok());
    }

    fn journeys(&mut self) -> Outcome {
        match browser::journeys(&mut self.lab, self.root) {
            Ok(mut command) => self.step("journeys", &mut command).map(drop),
            Err(failure) => {
                println!("{}", failure.why);
                self.tally.step(false);
                Ok(())
            }
        }
    }

    /// One command; answers whether it held. A command whose tests were counted counts by them alone.
    fn step(&mut self, name: &str, command: &mut Command) -> Outcome<bool> {
        println!("== {name}");
        let began = Instant::now();
        let (failed, counted) = (self.tally.failed(), self.tally.counted());
        let tally = &mut self.tally;
        let status = self.lab.foreground(command, |line| tally.read(line))?;
        let held = status.success();
        if (held && self.tally.counted() == counted) || (!held && self.tally.failed() == failed) {
            self.tally.step(held);
        }
        let word = if held { "held" } else { "FAILED" };
        println!("== {name}: {word} in {:.0} s", began.elapsed().as_secs_f32());
        Ok(held)
    }

    fn close(self) -> Outcome {
        let (failed, skipped) = (self.tally.failed(), self.tally.skipped());
        println!("{} passed, {failed} failed, {skipped} skipped", self.tally.passed());
        if failed > 0 {
            return Err(Failure::failed("some tests failed"));
        }
        if skipped > 0 && self.root.join("../shared").exists() {
            return Err(Failure::failed("tests were skipped although ../shared is here"));
        }
        Ok(())
    }
}
