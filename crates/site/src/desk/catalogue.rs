//! D13: the catalogue of matters to be made public: which entries are empty, late or stale, counted to the
//! unit that produces the information. Everybody sees it; the open-government office edits it.

use super::{frame, shell::Shell};
use crate::Site;
use crate::component::{Choice, Field, Input, Lamp, LampKind, Link};
use crate::form::{self, Form};
use crate::lang::query_value;
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use office::catalogue::Listed;
use office::{Caller, Role};
use publication::catalogue::{Mark, State as Stand, Word};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where the catalogue is.
pub const PATH: &str = "/desk/catalogue";

/// Those who edit it.
pub const EDITORS: [Role; 2] = [Role::FoiClerk, Role::FoiHead];

/// The catalogue.
#[derive(Template)]
#[template(path = "desk/catalogue.html")]
pub struct CataloguePage {
    /// The frame.
    pub shell: Shell,
    /// How many there are, and when it was changed last.
    pub told: String,
    /// State: link, how many, tone; the one shown.
    pub counts: Vec<Count>,
    /// Unit, mark, words.
    pub filters: Vec<Field>,
    /// Something narrows the list.
    pub filtered: bool,
    /// The entries, those of one 一级事项 together.
    pub rows: Vec<Line>,
    /// Unit by unit: link, entries, empty, late, stale.
    pub units: Vec<(Link, usize, [usize; 3])>,
    /// This officer edits it.
    pub edits: bool,
    /// It was never filled.
    pub blank: bool,
}

/// How many entries stand in one state.
#[derive(Clone, Debug, Default)]
pub struct Count {
    /// The list of them.
    pub link: Link,
    /// How many.
    pub count: usize,
    /// Red and amber where something is wrong.
    pub tone: LampKind,
    /// It is the one shown.
    pub here: bool,
}

/// One entry.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// 一级事项, on the first entry of each.
    pub top: String,
    /// 二级事项, to its page.
    pub item: Link,
    /// How it stands.
    pub lamp: Lamp,
    /// Producing unit; empty while none is named.
    pub unit: String,
    /// 更新周期.
    pub period: String,
    /// How many items count.
    pub total: u64,
    /// Day of the newest.
    pub last: String,
    /// Until when something new is due.
    pub due: String,
}

/// The lamp of an entry.
pub fn lamp(stand: Stand) -> Lamp {
    let kind = match stand {
        Stand::Empty | Stand::Stale | Stand::Late => LampKind::Red,
        Stand::Near => LampKind::Amber,
        Stand::Explained => LampKind::Grey,
        Stand::Kept => LampKind::Green,
    };
    Lamp::new(kind, stand.label())
}

/// Whether an officer edits the catalogue.
pub fn edits(caller: &Caller) -> bool {
    EDITORS.iter().any(|role| caller.has(*role))
}

/// What narrows the list.
#[derive(Clone, Debug, Default)]
struct Asked {
    unit: Option<String>,
    mark: Option<Mark>,
    state: String,
    words: String,
}

/// Entries of no unit.
const NOBODY: &str = "0";

impl Asked {
    fn of(form: &Form, caller: &Caller) -> Asked {
        // Those who produce information see first what is theirs.
        let own = caller.unit.filter(|_| !edits(caller) && !form.has("unit")).map(|unit| unit.to_string());
        Asked {
            unit: own.or_else(|| Some(form.code("unit"))).filter(|unit| !unit.is_empty()),
            mark: Mark::read(form.raw("mark")).filter(|_| form.has("mark") && !form.raw("mark").is_empty()),
            state: form.code("state"),
            words: form.line("words"),
        }
    }

    fn fits(&self, one: &Listed, with_state: bool) -> bool {
        let unit = one.unit.as_ref().map_or(NOBODY.to_owned(), |(id, _)| id.to_string());
        let entry = &one.entry;
        let words = [&entry.top, &entry.item, &entry.content, &entry.basis];
        self.unit.as_ref().is_none_or(|wanted| *wanted == unit)
            && self.mark.is_none_or(|mark| entry.marks.contains(&mark))
            && (!with_state || self.state.is_empty() || self.state == one.standing.state.id())
            && (self.words.is_empty() || words.iter().any(|text| text.contains(&self.words)))
    }

    fn address(&self, state: &str) -> String {
        let mark = self.mark.map_or("", Mark::id);
        let unit = self.unit.as_deref().unwrap_or_default();
        format!("{PATH}?unit={unit}&mark={mark}&state={state}&words={}", query_value(&self.words))
    }
}

/// The catalogue.
///
/// # Errors
/// Busy or our failure.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let (all, updated) = site.office.catalogue(visit.caller.body).await?;
    let asked = Asked::of(&form, &visit.caller);
    let shown: Vec<&Listed> = all.iter().filter(|one| asked.fits(one, true)).collect();
    let changed = updated.map(|(at, unit)| {
        let by = if unit.is_empty() { String::new() } else { format!("（{unit}）") };
        format!("，目录最近修改于{}{by}", at.to_minute())
    });
    frame::page(&CataloguePage {
        told: format!("共{}项{}", all.len(), changed.unwrap_or_default()),
        counts: counts(&all, &asked),
        filters: filters(frame::units(&site, &visit.caller).await?, &asked),
        filtered: asked.address("") != Asked::default().address("") || !asked.state.is_empty(),
        rows: lines(&shown),
        units: by_unit(&all),
        edits: edits(&visit.caller),
        blank: all.is_empty(),
        shell: frame::shell(&site, &visit, PATH).await?,
    })
}

/// Fills the catalogue from the rulebook.
///
/// # Errors
/// Not the open-government office, no model, or our failure.
pub async fn fill(State(site): State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    site.office.fill_catalogue(&visit.caller).await?;
    Ok(form::see(PATH))
}

fn counts(all: &[Listed], asked: &Asked) -> Vec<Count> {
    let within: Vec<Stand> = all.iter().filter(|one| asked.fits(one, false)).map(|one| one.standing.state).collect();
    let count = |stand: Stand| {
        let count = within.iter().filter(|one| **one == stand).count();
        let tone = if count == 0 { LampKind::Grey } else { lamp(stand).kind };
        let link = Link::new(asked.address(stand.id()), stand.label());
        Count { link, count, tone, here: asked.state == stand.id() }
    };
    Stand::ALL.map(count).into()
}

fn filters(units: Vec<Choice>, asked: &Asked) -> Vec<Field> {
    let unit = asked.unit.as_deref().unwrap_or_default();
    let first = [Choice::new("", "全部责任单位"), Choice::new(NOBODY, "没有确定责任单位")];
    let units = first.into_iter().chain(units).map(|one| one.chosen_if(unit)).collect();
    let mark = asked.mark.map_or("", Mark::id);
    let marks = Mark::ALL.iter().map(|one| Choice::new(one.id(), one.label()));
    let marks = std::iter::once(Choice::new("", "五公开")).chain(marks).map(|one| one.chosen_if(mark)).collect();
    vec![
        Field::new("unit", "责任单位", "").input(Input::Select(units)),
        Field::new("mark", "五公开", "").input(Input::Select(marks)),
        Field::new("words", "词", asked.words.clone()).input(Input::Typed("search")),
    ]
}

fn lines(shown: &[&Listed]) -> Vec<Line> {
    let day = |day: Option<law::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let mut before = "";
    let mut rows = Vec::new();
    for one in shown {
        let repeated = std::mem::replace(&mut before, &one.entry.top) == one.entry.top;
        rows.push(Line {
            top: if repeated { String::new() } else { one.entry.top.clone() },
            item: Link::new(format!("{PATH}/{}", one.id), one.entry.item.clone()),
            lamp: lamp(one.standing.state),
            unit: one.unit_name().to_owned(),
            period: one.entry.period.label(),
            total: one.holds.total,
            last: day(one.holds.last),
            due: day(one.standing.due),
        });
    }
    rows
}

/// What each unit has not done, the one with most first.
fn by_unit(all: &[Listed]) -> Vec<(Link, usize, [usize; 3])> {
    let mut units: BTreeMap<(String, String), (usize, [usize; 3])> = BTreeMap::new();
    for one in all {
        let named = one.unit.as_ref().map(|(id, name)| (id.to_string(), name.clone()));
        let unit =
            units.entry(named.unwrap_or_else(|| (NOBODY.to_owned(), "没有确定责任单位".to_owned()))).or_default();
        unit.0 += 1;
        let place = [Stand::Empty, Stand::Late, Stand::Stale].iter().position(|stand| *stand == one.standing.state);
        if let Some(count) = place.and_then(|place| unit.1.get_mut(place)) {
            *count += 1;
        }
    }
    let mut rows: Vec<_> = units
        .into_iter()
        .map(|((id, name), (total, counts))| (Link::new(format!("{PATH}?unit={id}"), name), total, counts))
        .collect();
    rows.sort_by_key(|(_, total, counts)| std::cmp::Reverse((counts.iter().sum::<usize>(), *total)));
    rows
}

#[cfg(test)]
mod tests {
    use super::super::{
        sample::{HOSTILE, check},
        shell::tests::sample,
    };
    use super::*;

    #[test]
    fn the_catalogue_shows_what_is_missing_and_renders_blank() {
        let count = |label: &'static str, count, tone| Count {
            link: Link::new("/desk/catalogue?state=x", label),
            count,
            tone,
            here: false,
        };
        let line = |top: &str, item: &'static str, stand| Line {
            top: top.into(),
            item: Link::new("/desk/catalogue/3", item),
            lamp: lamp(stand),
            unit: "区民政局".into(),
            period: "每季度".into(),
            total: 3,
            last: "2026-07-20".into(),
            due: "2026-11-04".into(),
        };
        let page = |rows: Vec<Line>| CataloguePage {
            shell: sample(PATH),
            told: "共29项，目录最近修改于2026-11-20 10:12（区政府办公室）".into(),
            counts: vec![
                count("空白", 4, LampKind::Red),
                count("长期未更新", 0, LampKind::Grey),
                count("待公开", 2, LampKind::Amber),
            ],
            filters: filters(vec![Choice::new("3", "区民政局")], &Asked::default()),
            filtered: false,
            blank: rows.is_empty(),
            rows,
            units: vec![(Link::new("/desk/catalogue?unit=3", "区民政局"), 5, [1, 1, 0])],
            edits: true,
        };
        let rows = vec![
            line("民生领域", "社会救助", Stand::Late),
            line("", HOSTILE, Stand::Kept),
            line("统计信息", "国民经济和社会发展统计信息", Stand::Explained),
        ];
        let html = check("catalogue", &page(rows));
        assert!(html.contains("逾期") && !html.contains(HOSTILE));
        assert!(check("catalogue_blank", &page(Vec::new())).contains("按底本填入"));
    }
}
