//! What the clock performs by itself: it happened when the limit ended, not when the worker came.

use std::sync::Arc;

use law::Moment;
use office::clock::{Seeded, Stepped};
use office::mail::Outbox;
use office::{Caller, Filing, Office, Options, RuleFiles, Rulebook};

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn a_receipt_that_nobody_confirmed_lapses_at_the_end_of_its_day_however_late_the_worker_is() {
    let data = tempfile::tempdir().unwrap();
    let clock = Arc::new(Stepped::at(Moment::parse("2026-11-23T09:00").unwrap()));
    let rules = Rulebook::parse(RuleFiles::built_in()).unwrap();
    let options = Options {
        clock: clock.clone(),
        random: Arc::new(Seeded::new(7)),
        ..Options::new(data.path().to_owned(), rules)
    };
    let office = Office::open(options).unwrap();
    let typed = [
        ("applicant_kind", "person"),
        ("name", "申某甲"),
        ("phone", "13800000000"),
        ("content", "听潮街路灯2025年度维修合同"),
    ];
    let filing = Filing {
        procedure: "foi".into(),
        channel: "web".into(),
        answers: typed.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        ..Filing::default()
    };
    let body = office.default_body();
    let filed = run(office.file(&Caller::public(body), filing)).unwrap();

    // The limit is one working day: Tuesday. The worker is down until Friday.
    let end = Moment::parse("2026-11-25T00:00").unwrap().plus_millis(-1);
    clock.set(end);
    office.settle(&Outbox).unwrap();
    let party = Caller::party(body, filed.matter);
    assert!(run(office.matter(&party, filed.matter)).unwrap().timeline.iter().all(|one| one.code != "confirm_lapse"));
    let friday = Moment::parse("2026-11-27T15:00").unwrap();
    clock.set(friday);
    office.settle(&Outbox).unwrap();
    let view = run(office.matter(&party, filed.matter)).unwrap();
    let lapse = view.timeline.iter().find(|one| one.code == "confirm_lapse").unwrap();
    assert_eq!((lapse.at, lapse.recorded_at), (end, friday));
    // Twenty working days from Tuesday, not from Friday (《政府信息公开条例》第三十三条).
    let reply = view.matter.clocks.get("reply").unwrap();
    assert_eq!(reply.due.due_on.to_string(), "2026-12-22");
    assert!(office.verify().unwrap().broken.is_empty());
}
