//! 三同步 (practice P3): a document and the interpretations that go along with it are signed and made
//! public in one act. Which goes with which is an element of the companion; the lead finds it here.

use law::Moment;
use matter::{Act, Consequence, Fact, Kind as Form, Matter, Phase, Procedure, Value, code};
use publication::Kind;
use publication::kind::{Relation, TITLE};

use crate::document::{self, Fields};
use crate::fail::Fail;
use crate::house::House;
use crate::office::Office;
use crate::permit::Caller;
use crate::store::{Fault, Query, Tx};
use crate::{params, row, statements};

statements! {
    SET = "insert into companion (matter_id, lead_id, body_id) values ($1, $2, $3) on conflict (matter_id) do update set lead_id = excluded.lead_id";
    UNSET = "delete from companion where matter_id = $1";
    OF = "select m.value, (select count(*) from edition e where e.matter_id = m.id and e.state = 'public') from companion c join matter m on m.id = c.matter_id where c.lead_id = $1 and c.body_id = $2 order by m.id";
    ITEM = "select item from edition where matter_id = $1 and body_id = $2 and state = 'public' order by id desc limit 1";
    LEADS = "select value from matter where body_id = $1 and procedure = $2 and phase = 'open' order by id desc limit 500";
    CALLED = "select masked from matter_text where matter_id = $1 and element = $2";
}

/// Elements that say how a policy will be interpreted: asked only of kinds that are.
pub const PLAN: [&str; 6] =
    ["interpretation", "first_interpreter", "plan_before", "plan_at", "plan_after", "interpretation_reason"];

/// The element by which a companion names its lead.
pub fn element(procedure: &Procedure) -> Option<&matter::Element> {
    procedure.elements.iter().find(|element| element.kind == Form::Lead)
}

/// The lead of a matter; none for one that goes alone.
pub(crate) fn lead(procedure: &Procedure, matter: &Matter) -> Option<i64> {
    matter.value(&element(procedure)?.id)?.id()
}

/// Keeps what the matter says of its lead where the lead finds it.
pub(crate) fn keep(
    tx: &mut Tx<'_>,
    procedure: &Procedure,
    before: Option<&Matter>,
    after: &Matter,
) -> Result<(), Fault> {
    let (was, now) = (before.and_then(|before| lead(procedure, before)), lead(procedure, after));
    match now {
        _ if was == now => Ok(()),
        Some(lead) => tx.execute(&SET, params![after.id, lead, after.body]).map(drop),
        None => tx.execute(&UNSET, params![after.id]).map(drop),
    }
}

/// A matter that names another as its lead.
struct Companion {
    matter: Matter,
    public: bool,
}

impl Companion {
    /// Its first edition is still to come.
    fn on_its_way(&self) -> bool {
        self.matter.editions.is_empty() && self.matter.phase != Phase::Closed
    }
}

fn companions(q: &mut Query<'_>, body: i64, lead: i64) -> Result<Vec<Companion>, Fault> {
    let rows = q.rows(&OF, params![lead, body], |row| Ok((row.get::<String>(0)?, row.get::<i64>(1)?)))?;
    let read = |(value, public): (String, i64)| {
        let matter = Matter::parse(&value).map_err(|error| Fault::Shape(format!("matter row: {error}")))?;
        Ok(Companion { matter, public: public > 0 })
    };
    rows.into_iter().map(read).collect()
}

/// The value of a fact about companions and lead.
pub(crate) fn fact(
    q: &mut Query<'_>,
    house: &House,
    body: i64,
    (procedure, matter, act): (&Procedure, Option<&Matter>, &Act),
    fact: Fact,
) -> Result<i64, Fault> {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    match (fact, matter) {
        (Fact::Companions, Some(matter)) => {
            let all = companions(q, body, matter.id)?;
            Ok(count(all.iter().filter(|one| one.public || one.on_its_way()).count()))
        }
        (Fact::CompanionsUnready, Some(matter)) => {
            let proposed = matter.proposal.as_ref().filter(|_| act.step == code::APPROVE).map(|one| &one.step);
            let step = procedure.step(proposed.unwrap_or(&act.step)).and_then(|step| step.along.as_deref());
            let Some(step) = step else { return Ok(0) };
            let all = companions(q, body, matter.id)?;
            Ok(count(all.iter().filter(|one| one.on_its_way() && !can(house, &one.matter, step)).count()))
        }
        (Fact::LeadPending, Some(matter)) => {
            let Some(lead) = lead(procedure, matter) else { return Ok(0) };
            Ok(i64::from(row::read(q, body, lead)?.is_none_or(|lead| lead.editions.is_empty())))
        }
        (Fact::LeadKnown, _) => {
            let named = element(procedure).and_then(|element| act.values.get(&element.id)).and_then(Value::id);
            let Some(named) = named else { return Ok(0) };
            let Some(lead) = row::read(q, body, named)?.filter(|_| matter.is_none_or(|own| own.id != named)) else {
                return Ok(0);
            };
            Ok(i64::from(leads(house, &lead)))
        }
        _ => Ok(0),
    }
}

/// Whether a matter holds a document that is published together with its interpretation.
fn leads(house: &House, matter: &Matter) -> bool {
    let Ok(procedure) = house.procedure(&matter.procedure, &matter.version) else { return false };
    document::kind_of(house, &procedure, matter).is_some_and(|kind| kind.interpret)
}

/// Whether a companion can take the step now, or has taken it.
fn can(house: &House, matter: &Matter, step: &str) -> bool {
    let Ok(procedure) = house.procedure(&matter.procedure, &matter.version) else { return false };
    let Some(step) = procedure.step(step) else { return false };
    let is_set = |name: &String| matter.value(name).is_some_and(|value| !value.is_empty());
    let agrees = |(name, wanted): (&String, &Vec<String>)| {
        matter.value(name).is_some_and(|value| value.code().is_some_and(|code| wanted.iter().any(|one| one == code)))
    };
    step.to.as_ref() == Some(&matter.state)
        || (step.from.contains(&matter.state)
            && step.needs_set.iter().all(is_set)
            && step.only_if.iter().all(agrees)
            && !step.needs_closed.iter().any(|kind| matter.has_open(kind)))
}

/// The acts on other matters that follow: on every companion on its way, or on the lead that waits.
pub(crate) fn following(
    tx: &mut Tx<'_>,
    house: &House,
    procedure: &Procedure,
    matter: &Matter,
    consequence: &Consequence,
) -> Result<Vec<(i64, String, Moment)>, Fail> {
    let (step, at, others) = match consequence {
        Consequence::Along { step, at } => {
            let all = companions(tx, matter.body, matter.id)?;
            let others = all.into_iter().filter(Companion::on_its_way).map(|one| one.matter).collect();
            (step, *at, others)
        }
        Consequence::Lead { step, at } => match lead(procedure, matter) {
            Some(lead) => (step, *at, row::read(tx, matter.body, lead)?.into_iter().collect::<Vec<_>>()),
            None => return Ok(Vec::new()),
        },
        _ => return Ok(Vec::new()),
    };
    let mut acts = Vec::new();
    for other in others {
        let procedure = house.procedure(&other.procedure, &other.version)?;
        if procedure.step(step).is_some_and(|step| step.from.contains(&other.state)) {
            acts.push((other.id, step.clone(), at.max(other.at)));
        }
    }
    Ok(acts)
}

/// What the fields of a companion say of its lead, now that this has an address: it interprets it.
pub(crate) fn name_lead(
    tx: &mut Tx<'_>,
    procedure: &Procedure,
    matter: &Matter,
    kind: &Kind,
    fields: &mut Fields,
) -> Result<(), Fault> {
    let Some(lead) = lead(procedure, matter) else { return Ok(()) };
    let item = tx.row(&ITEM, params![lead, matter.body], |row| row.get::<String>(0))?;
    let field = kind.fields.iter().find(|field| field.relation == Some(Relation::Interprets));
    if let (Some(item), Some(field)) = (item, field) {
        let named = fields.entry(field.id.clone()).or_default();
        if !named.split_whitespace().any(|one| one == item) {
            *named = format!("{named} {item}").trim().to_owned();
        }
    }
    Ok(())
}

/// A matter of a package, for those who work on another of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The matter.
    pub id: i64,
    /// Its number.
    pub number: String,
    /// Its title, masked.
    pub title: String,
    /// Its state in words.
    pub state: String,
}

/// What goes together with a matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Package {
    /// It is of a kind that has companions.
    pub leads: bool,
    /// The matter with which it goes.
    pub lead: Option<Member>,
    /// The matters that go with it.
    pub companions: Vec<Member>,
}

fn member(q: &mut Query<'_>, house: &House, matter: &Matter) -> Result<Member, Fault> {
    let procedure = house.procedure(&matter.procedure, &matter.version).map_err(|_| Fault::Absent("procedure"))?;
    let state = procedure.state(&matter.state).map(|state| state.label.clone()).unwrap_or_default();
    let title = q.row(&CALLED, params![matter.id, TITLE], |row| row.get(0))?.unwrap_or_default();
    Ok(Member { id: matter.id, number: matter.number.clone().unwrap_or_default(), title, state })
}

impl Office {
    /// What goes together with a matter that the caller sees.
    ///
    /// # Errors
    /// [`Fail::NotFound`]; our failure.
    pub async fn package(&self, caller: &Caller, matter: i64) -> Result<Package, Fail> {
        let (matter, _) = self.matter_and_key(caller, matter).await?;
        let house = self.house().clone();
        let procedure = house.procedure(&matter.procedure, &matter.version)?;
        Ok(self
            .read(move |q| {
                let named = lead(&procedure, &matter);
                let lead = named.map(|lead| row::read(q, matter.body, lead)).transpose()?.flatten();
                let lead = lead.map(|lead| member(q, &house, &lead)).transpose()?;
                let mut members = Vec::new();
                for one in companions(q, matter.body, matter.id)? {
                    members.push(member(q, &house, &one.matter)?);
                }
                Ok(Package { leads: leads(&house, &matter), lead, companions: members })
            })
            .await?)
    }

    /// The matters that a new companion may name as its lead: those on their way, and those that went
    /// public before their interpretation.
    ///
    /// # Errors
    /// Our failure.
    pub async fn leads(&self, caller: &Caller, procedure: &str) -> Result<Vec<Member>, Fail> {
        let (house, body, procedure) = (self.house().clone(), caller.body, procedure.to_owned());
        let sight = crate::sight::confined(caller);
        Ok(self
            .read(move |q| {
                let rows = q.rows(&LEADS, params![body, procedure], |row| row.get::<String>(0))?;
                let mut found = Vec::new();
                for value in rows {
                    let matter = Matter::parse(&value).map_err(|error| Fault::Shape(format!("matter row: {error}")))?;
                    let seen = sight.is_none_or(|unit| matter.unit == Some(unit));
                    if seen && leads(&house, &matter) {
                        found.push(member(q, &house, &matter)?);
                    }
                }
                Ok(found)
            })
            .await?)
    }
}
