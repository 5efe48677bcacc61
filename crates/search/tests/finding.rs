//! What people type finds what they mean, within what they may see.

mod samples;

use proptest::prelude::*;
use samples::{BODY, ask, doc, filled, ids};
use search::{Doc, Index, Kind, Op, Query, Scope, Sort};

#[test]
fn all_words_must_be_found_in_any_script_and_width() {
    let (_dir, index) = filled();
    assert_eq!(ids(&index, &ask("停车收费")), [1]);
    assert_eq!(ids(&index, &ask("停車 收費")), [1]);
    assert_eq!(ids(&index, &ask("望湖")).len(), 3);
    assert_eq!(ids(&index, &ask("灯")), [2]);
    assert_eq!(ids(&index, &ask("８８路")), [2]);
    assert_eq!(ids(&index, &ask("ＢＵＳ")), [3], "the beginning of a word");
    assert_eq!(ids(&index, &ask("停车 无此事")), [0i64; 0]);
    assert_eq!(ids(&index, &ask("？！")), [0i64; 0]);
}

#[test]
fn the_title_counts_more_and_time_sorts() {
    let (_dir, index) = filled();
    assert_eq!(ids(&index, &ask("停车")), [1, 2]);
    assert_eq!(ids(&index, &Query { sort: Sort::Newest, ..ask("停车") }), [2, 1]);
    assert_eq!(ids(&index, &Query { sort: Sort::Oldest, ..ask("停车") }), [1, 2]);
    assert_eq!(ids(&index, &ask("")), [5, 3, 2, 1], "no words: everything, the newest first");
    let page = index.search(&Query { offset: 1, limit: 2, ..ask("") }).unwrap();
    assert_eq!((page.total, page.ids), (4, vec![3, 2]));
    let none = index.search(&Query { limit: 0, ..ask("") }).unwrap();
    assert_eq!((none.total, none.ids), (4, vec![]));
}

#[test]
fn a_number_leads_straight_to_its_document() {
    let (_dir, index) = filled();
    for written in ["明晴政办〔2026〕2号", "明晴政办［2026］ 2 號", "明晴政辦(２０２６)2号"] {
        let hits = index.search(&ask(written)).unwrap();
        assert_eq!((hits.exact, hits.ids.first()), (Some(2), Some(&2)), "{written}");
    }
    assert_eq!(index.search(&ask("明晴政办〔2026〕4号")).unwrap().exact, None, "another body's");
}

#[test]
fn nothing_outside_the_scope_is_found() {
    let (_dir, index) = filled();
    let scoped = |bodies: &[i64], units: Option<&[i64]>| {
        let scope = Scope { bodies: bodies.into(), units: units.map(Into::into) };
        let query = Query { scope, count: vec!["unit".into()], ..ask("望湖") };
        let hits = index.search(&query).unwrap();
        assert_eq!(hits.counts.iter().map(|count| count.hits).sum::<u64>(), hits.total as u64);
        let mut ids = hits.ids;
        ids.sort_unstable();
        ids
    };
    assert_eq!(scoped(&[BODY], None), [1, 2, 3]);
    assert_eq!(scoped(&[BODY, 8], None), [1, 2, 3, 4]);
    assert_eq!(scoped(&[BODY], Some(&[0])), [2]);
    assert_eq!(scoped(&[], None), [0i64; 0]);
    assert_eq!(scoped(&[BODY], Some(&[])), [0i64; 0]);
    let limited = Scope { bodies: vec![BODY], units: Some(vec![0]) };
    let hits = index.search(&Query { scope: limited, ..ask("明晴政办〔2026〕1号") }).unwrap();
    assert_eq!(hits.exact, None);
}

#[test]
fn filters_times_and_counts() {
    let (_dir, index) = filled();
    let filtered = Query { filters: vec![("unit".into(), vec!["u1".into()])], ..ask("望湖") };
    assert_eq!(index.search(&filtered).unwrap().total, 2);
    let slash = Query { filters: vec![("category".into(), vec!["咨询/投诉".into()])], ..ask("") };
    assert_eq!(index.search(&slash).unwrap().total, 3);
    assert_eq!(ids(&index, &Query { from: Some(2000), to: Some(3000), ..ask("") }), [2]);
    let names = ["unit", "category", "unit", "", "nothing"].map(String::from).to_vec();
    let counts = index.search(&Query { count: names, ..ask("望湖") }).unwrap().counts;
    let counts: Vec<_> = counts.iter().map(|c| (c.name.as_str(), c.value.as_str(), c.hits)).collect();
    assert_eq!(counts, [("category", "咨询/投诉", 3), ("unit", "u1", 2), ("unit", "u0", 1)]);
}

#[test]
fn facets_can_be_counted_where_no_document_has_any() {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::open(dir.path(), Kind::Public).unwrap();
    let plain = Doc { facets: vec![], ..doc(1, "天气", "晴") };
    index.writer().unwrap().apply(&[Op::Put(plain)], "1").unwrap();
    let hits = index.search(&Query { count: vec!["unit".into()], ..ask("天气") }).unwrap();
    assert_eq!((hits.total, hits.counts), (1, vec![]));
}

#[test]
fn a_question_in_many_words_finds_the_nearest_when_asked_to() {
    let (_dir, index) = filled();
    let question = ask("望湖小区地面停车费是多少");
    assert_eq!(index.search(&question).unwrap().total, 0);
    let hits = index.search(&Query { relax: true, ..question }).unwrap();
    assert_eq!((hits.ids.first(), hits.relaxed), (Some(&1), true));
    assert!(!index.search(&Query { relax: true, ..ask("停车收费") }).unwrap().relaxed);
}

#[test]
fn similar_questions_are_suggested_within_the_scope() {
    let (_dir, index) = filled();
    let scope = Scope { bodies: vec![BODY], units: None };
    let found = index.suggest_similar("望湖小区的停车怎么收费", &scope, 5).unwrap();
    assert_eq!(found.first().map(|hit| hit.0), Some(1));
    assert!(found.iter().all(|hit| hit.0 != 4 && hit.0 != 5), "{found:?}");
    assert!(index.suggest_similar("", &scope, 5).unwrap().is_empty());
    assert!(index.suggest_similar("停车", &Scope::default(), 5).unwrap().is_empty());
}

#[test]
fn odd_queries_are_only_queries() {
    let (_dir, index) = filled();
    let long = "停".repeat(5000) + &"a1 ".repeat(5000);
    let odd = [
        "\"",
        "(",
        "title:停车",
        "a AND (b OR",
        "*",
        "路路路路",
        "\u{0}",
        "\u{202e}abc",
        "[1 TO 2]",
        "~2^",
        "\u{10FFFF}",
        "e\u{301}",
        "👨‍👩‍👧",
        "/unit/u1",
        "\\",
        "a\u{10FFFF}",
        &long,
    ];
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let try_one = |words: &str| {
        for relax in [false, true] {
            let query = Query { relax, count: vec![words.into()], ..ask(words) };
            index.search(&Query { filters: vec![(words.into(), vec![words.into()])], ..query }).unwrap();
        }
        index.suggest_similar(words, &Scope { bodies: vec![BODY], units: None }, 3).unwrap();
    };
    odd.into_iter().for_each(try_one);
    runner
        .run(&".{0,20}|[停车路a1 \"*():]{0,30}", |words| {
            try_one(&words);
            Ok(())
        })
        .unwrap();
}
