//! 文号 as people type it: one form for all the ways of writing it.

use text::normal;

/// Titles longer than this are compared by their beginning.
const LONGEST_TITLE: usize = 200;

/// The forms under which a number is kept and looked up: as written, and, where it reads as 机关代字,
/// year and running number, by these three alone (晴政办发〔2026〕8号, 晴政办发[2026]第08号, 晴政办发2026年8号).
pub(crate) fn keys(text: &str) -> Vec<String> {
    let written = normal::number_key(text);
    let parts = parts(&written);
    std::iter::once(written).filter(|key| !key.is_empty()).chain(parts).collect()
}

/// A title by its letters and digits alone: width, script, punctuation and blanks do not count.
pub(crate) fn title(text: &str) -> String {
    normal::folded(text).chars().filter(|c| c.is_alphanumeric()).take(LONGEST_TITLE).collect()
}

fn parts(written: &str) -> Option<String> {
    let prefix = written.split(|c: char| c == '[' || c.is_ascii_digit()).next()?;
    let named = prefix.chars().all(|c| normal::is_han(c) || c.is_ascii_alphabetic() || "、·-".contains(c));
    if !named || !(2..=20).contains(&prefix.chars().count()) {
        return None;
    }
    let rest = written.get(prefix.len()..)?;
    let rest = rest.strip_prefix('[').unwrap_or(rest);
    let (year, rest) = rest.split_at_checked(4)?;
    let year: u16 = year.parse().ok().filter(|year| (1949..=2100).contains(year))?;
    let rest = rest.trim_start_matches([']', '年', '-', '第']);
    let number: u32 = rest.strip_suffix('号').unwrap_or(rest).parse().ok().filter(|number| *number < 1_000_000)?;
    // A blank stands in no written form, so that the two kinds of keys never meet.
    (number > 0).then(|| format!("{prefix} {year} {number}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_writing_leads_to_one_key() {
        let key = parts(&normal::number_key("晴政办发〔2026〕8号"));
        assert!(key.is_some());
        for written in [
            "晴政办发[2026]第08号",
            "晴政辦發（２０２６）８號",
            "晴政办发 2026年8号",
            "晴政办发2026-8",
            "晴政办发〔2026〕8",
        ] {
            assert_eq!(parts(&normal::number_key(written)), key, "{written}");
        }
        for other in
            ["晴政办发〔2026〕号", "2026年8号", "晴政办发〔26〕8号", "晴政办发〔2026〕0号", "关于2026年8件实事"]
        {
            assert_eq!(parts(&normal::number_key(other)), None, "{other}");
        }
    }

    #[test]
    fn titles_are_compared_by_their_letters() {
        assert_eq!(title("《晴湾区 辦法》（試行）"), title("晴湾区办法试行"));
    }
}
