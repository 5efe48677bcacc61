//! Tracking (P18): the box for the code, and the short answer that the code alone gives.

use super::{Aside, frame, receipt};
use crate::Site;
use crate::component::{ErrorSummary, Field, Guard, Text, Width};
use crate::form::Form;
use crate::limits::Class;
use crate::page::{self, Shell};
use crate::problem::Trouble;
use crate::session::{QUERY, Visit};
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use office::ticket::Code;
use std::sync::Arc;

/// What anybody who has the code may know (信访 and FOI alike: practice.md X7).
#[derive(Clone, Debug, Default)]
pub struct Brief {
    /// The code, in groups of four.
    pub code: Text,
    /// 已收到, 办理中 or 已办结.
    pub state: Text,
    /// What that means, in one sentence.
    pub meaning: Text,
}

/// The box for code and password, with the short answer where the code alone was given.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/track_find.html")]
pub struct TrackFind {
    /// Frame.
    pub shell: Shell,
    /// What was wrong.
    pub errors: ErrorSummary,
    /// Short answer.
    pub brief: Option<Brief>,
    /// Hidden fields.
    pub guard: Guard,
    /// Field for the code.
    pub code: Field,
    /// Field for the password.
    pub password: Field,
    /// Beside the form.
    pub aside: Vec<Aside>,
}

fn code_field(value: &str) -> Field {
    Field::new("code", "查询码", value).hint("12位数字，在回执上；空格可有可无").width(Width::Middle).digits()
}

/// The field for the query password.
pub fn password_field() -> Field {
    Field::new("password", "查询密码", "").hint("回执上的6位数字").width(Width::Short).digits().autocomplete("off")
}

fn find_page(site: &Site, visit: &Visit, code: &str, errors: ErrorSummary) -> TrackFind {
    TrackFind {
        shell: Shell { failed: !errors.is_empty(), ..frame::shell(site, visit, "查进度", "/q") },
        guard: frame::guard(visit),
        code: code_field(code).error(errors.at("code")),
        password: password_field().error(errors.at("password")),
        aside: vec![Aside::new("密码忘了怎么办", ["带身份证件到窗口重取，或者打上面的电话。手机号码不能代替密码。"])],
        errors,
        brief: None,
    }
}

/// The box, and the short answer where the address carries a code.
pub async fn find(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let typed = form.raw("code");
    if typed.is_empty() {
        let page = find_page(&site, &visit, "", ErrorSummary::default());
        return Ok(page::render(&page, &page.shell));
    }
    site.limits.take(Class::Lookup, visit.address, site.office.now())?;
    let (status, page) = match brief(&site, &visit, typed).await? {
        Ok(brief) => {
            let page = find_page(&site, &visit, &brief.code, ErrorSummary::default());
            (StatusCode::OK, TrackFind { brief: Some(brief), ..page })
        }
        Err(sentence) => {
            let mut errors = ErrorSummary::default();
            errors.add("code", sentence);
            (StatusCode::UNPROCESSABLE_ENTITY, find_page(&site, &visit, typed, errors))
        }
    };
    Ok(page::respond(status, &page, &page.shell))
}

const UNKNOWN: &str = "没有这个查询码，或者密码不对。请对照回执逐组核对；还是不行的，请打电话。";

async fn brief(site: &Site, visit: &Visit, typed: &str) -> Result<Result<Brief, String>, Trouble> {
    let code = match Code::parse(typed) {
        Ok(code) => code,
        Err(sentence) => return Ok(Err(sentence)),
    };
    match site.office.track(visit.caller.body, &code, None).await {
        Ok(office::Track::Brief { state }) => {
            let meaning = match state {
                "已收到" => "已经登记，还没有交给承办单位。",
                "已办结" => "已经办完。结果和答复在详细经过里。",
                _ => "承办单位正在办理。哪天答复，写在详细经过里。",
            };
            Ok(Ok(Brief { code: code.spaced().into(), state: state.into(), meaning: meaning.into() }))
        }
        Ok(office::Track::Full(_)) | Err(office::Fail::NotFound) => Ok(Err(UNKNOWN.to_owned())),
        Err(other) => Err(other.into()),
    }
}

/// The matter behind code and password, with tries counted; a sentence when they do not fit.
pub async fn prove(
    site: &Site,
    visit: &Visit,
    typed: &str,
    password: &str,
) -> Result<Result<i64, (&'static str, String)>, Trouble> {
    let code = match Code::parse(typed) {
        Ok(code) => code,
        Err(sentence) => return Ok(Err(("code", sentence))),
    };
    if password.is_empty() {
        return Ok(Err(("password", "请填写查询密码，在回执上，6位数字。".to_owned())));
    }
    site.limits.take(Class::Password, code.digits(), site.office.now())?;
    match site.office.track(visit.caller.body, &code, Some(password)).await {
        Ok(office::Track::Full(matter)) => {
            site.limits.forget(Class::Password, code.digits());
            Ok(Ok(matter))
        }
        Ok(office::Track::Brief { .. }) | Err(office::Fail::NotFound | office::Fail::Forbidden(_)) => {
            Ok(Err(("password", UNKNOWN.to_owned())))
        }
        Err(other) => Err(other.into()),
    }
}

/// Opens the whole way with code and password.
pub async fn open(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let typed = form.raw("code");
    match prove(&site, &visit, typed, &form.code("password")).await? {
        Ok(matter) => {
            let session = site.office.query_session(visit.caller.body, matter).await?;
            let digits = Code::parse(typed).map(|code| code.digits().to_owned()).unwrap_or_default();
            Ok(visit.open_query(&session, &format!("/q/matter?code={digits}")))
        }
        Err((field, sentence)) => {
            let mut errors = ErrorSummary::default();
            errors.add(field, sentence);
            let page = find_page(&site, &visit, typed, errors);
            Ok(page::respond(StatusCode::UNPROCESSABLE_ENTITY, &page, &page.shell))
        }
    }
}

/// Ends the session in this browser.
pub async fn leave(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    if let Some(session) = visit.secret(QUERY) {
        site.office.sign_out(session).await?;
    }
    let mut response = visit.close_query("/");
    receipt::set_slip(&mut response, "", site.settings.secure);
    Ok(response)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::portal::sample::{Samples, shell};

    fn at(title: &'static str) -> Shell {
        Shell { path: "/q?code=482901735577".into(), section: "/q".into(), ..shell(title) }
    }

    fn find(brief: Option<Brief>) -> TrackFind {
        TrackFind {
            shell: at("查进度"),
            brief,
            code: code_field("4829 0173 5577"),
            password: password_field(),
            aside: vec![Aside::new("密码忘了怎么办", ["带身份证件到窗口重取，或者打上面的电话。"])],
            ..TrackFind::default()
        }
    }

    fn code_field(value: &str) -> Field {
        Field::new("code", "查询码", value)
            .hint("12位数字，空格可有可无")
            .width(crate::component::Width::Middle)
            .digits()
    }

    fn password_field() -> Field {
        Field::new("password", "查询密码", "")
            .hint("回执上的6位数字")
            .width(crate::component::Width::Short)
            .digits()
            .autocomplete("off")
    }

    pub(crate) fn samples(out: &mut Samples) {
        out.add("track-find", &find(None));
        let brief = Brief {
            code: "4829 0173 5577".into(),
            state: "办理中".into(),
            meaning: "承办单位正在办理，还在答复期限内。".into(),
        };
        out.add("track-brief", &find(Some(brief)));
        let mut wrong = find(None);
        wrong.shell.failed = true;
        wrong.errors.add("code", "查询码的第二组“0174”可能抄错了，请对照回执再看一遍");
        wrong.code = code_field("4829 0174 5577").error(wrong.errors.at("code"));
        out.add("track-find-error", &wrong);
    }
}
