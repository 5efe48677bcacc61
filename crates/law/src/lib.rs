//! Legal time: the calendar of working days, the limits of the law, clocks that run
//! against them, and the day-by-day explanation of every due date.
//!
//! Pure: text comes in as `&str`, time as [`Moment`] or [`Date`]; nothing here reads a
//! file or a clock. All legal dates are those of UTC+8.

mod acts;
mod calendar;
mod clock;
mod count;
mod explain;
mod file;
mod limit;
mod load;
mod lunar;
mod moment;
mod refusal;
mod rules;
mod wording;

pub use calendar::{Calendar, Day, DayKind, Notice};
pub use clock::{Clock, Due, Lamp, Pause};
pub use explain::{DayLine, DayMark, Explanation, Step};
pub use jiff::civil::Date;
pub use limit::{Class, Extension, LimitValue, PauseKind, Side, Sort, Source, Unit};
pub use moment::{Moment, MomentFault};
pub use refusal::{ClockRefusal, RefusalCode};
pub use rules::{Law, RuleFault};
