//! D6: the form of one step, with what follows from it before it is confirmed; and the page that
//! shows what somebody else did in between.

use super::{
    parts::{Ahead, Fields},
    shell::Shell,
};
use crate::component::{Fact, Guard, Lamp, Text};
use askama::Template;

/// The form of a step, made from the elements that the procedure asks for.
#[derive(Template)]
#[template(path = "desk/step.html")]
pub struct StepPage {
    /// The frame.
    pub shell: Shell,
    /// The matter the step belongs to.
    pub of: Of,
    /// Name of the step.
    pub label: String,
    /// Where the form goes.
    pub action: String,
    /// Token, key, the number of the last event seen, the decision chosen before.
    pub guard: Guard,
    /// Elements of the step.
    pub fields: Fields,
    /// What follows: due dates, state, papers, notices, approvals.
    pub then: Ahead,
    /// Why it cannot be taken, or was not.
    pub barred: Vec<String>,
    /// It can be taken now; else the button is left out.
    pub able: bool,
    /// Words of the button: 确认签收, 送审.
    pub button: String,
    /// The step has no way back except a documented one.
    pub last_word: Text,
}

/// The matter a form belongs to, for its head.
#[derive(Clone, Debug, Default)]
pub struct Of {
    /// Address of the matter.
    pub href: String,
    /// Number.
    pub number: String,
    /// Title.
    pub title: String,
    /// Its lamp.
    pub lamp: Lamp,
    /// One line about its clock: 答复 剩6个工作日·12月4日.
    pub clock: String,
}

/// Shown instead of overwriting: what happened since the form was opened, and what was typed.
#[derive(Template)]
#[template(path = "desk/conflict.html")]
pub struct ConflictPage {
    /// The frame.
    pub shell: Shell,
    /// The matter.
    pub of: Of,
    /// Name of the step that was not done.
    pub label: String,
    /// Steps done in between: when, who, what.
    pub since: Vec<Fact>,
    /// What the officer typed, kept.
    pub typed: Vec<Difference>,
    /// Files, which a browser does not keep, to be chosen again.
    pub files: Fields,
    /// Where the form goes again.
    pub action: String,
    /// Token, key, the number of events now.
    pub guard: Guard,
}

/// One element: as it is now and as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Difference {
    /// Name in the form.
    pub name: String,
    /// Its label.
    pub label: String,
    /// As it stands in the matter now; empty where it has no value.
    pub now: String,
    /// As typed.
    pub mine: String,
    /// A choice in words, carried along as it is; empty for what can be typed over.
    pub words: String,
    /// Text of several lines.
    pub long: bool,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::{
        parts::{Cell, guard},
        sample::{HOSTILE, check, coming},
        shell::tests::sample,
    };
    use super::*;
    use crate::component::{Choice, Choices, Field, Input, LampKind};

    pub(crate) fn of() -> Of {
        Of {
            href: "/desk/m/417".into(),
            number: "晴办2026-000417".into(),
            title: "望潮路夜间施工噪声扰民，多次反映未解决".into(),
            lamp: Lamp::new(LampKind::Green, "正常"),
            clock: "答复　剩6个工作日　2026-12-04（周五）".into(),
        }
    }

    fn page(barred: Vec<String>, reason: &str, error: &'static str) -> StepPage {
        StepPage {
            shell: sample(""),
            of: of(),
            label: "延长答复期限".into(),
            action: "/desk/m/417/step/extend".into(),
            guard: guard("t", "k"),
            fields: Fields {
                cells: vec![
                    Cell::Choices(
                        12,
                        Choices::one(
                            "days",
                            "延长",
                            vec![Choice::new("10", "10个工作日"), Choice::new("20", "20个工作日").chosen_if("20")],
                        ),
                    ),
                    Cell::Field(
                        12,
                        Field::new("reason", "延长的理由", reason)
                            .input(Input::Area(4))
                            .max(500)
                            .hint("告知书里会写明这段理由。")
                            .error(error),
                    ),
                ],
            },
            then: coming(),
            able: barred.is_empty(),
            barred,
            button: "送审".into(),
            last_word: "延期告知以后不能再次延期。".into(),
        }
    }

    #[test]
    fn a_step_shows_what_follows_before_it_is_confirmed() {
        let html = check("step", &page(vec![], "", ""));
        let (date, button) = (html.find("2027-01-05"), html.find(">送审"));
        assert!(date.is_some() && date < button, "the date stands before the button");
        let html = check("step_error", &page(vec![], HOSTILE, "请写明延长的理由，告知书里要用。"));
        assert!(!html.contains("<script>alert") && html.contains("错误："));
        let html = check(
            "step_barred",
            &page(
                vec![
                    "已经延长过一次。".into(),
                    "依据：《政府信息公开条例》第三十三条第二款。请在原期限内答复。".into(),
                ],
                "",
                "",
            ),
        );
        assert!(!html.contains(">送审"));
    }

    #[test]
    fn a_conflict_keeps_what_was_typed() {
        let page = ConflictPage {
            shell: sample(""),
            of: of(),
            label: "答复".into(),
            since: vec![Fact::new("2026-11-22 10:31", "补充　反映人补充了材料")],
            typed: vec![
                Difference {
                    name: "reply".into(),
                    label: "答复".into(),
                    now: "请补充具体时段。".into(),
                    mine: HOSTILE.into(),
                    long: true,
                    ..Difference::default()
                },
                Difference {
                    name: "unit".into(),
                    label: "承办单位".into(),
                    mine: "7".into(),
                    words: "区住建局".into(),
                    ..Difference::default()
                },
            ],
            files: Fields::default(),
            action: "/desk/m/417/step/reply".into(),
            guard: guard("t", "k"),
        };
        let html = check("conflict", &page);
        assert!(html.contains("alert(1)") && !html.contains("<script>alert"));
        assert!(html.contains("type=\"hidden\" name=\"unit\" value=\"7\"") && html.contains("区住建局"));
    }
}
