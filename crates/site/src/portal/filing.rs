//! Question pages and the check page, for everything that citizens fill in.

use super::Aside;
use super::ask::Ask;
use crate::component::{
    Choices, ErrorSummary, Fact, Facts, Field, Group, Guard, Input, Link, Notice, Rows, Steps, Text,
};
use crate::page::Shell;
use askama::Template;

/// One part of a question page.
#[derive(Clone, Debug)]
pub enum Part {
    /// One question.
    Field(Field),
    /// One question with options.
    Choices(Choices),
    /// Several fields that answer one question.
    Group(Group),
    /// Something to know here.
    Notice(Notice),
}

impl From<Field> for Part {
    fn from(field: Field) -> Self {
        Self::Field(field)
    }
}

impl From<Choices> for Part {
    fn from(choices: Choices) -> Self {
        Self::Choices(choices)
    }
}

impl From<Group> for Part {
    fn from(group: Group) -> Self {
        Self::Group(group)
    }
}

/// A page that asks.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/form.html")]
pub struct FormPage {
    /// Frame.
    pub shell: Shell,
    /// Where in a longer form this page stands; alone it has none.
    pub steps: Option<Steps>,
    /// What was wrong with the answers sent.
    pub errors: ErrorSummary,
    /// One sentence under the heading, or empty.
    pub lede: Text,
    /// Where the answers go.
    pub action: Text,
    /// Files go with it.
    pub multipart: bool,
    /// Hidden fields.
    pub guard: Guard,
    /// The questions.
    pub parts: Vec<Part>,
    /// Words of the button.
    pub submit: Text,
    /// The way back.
    pub back: Link,
    /// Beside the form.
    pub aside: Vec<Aside>,
}

/// Everything once more before it is sent (P16).
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/check.html")]
pub struct CheckPage {
    /// Frame.
    pub shell: Shell,
    /// Where the form stands.
    pub steps: Steps,
    /// What was wrong.
    pub errors: ErrorSummary,
    /// Headed lists of answers, each with its way to change it.
    pub groups: Vec<(Text, Facts)>,
    /// Published replies to similar questions.
    pub similar: Rows,
    /// Where it goes.
    pub action: Text,
    /// Hidden fields, the answers among them: what is sent is what is shown.
    pub guard: Guard,
    /// Files to send along; none where the step takes none.
    pub files: Option<Field>,
    /// Who receives it and what it is used for.
    pub promise: Notice,
    /// Words of the button.
    pub submit: Text,
    /// The way back.
    pub back: Link,
    /// Beside the list.
    pub aside: Vec<Aside>,
}

/// The field for files; a file that cannot be taken never stops a filing.
pub fn files_field(ask: &Ask) -> Option<Field> {
    let field = ask.field("files", "照片和文件")?;
    let most = ask.procedure.element("files").and_then(|element| element.max).unwrap_or(10);
    Some(field.hint(format!(
        "最多{most}个，每个不超过20 MB；照片、PDF、Word、Excel都可以。照片里的拍摄地点会自动去掉。个别文件收不下的，不影响提交，会告诉您是哪一个、为什么"
    )))
}

/// The answers to these elements as facts, each leading to the page where it can be changed.
pub fn facts(ask: &Ask, ids: &[&'static str], page: &str) -> Facts {
    let fact = |id: &&'static str| {
        let typed = ask.typed(id);
        let change = format!("{page}#{id}");
        let key = matter::label(ask.procedure, id).to_owned();
        let element = ask.procedure.element(id);
        if typed.is_empty() {
            let made = element.and_then(|element| element.first_words_of.as_deref()).map(|source| ask.typed(source));
            return match made.map(matter::first_words).filter(|words| !words.is_empty()) {
                Some(words) => Fact::typed(key, format!("{words}（取自内容开头）")).change(change),
                None => Fact::new(key, "没有填写").change(change),
            };
        }
        let options = match (*id, element) {
            ("category", _) => ask.categories("").map(|choices| choices.options).unwrap_or_default(),
            ("public", _) => {
                super::message::PUBLIC.map(|(value, label, _)| crate::component::Choice::new(value, label)).into()
            }
            (_, Some(element)) => match ask.plain(element).input {
                Input::Select(options) => options,
                _ => Vec::new(),
            },
            (_, None) => Vec::new(),
        };
        match options.into_iter().find(|option| option.value == typed) {
            Some(option) => Fact::new(key, option.label).change(change),
            None => Fact::typed(key, typed.to_owned()).change(change),
        }
    };
    Facts { facts: ids.iter().filter(|id| ask.takes(id)).map(fact).collect() }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::component::Row;
    use crate::portal::message;
    use crate::portal::sample::{HOSTILE, Samples, asked, shell};

    fn check(title: &'static str, typed: &str) -> CheckPage {
        asked(
            "message",
            &[
                ("category", "complaint"),
                ("title", title),
                ("text", typed),
                ("name", "申某某"),
                ("phone", "13800000000"),
                ("public", "open"),
                ("wish", "3"),
            ],
            |ask| CheckPage {
                shell: Shell {
                    section: "/message".into(),
                    crumbs: vec![Link::new("/message", message::FLOW)],
                    path: "/message/check".into(),
                    ..shell("核对")
                },
                steps: message::steps("请核对，然后提交", 4),
                groups: vec![
                    ("事情".into(), facts(&ask, message::PAGES[0], "/message/what")),
                    ("您的信息".into(), facts(&ask, message::PAGES[1], "/message/you")),
                ],
                similar: Rows {
                    rows: vec![Row {
                        link: Link::new("/replies/1", title),
                        date: "2026-11-19".into(),
                        notes: vec!["区城市管理局".into()],
                        excerpt: Text::default(),
                        ..Row::default()
                    }],
                    long: false,
                },
                action: "/message/check".into(),
                files: files_field(&ask),
                promise: Notice {
                    texts: vec!["提交后由区政府办公室总收，转给管这件事的单位，15个工作日内答复您。".into()],
                    ..Notice::default()
                },
                submit: "提交".into(),
                back: Link::new("/message/you", "返回上一步"),
                ..CheckPage::default()
            },
        )
    }

    pub(crate) fn samples(out: &mut Samples) {
        out.add("check", &check("晴湾大道西段夜间施工噪声", "夜里十二点以后还在破路，声音很大。\n希望管一管。"));
        let mut hostile = check(HOSTILE, &HOSTILE.repeat(30));
        hostile.similar = Rows::default();
        hostile.errors.add("files", "一次最多10个文件，现在是12个，请分几次补充");
        hostile.shell.failed = true;
        out.add("check-error", &hostile);
    }

    #[test]
    fn codes_are_shown_as_words() {
        let page = check("晴湾大道西段夜间施工噪声", "x");
        let texts: Vec<&str> =
            page.groups.iter().flat_map(|(_, facts)| &facts.facts).map(|fact| fact.text.as_ref()).collect();
        assert!(texts.contains(&"投诉") && texts.contains(&"区民政局") && texts.contains(&"没有填写"), "{texts:?}");
        assert!(!texts.contains(&"complaint") && !texts.contains(&"open"), "{texts:?}");
    }
}
