//! `mingtang bench`: that it measures real work; how fast it is, no test says.

use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

fn bench(data: &TempDir, words: &[&str]) -> Value {
    bench_lines(data, words).pop().unwrap()
}

/// What the command printed, line by line.
fn bench_lines(data: &TempDir, words: &[&str]) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mingtang"));
    command.args(words).arg("--json").arg("--data").arg(data.path());
    for name in ["MINGTANG_DATABASE", "MINGTANG_RULEBOOK", "MINGTANG_MASTER_KEY_FILE", "MINGTANG_TOKEN"] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|fault| panic!("{fault}: {error}"))).collect()
}

#[test]
fn seeded_matters_are_in_every_stage_and_their_chains_hold() {
    let data = TempDir::new().unwrap();
    assert_eq!(bench(&data, &["bench", "seed", "--matters", "250"]), json!({ "matters": 250 }));
    let store = rusqlite::Connection::open(data.path().join("mingtang.sqlite")).unwrap();
    for state in ["registered", "handling", "replied"] {
        let count =
            store.query_row("select count(*) from matter where state = ?1", [state], |row| row.get::<_, i64>(0));
        assert!(count.unwrap() > 0, "{state}");
    }
    drop(store);
    let verified = bench(&data, &["audit", "verify"]);
    assert_eq!((&verified["matters"], &verified["broken"]), (&json!(250), &json!(0)));
}

#[test]
fn lifecycles_run_without_error_and_leave_answered_matters() {
    let data = TempDir::new().unwrap();
    let measured = bench(&data, &["bench", "lifecycle", "--duration", "1", "--clients", "2"]);
    assert_eq!(measured["errors"], 0, "{measured}");
    for name in ["lifecycles_per_s", "p50_ms", "p99_ms", "bare_lifecycles_per_s", "ratio_to_bare"] {
        assert!(measured[name].as_f64().is_some_and(|number| number > 0.0), "{name}: {measured}");
    }
    let store = rusqlite::Connection::open(data.path().join("mingtang.sqlite")).unwrap();
    let count = |sql: &str| store.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let replied = count("select count(*) from matter where state = 'replied'");
    assert!(replied > 0);
    assert_eq!(replied, count("select count(*) from matter"));
    assert_eq!(replied, count("select count(*) from audit where act = 'find'"), "each find is on record");
    assert!(!data.path().join("bench-bare").exists());
    drop(store);
    assert_eq!(bench(&data, &["audit", "verify"])["broken"], 0);
}

#[test]
fn what_is_published_is_seen_in_every_place() {
    let data = TempDir::new().unwrap();
    let seen = bench(&data, &["bench", "publish", "--documents", "1"]);
    for place in ["page", "list", "feed", "search", "log"] {
        assert!(seen[place]["worst_ms"].as_f64().is_some_and(|number| number > 0.0), "{place}: {seen}");
    }
}

#[test]
fn pages_are_answered_without_error_beside_a_bare_server() {
    let data = TempDir::new().unwrap();
    let output = bench_lines(&data, &["bench", "pages", "--articles", "30", "--duration", "1", "--clients", "2"]);
    assert_eq!(output.len(), 3);
    for page in output {
        assert_eq!(page["errors"], 0, "{page}");
        assert!(page["pages_per_s"].as_f64().is_some_and(|rate| rate > 0.0), "{page}");
        assert!(page["ratio_to_bare"].as_f64().is_some_and(|ratio| ratio > 0.0), "{page}");
    }
}
