//! 自查 (国办发〔2016〕80号 一(一); practice P9): what should be public and is not, what was withheld and may
//! be released, what people keep applying for, numbers of a 文号 series that nobody can explain, columns
//! that are empty or stale. Reads only; each finding names the unit that produces the information.

use std::collections::{BTreeMap, BTreeSet};

use law::{Date, Moment};
use matter::{Guard, Matter, Phase, Procedure};
use publication::kind::Form;
use serde::Serialize;

use crate::document;
use crate::fail::Fail;
use crate::house::House;
use crate::office::Office;
use crate::store::{Fault, Query};
use crate::{params, row, statements};

statements! {
    MATTERS = "select id from matter where body_id = $1 and procedure = $2 and id > $3 order by id limit 500";
    NUMBERS = "select number from edition where body_id = $1 and number is not null and state in ('public', 'withdrawn')";
    PLACED = "select count(*), max(placed_at) from placement where body_id = $1 and channel = $2 and removed_at is null";
    OFTEN = "select m.procedure, l.hash, count(*), max(m.filed_at) from lookup l join matter m on m.id = l.matter_id where l.body_id = $1 and l.kind = 'content' group by m.procedure, l.hash having count(*) > 1 order by 3 desc limit 100";
    UNITS = "select id, name from unit where body_id = $1";
}

/// Half a year, after which what was withheld is looked at again (国办发〔2016〕80号: 定期审查).
const AGAIN_DAYS: i64 = 183;

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Signed and not published within its limit (条例第二十六条).
    Unpublished,
    /// Withheld half a year ago or earlier: may it be released now?
    WithheldLong,
    /// Applied for more than once and not public (条例第四十四条).
    AppliedOften,
    /// A number of a 文号 series that is neither public nor withheld with a reason.
    Unexplained,
    /// A column without any item.
    Empty,
    /// A column in which nothing appeared for longer than its rule allows.
    Stale,
}

impl Sort {
    /// The words officers read.
    pub const fn label(self) -> &'static str {
        match self {
            Sort::Unpublished => "应公开未公开",
            Sort::WithheldLong => "不公开满半年，需要重新审查",
            Sort::AppliedOften => "多次被申请，考虑主动公开",
            Sort::Unexplained => "文号没有去向",
            Sort::Empty => "栏目没有内容",
            Sort::Stale => "栏目长期不更新",
        }
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// What it is about.
    pub sort: Sort,
    /// On what: 受理编号, 文号, column.
    pub on: String,
    /// The unit that produces it; empty where none is known.
    pub unit: String,
    /// What is wrong and since when.
    pub text: String,
}

/// What an inspection found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// Documents looked at.
    pub documents: u64,
    /// Columns looked at.
    pub columns: u64,
    /// Findings, by sort.
    pub findings: Vec<Finding>,
}

impl Office {
    /// Inspects what a body publishes, as of now.
    ///
    /// # Errors
    /// Our failure.
    pub fn inspect(&self, body: i64) -> Result<Inspection, Fail> {
        let (house, now) = (self.house().clone(), self.now());
        let found = self.store.read_blocking(move |q| {
            let units = q.rows(&UNITS, params![body], |row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?)))?;
            let mut look = Look { house: &house, body, now, units: units.into_iter().collect(), ..Look::new(&house) };
            look.documents(q)?;
            look.series(q)?;
            look.columns(q)?;
            look.often(q)?;
            look.found.findings.sort();
            Ok(look.found)
        })?;
        Ok(found)
    }
}

/// An inspection under way.
struct Look<'a> {
    house: &'a House,
    body: i64,
    now: Moment,
    units: BTreeMap<i64, String>,
    /// 文号 of documents that are withheld or still on their way.
    explained: BTreeSet<String>,
    found: Inspection,
}

impl<'a> Look<'a> {
    fn new(house: &'a House) -> Look<'a> {
        let (units, explained) = (BTreeMap::new(), BTreeSet::new());
        Look { house, body: 0, now: house.now(), units, explained, found: Inspection::default() }
    }

    fn add(&mut self, sort: Sort, on: impl Into<String>, unit: Option<i64>, text: String) {
        let unit = unit.and_then(|id| self.units.get(&id)).cloned().unwrap_or_default();
        self.found.findings.push(Finding { sort, on: on.into(), unit, text });
    }

    /// Every document that is not public: late ones, and those withheld long ago.
    fn documents(&mut self, q: &mut Query<'_>) -> Result<(), Fault> {
        let rules = self.house.rules.procedures().filter(|one| document::element(one).is_some());
        let ids: BTreeSet<String> = rules.map(|one| one.id.clone()).collect();
        for procedure in ids {
            let mut after = 0;
            loop {
                let page = q.rows(&MATTERS, params![self.body, &procedure, after], |row| row.get::<i64>(0))?;
                let Some(last) = page.last() else { break };
                after = *last;
                for id in page {
                    if let Some(matter) = row::read(q, self.body, id)? {
                        self.document(q, &matter)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn document(&mut self, q: &mut Query<'_>, matter: &Matter) -> Result<(), Fault> {
        self.found.documents += 1;
        let Ok(procedure) = self.house.procedure(&matter.procedure, &matter.version) else { return Ok(()) };
        let number = matter.number.clone().unwrap_or_default();
        if matter.editions.is_empty() {
            self.explained.extend(self.doc_number(q, &procedure, matter)?);
        }
        let due = matter.columns().clocks.iter().map(|clock| clock.due_on).min();
        if let Some(due) = due.filter(|due| *due < self.now.date()) {
            let text = format!("应当在{due}前公开，现在是“{}”", state(&procedure, matter));
            self.add(Sort::Unpublished, number, matter.unit, text);
        } else if withheld(&procedure, matter) {
            let since = matter.closed_at.map(Moment::date).unwrap_or(Date::MIN);
            if since < self.now.plus_days(-AGAIN_DAYS).date() {
                let text = format!("{since}定为不主动公开，请审查能否转为公开");
                self.add(Sort::WithheldLong, number, matter.unit, text);
            }
        }
        Ok(())
    }

    fn doc_number(&self, q: &mut Query<'_>, procedure: &Procedure, matter: &Matter) -> Result<Option<String>, Fault> {
        let Some(kind) = document::kind_of(self.house, procedure, matter) else { return Ok(None) };
        let root = row::root(q, matter)?;
        let key = self.house.keys.matter(q, root)?;
        let fields = document::fields(q, procedure, matter.id, &key)?;
        Ok(kind.first(&fields, Form::DocNumber).map(str::to_owned))
    }

    /// For each series the numbers from 1 to the highest known: public, withheld, on their way, or
    /// unexplained.
    fn series(&mut self, q: &mut Query<'_>) -> Result<(), Fault> {
        let public = q.rows(&NUMBERS, params![self.body], |row| row.get::<String>(0))?;
        let all = public.iter().chain(&self.explained).filter_map(|number| text::doc_number::read(number));
        let mut series: BTreeMap<(String, i32), BTreeSet<u32>> = BTreeMap::new();
        for number in all {
            series.entry((number.prefix, number.year)).or_default().insert(number.number);
        }
        for ((prefix, year), known) in series {
            let highest = known.last().copied().unwrap_or(0);
            for number in (1..highest).filter(|number| !known.contains(number)) {
                let on = text::doc_number::DocNumber { prefix: prefix.clone(), year, number }.to_string();
                let text = format!("同一系列已编到第{highest}号，这个文号既没有公开，也没有不公开的记录");
                self.add(Sort::Unexplained, on, None, text);
            }
        }
        Ok(())
    }

    fn columns(&mut self, q: &mut Query<'_>) -> Result<(), Fault> {
        let Some(columns) = self.house.rules.columns(&self.house.body_kind(self.body)) else { return Ok(()) };
        for column in columns.columns.iter().filter(|column| !column.kinds.is_empty()) {
            self.found.columns += 1;
            let placed = q.row(&PLACED, params![self.body, &column.id], |row| {
                Ok((row.get::<u64>(0)?, row.get::<Option<i64>>(1)?))
            })?;
            match placed.unwrap_or_default() {
                (0, _) => self.add(Sort::Empty, &column.label, None, "栏目里还没有任何内容".to_owned()),
                (_, Some(last)) => {
                    let (last, limit) = (Moment::from_millis(last), column.fresh_days.unwrap_or(u32::MAX));
                    let days = (self.now.date() - last.date()).get_days();
                    if i64::from(days) > i64::from(limit) {
                        let text = format!("最近一次更新是{}，超过{limit}天没有更新", last.date());
                        self.add(Sort::Stale, &column.label, None, text);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The same content asked for again and again under a procedure that decides applications.
    fn often(&mut self, q: &mut Query<'_>) -> Result<(), Fault> {
        let rows = q.rows(&OFTEN, params![self.body], |row| {
            Ok((row.get::<String>(0)?, row.get::<i64>(2)?, row.get::<i64>(3)?))
        })?;
        for (procedure, times, last) in rows {
            let decides = |one: &&std::sync::Arc<Procedure>| one.id == procedure && asks_again(one);
            if self.house.rules.procedures().any(|one| decides(&one)) {
                let last = Moment::from_millis(last).date();
                let text = format!("内容相同的申请有{times}件，最近一件是{last}");
                self.add(Sort::AppliedOften, format!("{times}件申请"), None, text);
            }
        }
        Ok(())
    }
}

/// A procedure under which the same content can be asked for again.
fn asks_again(procedure: &Procedure) -> bool {
    procedure.decisions.iter().any(|decision| decision.guards.contains(&Guard::EarlierAnswered))
}

/// Closed without ever having been public, by decision rather than by being dropped.
fn withheld(procedure: &Procedure, matter: &Matter) -> bool {
    let approved = |step: &matter::Step| step.to.as_ref() == Some(&matter.state) && !step.approve.is_empty();
    matter.phase == Phase::Closed && matter.editions.is_empty() && procedure.steps.iter().any(approved)
}

fn state(procedure: &Procedure, matter: &Matter) -> String {
    procedure.state(&matter.state).map_or_else(String::new, |state| state.label.clone())
}
