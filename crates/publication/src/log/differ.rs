//! What was changed in a published text, field by field.

use std::collections::BTreeMap;

use serde_json::Value;

/// A field that is not what was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which field, such as `title` or `fields.reply`; empty for the text as a whole.
    pub field: String,
    /// What was published around the first difference.
    pub published: String,
    /// What stands there now.
    pub now: String,
}

/// Characters shown on either side of the first difference.
const AROUND: usize = 12;

/// The fields in which `now` differs from what was `published`, in the order of their names.
pub fn changes(published: &str, now: &str) -> Vec<Change> {
    if published == now {
        return Vec::new();
    }
    let (before, after) = (fields(published), fields(now));
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    let text = |all: &BTreeMap<String, String>, name: &String| all.get(name).cloned().unwrap_or_default();
    let mut found: Vec<Change> = names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name))
        .map(|name| change(name, &text(&before, name), &text(&after, name)))
        .collect();
    // The fields are the same, but not the order or the writing of the whole.
    if found.is_empty() {
        found.push(change("", published, now));
    }
    found
}

/// The values of a JSON text by their paths; a text that is no JSON is one value.
fn fields(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    match serde_json::from_str(text) {
        Ok(value) => gather("", &value, &mut found),
        Err(_) => drop(found.insert(String::new(), text.to_owned())),
    }
    found
}

fn gather(path: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    let under = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, value)| gather(&under(name), value, found)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(place, value)| gather(&under(&place.to_string()), value, found))
        }
        Value::String(text) => drop(found.insert(path.to_owned(), text.clone())),
        other => drop(found.insert(path.to_owned(), other.to_string())),
    }
}

/// A field with its surroundings at the first difference.
fn change(field: &str, published: &str, now: &str) -> Change {
    let same = published.chars().zip(now.chars()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| -> String {
        let from = same.saturating_sub(AROUND);
        let shown: String = text.chars().skip(from).take(AROUND * 2).collect();
        let more = text.chars().count() > from + AROUND * 2;
        format!("{}{shown}{}", if from > 0 { "…" } else { "" }, if more { "…" } else { "" })
    };
    Change { field: field.to_owned(), published: around(published), now: around(now) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_fields_are_named_with_what_stood_there() {
        let before = r#"{"title":"路灯何时修好","fields":{"reply":"已安排维修。","unit":"市政设施科"},"at":1}"#;
        let found = changes(before, &before.replace("已安排", "未安排"));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].field.as_str(), found[0].published.as_str()), ("fields.reply", "已安排维修。"));
        assert_eq!(found[0].now, "未安排维修。");
        let removed = changes(before, &before.replace(r#","unit":"市政设施科""#, ""));
        assert_eq!((removed[0].field.as_str(), removed[0].now.as_str()), ("fields.unit", ""));
        assert_eq!(changes(before, before), []);
        assert_eq!(changes(before, &before.replace(":1}", ": 1}"))[0].field, "");
        assert_eq!(changes(before, "{")[0].now, "{");
        let long = "甲".repeat(100);
        let found = changes(&format!("\"{long}\""), &format!("\"{long}乙\""));
        assert_eq!((found[0].published.chars().count(), found[0].now.chars().count()), (13, 14));
    }
}
