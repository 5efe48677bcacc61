//! Reading a matter: its page, its masked values, its files and letters. Every reading is recorded.

use super::dossier::page;
use super::matter::MatterPage;
use super::{document, frame, review};
use crate::component::Link;
use crate::form::Form;
use crate::problem::{Kind as Why, Trouble};
use crate::session::Visit;
use crate::{Site, letter};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use office::{Fail, MatterView};
use std::sync::Arc;

/// The page of a matter. `done` in the address names the event that led here.
///
/// # Errors
/// No such matter for this officer, busy, or our failure.
pub async fn show_matter(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(id): Path<i64>,
    form: Form,
) -> Result<Response, Trouble> {
    let view = site.office.matter(&visit.caller, id).await?;
    let mut shell = frame::shell(&site, &visit, "").await?;
    let done = form.number("done").and_then(|seq| view.timeline.iter().find(|item| item.seq == seq));
    if let Some(done) = done {
        shell.flash = frame::flash("", format!("“{}”已办。", done.label));
    }
    if form.has("halted") {
        shell.flash = frame::flash("stop", halted(&view, form.raw("halted")));
    }
    let page = page(&view, &visit.caller, shell, site.office.now(), None);
    frame::page(&whole(&site, &visit, &view, page).await?)
}

/// Why a form of checks stopped.
fn halted(view: &MatterView, step: &str) -> String {
    let Some(option) = view.options.iter().find(|option| option.step == step) else {
        return "没有选择审查结论，什么也没有记录；请选择以后再交。".into();
    };
    let why = if option.why.is_empty() {
        "这件公文刚才有了新的记录，请看过以后再办。".into()
    } else {
        option.why.concat()
    };
    format!("“{}”没有办成。{why}", option.label)
}

/// The page with the sentences of a refusal.
///
/// # Errors
/// No such matter for this officer, busy, or our failure.
pub(super) async fn refused(
    site: &Site,
    visit: &Visit,
    id: i64,
    step: &str,
    refusal: &matter::Refusal,
) -> Result<Response, Trouble> {
    let view = site.office.matter(&visit.caller, id).await?;
    let mut shell = frame::shell(site, visit, "").await?;
    shell.flash = frame::flash("stop", format!("“{step}”没有办成。{refusal}"));
    let page = page(&view, &visit.caller, shell, site.office.now(), None);
    frame::again(&whole(site, visit, &view, page).await?)
}

/// The page with the document of the matter, where it is one.
async fn whole(site: &Site, visit: &Visit, view: &MatterView, mut page: MatterPage) -> Result<MatterPage, Trouble> {
    page.document = document::of(site, visit, view).await?;
    if page.document.is_some() {
        review::relieve(&mut page, view);
    }
    Ok(page)
}

/// Opens one masked value with a reason; the reason is recorded before anything is shown. The
/// value stands only in the answer to this form, never in an address.
///
/// # Errors
/// No such matter or element, busy, or our failure.
pub async fn open(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(id): Path<i64>,
    form: Form,
) -> Result<Response, Trouble> {
    let element = form.line("element");
    let opened = site.office.open_text(&visit.caller, id, &element, &form.line("reason")).await;
    let view = site.office.matter(&visit.caller, id).await?;
    let mut shell = frame::shell(&site, &visit, "").await?;
    let now = site.office.now();
    match opened {
        Ok(value) => {
            let page = page(&view, &visit.caller, shell, now, Some((element, value)));
            frame::page(&whole(&site, &visit, &view, page).await?)
        }
        Err(Fail::Forbidden(why)) => {
            shell.flash = frame::flash("stop", why);
            let page = page(&view, &visit.caller, shell, now, None);
            frame::again(&whole(&site, &visit, &view, page).await?)
        }
        Err(other) => Err(other.into()),
    }
}

/// An attached file, always as a download: nothing that came from outside is shown as our page.
///
/// # Errors
/// No such file for this officer, busy, or our failure.
pub async fn file(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path((id, file)): Path<(i64, String)>,
) -> Result<Response, Trouble> {
    let (view, bytes) = site.office.file_bytes(&visit.caller, &file).await?;
    if view.matter != id {
        return Err(Trouble::new(Why::NotFound));
    }
    let name = crate::lang::query_value(&view.name);
    let headers = [
        (header::CONTENT_TYPE, view.media),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
    ];
    Ok((headers, bytes).into_response())
}

/// A letter.
///
/// # Errors
/// No such letter for this officer, busy, or our failure.
pub async fn paper(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path((id, paper)): Path<(i64, i64)>,
) -> Result<Response, Trouble> {
    let (view, html) = site.office.paper_html(&visit.caller, paper).await?;
    if view.matter != id {
        return Err(Trouble::new(Why::NotFound));
    }
    letter::page(&site, &visit, &view, html, Link::new(super::show::address(id), "返回办件"))
}
