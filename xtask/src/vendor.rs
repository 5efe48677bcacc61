//! Files taken from others: `assets/vendor/NAME-VERSION/…`, each with its hash in `assets/vendor.lock`.
//!
//! A line of the lock is `SHA256  PATH` as `sha256sum` writes it, the path below `assets/vendor`.
//! Every directory carries the licence it came under.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::{Failure, Outcome};

/// Compares both directions and answers how many files agree.
pub fn check(root: &Path) -> Outcome<usize> {
    let lock = root.join("assets/vendor.lock");
    let locked = match fs::read_to_string(&lock) {
        Ok(text) => parse(&text).map_err(Failure::failed)?,
        Err(_) => BTreeMap::new(),
    };
    let vendor = root.join("assets/vendor");
    let mut found = BTreeMap::new();
    collect(&vendor, &vendor, &mut found).map_err(|e| Failure::failed(format!("assets/vendor: {e}")))?;
    let wrong = differences(&locked, &found);
    if wrong.is_empty() { Ok(found.len()) } else { Err(Failure::failed(wrong.join("\n"))) }
}

fn parse(text: &str) -> Result<BTreeMap<String, String>, String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|(at, line)| match line.split_once("  ") {
            Some((hash, path)) if hash.len() == 64 => Ok((path.to_owned(), hash.to_owned())),
            _ => Err(format!("assets/vendor.lock:{}: not `SHA256  PATH`: {line}", at + 1)),
        })
        .collect()
}

fn collect(base: &Path, dir: &Path, found: &mut BTreeMap<String, String>) -> std::io::Result<()> {
    if !dir.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(dir)? {
        let path: PathBuf = entry?.path();
        if path.is_dir() {
            collect(base, &path, found)?;
        } else {
            let name = path.strip_prefix(base).unwrap_or(&path).to_string_lossy().into_owned();
            found.insert(name, hex(&fs::read(&path)?));
        }
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn differences(locked: &BTreeMap<String, String>, found: &BTreeMap<String, String>) -> Vec<String> {
    let mut wrong = Vec::new();
    for (path, hash) in found {
        match locked.get(path) {
            None => wrong.push(format!("assets/vendor/{path}: not in assets/vendor.lock; add `{hash}  {path}`")),
            Some(expected) if expected != hash => {
                wrong.push(format!("assets/vendor/{path}: changed since it was vendored ({hash}, locked {expected})"));
            }
            Some(_) => {}
        }
        let dir = path.split('/').next().unwrap_or_default();
        if !found.keys().any(|other| other.starts_with(&format!("{dir}/LICENSE"))) {
            wrong.push(format!("assets/vendor/{dir}: the LICENSE it came under is missing"));
        }
    }
    let gone = locked.keys().filter(|path| !found.contains_key(*path));
    wrong.extend(gone.map(|path| format!("assets/vendor.lock: {path} is locked but not there")));
    wrong
}

#[cfg(test)]
mod tests {
    use super::{differences, hex, parse};

    #[test]
    fn every_difference_is_named() {
        let locked = parse(&format!("# from npm\n{}  a-1/a.js\n{}  b-1/b.js\n", hex(b"a"), hex(b"b"))).unwrap();
        let found = [("a-1/a.js", "changed"), ("a-1/LICENSE", "terms"), ("c-1/c.js", "c")];
        let found = found.map(|(path, text)| (path.to_owned(), hex(text.as_bytes()))).into();
        let wrong = differences(&locked, &found).join("\n");
        for part in
            ["a-1/a.js: changed", "a-1/LICENSE: not in", "c-1/c.js: not in", "c-1: the LICENSE", "b-1/b.js is locked"]
        {
            assert!(wrong.contains(part), "{part} is missing from:\n{wrong}");
        }
        assert_eq!(wrong.lines().count(), 5);
    }

    #[test]
    fn a_broken_line_is_named_by_number() {
        assert!(parse("# ok\nnot a hash\n").unwrap_err().contains("vendor.lock:2:"));
    }
}
