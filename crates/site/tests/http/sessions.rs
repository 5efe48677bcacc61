//! Officers' sessions: signing in and out, fixation, time, tries.

use crate::support::{PASSWORD, World};
use axum::http::StatusCode;

const RIGHT: [(&str, &str); 2] = [("login", "handler"), ("password", PASSWORD)];

#[tokio::test]
async fn every_sign_in_gives_a_fresh_secret_and_ends_the_old() {
    let world = World::new().await;
    let mut officer = world.probe();
    let door = officer.get("/desk").await;
    assert_eq!((door.status, door.header("location")), (StatusCode::SEE_OTHER, "/desk/sign-in?next=/desk"));
    // A secret that somebody else put into the browser is never taken over.
    officer.cookies.insert("officer".into(), "f".repeat(64));
    let entered = officer.post("/desk/sign-in", "/desk/sign-in", &RIGHT).await;
    assert_eq!((entered.status, entered.header("location")), (StatusCode::SEE_OTHER, "/desk"));
    let cookie = entered
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|line| line.to_str().unwrap())
        .find(|line| line.starts_with("officer="))
        .unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let first = officer.cookies["officer"].clone();
    assert_eq!(first.len(), 64);
    assert_ne!(first, "f".repeat(64));
    assert_eq!(officer.get("/desk").await.status, StatusCode::OK);
    officer.post("/desk/sign-in", "/desk/sign-in", &RIGHT).await;
    assert_ne!(officer.cookies["officer"], first);
    officer.cookies.insert("officer".into(), first);
    assert_eq!(officer.get("/desk").await.status, StatusCode::SEE_OTHER, "the old session is over");
}

#[tokio::test]
async fn signing_out_ends_the_session_for_every_copy_of_the_cookie() {
    let world = World::new().await;
    let mut officer = world.probe();
    officer.post("/desk/sign-in", "/desk/sign-in", &RIGHT).await;
    let copy = officer.cookies["officer"].clone();
    assert_eq!(officer.post("/desk", "/desk/sign-out", &[]).await.status, StatusCode::SEE_OTHER);
    assert!(!officer.cookies.contains_key("officer"));
    officer.cookies.insert("officer".into(), copy);
    assert_eq!(officer.get("/desk").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_session_ends_after_half_an_hour_idle_and_after_twelve_hours() {
    let world = World::new().await;
    let mut officer = world.probe();
    officer.post("/desk/sign-in", "/desk/sign-in", &RIGHT).await;
    world.clock.step(29 * 60_000);
    assert_eq!(officer.get("/desk").await.status, StatusCode::OK);
    world.clock.step(31 * 60_000);
    assert_eq!(officer.get("/desk").await.status, StatusCode::SEE_OTHER, "idle");
    officer.post("/desk/sign-in", "/desk/sign-in", &RIGHT).await;
    for _ in 0..35 {
        world.clock.step(20 * 60_000);
        assert_eq!(officer.get("/desk").await.status, StatusCode::OK);
    }
    world.clock.step(21 * 60_000);
    assert_eq!(officer.get("/desk").await.status, StatusCode::SEE_OTHER, "twelve hours");
}

#[tokio::test]
async fn what_was_typed_is_not_lost_when_the_session_is_over() {
    let world = World::new().await;
    let mut officer = world.probe();
    officer.post("/desk/sign-in", "/desk/sign-in", &RIGHT).await;
    let csrf = officer.get("/desk").await.hidden("csrf");
    world.clock.step(31 * 60_000);
    let late = officer.post_raw("/desk/people", &[("csrf", &csrf)]).await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED);
    // The form that is still open in the other window is good after signing in again.
    officer.post("/desk/sign-in", "/desk/sign-in", &[("login", "admin"), ("password", PASSWORD)]).await;
    assert_eq!(officer.post_raw("/desk/people", &[("csrf", &csrf)]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn tries_are_limited_by_account_and_success_forgets_them() {
    let world = World::new().await;
    let mut officer = world.probe();
    let wrong = [("login", "nobody"), ("password", "x")];
    let mut last = StatusCode::OK;
    for _ in 0..12 {
        last = officer.post("/desk/sign-in", "/desk/sign-in", &wrong).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        officer.post("/desk/sign-in", "/desk/sign-in", &RIGHT).await.status,
        StatusCode::SEE_OTHER,
        "another account"
    );
}

#[tokio::test]
async fn a_partys_session_opens_one_matter_and_no_desk() {
    let world = World::new().await;
    let mut party = world.probe();
    assert_eq!(party.get("/q/mine").await.header("location"), "/q");
    let body = world.office().default_body();
    let secret = world.office().query_session(body, 77).await.unwrap();
    party.cookies.insert("query".into(), secret.clone());
    assert_eq!(party.get("/q/mine").await.text, "Some(77)");
    party.cookies.insert("officer".into(), secret);
    assert_eq!(party.get("/desk").await.status, StatusCode::FORBIDDEN);
    let mut officer = world.probe();
    officer.post("/desk/sign-in", "/desk/sign-in", &RIGHT).await;
    officer.cookies.insert("query".into(), officer.cookies["officer"].clone());
    assert_eq!(officer.get("/q/mine").await.status, StatusCode::SEE_OTHER, "an officer is no party");
}

#[tokio::test]
async fn a_full_store_is_busy_and_signs_nobody_out() {
    let world = World::new().await;
    let mut officer = world.probe();
    officer.post("/desk/sign-in", "/desk/sign-in", &RIGHT).await;
    let token = format!("Bearer {}", world.token(&[office::Scope::MattersRead]).await);
    let gate = std::sync::Arc::new(std::sync::RwLock::new(()));
    let held = gate.write().unwrap();
    let (full, mut filled) = tokio::sync::mpsc::unbounded_channel();
    let readers: Vec<_> = (0..6000)
        .map(|_| {
            let (store, gate, full) = (world.office().store().clone(), gate.clone(), full.clone());
            tokio::spawn(async move {
                let waited = store.read(move |_| Ok(drop(gate.read()))).await;
                if waited == Err(office::Fault::Busy) {
                    full.send(()).ok();
                }
            })
        })
        .collect();
    filled.recv().await.unwrap();
    for (path, headers) in [("/desk", vec![]), ("/api/v1/probe", vec![("authorization", token.as_str())])] {
        let answer = officer.send("GET", path, &headers, "").await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(answer.header("retry-after").parse::<u32>().unwrap() >= 1, "{path}");
    }
    drop(held);
    for reader in readers {
        reader.await.unwrap();
    }
    assert_eq!(officer.get("/desk").await.status, StatusCode::OK, "still signed in");
}
