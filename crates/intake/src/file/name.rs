//! The name under which a file is kept.

use text::normal;

use super::Kind;

/// Characters and bytes of a kept name, without its extension.
const MOST_CHARS: usize = 80;
const MOST_BYTES: usize = 200;

/// A name that is safe to keep, show and save under: no path, no control, direction or
/// reserved characters, of bounded length, with the extension of its real kind.
pub fn safe_name(declared: &str, kind: Kind) -> String {
    let last = last_part(declared);
    let stem = last.rsplit_once('.').map_or(last.as_str(), |(stem, _)| stem);
    let stem = stem.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let stem = shorten(stem);
    let stem = if stem.is_empty() { "附件".to_owned() } else { stem };
    // Windows does not save a file called CON, whatever its extension.
    let device = stem.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let reserved = matches!(device.as_str(), "con" | "prn" | "aux" | "nul")
        || (device.len() == 4 && (device.starts_with("com") || device.starts_with("lpt")));
    let mark = if reserved { "_" } else { "" };
    format!("{mark}{stem}.{}", kind.extension())
}

/// The extension of a declared name, lower case, without dot; empty if there is none.
pub(crate) fn extension(declared: &str) -> String {
    let last = last_part(declared);
    let extension = last.trim_end_matches(['.', ' ']).rsplit_once('.').map(|(_, extension)| extension);
    normal::folded(extension.unwrap_or_default().trim())
}

/// The declared name as it may be repeated to a person.
pub(super) fn shown(declared: &str) -> String {
    let last = last_part(declared);
    if last.is_empty() { "未命名".to_owned() } else { shorten(&last) }
}

/// The part after the last slash of either kind, without unprintable characters.
fn last_part(declared: &str) -> String {
    let last = declared.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean = last.chars().filter(|&c| !c.is_control() && !normal::is_invisible(c)).map(|c| match c {
        '<' | '>' | ':' | '"' | '|' | '?' | '*' | '\u{2028}' | '\u{2029}' => '_',
        c if c.is_whitespace() => ' ',
        c => c,
    });
    clean.collect::<String>().trim().to_owned()
}

fn shorten(stem: &str) -> String {
    let mut length = 0;
    let within = |c: &char| {
        length += c.len_utf8();
        length <= MOST_BYTES
    };
    stem.chars().take(MOST_CHARS).take_while(within).collect::<String>().trim_end().to_owned()
}
