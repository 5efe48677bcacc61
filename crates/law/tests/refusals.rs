//! What a clock refuses: each refusal says what, why, by which article and what to do.

mod rulebook;

use law::{Clock, ClockRefusal, Law, Moment, RefusalCode};

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn start(law: &Law, limit: &str, class: Option<&str>, from: &str) -> Clock {
    Clock::start(law, &[], limit, class, at(from)).unwrap()
}

fn paused(law: &Law, (limit, from): (&str, &str), kind: &str, spans: &[(&str, &str)]) -> Result<Clock, ClockRefusal> {
    let mut clock = start(law, limit, None, from);
    for (first, last) in spans {
        clock.pause(law, kind, at(first))?;
        clock.resume(law, at(last))?;
    }
    Ok(clock)
}

fn expect(refusal: ClockRefusal, code: RefusalCode, part: &str) {
    let sentence = refusal.to_string();
    assert_eq!(refusal.code, code, "{sentence}");
    assert!(sentence.contains(part), "{part}: {sentence}");
    assert!(!refusal.next.is_empty() && sentence.ends_with('。'), "{sentence}");
}

#[test]
fn a_start_without_a_rule_in_force() {
    let law = rulebook::law();
    let refuse =
        |limit: &str, class: Option<&str>, from: &str| Clock::start(&law, &[], limit, class, at(from)).unwrap_err();
    expect(refuse("foi.nothing", None, "2020-01-01"), RefusalCode::UnknownLimit, "规则库中没有这一期限");
    expect(refuse("foi.reply", None, "2008-04-30"), RefusalCode::NotInForce, "应不早于2008-05-01");
    expect(refuse("foi.correct", None, "2019-05-14"), RefusalCode::NotInForce, "应不早于2019-05-15");
    expect(refuse("petition.proposal_feedback", None, "2022-05-01"), RefusalCode::NotInForce, "不再适用");
    expect(refuse("proposal.reply", Some("soft"), "2020-01-01"), RefusalCode::UnknownClass, "hard（涉及面广");
    expect(refuse("foi.reply", Some("hard"), "2020-01-01"), RefusalCode::UnknownClass, "请去掉分类");
    expect(refuse("message.help", None, "2300-01-01"), RefusalCode::OutOfRange, "超出可以计算的范围");
}

const FOI: (&str, &str) = ("foi.reply", "2019-05-20T09:00");

#[test]
fn a_pause_outside_the_clock_or_overlapping_another() {
    let law = rulebook::law();
    let refuse = |spans: &[(&str, &str)]| paused(&law, FOI, "third_party", spans).unwrap_err();
    let (outside, overlap) = (RefusalCode::PauseOutside, RefusalCode::PauseOverlap);
    expect(refuse(&[("2019-05-27", "2019-05-24")]), outside, "结束日期2019-05-24早于开始日期2019-05-27");
    expect(refuse(&[("2019-05-19", "2019-05-24")]), outside, "早于起算日2019-05-20");
    expect(refuse(&[("2019-06-19", "2019-06-24")]), outside, "晚于期限届满日2019-06-18");
    expect(refuse(&[("2019-05-21", "2019-05-24"), ("2019-05-23", "2019-05-28")]), overlap, "重叠");
    let mut open = start(&law, "foi.reply", None, "2019-05-20");
    open.pause(&law, "third_party", at("2019-05-21")).unwrap();
    expect(open.pause(&law, "third_party", at("2019-05-22")).unwrap_err(), overlap, "重叠");
    let mut never = start(&law, "foi.reply", None, "2019-05-20");
    expect(never.resume(&law, at("2019-05-21")).unwrap_err(), RefusalCode::NotPaused, "没有暂停");
}

#[test]
fn a_pause_of_a_kind_that_the_version_does_not_know() {
    let law = rulebook::law();
    let refuse = |limit, from, kind| paused(&law, (limit, from), kind, &[(from, from)]).unwrap_err();
    let code = RefusalCode::UnknownPause;
    expect(refuse("foi.reply", "2019-05-10", "other_body"), code, "可以扣除的时间：third_party");
    expect(refuse("petition.handle", "2020-05-11", "hearing"), code, "不能扣除时间");
    assert!(paused(&law, ("foi.reply", "2019-05-15"), "other_body", &[("2019-05-15", "2019-05-20")]).is_ok());
    assert!(paused(&law, ("petition.recheck", "2020-05-11"), "hearing", &[("2020-05-12", "2020-05-20")]).is_ok());
}

#[test]
fn pauses_may_touch_and_one_without_length_changes_nothing() {
    let law = rulebook::law();
    let due = |spans: &[(&str, &str)]| paused(&law, FOI, "third_party", spans).unwrap().due;
    let touching = due(&[("2019-05-21", "2019-05-24"), ("2019-05-24", "2019-05-27")]);
    assert_eq!(touching, due(&[("2019-05-21", "2019-05-27")]));
    assert_eq!(due(&[("2019-05-21", "2019-05-21")]), due(&[]));
}

#[test]
fn an_extension_twice_too_long_too_late_or_unknown() {
    let law = rulebook::law();
    let extend =
        |limit, class, from, when, amount| start(&law, limit, class, from).extend(&law, at(when), amount).unwrap_err();
    let none = RefusalCode::NoExtension;
    let mut twice = start(&law, "foi.reply", None, "2019-05-20");
    twice.extend(&law, at("2019-05-21"), Some(10)).unwrap();
    assert_eq!(twice.due.due_on.to_string(), "2019-07-02");
    expect(twice.extend(&law, at("2019-05-22"), None).unwrap_err(), RefusalCode::Extended, "只能延长一次");
    expect(extend("foi.reply", None, "2019-05-20", "2019-05-22", Some(21)), none, "不得超过20个工作日");
    expect(extend("foi.reply", None, "2019-05-20", "2019-06-19", None), RefusalCode::Ended, "届满前决定");
    expect(extend("message.help", None, "2020-01-02", "2020-01-03", None), none, "没有可以延长的规定");
    let simplified = extend("reconsideration.decide", Some("simplified"), "2024-03-01", "2024-03-02", None);
    expect(simplified, none, "没有可以延长的规定");
}
