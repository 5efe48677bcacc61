//! The API: tokens and scopes, JSON, idempotency, problems.

use crate::support::{Client, World};
use axum::http::StatusCode;
use office::Scope;
use serde_json::{Value, json};

const BOTH: [Scope; 2] = [Scope::MattersWrite, Scope::MattersRead];

fn message() -> Value {
    json!({
        "procedure": "message",
        "channel": "phone",
        "category": "complaint",
        "answers": {
            "title": "晴湾路路灯不亮",
            "text": "晴湾路与滨河路口的三盏路灯已经一周不亮，夜间行走不安全。",
            "name": "申某甲",
            "phone": "13800000000",
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
        (json, message().to_string().replace("申某甲", "申\\u0000"), 400),
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
async fn the_same_key_with_another_request_is_refused() {
    let world = World::new().await;
    let token = format!("Bearer {}", world.token(&BOTH).await);
    let mut client = world.client();
    let headers = [("content-type", "application/json"), ("authorization", token.as_str()), ("idempotency-key", "k-1")];
    let first = client.send("POST", "/api/v1/matters", &headers, message().to_string()).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text);
    let mut other = message();
    other["answers"]["title"] = json!("另一件事情");
    let refused = client.send("POST", "/api/v1/matters", &headers, other.to_string()).await;
    assert_eq!(
        (refused.status, refused.json()["code"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("key_reused"))
    );
    assert!(refused.json()["detail"].as_str().unwrap().contains("请为新的请求换一个新的键"), "{}", refused.text);
    let again = client.send("POST", "/api/v1/matters", &headers, message().to_string()).await;
    assert_eq!((again.json()["repeated"].as_bool(), &again.json()["id"]), (Some(true), &first.json()["id"]));
    // The same for a step.
    let place = format!("/api/v1/matters/{}/assign", first.json()["id"].as_str().unwrap());
    let unit = |note: &str| json!({ "answers": { "unit": world.unit.to_string(), "note": note } }).to_string();
    let done = client.send("POST", &place, &headers, unit("请办理")).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    assert_eq!(client.send("POST", &place, &headers, unit("请尽快")).await.json()["code"], "key_reused");
    assert_eq!(client.send("POST", &place, &headers, unit("请办理")).await.json()["repeated"], true);
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

#[tokio::test]
async fn a_matter_is_created_assigned_answered_and_found() {
    let world = World::new().await;
    let token = world.token(&BOTH).await;
    let mut client = world.client();
    let created = client.post_json("/api/v1/matters", &token, &message()).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    let created = created.json();
    let place = format!("/api/v1/matters/{}", created["id"].as_str().unwrap());
    let early =
        client.post_json(&format!("{place}/reply"), &token, &json!({ "answers": { "reply": "已修复。" } })).await;
    assert_eq!(
        (early.status, early.json()["status"].as_i64()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some(422)),
        "{}",
        early.text
    );
    let unit = json!({ "answers": { "unit": world.unit.to_string() }, "expected_seq": 1 });
    let assigned = client.post_json(&format!("{place}/assign"), &token, &unit).await;
    assert_eq!(assigned.status, StatusCode::OK, "{}", assigned.text);
    let late = client.post_json(&format!("{place}/assign"), &token, &unit).await;
    assert!([409, 422].contains(&late.status.as_u16()), "assigned already: {}", late.text);
    let answers = json!({ "answers": { "reply": "路灯线路正在更换，预计三日内恢复照明，由市政设施科负责。" } });
    let replied = client.post_json(&format!("{place}/reply"), &token, &answers).await;
    assert_eq!((replied.status, &replied.json()["proposed"]), (StatusCode::OK, &json!(false)), "{}", replied.text);
    let number = created["number"].as_str().unwrap();
    let found = find(&mut client, &token, number).await;
    assert_eq!(found["items"][0]["id"], created["id"]);
    assert_eq!(found["items"][0]["number"], number);
    assert!(found["items"][0]["filed_at"].as_str().unwrap().ends_with("+08:00"), "{found}");
    assert!(!found.to_string().contains("13800000000"), "{found}");
}

#[tokio::test]
async fn another_bodys_matter_is_neither_found_nor_touched() {
    let world = World::new().await;
    let (token, foreign) = (world.token(&BOTH).await, world.foreign_token(&BOTH).await);
    let mut client = world.client();
    let created = client.post_json("/api/v1/matters", &token, &message()).await.json();
    let place = format!("/api/v1/matters/{}/assign", created["id"].as_str().unwrap());
    let touched = client.post_json(&place, &foreign, &json!({ "answers": { "unit": "1" } })).await;
    assert_eq!((touched.status, touched.json()["code"].as_str()), (StatusCode::NOT_FOUND, Some("not_found")));
    let found = find(&mut client, &foreign, created["number"].as_str().unwrap()).await;
    assert_eq!(found["items"], json!([]));
}

#[tokio::test]
async fn a_wrong_field_is_pointed_at() {
    let world = World::new().await;
    let token = world.token(&BOTH).await;
    let mut wrong = message();
    wrong["answers"]["phone"] = json!("12");
    let answer = world.client().post_json("/api/v1/matters", &token, &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", answer.text);
    let problem = answer.json();
    assert_eq!(problem["errors"][0]["pointer"], "/answers/phone", "{problem}");
    assert!(problem["errors"][0]["message"].as_str().unwrap().ends_with('。'));
}

async fn find(client: &mut Client, token: &str, number: &str) -> Value {
    let bearer = format!("Bearer {token}");
    let number: String = form_urlencoded::byte_serialize(number.as_bytes()).collect();
    let path = format!("/api/v1/matters?number={number}");
    client.send("GET", &path, &[("authorization", &bearer)], "").await.json()
}
