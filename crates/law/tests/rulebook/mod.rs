//! The built-in law as the tests see it.

use std::fs;
use std::path::{Path, PathBuf};

use law::Law;

/// The installed law of `rulebook/law/`, leaving out the files whose path contains one
/// of `without`.
pub fn law_without(without: &[&str]) -> Law {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebook/law");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.retain(|(path, _)| !without.iter().any(|part| path.contains(part)));
    let texts = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    Law::parse(texts).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// The whole installed law.
pub fn law() -> Law {
    law_without(&[])
}

/// A file of the shared real data, or none when it is not at hand.
#[allow(dead_code, reason = "not every test file reads shared data")]
pub fn shared(path: &str) -> Option<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    let text = fs::read_to_string(&file).ok();
    if text.is_none() {
        eprintln!("SKIPPED: shared data {path} is not at hand");
    }
    text
}

fn collect(folder: &Path, files: &mut Vec<(String, String)>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|ext| ext == "toml") {
            files.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}
