//! Forms: forged, repeated, oversized, too many.

use crate::support::World;
use axum::http::StatusCode;

#[tokio::test]
async fn a_form_needs_the_token_of_its_own_visitor() {
    let world = World::new().await;
    let mut citizen = world.probe();
    let page = citizen.get("/form").await;
    let csrf = page.hidden("csrf");
    assert_eq!(page.header("cache-control"), "private, no-cache");
    assert_eq!(citizen.post_raw("/form", &[("csrf", &csrf), ("text", "路灯")]).await.status, StatusCode::OK);
    for fields in [vec![], vec![("csrf", "")], vec![("csrf", &csrf[..63])], vec![("csrf", "0000")]] {
        let refused = citizen.post_raw("/form", &fields).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{fields:?}");
        assert!(refused.text.contains("<h1"), "a page: {}", refused.text);
    }
    let mut other = world.probe();
    assert_eq!(other.post_raw("/form", &[("csrf", &csrf)]).await.status, StatusCode::FORBIDDEN, "no cookie");
    other.get("/form").await;
    assert_eq!(other.post_raw("/form", &[("csrf", &csrf)]).await.status, StatusCode::FORBIDDEN, "another's token");
}

#[tokio::test]
async fn a_form_from_another_site_is_refused_even_with_a_token() {
    let world = World::new().await;
    let mut citizen = world.probe();
    let csrf = citizen.get("/form").await.hidden("csrf");
    let body = format!("csrf={csrf}");
    let form = ("content-type", "application/x-www-form-urlencoded");
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.invalid"),
        ("origin", "null"),
    ] {
        let answer = citizen.send("POST", "/form", &[form, (name, value)], body.clone()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}: {value}");
    }
    let own = [form, ("origin", "https://site.invalid"), ("sec-fetch-site", "same-origin")];
    assert_eq!(citizen.send("POST", "/form", &own, body).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_same_form_sent_twice_has_one_key_and_a_changed_one_another() {
    let world = World::new().await;
    let mut citizen = world.probe();
    let page = citizen.get("/form").await;
    let (csrf, key) = (page.hidden("csrf"), page.hidden("key"));
    let fields = |text| [("csrf", csrf.clone()), ("key", key.clone()), ("text", text)];
    let mut answers = Vec::new();
    for text in ["路灯", "路灯", "路灯坏了"] {
        let fields = fields(text.to_owned());
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        answers.push(citizen.post_raw("/form", &fields).await.text);
    }
    assert!(answers[0].starts_with("Some("));
    assert_eq!(answers[0], answers[1]);
    assert_ne!(answers[0].split(' ').next(), answers[2].split(' ').next());
}

#[tokio::test]
async fn oversized_and_unreadable_bodies_get_a_chinese_page() {
    let world = World::new().await;
    let mut citizen = world.probe();
    let csrf = citizen.get("/form").await.hidden("csrf");
    let large = format!("csrf={csrf}&text={}", "a".repeat(600_000));
    let form = ("content-type", "application/x-www-form-urlencoded");
    let answer = citizen.send("POST", "/form", &[form], large).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(answer.text.contains("太大"), "{}", answer.text);
    let answer = citizen.send("POST", "/form", &[("content-type", "text/xml")], "<a/>").await;
    assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    // A route without uploads takes multipart forms, but no large ones.
    let part = |name: &str, file: &str, content: &str| {
        format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n")
    };
    let body = |size| {
        format!("{}{}--x--\r\n", part("csrf", "", &csrf), part("files", "; filename=\"a.txt\"", &"a".repeat(size)))
    };
    let multipart = ("content-type", "multipart/form-data; boundary=x");
    assert_eq!(citizen.send("POST", "/form", &[multipart], body(600_000)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let taken = citizen.send("POST", "/files", &[multipart], body(600_000)).await;
    assert_eq!((taken.status, taken.text.as_str()), (StatusCode::OK, "1"));
}

#[tokio::test]
async fn too_many_filings_from_one_address_wait() {
    let world = World::new().await;
    let mut citizen = world.probe();
    let csrf = citizen.get("/form").await.hidden("csrf");
    let mut last = StatusCode::OK;
    for _ in 0..100 {
        let answer = citizen.post_raw("/filing", &[("csrf", &csrf)]).await;
        last = answer.status;
        if last == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.header("retry-after").parse::<u32>().unwrap() >= 1);
            assert!(answer.text.contains("频繁") || answer.text.contains("稍"), "{}", answer.text);
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    citizen.headers.insert("x-forwarded-for", "198.51.100.7".parse().unwrap());
    assert_eq!(citizen.post_raw("/filing", &[("csrf", &csrf)]).await.status, StatusCode::OK, "another address");
    citizen.headers.clear();
    world.clock.step(60_000);
    assert_eq!(citizen.post_raw("/filing", &[("csrf", &csrf)]).await.status, StatusCode::OK, "a minute later");
}

#[tokio::test]
async fn a_forged_address_from_nobody_we_know_changes_nothing() {
    let world = World::new().await;
    let mut attacker = world.probe();
    attacker.peer = "203.0.113.7:5000".parse().unwrap();
    let csrf = attacker.get("/form").await.hidden("csrf");
    let mut last = StatusCode::OK;
    for turn in 0..100 {
        // Another address each time: believed, none of them would ever be limited.
        attacker.headers.insert("x-forwarded-for", format!("198.51.100.{turn}").parse().unwrap());
        last = attacker.post_raw("/filing", &[("csrf", &csrf)]).await.status;
        if last != StatusCode::OK {
            break;
        }
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    let mut officer = world.probe();
    officer.peer = attacker.peer;
    officer.headers.insert("x-forwarded-for", "198.51.100.9".parse().unwrap());
    let right = [("login", "handler"), ("password", crate::support::PASSWORD)];
    assert_eq!(officer.post("/desk/sign-in", "/desk/sign-in", &right).await.status, StatusCode::SEE_OTHER);
    officer.peer = world.probe().peer;
    assert_eq!(officer.post("/desk/sign-in", "/desk/sign-in", &right).await.status, StatusCode::SEE_OTHER);
    let auditor = office::Caller::system(world.office().default_body());
    let records = world.office().audit(&auditor, None, None).await.unwrap();
    let from: Vec<&str> = records.iter().filter(|one| one.act == "sign_in").map(|one| one.reason.as_str()).collect();
    assert_eq!(from, ["198.51.100.9", "203.0.113.7"], "newest first: through the proxy, then not");
}
