//! Attachments: another's by its real address or number, pretended kinds, too large ones, names
//! that carry script.

use crate::filing::{filed, letter, opened};
use crate::support::{Client, PASSWORD, World};
use axum::http::StatusCode;
use office::{Caller, Role, Scope, StepAct};
use serde_json::json;

/// A picture of one pixel's worth of content, as `sniff` wants it.
const TEXT: &[u8] = "路灯照片说明：七号灯杆。".as_bytes();

/// A form with files, as browsers send it.
pub fn multipart(fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--cut\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes(),
        );
    }
    for (field, name, bytes) in files {
        let name = name.replace('"', "%22");
        let head = format!(
            "--cut\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n"
        );
        body.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    body.extend(b"--cut--\r\n");
    body
}

/// Adds material to the client's own matter.
pub async fn supplement(client: &mut Client, more: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> StatusCode {
    let page = client.get("/q/do/supplement").await;
    let (csrf, key, seen) = (page.hidden("csrf"), page.hidden("key"), page.hidden("seen"));
    let own = [("csrf", csrf.as_str()), ("key", &key), ("seen", &seen)];
    let fields: Vec<(&str, &str)> = own.into_iter().chain(more.iter().copied()).collect();
    let kind = ("content-type", "multipart/form-data; boundary=cut");
    client.send("POST", "/q/do/supplement", &[kind], multipart(&fields, files)).await.status
}

/// The addresses of files on the client's tracking page.
async fn listed(client: &mut Client) -> Vec<String> {
    let page = client.get("/q/matter").await;
    let links = page.text.split("href=\"").skip(1).filter_map(|part| part.split('"').next());
    let mut links: Vec<String> = links.filter(|link| link.starts_with("/q/file/")).map(str::to_owned).collect();
    links.dedup();
    links
}

pub async fn officer(world: &World) -> Client {
    let mut client = world.client();
    let entered = client.post("/desk/sign-in", "/desk/sign-in", &[("login", "handler"), ("password", PASSWORD)]).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
    client
}

#[tokio::test]
async fn a_file_opens_under_its_own_matter_alone() {
    let world = World::new().await;
    let (mine, other) = (filed(&world, "晴湾路路灯不亮").await, filed(&world, "听潮街井盖破损").await);
    let mut owner = opened(&world, &other).await;
    assert_eq!(supplement(&mut owner, &[("more", "见附件。")], &[("more_files", "说明.txt", TEXT)]).await, 303);
    let link = listed(&mut owner).await.pop().expect("the owner's page lists the file");
    let own = owner.get(&link).await;
    assert_eq!((own.status, own.text.as_bytes()), (StatusCode::OK, TEXT));
    assert!(own.header("content-disposition").starts_with("attachment"), "{:?}", own.headers);

    // The stranger has a matter of his own and the real address of the other's file.
    let mut stranger = opened(&world, &mine).await;
    let refused = stranger.get(&link).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert!(!refused.text.contains("七号灯杆") && !refused.text.contains("说明.txt"));
    assert_eq!(world.client().get(&link).await.status, StatusCode::SEE_OTHER, "without a matter: to the door");

    // An officer reads it under its matter, not under another's number.
    let id = link.trim_start_matches("/q/file/");
    assign(&world, &mine, &other).await;
    let mut handler = officer(&world).await;
    assert_eq!(handler.get(&format!("/desk/m/{}/file/{id}", other.matter)).await.status, StatusCode::OK);
    assert_eq!(handler.get(&format!("/desk/m/{}/file/{id}", mine.matter)).await.status, StatusCode::NOT_FOUND);
}

async fn assign(world: &World, one: &office::Filed, two: &office::Filed) {
    let clerk = Caller { roles: vec![Role::Clerk], ..Caller::system(world.office().default_body()) };
    for filed in [one, two] {
        let answers = [("unit".to_owned(), world.unit.to_string())].into();
        let act = StepAct {
            matter: filed.matter,
            step: "assign".into(),
            answers,
            key: filed.public_id.clone(),
            ..StepAct::default()
        };
        world.office().act(&clerk, act).await.unwrap();
    }
}

/// Typing the number of a stored file where files are sent attaches nothing: not on the portal,
/// not over the API.
#[tokio::test]
async fn a_files_number_that_somebody_types_attaches_nothing() {
    let world = World::new().await;
    let (mine, other) = (filed(&world, "晴湾路路灯不亮").await, filed(&world, "听潮街井盖破损").await);
    let mut owner = opened(&world, &other).await;
    supplement(&mut owner, &[("more", "见附件。")], &[("more_files", "说明.txt", TEXT)]).await;
    let party = |filed: &office::Filed| Caller {
        roles: vec![Role::Party],
        matter: Some(filed.matter),
        ..Caller::public(world.office().default_body())
    };
    let row = world.office().matter(&party(&other), other.matter).await.unwrap().files[0].row.to_string();

    let mut stranger = opened(&world, &mine).await;
    assert_eq!(supplement(&mut stranger, &[("more", "想看别人的。"), ("more_files", &row)], &[]).await, 303);
    let token = world.token(&[Scope::MattersWrite, Scope::MattersRead]).await;
    let mut body = letter();
    body["answers"]["files"] = json!(row);
    let created = world.client().post_json("/api/v1/matters", &token, &body).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    let made = world.office().matter_id(&party(&mine), created.json()["id"].as_str().unwrap()).await.unwrap();
    for matter in [mine.matter, made] {
        let clerk = Caller { roles: vec![Role::Clerk], ..Caller::system(world.office().default_body()) };
        let view = world.office().matter(&clerk, matter).await.unwrap();
        assert!(view.files.is_empty());
        assert!(view.matter.value("more_files").is_none() && view.matter.value("files").is_none());
    }
}

#[tokio::test]
async fn pretended_and_oversized_files_are_told_and_never_stop_the_filing() {
    let world = World::new().await;
    let large = vec![b'a'; 20 * 1024 * 1024 + 1];
    let files: [(&str, &str, &[u8]); 6] = [
        ("files", "照片.jpg", b"<script>alert(1)</script>"),
        ("files", "通知.pdf", b"MZ\x90\x00program"),
        ("files", "图.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("files", "页面.html", b"<html><script>alert(1)</script>"),
        ("files", "太大.txt", &large),
        ("files", "说明.txt", TEXT),
    ];
    let mut citizen = world.client();
    let page = crate::filing::at_check(&mut citizen, &crate::filing::TYPED).await;
    let hidden: Vec<(String, String)> = crate::filing::hidden(&page);
    let fields: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let kind = ("content-type", "multipart/form-data; boundary=cut");
    let sent = citizen.send("POST", "/message/check", &[kind], multipart(&fields, &files)).await;
    assert_eq!((sent.status, sent.header("location")), (StatusCode::SEE_OTHER, "/receipt"), "{}", sent.text);
    let receipt = citizen.get("/receipt").await;
    for name in ["照片.jpg", "通知.pdf", "图.svg", "页面.html", "太大.txt"] {
        assert!(receipt.text.contains(name), "{name} is not told: {}", receipt.text);
    }
    let listed = listed(&mut citizen).await;
    assert_eq!(listed.len(), 1, "only the honest file is kept: {listed:?}");
    assert_eq!(citizen.get(&listed[0]).await.text.as_bytes(), TEXT);
}
