//! The pieces of an XML part, one after the other. No tree, no entities but the five and numbers, so that
//! nothing grows while it is read.

/// One piece. Names are without their prefix.
pub(super) enum Piece<'a> {
    /// `<name …>` or `<name …/>`.
    Open { name: &'a str, attributes: &'a str, empty: bool },
    /// `</name>`.
    Close(&'a str),
    /// Text between tags, entities put back.
    Text(String),
}

/// The pieces of `xml`.
pub(super) fn pieces(xml: &str) -> Pieces<'_> {
    Pieces { rest: xml }
}

pub(super) struct Pieces<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = Piece<'a>;

    fn next(&mut self) -> Option<Piece<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            if let Some(data) = self.rest.strip_prefix("<![CDATA[") {
                let (text, rest) = data.split_once("]]>").unwrap_or((data, ""));
                self.rest = rest;
                return Some(Piece::Text(text.to_owned()));
            }
            if let Some(comment) = self.rest.strip_prefix("<!--") {
                self.rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
                continue;
            }
            let Some(tag) = self.rest.strip_prefix('<') else {
                let (text, rest) = self.rest.split_at(self.rest.find('<').unwrap_or(self.rest.len()));
                self.rest = rest;
                return Some(Piece::Text(plain(text)));
            };
            let (tag, rest) = tag.split_once('>').unwrap_or((tag, ""));
            self.rest = rest;
            if tag.starts_with(['?', '!']) {
                continue;
            }
            if let Some(name) = tag.strip_prefix('/') {
                return Some(Piece::Close(local(name.trim())));
            }
            let empty = tag.ends_with('/');
            let tag = tag.trim_end_matches('/');
            let (name, attributes) = tag.split_at(tag.find(char::is_whitespace).unwrap_or(tag.len()));
            return Some(Piece::Open { name: local(name), attributes, empty });
        }
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The value of an attribute, by its name without prefix.
pub(super) fn attribute(attributes: &str, wanted: &str) -> Option<String> {
    let mut rest = attributes;
    while let Some((name, after)) = rest.split_once('=') {
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, next) = after.get(1..)?.split_once(quote)?;
        if local(name.trim()) == wanted {
            return Some(plain(value));
        }
        rest = next;
    }
    None
}

/// Whether an attribute that says yes or no says yes.
pub(super) fn flag(attributes: &str, wanted: &str) -> bool {
    attribute(attributes, wanted).is_some_and(|value| matches!(value.as_str(), "1" | "true" | "on"))
}

/// The words of a part: text of every element, a new line at the end of those named.
pub(super) fn words(xml: &str, ends: &[&str]) -> String {
    let mut words = String::new();
    for piece in pieces(xml) {
        match piece {
            Piece::Text(text) if !text.trim().is_empty() => words.push_str(&text),
            Piece::Close(name) if ends.is_empty() || ends.contains(&name) => {
                if !words.ends_with('\n') {
                    words.push('\n');
                }
            }
            _ => {}
        }
    }
    words
}

fn plain(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let entity = after.split_once(';').filter(|(name, _)| name.len() <= 8);
        match entity.and_then(|(name, next)| Some((character(name)?, next))) {
            Some((c, next)) => {
                out.push(c);
                rest = next;
            }
            None => {
                out.push('&');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}
