//! The text of a document as it is read: headings with anchors and a table of contents, articles
//! (第几条) with addresses of their own, so that one article can be cited by a link.

use crate::component::Link;

/// A text ready to be shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prose {
    /// HTML, cleaned before it was stored.
    pub html: String,
    /// Chapters: anchor and words.
    pub contents: Vec<Link>,
}

/// Fewest headings for which a table of contents is worth its room.
const CONTENTS_MIN: usize = 3;

/// Prepares cleaned HTML. What is not recognised stays as it is.
pub fn prepare(html: &str) -> Prose {
    let mut prose = Prose::default();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        prose.html.push_str(&rest[..open]);
        rest = &rest[open..];
        let taken = heading(rest, &mut prose)
            .or_else(|| addressees(rest, &mut prose.html))
            .or_else(|| article(rest, &mut prose.html))
            .unwrap_or_else(|| {
                let end = rest.find('>').map_or(rest.len(), |at| at + 1);
                prose.html.push_str(&rest[..end]);
                end
            });
        rest = &rest[taken..];
    }
    prose.html.push_str(rest);
    if prose.contents.len() < CONTENTS_MIN {
        prose.contents.clear();
    }
    prose
}

/// A heading at the start of `rest`: gives it an anchor; answers how much was taken.
fn heading(rest: &str, prose: &mut Prose) -> Option<usize> {
    let level = ["h2", "h3"].into_iter().find(|level| rest[1..].starts_with(&format!("{level}>")))?;
    let start = level.len() + 2;
    let end = rest.find(&format!("</{level}>"))?;
    let inner = rest.get(start..end)?;
    if level == "h3" {
        return None;
    }
    let anchor = format!("s{}", prose.contents.len() + 1);
    let words = strip(inner);
    prose.html.push_str(&format!("<h2 id=\"{anchor}\">{inner}</h2>"));
    prose.contents.push(Link::new(format!("#{anchor}"), words));
    Some(end + level.len() + 3)
}

/// The line that names the addressees (主送机关) stands flush left (GB/T 9704-2012 7.3.2).
fn addressees(rest: &str, out: &mut String) -> Option<usize> {
    let text = rest.strip_prefix("<p>").filter(|_| out.is_empty())?;
    let end = text.find("</p>")?;
    text.get(..end)?.strip_suffix('：').filter(|words| !words.contains('<'))?;
    out.push_str("<p class=\"no\">");
    Some("<p>".len())
}

/// A paragraph that begins 第几条: its number is set bold and becomes an address.
fn article(rest: &str, out: &mut String) -> Option<usize> {
    let text = rest.strip_prefix("<p>")?.trim_start_matches(['\u{3000}', ' ']);
    let skipped = rest.len() - text.len();
    let digits = text.strip_prefix('第')?;
    let length: usize =
        digits.chars().take_while(|c| "一二三四五六七八九十百千零〇".contains(*c)).map(char::len_utf8).sum();
    let (number, after) = digits.split_at(length);
    after.strip_prefix('条').filter(|_| length > 0)?;
    let label = format!("第{number}条");
    let id = format!("第{number}条");
    out.push_str(&format!(
        "<p class=\"art\" id=\"{id}\"><a class=\"pl\" href=\"#{id}\" aria-label=\"{label}的链接\">#</a><b>{label}</b>"
    ));
    Some(skipped + label.len())
}

fn strip(inner: &str) -> String {
    let mut words = String::new();
    let mut inside = false;
    for c in inner.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            _ if !inside => words.push(c),
            _ => {}
        }
    }
    words.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chapters_get_contents_and_articles_their_own_address() {
        let prose = prepare(
            "<h2>第一章 总则</h2><p>第一条　为了规范。</p><h2>第二章 &lt;范围&gt;</h2><p>第二条 适用。</p><h2>第三章</h2><p>附则</p>",
        );
        let contents: Vec<_> = prose.contents.iter().map(|link| (link.href.as_ref(), link.text.as_ref())).collect();
        assert_eq!(contents, [("#s1", "第一章 总则"), ("#s2", "第二章 <范围>"), ("#s3", "第三章")]);
        assert!(prose.html.contains("<p class=\"art\" id=\"第一条\">"), "{}", prose.html);
        assert!(prose.html.contains("<b>第一条</b>　为了规范。</p>") && prose.html.ends_with("<p>附则</p>"));
    }

    #[test]
    fn what_is_not_recognised_stays_as_it_is() {
        for html in
            ["", "文字", "<p>第条</p>", "<p>第一款</p>", "<table><tr><td>1</td></tr></table>", "<h2>未完", "a < b"]
        {
            assert_eq!(prepare(html).html, html);
        }
    }
}
