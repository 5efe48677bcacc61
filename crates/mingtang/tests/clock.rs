//! `mingtang clock` as a person or a script runs it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn clock(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mingtang"))
        .arg("clock")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn one_clock_is_told_with_date_article_and_reasons() {
    let output = clock(&["--limit", "foi.reply", "--from", "2019-05-10T09:00"], "");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    for part in ["法定最迟日：2019-05-31", "第二十四条第二款", "2008-05-01起施行", "2019-05-31 + 第15日 截止"]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn one_clock_as_json_is_one_line() {
    let from = ["--limit", "foi.reply", "--from", "2026-09-23T09:40", "--json"];
    let pauses = ["--pause", "third_party:2026-10-12..2026-10-14", "--pause", "other_body:2026-10-14..2026-10-15"];
    let output = clock(&[&from[..], &pauses[..]].concat(), "");
    let answers = lines(&output);
    assert_eq!((output.status.code(), answers.len()), (Some(0), 1));
    assert_eq!(answers[0]["due"], "2026-11-02");
    assert_eq!(answers[0]["limit_version"], "2019-05-15");
    assert_eq!(answers[0]["explanation"]["days"].as_array().unwrap().len(), 41);
}

#[test]
fn a_refused_clock_says_why_and_ends_with_1() {
    let from = ["--limit", "foi.reply", "--from", "2019-05-10"];
    let output = clock(&[&from[..], &["--pause", "other_body:2019-05-13..2019-05-14"]].concat(), "");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(said.contains("可以扣除的时间：third_party（征求第三方意见）"), "{said}");
    let json = clock(&["--limit", "foi.nothing", "--from", "2019-05-10", "--json"], "");
    assert_eq!((json.status.code(), &lines(&json)[0]["code"]), (Some(1), &Value::from("unknown_limit")));
    assert_eq!(clock(&["--limit", "foi.reply"], "").status.code(), Some(2));
}

#[test]
fn a_batch_answers_every_line_and_ends_with_7_when_one_is_refused() {
    let input = concat!(
        r#"{"id":"a","limit":"petition.handle","from":"2026-06-02T10:00","pauses":[],"extend":false}"#,
        "\n",
        r#"{"id":"b","limit":"opinion.report_cap","from":"2022-01-17T02:14"}"#,
        "\n",
        "\n",
        r#"{"id":"c","limit":"foi.reply","from":"2019-05-20","pauses":[["2019-05-27","2019-05-24"]]}"#,
        "\n",
        r#"{"id":"d","limit":"foi.reply"}"#,
        "\n",
        "{broken\n",
        r#"{"id":6,"limit":"foi.reply","from":"2027-03-01"}"#,
    );
    let output = clock(&["--batch", "-"], input);
    let answers = lines(&output);
    assert_eq!((output.status.code(), answers.len()), (Some(7), 6));
    let first = &answers[0];
    assert_eq!((&first["aim"], &first["due"]), (&Value::from("2026-08-01"), &Value::from("2026-08-03")));
    let mut keys: Vec<&String> = first.as_object().unwrap().keys().collect();
    keys.sort_unstable();
    assert_eq!(keys, ["aim", "article", "due", "id", "limit_version", "provisional"]);
    assert_eq!(answers[1]["due"], "2022-01-17T04:14:00+08:00");
    for (index, id, part) in
        [(2, Value::from("c"), "早于开始日期"), (3, Value::from("d"), "from"), (4, Value::Null, "第6行")]
    {
        assert_eq!(answers[index]["id"], id);
        assert_eq!(answers[index].as_object().unwrap().len(), 2);
        assert!(answers[index]["error"].as_str().unwrap().contains(part), "{}", answers[index]);
    }
    assert_eq!((&answers[5]["id"], &answers[5]["provisional"]), (&Value::from(6), &Value::from(true)));
}

#[test]
fn a_batch_agrees_with_every_golden_date() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/golden_dates/cases.jsonl");
    let Ok(cases) = std::fs::read_to_string(&file) else {
        eprintln!("SKIPPED: the golden dates are not at hand");
        return;
    };
    let output = clock(&["--batch", file.to_str().unwrap()], "");
    assert_eq!(output.status.code(), Some(0));
    let answers = lines(&output);
    assert_eq!(answers.len(), cases.lines().count());
    for (answer, case) in answers.iter().zip(cases.lines()) {
        let case: Value = serde_json::from_str(case).unwrap();
        let due = answer["due"].as_str().unwrap().trim_end_matches("+08:00");
        assert_eq!((&answer["id"], due), (&case["id"], case["due"].as_str().unwrap()));
    }
    assert_eq!(clock(&["--batch", "no-such-file.jsonl"], "").status.code(), Some(4));
}
