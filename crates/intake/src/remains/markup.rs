//! HTML and XML read without a model of either: the words without tags, and the source with its
//! references resolved.

use super::BLOCK;

/// Elements whose words do not run on into the next.
const BLOCKS: [&str; 18] = [
    "p", "tc", "tr", "td", "th", "li", "si", "c", "row", "h1", "h2", "h3", "h4", "h5", "h6", "div", "caption",
    "comment",
];

/// The words, also those of deleted runs, of comments in the source, and between runs of other dress.
pub(super) fn words(source: &str) -> String {
    let (mut words, mut rest) = (String::with_capacity(source.len() / 2), source);
    while let Some(open) = rest.find('<') {
        words.push_str(&rest[..open]);
        rest = &rest[open..];
        let (tag, after) = match rest.strip_prefix("<!--") {
            Some(inner) => inner.split_once("-->").unwrap_or((inner, "")),
            None => rest[1..].split_once('>').unwrap_or((&rest[1..], "")),
        };
        if rest.starts_with("<!--") {
            words.push_str(tag);
        }
        let name =
            tag.trim_start_matches('/').split(|c: char| c.is_whitespace() || c == '/').next().unwrap_or_default();
        let local = name.rsplit(':').next().unwrap_or(name).to_ascii_lowercase();
        if BLOCKS.contains(&local.as_str()) {
            words.push(BLOCK);
        }
        rest = after;
    }
    words.push_str(rest);
    decoded(&words)
}

/// The source with character references resolved.
pub(super) fn decoded(source: &str) -> String {
    let (mut out, mut rest) = (String::with_capacity(source.len()), source);
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let named = rest.char_indices().take(12).find(|(_, c)| *c == ';').map(|(end, _)| end);
        match named.and_then(|end| Some((end, reference(&rest[1..end])?))) {
            Some((end, c)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<char> {
    let number = name.strip_prefix('#').map(|digits| match digits.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits.parse(),
    });
    match (number, name) {
        (Some(code), _) => code.ok().and_then(char::from_u32),
        (None, "amp") => Some('&'),
        (None, "lt") => Some('<'),
        (None, "gt") => Some('>'),
        (None, "quot") => Some('"'),
        (None, "apos") => Some('\''),
        (None, "nbsp") => Some(' '),
        _ => None,
    }
}
