//! The desk over HTTP: dates before they are confirmed, passwords, what lists and records call a matter.

use crate::support::{Client, PASSWORD, World};
use axum::http::StatusCode;
use office::{Caller, Filed, Filing, Role};

const CONTENT: &str = "望潮路12号地块老年助餐点的租赁协议，联系13800000000";

async fn files(world: &World, procedure: &str, typed: &[(&str, &str)], key: &str) -> Filed {
    let filing = Filing {
        procedure: procedure.into(),
        channel: "web".into(),
        category: (procedure == "message").then(|| "complaint".into()),
        answers: typed.iter().map(|(id, value)| ((*id).to_owned(), (*value).to_owned())).collect(),
        key: key.into(),
        ..Filing::default()
    };
    world.office().file(&Caller::public(world.office().default_body()), filing).await.unwrap()
}

async fn applies(world: &World) -> Filed {
    files(world, "foi", &[("name", "申某乙"), ("content", CONTENT), ("phone", "13800000002")], "foi").await
}

async fn writes(world: &World, key: &str) -> Filed {
    let text = "路灯已经一周不亮，夜间行走不安全。";
    let typed = [("title", "晴湾路路灯不亮"), ("text", text), ("name", "申某甲"), ("phone", "13800000001")];
    files(world, "message", &typed, key).await
}

async fn all(client: &mut Client) -> usize {
    client.get("/desk/list/all").await.text.matches("class=\"c-title\"").count()
}

#[tokio::test]
async fn the_sheet_works_out_the_last_day_from_what_is_typed_and_saves_nothing() {
    let world = World::new().await;
    world.officer("foi", &[Role::FoiClerk]).await;
    let mut clerk = world.desk("foi").await;
    let from = "/desk/register?kind=foi&channel=post";
    let fresh = clerk.get(from).await;
    assert!(fresh.text.contains("2026-12-21（周一）"), "received today, twenty working days: {}", fresh.text);
    let typed = [("kind", "foi"), ("channel", "post"), ("name", "申某乙"), ("content", CONTENT)];
    let sent = |day, then| [&typed[..], &[("phone", "13800000002"), ("received_on", day), ("then", then)]].concat();
    let tried = clerk.post(from, "/desk/register", &sent("2026-11-20", "try")).await;
    assert_eq!(tried.status, StatusCode::OK);
    for words in ["2026-12-18（周五）", "考核日", "法定最迟日", "第三十三条", "为什么是这一天", "2026-11-20", CONTENT]
    {
        assert!(tried.text.contains(words), "{words}: {}", tried.text);
    }
    assert!(!tried.text.contains("2026-12-21"));
    let wrong = clerk.post(from, "/desk/register", &sent("2026-12-01", "try")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "a day that has not come");
    assert!(wrong.text.contains("href=\"#received_on\"") && wrong.text.contains(CONTENT), "{}", wrong.text);
    assert_eq!(all(&mut clerk).await, 0, "a trial registers nothing");
    let saved = clerk.post(from, "/desk/register", &sent("2026-11-20", "slip")).await;
    assert!(saved.text.contains("登记回执") && saved.text.contains("2026-12-18"), "{}", saved.text);
    assert_eq!(all(&mut clerk).await, 1);
}

#[tokio::test]
async fn a_call_of_last_week_is_registered_at_its_own_time() {
    let world = World::new().await;
    let mut clerk = world.desk("handler").await;
    let from = "/desk/register?kind=message&channel=phone";
    let fresh = clerk.get(from).await;
    assert!(fresh.text.contains("name=\"at\"") && fresh.text.contains("data-try=\"at category\""), "{}", fresh.text);
    let text = "路灯已经一周不亮，夜间行走不安全。";
    let typed = [("kind", "message"), ("channel", "phone"), ("title", "晴湾路路灯不亮"), ("text", text)];
    let sent = |at, then| {
        let more = [("name", "申某甲"), ("phone", "13800000001"), ("category", "consult"), ("at", at), ("then", then)];
        [&typed[..], &more].concat()
    };
    let tried = clerk.post(from, "/desk/register", &sent("2026-11-19 15:30", "try")).await;
    assert!(tried.text.contains("2026-11-26（周四）"), "five working days from Thursday: {}", tried.text);
    for at in ["昨天", "2026-11-24 09:00"] {
        let wrong = clerk.post(from, "/desk/register", &sent(at, "slip")).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{at}");
        assert!(wrong.text.contains(text), "nothing typed is lost");
    }
    let saved = clerk.post(from, "/desk/register", &sent("2026-11-19 15:30", "slip")).await;
    assert!(saved.text.contains("2026-11-26") && saved.text.contains("2026-11-19 15:30"), "{}", saved.text);
}

#[tokio::test]
async fn a_step_shows_day_article_and_reasons_before_it_is_confirmed() {
    let world = World::new().await;
    world.officer("foi", &[Role::FoiClerk]).await;
    let filed = applies(&world).await;
    world.clock.step(2 * 86_400_000);
    let mut clerk = world.desk("foi").await;
    let here = format!("/desk/m/{}/step/confirm", filed.matter);
    let fresh = clerk.get(&here).await;
    assert!(fresh.text.contains("2026-12-23（周三）"), "confirmed now, on Wednesday: {}", fresh.text);
    let sent = |at, then| [("confirm_manner", "phone"), ("at", at), ("then", then), ("seen", "1")];
    let tried = clerk.post(&here, &here, &sent("2026-11-23 16:00", "try")).await;
    assert_eq!(tried.status, StatusCode::OK);
    for words in ["2026-12-21（周一）", "第三十三条", "为什么是这一天", "value=\"2026-11-23 16:00\"", "停止计算"]
    {
        assert!(tried.text.contains(words), "{words}: {}", tried.text);
    }
    let early = clerk.post(&here, &here, &sent("2026-11-20 16:00", "try")).await;
    assert!(early.text.contains("早于上一条记录"), "before it was filed: {}", early.text);
    let done = clerk.post(&here, &here, &sent("2026-11-23 16:00", "")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = clerk.get(done.header("location")).await;
    assert!(page.text.contains("2026-12-21（周一）") && page.text.contains("2026-11-23 16:00"), "{}", page.text);
}

#[tokio::test]
async fn an_administrator_resets_a_password_and_every_session_of_the_officer_ends() {
    let world = World::new().await;
    let (mut admin, mut officer, mut stranger) =
        (world.desk("admin").await, world.desk("handler").await, world.desk("handler").await);
    let path = format!("/desk/people/{}/password", world.handler);
    assert_eq!(officer.post("/desk", &path, &[]).await.status, StatusCode::FORBIDDEN, "not for a handler");
    let page = admin.post("/desk/people", &path, &[]).await;
    let once = page.text.split("<b class=\"code num\">").nth(1).and_then(|rest| rest.split('<').next());
    let once = once.unwrap_or_else(|| panic!("{}", page.text)).to_owned();
    assert!(!admin.get("/desk/people").await.text.contains(&once), "shown once");
    for client in [&mut officer, &mut stranger] {
        assert_eq!(client.get("/desk").await.status, StatusCode::SEE_OTHER, "signed out");
    }
    let mut again = world.client();
    let old = again.post("/desk/sign-in", "/desk/sign-in", &[("login", "handler"), ("password", PASSWORD)]).await;
    assert_eq!(old.status, StatusCode::UNPROCESSABLE_ENTITY);
    let door = again.post("/desk/sign-in", "/desk/sign-in", &[("login", "handler"), ("password", &once)]).await;
    assert!(door.text.contains("更改密码") && !again.cookies.contains_key("officer"), "{}", door.text);
    // A change of roles in between does not turn the one-time password into one of one's own.
    let roles = format!("/desk/people/{}/roles", world.handler);
    assert_eq!(admin.post("/desk/people", &roles, &[("roles", "1")]).await.status, StatusCode::SEE_OTHER);
    let door = again.post("/desk/sign-in", "/desk/sign-in", &[("login", "handler"), ("password", &once)]).await;
    assert!(door.text.contains("更改密码") && !again.cookies.contains_key("officer"), "{}", door.text);
    let new = "Wangchao-Lu-2027";
    let change = [("login", "handler"), ("password", once.as_str()), ("new", new), ("again", new)];
    let changed = again.post("/desk/password", "/desk/password", &change).await;
    assert_eq!((changed.status, changed.header("location")), (StatusCode::SEE_OTHER, "/desk"), "{}", changed.text);
    assert_eq!(again.get("/desk").await.status, StatusCode::OK);
    let own = world.office().officers(&Caller::system(world.office().default_body())).await.unwrap();
    let own = own.iter().find(|one| one.login == "admin").unwrap().id;
    let own = admin.post("/desk/people", &format!("/desk/people/{own}/password"), &[]).await;
    assert!(!own.text.contains("一次性密码："), "one's own is changed in the settings: {}", own.text);
    world.officer("audit", &[Role::Auditor]).await;
    let audit = world.desk("audit").await.get("/desk/audit").await;
    assert!(audit.text.contains("重置密码") && !audit.text.contains(&once), "{}", audit.text);
}

#[tokio::test]
async fn changing_ones_own_password_ends_ones_other_sessions() {
    let world = World::new().await;
    let (mut here, mut there) = (world.desk("handler").await, world.desk("handler").await);
    let new = "Wangchao-Lu-2027";
    let change = [("login", "handler"), ("password", PASSWORD), ("new", new), ("again", new)];
    assert_eq!(here.post("/desk/password", "/desk/password", &change).await.status, StatusCode::SEE_OTHER);
    assert_eq!(here.get("/desk").await.status, StatusCode::OK);
    assert_eq!(there.get("/desk").await.status, StatusCode::SEE_OTHER, "the other browser is signed out");
}

#[tokio::test]
async fn an_application_is_headed_by_the_masked_words_of_what_is_asked_for() {
    let world = World::new().await;
    world.officer("foi", &[Role::FoiClerk]).await;
    let filed = applies(&world).await;
    let mut clerk = world.desk("foi").await;
    for page in ["/desk", "/desk/list/all", &format!("/desk/search?q={}", filed.number)] {
        let text = clerk.get(page).await.text;
        assert!(text.contains("老年助餐点的租赁协议") && !text.contains("13800000000"), "{page}: {text}");
    }
    let text = clerk.get(&format!("/desk/m/{}", filed.matter)).await.text;
    let heading = text.split("<h1").nth(1).and_then(|rest| rest.split("</h1>").next()).unwrap_or_default();
    assert!(heading.contains("老年助餐点的租赁协议") && !heading.contains("13800000000"), "{heading}");
}

#[tokio::test]
async fn counters_show_how_many_there_are_and_records_name_matters_by_number() {
    let world = World::new().await;
    for n in 0..101 {
        writes(&world, &format!("letter-{n}")).await;
    }
    let last = writes(&world, "last").await;
    let mut clerk = world.desk("handler").await;
    let home = clerk.get("/desk").await.text;
    assert!(home.contains("<b>102</b>") && !home.contains("99+"), "{home}");
    let reason = [("element", "phone"), ("reason", "回电核实地点")];
    clerk.get(&format!("/desk/m/{}", last.matter)).await;
    let here = format!("/desk/m/{}", last.matter);
    let opened = clerk.post(&here, &format!("{here}/open"), &reason).await;
    assert!(opened.text.contains("13800000001"), "{}", opened.text);
    world.officer("audit", &[Role::Auditor]).await;
    let audit = world.desk("audit").await.get("/desk/audit").await.text;
    assert!(audit.contains(&last.number) && !audit.contains("办件1"), "{audit}");
    assert!(audit.contains("联系电话　事由：回电核实地点") || audit.contains("电话　事由：回电核实地点"), "{audit}");
}
