//! Documents on their way to the public, and away from it, on both engines.

use std::collections::BTreeMap;
use std::sync::Arc;

use law::Moment;
use office::clock::{Seeded, Stepped};
use office::store::StoreUrl;
use office::{
    Caller, Fail, Filing, ItemQuery, Office, Options, Role, RuleFiles, Rulebook, Standing, StepAct, Upload, hits, mail,
};

use crate::stage::{Stage, few, stages};

pub(crate) fn at(text: &str) -> Moment {
    Moment::parse(text).expect("a moment")
}

pub(crate) fn open(stage: &Stage, clock: &Arc<Stepped>) -> Office {
    let rules = Rulebook::parse(RuleFiles::built_in()).expect("the built-in rules parse");
    let url = match &stage.url {
        StoreUrl::Sqlite(path) => path.display().to_string(),
        StoreUrl::Postgres(url) => url.clone(),
    };
    Office::open(Options {
        database: Some(url),
        clock: clock.clone(),
        random: Arc::new(Seeded::new(7)),
        ..Options::new(stage.directory().to_owned(), rules)
    })
    .expect("the office opens")
}

/// The people of one body, and what they do one after the other.
pub(crate) struct Desk<'a> {
    pub(crate) office: &'a Office,
    pub(crate) clock: &'a Stepped,
    pub(crate) unit: i64,
}

impl Desk<'_> {
    pub(crate) fn somebody(&self, actor: i64, role: Role) -> Caller {
        Caller {
            actor,
            name: "办事员甲".into(),
            roles: vec![role],
            unit: Some(self.unit),
            ..Caller::public(self.office.default_body())
        }
    }

    pub(crate) async fn draft(
        &self,
        kind: &str,
        title: &str,
        columns: &str,
        fields: &[(&str, &str)],
        files: Vec<Upload>,
    ) -> Result<i64, Fail> {
        let mut answers: BTreeMap<String, String> = [
            ("classified", "no"),
            ("kind", kind),
            ("title", title),
            ("columns", columns),
            ("attribute", "proactive"),
            ("clause", "每年一月公开执行情况"),
            ("interpretation", "none"),
            ("interpretation_reason", "只调整内部分工，不涉及群众办事"),
            ("unit", &self.unit.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        answers.extend(fields.iter().map(|(name, value)| (format!("document.{name}"), (*value).to_owned())));
        let filing = Filing { procedure: "disclosure".into(), answers, files, ..Filing::default() };
        self.office.file(&self.somebody(11, Role::Handler), filing).await.map(|filed| filed.matter)
    }

    pub(crate) async fn act(
        &self,
        who: (i64, Role),
        matter: i64,
        step: &str,
        answers: &[(&str, &str)],
    ) -> Result<(), Fail> {
        self.clock.step(60_000);
        let answers = answers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let act = StepAct { matter, step: step.into(), answers, ..StepAct::default() };
        self.office.act(&self.somebody(who.0, who.1), act).await.map(drop)
    }

    /// Everything that the machine found is decided to stand.
    pub(crate) async fn keep_hits(&self, matter: i64) {
        let hits = self.office.hits(&self.somebody(13, Role::Reviewer), matter).await.unwrap();
        let answers = hits::keeping("decisions", &hits, "依法应当公开");
        let answers: Vec<(&str, &str)> = answers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if !answers.is_empty() {
            self.act((13, Role::Reviewer), matter, "decide_hits", &answers).await.unwrap();
        }
    }

    /// Attribute and the four checks.
    pub(crate) async fn checks(&self, matter: i64) {
        let (drafter, clerk, reviewer) = ((11, Role::Handler), (12, Role::FoiClerk), (13, Role::Reviewer));
        self.act(drafter, matter, "submit", &[]).await.unwrap();
        self.act(clerk, matter, "confirm_attribute", &[]).await.unwrap();
        self.keep_hits(matter).await;
        self.act(reviewer, matter, "check_secrecy", &[("secrecy", "pass")]).await.unwrap();
        self.act(reviewer, matter, "check_privacy", &[("privacy", "required"), ("review_note", "依法应当公开")])
            .await
            .unwrap();
        self.act(reviewer, matter, "check_wording", &[("wording", "pass")]).await.unwrap();
        self.act(clerk, matter, "check_timing", &[("timing", "now")]).await.unwrap();
    }

    /// Everything between the draft and the signature.
    pub(crate) async fn review(&self, matter: i64) {
        self.checks(matter).await;
        self.act((12, Role::FoiClerk), matter, "sign", &[]).await.unwrap();
        self.act((14, Role::UnitHead), matter, "approve", &[]).await.unwrap();
        self.act((15, Role::Leader), matter, "approve", &[]).await.unwrap();
    }

    /// What the worker does, here and now. PostgreSQL holds back changes of the feed while any older
    /// transaction of its server runs, those of other tests too: they are waited for.
    pub(crate) fn settle(&self) {
        tokio::task::block_in_place(|| {
            for _ in 0..500 {
                self.office.settle(&mail::Outbox).unwrap();
                let health = self.office.health().unwrap();
                if health.unindexed == 0 && u64::try_from(health.public.0).unwrap() == health.public.1 {
                    return;
                }
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            panic!("the index never caught up");
        });
    }

    pub(crate) async fn publish(&self, matter: i64) -> String {
        self.act((12, Role::FoiClerk), matter, "publish", &[]).await.unwrap();
        self.settle();
        self.office.item_of(matter).await.unwrap().expect("an item").0
    }

    pub(crate) async fn listed(&self, column: &str) -> Vec<String> {
        let query = ItemQuery { channel: column.into(), rows: 20, ..ItemQuery::default() };
        let page = self.office.items(self.office.default_body(), query).await.unwrap();
        assert_eq!(page.total as usize, page.rows.len());
        page.rows.into_iter().map(|row| row.title).collect()
    }
}

/// Runs a story on every engine.
pub(crate) fn on_every_engine(story: impl AsyncFn(&Desk<'_>)) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for stage in stages(&few()) {
        let clock = Arc::new(Stepped::at(at("2026-03-02T09:00")));
        let office = open(&stage, &clock);
        runtime.block_on(async {
            let admin = Caller { actor: 1, roles: vec![Role::Administrator], ..Caller::public(office.default_body()) };
            let unit = office.add_unit(&admin, "虚构办公室", false).await.unwrap();
            story(&Desk { office: &office, clock: &clock, unit }).await;
        });
    }
}

#[test]
fn a_document_is_public_only_after_attribute_reviews_and_signature() {
    on_every_engine(async |desk: &Desk<'_>| {
        let body = "一、总则\n第一条　为了试验。\n<script>alert(1)</script>";
        let fields = [("written_on", "2026-03-01"), ("contact", "办公室（0000）5550 0100"), ("body", body)];
        let file = Upload { name: "平面图.txt".into(), bytes: "虚构平面图\n".as_bytes().to_vec() };
        let matter = desk.draft("notice", "停水公告", "gg", &fields, vec![file]).await.unwrap();
        let clerk = (12, Role::FoiClerk);
        for step in ["publish", "sign", "approve"] {
            assert!(desk.act(clerk, matter, step, &[]).await.is_err(), "{step} before review");
        }
        assert_eq!(desk.office.item_of(matter).await.unwrap(), None);
        desk.review(matter).await;
        assert!(desk.listed("gg").await.is_empty(), "signed is not yet public");
        let item = desk.publish(matter).await;
        let article = desk.office.article(desk.office.default_body(), &item).await.unwrap();
        assert_eq!(article.standing, Standing::Public);
        assert_eq!(article.edition.title, "停水公告");
        assert_eq!(article.columns, ["gg"]);
        let text = &article.edition.fields["body"];
        assert!(text.contains("<h2>一、总则</h2>") && !text.contains("<script"), "{text}");
        let served = desk.office.public_file(desk.office.default_body(), &article.files[0].public_id).await.unwrap();
        assert_eq!(served.bytes, "虚构平面图\n".as_bytes());
        assert_eq!(desk.listed("gg").await, ["停水公告"]);
    });
}

#[test]
fn what_is_missing_is_told_at_its_field_and_nothing_is_lost() {
    on_every_engine(async |desk: &Desk<'_>| {
        let matter = desk.draft("policy", "某某办法", "zcwj", &[("issuer", "虚构机关")], Vec::new()).await.unwrap();
        let Err(Fail::Invalid(gaps)) = desk.act((11, Role::Handler), matter, "submit", &[]).await else {
            panic!("sent for review with gaps");
        };
        let fields: Vec<&str> = gaps.iter().map(|gap| gap.field.as_str()).collect();
        assert_eq!(fields, ["document.index", "document.written_on", "document.validity", "document.body"]);
        let document = desk.office.document(&desk.somebody(11, Role::Handler), matter).await.unwrap();
        assert_eq!(document.fields["issuer"], "虚构机关");
        let wrong = [("document.written_on", "2026-02-30"), ("columns", "nowhere"), ("title", "某某办法")];
        let Err(Fail::Invalid(errors)) = desk.act((11, Role::Handler), matter, "revise", &wrong).await else {
            panic!("an impossible date and an unknown column were taken");
        };
        assert_eq!(errors.len(), 2, "{errors:?}");
        let secret = Filing {
            procedure: "disclosure".into(),
            answers: [("classified", "yes"), ("kind", "news"), ("title", "不应保存")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            ..Filing::default()
        };
        assert!(matches!(desk.office.file(&desk.somebody(11, Role::Handler), secret).await, Err(Fail::Refused(_))));
    });
}

#[test]
fn a_correction_keeps_both_editions_under_one_address_and_a_withdrawal_leaves_a_notice() {
    on_every_engine(async |desk: &Desk<'_>| {
        let body = desk.office.default_body();
        let matter = desk.draft("news", "要闻一则", "xw bm", &[("body", "原来的内容。")], Vec::new()).await.unwrap();
        desk.review(matter).await;
        let item = desk.publish(matter).await;
        let first = desk.office.article(body, &item).await.unwrap();
        desk.act((11, Role::Handler), matter, "correct", &[("reason", "数字写错")]).await.unwrap();
        desk.act((11, Role::Handler), matter, "revise", &[("title", "要闻一则"), ("document.body", "更正的内容。")])
            .await
            .unwrap();
        desk.review(matter).await;
        assert_eq!(desk.publish(matter).await, item, "the address stays");
        let now = desk.office.article(body, &item).await.unwrap();
        assert!(now.edition.fields["body"].contains("更正的内容"));
        let correction = now.edition.corrects.expect("says what it corrects");
        assert_eq!((correction.previous, correction.reason.as_str()), (first.hash.clone(), "数字写错"));
        assert_eq!(now.versions.len(), 2);
        let old = desk.office.article(body, &now.versions[1].public_id).await.unwrap();
        assert_eq!((old.standing, old.hash), (Standing::Superseded, first.hash));
        assert_eq!(desk.listed("xw").await.len(), 1, "one placement a column");
        let why = [("withdraw_reason", "error"), ("reason", "整篇有误")];
        desk.act((12, Role::FoiClerk), matter, "withdraw", &why).await.unwrap();
        assert_eq!(desk.listed("xw").await.len(), 1, "not before the leader approved");
        desk.act((15, Role::Leader), matter, "approve", &[]).await.unwrap();
        assert!(desk.listed("xw").await.is_empty() && desk.listed("bm").await.is_empty());
        let gone = desk.office.article(body, &item).await.unwrap();
        assert_eq!(gone.standing, Standing::Withdrawn);
        assert!(gone.edition.fields.is_empty(), "the notice shows nothing of the text");
        let earlier = desk.office.article(body, &now.versions[1].public_id).await.unwrap();
        assert_eq!(earlier.standing, Standing::Withdrawn, "and earlier editions go with it");
        assert!(earlier.edition.fields.is_empty() && desk.office.proof(&earlier.public_id, None).await.is_err());
        assert_eq!(gone.ended.expect("when and why").1, "内容有误：整篇有误");
    });
}

#[test]
fn a_scheduled_document_appears_at_its_time_and_an_expired_one_leaves_by_itself() {
    on_every_engine(async |desk: &Desk<'_>| {
        let fields = [("contact", "办公室"), ("open_until", "2026-03-10"), ("body", "公示内容。")];
        let matter = desk.draft("notice", "公示一则", "gg", &fields, Vec::new()).await.unwrap();
        desk.review(matter).await;
        let clerk = (12, Role::FoiClerk);
        let past = desk.act(clerk, matter, "schedule", &[("publish_on", "2026-03-01 08:00")]).await;
        assert!(matches!(past, Err(Fail::Refused(_))), "a schedule in the past");
        desk.act(clerk, matter, "schedule", &[("publish_on", "2026-03-03 08:00")]).await.unwrap();
        desk.settle();
        assert!(desk.listed("gg").await.is_empty());
        desk.clock.set(at("2026-03-03T08:00:30"));
        desk.settle();
        assert_eq!(desk.listed("gg").await, ["公示一则"]);
        desk.clock.set(at("2026-03-10T23:59"));
        desk.settle();
        assert_eq!(desk.listed("gg").await.len(), 1, "the last day still counts");
        desk.clock.set(at("2026-03-11T00:01"));
        desk.settle();
        assert!(desk.listed("gg").await.is_empty());
        let (item, standing) = desk.office.item_of(matter).await.unwrap().expect("an item");
        assert_eq!(standing, Standing::Gone);
        assert!(desk.office.article(desk.office.default_body(), &item).await.unwrap().edition.title.is_empty());
    });
}

#[test]
fn what_one_item_says_of_another_is_shown_on_both() {
    on_every_engine(async |desk: &Desk<'_>| {
        let body = desk.office.default_body();
        let policy = |title: &'static str, number: &'static str, repeals: String| async move {
            let fields = [
                ("index", "XG/2026-1"),
                ("issuer", "虚构机关"),
                ("written_on", "2026-02-01"),
                ("validity", "valid"),
                ("number", number),
                ("repeals", repeals.as_str()),
                ("body", "第一条　试行。"),
            ];
            let matter = desk.draft("policy", title, "zcwj", &fields, Vec::new()).await.unwrap();
            desk.review(matter).await;
            desk.publish(matter).await
        };
        let old = policy("旧办法", "晴政办发[2021]9号", String::new()).await;
        let new = policy("新办法", "晴政办发〔2026〕5号", old.clone()).await;
        let shown = desk.office.article(body, &old).await.unwrap().related;
        assert_eq!(
            shown.iter().map(|one| (one.forward, one.other.item.as_str())).collect::<Vec<_>>(),
            [(false, new.as_str())]
        );
        let shown = desk.office.article(body, &new).await.unwrap().related;
        assert_eq!(
            shown.iter().map(|one| (one.forward, one.other.item.as_str())).collect::<Vec<_>>(),
            [(true, old.as_str())]
        );
        assert_eq!(desk.office.by_number(body, "晴政办发〔2021〕9号").await.unwrap(), Some(old));
    });
}
