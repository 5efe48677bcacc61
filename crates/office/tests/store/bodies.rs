//! Two bodies in one store: whatever one of them lists, finds, opens or counts is its own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use law::Moment;
use office::clock::{Seeded, Stepped};
use office::store::StoreUrl;
use office::ticket::Code;
use office::{
    BodySettings, By, Caller, Fail, Filed, Filing, ListQuery, ListView, Office, OfficerForm, Options, RepliesQuery,
    Role, RuleFiles, Rulebook, mail,
};

use crate::stage::{Stage, few, stages};

const PHONE: &str = "13800000000";

/// An office on the stage's data.
pub fn open(stage: &Stage) -> Office {
    let rules = Rulebook::parse(RuleFiles::built_in()).expect("the built-in rules parse");
    let url = match &stage.url {
        StoreUrl::Sqlite(path) => path.display().to_string(),
        StoreUrl::Postgres(url) => url.clone(),
    };
    let clock = Stepped::at(Moment::parse("2026-03-02T09:00").unwrap());
    Office::open(Options {
        database: Some(url),
        clock: Arc::new(clock),
        random: Arc::new(Seeded::new(7)),
        ..Options::new(stage.directory().to_owned(), rules)
    })
    .expect("the office opens")
}

/// Somebody who sees the whole of one body.
pub fn everything(body: i64) -> Caller {
    let roles = vec![Role::Clerk, Role::Leader, Role::Supervisor, Role::Administrator, Role::Auditor];
    Caller { actor: 900 + body, name: "办事员甲".into(), roles, ..Caller::public(body) }
}

pub fn filing(key: &str) -> Filing {
    let answers = [
        ("title", "路灯不亮请派人修理"),
        ("text", "晴湾路中段的三盏路灯已经一周不亮，夜里行人很不方便。"),
        ("name", "申某甲"),
        ("phone", PHONE),
    ];
    Filing {
        procedure: "message".into(),
        channel: "web".into(),
        category: Some("help".into()),
        answers: answers.into_iter().map(|(id, text)| (id.to_owned(), text.to_owned())).collect(),
        key: key.into(),
        ..Filing::default()
    }
}

/// One matter, one unit and one officer in a body.
async fn furnish(office: &Office, body: i64) -> Filed {
    let admin = everything(body);
    let unit = office.add_unit(&admin, &format!("第{body}办公室"), false).await.unwrap();
    let form = OfficerForm {
        login: format!("officer{body}"),
        name: "办事员乙".into(),
        unit: Some(unit),
        roles: vec![Role::Handler],
        password: Some("a long enough password 1".into()),
    };
    office.add_officer(&admin, form).await.unwrap();
    office.file(&Caller::public(body), filing(&format!("form {body}"))).await.unwrap()
}

#[test]
fn a_body_lists_finds_opens_and_counts_only_its_own() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for stage in stages(&few()) {
        let office = open(&stage);
        let here = office.default_body();
        let there = office.make_body(None, "other", "虚构乙局", &BodySettings::default()).unwrap();
        let filed: BTreeMap<i64, Filed> =
            [here, there].into_iter().map(|body| (body, runtime.block_on(furnish(&office, body)))).collect();
        office.settle(&mail::Outbox).unwrap();
        for (body, other) in [(here, there), (there, here)] {
            let (own, foreign) = (&filed[&body], &filed[&other]);
            runtime.block_on(lists(&office, body, own));
            runtime.block_on(doors(&office, body, own, foreign));
            let figure = office.figure(body, "messages", By::Category).unwrap();
            assert_eq!(figure.iter().map(|row| row.received).sum::<u64>(), 1);
        }
    }
}

/// Every list shows exactly the body's own matter, where it shows one.
async fn lists(office: &Office, body: i64, own: &Filed) {
    let caller = everything(body);
    let mut shown = BTreeSet::new();
    for view in ListView::ALL {
        let page = office.list(&caller, ListQuery::of(view)).await.unwrap();
        shown.extend(page.rows.iter().map(|row| row.id));
        for unit in office.units(&caller).await.unwrap() {
            let query = ListQuery { unit: Some(unit.id), ..ListQuery::of(view) };
            shown.extend(office.list(&caller, query).await.unwrap().rows.iter().map(|row| row.id));
        }
    }
    assert_eq!(shown, BTreeSet::from([own.matter]));
    let counted: usize = office.counters(&caller).await.unwrap().iter().map(|(_, count)| count).sum();
    assert_eq!(counted, 1);
    let found = [
        office.find_number(&caller, &own.number).await.unwrap(),
        office.find_person(&caller, "phone", PHONE).await.unwrap(),
        office.find_person(&caller, "name", "申某甲").await.unwrap(),
        office.find_words(&caller, "路灯").await.unwrap(),
    ];
    for (at, rows) in found.iter().enumerate() {
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        assert_eq!(ids, [own.matter], "search {at}");
    }
    let units = office.units(&caller).await.unwrap();
    assert_eq!(units.iter().map(|unit| unit.name.clone()).collect::<Vec<_>>(), [format!("第{body}办公室")]);
    let officers = office.officers(&caller).await.unwrap();
    assert_eq!(officers.iter().map(|one| one.login.clone()).collect::<Vec<_>>(), [format!("officer{body}")]);
    let outbox = office.outbox(&caller, None).await.unwrap();
    assert!(!outbox.is_empty() && outbox.iter().all(|row| row.matter == Some(own.matter)));
    let audit = office.audit(&caller, None, None).await.unwrap();
    assert!(!audit.is_empty() && audit.iter().all(|record| record.body == body));
    let replies = office.replies(body, RepliesQuery::default()).await.unwrap();
    assert!(replies.rows.is_empty());
}

/// What belongs to the other body does not exist, whichever way it is asked for.
async fn doors(office: &Office, body: i64, own: &Filed, foreign: &Filed) {
    let caller = everything(body);
    assert!(office.matter(&caller, own.matter).await.is_ok());
    assert_eq!(office.matter(&caller, foreign.matter).await.err(), Some(Fail::NotFound));
    let opened = office.open_text(&caller, foreign.matter, "phone", "核对来电").await;
    assert_eq!(opened.err(), Some(Fail::NotFound));
    assert_eq!(office.rows_of(&caller, vec![foreign.matter]).await, Ok(vec![]));
    assert_eq!(office.matter_id(&caller, &own.public_id).await, Ok(own.matter));
    assert_eq!(office.matter_id(&caller, &foreign.public_id).await, Err(Fail::NotFound));
    let code = Code::parse(&foreign.code).unwrap();
    assert_eq!(office.track(body, &code, Some(&foreign.password)).await.err(), Some(Fail::NotFound));
}
