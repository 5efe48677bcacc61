//! The shape of a rulebook file of law, as it is written in TOML.

use jiff::civil::Date;
use serde::Deserialize;
use toml::Spanned;

use crate::limit::{Class, Extension, PauseKind, Side, Sort, Source, Unit};
use crate::lunar::Feast;
use crate::rules::CountingRule;

/// Any file of `rulebook/law/`: its tables say what it is about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct File {
    /// Key of the body whose own rules these are.
    #[serde(default)]
    pub body: String,
    /// The year a calendar file is for.
    pub year: Option<Spanned<i16>>,
    #[serde(default)]
    pub notice: Vec<NoticeEntry>,
    #[serde(default)]
    pub statute: Vec<Spanned<StatuteEntry>>,
    #[serde(default)]
    pub counting: Vec<CountingRule>,
    #[serde(default)]
    pub limit: Vec<LimitEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoticeEntry {
    pub title: String,
    pub number: Option<String>,
    pub issued: Option<Date>,
    pub days: Vec<Spanned<NoticeDays>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoticeDays {
    pub label: String,
    /// `2026-10-01` or `2026-10-01..2026-10-07`.
    pub rest: Option<String>,
    #[serde(default)]
    pub work: Vec<Date>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatuteEntry {
    pub from: Date,
    pub article: String,
    pub days: Vec<StatutoryEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatutoryEntry {
    pub label: String,
    /// `MM-DD` of the solar year.
    pub on: Option<String>,
    pub feast: Option<Feast>,
    #[serde(default)]
    pub offset: i8,
    pub days: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitEntry {
    pub id: Spanned<String>,
    pub name: String,
    pub start: String,
    pub mark: String,
    #[serde(default)]
    pub sort: Sort,
    #[serde(default, rename = "for")]
    pub side: Side,
    pub value: Vec<Spanned<ValueEntry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ValueEntry {
    pub from: Date,
    pub until: Option<Date>,
    #[serde(default)]
    pub amount: u32,
    pub unit: Unit,
    pub on: Option<String>,
    #[serde(default)]
    pub roll: Roll,
    pub article: String,
    #[serde(default)]
    pub start_article: String,
    pub version: String,
    #[serde(default)]
    pub classes: Vec<Class>,
    pub extension: Option<Extension>,
    #[serde(default)]
    pub pauses: Vec<PauseKind>,
    pub checked: Date,
    #[serde(default)]
    pub source: Source,
    #[serde(default)]
    pub note: String,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Roll {
    Next,
    #[default]
    None,
}
