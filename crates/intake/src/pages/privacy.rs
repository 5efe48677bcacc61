//! Personal data in texts that were public elsewhere. Identity, bank, passport numbers and plates are
//! hidden always; a mobile number or an address of mail only where no official contact is named just
//! before it: the line by which people reach an office is information that must be public (条例 art.
//! 20 I), a person's number is not (art. 15; 个人信息保护法 art. 27).

use text::mask::{self, Kind};

/// Words that name an official contact, and how far before the number they may stand.
const CONTACTS: [&str; 18] = [
    "热线",
    "咨询电话",
    "监督电话",
    "投诉电话",
    "举报电话",
    "服务电话",
    "值班电话",
    "办公电话",
    "联系电话",
    "受理电话",
    "电话",
    "传真",
    "邮箱",
    "信箱",
    "邮件",
    "客服",
    "E-mail",
    "电子邮件",
];
const BEFORE: usize = 24;
/// Words that make a contact a person's.
const PERSONS: [&str; 6] = ["申请人", "当事人", "信访人", "本人", "家属", "住址"];

/// The HTML with personal data hidden, and how many pieces were.
pub(super) fn mask(html: &str) -> (String, usize) {
    let (mut out, mut hidden, mut rest) = (String::with_capacity(html.len()), 0, html);
    // Words of the block so far: a contact may be named in the cell or emphasis before its number.
    let mut said = String::new();
    while !rest.is_empty() {
        if rest.starts_with('<') {
            let end = rest.find('>').map_or(rest.len(), |at| at + 1);
            let (tag, after) = rest.split_at(end);
            if ["</p", "</tr", "</li", "<br", "</h"].iter().any(|block| tag.starts_with(block)) {
                said.clear();
            }
            out.push_str(tag);
            rest = after;
            continue;
        }
        let end = rest.find('<').unwrap_or(rest.len());
        let (words, after) = rest.split_at(end);
        let before = said.len();
        said.push_str(words);
        let mut shown = 0;
        for hit in mask::find(words) {
            let place = before + hit.range.start;
            if is_contact(hit.kind, said.get(..place).unwrap_or_default()) {
                continue;
            }
            out.push_str(words.get(shown..hit.range.start).unwrap_or_default());
            out.push_str(&hit.masked);
            shown = hit.range.end;
            hidden += 1;
        }
        out.push_str(words.get(shown..).unwrap_or_default());
        rest = after;
    }
    (out, hidden)
}

/// Whether a number is one by which an office is reached.
fn is_contact(kind: Kind, before: &str) -> bool {
    let near: String = before.chars().rev().take(BEFORE).collect::<Vec<_>>().into_iter().rev().collect();
    let named = CONTACTS.iter().any(|word| near.contains(word)) && !PERSONS.iter().any(|word| before.contains(word));
    match kind {
        // A landline belongs to an office unless a person is named.
        Kind::Landline => !PERSONS.iter().any(|word| before.contains(word)),
        Kind::Mobile | Kind::Email => named,
        Kind::IdNumber | Kind::BankCard | Kind::Plate | Kind::Passport => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn persons_are_hidden_and_offices_stay_reachable() {
        let (html, hidden) =
            mask("<p>监督电话：13800000000，<b>申某甲</b>，身份证号11010119900307109X。</p><p>申某甲 13900000000</p>");
        assert!(html.contains("13800000000") && !html.contains("11010119900307"), "{html}");
        assert!(!html.contains("13900000000"), "{html}");
        assert_eq!(hidden, 2);
        let (html, hidden) = mask("<p>申请人申某甲联系电话13900000000</p>");
        assert!(!html.contains("13900000000") && hidden == 1, "{html}");
    }
}
