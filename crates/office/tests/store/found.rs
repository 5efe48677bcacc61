//! Everything public is found, and nothing else, on both engines.

use office::{Filled, Role, Search};

use crate::documents::{Desk, on_every_engine};

async fn found(desk: &Desk<'_>, words: &str) -> Vec<String> {
    let asked = Search { words: words.into(), page: 1, rows: 20, ..Search::default() };
    let found = desk.office.find(desk.office.default_body(), asked).await.unwrap();
    // What stands near to the words is not what was asked for here.
    if found.relaxed { Vec::new() } else { found.hits.into_iter().map(|hit| hit.row.title).collect() }
}

async fn released(desk: &Desk<'_>, kind: &str, title: &str, columns: &str, fields: &[(&str, &str)]) -> (i64, String) {
    let matter = desk.draft(kind, title, columns, fields, Vec::new()).await.unwrap();
    desk.review(matter).await;
    (matter, desk.publish(matter).await)
}

fn policy<'a>(number: &'a str, body: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("index", "QW0101-02/2026-00001"),
        ("topic", "civil"),
        ("issuer", "虚构办公室"),
        ("number", number),
        ("written_on", "2026-03-01"),
        ("validity", "valid"),
        ("body", body),
    ]
}

#[test]
fn what_is_public_is_found_until_it_is_not() {
    on_every_engine(async |desk: &Desk<'_>| {
        let body = desk.office.default_body();
        let (old, old_item) =
            released(desk, "policy", "虚构助餐补助暂行办法", "zcwj", &policy("虚政办规〔2025〕9号", "按人次补助。"))
                .await;
        let (news, _) = released(desk, "news", "望湖路停水抢修完成", "xw", &[("body", "昨夜完成抢修。")]).await;
        assert_eq!(found(desk, "虚构助餐补助暂行办法").await, ["虚构助餐补助暂行办法"]);
        assert_eq!(found(desk, "虛構助餐 按人次").await.len(), 1, "words of title and text, in the other script");
        assert_eq!(found(desk, "民政、扶贫、救灾").await.len(), 1, "codes are found by their words");
        let asked = Search { words: "虚政办规[2025]第09号".into(), page: 1, rows: 5, ..Search::default() };
        let exact = desk.office.find(body, asked).await.unwrap().exact;
        assert_eq!(exact, Some(("policy".into(), old_item.clone())));
        // A later document repeals it: both are found, and its validity is what holds now.
        let repealing = [policy("虚政办规〔2026〕5号", "新的办法。"), vec![("repeals", old_item.as_str())]].concat();
        released(desk, "policy", "虚构助餐服务办法", "zcwj", &repealing).await;
        let narrowed = |facet, value: &str| Search {
            narrowed: vec![(facet, value.to_owned())],
            page: 1,
            rows: 5,
            count: true,
            ..Search::default()
        };
        let repealed = desk.office.find(body, narrowed("validity", "废止")).await.unwrap();
        assert_eq!(
            repealed.hits.iter().map(|hit| hit.row.title.as_str()).collect::<Vec<_>>(),
            ["虚构助餐补助暂行办法"]
        );
        assert_eq!(repealed.hits[0].validity.as_ref().map(|(code, _)| code.as_str()), Some("repealed"));
        assert!(repealed.counted.iter().any(|one| one.facet == "column" && one.value == "zcwj" && one.hits == 1));
        for typed in ["虚构助餐", "zhucan", "zc", "xu gou zhu"] {
            assert_eq!(desk.office.suggest(body, typed, 8).await.unwrap().len(), 2, "{typed}");
        }
        // Corrected: only the present words; withdrawn: none.
        desk.act((11, Role::Handler), news, "correct", &[("reason", "地名写错")]).await.unwrap();
        let revised = [("title", "听潮街停水抢修完成"), ("document.body", "今晨完成抢修。")];
        desk.act((11, Role::Handler), news, "revise", &revised).await.unwrap();
        desk.review(news).await;
        desk.publish(news).await;
        assert!(found(desk, "望湖路").await.is_empty() && found(desk, "昨夜").await.is_empty());
        assert_eq!(found(desk, "听潮街停水抢修完成").await.len(), 1);
        let why = [("withdraw_reason", "error"), ("reason", "整篇有误")];
        desk.act((12, Role::FoiClerk), old, "withdraw", &why).await.unwrap();
        desk.act((15, Role::Leader), old, "approve", &[]).await.unwrap();
        desk.settle();
        assert!(found(desk, "暂行办法").await.is_empty());
        assert_eq!(desk.office.suggest(body, "虚构助餐", 8).await.unwrap().len(), 1);
        // Made anew from the store, the indexes say the same.
        let filled = tokio::task::block_in_place(|| desk.office.reindex(&mut |_: Filled| ())).unwrap();
        assert_eq!(filled.editions, 2);
        desk.settle();
        let health = tokio::task::block_in_place(|| desk.office.health()).unwrap();
        assert_eq!((health.public, health.unindexed), ((2, 2), 0));
        assert!(found(desk, "暂行办法").await.is_empty());
        assert_eq!(found(desk, "听潮街停水抢修完成").await.len(), 1);
    });
}

#[test]
fn any_text_is_only_a_query() {
    on_every_engine(async |desk: &Desk<'_>| {
        released(desk, "news", "要闻一则", "xw", &[("body", "内容。")]).await;
        let long = "停水".repeat(5000);
        for words in ["title:要闻 AND (", "\"", "*", "\u{1}\u{7f}", "👨‍👩‍👧", "〔〕号", "9999999999号", &long, "要闻 一则"]
        {
            let asked = Search { words: words.into(), page: 1, rows: 20, count: true, ..Search::default() };
            desk.office.find(desk.office.default_body(), asked).await.unwrap();
            desk.office.suggest(desk.office.default_body(), words, 8).await.unwrap();
        }
    });
}

#[test]
fn what_a_correction_no_longer_repeals_is_in_force_again() {
    on_every_engine(async |desk: &Desk<'_>| {
        let body = desk.office.default_body();
        let (_, old) = released(desk, "policy", "旧的办法", "zcwj", &policy("虚政办规〔2025〕9号", "旧的。")).await;
        let repealing = [policy("虚政办规〔2026〕5号", "新的。"), vec![("repeals", old.as_str())]].concat();
        let (new, _) = released(desk, "policy", "新的办法", "zcwj", &repealing).await;
        let standing = async |value: &str| {
            let narrowed = vec![("validity", value.to_owned())];
            let asked = Search { narrowed, page: 1, rows: 5, ..Search::default() };
            let hits = desk.office.find(body, asked).await.unwrap().hits;
            hits.into_iter().map(|hit| hit.row.title).collect::<Vec<_>>()
        };
        assert_eq!(
            (standing("废止").await, standing("有效").await),
            (vec!["旧的办法".into()], vec!["新的办法".into()])
        );
        desk.act((11, Role::Handler), new, "correct", &[("reason", "误写废止")]).await.unwrap();
        let fields = policy("虚政办规〔2026〕5号", "新的。");
        let named: Vec<(String, &str)> =
            fields.iter().map(|(name, value)| (format!("document.{name}"), *value)).collect();
        let mut revised: Vec<(&str, &str)> = named.iter().map(|(name, value)| (name.as_str(), *value)).collect();
        revised.push(("title", "新的办法"));
        desk.act((11, Role::Handler), new, "revise", &revised).await.unwrap();
        desk.review(new).await;
        desk.publish(new).await;
        assert!(standing("废止").await.is_empty());
        assert_eq!(standing("有效").await.len(), 2, "both are in force");
    });
}
