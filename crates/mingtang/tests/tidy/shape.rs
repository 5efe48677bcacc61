//! Sizes and names: what a reader can hold in mind.

use crate::source::{functions, tokens};
use crate::tree::{File, at, files, hold};

const FILE: usize = 400;
const FUNCTION: usize = 70;
const HANDLER: usize = 40;
const WRITE_PATHS: [&str; 2] = ["crates/office/src/act.rs", "crates/office/src/publish.rs"];
const WRITE_PATH: usize = 250;
const ADR: usize = 25;
/// Most that one crate may hold of all our lines, in percent, once there are `ENOUGH`.
const SHARE: usize = 35;
const ENOUGH: usize = 8_000;
const NAMES_WITHOUT_SUBJECT: [&str; 10] =
    ["util", "utils", "common", "helper", "helpers", "manager", "managers", "service", "services", "misc"];

fn rust() -> Vec<File> {
    [files("crates", ".rs"), files("xtask", ".rs"), files("fuzz", ".rs")].into_iter().flatten().collect()
}

fn lines(file: &File) -> usize {
    file.text.lines().count()
}

#[test]
fn files_are_short() {
    let scripts = files("tests", ".mjs").into_iter().chain(files("assets/js", ".js"));
    let long: Vec<String> = rust()
        .into_iter()
        .chain(scripts)
        .filter(|file| lines(file) > FILE)
        .map(|file| at(&file.path, FILE + 1, format!("{} lines, at most {FILE}", lines(&file))))
        .collect();
    hold(&long, "A file has one subject: move the second one into a file of its own.");
}

#[test]
fn functions_are_short() {
    let mut long = Vec::new();
    for file in rust() {
        for function in functions(&tokens(&file.text)).into_iter().filter(|function| function.lines > FUNCTION) {
            let what = format!("fn {} has {} lines, at most {FUNCTION}", function.name, function.lines);
            long.push(at(&file.path, function.line, what));
        }
    }
    hold(&long, "Name the parts of the function and call them.");
}

#[test]
fn handlers_parse_act_and_answer() {
    let mut long = Vec::new();
    for file in files("crates/site/src", ".rs") {
        let handlers = functions(&tokens(&file.text))
            .into_iter()
            .filter(|function| function.signature.iter().any(|word| word == "State"));
        for handler in handlers.filter(|handler| handler.lines > HANDLER) {
            let what = format!("handler {} has {} lines, at most {HANDLER}", handler.name, handler.lines);
            long.push(at(&file.path, handler.line, what));
        }
    }
    hold(
        &long,
        "A handler parses, does one act or query, answers one page: the rest belongs to office or to the page.",
    );
}

#[test]
fn the_two_write_paths_are_short() {
    let paths = files("crates/office/src", ".rs").into_iter().filter(|file| WRITE_PATHS.contains(&file.path.as_str()));
    let long: Vec<String> = paths
        .filter(|file| lines(file) > WRITE_PATH)
        .map(|file| at(&file.path, WRITE_PATH + 1, format!("{} lines, at most {WRITE_PATH}", lines(&file))))
        .collect();
    hold(&long, "Everybody must be able to read the write path whole: move what is not writing out of it.");
}

#[test]
fn modules_are_named_after_a_subject() {
    let mut bad = Vec::new();
    for file in rust() {
        let parts = file.path.split('/').flat_map(|part| part.strip_suffix(".rs").unwrap_or(part).split('_'));
        bad.extend(
            parts
                .filter(|part| NAMES_WITHOUT_SUBJECT.contains(part))
                .map(|part| at(&file.path, 1, format!("named {part}"))),
        );
    }
    hold(&bad, "Name the module after what it is about, with a word of docs/terms.md.");
}

#[test]
fn no_crate_outgrows_the_house() {
    let mut crates: Vec<(String, usize)> = Vec::new();
    for file in rust() {
        let name = file.path.trim_start_matches("crates/").split('/').next().unwrap_or_default().to_owned();
        match crates.iter_mut().find(|(known, _)| *known == name) {
            Some((_, sum)) => *sum += lines(&file),
            None => crates.push((name, lines(&file))),
        }
    }
    let total: usize = crates.iter().map(|(_, sum)| sum).sum();
    let shares: Vec<String> =
        crates.iter().map(|(name, sum)| format!("{name} {sum} ({} %)", sum * 100 / total)).collect();
    eprintln!("{total} lines: {}", shares.join(", "));
    if total > ENOUGH {
        let big = crates.iter().filter(|(_, sum)| sum * 100 > total * SHARE);
        let big: Vec<String> = big
            .map(|(name, sum)| at(&format!("crates/{name}"), 1, format!("{sum} of {total} lines, at most {SHARE} %")))
            .collect();
        hold(&big, "Move what belongs to a crate below, or to the rulebook, there.");
    }
}

#[test]
fn decisions_are_told_shortly() {
    let long: Vec<String> = files("docs/adr", ".md")
        .into_iter()
        .filter(|file| lines(file) > ADR)
        .map(|file| at(&file.path, ADR + 1, format!("{} lines, at most {ADR}", lines(&file))))
        .collect();
    hold(&long, "A decision record says what, why, instead of what, and the upkeep.");
}
