//! 文书: official letters rendered from the templates of `rulebook/papers/` in strict mode, so that
//! a letter with a hole never leaves the house.

use std::collections::BTreeMap;

use law::Date;
use minijinja::{Environment, UndefinedBehavior};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::rulebook::RuleFiles;
use crate::store::Fault;

/// The body as a letter names it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Letterhead {
    /// Full name.
    pub name: String,
    /// Name of the office that handles disclosure, as it signs.
    pub foi_office: String,
    /// Postal address.
    pub address: String,
    /// Postcode.
    pub postcode: String,
    /// Telephone.
    pub phone: String,
}

/// What a letter may say. Everything is ready for print; values are the opened texts.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Letter {
    /// The body.
    pub body: Letterhead,
    /// Official name of the letter.
    pub label: String,
    /// 文号.
    pub number: String,
    /// 成文日期, as 2026年11月22日.
    pub date: String,
    /// 受理编号 of the matter.
    pub matter_number: String,
    /// Day of filing.
    pub filed_on: String,
    /// Day of receipt in law, where it has been fixed.
    pub received_on: String,
    /// Name of the party.
    pub party: String,
    /// Elements by id; absent ones are empty.
    pub values: BTreeMap<String, String>,
    /// Label and article of the decision.
    pub decision_label: String,
    /// Article of the decision.
    pub decision_article: String,
    /// Due dates by clock.
    pub due: BTreeMap<String, String>,
    /// What may be done against it; empty for none.
    pub remedy: String,
}

/// A date in running text: 2026年11月22日.
pub fn written(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// SHA-256 (hex) of a template with the sheet it extends; pinned in the event that issues a letter.
pub fn template_hash(files: &RuleFiles, template: &str) -> String {
    let mut hasher = Sha256::new();
    for name in [template, "letter"] {
        let text = files.0.get(&path(name)).map_or("", String::as_str);
        hasher.update(text.as_bytes());
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Renders a letter to HTML.
///
/// # Errors
/// [`Fault::Shape`] when the template is missing, broken, or asks for something that is not there.
pub fn render(files: &RuleFiles, template: &str, letter: &Letter) -> Result<String, Fault> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
    let shape = |error: minijinja::Error| Fault::Shape(format!("paper {template}: {error:#}"));
    for (name, text) in files.below("papers") {
        environment.add_template(name, text).map_err(shape)?;
    }
    let found = environment.get_template(&path(template)).map_err(shape)?;
    found.render(minijinja::value::Serde(letter)).map_err(shape)
}

fn path(template: &str) -> String {
    format!("papers/{template}.html")
}
