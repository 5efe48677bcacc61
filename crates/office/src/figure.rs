//! 指标: a definition of the rulebook, its value, and the rows behind it. Insight only reads.

use std::collections::BTreeMap;

use law::{Date, Moment};
use serde::{Deserialize, Serialize};

use crate::fail::Fail;
use crate::house::House;
use crate::office::Office;
use crate::store::{Fault, Query};
use crate::{params, statements};

statements! {
    ROWS = "select m.id, m.unit_id, m.category, m.phase, m.filed_at, m.answer_on, (select max(e.at) from event e where e.matter_id = m.id and e.code = $1) from matter m where m.body_id = $2 and m.procedure = $3 and m.filed_at >= $4 and m.filed_at < $5";
    RATED = "select count(*), sum(case when m.rating in ('very_satisfied', 'satisfied', 'fair') then 1 else 0 end) from matter m where m.body_id = $1 and m.procedure = $2 and m.rating is not null and m.filed_at >= $3 and m.filed_at < $4";
}

/// A figure as the rulebook defines it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Id.
    pub id: String,
    /// Name.
    pub label: String,
    /// The procedure whose matters are counted.
    pub procedure: String,
    /// Codes of the events that are an answer.
    pub answered: Vec<String>,
    /// Who may see it: `public`, `internal`.
    pub audience: String,
    /// 口径, shown beside the value.
    pub definition: String,
}

/// What the rows are grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The unit in charge.
    Unit,
    /// The category.
    Category,
}

/// One group of a figure.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct FigureRow {
    /// Id of the unit or code of the category; empty where there is none.
    pub key: String,
    /// Its name.
    pub label: String,
    /// Matters filed.
    pub received: u64,
    /// Answered up to the last day in law.
    pub in_time: u64,
    /// Answered after it.
    pub late: u64,
    /// Not answered yet.
    pub open: u64,
    /// Closed without an answer: withdrawn or sent to another body.
    pub other: u64,
    /// Median of answer minus filing, in days of 86,400 s, one decimal; none without an answer.
    pub median_days: Option<f64>,
    /// The matters behind the numbers.
    #[serde(skip)]
    pub ids: Vec<i64>,
}

/// The figures of one month for the portal.
#[derive(Clone, Debug, PartialEq)]
pub struct MonthFigures {
    /// Year and month counted.
    pub month: Date,
    /// Everything filed in the month.
    pub all: FigureRow,
    /// People who rated, and those among them who were satisfied.
    pub rated: (u64, u64),
}

/// One counted matter.
struct Counted {
    id: i64,
    unit: Option<i64>,
    category: Option<String>,
    closed: bool,
    filed_at: i64,
    answer_on: Option<Date>,
    answered_at: Option<i64>,
}

fn rows(q: &mut Query<'_>, body: i64, definition: &Definition, span: (i64, i64)) -> Result<Vec<Counted>, Fault> {
    let mut all: BTreeMap<i64, Counted> = BTreeMap::new();
    for code in &definition.answered {
        let read = q.rows(&ROWS, params![code, body, &definition.procedure, span.0, span.1], |row| {
            Ok(Counted {
                id: row.get(0)?,
                unit: row.get(1)?,
                category: row.get(2)?,
                closed: row.get::<String>(3)? == "closed",
                filed_at: row.get(4)?,
                answer_on: row.get::<Option<String>>(5)?.and_then(|day| day.parse().ok()),
                answered_at: row.get(6)?,
            })
        })?;
        for one in read {
            let answered_at = all.get(&one.id).and_then(|known| known.answered_at).max(one.answered_at);
            all.insert(one.id, Counted { answered_at, ..one });
        }
    }
    Ok(all.into_values().collect())
}

/// Adds matters up.
fn add_up(counted: &[&Counted]) -> FigureRow {
    let mut row = FigureRow { received: counted.len() as u64, ..FigureRow::default() };
    let mut days = Vec::new();
    for one in counted {
        row.ids.push(one.id);
        match one.answered_at {
            _ if !one.closed => row.open += 1,
            None => row.other += 1,
            Some(at) => {
                let late = one.answer_on.is_some_and(|due| Moment::from_millis(at).date() > due);
                *(if late { &mut row.late } else { &mut row.in_time }) += 1;
                days.push((at - one.filed_at) as f64 / 86_400_000.0);
            }
        }
    }
    row.median_days = median(&mut days);
    row
}

/// The median with one decimal; of an even count the mean of the two in the middle.
fn median(days: &mut [f64]) -> Option<f64> {
    days.sort_by(f64::total_cmp);
    let middle = days.len() / 2;
    let value = match days.len() {
        0 => return None,
        even if even % 2 == 0 => (days[middle - 1] + days[middle]) / 2.0,
        _ => days[middle],
    };
    Some((value * 10.0).round() / 10.0)
}

impl Office {
    /// A figure's definition.
    ///
    /// # Errors
    /// [`Fail::NotFound`].
    pub fn definition(&self, id: &str) -> Result<Definition, Fail> {
        let text = self.rules().files.0.get(&format!("reports/{id}.toml")).ok_or(Fail::NotFound)?;
        toml::from_str(text).map_err(|error| Fail::Fault(Fault::Shape(format!("figure {id}: {error}"))))
    }

    /// A figure over everything filed, by unit or category, largest first.
    ///
    /// # Errors
    /// [`Fail::NotFound`], or our failure.
    pub fn figure(&self, body: i64, id: &str, by: By) -> Result<Vec<FigureRow>, Fail> {
        let definition = self.definition(id)?;
        let house = self.house().clone();
        let found = self.store.read_blocking(move |q| {
            let all = rows(q, body, &definition, (i64::MIN, i64::MAX))?;
            let units = crate::body::units(q, body)?;
            let mut groups: BTreeMap<String, Vec<&Counted>> = BTreeMap::new();
            for one in &all {
                let key = match by {
                    By::Unit => one.unit.map(|unit| unit.to_string()),
                    By::Category => one.category.clone(),
                };
                groups.entry(key.unwrap_or_default()).or_default().push(one);
            }
            let named = |(key, counted): (String, Vec<&Counted>)| {
                let label = match by {
                    By::Unit => units.iter().find(|unit| unit.id.to_string() == key).map(|unit| unit.name.clone()),
                    By::Category => category(&house, &definition.procedure, &key),
                };
                FigureRow { label: label.unwrap_or_else(|| "未分办".into()), key, ..add_up(&counted) }
            };
            Ok(groups.into_iter().map(named).collect::<Vec<_>>())
        });
        let mut found = found?;
        found.sort_by(|a, b| b.received.cmp(&a.received).then_with(|| a.key.cmp(&b.key)));
        Ok(found)
    }

    /// The figures of the month before `today`.
    ///
    /// # Errors
    /// [`Fail::NotFound`], or our failure.
    pub async fn last_month(&self, body: i64, id: &str) -> Result<MonthFigures, Fail> {
        let definition = self.definition(id)?;
        let today = self.now().date();
        let end = today.first_of_month();
        let month = end.yesterday().map_or(end, |day| day.first_of_month());
        let span = (Moment::of(month, 0, 0, 0).millis(), Moment::of(end, 0, 0, 0).millis());
        let found = self.read(move |q| {
            let all = rows(q, body, &definition, span)?;
            let rated = q.row(&RATED, params![body, &definition.procedure, span.0, span.1], |row| {
                Ok((row.get::<u64>(0)?, row.get::<Option<u64>>(1)?.unwrap_or(0)))
            })?;
            Ok((add_up(&all.iter().collect::<Vec<_>>()), rated.unwrap_or_default()))
        });
        let (all, rated) = found.await?;
        Ok(MonthFigures { month, all, rated })
    }
}

fn category(house: &House, procedure: &str, id: &str) -> Option<String> {
    let mut versions = house.rules.procedures().filter(|one| one.id == procedure);
    versions.find_map(|one| Some(one.category(id)?.label.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(id: i64, filed: &str, answered: Option<&str>, due: &str, closed: bool) -> Counted {
        let at = |text: &str| Moment::parse(text).unwrap().millis();
        Counted {
            id,
            unit: None,
            category: None,
            closed,
            filed_at: at(filed),
            answer_on: due.parse().ok(),
            answered_at: answered.map(at),
        }
    }

    #[test]
    fn the_last_day_itself_is_in_time_and_the_groups_add_up() {
        let all = [
            one(1, "2026-09-01T09:00", Some("2026-09-22T23:59"), "2026-09-22", true),
            one(2, "2026-09-01T09:00", Some("2026-09-23T00:00"), "2026-09-22", true),
            one(3, "2026-09-01T09:00", None, "2026-09-22", false),
            one(4, "2026-09-01T09:00", None, "2026-09-22", true),
            one(5, "2026-09-01T09:00", Some("2026-09-02T09:00"), "2026-09-22", false),
        ];
        let row = add_up(&all.iter().collect::<Vec<_>>());
        assert_eq!((row.received, row.in_time, row.late, row.open, row.other), (5, 1, 1, 2, 1));
        assert_eq!(row.median_days, Some(21.6));
    }

    #[test]
    fn the_median_of_an_even_count_lies_between() {
        assert_eq!(median(&mut []), None);
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut [1.0, 2.0]), Some(1.5));
    }
}
