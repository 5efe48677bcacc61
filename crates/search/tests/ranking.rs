//! What people look for first stands first: invented documents, questions as people type them.

use search::{Doc, Index, Kind, Op, Query, Scope};

const BODY: i64 = 7;
const DAY: i64 = 86_400_000;
const NOW: i64 = 20_000 * DAY;

fn doc(id: i64, title: &str, text: &str, number: &str, days_ago: i64) -> Op {
    let numbers = if number.is_empty() { vec![] } else { vec![number.to_owned()] };
    Op::Put(Doc {
        id,
        body: BODY,
        title: title.into(),
        text: text.into(),
        numbers,
        at: NOW - days_ago * DAY,
        ..Doc::default()
    })
}

fn filled() -> (tempfile::TempDir, Index) {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::open(dir.path(), Kind::Public).unwrap();
    let docs = [
        doc(1, "晴湾区老年助餐服务管理办法", "老年助餐点的设置、补助与监督。", "晴政办规〔2026〕5号", 20),
        doc(2, "晴湾区老年助餐点补助暂行办法", "助餐点按人次申领补助。", "晴政办规〔2021〕9号", 1900),
        doc(3, "民政工作要点", "推进老年助餐、老旧小区改造，办好民生实事。老年助餐点新增六个。", "", 5),
        doc(4, "老年助餐补助问答", "问：晚餐有补助吗？答：只补助午餐。", "", 18),
        doc(5, "望湖小区停车管理办法", "停车收费按时长计算，办法自公布之日起施行。", "晴交〔2026〕18号", 40),
        doc(6, "关于停水的公告", "因管网检修，望湖路一带停水八小时。", "", 2),
        doc(7, "关于停水的公告", "因管网检修，听潮街一带停水八小时。", "", 900),
        doc(8, "公告", "关于停水、停电、停气的常见问题。", "", 1),
    ];
    index.writer().unwrap().apply(&docs, "1").unwrap();
    (dir, index)
}

fn ask(words: &str) -> Query {
    let scope = Scope { bodies: vec![BODY], units: None };
    Query { words: words.into(), scope, limit: 10, relax: true, now: Some(NOW), ..Query::default() }
}

#[test]
fn what_is_looked_for_stands_first() {
    let (_dir, index) = filled();
    for (words, first) in [
        ("晴湾区老年助餐点补助暂行办法", 2),
        ("《晴灣區老年助餐服務管理辦法》", 1),
        ("老年助餐服务 办法", 1),
        ("助餐 问答", 4),
        ("停水公告", 6),
        ("公告", 8),
        ("望湖 停车 收费", 5),
        ("晚餐补助", 4),
        ("５号 晴政办规", 1),
    ] {
        let hits = index.search(&ask(words)).unwrap();
        assert_eq!(hits.ids.first(), Some(&first), "{words}: {:?}", hits.ids);
    }
}

#[test]
fn of_titles_alike_the_newer_comes_first_and_pages_do_not_overlap() {
    let (_dir, index) = filled();
    let all = index.search(&ask("停水的公告")).unwrap().ids;
    assert_eq!(all.get(..2), Some(&[6, 7][..]));
    let paged: Vec<i64> = (0..all.len())
        .flat_map(|offset| index.search(&Query { offset, limit: 1, ..ask("停水的公告") }).unwrap().ids)
        .collect();
    assert_eq!(paged, all);
}

#[test]
fn a_wrong_or_missing_character_does_not_hide_a_document() {
    let (_dir, index) = filled();
    for (words, first) in [("老年助歺服务管理办法", 1), ("停车管里办法", 5), ("老助餐服务", 1), ("停水公吿", 6)]
    {
        let hits = index.search(&ask(words)).unwrap();
        assert!(hits.relaxed, "{words} stands nowhere");
        assert_eq!(hits.ids.first(), Some(&first), "{words}: {:?}", hits.ids);
        let strict = index.search(&Query { relax: false, ..ask(words) }).unwrap();
        assert_eq!(strict.total, 0, "{words}");
    }
    assert_eq!(index.search(&ask("量子计算")).unwrap().total, 0, "nothing is like it");
}

#[test]
fn a_number_is_found_however_it_is_written() {
    let (_dir, index) = filled();
    for written in [
        "晴政办规〔2026〕5号",
        "晴政办规[2026]5号",
        "晴政辦規（２０２６）第05號",
        "晴政办规2026年5号",
        " 晴政办规 2026 5 ",
    ] {
        assert_eq!(index.search(&ask(written)).unwrap().exact, Some(1), "{written}");
    }
    for none in ["晴政办规〔2026〕6号", "2026", "办法", ""] {
        assert_eq!(index.search(&ask(none)).unwrap().exact, None, "{none}");
    }
}

#[test]
fn titles_and_numbers_are_completed_while_typing() {
    let (_dir, index) = filled();
    let scope = Scope { bodies: vec![BODY], units: None };
    let suggested = |typed: &str| index.suggest(typed, &scope, 8).unwrap();
    assert_eq!(suggested("晴湾区老年助餐服"), [1]);
    assert_eq!(suggested("晴政办规〔2021").first(), Some(&2));
    assert_eq!(suggested("晴政办规〔20").len(), 2);
    assert!(suggested("補助").contains(&4));
    assert_eq!(suggested("管网检修"), [0i64; 0], "only titles are offered");
    assert_eq!(suggested(" ？"), [0i64; 0]);
    assert_eq!(index.suggest("公告", &Scope::default(), 8).unwrap(), [0i64; 0]);
}
