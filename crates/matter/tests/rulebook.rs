//! The rulebook that ships: every procedure sound, every case as it says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use law::Law;
use matter::check::{Source, Surroundings, check};
use matter::{Procedure, scenario};

fn files(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebook");
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder of the rulebook") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "toml") {
                let name = path.strip_prefix(&root).expect("inside the rulebook").display().to_string();
                found.push((name, std::fs::read_to_string(&path).expect("a readable file")));
            }
        }
    }
    found.sort();
    found
}

fn law() -> Law {
    let files = files("law");
    Law::parse(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))).expect("sound law files")
}

fn procedures() -> Vec<Procedure> {
    let parse = |(name, text): (String, String)| Procedure::parse(&name, &text).unwrap_or_else(|why| panic!("{why:?}"));
    files("procedures").into_iter().map(parse).collect()
}

#[test]
fn every_procedure_is_sound() {
    let (law, files) = (law(), files("procedures"));
    let procedures = procedures();
    let sources: Vec<Source> =
        files.iter().zip(&procedures).map(|((file, text), procedure)| Source { file, text, procedure }).collect();
    let templates = procedures.iter().flat_map(|one| &one.papers).map(|paper| paper.template.clone()).collect();
    let faults = check(&sources, &Surroundings { law: &law, templates: &templates });
    let told: Vec<String> = faults.iter().map(|fault| format!("{fault:?}")).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
}

#[test]
fn every_case_is_as_it_says_and_no_two_are_the_same() {
    let (law, procedures) = (law(), procedures());
    let mut seen: BTreeMap<_, String> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (file, text) in files("scenarios") {
        for case in scenario::parse(&file, &text).unwrap_or_else(|why| panic!("{why:?}")) {
            assert!(!case.cite.is_empty() && !case.catches.is_empty(), "{file}: {}", case.name);
            match scenario::run(&case, &law, &procedures) {
                Err(why) => wrong.push(format!("{file} “{}” {why}", case.name)),
                Ok(signature) => {
                    if let Some(twin) = seen.insert(signature, case.name.clone()) {
                        wrong.push(format!("{file} “{}” 与“{twin}”步骤、拒绝和期限都相同", case.name));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen.len() >= 60, "only {} cases", seen.len());
}
