//! Tracking on the real portal: code and password, tries, another's matter.

use crate::support::World;
use axum::http::StatusCode;
use office::{Caller, Filed, Filing};
use std::collections::BTreeMap;

async fn filed(world: &World, title: &str) -> Filed {
    let typed = [
        ("title", title),
        ("text", "路灯已经一周不亮，夜间行走不安全。"),
        ("name", "申某甲"),
        ("phone", "13800000000"),
    ];
    let answers: BTreeMap<String, String> = typed.map(|(id, value)| (id.to_owned(), value.to_owned())).into();
    let filing = Filing {
        procedure: "message".into(),
        channel: "web".into(),
        category: Some("complaint".into()),
        answers,
        key: title.into(),
        ..Filing::default()
    };
    let public = Caller::public(world.office().default_body());
    world.office().file(&public, filing).await.unwrap()
}

#[tokio::test]
async fn code_and_password_open_one_matter_and_no_other() {
    let world = World::new().await;
    let (mine, other) = (filed(&world, "晴湾路路灯不亮").await, filed(&world, "听潮街井盖破损").await);
    let mut citizen = world.client();
    let door = citizen.get("/q/matter").await;
    assert_eq!(door.header("location"), "/q");
    for (code, password) in [(&mine.code, &other.password), (&other.code, &mine.password)] {
        let refused = citizen.post("/q", "/q", &[("code", code), ("password", password)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!refused.text.contains("晴湾路") && !refused.text.contains("听潮街"), "{}", refused.text);
    }
    let opened = citizen.post("/q", "/q", &[("code", &mine.code), ("password", &mine.password)]).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    let page = citizen.get("/q/matter").await;
    assert_eq!((page.status, page.header("cache-control")), (StatusCode::OK, "no-store"));
    assert!(page.text.contains("晴湾路路灯不亮") && !page.text.contains("听潮街"), "{}", page.text);
    // The code in the address says nothing: the session decides.
    let page = citizen.get(&format!("/q/matter?code={}", other.code)).await;
    assert!(!page.text.contains("听潮街"), "{}", page.text);
    for path in ["/q/file/1", "/q/file/zzzz", "/q/paper/1", "/q/paper/zzzz"] {
        assert_eq!(citizen.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn tries_of_a_password_are_limited_by_code() {
    let world = World::new().await;
    let (mine, other) = (filed(&world, "晴湾路路灯不亮").await, filed(&world, "听潮街井盖破损").await);
    let mut guesser = world.client();
    let wrong = if mine.password == "000000" { "000001" } else { "000000" };
    let mut refused = guesser.post("/q", "/q", &[("code", &mine.code), ("password", wrong)]).await;
    for _ in 0..6 {
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused = guesser.post("/q", "/q", &[("code", &mine.code), ("password", wrong)]).await;
    }
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 60);
    let right = guesser.post("/q", "/q", &[("code", &mine.code), ("password", &mine.password)]).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS, "even the right one waits");
    let elsewhere = guesser.post("/q", "/q", &[("code", &other.code), ("password", &other.password)]).await;
    assert_eq!(elsewhere.status, StatusCode::SEE_OTHER, "another code is not held up");
    world.clock.step(200_000);
    let right = guesser.post("/q", "/q", &[("code", &mine.code), ("password", &mine.password)]).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.text);
}
