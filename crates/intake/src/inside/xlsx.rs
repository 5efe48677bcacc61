//! XLSX: the cells of every sheet; hidden sheets, rows, columns and names, comments, links to other
//! workbooks, data kept behind pivot tables.

use std::collections::BTreeMap;

use super::package::Package;
use super::xml::{self, Piece, attribute, flag, pieces};
use super::{Inside, Sort};

/// A sheet of the workbook.
struct Sheet {
    name: String,
    /// 隐藏, 彻底隐藏; empty for one that is shown.
    hidden: &'static str,
    relation: String,
}

pub(super) fn look(package: &mut Package<'_>, inside: &mut Inside) {
    let workbook = package.text("xl/workbook.xml");
    let sheets = sheets(&workbook, inside);
    let paths = paths(&package.text("xl/_rels/workbook.xml.rels"));
    let strings = strings(&package.text("xl/sharedStrings.xml"));
    let mut read = Vec::new();
    for sheet in sheets {
        let Some(path) = paths.get(&sheet.relation) else { continue };
        read.push(path.clone());
        let part = package.text(path);
        one(&part, &sheet, &strings, inside);
    }
    for path in package.like("xl/worksheets/sheet", ".xml") {
        if !read.contains(&path) {
            let part = package.text(&path);
            let lost =
                Sheet { name: super::package::last(&path).to_owned(), hidden: "不在目录里", relation: path };
            one(&part, &lost, &strings, inside);
        }
    }
    others(package, inside);
}

fn sheets(workbook: &str, inside: &mut Inside) -> Vec<Sheet> {
    let (mut sheets, mut named) = (Vec::new(), None);
    for piece in pieces(workbook) {
        match piece {
            Piece::Open { name: "sheet", attributes, .. } => sheets.push(Sheet {
                name: attribute(attributes, "name").unwrap_or_default(),
                hidden: match attribute(attributes, "state").as_deref() {
                    Some("hidden") => "隐藏",
                    Some("veryHidden") => "彻底隐藏",
                    _ => "",
                },
                relation: attribute(attributes, "id").unwrap_or_default(),
            }),
            // Filters leave a hidden name behind them, which says nothing.
            Piece::Open { name: "definedName", attributes, .. } => {
                let name = attribute(attributes, "name").filter(|name| !name.starts_with("_xlnm."));
                named = name.filter(|_| flag(attributes, "hidden"));
            }
            Piece::Text(text) => {
                if let Some(name) = named.take() {
                    inside.note(Sort::HiddenName, "", format!("{name}＝{text}"));
                }
            }
            _ => {}
        }
    }
    sheets
}

/// Where the sheets lie, by the id of their relation.
fn paths(relations: &str) -> BTreeMap<String, String> {
    let path = |target: String| match target.strip_prefix('/') {
        Some(whole) => whole.to_owned(),
        None => format!("xl/{target}"),
    };
    let relation = |piece| match piece {
        Piece::Open { name: "Relationship", attributes, .. } => {
            Some((attribute(attributes, "Id")?, path(attribute(attributes, "Target")?)))
        }
        _ => None,
    };
    pieces(relations).filter_map(relation).collect()
}

fn strings(part: &str) -> Vec<String> {
    let (mut strings, mut taken, mut reading) = (Vec::new(), false, false);
    for piece in pieces(part) {
        match piece {
            Piece::Open { name: "si", empty, .. } => {
                strings.push(String::new());
                reading = !empty;
            }
            Piece::Close("si") => reading = false,
            // How a word is read aloud stands beside it once more.
            Piece::Open { name: "rPh", empty: false, .. } => reading = false,
            Piece::Close("rPh") => reading = true,
            Piece::Open { name: "t", empty: false, .. } => taken = reading,
            Piece::Close("t") => taken = false,
            Piece::Text(text) if taken => {
                if let Some(last) = strings.last_mut() {
                    last.push_str(&text);
                }
            }
            _ => {}
        }
    }
    strings
}

fn one(part: &str, sheet: &Sheet, strings: &[String], inside: &mut Inside) {
    let (mut words, mut rows, mut columns) = (String::new(), Vec::new(), Vec::new());
    let (mut shared, mut inner) = (false, "");
    for piece in pieces(part) {
        match piece {
            Piece::Open { name: "row", attributes, .. } if flag(attributes, "hidden") => {
                rows.extend(attribute(attributes, "r"));
            }
            Piece::Open { name: "col", attributes, .. } if flag(attributes, "hidden") => {
                let column = |name| attribute(attributes, name).and_then(|number| number.parse().ok()).map(letters);
                let (first, last) = (column("min").unwrap_or_default(), column("max").unwrap_or_default());
                columns.push(if first == last { first } else { format!("{first}—{last}") });
            }
            Piece::Open { name: "c", attributes, .. } => shared = attribute(attributes, "t").is_some_and(|t| t == "s"),
            Piece::Open { name, empty, .. } => inner = if empty { "" } else { name },
            Piece::Close(_) => inner = "",
            Piece::Text(text) => {
                let text = match inner {
                    "v" if shared => text.trim().parse::<usize>().ok().and_then(|at| strings.get(at)).cloned(),
                    "v" | "t" => Some(text),
                    name if name.starts_with("odd") || name.starts_with("even") || name.starts_with("first") => {
                        Some(text)
                    }
                    _ => None,
                };
                if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
                    words.push_str(&text);
                    words.push('\n');
                }
            }
        }
    }
    let place = format!("工作表“{}”", sheet.name);
    let mut hidden = Vec::new();
    hidden.extend((!rows.is_empty()).then(|| format!("第{}行", rows.join("、"))));
    hidden.extend((!columns.is_empty()).then(|| format!("{}列", columns.join("、"))));
    if !hidden.is_empty() {
        inside.note(Sort::HiddenCells, &place, hidden.join("；"));
    }
    if !sheet.hidden.is_empty() {
        inside.note(Sort::HiddenSheet, &place, format!("{}：{}", sheet.hidden, words.replace('\n', " ")));
    }
    inside.say(place, words);
}

/// 1 is A, 27 is AA.
fn letters(mut number: u32) -> String {
    let mut letters = Vec::new();
    while number > 0 && letters.len() < 4 {
        letters.push(char::from(b'A' + u8::try_from((number - 1) % 26).unwrap_or_default()));
        number = (number - 1) / 26;
    }
    letters.iter().rev().collect()
}

/// Comments, drawings, data behind pivot tables, links to other workbooks.
fn others(package: &mut Package<'_>, inside: &mut Inside) {
    for start in ["xl/comments", "xl/threadedComments"] {
        for name in package.like(start, ".xml") {
            let words = xml::words(&package.text(&name), &["comment", "threadedComment", "author"]);
            inside.note(Sort::Comment, "", words.trim().replace('\n', "；"));
            inside.say("批注", words);
        }
    }
    for name in package.like("xl/drawings/", ".xml") {
        let words = xml::words(&package.text(&name), &["p"]);
        inside.say("图形", words);
    }
    let mut caches = package.like("xl/pivotCache/", ".xml");
    caches.retain(|name| !name.contains("/_rels/"));
    for name in caches {
        let part = package.text(&name);
        let value = |piece| match piece {
            Piece::Open { attributes, .. } => attribute(attributes, "v").or_else(|| attribute(attributes, "name")),
            _ => None,
        };
        let words: Vec<String> = pieces(&part).filter_map(value).collect();
        inside.note(Sort::Embedded, "数据透视表的缓存", words.join("；"));
        inside.say("数据透视表的缓存", words.join("\n"));
    }
    for name in package.like("xl/externalLinks/", ".xml") {
        let words = xml::words(&package.text(&name), &["v"]);
        inside.note(Sort::External, super::package::last(&name), words.replace('\n', "；"));
        inside.say("外部链接的缓存", words);
    }
}
