//! The first officer: the one-time address and its page.

use crate::support::{Client, World};
use axum::http::StatusCode;
use office::Office;

const PASSWORD: &str = "Shouci-2026-ok";

async fn send(client: &mut Client, from: &str, secret: &str, login: &str, again: &str) -> crate::support::Answer {
    let fields = [("secret", secret), ("login", login), ("name", "管理员甲"), ("new", PASSWORD), ("again", again)];
    client.post(from, "/desk/set-up", &fields).await
}

#[tokio::test]
async fn the_first_officer_is_made_once_at_the_printed_address() {
    let world = World::bare().await;
    let office = world.office().clone();
    let (secret, second) = (offer(&office).await.unwrap(), offer(&office).await.unwrap());
    assert_eq!((secret.len(), secret == second), (64, false));
    let place = site::desk::set_up::address(&secret);
    let mut visitor = world.client();
    let page = visitor.get(&place).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert!(page.text.contains("设置首位管理员"));

    let wrong = send(&mut visitor, &place, &secret, "guanli", "Shouci-2026-no").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("两次输入的密码不一样") && wrong.text.contains("guanli"), "nothing typed is lost");
    assert!(!wrong.text.contains(PASSWORD), "but no password comes back");
    let made = send(&mut visitor, &place, &secret, "guanli", PASSWORD).await;
    assert_eq!((made.status, made.header("location")), (StatusCode::SEE_OTHER, "/desk/people"), "{}", made.text);
    assert_eq!(visitor.get("/desk/people").await.status, StatusCode::OK, "signed in as administrator");

    // Once: neither this address nor another one that was given before opens anything now.
    for secret in [&secret, &second] {
        let mut late = world.client();
        assert_eq!(late.get(&site::desk::set_up::address(secret)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(send(&mut late, "/desk/sign-in", secret, "other", PASSWORD).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(offer(&office).await, None, "nothing is offered while there are officers");
    let system = office::Caller::system(office.default_body());
    let acts: Vec<String> = office.audit(&system, None, None).await.unwrap().into_iter().map(|one| one.act).collect();
    assert_eq!(acts, ["sign_in", "set_up", "setup_offered", "setup_offered"]);
}

#[tokio::test]
async fn the_address_ends_after_a_day_and_cannot_be_guessed_at_will() {
    let world = World::bare().await;
    let secret = offer(world.office()).await.unwrap();
    let place = site::desk::set_up::address(&secret);
    world.clock.step(24 * 3_600_000 - 1);
    assert_eq!(world.client().get(&place).await.status, StatusCode::OK);
    world.clock.step(1);
    let over = world.client().get(&place).await;
    assert_eq!(over.status, StatusCode::NOT_FOUND);
    assert!(over.text.contains("设置地址无效") && over.text.contains("mingtang serve"), "{}", over.text);
    let mut guesser = world.client();
    let mut last = StatusCode::OK;
    for turn in 0..40 {
        last = guesser.get(&site::desk::set_up::address(&format!("{turn:064x}"))).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

/// What `serve` prints when it starts.
async fn offer(office: &Office) -> Option<String> {
    let office = office.clone();
    tokio::task::spawn_blocking(move || office.offer_setup()).await.unwrap().unwrap()
}
