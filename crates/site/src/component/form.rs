//! Parts of forms: fields, choices, the summary of what is wrong, the steps of a form.

use super::{Text, safe_html};
use askama::Template;

/// What a [`Field`] lets a person enter.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Input {
    /// One line of text.
    #[default]
    Text,
    /// One line of a given HTML type: `tel`, `email`, `password`, `search`, `date`.
    Typed(&'static str),
    /// Several lines, shown with this many rows.
    Area(u8),
    /// Text with headings and tables, shown with this many rows; the desk's script makes an editor of it.
    Rich(u8),
    /// One of a list.
    Select(Vec<Choice>),
    /// Files, with the `accept` list.
    Files(&'static str),
}

/// How wide a field looks; a hint of how much is expected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Width {
    /// About twelve characters: a code, a date.
    Short,
    /// About twenty characters: a name, a telephone number.
    Middle,
    /// A line.
    #[default]
    Line,
    /// As wide as the text column.
    Full,
}

/// One labelled input with its hint and its error.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/field.html")]
pub struct Field {
    /// Name in the form and id on the page.
    pub name: Text,
    /// The question, in words.
    pub label: Text,
    /// One sentence of help, or empty.
    pub hint: Text,
    /// What is wrong with the value, or empty.
    pub error: Text,
    /// Mark after the label such as 选填, or empty.
    pub optional: Text,
    /// What stands in the field; typed text is given back as it was.
    pub value: String,
    /// Sort of input.
    pub input: Input,
    /// Visible width.
    pub width: Width,
    /// Value of the HTML attribute `autocomplete`, or empty.
    pub autocomplete: &'static str,
    /// Value of the HTML attribute `inputmode`, or empty.
    pub inputmode: &'static str,
    /// Most characters that are taken; the script counts down.
    pub max: Option<u32>,
    /// The field belongs closely to the one above.
    pub close: bool,
    /// Path that the script asks for similar published replies while typing, or empty.
    pub suggest: Text,
}

impl Field {
    /// A field of one line.
    pub fn new(name: impl Into<Text>, label: impl Into<Text>, value: impl Into<String>) -> Self {
        Self { name: name.into(), label: label.into(), value: value.into(), ..Self::default() }
    }
    /// With one sentence of help.
    pub fn hint(mut self, hint: impl Into<Text>) -> Self {
        self.hint = hint.into();
        self
    }
    /// With what is wrong; an empty text means nothing is.
    pub fn error(mut self, error: impl Into<Text>) -> Self {
        self.error = error.into();
        self
    }
    /// Marked （选填）.
    pub fn optional(mut self) -> Self {
        self.optional = "选填".into();
        self
    }
    /// With another sort of input.
    pub fn input(mut self, input: Input) -> Self {
        self.input = input;
        self
    }
    /// With a visible width.
    pub fn width(mut self, width: Width) -> Self {
        self.width = width;
        self
    }
    /// With the browser's `autocomplete` word.
    pub fn autocomplete(mut self, word: &'static str) -> Self {
        self.autocomplete = word;
        self
    }
    /// With a digit keypad on phones.
    pub fn digits(mut self) -> Self {
        self.inputmode = "numeric";
        self
    }
    /// With a greatest number of characters.
    pub fn max(mut self, characters: u32) -> Self {
        self.max = Some(characters);
        self
    }
    /// Set close to the field above.
    pub fn close(mut self) -> Self {
        self.close = true;
        self
    }
    /// Ids of hint and error for `aria-describedby`.
    fn described_by(&self) -> String {
        described_by(&self.name, &self.hint, &self.error)
    }
    /// Class of the visible width.
    fn width_class(&self) -> &'static str {
        match self.width {
            Width::Short => "w10",
            Width::Middle => "w20",
            Width::Line => "w30",
            Width::Full => "w40",
        }
    }
}

/// One option of [`Choices`] or of a select.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// Value sent.
    pub value: Text,
    /// The option in words.
    pub label: Text,
    /// One line of explanation, or empty.
    pub note: Text,
    /// Chosen now.
    pub checked: bool,
}

impl Choice {
    /// An option that is not chosen.
    pub fn new(value: impl Into<Text>, label: impl Into<Text>) -> Self {
        Self { value: value.into(), label: label.into(), ..Self::default() }
    }
    /// With one line of explanation.
    pub fn note(mut self, note: impl Into<Text>) -> Self {
        self.note = note.into();
        self
    }
    /// Chosen when its value equals `value`.
    pub fn chosen_if(mut self, value: &str) -> Self {
        self.checked = self.value == value;
        self
    }
}

/// Radio buttons or check boxes under one question.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/choices.html")]
pub struct Choices {
    /// Name in the form; the first option carries it as id.
    pub name: Text,
    /// The question.
    pub legend: Text,
    /// One sentence of help, or empty.
    pub hint: Text,
    /// What is wrong, or empty.
    pub error: Text,
    /// Mark after the question, or empty.
    pub optional: Text,
    /// Several may be chosen.
    pub many: bool,
    /// Large buttons side by side, for one-tap answers.
    pub large: bool,
    /// The options, in order.
    pub options: Vec<Choice>,
}

impl Choices {
    /// Radio buttons.
    pub fn one(name: impl Into<Text>, legend: impl Into<Text>, options: Vec<Choice>) -> Self {
        Self { name: name.into(), legend: legend.into(), options, ..Self::default() }
    }
    /// Check boxes.
    pub fn many(name: impl Into<Text>, legend: impl Into<Text>, options: Vec<Choice>) -> Self {
        Self { many: true, ..Self::one(name, legend, options) }
    }
    /// With one sentence of help.
    pub fn hint(mut self, hint: impl Into<Text>) -> Self {
        self.hint = hint.into();
        self
    }
    /// With what is wrong; an empty text means nothing is.
    pub fn error(mut self, error: impl Into<Text>) -> Self {
        self.error = error.into();
        self
    }
    /// Id of option number `index`.
    fn id(&self, index: &usize) -> String {
        if *index == 0 { self.name.to_string() } else { format!("{}-{index}", self.name) }
    }
    fn described_by(&self) -> String {
        described_by(&self.name, &self.hint, &self.error)
    }
}

fn described_by(name: &str, hint: &str, error: &str) -> String {
    let part = |present: bool, tail| present.then(|| format!("{name}-{tail}"));
    let ids = [part(!hint.is_empty(), "hint"), part(!error.is_empty(), "error")];
    ids.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// Fields that answer one question together.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/group.html")]
pub struct Group {
    /// Name that an error of the whole group points to.
    pub name: Text,
    /// The question.
    pub legend: Text,
    /// One sentence of help, or empty.
    pub hint: Text,
    /// What is wrong with the answer as a whole, or empty.
    pub error: Text,
    /// The fields.
    pub fields: Vec<Field>,
}

impl Group {
    fn described_by(&self) -> String {
        described_by(&self.name, &self.hint, &self.error)
    }
}

/// One thing to correct.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Name of the field it stands at, or the address of the page where it is put right.
    pub field: Text,
    /// What is wrong and what to do.
    pub text: Text,
}

impl Problem {
    /// Where it can be put right: a field of this page, or the address of another.
    fn href(&self) -> String {
        let mark = if self.field.starts_with('/') { "" } else { "#" };
        format!("{mark}{}", self.field)
    }
}

/// The list of what is wrong, above a form that was sent.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/errors.html")]
pub struct ErrorSummary {
    /// In the order of the fields.
    pub problems: Vec<Problem>,
}

impl ErrorSummary {
    /// The sentence for field `name`, or an empty text.
    pub fn at(&self, name: &str) -> Text {
        self.problems.iter().find(|p| p.field == name).map_or(Text::default(), |p| p.text.clone())
    }
    /// Adds a problem at field `name`.
    pub fn add(&mut self, name: impl Into<Text>, text: impl Into<Text>) {
        self.problems.push(Problem { field: name.into(), text: text.into() });
    }
    /// Nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }
}

/// Hidden fields that every form carries.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/guard.html")]
pub struct Guard {
    /// Token against forged requests.
    pub csrf: String,
    /// Key that makes sending twice the same as sending once, or empty.
    pub key: String,
    /// Further names and values.
    pub more: Vec<(&'static str, String)>,
}

/// Where a person stands in a form of several pages.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/steps.html")]
pub struct Steps {
    /// What the form is for.
    pub flow: Text,
    /// Heading of this page.
    pub title: Text,
    /// Names of the pages.
    pub names: Vec<Text>,
    /// Number of this page, from 1.
    pub current: usize,
}

safe_html!(Field, Choices, ErrorSummary, Guard, Group, Steps);
