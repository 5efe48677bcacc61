//! Whether an entry is kept: empty, late and stale are found by its period, not by opinion.

use law::{Calendar, Date};

use super::{Entry, Manner, Period};

/// How an entry stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Nothing has ever been made public under it, and the time for it is over.
    Empty,
    /// More than one period has passed without anything new.
    Stale,
    /// The information of the last period is not there, and its time is over.
    Late,
    /// Something falls due within a few working days, or is waited for the first time.
    Near,
    /// Nothing is there, and it is said why.
    Explained,
    /// As it should be.
    #[default]
    Kept,
}

impl State {
    /// Every state, worst first.
    pub const ALL: [State; 6] = [State::Empty, State::Stale, State::Late, State::Near, State::Explained, State::Kept];

    /// Code in addresses and data.
    pub const fn id(self) -> &'static str {
        match self {
            State::Empty => "empty",
            State::Stale => "stale",
            State::Late => "late",
            State::Near => "near",
            State::Explained => "explained",
            State::Kept => "kept",
        }
    }

    /// The words people read.
    pub const fn label(self) -> &'static str {
        match self {
            State::Empty => "空白",
            State::Stale => "长期未更新",
            State::Late => "逾期",
            State::Near => "待公开",
            State::Explained => "暂无内容",
            State::Kept => "正常",
        }
    }

    /// Whether the producing unit has failed its duty.
    pub const fn is_fault(self) -> bool {
        matches!(self, State::Empty | State::Stale | State::Late)
    }
}

/// What is public under an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holds {
    /// Items.
    pub total: u64,
    /// Day of the newest.
    pub last: Option<Date>,
}

/// How an entry stands on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// In a word.
    pub state: State,
    /// The day by which something new must be, or must have been, public.
    pub due: Option<Date>,
}

/// Working days before its due day on which an entry is called near.
const NEAR: i64 = 5;

impl Entry {
    /// How the entry stands: `made` is the day on which it was entered, the duty's beginning where the
    /// entry names none.
    pub fn standing(&self, holds: Holds, made: Date, today: Date, calendar: &Calendar) -> Standing {
        if self.manner == Manner::OnApplication {
            return Standing::default();
        }
        let begun = self.since.unwrap_or(made);
        let first = calendar.add_workdays(begun, self.within);
        let Some(last) = holds.last.filter(|_| holds.total > 0) else {
            let state = match () {
                () if !self.nothing.is_empty() => State::Explained,
                () if today > first => State::Empty,
                () => State::Near,
            };
            return Standing { state, due: Some(first).filter(|_| state != State::Explained) };
        };
        match self.period {
            Period::AsFormed => Standing::default(),
            Period::Workdays(days) => {
                let due = calendar.add_workdays(last, days);
                let state = match () {
                    () if today > calendar.add_workdays(due, days) => State::Stale,
                    () if today > due => State::Late,
                    () => near(calendar, today, due),
                };
                Standing { state, due: Some(due) }
            }
            Period::Month | Period::Quarter | Period::Year => self.periodic(last, begun, today, calendar),
        }
    }

    /// Information of a period becomes public after its end and within the time allowed.
    fn periodic(&self, last: Date, begun: Date, today: Date, calendar: &Calendar) -> Standing {
        // The first period that the newest item does not tell of.
        let mut end = self.end_of(last.max(begun));
        let due = calendar.add_workdays(end, self.within);
        if today <= due {
            return Standing { state: near(calendar, today, due), due: Some(due) };
        }
        end = self.end_of(end.tomorrow().unwrap_or(end));
        let state = if today > calendar.add_workdays(end, self.within) { State::Stale } else { State::Late };
        Standing { state, due: Some(due) }
    }

    /// The last day of the period in which a day lies.
    fn end_of(&self, day: Date) -> Date {
        let months: i8 = match self.period {
            Period::Month => 1,
            Period::Quarter => 3,
            _ => 12,
        };
        let month = (day.month() - 1) / months * months + months;
        Date::new(day.year(), month, 1).map_or(day, Date::last_of_month)
    }
}

fn near(calendar: &Calendar, today: Date, due: Date) -> State {
    if calendar.workdays_between(today, due, &[]) <= NEAR { State::Near } else { State::Kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    /// Working days are Monday to Friday where no notice says otherwise.
    fn calendar() -> Calendar {
        let files = ["2025", "2026"].map(|year| {
            let path = format!("{}/../../rulebook/law/calendar/{year}.toml", env!("CARGO_MANIFEST_DIR"));
            (format!("law/calendar/{year}.toml"), std::fs::read_to_string(path).expect("a calendar"))
        });
        let statute = format!("{}/../../rulebook/law/calendar/statute.toml", env!("CARGO_MANIFEST_DIR"));
        let statute = std::fs::read_to_string(statute).expect("the statute");
        let all = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        let law = law::Law::parse(all.chain([("law/calendar/statute.toml", statute.as_str())])).expect("a calendar");
        law.calendar().clone()
    }

    fn stand(period: Period, within: u32, last: Option<&str>, today: &str) -> Standing {
        let entry = Entry { period, within, since: Some(day("2025-01-02")), ..Entry::default() };
        let holds = Holds { total: u64::from(last.is_some()), last: last.map(day) };
        entry.standing(holds, day("2026-01-05"), day(today), &calendar())
    }

    #[test]
    fn a_quarter_is_late_after_its_working_days_and_stale_after_another() {
        // The third quarter ends on 30 September; 20 working days with the national holiday end on 4 November.
        let told = Some("2026-07-20");
        let due = stand(Period::Quarter, 20, told, "2026-10-12");
        assert_eq!(due.state, State::Kept);
        let last = due.due.expect("a due day");
        assert!(last > day("2026-10-28") && last < day("2026-11-08"), "{last}");
        assert_eq!(stand(Period::Quarter, 20, told, &last.to_string()).state, State::Near);
        assert_eq!(stand(Period::Quarter, 20, told, &last.tomorrow().unwrap().to_string()).state, State::Late);
        assert_eq!(stand(Period::Quarter, 20, Some("2026-04-20"), "2026-11-22").state, State::Stale);
        assert_eq!(stand(Period::Quarter, 20, Some("2026-10-20"), "2026-11-22").state, State::Kept);
    }

    #[test]
    fn months_years_and_working_days_have_their_own_ends() {
        assert_eq!(stand(Period::Month, 10, Some("2026-10-09"), "2026-11-22").state, State::Late);
        assert_eq!(stand(Period::Month, 10, Some("2026-11-03"), "2026-11-22").state, State::Kept);
        assert_eq!(stand(Period::Year, 20, Some("2026-01-20"), "2026-11-22").state, State::Kept);
        assert_eq!(stand(Period::Year, 20, Some("2025-01-20"), "2026-11-22").state, State::Late);
        assert_eq!(stand(Period::Workdays(5), 20, Some("2026-11-19"), "2026-11-20").state, State::Near);
        assert_eq!(stand(Period::Workdays(5), 20, Some("2026-11-09"), "2026-11-20").state, State::Late);
        assert_eq!(stand(Period::Workdays(5), 20, Some("2026-10-19"), "2026-11-20").state, State::Stale);
    }

    #[test]
    fn an_empty_entry_is_empty_waited_for_or_explained() {
        assert_eq!(stand(Period::AsFormed, 20, None, "2026-11-22").state, State::Empty);
        assert_eq!(stand(Period::AsFormed, 20, None, "2025-01-10").state, State::Near);
        assert_eq!(stand(Period::AsFormed, 20, Some("2025-03-01"), "2026-11-22").state, State::Kept);
        let entry = Entry { nothing: "本区无此事项".into(), ..Entry::default() };
        let at = |entry: &Entry| entry.standing(Holds::default(), day("2025-01-02"), day("2026-11-22"), &calendar());
        assert_eq!(at(&entry).state, State::Explained);
        let asked = Entry { manner: Manner::OnApplication, ..Entry::default() };
        assert_eq!(at(&asked).state, State::Kept);
    }
}
