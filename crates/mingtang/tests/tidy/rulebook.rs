//! The rulebook against the code, the words and itself.

use std::collections::BTreeSet;

use toml::{Table, Value};

use crate::source::{Token, tokens, without_tests};
use crate::tree::{File, at, files, hold, root};

/// Directories whose files begin with the `id` of what they define.
const DEFINED: [&str; 4] = ["rulebook/procedures", "rulebook/kinds", "rulebook/reports", "rulebook/findings"];
/// Tables of a procedure whose labels are words of the field, not sentences.
const NAMED: [&str; 4] = ["clock", "paper", "child", "category"];

fn parsed(dir: &str) -> Vec<(File, Table)> {
    let parse = |file: File| {
        let table = file.text.parse().unwrap_or_else(|e| panic!("{}: {e}", file.path));
        (file, table)
    };
    files(dir, ".toml").into_iter().map(parse).collect()
}

fn entries<'a>(table: &'a Table, key: &str) -> impl Iterator<Item = &'a Table> {
    table.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
}

fn text<'a>(table: &'a Table, key: &str) -> Option<&'a str> {
    table.get(key)?.as_str()
}

/// The line of the first occurrence, for editors.
fn line_of(file: &File, part: &str) -> usize {
    file.text.find(part).map_or(1, |at| file.text[..at].matches('\n').count() + 1)
}

#[test]
fn no_code_compares_an_id_of_the_rulebook() {
    let defined = DEFINED.iter().flat_map(|dir| parsed(dir));
    let ids: BTreeSet<String> = defined.filter_map(|(_, table)| text(&table, "id").map(str::to_owned)).collect();
    let mut wrong = Vec::new();
    for file in files("crates", ".rs").into_iter().filter(|file| file.path.contains("/src/")) {
        let code = without_tests(&tokens(&file.text));
        for (i, (token, line)) in code.iter().enumerate() {
            if let Token::Str(literal) = token
                && ids.contains(literal)
                && is_compared(&code, i)
            {
                wrong.push(at(&file.path, *line, format!("compares with the id \"{literal}\"")));
            }
        }
    }
    hold(
        &wrong,
        "Say it in the rulebook (a key such as portal_form), or as a named guard or effect citing its article.",
    );
}

/// `== "id"`, `!= "id"`, `"id" ==`, `"id" =>`, `"id" |`, `| "id"`, `matches!(x, "id")`.
fn is_compared(code: &[(Token, usize)], i: usize) -> bool {
    let mark = |at: Option<usize>| match at.and_then(|at| code.get(at)) {
        Some((Token::Mark(mark), _)) => *mark,
        _ => ' ',
    };
    let before = (mark(i.checked_sub(2)), mark(i.checked_sub(1)));
    let after = (mark(Some(i + 1)), mark(Some(i + 2)));
    let in_matches = || code[i.saturating_sub(12)..i].iter().any(|(token, _)| *token == Token::Word("matches".into()));
    matches!(before, ('=' | '!', '=') | (_, '|'))
        || matches!(after, ('=' | '!', '=') | ('=', '>') | ('|', _))
        || (before.1 == ',' && in_matches())
}

#[test]
fn comparisons_are_recognised() {
    let compared = |text: &str| {
        let code = tokens(text);
        let i = code.iter().position(|(token, _)| *token == Token::Str("x".into())).expect("the literal");
        is_compared(&code, i)
    };
    for text in [
        r#"id == "x""#,
        r#"id != "x""#,
        r#""x" == id"#,
        r#"match id { "x" => 1 }"#,
        r#""y" | "x" => 1"#,
        r#"matches!(id.as_str(), "x")"#,
    ] {
        assert!(compared(text), "{text}");
    }
    for text in [r#"let id = "x";"#, r#"file("x", 1)"#, r#"const ID: &str = "x";"#, r#"n >= 3; f("x")"#] {
        assert!(!compared(text), "{text}");
    }
}

#[test]
fn every_value_of_law_has_article_and_day_checked() {
    let mut wrong = Vec::new();
    for (file, table) in parsed("rulebook/law") {
        for limit in entries(&table, "limit") {
            let id = text(limit, "id").unwrap_or_default();
            for value in entries(limit, "value") {
                for key in ["article", "checked", "from"] {
                    if value.get(key).is_none_or(|v| v.as_str() == Some("")) {
                        wrong.push(at(
                            &file.path,
                            line_of(&file, &format!("\"{id}\"")),
                            format!("a value of {id} has no {key}"),
                        ));
                    }
                }
            }
        }
    }
    hold(&wrong, "Every value says which article fixes it and on which day it was last compared with the law.");
}

#[test]
fn labels_are_words_of_the_terms_list() {
    let terms = std::fs::read_to_string(root().join("docs/terms.md")).expect("docs/terms.md");
    let mut wrong = Vec::new();
    for (file, table) in parsed("rulebook/procedures") {
        let named = NAMED.iter().flat_map(|key| entries(&table, key)).filter_map(|entry| text(entry, "label"));
        for label in named.chain(text(&table, "label")).filter(|label| !terms.contains(label)) {
            wrong.push(at(&file.path, line_of(&file, label), format!("{label} is not in docs/terms.md")));
        }
    }
    hold(&wrong, "Use the word of docs/terms.md, or add the term with its one identifier.");
}

#[test]
fn guards_stay_the_exception() {
    let mut wrong = Vec::new();
    for (file, table) in parsed("rulebook/procedures") {
        let steps = entries(&table, "step").count();
        let guarded = entries(&table, "step").filter(|step| step.contains_key("guards")).count();
        if guarded * 3 > steps {
            wrong.push(at(&file.path, 1, format!("{guarded} of {steps} steps have guards, at most a third")));
        }
    }
    hold(&wrong, "What many steps need belongs to the vocabulary of procedures.");
}

#[test]
fn migrations_come_in_pairs() {
    let names = |engine: &str| -> BTreeSet<String> {
        let dir = format!("crates/office/migrations/{engine}");
        files(&dir, ".sql").into_iter().map(|file| file.path.replacen(&dir, "", 1)).collect()
    };
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    assert!(!sqlite.is_empty(), "the migrations have moved");
    let alone: Vec<String> =
        sqlite.symmetric_difference(&postgres).map(|name| at("crates/office/migrations", 1, name)).collect();
    hold(&alone, "Every migration has the same name for both engines.");
}
