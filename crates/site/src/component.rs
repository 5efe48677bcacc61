//! The parts that pages of the portal and of the desk are made of.
//!
//! Each part is a struct of display-ready values and one template in `templates/components/`.
//! A page puts a part in a field and writes `{{ part }}`: parts escape their own text, so they
//! are marked safe for HTML. Styles are in `assets/css/components.css`.

mod clock;
mod form;
mod list;
mod proof;
mod record;

pub use clock::{Calendar, Clock, Day, DayMark, Explanation, Lamp, LampKind, Reason};
pub use form::{Choice, Choices, ErrorSummary, Field, Group, Guard, Input, Problem, Steps, Width};
pub use list::{Link, Pager, Row, Rows, Stat, Stats, Table, TableCell};
pub use proof::Proof;
pub use record::{Entry, EntryState, Fact, Facts, Icon, Notice, NoticeKind, Qr, Slip, Timeline};

use std::borrow::Cow;

/// Text to show: a sentence of ours, or one made for this page.
pub type Text = Cow<'static, str>;

/// Marks parts whose template escapes everything it is given.
macro_rules! safe_html {
    ($($part:ty),+ $(,)?) => {$(
        impl askama::filters::HtmlSafe for $part {}
    )+};
}
use safe_html;
