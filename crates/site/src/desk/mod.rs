//! The officers' desk (工作台): dense pages for people who work in them all day.
//!
//! A page is a struct of display-ready values and a template in `templates/desk/`; every act on it
//! is a plain form. The script only adds keys, autosave and counting.

pub mod approvals;
pub mod ask;
mod attached;
pub mod audit;
pub mod case;
pub mod catalogue;
mod cells;
pub mod compare;
pub mod compose;
pub mod decision;
pub mod document;
pub mod dossier;
pub mod enrol;
pub mod entry;
mod entry_form;
pub mod error;
pub mod experts;
pub mod figures;
pub mod forms;
pub mod frame;
mod from_file;
pub mod home;
pub mod inspections;
pub mod kinds;
pub mod list;
pub mod matter;
pub mod outbox;
pub mod parts;
pub mod people;
pub mod perform;
pub mod reduce;
pub mod register;
pub mod reply;
pub mod reprints;
pub mod review;
pub mod search;
pub mod set_up;
pub mod settings;
pub mod shell;
pub mod show;
pub mod sign_in;
pub mod step;
pub mod tables;
pub mod takedown;

#[cfg(test)]
mod sample;

use crate::limits::Class;
use crate::router::{Route, get, post};
use office::{Permit, Role};

/// Every route of the desk.
pub fn routes() -> Vec<Route> {
    [work(), duties()].into_iter().flatten().collect()
}

/// Standing duties: catalogue, reprints, self-inspection.
fn duties() -> Vec<Route> {
    const OFFICER: Permit = Permit::Officer;
    const EDITOR: Permit = Permit::Roles(&catalogue::EDITORS);
    const INSPECTOR: Permit = Permit::Roles(&inspections::INSPECTORS);
    vec![
        get("/desk/catalogue", OFFICER, catalogue::show),
        post("/desk/catalogue/fill", EDITOR, catalogue::fill),
        get("/desk/catalogue/new", EDITOR, entry::blank),
        post("/desk/catalogue/new", EDITOR, entry::add),
        get("/desk/catalogue/import", EDITOR, tables::show_catalogue),
        post("/desk/catalogue/import", EDITOR, tables::take_catalogue).uploads(),
        get("/desk/catalogue/{id}", OFFICER, entry::show),
        post("/desk/catalogue/{id}", EDITOR, entry::save),
        post("/desk/catalogue/{id}/end", EDITOR, entry::end),
        get("/desk/reprints", OFFICER, reprints::show),
        post("/desk/reprints", EDITOR, reprints::enter),
        get("/desk/reprints/import", EDITOR, reprints::show_import),
        post("/desk/reprints/import", EDITOR, reprints::take).uploads(),
        post("/desk/reprints/{id}/waive", EDITOR, reprints::waive),
        get("/desk/inspections", OFFICER, inspections::list),
        post("/desk/inspections", INSPECTOR, inspections::begin),
        get("/desk/inspections/{id}", OFFICER, inspections::show),
    ]
}

/// Signing in, matters, documents, administration.
fn work() -> Vec<Route> {
    const OFFICER: Permit = Permit::Officer;
    const AUDITOR: Permit = Permit::Roles(&[Role::Auditor]);
    const ADMINISTRATOR: Permit = Permit::Roles(&[Role::Administrator]);
    const DRAFTER: Permit = Permit::Roles(&[Role::Handler, Role::UnitHead, Role::FoiClerk]);
    const KEEPER: Permit = Permit::Roles(&experts::KEEPERS);
    const REGISTRAR: Permit = Permit::Roles(&[Role::Clerk, Role::FoiClerk]);
    vec![
        get("/desk/sign-in", Permit::Public, sign_in::show),
        post("/desk/sign-in", Permit::Public, sign_in::enter),
        get(set_up::PATH, Permit::Public, set_up::show),
        post(set_up::PATH, Permit::Public, set_up::make).limited(Class::SignIn),
        post("/desk/sign-out", OFFICER, sign_in::leave),
        get("/desk/password", Permit::Public, sign_in::password),
        post("/desk/password", Permit::Public, sign_in::change_password),
        get("/desk", OFFICER, home::show_home),
        get("/desk/list/{view}", OFFICER, list::show_list),
        get("/desk/search", OFFICER, search::show_search),
        get("/desk/register", REGISTRAR, enrol::show_register),
        post("/desk/register", REGISTRAR, enrol::save).uploads(),
        post("/desk/register/found", REGISTRAR, enrol::show_found),
        get("/desk/document", DRAFTER, kinds::show),
        get("/desk/document/new", DRAFTER, compose::blank),
        post("/desk/document/new", DRAFTER, compose::create).uploads(),
        get("/desk/m/{id}/document", DRAFTER, compose::edit),
        post("/desk/m/{id}/document", DRAFTER, compose::save).uploads(),
        get("/desk/experts", OFFICER, experts::show),
        post("/desk/experts", KEEPER, experts::add),
        post("/desk/experts/{id}", KEEPER, experts::retire),
        get("/desk/m/{id}/reduce", DRAFTER, reduce::show),
        post("/desk/m/{id}/reduce", DRAFTER, reduce::save).uploads(),
        get("/desk/takedown", OFFICER, takedown::show),
        post("/desk/takedown", OFFICER, takedown::take),
        post("/desk/takedown/officers", ADMINISTRATOR, takedown::name),
        post("/desk/takedown/{id}", OFFICER, takedown::confirm),
        get("/desk/m/{id}/preview", OFFICER, document::preview),
        post("/desk/m/{id}/review", OFFICER, review::save),
        get("/desk/m/{id}", OFFICER, case::show_matter),
        post("/desk/m/{id}/open", OFFICER, case::open),
        get("/desk/m/{id}/file/{file}", OFFICER, case::file),
        get("/desk/m/{id}/paper/{paper}", OFFICER, case::paper),
        get("/desk/m/{id}/step/{step}", OFFICER, perform::show_step),
        post("/desk/m/{id}/step/{step}", OFFICER, perform::act).uploads(),
        post("/desk/m/{id}/decide", OFFICER, approvals::decide),
        get("/desk/approvals", OFFICER, approvals::show_pile),
        get("/desk/figures", OFFICER, figures::show_figures),
        get("/desk/outbox", Permit::Roles(&frame::OUTBOX), outbox::show_outbox),
        get("/desk/audit", AUDITOR, audit::show_audit),
        get("/desk/people", ADMINISTRATOR, people::show_people),
        post("/desk/people", ADMINISTRATOR, people::add),
        post("/desk/people/{id}/roles", ADMINISTRATOR, people::set_roles),
        post("/desk/people/{id}/password", ADMINISTRATOR, people::reset_password),
        post("/desk/people/{id}/{verb}", ADMINISTRATOR, people::set_use),
        post("/desk/units", ADMINISTRATOR, people::add_unit),
        get("/desk/settings", OFFICER, settings::show_settings),
        post("/desk/settings", OFFICER, settings::save),
    ]
}
