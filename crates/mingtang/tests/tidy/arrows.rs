//! Which crate may know which, and what the pure ones must not touch.

use std::collections::BTreeSet;

use crate::source::{Token, tokens, without_tests};
use crate::tree::{File, at, files, hold, root};

/// mingtang → site → office → {matter, publication, search, press, intake, text} → law;
/// `text` may be used by every crate above `law`; an arrow may skip a level.
const ARROWS: [(&str, &[&str]); 11] = [
    ("law", &[]),
    ("text", &["law"]),
    ("matter", &["law", "text"]),
    ("publication", &["law", "text"]),
    ("search", &["law", "text"]),
    ("press", &["law", "text"]),
    ("intake", &["law", "text"]),
    ("office", &["law", "text", "matter", "publication", "search", "press", "intake"]),
    ("site", &["law", "text", "matter", "publication", "search", "press", "intake", "office"]),
    ("mingtang", &["law", "text", "matter", "publication", "search", "press", "intake", "office", "site"]),
    ("xtask", &[]),
];
const PURE: [&str; 4] = ["law", "matter", "publication", "text"];
/// Libraries that bring a runtime, SQL, HTTP, files or chance with them.
const IMPURE_LIBRARIES: [&str; 11] = [
    "tokio",
    "rusqlite",
    "postgres",
    "tokio-postgres",
    "axum",
    "tower",
    "tantivy",
    "lettre",
    "getrandom",
    "rand",
    "zstd",
];
const IMPURE_STD: [&str; 7] = ["fs", "net", "env", "process", "thread", "io", "os"];
const IMPURE_NAMES: [&str; 3] = ["SystemTime", "Instant", "OsRng"];
/// A job has one library: these would be the second one.
const SECOND_LIBRARIES: [(&str, &str); 11] = [
    ("chrono", "jiff"),
    ("time", "jiff"),
    ("fancy-regex", "regex"),
    ("regex-lite", "regex"),
    ("onig", "regex"),
    ("simd-json", "serde_json"),
    ("sonic-rs", "serde_json"),
    ("json", "serde_json"),
    ("sqlx", "rusqlite and postgres"),
    ("diesel", "rusqlite and postgres"),
    ("sea-orm", "rusqlite and postgres"),
];

struct Manifest {
    name: String,
    path: String,
    table: toml::Table,
}

fn manifests() -> Vec<Manifest> {
    let all = [files("crates", "Cargo.toml"), files("xtask", "Cargo.toml")].into_iter().flatten();
    all.map(|File { path, text }| {
        let table: toml::Table = text.parse().unwrap_or_else(|e| panic!("{path}: {e}"));
        let name = table["package"]["name"].as_str().unwrap_or_default().to_owned();
        Manifest { name, path, table }
    })
    .collect()
}

fn names(manifest: &Manifest, sections: &[&str]) -> BTreeSet<String> {
    let tables = sections.iter().filter_map(|section| manifest.table.get(*section)?.as_table());
    tables.flat_map(|table| table.keys().cloned()).collect()
}

#[test]
fn arrows_point_downwards() {
    let mut wrong = Vec::new();
    for manifest in manifests() {
        let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == manifest.name) else {
            wrong.push(at(&manifest.path, 1, format!("crate {} is not in the table of arrows", manifest.name)));
            continue;
        };
        for other in names(&manifest, &["dependencies", "dev-dependencies", "build-dependencies"]) {
            if ARROWS.iter().any(|(name, _)| *name == other) && !allowed.contains(&other.as_str()) {
                wrong.push(at(&manifest.path, 1, format!("{} must not know {other}", manifest.name)));
            }
        }
    }
    hold(&wrong, "Arrows: mingtang → site → office → {matter, publication, search, press, intake, text} → law.");
}

#[test]
fn pure_crates_bring_no_world_with_them() {
    let mut wrong = Vec::new();
    for manifest in manifests().into_iter().filter(|manifest| PURE.contains(&manifest.name.as_str())) {
        let libraries = names(&manifest, &["dependencies"]);
        let impure = libraries.iter().filter(|name| IMPURE_LIBRARIES.contains(&name.as_str()));
        wrong.extend(impure.map(|name| at(&manifest.path, 1, format!("{} is pure and uses {name}", manifest.name))));
    }
    hold(&wrong, "Move what needs it to office; a pure crate gets text, time and chance as arguments.");
}

#[test]
fn pure_crates_touch_no_file_clock_or_chance() {
    let mut wrong = Vec::new();
    for name in PURE {
        for file in files(&format!("crates/{name}/src"), ".rs") {
            let code = without_tests(&tokens(&file.text));
            for (i, (token, line)) in code.iter().enumerate() {
                let Token::Word(word) = token else { continue };
                if IMPURE_NAMES.contains(&word.as_str()) || (IMPURE_STD.contains(&word.as_str()) && after_std(&code, i))
                {
                    wrong.push(at(&file.path, *line, format!("{name} is pure and uses {word}")));
                }
            }
        }
    }
    hold(&wrong, "Take the text, the law::Moment or the random bytes as an argument.");
}

/// Whether the word at `i` follows `std::`, directly or in a group `std::{a, b}`.
fn after_std(code: &[(Token, usize)], i: usize) -> bool {
    let group = code[..i].iter().rposition(|(token, _)| !matches!(token, Token::Word(_) | Token::Mark(',')));
    let end = match group {
        Some(open) if code[open].0 == Token::Mark('{') => open,
        _ => i,
    };
    let before = code[..end].iter().rev().map(|(token, _)| token.clone()).take(3);
    before.eq([Token::Mark(':'), Token::Mark(':'), Token::Word("std".into())])
}

#[test]
fn one_library_for_one_job() {
    let mut wrong = Vec::new();
    for manifest in manifests() {
        for name in names(&manifest, &["dependencies", "dev-dependencies", "build-dependencies"]) {
            if let Some((_, ours)) = SECOND_LIBRARIES.iter().find(|(second, _)| *second == name) {
                wrong.push(at(&manifest.path, 1, format!("{name}: for this job we have {ours}")));
            }
        }
    }
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock is in the repository");
    for ours in ["regex", "jiff", "serde_json", "rusqlite", "postgres"] {
        let versions = lock.matches(&format!("name = \"{ours}\"\n")).count();
        if versions > 1 {
            wrong.push(at("Cargo.lock", 1, format!("{ours} in {versions} versions")));
        }
    }
    hold(&wrong, "Use the library we have, in one version.");
}
