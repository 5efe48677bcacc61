//! Rows of matters: the present beside the history, written in the same transaction.
//!
//! A matter's row is its canonical JSON plus columns derived by [`columns`]; nothing else writes
//! these tables.

use law::{Date, Lamp, Moment, Sort};
use matter::{Event, Matter, Phase, Procedure, Refusal, RefusalCode, Role, Sentence};

use crate::fail::Fail;
use crate::store::{Fault, Query, Tx};
use crate::{package, params, statements};

statements! {
    LOCK = sqlite "select value from matter where id = $1 and body_id = $2",
        postgres "select value from matter where id = $1 and body_id = $2 for update";
    READ = "select value from matter where id = $1 and body_id = $2";
    INSERT = "insert into matter (id, public_id, body_id, procedure, version, state, phase, category, channel, unit_id, handler_id, number, code_hash, password_hash, filed_at, closed_at, replied_at, answer_on, parent_id, seq, aim_on, due_on, due_at, amber_on, paused, provisional, awaits, returned, rating, value, reviews) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31)";
    UPDATE = "update matter set version = $1, state = $2, phase = $3, category = $4, unit_id = $5, handler_id = $6, number = $7, filed_at = $8, closed_at = $9, replied_at = $10, answer_on = $11, seq = $12, aim_on = $13, due_on = $14, due_at = $15, amber_on = $16, paused = $17, provisional = $18, awaits = $19, returned = $20, rating = $21, value = $22, reviews = $23 where id = $24";
    EVENT = "insert into event (matter_id, seq, body_id, unit_id, procedure, code, at, recorded_at, actor, prev, hash, payload) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    EVENTS = "select payload from event where matter_id = $1 and seq > $2 order by seq";
    CHAIN = "select payload, hash from event where matter_id = $1 order by seq";
    CLOCK = "insert into clock (matter_id, clock, body_id, aim_on, due_on, due_at, amber_on, paused, provisional, lapses) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    NO_CLOCKS = "delete from clock where matter_id = $1";
    REPEATED = "select matter_id, seq, request from idempotency where body_id = $1 and key = $2";
    REMEMBER = "insert into idempotency (body_id, key, matter_id, seq, at, request) values ($1, $2, $3, $4, $5, $6)";
    ORIGIN = "insert into origin (format, outside_id, body_id, matter_id, content_hash) values ($1, $2, $3, $4, $5)";
}

/// What a new matter carries besides its events: the hashes of code and password, and for an
/// imported record the hash of its content.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ticket {
    pub code_hash: Option<Vec<u8>>,
    pub password_hash: Option<String>,
    pub content_hash: Option<Vec<u8>>,
}

/// A matter before and after one event.
pub(crate) struct Written<'a> {
    pub before: Option<&'a Matter>,
    pub after: &'a Matter,
    pub event: &'a Event,
    /// Hash of the event before.
    pub previous: &'a str,
    pub procedure: &'a Procedure,
    /// For a new matter.
    pub ticket: Option<&'a Ticket>,
}

/// The day of rows without a running clock.
pub(crate) const NEVER: &str = "9999-12-31";

/// What lists and figures filter and sort by.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Columns {
    /// [`NEVER`] where no clock runs, so that the row sorts last.
    pub aim_on: String,
    pub due_on: Option<String>,
    pub due_at: Option<i64>,
    pub amber_on: Option<String>,
    pub paused: bool,
    pub provisional: bool,
    pub replied_at: Option<i64>,
    pub answer_on: Option<String>,
    pub rating: Option<String>,
    /// Whose step a document waits for, as [`role_bit`]s.
    pub reviews: i64,
}

/// The columns of a matter. The nearest open clock of the body orders the lists; the procedure's
/// first clock, which measures the answer, tells when it was due and when it was given.
pub(crate) fn columns(matter: &Matter, procedure: &Procedure) -> Columns {
    let open = procedure
        .clocks
        .iter()
        .filter_map(|rule| matter.clocks.get(&rule.id))
        .filter(|clock| clock.is_open() && clock.side == law::Side::Agency && clock.sort != Sort::Least);
    let nearest = open.min_by_key(|clock| (clock.is_paused(), clock.due.aim_on));
    let answer = procedure.clocks.first().and_then(|rule| matter.clocks.get(&rule.id));
    Columns {
        aim_on: nearest.map_or(NEVER.into(), |clock| clock.due.aim_on.to_string()),
        due_on: nearest.map(|clock| clock.due.due_on.to_string()),
        due_at: nearest.and_then(|clock| clock.due.due_at).map(Moment::millis),
        amber_on: nearest.map(|clock| clock.due.amber_on.to_string()),
        paused: nearest.is_some_and(law::Clock::is_paused),
        provisional: nearest.is_some_and(|clock| clock.due.provisional),
        replied_at: answer.and_then(|clock| clock.stopped).map(Moment::millis),
        answer_on: answer.map(|clock| clock.due.due_on.to_string()),
        rating: matter.value("rating").and_then(|value| value.code().map(str::to_owned)),
        reviews: role_bits(crate::review::due(procedure, matter).flat_map(|step| step.by.iter().copied())),
    }
}

/// The bit under which a role is stored in `reviews`; none for those who review nothing.
const fn role_bit(role: Role) -> i64 {
    match role {
        Role::Handler => 1,
        Role::UnitHead => 2,
        Role::FoiClerk => 4,
        Role::FoiHead => 8,
        Role::Reviewer => 16,
        Role::Leader => 32,
        _ => 0,
    }
}

/// Roles as the column `reviews` holds them.
pub(crate) fn role_bits(roles: impl Iterator<Item = Role>) -> i64 {
    roles.fold(0, |bits, role| bits | role_bit(role))
}

/// The word stored for a phase.
pub(crate) const fn phase_id(phase: Phase) -> &'static str {
    match phase {
        Phase::Open => "open",
        Phase::Waiting => "waiting",
        Phase::Closed => "closed",
    }
}

/// The lamp of a list row: the same rule as [`law::Clock::lamp`], from columns.
pub(crate) fn lamp(phase: &str, paused: bool, days: [Option<Date>; 3], due_at: Option<i64>, now: Moment) -> Lamp {
    let today = now.date();
    let [amber_on, aim_on, due_on] = days;
    if paused || phase == phase_id(Phase::Closed) || aim_on.is_none() {
        return Lamp::Grey;
    }
    if due_at.map_or(due_on.is_some_and(|due| today > due), |due| now.millis() > due) {
        Lamp::Overdue
    } else if due_at.is_none() && aim_on.is_some_and(|aim| today > aim) {
        Lamp::Red
    } else if amber_on.is_some_and(|amber| today >= amber) {
        Lamp::Amber
    } else {
        Lamp::Green
    }
}

fn parse(row: &str) -> Result<Matter, Fault> {
    Matter::parse(row).map_err(|error| Fault::Shape(format!("matter row: {error}")))
}

/// The matter, locked against other writers until the end of the transaction.
pub(crate) fn lock(tx: &mut Tx<'_>, body: i64, id: i64) -> Result<Option<Matter>, Fault> {
    tx.row(&LOCK, params![id, body], |row| parse(&row.get::<String>(0)?))
}

/// The matter as it stands.
pub(crate) fn read(query: &mut Query<'_>, body: i64, id: i64) -> Result<Option<Matter>, Fault> {
    query.row(&READ, params![id, body], |row| parse(&row.get::<String>(0)?))
}

/// The matter under whose key the texts are sealed: itself, or the one it is a child of.
pub(crate) fn root(query: &mut Query<'_>, matter: &Matter) -> Result<i64, Fault> {
    let mut top = matter.clone();
    while let Some(parent) = top.parent.clone() {
        match read(query, top.body, parent.id)? {
            Some(next) => top = next,
            None => return Ok(parent.id),
        }
    }
    Ok(top.id)
}

fn event_of(payload: &str) -> Result<Event, Fault> {
    serde_json::from_str(payload).map_err(|error| Fault::Shape(format!("event: {error}")))
}

/// The events of a matter after number `seq`.
pub(crate) fn events(query: &mut Query<'_>, matter: i64, seq: i64) -> Result<Vec<Event>, Fault> {
    query.rows(&EVENTS, params![matter, seq], |row| event_of(&row.get::<String>(0)?))
}

/// The events of a matter with their stored hashes.
pub(crate) fn chain(query: &mut Query<'_>, matter: i64) -> Result<Vec<(Event, String)>, Fault> {
    query.rows(&CHAIN, params![matter], |row| {
        let hash: Vec<u8> = row.get(1)?;
        Ok((event_of(&row.get::<String>(0)?)?, hex(&hash)))
    })
}

/// What the actor has not seen yet.
pub(crate) fn events_since(tx: &mut Tx<'_>, matter: Option<&Matter>, seen: Option<i64>) -> Result<Vec<Event>, Fault> {
    match (matter, seen) {
        (Some(matter), Some(seen)) if seen < matter.seq => events(tx, matter.id, seen),
        _ => Ok(Vec::new()),
    }
}

/// Writes event, row, clocks and feed.
pub(crate) fn write(tx: &mut Tx<'_>, written: &Written<'_>) -> Result<(), Fault> {
    let Written { before, after, event, previous, procedure, ticket } = *written;
    let columns = columns(after, procedure);
    match ticket {
        Some(ticket) => insert(tx, after, &columns, ticket)?,
        None => update(tx, after, &columns)?,
    }
    tx.execute(
        &EVENT,
        params![
            after.id,
            event.seq,
            after.body,
            after.unit,
            &after.procedure,
            &event.code,
            event.at.millis(),
            event.recorded_at.millis(),
            event.actor,
            unhex(previous),
            unhex(&after.head),
            event.canonical()
        ],
    )?;
    package::keep(tx, procedure, before, after)?;
    let rows = after.columns().clocks;
    let unchanged = before.is_some_and(|before| before.columns().clocks == rows);
    if !unchanged {
        if before.is_some_and(|before| !before.columns().clocks.is_empty()) {
            tx.execute(&NO_CLOCKS, params![after.id])?;
        }
        for row in &rows {
            let lapses = procedure.clock(&row.clock).is_some_and(|rule| rule.lapse.is_some());
            tx.execute(
                &CLOCK,
                params![
                    after.id,
                    &row.clock,
                    after.body,
                    row.aim_on.to_string(),
                    row.due_on.to_string(),
                    row.due_at.millis(),
                    row.amber_on.to_string(),
                    row.paused,
                    row.provisional,
                    lapses
                ],
            )?;
        }
    }
    crate::feed::note(tx, "matter", after.id, after.body)
}

fn insert(tx: &mut Tx<'_>, matter: &Matter, columns: &Columns, ticket: &Ticket) -> Result<(), Fault> {
    tx.execute(
        &INSERT,
        params![
            matter.id,
            &matter.public_id,
            matter.body,
            &matter.procedure,
            &matter.version,
            &matter.state,
            phase_id(matter.phase),
            &matter.category,
            matter.channel.as_deref().unwrap_or_default(),
            matter.unit,
            matter.handler,
            &matter.number,
            &ticket.code_hash,
            &ticket.password_hash,
            matter.filed_at.millis(),
            matter.closed_at.map(Moment::millis),
            columns.replied_at,
            &columns.answer_on,
            matter.parent.as_ref().map(|parent| parent.id),
            matter.seq,
            &columns.aim_on,
            &columns.due_on,
            columns.due_at,
            &columns.amber_on,
            columns.paused,
            columns.provisional,
            awaits(matter),
            is_returned(matter),
            &columns.rating,
            matter.canonical(),
            columns.reviews
        ],
    )?;
    if let (Some(origin), Some(hash)) = (&matter.origin, &ticket.content_hash) {
        tx.execute(&ORIGIN, params![&origin.format, &origin.id, matter.body, matter.id, hash])?;
    }
    Ok(())
}

fn update(tx: &mut Tx<'_>, matter: &Matter, columns: &Columns) -> Result<(), Fault> {
    tx.execute(
        &UPDATE,
        params![
            &matter.version,
            &matter.state,
            phase_id(matter.phase),
            &matter.category,
            matter.unit,
            matter.handler,
            &matter.number,
            matter.filed_at.millis(),
            matter.closed_at.map(Moment::millis),
            columns.replied_at,
            &columns.answer_on,
            matter.seq,
            &columns.aim_on,
            &columns.due_on,
            columns.due_at,
            &columns.amber_on,
            columns.paused,
            columns.provisional,
            awaits(matter),
            is_returned(matter),
            &columns.rating,
            matter.canonical(),
            columns.reviews,
            matter.id
        ],
    )?;
    Ok(())
}

/// The role whose approval is awaited, as stored.
fn awaits(matter: &Matter) -> Option<String> {
    matter.columns().awaits.map(role_id)
}

fn is_returned(matter: &Matter) -> bool {
    matter.proposal.as_ref().is_some_and(|proposal| proposal.returned)
}

/// The word stored for a role: its word in the rulebook.
pub(crate) fn role_id(role: Role) -> String {
    serde_json::to_value(role).ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The idempotency key of an act, with the keyed hash of what was asked under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub name: String,
    /// Empty for an act of the system, which asks the same under one key always.
    pub request: Vec<u8>,
}

/// What an earlier act with this key made, and whether it was the same request.
pub(crate) fn kept(q: &mut Query<'_>, body: i64, key: &Key) -> Result<Option<(i64, i64, bool)>, Fault> {
    q.row(&REPEATED, params![body, &key.name], |row| {
        // Records from before requests were hashed hold none.
        let same = row.get::<Option<Vec<u8>>>(2)?.is_none_or(|request| request == key.request);
        Ok((row.get(0)?, row.get(1)?, same))
    })
}

/// What an earlier act with this key made. The same key with another request is refused: to answer
/// it with the first result would lose the second request without a word.
pub(crate) fn repeated(q: &mut Query<'_>, body: i64, key: &Key) -> Result<Option<(i64, i64)>, Fail> {
    match kept(q, body, key)? {
        Some((_, _, false)) => {
            let what = "同一个Idempotency-Key已经用于另一项内容不同的请求，这次请求没有执行";
            let sentence = Sentence::new(what, "", "请为新的请求换一个新的键；若是重发，请原样重发");
            Err(Fail::Refused(Refusal::new(RefusalCode::KeyReused, sentence)))
        }
        found => Ok(found.map(|(matter, seq, _)| (matter, seq))),
    }
}

/// Keeps what an act with this key made.
pub(crate) fn remember(tx: &mut Tx<'_>, body: i64, key: &Key, matter: i64, seq: i64, at: Moment) -> Result<(), Fault> {
    tx.execute(&REMEMBER, params![body, &key.name, matter, seq, at.millis(), &key.request]).map(drop)
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digit = |at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (0..text.len()).step_by(2).filter_map(digit).collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
