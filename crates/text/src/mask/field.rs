//! Masks of single fields, for lists and everything public.

use super::keep_ends;
use crate::phone::{self, Phone};
use crate::{id_number as id, normal};

/// Surnames of two characters.
const COMPOUND_SURNAMES: &str = "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 \
    公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 \
    子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 \
    东郭 南门 羊舌 微生 公户 公玉 公仪 梁丘 公仲 公上 公门 公山 公坚 左丘 公伯 西门 公祖 第五 公乘 \
    贯丘 公皙 南荣 东里 东宫 仲长 子书 子桑 即墨 达奚 褚师 完颜 纳兰 叶赫 那拉 爱新 觉罗";

/// Hides a name except the surname: `申**`, `欧阳*`; of a name with parts (`·` or blanks)
/// the first sign of each part stays.
pub fn name(name: &str) -> String {
    let clean: String = name.trim().chars().filter(|&c| !normal::is_invisible(c)).collect();
    let parted = |c: char| matches!(c, '·' | '•' | '・' | '‧' | '∙' | '．') || c.is_whitespace();
    if clean.contains(parted) {
        let parts = clean.split_inclusive(parted).map(|part| {
            let end = part.chars().next_back().filter(|&c| parted(c));
            let bare = part.trim_end_matches(parted);
            format!("{}{}", keep_ends(bare, 1, 0), end.map(String::from).unwrap_or_default())
        });
        return parts.collect();
    }
    let length = clean.chars().count();
    let start: String = normal::folded(&clean).chars().take(2).collect();
    let compound = length > 2 && COMPOUND_SURNAMES.split_whitespace().any(|known| known == start);
    match length {
        1 => "*".to_owned(),
        _ => keep_ends(&clean, if compound { 2 } else { 1 }, 0),
    }
}

/// Hides a phone number: `138****1234`, `0591-********`; what is no phone number is
/// hidden whole.
pub fn phone(number: &str) -> String {
    match phone::parse(number) {
        Ok(Phone::Mobile(digits)) => keep_ends(&digits, 3, 4),
        Ok(Phone::Landline { area, local, .. }) => {
            let dash = if area.is_empty() { "" } else { "-" };
            format!("{area}{dash}{}", "*".repeat(local.len()))
        }
        Err(_) => keep_ends(number.trim(), 0, 0),
    }
}

/// Hides the number of an identity card (`110105********002X`) or of another paper (first
/// and last sign).
pub fn id_number(number: &str) -> String {
    if let Ok(id) = id::parse(number) {
        let tail = if id.number.len() == 18 { 4 } else { 3 };
        return keep_ends(&id.number, 6, tail);
    }
    let clean = normal::folded(number.trim()).to_uppercase();
    let digits = clean.bytes().filter(u8::is_ascii_digit).count();
    match clean.chars().count() {
        // A mistyped identity number still tells the day of birth.
        15.. if digits >= 14 => keep_ends(&clean, 6, 1),
        5.. => keep_ends(&clean, 1, 1),
        _ => keep_ends(&clean, 0, 0),
    }
}

/// Divisions from province to village: level and suffix, longer suffixes first.
const DIVISIONS: [(u8, &str); 21] = [
    (1, "特别行政区"),
    (1, "自治区"),
    (1, "省"),
    (2, "自治州"),
    (2, "地区"),
    (2, "盟"),
    (2, "市"),
    (3, "自治县"),
    (3, "自治旗"),
    (5, "社区"),
    (3, "县"),
    (3, "区"),
    (3, "旗"),
    (4, "街道"),
    (4, "苏木"),
    (4, "镇"),
    (4, "乡"),
    (5, "居委会"),
    (5, "村委会"),
    (5, "嘎查"),
    (5, "村"),
];

/// Keeps an address down to district, township and village or community, and hides what
/// comes after; an address without any of these is hidden whole.
pub fn address(address: &str) -> String {
    let address = address.trim();
    let mut level = 0;
    let mut kept = 0;
    let mut at = 0;
    while let Some(rest) = address.get(at..).filter(|rest| !rest.is_empty()) {
        let name = address.get(kept..at).unwrap_or_default();
        let division = DIVISIONS.iter().find(|(_, suffix)| rest.starts_with(suffix));
        at += match division {
            Some(&(found, suffix)) if is_division(name, suffix, rest) => {
                // A city within a city is one of county level.
                let found = if found == 2 && level == 2 { 3 } else { found };
                if found <= level {
                    break;
                }
                level = found;
                kept = at + suffix.len();
                suffix.len()
            }
            _ => rest.chars().next().map_or(1, char::len_utf8),
        };
    }
    let shown = address.get(..kept).unwrap_or_default();
    if kept == address.len() { shown.to_owned() } else { format!("{shown}****") }
}

/// Whether `name` with `suffix` names a division rather than a street or an estate.
fn is_division(name: &str, suffix: &str, rest: &str) -> bool {
    let length = name.chars().count();
    let detail = |c: char| c.is_numeric() || (length > 2 && "路街巷弄号栋幢楼室座苑园厦".contains(c));
    let estate = match suffix {
        "区" => name.ends_with(['小', '园', '校', '厂', '片', '景', '院', '宿', '住', '库']),
        "市" => rest.starts_with("市场") || name.ends_with(['超', '菜', '夜', '花']),
        "村" => name.ends_with('新'),
        "社区" => false,
        _ => false,
    };
    (1..=10).contains(&length) && !name.chars().any(detail) && !estate
}
