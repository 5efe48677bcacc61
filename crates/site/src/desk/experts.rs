//! 解读专家库: who may be named as the author of an interpretation. Officers only.

use super::{frame, shell::Shell};
use crate::Site;
use crate::component::{ErrorSummary, Field};
use crate::form::{self, Form};
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use office::{Expert, Fail, Role};
use std::sync::Arc;

/// Who keeps the register.
pub const KEEPERS: [Role; 2] = [Role::FoiClerk, Role::FoiHead];

/// The register.
#[derive(Template)]
#[template(path = "desk/experts.html")]
pub struct ExpertsPage {
    /// The frame.
    pub shell: Shell,
    /// Who is in it.
    pub experts: Vec<Expert>,
    /// The form of a new one; empty for those who only read.
    pub fields: Vec<Field>,
    /// What is wrong with the form that was sent.
    pub errors: ErrorSummary,
}

/// The register.
///
/// # Errors
/// Busy or our failure.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    frame::page(&page(&site, &visit, Expert::default(), ErrorSummary::default()).await?)
}

/// Adds somebody.
///
/// # Errors
/// Busy or our failure; what is wrong is told at its field.
pub async fn add(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let typed = Expert { id: 0, name: form.line("name"), field: form.line("field"), employer: form.line("employer") };
    match site.office.add_expert(&visit.caller, typed.clone()).await {
        Ok(()) => Ok(form::see("/desk/experts")),
        Err(Fail::Invalid(wrong)) => frame::again(&page(&site, &visit, typed, super::perform::at_fields(wrong)).await?),
        Err(other) => Err(other.into()),
    }
}

/// Takes somebody out.
///
/// # Errors
/// There is nobody of this number, busy, or our failure.
pub async fn retire(State(site): State<Arc<Site>>, visit: Visit, Path(id): Path<i64>) -> Result<Response, Trouble> {
    site.office.retire_expert(&visit.caller, id).await?;
    Ok(form::see("/desk/experts"))
}

async fn page(site: &Site, visit: &Visit, typed: Expert, errors: ErrorSummary) -> Result<ExpertsPage, Trouble> {
    let keeps = KEEPERS.iter().any(|role| visit.caller.has(*role));
    let parts =
        [("name", "姓名", typed.name), ("field", "专业领域", typed.field), ("employer", "工作单位", typed.employer)];
    let field = |(name, label, value): (&'static str, &'static str, String)| {
        Field::new(name, label, value).error(errors.at(name))
    };
    let fields = parts.into_iter().filter(|_| keeps).map(field).collect();
    Ok(ExpertsPage {
        shell: frame::shell(site, visit, "/desk/document").await?,
        experts: site.office.experts(visit.caller.body).await?,
        fields,
        errors,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{
        sample::{HOSTILE, check},
        shell::tests::sample,
    };
    use super::*;

    #[test]
    fn the_register_is_shown_and_only_its_keepers_have_a_form() {
        let expert =
            |name: &str| Expert {
                id: 7, name: name.into(), field: "公共管理".into(), employer: "明川大学".into()
            };
        let field = |name, label| Field::new(name, label, "");
        let page = ExpertsPage {
            shell: sample("/desk/document"),
            experts: vec![expert("申某甲"), expert(HOSTILE)],
            fields: vec![field("name", "姓名"), field("field", "专业领域"), field("employer", "工作单位")],
            errors: ErrorSummary::default(),
        };
        let html = check("experts", &page);
        assert!(html.contains("移出申某甲") && !html.contains("<script>alert"));
        let read = check("experts-read", &ExpertsPage { fields: Vec::new(), experts: Vec::new(), ..page });
        assert!(!read.contains("action=\"/desk/experts\"") && read.contains("还没有登记专家"));
    }
}
