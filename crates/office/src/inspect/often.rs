//! Like information applied for again and again (条例第四十四条: 多个申请人就相同政府信息提出公开申请). Applications are
//! compared by their masked texts; a finding names their numbers, never their words.

use super::look::Look;
use super::{Sort, Target};
use crate::store::{Fault, Query};
use crate::{params, statements};
use matter::{Guard, Procedure};

statements! {
    APPLIED = "select m.id, m.number, m.filed_at, t.masked from matter m join matter_text t on t.matter_id = m.id and t.element = $1 where m.body_id = $2 and m.procedure = $3 and m.filed_at >= $4 and m.parent_id is null order by m.filed_at desc, m.id desc limit $5";
}

/// Most applications compared, the newest first: comparing costs the square of it.
const MOST: i64 = 500;
/// Most numbers that a finding names.
const NAMED: usize = 6;

/// A procedure under which the same content can be asked for again.
fn asks_again(procedure: &Procedure) -> bool {
    procedure.decisions.iter().any(|decision| decision.guards.contains(&Guard::EarlierAnswered))
}

/// Applications alike.
struct Alike {
    text: String,
    first: i64,
    numbers: Vec<String>,
    times: usize,
    last: law::Moment,
}

/// Adds a finding for each group of like applications that is large enough.
pub(super) fn look(look: &mut Look<'_>, q: &mut Query<'_>) -> Result<(), Fault> {
    let rules = &look.house.rules.inspection;
    let since = super::before(look.now, rules.applied_days).millis();
    let mut procedures: Vec<(String, String)> = look
        .house
        .rules
        .procedures()
        .filter(|one| asks_again(one))
        .filter_map(|one| Some((one.id.clone(), one.subject.clone()?)))
        .collect();
    procedures.dedup();
    let least = f64::from(rules.alike_percent) / 100.0;
    for (procedure, subject) in procedures {
        let rows = q.rows(&APPLIED, params![&subject, look.body, &procedure, since, MOST], |row| {
            let (id, number, at): (i64, Option<String>, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            Ok((id, number.unwrap_or_default(), law::Moment::from_millis(at), row.get::<String>(3)?))
        })?;
        let mut groups: Vec<Alike> = Vec::new();
        for (id, number, at, text) in rows {
            match groups.iter_mut().find(|group| text::similar::score(&group.text, &text) >= least) {
                Some(group) => {
                    group.times += 1;
                    group.numbers.push(number);
                }
                None => groups.push(Alike { text, first: id, numbers: vec![number], times: 1, last: at }),
            }
        }
        for group in groups.into_iter().filter(|group| group.times >= rules.applied_times.max(2)) {
            let more = if group.numbers.len() > NAMED { "等" } else { "" };
            let named: Vec<String> = group.numbers.into_iter().take(NAMED).collect();
            let text = format!(
                "{}天内内容相近的申请有{}件，最近一件是{}：{}{more}",
                rules.applied_days,
                group.times,
                group.last.date(),
                named.join("、")
            );
            look.add(Sort::AppliedOften, format!("{}件申请", group.times), None, text, Target::Matter(group.first));
        }
    }
    Ok(())
}
