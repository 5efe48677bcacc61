//! Filing on the portal: what is insisted on, what is checked before it is sent, and one matter
//! however often it is sent.

use crate::support::{Answer, Client, World};
use axum::http::StatusCode;
use office::{Caller, Filed, Filing, ListQuery, ListView, Role, Scope};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A whole message.
pub const TYPED: [(&str, &str); 7] = [
    ("category", "complaint"),
    ("title", "望潮路路灯不亮"),
    ("text", "望潮路的路灯已经一周不亮，夜里走路不方便。"),
    ("place", "望潮路十二号"),
    ("name", "申某甲"),
    ("phone", "13800000000"),
    ("public", "open"),
];

pub fn letter() -> Value {
    json!({
        "procedure": "message", "channel": "phone", "category": "complaint",
        "answers": { "text": "望潮路的路灯已经一周不亮，夜里走路不方便。", "name": "申某甲", "phone": "13800000000" },
    })
}

/// A message filed behind the pages.
pub async fn filed(world: &World, title: &str) -> Filed {
    let typed = [("title", title), ("text", "路灯已经一周不亮。"), ("name", "申某甲"), ("phone", "13800000000")];
    let answers: BTreeMap<String, String> = typed.map(|(id, value)| (id.to_owned(), value.to_owned())).into();
    let filing = Filing {
        procedure: "message".into(),
        channel: "web".into(),
        category: Some("complaint".into()),
        answers,
        key: title.into(),
        ..Filing::default()
    };
    world.office().file(&Caller::public(world.office().default_body()), filing).await.unwrap()
}

/// A browser that has opened this matter by code and password.
pub async fn opened(world: &World, filed: &Filed) -> Client {
    let mut client = world.client();
    let entered = client.post("/q", "/q", &[("code", &filed.code), ("password", &filed.password)]).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
    client
}

/// Goes through both question pages to the check page.
pub async fn at_check(client: &mut Client, typed: &[(&str, &str)]) -> Answer {
    let pages = [["category", "title", "text", "place", "wish"], ["name", "phone", "email", "address", "public"]];
    for (path, ids) in ["/message/what", "/message/you"].into_iter().zip(pages) {
        let fields: Vec<(&str, &str)> = typed.iter().copied().filter(|(id, _)| ids.contains(id)).collect();
        let answer = client.post(path, path, &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    }
    let page = client.get("/message/check").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    page
}

/// All hidden fields of the form on the check page, as the browser would send them.
pub fn hidden(page: &Answer) -> Vec<(String, String)> {
    let form = page.text.split("action=\"/message/check\"").nth(1).expect("the form that files");
    let inputs = form.split("<input type=\"hidden\" name=\"").skip(1);
    let plain = |text: &str| {
        let text = text.replace("&#34;", "\"").replace("&quot;", "\"").replace("&#39;", "'");
        text.replace("&#60;", "<").replace("&lt;", "<").replace("&#62;", ">").replace("&gt;", ">").replace("&#38;", "&")
    };
    let field = |input: &str| {
        let (name, rest) = input.split_once("\" value=\"")?;
        Some((name.to_owned(), plain(rest.split_once('"')?.0)))
    };
    inputs.filter_map(field).collect()
}

pub async fn matters(world: &World) -> usize {
    let clerk = Caller { roles: vec![Role::Clerk, Role::Supervisor], ..Caller::system(world.office().default_body()) };
    world.office().list(&clerk, ListQuery::of(ListView::All)).await.unwrap().rows.len()
}

#[tokio::test]
async fn two_identical_filings_at_the_same_moment_are_one_matter() {
    let world = World::new().await;
    let mut citizen = world.client();
    let page = at_check(&mut citizen, &TYPED).await;
    let fields = hidden(&page);
    // Two tabs of one browser send the same form at once, then once more by the back button.
    let mut tabs = Vec::new();
    for _ in 0..4 {
        let mut tab = world.client();
        tab.cookies = citizen.cookies.clone();
        let fields = fields.clone();
        tabs.push(tokio::spawn(async move {
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let answer = tab.post_raw("/message/check", &fields).await;
            (answer.status, answer.header("location").to_owned(), tab.get("/receipt").await.text)
        }));
    }
    let mut codes = Vec::new();
    for tab in tabs {
        let (status, location, receipt) = tab.await.unwrap();
        assert_eq!((status, location.as_str()), (StatusCode::SEE_OTHER, "/receipt"));
        codes.push(code(&receipt));
    }
    assert_eq!(matters(&world).await, 1);
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let again = citizen.post_raw("/message/check", &fields).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text);
    codes.push(code(&citizen.get("/receipt").await.text));
    codes.dedup();
    assert_eq!(codes.len(), 1, "every tab shows the same code: {codes:?}");
    assert_eq!(matters(&world).await, 1);
    // The check page of what was sent leads to its receipt, not to a second filing.
    let back = citizen.get("/message/check").await;
    assert_eq!((back.status, back.header("location")), (StatusCode::SEE_OTHER, "/receipt"));
}

/// The code on a receipt.
fn code(receipt: &str) -> String {
    let mark = "/q?code=";
    let after = receipt.split(mark).nth(1).unwrap_or_else(|| panic!("no code: {receipt}"));
    after.chars().take_while(char::is_ascii_digit).collect()
}

#[tokio::test]
async fn a_name_some_words_and_one_way_to_be_reached_are_enough() {
    let world = World::new().await;
    let least = |way: (&'static str, &'static str)| {
        vec![("category", "complaint"), ("text", "灯坏了"), ("name", "申某甲"), way]
    };
    for way in [("phone", "13800000000"), ("email", "shen@example.cn"), ("address", "晴湾区望潮路12号")] {
        let mut citizen = world.client();
        let page = at_check(&mut citizen, &least(way)).await;
        assert!(page.text.contains("灯坏了（取自内容开头）"), "{}", page.text);
        let fields = hidden(&page);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let sent = citizen.post_raw("/message/check", &fields).await;
        assert_eq!((sent.status, sent.header("location")), (StatusCode::SEE_OTHER, "/receipt"), "{way:?}");
    }
    // A place is where it happened, not a way to answer.
    let mut citizen = world.client();
    citizen
        .post("/message/what", "/message/what", &[("category", "help"), ("text", "灯坏了"), ("place", "望潮路")])
        .await;
    let refused = citizen.post("/message/you", "/message/you", &[("name", "申某甲")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("请至少留一种联系方式"), "{}", refused.text);
    assert!(refused.text.contains("value=\"申某甲\""), "nothing typed is lost");
}

#[tokio::test]
async fn the_api_needs_no_title_and_says_what_else_is_missing() {
    let world = World::new().await;
    let token = world.token(&[Scope::MattersWrite, Scope::MattersRead]).await;
    let mut client = world.client();
    let created = client.post_json("/api/v1/matters", &token, &letter()).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    let bearer = format!("Bearer {token}");
    let number = created.json()["number"].as_str().unwrap().to_owned();
    let number: String = form_urlencoded::byte_serialize(number.as_bytes()).collect();
    let path = format!("/api/v1/matters?number={number}");
    let found = client.send("GET", &path, &[("authorization", &bearer)], "").await.json();
    assert_eq!(found["items"][0]["title"], "望潮路的路灯已经一周不亮，夜里走路不方便", "{found}");
}

/// Everything typed stands on the check page, each with a way back to its field.
#[tokio::test]
async fn the_check_page_shows_all_that_was_typed_with_a_way_to_each_field() {
    let world = World::new().await;
    let mut citizen = world.client();
    let page = at_check(&mut citizen, &TYPED).await;
    for (id, typed) in TYPED {
        let shown = match id {
            "category" => "投诉",
            "public" => "可以公开",
            _ => typed,
        };
        assert!(page.text.contains(shown), "{id} is not shown: {}", page.text);
        let page_of = if ["name", "phone", "public"].contains(&id) { "/message/you" } else { "/message/what" };
        let back = format!("href=\"{page_of}#{id}\"");
        assert!(page.text.contains(&back), "no way back to {id}");
        let question = citizen.get(page_of).await;
        assert!(question.text.contains(&format!("id=\"{id}\"")), "nothing on {page_of} is called {id}");
    }
}
