//! A page as it was served: where its proof is, and whether it shows what was published.

use publication::log::{Change, changes};
use serde_json::Value;

/// A text of so many Chinese characters is shown whole on its page; shorter ones may be codes.
const LONG: usize = 20;

/// The address of the proof that a page links to.
pub fn proof(html: &str) -> Option<String> {
    let (_, rest) = html.split_once("href=\"/log/proof/")?;
    let id = rest.split(['"', '?']).next().filter(|id| id.bytes().all(|byte| byte.is_ascii_alphanumeric()))?;
    Some(format!("/log/proof/{id}"))
}

/// Texts of an edition that its page does not show: the title, and every long text.
pub fn missing(html: &str, canonical: &str) -> Vec<Change> {
    let shown = plain(html);
    let Ok(edition) = serde_json::from_str::<Value>(canonical) else { return changes(canonical, "") };
    let mut texts = Vec::new();
    gather("", &edition, &mut texts);
    let wanted =
        texts.into_iter().filter(|(path, text)| path == "title" || text.chars().filter(|c| han(*c)).count() >= LONG);
    let absent = wanted.filter(|(_, text)| !shown.contains(&plain(text)));
    absent
        .map(|(field, text)| Change { field, published: text.chars().take(60).collect(), now: String::new() })
        .collect()
}

fn gather(path: &str, value: &Value, texts: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => texts.push((path.to_owned(), text.clone())),
        Value::Object(members) => {
            for (name, value) in members {
                gather(&if path.is_empty() { name.clone() } else { format!("{path}.{name}") }, value, texts);
            }
        }
        _ => {}
    }
}

fn han(c: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&c)
}

/// The text without tags, entities and blanks.
fn plain(html: &str) -> String {
    let (mut text, mut inside) = (String::new(), false);
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            c if !inside => text.push(c),
            _ => {}
        }
    }
    let entities = [
        ("&lt;", "<"),
        ("&#60;", "<"),
        ("&gt;", ">"),
        ("&#62;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ];
    let text = entities.iter().fold(text, |text, (entity, sign)| text.replace(entity, sign));
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANONICAL: &str = r#"{"title":"路灯 & 井盖","fields":{"category":"complaint","reply":"接到来信后，我科已于当日派人到现场查看并修好了路灯。\n感谢来信。"}}"#;

    #[test]
    fn a_page_shows_what_was_published_or_the_field_is_named() {
        let page = "<h1>路灯 &#38; 井盖</h1><p class=\"x\">接到来信后，我科已于当日派人到现场查看并修好了路灯。<br>\n感谢来信。</p>";
        assert_eq!(missing(page, CANONICAL), []);
        let altered = missing(&page.replace("修好", "检查"), CANONICAL);
        assert_eq!(altered.iter().map(|change| change.field.as_str()).collect::<Vec<_>>(), ["fields.reply"]);
        assert_eq!(missing("<h1>别的</h1>", CANONICAL).len(), 2);
    }

    #[test]
    fn the_proof_of_a_page_is_found() {
        assert_eq!(proof("<a href=\"/log/proof/abc123\" download>").as_deref(), Some("/log/proof/abc123"));
        assert_eq!(proof("<a href=\"/log/proof/../x\">"), None);
        assert_eq!(proof("<p>"), None);
    }
}
