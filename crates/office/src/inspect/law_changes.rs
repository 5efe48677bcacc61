//! What becomes due when the law changes: limits of the rulebook with another value, public texts and
//! entries of the catalogue that cite a law which was replaced or revised.

use std::collections::{BTreeMap, BTreeSet};

use law::{Date, LimitValue, Moment};
use publication::Edition;

use super::look::Look;
use super::{Replaced, Sort, Target};
use crate::store::{Fault, Query};
use crate::{catalogue, params, statements};

statements! {
    TEXTS = "select e.id, e.item, e.title, e.content, e.unit_id, e.matter_id, e.published_at from edition e where e.body_id = $1 and e.kind = $2 and e.state = 'public' and e.id > $3 order by e.id limit 200";
    REPEALED = "select count(*) from relation where to_item = $1 and sort = 'repeals'";
}

/// Days ahead in which a coming change is told.
const AHEAD: i64 = 183;

/// Adds what a change of law asks for.
pub(super) fn look(look: &mut Look<'_>, q: &mut Query<'_>, since: Moment) -> Result<(), Fault> {
    limits(look, since.date());
    texts(look, q)?;
    entries(look, q)
}

/// Values of limits that came into force since the last inspection, or will soon.
fn limits(look: &mut Look<'_>, since: Date) {
    let today = look.now.date();
    let until = look.now.plus_days(AHEAD).date();
    let mut all: BTreeMap<(&str, &str), Vec<&LimitValue>> = BTreeMap::new();
    for value in look.house.rules.law.limits() {
        all.entry((&value.body, &value.id)).or_default().push(value);
    }
    let mut found = Vec::new();
    for values in all.values_mut() {
        values.sort_by_key(|value| value.from);
        for pair in values.windows(2) {
            let [old, new] = pair else { continue };
            if new.from > since && new.from <= until {
                let when = if new.from > today { "将自" } else { "已自" };
                let text = format!(
                    "{when}{}起由{}改为{}（{}）；此前开始的仍按原规定",
                    new.from,
                    old.amount_text(),
                    new.amount_text(),
                    new.article
                );
                found.push((new.name.clone(), text));
            }
        }
    }
    for (name, text) in found {
        look.add(Sort::LimitChanged, name, None, text, Target::Limits);
    }
}

/// Whether a text cites a law as it was: by a title that is gone, or an article of the version before.
fn cites(text: &str, written: Date, law: &Replaced, today: Date) -> bool {
    let title = format!("《{}》", law.title);
    if law.on > today || !text.contains(&title) {
        return false;
    }
    law.whole || (written < law.on && text.contains(&format!("{title}第")))
}

/// Kinds whose texts must be right: official ones, and those that stand in the statutory columns.
fn kinds(look: &Look<'_>) -> BTreeSet<String> {
    let rules = &look.house.rules;
    let official = rules.kinds().filter(|kind| kind.official).map(|kind| kind.id.clone());
    let columns = rules.columns(&look.house.body_kind(look.body));
    let statutory = columns.into_iter().flat_map(|all| &all.columns).filter(|column| column.statutory);
    official.chain(statutory.flat_map(|column| column.kinds.iter().cloned())).collect()
}

fn texts(look: &mut Look<'_>, q: &mut Query<'_>) -> Result<(), Fault> {
    let (house, today) = (look.house, look.now.date());
    for kind in kinds(look) {
        let mut after = 0_i64;
        loop {
            let page = q.rows(&TEXTS, params![look.body, &kind, after], |row| {
                Ok((
                    (row.get::<i64>(0)?, row.get::<String>(1)?, row.get::<String>(2)?, row.get::<String>(3)?),
                    (row.get::<Option<i64>>(4)?, row.get::<Option<i64>>(5)?, row.get::<i64>(6)?),
                ))
            })?;
            let Some(((last, ..), _)) = page.last() else { break };
            after = *last;
            for ((_, item, title, content), (unit, matter, at)) in page {
                let Ok(edition) = serde_json::from_str::<Edition>(&content) else { continue };
                let text: String = edition.fields.values().map(|value| intake::html::words(value)).collect();
                let written = edition.fields.get("written_on").and_then(|day| day.parse().ok());
                let written = written.unwrap_or_else(|| Moment::from_millis(at).date());
                let replaced = house.rules.inspection.replaced.iter();
                let laws: Vec<&Replaced> = replaced.filter(|law| cites(&text, written, law, today)).collect();
                let done = laws.is_empty()
                    || q.row(&REPEALED, params![&item], |row| row.get::<i64>(0))?.is_some_and(|count| count > 0);
                if done {
                    continue;
                }
                let told: Vec<String> =
                    laws.iter().map(|law| format!("《{}》自{}起由{}替代", law.title, law.on, law.by)).collect();
                let target = matter.map_or(Target::Item(item), Target::Matter);
                look.add(Sort::CitesReplaced, title, unit, told.join("；"), target);
            }
        }
    }
    Ok(())
}

/// An entry of the catalogue rests on a law that is gone.
fn entries(look: &mut Look<'_>, q: &mut Query<'_>) -> Result<(), Fault> {
    let (house, today) = (look.house, look.now.date());
    for one in catalogue::entries(q, house, look.body)?.iter().filter(|one| one.ended.is_none()) {
        let replaced = house.rules.inspection.replaced.iter();
        let written = one.changed_at.date();
        for law in replaced.filter(|law| cites(&one.entry.basis, written, law, today)) {
            let on = format!("{}：{}", one.entry.top, one.entry.item);
            let text = format!("公开依据引用的《{}》自{}起由{}替代", law.title, law.on, law.by);
            look.add(Sort::CitesReplaced, on, one.unit.as_ref().map(|(id, _)| *id), text, Target::Entry(one.id));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_that_is_gone_and_an_article_of_an_older_version_are_citations() {
        let day = |text: &str| text.parse::<Date>().expect("a date");
        let law = |whole| Replaced {
            title: "信访条例".into(),
            on: day("2022-05-01"),
            by: "《信访工作条例》".into(),
            whole,
            grounds: false,
        };
        let today = day("2026-11-22");
        assert!(cites("根据《信访条例》制定", day("2023-01-01"), &law(true), today));
        assert!(!cites("根据《信访工作条例》制定", day("2023-01-01"), &law(true), today));
        assert!(cites("依照《信访条例》第二十一条办理", day("2021-01-01"), &law(false), today));
        assert!(!cites("依照《信访条例》第二十一条办理", day("2023-01-01"), &law(false), today), "written later");
        assert!(!cites("依照《信访条例》办理", day("2021-01-01"), &law(false), today), "no article");
        assert!(!cites("根据《信访条例》制定", day("2021-01-01"), &law(true), day("2022-04-30")));
    }
}
