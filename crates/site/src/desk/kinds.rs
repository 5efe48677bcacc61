//! The first page of a draft: which kind of information it will be.

use super::compose::{opening, procedure};
use super::frame;
use super::shell::Shell;
use crate::Site;
use crate::component::Link;
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use publication::Kind;
use std::sync::Arc;

/// The kinds of information among which a drafter chooses.
#[derive(Template)]
#[template(path = "desk/kinds.html")]
pub struct KindsPage {
    /// The frame.
    pub shell: Shell,
    /// Kinds: link and what belongs there.
    pub kinds: Vec<(Link, String)>,
}

/// The kinds of information.
///
/// # Errors
/// This officer drafts nothing, busy, or our failure.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    let procedure = procedure(&site, &visit.caller)?;
    opening(&procedure, &visit.caller)?;
    let kinds = site.office.rules().kinds().filter(|kind| !kind.internal);
    let link = |kind: &Kind| {
        (Link::new(format!("/desk/document/new?kind={}", kind.id), kind.label.clone()), kind.hint.clone())
    };
    let page =
        KindsPage { shell: frame::shell(&site, &visit, "/desk/document").await?, kinds: kinds.map(link).collect() };
    frame::page(&page)
}
