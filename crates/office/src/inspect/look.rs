//! An inspection under way: documents, series of 文号, columns, entries of the catalogue, duties to reprint.

use std::collections::{BTreeMap, BTreeSet};

use law::{Date, Moment};
use matter::{Matter, Phase, Procedure};
use publication::catalogue::State;
use publication::kind::Form;
use text::doc_number::DocNumber;

use super::{Finding, Inspection, Series, Sort, Target};
use crate::house::House;
use crate::store::{Fault, Query};
use crate::{catalogue, document, params, reprint, row, statements};

statements! {
    MATTERS = "select id from matter where body_id = $1 and procedure = $2 and id > $3 order by id limit 500";
    NUMBERS = "select number, kind from edition where body_id = $1 and number is not null and state in ('public', 'withdrawn')";
    PLACED = "select count(*), max(p.placed_at) from placement p join edition e on e.id = p.edition_id where p.body_id = $1 and p.channel = $2 and p.removed_at is null and e.body_id = $3";
    UNITS = "select id, name from unit where body_id = $1";
}

/// How a number of a series is accounted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Known {
    Public,
    Withheld,
    UnderWay,
}

/// An inspection under way.
pub(super) struct Look<'a> {
    pub house: &'a House,
    pub body: i64,
    pub now: Moment,
    units: BTreeMap<i64, String>,
    /// 文号 of documents that are withheld or still on their way.
    explained: BTreeMap<String, Known>,
    pub found: Inspection,
}

impl<'a> Look<'a> {
    pub(super) fn new(house: &'a House, body: i64, now: Moment, q: &mut Query<'_>) -> Result<Look<'a>, Fault> {
        let units = q.rows(&UNITS, params![body], |row| Ok((row.get::<i64>(0)?, row.get::<String>(1)?)))?;
        let (units, explained) = (units.into_iter().collect(), BTreeMap::new());
        Ok(Look { house, body, now, units, explained, found: Inspection::default() })
    }

    pub(super) fn add(&mut self, sort: Sort, on: impl Into<String>, unit: Option<i64>, text: String, target: Target) {
        let unit = unit.and_then(|id| self.units.get(&id)).cloned().unwrap_or_default();
        self.found.findings.push(Finding { sort, on: on.into(), unit, text, target });
    }

    /// Every document that is not public: late ones, and those withheld long ago.
    pub(super) fn documents(&mut self, q: &mut Query<'_>) -> Result<(), Fault> {
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
        let kept = withheld(&procedure, matter);
        if matter.editions.is_empty() && (kept || matter.phase != Phase::Closed) {
            let known = if kept { Known::Withheld } else { Known::UnderWay };
            self.explained.extend(self.doc_number(q, &procedure, matter)?.map(|number| (number, known)));
        }
        let number = matter.number.clone().unwrap_or_default();
        let due = matter.columns().clocks.iter().map(|clock| clock.due_on).min();
        if let Some(due) = due.filter(|due| *due < self.now.date()) {
            let text = format!("应当在{due}前公开，现在是“{}”", state(&procedure, matter));
            self.add(Sort::Unpublished, number, matter.unit, text, Target::Matter(matter.id));
        } else if kept {
            self.kept(matter, number);
        }
        Ok(())
    }

    /// What was withheld may be released by now, or its ground is no longer what it was.
    fn kept(&mut self, matter: &Matter, number: String) {
        let since = matter.closed_at.map_or(Date::MIN, Moment::date);
        let rules = &self.house.rules.inspection;
        let today = self.now.date();
        let changed = rules.replaced.iter().filter(|one| one.grounds && since < one.on && one.on <= today);
        let changed: Vec<String> =
            changed.map(|one| format!("《{}》自{}起由{}替代", one.title, one.on, one.by)).collect();
        if !changed.is_empty() {
            let text = format!("{since}定为不主动公开，此后{}，请按新规定重新审查", changed.join("；"));
            self.add(Sort::WithheldChanged, number.clone(), matter.unit, text, Target::Matter(matter.id));
        }
        if since < super::before(self.now, rules.withheld_days).date() {
            let text = format!("{since}定为不主动公开，请审查能否转为公开");
            self.add(Sort::WithheldLong, number, matter.unit, text, Target::Matter(matter.id));
        }
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
    pub(super) fn series(&mut self, q: &mut Query<'_>) -> Result<(), Fault> {
        let public = q.rows(&NUMBERS, params![self.body], |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)))?;
        // What is reprinted bears the number of another body.
        let own = |kind: &String| self.house.rules.kind(kind).is_none_or(|kind| kind.reprint.is_none());
        let public: Vec<String> = public.into_iter().filter(|(_, kind)| own(kind)).map(|(number, _)| number).collect();
        let public = public.into_iter().map(|number| (number, Known::Public));
        let mut series: BTreeMap<(String, i32), BTreeMap<u32, Known>> = BTreeMap::new();
        for (number, known) in std::mem::take(&mut self.explained).into_iter().chain(public) {
            if let Some(DocNumber { prefix, year, number }) = text::doc_number::read(&number) {
                let place = series.entry((prefix, year)).or_default().entry(number).or_insert(known);
                *place = known.min(*place);
            }
        }
        for ((prefix, year), known) in series {
            let highest = known.keys().last().copied().unwrap_or(0);
            let count =
                |wanted: Known| u32::try_from(known.values().filter(|one| **one == wanted).count()).unwrap_or(0);
            let unexplained: Vec<u32> = (1..highest).filter(|number| !known.contains_key(number)).collect();
            for (first, last) in runs(&unexplained) {
                let number = DocNumber { prefix: prefix.clone(), year, number: first }.to_string();
                let on = if first == last { number.clone() } else { format!("{number}至{last}号") };
                let these = if first == last { "这个文号" } else { "这些文号" };
                let text = format!("同一系列已编到第{highest}号，{these}既没有公开，也没有不公开的记录");
                self.add(Sort::Unexplained, on, None, text, Target::Number(number));
            }
            self.found.series.push(Series {
                name: format!("{prefix}〔{year}〕"),
                highest,
                public: count(Known::Public),
                withheld: count(Known::Withheld),
                under_way: count(Known::UnderWay),
                unexplained,
            });
        }
        Ok(())
    }

    pub(super) fn columns(&mut self, q: &mut Query<'_>) -> Result<(), Fault> {
        let site = self.house.site_of(self.body);
        // The columns of a site are its own body's; one that stands in a channel answers for its catalogue.
        let columns = self.house.rules.columns(&self.house.body_kind(self.body)).filter(|_| site == self.body);
        for column in columns.into_iter().flat_map(|all| &all.columns).filter(|column| !column.kinds.is_empty()) {
            self.found.columns += 1;
            let placed = q.row(&PLACED, params![site, &column.id, self.body], |row| {
                Ok((row.get::<u64>(0)?, row.get::<Option<i64>>(1)?))
            })?;
            let target = Target::Column(column.id.clone());
            match placed.unwrap_or_default() {
                (0, _) => self.add(Sort::Empty, &column.label, None, "栏目里还没有任何内容".to_owned(), target),
                (_, Some(last)) => {
                    let (last, limit) = (Moment::from_millis(last), column.fresh_days.unwrap_or(u32::MAX));
                    let days = (self.now.date() - last.date()).get_days();
                    if i64::from(days) > i64::from(limit) {
                        let text = format!("最近一次更新是{}，超过{limit}天没有更新", last.date());
                        self.add(Sort::Stale, &column.label, None, text, target);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Entries of the catalogue, and notices of higher bodies.
    pub(super) fn duties(&mut self, q: &mut Query<'_>) -> Result<(), Fault> {
        let entries = catalogue::entries(q, self.house, self.body)?;
        for one in entries.iter().filter(|one| one.ended.is_none()) {
            self.found.entries += 1;
            let sort = match one.standing.state {
                State::Empty => Sort::EntryEmpty,
                State::Late => Sort::EntryLate,
                State::Stale => Sort::EntryStale,
                State::Near | State::Explained | State::Kept => continue,
            };
            let due = one.standing.due.map(|day| format!("应当在{day}前公开")).unwrap_or_default();
            let last = one.holds.last.map_or_else(|| "还没有内容".to_owned(), |day| format!("最近一次是{day}"));
            let on = format!("{}：{}", one.entry.top, one.entry.item);
            let unit = one.unit.as_ref().map(|(id, _)| *id);
            self.add(sort, on, unit, format!("{due}，{last}"), Target::Entry(one.id));
        }
        for duty in reprint::duties(q, self.body)? {
            self.found.reprints += 1;
            if duty.stand == reprint::Stand::Open && duty.is_late(self.now) {
                let text = format!("{}发布，应当在{}前转载（{}）", duty.notice.issuer, duty.due, duty.article);
                let unit = duty.unit.as_ref().map(|(id, _)| *id);
                self.add(Sort::NotReprinted, &duty.notice.title, unit, text, Target::Reprint(duty.id));
            }
        }
        Ok(())
    }
}

/// Numbers that follow one another, as first and last.
fn runs(numbers: &[u32]) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            _ => runs.push((*number, *number)),
        }
    }
    runs
}

/// Closed without ever having been public, by decision rather than by being dropped.
fn withheld(procedure: &Procedure, matter: &Matter) -> bool {
    let approved = |step: &matter::Step| step.to.as_ref() == Some(&matter.state) && !step.approve.is_empty();
    matter.phase == Phase::Closed && matter.editions.is_empty() && procedure.steps.iter().any(approved)
}

fn state(procedure: &Procedure, matter: &Matter) -> String {
    procedure.state(&matter.state).map_or_else(String::new, |state| state.label.clone())
}
