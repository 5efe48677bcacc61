//! Reads the facts that a decision asks for, in the same transaction.

use std::collections::BTreeMap;

use matter::{Act, Fact, Facts, Matter, Procedure, Value};

use publication::kind::TITLE;

use crate::house::House;
use crate::reopen::Reopened;
use crate::store::{Fault, Query};
use crate::{document, hits, package, params, reduce, statements};

statements! {
    UNIT = "select settings from unit where id = $1 and body_id = $2 and state = 'active'";
    HANDLER = "select count(*) from officer where id = $1 and body_id = $2 and unit_id = $3 and state = 'active'";
    EARLIER = "select count(distinct m.id) from lookup mine join lookup same on same.body_id = mine.body_id and same.kind = 'content' and same.hash = mine.hash join matter m on m.id = same.matter_id where mine.matter_id = $1 and mine.kind = 'content' and m.id <> $2 and m.phase = 'closed' and exists (select 1 from lookup a join lookup b on b.body_id = a.body_id and b.kind = a.kind and b.hash = a.hash where a.matter_id = $3 and b.matter_id = m.id and a.kind in ('id_number', 'phone', 'email'))";
}

/// The facts that deciding this act may ask for, with their values. `seen`: what was found when the
/// reduced copy was opened again for this act.
pub(crate) fn read(
    q: &mut Query<'_>,
    house: &House,
    body: i64,
    procedure: &Procedure,
    matter: Option<&Matter>,
    act: &Act,
    seen: Option<&Reopened>,
) -> Result<Facts, Fault> {
    let mut facts = BTreeMap::new();
    for fact in Facts::needed(procedure, matter, act) {
        let value = match fact {
            Fact::DocumentGaps | Fact::PersonalHits => of_document(q, house, procedure, matter, fact)?,
            Fact::Reductions => i64::try_from(reductions(q, house, procedure, matter)?).unwrap_or(i64::MAX),
            Fact::Remains if reductions(q, house, procedure, matter)? == 0 => 0,
            Fact::Remains => {
                let places = matter.map_or(0, |matter| Reopened::places(seen, matter));
                i64::try_from(places).unwrap_or(i64::MAX)
            }
            Fact::ClauseAsked | Fact::InterpretationAsked => {
                let kind = matter.and_then(|matter| document::kind_of(house, procedure, matter));
                let asked =
                    |kind: &publication::Kind| if fact == Fact::ClauseAsked { kind.clause } else { kind.interpret };
                i64::from(kind.is_some_and(asked))
            }
            Fact::Companions | Fact::CompanionsUnready | Fact::LeadPending | Fact::LeadKnown => {
                package::fact(q, house, body, (procedure, matter, act), fact)?
            }
            _ => one(q, body, matter, act, fact)?,
        };
        facts.insert(fact, value);
    }
    Ok(Facts(facts))
}

/// How many entries the list of removals has.
fn reductions(
    q: &mut Query<'_>,
    house: &House,
    procedure: &Procedure,
    matter: Option<&Matter>,
) -> Result<usize, Fault> {
    let Some(matter) = matter else { return Ok(0) };
    let root = crate::row::root(q, matter)?;
    let key = house.keys.matter(q, root)?;
    Ok(reduce::entries(q, procedure, matter.id, &key)?.len())
}

/// How much the document lacks, or how many pieces of personal data it shows. One without a kind lacks
/// everything.
fn of_document(
    q: &mut Query<'_>,
    house: &House,
    procedure: &Procedure,
    matter: Option<&Matter>,
    fact: Fact,
) -> Result<i64, Fault> {
    let Some((matter, kind)) = matter.and_then(|one| Some((one, document::kind_of(house, procedure, one)?))) else {
        return Ok(1);
    };
    let root = crate::row::root(q, matter)?;
    let key = house.keys.matter(q, root)?;
    let fields = document::fields(q, procedure, matter.id, &key)?;
    let count = if fact == Fact::PersonalHits {
        let title = document::text(q, matter.id, TITLE, &key)?.unwrap_or_default();
        hits::personal(&hits::find(kind, &title, &fields)).values().sum()
    } else {
        let (columns, led) = (document::columns_of(procedure, matter), package::lead(procedure, matter).is_some());
        document::gaps(kind, procedure, &fields, &columns, led).len()
    };
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

fn one(q: &mut Query<'_>, body: i64, matter: Option<&Matter>, act: &Act, fact: Fact) -> Result<i64, Fault> {
    let named = act.values.get("unit").and_then(Value::id);
    let unit = named.or_else(|| matter.and_then(|matter| matter.unit));
    match fact {
        Fact::UnitApproves => {
            let settings = q.row(&UNIT, params![unit, body], |row| row.get::<String>(0))?;
            Ok(i64::from(settings.is_some_and(|text| unit_approves(&text))))
        }
        Fact::UnitKnown => {
            let found = q.row(&UNIT, params![named, body], |row| row.get::<String>(0))?;
            Ok(i64::from(found.is_some()))
        }
        Fact::HandlerInUnit => {
            let handler = act.values.get("handler").and_then(Value::id);
            Ok(q.row(&HANDLER, params![handler, body, unit], |row| row.get(0))?.unwrap_or(0))
        }
        Fact::EarlierAnswered => {
            let Some(matter) = matter else { return Ok(0) };
            let id = matter.id;
            Ok(q.row(&EARLIER, params![id, id, id], |row| row.get(0))?.unwrap_or(0))
        }
        _ => Ok(0),
    }
}

/// Whether a unit's settings ask for approval of its replies.
pub(crate) fn unit_approves(settings: &str) -> bool {
    let settings: serde_json::Value = serde_json::from_str(settings).unwrap_or_default();
    settings["approves"].as_bool().unwrap_or(false)
}
