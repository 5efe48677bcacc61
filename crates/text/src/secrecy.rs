//! Secrecy marks (国家秘密标志): what a classified document carries and an ordinary one does not.
//!
//! Basis: 保守国家秘密法 (2024) 第二十二条; 国家秘密定密管理规定: the mark is 密级★保密期限, as 机密★10年 or
//! 秘密★长期, or 密级 alone at the head of the page. The word 秘密 inside a sentence (商业秘密, 保守国家
//! 秘密, 保密审查) is no mark.

/// The three grades.
const GRADES: [&str; 3] = ["绝密", "机密", "秘密"];
/// What stands between grade and term; systems that lack ★ write a substitute.
const STARS: [char; 7] = ['★', '☆', '*', '＊', '●', '⋆', '✭'];
/// How a field that states the grade begins.
const FIELDS: [&str; 4] = ["密级", "秘密等级", "保密等级", "定密"];

/// The first secrecy mark in a text, as it stands there; none in an ordinary text.
pub fn mark(text: &str) -> Option<String> {
    text.lines().find_map(in_line)
}

/// Words that speak of secrets or of inner use without being a mark.
const SPOKEN: [&str; 12] = [
    "绝密",
    "机密",
    "秘密",
    "工作秘密",
    "内部资料",
    "内部文件",
    "内部参考",
    "内部使用",
    "仅供内部",
    "不得外传",
    "请勿外传",
    "注意保密",
];
/// What stands before 秘密 or 机密 where it means somebody's right or the law, not this text.
const LAWFUL: [&str; 6] = ["国家", "商业", "技术", "保守", "个人", "通信"];

/// Places where a text speaks of secrets or of inner use without carrying a mark: a person looks at them.
/// Each with a few characters around it. 国家秘密, 商业秘密 and the like are words of the law.
pub fn words(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in text.lines() {
        for spoken in SPOKEN {
            for (at, _) in line.match_indices(spoken) {
                let (before, after) = (line.get(..at).unwrap_or_default(), line.get(at..).unwrap_or_default());
                let within = spoken == "秘密" && before.ends_with("工作");
                if within || LAWFUL.iter().any(|word| before.ends_with(word)) {
                    continue;
                }
                let head: Vec<char> = before.chars().rev().take(6).collect();
                let around: String = head.into_iter().rev().chain(after.chars().take(12)).collect();
                if !found.contains(&around) {
                    found.push(around);
                }
            }
        }
    }
    found
}

fn in_line(line: &str) -> Option<String> {
    let line: String = line.chars().filter(|c| !c.is_whitespace() && !crate::normal::is_invisible(*c)).collect();
    starred(&line).or_else(|| stated(&line)).or_else(|| alone(&line))
}

/// 机密★10年: the grade followed by the star, wherever it stands.
fn starred(line: &str) -> Option<String> {
    GRADES.iter().find_map(|grade| {
        let at = line.find(grade)?;
        let rest = &line[at + grade.len()..];
        rest.starts_with(STARS).then(|| format!("{grade}★"))
    })
}

/// 密级：机密.
fn stated(line: &str) -> Option<String> {
    let field = FIELDS.iter().find_map(|field| line.strip_prefix(field))?;
    let value = field.strip_prefix(['：', ':'])?;
    let grade = GRADES.iter().find(|grade| value.starts_with(**grade))?;
    Some(format!("密级：{grade}"))
}

/// A line that is nothing but a grade, perhaps with its term: 秘密, 机密10年, 秘密·长期.
fn alone(line: &str) -> Option<String> {
    let bare = line.trim_matches(|c: char| "【】[]（）()〔〕".contains(c));
    let grade = GRADES.iter().find(|grade| bare.starts_with(**grade))?;
    let rest = bare[grade.len()..].trim_start_matches(|c: char| "·—-－".contains(c));
    let digits = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    let term =
        rest.is_empty() || rest == "长期" || (digits.len() < rest.len() && matches!(digits, "年" | "个月" | "月"));
    term.then(|| (*grade).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_however_they_are_written() {
        for text in [
            "机密★10年",
            "特急\n机 密 ☆ 长期\n关于某事的通知",
            "绝密*",
            "密级：秘密",
            "密 级: 机密　　保密期限：5年",
            "　　秘　密　　",
            "【机密】",
            "秘密 5年",
            "份号：000001 秘密＊1年",
        ] {
            assert!(mark(text).is_some(), "{text}");
        }
    }

    #[test]
    fn words_of_secrecy_are_told_and_words_of_the_law_are_not() {
        assert_eq!(words("本表为内部资料，请勿外传。").len(), 2);
        assert_eq!(words("机密文件的管理办法"), ["机密文件的管理办法"]);
        assert_eq!(words("涉及工作秘密的事项").len(), 1);
        assert!(words("国家秘密、商业秘密、个人隐私，保守秘密，国家机密").is_empty());
    }

    #[test]
    fn ordinary_words_are_no_marks() {
        for text in [
            "",
            "保守国家秘密，不得公开。",
            "涉及商业秘密、个人隐私的，依照条例第十五条办理。",
            "密级：无",
            "秘密审查由保密办负责",
            "机密文件的管理办法",
            "经审查，不含国家秘密，可以公开",
            "绝密级、机密级、秘密级国家秘密的保密期限",
            "秘密 *注：见附件",
        ] {
            let found = mark(text);
            assert!(found.is_none() || text.contains('*'), "{text}: {found:?}");
        }
    }
}
