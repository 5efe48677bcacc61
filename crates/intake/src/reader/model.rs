//! A parsed document as HTML: headings one level below the page's title, lists, tables with joined
//! cells, emphasis, links. Pictures are counted, not taken along.

use anydoc::model::{Block, Cell, CellSlot, Document, Inline, LinkTarget, List, NoteKind, Table, TableKind};

use super::Said;
use crate::html::escape;

/// What a document says.
pub(super) fn said(document: &Document) -> Said {
    let mut writer = Writer::default();
    writer.blocks(&document.blocks);
    for note in &document.notes {
        let name = if note.kind == NoteKind::Footnote { "脚注" } else { "尾注" };
        writer.out.push_str(&format!("<p>〔{name}{}〕</p>\n", escape(&note.id)));
        writer.blocks(&note.blocks);
    }
    Said { html: Some(writer.out), text: None, pictures: writer.pictures }
}

#[derive(Default)]
struct Writer {
    out: String,
    pictures: usize,
}

impl Writer {
    fn blocks(&mut self, blocks: &[Block]) {
        blocks.iter().for_each(|block| self.block(block));
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading { level, content, .. } => {
                let name = format!("h{}", level.saturating_add(1).clamp(2, 4));
                self.element(&name, content);
            }
            Block::Paragraph(content) => self.element("p", content),
            Block::List(list) => self.list(list),
            Block::Table(table) => self.table(table),
            Block::BlockQuote(blocks) => {
                self.out.push_str("<blockquote>");
                self.blocks(blocks);
                self.out.push_str("</blockquote>\n");
            }
            Block::CodeBlock { text, .. } | Block::Math(text) => {
                for line in text.lines() {
                    self.out.push_str(&format!("<p>{}</p>\n", escape(line)));
                }
            }
            Block::Rule => self.out.push_str("<hr>\n"),
        }
    }

    /// A block of text; a break inside a paragraph is a paragraph of its own, as official documents set it.
    fn element(&mut self, name: &str, content: &[Inline]) {
        for line in content.split(|inline| matches!(inline, Inline::LineBreak)) {
            let words = self.inlines(line);
            let bare = words.trim_matches(|c: char| c.is_whitespace() || c == '\u{3000}');
            if !bare.is_empty() {
                self.out.push_str(&format!("<{name}>{bare}</{name}>\n"));
            }
        }
    }

    fn inlines(&mut self, content: &[Inline]) -> String {
        content.iter().map(|inline| self.inline(inline)).collect()
    }

    fn inline(&mut self, inline: &Inline) -> String {
        match inline {
            Inline::Text { text, style } => {
                let mut words = escape(text);
                let marks = [(style.bold, "strong"), (style.italic, "em"), (style.strike, "s")];
                for (_, name) in marks.iter().filter(|(on, _)| *on && !text.trim().is_empty()) {
                    words = format!("<{name}>{words}</{name}>");
                }
                words
            }
            Inline::Link { content, target } => {
                let words = self.inlines(content);
                match target {
                    LinkTarget::External(address) => format!("<a href=\"{}\">{words}</a>", escape(address)),
                    LinkTarget::Relative(_) | LinkTarget::Anchor(_) => words,
                }
            }
            Inline::Image { .. } => {
                self.pictures += 1;
                String::new()
            }
            Inline::NoteRef(id) => format!("<sup>{}</sup>", escape(id)),
            Inline::LineBreak => " ".to_owned(),
            Inline::Math(text) => escape(text),
            Inline::Checkbox(on) => if *on { "☑" } else { "☐" }.to_owned(),
            Inline::Anchor(_) => String::new(),
        }
    }

    /// Numbers that an official document prints (一、（一）第一条) stay words: only plain ones are a list's.
    fn list(&mut self, list: &List) {
        let plain =
            |label: &str| label.trim_end_matches(['.', '、', ')', '）']).bytes().all(|b| b.is_ascii_alphanumeric());
        let printed = list.items.iter().any(|item| item.marker_label.as_deref().is_some_and(|label| !plain(label)));
        if printed {
            for item in &list.items {
                let label = item.marker_label.as_deref().unwrap_or_default();
                let from = self.out.len();
                self.blocks(&item.blocks);
                let first = self.out.get(from..).and_then(|added| added.find('>')).map(|at| from + at + 1);
                self.out.insert_str(first.unwrap_or(from), &escape(label));
            }
            return;
        }
        let name = if list.ordered() { "ol" } else { "ul" };
        self.out.push_str(&format!("<{name}>\n"));
        for item in &list.items {
            self.out.push_str("<li>");
            match item.blocks.as_slice() {
                [Block::Paragraph(content)] => {
                    let words = self.inlines(content);
                    self.out.push_str(words.trim());
                }
                blocks => self.blocks(blocks),
            }
            self.out.push_str("</li>\n");
        }
        self.out.push_str(&format!("</{name}>\n"));
    }

    fn table(&mut self, table: &Table) {
        // A table that only places text on the page is no table to a reader.
        if table.kind == TableKind::Layout || table.is_single_cell() {
            for cell in table.grid.iter().flatten().filter_map(origin) {
                self.blocks(&cell.blocks);
            }
            return;
        }
        self.out.push_str("<table><tbody>\n");
        for (place, row) in table.grid.iter().enumerate() {
            let name = if place < table.header_rows { "th" } else { "td" };
            self.out.push_str("<tr>");
            for cell in row.iter().filter_map(origin) {
                let span = |word: &str, wide: u32| if wide > 1 { format!(" {word}=\"{wide}\"") } else { String::new() };
                let (wide, high) = (span("colspan", cell.col_span), span("rowspan", cell.row_span));
                self.out.push_str(&format!("<{name}{wide}{high}>"));
                match cell.blocks.as_slice() {
                    [Block::Paragraph(content)] => {
                        let words = self.inlines(content);
                        self.out.push_str(words.trim());
                    }
                    blocks => self.blocks(blocks),
                }
                self.out.push_str(&format!("</{name}>"));
            }
            self.out.push_str("</tr>\n");
        }
        self.out.push_str("</tbody></table>\n");
    }
}

fn origin(slot: &CellSlot) -> Option<&Cell> {
    match slot {
        CellSlot::Origin(cell) => Some(cell),
        CellSlot::Covered { .. } => None,
    }
}
