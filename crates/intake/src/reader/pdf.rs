//! The pages of a PDF as paragraphs and tables. A PDF knows only where characters stand; an official
//! document is set by rule (GB/T 9704-2012 5.2, 7.3.3): a paragraph begins indented or after a line that
//! ends early, a table is a run of lines with gaps, and the page's number belongs to no paragraph.

use std::collections::BTreeSet;

use pdf_inspector::types::ItemType;
use pdf_inspector::{PdfError, TextItem};

use super::Said;
use crate::html::escape;
use crate::pages;
use crate::refusal::{Cause, Refusal};

/// A gap between two pieces of a line, in characters, that parts columns.
const COLUMN: f32 = 1.4;
/// How much before the end of the lines a line ends early, and how far a paragraph is indented.
const EARLY: f32 = 2.2;
const INDENT: f32 = 1.2;
/// Two lines of one paragraph are set in one size.
const SAME_SIZE: f32 = 0.15;
/// Pieces of a line may stand a little higher or lower.
const LEVEL: f32 = 0.5;

#[derive(Clone, Debug)]
struct Piece {
    text: String,
    from: f32,
    to: f32,
}

#[derive(Clone, Debug)]
struct Line {
    page: u32,
    y: f32,
    size: f32,
    pieces: Vec<Piece>,
}

impl Line {
    fn from(&self) -> f32 {
        self.pieces.first().map_or(0.0, |piece| piece.from)
    }

    fn to(&self) -> f32 {
        self.pieces.last().map_or(0.0, |piece| piece.to)
    }

    fn text(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.trim()).collect::<Vec<_>>().join("\u{3000}\u{3000}")
    }

    /// 7.5: — 1 —, or the figure alone, is the number of the page.
    fn is_page_number(&self) -> bool {
        let text = self.text();
        let bare = text.trim_matches(|c: char| c.is_whitespace() || "—－-–―".contains(c));
        !bare.is_empty() && bare.len() <= 4 && bare.bytes().all(|b| b.is_ascii_digit()) && bare.len() < text.len()
    }
}

/// What the pages say.
pub(super) fn said(bytes: &[u8]) -> Result<Said, Refusal> {
    let items = pdf_inspector::extract_text_with_positions_mem(bytes).map_err(|error| told(&error))?;
    let written = |item: &&TextItem| matches!(item.item_type, ItemType::Text) && !item.text.trim().is_empty();
    let full: BTreeSet<u32> = items.iter().filter(written).map(|item| item.page).collect();
    let pictured = |item: &&TextItem| matches!(item.item_type, ItemType::Image);
    let images: BTreeSet<u32> = items.iter().filter(pictured).map(|item| item.page).collect();
    let scanned = images.difference(&full).count();
    if full.is_empty() || scanned > 0 {
        let why = match scanned {
            0 => "文件里没有可以读取的文字，可能是扫描的图片。请提供由文字生成的文件，或者先作文字识别。".to_owned(),
            count => format!("有{count}页是扫描的图片，没有文字可以读取。请提供由文字生成的文件，或者先作文字识别。"),
        };
        return Err(Refusal::new(Cause::Format, why));
    }
    let pictures = items.iter().filter(pictured).count();
    let lines = lines(items.iter().filter(written));
    Ok(Said { html: Some(html(&lines)), text: None, pictures })
}

fn told(error: &PdfError) -> Refusal {
    match error {
        PdfError::Encrypted => Refusal::new(Cause::Password, super::LOCKED),
        _ => Refusal::new(Cause::Damaged, super::DAMAGED),
    }
}

/// The lines from top to bottom, each in columns.
fn lines<'a>(items: impl Iterator<Item = &'a TextItem>) -> Vec<Line> {
    let upright = |item: &&TextItem| item.rotation.abs() < 1.0 && item.font_size > 0.0;
    let mut items: Vec<&TextItem> = items.filter(upright).collect();
    items.sort_by(|a, b| a.page.cmp(&b.page).then(b.y.total_cmp(&a.y)).then(a.x.total_cmp(&b.x)));
    let mut lines: Vec<Vec<&TextItem>> = Vec::new();
    for item in items {
        let same = |line: &&mut Vec<&TextItem>| {
            line.first().is_some_and(|first| {
                first.page == item.page && (first.y - item.y).abs() < LEVEL * first.font_size.max(item.font_size)
            })
        };
        match lines.last_mut().filter(same) {
            Some(line) => line.push(item),
            None => lines.push(vec![item]),
        }
    }
    let line = |mut items: Vec<&TextItem>| {
        items.sort_by(|a, b| a.x.total_cmp(&b.x));
        let size = items.iter().map(|item| item.font_size).fold(0.0, f32::max);
        let (page, y) = items.first().map_or((0, 0.0), |first| (first.page, first.y));
        Line { page, y, size, pieces: pieces(&items, size) }
    };
    lines.into_iter().map(line).filter(|line| !line.pieces.is_empty() && !line.is_page_number()).collect()
}

fn pieces(items: &[&TextItem], size: f32) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for item in items {
        let (from, to) = (item.x, item.x + item.width);
        match pieces.last_mut().filter(|piece| from - piece.to < COLUMN * size) {
            Some(piece) => {
                join(&mut piece.text, &item.text, from - piece.to > 0.2 * size);
                piece.to = piece.to.max(to);
            }
            None => pieces.push(Piece { text: item.text.clone(), from, to }),
        }
    }
    pieces
}

/// Puts words behind words; a gap counts between letters, not between characters.
fn join(text: &mut String, more: &str, gap: bool) {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    if gap && letter(text.chars().last()) && letter(more.chars().next()) {
        text.push(' ');
    }
    text.push_str(more);
}

fn html(lines: &[Line]) -> String {
    let (left, right) = margins(lines);
    let (mut out, mut paragraph, mut at) = (String::new(), String::new(), 0);
    while let Some(line) = lines.get(at) {
        let rows = lines.iter().skip(at).take_while(|line| line.pieces.len() > 1).count();
        let before = at.checked_sub(1).and_then(|before| lines.get(before));
        let goes_on = before.is_some_and(|before| goes_on(before, line, left, right));
        if (rows > 1 || !goes_on) && !paragraph.is_empty() {
            out.push_str(&format!("<p>{}</p>\n", escape(std::mem::take(&mut paragraph).trim())));
        }
        if rows > 1 {
            out.push_str(&table(lines.get(at..at + rows).unwrap_or_default()));
            at += rows;
            continue;
        }
        join(&mut paragraph, &line.text(), true);
        at += 1;
    }
    if !paragraph.is_empty() {
        out.push_str(&format!("<p>{}</p>\n", escape(paragraph.trim())));
    }
    out
}

/// Where lines of text begin and end.
fn margins(lines: &[Line]) -> (f32, f32) {
    let left = lines.iter().map(Line::from).fold(f32::MAX, f32::min);
    let right = lines.iter().map(Line::to).fold(0.0, f32::max);
    (left, right)
}

fn goes_on(before: &Line, line: &Line, left: f32, right: f32) -> bool {
    let size = line.size.max(before.size);
    let alike = (line.size - before.size).abs() <= SAME_SIZE * size;
    let columns = before.pieces.len() > 1 || line.pieces.len() > 1;
    let indented = line.from() > left + INDENT * size;
    let early = before.to() < right - EARLY * size;
    // A title over several lines is centred: it is told by its own rule, a line each.
    let far = line.page == before.page && before.y - line.y > 2.6 * size;
    alike && !columns && !indented && !early && !far && !pages::is_head(&before.text())
}

/// Lines with gaps as rows; a piece belongs to the column whose middle is nearest.
fn table(lines: &[Line]) -> String {
    let middle = |piece: &Piece| (piece.from + piece.to) / 2.0;
    let widest = lines.iter().max_by_key(|line| line.pieces.len());
    let columns: Vec<f32> = widest.map(|line| line.pieces.iter().map(middle).collect()).unwrap_or_default();
    let mut out = String::from("<table><tbody>\n");
    for line in lines {
        let mut cells = vec![String::new(); columns.len()];
        for piece in &line.pieces {
            let near = |at: &f32| (at - middle(piece)).abs();
            let place = columns.iter().enumerate().min_by(|a, b| near(a.1).total_cmp(&near(b.1)));
            if let Some(cell) = place.and_then(|(place, _)| cells.get_mut(place)) {
                join(cell, &piece.text, true);
            }
        }
        let cells: String = cells.iter().map(|cell| format!("<td>{}</td>", escape(cell.trim()))).collect();
        out.push_str(&format!("<tr>{cells}</tr>\n"));
    }
    out + "</tbody></table>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(y: f32, size: f32, pieces: &[(f32, &str)]) -> Line {
        let piece = |(from, text): &(f32, &str)| Piece {
            text: (*text).to_owned(),
            from: *from,
            to: from + size * text.chars().count() as f32,
        };
        Line { page: 1, y, size, pieces: pieces.iter().map(piece).collect() }
    }

    #[test]
    fn indents_early_ends_and_gaps_tell_paragraphs_and_tables() {
        let lines = [
            line(700.0, 22.0, &[(160.0, "关于修路的通知")]),
            line(660.0, 16.0, &[(80.0, "各镇人民政府：")]),
            line(632.0, 16.0, &[(112.0, "为方便群众出行，经区政府同意，自三月起对听潮")]),
            line(604.0, 16.0, &[(80.0, "街进行整修。共用36")]),
            line(576.0, 16.0, &[(112.0, "一、总体要求")]),
            line(548.0, 16.0, &[(90.0, "路段"), (200.0, "长度")]),
            line(520.0, 16.0, &[(90.0, "东段"), (196.0, "1.2公里")]),
        ];
        assert_eq!(
            html(&lines),
            "<p>关于修路的通知</p>\n<p>各镇人民政府：</p>\n<p>为方便群众出行，经区政府同意，自三月起对听潮街进行整修。共用36</p>\n<p>一、总体要求</p>\n<table><tbody>\n<tr><td>路段</td><td>长度</td></tr>\n<tr><td>东段</td><td>1.2公里</td></tr>\n</tbody></table>\n"
        );
        assert!(line(40.0, 14.0, &[(280.0, "— 12 —")]).is_page_number());
        assert!(!line(40.0, 14.0, &[(280.0, "12")]).is_page_number(), "a figure in a table");
    }
}
