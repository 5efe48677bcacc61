//! One written form for what people write in many: full and half width, Traditional and
//! Simplified, upper and lower case, compatibility and invisible characters.

use std::ops::Range;
use std::sync::OnceLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::UnicodeNormalization;

/// A text in its one written form, with the way back to the original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folded {
    text: String,
    /// For each byte of `text`, the original range of the character it came from.
    origin: Vec<(u32, u32)>,
}

impl Folded {
    /// The folded text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The byte range of the original from which the byte range `folded` of the folded
    /// text was made, always on character boundaries of the original.
    pub fn original(&self, folded: Range<usize>) -> Range<usize> {
        let at = |byte: usize| self.origin.get(byte).copied();
        let end_of_all = self.origin.last().map_or(0, |&(_, end)| end);
        let start = at(folded.start).map_or(end_of_all, |(start, _)| start);
        let end = match folded.end.checked_sub(1) {
            Some(last) if folded.end > folded.start => at(last).map_or(end_of_all, |(_, end)| end),
            _ => start,
        };
        start as usize..end as usize
    }
}

/// Folds `text` character by character: compatibility forms (full width, circled,
/// squared, radicals) by NFKC, Traditional to Simplified, lower case; invisible
/// characters disappear. Folding a folded text changes nothing.
///
/// Characters are folded one by one, not in their words, so that a word is folded alike
/// wherever it stands: `乾隆` becomes `干隆` in a text and in a query.
pub fn fold(text: &str) -> Folded {
    let mut folded = Folded { text: String::with_capacity(text.len()), origin: Vec::with_capacity(text.len()) };
    for (start, original) in text.char_indices() {
        fold_char(original, &mut folded.text);
        // Offsets beyond 4 GiB cannot occur: texts are bounded where they come in.
        let range = (start as u32, (start + original.len_utf8()) as u32);
        folded.origin.resize(folded.text.len(), range);
    }
    folded
}

/// The folded text alone.
pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| fold_char(c, &mut out));
    out
}

/// The form under which a 文号, 受理编号 or code is looked up: folded, without blanks, all
/// brackets square, all dashes `-`.
pub fn number_key(number: &str) -> String {
    folded(number)
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            '〔' | '(' | '【' | '{' | '<' | '〈' | '《' => '[',
            '〕' | ')' | '】' | '}' | '>' | '〉' | '》' => ']',
            c if is_dash(c) => '-',
            c => c,
        })
        .collect()
}

/// Converts Simplified to Traditional Chinese, by phrases.
pub fn to_traditional(text: &str) -> String {
    static S2T: OnceLock<Option<OpenCC>> = OnceLock::new();
    convert(S2T.get_or_init(|| OpenCC::from_config(BuiltinConfig::S2t).ok()), text)
}

/// Converts Traditional to Simplified Chinese, by phrases.
pub fn to_simplified(text: &str) -> String {
    convert(t2s(), text)
}

/// Whether `c` is one of the strokes people type between groups of a number.
pub(crate) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹣' | '─')
}

/// Whether `c` is a Han character.
pub fn is_han(c: char) -> bool {
    matches!(u32::from(c),
        0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x323AF
    ) || matches!(c, '〇' | '々')
}

fn t2s() -> &'static Option<OpenCC> {
    static T2S: OnceLock<Option<OpenCC>> = OnceLock::new();
    T2S.get_or_init(|| OpenCC::from_config(BuiltinConfig::T2s).ok())
}

/// The dictionaries are part of the program; without them a text stays as it is.
fn convert(converter: &Option<OpenCC>, text: &str) -> String {
    converter.as_ref().map_or_else(|| text.to_owned(), |converter| converter.convert(text))
}

/// Invisible characters that people paste without knowing: soft hyphen, zero width,
/// direction marks, variation selectors.
pub fn is_invisible(c: char) -> bool {
    matches!(u32::from(c),
        0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F
        | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x3164 | 0xFE00..=0xFE0F
        | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFF8 | 0xE0000..=0xE0FFF)
}

fn fold_char(c: char, out: &mut String) {
    if c.is_ascii() {
        out.push(c.to_ascii_lowercase());
    } else if ('\u{4E00}'..='\u{9FFF}').contains(&c) {
        out.push(simplified(c));
    } else if !is_invisible(c) {
        // A step may open the way for another (a compatibility capital of a variant), so
        // they are repeated until nothing changes; two rounds do for all of Unicode.
        let mut now = c.to_string();
        for _ in 0..4 {
            let lower = now.nfkc().map(simplified).flat_map(char::to_lowercase);
            let next: String = lower.filter(|&c| !is_invisible(c)).collect();
            if next == now {
                break;
            }
            now = next;
        }
        out.push_str(&now);
    }
}

const FIRST: u32 = 0x3400;
const LAST: u32 = 0x9FFF;

/// The Simplified form of one character, by a table of the two common blocks.
fn simplified(c: char) -> char {
    static TABLE: OnceLock<Box<[char]>> = OnceLock::new();
    let code = u32::from(c);
    if code < FIRST {
        return c;
    }
    let table = TABLE.get_or_init(|| {
        let block = (FIRST..=LAST).filter_map(char::from_u32);
        block.map(simplified_by_dictionary).collect()
    });
    match table.get((code - FIRST) as usize) {
        Some(&simple) => simple,
        None if is_han(c) => simplified_by_dictionary(c),
        None => c,
    }
}

fn simplified_by_dictionary(c: char) -> char {
    let mut now = c;
    for _ in 0..4 {
        let next = to_simplified(now.encode_utf8(&mut [0; 4]));
        let mut chars = next.chars();
        match (chars.next(), chars.next()) {
            (Some(simple), None) if simple != now => now = simple,
            _ => break,
        }
    }
    now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_script_and_case_become_one_form() {
        assert_eq!(folded("ＡＢｃ１２３，（２０１７）　臺灣"), "abc123,(2017) 台湾");
        assert_eq!(folded("⼀㎡①"), "一m21");
        assert_eq!(folded("138\u{200b}0000\u{feff}0000"), "13800000000");
        assert_eq!(folded("𠮷"), "𠮷");
    }

    #[test]
    fn every_character_folds_to_a_fixed_point() {
        // All of the first two planes, samples of the rare Han characters.
        let rare = ('\u{20000}'..='\u{323AF}').step_by(11);
        for c in ('\0'..='\u{1FFFF}').chain(rare).chain('\u{2F800}'..='\u{2FA1F}') {
            let once = folded(c.encode_utf8(&mut [0; 4]));
            assert_eq!(folded(&once), once, "U+{:04X}", u32::from(c));
        }
    }

    #[test]
    fn a_folded_range_leads_back_to_the_original() {
        let text = "面積５０㎡，電話";
        let fold = fold(text);
        let place = |piece: &str| {
            let start = fold.text().find(piece).unwrap();
            &text[fold.original(start..start + piece.len())]
        };
        assert_eq!(place("50"), "５０");
        assert_eq!(place("m"), "㎡");
        assert_eq!(place("电话"), "電話");
        assert_eq!(fold.original(0..fold.text().len()), 0..text.len());
        assert_eq!(fold.original(3..3), 3..3);
    }

    #[test]
    fn numbers_of_documents_are_found_however_they_are_written() {
        let key = number_key("明晴政办〔2026〕12号");
        assert_eq!(number_key("明晴政辦［２０２６］ 12 號"), key);
        assert_eq!(number_key("明晴政办(2026)12号"), key);
    }

    #[test]
    fn phrases_decide_between_characters_of_two_readings() {
        assert_eq!(to_traditional("头发"), "頭髮");
        assert_eq!(to_traditional("发展"), "發展");
        assert_eq!(to_simplified("頭髮與發展"), "头发与发展");
    }
}
