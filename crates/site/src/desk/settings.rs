//! How one officer wants the desk: keys on or off, row height, password; and the sheet of keys.

use super::{
    frame,
    parts::{Cell, Fields},
    shell::Shell,
};
use crate::Site;
use crate::component::{Choice, Choices};
use crate::form::{self, Form};
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use std::sync::Arc;

/// The officer's own settings. Single-letter keys can be switched off (WCAG 2.1.4).
#[derive(Template)]
#[template(path = "desk/settings.html")]
pub struct SettingsPage {
    /// The frame.
    pub shell: Shell,
    /// Keys and rows.
    pub fields: Fields,
}

/// The keys, as the sheet lists them.
const KEYS: [(&str, &[(&str, &str)]); 3] = [
    (
        "到处可用",
        &[("/", "检索"), ("g h", "工作台"), ("g t", "待办"), ("g s", "检索页"), ("F2", "新登记"), ("?", "本页")],
    ),
    (
        "列表和审批",
        &[
            ("j", "下一件"),
            ("k", "上一件"),
            ("Enter", "打开"),
            ("a", "同意"),
            ("r", "退回（先写理由）"),
            ("e", "办理主要的一步"),
        ],
    ),
    ("填写", &[("Enter", "登记时到下一格"), ("Ctrl+Enter", "保存、送审"), ("Esc", "离开输入框")]),
];

impl SettingsPage {
    fn keys(&self) -> &'static [(&'static str, &'static [(&'static str, &'static str)])] {
        &KEYS
    }
}

/// The settings and the sheet of keys.
///
/// # Errors
/// Busy or our failure.
pub async fn show_settings(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    let shell = frame::shell(&site, &visit, "/desk/settings").await?;
    let fields = fields(shell.keys, shell.roomy);
    frame::page(&SettingsPage { shell, fields })
}

/// Keeps the settings in this browser for a year.
///
/// # Errors
/// None.
pub async fn save(form: Form) -> Result<Response, Trouble> {
    let mut kept = String::from("-");
    kept.extend((form.raw("keys") == "off").then_some('k'));
    kept.extend((form.raw("rows") == "roomy").then_some('r'));
    let mut response = form::see("/desk/settings");
    let line = format!("{}={kept}; Path=/desk; HttpOnly; SameSite=Lax; Max-Age=31536000", frame::SETTINGS);
    response.headers_mut().extend(HeaderValue::from_str(&line).ok().map(|line| (header::SET_COOKIE, line)));
    Ok(response)
}

fn fields(keys: bool, roomy: bool) -> Fields {
    let of = |on: bool, yes, no| if on { yes } else { no };
    let keys = Choices::one(
        "keys",
        "单键快捷键",
        vec![Choice::new("on", "打开"), Choice::new("off", "关闭")]
            .into_iter()
            .map(|c| c.chosen_if(of(keys, "on", "off")))
            .collect(),
    );
    let rows = Choices::one(
        "rows",
        "列表行高",
        vec![Choice::new("tight", "紧凑"), Choice::new("roomy", "宽松")]
            .into_iter()
            .map(|c| c.chosen_if(of(roomy, "roomy", "tight")))
            .collect(),
    );
    Fields {
        cells: vec![Cell::Choices(6, keys.hint("输入文字时、用输入法时，单键一律不起作用。")), Cell::Choices(6, rows)],
    }
}

#[cfg(test)]
mod tests {
    use super::super::{sample::check, shell::tests::sample};
    use super::*;

    #[test]
    fn keys_can_be_switched_off() {
        let html = check("settings", &SettingsPage { shell: sample("/desk/settings"), fields: fields(false, true) });
        assert!(html.contains("value=\"off\" checked") && html.contains("value=\"roomy\" checked"));
        assert!(html.contains("<kbd>j</kbd>"));
    }
}
