//! The OA's signed API, with a small OA of our own that signs by the text of the standard: RFC 9421 with
//! HMAC (RFC 2104) made here, not by the code under test.

use crate::files::multipart;
use crate::samples::docx;
use crate::support::{Answer, Client, World};
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use office::{BodySettings, Caller, OfficerForm, Role, SigningSecret};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const PATH: &str = "/api/v1/documents";
const MULTIPART: &str = "multipart/form-data; boundary=cut";

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = key.to_vec();
    block.resize(64, 0);
    let padded = |with: u8| block.iter().map(|byte| byte ^ with).collect::<Vec<u8>>();
    let inner = Sha256::digest([padded(0x36), message.to_vec()].concat());
    Sha256::digest([padded(0x5c), inner.to_vec()].concat()).to_vec()
}

/// The test client that stands for an OA.
struct Oa {
    client: Client,
    secret: SigningSecret,
    /// What its clock shows, in seconds.
    clock: i64,
    nonces: u32,
}

impl Oa {
    fn new(world: &World, secret: SigningSecret) -> Oa {
        Oa { client: world.client(), secret, clock: world.office().now().millis() / 1000, nonces: 0 }
    }

    /// The headers of a signed request.
    fn sign(&mut self, method: &str, path: &str, kind: &str, body: &[u8]) -> Vec<(&'static str, String)> {
        self.nonces += 1;
        let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)));
        let (covered, lines) = match method {
            "GET" => ("(\"@method\" \"@path\")", String::new()),
            _ => (
                "(\"@method\" \"@path\" \"content-digest\" \"content-type\")",
                format!("\"content-digest\": {digest}\n\"content-type\": {kind}\n"),
            ),
        };
        let input = format!(
            "{covered};created={};keyid=\"{}\";alg=\"hmac-sha256\";nonce=\"nonce-{:012}\"",
            self.clock, self.secret.key_id, self.nonces
        );
        let base = format!("\"@method\": {method}\n\"@path\": {path}\n{lines}\"@signature-params\": {input}");
        let signature = STANDARD.encode(hmac(&self.secret.key, base.as_bytes()));
        vec![
            ("content-type", kind.to_owned()),
            ("content-digest", digest),
            ("signature-input", format!("oa={input}")),
            ("signature", format!("oa=:{signature}:")),
        ]
    }

    async fn send(&mut self, method: &str, path: &str, headers: &[(&'static str, String)], body: Vec<u8>) -> Answer {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.client.send(method, path, &headers, body).await
    }

    async fn submit(&mut self, metadata: &Value, lines: &[&str]) -> Answer {
        let body = submission(metadata, lines);
        let headers = self.sign("POST", PATH, MULTIPART, &body);
        self.send("POST", PATH, &headers, body).await
    }

    async fn ask(&mut self, id: &str) -> Answer {
        let path = format!("{PATH}/{id}");
        let headers = self.sign("GET", &path, "", b"");
        self.send("GET", &path, &headers, Vec::new()).await
    }
}

fn submission(metadata: &Value, lines: &[&str]) -> Vec<u8> {
    multipart(&[("metadata", &metadata.to_string())], &[("document", "通知.docx", &docx(lines))])
}

fn metadata() -> Value {
    json!({
        "id": "OA-7", "classified": "no", "kind": "notice", "attribute": "proactive", "columns": ["gg"],
        "fields": { "written_on": "2026-11-20", "contact": "办公室（0000）5550 0100" },
    })
}

const LINES: [&str; 3] = ["关于夜间停水的公告", "因检修停水。", "联系人申某甲，身份证号11010119900307109X。"];

async fn secret(world: &World) -> SigningSecret {
    world.office().make_signer(world.handler, world.office().default_body(), "办公系统").await.unwrap()
}

#[tokio::test]
async fn a_signed_document_is_taken_once_and_not_public() {
    let world = World::new().await;
    let mut oa = Oa::new(&world, secret(&world).await);
    let taken = oa.submit(&metadata(), &LINES).await;
    assert_eq!(taken.status, StatusCode::CREATED, "{}", taken.text);
    assert_eq!(taken.header("location"), "/api/v1/documents/OA-7");
    let told = taken.json();
    assert_eq!(
        (&told["state"], &told["address"], &told["approved"]),
        (&json!("attribute"), &Value::Null, &json!(false))
    );
    assert_eq!(told["hits"][0]["about"], "身份证号码", "{told}");
    assert!(!taken.text.contains("19900307"), "the machine's words are masked: {}", taken.text);
    let again = oa.submit(&metadata(), &LINES).await;
    assert_eq!((again.status, &again.json()["repeated"]), (StatusCode::OK, &json!(true)));
    assert_eq!(oa.ask("OA-7").await.json()["number"], told["number"]);
    assert_eq!(oa.ask("OA-8").await.status, StatusCode::NOT_FOUND);
    let path = format!("{PATH}/OA-7/issue");
    let body = json!({ "number": "晴水〔2026〕9号", "signed_on": "2026-11-20" }).to_string().into_bytes();
    let headers = oa.sign("POST", &path, "application/json", &body);
    let issued = oa.send("POST", &path, &headers, body).await;
    assert_eq!((issued.status, &issued.json()["state"]), (StatusCode::OK, &json!("attribute")), "{}", issued.text);
    let mut anybody = world.client();
    for path in ["/", "/c/gg", "/s?q=停水", "/feed/all.json"] {
        let page = anybody.get(path).await;
        assert!(!page.text.contains("夜间停水"), "{path} shows what is not approved");
    }
}

#[tokio::test]
async fn what_is_missing_is_listed_as_a_problem() {
    let world = World::new().await;
    let mut oa = Oa::new(&world, secret(&world).await);
    let mut bare = metadata();
    bare["attribute"] = json!("");
    bare["kind"] = json!("policy");
    bare["fields"] = json!({});
    let back = oa.submit(&bare, &LINES).await;
    assert_eq!(
        (back.status, back.header("content-type")),
        (StatusCode::UNPROCESSABLE_ENTITY, "application/problem+json")
    );
    let problem = back.json();
    assert_eq!((&problem["code"], &problem["title"]), (&json!("returned"), &json!("退文")));
    let pointers: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|one| one["pointer"].as_str().unwrap()).collect();
    assert!(pointers.contains(&"/attribute") && pointers.contains(&"/fields/index"), "{pointers:?}");
    let secret = oa.submit(&metadata(), &["机密★10年", "关于某事的公告", "正文。"]).await;
    assert_eq!(secret.json()["errors"][0]["pointer"], "/document", "{}", secret.text);
    assert_eq!(oa.ask("OA-7").await.status, StatusCode::NOT_FOUND, "nothing was stored");
    let body = multipart(&[("metadata", "{\"unknown\":1}")], &[]);
    let headers = oa.sign("POST", PATH, MULTIPART, &body);
    assert_eq!(oa.send("POST", PATH, &headers, body).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_request_that_is_not_signed_as_it_stands_is_refused() {
    let world = World::new().await;
    let mut oa = Oa::new(&world, secret(&world).await);
    let body = submission(&metadata(), &LINES);
    let good = oa.sign("POST", PATH, MULTIPART, &body);
    let with = |name: &str, value: &str| {
        let change = |(known, old): &(&'static str, String)| {
            (*known, if *known == name { value.to_owned() } else { old.clone() })
        };
        good.iter().map(change).collect::<Vec<_>>()
    };
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(b"other")));
    let uncovered = good[2].1.replace(" \"content-digest\"", "");
    for (what, headers) in [
        ("wrong signature", with("signature", "oa=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:")),
        ("no signature", with("signature", "")),
        ("another digest", with("content-digest", &digest)),
        ("another type", with("content-type", "multipart/form-data; boundary=xx")),
        ("unknown key", with("signature-input", &good[2].1.replace(&oa.secret.key_id, "mt-1"))),
        ("digest not covered", with("signature-input", &uncovered)),
        ("later than signed", with("signature-input", &good[2].1.replace("created=", "created=1"))),
    ] {
        let answer = oa.send("POST", PATH, &headers, body.clone()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}: {}", answer.text);
    }
    let mut other = body.clone();
    let at = other.len() / 2;
    other[at] ^= 1;
    assert_eq!(oa.send("POST", PATH, &good, other).await.status, StatusCode::UNAUTHORIZED, "altered on the way");
    // Its nonce is spent now, though the body was not the signed one.
    assert_eq!(oa.send("POST", PATH, &good, body.clone()).await.status, StatusCode::UNAUTHORIZED, "a replay");
    for off in [-400, 400] {
        oa.clock += off;
        let old = oa.sign("POST", PATH, MULTIPART, &body);
        let answer = oa.send("POST", PATH, &old, body.clone()).await;
        assert!(answer.status == StatusCode::UNAUTHORIZED && answer.text.contains("5分钟"), "{}", answer.text);
        oa.clock -= off;
    }
    let fresh = oa.sign("POST", PATH, MULTIPART, &body);
    assert_eq!(oa.send("POST", PATH, &fresh, body.clone()).await.status, StatusCode::CREATED);
    let replayed = oa.send("POST", PATH, &fresh, body).await;
    assert!(replayed.status == StatusCode::UNAUTHORIZED && replayed.text.contains("已经用过"), "{}", replayed.text);
}

#[tokio::test]
async fn another_bodys_key_sees_and_sends_nothing_here() {
    let world = World::new().await;
    let mut oa = Oa::new(&world, secret(&world).await);
    assert_eq!(oa.submit(&metadata(), &LINES).await.status, StatusCode::CREATED);
    let office = world.office().clone();
    let make = move || office.make_body(None, "other", "明川市晴湾区示例局", &BodySettings::default());
    let body = tokio::task::spawn_blocking(make).await.unwrap().unwrap();
    let form = OfficerForm {
        login: "drafter2".into(),
        name: "办事员乙".into(),
        unit: None,
        roles: vec![Role::Handler],
        password: None,
    };
    world.office().add_officer(&Caller::system(body), form).await.unwrap();
    let officers = world.office().officers(&Caller::system(body)).await.unwrap();
    let foreign = world.office().make_signer(officers[0].id, body, "").await.unwrap();
    let mut other = Oa::new(&world, foreign);
    assert_eq!(other.ask("OA-7").await.status, StatusCode::NOT_FOUND);
    let mixed = SigningSecret { key_id: oa.secret.key_id.clone(), ..other.secret.clone() };
    assert_eq!(Oa::new(&world, mixed).ask("OA-7").await.status, StatusCode::UNAUTHORIZED);
}
