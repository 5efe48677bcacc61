//! Message to the body (P14, P15): start page and the two question pages.

use super::Aside;
use super::ask::Ask;
use super::filing::{FormPage, Part};
use super::{flow, frame};
use crate::Site;
use crate::component::{Choice, Choices, Field, Link, Steps, Text};
use crate::page;
use crate::page::Shell;
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use std::sync::Arc;

/// Names of the pages of a message.
pub const STEPS: [&str; 5] = ["选择种类", "说什么事", "您的信息", "核对", "回执"];
/// Name of the form.
pub const FLOW: &str = "写信投诉";
/// Elements asked on each of the two question pages.
pub const PAGES: [&[&str]; 2] =
    [&["category", "title", "text", "place", "wish"], &["name", "phone", "email", "address", "public"]];
/// Whether the reply may be published: value, words, what it means.
pub const PUBLIC: [(&str, &str, &str); 2] =
    [("open", "可以公开", "姓名、电话、住址都会隐去，只留事情和答复"), ("closed", "不公开", "只有您和经办人能看到")];

/// A kind of message with what it is for and how soon it is answered.
#[derive(Clone, Debug, Default)]
pub struct Kind {
    /// Where it leads and its name.
    pub link: Link,
    /// What it is for, and how soon.
    pub note: Text,
}

/// The start page.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/message_start.html")]
pub struct MessageStart {
    /// Frame.
    pub shell: Shell,
    /// Kinds of messages, as the rulebook has them.
    pub kinds: Vec<Kind>,
    /// Beside the text.
    pub aside: Vec<Aside>,
}

/// The heading and bar of page `current` (from 1).
pub fn steps(title: &'static str, current: usize) -> Steps {
    let names = STEPS.map(Text::from).to_vec();
    Steps { flow: FLOW.into(), title: title.into(), names, current }
}

/// Second page: what it is about.
pub fn what(shell: Shell, ask: &Ask) -> FormPage {
    let title = ask.field("title", "一句话说是什么事").map(|field| {
        let field = field.hint("例如：望潮路幼儿园门口能不能设临时停车位。不写的，我们取内容的开头");
        Field { suggest: "/similar".into(), ..field }
    });
    let text = ask
        .field("text", "把事情说清楚")
        .map(|field| field.hint("什么时候、在哪里、发生了什么、希望怎样解决。不要写别人的身份证号、住址等个人信息"));
    let place = ask.field("place", "地点").map(|field| field.hint("路名、门牌、小区或者附近的标志"));
    let wish = ask.field("wish", "希望哪个单位办理").map(|field| field.hint("不知道就不选，我们来转"));
    let kind = ask.categories("这是").map(Part::from);
    let fields = [title, text, place, wish].into_iter().flatten().map(Part::from);
    FormPage {
        steps: Some(steps("说什么事", 2)),
        action: "/message/what".into(),
        parts: kind.into_iter().chain(fields).collect(),
        submit: "保存并继续".into(),
        back: Link::new("/message", "返回上一步"),
        aside: vec![
            Aside::new("一信一事", ["有几件事，请分几封写。不同的单位可以同时办，您也好分别查进度。"]),
            Aside::new("写到一半要离开", ["保存过的内容为您保留24小时，用同一个浏览器打开就能接着写。"]),
        ],
        errors: ask.errors.clone(),
        shell,
        ..FormPage::default()
    }
}

/// Third page: who writes and whether the reply may be public.
pub fn you(shell: Shell, ask: &Ask) -> FormPage {
    let name = ask
        .field("name", "怎样称呼您")
        .map(|field| field.hint("写真实姓名，办理时便于核实；代别人写的，请在正文里说明"));
    let public = ask.takes("public").then(|| {
        let chosen = match ask.typed("public") {
            "" => "closed",
            typed => typed,
        };
        let options = PUBLIC.map(|(value, label, note)| Choice::new(value, label).note(note).chosen_if(chosen));
        Choices::one("public", "答复能不能公开", options.into())
            .hint("公开了，遇到同样问题的人就能直接看到。公开后也可以随时要求撤下")
            .error(ask.errors.at("public"))
    });
    let contact = ask.contact("办理中要核实情况、告诉您结果");
    FormPage {
        steps: Some(steps("您的信息", 3)),
        action: "/message/you".into(),
        parts: [name.map(Part::from), Some(contact.into()), public.map(Part::from)].into_iter().flatten().collect(),
        submit: "保存并继续".into(),
        back: Link::new("/message/what", "返回上一步"),
        aside: vec![Aside::new("个人信息", ["只用于办理这件事，经办人查看会留下记录。"]).link("/privacy", "隐私说明")],
        errors: ask.errors.clone(),
        shell,
        ..FormPage::default()
    }
}

/// The start page: the kinds of messages that the rulebook knows.
pub async fn start(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    let ground = flow::Ground::of(&site, &visit, <flow::Message as flow::Flow>::FORM).await?;
    let kind = |category: &matter::procedure::Category| {
        let soon = category.limit.as_deref().and_then(|id| flow::amount(&site, id));
        let soon = soon.map(|amount| format!("{amount}内答复"));
        let note = [category.hint.clone(), soon].into_iter().flatten().collect::<Vec<_>>().join("。");
        Kind {
            link: Link::new(format!("/message/what?category={}", category.id), category.label.clone()),
            note: note.into(),
        }
    };
    let open = ground.procedure.categories.iter().filter(|category| !category.import_only);
    let kinds = open.map(kind).collect();
    let page = MessageStart { shell: frame::shell(&site, &visit, FLOW, "/message"), kinds, aside: Vec::new() };
    Ok(page::render(&page, &page.shell))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::portal::sample::{HOSTILE, Samples, asked, shell};

    fn at(title: &'static str, path: &str) -> Shell {
        let crumbs = if path == "/message" { vec![] } else { vec![Link::new("/message", FLOW)] };
        Shell { path: path.into(), section: "/message".into(), crumbs, ..shell(title) }
    }

    pub(crate) fn samples(out: &mut Samples) {
        let kind = |href, text, note| Kind { link: Link::new(href, text), note };
        out.add(
            "message-start",
            &MessageStart {
                shell: at(FLOW, "/message"),
                kinds: vec![
                    kind("/message/what?category=consult", "咨询", "问政策、问办事。5个工作日内答复".into()),
                    kind("/message/what?category=complaint", "投诉", "有人没管好、没办好。15个工作日内答复".into()),
                    kind("/message/what?category=suggestion", "建议", "希望改进工作。15个工作日内答复".into()),
                    kind("/message/what?category=help", "求助", "遇到困难，需要帮忙。15个工作日内答复".into()),
                ],
                aside: vec![],
            },
        );
        let page = |answers: &[(&str, &str)], failed: bool, number: usize| {
            asked("message", answers, |ask| {
                let errors = if failed { ask.check(PAGES[number]) } else { ask.errors.clone() };
                let ask = Ask { errors: &errors, ..ask };
                let shell = |title, path| Shell { failed, ..at(title, path) };
                if number == 0 {
                    what(shell("说什么事", "/message/what"), &ask)
                } else {
                    you(shell("您的信息", "/message/you"), &ask)
                }
            })
        };
        out.add("message-what", &page(&[("category", "complaint")], false, 0));
        out.add(
            "message-what-error",
            &page(&[("category", "complaint"), ("title", &"夜间施工噪声".repeat(9)), ("place", HOSTILE)], true, 0),
        );
        out.add("message-you", &page(&[], false, 1));
        out.add("message-you-error", &page(&[("phone", "1380000000"), ("email", HOSTILE)], true, 1));
    }

    #[test]
    fn what_is_wrong_is_said_at_each_field() {
        asked("message", &[("title", &"噪".repeat(51))], |ask| {
            let errors = ask.check(PAGES[0]);
            let fields: Vec<&str> = errors.problems.iter().map(|problem| problem.field.as_ref()).collect();
            assert_eq!(fields, ["category", "title", "text"]);
            assert!(errors.at("title").contains("现为51字"), "{}", errors.at("title"));
        });
    }
}
