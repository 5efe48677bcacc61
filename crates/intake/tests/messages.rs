//! Rows of older systems become messages, or say why not; the reading never stops.

#![allow(clippy::print_stdout, reason = "what was counted is printed")]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use intake::messages::{CATEGORIES, Reader, Record, RowFault, open};
use intake::{Cause, Refusal};
use proptest::prelude::*;

type Rows = Vec<Result<Record, RowFault>>;

fn reader(bytes: &[u8], format: Option<&str>, map: Option<&str>) -> Result<Reader, Refusal> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    open(file.path(), format, map)
}

fn rows(text: &str) -> Rows {
    reader(text.as_bytes(), None, None).unwrap().collect()
}

fn only(text: &str) -> Record {
    let rows = rows(text);
    assert_eq!(rows.len(), 1);
    rows.into_iter().next().unwrap().unwrap()
}

/// Line and column of each fault.
fn faults(rows: &Rows) -> Vec<(u64, &str)> {
    rows.iter().filter_map(|row| row.as_ref().err()).map(|fault| (fault.line, fault.field.as_str())).collect()
}

const TEDDY: &str = r#"{"id": 12, "user": "U001", "title": "路灯不亮", "time": "2019-04-24 16:03:40", "text": "望湖路路灯不亮。", "reply": "已修复。", "reply_time": "2019-05-09 09:49:10"}"#;
const FUZHOU: &str = r#"{"id": 2.0, "kind": "求助", "river": "某河", "channel": "e某app", "title": "求助", "date": "2019-08-05", "text": "内容", "reply": "答复", "transfers": 2.0, "days_to_final_reply": 2.0, "days_to_first_transfer": null}"#;

#[test]
fn both_built_in_formats_are_recognised() {
    let record = only(TEDDY);
    assert_eq!((record.format.as_str(), record.outside_id.as_str(), record.line), ("teddy", "12", 1));
    assert_eq!((record.category.as_str(), record.user.as_deref()), ("unsorted", Some("U001")));
    assert_eq!(record.filed.to_minute(), "2019-04-24 16:03");
    assert_eq!(record.reply.unwrap().at.to_minute(), "2019-05-09 09:49");

    let record = only(FUZHOU);
    assert_eq!((record.format.as_str(), record.outside_id.as_str()), ("fuzhou", "2"));
    assert_eq!((record.category.as_str(), record.channel.as_deref()), ("help", Some("app")));
    assert_eq!((record.user, record.transfers), (None, Some(2)));
    assert_eq!(record.filed.to_minute(), "2019-08-05 09:00");
    assert_eq!(record.reply.unwrap().at.to_minute(), "2019-08-07 17:00");
}

#[test]
fn what_is_missing_or_written_otherwise_is_understood() {
    let record =
        only(r#"{"id": "a-1", "time": "2019/4/24 16:03", "text": "  请问停车费多少？谢谢。\u0000\r\n第二行 "}"#);
    assert_eq!((record.title.as_str(), record.text.as_str()), ("请问停车费多少", "请问停车费多少？谢谢。\n第二行"));
    assert_eq!((record.user, record.reply), (None, None));
    for reply in [r#""""#, r#""  \u3000\u200b""#, "null"] {
        let open = TEDDY.replace(r#""已修复。""#, reply);
        assert_eq!(only(&open).reply, None, "{reply}");
    }
    let record = only(&FUZHOU.replace("2.0, \"days_to_first", "\"0\", \"days_to_first").replace("null", "NaN"));
    assert_eq!(record.reply.unwrap().at.to_minute(), "2019-08-05 17:00");
    assert_eq!(only(&FUZHOU.replace("求助\", \"river", "没有的类别\", \"river")).category, "unsorted");
    for (kind, code) in [("投诉", "complaint"), ("咨询", "consult"), ("建议", "suggestion"), ("举报", "report")]
    {
        assert_eq!(only(&FUZHOU.replace("求助\", \"river", &format!("{kind}\", \"river"))).category, code);
    }
}

#[test]
fn a_bad_row_names_its_column_and_the_others_are_read() {
    let text = [
        TEDDY.to_owned(),
        String::new(),
        "{broken".to_owned(),
        "[1]".to_owned(),
        TEDDY.replace("12,", "null,"),
        TEDDY.replace("望湖路路灯不亮。", " \\u3000"),
        TEDDY.replace("2019-04-24 16:03:40", "2019-02-30 16:03:40"),
        TEDDY.replace("\"2019-04-24 16:03:40\"", "null"),
        TEDDY.replace("2019-05-09 09:49:10", "2019-04-24 16:03:39"),
        TEDDY.replace("\"2019-05-09 09:49:10\"", "\"\""),
        TEDDY.replace("\"路灯不亮\"", "[\"路灯\"]"),
        TEDDY.replace("12,", "13,"),
    ]
    .join("\n");
    let rows = rows(&text);
    let expected = [
        (3, "行"),
        (4, "行"),
        (5, "id"),
        (6, "text"),
        (7, "time"),
        (8, "time"),
        (9, "reply_time"),
        (10, "reply_time"),
        (11, "title"),
    ];
    assert_eq!(faults(&rows), expected);
    assert_eq!(rows.len(), 11);
    assert!(rows.last().unwrap().as_ref().is_ok_and(|record| record.line == 12));
    for fault in rows.iter().filter_map(|row| row.as_ref().err()) {
        assert!(fault.error.ends_with('。') && !fault.error.contains("路灯"), "{fault}");
    }
    let far = FUZHOU.replace("2.0, \"days_to_first", "1e8, \"days_to_first");
    let missing = FUZHOU.replace("2.0, \"days_to_first", "null, \"days_to_first");
    let negative = FUZHOU.replace("2.0, \"days_to_first", "-3.0, \"days_to_first");
    let rows = self::rows(&[far, missing, negative].join("\n"));
    assert_eq!(faults(&rows), [1, 2, 3].map(|line| (line, "days_to_final_reply")));
}

#[test]
fn csv_with_quotes_line_breaks_and_faults() {
    let csv = "\u{feff}id,title,time,text,reply,reply_time\r\n\
        1,\"甲,乙\",2019-04-24 16:03:40,\"第一行\n\"\"第二行\"\"\",,\r\n\
        2,丙,2019-04-24 16:03:40,正文,答复,2019-04-25\r\n\
        3,丁,2019-04-24 16:03:40,正文,,,多,余\r\n\
        4,戊,2019-04-24 16:03:40,\"没有关上,,\r\n\
        5,己,2019-04-24 16:03:40,正文 5\" 管,,\r\n\
        6,庚,2019-04-24 16:03:40,正文\r\n";
    let rows = rows(csv);
    let read: Vec<_> = rows.iter().flatten().map(|record| (record.line, record.outside_id.as_str())).collect();
    assert_eq!(read, [(2, "1"), (4, "2"), (7, "5"), (8, "6")]);
    assert_eq!(faults(&rows), [(5, "行"), (6, "行")]);
    let first = rows[0].as_ref().unwrap();
    assert_eq!((first.title.as_str(), first.text.as_str()), ("甲,乙", "第一行\n\"第二行\""));
    let second = rows[1].as_ref().unwrap();
    assert_eq!(second.reply.as_ref().unwrap().at.to_minute(), "2019-04-25 17:00");
    let tabs = self::rows("id\ttime\ttext\n1\t2019-04-24\t甲, 乙\n");
    assert_eq!(tabs[0].as_ref().unwrap().text, "甲, 乙");
}

const MAP: &str = r#"
format = "旧信箱"
[columns]
id = "编号"
kind = "类别"
text = "内容"
time = "提交时间"
reply = "答复"
reply_date = "答复日期"
[kinds]
"政策问询" = "consult"
[defaults]
time = "08:30"
offset = "+00:00"
"#;

#[test]
fn any_other_source_is_described_by_a_map() {
    let csv = "编号,类别,内容,提交时间,答复,答复日期\n7,政策问询,内容,2019-04-24 20:00,答,2019-04-25\n8,投诉,内容,2019-04-24,,\n";
    let reader = reader(csv.as_bytes(), None, Some(MAP)).unwrap();
    assert_eq!(reader.format(), "旧信箱");
    let records: Vec<_> = reader.map(Result::unwrap).collect();
    assert_eq!(records[0].filed.to_minute(), "2019-04-25 04:00");
    assert_eq!(records[0].category, "consult");
    assert_eq!(records[1].filed.to_minute(), "2019-04-24 16:30");
    assert_eq!(records[1].category, "complaint");
    let named = self::reader(csv.as_bytes(), Some("改名"), Some(MAP)).unwrap();
    assert_eq!(named.format(), "改名");
}

#[test]
fn a_reply_known_by_its_day_alone_is_not_before_a_filing_of_that_day() {
    let csv = "编号,类别,内容,提交时间,答复,答复日期\n7,,内容,2019-04-24 12:00Z,答,2019-04-24\n8,,内容,2019-04-24 12:00Z,答,2019-04-23\n";
    let rows: Rows = reader(csv.as_bytes(), None, Some(&MAP.replace("+00", "+08"))).unwrap().collect();
    let record = rows[0].as_ref().unwrap();
    assert_eq!(record.reply.as_ref().unwrap().at, record.filed);
    assert_eq!(faults(&rows), [(3, "答复日期")]);
}

#[test]
fn what_cannot_be_opened_says_what_to_do() {
    let cause = |bytes: &[u8], format: Option<&str>, map: Option<&str>| {
        let refusal = reader(bytes, format, map).err().unwrap();
        assert!(refusal.sentence.ends_with('。'), "{refusal}");
        refusal.cause
    };
    assert_eq!(cause(b"", None, None), Cause::Empty);
    assert_eq!(cause(b"\n \n", None, None), Cause::Empty);
    assert_eq!(cause(b"id,time,text\n", None, None), Cause::Empty);
    assert_eq!(cause(b"{\"a\": 1}", None, None), Cause::Format);
    assert_eq!(cause(TEDDY.as_bytes(), Some("none"), None), Cause::Format);
    assert_eq!(cause(b"[{\"id\": 1}]", None, None), Cause::Format);
    assert_eq!(cause(b"PK\x03\x04", None, None), Cause::Format);
    assert_eq!(cause(b"id,\xC4\xFA\n", None, None), Cause::Format);
    for (from, to) in [
        ("id = \"编号\"", ""),
        ("format = \"旧信箱\"", ""),
        ("time = \"提交时间\"", ""),
        ("reply_date = \"答复日期\"", ""),
        ("\"consult\"", "\"没有\""),
        ("08:30", "25:00"),
        ("[kinds]", "[kind]"),
        ("[columns]", "[columns"),
    ] {
        let map = MAP.replacen(from, to, 1);
        assert_eq!(cause(TEDDY.as_bytes(), None, Some(&map)), Cause::Format, "{from}");
    }
    assert_eq!(open(Path::new("missing.jsonl"), None, None).err().unwrap().cause, Cause::Unreadable);
}

#[test]
fn compressed_files_are_read_and_broken_ones_end_with_a_fault() {
    let text = (0..2000).map(|id| TEDDY.replace("12,", &format!("{id},"))).collect::<Vec<_>>().join("\n");
    let packed = zstd::encode_all(text.as_bytes(), 1).unwrap();
    let records: Rows = reader(&packed, None, None).unwrap().collect();
    assert_eq!(records.iter().filter(|row| row.is_ok()).count(), 2000);
    let cut: Rows = reader(&packed[..packed.len() - 5], None, None).map(Iterator::collect).unwrap_or_default();
    assert!(cut.len() < 2001 && cut.last().is_none_or(Result::is_err));
}

#[test]
fn a_row_without_end_is_bounded_and_skipped() {
    let long = format!("{{\"id\": 1, \"text\": \"{}\"}}", "长".repeat(1_500_000));
    let rows = rows(&[TEDDY, &long, TEDDY].join("\n"));
    assert_eq!((rows.len(), faults(&rows)), (3, vec![(2, "行")]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_input_panics_or_hangs(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0usize..200, text in "[\"{},:a1\n\r ]{0,80}") {
        let mut bent = TEDDY.as_bytes().to_vec();
        let at = at % bent.len();
        bent.splice(at..at, bytes.iter().copied().take(3));
        for input in [&bytes[..], &bent, text.as_bytes(), &[b"id,time,text\n", text.as_bytes()].concat()] {
            for format in [None, Some("teddy")] {
                if let Ok(rows) = reader(input, format, None) {
                    prop_assert!(rows.count() <= input.len());
                }
            }
        }
    }
}

fn shared(path: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    if path.exists() {
        return Some(path);
    }
    println!("SKIPPED: no {}", path.display());
    None
}

#[test]
fn every_real_row_is_read_or_names_its_column() {
    for (file, format, rows) in [
        ("teddy2020/replies.jsonl.zst", "teddy", 1993),
        ("teddy2020/hot.jsonl.zst", "teddy", 2984),
        ("fuzhou_complaints/complaints.jsonl", "fuzhou", 1026),
    ] {
        let Some(path) = shared(file) else { continue };
        let reader = open(&path, None, None).unwrap();
        assert_eq!(reader.format(), format);
        let (mut read, mut replied) = (0, 0);
        let mut categories = BTreeMap::<String, usize>::new();
        let mut rejected = BTreeMap::<String, usize>::new();
        for row in reader {
            match row {
                Ok(record) => {
                    read += 1;
                    replied += usize::from(record.reply.is_some());
                    assert!(CATEGORIES.contains(&record.category.as_str()));
                    *categories.entry(record.category).or_default() += 1;
                }
                Err(fault) => *rejected.entry(format!("{}: {}", fault.field, fault.error)).or_default() += 1,
            }
        }
        println!("{file}: {read} read, {replied} with reply, {categories:?}, rejected {rejected:?}");
        assert_eq!(read + rejected.values().sum::<usize>(), rows);
        assert!(rejected.values().sum::<usize>() * 100 < rows, "{rejected:?}");
    }
}

#[test]
fn no_mobile_number_of_a_real_text_survives_masking() {
    let mut hidden = BTreeMap::<&str, usize>::new();
    for file in ["teddy2020/replies.jsonl.zst", "fuzhou_complaints/complaints.jsonl"] {
        let Some(path) = shared(file) else { continue };
        for record in open(&path, None, None).unwrap().flatten() {
            let reply = record.reply.map(|reply| reply.text).unwrap_or_default();
            for written in [record.title, record.text, reply] {
                let masked = text::mask::text(&written);
                masked.hits.iter().for_each(|hit| *hidden.entry(hit.kind.label()).or_default() += 1);
                let folded = text::normal::folded(&masked.text);
                let mut runs = folded.split(|c: char| !c.is_ascii_digit());
                let mobile = |run: &str| run.len() == 11 && ('3'..='9').any(|c| run.starts_with(&format!("1{c}")));
                assert!(!runs.any(mobile), "{file}, line {}", record.line);
            }
        }
    }
    println!("hidden: {hidden:?}");
}
