//! The static checks find what an editor of the rulebook gets wrong, at its line and with its path.

use law::{Law, RuleFault};
use matter::Procedure;
use matter::check::{Source, Surroundings, check};

const LAW: &str = r#"
[[limit]]
id = "small.reply"
name = "答复"
start = "提交之日"
mark = "提交"
  [[limit.value]]
  from = "2000-01-01"
  amount = 5
  unit = "workday"
  article = "规定第一条"
  version = "规定"
  checked = "2026-11-22"
"#;

const SOUND: &str = r#"id = "small"
version = "1"
valid_from = "2000-01-01"
label = "小事"
basis = "规定"

[[state]]
id = "open"
label = "办理中"
phase = "open"
party = "办理中"

[[state]]
id = "done"
label = "已办结"
phase = "closed"
party = "已办结"

[[element]]
id = "text"
label = "内容"
kind = "text"

[[clock]]
id = "reply"
label = "答复"
limit = "small.reply"
starts = ["file"]
stops = ["reply"]

[[step]]
id = "file"
label = "提交"
party = "您提交了"
by = ["party"]
to = "open"
needs = ["text"]
cite = "规定第一条"

[[step]]
id = "reply"
label = "答复"
by = ["handler"]
from = ["open"]
to = "done"
cite = "规定第二条"
"#;

fn faults_of(texts: &[&str]) -> Vec<RuleFault> {
    let law = Law::parse([("law/small.toml", LAW)]).expect("sound law");
    let procedures: Vec<Procedure> =
        texts.iter().map(|text| Procedure::parse("procedures/small.toml", text).expect("readable")).collect();
    let sources: Vec<Source> = texts
        .iter()
        .zip(&procedures)
        .map(|(text, procedure)| Source { file: "procedures/small.toml", text, procedure })
        .collect();
    check(&sources, &Surroundings { law: &law, templates: &["letter".to_owned()].into() })
}

/// The one fault after `from` was replaced by `to`.
fn fault(from: &str, to: &str) -> RuleFault {
    assert!(SOUND.contains(from), "nothing to break: {from}");
    let mut faults = faults_of(&[&SOUND.replacen(from, to, 1)]);
    assert_eq!(faults.len(), 1, "{faults:#?}");
    faults.remove(0)
}

#[test]
fn a_sound_procedure_has_no_fault() {
    assert_eq!(faults_of(&[SOUND]), []);
}

#[test]
fn an_unknown_state_is_named_with_its_line() {
    let fault = fault("from = [\"open\"]", "from = [\"opened\"]");
    assert_eq!((fault.rule.as_str(), fault.name.as_str()), ("unknown name", "reply"));
    assert_eq!(fault.line, Some(41), "{fault:?}");
    assert!(fault.error.contains("opened"));
}

#[test]
fn what_heads_a_matter_in_lists_is_a_text_of_its_own() {
    let with = |line: &str| format!("basis = \"规定\"\n{line}");
    let unknown = fault("basis = \"规定\"", &with("subject = \"words\""));
    assert!(unknown.error.contains("words"), "{unknown:?}");
    assert_eq!(fault("basis = \"规定\"", &with("series = \"甲\"")).rule, "subject", "numbered, and headed by nothing");
    assert_eq!(faults_of(&[&SOUND.replacen("basis = \"规定\"", &with("subject = \"text\"\nseries = \"甲\""), 1)]), []);
    let sealed = SOUND.replacen("kind = \"text\"", "kind = \"phone\"", 1);
    let faults = faults_of(&[&sealed.replacen("basis = \"规定\"", &with("subject = \"text\""), 1)]);
    assert!(faults.iter().any(|fault| fault.rule == "subject"), "a telephone number heads nothing: {faults:?}");
}

#[test]
fn dates_depend_on_the_fact_the_category_or_the_time_of_the_act() {
    let of = |text: &str| {
        let procedure = Procedure::parse("procedures/small.toml", text).expect("readable");
        let step = procedure.step("file").expect("there").clone();
        procedure.dated_by(&step).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(of(SOUND), ["at"]);
    let day = "starts_on = \"text\"\nstops = [\"reply\"]";
    assert_eq!(of(&SOUND.replacen("stops = [\"reply\"]", day, 1)), ["text"]);
    let chosen = SOUND.replacen("limit = \"small.reply\"", "limit_by = \"category\"", 1);
    assert_eq!(of(&chosen.replacen("needs = [\"text\"]", "needs = [\"text\", \"category\"]", 1)), ["at", "category"]);
    assert!(of(&SOUND.replacen("starts = [\"file\"]", "starts = [\"reply\"]", 1)).is_empty(), "starts nothing");
}

#[test]
fn unknown_elements_limits_and_templates_are_found() {
    assert!(fault("needs = [\"text\"]", "needs = [\"text\", \"reason\"]").error.contains("reason"));
    assert!(fault("limit = \"small.reply\"", "limit = \"small.answer\"").error.contains("small.answer"));
    let paper = "[[paper]]\nid = \"a\"\nlabel = \"告知书\"\ntemplate = \"none\"\nseries = \"告\"\n\n[[step]]\nid = \"reply\"\nissues = [\"a\"]";
    assert_eq!(fault("[[step]]\nid = \"reply\"", paper).rule, "missing paper");
}

#[test]
fn a_step_without_article_or_without_words_for_the_citizen_is_found() {
    assert_eq!(fault("cite = \"规定第二条\"", "cite = \"\"").rule, "citation");
    assert_eq!(fault("party = \"您提交了\"\n", "").rule, "words");
}

#[test]
fn a_step_that_nobody_performs_is_found() {
    let fault = fault("by = [\"handler\"]", "by = [\"system\"]");
    assert_eq!((fault.rule.as_str(), fault.name.as_str()), ("nobody", "reply"));
}

#[test]
fn a_clock_that_a_path_never_stops_is_told_with_the_path() {
    let drop = "[[step]]\nid = \"drop\"\nlabel = \"撤回\"\nparty = \"撤回\"\nby = [\"party\"]\nfrom = [\"open\"]\nto = \"done\"\ncite = \"规定\"\n\n[[step]]\nid = \"reply\"";
    let fault = fault("[[step]]\nid = \"reply\"", drop);
    assert_eq!((fault.rule.as_str(), fault.name.as_str()), ("never stopped", "reply"));
    assert_eq!(fault.path, "file → drop");
}

#[test]
fn a_duty_that_nothing_fulfils_is_a_dead_end() {
    let broken = SOUND
        .replace("stops = [\"reply\"]", "stops = []")
        .replace("to = \"done\"", "to = \"done\"\nneeds_stopped = [\"reply\"]");
    let faults = faults_of(&[&broken]);
    let dead = faults.iter().find(|fault| fault.rule == "dead end").expect("a dead end");
    assert!(dead.error.contains("reply") && dead.path == "file", "{dead:?}");
}

#[test]
fn unreachable_and_dead_states_are_found() {
    let lost =
        "[[state]]\nid = \"lost\"\nlabel = \"无\"\nphase = \"open\"\nparty = \"无\"\n\n[[element]]\nid = \"text\"";
    let found = fault("[[element]]\nid = \"text\"", lost);
    assert_eq!((found.rule.as_str(), found.name.as_str()), ("unreachable", "lost"));
    let dead = faults_of(&[&SOUND.replace("phase = \"closed\"", "phase = \"waiting\"")]);
    let names: Vec<(&str, &str)> = dead.iter().map(|fault| (fault.rule.as_str(), fault.name.as_str())).collect();
    assert_eq!(names, [("dead end", "open"), ("dead end", "done")]);
}

#[test]
fn a_child_left_open_at_the_end_is_found() {
    let parent = SOUND
        .replace("id = \"reply\"\nlabel = \"答复\"\nby", "id = \"ask\"\nlabel = \"请协办\"\nby = [\"handler\"]\nfrom = [\"open\"]\nopens = \"help\"\ncite = \"规定\"\n\n[[step]]\nid = \"reply\"\nlabel = \"答复\"\nby")
        + "\n[[child]]\nid = \"help\"\nlabel = \"协办\"\nprocedure = \"helper\"\nopening = \"file\"\nends = \"stop\"\n";
    let helper = SOUND
        .replace("id = \"small\"", "id = \"helper\"")
        .replace("by = [\"party\"]", "by = [\"system\"]")
        .replace("needs = [\"text\"]", "takes = [\"text\"]")
        .replace("stops = [\"reply\"]", "stops = [\"reply\", \"stop\"]")
        + "\n[[step]]\nid = \"stop\"\nlabel = \"停\"\nby = [\"system\"]\nfrom = [\"open\"]\nto = \"done\"\ncite = \"规定\"\n";
    let faults = faults_of(&[&parent, &helper]);
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert_eq!((faults[0].rule.as_str(), faults[0].path.as_str()), ("never closed", "file → ask → reply"));
}

#[test]
fn two_versions_for_one_day_are_found() {
    let later = SOUND.replace("version = \"1\"", "version = \"2\"").replace("2000-01-01", "2010-01-01");
    let faults = faults_of(&[SOUND, &later]);
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert_eq!((faults[0].rule.as_str(), faults[0].path.as_str()), ("versions", "1 → 2"));
}

#[test]
fn an_unknown_word_is_refused_at_its_line() {
    let broken = SOUND.replace("phase = \"closed\"", "phase = \"ended\"");
    let fault = Procedure::parse("procedures/small.toml", &broken).expect_err("a closed vocabulary");
    assert_eq!((fault.rule.as_str(), fault.line), ("form", Some(16)));
}

#[test]
fn comments_do_not_change_the_hash_and_words_do() {
    let hash = |text: &str| Procedure::parse("small.toml", text).expect("readable").hash();
    assert_eq!(hash(SOUND), hash(&format!("# 说明\n{SOUND}")));
    assert_ne!(hash(SOUND), hash(&SOUND.replace("您提交了", "您已提交")));
}
