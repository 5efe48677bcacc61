//! Where in a whole page its text stands: the element that content systems mark.

/// Ids and classes by which content systems mark the text, the surest first.
const MARKS: [&str; 10] = [
    "UCAP-CONTENT",
    "TRS_UEDITOR",
    "TRS_Editor",
    "pages_content",
    "article-content",
    "article_content",
    "articleContent",
    "zoom",
    "Zoom",
    "article",
];
/// The text of a page is at least this share of all that is written on it.
const SHARE: usize = 4;

/// The inside of the element that holds the text.
pub(super) fn content(html: &str) -> Option<&str> {
    MARKS.iter().find_map(|mark| {
        let at = [format!("id=\"{mark}"), format!("class=\"{mark}"), format!("id='{mark}")]
            .iter()
            .find_map(|wanted| html.find(wanted.as_str()))?;
        let inside = inside(html, at)?;
        let written = |html: &str| crate::html::words(html).len();
        (written(inside) * SHARE >= written(html)).then_some(inside)
    })
}

/// The inside of the element whose tag is around this place.
fn inside(html: &str, at: usize) -> Option<&str> {
    let open = html.get(..at)?.rfind('<')?;
    let tag = html.get(open + 1..)?;
    let name: String = tag.chars().take_while(char::is_ascii_alphanumeric).collect();
    let start = open + 1 + tag.find('>')? + 1;
    let (opens, closes) = (format!("<{name}"), format!("</{name}"));
    let (mut depth, mut place) = (1_usize, start);
    loop {
        let rest = html.get(place..)?;
        let close = rest.find(&closes)?;
        match rest.find(&opens).filter(|open| *open < close) {
            Some(open) => {
                let after = rest.get(open + opens.len()..)?;
                // <td is not <tdx.
                depth += usize::from(!after.starts_with(|c: char| c.is_ascii_alphanumeric()));
                place += open + opens.len();
            }
            None => {
                depth -= 1;
                if depth == 0 {
                    return html.get(start..place + close);
                }
                place += close + closes.len();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_marked_element_is_found_with_what_is_nested_in_it() {
        let html = "<div>首页</div><div id=\"zoom\"><div><p>正文很长很长</p></div>末</div><div>版权</div>";
        assert_eq!(content(html), Some("<div><p>正文很长很长</p></div>末"));
        assert_eq!(content("<div id=\"zoom\"><div>没有关上"), None);
        assert_eq!(content("<p>没有标记</p>"), None);
    }
}
