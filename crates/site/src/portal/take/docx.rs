//! A text as a Word document (Office Open XML), set as official documents are (GB/T 9704-2012): title in
//! the middle, body of 16 points indented by two characters, tables with lines.

use super::{Text, zip};
use std::fmt::Write as _;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
const OF_DOCUMENT: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#;
/// Heading levels carry outline levels, so that a word processor shows the contents.
const STYLES: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="仿宋"/><w:sz w:val="32"/><w:lang w:val="zh-CN" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:line="560" w:lineRule="exact"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Body"><w:name w:val="Normal"/><w:pPr><w:ind w:firstLineChars="200" w:firstLine="640"/><w:jc w:val="both"/></w:pPr></w:style><w:style w:type="paragraph" w:styleId="Title"><w:name w:val="Title"/><w:basedOn w:val="Body"/><w:pPr><w:spacing w:after="280" w:line="700"/><w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="center"/></w:pPr><w:rPr><w:rFonts w:eastAsia="宋体"/><w:b/><w:sz w:val="44"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 1"/><w:basedOn w:val="Body"/><w:pPr><w:keepNext/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:rFonts w:eastAsia="黑体"/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="H3"><w:name w:val="heading 2"/><w:basedOn w:val="Body"/><w:pPr><w:keepNext/><w:outlineLvl w:val="1"/></w:pPr><w:rPr><w:rFonts w:eastAsia="楷体"/><w:b/></w:rPr></w:style><w:style w:type="paragraph" w:styleId="Plain"><w:name w:val="Plain"/><w:pPr><w:spacing w:line="360"/></w:pPr><w:rPr><w:sz w:val="24"/></w:rPr></w:style></w:styles>"#;
const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>"#;
/// A4 with the margins of official documents.
const TAIL: &str = r#"<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1474" w:bottom="1984" w:left="1588" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr></w:body></w:document>"#;
/// A table with thin lines, as wide as the text.
const TABLE: &str = r#"<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders><w:top w:val="single" w:sz="4"/><w:left w:val="single" w:sz="4"/><w:bottom w:val="single" w:sz="4"/><w:right w:val="single" w:sz="4"/><w:insideH w:val="single" w:sz="4"/><w:insideV w:val="single" w:sz="4"/></w:tblBorders></w:tblPr>"#;

/// The file.
pub fn written(text: &Text) -> Vec<u8> {
    let mut body = String::from(HEAD);
    paragraph(&mut body, "Title", &text.title);
    if !text.meta.is_empty() {
        let rows: Vec<Vec<String>> =
            text.meta.iter().map(|(label, value)| vec![label.clone(), value.clone()]).collect();
        table(&mut body, &rows);
        paragraph(&mut body, "Plain", "");
    }
    for (heading, html) in &text.sections {
        if !heading.is_empty() {
            paragraph(&mut body, "H2", heading);
        }
        blocks(&mut body, html);
    }
    paragraph(&mut body, "Plain", "");
    text.foot.iter().for_each(|line| paragraph(&mut body, "Plain", line));
    body.push_str(TAIL);
    zip::archive(&[
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", RELATIONS.as_bytes()),
        ("word/_rels/document.xml.rels", OF_DOCUMENT.as_bytes()),
        ("word/styles.xml", STYLES.as_bytes()),
        ("word/document.xml", body.as_bytes()),
    ])
}

fn paragraph(out: &mut String, style: &str, words: &str) {
    let _ = write!(
        out,
        "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr><w:r><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>",
        escaped(words)
    );
}

/// Cleaned HTML, block by block.
fn blocks(out: &mut String, html: &str) {
    let mut rest = html;
    while !rest.is_empty() {
        let (before, from) = rest.split_at(rest.find("<table").unwrap_or(rest.len()));
        lines(out, before);
        let end = from.find("</table>").map_or(from.len(), |at| at + "</table>".len());
        let (whole, after) = from.split_at(end);
        if !whole.is_empty() {
            let words = intake::html::words(&whole.replace("<br>", " "));
            let caption = whole.find("</caption>").is_some();
            let mut all = words.lines();
            if let Some(caption) = all.next().filter(|_| caption) {
                paragraph(out, "Plain", caption);
            } else {
                all = words.lines();
            }
            let rows: Vec<Vec<String>> = all.map(|line| line.split('\t').map(str::to_owned).collect()).collect();
            table(out, &rows);
        }
        rest = after;
    }
}

fn lines(out: &mut String, html: &str) {
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        let tag = rest.get(open + 1..).unwrap_or_default();
        let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
        let close = format!("</{name}>");
        let end = tag.find(&close).map(|at| open + 1 + at + close.len());
        let Some((block, after)) = end.and_then(|end| rest.split_at_checked(end)) else {
            rest = tag;
            continue;
        };
        let style = match name.as_str() {
            "h2" => "H2",
            "h3" | "h4" => "H3",
            _ => "Body",
        };
        intake::html::words(block).lines().for_each(|line| paragraph(out, style, line));
        rest = after;
    }
}

fn table(out: &mut String, rows: &[Vec<String>]) {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    if width == 0 {
        return;
    }
    out.push_str(TABLE);
    for row in rows {
        out.push_str("<w:tr>");
        for at in 0..width {
            out.push_str("<w:tc><w:tcPr/>");
            paragraph(out, "Plain", row.get(at).map_or("", String::as_str));
            out.push_str("</w:tc>");
        }
        out.push_str("</w:tr>");
    }
    out.push_str("</w:tbl>");
}

/// Text as it stands in XML; characters that XML does not have are left out.
fn escaped(words: &str) -> String {
    let allowed = |c: &char| !c.is_control() || *c == '\t';
    words.chars().filter(allowed).collect::<String>().replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_paragraphs_and_tables_stand_in_the_file_and_nothing_breaks_out_of_it() {
        let text = Text {
            title: "关于<b>试验</b>的通知".into(),
            meta: vec![("文号".into(), "虚政办发〔2026〕8号".into())],
            sections: vec![(
                String::new(),
                "<h2>一、总则</h2><p>第一条　甲 &amp; 乙。</p><table><caption>单位：元</caption><tbody><tr><td>项目</td><td>数</td></tr></tbody></table><p>完</p>".into(),
            )],
            foot: vec!["网址：/a/1".into()],
        };
        let file = written(&text);
        assert!(file.starts_with(b"PK\x03\x04"));
        let all = String::from_utf8_lossy(&file).into_owned();
        for found in [
            "关于&lt;b&gt;试验",
            "<w:pStyle w:val=\"H2\"/></w:pPr><w:r><w:t xml:space=\"preserve\">一、总则",
            "甲 &amp; 乙。",
            "单位：元",
            "<w:tbl>",
            ">完<",
        ] {
            assert!(all.contains(found), "{found}");
        }
        let read = intake::inside::texts(&file, intake::file::Kind::Docx);
        assert!(read.iter().any(|(_, words)| words.contains("一、总则")), "another reader opens it: {read:?}");
    }
}
