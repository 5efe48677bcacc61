//! Application for information (P12, P13): start page and the two question pages.

use super::Aside;
use super::ask::Ask;
use super::filing::{FormPage, Part};
use super::{flow, frame};
use crate::Site;
use crate::component::Fact;
use crate::component::{Facts, Field, Link, Reason, Steps, Text};
use crate::page;
use crate::page::Shell;
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use std::sync::Arc;

/// Names of the pages of an application.
pub const STEPS: [&str; 5] = ["办前须知", "要什么信息", "您的信息", "核对", "回执"];
/// Name of the form.
pub const FLOW: &str = "依申请公开";
/// Elements asked on each of the two question pages.
pub const PAGES: [&[&str]; 2] = [
    &["content", "purpose", "form"],
    &["applicant_kind", "name", "id_kind", "id_number", "phone", "email", "address", "get_by"],
];

/// The start page.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/foi_start.html")]
pub struct FoiStart {
    /// Frame.
    pub shell: Shell,
    /// How long it takes, in steps with their articles.
    pub promises: Vec<Reason>,
    /// Ways to apply: online, by letter, at the counter, by fax.
    pub ways: Facts,
    /// Beside the text.
    pub aside: Vec<Aside>,
}

/// The heading and bar of page `current` (from 1).
pub fn steps(title: &'static str, current: usize) -> Steps {
    let names = STEPS.map(Text::from).to_vec();
    Steps { flow: FLOW.into(), title: title.into(), names, current }
}

/// Second page: what information.
pub fn what(shell: Shell, ask: &Ask) -> FormPage {
    let content = ask
        .field("content", "您要什么信息")
        .map(|field| field.hint("写清名称、文号、年份、地点或者事项，够我们找到就行。一次写一类信息，答复更快"));
    let purpose =
        ask.field("purpose", "您打算怎样使用").map(|field| field.hint("不写不影响申请。写了有助于我们找得更准"));
    let form = ask.field("form", "希望要什么样的");
    FormPage {
        steps: Some(steps("您要什么信息", 2)),
        action: "/foi/what".into(),
        parts: [content, purpose, form].into_iter().flatten().map(Part::from).collect(),
        submit: "保存并继续".into(),
        back: Link::new("/foi", "返回上一步"),
        aside: vec![Aside::new(
            "怎样写得明白",
            [
                "“望潮路12号地块老年助餐点的租赁协议”比“关于助餐的所有材料”好找。",
                "写得不够明确也能提交，我们会在7个工作日内一次告诉您补什么（《条例》第三十条）。",
            ],
        )],
        errors: ask.errors.clone(),
        shell,
        ..FormPage::default()
    }
}

/// Third page: who applies and how to reach them.
pub fn you(shell: Shell, ask: &Ask) -> FormPage {
    let kind = ask.field("applicant_kind", "您以什么身份申请");
    let name =
        ask.field("name", "姓名或者单位名称").map(|field| field.hint("与证件上的一致；外文名、姓名中的“·”可以照写"));
    let id_kind = ask.field("id_kind", "证件种类");
    let id = ask.field("id_number", "证件号码").map(|field| {
        let field = field
            .close()
            .hint("现在不填也能提交。身份证明缺少的，我们会在7个工作日内一次告诉您补交（《条例》第三十条）");
        Field { optional: "可以稍后补交".into(), ..field }
    });
    let contact = ask.contact("查询码和答复通知都发到这里，不作其他用途");
    let get_by = ask.radios("get_by", "希望怎样收到答复");
    let parts = [
        kind.map(Part::from),
        name.map(Part::from),
        id_kind.map(Part::from),
        id.map(Part::from),
        Some(contact.into()),
        get_by.map(Part::from),
    ];
    FormPage {
        steps: Some(steps("您的信息", 3)),
        action: "/foi/you".into(),
        parts: parts.into_iter().flatten().collect(),
        submit: "保存并继续".into(),
        back: Link::new("/foi/what", "返回上一步"),
        aside: vec![
            Aside::new(
                "答复时间",
                [
                    "自双方确认之日起20个工作日内答复；需要延长的，最多延长20个工作日，并告知理由（《条例》第三十三条）。",
                ],
            ),
            Aside::new("个人信息", ["只用于办理这次申请，经办人查看会留下记录。"]).link("/privacy", "隐私说明"),
        ],
        errors: ask.errors.clone(),
        shell,
        ..FormPage::default()
    }
}

/// The start page.
pub async fn start(State(site): State<Arc<Site>>, visit: Visit) -> Response {
    let shell = frame::shell(&site, &visit, "申请公开", "/foi");
    let amount = |id: &str| flow::amount(&site, id).unwrap_or_default();
    let reason = |text: String, law: &'static str| Reason { text: text.into(), law: law.into() };
    let promises = vec![
        reason(
            format!("网上提交的，我们最迟在{}内与您确认；双方确认之日就是收到申请之日。", amount("foi.confirm")),
            "《政府信息公开条例》第三十一条第三项",
        ),
        reason(
            format!("写得不够明确的，自收到申请之日起{}内一次告诉您补什么。", amount("foi.correct")),
            "《条例》第三十条",
        ),
        reason(
            format!(
                "能当场答复的当场答复；不能的，自收到申请之日起{}内答复。需要延长的，告诉您理由，最多再延长同样的时间。",
                amount("foi.reply")
            ),
            "《条例》第三十三条第二款",
        ),
        reason("征求第三方和其他机关意见的时间不计算在内，届时会告诉您。".to_owned(), "《条例》第三十三条第三款"),
    ];
    let place = format!("{}，信封上注明“政府信息公开申请”", shell.body.address);
    let counter = format!("{}，{}", shell.body.address, shell.body.hours);
    let facts = vec![
        Fact::new("网上", "在本页点“开始申请”"),
        Fact::new("邮寄", place),
        Fact::new("当面", counter),
        Fact::new("传真", format!("请先打电话{}问传真号码，传真后来电确认", shell.body.phone)),
    ];
    let page = FoiStart { promises, ways: Facts { facts }, aside: Vec::new(), shell };
    page::render(&page, &page.shell)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::component::Fact;
    use crate::portal::sample::{HOSTILE, Samples, asked, shell};

    pub(crate) fn samples(out: &mut Samples) {
        let reason = |text, law| Reason { text, law };
        let at = |title: &'static str, path: &str| Shell {
            path: path.into(),
            section: "/foi".into(),
            crumbs: if path == "/foi" { vec![] } else { vec![Link::new("/foi", "申请公开")] },
            ..shell(title)
        };
        out.add("foi-start", &FoiStart {
            shell: at("申请公开", "/foi"),
            promises: vec![
                reason("网上提交的，我们最迟在下一个工作日与您确认；双方确认之日就是收到申请之日。".into(), "《政府信息公开条例》第三十一条第三项".into()),
                reason("写得不够明确的，自收到申请之日起7个工作日内一次告诉您补什么。".into(), "《条例》第三十条".into()),
                reason("能当场答复的当场答复；不能的，自收到申请之日起20个工作日内答复。需要延长的，最多延长20个工作日，并告诉您。".into(), "《条例》第三十三条第二款".into()),
                reason("征求第三方和其他机关意见的时间不计算在内，届时会告诉您。".into(), "《条例》第三十三条第三款".into()),
            ],
            ways: Facts { facts: vec![
                Fact::new("网上", "在本页点“开始申请”"),
                Fact::new("邮寄", "明川市晴湾区望潮路1号 区政府办公室政务公开科，信封上注明“政府信息公开申请”"),
                Fact::new("当面", "望潮路1号政务公开窗口，工作日8:30—12:00，14:00—17:30"),
                Fact::new("传真", "（0000）5550 0101，传真后请来电确认"),
            ] },
            aside: vec![],
        });
        let page = |answers: &[(&str, &str)], failed: bool, number: usize| {
            asked("foi", answers, |ask| {
                let errors = if failed { ask.check(PAGES[number]) } else { ask.errors.clone() };
                let ask = Ask { errors: &errors, ..ask };
                let shell = |title, path| Shell { failed, ..at(title, path) };
                if number == 0 {
                    what(shell("要什么信息", "/foi/what"), &ask)
                } else {
                    you(shell("您的信息", "/foi/you"), &ask)
                }
            })
        };
        out.add("foi-what", &page(&[], false, 0));
        let long = format!("{HOSTILE}{}", "望潮路12号地块老年助餐点租赁协议。".repeat(60));
        out.add("foi-what-long", &page(&[("content", &long)], false, 0));
        out.add("foi-you", &page(&[], false, 1));
        out.add("foi-you-error", &page(&[("email", HOSTILE)], true, 1));
    }

    #[test]
    fn only_a_name_some_text_and_a_way_to_answer_are_insisted_on() {
        asked("foi", &[], |ask| {
            let fields = |page: usize| {
                ask.check(PAGES[page]).problems.into_iter().map(|p| p.field.to_string()).collect::<Vec<_>>()
            };
            assert_eq!(fields(0), ["content"]);
            assert!(fields(1).starts_with(&["name".into()]) || fields(1).contains(&"name".into()));
            assert!(fields(1).contains(&"contact".into()) && fields(1).len() <= 4, "{:?}", fields(1));
        });
    }
}
