//! What a clock does, and what it refuses, saying why and what to do.

mod rulebook;

use law::{Clock, Lamp, Law, Moment, RefusalCode};

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn start(law: &Law, limit: &str, class: Option<&str>, from: &str) -> Clock {
    Clock::start(law, &[], limit, class, at(from)).unwrap()
}

#[test]
fn the_version_is_that_of_the_day_of_the_fact() {
    let law = rulebook::law();
    let old = start(&law, "foi.reply", None, "2019-05-14T23:59");
    let new = start(&law, "foi.reply", None, "2019-05-15T00:00");
    assert_eq!((old.amount, new.amount), (15, 20));
    assert_eq!((old.version.to_string(), new.version.to_string()), ("2008-05-01".into(), "2019-05-15".into()));
    assert!(old.article.contains("第二十四条第二款") && new.article.contains("第三十三条第二款"));
}

#[test]
fn an_agency_is_measured_by_the_bare_day_and_late_after_the_rolled_one() {
    let law = rulebook::law();
    // The sixtieth day is Saturday 2026-08-01.
    let clock = start(&law, "petition.handle", None, "2026-06-02T10:00");
    assert_eq!(
        (clock.due.aim_on.to_string(), clock.due.due_on.to_string()),
        ("2026-08-01".into(), "2026-08-03".into())
    );
    assert_eq!(clock.lamp(at("2026-07-17")), Lamp::Green);
    assert_eq!(clock.lamp(at("2026-07-18")), Lamp::Amber);
    assert_eq!(clock.lamp(at("2026-08-01T20:00")), Lamp::Amber);
    assert_eq!(clock.lamp(at("2026-08-03T20:00")), Lamp::Red);
    assert_eq!(clock.lamp(at("2026-08-04")), Lamp::Overdue);
    let left = |day: &str| clock.left_text(&law, at(day));
    assert_eq!(
        (left("2026-07-30"), left("2026-08-01"), left("2026-08-04")),
        ("还剩2日".into(), "今天到期".into(), "已超过3日".into())
    );
    let last = clock.explain(&law, None).steps.pop().unwrap();
    assert_eq!(last.text, "最后一日8月1日（周六）是休息日，顺延至8月3日（周一）；内部考核仍以8月1日为准");
    assert_eq!(last.cite, "《民法典》第二百零三条第一款");
    // A citizen's window rolls whole.
    let window = start(&law, "petition.review_apply", None, "2026-07-02");
    assert_eq!(
        (window.due.aim_on.to_string(), window.due.due_on.to_string()),
        ("2026-08-03".into(), "2026-08-03".into())
    );
}

#[test]
fn the_other_sorts_of_limit() {
    let law = rulebook::law();
    let report = |class| start(&law, "foi.annual_report", class, "2026-12-31").due.due_on.to_string();
    assert_eq!((report(None), report(Some("government"))), ("2027-01-31".into(), "2027-03-31".into()));
    let hearing = start(&law, "hearing.material", None, "2026-03-20");
    assert_eq!(hearing.due.due_on.to_string(), "2026-03-13");
    assert_eq!(hearing.explain(&law, None).days.first().unwrap().label, "第7日 截止");
    let consultation = start(&law, "consultation.open", None, "2026-03-02");
    assert_eq!(consultation.due.due_on.to_string(), "2026-04-01");
    assert_eq!(consultation.lamp(at("2027-01-01")), Lamp::Green);
    let simplified = start(&law, "reconsideration.answer", Some("simplified"), "2026-03-02");
    assert_eq!(simplified.due.due_on.to_string(), "2026-03-09");
    let suit = |class| start(&law, "litigation.apply", class, "2026-08-31").due.due_on.to_string();
    assert_eq!((suit(None), suit(Some("after_review"))), ("2027-03-01".into(), "2026-09-15".into()));
}

#[test]
fn minutes_run_round_the_clock_and_what_is_striven_for_is_never_late() {
    let law = rulebook::law();
    let aim = start(&law, "opinion.phone_report", None, "2026-10-01T23:50");
    assert_eq!(aim.due.due_at, Some(at("2026-10-02T00:10")));
    assert_eq!(aim.lamp(at("2026-10-02T00:04")), Lamp::Green);
    assert_eq!((aim.lamp(at("2026-10-02T00:05")), aim.lamp(at("2026-10-03"))), (Lamp::Amber, Lamp::Amber));
    assert!(!aim.is_late(at("2026-10-03")));
    let cap = start(&law, "opinion.report_cap", None, "2026-10-01T23:50");
    assert_eq!(cap.lamp(at("2026-10-02T01:50")), Lamp::Amber);
    assert_eq!(cap.lamp(at("2026-10-02T01:51")), Lamp::Overdue);
    assert_eq!(cap.days_left(&law, at("2026-10-02T01:20")), 30);
    assert_eq!(cap.left_text(&law, at("2026-10-02T00:20")), "还剩1小时30分钟");
    assert_eq!(cap.left_text(&law, at("2026-10-02T01:53")), "已超过3分钟");
    assert!(cap.explain(&law, None).days.is_empty());
}

#[test]
fn a_stopped_clock_is_grey_and_remembers_whether_it_was_late() {
    let law = rulebook::law();
    let mut clock = start(&law, "message.consult", None, "2026-03-02T09:00");
    assert_eq!(clock.due.due_on.to_string(), "2026-03-09");
    clock.stop(at("2026-03-10T09:00")).unwrap();
    assert_eq!(clock.lamp(at("2026-04-01")), Lamp::Grey);
    assert!(clock.is_late(at("2026-04-01")) && !clock.is_open());
    assert_eq!(clock.stop(at("2026-03-11")).unwrap_err().code, RefusalCode::Stopped);
}

#[test]
fn only_the_law_restarts_a_clock() {
    let law = rulebook::law();
    let mut clock = start(&law, "foi.reply", None, "2019-05-10T09:00");
    clock.restart(&law, &[], at("2019-05-20T09:00")).unwrap();
    assert_eq!((clock.amount, clock.due.due_on.to_string()), (20, "2019-06-18".into()));
    assert_eq!(clock.restart(&law, &[], at("2019-05-01")).unwrap_err().code, RefusalCode::BeforeStart);
}

#[test]
fn a_provisional_date_is_settled_by_its_notice_and_a_settled_one_never_moves() {
    let before = rulebook::law_without(&["calendar/2020.toml"]);
    let after = rulebook::law();
    let mut clock = start(&before, "foi.reply", None, "2019-12-30");
    assert!(clock.due.provisional);
    let told = clock.due;
    assert!(!clock.settle(&before) && clock.due == told);
    let note = clock.explain(&before, None);
    assert!(note.steps.iter().any(|step| step.text.contains("2020年放假安排未公布")), "{note:#?}");
    assert!(clock.settle(&after) && !clock.due.provisional);
    assert_eq!(clock.due, start(&after, "foi.reply", None, "2019-12-30").due);
    let settled = clock.due;
    assert!(!clock.settle(&before) && clock.due == settled);
}

#[test]
fn a_later_law_moves_no_started_clock() {
    let law = rulebook::law();
    let clock = start(&law, "foi.reply", None, "2026-03-02");
    let text = serde_json::to_string(&clock).unwrap();
    assert!(text.len() < 260, "a row stays short: {text}");
    assert_eq!(serde_json::from_str::<Clock>(&text).unwrap(), clock);
}

#[test]
fn a_body_may_set_its_own_limit() {
    let own = r#"
        body = "qingwan"
        [[limit]]
        id = "message.consult"
        name = "咨询类留言答复"
        start = "提交留言之日"
        mark = "提交"
          [[limit.value]]
          from = "2020-01-01"
          amount = 3
          unit = "workday"
          article = "晴湾区网民留言办理办法第六条"
          version = "晴湾区网民留言办理办法"
          checked = "2026-11-22"
    "#;
    let base = include_str!("../../../rulebook/law/message.toml");
    let law = Law::parse([("message.toml", base), ("local.toml", own)]).unwrap();
    let amount =
        |bodies: &[&str], from: &str| Clock::start(&law, bodies, "message.consult", None, at(from)).unwrap().amount;
    assert_eq!(amount(&["office", "qingwan"], "2026-03-02"), 3);
    assert_eq!(amount(&["office", "qingwan"], "2019-12-31"), 5);
    assert_eq!(amount(&["elsewhere"], "2026-03-02"), 5);
}
