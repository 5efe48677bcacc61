//! What the faces show of a matter: display-ready where the office alone knows the words, plain
//! values where the page decides.

use std::collections::BTreeMap;
use std::sync::Arc;

use law::{Clock, Date, Explanation, Lamp, Law, Moment};
use matter::procedure::ClockRule;
use matter::{Matter, Procedure};

/// A typed text of a matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextView {
    /// The element's label.
    pub label: String,
    /// The masked form, fit for lists.
    pub masked: String,
    /// The text itself, where this caller may read it without giving a reason.
    pub opened: Option<String>,
}

impl TextView {
    /// The text as far as this caller may read it.
    pub fn shown(&self) -> &str {
        self.opened.as_deref().unwrap_or(&self.masked)
    }
}

/// One event as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineItem {
    /// Number of the event.
    pub seq: i64,
    /// When it happened.
    pub at: Moment,
    /// When the office learned of it.
    pub recorded_at: Moment,
    /// Code of the step.
    pub code: String,
    /// What officers read.
    pub label: String,
    /// What the citizen reads; none for internal steps.
    pub party_label: Option<String>,
    /// Who did it: an officer's name on the desk, a unit or 本人 on the portal.
    pub actor: String,
    /// The unit in charge afterwards, if the event set one.
    pub unit: Option<String>,
    /// Article on which the step rests.
    pub cite: String,
    /// 文号 of the papers it issued.
    pub papers: Vec<String>,
    /// What was typed with it, by element, as it was then.
    pub texts: Vec<(String, TextView)>,
}

/// A clock with its explanation.
#[derive(Clone, Debug)]
pub struct ClockView {
    /// Id in the procedure.
    pub id: String,
    /// Its name.
    pub label: String,
    /// The clock.
    pub clock: Clock,
    /// Whether the citizen sees its dates.
    pub party: bool,
    /// Its lamp now.
    pub lamp: Lamp,
    /// Working days, or days, left; negative when over. None for clocks in hours and minutes.
    pub days_left: Option<i64>,
    /// Day by day.
    pub explanation: Explanation,
}

impl ClockView {
    /// A clock of this rule as it stands now.
    pub(crate) fn of(rule: &ClockRule, clock: Clock, law: &Law, now: Moment) -> ClockView {
        let days = clock.is_open() && !clock.unit.is_instant();
        ClockView {
            id: rule.id.clone(),
            label: rule.label.clone(),
            party: rule.party,
            lamp: clock.lamp(now),
            days_left: days.then(|| clock.days_left(law, now)),
            explanation: clock.explain(law, Some(now)),
            clock,
        }
    }
}

/// A step beside which stands whether it is possible, and if not why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionView {
    /// The step, or a kernel code such as `approve`.
    pub step: String,
    /// Name on the button.
    pub label: String,
    /// Whether it may be performed now by this caller.
    pub allowed: bool,
    /// Why not: sentences.
    pub why: Vec<String>,
    /// What it would do to clocks, in sentences with dates.
    pub dates: Vec<String>,
    /// Elements that it needs, then those that it takes.
    pub needs: Vec<String>,
    /// Elements that it takes.
    pub takes: Vec<String>,
}

/// An attached file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileView {
    /// Random id, used in addresses.
    pub id: String,
    /// Row id, as events name it.
    pub row: i64,
    /// The name under which it was sent.
    pub name: String,
    /// Media type.
    pub media: String,
    /// Size in bytes.
    pub size: i64,
    /// The matter it belongs to.
    pub matter: i64,
}

/// An issued letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperView {
    /// Row id.
    pub id: i64,
    /// The matter it belongs to.
    pub matter: i64,
    /// Its official name.
    pub label: String,
    /// 文号.
    pub number: String,
    /// Whether it can be read; until then it shows as 正在生成.
    pub ready: bool,
}

/// A step that waits for approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposalView {
    /// The step that is proposed.
    pub step: String,
    /// Its name.
    pub label: String,
    /// Who proposes.
    pub by: String,
    /// When.
    pub at: Moment,
    /// Its values, label and text.
    pub values: Vec<(String, String)>,
    /// Roles still to approve.
    pub remaining: Vec<String>,
    /// It went back to the proposer.
    pub returned: bool,
}

/// A child or the parent of a matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relative {
    /// The other matter.
    pub id: i64,
    /// What it is to this one.
    pub label: String,
    /// Its state.
    pub state: String,
}

/// Everything a page about one matter shows.
#[derive(Clone, Debug)]
pub struct MatterView {
    /// The matter.
    pub matter: Matter,
    /// Its procedure, in its version.
    pub procedure: Arc<Procedure>,
    /// Label of the state: for officers, or for the party.
    pub state: String,
    /// Typed texts by element.
    pub texts: BTreeMap<String, TextView>,
    /// Other values by element: label and words.
    pub values: BTreeMap<String, (String, String)>,
    /// Events, oldest first; the party sees only those meant for it.
    pub timeline: Vec<TimelineItem>,
    /// Clocks; the party sees only those meant for it.
    pub clocks: Vec<ClockView>,
    /// What may be done now, and why the rest may not.
    pub options: Vec<OptionView>,
    /// Attached files.
    pub files: Vec<FileView>,
    /// Letters.
    pub papers: Vec<PaperView>,
    /// Children, and the parent first if there is one.
    pub relatives: Vec<Relative>,
    /// A step that waits for approval.
    pub proposal: Option<ProposalView>,
    /// The handling unit.
    pub unit: Option<String>,
    /// The handling officer.
    pub handler: Option<String>,
}

impl MatterView {
    /// The masked first words of the element that the procedure names as its subject; empty where
    /// there is none.
    pub fn subject(&self) -> String {
        let text = self.procedure.subject.as_ref().and_then(|element| self.texts.get(element));
        text.map(|text| first_words(&text.masked)).unwrap_or_default()
    }

    /// The text of an element as far as the caller may read it; empty if there is none.
    pub fn text(&self, element: &str) -> &str {
        self.texts.get(element).map_or("", TextView::shown)
    }
}

/// What a query code gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Track {
    /// Without the password: 已收到, 办理中 or 已办结, and nothing else.
    Brief {
        /// The word.
        state: &'static str,
    },
    /// With the password: the matter.
    Full(i64),
}

/// The lists of the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListView {
    /// 待分办、待签收.
    ToSign,
    /// 在办.
    ToHandle,
    /// 待审.
    ToApprove,
    /// 待审查: documents whose next check or step is the caller's.
    ToReview,
    /// 临近.
    Near,
    /// 超期.
    Overdue,
    /// 退回.
    Returned,
    /// 等待当事人、第三方或者其他机关.
    Waiting,
    /// 已办结.
    Closed,
    /// 全部.
    All,
}

impl ListView {
    /// Every list, in the order of the desk.
    pub const ALL: [ListView; 10] = [
        ListView::ToSign,
        ListView::ToHandle,
        ListView::ToApprove,
        ListView::ToReview,
        ListView::Near,
        ListView::Overdue,
        ListView::Returned,
        ListView::Waiting,
        ListView::Closed,
        ListView::All,
    ];

    /// Its word in addresses.
    pub const fn id(self) -> &'static str {
        match self {
            ListView::ToSign => "sign",
            ListView::ToHandle => "handle",
            ListView::ToApprove => "approve",
            ListView::ToReview => "review",
            ListView::Near => "near",
            ListView::Overdue => "overdue",
            ListView::Returned => "returned",
            ListView::Waiting => "waiting",
            ListView::Closed => "closed",
            ListView::All => "all",
        }
    }

    /// Its name on the desk.
    pub const fn label(self) -> &'static str {
        match self {
            ListView::ToSign => "待签收",
            ListView::ToHandle => "待办",
            ListView::ToApprove => "待审",
            ListView::ToReview => "待审查",
            ListView::Near => "临近",
            ListView::Overdue => "超期",
            ListView::Returned => "退回",
            ListView::Waiting => "等待",
            ListView::Closed => "已办结",
            ListView::All => "全部",
        }
    }

    /// The list of a word in an address.
    pub fn parse(id: &str) -> Option<ListView> {
        ListView::ALL.into_iter().find(|view| view.id() == id)
    }
}

/// Characters of a text that head a matter.
pub(crate) const FIRST_WORDS: usize = 60;

/// The first words of a text on one line; what was cut off shows as an ellipsis.
pub(crate) fn first_words(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut words: String = line.chars().take(FIRST_WORDS).collect();
    if words.len() < line.len() {
        words.push('…');
    }
    words
}

/// A line of a desk list. Texts are masked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRow {
    /// The matter.
    pub id: i64,
    /// Its random id for programs outside.
    pub public_id: String,
    /// 受理编号.
    pub number: String,
    /// Name of the procedure.
    pub procedure: String,
    /// Masked title.
    pub title: String,
    /// Name of the channel.
    pub channel: String,
    /// Name of the category.
    pub category: String,
    /// The unit in charge.
    pub unit: String,
    /// The officer in charge.
    pub handler: String,
    /// The lamp of the nearest clock.
    pub lamp: Lamp,
    /// 考核日 of the nearest clock.
    pub aim_on: Option<Date>,
    /// 法定最迟日 of the nearest clock.
    pub due_on: Option<Date>,
    /// Days left to `aim_on`; negative when over.
    pub days_left: Option<i64>,
    /// Name of the state.
    pub state: String,
    /// When it was filed.
    pub filed_at: Moment,
}

/// A page of a desk list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListPage {
    /// The lines.
    pub rows: Vec<ListRow>,
    /// Where the next page begins.
    pub next: Option<String>,
}
