//! From events to the matter: the one function that changes it.

use std::fmt;

use crate::chain;
use crate::element::Value;
use crate::event::{Change, Event};
use crate::matter::{ChildLink, Done, Matter, PaperLink};
use crate::procedure::Phase;

/// Events that do not add up to a matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The first event does not open a matter, or a later one does.
    Opening {
        /// Its number.
        seq: i64,
    },
    /// A number is missing or stands twice.
    Order {
        /// The number found.
        seq: i64,
        /// The number that should follow.
        expected: i64,
    },
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Broken::Opening { seq } => {
                write!(f, "event {seq}: a matter is opened by its first event only")
            }
            Broken::Order { seq, expected } => {
                write!(f, "event {seq} stands where {expected} should")
            }
        }
    }
}

impl std::error::Error for Broken {}

/// The matter after one more event.
pub fn apply(matter: Option<Matter>, event: &Event) -> Result<Matter, Broken> {
    let opens = matches!(event.changes.first(), Some(Change::Opened { .. }));
    let expected = matter.as_ref().map_or(1, |matter| matter.seq + 1);
    if opens == matter.is_some() {
        return Err(Broken::Opening { seq: event.seq });
    }
    if event.seq != expected {
        return Err(Broken::Order { seq: event.seq, expected });
    }
    let head = chain::link(matter.as_ref().map_or("", |matter| matter.head.as_str()), event);
    let mut matter = match (matter, event.changes.first()) {
        (Some(matter), _) => matter,
        (None, Some(change)) => opened(change, event).ok_or(Broken::Opening { seq: event.seq })?,
        (None, None) => return Err(Broken::Opening { seq: event.seq }),
    };
    for change in &event.changes {
        change_one(&mut matter, change, event);
    }
    let done = matter.done.entry(event.code.clone()).or_insert(Done { times: 0, at: event.at });
    done.times += 1;
    done.at = event.at;
    matter.seq = event.seq;
    matter.at = matter.at.max(event.at);
    matter.head = head;
    Ok(matter)
}

/// The matter that a whole history adds up to; none for an empty one.
pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Result<Option<Matter>, Broken> {
    events.into_iter().try_fold(None, |matter, event| apply(matter, event).map(Some))
}

fn opened(change: &Change, event: &Event) -> Option<Matter> {
    let Change::Opened { id, public_id, body, procedure, version, parent, origin } = change else {
        return None;
    };
    Some(Matter {
        id: *id,
        public_id: public_id.clone(),
        body: *body,
        procedure: procedure.clone(),
        version: version.clone(),
        state: String::new(),
        phase: Phase::Open,
        category: None,
        channel: None,
        unit: None,
        handler: None,
        number: None,
        filed_at: event.at,
        closed_at: None,
        parent: parent.clone(),
        children: Vec::new(),
        clocks: Default::default(),
        values: Default::default(),
        papers: Vec::new(),
        public: None,
        decision: None,
        done: Default::default(),
        proposal: None,
        editions: Vec::new(),
        origin: origin.clone(),
        seq: 0,
        at: event.at,
        head: String::new(),
    })
}

fn change_one(matter: &mut Matter, change: &Change, event: &Event) {
    match change {
        Change::Opened { .. } => {}
        Change::Stated { state, phase } => {
            matter.state.clone_from(state);
            matter.phase = *phase;
            matter.closed_at = (*phase == Phase::Closed).then_some(event.at);
        }
        Change::Set { element, value } => set(matter, element, Some(value.clone())),
        Change::Cleared { element } => set(matter, element, None),
        Change::Clock { id, clock, .. } => {
            matter.clocks.insert(id.clone(), clock.clone());
        }
        Change::ChildOpened { id, kind } => {
            matter.children.push(ChildLink { id: *id, kind: kind.clone(), ended: None });
        }
        Change::ChildClosed { id, state } => {
            if let Some(child) = matter.children.iter_mut().find(|child| child.id == *id) {
                child.ended = Some(state.clone());
            }
        }
        Change::PaperDue { paper, number, template } => matter.papers.push(PaperLink {
            paper: paper.clone(),
            number: number.clone(),
            template: template.clone(),
            rendered: None,
        }),
        Change::PaperRendered { number, hash } => {
            if let Some(paper) = matter.papers.iter_mut().find(|paper| paper.number == *number) {
                paper.rendered = Some(hash.clone());
            }
        }
        Change::Proposed(proposal) => matter.proposal = Some(proposal.clone()),
        Change::Approved(approval) => {
            if let Some(proposal) = &mut matter.proposal {
                proposal.remaining.retain(|role| *role != approval.role);
                proposal.approvals.push(approval.clone());
            }
        }
        Change::Returned => {
            if let Some(proposal) = &mut matter.proposal {
                proposal.returned = true;
            }
        }
        Change::Dropped | Change::Performed { .. } => matter.proposal = None,
        Change::Numbered { number } => matter.number = Some(number.clone()),
        Change::Published { edition } => matter.editions.push(*edition),
        Change::VersionMoved { version } => matter.version.clone_from(version),
    }
}

fn set(matter: &mut Matter, element: &str, value: Option<Value>) {
    let code = || value.as_ref().and_then(|value| value.code().map(str::to_owned));
    match element {
        "category" => matter.category = code(),
        "channel" => matter.channel = code(),
        "decision" => matter.decision = code(),
        "unit" => matter.unit = value.as_ref().and_then(Value::id),
        "handler" => matter.handler = value.as_ref().and_then(Value::id),
        "public" => matter.public = value.as_ref().and_then(Value::flag),
        _ => match value {
            Some(value) => {
                matter.values.insert(element.to_owned(), value);
            }
            None => {
                matter.values.remove(element);
            }
        },
    }
}
