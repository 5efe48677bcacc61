//! Addresses of an older site lead to where its pages stand now.

use crate::support::World;
use axum::http::StatusCode;
use intake::pages;

#[tokio::test]
async fn an_old_address_leads_on_and_one_that_is_gone_says_so() {
    let world = World::new().await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("pages.jsonl");
    let rows = [
        r#"{"url":"http://old.example/art/2024-03/09/1.htm?id=7","title":"关于停水的公告","text":"因检修停水。"}"#,
        r#"{"url":"http://other.example/art/2024-03/09/1.htm?id=7","title":"关于停电的公告","text":"因检修停电。"}"#,
    ];
    std::fs::write(&file, rows.join("\n")).unwrap();
    let read: Vec<_> = pages::open(&file, None, None).unwrap().map(Result::unwrap).collect();
    let (office, body) = (world.office().clone(), world.office().default_body());
    tokio::task::spawn_blocking(move || office.import_pages(body, read, false)).await.unwrap().unwrap();
    let mut client = world.client();
    let path = "/art/2024-03/09/1.htm?id=7";
    let moved = client.get(path).await;
    assert_eq!(moved.status, StatusCode::MOVED_PERMANENTLY, "{}", moved.text);
    let page = client.get(moved.header("location")).await;
    assert!(page.status == StatusCode::OK && page.text.contains("关于停水的公告"));
    assert_eq!(client.get("/art/2024-03/09/1.htm").await.status, StatusCode::NOT_FOUND, "another page there");
    assert_eq!(client.get("/art/none.htm").await.status, StatusCode::NOT_FOUND);
    let item = moved.header("location").trim_start_matches("/a/").to_owned();
    let sql =
        format!("update edition set state = 'withdrawn', ended_at = 1, ended_why = '内容有误' where item = '{item}'");
    world.behind(&sql);
    world.clock.step(1000);
    let gone = client.get(path).await;
    assert!(gone.status == StatusCode::GONE && gone.text.contains("已经撤下"), "{}", gone.status);
    assert!(!gone.text.contains("停水"), "nothing of it is told");
}
