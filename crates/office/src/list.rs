//! The desk's lists: what one caller may see, in keyset order, first due first.

use std::sync::Arc;

use law::{Date, Moment};
use matter::{Procedure, Role};

use crate::fail::Fail;
use crate::permit::Caller;
use crate::row::{NEVER, lamp, role_bits, role_id};
use crate::sight::{Sight, confined};
use crate::store::{Fault, Lane, Row, Tx, Value};
use crate::view::{ListPage, ListRow, ListView, first_words};
use crate::{Office, audit, params, statements};

/// The rows of a list, in the order in which [`line`] reads their columns. Last comes the text that
/// heads each row: the parameter `$subjects` holds `|procedure version element|` of every procedure.
macro_rules! select {
    ($rows:expr, $subjects:literal, $order:literal) => {
        concat!("select x.id, x.number, x.procedure, x.version, x.channel, x.category, x.unit, x.handler, x.phase, x.paused, x.amber_on, x.aim_on, x.due_on, x.due_at, x.state, x.filed_at, x.public_id, substr(t.masked, 1, 240) from (select m.id, m.number, m.procedure, m.version, m.channel, m.category, u.name as unit, o.name as handler, m.phase, m.paused, m.amber_on, m.aim_on, m.due_on, m.due_at, m.state, m.filed_at, m.public_id from matter m left join unit u on u.id = m.unit_id left join officer o on o.id = m.handler_id where m.body_id = $1 ", $rows, ") x left join matter_text t on t.matter_id = x.id and ", $subjects, " like '%|' || x.procedure || ' ' || x.version || ' ' || t.element || '|%' order by ", $order)
    };
}

// Filters that are not asked for are null; what orders the list stands in an index.
macro_rules! filters {
    () => {
        " and (cast($5 as bigint) is null or m.handler_id = $5) and (cast($6 as text) is null or (m.awaits is not null and $6 like '%' || m.awaits || '%')) and (cast($7 as text) is null or m.amber_on <= $7) and (cast($8 as text) is null or m.aim_on >= $8) and (cast($9 as text) is null or m.aim_on < $9) and (cast($10 as bigint) is null or m.returned = $10) and (cast($11 as bigint) is null or (case when m.handler_id is null then 0 else 1 end) = $11) and (cast($12 as bigint) is null or (case when m.unit_id is null then 0 else 1 end) = $12) and (cast($13 as text) is null or m.procedure = $13) and (cast($14 as text) is null or m.category = $14) and (cast($15 as bigint) is null or m.unit_id = $15) and (cast($16 as text) is null or m.channel = $16) and (cast($17 as bigint) is null or (m.reviews & $17) <> 0) and m.parent_id is null"
    };
}

statements! {
    IN_BODY = select!(concat!("and m.phase = $2 and (m.aim_on, m.id) > ($3, $4)", filters!(), " order by m.aim_on, m.id limit $18"), "$19", "x.aim_on, x.id");
    IN_UNIT = select!(concat!("and m.phase = $2 and (m.aim_on, m.id) > ($3, $4)", filters!(), " and m.unit_id = $18 order by m.aim_on, m.id limit $19"), "$20", "x.aim_on, x.id");
    IN_SIGHT = select!(concat!("and m.phase = $2 and (m.aim_on, m.id) > ($3, $4)", filters!(), " and (m.unit_id = $18 or $19 like '%|' || m.procedure || ' ' || m.version || '|%') order by m.aim_on, m.id limit $20"), "$21", "x.aim_on, x.id");
    NEWEST = select!(concat!("and (cast($2 as text) is null or m.phase = $2) and (m.filed_at, m.id) < ($3, $4)", filters!(), " order by m.filed_at desc, m.id desc limit $18"), "$19", "x.filed_at desc, x.id desc");
    NEWEST_IN_UNIT = select!(concat!("and (cast($2 as text) is null or m.phase = $2) and (m.filed_at, m.id) < ($3, $4)", filters!(), " and m.unit_id = $18 order by m.filed_at desc, m.id desc limit $19"), "$20", "x.filed_at desc, x.id desc");
    NEWEST_IN_SIGHT = select!(concat!("and (cast($2 as text) is null or m.phase = $2) and (m.filed_at, m.id) < ($3, $4)", filters!(), " and (m.unit_id = $18 or $19 like '%|' || m.procedure || ' ' || m.version || '|%') order by m.filed_at desc, m.id desc limit $20"), "$21", "x.filed_at desc, x.id desc");
    COUNT = concat!("select count(*) from (select 1 from matter m where m.body_id = $1 and m.phase = $2 and (m.aim_on, m.id) > ($3, $4)", filters!(), " limit $18) as counted");
    COUNT_IN_UNIT = concat!("select count(*) from (select 1 from matter m where m.body_id = $1 and m.phase = $2 and (m.aim_on, m.id) > ($3, $4)", filters!(), " and m.unit_id = $18 limit $19) as counted");
    COUNT_IN_SIGHT = concat!("select count(*) from (select 1 from matter m where m.body_id = $1 and m.phase = $2 and (m.aim_on, m.id) > ($3, $4)", filters!(), " and (m.unit_id = $18 or $19 like '%|' || m.procedure || ' ' || m.version || '|%') limit $20) as counted");
    BY_NUMBER = select!("and m.number = $2", "$3", "x.id");
    BY_HASH = select!("and m.id in (select matter_id from lookup where body_id = $2 and kind = $3 and hash = $4) order by m.filed_at desc limit 50", "$5", "x.filed_at desc");
    BY_ID = select!("and m.id = $2", "$3", "x.id");
}

/// Matters of a list that are counted at most; a list that long is called 999+.
pub const COUNTED_MAX: usize = 1000;

/// What a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListQuery {
    /// Which list.
    pub view: ListView,
    /// Only this procedure.
    pub procedure: Option<String>,
    /// Only this category.
    pub category: Option<String>,
    /// Only this unit.
    pub unit: Option<i64>,
    /// Only this channel.
    pub channel: Option<String>,
    /// Where the page begins, as [`ListPage::next`] gave it.
    pub after: Option<String>,
    /// Rows on a page, 1 to 100; 25 keep a list below 25 KB without compression.
    pub limit: u32,
}

impl ListQuery {
    /// The first page of a list.
    pub fn of(view: ListView) -> ListQuery {
        ListQuery { view, procedure: None, category: None, unit: None, channel: None, after: None, limit: 25 }
    }
}

/// What a view asks of the rows.
#[derive(Default)]
struct Asked {
    phase: Option<&'static str>,
    handler: Option<i64>,
    awaits: Option<String>,
    amber: Option<String>,
    aim_from: Option<String>,
    aim_before: Option<String>,
    returned: Option<i64>,
    handled: Option<i64>,
    assigned: Option<i64>,
    reviews: Option<i64>,
}

fn asked(view: ListView, caller: &Caller, today: Date) -> Asked {
    let today = Some(today.to_string());
    let me = confined(caller).is_some().then_some(caller.actor);
    let open = Asked { phase: Some("open"), ..Asked::default() };
    match view {
        ListView::ToSign if confined(caller).is_some() => Asked { handled: Some(0), ..open },
        ListView::ToSign => Asked { assigned: Some(0), ..open },
        ListView::ToHandle if caller.has(Role::Handler) => Asked { handler: me, handled: Some(1), ..open },
        ListView::ToHandle => Asked { assigned: Some(1), ..open },
        ListView::ToApprove => {
            let roles: Vec<String> = caller.roles.iter().map(|role| role_id(*role)).collect();
            Asked { awaits: Some(roles.join(" ")), ..open }
        }
        ListView::ToReview => Asked { reviews: Some(role_bits(caller.roles.iter().copied())), ..open },
        ListView::Near => Asked { amber: today.clone(), aim_from: today, ..open },
        ListView::Overdue => Asked { aim_before: today, ..open },
        ListView::Returned => Asked { returned: Some(1), ..open },
        ListView::Waiting => Asked { phase: Some("waiting"), ..open },
        ListView::Closed => Asked { phase: Some("closed"), ..open },
        ListView::All => Asked::default(),
    }
}

/// Whether a list is ordered by due day; the others begin with what was filed last.
fn by_due(view: ListView) -> bool {
    !matches!(view, ListView::Closed | ListView::All)
}

/// The parameters of a list's statement up to what the caller sees.
fn values(
    caller: &Caller,
    sight: &Sight,
    query: ListQuery,
    cursor: Option<(String, i64)>,
    today: Date,
) -> Vec<Value<'static>> {
    let (wanted, by_due) = (asked(query.view, caller, today), by_due(query.view));
    let key = match (&cursor, by_due) {
        (Some((key, _)), true) => Value::from(key.clone()),
        (None, true) => Value::from(""),
        (cursor, false) => {
            let key = cursor.as_ref().and_then(|(key, _)| key.parse().ok());
            Value::from(key.unwrap_or(i64::MAX))
        }
    };
    let id = cursor.map_or(if by_due { 0 } else { i64::MAX }, |(_, id)| id);
    let mut values = vec![Value::from(caller.body), Value::from(wanted.phase), key, Value::from(id)];
    values.extend([Value::from(wanted.handler), Value::from(wanted.awaits), Value::from(wanted.amber)]);
    values.extend([Value::from(wanted.aim_from), Value::from(wanted.aim_before)]);
    values.extend([wanted.returned, wanted.handled, wanted.assigned].map(Value::from));
    values.extend([query.procedure, query.category].map(Value::from));
    values.extend([Value::from(query.unit), Value::from(query.channel)]);
    values.push(Value::from(wanted.reviews));
    values.extend(sight.values());
    values
}

/// A row as the database gives it; the words of the rulebook are added by the office.
struct Raw {
    id: i64,
    number: Option<String>,
    procedure: String,
    version: String,
    channel: String,
    category: Option<String>,
    unit: Option<String>,
    handler: Option<String>,
    phase: String,
    paused: bool,
    days: [Option<Date>; 3],
    due_at: Option<i64>,
    state: String,
    filed_at: i64,
    title: Option<String>,
    public_id: String,
}

fn day(text: Option<String>) -> Option<Date> {
    text.filter(|text| text != NEVER).and_then(|text| text.parse().ok())
}

fn line(row: &Row<'_>) -> Result<Raw, Fault> {
    Ok(Raw {
        id: row.get(0)?,
        number: row.get(1)?,
        procedure: row.get(2)?,
        version: row.get(3)?,
        channel: row.get(4)?,
        category: row.get(5)?,
        unit: row.get(6)?,
        handler: row.get(7)?,
        phase: row.get(8)?,
        paused: row.get(9)?,
        days: [day(row.get(10)?), day(row.get(11)?), day(row.get(12)?)],
        due_at: row.get(13)?,
        state: row.get(14)?,
        filed_at: row.get(15)?,
        public_id: row.get(16)?,
        title: row.get(17)?,
    })
}

impl Office {
    /// A page of one of the desk's lists.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn list(&self, caller: &Caller, query: ListQuery) -> Result<ListPage, Fail> {
        let limit = query.limit.clamp(1, 100);
        let by_due = by_due(query.view);
        let cursor = query.after.as_deref().and_then(|after| {
            let (key, id) = after.rsplit_once('_')?;
            Some((key.to_owned(), id.parse::<i64>().ok()?))
        });
        let sight = self.sight(caller);
        let mut values = values(caller, &sight, query, cursor, self.now().date());
        values.extend([Value::from(limit + 1), Value::from(self.subjects())]);
        let rows = self.read(move |q| {
            let of =
                if by_due { [&IN_BODY, &IN_UNIT, &IN_SIGHT] } else { [&NEWEST, &NEWEST_IN_UNIT, &NEWEST_IN_SIGHT] };
            q.rows(sight.statement(of), &values, line)
        });
        let mut rows = rows.await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|last| {
            let key = if by_due {
                last.days[1].map_or(NEVER.into(), |day| day.to_string())
            } else {
                last.filed_at.to_string()
            };
            format!("{key}_{}", last.id)
        });
        let now = self.now();
        Ok(ListPage { rows: rows.into_iter().map(|raw| self.words(raw, now)).collect(), next })
    }

    /// How many stand in each list by due day, up to [`COUNTED_MAX`].
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn counters(&self, caller: &Caller) -> Result<Vec<(ListView, usize)>, Fail> {
        let (sight, today) = (self.sight(caller), self.now().date());
        let statement = sight.statement([&COUNT, &COUNT_IN_UNIT, &COUNT_IN_SIGHT]);
        let asked = |view| {
            let mut values = values(caller, &sight, ListQuery::of(view), None, today);
            values.push(Value::from(COUNTED_MAX as u32));
            (view, values)
        };
        let asked: Vec<_> = ListView::ALL.into_iter().filter(|view| by_due(*view)).map(asked).collect();
        self.read(move |q| {
            let count = |(view, values): (ListView, Vec<Value<'static>>)| {
                let count = q.row(statement, &values, |row| row.get::<i64>(0))?;
                Ok((view, count.and_then(|count| usize::try_from(count).ok()).unwrap_or_default()))
            };
            asked.into_iter().map(count).collect()
        })
        .await
    }

    /// Which text heads a row, for the statements: `|procedure version element|` of every procedure.
    fn subjects(&self) -> String {
        let one = |rule: &Arc<Procedure>| Some(format!("{} {} {}|", rule.id, rule.version, rule.subject.as_ref()?));
        std::iter::once("|".to_owned()).chain(self.rules().procedures().filter_map(one)).collect()
    }

    /// The matter of a 受理编号, if this caller may see it; who looked is noted.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn find_number(&self, caller: &Caller, number: &str) -> Result<Vec<ListRow>, Fail> {
        let (body, number) = (caller.body, text::normal::folded(number).to_uppercase());
        let subjects = self.subjects();
        let found =
            self.found(caller, move |q| q.rows(&BY_NUMBER, params![body, number.trim(), subjects], line)).await?;
        let ids: Vec<i64> = found.iter().map(|row| row.id).collect();
        let (actor, now) = (caller.actor, self.now());
        if !ids.is_empty() {
            // The answer leaves only after the look is on record.
            let note = move |tx: &mut Tx<'_>| {
                ids.iter().try_for_each(|id| audit::note(tx, body, now, actor, "find", &format!("matter {id}"), ""))
            };
            self.write(Lane::People, note).await?;
        }
        Ok(found)
    }

    /// Matters of a person by whole name, phone, mail or number of an identity paper: found by
    /// keyed hash, because the texts themselves are sealed.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn find_person(&self, caller: &Caller, kind: &'static str, whole: &str) -> Result<Vec<ListRow>, Fail> {
        let body = caller.body;
        let (hash, subjects) = (self.body_keys(body).await?.find(kind, whole), self.subjects());
        self.found(caller, move |q| q.rows(&BY_HASH, params![body, body, kind, hash, subjects], line)).await
    }

    /// Rows of these matters that the caller may see, in the given order.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn rows_of(&self, caller: &Caller, ids: Vec<i64>) -> Result<Vec<ListRow>, Fail> {
        let (body, subjects) = (caller.body, self.subjects());
        let found = self.found(caller, move |q| {
            let one = |id: &i64| q.row(&BY_ID, params![body, *id, &subjects], line);
            Ok(ids.iter().map(one).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
        });
        found.await
    }

    async fn found(
        &self,
        caller: &Caller,
        f: impl FnOnce(&mut crate::store::Query<'_>) -> Result<Vec<Raw>, Fault> + Send + 'static,
    ) -> Result<Vec<ListRow>, Fail> {
        let sight = self.sight(caller);
        let name = match sight.unit() {
            Some(unit) => self.units(caller).await?.into_iter().find(|one| one.id == unit).map(|one| one.name),
            None => None,
        };
        let sees = |raw: &Raw| {
            let own = name.is_some() && raw.unit == name;
            own || sight.whole_of(&raw.procedure, &raw.version)
        };
        let now = self.now();
        let rows = self.read(f).await?;
        Ok(rows.into_iter().filter(sees).map(|raw| self.words(raw, now)).collect())
    }

    /// Adds the words of the rulebook.
    fn words(&self, raw: Raw, now: Moment) -> ListRow {
        let procedure = self.rules().procedure(&raw.procedure, &raw.version);
        let procedure = procedure.as_deref();
        let calendar = self.rules().law.calendar();
        let lamp = lamp(&raw.phase, raw.paused, raw.days, raw.due_at, now);
        let [_, aim_on, due_on] = raw.days;
        let category = raw.category.as_deref().and_then(|id| procedure?.category(id));
        ListRow {
            id: raw.id,
            public_id: raw.public_id,
            number: raw.number.unwrap_or_default(),
            procedure: procedure.map(|one| one.label.clone()).unwrap_or_default(),
            title: raw.title.as_deref().map(first_words).unwrap_or_default(),
            channel: procedure
                .and_then(|one| one.channel(&raw.channel))
                .map(|one| one.label.clone())
                .unwrap_or_default(),
            category: category.map(|one| one.label.clone()).unwrap_or_default(),
            unit: raw.unit.unwrap_or_default(),
            handler: raw.handler.unwrap_or_default(),
            lamp,
            aim_on,
            due_on,
            days_left: aim_on.map(|aim| calendar.workdays_between(now.date(), aim, &[])),
            state: procedure.and_then(|one| one.state(&raw.state)).map(|one| one.label.clone()).unwrap_or_default(),
            filed_at: Moment::from_millis(raw.filed_at),
        }
    }
}
