//! The form of an entry of the catalogue: what it says, who answers for it, by which rule items count.

use super::parts::{Cell, Fields};
use crate::component::{Choice, Choices, ErrorSummary, Field, Input, Width};
use publication::catalogue::{Entry, Names, Period, Word};

/// The form of an entry, with what is wrong at each field.
pub(super) fn fields(
    (entry, unit, reason): (&Entry, Option<i64>, &str),
    errors: &ErrorSummary,
    names: &Names,
    units: Vec<Choice>,
    stored: bool,
) -> Fields {
    let line = |span, id: &'static str, label: &'static str, value: &str| {
        Cell::Field(span, Field::new(id, label, value).width(Width::Full).error(errors.at(id)))
    };
    let area = |span, id: &'static str, label: &'static str, value: &str| {
        Cell::Field(span, Field::new(id, label, value).input(Input::Area(3)).width(Width::Full).error(errors.at(id)))
    };
    let hinted = |cell: Cell, hint: &'static str| match cell {
        Cell::Field(span, field) => Cell::Field(span, field.hint(hint)),
        other => other,
    };
    let id = unit.map(|id| id.to_string()).unwrap_or_default();
    let units = std::iter::once(Choice::new("", "还没有确定")).chain(units).map(|one| one.chosen_if(&id)).collect();
    let (period, days) = match entry.period {
        Period::Workdays(days) => ("days".to_owned(), days.to_string()),
        other => (other.code(), String::new()),
    };
    let periods =
        [("now", "实时"), ("month", "每月"), ("quarter", "每季度"), ("year", "每年"), ("days", "每几个工作日")]
            .map(|(code, label)| Choice::new(code, label).chosen_if(&period));
    let since = entry.since.map(|day| day.to_string()).unwrap_or_default();
    let mut cells = vec![
        line(4, "top", "一级事项", &entry.top),
        line(8, "item", "二级事项", &entry.item),
        area(6, "content", "公开内容（要素）", &entry.content),
        area(6, "basis", "公开依据", &entry.basis),
        line(6, "time_limit", "公开时限", &entry.time_limit),
        hinted(line(6, "subject", "公开主体", &entry.subject), "不填就是本机关"),
        hinted(line(6, "channels", "公开渠道和载体", &entry.channels.join("、")), "用顿号隔开"),
        hinted(line(6, "audience", "公开对象", &entry.audience), "不填就是全社会；只向特定群体公开的写明是谁"),
        Cell::Choices(4, radios("manner", "公开方式", &[entry.manner])),
        Cell::Choices(8, checks("levels", "公开层级", &entry.levels)),
        Cell::Choices(12, checks("marks", "五公开", &entry.marks)),
        Cell::Legend("责任和周期".to_owned()),
        Cell::Field(
            4,
            Field::new("unit", "责任单位", "").input(Input::Select(units)).width(Width::Full).error(errors.at("unit")),
        ),
        Cell::Field(4, Field::new("period", "更新周期", "").input(Input::Select(periods.into())).width(Width::Full)),
        hinted(line(4, "days", "每几个工作日", &days), "更新周期选“每几个工作日”的填写"),
        hinted(
            line(4, "within", "时限工作日", &entry.within.to_string()),
            "一个周期结束或者信息形成后，多少个工作日内公开",
        ),
        hinted(line(4, "since", "起始日期", &since), "从哪天起应当公开；不填就是条目列入之日"),
        hinted(line(4, "nothing", "暂无内容说明", &entry.nothing), "确实没有此类信息的，写明原因，公开页面照样显示"),
        Cell::Legend("怎样算作已经公开".to_owned()),
    ];
    cells.extend(rule(entry, names, errors));
    if stored {
        cells.push(hinted(line(12, "reason", "修改原因", reason), "留在条目的记录里"));
    } else {
        cells.push(line(12, "reason", "列入原因", reason));
    }
    Fields { cells }
}

/// The cells of the rule by which items count.
fn rule(entry: &Entry, names: &Names, errors: &ErrorSummary) -> Vec<Cell> {
    let counts = &entry.counts;
    let several = |name: &'static str, legend: &'static str, all: &[(String, String)], chosen: &[String]| {
        let one = |(id, label): &(String, String)| Choice {
            checked: chosen.contains(id),
            ..Choice::new(id.clone(), label.clone())
        };
        Choices::many(name, legend, all.iter().map(one).collect()).error(errors.at(name))
    };
    let own = Choice { checked: counts.own_unit, ..Choice::new("1", "只算责任单位自己产生的") };
    vec![
        Cell::Choices(
            12,
            several("columns", "对应的栏目", &names.columns, &counts.columns).hint("最多三个；不选就是全站"),
        ),
        Cell::Choices(12, several("kinds", "信息类型", &names.kinds, &counts.kinds).hint("不选就是各种类型")),
        Cell::Field(4, Field::new("topic", "主题分类代码", counts.topic.clone()).width(Width::Full)),
        Cell::Field(
            4,
            Field::new("title", "标题词", counts.title.clone()).width(Width::Full).hint("标题里有这个词的才算"),
        ),
        Cell::Choices(4, Choices::many("own_unit", "产生单位", vec![own])),
    ]
}

fn options<T: Word>(chosen: &[T]) -> Vec<Choice> {
    let one = |word: &T| Choice { checked: chosen.contains(word), ..Choice::new(word.id(), word.label()) };
    T::ALL.iter().map(one).collect()
}

fn radios<T: Word>(name: &'static str, legend: &'static str, chosen: &[T]) -> Choices {
    Choices::one(name, legend, options(chosen))
}

fn checks<T: Word>(name: &'static str, legend: &'static str, chosen: &[T]) -> Choices {
    Choices::many(name, legend, options(chosen))
}
