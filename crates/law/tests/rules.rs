//! The rulebook's own soundness, and the faults that broken files are refused with.

mod rulebook;

use jiff::civil::date;
use law::{Law, Source};

/// The ids of the agreement on norms, §12.
const IDS: &str = "foi.reply foi.correct foi.confirm foi.third_party foi.consult_body foi.fee_pay \
    foi.publish foi.redo foi.annual_report message.consult message.help message.complaint \
    message.suggestion petition.route petition.accept petition.object petition.duty petition.handle \
    petition.simple_accept petition.simple_reply petition.simple_pass petition.review_apply \
    petition.review petition.recheck_apply petition.recheck petition.proposal_feedback proposal.reply \
    opinion.phone_report opinion.written_report opinion.report_cap opinion.larger_written \
    opinion.major_written opinion.first_release opinion.press opinion.other_reply licence.publish \
    penalty.withdraw takedown.report site.error_report site.reprint guide.change consultation.open \
    hearing.material rating.callback rating.fix inspection.review reconsideration.apply \
    reconsideration.decide reconsideration.answer litigation.apply litigation.answer";

#[test]
fn the_agreed_limits_each_with_article_and_date_last_checked() {
    let law = rulebook::law();
    for id in IDS.split_whitespace() {
        assert!(law.limits().any(|value| value.id == id), "{id}");
    }
    for value in law.limits() {
        let agreed = IDS.split_whitespace().any(|id| id == value.id);
        assert!(agreed || value.source == Source::Local, "{} is neither agreed nor local", value.id);
        let named = |text: &str| text.contains('《') || value.source == Source::Local;
        assert!(named(&value.article), "{}: {}", value.id, value.article);
        assert!(value.checked >= date(2026, 11, 22), "{}", value.id);
        assert!(!value.start.is_empty() && !value.start_mark.is_empty(), "{}", value.id);
        assert!(value.extension.iter().all(|e| named(&e.article)), "{}", value.id);
        assert!(value.pauses.iter().all(|p| named(&p.article)), "{}", value.id);
    }
}

#[test]
fn a_limit_of_each_day_is_found_and_its_counting_is_cited() {
    let law = rulebook::law();
    for value in law.limits() {
        let from = law::Moment::of(value.from, 9, 0, 0);
        let clock = law::Clock::start(&law, &[], &value.id, None, from).unwrap();
        assert_eq!((clock.version, &clock.article), (value.from, &value.article), "{}", value.id);
        let why = clock.explain(&law, None);
        // The starting fact of a limit in days may need no article, its counting does.
        let rules = why.steps.iter().skip(usize::from(!clock.unit.is_instant()));
        assert!(rules.take(2).all(|step| !step.cite.is_empty()), "{}: {why:#?}", value.id);
        assert!(why.note.contains("核对"), "{}", value.id);
    }
}

#[test]
fn a_broken_file_is_named_with_line_entry_and_path() {
    let good = include_str!("../../../rulebook/law/foi.toml");
    let broken = [
        (good.replacen("amount = 7", "amount = 0", 1), "foi.correct", "value[0].amount", "数量应当在"),
        (good.replacen("from = \"2019-05-15\"", "from = \"2007-05-15\"", 1), "foi.reply", "value[1].from", "先后排列"),
        (good.replacen("on = \"01-31\"", "on = \"02-30\"", 1), "foi.annual_report", "value[1].on", "月-日"),
        (
            good.replacen("[[limit]]\nid = \"foi.correct\"", "[[limit]]\nid = \"foi.reply\"", 1),
            "foi.reply",
            "id",
            "写了两次",
        ),
    ];
    for (text, name, path, error) in broken {
        let faults = Law::parse([("law/foi.toml", text.as_str())]).unwrap_err();
        let fault = faults.iter().find(|fault| fault.path == path).unwrap_or_else(|| panic!("{faults:#?}"));
        assert_eq!((fault.file.as_str(), fault.name.as_str()), ("law/foi.toml", name));
        assert!(fault.error.contains(error) && fault.line.is_some_and(|line| line > 4), "{fault:?}");
    }
    let typo = good.replacen("checked", "cheked", 1);
    let faults = Law::parse([("law/foi.toml", typo.as_str())]).unwrap_err();
    assert!(faults[0].line.is_some() && faults[0].error.contains("cheked"), "{faults:?}");
    assert!(Law::parse([("x.toml", "year = 2026\nnotice = []")]).is_err());
    let stray = "year = 2026\n[[notice]]\ntitle = \"x\"\ndays = [{ label = \"x\", rest = \"2025-05-01\" }]";
    assert!(Law::parse([("x.toml", stray)]).unwrap_err()[0].error.contains("不属于2026年"));
}
