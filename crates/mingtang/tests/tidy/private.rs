//! What must not be in the repository: other people's sentences, our machines, unfinished code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::source::{Token, tokens};
use crate::tree::{File, at, files, hold, root};

/// So many Chinese characters in a row, punctuation left out, are a sentence and no coincidence.
const RUN: usize = 30;
/// Facts may stand in the repository: articles, titles and dates of laws and notices.
const FACTS: [&str; 4] = ["data/laws/", "data/stard_statutes/articles", "data/doc_numbers/", "data/workdays/"];
/// A key of the rulebook whose value is a row that the State Council prescribes for annual reports.
const PRESCRIBED: &str = "row = ";
const UNFINISHED: [&str; 3] = ["todo", "unimplemented", "dbg"];

/// Each run of `RUN` Chinese characters as a hash, with the place of its first character in bytes.
/// A run ends at a quotation mark of data and code.
fn runs(text: &str, mut each: impl FnMut(u64, usize)) {
    const BASE: u64 = 1_099_511_628_211;
    let power = (0..RUN).fold(1_u64, |power, _| power.wrapping_mul(BASE));
    let mut han: Vec<(usize, u64)> = Vec::new();
    let mut hash = 0_u64;
    for (place, c) in text.char_indices() {
        match c {
            '"' => (hash, han) = (0, Vec::new()),
            '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{323af}' => {
                han.push((place, u64::from(u32::from(c))));
                hash = hash.wrapping_mul(BASE).wrapping_add(u64::from(u32::from(c)));
                if let Some(gone) = han.len().checked_sub(RUN + 1) {
                    hash = hash.wrapping_sub(han[gone].1.wrapping_mul(power));
                }
                if let Some(first) = han.len().checked_sub(RUN) {
                    each(hash, han[first].0);
                }
            }
            _ => {}
        }
    }
}

/// The text with the prescribed rows blanked, every other character in its place.
fn without_prescribed(text: &str) -> String {
    let line = |line: &str| match line.trim_start().starts_with(PRESCRIBED) {
        true => " ".repeat(line.trim_end().len()) + "\n",
        false => line.to_owned(),
    };
    text.split_inclusive('\n').map(line).collect()
}

fn shared_files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            shared_files(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

fn read(path: &Path) -> String {
    let bytes = if path.extension().is_some_and(|extension| extension == "zst") {
        Command::new("zstd").arg("-dcq").arg(path).output().expect("the package zstd is installed").stdout
    } else {
        std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    };
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn no_sentence_of_the_shared_data_is_in_the_repository() {
    let shared = root().join("../shared");
    if !shared.exists() {
        eprintln!("SKIPPED: ../shared is not here");
        return;
    }
    let mut repository = files("", "");
    for file in &mut repository {
        file.text = without_prescribed(&file.text);
    }
    let mut ours: BTreeMap<u64, (&File, usize)> = BTreeMap::new();
    let mut possible = vec![false; 1 << 20];
    for file in &repository {
        runs(&file.text, |hash, place| {
            ours.entry(hash).or_insert((file, place));
            possible[hash as usize % (1 << 20)] = true;
        });
    }
    let mut theirs = Vec::new();
    for part in ["data", "seeds"] {
        shared_files(&shared.join(part), &mut theirs);
    }
    assert!(theirs.len() > 20, "../shared has lost its data");
    let is_fact = |path: &PathBuf| FACTS.iter().any(|fact| path.to_string_lossy().contains(fact));
    let (facts, sentences): (Vec<PathBuf>, Vec<PathBuf>) = theirs.into_iter().partition(is_fact);
    let mut found = BTreeSet::new();
    for path in sentences {
        runs(&read(&path), |hash, _| {
            if possible[hash as usize % (1 << 20)] && ours.contains_key(&hash) {
                found.insert(hash);
            }
        });
    }
    for path in if found.is_empty() { vec![] } else { facts } {
        runs(&read(&path), |hash, _| {
            found.remove(&hash);
        });
    }
    let mut places = BTreeMap::new();
    for (file, place) in found.iter().map(|hash| ours[hash]) {
        let line = file.text[..place].matches('\n').count() + 1;
        let start: String = file.text[place..].chars().take(RUN).collect();
        places.insert((&file.path, line), at(&file.path, line, start.escape_debug()));
    }
    let found: Vec<String> = places.into_values().collect();
    hold(&found, "Write fiction of your own: nothing of ../shared may enter the repository.");
}

#[test]
fn no_machine_path_is_in_the_repository() {
    let paths = ["work", "tmp", "root", "home"].map(|dir| format!("/{dir}/"));
    let mut wrong = Vec::new();
    for File { path, text } in files("", "") {
        for (number, line) in text.lines().enumerate() {
            wrong.extend(
                paths
                    .iter()
                    .filter(|part| line.contains(*part))
                    .map(|part| at(&path, number + 1, format!("names {part}"))),
            );
        }
    }
    hold(
        &wrong,
        "Take the path as an argument or build it from CARGO_MANIFEST_DIR or the directory for temporary files.",
    );
}

#[test]
fn nothing_is_left_unfinished() {
    let mut wrong = Vec::new();
    for file in files("crates", ".rs").into_iter().chain(files("xtask", ".rs")) {
        for pair in tokens(&file.text).windows(2) {
            if let [(Token::Word(word), line), (Token::Mark('!'), _)] = pair
                && UNFINISHED.contains(&word.as_str())
            {
                wrong.push(at(&file.path, *line, format!("{word}!")));
            }
        }
    }
    hold(&wrong, "Finish it or leave it out.");
}

#[test]
fn a_copied_sentence_is_found_across_punctuation() {
    let sentence = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒日月盈昃";
    let mut known = BTreeSet::new();
    runs(&format!("前文。{}，后文", sentence), |hash, _| {
        known.insert(hash);
    });
    let mut hits = 0;
    runs(&format!("别的话“{}”", sentence.replace("天地", "天、地")), |hash, _| {
        hits += usize::from(known.contains(&hash))
    });
    assert_eq!(hits, sentence.chars().count() - RUN + 1);
}
