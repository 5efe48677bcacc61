//! Documents over HTTP: a policy with its interpretation, two editors on one text, a schedule in the past,
//! pictures in a text, texts for taking along, narrowed lists.

use crate::files::multipart;
use crate::support::{Answer, Client, World};
use axum::http::StatusCode;
use office::{Caller, Role, StepAct, mail};
use std::collections::BTreeMap;

/// A PNG of one pixel.
const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0\x3a\x7e\x9b\x55\0\0\0\x0aIDAT\x78\x9c\x63\x60\0\0\0\x02\0\x01\x48\xaf\xa4\x71\0\0\0\0IEND\xae\x42\x60\x82";

const POLICY: [(&str, &str); 12] = [
    ("kind", "policy"),
    ("title", "虚构助餐服务办法"),
    ("columns", "zcwj"),
    ("clause", "每年一月公开补助情况"),
    ("document.index", "XG/2026-1"),
    ("document.topic", "civil"),
    ("document.issuer", "虚构机关"),
    ("document.number", "虚政办规〔2026〕5号"),
    ("document.written_on", "2026-11-01"),
    ("document.validity", "valid"),
    ("document.body", "第一条　为规范助餐服务，制定本办法。"),
    ("interpretation", "with"),
];
const PLAN: [(&str, &str); 4] = [
    ("first_interpreter", "局长甲"),
    ("plan_before", "准备口径"),
    ("plan_at", "文字解读"),
    ("plan_after", "三日内回应"),
];

struct Desk {
    world: World,
    drafter: Client,
}

impl Desk {
    async fn new() -> Desk {
        let world = World::new().await;
        for (login, roles) in [
            ("foi", vec![Role::FoiClerk, Role::FoiHead]),
            ("check", vec![Role::Reviewer]),
            ("head", vec![Role::UnitHead, Role::FoiHead]),
            ("leader", vec![Role::Leader]),
        ] {
            world.officer(login, &roles).await;
        }
        let drafter = world.desk("handler").await;
        Desk { world, drafter }
    }

    /// Saves a new document through its form; the number of its matter.
    async fn drafts(&mut self, kind: &str, fields: &[(&str, &str)]) -> i64 {
        let from = format!("/desk/document/new?kind={kind}");
        let unit = self.world.unit.to_string();
        let own = [("kind", kind), ("classified", "no"), ("attribute", "proactive"), ("unit", &unit)];
        let fields: Vec<(&str, &str)> = own.into_iter().chain(fields.iter().copied()).collect();
        let saved = self.drafter.post(&from, "/desk/document/new", &fields).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
        saved.header("location").rsplit('/').next().unwrap().split('?').next().unwrap().parse().unwrap()
    }

    /// Performs a step as somebody who drafts, reviews and publishes.
    async fn act(&self, matter: i64, step: &str, answers: &[(&str, &str)]) {
        let roles = vec![Role::Handler, Role::FoiClerk, Role::Reviewer];
        let caller = Caller { roles, actor: 77, ..Caller::system(self.world.office().default_body()) };
        let answers: BTreeMap<String, String> =
            answers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let act = StepAct { matter, step: step.into(), answers, ..StepAct::default() };
        self.world.office().act(&caller, act).await.unwrap_or_else(|fail| panic!("{step}: {fail:?}"));
    }

    /// Everything that the machine found is decided to stand.
    async fn keeps(&self, matter: i64) {
        let system = Caller::system(self.world.office().default_body());
        let seen = self.world.office().hits(&system, matter).await.unwrap();
        let answers = office::hits::keeping("decisions", &seen, "依法应当公开");
        let answers: Vec<(&str, &str)> = answers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if !answers.is_empty() {
            self.act(matter, "decide_hits", &answers).await;
        }
    }

    async fn reviews(&self, matter: i64) {
        self.act(matter, "submit", &[]).await;
        self.act(matter, "confirm_attribute", &[]).await;
        self.keeps(matter).await;
        self.act(matter, "check_secrecy", &[("secrecy", "pass")]).await;
        self.act(matter, "check_privacy", &[("privacy", "required"), ("review_note", "依法应当公开")]).await;
        self.act(matter, "check_wording", &[("wording", "pass")]).await;
        self.act(matter, "check_timing", &[("timing", "with_interpretation")]).await;
    }

    async fn signs(&self, matter: i64) {
        self.act(matter, "sign", &[]).await;
        for (actor, role) in [(78, Role::UnitHead), (79, Role::Leader)] {
            let unit = Some(self.world.unit);
            let body = self.world.office().default_body();
            let caller = Caller { roles: vec![role], actor, unit, ..Caller::system(body) };
            let act = StepAct { matter, step: "approve".into(), ..StepAct::default() };
            self.world.office().act(&caller, act).await.unwrap();
        }
    }

    async fn settles(&self) {
        let office = self.world.office().clone();
        tokio::task::spawn_blocking(move || office.settle(&mail::Outbox)).await.unwrap().unwrap();
    }

    /// Performs a step through its page.
    async fn presses(&self, login: &str, matter: i64, step: &str, fields: &[(&str, &str)]) -> Answer {
        let mut client = self.world.desk(login).await;
        let path = format!("/desk/m/{matter}/step/{step}");
        let page = client.get(&path).await;
        let (csrf, seen) = (page.hidden("csrf"), page.hidden("seen"));
        let own = [("csrf", csrf.as_str()), ("seen", &seen)];
        let fields: Vec<(&str, &str)> = own.into_iter().chain(fields.iter().copied()).collect();
        client.post_raw(&path, &fields).await
    }
}

fn addresses(page: &Answer) -> Vec<String> {
    let links = page.text.split("href=\"/a/").skip(1).filter_map(|part| part.split('"').next());
    links.filter(|link| !link.contains('/')).map(|link| format!("/a/{link}")).collect()
}

#[tokio::test]
async fn a_policy_and_its_interpretation_appear_together_and_lead_to_each_other() {
    let mut desk = Desk::new().await;
    let fields: Vec<(&str, &str)> = POLICY.into_iter().chain(PLAN).collect();
    let policy = desk.drafts("policy", &fields).await;
    let page = desk.drafter.get(&format!("/desk/m/{policy}")).await;
    let draft = format!("/desk/document/new?kind=interpretation&#38;with={policy}");
    assert!(page.text.contains(&draft) || page.text.contains(&draft.replace("&#38;", "&amp;")), "{}", page.text);
    let sent = desk.drafter.get(&format!("/desk/m/{policy}/step/submit")).await;
    assert!(sent.text.contains("没有随附解读材料") && sent.text.contains("国办发〔2016〕80号"), "{}", sent.text);
    let form = desk.drafter.get(&format!("/desk/document/new?kind=interpretation&with={policy}")).await;
    assert!(form.text.contains(&format!("<option value=\"{policy}\" selected>")), "{}", form.text);
    let about = policy.to_string();
    let fields = [
        ("title", "虚构助餐办法解读"),
        ("columns", "zcjd"),
        ("about", about.as_str()),
        ("document.interpreter", "局长甲"),
        ("document.form", "text"),
        ("document.body", "谁能享受，怎么领。"),
    ];
    let reading = desk.drafts("interpretation", &fields).await;
    desk.reviews(policy).await;
    desk.reviews(reading).await;
    desk.signs(policy).await;
    let alone = desk.presses("foi", reading, "publish", &[]).await;
    assert_eq!(alone.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(alone.text.contains("文件还没有公开"), "{}", alone.text);
    let mut public = desk.world.client();
    for column in ["/c/zcwj", "/c/zcjd"] {
        assert_eq!(addresses(&public.get(column).await), [""; 0], "{column}");
    }
    assert_eq!(desk.presses("foi", policy, "publish", &[]).await.status, StatusCode::SEE_OTHER);
    desk.settles().await;
    let text = addresses(&public.get("/c/zcwj").await)[0].clone();
    let explained = addresses(&public.get("/c/zcjd").await)[0].clone();
    for (page, other) in [(&text, &explained), (&explained, &text)] {
        let shown = public.get(page).await;
        assert!(shown.text.contains(&format!("href=\"{other}\"")), "{page} leads to {other}: {}", shown.text);
    }
    taken(&mut public, &text).await;
    narrowed(&mut public).await;
}

/// The text for taking along, and what cannot be had.
async fn taken(public: &mut Client, page: &str) {
    let plain = public.get(&format!("{page}/as/txt")).await;
    assert!(plain.text.contains("第一条　为规范助餐服务") && plain.text.contains("文号：虚政办规〔2026〕5号"));
    assert!(plain.header("content-disposition").starts_with("attachment"));
    let word = public.get(&format!("{page}/as/docx")).await;
    assert!(word.bytes.starts_with(b"PK") && word.header("content-type").contains("wordprocessingml"));
    for wrong in [format!("{page}/as/exe"), "/a/nothing/as/txt".into(), format!("{page}/compare?with=nothing")] {
        assert_eq!(public.get(&wrong).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

/// Lists by validity and topic, the search inside the statutory column, suggestions by pinyin.
async fn narrowed(public: &mut Client) {
    let list = public.get("/c/zcwj").await;
    assert!(list.text.contains("市政设施科"), "the answerable unit: {}", list.text);
    let found = async |public: &mut Client, path: &str| addresses(&public.get(path).await).len();
    assert!(found(public, "/c/zcwj?validity=%E6%9C%89%E6%95%88").await > 0, "有效");
    assert_eq!(found(public, "/c/zcwj?validity=%E5%BA%9F%E6%AD%A2").await, 0, "废止");
    assert!(found(public, "/s?q=%E5%8A%A9%E9%A4%90&column=xxgk").await > 0, "inside 政府信息公开");
    assert_eq!(found(public, "/s?q=%E5%8A%A9%E9%A4%90&column=news").await, 0, "outside it");
    for typed in ["zhucan", "zc"] {
        assert!(found(public, &format!("/suggest?q={typed}")).await > 0, "{typed}");
    }
}

#[tokio::test]
async fn two_editors_on_one_text_lose_nothing() {
    let mut desk = Desk::new().await;
    let fields =
        [("title", "停水公告"), ("columns", "gg"), ("document.contact", "办公室"), ("document.body", "原文。")];
    let matter = desk.drafts("notice", &fields).await;
    let path = format!("/desk/m/{matter}/document");
    let (mut first, mut second) = (desk.world.desk("handler").await, desk.world.desk("foi").await);
    let forms = [first.get(&path).await, second.get(&path).await];
    let mut saves = Vec::new();
    for (client, form, text) in [(&mut first, &forms[0], "甲写的文字。"), (&mut second, &forms[1], "乙写的文字。")]
    {
        let (csrf, seen, key) = (form.hidden("csrf"), form.hidden("seen"), form.hidden("key"));
        let hidden = [("csrf", csrf.as_str()), ("seen", &seen), ("key", &key), ("kind", "notice")];
        let typed = [("title", "停水公告"), ("columns", "gg"), ("attribute", "proactive"), ("document.body", text)];
        saves.push(client.post_raw(&path, &hidden.into_iter().chain(typed).collect::<Vec<_>>()).await);
    }
    assert_eq!(saves[0].status, StatusCode::SEE_OTHER, "{}", saves[0].text);
    assert_eq!(saves[1].status, StatusCode::CONFLICT);
    let page = &saves[1].text;
    assert!(page.contains("没有保存") && page.contains("又有了新的记录"), "{page}");
    let words = |side: &str| page.replace("<del>", "").replace("</del>", "").replace("<ins>", "").contains(side);
    assert!(words("甲写的文字。") && page.contains("乙写的文字。"), "both texts: {page}");
    let (csrf, seen) = (saves[1].hidden("csrf"), saves[1].hidden("seen"));
    let again = [("csrf", csrf.as_str()), ("seen", &seen), ("kind", "notice"), ("title", "停水公告")];
    let again: Vec<_> = again.into_iter().chain([("columns", "gg"), ("document.body", "合并的文字。")]).collect();
    assert_eq!(second.post_raw(&path, &again).await.status, StatusCode::SEE_OTHER, "seen, it is saved");
    assert!(second.get(&path).await.text.contains("合并的文字。"));
}

#[tokio::test]
async fn a_schedule_in_the_past_is_refused_and_the_form_kept() {
    let mut desk = Desk::new().await;
    let fields =
        [("title", "停水公告"), ("columns", "gg"), ("document.contact", "办公室"), ("document.body", "原文。")];
    let matter = desk.drafts("notice", &fields).await;
    desk.reviews(matter).await;
    desk.signs(matter).await;
    let past = desk.presses("foi", matter, "schedule", &[("publish_on", "2026-11-01 08:00")]).await;
    assert_eq!(past.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(past.text.contains("已经过去") && past.text.contains("2026-11-01 08:00"), "{}", past.text);
    desk.settles().await;
    assert!(addresses(&desk.world.client().get("/c/gg").await).is_empty(), "nothing was published by accident");
}

#[tokio::test]
async fn a_picture_needs_words_and_is_served_only_once_its_text_is_public() {
    let mut desk = Desk::new().await;
    let new = "/desk/document/new?kind=notice";
    let page = desk.drafter.get(new).await;
    let (csrf, key) = (page.hidden("csrf"), page.hidden("key"));
    let unit = desk.world.unit.to_string();
    let fields = |text: &'static str| {
        [
            ("csrf", csrf.clone()),
            ("key", key.clone()),
            ("kind", "notice".into()),
            ("classified", "no".into()),
            ("attribute", "proactive".into()),
            ("unit", unit.clone()),
            ("title", "绕行公告".into()),
            ("columns", "gg".into()),
            ("document.contact", "办公室".into()),
            ("document.body", text.to_owned()),
        ]
    };
    let kind = ("content-type", "multipart/form-data; boundary=cut");
    let send = async |client: &mut Client, text: &'static str| {
        let fields = fields(text);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let body = multipart(&fields, &[("files", "绕行图.png", PICTURE)]);
        client.send("POST", "/desk/document/new", &[kind], body).await
    };
    let bare = send(&mut desk.drafter, "请绕行。\n［图：绕行图.png］").await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bare.text.contains("没有文字说明") && bare.text.contains("请绕行。"), "{}", bare.text);
    let saved = send(&mut desk.drafter, "请绕行。\n［图：绕行图.png｜从望潮路向东绕行］").await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let matter: i64 = saved.header("location").rsplit('/').next().unwrap().parse().unwrap();
    let preview = desk.drafter.get(&format!("/desk/m/{matter}/preview")).await;
    let inside = format!("<img src=\"/desk/m/{matter}/file/");
    let source = preview.text.split(&inside).nth(1).and_then(|rest| rest.split('"').next()).expect("a picture");
    let address = format!("/desk/m/{matter}/file/{source}");
    assert_eq!(desk.drafter.get(&address).await.status, StatusCode::OK);
    let mut public = desk.world.client();
    assert_ne!(public.get(&address).await.status, StatusCode::OK, "not for the public");
    assert_eq!(public.get(&format!("/file/{source}")).await.status, StatusCode::NOT_FOUND);
    desk.reviews(matter).await;
    desk.signs(matter).await;
    desk.act(matter, "publish", &[]).await;
    desk.settles().await;
    let page = addresses(&public.get("/c/gg").await)[0].clone();
    let shown = public.get(&page).await;
    let source = shown.text.split("<img src=\"/file/").nth(1).and_then(|rest| rest.split('"').next());
    let source = source.unwrap_or_else(|| panic!("no picture: {}", shown.text)).to_owned();
    assert!(shown.text.contains("alt=\"从望潮路向东绕行\""));
    assert_eq!(public.get(&format!("/file/{source}")).await.bytes, PICTURE);
}
