//! Filing, page by page: what → you → check → receipt. Each page is kept as a draft when it is
//! sent; the check page carries all answers, and only it files.

use super::ask::{Answers, Ask};
use super::filing::{CheckPage, FormPage, facts, files_field};
use super::{foi, frame, message, replies};
use crate::Site;
use crate::component::{Choice, ErrorSummary, Link, Notice, Rows, Steps, Text};
use crate::form::{Form, see};
use crate::page::{self, Shell};
use crate::problem::{Kind, Trouble};
use crate::session::Visit;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use matter::{Procedure, Role, Step};
use office::{Fail, FieldError, Filing, Upload};
use std::sync::Arc;

/// One of the hand-made forms; the rulebook names it in `portal_form`.
pub trait Flow: Send + Sync + 'static {
    /// Its key in the rulebook.
    const FORM: &'static str;
    /// Address of its start page.
    const ROOT: &'static str;
    /// Its name.
    const NAME: &'static str;
    /// Elements asked on each question page.
    const PAGES: [&'static [&'static str]; 2];
    /// Titles of the question pages.
    const TITLES: [&'static str; 2];
    /// The two question pages.
    const ASK: [fn(Shell, &Ask) -> FormPage; 2];
    /// The heading and bar of a page.
    fn steps(title: &'static str, current: usize) -> Steps;
}

/// Application for information.
pub struct Foi;
/// Message.
pub struct Message;

impl Flow for Foi {
    const FORM: &'static str = "foi";
    const ROOT: &'static str = "/foi";
    const NAME: &'static str = "申请公开";
    const PAGES: [&'static [&'static str]; 2] = foi::PAGES;
    const TITLES: [&'static str; 2] = ["要什么信息", "您的信息"];
    const ASK: [fn(Shell, &Ask) -> FormPage; 2] = [foi::what, foi::you];
    fn steps(title: &'static str, current: usize) -> Steps {
        foi::steps(title, current)
    }
}

impl Flow for Message {
    const FORM: &'static str = "message";
    const ROOT: &'static str = "/message";
    const NAME: &'static str = "写信投诉";
    const PAGES: [&'static [&'static str]; 2] = message::PAGES;
    const TITLES: [&'static str; 2] = ["说什么事", "您的信息"];
    const ASK: [fn(Shell, &Ask) -> FormPage; 2] = [message::what, message::you];
    fn steps(title: &'static str, current: usize) -> Steps {
        message::steps(title, current)
    }
}

/// Addresses of the question pages under the root.
const WORDS: [&str; 2] = ["what", "you"];

/// The procedure behind a form, its opening step and the units.
pub struct Ground {
    /// The version in force today.
    pub procedure: Arc<Procedure>,
    units: Vec<Choice>,
}

impl Ground {
    /// The procedure whose filing page is `form`, as in force today.
    ///
    /// # Errors
    /// Not found when the rulebook has none.
    pub async fn of(site: &Site, visit: &Visit, form: &str) -> Result<Ground, Trouble> {
        let today = site.office.now().date();
        let ours = |rule: &&Arc<Procedure>| rule.portal_form.as_deref() == Some(form);
        let id = site.office.rules().procedures().find(ours).map(|rule| rule.id.clone());
        let id = id.ok_or_else(|| Trouble::new(Kind::NotFound))?;
        let procedure = site.office.procedure(&visit.caller, &id, today)?;
        let units = site.office.units(&visit.caller).await?;
        let named = units.into_iter().filter(|unit| unit.active);
        let named = named.map(|unit| Choice::new(unit.id.to_string(), unit.name));
        let units = std::iter::once(Choice::new("", "不知道，请帮我转")).chain(named).collect();
        Ok(Ground { procedure, units })
    }

    /// The step by which a citizen opens a matter.
    fn opening(&self) -> Result<&Step, Trouble> {
        let found = self.procedure.openings().find(|step| step.by.contains(&Role::Party));
        found.ok_or_else(|| Trouble::new(Kind::NotFound))
    }

    /// The questions of the opening step.
    ///
    /// # Errors
    /// Not found when citizens cannot open this procedure.
    pub fn ask<'a>(&'a self, answers: &'a Answers, errors: &'a ErrorSummary) -> Result<Ask<'a>, Trouble> {
        let step = self.opening()?;
        Ok(Ask { procedure: &self.procedure, step, answers, errors, units: &self.units })
    }
}

fn question_page<F: Flow>(site: &Site, visit: &Visit, number: usize, ask: &Ask) -> Option<(FormPage, Shell)> {
    let title = F::TITLES.get(number).copied()?;
    let mut shell = Shell { failed: !ask.errors.is_empty(), ..frame::under(site, visit, title, F::ROOT, F::NAME) };
    // A form is nobody's column page; its bytes are kept for the questions.
    shell.labels.clear();
    shell.canonical.clear();
    let page = F::ASK.get(number)?(shell.clone(), ask);
    Some((FormPage { guard: frame::guard(visit), ..page }, shell))
}

/// A question page, filled with what was typed before or came with the link.
pub async fn question<F: Flow, const N: usize>(
    State(site): State<Arc<Site>>,
    visit: Visit,
    form: Form,
) -> Result<Response, Trouble> {
    let ground = Ground::of(&site, &visit, F::FORM).await?;
    let mut answers = site.office.draft(visit.caller.body, &visit.csrf(), F::ROOT).await?;
    for id in F::PAGES[N].iter().filter(|id| form.has(id)) {
        answers.insert((*id).to_owned(), form.text(id));
    }
    let none = ErrorSummary::default();
    let ask = ground.ask(&answers, &none)?;
    let (page, shell) = question_page::<F>(&site, &visit, N, &ask).ok_or_else(|| Trouble::new(Kind::NotFound))?;
    Ok(page::render(&page, &shell))
}

/// Keeps the answers of a question page and goes to the next one that is not in order, else to
/// the check page.
pub async fn answer<F: Flow, const N: usize>(
    State(site): State<Arc<Site>>,
    visit: Visit,
    form: Form,
) -> Result<Response, Trouble> {
    let ground = Ground::of(&site, &visit, F::FORM).await?;
    let (visitor, body) = (visit.csrf(), visit.caller.body);
    let mut answers = site.office.draft(body, &visitor, F::ROOT).await?;
    answers.retain(|id, _| !F::PAGES[N].contains(&id.as_str()));
    answers.extend(form.answers(F::PAGES[N].iter().copied()));
    site.office.keep_draft(body, &visitor, F::ROOT, &answers).await?;
    let none = ErrorSummary::default();
    let errors = ground.ask(&answers, &none)?.check(F::PAGES[N]);
    if errors.is_empty() {
        return Ok(see(&next_page::<F>(&ground.ask(&answers, &none)?)));
    }
    let ask = ground.ask(&answers, &errors)?;
    let (page, shell) = question_page::<F>(&site, &visit, N, &ask).ok_or_else(|| Trouble::new(Kind::NotFound))?;
    Ok(page::respond(StatusCode::UNPROCESSABLE_ENTITY, &page, &shell))
}

/// The first question page that is not in order, else the check page.
fn next_page<F: Flow>(ask: &Ask) -> String {
    let open = F::PAGES.iter().zip(WORDS).find(|(ids, _)| !ask.check(ids).is_empty());
    format!("{}/{}", F::ROOT, open.map_or("check", |(_, word)| word))
}

/// The check page.
pub async fn check<F: Flow>(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    let ground = Ground::of(&site, &visit, F::FORM).await?;
    let answers = site.office.draft(visit.caller.body, &visit.csrf(), F::ROOT).await?;
    let none = ErrorSummary::default();
    let ask = ground.ask(&answers, &none)?;
    if answers.is_empty() && super::receipt::held(&visit).is_some() {
        return Ok(see("/receipt"));
    }
    let next = next_page::<F>(&ask);
    if next != format!("{}/check", F::ROOT) {
        return Ok(see(&next));
    }
    let page = check_page::<F>(&site, &visit, &ask).await?;
    Ok(page::render(&page, &page.shell))
}

async fn check_page<F: Flow>(site: &Site, visit: &Visit, ask: &Ask<'_>) -> Result<CheckPage, Trouble> {
    let shell = Shell { failed: !ask.errors.is_empty(), ..frame::under(site, visit, "核对", F::ROOT, F::NAME) };
    let pages = F::PAGES.iter().zip(WORDS).zip(F::TITLES);
    let groups = pages.map(|((ids, word), title)| (Text::from(title), facts(ask, ids, &format!("{}/{word}", F::ROOT))));
    let texts = [ask.typed("title"), ask.typed("content"), ask.typed("text")].join("\n");
    let similar = site.office.similar_replies(visit.caller.body, &texts).await?;
    let category = ask.procedure.category(ask.typed("category")).and_then(|category| category.limit.as_deref());
    let soon = category.and_then(|id| amount(site, id)).map(|amount| format!("，{amount}内答复您"));
    let mut guard = frame::guard(visit);
    let ids = F::PAGES.iter().flat_map(|ids| ids.iter().copied());
    guard.more = ids.filter(|id| !ask.typed(id).is_empty()).map(|id| (id, ask.typed(id).to_owned())).collect();
    Ok(CheckPage {
        groups: groups.collect(),
        steps: F::steps("请核对，然后提交", 4),
        errors: ask.errors.clone(),
        similar: Rows { rows: similar.iter().take(3).map(replies::row).collect(), long: false },
        action: format!("{}/check", F::ROOT).into(),
        guard,
        files: files_field(ask),
        promise: Notice {
            texts: vec![
                format!("提交后由{}收办{}。", shell.body.name, soon.unwrap_or_default()).into(),
                "您写的内容加密保存，只有经办人能看到，每次查看都有记录。".into(),
            ],
            ..Notice::default()
        },
        submit: "提交".into(),
        back: Link::new(format!("{}/you", F::ROOT), "返回上一步"),
        aside: Vec::new(),
        shell,
    })
}

/// Files what the check page showed.
pub async fn send<F: Flow>(State(site): State<Arc<Site>>, visit: Visit, mut form: Form) -> Result<Response, Trouble> {
    let ground = Ground::of(&site, &visit, F::FORM).await?;
    let answers = form.answers(F::PAGES.iter().flat_map(|ids| ids.iter().copied()));
    let key = form.key().ok_or_else(|| Trouble::new(Kind::Malformed))?;
    let filing = Filing {
        procedure: ground.procedure.id.clone(),
        category: answers.get("category").cloned(),
        answers: answers.clone(),
        files: uploads(&mut form),
        key,
        ..Filing::default()
    };
    match site.office.file(&visit.caller, filing).await {
        Ok(filed) => {
            // Filed is filed: a draft that could not be removed now ends by itself.
            drop(site.office.forget_draft(visit.caller.body, &visit.csrf(), F::ROOT).await);
            let unread = form.refused_files().iter().map(|(field, sentence)| FieldError::new(field, sentence));
            let refused: Vec<FieldError> = filed.refused_files.iter().cloned().chain(unread).collect();
            super::receipt::open(&site, &visit, &filed, &refused).await
        }
        Err(fail) => {
            let errors = wrong::<F>(fail)?;
            site.office.keep_draft(visit.caller.body, &visit.csrf(), F::ROOT, &answers).await?;
            let page = check_page::<F>(&site, &visit, &ground.ask(&answers, &errors)?).await?;
            Ok(page::respond(StatusCode::UNPROCESSABLE_ENTITY, &page, &page.shell))
        }
    }
}

/// What the office found wrong, each leading to the page where it is put right.
fn wrong<F: Flow>(fail: Fail) -> Result<ErrorSummary, Trouble> {
    let mut errors = told(fail)?;
    for problem in &mut errors.problems {
        let page = F::PAGES.iter().position(|ids| ids.contains(&problem.field.as_ref()));
        let word = page.and_then(|page| WORDS.get(page)).unwrap_or(&WORDS[1]);
        if problem.field != "files" {
            problem.field = format!("{}/{word}#{}", F::ROOT, problem.field).into();
        }
    }
    Ok(errors)
}

/// Fields that cannot stand and refusals, as sentences at fields; everything else is a trouble.
///
/// # Errors
/// What the person who filled in the form cannot put right.
pub fn told(fail: Fail) -> Result<ErrorSummary, Trouble> {
    let mut errors = ErrorSummary::default();
    match fail {
        Fail::Invalid(fields) => fields.into_iter().for_each(|error| errors.add(error.field, error.sentence)),
        Fail::Refused(refusal) => {
            for sentence in refusal.sentences {
                errors.add(sentence.field.clone().unwrap_or_else(|| "main".into()), sentence.to_string());
            }
        }
        other => return Err(other.into()),
    }
    Ok(errors)
}

/// The files of a form, for the office.
pub fn uploads(form: &mut Form) -> Vec<Upload> {
    form.take_files().into_iter().map(|file| Upload { name: file.name, bytes: file.bytes }).collect()
}

/// A limit of the law as in force today for this body.
pub fn limit<'a>(site: &'a Site, id: &str) -> Option<&'a law::LimitValue> {
    let body = site.office.body(site.office.default_body()).ok()?;
    site.office.rules().law.limit(&[&body.key], id, site.office.now().date()).ok()
}

/// How long a limit is, such as 20个工作日.
pub fn amount(site: &Site, id: &str) -> Option<String> {
    limit(site, id).map(law::LimitValue::amount_text)
}
