//! The public log over HTTP: what anybody can fetch is enough to recompute and check everything.

use crate::support::{Answer, Client, World};
use axum::http::StatusCode;
use law::Moment;
use office::store::Lane;
use office::{Fault, params, statements};
use publication::log::{
    Address, Checkpoint, Hash, Proof, PublicKey, Tile, hashes, leaf_hash, node_hash, unbundle, unhex,
};
use publication::{Attribute, Draft, commitment};
use std::collections::BTreeMap;

statements! {
    EDITION = "insert into edition (id, public_id, body_id, kind, title, content, hash, attribute, approved_by, published_at, state, salt) values ($1, $2, $3, 'reply', $4, $5, $6, '主动公开', '[3]', $7, 'public', $8)";
    PENDING = "insert into pending_commitment (id, body_id, kind, ref, commitment, at) values ($1, $2, 'edition', $3, $4, $5)";
    TAMPER = "update edition set content = replace(content, '已修好', '没修好') where public_id = $1";
}

/// Publishes so many replies, unsealed.
async fn publish(world: &World, count: u32) {
    let (office, at) = (world.office().clone(), world.office().now());
    let body = office.default_body();
    let written = office.store().write(Lane::People, move |tx| {
        for number in 1..=count {
            let draft = Draft {
                kind: "reply".into(),
                title: format!("第{number}号路灯"),
                fields: BTreeMap::from([("reply".to_owned(), format!("第{number}号路灯已修好。"))]),
                attribute: Attribute::Proactive,
                files: Vec::new(),
                corrects: None,
                reduced: None,
                approved_by: vec![3],
            };
            let edition = draft.publish(at).unwrap();
            let (canonical, salt, id) = (edition.canonical(), [number as u8; 32], tx.new_id()?);
            let (hash, millis) = (edition.hash(), at.millis());
            tx.execute(&EDITION, params![id, public(number), body, &edition.title, &canonical, hash, millis, salt])?;
            let pending = tx.new_id()?;
            tx.execute(&PENDING, params![pending, body, id, commitment(&salt, &canonical), millis])?;
        }
        Ok::<_, Fault>(())
    });
    written.await.unwrap();
}

fn public(number: u32) -> String {
    format!("{number:026}")
}

async fn seal(world: &World) {
    let office = world.office().clone();
    tokio::task::spawn_blocking(move || while office.seal().unwrap() > 0 {}).await.unwrap();
}

/// The root by the definition of RFC 6962, from all leaves.
fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [one] => *one,
        more => {
            let (left, right) = more.split_at(more.len().next_power_of_two() / 2);
            node_hash(&root(left), &root(right))
        }
    }
}

async fn get(client: &mut Client, address: Address) -> Answer {
    client.get(&format!("/log/{address}")).await
}

#[tokio::test]
async fn anybody_can_fetch_the_log_and_recompute_its_root() {
    let world = World::new().await;
    let mut client = world.client();
    let early = client.get("/log/checkpoint").await;
    assert_eq!((early.status, early.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "2"));
    assert!(early.json()["detail"].as_str().unwrap().contains("还没有登记"), "{}", early.text);
    publish(&world, 260).await;
    seal(&world).await;
    let note = client.get("/log/checkpoint").await;
    assert_eq!(note.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(note.header("cache-control"), "no-cache");
    let tag = note.header("etag").to_owned();
    let again = client.send("GET", "/log/checkpoint", &[("if-none-match", &tag)], "").await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    let key = PublicKey::parse(client.get("/log/key").await.text.trim()).unwrap();
    let checkpoint = Checkpoint::open(&note.text, &key).unwrap();
    assert_eq!((checkpoint.size, checkpoint.at), (260, Some(world.office().now())));
    let (full, part) =
        (get(&mut client, Address::Entries(0, 256)).await, get(&mut client, Address::Entries(1, 4)).await);
    assert_eq!(full.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(part.header("cache-control"), "public, max-age=60");
    let entries = [unbundle(&full.bytes).unwrap(), unbundle(&part.bytes).unwrap()].concat();
    let leaves: Vec<Hash> = entries.iter().map(|entry| leaf_hash(entry)).collect();
    assert_eq!(root(&leaves), checkpoint.root);
    for (tile, width, expected) in [(0, 256, &leaves[..256]), (1, 4, &leaves[256..])] {
        let bytes = get(&mut client, Address::Hashes(Tile { level: 0, index: tile }, width)).await.bytes;
        assert_eq!(hashes(&bytes).unwrap(), expected);
    }
    let upper = get(&mut client, Address::Hashes(Tile { level: 1, index: 0 }, 1)).await.bytes;
    assert_eq!(hashes(&upper).unwrap(), [root(&leaves[..256])]);
    for absent in
        ["tile/0/001.p/5", "tile/0/002", "tile/0/1", "tile/entries/001", "tile/../checkpoint", "tile/0/000.p/256"]
    {
        let answer = client.get(&format!("/log/{absent}")).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::NOT_FOUND, "application/problem+json"));
    }
}

#[tokio::test]
async fn a_proof_has_what_is_agreed_and_holds() {
    let world = World::new().await;
    let mut client = world.client();
    publish(&world, 5).await;
    let path = format!("/log/proof/{}", public(3));
    let early = client.get(&path).await;
    assert_eq!((early.status, early.header("retry-after")), (StatusCode::SERVICE_UNAVAILABLE, "2"));
    assert_eq!(early.header("content-type"), "application/problem+json");
    seal(&world).await;
    let answer = client.get(&path).await;
    let json = answer.json();
    let names: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    let mut agreed =
        ["leaf_index", "leaf_hash", "tree_size", "root", "inclusion", "checkpoint", "salt", "canonical"].to_vec();
    agreed.sort_unstable();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, agreed);
    assert_eq!((&json["leaf_index"], &json["tree_size"]), (&2.into(), &5.into()));
    let proof = Proof::parse(&answer.text).unwrap();
    let checked = proof.check(None).unwrap();
    assert_eq!(checked.checkpoint.root, unhex(&proof.root).unwrap());
    assert_eq!(proof.checkpoint, client.get("/log/checkpoint").await.text);
    assert_eq!(client.get(&format!("/log/proof/{}", public(9))).await.status, StatusCode::NOT_FOUND);
    // Under an older checkpoint, for whoever saved that one.
    publish_more(&world).await;
    assert_eq!(client.get(&path).await.json()["tree_size"], 6);
    assert_eq!(client.get(&format!("{path}?size=5")).await.text, answer.text);
}

async fn publish_more(world: &World) {
    let (office, at) = (world.office().clone(), world.office().now());
    let record = publication::log::Withdrawal { withdrawn: public(5), at, reason: "内容过时".into() }.canonical();
    let body = office.default_body();
    let entered = office.store().write(Lane::People, move |tx| {
        let random = office::clock::Seeded::new(11);
        office::log::enter(tx, &random, body, "withdrawal", 5, record, Moment::from_millis(0))
    });
    entered.await.unwrap();
    seal(world).await;
}

#[tokio::test]
async fn the_page_says_since_when_or_what_was_changed() {
    let world = World::new().await;
    let mut client = world.client();
    publish(&world, 3).await;
    seal(&world).await;
    let page = client.get(&format!("/replies/{}", public(2))).await;
    assert!(
        page.text.contains("公开证明") && page.text.contains(&format!("/log/proof/{}", public(2))),
        "{}",
        page.text
    );
    let sound = client.get(&format!("/verify?at=http%3A%2F%2F127.0.0.1%3A8080%2Freplies%2F{}", public(2))).await;
    assert!(sound.text.contains("起已经公开，至今没有改动"), "{}", sound.text);
    let json = client.get(&format!("/log/proof/{}", public(2))).await;
    let fingerprint = Proof::parse(&json.text).unwrap().check(None).unwrap().fingerprint;
    assert!(page.text.contains(&fingerprint));
    assert!(client.get(&format!("/verify?at={fingerprint}")).await.text.contains("至今没有改动"));
    assert!(client.get(&format!("/verify?at={}", "0".repeat(64))).await.text.contains("现在没有公开这份内容"));
    let nothing = client.get("/verify?at=%E8%B7%AF%E7%81%AF").await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let held = client.post("/verify", "/verify", &[("text", &json.text)]).await;
    assert!(held.text.contains("至今没有改动"), "{}", held.text);
    let changed = client.post("/verify", "/verify", &[("text", &json.text.replace("已修好", "没修好"))]).await;
    assert!(changed.text.contains("核验没有通过") && changed.text.contains("答复"), "{}", changed.text);
    assert!(changed.text.contains("已修好") && changed.text.contains("没修好"), "both are shown");
    let broken = client.post("/verify", "/verify", &[("text", "{}")]).await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Another log's proof is told apart.
    let other = World::new().await;
    publish(&other, 3).await;
    let office = other.office().clone();
    let body = office.default_body();
    let mark = office.store().write(Lane::People, move |tx| {
        office::log::enter(tx, &office::clock::Machine, body, "other", 1, "{}".into(), Moment::from_millis(0))
    });
    mark.await.unwrap();
    seal(&other).await;
    let foreign = other.client().get(&format!("/log/proof/{}", public(2))).await;
    assert!(Proof::parse(&foreign.text).unwrap().check(None).is_ok());
    let told = client.post("/verify", "/verify", &[("text", &foreign.text)]).await;
    assert!(told.text.contains("不是本站的日志") || told.text.contains("日志前后不一致"), "{}", told.text);
}

#[tokio::test]
async fn an_altered_text_without_a_copy_is_not_served() {
    let world = World::new().await;
    let mut client = world.client();
    publish(&world, 2).await;
    seal(&world).await;
    let id = public(1);
    world.office().store().write(Lane::People, move |tx| tx.execute(&TAMPER, params![id]).map(drop)).await.unwrap();
    for path in [format!("/replies/{}", public(1)), format!("/log/proof/{}", public(1))] {
        let answer = client.get(&path).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        assert!(!answer.text.contains("没修好"), "{path}");
    }
    assert!(!client.get("/replies").await.text.contains("没修好"));
    let page = client.get(&format!("/verify?at={}", public(1))).await;
    assert!(page.text.contains("内容与发布时的不符"), "{}", page.text);
    assert_eq!(client.get(&format!("/replies/{}", public(2))).await.status, StatusCode::OK);
}
