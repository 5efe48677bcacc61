//! Dates and states as citizens read them, and the parts that show a matter's limits.

use crate::component::{Calendar, Clock, Day, DayMark, Explanation, Lamp, LampKind, Reason, Text};
use law::{Date, Moment};
use office::ClockView;

const WEEKDAYS: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];

fn weekday(date: Date) -> &'static str {
    let index = usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or_default();
    WEEKDAYS.get(index).copied().unwrap_or_default()
}

/// 2026年11月2日.
pub fn day(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// 2026年11月2日（周一）.
pub fn full_day(date: Date) -> String {
    format!("{}（周{}）", day(date), weekday(date))
}

/// 2026年11月2日　星期一, as in the head of every page.
pub fn today(now: Moment) -> String {
    let date = now.date();
    format!("{}　星期{}", day(date), weekday(date))
}

/// 2026年9月22日（周二）19:06.
pub fn instant(at: Moment) -> String {
    format!("{}{:02}:{:02}", full_day(at.date()), at.hour(), at.minute())
}

/// A lamp with the law's word for it.
pub fn lamp(lamp: law::Lamp, open: bool) -> Lamp {
    let (kind, text) = match lamp {
        law::Lamp::Grey if open => (LampKind::Grey, "暂停计时"),
        law::Lamp::Grey => (LampKind::Grey, "已办结"),
        law::Lamp::Green => (LampKind::Green, lamp.label()),
        law::Lamp::Amber => (LampKind::Amber, lamp.label()),
        law::Lamp::Red | law::Lamp::Overdue => (LampKind::Red, lamp.label()),
    };
    Lamp::new(kind, text)
}

/// The clock of a limit as its party sees it.
pub fn clock(view: &ClockView, law: &law::Law, now: Moment) -> Clock {
    let clock = &view.clock;
    let shown = lamp(view.lamp, clock.is_open());
    if let Some(stopped) = clock.stopped {
        let late = if clock.is_late(now) { "，超过了期限" } else { "" };
        let headline = format!("{}：{}完成{late}", view.label, day(stopped.date()));
        return Clock {
            lamp: shown,
            headline: headline.into(),
            note: format!("期限到{}", clock.due.text()).into(),
            ..Clock::default()
        };
    }
    let due = full_day(clock.due.due_on);
    let (used, all) = (clock.days_used(law, now), clock.total());
    let bar = (used > 0 && !clock.unit.is_instant()).then_some((used, all));
    let (lead, figure) = match view.days_left {
        Some(left) if left < 0 => ("超过", (-left).to_string()),
        Some(left) => ("还剩", left.to_string()),
        None => ("", String::new()),
    };
    let note = if used > 0 { format!("{all}{}已过{used}", clock.unit) } else { String::new() };
    Clock {
        lamp: shown,
        lead: lead.into(),
        figure: figure.into(),
        unit: clock.unit.to_string().into(),
        headline: format!("{}：最迟{due}", view.label).into(),
        note: note.into(),
        bar,
    }
}

/// Why the due date is what it is, day by day.
pub fn explanation(view: &ClockView, open: bool) -> Explanation {
    let due = view.clock.due.due_on;
    let reason = |step: &law::Step| Reason { text: step.text.clone().into(), law: step.cite.clone().into() };
    Explanation {
        title: format!("为什么是{}月{}日", due.month(), due.day()).into(),
        open,
        reasons: view.explanation.steps.iter().map(reason).collect(),
        calendar: calendar(&view.explanation.days),
        foot: view.explanation.note.clone().into(),
    }
}

fn calendar(lines: &[law::DayLine]) -> Calendar {
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else { return Calendar::default() };
    let short = |date: Date| format!("{}月{}日", date.month(), date.day());
    let caption = format!("逐日计算：{}至{}", short(first.date), short(last.date));
    let offset = usize::try_from(first.date.weekday().to_monday_zero_offset()).unwrap_or_default();
    let day = |(index, line): (usize, &law::DayLine)| Day {
        mark: match line.mark {
            law::DayMark::Start => DayMark::Event,
            law::DayMark::Counted | law::DayMark::MakeUp => DayMark::Counted,
            law::DayMark::Weekend | law::DayMark::Holiday => DayMark::Rest,
            law::DayMark::Paused => DayMark::Paused,
            law::DayMark::Due => DayMark::Due,
        },
        date: line.date.to_string(),
        label: if index == 0 || line.date.day() == 1 {
            format!("{}/{}", line.date.month(), line.date.day())
        } else {
            line.date.day().to_string()
        },
        note: Text::from(line.label.clone()),
        today: line.today,
    };
    Calendar::new(caption, offset, lines.iter().enumerate().map(day).collect())
}

/// Type and size of a file, in words.
pub(crate) fn weight(media: &str, size: i64) -> String {
    let kind = match media {
        "application/pdf" => "PDF",
        media if media.contains("wordprocessing") || media.contains("msword") => "Word",
        media if media.contains("spreadsheet") || media.contains("excel") => "Excel",
        media if media.starts_with("image/") => "图片",
        _ => "文件",
    };
    let size = size.max(0);
    match size {
        0..=1023 => format!("{kind}，{size}字节"),
        1024..=1_048_575 => format!("{kind}，{} KB", size.div_euclid(1024) + 1),
        _ => format!("{kind}，{}.{} MB", size / 1_048_576, (size % 1_048_576) * 10 / 1_048_576),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_as_officials_write_them() {
        let at = Moment::of(jiff::civil::date(2026, 9, 22), 19, 6, 0);
        assert_eq!(instant(at), "2026年9月22日（周二）19:06");
        assert_eq!(today(at), "2026年9月22日　星期二");
    }
}
