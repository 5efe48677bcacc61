//! Standing duties on both engines: what is to be reprinted, inspections that are kept, bodies in channels.

use std::sync::Arc;

use law::Moment;
use office::clock::Stepped;
use office::inspect::{Inspection, Sort, Target};
use office::reprint::Stand;
use office::{BodySettings, Caller, Fail, Filing, ItemQuery, Office, Role, mail};
use publication::reprint::Notice;
use tokio::task::block_in_place;

use crate::documents::{Desk, at, open};
use crate::stage::{few, stages};

const SOURCE: &str = "https://www.gov.example/zhengce/1";

fn clerk(body: i64) -> Caller {
    Caller { actor: 12, name: "办事员甲".into(), roles: vec![Role::FoiClerk], ..Caller::public(body) }
}

fn notice(address: &str, published: &str, level: &str) -> Notice {
    Notice {
        title: "关于做好保供暖工作的通知".into(),
        issuer: "虚构省人民政府".into(),
        number: String::new(),
        address: address.into(),
        published_at: Moment::parse(published).ok(),
        level: level.into(),
    }
}

async fn unit(office: &Office, body: i64, name: &str) -> i64 {
    let admin = Caller { roles: vec![Role::Administrator], ..clerk(body) };
    office.add_unit(&admin, name, false).await.unwrap()
}

fn inspected(office: &Office, body: i64) -> Inspection {
    block_in_place(|| office.inspect(body)).unwrap()
}

fn of(found: &Inspection, sort: Sort) -> Vec<(String, Target)> {
    let wanted = found.findings.iter().filter(|one| one.sort == sort);
    wanted.map(|one| (one.on.clone(), one.target.clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_is_due_by_its_rule_and_fulfilled_by_a_reprint_that_names_its_source() {
    for stage in stages(&few()) {
        let clock = Arc::new(Stepped::at(at("2026-11-13T10:00")));
        let office = block_in_place(|| open(&stage, &clock));
        let body = office.default_body();
        let notices = vec![
            notice(SOURCE, "2026-11-13T09:00", "state"),
            notice("https://www.gov.example/2", "2026-11-13T09:00", "upper"),
        ];
        assert_eq!(office.enter_reprints(&clerk(body), notices.clone(), None).await, Ok(2));
        assert_eq!(office.enter_reprints(&clerk(body), notices, None).await, Ok(0), "known by its address");
        let duties = office.reprints(body).await.unwrap();
        // Twenty-four hours, and three working days over a weekend.
        assert_eq!(duties[0].due_at, at("2026-11-14T09:00"));
        assert_eq!(duties[1].due_at.date().to_string(), "2026-11-18");
        clock.set(at("2026-11-16T10:00"));
        let late = of(&inspected(&office, body), Sort::NotReprinted);
        assert_eq!(late.len(), 1);
        assert_eq!(late[0].1, Target::Reprint(duties[0].id));
        let unit = unit(&office, body, "虚构办公室").await;
        let desk = Desk { office: &office, clock: &clock, unit };
        let fields = [
            ("source", "虚构省人民政府"),
            ("issued_on", "2026-11-13"),
            ("source_address", "https://www.gov.example/zhengce/1/#top"),
            ("body", "<p>各地要做好保供暖工作。</p>"),
        ];
        let id = desk.draft("reprint", "关于做好保供暖工作的通知", "zz", &fields, vec![]).await.unwrap();
        desk.review(id).await;
        let item = desk.publish(id).await;
        let duties = office.reprints(body).await.unwrap();
        let done = duties.iter().find(|duty| duty.notice.address == SOURCE).unwrap();
        let Stand::Done { item: by, hash, .. } = &done.stand else { panic!("{done:?}") };
        assert_eq!(by, &item);
        let shown = office.article(body, &item).await.unwrap();
        assert_eq!(*hash, publication::sha256(shown.edition.fields["body"].as_bytes()), "what was reprinted");
        assert!(done.is_late(clock_now(&office)) && of(&inspected(&office, body), Sort::NotReprinted).is_empty());
        let why = [("withdraw_reason", "error"), ("reason", "转载有误")];
        desk.act((12, Role::FoiClerk), id, "withdraw", &why).await.unwrap();
        desk.act((15, Role::Leader), id, "approve", &[]).await.unwrap();
        assert_eq!(of(&inspected(&office, body), Sort::NotReprinted).len(), 1, "what left the site fulfils nothing");
        let other = duties.iter().find(|duty| duty.notice.address != SOURCE).unwrap().id;
        assert!(matches!(office.waive_reprint(&clerk(body), other, "").await, Err(Fail::Invalid(_))));
        office.waive_reprint(&clerk(body), other, "不涉及本机关职责").await.unwrap();
        assert_eq!(office.waive_reprint(&clerk(body), other, "再来一次").await, Err(Fail::NotFound));
    }
}

fn clock_now(office: &Office) -> Moment {
    office.now()
}

#[tokio::test(flavor = "multi_thread")]
async fn inspections_are_kept_half_yearly_and_told_to_those_concerned() {
    for stage in stages(&few()) {
        let clock = Arc::new(Stepped::at(at("2026-07-09T09:00")));
        let office = block_in_place(|| open(&stage, &clock));
        let body = office.default_body();
        let seen = |office: &Office| block_in_place(|| office.inspect_when_due()).unwrap();
        office.fill_catalogue(&clerk(body)).await.unwrap();
        seen(&office);
        assert!(office.inspections(&clerk(body)).await.unwrap().is_empty(), "the January day is long past");
        clock.set(at("2026-07-10T08:00"));
        seen(&office);
        seen(&office);
        let kept = office.inspections(&clerk(body)).await.unwrap();
        assert_eq!(kept.len(), 1, "once");
        assert_eq!(kept[0].slot.as_deref(), Some("2026-07-10"));
        let before = office.inspection(&clerk(body), kept[0].id).await.unwrap();
        assert!(of(&before.found, Sort::EntryEmpty).len() > 10);
        let told = office.outbox(&clerk(body), None).await.unwrap();
        assert!(told.iter().any(|row| row.text.contains("半年自查已经完成")), "{told:?}");
        for n in 0..3 {
            let words = format!("申请公开老年助餐点租赁协议和2025年度补助拨付明细，第{n}份");
            let answers = [("name", "申某甲"), ("content", words.as_str()), ("phone", "13800000000")];
            let filing = Filing {
                procedure: "foi".into(),
                channel: "web".into(),
                answers: answers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
                key: format!("form-of-application-{n}"),
                ..Filing::default()
            };
            office.file(&Caller::public(body), filing).await.unwrap();
        }
        let id = office.keep_inspection(&clerk(body)).await.unwrap();
        let after = office.inspection(&clerk(body), id).await.unwrap();
        let often = of(&after.found, Sort::AppliedOften);
        assert_eq!(often.len(), 1, "{:?}", after.found.findings);
        assert_eq!(often[0].0, "3件申请");
        let text = &after.found.findings.iter().find(|one| one.sort == Sort::AppliedOften).unwrap().text;
        assert!(!text.contains("助餐"), "numbers, never words: {text}");
        assert_eq!(office.inspection(&clerk(body), kept[0].id).await.unwrap(), before, "kept as it was found");
        let nobody = Caller { roles: vec![Role::Handler], ..clerk(body) };
        assert!(matches!(office.keep_inspection(&nobody).await, Err(Fail::Forbidden(_))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_text_that_cites_a_law_that_is_gone_is_found() {
    for stage in stages(&few()) {
        let clock = Arc::new(Stepped::at(at("2026-11-13T10:00")));
        let office = block_in_place(|| open(&stage, &clock));
        let body = office.default_body();
        let unit = unit(&office, body, "虚构办公室").await;
        let desk = Desk { office: &office, clock: &clock, unit };
        for (number, text) in [(1, "根据《信访条例》制定。"), (2, "根据《信访工作条例》制定。")]
        {
            let number = format!("晴政发〔2020〕{number}号");
            let fields = [
                ("index", "XG/2020-1"),
                ("issuer", "虚构机关"),
                ("written_on", "2020-02-01"),
                ("validity", "valid"),
                ("number", &number),
                ("body", text),
            ];
            let id = desk.draft("policy", "信访办理办法", "zcwj", &fields, vec![]).await.unwrap();
            desk.review(id).await;
            desk.publish(id).await;
        }
        let found = inspected(&office, body);
        let cited = of(&found, Sort::CitesReplaced);
        assert_eq!(cited.len(), 1, "{:?}", found.findings);
        assert!(matches!(cited[0].1, Target::Matter(_)));
        assert_eq!(found.series.len(), 1);
        assert_eq!((found.series[0].highest, found.series[0].public), (2, 2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_without_a_site_stands_in_a_channel_of_its_superiors_and_is_named() {
    for stage in stages(&few()) {
        let clock = Arc::new(Stepped::at(at("2026-11-13T10:00")));
        let office = block_in_place(|| open(&stage, &clock));
        let site = office.default_body();
        let make = |key: &str, name: &str| {
            block_in_place(|| office.make_body(Some(site), key, name, &BodySettings::default())).unwrap()
        };
        let (town, bureau) = (make("zhen", "虚构示例镇人民政府"), make("ju", "虚构示例局"));
        block_in_place(|| office.set_host(town, Some(site))).unwrap();
        assert!(block_in_place(|| office.set_host(bureau, Some(town))).is_err(), "a channel has no channels");
        let mut items = Vec::new();
        for (body, title) in [(town, "虚构示例镇低保公示"), (bureau, "虚构示例局施工公告")] {
            let unit = unit(&office, body, "虚构办公室").await;
            let item = published(&office, &clock, body, unit, title).await;
            office.fill_catalogue(&clerk(body)).await.unwrap();
            items.push(item);
        }
        let list = async |body: i64| {
            let query = ItemQuery { channel: "gg".into(), page: 1, rows: 20, ..ItemQuery::default() };
            let page = office.items(body, query).await.unwrap();
            page.rows.into_iter().map(|row| row.title).collect::<Vec<_>>()
        };
        assert_eq!(list(site).await, ["虚构示例镇低保公示"], "the town's, not the bureau's");
        assert_eq!(list(bureau).await, ["虚构示例局施工公告"]);
        assert!(list(town).await.is_empty(), "the town has no site");
        let shown = office.article(site, &items[0]).await.unwrap();
        assert_eq!(shown.unit, "虚构示例镇人民政府", "named as the producer");
        assert_eq!(office.article(site, &items[1]).await.err(), Some(Fail::NotFound));
        assert_eq!(office.channel(town, "site", 1, 20).await.unwrap().total, 1);
        settle(&office);
        let found =
            office.find(site, office::Search { words: "低保公示".into(), rows: 10, ..Default::default() }).await;
        assert_eq!(found.unwrap().total, 1, "searched where it stands");
        let counted = async |body: i64| {
            let (all, _) = office.catalogue(body).await.unwrap();
            all.iter().map(|one| one.holds.total).sum::<u64>()
        };
        assert!(counted(town).await > 0, "the same catalogue counts what the town made");
        office.fill_catalogue(&clerk(site)).await.unwrap();
        assert_eq!(counted(site).await, 0, "and not for its superior");
        assert!(inspected(&office, town).columns == 0 && inspected(&office, site).columns > 0);
        block_in_place(|| office.set_host(town, None)).unwrap();
        assert!(list(site).await.is_empty() && list(town).await.len() == 1, "what it published goes along");
    }
}

fn settle(office: &Office) {
    block_in_place(|| {
        for _ in 0..500 {
            office.settle(&mail::Outbox).unwrap();
            if office.health().unwrap().unindexed == 0 {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("the index never caught up");
    });
}

/// Drafts, reviews, signs and publishes a notice of a body; answers its item.
async fn published(office: &Office, clock: &Stepped, body: i64, unit: i64, title: &str) -> String {
    let unit_id = unit.to_string();
    let answers = [
        ("classified", "no"),
        ("kind", "notice"),
        ("title", title),
        ("columns", "gg"),
        ("attribute", "proactive"),
        ("unit", &unit_id),
        ("document.body", "现予公示。"),
    ];
    let who = |actor, role| Caller { actor, roles: vec![role], unit: Some(unit), ..clerk(body) };
    let filing = Filing {
        procedure: "disclosure".into(),
        answers: answers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        ..Filing::default()
    };
    let id = office.file(&who(11, Role::Handler), filing).await.unwrap().matter;
    let way: [(i64, Role, &str, &[(&str, &str)]); 10] = [
        (11, Role::Handler, "submit", &[]),
        (12, Role::FoiClerk, "confirm_attribute", &[]),
        (13, Role::Reviewer, "check_secrecy", &[("secrecy", "pass")]),
        (13, Role::Reviewer, "check_privacy", &[("privacy", "none")]),
        (13, Role::Reviewer, "check_wording", &[("wording", "pass")]),
        (12, Role::FoiClerk, "check_timing", &[("timing", "now")]),
        (12, Role::FoiClerk, "sign", &[]),
        (14, Role::UnitHead, "approve", &[]),
        (15, Role::Leader, "approve", &[]),
        (12, Role::FoiClerk, "publish", &[]),
    ];
    for (actor, role, step, answers) in way {
        clock.step(60_000);
        if step == "check_privacy" {
            let seen = office.hits(&who(actor, role), id).await.unwrap();
            let answers = office::hits::keeping("decisions", &seen, "不需要联系方式");
            let act = office::StepAct { matter: id, step: "decide_hits".into(), answers, ..Default::default() };
            office.act(&who(actor, role), act).await.unwrap();
        }
        let answers = answers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let act = office::StepAct { matter: id, step: step.into(), answers, ..Default::default() };
        office.act(&who(actor, role), act).await.unwrap();
    }
    office.item_of(id).await.unwrap().unwrap().0
}
