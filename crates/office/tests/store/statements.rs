//! Every statement of the program prepares on both engines; the SQL stays portable.

use std::collections::BTreeSet;
use std::path::Path;

use office::Fault;
use office::store::{Engine, Lane, sql};

use crate::stage::{few, stages};

#[test]
fn every_statement_prepares_on_both_engines() {
    for stage in stages(&few()) {
        let engine = stage.store().engine();
        let faults: Vec<String> = sql::registered()
            .into_iter()
            .filter_map(|statement| {
                let prepared: Result<(), Fault> =
                    stage.store().write_blocking(Lane::People, move |tx| tx.prepare(statement));
                prepared.err().map(|fault| fault.to_string())
            })
            .collect();
        assert!(faults.is_empty(), "{engine:?}:\n{}", faults.join("\n"));
    }
}

/// SQLite numbers `$n` by first appearance, PostgreSQL by the number: only in this order do they
/// mean the same.
#[test]
fn placeholders_appear_in_order() {
    for statement in sql::registered() {
        for engine in [Engine::Sqlite, Engine::Postgres] {
            let mut seen = BTreeSet::new();
            for part in statement.sql(engine).split('$').skip(1) {
                let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
                let number: usize = digits.parse().unwrap();
                assert!(
                    seen.contains(&number) || number == seen.len() + 1,
                    "{}: ${number} appears before ${}",
                    statement.name,
                    seen.len() + 1
                );
                seen.insert(number);
            }
        }
    }
}

#[test]
fn at_most_ten_statements_have_two_spellings() {
    let two: Vec<&str> = sql::registered().into_iter().filter(|s| s.two_spellings).map(|s| s.name).collect();
    assert!(two.len() <= 10, "{two:?}");
}

#[test]
fn no_module_with_statements_is_left_out() {
    let registered: BTreeSet<String> = sql::registered()
        .into_iter()
        .filter_map(|s| s.name.rsplit_once("::").map(|(module, _)| module.to_owned()))
        .collect();
    let mut declaring = BTreeSet::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), "office", &mut declaring);
    assert!(declaring.len() >= 5, "the source was not found");
    assert_eq!(declaring, registered);
}

fn walk(folder: &Path, module: &str, declaring: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let inner = if stem == "lib" || stem == "mod" { module.to_owned() } else { format!("{module}::{stem}") };
        if path.is_dir() {
            walk(&path, &inner, declaring);
        } else if std::fs::read_to_string(&path).unwrap().lines().any(|l| l.starts_with("statements! {")) {
            declaring.insert(inner);
        }
    }
}
