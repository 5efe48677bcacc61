//! Registering what came by letter, visit or call: the sheet, the act, the slip.

use super::ask::{Asking, names};
use super::parts::Ahead;
use super::perform::Typed;
use super::register::{Found, FoundRow, RegisterPage, SlipPage, Tab};
use super::{frame, perform, show};
use crate::Site;
use crate::component::{Fact, Facts, Lamp, Link, Qr, Slip};
use crate::form::Form;
use crate::portal::ask::{Answers, Ask};
use crate::problem::{Kind, Trouble};
use crate::session::Visit;
use axum::extract::State;
use axum::response::Response;
use matter::procedure::{AT, Channel};
use matter::{Procedure, Step};
use office::{Caller, Filed, Filing, ListRow, MatterView, Upload};
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
    let typed = Typed { trial: tried(&site, &visit, &sheet, &fresh).await?.trial, answers: fresh, ..Typed::default() };
    frame::page(&filled(&site, &visit, &sheet, typed).await?)
}

/// What came by letter, visit or call mostly came today: dates that are asked for start with it.
fn is_date(procedure: &Procedure, name: &str) -> bool {
    procedure.element(name).is_some_and(|element| element.kind == matter::Kind::Date)
}

/// Saves the sheet and answers with the slip, or works out the dates and shows the sheet again. The
/// slip stands in the answer itself, because the query password is shown this once; the form's key
/// makes sending it again harmless.
///
/// # Errors
/// This officer registers nothing, busy, or our failure.
pub async fn save(State(site): State<Arc<Site>>, visit: Visit, mut form: Form) -> Result<Response, Trouble> {
    let sheet = sheet(&site, &visit.caller, &form)?;
    let answers = form.answers(names(&sheet.step).into_iter().chain([AT]));
    if form.raw("then") == perform::TRY {
        let typed = tried(&site, &visit, &sheet, &answers).await?;
        return frame::answer(typed.status(), &filled(&site, &visit, &sheet, typed).await?);
    }
    let files = form.take_files().into_iter().map(|file| Upload { name: file.name, bytes: file.bytes });
    let filing = Filing { files: files.collect(), key: form.key().unwrap_or_default(), ..asked(&sheet, &answers) };
    let filed = match perform::time(&answers) {
        Ok(at) => site.office.file(&visit.caller, Filing { at, ..filing }).await,
        Err(fail) => Err(fail),
    };
    let fail = match filed {
        Ok(filed) => return slip(&site, &visit, &sheet, &answers, filed, form.refused_files()).await,
        Err(fail) => fail,
    };
    let (errors, barred) = perform::wrong(fail, &sheet.step)?;
    let trial = tried(&site, &visit, &sheet, &answers).await?.trial;
    frame::again(&filled(&site, &visit, &sheet, Typed { answers, errors, barred, trial }).await?)
}

fn asked(sheet: &Sheet, answers: &Answers) -> Filing {
    Filing {
        procedure: sheet.procedure.id.clone(),
        channel: sheet.channel.id.clone(),
        category: answers.get("category").cloned(),
        answers: answers.clone(),
        ..Filing::default()
    }
}

/// The sheet with what would follow from these answers, or with what is wrong with their dates.
async fn tried(site: &Site, visit: &Visit, sheet: &Sheet, answers: &Answers) -> Result<Typed, Trouble> {
    let trial = match perform::time(answers) {
        Ok(at) => site.office.try_filing(&visit.caller, &Filing { at, ..asked(sheet, answers) }).await,
        Err(fail) => Err(fail),
    };
    Typed::of(answers, trial, &sheet.step)
}

/// Earlier matters of a person, for the script while the sheet is filled in.
///
/// # Errors
/// Busy or our failure.
pub async fn show_found(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    frame::page(&earlier(&site, &visit.caller, &form.line("name"), &form.code("phone"), None).await?)
}

async fn filled(site: &Site, visit: &Visit, sheet: &Sheet, typed: Typed) -> Result<RegisterPage, Trouble> {
    let then = then(sheet, &typed);
    let Typed { answers, errors, barred, .. } = &typed;
    let units = frame::units(site, &visit.caller).await?;
    let ask = Ask { procedure: &sheet.procedure, step: &sheet.step, answers, errors, units: &units };
    let shell = frame::shell(site, visit, "/desk/register").await?;
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
        then,
        barred: barred.clone(),
        shell,
    })
}

/// What follows from saving.
fn then(sheet: &Sheet, typed: &Typed) -> Ahead {
    let mut facts = Vec::new();
    facts.extend(sheet.channel.cite.clone().map(|cite| Fact::new("收到之日", cite)));
    let state = sheet.step.to.as_deref().and_then(|to| sheet.procedure.state(to));
    facts.extend(state.map(|state| Fact::new("状态", state.label.clone())));
    facts.extend((!sheet.step.tells.is_empty()).then(|| Fact::new("通知", "告知当事人编号和查询码")));
    facts.push(Fact::new("依据", sheet.step.cite.clone()));
    show::ahead(typed, &sheet.procedure.dated_by(&sheet.step), facts)
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
            qr: crate::portal::frame::address(site, &format!("/q?code={}", filed.code))
                .map(|address| Qr::new(&address, "二维码：用手机打开查询页，不含密码")),
            facts: slip_facts(site, &view, sheet),
            foot: "查询密码只显示这一次。凭查询码和密码可以在网站“查进度”里查看办理情况。".into(),
        },
        matter: show::address(filed.matter),
        next: format!("/desk/register?kind={}&channel={}", sheet.procedure.id, sheet.channel.id),
        found,
        refused: refused.iter().map(|(_, sentence)| sentence.clone()).chain(later).collect(),
    })
}

fn slip_facts(site: &Site, view: &MatterView, sheet: &Sheet) -> Facts {
    let filed = format!("{}　{}", view.matter.filed_at.to_minute(), sheet.channel.label);
    let clocks = view.clocks.iter().filter(|clock| clock.party && clock.clock.is_open());
    let clocks = clocks.map(|clock| {
        Fact::new(format!("{}期限", clock.label), show::due_words(&clock.clock)).law(clock.clock.article.clone())
    });
    let body = site.office.body(view.matter.body).ok();
    let body = body.map(|body| {
        let whom = format!("{}　{}", body.settings.phone, body.settings.hours);
        [Fact::new("收件机关", body.name.clone()), Fact::new("联系电话", whom.trim().to_owned())]
    });
    let body = body.into_iter().flatten().filter(|fact| !fact.text.is_empty());
    let first = [Fact::new("编号", show::number(view)), Fact::new("登记", filed)];
    Facts { facts: first.into_iter().chain(clocks).chain(body).collect() }
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
