//! D7: writing a reply with the question beside it.

use super::{
    matter::Turn,
    parts::{Ahead, Fields},
    shell::Shell,
    step::Of,
};
use crate::component::{ErrorSummary, Guard, Link};
use askama::Template;
use matter::wording::{Wording, Wordings};

/// The editor of one long text: left what was asked, right what is answered.
#[derive(Template)]
#[template(path = "desk/reply.html")]
pub struct ReplyPage {
    /// The frame.
    pub shell: Shell,
    /// The matter.
    pub of: Of,
    /// Name of the step: 答复.
    pub label: String,
    /// Where the form goes.
    pub action: String,
    /// Token, key, the number of the last event seen, the decision chosen before.
    pub guard: Guard,
    /// What each side wrote so far.
    pub turns: Vec<Turn>,
    /// Templates of this kind of reply: real links that fill the text.
    pub templates: Vec<ReplyTemplate>,
    /// Sentences often used.
    pub phrases: Vec<String>,
    /// Name of the text in the form.
    pub name: String,
    /// Its label.
    pub text_label: String,
    /// The text.
    pub text: String,
    /// Most characters.
    pub max: u32,
    /// What is wrong with the text.
    pub error: String,
    /// Why the step was not done, besides what is wrong with fields.
    pub barred: Vec<String>,
    /// The other elements of the step.
    pub fields: Fields,
    /// What follows from sending.
    pub then: Ahead,
    /// Words of the button: 送审 or 发送.
    pub button: String,
    /// Published replies to similar questions.
    pub similar: Vec<Link>,
}

/// A template of a reply.
#[derive(Clone, Debug, Default)]
pub struct ReplyTemplate {
    /// Fills the text with it.
    pub link: Link,
    /// It stands in the text now.
    pub here: bool,
}

/// The outlines that suit as links on the page of the form at `action`, the phrases that suit, and
/// the text of the chosen outline.
pub fn wordings(
    all: Option<&Wordings>,
    action: &str,
    category: Option<&str>,
    decision: Option<&str>,
    chosen: Option<usize>,
) -> (Vec<ReplyTemplate>, Vec<String>, Option<String>) {
    let suits = |one: &&Wording| one.suits(category, decision);
    let outlines: Vec<&Wording> = all.map_or(&[][..], |all| &all.outlines).iter().filter(suits).collect();
    let kept = decision.map(|code| format!("decision={}&", crate::lang::query_value(code))).unwrap_or_default();
    let link = |(i, one): (usize, &&Wording)| ReplyTemplate {
        link: Link::new(format!("{action}?{kept}template={i}"), one.label.clone()),
        here: chosen == Some(i),
    };
    let text = chosen.and_then(|i| outlines.get(i)).map(|one| one.text.clone());
    let phrases = all.map_or(&[][..], |all| &all.phrases).iter().filter(suits).map(|one| one.text.clone());
    (outlines.iter().enumerate().map(link).collect(), phrases.collect(), text)
}

impl ReplyPage {
    /// The list of what is wrong.
    fn errors(&self) -> ErrorSummary {
        let mut errors = ErrorSummary::default();
        if !self.error.is_empty() {
            errors.add(self.name.clone(), self.error.clone());
        }
        errors.problems.extend(self.fields.errors().problems);
        errors
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        parts::{Cell, guard},
        sample::{HOSTILE, check, coming},
        shell::tests::sample,
        step::tests::of,
    };
    use super::*;
    use crate::component::{Choice, Choices};

    fn page(text: &str, error: &str) -> ReplyPage {
        let template = |text: &'static str, here| ReplyTemplate { link: Link::new("?template=x", text), here };
        ReplyPage {
            shell: sample(""),
            of: of(),
            label: "答复".into(),
            action: "/desk/m/417/step/reply".into(),
            guard: guard("t", "k"),
            turns: vec![
                Turn { ours: false, who: "反映人".into(), when: "2026-11-13 09:12".into(), text: "望潮路与海棠街交叉口工地连续一周夜里十一点以后还在施工，噪声很大，家里有老人和孩子，无法休息。\n请查一查他们有没有夜间施工许可，给一个长久的办法。".into() },
                Turn { ours: true, who: "区住建局".into(), when: "2026-11-16 15:20".into(), text: "请补充听到噪声的具体日期和时段。".into() },
            ],
            templates: vec![template("一般答复", true), template("正在办理", false), template("解释说明", false)],
            phrases: vec!["您反映的问题收悉，现答复如下：".into(), "如对答复不满意，可以在15日内提出，我们将重新办理一次。".into(), "感谢您对我们工作的监督和支持。".into()],
            name: "reply".into(),
            text_label: "答复".into(),
            text: text.into(),
            max: 5000,
            error: error.into(),
            barred: Vec::new(),
            fields: Fields { cells: vec![Cell::Choices(12, Choices::one("public", "建议公开", vec![Choice::new("yes", "公开，隐去个人信息").chosen_if("yes"), Choice::new("no", "不公开")]))] },
            then: coming(),
            button: "送审".into(),
            similar: vec![Link::new("/replies/1", "海棠街工地夜间施工噪声（区住建局，9个工作日）")],
        }
    }

    #[test]
    fn the_editor_keeps_the_text_and_names_the_error() {
        let text = "您好！您反映的问题收悉，现答复如下：\n　　一、经查，该工地11月8日、9日、11日夜间浇筑混凝土，未办理夜间施工许可，区城管局已立案。\n　　二、我局已约谈施工单位，要求22:00至次日6:00停止产生噪声的作业，并在工地入口公示联系人和电话。\n　　三、今后需要连续浇筑的，须提前公告附近居民。\n　　承办人：住建局建管科，电话（0000）5550 0266。";
        let html = check("reply", &page(text, ""));
        assert!(html.contains("data-max=\"5000\"") && html.contains("立案"));
        let html = check("reply_error", &page(HOSTILE, "答复不能空着，请写明办理情况和结果。"));
        assert!(html.contains("href=\"#reply\"") && !html.contains("<script>alert"));
    }
}
