//! RTF: its words, without its dress.

/// The words of an RTF file, its escapes read: `\'b9\'fa` are bytes of GBK, `\u22269?` is a character.
pub(super) fn words(bytes: &[u8]) -> String {
    let source = String::from_utf8_lossy(bytes);
    let (mut text, mut waiting) = (String::new(), Vec::new());
    let mut parts = source.split('\\');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let byte = part.strip_prefix('\'').and_then(|rest| u8::from_str_radix(rest.get(..2)?, 16).ok());
        if let Some(byte) = byte {
            waiting.push(byte);
        }
        let rest = if byte.is_some() { part.get(3..).unwrap_or_default() } else { part };
        if byte.is_none() || !rest.is_empty() {
            text.push_str(&encoding_rs::GB18030.decode_without_bom_handling(&std::mem::take(&mut waiting)).0);
        }
        let number = part
            .strip_prefix('u')
            .map(|rest| rest.chars().take_while(|c| c.is_ascii_digit() || *c == '-').collect::<String>());
        match number.and_then(|number| number.parse::<i32>().ok()) {
            Some(code) => text.extend(u32::try_from(code.rem_euclid(65_536)).ok().and_then(char::from_u32)),
            None if byte.is_some() => text.push_str(rest),
            // A control word, and what stands after it.
            None => {
                text.push_str(rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '-').trim_start())
            }
        }
        if part.starts_with("par") || part.ends_with(['{', '}']) {
            text.push('\n');
        }
    }
    text.push_str(&encoding_rs::GB18030.decode_without_bom_handling(&waiting).0);
    text
}
