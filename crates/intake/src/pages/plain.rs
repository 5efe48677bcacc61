//! Plain text and Markdown as structured HTML: headings by their numbering, rows of bars as tables.

use super::redhead;
use crate::html;

/// Fewest rows in a table drawn with bars.
const ROWS_MIN: usize = 2;

/// Text without comments of Markdown.
pub(super) fn uncommented(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find("<!--") {
        kept.push_str(rest.get(..open).unwrap_or_default());
        let after = rest.get(open..).unwrap_or_default();
        rest = after.find("-->").and_then(|close| after.get(close + 3..)).unwrap_or_default();
    }
    kept + rest
}

/// The text as cleaned HTML.
pub(super) fn structured(text: &str) -> String {
    let text = uncommented(text);
    let lines: Vec<&str> = text.lines().map(|line| line.trim().trim_matches('\u{200b}')).collect();
    let lines: Vec<&str> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let rows = lines.iter().skip(at).take_while(|line| is_row(line)).count();
        if rows >= ROWS_MIN {
            out.push(table(lines.get(at..at + rows).unwrap_or_default()));
            at += rows;
            continue;
        }
        let depth = line.chars().take_while(|c| *c == '#').count();
        let words = line.trim_start_matches('#').trim();
        out.push(match depth {
            1..=6 if html::from_plain(words).starts_with("<h") => html::from_plain(words),
            1 | 2 => format!("<h2>{}</h2>", html::escape(words)),
            3..=6 => format!("<h3>{}</h3>", html::escape(words)),
            _ => html::from_plain(line),
        });
        at += 1;
    }
    out.retain(|block| !block.is_empty());
    out.join("\n")
}

fn is_row(line: &str) -> bool {
    line.contains(" |") || line.starts_with('|')
}

fn table(rows: &[&str]) -> String {
    let cells = |row: &&str| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rule = |row: &Vec<String>| row.iter().all(|cell| cell.chars().all(|c| "-: ".contains(c)));
    let rows: Vec<Vec<String>> = rows.iter().map(cells).filter(|row| !rule(row)).collect();
    let row = |row: &Vec<String>| {
        let cells: String = row.iter().map(|cell| format!("<td>{}</td>", html::escape(cell))).collect();
        format!("<tr>{cells}</tr>")
    };
    format!("<table><tbody>{}</tbody></table>", rows.iter().map(row).collect::<String>())
}

/// Without the title and 文号 with which many texts begin: the page shows both itself.
pub(super) fn without_head(body: &str, title: &str, number: Option<&str>) -> String {
    let squeezed = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    let title = squeezed(title);
    let (mut rest, mut wanted, mut kept) = (body, title.as_str(), body);
    while let Some((block, after)) = block(rest) {
        let words = squeezed(&html::words(block));
        let is_number =
            number.is_some() && text::doc_number::written(words.trim_matches(['（', '）'])).as_deref() == number;
        match wanted.strip_prefix(words.as_str()) {
            Some(left) if !words.is_empty() => wanted = left,
            _ if words.is_empty() || is_number || (!wanted.is_empty() && redhead::is_head(&words)) => {}
            _ => break,
        }
        rest = after;
        if wanted.is_empty() {
            kept = rest;
        }
    }
    kept.trim_start().to_owned()
}

/// The block that a text begins with, and what follows.
fn block(html: &str) -> Option<(&str, &str)> {
    let html = html.trim_start();
    let name = ["p", "h2", "h3", "h4"].into_iter().find(|name| html.starts_with(&format!("<{name}>")))?;
    let close = format!("</{name}>");
    let end = html.find(&close)? + close.len();
    Some((html.get(..end)?, html.get(end..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_bars_and_numbering_become_structure() {
        let html = structured(
            "## 第一章  总则\n<!-- INFO END -->\n第一条 为了规范。\n甲 | 乙 |\n--- | ---\n1 | <2 |\n\n（一）范围",
        );
        assert_eq!(
            html,
            "<h2>第一章  总则</h2>\n<p>第一条 为了规范。</p>\n<table><tbody><tr><td>甲</td><td>乙</td></tr><tr><td>1</td><td>&lt;2</td></tr></tbody></table>\n<h3>（一）范围</h3>"
        );
    }

    #[test]
    fn a_title_over_two_lines_and_the_number_are_not_shown_twice() {
        let body = "<p>晴湾区人民政府</p>\n<p>关于修路的通知</p><p>晴政发〔2026〕8号</p><p>各镇街：</p>";
        let kept = without_head(body, "晴湾区人民政府关于修路的通知", Some("晴政发〔2026〕8号"));
        assert_eq!(kept, "<p>各镇街：</p>");
        assert_eq!(without_head("<p>晴湾区</p><p>正文</p>", "晴湾区人民政府令", None), "<p>晴湾区</p><p>正文</p>");
    }
}
