//! The first officer: a page behind the one-time address that `serve` prints while nobody can sign in.

use super::frame;
use super::sign_in::SignInPage;
use crate::Site;
use crate::component::{ErrorSummary, Guard};
use crate::form::Form;
use crate::limits::Class;
use crate::problem::{Kind, Trouble};
use crate::session::{self, Visit};
use axum::extract::State;
use axum::response::Response;
use matter::Sentence;
use office::{Fail, FirstOfficer};
use std::sync::Arc;

/// Where the page is.
pub const PATH: &str = "/desk/set-up";
/// The field that carries the secret.
const SECRET: &str = "secret";

/// The address to print.
pub fn address(secret: &str) -> String {
    format!("{PATH}?{SECRET}={secret}")
}

/// The empty form. Guesses are counted as tries of a sign-in are.
///
/// # Errors
/// An address that is over, busy, or our failure.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    site.limits.take(Class::SignIn, visit.address, site.office.now())?;
    if !site.office.setup_open(form.raw(SECRET)).await? {
        return Err(over());
    }
    frame::page(&page(&site, &visit, &form, ErrorSummary::default()))
}

/// Makes the administrator and signs in.
///
/// # Errors
/// As for [`show`].
pub async fn make(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let (secret, login, password) = (form.raw(SECRET), form.line("login"), form.secret("new"));
    let mut errors = ErrorSummary::default();
    if password != form.secret("again") {
        errors.add("again", "两次输入的密码不一样，请重新输入。");
        return frame::again(&page(&site, &visit, &form, errors));
    }
    let first = FirstOfficer { login: login.clone(), name: form.line("name"), password: password.clone() };
    match site.office.set_up(secret, first).await {
        Ok(()) => {}
        Err(Fail::NotFound) => return Err(over()),
        Err(Fail::Invalid(wrong)) => {
            wrong.into_iter().for_each(|error| errors.add(error.field, error.sentence));
            return frame::again(&page(&site, &visit, &form, errors));
        }
        Err(other) => return Err(other.into()),
    }
    match session::sign_in(&site, &visit, &login, &password).await {
        Ok(signed) => Ok(visit.open_officer(&signed.session, "/desk/people")),
        Err(_) => Ok(crate::form::see(crate::router::SIGN_IN)),
    }
}

/// One answer for an address that was never given, used, ended, or is of no use any more.
fn over() -> Trouble {
    let what = "设置地址无效，或者已经失效";
    let why = "它只能使用一次，24小时内有效；本机关有了工作人员账号以后不再有效";
    let next = "请登录工作台；还没有账号的，请系统管理员重新启动 mingtang serve 取得新的地址";
    Trouble::saying(Kind::NotFound, vec![Sentence::new(what, why, next)])
}

fn page(site: &Site, visit: &Visit, form: &Form, errors: ErrorSummary) -> SignInPage {
    let secret = form.raw(SECRET).to_owned();
    let guard = Guard { csrf: visit.csrf(), key: String::new(), more: vec![(SECRET, secret)] };
    let body = frame::body_name(site, site.office.default_body());
    SignInPage::first(frame::files(), body, guard, [&form.line("login"), &form.line("name")], errors)
}
