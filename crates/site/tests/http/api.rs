//! The API: tokens and scopes, JSON, idempotency, problems.

use crate::support::World;
use axum::http::StatusCode;
use office::Scope;
use serde_json::json;

const BOTH: [Scope; 2] = [Scope::MattersWrite, Scope::MattersRead];

fn message() -> serde_json::Value {
    json!({
        "procedure": "message",
        "channel": "web",
        "category": "complaint",
        "answers": {
            "title": "晴湾路路灯不亮",
            "text": "晴湾路与滨河路口的三盏路灯已经一周不亮，夜间行走不安全。",
            "name": "申某甲",
            "phone": "13800000000",
            "public_choice": "closed",
        },
    })
}

#[tokio::test]
async fn health_is_told_to_anybody() {
    let world = World::new().await;
    let mut client = world.client();
    for path in ["/healthz", "/readyz"] {
        let answer = client.get(path).await;
        assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({ "status": "ok" })), "{path}");
    }
}

#[tokio::test]
async fn tokens_pass_only_by_their_scopes() {
    let world = World::new().await;
    let reader = world.token(&[Scope::MattersRead]).await;
    let mut client = world.client();
    let refused = client.post_json("/api/v1/matters", &reader, &message()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert_eq!(refused.json()["code"], "forbidden");
    let unknown = client.post_json("/api/v1/matters", "0000", &message()).await;
    assert_eq!((unknown.status, unknown.header("www-authenticate")), (StatusCode::UNAUTHORIZED, "Bearer"));
    let mut last = StatusCode::UNAUTHORIZED;
    for _ in 0..30 {
        last = client.post_json("/api/v1/matters", "0000", &message()).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS, "guessing tokens");
    let bearer = format!("bearer {reader}");
    let found = client.send("GET", "/api/v1/matters?number=0", &[("authorization", &bearer)], "").await;
    assert_eq!((found.status, found.json()), (StatusCode::OK, json!({ "items": [], "next": null })));
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_problems_in_chinese() {
    let world = World::new().await;
    let token = format!("Bearer {}", world.token(&BOTH).await);
    let mut client = world.client();
    let json = ("content-type", "application/json");
    let too_large = format!("\"{}\"", "a".repeat(600_000));
    for (kind, body, status) in [
        (json, "{\"procedure\":".to_owned(), 400),
        (json, "{\"secret_name\":1}".to_owned(), 400),
        (("content-type", "text/plain"), "{}".to_owned(), 415),
        (json, too_large, 413),
    ] {
        let answer = client.send("POST", "/api/v1/matters", &[kind, ("authorization", &token)], body).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = answer.json();
        for member in ["type", "title", "status", "detail", "instance", "code"] {
            assert!(!problem[member].is_null(), "{member}: {problem}");
        }
        assert!(!answer.text.contains("secret_name"), "nothing typed comes back: {problem}");
    }
    let answer = client.send("GET", "/api/v1/matters", &[("authorization", &token)], "").await;
    assert_eq!((answer.status, answer.json()["code"].as_str()), (StatusCode::BAD_REQUEST, Some("malformed")));
}

#[tokio::test]
async fn the_same_key_creates_one_matter() {
    let world = World::new().await;
    let token = format!("Bearer {}", world.token(&BOTH).await);
    let mut client = world.client();
    let mut created = Vec::new();
    for key in ["k-1", "k-1", "k-2"] {
        let headers =
            [("content-type", "application/json"), ("authorization", token.as_str()), ("idempotency-key", key)];
        let answer = client.send("POST", "/api/v1/matters", &headers, message().to_string()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
        assert_eq!(answer.header("location"), format!("/api/v1/matters/{}", answer.json()["id"].as_str().unwrap()));
        created.push(answer.json());
    }
    assert_eq!(created[0]["id"], created[1]["id"]);
    assert_eq!((&created[0]["repeated"], &created[1]["repeated"]), (&json!(false), &json!(true)));
    assert_ne!(created[0]["id"], created[2]["id"]);
    let headers = [("content-type", "application/json"), ("authorization", token.as_str()), ("idempotency-key", "")];
    assert_eq!(
        client.send("POST", "/api/v1/matters", &headers, message().to_string()).await.status,
        StatusCode::BAD_REQUEST
    );
}

#[tokio::test]
async fn a_guessed_id_is_not_found() {
    let world = World::new().await;
    let token = world.token(&BOTH).await;
    let mut client = world.client();
    for id in ["1", "0", "zzzzzzzzzzzzzzzzzzzzzzzzzz", "%00", "..%2F1"] {
        let answer = client.post_json(&format!("/api/v1/matters/{id}/assign"), &token, &json!({ "answers": {} })).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (StatusCode::NOT_FOUND, Some("not_found")), "{id}");
    }
}
