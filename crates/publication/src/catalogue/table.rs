//! A catalogue as a table: its columns in the order of the national form (国办发〔2019〕54号), and reading
//! a table that people bring, with row and column named wherever it cannot be read.

use law::Date;

use super::{Counts, Entry, Period, Word};

/// Heads of the columns. The first eleven are those of the national form.
pub const COLUMNS: [&str; 20] = [
    "序号",
    "一级事项",
    "二级事项",
    "公开内容（要素）",
    "公开依据",
    "公开时限",
    "公开主体",
    "公开渠道和载体",
    "公开对象",
    "公开方式",
    "公开层级",
    "五公开",
    "责任单位",
    "更新周期",
    "时限工作日",
    "起始日期",
    "暂无内容说明",
    "对应栏目",
    "信息类型",
    "标题词",
];

/// Columns that our own tables carry for the reader and that are not read back.
const TOLD: [&str; 3] = ["已公开条数", "最近更新", "状态"];

/// Columns of the national form that are marked rather than written.
const TICKED: [(&str, &str, &str); 9] = [
    ("全社会", "公开对象", ""),
    ("主动", "公开方式", "主动公开"),
    ("主动公开", "公开方式", "主动公开"),
    ("依申请", "公开方式", "依申请公开"),
    ("依申请公开", "公开方式", "依申请公开"),
    ("市级", "公开层级", "市级"),
    ("县级", "公开层级", "县级"),
    ("乡级", "公开层级", "乡级"),
    ("乡、村级", "公开层级", "乡级"),
];

/// What a body calls its units, columns and kinds: id and name of each.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Units.
    pub units: Vec<(i64, String)>,
    /// Columns of the site.
    pub columns: Vec<(String, String)>,
    /// Kinds of information.
    pub kinds: Vec<(String, String)>,
}

/// A row that cannot be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// Its number in the file, from 1.
    pub row: u64,
    /// Head of the column.
    pub column: String,
    /// What is wrong and what to do.
    pub sentence: String,
}

/// One entry of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number in the file, from 1.
    pub row: u64,
    /// The entry.
    pub entry: Entry,
    /// The unit that produces the information.
    pub unit: Option<i64>,
}

/// A table as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Rows that can be read.
    pub lines: Vec<Line>,
    /// What is wrong with the others, and with the heads.
    pub faults: Vec<RowFault>,
}

fn joined<T: Word>(words: &[T]) -> String {
    words.iter().map(|word| word.label()).collect::<Vec<_>>().join("、")
}

fn named(ids: &[String], names: &[(String, String)]) -> String {
    let name = |id: &String| names.iter().find(|(known, _)| known == id).map_or(id.clone(), |(_, name)| name.clone());
    ids.iter().map(name).collect::<Vec<_>>().join("、")
}

impl Entry {
    /// Its cells in the order of [`COLUMNS`].
    pub fn cells(&self, number: usize, body: &str, unit: &str, names: &Names) -> Vec<String> {
        let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.to_owned() };
        vec![
            number.to_string(),
            self.top.clone(),
            self.item.clone(),
            self.content.clone(),
            self.basis.clone(),
            self.time_limit.clone(),
            or(&self.subject, body),
            self.channels.join("、"),
            or(&self.audience, "全社会"),
            self.manner.label().to_owned(),
            joined(&self.levels),
            joined(&self.marks),
            unit.to_owned(),
            self.period.label(),
            self.within.to_string(),
            self.since.map(|day| day.to_string()).unwrap_or_default(),
            self.nothing.clone(),
            named(&self.counts.columns, &names.columns),
            named(&self.counts.kinds, &names.kinds),
            self.counts.title.clone(),
        ]
    }
}

/// The head that a cell means; none for one that nobody knows.
fn head_of(cell: &str) -> Option<&'static str> {
    let bare = |text: &str| {
        text.chars().filter(|c| !c.is_whitespace() && !"（）()：:".contains(*c)).collect::<String>().replace("要素", "")
    };
    let cell = bare(cell);
    let same = |head: &&&'static str| bare(head) == cell;
    let known = COLUMNS.iter().chain(&TOLD).find(same).copied();
    known.or_else(|| TICKED.iter().map(|(head, ..)| head).find(same).copied()).or(match cell.as_str() {
        "特定群体" | "特定群体请写明" | "特定群众" => Some("特定群体"),
        "公开内容" | "内容" => Some("公开内容（要素）"),
        "公开渠道和载体" | "公开渠道" | "渠道" => Some("公开渠道和载体"),
        "责任科室" | "产生单位" | "责任处室" => Some("责任单位"),
        "一级" => Some("一级事项"),
        "二级" | "公开事项" | "事项名称" => Some("二级事项"),
        _ => None,
    })
}

impl Table {
    /// Reads the rows of a file. The heads stand in the first five rows, in one row or in two as in the
    /// national form.
    ///
    /// # Errors
    /// No row carries the heads: one sentence.
    pub fn read(rows: &[(u64, Vec<String>)], names: &Names) -> Result<Table, String> {
        let at = rows.iter().take(5).position(|(_, cells)| {
            let heads: Vec<_> = cells.iter().filter_map(|cell| head_of(cell)).collect();
            heads.contains(&"一级事项") && heads.contains(&"二级事项")
        });
        let Some(at) = at else {
            let sentence =
                "前五行里没有找到表头。表头至少要有“一级事项”“二级事项”“公开内容（要素）”“公开依据”“公开时限”。";
            return Err(sentence.to_owned());
        };
        let mut table = Table::default();
        let heads = heads(rows, at, &mut table.faults);
        let mut top = String::new();
        for (number, cells) in rows.iter().skip(at + 1) {
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let row = Cells { number: *number, heads: &heads, cells };
            match row.entry(&mut top, names) {
                Ok(line) => table.lines.push(line),
                Err(faults) => table.faults.extend(faults),
            }
        }
        Ok(table)
    }
}

/// The head of every column; a cell below an empty one is taken from the row above.
fn heads(rows: &[(u64, Vec<String>)], at: usize, faults: &mut Vec<RowFault>) -> Vec<Option<&'static str>> {
    let Some((number, cells)) = rows.get(at) else { return Vec::new() };
    let above = at.checked_sub(1).and_then(|at| rows.get(at)).map(|(_, cells)| cells.as_slice()).unwrap_or_default();
    let width = cells.len().max(above.len());
    let head = |index: usize| {
        let own = cells.get(index).map(|cell| cell.trim()).unwrap_or_default();
        let word = if own.is_empty() { above.get(index).map(|cell| cell.trim()).unwrap_or_default() } else { own };
        let found = head_of(word);
        if found.is_none() && !word.is_empty() {
            let sentence = "不认识这一列，没有读取。请按下载的表格改列名，或者删去这一列。".to_owned();
            faults.push(RowFault { row: *number, column: word.to_owned(), sentence });
        }
        found
    };
    (0..width).map(head).collect()
}

struct Cells<'a> {
    number: u64,
    heads: &'a [Option<&'static str>],
    cells: &'a [String],
}

impl Cells<'_> {
    fn get(&self, head: &str) -> &str {
        let at = self.heads.iter().position(|one| *one == Some(head));
        at.and_then(|at| self.cells.get(at)).map(|cell| cell.trim()).unwrap_or_default()
    }

    /// What is written in a column, and what its marked columns mean.
    fn with_ticks(&self, head: &str) -> String {
        let mut words: Vec<&str> = vec![self.get(head)];
        let ticked = TICKED.iter().filter(|(own, of, word)| *of == head && !word.is_empty() && is_tick(self.get(own)));
        words.extend(ticked.map(|(.., word)| *word));
        words.retain(|word| !word.is_empty());
        words.join("、")
    }

    fn entry(&self, top: &mut String, names: &Names) -> Result<Line, Vec<RowFault>> {
        let mut faults = Vec::new();
        let mut wrong = |column: &str, sentence: String| {
            faults.push(RowFault { row: self.number, column: column.to_owned(), sentence });
        };
        // Cells merged downwards are empty below the first.
        if !self.get("一级事项").is_empty() {
            self.get("一级事项").clone_into(top);
        }
        let text = |head: &str| self.get(head).to_owned();
        let group = self.get("特定群体");
        let audience = if group.is_empty() { self.get("公开对象") } else { group };
        let entry = Entry {
            top: top.clone(),
            item: text("二级事项"),
            content: text("公开内容（要素）"),
            basis: text("公开依据"),
            time_limit: text("公开时限"),
            subject: text("公开主体"),
            channels: channels(self.get("公开渠道和载体")),
            audience: if is_tick(audience) || audience == "全社会" { String::new() } else { audience.to_owned() },
            manner: one(&self.with_ticks("公开方式"), |word| wrong("公开方式", word)).unwrap_or_default(),
            levels: many(&self.with_ticks("公开层级"), |word| wrong("公开层级", word)),
            marks: many(self.get("五公开"), |word| wrong("五公开", word)),
            period: self.period(|word| wrong("更新周期", word)),
            within: self.within(|word| wrong("时限工作日", word)),
            since: self.since(|word| wrong("起始日期", word)),
            nothing: text("暂无内容说明"),
            counts: Counts {
                columns: ids(self.get("对应栏目"), &names.columns, |word| wrong("对应栏目", word)),
                kinds: ids(self.get("信息类型"), &names.kinds, |word| wrong("信息类型", word)),
                title: text("标题词"),
                ..Counts::default()
            },
        };
        let unit = match self.get("责任单位") {
            "" => None,
            name => match names.units.iter().find(|(_, known)| known == name) {
                Some((id, _)) => Some(*id),
                None => {
                    wrong("责任单位", format!("没有“{name}”这个单位，请先在人员与机构里添加，或者改成已有的单位。"));
                    None
                }
            },
        };
        for (field, sentence) in entry.faults() {
            wrong(label(field), sentence);
        }
        if faults.is_empty() { Ok(Line { row: self.number, entry, unit }) } else { Err(faults) }
    }

    fn period(&self, wrong: impl FnOnce(String)) -> Period {
        let typed = self.get("更新周期");
        let found = if typed.is_empty() { Some(Period::AsFormed) } else { Period::read(typed) };
        found.unwrap_or_else(|| {
            wrong(format!("“{typed}”读不出，请填写实时、每月、每季度、每年，或者“每10个工作日”。"));
            Period::AsFormed
        })
    }

    fn within(&self, wrong: impl FnOnce(String)) -> u32 {
        let typed = self.get("时限工作日");
        let found = if typed.is_empty() { Some(Entry::default().within) } else { typed.parse().ok() };
        found.unwrap_or_else(|| {
            wrong(format!("“{typed}”不是整数，请填写工作日数，例如20。"));
            Entry::default().within
        })
    }

    fn since(&self, wrong: impl FnOnce(String)) -> Option<Date> {
        let typed = self.get("起始日期");
        if typed.is_empty() {
            return None;
        }
        let found = typed.replace(['/', '.', '年', '月'], "-").trim_end_matches('日').to_owned();
        let parts: Vec<&str> = found.split('-').collect();
        let date = match parts[..] {
            [year, month, day] => (year.parse().ok(), month.parse().ok(), day.parse().ok()),
            _ => (None, None, None),
        };
        let date = match date {
            (Some(year @ 1949..=2100), Some(month), Some(day)) => Date::new(year, month, day).ok(),
            _ => None,
        };
        if date.is_none() {
            wrong(format!("“{typed}”不是真实的日期，请按“2026-11-22”的样子填写。"));
        }
        date
    }
}

/// A mark in a column that is ticked.
fn is_tick(cell: &str) -> bool {
    matches!(cell, "√" | "✓" | "✔" | "■" | "☑" | "是" | "1" | "V" | "v")
}

/// Parts of a cell; the boxes of the national form before them are left out.
fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(['、', '，', ',', '；', ';', '\n', '■', '☑', '√', '□']).map(str::trim).filter(|part| !part.is_empty())
}

/// In the form with boxes only what is ticked counts; otherwise everything written.
fn channels(cell: &str) -> Vec<String> {
    let boxed = |c: char| matches!(c, '■' | '☑' | '□');
    if !cell.contains(boxed) {
        return parts(cell).map(str::to_owned).collect();
    }
    let mut found = Vec::new();
    let mut rest = cell;
    while let Some(at) = rest.find(boxed) {
        let (mark, after) = rest[at..].split_at('■'.len_utf8());
        let end = after.find(boxed).unwrap_or(after.len());
        if mark != "□" {
            // One box is one channel, whatever stands in its name.
            found.push(after[..end].trim().replace('、', "和"));
        }
        rest = &after[end..];
    }
    found.retain(|channel| !channel.is_empty());
    found
}

fn one<T: Word>(cell: &str, wrong: impl FnOnce(String)) -> Option<T> {
    let part = parts(cell).next()?;
    let found = T::read(part);
    if found.is_none() {
        wrong(unknown::<T>(part));
    }
    found
}

fn many<T: Word>(cell: &str, mut wrong: impl FnMut(String)) -> Vec<T> {
    let mut found = Vec::new();
    for part in parts(cell) {
        match T::read(part) {
            Some(word) if found.contains(&word) => {}
            Some(word) => found.push(word),
            None => wrong(unknown::<T>(part)),
        }
    }
    found
}

fn unknown<T: Word>(part: &str) -> String {
    let all: Vec<&str> = T::ALL.iter().map(|one| one.label()).collect();
    format!("“{part}”不在可选范围内，请填写{}。", all.join("、"))
}

fn ids(cell: &str, names: &[(String, String)], mut wrong: impl FnMut(String)) -> Vec<String> {
    let mut found = Vec::new();
    for part in parts(cell) {
        match names.iter().find(|(id, name)| id == part || name == part) {
            Some((id, _)) => found.push(id.clone()),
            None => wrong(format!("没有“{part}”，请填写本站已有的名称。")),
        }
    }
    found
}

/// The head of a field.
fn label(field: &str) -> &'static str {
    match field {
        "top" => "一级事项",
        "item" => "二级事项",
        "content" => "公开内容（要素）",
        "basis" => "公开依据",
        "time_limit" => "公开时限",
        "columns" => "对应栏目",
        _ => "时限工作日",
    }
}
