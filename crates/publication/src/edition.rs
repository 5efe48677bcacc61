//! 公开版本: an immutable, hashed text. A correction is a new edition; nothing is ever altered.

use std::collections::BTreeMap;

use law::Moment;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Attribute, Reduced};

/// What a person decided to make public. Becomes an [`Edition`] only by [`Draft::publish`].
#[derive(Clone, Debug)]
pub struct Draft {
    /// The kind of information (信息类型), an id of the rulebook.
    pub kind: String,
    /// The title shown to everybody.
    pub title: String,
    /// The fields of the kind, already free of personal data.
    pub fields: BTreeMap<String, String>,
    /// The disclosure attribute.
    pub attribute: Attribute,
    /// Attachments, in order.
    pub files: Vec<Attachment>,
    /// What it corrects, if it is not the first edition.
    pub corrects: Option<Correction>,
    /// What was removed from it: with the attribute 删减后公开, and only then.
    pub reduced: Option<Reduced>,
    /// Officers who approved the publication; an edition without an approval cannot exist.
    pub approved_by: Vec<i64>,
}

/// A file of an edition. The bytes are part of what is published: their hash is in the edition's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Name shown and used for download.
    pub name: String,
    /// Media type.
    pub media: String,
    /// Size in bytes.
    pub size: i64,
    /// SHA-256 of the bytes, hex.
    pub sha256: String,
}

/// What a later edition says of the one before it (practice P2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// SHA-256 of the edition before, hex.
    pub previous: String,
    /// Why it was corrected, for everybody.
    pub reason: String,
}

/// A published text as it was published. Field order is the canonical order of the JSON that is
/// hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// The kind of information.
    pub kind: String,
    /// The title.
    pub title: String,
    /// The disclosure attribute.
    pub attribute: Attribute,
    /// When it was published, in milliseconds UTC.
    pub published_at: Moment,
    /// The fields of the kind.
    pub fields: BTreeMap<String, String>,
    /// Attachments, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<Attachment>,
    /// What it corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<Correction>,
    /// What was removed from it (删减后公开).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reduced: Option<Reduced>,
}

/// Why a draft may not become public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The attribute says that it is not public.
    NotPublic,
    /// Nobody approved it.
    NotApproved,
    /// There is nothing to publish.
    Empty,
    /// 删减后公开 without a removal, or a removal without 删减后公开.
    NotAsReduced,
}

impl Fault {
    /// The sentence shown to the officer.
    pub const fn sentence(self) -> &'static str {
        match self {
            Fault::NotPublic => "公开属性不是主动公开或删减后公开，不能发布；请先完成公开属性审查。",
            Fault::NotApproved => "尚未经审批，不能发布；请先送审。",
            Fault::NotAsReduced => "公开属性和删减清单不一致，不能发布；删减后公开的要有删减，主动公开的没有删减。",
            Fault::Empty => "标题或内容为空，不能发布；请补充后再提交。",
        }
    }
}

impl Draft {
    /// Makes the edition. The caller stores [`Edition::canonical`] and never alters it.
    pub fn publish(self, at: Moment) -> Result<Edition, Fault> {
        if !self.attribute.is_public() {
            return Err(Fault::NotPublic);
        }
        if self.approved_by.is_empty() {
            return Err(Fault::NotApproved);
        }
        let removed = self.reduced.as_ref().is_some_and(|reduced| reduced.removed.iter().any(|one| one.count > 0));
        if removed != (self.attribute == Attribute::Reduced) || self.reduced.is_some() != removed {
            return Err(Fault::NotAsReduced);
        }
        let blank = self.fields.values().all(|text| text.trim().is_empty()) && self.files.is_empty();
        if self.title.trim().is_empty() || blank {
            return Err(Fault::Empty);
        }
        Ok(self.shown(at))
    }

    /// As it would stand if it were published now: for previews and checks, never to be stored.
    pub fn shown(self, at: Moment) -> Edition {
        Edition {
            kind: self.kind,
            title: self.title,
            attribute: self.attribute,
            published_at: at,
            fields: self.fields,
            files: self.files,
            corrects: self.corrects,
            reduced: self.reduced,
        }
    }
}

impl Edition {
    /// The bytes that are stored and hashed.
    pub fn canonical(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// SHA-256 of [`Edition::canonical`], in hex.
    pub fn hash(&self) -> String {
        hex(&Sha256::digest(self.canonical().as_bytes()))
    }
}

/// The salted commitment that enters the log in place of the content: with the salt destroyed it
/// says nothing about what was published.
pub fn commitment(salt: &[u8; 32], canonical: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(canonical.as_bytes());
    hex(&hasher.finalize())
}

/// SHA-256 in hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> Draft {
        Draft {
            kind: "reply".into(),
            title: "路灯何时修好".into(),
            fields: BTreeMap::from([("reply".to_owned(), "已安排维修。".to_owned())]),
            attribute: Attribute::Proactive,
            files: Vec::new(),
            corrects: None,
            reduced: None,
            approved_by: vec![3],
        }
    }

    #[test]
    fn nothing_becomes_public_without_attribute_approval_and_text() {
        let at = Moment::from_millis(0);
        let withheld = Draft { attribute: Attribute::OnApplication, ..draft() };
        assert_eq!(withheld.publish(at), Err(Fault::NotPublic));
        let unapproved = Draft { approved_by: vec![], ..draft() };
        assert_eq!(unapproved.publish(at), Err(Fault::NotApproved));
        let empty = Draft { fields: BTreeMap::new(), ..draft() };
        assert_eq!(empty.publish(at), Err(Fault::Empty));
        assert!(draft().publish(at).is_ok());
        let removed = |count| {
            let removed =
                vec![crate::Removed { kind: "个人隐私".into(), article: "条例第十五条".into(), count }];
            Some(Reduced { basis: String::new(), original: String::new(), removed })
        };
        for (attribute, reduced, fits) in [
            (Attribute::Reduced, None, false),
            (Attribute::Reduced, removed(0), false),
            (Attribute::Reduced, removed(1), true),
            (Attribute::Proactive, removed(1), false),
        ] {
            let draft = Draft { attribute, reduced, ..draft() };
            assert_eq!(draft.publish(at).is_ok(), fits, "{attribute:?}");
        }
    }

    #[test]
    fn one_changed_character_changes_hash_and_commitment() {
        let at = Moment::from_millis(1);
        let one = draft().publish(at).unwrap();
        let mut other = one.clone();
        other.fields.insert("reply".into(), "已安排维修！".into());
        assert_ne!(one.hash(), other.hash());
        let salt = [7; 32];
        assert_ne!(commitment(&salt, &one.canonical()), commitment(&salt, &other.canonical()));
        assert_ne!(commitment(&salt, &one.canonical()), commitment(&[8; 32], &one.canonical()));
        let stored: Edition = serde_json::from_str(&one.canonical()).unwrap();
        assert_eq!(stored.hash(), one.hash());
    }
}
