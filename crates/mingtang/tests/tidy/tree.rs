//! The files of the repository, and the way a ratchet reports.

use std::fs;
use std::path::{Path, PathBuf};

/// A text file of the repository.
pub struct File {
    /// Path from the root, with `/`.
    pub path: String,
    /// Its content.
    pub text: String,
}

/// What is built, fetched or made by running, never written by us.
const NOT_OURS: [&str; 6] = [".git", "target", "node_modules", "mingtang-data", "shots", "test-results"];

/// The root of the checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every text file below `dir` (from the root) whose name ends so, in the order of their paths.
pub fn files(dir: &str, ends: &str) -> Vec<File> {
    let mut found = Vec::new();
    collect(&root().join(dir), dir, ends, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn collect(dir: &Path, shown: &str, ends: &str, found: &mut Vec<File>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if shown.is_empty() { name.clone() } else { format!("{shown}/{name}") };
        // In a second worktree `.git` is a file.
        if NOT_OURS.contains(&name.as_str()) {
            continue;
        }
        if entry.path().is_dir() {
            collect(&entry.path(), &path, ends, found);
        } else if name.ends_with(ends)
            && let Ok(text) = fs::read_to_string(entry.path())
        {
            found.push(File { path, text });
        }
    }
}

/// One place that breaks a rule, as editors open it.
pub fn at(path: &str, line: usize, what: impl std::fmt::Display) -> String {
    format!("{path}:{line}: {what}")
}

/// The rule holds when nothing was found; `remedy` says what to do otherwise.
#[track_caller]
pub fn hold(found: &[String], remedy: &str) {
    assert!(found.is_empty(), "{}\n\n{remedy}\n", found.join("\n"));
}
