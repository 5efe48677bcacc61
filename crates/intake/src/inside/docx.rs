//! DOCX: text, headers and footers, notes; tracked changes, comments, text formatted as hidden.

use super::package::Package;
use super::xml::{Piece, attribute, pieces};
use super::{Inside, Sort};

pub(super) fn look(package: &mut Package<'_>, inside: &mut Inside) {
    for name in package.like("word/", ".xml") {
        let file = super::package::last(&name);
        let place = match file {
            "document.xml" => "正文",
            "comments.xml" => {
                let part = package.text(&name);
                comments(&part, inside);
                continue;
            }
            _ if file.starts_with("header") => "页眉",
            _ if file.starts_with("footer") => "页脚",
            _ if file.starts_with("footnotes") || file.starts_with("endnotes") => "脚注",
            _ if name.starts_with("word/charts/") || name.starts_with("word/diagrams/") => "图形",
            _ if name.starts_with("word/glossary/") => "自动图文集",
            _ => continue,
        };
        let part = package.text(&name);
        story(&part, place, inside);
    }
}

/// What stands in one story, sorted by how it stands there.
#[derive(Default)]
struct Story {
    shown: String,
    hidden: String,
    deleted: String,
    inserted: String,
    /// How often text was put in and taken out; marks without words count too.
    changes: usize,
}

fn story(part: &str, place: &str, inside: &mut Inside) {
    let story = read(part);
    inside.say(place, story.shown);
    if story.changes > 0 {
        let words = format!("共{}处；插入“{}”；删除“{}”", story.changes, story.inserted.trim(), story.deleted.trim());
        inside.note(Sort::Revision, place, words);
    }
    if !story.hidden.trim().is_empty() {
        inside.note(Sort::HiddenText, place, &story.hidden);
    }
    inside.say(format!("{place}（修订中已删除的文字）"), story.deleted);
    inside.say(format!("{place}（隐藏文字）"), story.hidden);
}

fn read(part: &str) -> Story {
    let mut story = Story::default();
    let (mut inserted, mut deleted, mut former, mut in_run) = (0usize, 0usize, 0usize, false);
    let (mut vanish, mut taken) = (false, false);
    for piece in pieces(part) {
        match piece {
            Piece::Open { name: "ins" | "moveTo", empty, .. } => {
                story.changes += 1;
                inserted += usize::from(!empty);
            }
            Piece::Open { name: "del" | "moveFrom", empty, .. } => {
                story.changes += 1;
                deleted += usize::from(!empty);
            }
            Piece::Close("ins" | "moveTo") => inserted = inserted.saturating_sub(1),
            Piece::Close("del" | "moveFrom") => deleted = deleted.saturating_sub(1),
            // The format as it was before it was changed says nothing of how the text stands now.
            Piece::Open { name: "rPrChange" | "pPrChange", empty, .. } => former += usize::from(!empty),
            Piece::Close("rPrChange" | "pPrChange") => former = former.saturating_sub(1),
            Piece::Open { name: "r", empty: false, .. } => (in_run, vanish) = (true, false),
            Piece::Close("r") => in_run = false,
            Piece::Open { name: "vanish", attributes, .. } if in_run && former == 0 => {
                vanish = !attribute(attributes, "val").is_some_and(|value| matches!(value.as_str(), "0" | "false"));
            }
            Piece::Open { name: "t" | "delText", empty: false, .. } => taken = true,
            Piece::Close("t" | "delText") => taken = false,
            Piece::Text(text) if taken => {
                let here = match () {
                    () if deleted > 0 => &mut story.deleted,
                    () if vanish => &mut story.hidden,
                    () => &mut story.shown,
                };
                here.push_str(&text);
                if inserted > 0 {
                    story.inserted.push_str(&text);
                }
            }
            Piece::Open { name: "tab" | "br" | "cr", .. } if in_run => story.shown.push('\n'),
            Piece::Close("p") => {
                story.shown.push('\n');
                for other in [&mut story.hidden, &mut story.deleted] {
                    if !other.is_empty() && !other.ends_with('\n') {
                        other.push('\n');
                    }
                }
            }
            _ => {}
        }
    }
    story
}

fn comments(part: &str, inside: &mut Inside) {
    let mut said: Vec<String> = Vec::new();
    let mut words = String::new();
    let mut taken = false;
    for piece in pieces(part) {
        match piece {
            Piece::Open { name: "comment", attributes, .. } => {
                said.push(format!("{}：", attribute(attributes, "author").unwrap_or_default()));
            }
            Piece::Open { name: "t", empty: false, .. } => taken = true,
            Piece::Close("t") => taken = false,
            Piece::Text(text) if taken => {
                words.push_str(&text);
                if let Some(last) = said.last_mut() {
                    last.push_str(&text);
                }
            }
            Piece::Close("p") => words.push('\n'),
            _ => {}
        }
    }
    if !said.is_empty() {
        inside.note(Sort::Comment, "", format!("共{}条；{}", said.len(), said.join("；")));
    }
    inside.say("批注", words);
}
