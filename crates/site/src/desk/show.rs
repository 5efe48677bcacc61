//! From what the office says of a matter to what a page shows: lamps, rows, clocks, days.

use super::parts::{Ahead, ClockLine, ComingClock, Queue, QueueRow};
use super::perform::Typed;
use super::step::Of;
use crate::component::{Calendar, Day, DayMark, Explanation, Fact, Facts, Lamp, LampKind, Reason};
use law::{Date, Moment, Unit};
use matter::Moved;
use office::{ClockView, ListRow, MatterView};

/// Address of a matter's page.
pub fn address(id: i64) -> String {
    format!("/desk/m/{id}")
}

/// A lamp with its word; grey says more where the page knows more.
pub fn lamp(lamp: law::Lamp, grey: &'static str) -> Lamp {
    let kind = match lamp {
        law::Lamp::Grey => return Lamp::new(LampKind::Grey, grey),
        law::Lamp::Green => LampKind::Green,
        law::Lamp::Amber => LampKind::Amber,
        law::Lamp::Red | law::Lamp::Overdue => LampKind::Red,
    };
    Lamp::new(kind, lamp.label())
}

/// `2026-12-04（周五）`.
pub fn day_words(date: Date) -> String {
    let names = ["一", "二", "三", "四", "五", "六", "日"];
    let name = names.get(weekday(date)).copied().unwrap_or_default();
    format!("{date}（周{name}）")
}

/// 0 for Monday.
pub fn weekday(date: Date) -> usize {
    usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0)
}

/// Days left or over, in words.
fn left(days: Option<i64>) -> String {
    match days {
        None => String::new(),
        Some(0) => "今天到期".into(),
        Some(days) if days > 0 => format!("剩{days}日"),
        Some(days) => format!("超{}日", days.unsigned_abs()),
    }
}

/// A line of a desk list.
pub fn row(row: ListRow) -> QueueRow {
    let grey = if row.aim_on.is_some() { "暂停" } else { "不计时" };
    QueueRow {
        href: address(row.id),
        lamp: lamp(row.lamp, grey),
        late: row.lamp == law::Lamp::Overdue,
        number: row.number,
        title: if row.title.is_empty() { row.procedure } else { row.title },
        flags: Vec::new(),
        source: [row.channel, row.category].join(" ").trim().to_owned(),
        unit: row.unit,
        due: row.aim_on.map_or_else(|| "—".into(), |date| date.to_string()),
        left: left(row.days_left),
        handler: row.handler,
        state: row.state,
    }
}

/// A table of such lines.
pub fn queue(caption: &str, rows: Vec<ListRow>) -> Queue {
    Queue { caption: caption.to_owned(), rows: rows.into_iter().map(row).collect() }
}

/// A clock in the strip of a matter.
pub fn clock(view: &ClockView, now: Moment) -> ClockLine {
    let clock = &view.clock;
    let (before, figure, after) = match view.days_left {
        _ if clock.stopped.is_some() => ("", String::new(), "已停止"),
        _ if clock.is_paused() => ("", String::new(), "暂停中，日期将顺延"),
        Some(days) => (if days < 0 { "超" } else { "剩" }, days.unsigned_abs().to_string(), days_word(clock.unit)),
        None => ("", String::new(), if clock.is_past(now) { "已过" } else { "计时中" }),
    };
    ClockLine {
        label: view.label.clone(),
        lamp: lamp(view.lamp, if clock.stopped.is_some() { "已停止" } else { "暂停" }),
        before: before.into(),
        figure,
        after: after.into(),
        aim: aim_words(clock),
        due: due_words(clock),
        cite: clock.article.clone(),
        why: Some(explanation(&view.explanation, "逐日计算")),
    }
}

/// A clock that a step would move, for the part of its form that says what follows.
fn coming((how, view): &(Moved, ClockView)) -> ComingClock {
    let clock = &view.clock;
    let how_words = match how {
        Moved::Started => "开始计算",
        Moved::Restarted => "重新计算",
        Moved::Paused => "暂停计算，恢复后日期顺延",
        Moved::Resumed => "恢复计算",
        Moved::Extended => "延长",
        Moved::Stopped => "停止计算",
        Moved::Settled => "确定",
    };
    let dated = !matches!(how, Moved::Paused | Moved::Stopped);
    let line = |text: String| if dated { text } else { String::new() };
    ComingClock {
        label: view.label.clone(),
        how: how_words,
        aim: line(aim_words(clock)),
        due: line(due_words(clock)),
        cite: clock.article.clone(),
        why: dated.then(|| explanation(&view.explanation, "逐日计算")),
    }
}

/// What follows from a step with what is typed: its clocks, then what else its form says.
pub fn ahead(typed: &Typed, dated_by: &[&str], mut facts: Vec<Fact>) -> Ahead {
    let trial = typed.trial.as_ref();
    let wrong = dated_by.iter().map(|name| typed.errors.at(name).into_owned()).find(|sentence| !sentence.is_empty());
    let wrong =
        wrong.or_else(|| typed.barred.first().cloned()).unwrap_or_else(|| "日期改对以后，这里显示期限。".into());
    let approvals = trial.map(|trial| trial.approvals.join("、")).unwrap_or_default();
    if !approvals.is_empty() {
        facts.insert(0, Fact::new("审批", format!("须经{approvals}同意后生效")));
    }
    Ahead {
        clocks: trial.map(|trial| trial.clocks.iter().map(coming).collect()).unwrap_or_default(),
        note: match trial {
            _ if dated_by.is_empty() => String::new(),
            None => wrong,
            Some(trial) if trial.clocks.is_empty() => "选定类别、填好日期以后，这里显示期限。".into(),
            Some(_) => String::new(),
        },
        facts: Facts { facts },
        dated_by: dated_by.join(" "),
    }
}

/// 考核日 in words, with the time of day where the limit is counted in hours.
fn aim_words(clock: &law::Clock) -> String {
    if clock.unit.is_instant() { clock.due.aim_text() } else { day_words(clock.due.aim_on) }
}

/// 法定最迟日 in words; a provisional one says so.
pub fn due_words(clock: &law::Clock) -> String {
    let day = if clock.unit.is_instant() { clock.due.text() } else { day_words(clock.due.due_on) };
    if clock.due.provisional { format!("{day}，节假日安排公布后确定") } else { day }
}

fn days_word(unit: Unit) -> &'static str {
    if unit == Unit::Workday { "个工作日" } else { "日" }
}

/// The reasoning of a date with its calendar.
pub fn explanation(of: &law::Explanation, caption: &str) -> Explanation {
    let reason = |step: &law::Step| Reason { text: step.text.clone().into(), law: step.cite.clone().into() };
    let first = of.days.first().map_or(0, |day| weekday(day.date));
    let days = of.days.iter().enumerate().map(|(i, day)| cell(i, day)).collect();
    Explanation {
        title: "为什么是这一天".into(),
        open: false,
        reasons: of.steps.iter().map(reason).collect(),
        calendar: if of.days.is_empty() { Calendar::default() } else { Calendar::new(caption.to_owned(), first, days) },
        foot: of.note.clone().into(),
    }
}

fn cell(index: usize, line: &law::DayLine) -> Day {
    let mark = match line.mark {
        law::DayMark::Start => DayMark::Event,
        law::DayMark::Counted | law::DayMark::MakeUp => DayMark::Counted,
        law::DayMark::Weekend | law::DayMark::Holiday => DayMark::Rest,
        law::DayMark::Paused => DayMark::Paused,
        law::DayMark::Due => DayMark::Due,
    };
    let (month, day) = (line.date.month(), line.date.day());
    let label = if index == 0 || day == 1 { format!("{month}/{day}") } else { day.to_string() };
    Day { mark, date: line.date.to_string(), label, note: line.label.clone().into(), today: line.today }
}

/// The most pressing clock: the darkest lamp, then the earliest day.
pub fn pressing(view: &MatterView) -> Option<&ClockView> {
    let open = view.clocks.iter().filter(|clock| clock.clock.is_open());
    open.min_by_key(|clock| (std::cmp::Reverse(clock.lamp), clock.clock.due.aim_on))
}

/// The head of a form: which matter it belongs to.
pub fn of(view: &MatterView) -> Of {
    let pressing = pressing(view);
    let line =
        pressing.map(|clock| format!("{}　{}　{}", clock.label, left(clock.days_left), clock.clock.due.aim_text()));
    Of {
        href: address(view.matter.id),
        number: number(view),
        title: title(view),
        lamp: pressing.map_or_else(|| Lamp::new(LampKind::Grey, "不计时"), |clock| lamp(clock.lamp, "暂停")),
        clock: line.unwrap_or_default(),
    }
}

/// The number, or for a child without one a word.
pub fn number(view: &MatterView) -> String {
    view.matter.number.clone().unwrap_or_else(|| view.procedure.label.clone())
}

/// What the matter is called: the masked first words of its subject, else its procedure.
pub fn title(view: &MatterView) -> String {
    Some(view.subject()).filter(|words| !words.is_empty()).unwrap_or_else(|| view.procedure.label.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_words_and_every_lamp_has_one() {
        assert_eq!(left(Some(6)), "剩6日");
        assert_eq!(left(Some(0)), "今天到期");
        assert_eq!(left(Some(-2)), "超2日");
        assert_eq!(day_words(law::Date::constant(2026, 12, 4)), "2026-12-04（周五）");
        for known in [law::Lamp::Grey, law::Lamp::Green, law::Lamp::Amber, law::Lamp::Red, law::Lamp::Overdue] {
            assert!(!lamp(known, "暂停").text.is_empty());
        }
        assert_eq!(lamp(law::Lamp::Overdue, "").kind, LampKind::Red);
    }
}
