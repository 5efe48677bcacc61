//! Pages of settled text (P33): petition, help, procedures, site map, privacy, accessibility,
//! and how pages are shown.

use super::flow::{Flow, Ground, Message};
use super::{Aside, frame, nav};
use crate::Site;
use crate::component::{Choice, Choices, Link, Qr, Table, Text};
use crate::form::{Form, local, see};
use crate::lang::query_value;
use crate::page::{self, Modes};
use crate::page::{Shell, Size};
use crate::problem::{Kind, Trouble};
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use matter::Procedure;
use publication::{Column, Columns};
use std::sync::Arc;

/// How to petition (信访).
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/petition.html")]
pub struct Petition {
    /// Frame.
    pub shell: Shell,
    /// Beside the text.
    pub aside: Vec<Aside>,
}

/// Help: common questions and the procedures.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/help.html")]
pub struct Help {
    /// Frame.
    pub shell: Shell,
    /// Procedures that are explained on pages of their own.
    pub procedures: Vec<Link>,
    /// Beside the text.
    pub aside: Vec<Aside>,
}

/// One procedure: its diagram and its steps.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/procedure.html")]
pub struct ProcedurePage {
    /// Frame.
    pub shell: Shell,
    /// One sentence: version, law, since when.
    pub lede: Text,
    /// The diagram, an SVG made by the kernel from the rulebook.
    pub diagram: String,
    /// The steps: who, when, within what time, by which article.
    pub steps: Table,
    /// The limits: how long, from when, by which article.
    pub limits: Table,
}

/// All pages of the site.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/sitemap.html")]
pub struct Sitemap {
    /// Frame.
    pub shell: Shell,
    /// Headed lists of pages.
    pub groups: Vec<(Text, Vec<Link>)>,
}

/// What becomes of personal data.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/privacy.html")]
pub struct Privacy {
    /// Frame.
    pub shell: Shell,
    /// Beside the text.
    pub aside: Vec<Aside>,
}

/// What was done for readers with disabilities, and what was not.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/accessibility.html")]
pub struct Accessibility {
    /// Frame.
    pub shell: Shell,
    /// Beside the text.
    pub aside: Vec<Aside>,
}

/// Choice of size, contrast, characters.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/show.html")]
pub struct Show {
    /// Frame.
    pub shell: Shell,
    /// Page to come back to.
    pub back: String,
    /// The choices.
    pub parts: Vec<Choices>,
}

impl Show {
    /// The page, with what is chosen now.
    pub fn new(shell: Shell, back: String) -> Self {
        let modes = shell.modes;
        let flag = |on: bool| if on { "1" } else { "0" };
        let one = |name, legend, chosen: &str, options: &[(&'static str, &'static str)]| {
            let options = options.iter().map(|(value, label)| Choice::new(*value, *label).chosen_if(chosen));
            Choices::one(name, legend, options.collect())
        };
        let size = match modes.size {
            Size::Normal => "n",
            Size::Large => "l",
            Size::Huge => "h",
        };
        let lang = if modes.traditional { "zh-Hant" } else { "zh-CN" };
        let parts = vec![
            one("elder", "版式", flag(modes.elder), &[("0", "标准版"), ("1", "长辈版：字大、按钮大、内容少")]),
            one("size", "字号", size, &[("n", "标准"), ("l", "大"), ("h", "特大")]),
            one("contrast", "颜色", flag(modes.contrast), &[("0", "白底黑字"), ("1", "黑底黄字")]),
            one("lang", "文字", lang, &[("zh-CN", "简体"), ("zh-Hant", "繁体（自动转换）")]),
        ];
        Self { shell, back, parts }
    }
}

/// A code that opens the present page on a phone.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/phone.html")]
pub struct OnPhone {
    /// Frame.
    pub shell: Shell,
    /// The code; none while the site's address is not set.
    pub qr: Option<Qr>,
    /// Page to come back to.
    pub back: String,
}

/// The pages of the site in headed lists, for the site map.
pub fn site_groups(columns: Option<&Columns>, procedures: &[Link]) -> Vec<(Text, Vec<Link>)> {
    let links = |pairs: &[(&'static str, &'static str)]| {
        pairs.iter().map(|(href, text)| Link::new(*href, *text)).collect::<Vec<_>>()
    };
    let mut help = links(&[("/help", "帮助")]);
    help.extend_from_slice(procedures);
    let tops = columns.into_iter().flat_map(|all| all.under(None).map(move |top| (all, top)));
    let group = |(all, top): (&Columns, &Column)| {
        let below = all.below(&top.id).into_iter().map(nav::link).collect();
        (Text::from(top.label.clone()), below)
    };
    let (own, top): (Vec<_>, Vec<_>) = tops.map(group).partition(|(_, below): &(Text, Vec<Link>)| below.len() > 1);
    let single: Vec<Link> = top.into_iter().flat_map(|(_, below)| below).collect();
    let mut groups = own;
    groups.extend((!single.is_empty()).then(|| ("其他栏目".into(), single)));
    groups.extend([
        (
            "办理".into(),
            links(&[
                ("/foi", "申请公开政府信息"),
                ("/message", "写信投诉"),
                ("/petition", "信访怎样提出"),
                ("/q", "查进度"),
                ("/rate", "评价"),
            ]),
        ),
        ("查看".into(), links(&[("/", "首页"), ("/replies", "办件答复"), ("/verify", "核验公开内容")])),
        ("帮助".into(), help),
        (
            "本站".into(),
            links(&[
                ("/correct", "我为政府网站找错"),
                ("/privacy", "隐私说明"),
                ("/accessibility", "无障碍声明"),
                ("/show", "字号和对比度"),
                ("/desk", "工作人员登录"),
            ]),
        ),
    ]);
    groups
}

/// Procedures that citizens can begin, with the addresses of their help pages.
fn procedures(site: &Site, visit: &Visit) -> Vec<(Link, Arc<Procedure>)> {
    let today = site.office.now().date();
    let mut ids: Vec<String> = site
        .office
        .rules()
        .procedures()
        .filter(|rule| rule.portal_form.is_some())
        .map(|rule| rule.id.clone())
        .collect();
    ids.dedup();
    let current = |id: String| {
        let rule = site.office.procedure(&visit.caller, &id, today).ok()?;
        Some((Link::new(format!("/help/{id}"), format!("{}怎样办理", rule.label)), rule))
    };
    ids.into_iter().filter_map(current).collect()
}

/// How to petition.
pub async fn petition(State(site): State<Arc<Site>>, visit: Visit) -> Response {
    let page = Petition { shell: frame::shell(&site, &visit, "信访", "/petition"), aside: Vec::new() };
    page::render(&page, &page.shell)
}

/// Help.
pub async fn help(State(site): State<Arc<Site>>, visit: Visit) -> Response {
    let procedures = procedures(&site, &visit).into_iter().map(|(link, _)| link).collect();
    let page = Help { shell: frame::shell(&site, &visit, "帮助", ""), procedures, aside: Vec::new() };
    page::render(&page, &page.shell)
}

/// One procedure: diagram, steps, limits.
pub async fn procedure(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(id): Path<String>,
) -> Result<Response, Trouble> {
    let found = procedures(&site, &visit).into_iter().find(|(_, rule)| rule.id == id);
    let (link, rule) = found.ok_or_else(|| Trouble::new(Kind::NotFound))?;
    let page = ProcedurePage {
        shell: frame::under(&site, &visit, link.text, "/help", "帮助"),
        lede: lede(&site, &rule).into(),
        diagram: matter::draw::svg(&rule),
        steps: step_table(&rule),
        limits: limit_table(&site, &rule),
    };
    Ok(page::render(&page, &page.shell))
}

/// On what the procedure rests; where it follows an older version, from which day.
fn lede(site: &Site, rule: &Procedure) -> String {
    let older = |other: &&Arc<Procedure>| other.id == rule.id && other.valid_from < rule.valid_from;
    match site.office.rules().procedures().find(older) {
        Some(_) => format!("依据{}，{}起施行。", rule.basis, super::words::day(rule.valid_from)),
        None => format!("依据{}。", rule.basis),
    }
}

/// Steps that the citizen sees, with who performs them and on which article.
fn step_table(rule: &Procedure) -> Table {
    let row = |step: &matter::Step| {
        let label = step.party.clone()?;
        let who: Vec<&str> = step.by.iter().map(|role| role.label()).collect();
        Some(vec![label.into(), who.join("、").into(), step.cite.clone().into()])
    };
    Table {
        caption: "您会看到的步骤".into(),
        head: ["步骤", "谁来办", "依据"].map(Text::from).into(),
        rows: rule.steps.iter().filter(|step| step.by != [matter::Role::Importer]).filter_map(row).collect(),
        figures_from: None,
    }
}

fn limit_table(site: &Site, rule: &Procedure) -> Table {
    let by_category = rule.categories.iter().filter(|category| !category.import_only);
    let by_category =
        by_category.filter_map(|category| Some((format!("{}答复", category.label), category.limit.as_ref()?)));
    let clocks = rule.clocks.iter().filter(|clock| clock.party);
    let clocks = clocks.filter_map(|clock| Some((clock.label.clone(), clock.limit.as_ref()?)));
    let row = |(label, id): (String, &String)| {
        let limit = super::flow::limit(site, id)?;
        Some(vec![label.into(), limit.amount_text().into(), limit.start.clone().into(), limit.article.clone().into()])
    };
    Table {
        caption: "期限".into(),
        head: ["事项", "多久", "从何时起", "依据"].map(Text::from).into(),
        rows: by_category.chain(clocks).filter_map(row).collect(),
        figures_from: None,
    }
}

/// All pages.
pub async fn sitemap(State(site): State<Arc<Site>>, visit: Visit) -> Response {
    let links: Vec<Link> = procedures(&site, &visit).into_iter().map(|(link, _)| link).collect();
    let page = Sitemap {
        shell: frame::shell(&site, &visit, "站点地图", ""),
        groups: site_groups(frame::columns(&site), &links),
    };
    page::render(&page, &page.shell)
}

/// What becomes of personal data.
pub async fn privacy(State(site): State<Arc<Site>>, visit: Visit) -> Response {
    let page = Privacy { shell: frame::shell(&site, &visit, "隐私说明", ""), aside: Vec::new() };
    page::render(&page, &page.shell)
}

/// Accessibility statement.
pub async fn accessibility(State(site): State<Arc<Site>>, visit: Visit) -> Response {
    let page = Accessibility { shell: frame::shell(&site, &visit, "无障碍声明", ""), aside: Vec::new() };
    page::render(&page, &page.shell)
}

/// The page of the portal that a category of the rulebook names as its door (`door`).
const CORRECT: &str = "correct";

/// 找错 is a message of its own category about the page where the error stands; its limit is the
/// rulebook's (国办发〔2017〕47号).
///
/// # Errors
/// The rulebook has no messages.
pub async fn correct(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let at = local(form.raw("at")).unwrap_or("/");
    let text = format!("网页：{}\n有错的地方：", frame::address(&site, at).unwrap_or_else(|| at.to_owned()));
    let ground = Ground::of(&site, &visit, <Message as Flow>::FORM).await?;
    let door = ground.procedure.categories.iter().find(|one| one.door.as_deref() == Some(CORRECT));
    let category = door.map(|one| format!("category={}&", query_value(&one.id))).unwrap_or_default();
    let title = query_value("网站内容有错");
    Ok(see(&format!("/message/what?{category}title={title}&text={}", query_value(&text))))
}

/// A code for opening a page on a phone.
pub async fn on_phone(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Response {
    let back = local(form.raw("at")).unwrap_or("/").to_owned();
    let qr = frame::address(&site, &back).map(|address| Qr::new(&address, "二维码：在手机上打开这一页"));
    let page = OnPhone { shell: frame::shell(&site, &visit, "手机看", ""), qr, back };
    page::render(&page, &page.shell)
}

/// Changes how pages are shown and goes back; without a change, the page of choices.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Response {
    let back = local(form.raw("back")).unwrap_or("/").to_owned();
    let shell = frame::shell(&site, &visit, "字号和对比度", "");
    let modes = chosen(shell.modes, &form);
    if modes == shell.modes && !form.has("save") {
        let page = Show::new(shell, back);
        return page::render(&page, &page.shell);
    }
    let mut response = see(&back);
    let line = format!("{}={}; Path=/; Max-Age=31536000; SameSite=Lax", Modes::COOKIE, modes.write());
    if let Ok(line) = HeaderValue::from_str(&line) {
        response.headers_mut().append(header::SET_COOKIE, line);
    }
    response
}

/// The modes with what the form changes.
fn chosen(now: Modes, form: &Form) -> Modes {
    let flag = |name: &str, on: bool| if form.has(name) { form.raw(name) == "1" } else { on };
    Modes {
        elder: flag("elder", now.elder),
        contrast: flag("contrast", now.contrast),
        size: match form.raw("size") {
            "n" => Size::Normal,
            "l" => Size::Large,
            "h" => Size::Huge,
            _ => now.size,
        },
        traditional: match form.raw("lang") {
            "zh-Hant" => true,
            "zh-CN" => false,
            _ => now.traditional,
        },
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::portal::sample::{HOSTILE, Samples, shell};

    pub(crate) fn samples(out: &mut Samples) {
        let at = |title: &'static str, path: &str| Shell {
            path: path.into(),
            section: path.to_owned().into(),
            ..shell(title)
        };
        out.add("petition", &Petition { shell: at("信访", "/petition"), aside: vec![] });
        let procedures =
            vec![Link::new("/help/foi-2019", "依申请公开怎样办理"), Link::new("/help/message", "留言怎样办理")];
        out.add("help", &Help { shell: at("帮助", "/help"), procedures: procedures.clone(), aside: vec![] });
        out.add("procedure", &ProcedurePage {
            shell: Shell { crumbs: vec![Link::new("/help", "帮助")], ..at("留言怎样办理", "/help/message") },
            lede: "按现行规程办理；期限和依据列在下面。".into(),
            diagram: r#"<svg viewBox="0 0 600 60" width="600" height="60" role="img" aria-label="流程图"><rect x="1" y="10" width="120" height="40" fill="none" stroke="currentColor"/><text x="20" y="36">收到</text></svg>"#.into(),
            steps: Table { caption: "办理步骤".into(), head: ["步骤", "谁来办", "期限", "依据"].map(Text::from).into(), rows: vec![vec!["提交".into(), "来信人".into(), "随时".into(), HOSTILE.into()], vec!["转办".into(), "总办人员".into(), "1个工作日".into(), "本机关规定".into()]], figures_from: None },
            limits: Table { caption: "期限".into(), head: ["期限", "多久", "从何时起", "依据"].map(Text::from).into(), rows: vec![vec!["咨询答复".into(), "5个工作日".into(), "提交".into(), "本机关规定".into()]], figures_from: None },
        });
        out.add("sitemap", &Sitemap { shell: at("站点地图", "/sitemap"), groups: site_groups(None, &procedures) });
        out.add("privacy", &Privacy { shell: at("隐私说明", "/privacy"), aside: vec![] });
        out.add("accessibility", &Accessibility { shell: at("无障碍声明", "/accessibility"), aside: vec![] });
        out.add("show", &Show::new(at("字号和对比度", "/show"), "/foi".into()));
        out.add(
            "phone",
            &OnPhone {
                shell: at("手机看", "/phone"),
                qr: Some(Qr::new("https://www.qingwan.example/", "二维码：在手机上打开这一页")),
                back: "/".into(),
            },
        );
    }
}
