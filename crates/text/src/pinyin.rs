//! Pinyin, by which a title is found while it is typed without an input method: whole syllables
//! (`tingshui`) and initials (`ts`) from any character on.

use ::pinyin::ToPinyin;

/// Characters that one key spells at most: more nobody types before choosing.
const SPELLED: usize = 12;
/// Characters of a title from which keys begin.
const BEGINS: usize = 60;
/// Fewest letters that are looked for.
const LEAST: usize = 2;

/// The keys of a title: from each of its characters on, the syllables and the initials.
pub fn keys(title: &str) -> Vec<String> {
    let syllables: Vec<Option<&'static str>> =
        title.chars().take(BEGINS + SPELLED).map(|c| c.to_pinyin().map(::pinyin::Pinyin::plain)).collect();
    let mut keys = Vec::new();
    for from in 0..syllables.len().min(BEGINS) {
        let run: Vec<&str> = syllables[from..].iter().take(SPELLED).map_while(|one| *one).collect();
        if run.len() < LEAST {
            continue;
        }
        keys.push(run.concat().replace('ü', "v"));
        keys.push(run.iter().filter_map(|one| one.chars().next()).collect());
    }
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// What was typed as a key: letters alone, blanks and apostrophes between syllables left out; none where
/// it is no pinyin.
pub fn typed(text: &str) -> Option<String> {
    let blank = |c: &char| c.is_whitespace() || matches!(c, '\'' | '’');
    let key: String = text.chars().filter(|c| !blank(c)).map(|c| c.to_ascii_lowercase()).collect();
    (key.len() >= LEAST && key.chars().all(|c| c.is_ascii_lowercase())).then_some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_spelled_from_every_character_on() {
        let keys = keys("管网改造停水公告（2026）");
        for typed in ["tingshui", "ts", "tsgg", "guanwang", "gonggao"] {
            assert!(keys.iter().any(|key| key.starts_with(typed)), "{typed}: {keys:?}");
        }
        assert!(!keys.iter().any(|key| key.starts_with("shuting")));
    }

    #[test]
    fn only_letters_are_pinyin() {
        assert_eq!(typed("Ting shui").as_deref(), Some("tingshui"));
        assert_eq!(typed("xi'an").as_deref(), Some("xian"));
        for other in ["t", "停水", "ts1", "", " '"] {
            assert_eq!(typed(other), None, "{other}");
        }
    }
}
