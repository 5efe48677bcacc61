//! `mingtang import messages`, `figure show` and `audit verify` as a person or a script runs them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use intake::messages;
use law::{Clock, Law, Moment};
use office::{RuleFiles, Rulebook};
use serde_json::{Value, json};
use tempfile::TempDir;

fn mingtang(data: &Path, words: &[&str]) -> (i32, Vec<Value>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mingtang"));
    command.args(words).arg("--json").arg("--data").arg(data);
    for name in ["MINGTANG_DATABASE", "MINGTANG_RULEBOOK", "MINGTANG_MASTER_KEY_FILE"] {
        command.env_remove(name);
    }
    let Output { status, stdout, stderr } = command.output().unwrap();
    let lines = String::from_utf8(stdout).unwrap();
    let values = lines.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")));
    (status.code().unwrap(), values.collect(), String::from_utf8(stderr).unwrap())
}

fn import(data: &Path, file: &Path, more: &[&str]) -> (i32, Vec<Value>) {
    let mut words = vec!["import", "messages", file.to_str().unwrap()];
    words.extend(more);
    let (code, mut lines, errors) = mingtang(data, &words);
    let totals = lines.last().unwrap_or_else(|| panic!("{errors}"));
    let count = |name: &str| totals[name].as_u64().unwrap();
    assert_eq!(count("read"), count("imported") + count("already") + count("rejected"), "{totals}");
    assert_eq!(count("rejected") as usize, lines.len() - 1, "a report line for each rejected row");
    assert_eq!(code, if count("rejected") == 0 { 0 } else { 7 }, "{totals}");
    let last = lines.pop().unwrap();
    lines.insert(0, last);
    (code, lines)
}

fn totals(read: u64, imported: u64, already: u64, rejected: u64) -> Value {
    json!({ "read": read, "imported": imported, "already": already, "rejected": rejected })
}

/// A file of messages in the format whose rows know only the day, all of them fiction.
fn file(dir: &TempDir, name: &str, rows: &[Value]) -> PathBuf {
    let path = dir.path().join(name);
    let text: Vec<String> = rows.iter().map(Value::to_string).collect();
    std::fs::write(&path, text.join("\n")).unwrap();
    path
}

fn row(id: u32, kind: &str, text: &str, reply: Option<(&str, &str)>) -> Value {
    let (reply, days) = reply.unwrap_or_default();
    json!({
        "id": id, "kind": kind, "river": "晴湾河", "channel": "网站", "title": format!("晴湾河第{id}号情况"),
        "date": "2024-03-04", "text": text, "reply": reply, "days_to_final_reply": days, "transfers": 0,
    })
}

const TEXT: &str = "晴湾河新渡口段水面漂有杂物，请派人清理，联系电话13800000000。";
const REPLY: &str = "已派人清理完毕，经办人员电话13900000000，感谢监督。";

fn rows() -> Vec<Value> {
    vec![
        row(1, "投诉", TEXT, Some((REPLY, "2.0"))),
        row(2, "咨询", "晴湾河今年汛期的值守电话是多少？", Some((REPLY, "8.0"))),
        row(3, "举报", TEXT, Some((REPLY, "1.0"))),
        row(4, "建议", "建议在听潮街一侧增设垃圾箱和休息座椅。", None),
    ]
}

#[test]
fn a_file_is_imported_once_and_bad_rows_are_told_with_line_and_reason() {
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("data");
    let mut all = rows();
    all.push(row(5, "投诉", "", Some((REPLY, "1.0"))));
    all.push(row(6, "投诉", TEXT, Some((REPLY, "-3.0"))));
    all.push(row(1, "投诉", TEXT, Some((REPLY, "2.0"))));
    all.push(row(2, "咨询", "同一编号，不同内容。", None));
    let path = file(&dir, "messages.jsonl", &all);

    let (_, rehearsed) = import(&data, &path, &["--dry-run"]);
    assert_eq!(rehearsed[0], totals(8, 4, 1, 3));
    assert!(!data.exists(), "a dry run leaves nothing");

    let (code, lines) = import(&data, &path, &[]);
    assert_eq!((code, &lines[0]), (7, &totals(8, 4, 1, 3)));
    let mut told: Vec<u64> = lines[1..].iter().map(|line| line["line"].as_u64().unwrap()).collect();
    told.sort_unstable();
    assert_eq!(told, [5, 6, 8]);
    for line in &lines[1..] {
        assert!(line["error"].as_str().is_some_and(|error| error.ends_with('。')), "{line}");
        assert!(!line["field"].as_str().unwrap().is_empty());
    }
    assert_eq!(import(&data, &path, &["--dry-run"]).1[0], totals(8, 0, 5, 3));
    assert_eq!(import(&data, &path, &[]).1[0], totals(8, 0, 5, 3));

    let (code, groups, _) = mingtang(&data, &["figure", "show", "messages", "--by", "category"]);
    assert_eq!(code, 0);
    let group = |key: &str| groups.iter().find(|group| group["key"] == key).unwrap();
    let of = |key: &str| ["received", "in_time", "late", "open"].map(|name| group(key)[name].as_u64().unwrap());
    assert_eq!(of("complaint"), [1, 1, 0, 0]);
    assert_eq!(of("consult"), [1, 0, 1, 0], "five working days, answered on the sixth");
    assert_eq!(of("suggestion"), [1, 0, 0, 1]);
    assert_eq!(group("complaint")["median_days"], 2.3, "09:00 to 17:00 two days later");
    assert_eq!(group("suggestion")["median_days"], Value::Null);
    let (_, units, _) = mingtang(&data, &["figure", "show", "messages", "--by", "unit"]);
    assert_eq!((units.len(), &units[0]["label"], &units[0]["received"]), (1, &json!("待分办"), &json!(4)));
}

#[test]
fn public_replies_become_masked_editions_and_reports_never_do() {
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("data");
    assert_eq!(import(&data, &file(&dir, "messages.jsonl", &rows()), &["--public"]).1[0], totals(4, 4, 0, 0));
    let store = rusqlite::Connection::open(data.join("mingtang.sqlite")).unwrap();
    let mut read = store
        .prepare("select m.category, e.content from edition e join matter m on m.id = e.matter_id order by 1")
        .unwrap();
    let editions: Vec<(String, String)> =
        read.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
    let categories: Vec<&str> = editions.iter().map(|(category, _)| category.as_str()).collect();
    assert_eq!(categories, ["complaint", "consult"], "open and reported ones are not public");
    for (_, content) in &editions {
        assert!(content.contains("感谢监督"), "{content}");
        assert!(!content.contains("13800000000") && !content.contains("13900000000"), "{content}");
    }
    let count = |sql: &str| store.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(count("select count(*) from outbox"), 0, "nobody is told");
    assert_eq!(count("select count(*) from matter where number is not null"), 0, "no number is taken");
    assert_eq!(count("select count(*) from pending_commitment"), 2);
}

#[test]
fn an_altered_event_is_found_and_a_missing_store_is_said_to_be_missing() {
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("data");
    for words in [&["audit", "verify"][..], &["figure", "show", "messages", "--by", "unit"]] {
        let (code, lines, error) = mingtang(&data, words);
        assert_eq!((code, lines.len()), (4, 0), "{error}");
    }
    assert!(!data.exists());
    import(&data, &file(&dir, "messages.jsonl", &rows()), &[]);
    let (code, lines, _) = mingtang(&data, &["audit", "verify"]);
    assert_eq!((code, lines), (0, vec![json!({ "matters": 4, "events": 11, "broken": 0 })]));
    let store = rusqlite::Connection::open(data.join("mingtang.sqlite")).unwrap();
    let sql = "update event set payload = replace(payload, '\"reply\"', '\"refer\"') where seq = 3 and matter_id = (select min(matter_id) from event)";
    assert_eq!(store.execute(sql, []).unwrap(), 1);
    drop(store);
    let (code, lines, error) = mingtang(&data, &["audit", "verify"]);
    assert_eq!((code, &lines[0]["broken"]), (8, &json!(1)), "{error}");
}

/// What the figures should be, counted from the files alone.
#[derive(Debug, Default, PartialEq)]
struct Count {
    received: u64,
    in_time: u64,
    late: u64,
    open: u64,
    days: Vec<f64>,
}

impl Count {
    fn add(&mut self, law: &Law, limit: &str, filed: Moment, replied: Option<Moment>) {
        self.received += 1;
        let Some(replied) = replied else {
            self.open += 1;
            return;
        };
        let due = Clock::start(law, &["default"], limit, None, filed).unwrap().due.due_on;
        *(if replied.date() > due { &mut self.late } else { &mut self.in_time }) += 1;
        self.days.push((replied.millis() - filed.millis()) as f64 / 86_400_000.0);
    }

    fn median(&self) -> Option<f64> {
        let mut days = self.days.clone();
        days.sort_by(f64::total_cmp);
        let (low, high) = (days.get(days.len().checked_sub(1)? / 2)?, days.get(days.len() / 2)?);
        Some(((low + high) / 2.0 * 10.0).round() / 10.0)
    }
}

/// Rows whose columns are read here by hand: only the day is known.
fn by_hand(path: &Path, mut add: impl FnMut(&str, Moment, Option<Moment>)) {
    let kinds =
        [("咨询", "consult"), ("投诉", "complaint"), ("建议", "suggestion"), ("求助", "help"), ("举报", "report")];
    for line in std::fs::read_to_string(path).unwrap().lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let kind = kinds.iter().find(|(word, _)| row["kind"] == *word).map_or("unsorted", |(_, code)| code);
        let filed = Moment::parse(&format!("{}T09:00", row["date"].as_str().unwrap())).unwrap();
        let days = &row["days_to_final_reply"];
        let days = days.as_f64().or_else(|| days.as_str()?.parse().ok());
        let replied = row["reply"].as_str().filter(|reply| !reply.is_empty()).and(days);
        add(kind, filed, replied.map(|days| filed.plus_seconds((days * 86_400.0) as i64 + 8 * 3600)));
    }
}

#[test]
fn all_real_messages_are_imported_and_the_figures_are_those_of_the_files() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let by_day = shared.join("fuzhou_complaints/complaints.jsonl");
    let folder = std::fs::read_dir(shared.join("teddy2020")).into_iter().flatten().flatten().map(|entry| entry.path());
    let replies = folder.filter(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.starts_with("replies.")
    });
    let replies: Vec<PathBuf> = replies.collect();
    if !by_day.exists() || replies.is_empty() {
        println!("SKIPPED: ../shared/data is absent");
        return;
    }
    let rules = Rulebook::parse(RuleFiles::built_in()).ok().unwrap();
    let limit = |category: &str| {
        let mut procedures = rules.procedures().filter(|one| one.id == "message");
        procedures.find_map(|one| one.category(category)?.limit.clone()).unwrap()
    };
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut add = |category: &str, filed, replied| {
        counts.entry(category.to_owned()).or_default().add(&rules.law, &limit(category), filed, replied);
    };
    by_hand(&by_day, &mut add);
    for path in &replies {
        for record in messages::open(path, None, None).unwrap().flatten() {
            add(&record.category, record.filed, record.reply.map(|reply| reply.at));
        }
    }
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("data");
    let mut imported = 0;
    for path in replies.iter().chain([&by_day]) {
        let (_, first) = import(&data, path, &["--public"]);
        let (_, second) = import(&data, path, &["--public"]);
        let [first, second] = [&first[0], &second[0]];
        println!("{first}");
        assert_eq!(first["already"], 0);
        assert_eq!((&second["already"], &second["imported"]), (&first["imported"], &json!(0)));
        assert_eq!(second["rejected"], first["rejected"]);
        imported += first["imported"].as_u64().unwrap();
    }
    assert_eq!(imported, counts.values().map(|count| count.received).sum::<u64>());
    let (_, groups, _) = mingtang(&data, &["figure", "show", "messages", "--by", "category"]);
    assert_eq!(groups.len(), counts.len());
    for group in &groups {
        println!("{group}");
        let count = &counts[group["key"].as_str().unwrap()];
        let found = ["received", "in_time", "late", "open"].map(|name| group[name].as_u64().unwrap());
        assert_eq!(found, [count.received, count.in_time, count.late, count.open], "{group}");
        assert_eq!(group["median_days"].as_f64(), count.median(), "{group}");
    }
    let (code, lines, error) = mingtang(&data, &["audit", "verify"]);
    println!("{}", lines[0]);
    assert_eq!((code, &lines[0]["matters"], &lines[0]["broken"]), (0, &json!(imported), &json!(0)), "{error}");
}
