//! Rich text of documents: what is pasted or imported is cleaned to a small set of elements; plain
//! text gets the headings that its numbering tells (一、（一）1.).

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::Builder;

use crate::picture_mark;

/// Elements that a document may consist of. Everything that scripts, frames, styles or tracks is not
/// among them.
const ELEMENTS: [&str; 32] = [
    "h2",
    "h3",
    "h4",
    "p",
    "br",
    "hr",
    "ul",
    "ol",
    "li",
    "table",
    "caption",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "th",
    "td",
    "a",
    "img",
    "strong",
    "em",
    "b",
    "i",
    "u",
    "s",
    "sub",
    "sup",
    "blockquote",
    "figure",
    "figcaption",
    "ruby",
    "rt",
];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::empty();
    let cells = HashSet::from(["colspan", "rowspan"]);
    cleaner
        .tags(ELEMENTS.into_iter().collect())
        .clean_content_tags(HashSet::from(["script", "style", "iframe", "object", "embed", "template", "noscript"]))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href", "title"])),
            ("img", HashSet::from(["src", "alt"])),
            ("td", cells.clone()),
            ("th", cells),
        ]))
        .url_schemes(HashSet::from(["https", "http", "mailto", "tel"]))
        .link_rel(Some("noopener noreferrer nofollow"));
    cleaner
});

/// Rich text as it may be stored and shown: cleaned when it is HTML, structured when it is plain.
pub fn rich(typed: &str) -> String {
    let html = if looks_like_html(typed) { clean(typed) } else { from_plain(typed) };
    picture_mark::placed(&html)
}

/// Removes everything that a document may not contain. What is left is well-formed HTML.
pub fn clean(html: &str) -> String {
    let html = CLEANER.clean(&levels(html)).to_string();
    html.replace("\u{a0}", " ").replace("&nbsp;", " ").replace("<p></p>", "").replace("<p> </p>", "").trim().to_owned()
}

/// The title of the page is its only first-level heading.
fn levels(html: &str) -> String {
    let lower = |from: &str, to: &str, text: String| {
        text.replace(&format!("<{from}>"), &format!("<{to}>"))
            .replace(&format!("<{from} "), &format!("<{to} "))
            .replace(&format!("</{from}>"), &format!("</{to}>"))
    };
    let mut text = html.to_owned();
    for (from, to) in [("h1", "h2"), ("H1", "h2"), ("h5", "h4"), ("h6", "h4")] {
        text = lower(from, to, text);
    }
    text
}

fn looks_like_html(typed: &str) -> bool {
    ["<p", "<h", "<table", "<ul", "<ol", "<div", "<br", "<P", "<span", "<figure", "<img"]
        .iter()
        .any(|tag| typed.contains(tag))
}

/// Paragraphs, with the headings that their numbering tells (GB/T 9704-2012 7.3.3: 一、（一）1.（1）).
pub fn from_plain(plain: &str) -> String {
    let lines = plain.lines().map(|line| line.trim_matches(|c: char| c.is_whitespace() || c == '\u{3000}'));
    lines.filter(|line| !line.is_empty()).map(|line| element(heading(line), line)).collect::<Vec<_>>().join("\n")
}

fn element(name: &str, line: &str) -> String {
    format!("<{name}>{}</{name}>", escape(line))
}

/// Cleaned HTML whose paragraphs become headings where their numbering says so: pages of older sites
/// show headings as bold paragraphs.
pub fn numbered(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find("<p>") {
        let (before, after) = rest.split_at(open);
        out.push_str(before);
        let Some(end) = after.find("</p>") else { return out + after };
        let (block, next) = after.split_at(end + "</p>".len());
        let words = words(block);
        let plain = !block.contains("<img") && !block.contains("<br") && !block.contains("<a ");
        match heading(&words) {
            name @ ("h2" | "h3") if plain && !words.contains('\n') => out.push_str(&element(name, &words)),
            _ => out.push_str(block),
        }
        rest = next;
    }
    out + rest
}

/// Rich text as plain text, where that loses nothing: [`from_plain`] makes the same of it again.
pub fn plain(html: &str) -> Option<String> {
    let words = words(html);
    let squeezed = |text: &str| text.replace('\n', "");
    (squeezed(&from_plain(&words)) == squeezed(html)).then_some(words)
}

/// Text as it stands in HTML.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const LONGEST_HEADING: usize = 36;

fn heading(line: &str) -> &'static str {
    let sentence = line.ends_with(['。', '；', '：', '，', ';', ':']) || line.chars().count() > LONGEST_HEADING;
    let numeral = |c: char| "一二三四五六七八九十百〇零".contains(c);
    let first = line.trim_start_matches(numeral);
    if !sentence && first.len() < line.len() && first.starts_with('、') {
        return "h2";
    }
    let chapter = line.strip_prefix('第').map(|rest| rest.trim_start_matches(numeral));
    if !sentence && chapter.is_some_and(|rest| rest.starts_with(['章', '节', '编'])) {
        return "h2";
    }
    let inner = line.strip_prefix(['（', '(']).map(|rest| (rest.len(), rest.trim_start_matches(numeral)));
    match inner {
        Some((before, rest)) if !sentence && rest.len() < before && rest.starts_with(['）', ')']) => "h3",
        _ => "p",
    }
}

/// The words of rich text, a block a line, for search, summaries and comparison.
pub fn words(html: &str) -> String {
    let mut text = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('>') else { break };
        let tag = rest[open + 1..open + close].trim_start_matches('/');
        let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or("");
        match name {
            "p" | "h2" | "h3" | "h4" | "li" | "tr" | "br" | "table" | "figcaption" | "blockquote" | "caption"
                if !text.ends_with('\n') =>
            {
                text.push('\n')
            }
            "td" | "th" if !text.ends_with(['\t', '\n']) => text.push('\t'),
            _ => {}
        }
        rest = &rest[open + close + 1..];
    }
    text.push_str(if rest.contains('<') { "" } else { rest });
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_runs_or_tracks_survives() {
        for hostile in [
            "<p onclick=alert(1)>甲</p>",
            "<script>alert(1)</script><p>甲</p>",
            "<p><img src=x onerror=alert(1)>甲</p>",
            "<p><a href=\"javascript:alert(1)\">甲</a></p>",
            "<svg><script>alert(1)</script></svg><p>甲</p>",
            "<p style=\"background:url(//t)\">甲</p><iframe src=//t></iframe>",
            "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math><p>甲</p>",
        ] {
            let clean = rich(hostile);
            assert!(clean.contains('甲'), "{hostile} -> {clean}");
            for bad in ["onclick", "onerror", "<script", "javascript:", "<iframe", "style=", "<svg"] {
                assert!(!clean.contains(bad), "{hostile} -> {clean}");
            }
        }
    }

    #[test]
    fn tables_and_levels_pasted_from_a_word_processor_are_kept() {
        let pasted = "<h1 class=MsoTitle>一、总则</h1><p class=MsoNormal><span style='color:red'>第一条</span></p><table border=1><tr><td rowspan=2 width=80>甲</td><td>乙</td></tr></table>";
        let clean = rich(pasted);
        assert!(clean.starts_with("<h2>一、总则</h2>"), "{clean}");
        assert!(
            clean.contains("<p>第一条</p>") && clean.contains("rowspan=\"2\"") && !clean.contains("Mso"),
            "{clean}"
        );
    }

    #[test]
    fn plain_text_becomes_paragraphs_and_numbered_headings() {
        let html = rich("一、总体要求\n（一）指导思想\n　　坚持以人民为中心。\n1 < 2\n一、本办法自公布之日起施行。");
        assert_eq!(
            html,
            "<h2>一、总体要求</h2>\n<h3>（一）指导思想</h3>\n<p>坚持以人民为中心。</p>\n<p>1 &lt; 2</p>\n<p>一、本办法自公布之日起施行。</p>"
        );
        assert_eq!(
            words(&html),
            "一、总体要求\n（一）指导思想\n坚持以人民为中心。\n1 < 2\n一、本办法自公布之日起施行。"
        );
    }
}
