//! What a page says of itself: labelled metadata (索引号、发文机关、成文日期…), and where nothing is
//! labelled the head and foot of an official document (GB/T 9704-2012: issuer, title, 文号, 主送机关,
//! 署名, 成文日期).

use std::collections::BTreeMap;

use super::day::{self, Day};
use super::format::Formats;
use super::redhead;

/// Values found, by our word for the field. Days as `YYYY-MM-DD`.
pub type Found = BTreeMap<String, String>;

/// Lines in which labels are looked for, and characters of the longest that may hold one.
const HEAD_LINES: usize = 90;
const LONGEST_LINE: usize = 240;
const LONGEST_VALUE: usize = 120;
/// What a label ends with, unless it stands in a cell of its own.
const COLONS: [char; 2] = [':', '：'];

/// A label whose day is not one of the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoSuchDay {
    /// The label as printed.
    pub label: String,
}

/// Metadata that stands behind labels in these lines.
///
/// # Errors
/// A labelled day that does not exist.
pub(super) fn labelled(lines: &[&str], formats: &Formats) -> Result<Found, NoSuchDay> {
    let mut found = Found::new();
    for (key, label, value) in pairs(lines, formats) {
        if found.contains_key(key) || value.is_empty() {
            continue;
        }
        let value = value.split("   ").next().unwrap_or_default().trim();
        let read = if key.ends_with("_on") {
            match day::find(value) {
                Some((Day::Real(date), _)) => Some(date.to_string()),
                Some((Day::Impossible, _)) => return Err(NoSuchDay { label }),
                None => None,
            }
        } else {
            written(key, value, formats)
        };
        found.extend(read.map(|value| (key.to_owned(), value)));
    }
    Ok(found)
}

/// A value of a field that is no day, in its written form.
pub(super) fn written(key: &str, value: &str, formats: &Formats) -> Option<String> {
    let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
    match key {
        "number" => text::doc_number::written(&value),
        "validity" => formats.validity(&value),
        "source" | "index" => value.split_whitespace().next().map(str::to_owned),
        _ => Some(value).filter(|value| !value.is_empty()),
    }
}

/// Field, label and value, in the order of the page.
fn pairs<'a>(lines: &[&str], formats: &'a Formats) -> Vec<(&'a str, String, String)> {
    let mut pairs: Vec<(&str, String, String)> = Vec::new();
    let mut waiting = false;
    let short = lines.iter().take(HEAD_LINES).filter(|line| line.chars().count() <= LONGEST_LINE);
    for line in short {
        let table = line.contains(['\t', '|']);
        for cell in line.split(['\t', '|']) {
            let cell =
                cell.trim_matches(|c: char| c.is_whitespace() || "•∙·*【\u{200b}".contains(c)).replace('】', ":");
            if cell.is_empty() {
                // An empty cell of a table is the value: nothing.
                waiting = waiting && !table;
                continue;
            }
            let labels = labels(&cell, formats);
            if let Some((key, label)) = (table && labels.is_empty()).then(|| formats.label(&cell)).flatten() {
                pairs.push((key, label.to_owned(), String::new()));
                waiting = true;
            } else if labels.is_empty() {
                let last = pairs.last_mut().filter(|_| waiting && cell.chars().count() <= LONGEST_VALUE);
                last.into_iter().for_each(|last| last.2.clone_from(&cell));
                waiting = false;
            } else {
                for (at, (key, label, _, from)) in labels.iter().enumerate() {
                    let to = labels.get(at + 1).map_or(cell.len(), |next| next.2);
                    let value = cell.get(*from..to).unwrap_or_default().trim();
                    pairs.push((key, (*label).to_owned(), value.to_owned()));
                }
                waiting = pairs.last().is_some_and(|last| last.2.is_empty());
            }
        }
    }
    pairs
}

/// The labels in a cell: field, label, where it starts, where its value starts.
fn labels<'a>(cell: &str, formats: &'a Formats) -> Vec<(&'a str, &'a str, usize, usize)> {
    let mut found: Vec<(&str, &str, usize, usize)> = Vec::new();
    for (at, colon) in cell.char_indices().filter(|(_, c)| COLONS.contains(c)) {
        let from = found.last().map_or(0, |last| last.3);
        let Some(before) = cell.get(from..at) else { continue };
        if let Some((key, label, start)) = formats.label_at_end(before) {
            found.push((key, label, from + start, at + colon.len_utf8()));
        }
    }
    found
}

/// What head and foot of an official document say, where no label says it.
pub(super) fn official(title: &str, lines: &[&str]) -> Found {
    let mut found = Found::new();
    let mut put = |key: &str, value: Option<String>| drop(value.map(|value| found.insert(key.to_owned(), value)));
    put("number", lines.iter().take(HEAD_LINES / 4).find_map(|line| number(line)));
    let signed = signature(lines);
    put("addressee", redhead::addressee(title, lines));
    let of_title = issuer_of(title)
        .or_else(|| redhead::issuer(lines))
        .or_else(|| lines.iter().take(8).find_map(|line| organ(line)));
    put("issuer", of_title.or_else(|| signed.as_ref().and_then(|signed| signed.0.clone())));
    put("written_on", signed.map(|signed| signed.1.to_string()));
    let preamble = || lines.iter().take(HEAD_LINES / 3).filter(|line| line.chars().count() < 160);
    let begins = |line: &&&str| day::find(line).is_some_and(|(_, range)| range.start <= '（'.len_utf8());
    let acts = ["通过", "公布", "批准", "修订", "修正", "发布"];
    let passed = preamble().filter(|line| acts.iter().any(|act| line.contains(act)) && !line.contains("起施行"));
    let passed = passed.filter(begins);
    put("passed_on", passed.filter_map(|line| day::first(line)).max().map(|date| date.to_string()));
    let told = |line: &&&str| line.starts_with(['—', '（', '(']) && line.contains("日在");
    put("told_on", preamble().find(told).and_then(|line| day::first(line)).map(|date| date.to_string()));
    let from = preamble().find(|line| line.trim_end().ends_with("施行") && line.chars().count() < 24);
    put("effective_on", from.and_then(|line| day::first(line)).map(|date| date.to_string()));
    put("dated_on", lines.iter().take(8).find_map(|line| leading_day(line)));
    found
}

/// A day that begins a short line near the title, as news pages print it.
fn leading_day(line: &str) -> Option<String> {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || "•∙·*".contains(c));
    let (found, range) = day::find(line).filter(|_| line.chars().count() < 60)?;
    match found {
        Day::Real(date) if range.start == 0 => Some(date.to_string()),
        _ => None,
    }
}

/// The 文号 that a line begins with.
pub(super) fn number(line: &str) -> Option<String> {
    let line = line.trim().trim_matches(['（', '）', '(', ')']);
    let end = line.find('号')? + '号'.len_utf8();
    line.get(..end).filter(|start| start.chars().count() <= 30).and_then(text::doc_number::written)
}

/// 署名 and 成文日期: a line with a day alone; the first that follows an organ's name, else the last.
fn signature(lines: &[&str]) -> Option<(Option<String>, law::Date)> {
    let mut last = None;
    for (at, line) in lines.iter().enumerate() {
        let Some(date) = day::whole(line) else { continue };
        let above = at.checked_sub(1).and_then(|above| lines.get(above)).and_then(|line| organ(line));
        if above.is_some() {
            return Some((above, date));
        }
        // Near the top a lone day is when the page was put up.
        last = (at > 8 || at * 2 > lines.len()).then_some((None, date)).or(last);
    }
    last
}

const ORGANS: [&str; 30] = [
    "国务院",
    "國務院",
    "办公厅",
    "辦公廳",
    "办公室",
    "辦公室",
    "人民政府",
    "委员会",
    "委員會",
    "局",
    "厅",
    "部",
    "署",
    "法院",
    "检察院",
    "人民银行",
    "管委会",
    "办事处",
    "常委会",
    "领导小组",
    "指挥部",
    "联席会议",
    "信访办",
    "政府办",
    "公安厅",
    "财政部",
    "教育部",
    "大会",
    "研究院",
    "监察委",
];

/// The organ that a line names, if it names nothing else.
pub(super) fn organ(line: &str) -> Option<String> {
    let line: String = line.chars().filter(|c| !c.is_whitespace()).collect();
    let plain = (3..=28).contains(&line.chars().count()) && line.chars().all(text::normal::is_han);
    (plain && ORGANS.iter().any(|end| line.ends_with(end))).then_some(line)
}

/// The organ with which a title begins: 某某办公室关于……的通知.
fn issuer_of(title: &str) -> Option<String> {
    let marks = ["关于", "關於", "印发", "转发", "轉發", "对", "批转"];
    let end = marks.iter().filter_map(|mark| title.find(mark)).min()?;
    organ(title.get(..end)?)
}

/// What the title of an official document ends with.
const DOCUMENTS: [&str; 34] = [
    "通知",
    "通告",
    "通报",
    "公告",
    "公报",
    "意见",
    "决定",
    "决议",
    "命令",
    "批复",
    "答复",
    "复函",
    "报告",
    "報告",
    "纪要",
    "办法",
    "规定",
    "细则",
    "规则",
    "条例",
    "方案",
    "要点",
    "要點",
    "规划",
    "计划",
    "总结",
    "指南",
    "制度",
    "章程",
    "解读",
    "分工",
    "分解表",
    "须知",
    "说明",
];
const NOISE: [&str; 14] = [
    "首页",
    "当前位置",
    "返回",
    "打印",
    "无障碍",
    "适老",
    "长者",
    "智能问答",
    "分享",
    "字号",
    "字体",
    "浏览",
    "点击",
    "搜索",
];

/// The title of a text that has none apart: the first line that reads like one.
pub(super) fn title(lines: &[&str]) -> Option<String> {
    let near = || lines.iter().map(|line| line.trim()).take(HEAD_LINES / 2).filter(|line| !line.is_empty());
    let bare = |line: &str| {
        line.trim_end_matches(['）', ')']).rsplit_once(['（', '(']).map_or(line.to_owned(), |(a, _)| a.to_owned())
    };
    let sentence = |line: &str| {
        line.contains(['。', '；']) || line.ends_with(['，', ',', '、', ':', '：']) || line.chars().count() > 90
    };
    let noise = |line: &str| NOISE.iter().any(|word| line.contains(word)) || line.contains('>');
    let titled = |line: &&str| {
        let ends = |text: &str| DOCUMENTS.iter().any(|end| text.ends_with(end));
        let listed = line.contains(COLONS) || crate::html::from_plain(line).starts_with("<h");
        line.chars().count() >= 6 && !listed && !sentence(line) && !noise(line) && (ends(line) || ends(&bare(line)))
    };
    let mut all: Vec<&str> = near().collect();
    all.retain(|line| !noise(line));
    let place = all.iter().position(|line| titled(line));
    if let Some(place) = place {
        // A title over several lines: what stands above it and is neither issuer's line nor 文号.
        let mut first = place;
        while let Some(above) = first.checked_sub(1).and_then(|at| all.get(at)) {
            let part = above.contains("关于") && !sentence(above) && number(above).is_none();
            if !part {
                break;
            }
            first -= 1;
        }
        let mut whole: String = all.get(first..=place)?.concat();
        let above = first.checked_sub(1).and_then(|at| all.get(at)).and_then(|line| organ(line));
        if let Some(issuer) = above.filter(|_| whole.starts_with("关于")) {
            whole.insert_str(0, &issuer);
        }
        return Some(whole);
    }
    let first = all.iter().find(|line| !sentence(line) && day::find(line).is_none() && number(line).is_none());
    first.map(|line| (*line).to_owned())
}
