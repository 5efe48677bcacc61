//! D23: units, officers and their roles.

use super::{
    frame,
    parts::{Cell, Fields},
    perform,
    shell::Shell,
};
use crate::Site;
use crate::component::{Choice, Choices, ErrorSummary, Field, Input};
use crate::form::{self, Form};
use crate::problem::{Kind, Trouble};
use crate::session::Visit;
use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use office::{Fail, Officer, OfficerForm, Role};
use std::sync::Arc;

/// Units with their officers; and the forms that add and change them.
#[derive(Template)]
#[template(path = "desk/people.html")]
pub struct PeoplePage {
    /// The frame.
    pub shell: Shell,
    /// The units with their officers.
    pub units: Vec<UnitBlock>,
    /// The form for a new officer.
    pub officer: Fields,
    /// The form for a new unit.
    pub unit: Fields,
    /// Shown once after an officer was added or a password reset: name and one-time password.
    pub once: Option<(String, String)>,
}

/// One unit.
#[derive(Clone, Debug, Default)]
pub struct UnitBlock {
    /// Its name.
    pub name: String,
    /// Its officers.
    pub officers: Vec<OfficerLine>,
}

/// One officer.
#[derive(Clone, Debug, Default)]
pub struct OfficerLine {
    /// Id, in addresses of forms.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Name for sign-in.
    pub login: String,
    /// Roles in words.
    pub roles: String,
    /// All roles, those held checked.
    pub choices: Vec<Choice>,
    /// May not sign in any more.
    pub disabled: bool,
    /// The officer who looks at the page.
    pub own: bool,
    /// What stands beside the roles: 一次性密码未更改, 锁定至 09:45.
    pub note: String,
}

/// Where the page stands.
const HERE: &str = "/desk/people";
/// Roles that officers have; the others are the party's and the machine's.
const ROLES: [Role; 9] = [
    Role::Clerk,
    Role::Handler,
    Role::UnitHead,
    Role::FoiClerk,
    Role::FoiHead,
    Role::Leader,
    Role::Supervisor,
    Role::Administrator,
    Role::Auditor,
];

/// A role's name in forms.
fn role_id(role: Role) -> String {
    ROLES.iter().position(|one| *one == role).map(|at| at.to_string()).unwrap_or_default()
}

fn chosen(form: &Form) -> Vec<Role> {
    let ids = form.all("roles").filter_map(|id| id.parse::<usize>().ok());
    ids.filter_map(|at| ROLES.get(at).copied()).collect()
}

fn role_choices(held: &[Role]) -> Vec<Choice> {
    let choice = |role: &Role| Choice { checked: held.contains(role), ..Choice::new(role_id(*role), role.label()) };
    ROLES.iter().map(choice).collect()
}

/// Units, officers, and the forms that add them.
///
/// # Errors
/// Busy or our failure.
pub async fn show_people(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    frame::page(&filled(&site, &visit, &Form::default(), ErrorSummary::default()).await?)
}

/// Adds an officer; the one-time password stands in the answer, this once.
///
/// # Errors
/// Busy or our failure.
pub async fn add(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let new = OfficerForm {
        login: form.code("login"),
        name: form.line("name"),
        unit: form.number("unit"),
        roles: chosen(&form),
        password: None,
    };
    let name = new.name.clone();
    match site.office.add_officer(&visit.caller, new).await {
        Ok(password) => {
            let page = filled(&site, &visit, &Form::default(), ErrorSummary::default()).await?;
            frame::page(&PeoplePage { once: password.map(|password| (name, password)), ..page })
        }
        Err(Fail::Invalid(wrong)) => frame::again(&filled(&site, &visit, &form, perform::at_fields(wrong)).await?),
        Err(other) => Err(other.into()),
    }
}

/// Adds a unit.
///
/// # Errors
/// Busy or our failure.
pub async fn add_unit(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let approves = form.raw("approves") == "1";
    match site.office.add_unit(&visit.caller, &form.line("unit_name"), approves).await {
        Ok(_) => Ok(form::see(HERE)),
        Err(Fail::Invalid(wrong)) => {
            let mut errors = ErrorSummary::default();
            wrong.into_iter().for_each(|error| errors.add("unit_name", error.sentence));
            frame::again(&filled(&site, &visit, &form, errors).await?)
        }
        Err(other) => Err(other.into()),
    }
}

/// Changes an officer's roles.
///
/// # Errors
/// No such officer, no role chosen, busy, or our failure.
pub async fn set_roles(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(id): Path<i64>,
    form: Form,
) -> Result<Response, Trouble> {
    let roles = chosen(&form);
    if roles.is_empty() {
        let sentence =
            matter::Sentence::new("没有选择角色", "每名人员至少有一个角色", "请返回选择角色；不再使用的账号请停用");
        return Err(Trouble::saying(Kind::Invalid, vec![sentence]));
    }
    let officer = officer(&site, &visit, id).await?;
    site.office.change_officer(&visit.caller, id, officer.unit, roles, officer.active).await?;
    Ok(form::see(HERE))
}

/// Puts an officer out of use, or back into it.
///
/// # Errors
/// No such officer, oneself, busy, or our failure.
pub async fn set_use(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path((id, verb)): Path<(i64, String)>,
) -> Result<Response, Trouble> {
    let active = match verb.as_str() {
        "enable" => true,
        "disable" => false,
        _ => return Err(Trouble::new(Kind::NotFound)),
    };
    if id == visit.caller.actor {
        let sentence =
            matter::Sentence::new("不能停用自己的账号", "停用以后可能没有人能再管理人员", "请由另一名系统管理员办理");
        return Err(Trouble::saying(Kind::Refused, vec![sentence]));
    }
    let officer = officer(&site, &visit, id).await?;
    site.office.change_officer(&visit.caller, id, officer.unit, officer.roles, active).await?;
    Ok(form::see(HERE))
}

/// Gives an officer a one-time password, which stands in the answer, this once.
///
/// # Errors
/// No such officer, oneself, busy, or our failure.
pub async fn reset_password(
    State(site): State<Arc<Site>>,
    visit: Visit,
    Path(id): Path<i64>,
) -> Result<Response, Trouble> {
    let name = officer(&site, &visit, id).await?.name;
    let password = site.office.reset_password(&visit.caller, id).await?;
    let page = filled(&site, &visit, &Form::default(), ErrorSummary::default()).await?;
    frame::page(&PeoplePage { once: Some((name, password)), ..page })
}

async fn officer(site: &Site, visit: &Visit, id: i64) -> Result<Officer, Trouble> {
    let all = site.office.officers(&visit.caller).await?;
    all.into_iter().find(|one| one.id == id).ok_or_else(|| Trouble::new(Kind::NotFound))
}

async fn filled(site: &Site, visit: &Visit, form: &Form, errors: ErrorSummary) -> Result<PeoplePage, Trouble> {
    let officers = site.office.officers(&visit.caller).await?;
    let units = site.office.units(&visit.caller).await?;
    let block = |name: String, unit: Option<i64>| UnitBlock {
        name,
        officers: officers.iter().filter(|one| one.unit == unit).map(|one| line(one, site, visit)).collect(),
    };
    let mut blocks: Vec<UnitBlock> = units.iter().map(|unit| block(unit.name.clone(), Some(unit.id))).collect();
    blocks.insert(0, block("机关本级".into(), None));
    blocks.retain(|block| !(block.name == "机关本级" && block.officers.is_empty()));
    let field = |name: &'static str, label: &'static str| {
        Field::new(name, label, form.raw(name)).error(errors.at(name)).autocomplete("off")
    };
    let places = std::iter::once(Choice::new("", "机关本级"))
        .chain(units.iter().map(|unit| Choice::new(unit.id.to_string(), unit.name.clone())));
    let places = places.map(|place| place.chosen_if(form.raw("unit"))).collect();
    let roles = Choices::many("roles", "角色", role_choices(&chosen(form))).error(errors.at("roles"));
    let approves = Choices::many("approves", "审批", vec![Choice::new("1", "答复须经本单位负责人审批")]);
    Ok(PeoplePage {
        shell: frame::shell(site, visit, HERE).await?,
        units: blocks,
        officer: Fields {
            cells: vec![
                Cell::Field(6, field("name", "姓名")),
                Cell::Field(6, field("login", "用户名")),
                Cell::Field(12, field("unit", "机构").input(Input::Select(places))),
                Cell::Choices(12, roles),
            ],
        },
        unit: Fields { cells: vec![Cell::Field(12, field("unit_name", "机构名称")), Cell::Choices(12, approves)] },
        once: None,
    })
}

fn line(officer: &Officer, site: &Site, visit: &Visit) -> OfficerLine {
    let locked = officer.locked_until.filter(|until| *until > site.office.now());
    let note = match locked {
        Some(until) => format!("锁定至{}", until.to_minute()),
        None if officer.must_change => "一次性密码未更改".into(),
        None => String::new(),
    };
    let roles: Vec<&str> = officer.roles.iter().map(|role| role.label()).collect();
    OfficerLine {
        id: officer.id,
        name: officer.name.clone(),
        login: officer.login.clone(),
        roles: roles.join("、"),
        choices: role_choices(&officer.roles),
        disabled: !officer.active,
        own: officer.id == visit.caller.actor,
        note,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{
        sample::{HOSTILE, check},
        shell::tests::sample,
    };
    use super::*;

    fn roles(held: &str) -> Vec<Choice> {
        ["登记员", "分办员", "承办人", "科室负责人", "机关负责人", "管理员"]
            .iter()
            .map(|role| Choice::new(*role, *role).chosen_if(held))
            .collect()
    }

    #[test]
    fn people_show_roles_and_a_new_password_once() {
        let line = |id, name: &str, role: &str, disabled| OfficerLine {
            id,
            name: name.into(),
            login: format!("user{id}"),
            roles: role.into(),
            choices: roles(role),
            disabled,
            own: id == 2,
            note: if id == 1 { "一次性密码未更改".into() } else { String::new() },
        };
        let page = PeoplePage {
            shell: sample("/desk/people"),
            units: vec![
                UnitBlock {
                    name: "区政府办公室".into(),
                    officers: vec![line(1, "分办员乙", "分办员", false), line(2, "管理员丙", "管理员", false)],
                },
                UnitBlock {
                    name: "区住建局".into(),
                    officers: vec![line(3, "办事员甲", "承办人", false), line(4, HOSTILE, "科室负责人", true)],
                },
                UnitBlock { name: "区教育局".into(), officers: vec![] },
            ],
            officer: Fields {
                cells: vec![
                    Cell::Field(6, Field::new("name", "姓名", "")),
                    Cell::Field(6, Field::new("login", "用户名", "")),
                    Cell::Choices(12, Choices::many("roles", "角色", roles(""))),
                ],
            },
            unit: Fields { cells: vec![Cell::Field(12, Field::new("unit_name", "名称", ""))] },
            once: Some(("办事员甲".into(), "hai-tang-4829".into())),
        };
        let html = check("people", &page);
        assert!(html.contains("hai-tang-4829") && !html.contains("<script>alert") && html.contains("已停用"));
    }
}
