//! Pictures in the text of a document. A drafter marks the place in a line of its own, as plain text, so
//! that it works in every editor and without script: `［图：平面图.png｜路口施工期间的绕行路线］`. Stored, it is
//! a picture that names a file of the document; the words are its alternative text.

use crate::html::escape;

/// Where the pictures of a document's own files are, before a page says where each is served.
pub const FOLDER: &str = "file/";
const OPEN: &str = "［图：";
const BETWEEN: char = '｜';
const CLOSE: char = '］';

/// A picture of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// Name of the file.
    pub name: String,
    /// What it shows, in words.
    pub alt: String,
}

/// Cleaned HTML whose marks became pictures. A mark without words stays as it is.
pub fn placed(html: &str) -> String {
    blocks(html, OPEN, |words| {
        let Picture { name, alt } = read(words).filter(|picture| !picture.alt.is_empty())?;
        Some(format!("<p><img src=\"{FOLDER}{}\" alt=\"{}\"></p>", escape(&name), escape(&alt)))
    })
}

/// The same with marks in place of pictures, for editing.
pub fn marked(html: &str) -> String {
    blocks(html, "<img src=\"file/", |inner| {
        let picture = pictures(inner).pop()?;
        Some(format!("<p>{OPEN}{}{BETWEEN}{}{CLOSE}</p>", escape(&picture.name), escape(&picture.alt)))
    })
}

/// Marks that say nothing of what the picture shows: the names of their files.
pub fn wordless(html: &str) -> Vec<String> {
    let marks = html.split(OPEN).skip(1).filter_map(|rest| rest.split(CLOSE).next());
    let read = marks.filter_map(|inner| read(&format!("{OPEN}{inner}{CLOSE}")));
    read.filter(|picture| picture.alt.is_empty()).map(|picture| picture.name).collect()
}

/// The pictures of a text that are files of its document.
pub fn pictures(html: &str) -> Vec<Picture> {
    let tags = html.split("<img ").skip(1).filter_map(|rest| rest.split('>').next());
    let value = |tag: &str, name: &str| {
        let from = tag.split_once(&format!("{name}=\""))?.1;
        Some(unescaped(from.split('"').next()?))
    };
    let one = |tag: &str| {
        let name = value(tag, "src")?.strip_prefix(FOLDER)?.to_owned();
        Some(Picture { name, alt: value(tag, "alt").unwrap_or_default() })
    };
    tags.filter_map(one).collect()
}

/// A text whose pictures are served where `at` says; one that is nowhere becomes a line of words.
pub fn served(html: &str, at: impl Fn(&str) -> Option<String>) -> String {
    blocks(html, "<img src=\"file/", |inner| {
        let Picture { name, alt } = pictures(inner).pop()?;
        Some(match at(&name) {
            Some(address) => format!("<p><img src=\"{}\" alt=\"{}\"></p>", escape(&address), escape(&alt)),
            None => format!("<p>（图片“{}”没有上传：{}）</p>", escape(&name), escape(&alt)),
        })
    })
}

/// Every paragraph that begins so, replaced by what is made of its inside.
fn blocks(html: &str, start: &str, made: impl Fn(&str) -> Option<String>) -> String {
    let begins = format!("<p>{start}");
    let (mut out, mut rest) = (String::with_capacity(html.len()), html);
    while let Some(open) = rest.find(&begins) {
        let (before, from) = rest.split_at(open);
        out.push_str(before);
        let Some(end) = from.find("</p>") else { break };
        let (block, after) = from.split_at(end + "</p>".len());
        let inner = block.get("<p>".len()..end).unwrap_or_default();
        out.push_str(&made(inner).unwrap_or_else(|| block.to_owned()));
        rest = after;
        if after.is_empty() {
            return out;
        }
    }
    out + rest
}

fn read(mark: &str) -> Option<Picture> {
    let inner = mark.trim().strip_prefix(OPEN)?.strip_suffix(CLOSE)?;
    let (name, alt) = inner.split_once([BETWEEN, '|']).unwrap_or((inner, ""));
    let plain = |text: &str| unescaped(text).trim().to_owned();
    let (name, alt) = (plain(name), plain(alt));
    let sound = !name.is_empty() && !name.contains(['/', '\\', '<', '>', '"']) && !alt.contains(['<', '>']);
    sound.then_some(Picture { name, alt })
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::rich;

    #[test]
    fn a_mark_becomes_a_picture_and_a_mark_again() {
        let typed = "一、路线\n［图：绕行 图.png｜从望潮路向东绕行 & 返回］\n请绕行。";
        let stored = rich(typed);
        assert!(
            stored.contains("<p><img src=\"file/绕行 图.png\" alt=\"从望潮路向东绕行 &amp; 返回\"></p>"),
            "{stored}"
        );
        let again = marked(&stored);
        assert!(
            again.contains("<p>［图：绕行 图.png｜从望潮路向东绕行 &amp; 返回］</p>") && rich(&again) == stored,
            "{again}"
        );
        let shown = served(&stored, |name| (name == "绕行 图.png").then(|| "/file/7".to_owned()));
        assert!(shown.contains("src=\"/file/7\"") && shown.ends_with("<p>请绕行。</p>"), "{shown}");
        assert!(served(&stored, |_| None).contains("没有上传"));
    }

    #[test]
    fn a_picture_without_words_is_told_and_nothing_hostile_passes() {
        assert_eq!(wordless(&rich("［图：a.png］\n［图：b.png｜说明］")), ["a.png"]);
        for hostile in ["［图：../../etc｜x］", "［图：<b>｜x］", "［图：a\" onerror=1.png｜x］", "［图："]
        {
            let stored = rich(hostile);
            assert!(!stored.contains("<img") && !stored.contains("<b>"), "{stored}");
        }
        assert_eq!(pictures("<p><img src=\"https://t/x.png\" alt=\"\"></p>"), []);
    }
}
