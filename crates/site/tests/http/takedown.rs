//! 紧急撤下 as everybody meets it (practice P2): an item seeded with an identity number stands on many public
//! pages; taken down by one of two officers and confirmed by the other, no public byte yields it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use axum::http::StatusCode;
use office::{BodySettings, Caller, Filing, Role, Scope, StepAct, Upload, mail};

use crate::support::{Client, World};

const NUMBER: &str = "11010519491231002X";

async fn act(world: &World, roles: &[Role], matter: i64, step: &str, answers: &[(&str, &str)]) {
    world.clock.step(60_000);
    let answers = answers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let act = StepAct { matter, step: step.into(), answers, ..StepAct::default() };
    world.office().act(&somebody(world, roles), act).await.unwrap();
}

fn somebody(world: &World, roles: &[Role]) -> Caller {
    let body = world.office().default_body();
    Caller { actor: world.handler, roles: roles.to_vec(), unit: Some(world.unit), ..Caller::public(body) }
}

/// A published item with the number in title, text, file and file name; its id.
async fn seeded(world: &World) -> String {
    let text = format!("录用申某甲，证件号码{NUMBER}，望潮路招考。");
    let answers: BTreeMap<String, String> = [
        ("classified", "no"),
        ("kind", "news"),
        ("title", &format!("望潮路招考公示{NUMBER}")),
        ("columns", "xw"),
        ("attribute", "proactive"),
        ("unit", &world.unit.to_string()),
        ("document.body", &text),
        ("document.summary", &text),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let files = vec![Upload { name: format!("名单{NUMBER}.txt"), bytes: text.clone().into_bytes() }];
    let filing = Filing { procedure: "disclosure".into(), answers, files, ..Filing::default() };
    let matter = world.office().file(&somebody(world, &[Role::Handler]), filing).await.unwrap().matter;
    let (clerk, reviewer) = ([Role::FoiClerk], [Role::Reviewer]);
    act(world, &[Role::Handler], matter, "submit", &[]).await;
    act(world, &clerk, matter, "confirm_attribute", &[]).await;
    act(world, &reviewer, matter, "check_secrecy", &[("secrecy", "pass")]).await;
    act(world, &reviewer, matter, "check_privacy", &[("privacy", "required"), ("review_note", "误判")]).await;
    act(world, &reviewer, matter, "check_wording", &[("wording", "pass")]).await;
    act(world, &clerk, matter, "check_timing", &[("timing", "now")]).await;
    act(world, &clerk, matter, "sign", &[]).await;
    act(world, &[Role::UnitHead], matter, "approve", &[]).await;
    act(world, &[Role::Leader], matter, "approve", &[]).await;
    act(world, &clerk, matter, "publish", &[]).await;
    settle(world).await;
    world.office().item_of(matter).await.unwrap().unwrap().0
}

/// What the worker does; PostgreSQL may hold changes of the feed back for a while.
async fn settle(world: &World) {
    let office = world.office().clone();
    let work = move || {
        for _ in 0..500 {
            office.settle(&mail::Outbox).unwrap();
            let health = office.health().unwrap();
            if health.unindexed == 0 && u64::try_from(health.public.0).unwrap() == health.public.1 {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("the index never caught up");
    };
    tokio::task::spawn_blocking(work).await.unwrap();
}

/// Every public address that may tell something of the item, with what it answers.
async fn everything(
    reader: &mut Client,
    item: &str,
    edition: &str,
    file: &str,
) -> BTreeMap<String, (StatusCode, Vec<u8>)> {
    let mut paths: Vec<String> = [
        "/",
        "/c/xw",
        "/c/news",
        "/sitemap",
        "/sitemap.xml",
        "/feed/all.json",
        "/feed/all.rss",
        "/feed/all.atom",
        "/feed/xw.json",
        "/s?q=望潮路",
        "/s.json?q=望潮路",
        "/s.rss?q=望潮路",
        "/s.atom?q=望潮路",
        "/s.csv?q=望潮路",
        "/suggest?q=望潮",
        "/similar?q=望潮路招考",
        "/replies",
        "/log/checkpoint",
        "/log/tile/0/000",
        "/log/tile/entries/000",
        "/healthz",
        "/readyz",
    ]
    .map(str::to_owned)
    .into();
    for count in 1..=8 {
        paths.push(format!("/log/tile/0/000.p/{count}"));
        paths.push(format!("/log/tile/entries/000.p/{count}"));
    }
    for id in [item, edition] {
        paths.extend(
            ["/a/", "/replies/", "/log/proof/", "/verify?at=", "/phone?at=/a/", "/correct?at=/a/"]
                .map(|path| format!("{path}{id}")),
        );
    }
    paths.push(format!("/file/{file}"));
    let mut answers = BTreeMap::new();
    for path in paths {
        let encoded: String =
            path.bytes().map(|b| if b.is_ascii() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
        let answer = reader.get(&encoded).await;
        answers.insert(path, (answer.status, answer.bytes));
    }
    answers
}

fn holds(bytes: &[u8], wanted: &str) -> bool {
    bytes.windows(wanted.len()).any(|part| part == wanted.as_bytes())
}

/// Files of the data directory besides the database and the sealed ones that hold the number.
fn on_disk(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(on_disk(&path));
        } else if !name.contains("sqlite") {
            found.extend(holds(&std::fs::read(&path).unwrap_or_default(), NUMBER).then_some(path));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_seeded_with_an_identity_number_yields_no_public_byte_after_its_take_down() {
    let world = World::new().await;
    let body = world.office().default_body();
    let item = seeded(&world).await;
    let article = world.office().article(body, &item).await.unwrap();
    let (edition, file) = (article.public_id.clone(), article.files[0].public_id.clone());
    let mut reader = world.client();
    let before = everything(&mut reader, &item, &edition, &file).await;
    let told: Vec<&String> =
        before.iter().filter(|(_, (_, bytes))| holds(bytes, NUMBER)).map(|(path, _)| path).collect();
    for path in ["/c/xw", "/feed/all.json", "/s?q=望潮路", "/s.csv?q=望潮路", "/suggest?q=望潮"] {
        assert!(told.iter().any(|one| *one == path), "the test would see nothing at {path}: {told:?}");
    }
    for path in [format!("/a/{item}"), format!("/log/proof/{edition}"), format!("/file/{file}")] {
        assert!(told.contains(&&path), "{path} in {told:?}");
    }
    assert_eq!(on_disk(world.office().data()).len(), 1, "the public file");

    let one = world.officer("one", &[Role::FoiClerk]).await;
    let two = world.officer("two", &[Role::FoiClerk]).await;
    let mut admin = world.desk("admin").await;
    let page = admin.get("/desk/takedown").await;
    assert!(page.text.contains("请在下面指定") && !page.text.contains("请系统管理员指定"), "{}", page.text);
    let names = [("first", one.to_string()), ("second", two.to_string())];
    let names: Vec<(&str, &str)> = names.iter().map(|(name, id)| (*name, id.as_str())).collect();
    assert_eq!(admin.post("/desk/takedown", "/desk/takedown/officers", &names).await.status, StatusCode::SEE_OTHER);
    let mut first = world.desk("one").await;
    let address = format!("https://site.invalid/a/{item}");
    let taken =
        first.post("/desk/takedown", "/desk/takedown", &[("item", &address), ("reason", "personal_data")]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    let record = first.get("/desk/takedown").await.text;
    assert!(record.contains("待另一名指定人员确认") && !record.contains("确认这次撤下"), "not one's own");
    let mut second = world.desk("two").await;
    let record = second.get("/desk/takedown").await.text;
    let confirm = record.split("action=\"/desk/takedown/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let confirmed = second.post("/desk/takedown", &format!("/desk/takedown/{confirm}"), &[]).await;
    assert_eq!(confirmed.status, StatusCode::SEE_OTHER);
    settle(&world).await;

    let after = everything(&mut reader, &item, &edition, &file).await;
    let told: Vec<&String> =
        after.iter().filter(|(_, (_, bytes))| holds(bytes, NUMBER)).map(|(path, _)| path).collect();
    assert!(told.is_empty(), "{told:?}");
    let named: Vec<&String> =
        after.iter().filter(|(_, (_, bytes))| holds(bytes, "申某甲")).map(|(path, _)| path).collect();
    assert!(named.is_empty(), "{named:?}");
    assert_eq!(after[&format!("/a/{item}")].0, StatusCode::GONE);
    assert_eq!(after[&format!("/file/{file}")].0, StatusCode::NOT_FOUND);
    assert_eq!(after[&format!("/log/proof/{edition}")].0, StatusCode::NOT_FOUND);
    let exported = world.office().public_items(body, "", 1000).await.unwrap();
    assert!(exported.iter().all(|one| one.item != item), "nor is it exported");
    let token = world.token(&[Scope::MattersRead]).await;
    let api = reader.send("GET", "/api/v1/matters", &[("authorization", &format!("Bearer {token}"))], "").await;
    assert!(!holds(&api.bytes, NUMBER));
    assert!(on_disk(world.office().data()).is_empty(), "{:?}", on_disk(world.office().data()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_page_would_show_of_a_removed_passage_is_found_too() {
    let world = World::new().await;
    let drafter = somebody(&world, &[Role::Handler]);
    let answers = [
        ("classified", "no"),
        ("kind", "news"),
        ("title", "处理情况一则"),
        ("columns", "xw"),
        ("attribute", "reduced"),
        ("attribute_article", "16-1"),
        ("attribute_reason", "内部分工"),
        ("unit", &world.unit.to_string()),
        ("document.body", "由市政设施科负责。"),
    ];
    let answers = answers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let filing = Filing { procedure: "disclosure".into(), answers, ..Filing::default() };
    let matter = world.office().file(&drafter, filing).await.unwrap().matter;
    let mut desk = world.desk("handler").await;
    let address = format!("/desk/m/{matter}/reduce");
    let row =
        |passage| [("reductions.0.passage", passage), ("reductions.0.kind", "internal"), ("reductions.0.files", "")];
    let short = desk.post(&address, &address, &row("由")).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.text.contains("太短") && short.text.contains("由</textarea>"), "nothing typed is lost");
    assert_eq!(desk.post(&address, &address, &row("市政设施科")).await.status, StatusCode::SEE_OTHER);
    let site = world.office().body(world.office().default_body()).unwrap().name.clone();
    let own = [("reductions.0.passage", site.as_str()), ("reductions.0.kind", "internal"), ("reductions.0.files", "1")];
    desk.post(&address, &address, &own).await;
    assert!(desk.get(&address).await.text.contains("复查通过"), "the site's own name stands on every page");
    desk.post(&address, &address, &row("市政设施科")).await;
    let page = desk.get(&address).await.text;
    assert!(page.contains("公开页面里还有删减清单第1项"), "the unit stands under the title: {page}");
    let act = StepAct { matter, step: "submit".into(), ..StepAct::default() };
    let Err(office::Fail::Refused(refusal)) = world.office().act(&drafter, act).await else { panic!("sent") };
    assert!(refusal.to_string().contains("公开页面") && !refusal.to_string().contains("市政设施科"), "{refusal}");
    world.officer("reviewer", &[Role::Reviewer]).await;
    let mut reviewer = world.desk("reviewer").await;
    assert_eq!(reviewer.get(&address).await.status, StatusCode::FORBIDDEN, "only those who draft");
}

#[tokio::test(flavor = "multi_thread")]
async fn officers_of_another_body_cannot_take_it_down() {
    let world = World::new().await;
    let item = seeded(&world).await;
    let office = world.office().clone();
    let make = move || office.make_body(None, "other", "明川市晴湾区示例局", &BodySettings::default());
    let other = tokio::task::spawn_blocking(make).await.unwrap().unwrap();
    let stranger = Caller { actor: 77, roles: vec![Role::FoiClerk], ..Caller::public(other) };
    let taken = world.office().take_down(&stranger, &item, office::takedown::Reason::Other).await;
    assert!(taken.is_err());
    assert_eq!(world.client().get(&format!("/a/{item}")).await.status, StatusCode::OK);
}
