//! Script in every text field and file name: shown as text on portal and desk, data in the API.

use crate::files::{multipart, officer};
use crate::filing::{at_check, hidden};
use crate::support::World;
use axum::http::StatusCode;
use office::{Caller, Role, Scope, StepAct};
use serde_json::json;

const SCRIPT: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}";
const FILE: &str = "<img src=x onerror=alert(3)>.txt";

/// What was typed neither begins a tag nor ends the quotes it stands in.
fn inert(page: &str, place: &str) {
    let low = page.to_lowercase();
    for sign in ["<script>alert", "<img src=x", "</script>\"", "\"'><"] {
        assert!(!low.contains(sign), "{place}: {sign} in {page}");
    }
}

#[tokio::test]
async fn what_is_typed_never_becomes_markup() {
    let world = World::new().await;
    let short: String = SCRIPT.chars().take(50).collect();
    let typed = [
        ("category", "complaint"),
        ("title", short.as_str()),
        ("text", SCRIPT),
        ("place", SCRIPT),
        ("name", &short),
        ("phone", "13800000000"),
        ("address", SCRIPT),
        ("public", "open"),
    ];
    let mut citizen = world.client();
    let page = at_check(&mut citizen, &typed).await;
    inert(&page.text, "check");
    assert!(page.text.contains("alert(1)"), "what was typed is shown");
    for path in ["/message/what", "/message/you"] {
        inert(&citizen.get(path).await.text, path);
    }
    let fields = hidden(&page);
    assert!(fields.iter().any(|(name, value)| name == "text" && value == SCRIPT), "sent as typed: {fields:?}");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let body =
        multipart(&fields, &[("files", FILE, "说明".as_bytes()), ("files", "<script>alert(1)</script>.exe", b"MZ")]);
    let kind = ("content-type", "multipart/form-data; boundary=cut");
    let sent = citizen.send("POST", "/message/check", &[kind], body).await;
    assert_eq!((sent.status, sent.header("location")), (StatusCode::SEE_OTHER, "/receipt"), "{}", sent.text);
    for path in ["/receipt", "/q/matter", "/q/do/supplement", "/q/do/withdraw"] {
        let page = citizen.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
        inert(&page.text, path);
    }
    let query: String = form_urlencoded::byte_serialize(SCRIPT.as_bytes()).collect();
    for path in ["/replies?q=", "/similar?title=", "/q?code=", "/message/what?title="] {
        inert(&citizen.get(&format!("{path}{query}")).await.text, path);
    }
    desk(&world, &query).await;
    api(&world).await;
}

/// The desk shows the same matter, answers it with script, and the answer is published.
async fn desk(world: &World, query: &str) {
    let clerk = Caller { roles: vec![Role::Clerk], ..Caller::system(world.office().default_body()) };
    let handler = Caller { roles: vec![Role::Handler], unit: Some(world.unit), actor: world.handler, ..clerk.clone() };
    let list = office::ListQuery::of(office::ListView::All);
    let matter = world.office().list(&clerk, list).await.unwrap().rows[0].id;
    for (caller, step, name, value) in [
        (&clerk, "assign", "unit", world.unit.to_string()),
        (&handler, "reply", "reply", SCRIPT.to_owned()),
        (&handler, "publish", "", String::new()),
    ] {
        let answers = [(name.to_owned(), value)].into_iter().filter(|(name, _)| !name.is_empty()).collect();
        let act = StepAct { matter, step: step.into(), answers, key: format!("script {step}"), ..StepAct::default() };
        // Publishing may need an approval first: what counts is what is shown afterwards.
        let done = world.office().act(caller, act).await;
        assert!(done.is_ok() || step == "publish", "{step}: {done:?}");
    }
    let (store, mail) = (world.site.clone(), office::mail::Outbox);
    tokio::task::spawn_blocking(move || store.office.settle(&mail)).await.unwrap().unwrap();
    let mut officer = officer(world).await;
    let here = format!("/desk/m/{matter}");
    for path in [
        "/desk".to_owned(),
        "/desk/list/all".to_owned(),
        here.clone(),
        format!("{here}/step/publish"),
        format!("/desk/search?q={query}"),
        "/desk/approvals".to_owned(),
    ] {
        let page = officer.get(&path).await;
        assert!(page.status.is_success() || page.status == StatusCode::UNPROCESSABLE_ENTITY, "{path}: {}", page.status);
        inert(&page.text, &path);
    }
    assert!(officer.get(&here).await.text.contains("onerror=alert(3)"), "the file's name is shown");
    let mut reader = world.client();
    inert(&reader.get("/replies").await.text, "/replies");
    inert(&reader.get("/").await.text, "/");
}

/// The API answers JSON that no browser takes for a page.
async fn api(world: &World) {
    let token = world.token(&[Scope::MattersWrite, Scope::MattersRead]).await;
    let mut client = world.client();
    let letter = json!({
        "procedure": "message", "channel": "phone", "category": "complaint",
        "answers": { "title": "<script>alert(1)</script>", "text": SCRIPT, "name": "申某甲", "phone": "13800000000" },
    });
    let created = client.post_json("/api/v1/matters", &token, &letter).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    let number = created.json()["number"].as_str().unwrap().to_owned();
    let number: String = form_urlencoded::byte_serialize(number.as_bytes()).collect();
    let bearer = format!("Bearer {token}");
    let found =
        client.send("GET", &format!("/api/v1/matters?number={number}"), &[("authorization", &bearer)], "").await;
    assert_eq!(found.json()["items"][0]["title"], "<script>alert(1)</script>", "data comes back as it was sent");
    for answer in [&created, &found] {
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'"));
    }
    let mut wrong = letter;
    wrong["answers"]["phone"] = json!("<script>alert(1)</script>");
    let refused = client.post_json("/api/v1/matters", &token, &wrong).await;
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert!(!refused.text.contains("alert(1)"), "a refusal repeats nothing: {}", refused.text);
}
