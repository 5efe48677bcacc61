//! Pages in Traditional characters, and small writing of addresses.

/// A rendered page with its words in Traditional characters.
///
/// Converted are text between tags and the attributes that people read. Left alone: what
/// somebody typed (values of inputs, text areas, elements marked `translate="no"`), scripts and
/// addresses, so that a form sent back carries exactly what stood in it.
pub fn traditional(html: &str) -> String {
    convert(html, text::normal::to_traditional)
}

/// Attributes whose values people read.
const READ: [&str; 5] = ["aria-label=\"", "title=\"", "alt=\"", "placeholder=\"", "content=\""];

fn convert(html: &str, to: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (words, from_tag) = rest.split_at(start);
        out.push_str(&to(words));
        let end = tag_end(from_tag);
        let (tag, after) = from_tag.split_at(end);
        out.push_str(&convert_tag(tag, &to));
        let kept = if keeps_content(tag) { element_length(after, name(tag)) } else { 0 };
        let (verbatim, next) = after.split_at(kept);
        out.push_str(verbatim);
        rest = next;
    }
    out.push_str(&to(rest));
    out
}

/// Length of the tag at the start of `html`; `>` in quoted values does not end it.
fn tag_end(html: &str) -> usize {
    let mut quoted = false;
    for (at, byte) in html.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => return at + 1,
            _ => {}
        }
    }
    html.len()
}

fn name(tag: &str) -> &str {
    let inner = tag.trim_start_matches('<');
    let end = inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
    inner.get(..end).unwrap_or_default()
}

fn keeps_content(tag: &str) -> bool {
    !tag.starts_with("</")
        && (matches!(name(tag), "textarea" | "script" | "style") || tag.contains(" translate=\"no\""))
}

/// Length of what stands before the end tag of element `name`, elements of its name inside counted.
fn element_length(html: &str, name: &str) -> usize {
    let (open, close) = (format!("<{name}"), format!("</{name}"));
    let (mut depth, mut at) = (1, 0);
    while let Some(found) = html.get(at..).and_then(|rest| rest.find('<')) {
        at += found;
        let rest = html.get(at..).unwrap_or_default();
        let is = |tag: &str| {
            let after = rest.strip_prefix(tag).and_then(|tail| tail.chars().next());
            after.is_some_and(|next| !next.is_ascii_alphanumeric())
        };
        if is(&close) {
            depth -= 1;
        } else if is(&open) {
            depth += 1;
        }
        if depth == 0 {
            return at;
        }
        at += 1;
    }
    html.len()
}

fn convert_tag(tag: &str, to: impl Fn(&str) -> String) -> String {
    let mut tag = tag.to_owned();
    for attribute in READ {
        let Some(start) = tag.find(&format!(" {attribute}")).map(|at| at + 1 + attribute.len()) else {
            continue;
        };
        let value = tag.get(start..).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        let (end, converted) = (start + value.len(), to(value));
        tag.replace_range(start..end, &converted);
    }
    tag
}

/// Writes text so that it can stand as a value in the query of an address.
pub fn query_value(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shout(text: &str) -> String {
        text.replace('甲', "乙")
    }

    #[test]
    fn words_and_read_attributes_are_converted() {
        let html = r#"<p title="甲" class="甲">甲<b>甲</b></p>"#;
        assert_eq!(convert(html, shout), r#"<p title="乙" class="甲">乙<b>乙</b></p>"#);
    }

    #[test]
    fn pages_are_converted_by_phrases() {
        assert_eq!(traditional("<h1>查办件答复</h1><p>头发、发展</p>"), "<h1>查辦件答覆</h1><p>頭髮、發展</p>");
    }

    #[test]
    fn what_was_typed_is_left_alone() {
        for html in [
            r#"<input value="甲">"#,
            "<textarea>甲 < 甲</textarea>",
            r#"<span translate="no">甲<span>甲</span>甲</span>"#,
        ] {
            assert_eq!(convert(html, shout), html);
        }
    }

    #[test]
    fn broken_markup_loses_nothing() {
        for html in ["<p", "<span translate=\"no\">a", "a < b", "<p title=\""] {
            assert_eq!(convert(html, shout), html);
        }
    }

    #[test]
    fn query_values_are_escaped() {
        assert_eq!(query_value("/q?a=中&b"), "/q%3Fa%3D%E4%B8%AD%26b");
    }
}
