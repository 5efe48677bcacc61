//! Due dates against an independent calculation, and the case of the design drawing.

mod rulebook;

use law::{Clock, Date, DayMark, Lamp, Law, Moment};

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn golden(law: &Law, case: &serde_json::Value) -> String {
    let from = at(case["from"].as_str().unwrap());
    let mut clock = Clock::start(law, &[], case["limit"].as_str().unwrap(), None, from).unwrap();
    if case["extend"] == true {
        clock.extend(law, from, None).unwrap();
    }
    for pause in case["pauses"].as_array().unwrap() {
        clock.pause(law, "third_party", at(pause[0].as_str().unwrap())).unwrap();
        clock.resume(law, at(pause[1].as_str().unwrap())).unwrap();
    }
    assert!(!clock.due.provisional, "{case}");
    assert!(clock.due.aim_on <= clock.due.due_on, "{case}");
    match clock.due.due_at {
        Some(due) => due.to_string().trim_end_matches("+08:00").to_owned(),
        None => clock.due.due_on.to_string(),
    }
}

#[test]
fn every_golden_due_date_agrees() {
    let Some(cases) = rulebook::shared("data/golden_dates/cases.jsonl") else {
        return;
    };
    let law = rulebook::law();
    let mut count = 0;
    for line in cases.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(golden(&law, &case), case["due"].as_str().unwrap(), "{case}");
        count += 1;
    }
    assert_eq!(count, 240);
}

#[test]
fn an_application_with_a_consultation_is_explained_day_by_day() {
    let law = rulebook::law();
    let mut clock = Clock::start(&law, &[], "foi.reply", None, at("2026-09-23T09:40")).unwrap();
    assert_eq!(clock.due.due_on.to_string(), "2026-10-28");
    clock.pause(&law, "third_party", at("2026-10-12T16:20")).unwrap();
    assert_eq!(clock.lamp(at("2026-10-13")), Lamp::Grey);
    clock.resume(&law, at("2026-10-15T11:02")).unwrap();
    assert_eq!(clock.due.due_on.to_string(), "2026-11-02");
    let now = at("2026-10-22T10:00");
    assert_eq!((clock.days_used(&law, now), clock.days_left(&law, now)), (13, 7));
    assert_eq!((clock.lamp(now), clock.lamp(at("2026-10-27"))), (Lamp::Green, Lamp::Amber));
    assert_eq!(clock.lamp(at("2026-11-02T23:59")), Lamp::Amber);
    assert_eq!(clock.lamp(at("2026-11-03")), Lamp::Overdue);

    assert_eq!(clock.left_text(&law, now), "还剩7个工作日");
    let why = clock.explain(&law, Some(now));
    let texts: Vec<&str> = why.steps.iter().map(|step| step.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "9月23日（周三）为收到申请之日",
            "当日不计入，9月24日（周四）为第1日",
            "政府信息公开申请答复：20个工作日内",
            "中秋节9月25日至27日、国庆节10月1日至7日放假；10月10日（周六）补班，计入",
            "10月13日至15日征求第三方意见，3个工作日不计算在内",
            "11月2日（周一）届满",
        ]
    );
    let cites: Vec<&str> = why.steps.iter().map(|step| step.cite.as_str()).collect();
    assert_eq!(cites[1], "《民法典》第二百零一条第一款");
    assert_eq!(cites[3], "《国务院办公厅关于2026年部分节假日安排的通知》（国办发明电〔2025〕7号）");
    assert_eq!(cites[4], "《政府信息公开条例》第三十三条第三款");

    let line = |day: &str| {
        let day: Date = day.parse().unwrap();
        why.days.iter().find(|line| line.date == day).unwrap()
    };
    assert_eq!(why.days.len(), 41);
    assert_eq!(line("2026-09-23").mark, DayMark::Start);
    assert_eq!(line("2026-09-26").label, "中秋节");
    assert_eq!((line("2026-10-10").mark, line("2026-10-10").number), (DayMark::MakeUp, Some(7)));
    assert_eq!((line("2026-10-14").mark, line("2026-10-14").label.as_str()), (DayMark::Paused, "不计"));
    assert!(line("2026-10-22").today && line("2026-10-22").number == Some(13));
    assert_eq!((line("2026-11-02").mark, line("2026-11-02").label.as_str()), (DayMark::Due, "第20日 截止"));
}
