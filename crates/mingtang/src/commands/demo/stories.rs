//! The shape of the demo's stories (`demo/*.toml`).

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stories {
    #[serde(default, rename = "message")]
    pub messages: Vec<Message>,
    #[serde(default, rename = "application")]
    pub applications: Vec<Application>,
    #[serde(default, rename = "document")]
    pub documents: Vec<Document>,
    #[serde(default)]
    pub sent: Vec<Sent>,
}

/// A document that the body's OA sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sent {
    /// Name of its file.
    pub name: String,
    pub text: String,
    pub metadata: office::Metadata,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Message {
    pub category: String,
    pub title: String,
    pub text: String,
    pub name: String,
    pub phone: String,
    pub public: bool,
    pub unit: Option<String>,
    pub ago: u32,
    pub reply: Option<String>,
    pub rating: Option<String>,
    pub stage: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Application {
    pub channel: String,
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    pub ago: u32,
    pub unit: Option<String>,
    #[serde(default)]
    pub steps: Vec<Told>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    /// Name by which other documents point here.
    #[serde(default)]
    pub key: String,
    pub kind: String,
    pub title: String,
    pub unit: String,
    pub columns: String,
    pub ago: u32,
    pub stage: String,
    /// How a policy is interpreted: answers of the form.
    #[serde(default)]
    pub plan: BTreeMap<String, String>,
    /// The policy with which it is signed and published (三同步), which comes right after.
    #[serde(default)]
    pub with: String,
    #[serde(default)]
    pub clause: String,
    #[serde(default)]
    pub correction: String,
    #[serde(default)]
    pub withdrawal: String,
    /// The fields as a correction leaves them.
    #[serde(default)]
    pub corrected: BTreeMap<String, String>,
    /// The paper by which the decision was overturned after it was published.
    #[serde(default)]
    pub overturned: String,
    /// Why it is public in part only, and under which article; absent: it is public as it is.
    #[serde(default)]
    pub why: String,
    #[serde(default)]
    pub article: String,
    /// What is removed.
    #[serde(default)]
    pub reductions: Vec<BTreeMap<String, String>>,
    #[serde(default)]
    pub files: Vec<Paper>,
    /// The files that become public in place of those.
    #[serde(default)]
    pub public_files: Vec<Paper>,
    pub fields: BTreeMap<String, String>,
}

/// An attached text.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Paper {
    pub name: String,
    pub text: String,
}

/// A step of a story.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Told {
    /// Working days after the step before.
    #[serde(default)]
    pub after: u32,
    pub step: String,
    pub by: String,
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    /// Logins that approve it, in order.
    #[serde(default)]
    pub approve: Vec<String>,
}
