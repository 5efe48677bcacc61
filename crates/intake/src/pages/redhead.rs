//! The head of an official document as GB/T 9704-2012 sets it (7.2, 7.3.2): copy number, urgency, the mark
//! of the issuing organ, its signer, and to whom it is sent. A page shows its own head.

use super::head;

/// Words of urgency (7.2.3).
const URGENCY: [&str; 5] = ["特急", "加急", "特提", "平急", "急件"];
/// Lines among which a head stands.
const HEAD: usize = 12;
/// Characters of the longest line that names receivers.
const LONGEST: usize = 200;

fn squeezed(line: &str) -> String {
    line.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The organ whose mark a line is: 某某人民政府文件 (7.2.4).
fn mark(line: &str) -> Option<String> {
    let line = squeezed(line);
    head::organ(line.strip_suffix("文件")?)
}

/// The organ that the red head names.
pub(super) fn issuer(lines: &[&str]) -> Option<String> {
    lines.iter().take(HEAD).find_map(|line| mark(line))
}

/// Whether a line belongs to the head and not to the text: what a page shows in its own way or not at all.
pub(crate) fn is_head(line: &str) -> bool {
    let bare = squeezed(line);
    let copy = bare.trim_start_matches("份号：");
    let copy = (6..=7).contains(&copy.len()) && copy.bytes().all(|b| b.is_ascii_digit());
    let numbered = head::number(line).is_some() && bare.chars().count() < 60;
    copy || numbered || URGENCY.contains(&bare.as_str()) || bare.starts_with("签发人") || mark(line).is_some()
}

/// To whom the document is sent: the first line after the title, ended by a colon (7.3.2).
pub(super) fn addressee(title: &str, lines: &[&str]) -> Option<String> {
    let end = squeezed(title);
    let place = lines.iter().take(HEAD * 2).position(|line| {
        let line = squeezed(line);
        !line.is_empty() && end.ends_with(&line)
    })?;
    let next = lines.iter().skip(place + 1).find(|line| !is_head(line))?.trim();
    let named = next.strip_suffix(['：', ':'])?;
    let plain = !named.is_empty() && named.chars().count() <= LONGEST && !named.contains(['。', '；', '：']);
    plain.then(|| named.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [&str; 8] = [
        "000012",
        "特急",
        "明川市晴湾区人民政府文件",
        "晴政发〔2026〕8号　　　　签发人：申某甲",
        "关于整修听潮街的通知",
        "各镇人民政府，各街道办事处，区政府各部门：",
        "现将有关事项通知如下：",
        "明川市晴湾区人民政府",
    ];

    #[test]
    fn a_red_head_tells_issuer_and_receivers_and_is_no_text() {
        assert_eq!(issuer(&LINES).as_deref(), Some("明川市晴湾区人民政府"));
        assert!(LINES[..4].iter().all(|line| is_head(line)));
        assert!(!LINES[4..].iter().any(|line| is_head(line)));
        let sent = addressee("关于整修听潮街的通知", &LINES);
        assert_eq!(sent.as_deref(), Some("各镇人民政府，各街道办事处，区政府各部门"));
        assert_eq!(addressee("关于整修听潮街的通知", &LINES[4..5]), None);
    }
}
