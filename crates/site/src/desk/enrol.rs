//! Registering what came by letter, visit or call: the sheet, the act, the slip.

use super::ask::{Asking, names};
use super::register::{Found, FoundRow, RegisterPage, SlipPage, Tab};
use super::{frame, perform, show};
use crate::Site;
use crate::component::{ErrorSummary, Fact, Facts, Lamp, Link, Slip, Text};
use crate::form::Form;
use crate::portal::ask::{Answers, Ask};
use crate::problem::{Kind, Trouble};
use crate::session::Visit;
use axum::extract::State;
use axum::response::Response;
use matter::procedure::Channel;
use matter::{Procedure, Step};
use office::{Caller, Fail, Filed, Filing, ListRow, MatterView, Upload};
use std::sync::Arc;

/// The sheet that is filled in: procedure, way of arrival, opening step.
struct Sheet {
    procedure: Arc<Procedure>,
    kinds: Vec<Arc<Procedure>>,
    step: Step,
    channel: Channel,
    channels: Vec<Channel>,
}

/// The sheet that the address asks for, among those this officer may fill in.
fn sheet(site: &Site, caller: &Caller, form: &Form) -> Result<Sheet, Trouble> {
    let (today, rules) = (site.office.now().date(), site.office.rules());
    let mine = |step: &&Step| step.by.iter().any(|role| caller.has(*role)) && !step.channels.is_empty();
    let mut kinds: Vec<Arc<Procedure>> = Vec::new();
    for one in rules.procedures().filter(|one| one.desk_form.is_some()) {
        let known = kinds.iter().any(|known| known.id == one.id);
        let current = site.office.procedure(caller, &one.id, today);
        kinds.extend(current.ok().filter(|one| !known && one.openings().any(|step| mine(&step))));
    }
    let asked = kinds.iter().find(|one| one.id == form.raw("kind")).or(kinds.first());
    let procedure = asked.cloned().ok_or_else(|| Trouble::new(Kind::Forbidden))?;
    let steps: Vec<&Step> = procedure.openings().filter(mine).collect();
    let taken = |id: &str| steps.iter().find(|step| step.channels.iter().any(|one| one == id)).copied();
    let channels: Vec<Channel> = procedure.channels.iter().filter(|one| taken(&one.id).is_some()).cloned().collect();
    let channel = channels.iter().find(|one| one.id == form.raw("channel")).or(channels.first());
    let channel = channel.cloned().ok_or_else(|| Trouble::new(Kind::Forbidden))?;
    let step = taken(&channel.id).cloned().ok_or_else(|| Trouble::new(Kind::Forbidden))?;
    Ok(Sheet { kinds, step, channel, channels, procedure })
}

/// The empty sheet.
///
/// # Errors
/// This officer registers nothing, busy, or our failure.
pub async fn show_register(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let sheet = sheet(&site, &visit.caller, &form)?;
    let today = site.office.now().date().to_string();
    let dates = sheet.step.needs.iter().filter(|name| is_date(&sheet.procedure, name));
    let fresh: Answers = dates.map(|name| (name.clone(), today.clone())).collect();
    frame::page(&filled(&site, &visit, &sheet, &fresh, ErrorSummary::default(), Vec::new()).await?)
}

/// What came by letter, visit or call mostly came today: dates that are asked for start with it.
fn is_date(procedure: &Procedure, name: &str) -> bool {
    procedure.element(name).is_some_and(|element| element.kind == matter::Kind::Date)
}

/// Saves the sheet and answers with the slip. The slip stands in the answer itself, because the
/// query password is shown this once; the form's key makes sending it again harmless.
///
/// # Errors
/// This officer registers nothing, busy, or our failure.
pub async fn save(State(site): State<Arc<Site>>, visit: Visit, mut form: Form) -> Result<Response, Trouble> {
    let sheet = sheet(&site, &visit.caller, &form)?;
    let answers = form.answers(names(&sheet.step));
    let files = form.take_files().into_iter().map(|file| Upload { name: file.name, bytes: file.bytes });
    let filing = Filing {
        procedure: sheet.procedure.id.clone(),
        channel: sheet.channel.id.clone(),
        category: answers.get("category").cloned(),
        answers: answers.clone(),
        files: files.collect(),
        key: form.key().unwrap_or_default(),
        ..Filing::default()
    };
    let (errors, barred) = match site.office.file(&visit.caller, filing).await {
        Ok(filed) => {
            return slip(&site, &visit, &sheet, &answers, filed, form.refused_files()).await;
        }
        Err(Fail::Invalid(wrong)) => (perform::at_fields(wrong), Vec::new()),
        Err(Fail::Refused(refusal)) => perform::told(&refusal.sentences, &sheet.step),
        Err(other) => return Err(other.into()),
    };
    frame::again(&filled(&site, &visit, &sheet, &answers, errors, barred).await?)
}

/// Earlier matters of a person, for the script while the sheet is filled in.
///
/// # Errors
/// Busy or our failure.
pub async fn show_found(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    frame::page(&earlier(&site, &visit.caller, &form.line("name"), &form.code("phone"), None).await?)
}

async fn filled(
    site: &Site,
    visit: &Visit,
    sheet: &Sheet,
    answers: &Answers,
    errors: ErrorSummary,
    barred: Vec<String>,
) -> Result<RegisterPage, Trouble> {
    let units = frame::units(site, &visit.caller).await?;
    let ask = Ask { procedure: &sheet.procedure, step: &sheet.step, answers, errors: &errors, units: &units };
    let mut shell = frame::shell(site, visit, "/desk/register").await?;
    shell.flash = if barred.is_empty() { None } else { frame::flash("stop", barred.concat()) };
    let typed = |name: &str| answers.get(name).map_or("", String::as_str);
    let found = earlier(site, &visit.caller, typed("name"), typed("phone"), None).await?;
    let kind = |one: &Arc<Procedure>| Tab {
        link: Link::new(format!("/desk/register?kind={}", one.id), one.label.clone()),
        here: one.id == sheet.procedure.id,
    };
    let address = |channel: &Channel| format!("/desk/register?kind={}&channel={}", sheet.procedure.id, channel.id);
    let channel =
        |one: &Channel| Tab { link: Link::new(address(one), one.label.clone()), here: one.id == sheet.channel.id };
    Ok(RegisterPage {
        kinds: sheet.kinds.iter().map(kind).collect(),
        channels: sheet.channels.iter().map(channel).collect(),
        hidden: vec![("kind", sheet.procedure.id.clone()), ("channel", sheet.channel.id.clone())],
        action: "/desk/register".into(),
        fields: Asking { ask, officers: &[], proof: &[] }.on_paper(),
        found,
        found_at: "/desk/register/found".into(),
        then: then(sheet),
        shell,
    })
}

/// What follows from saving.
fn then(sheet: &Sheet) -> Vec<(Text, Text)> {
    let receipt = sheet.channel.cite.clone().map(|cite| ("收到之日".into(), cite.into()));
    let state = sheet
        .step
        .to
        .as_deref()
        .and_then(|to| sheet.procedure.state(to))
        .map(|state| ("状态".into(), state.label.clone().into()));
    let told = (!sheet.step.tells.is_empty()).then(|| ("通知".into(), "告知当事人编号和查询码".into()));
    let cite = ("依据".into(), sheet.step.cite.clone().into());
    state.into_iter().chain(receipt).chain(told).chain([cite]).collect()
}

/// Most earlier matters shown beside a sheet.
const FOUND_MAX: usize = 8;

/// Matters with this phone, then those with this name.
async fn earlier(site: &Site, caller: &Caller, name: &str, phone: &str, but: Option<i64>) -> Result<Found, Trouble> {
    if name.trim().is_empty() || phone.trim().is_empty() {
        return Ok(Found::default());
    }
    let mut rows = site.office.find_person(caller, "phone", phone).await?;
    let named = site.office.find_person(caller, "name", name.trim()).await?;
    rows.sort_by_key(|row| !named.iter().any(|one| one.id == row.id));
    let more: Vec<ListRow> = named.into_iter().filter(|one| rows.iter().all(|row| row.id != one.id)).collect();
    let all = rows.into_iter().chain(more).filter(|row| Some(row.id) != but).take(FOUND_MAX);
    let row = |row: ListRow| FoundRow {
        href: show::address(row.id),
        lamp: Lamp { text: row.state.clone().into(), ..show::lamp(row.lamp, "") },
        number: row.number,
        title: if row.title.is_empty() { row.procedure } else { row.title },
        note: format!("{}　{} {}　{}", row.filed_at.date(), row.channel, row.category, row.unit),
    };
    Ok(Found { asked: true, rows: all.map(row).collect() })
}

async fn slip(
    site: &Site,
    visit: &Visit,
    sheet: &Sheet,
    answers: &Answers,
    filed: Filed,
    refused: &[(String, String)],
) -> Result<Response, Trouble> {
    let view = site.office.matter(&visit.caller, filed.matter).await?;
    let typed = |name: &str| answers.get(name).map_or("", String::as_str);
    let found = earlier(site, &visit.caller, typed("name"), typed("phone"), Some(filed.matter)).await?;
    let later = filed.refused_files.into_iter().map(|error| error.sentence);
    frame::page(&SlipPage {
        shell: frame::shell(site, visit, "/desk/register").await?,
        slip: Slip {
            title: "登记回执".into(),
            lead: "请把回执交给来件人，或者在电话里念给对方。".into(),
            code: grouped(&filed.code, 4).into(),
            password: grouped(&filed.password, 3).into(),
            qr: None,
            facts: slip_facts(&view, sheet),
            foot: "查询密码只显示这一次。凭查询码和密码可以在网站“查进度”里查看办理情况。".into(),
        },
        matter: show::address(filed.matter),
        next: format!("/desk/register?kind={}&channel={}", sheet.procedure.id, sheet.channel.id),
        found,
        refused: refused.iter().map(|(_, sentence)| sentence.clone()).chain(later).collect(),
    })
}

fn slip_facts(view: &MatterView, sheet: &Sheet) -> Facts {
    let filed = format!("{}　{}", view.matter.filed_at.to_minute(), sheet.channel.label);
    let clocks = view.clocks.iter().filter(|clock| clock.party && clock.clock.is_open());
    let clocks = clocks.map(|clock| {
        Fact::new(format!("{}期限", clock.label), show::due_words(&clock.clock)).law(clock.clock.article.clone())
    });
    Facts {
        facts: [Fact::new("编号", show::number(view)), Fact::new("登记", filed)].into_iter().chain(clocks).collect(),
    }
}

/// Digits in groups, easier to read aloud.
fn grouped(digits: &str, by: usize) -> String {
    let chars: Vec<char> = digits.chars().filter(|c| !c.is_whitespace()).collect();
    chars.chunks(by).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_grouped_for_reading_aloud() {
        assert_eq!(grouped("482901735577", 4), "4829 0173 5577");
        assert_eq!(grouped("406218", 3), "406 218");
    }
}
