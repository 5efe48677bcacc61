//! The frame: headers, caching, errors, on probes and on every real route.

use crate::permits::{concrete, expected};
use crate::support::World;
use axum::http::StatusCode;
use site::router::table;
use site::security::{CSP, HEADERS};
use std::io::Read;

#[tokio::test]
async fn every_route_carries_the_security_headers() {
    assert_eq!(
        CSP,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; frame-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'self'; base-uri 'none'"
    );
    let world = World::new().await;
    let mut client = world.client();
    let mut paths: Vec<String> = table().iter().map(|route| concrete(route.path)).collect();
    paths.extend(["/no/such/page", "/desk/no/such", "/api/v1/none"].map(str::to_owned));
    for path in paths {
        for method in ["GET", "POST", "DELETE"] {
            let answer = client.send(method, &path, &[], "").await;
            for (name, value) in HEADERS {
                assert_eq!(answer.header(name.as_str()), value, "{method} {path} {name}");
            }
            assert!(!answer.header("cache-control").is_empty(), "{method} {path}");
            if answer.status.is_client_error() || answer.status.is_server_error() {
                assert_eq!(answer.header("cache-control"), "no-store", "{method} {path}");
                assert!(answer.header("content-type").starts_with(expected(&path)), "{method} {path}: {}", answer.text);
            }
        }
    }
}

#[tokio::test]
async fn a_method_that_is_not_known_is_405_and_head_is_get_without_body() {
    let world = World::new().await;
    let mut client = world.client();
    for route in table() {
        let path = concrete(route.path);
        let answer = client.send("DELETE", &path, &[], "").await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert!(answer.header("allow").contains(route.method.as_str()), "{path}: {}", answer.header("allow"));
        if route.method == "GET" {
            let (get, head) = (client.get(&path).await, client.send("HEAD", &path, &[], "").await);
            assert_eq!((get.status, ""), (head.status, head.text.as_str()), "{path}");
        }
    }
}

#[tokio::test]
async fn public_pages_are_revalidated_and_personal_ones_kept_nowhere() {
    let world = World::new().await;
    let mut client = world.probe();
    let page = client.get("/open").await;
    assert_eq!(page.header("cache-control"), "no-cache");
    let tag = page.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() > 20, "{tag}");
    let again = client.send("GET", "/open", &[("if-none-match", &format!("\"x\", W/{tag}"))], "").await;
    assert_eq!((again.status, again.text.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert_eq!(again.header("etag"), tag);
    assert_eq!(again.header("content-security-policy"), CSP);
    let head = client.send("HEAD", "/open", &[], "").await;
    assert_eq!((head.header("etag"), head.text.as_str()), (tag.as_str(), ""));
    assert_eq!(client.get("/q/mine").await.header("cache-control"), "no-store");
    assert!(client.cookies.is_empty(), "reading sets no cookie");
}

#[tokio::test]
async fn a_panic_is_a_friendly_page_without_what_went_wrong() {
    let world = World::new().await;
    let page = world.probe().get("/broken").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.text.contains("编号"), "{}", page.text);
    assert!(!page.text.contains("13800000000") && !page.text.contains("panic"), "{}", page.text);
}

#[tokio::test]
async fn errors_speak_the_language_of_their_face() {
    let world = World::new().await;
    let mut client = world.client();
    let page = client.get("/no/such/page").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(page.text.contains("没有") && page.header("content-type").starts_with("text/html"));
    let problem = client.get("/api/v1/none").await;
    assert_eq!(problem.header("content-type"), "application/problem+json");
    let problem = problem.json();
    assert_eq!(problem["status"], 404);
    assert_eq!(problem["instance"], "/api/v1/none");
    let meaning = client.get(problem["type"].as_str().unwrap()).await;
    assert_eq!(meaning.status, StatusCode::OK);
    assert_eq!(meaning.json()["code"], "not_found");
}

/// Only what is the same for everybody is compressed: a length would tell a token (BREACH).
#[tokio::test]
async fn pages_without_any_secret_are_compressed_and_no_others() {
    let world = World::new().await;
    let mut citizen = world.client();
    let gzip = [("accept-encoding", "gzip, deflate, br")];
    for path in ["/", "/replies", "/help", "/foi", "/message"] {
        let plain = citizen.get(path).await;
        assert_eq!(plain.header("content-encoding"), "", "{path}");
        let small = citizen.send("GET", path, &gzip, "").await;
        assert_eq!(small.header("content-encoding"), "gzip", "{path}");
        assert!(small.headers.get_all("vary").iter().any(|vary| vary == "Accept-Encoding"), "{:?}", small.headers);
        assert!(
            small.bytes.len() * 5 < plain.bytes.len() * 3,
            "{path}: {} of {}",
            small.bytes.len(),
            plain.bytes.len()
        );
        let mut page = String::new();
        flate2::read::GzDecoder::new(small.bytes.as_slice()).read_to_string(&mut page).unwrap();
        assert_eq!(page, plain.text, "{path}");
        assert_ne!(small.header("etag"), plain.header("etag"), "two representations, two tags");
        let known = [gzip[0], ("if-none-match", small.header("etag"))];
        let kept = citizen.send("GET", path, &known, "").await;
        assert_eq!((kept.status, kept.header("content-encoding"), kept.bytes.len()), (StatusCode::NOT_MODIFIED, "", 0));
    }
    let other = crate::filing::filed(&world, "晴湾路路灯不亮").await;
    let mut own = crate::filing::opened(&world, &other).await;
    for path in ["/message/what", "/foi/you", "/q", "/q/matter", "/desk/sign-in"] {
        let page = own.send("GET", path, &gzip, "").await;
        assert_eq!((page.status, page.header("content-encoding")), (StatusCode::OK, ""), "{path}");
        assert!(page.text.contains("name=\"csrf\""), "{path} carries a token");
    }
}
