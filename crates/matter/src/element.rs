//! Elements (要素): what a matter asks and records, and reading what people submit into values.

use law::{Date, Moment};
use serde::{Deserialize, Serialize};

use crate::procedure::is_false;

/// An element of a procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Element {
    /// Id.
    pub id: String,
    /// Word that people read beside the field.
    pub label: String,
    /// What may stand in it.
    pub kind: Kind,
    /// The choices of a `code`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    /// Fewest characters, or the smallest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// Most characters, largest number, or most files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// Personal data: sealed, masked in lists. Absent: yes for everything that people type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal: Option<bool>,
    /// One line that helps to fill it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Article that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cite: Option<String>,
    /// Who may read it.
    #[serde(default)]
    pub audience: Audience,
    /// May become part of the published reply.
    #[serde(default, skip_serializing_if = "is_false")]
    pub published: bool,
    /// A way to reach the party.
    #[serde(default, skip_serializing_if = "is_false")]
    pub contact: bool,
    /// Where nothing is typed: the first words of this element, given with the same step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_words_of: Option<String>,
}

/// A choice of a `code` element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Code.
    pub id: String,
    /// Word that people read.
    pub label: String,
    /// Article that the choice rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cite: Option<String>,
}

/// Who may read an element besides the officers concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Officers only.
    Staff,
    /// The party too.
    #[default]
    Party,
    /// Everybody.
    Public,
}

/// What may stand in an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One line of text.
    Line,
    /// Text of several lines.
    Text,
    /// One of `options`.
    Code,
    /// A day.
    Date,
    /// A day and a time.
    Moment,
    /// A whole number.
    Number,
    /// Yes or no.
    Flag,
    /// A person's or an organisation's name.
    Name,
    /// A telephone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A number of an identity paper.
    IdNumber,
    /// A postal address.
    Address,
    /// One of the body's units (its id).
    Unit,
    /// One of the body's officers (its id).
    Officer,
    /// Another matter of the body that this one belongs to, as an interpretation to its policy (its id).
    Lead,
    /// Attached files (their ids).
    Files,
    /// Another body's name.
    BodyName,
    /// A kind of information (`rulebook/kinds/`): its code, which the office checks.
    InfoKind,
    /// Columns of the site (`rulebook/columns/`): their codes, separated by a space, which the office
    /// checks.
    Columns,
    /// The fields of a document, as canonical JSON; which fields there are is said by its kind of
    /// information (`rulebook/kinds/`).
    Document,
    /// What is removed from a document before it becomes public, as canonical JSON: passages, each with
    /// the kind of what is removed, one of `options`, whose `cite` is the article.
    Reductions,
}

impl Kind {
    /// Whether a person types it freely. Such a value is sealed beside the matter; the matter and
    /// its events hold only the keyed hash and the number of characters.
    pub const fn is_text(self) -> bool {
        matches!(
            self,
            Kind::Line
                | Kind::Text
                | Kind::Name
                | Kind::Phone
                | Kind::Email
                | Kind::IdNumber
                | Kind::Address
                | Kind::BodyName
                | Kind::Document
                | Kind::Reductions
        )
    }
}

impl Element {
    /// Whether the value is personal data; the default is yes for everything that people type.
    pub fn is_personal(&self) -> bool {
        self.personal.unwrap_or(self.kind.is_text())
    }
}

/// The value of an element as matters and events hold it: never typed text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Value {
    /// A code of the rulebook.
    #[serde(rename = "c")]
    Code(String),
    /// A legal date.
    #[serde(rename = "d")]
    Date(Date),
    /// An instant.
    #[serde(rename = "m")]
    Moment(Moment),
    /// A number.
    #[serde(rename = "n")]
    Number(i64),
    /// Yes or no.
    #[serde(rename = "b")]
    Flag(bool),
    /// Sealed text: its keyed hash and how many characters it has.
    #[serde(rename = "t")]
    Text(TextMark),
    /// Ids of attached files.
    #[serde(rename = "f")]
    Files(Vec<i64>),
    /// Id of a unit or an officer.
    #[serde(rename = "i")]
    Id(i64),
}

/// What stands for a text: nothing can be read from it without the key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TextMark {
    /// Keyed hash, hex, made by the office.
    #[serde(rename = "h")]
    pub hash: String,
    /// Number of characters.
    #[serde(rename = "n")]
    pub chars: u32,
}

impl Value {
    /// The code, if it is one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Value::Code(code) => Some(code),
            _ => None,
        }
    }

    /// The id of a unit or officer, if it is one.
    pub fn id(&self) -> Option<i64> {
        match self {
            Value::Id(id) => Some(*id),
            _ => None,
        }
    }

    /// Yes or no, if it is that.
    pub fn flag(&self) -> Option<bool> {
        match self {
            Value::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        match self {
            Value::Text(mark) => mark.chars == 0,
            Value::Files(files) => files.is_empty(),
            Value::Code(code) => code.is_empty(),
            _ => false,
        }
    }
}
