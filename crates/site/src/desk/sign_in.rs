//! D1: the door of the desk, and the change of a one-time password.

use super::frame;
use super::shell::Assets;
use crate::Site;
use crate::component::{ErrorSummary, Field, Guard, Input};
use crate::form::{self, Form};
use crate::limits::Wait;
use crate::problem::Trouble;
use crate::session::{self, NotSignedIn, Visit};
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use office::{Fail, SignInFail};
use std::sync::Arc;

/// The sign-in page. Passwords may be pasted; there is no puzzle.
#[derive(Template)]
#[template(path = "desk/sign_in.html")]
pub struct SignInPage {
    /// Style sheets and script.
    pub assets: Assets,
    /// Name of the body.
    pub body: String,
    /// What the page is for: 登录工作台, 更改密码, 设置首位管理员.
    pub title: &'static str,
    /// Where the form goes.
    pub action: &'static str,
    /// Words of the button.
    pub button: &'static str,
    /// Token, and the page to return to.
    pub guard: Guard,
    /// One sentence above the form: refused, locked until, changed.
    pub message: String,
    /// What is wrong with single fields.
    pub errors: ErrorSummary,
    /// The fields.
    pub fields: Vec<Field>,
    /// Small print under the form.
    pub foot: &'static str,
}

impl SignInPage {
    /// The page that asks for name and password; `message` says why the last attempt failed.
    pub fn sign_in(assets: Assets, body: String, guard: Guard, login: &str, message: String) -> Self {
        Self {
            assets,
            body,
            guard,
            message,
            title: "登录工作台",
            action: "/desk/sign-in",
            button: "登录",
            errors: ErrorSummary::default(),
            fields: vec![
                Field::new("login", "用户名", login).autocomplete("username"),
                Field::new("password", "密码", "").input(Input::Typed("password")).autocomplete("current-password"),
            ],
            foot: "连续输错5次，账号锁定15分钟。忘记密码请联系本机关管理员重置。",
        }
    }

    /// The page of the first officer, for who holds the one-time address.
    pub fn first(assets: Assets, body: String, guard: Guard, typed: [&str; 2], errors: ErrorSummary) -> Self {
        let secret = |name: &'static str, label: &'static str| {
            let field = Field::new(name, label, "").input(Input::Typed("password")).autocomplete("new-password");
            field.error(errors.at(name))
        };
        let [login, name] = typed;
        Self {
            assets,
            body,
            guard,
            message: String::new(),
            title: "设置首位管理员",
            action: super::set_up::PATH,
            button: "建立账号并进入工作台",
            fields: vec![
                Field::new("login", "用户名", login)
                    .hint("登录时填写，例如姓名的拼音。")
                    .autocomplete("username")
                    .error(errors.at("login")),
                Field::new("name", "姓名", name).autocomplete("name").error(errors.at("name")),
                secret("new", "密码").hint("至少10个字符，含有大写字母、小写字母、数字、符号中的三种；可以粘贴。"),
                secret("again", "再输一次密码"),
            ],
            errors,
            foot: "这个地址只能使用一次。管理员建立其他人员的账号、分配岗位，不办理事项。",
        }
    }

    /// The page that replaces a password; a one-time password opens nothing else.
    pub fn change(assets: Assets, body: String, guard: Guard, login: &str, errors: ErrorSummary) -> Self {
        let field = |name: &'static str, label: &'static str, word| {
            Field::new(name, label, "").input(Input::Typed("password")).autocomplete(word).error(errors.at(name))
        };
        Self {
            assets,
            body,
            guard,
            message: String::new(),
            title: "更改密码",
            action: "/desk/password",
            button: "更改并进入工作台",
            fields: vec![
                Field::new("login", "用户名", login).autocomplete("username"),
                field("password", "现在的密码", "current-password"),
                field("new", "新密码", "new-password")
                    .hint("至少10个字符，含有大写字母、小写字母、数字、符号中的三种；可以粘贴。"),
                field("again", "再输一次新密码", "new-password"),
            ],
            errors,
            foot: "一次性密码只能用来登录这一次，更改以后才能办件。",
        }
    }
}

/// The door.
///
/// # Errors
/// Our failure.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    frame::page(&door(&site, &visit, &form, String::new()))
}

/// Signs in. A one-time password leads to the page that replaces it and to nothing else.
///
/// # Errors
/// Busy or our failure.
pub async fn enter(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let login = form.line("login");
    let signed = match session::sign_in(&site, &visit, &login, &form.secret("password")).await {
        Ok(signed) => signed,
        Err(why) => return frame::again(&door(&site, &visit, &form, said(why)?)),
    };
    if signed.must_change {
        site.office.sign_out(&signed.session).await?;
        return frame::page(&change_page(&site, &visit, &login, ErrorSummary::default()));
    }
    let next = form::local(form.raw("next")).unwrap_or("/desk");
    let last = signed.last_sign_in.map(|at| format!("/desk?last={}", at.millis()));
    let next = last.filter(|_| next == "/desk").unwrap_or_else(|| next.to_owned());
    Ok(visit.open_officer(&signed.session, &next))
}

/// Signs out.
///
/// # Errors
/// Busy or our failure.
pub async fn leave(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    if let Some(secret) = &visit.session {
        site.office.sign_out(secret).await?;
    }
    Ok(visit.close_officer("/desk/sign-in"))
}

/// The page that replaces a password.
///
/// # Errors
/// Our failure.
pub async fn password(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    frame::page(&change_page(&site, &visit, &form.line("login"), ErrorSummary::default()))
}

/// Replaces a password: the present one is asked for, whoever is signed in.
///
/// # Errors
/// Busy or our failure.
pub async fn change_password(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let (login, new) = (form.line("login"), form.secret("new"));
    let mut errors = ErrorSummary::default();
    if new == form.secret("password") {
        errors.add("new", "新密码与现在的密码相同，请换一个。");
    }
    if new != form.secret("again") {
        errors.add("again", "两次输入的新密码不一样，请重新输入。");
    }
    if !errors.is_empty() {
        return frame::again(&change_page(&site, &visit, &login, errors));
    }
    match session::sign_in(&site, &visit, &login, &form.secret("password")).await {
        Ok(signed) => match site.office.set_password(&signed.caller, &new, &signed.session).await {
            Ok(()) => Ok(visit.open_officer(&signed.session, "/desk")),
            Err(Fail::Invalid(weak)) => {
                site.office.sign_out(&signed.session).await?;
                weak.into_iter().for_each(|error| errors.add("new", error.sentence));
                frame::again(&change_page(&site, &visit, &login, errors))
            }
            Err(other) => Err(other.into()),
        },
        Err(why) => {
            errors.add("password", said(why)?);
            frame::again(&change_page(&site, &visit, &login, errors))
        }
    }
}

fn door(site: &Site, visit: &Visit, form: &Form, message: String) -> SignInPage {
    let next = form::local(form.raw("next")).unwrap_or_default().to_owned();
    let guard = Guard { csrf: visit.csrf(), key: String::new(), more: vec![("next", next)] };
    let body = frame::body_name(site, site.office.default_body());
    SignInPage::sign_in(frame::files(), body, guard, form.raw("login"), message)
}

fn change_page(site: &Site, visit: &Visit, login: &str, errors: ErrorSummary) -> SignInPage {
    let guard = Guard { csrf: visit.csrf(), key: String::new(), more: Vec::new() };
    let body = frame::body_name(site, site.office.default_body());
    SignInPage::change(frame::files(), body, guard, login, errors)
}

/// Why somebody could not sign in, in a sentence.
fn said(why: NotSignedIn) -> Result<String, Trouble> {
    Ok(match why {
        NotSignedIn::TooMany(Wait { seconds, .. }) => {
            format!("尝试次数过多，请在{}分钟后再试。", seconds.div_ceil(60))
        }
        NotSignedIn::Refused(SignInFail::Wrong) => {
            "用户名或密码不对，请核对后重试。连续输错5次，账号锁定15分钟。".into()
        }
        NotSignedIn::Refused(SignInFail::Locked(until)) => {
            format!("这个账号因连续输错密码已锁定，{}以后再试；急用请联系本机关管理员重置密码。", until.to_minute())
        }
        NotSignedIn::Refused(SignInFail::Disabled) => "这个账号已停用，请联系本机关管理员。".into(),
        NotSignedIn::Refused(SignInFail::Fail(fail)) => return Err(fail.into()),
    })
}

#[cfg(test)]
mod tests {
    use super::super::{
        parts::guard,
        sample::{HOSTILE, check},
        shell::tests::sample,
    };
    use super::*;

    #[test]
    fn the_door_renders_in_every_state() {
        let page = |login: &str, message: &str| {
            let shell = sample("");
            SignInPage::sign_in(shell.assets, shell.body, guard("t", ""), login, message.into())
        };
        check("sign_in", &page("", ""));
        let html =
            check("sign_in_locked", &page(HOSTILE, "用户名或密码不对，账号已锁定，2026年11月22日 09:45 以后再试。"));
        assert!(html.contains("09:45") && !html.contains("<script>alert"), "escaped");
        assert!(html.contains("current-password") && !html.contains("onpaste"));
    }

    #[test]
    fn the_first_officer_is_asked_for_name_and_password() {
        let page = |typed, errors| {
            let shell = sample("");
            SignInPage::first(shell.assets, shell.body, guard("t", ""), typed, errors)
        };
        check("set_up", &page(["", ""], ErrorSummary::default()));
        let mut errors = ErrorSummary::default();
        errors.add("new", "密码至少10个字符，并含有大写字母、小写字母、数字、符号中的三种。");
        let html = check("set_up_refused", &page(["guanli", HOSTILE], errors));
        assert!(html.contains("guanli") && !html.contains("<script>alert") && html.contains("至少10个字符，并含有"));
    }

    #[test]
    fn a_one_time_password_is_changed_at_the_door() {
        let shell = sample("");
        let mut errors = ErrorSummary::default();
        errors.add("again", "两次输入的新密码不一样，请重新输入。");
        let page = SignInPage::change(shell.assets, shell.body, guard("t", ""), "user1", errors);
        assert!(check("password", &page).contains("不一样"));
    }
}
