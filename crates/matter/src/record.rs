//! Events that nobody performs as a step: rendering, settling of dates, moving to another version.

use law::{Clock, Law, Moment};

use crate::event::{Change, Event, Moved, code};
use crate::matter::Matter;
use crate::procedure::{Procedure, Role};
use crate::refusal::{Refusal, RefusalCode, Sentence};

fn event(matter: &Matter, id: &str, now: Moment, changes: Vec<Change>) -> Event {
    Event {
        seq: matter.seq + 1,
        code: id.to_owned(),
        at: now,
        recorded_at: now,
        actor: -1,
        role: Role::System,
        changes,
        facts: Default::default(),
    }
}

/// A paper was rendered: the hash of the file joins its 文号.
pub fn paper_rendered(matter: &Matter, number: &str, hash: &str, now: Moment) -> Event {
    let change = Change::PaperRendered { number: number.to_owned(), hash: hash.to_owned() };
    event(matter, code::PAPER_RENDERED, now, vec![change])
}

/// Settles provisional due dates once the holidays of their year are announced; none when no clock
/// of the matter can be settled.
pub fn settle(matter: &Matter, law: &Law, now: Moment) -> Option<Event> {
    let settled = |(id, clock): (&String, &Clock)| {
        let mut clock = clock.clone();
        clock.settle(law).then(|| Change::Clock { id: id.clone(), moved: Moved::Settled, clock })
    };
    let changes: Vec<Change> = matter.clocks.iter().filter_map(settled).collect();
    (!changes.is_empty()).then(|| event(matter, code::CLOCK_SETTLED, now, changes))
}

/// Moves an open matter to another version of its procedure (程序从新, practice T4). Clocks stay as
/// they are: a date already told is never lengthened.
///
/// # Errors
/// The version does not know the matter's state, or a clock or an open child of it.
pub fn move_version(matter: &Matter, to: &Procedure, actor: i64, now: Moment) -> Result<Event, Refusal> {
    let unknown_clock = matter.clocks.iter().any(|(id, clock)| clock.is_open() && to.clock(id).is_none());
    let unknown_child = matter.children.iter().any(|child| child.ended.is_none() && to.child(&child.kind).is_none());
    if to.id != matter.procedure || to.state(&matter.state).is_none() || unknown_clock || unknown_child {
        let why = format!("新版本“{}”没有事项现在的状态、时限或者子事项", to.version);
        let sentence = Sentence::new("不能转入新版本的规程", why, "请先办完这一阶段，再转入新版本");
        return Err(Refusal::new(RefusalCode::WrongState, sentence));
    }
    let change = Change::VersionMoved { version: to.version.clone() };
    let role = Role::Administrator;
    Ok(Event { actor, role, ..event(matter, code::VERSION_MOVED, now, vec![change]) })
}
