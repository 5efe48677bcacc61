//! Telling people: every notification is a row of the outbox, whatever carries it. The text holds
//! no personal data, so it is kept plain; the address is the matter's own sealed phone or mail.

use law::Moment;
use matter::procedure::Told;
use matter::{Event, Matter, Procedure};

use crate::house::House;
use crate::store::{Fault, Tx};
use crate::{job, params, statements};

statements! {
    ADDRESS = "select sealed, masked from matter_text where matter_id = $1 and element = $2";
    INSERT = "insert into outbox (id, body_id, matter_id, channel, notice, sealed_to, masked_to, subject, masked_text, state, attempts, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11)";
}

/// How a notification travels. The element holds the address.
const WAYS: [(&str, &str); 2] = [("sms", "phone"), ("mail", "email")];

/// Tells somebody of an event. Officers see it on the desk; a party is told by every way it gave.
pub(crate) fn tell(
    tx: &mut Tx<'_>,
    house: &House,
    procedure: &Procedure,
    matter: &Matter,
    event: &Event,
    whom: Told,
    about: &str,
) -> Result<(), Fault> {
    let step = procedure.step(about);
    let now = event.recorded_at;
    match whom {
        Told::Party => {
            let Some(news) = step.and_then(|step| step.party.as_deref()) else { return Ok(()) };
            let (subject, text) = letter(house, procedure, matter, news);
            for (channel, element) in WAYS {
                let found = tx.row(&ADDRESS, params![matter.id, element], |row| {
                    Ok((row.get::<Vec<u8>>(0)?, row.get::<String>(1)?))
                })?;
                if let Some((sealed, masked)) = found {
                    put(tx, matter, channel, about, Some(sealed), &masked, (&subject, &text), now)?;
                }
            }
            Ok(())
        }
        Told::Handler | Told::Clerk => {
            let label = step.map_or(about, |step| step.label.as_str());
            let number = matter.number.as_deref().unwrap_or_default();
            let subject = format!("{}{number}：{label}", procedure.label);
            let to = if whom == Told::Clerk { "登记分办人员" } else { "承办单位" };
            put(tx, matter, "desk", about, None, to, (&subject, &subject), now)
        }
    }
}

/// Subject and text for a party: what happened, to which matter, by when more, and where to look.
fn letter(house: &House, procedure: &Procedure, matter: &Matter, news: &str) -> (String, String) {
    let body = house.body(matter.body).map(|body| body.name.clone()).unwrap_or_default();
    let filed = crate::paper::written(matter.filed_at.date());
    let due = procedure.clocks.iter().filter(|rule| rule.party).find_map(|rule| {
        let clock = matter.clocks.get(&rule.id).filter(|clock| clock.is_open() && !clock.is_paused())?;
        Some(format!("{}：最迟{}。", rule.label, crate::paper::written(clock.due.due_on)))
    });
    let subject = format!("{body}：您的{}有新的进展", procedure.label);
    let number = matter.number.as_deref().map(|number| format!("（编号{number}）")).unwrap_or_default();
    let text = format!(
        "【{body}】您于{filed}提交的{}{number}：{news}。{}请凭查询码和查询密码在本机关网站“查进度”查看。",
        procedure.label,
        due.unwrap_or_default()
    );
    (subject, text)
}

/// Tells officers something that belongs to no matter; they see it on the desk.
pub(crate) fn desk(tx: &mut Tx<'_>, body: i64, notice: &str, to: &str, text: &str, at: Moment) -> Result<(), Fault> {
    let (id, nobody, nothing) = (tx.new_id()?, None::<i64>, None::<Vec<u8>>);
    let values = params![id, body, nobody, "desk", notice, nothing, to, text, text, "kept", at.millis()];
    tx.execute(&INSERT, values).map(drop)
}

#[allow(clippy::too_many_arguments, reason = "one row of the outbox")]
fn put(
    tx: &mut Tx<'_>,
    matter: &Matter,
    channel: &str,
    notice: &str,
    sealed: Option<Vec<u8>>,
    masked: &str,
    (subject, text): (&str, &str),
    at: Moment,
) -> Result<(), Fault> {
    let id = tx.new_id()?;
    let state = if channel == "desk" { "kept" } else { "waiting" };
    tx.execute(
        &INSERT,
        params![id, matter.body, matter.id, channel, notice, sealed, masked, subject, text, state, at.millis()],
    )?;
    if channel == "mail" {
        job::enqueue(tx, matter.body, job::Kind::Mail, id, at)?;
    }
    Ok(())
}
