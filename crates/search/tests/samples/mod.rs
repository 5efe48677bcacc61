//! A small index and ways to ask it.

use search::{Doc, Index, Kind, Op, Query, Scope};

pub const BODY: i64 = 7;

pub fn doc(id: i64, title: &str, text: &str) -> Doc {
    Doc {
        id,
        body: BODY,
        units: vec![id % 2],
        title: title.into(),
        text: text.into(),
        numbers: vec![format!("明晴政办〔2026〕{id}号")],
        facets: vec![("unit".into(), format!("u{}", id % 2)), ("category".into(), "咨询/投诉".into())],
        at: id * 1000,
        spelled: true,
    }
}

pub fn samples() -> Vec<Op> {
    [
        doc(1, "望湖小区停车收费标准", "请问地面停车怎么收费？车号已隐去。"),
        doc(2, "望湖路路灯不亮", "88路公交站旁的路灯坏了三天，附近停车困难。"),
        doc(3, "公交改道", "Bus188路改道后不经过望湖小区，收费没有公示。"),
        Doc { body: 8, ..doc(4, "望湖小区停车收费标准", "另一机关的留言。") },
        Doc { numbers: vec![], facets: vec![], units: vec![], ..doc(5, "天气", "今日晴。") },
    ]
    .map(Op::Put)
    .into()
}

pub fn filled() -> (tempfile::TempDir, Index) {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::open(dir.path(), Kind::Desk).unwrap();
    index.writer().unwrap().apply(&samples(), "42").unwrap();
    (dir, index)
}

pub fn ask(words: &str) -> Query {
    let scope = Scope { bodies: vec![BODY], units: None };
    Query { words: words.into(), scope, limit: 10, ..Query::default() }
}

pub fn ids(index: &Index, query: &Query) -> Vec<i64> {
    index.search(query).unwrap().ids
}
