//! `mingtang check`: is the rulebook sound, and do the legal cases come out as they say?

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::process::ExitCode;

use law::{Law, RuleFault};
use matter::check::{Source, Surroundings, check};
use matter::{Procedure, scenario, wording};
use office::{RuleFiles, check_papers};
use serde::Serialize;

/// The rulebook is broken.
const BROKEN: u8 = 3;
/// A scenario came out otherwise.
const FAILED: u8 = 8;

/// 检查规则库：期限、规程、文书是否完整可行；可以一并运行法律案例。
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 同时运行rulebook/scenarios中的案例
    #[arg(long)]
    scenarios: bool,
    /// 输出JSON
    #[arg(long)]
    json: bool,
}

/// A case that came out otherwise.
#[derive(Serialize)]
struct Failure {
    file: String,
    case: String,
    error: String,
}

/// How the cases came out.
#[derive(Serialize)]
struct Outcome {
    cases: usize,
    passed: usize,
    failed: Vec<Failure>,
}

/// Runs the command on the files of a rulebook, by path below `rulebook/`.
///
/// Exit: 0; 3 when the rulebook is broken (every letter is rendered with samples, too), each fault a line of JSON; 8 when a case fails.
pub fn run(args: Args, files: &RuleFiles) -> ExitCode {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match report(&args, files, &mut out).and_then(|code| out.flush().map(|()| code)) {
        Ok(code) => ExitCode::from(code),
        // Nobody reads on: a closed pipe is no fault of the rulebook.
        Err(_) => ExitCode::SUCCESS,
    }
}

fn report(args: &Args, rules: &RuleFiles, out: &mut impl Write) -> io::Result<u8> {
    let files = &rules.0;
    let (law, procedures, mut faults) = sound(files);
    // A template is held against its procedures: those must be sound first.
    if faults.is_empty() {
        faults = check_papers(rules, procedures.iter());
    }
    for fault in &faults {
        writeln!(out, "{}", serde_json::to_string(fault)?)?;
    }
    let Some(law) = law.filter(|_| faults.is_empty()) else { return Ok(BROKEN) };
    if !args.scenarios {
        let limits: BTreeSet<&str> = law.limits().map(|limit| limit.id.as_str()).collect();
        match args.json {
            true => writeln!(out, "{{\"procedures\":{},\"limits\":{}}}", procedures.len(), limits.len())?,
            false => writeln!(out, "规则库完好：{}个规程，{}项期限。", procedures.len(), limits.len())?,
        }
        return Ok(0);
    }
    let (outcome, faults) = cases(files, &law, &procedures);
    for fault in &faults {
        writeln!(out, "{}", serde_json::to_string(fault)?)?;
    }
    if !faults.is_empty() {
        return Ok(BROKEN);
    }
    if args.json {
        writeln!(out, "{}", serde_json::to_string(&outcome)?)?;
    } else {
        for failure in &outcome.failed {
            writeln!(out, "{} “{}” {}", failure.file, failure.case, failure.error)?;
        }
        writeln!(out, "{}个案例，{}个通过，{}个不符。", outcome.cases, outcome.passed, outcome.failed.len())?;
    }
    Ok(if outcome.failed.is_empty() { 0 } else { FAILED })
}

fn below<'a>(files: &'a BTreeMap<String, String>, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let inside = move |path: &&String| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
    files.keys().filter(inside).filter_map(|path| Some((path.as_str(), files.get(path)?.as_str())))
}

/// Parses law and procedures and checks them; every fault of every file.
fn sound(files: &BTreeMap<String, String>) -> (Option<Law>, Vec<Procedure>, Vec<RuleFault>) {
    let mut faults = Vec::new();
    let law = Law::parse(below(files, "law")).map_err(|found| faults.extend(found)).ok();
    let mut read = Vec::new();
    for (file, text) in below(files, "procedures") {
        match Procedure::parse(file, text) {
            Ok(procedure) => read.push((file, text, procedure)),
            Err(fault) => faults.push(fault),
        }
    }
    // The names of what cannot be read would only be missing once more.
    if let Some(law) = law.as_ref().filter(|_| faults.is_empty()) {
        let template = |path: &str| {
            let name = path.strip_prefix("papers/")?;
            Some(name.rsplit_once('.').map_or(name, |(stem, _)| stem).to_owned())
        };
        let templates: BTreeSet<String> = below(files, "papers").filter_map(|(path, _)| template(path)).collect();
        let source = |(file, text, procedure)| Source { file, text, procedure };
        let sources: Vec<Source> = read.iter().map(|(file, text, one)| source((file, text, one))).collect();
        faults.extend(check(&sources, &Surroundings { law, templates: &templates }));
        faults.extend(wordings(files, &read.iter().map(|(_, _, one)| one).collect::<Vec<_>>()));
    }
    (law, read.into_iter().map(|(_, _, procedure)| procedure).collect(), faults)
}

/// What is wrong with the outlines and phrases for replies.
fn wordings(files: &BTreeMap<String, String>, procedures: &[&Procedure]) -> Vec<RuleFault> {
    let one = |(file, text)| match wording::parse(file, text) {
        Ok(read) => wording::check(file, text, &read, procedures),
        Err(fault) => vec![fault],
    };
    below(files, "texts/reply").flat_map(one).collect()
}

fn cases(files: &BTreeMap<String, String>, law: &Law, procedures: &[Procedure]) -> (Outcome, Vec<RuleFault>) {
    let (mut outcome, mut faults) = (Outcome { cases: 0, passed: 0, failed: Vec::new() }, Vec::new());
    for (file, text) in below(files, "scenarios") {
        let cases = match scenario::parse(file, text) {
            Ok(cases) => cases,
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        };
        for case in cases {
            outcome.cases += 1;
            match scenario::run(&case, law, procedures) {
                Ok(_) => outcome.passed += 1,
                Err(error) => outcome.failed.push(Failure { file: file.to_owned(), case: case.name, error }),
            }
        }
    }
    (outcome, faults)
}
