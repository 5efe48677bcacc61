//! 文书: official letters rendered from the templates of `rulebook/papers/` in strict mode, so that
//! a letter with a hole never leaves the house.

use std::collections::BTreeMap;

use law::{Date, RuleFault};
use matter::Procedure;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
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

/// SHA-256 (hex) of a template with the sheet and the opening it builds on; pinned in the event that issues a letter.
pub fn template_hash(files: &RuleFiles, template: &str) -> String {
    let mut hasher = Sha256::new();
    for name in [template, "letter", "foi-opening"] {
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
    let mut environment = strict();
    let shape = |error: minijinja::Error| Fault::Shape(format!("paper {template}: {error:#}"));
    for (name, text) in files.below("papers") {
        environment.add_template(name, text).map_err(shape)?;
    }
    let found = environment.get_template(&path(template)).map_err(shape)?;
    found.render(minijinja::value::Serde(letter)).map_err(shape)
}

/// Whatever a template asks for must be there, and whatever was typed is text.
fn strict() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::Html);
    environment
}

fn path(template: &str) -> String {
    format!("papers/{template}.html")
}

/// Every template with every procedure that uses it: what cannot be read, asks for something that no
/// matter of the procedure has, or cannot be rendered. One that no procedure names (the common
/// sheet) is held against all elements there are.
pub fn check_papers<'a>(files: &RuleFiles, procedures: impl Iterator<Item = &'a Procedure> + Clone) -> Vec<RuleFault> {
    let (mut environment, mut faults, mut unrendered) = (strict(), Vec::new(), Vec::new());
    for (file, text) in files.below("papers") {
        if let Err(error) = environment.add_template_owned(file.to_owned(), text.to_owned()) {
            faults.push(broken(file, "", &error));
        }
    }
    if !faults.is_empty() {
        return faults;
    }
    let mut uses: Vec<(&str, &str, String, Letter)> = Vec::new();
    for (file, text) in files.below("papers") {
        let named = procedures.clone().filter(|one| one.papers.iter().any(|paper| path(&paper.template) == file));
        let before = uses.len();
        uses.extend(named.map(|one| (file, text, format!("{} {}", one.id, one.version), sample([one].into_iter()))));
        if uses.len() == before {
            uses.push((file, text, String::new(), sample(procedures.clone())));
        }
    }
    for (file, text, used_by, letter) in &uses {
        faults.extend(missing(&environment, file, text, used_by, letter));
    }
    // A name that is missing in the common sheet would only be told once more by each letter.
    for (file, _, used_by, letter) in uses.iter().filter(|_| faults.is_empty()) {
        let template = environment.get_template(file);
        let rendered = [sparse(letter), letter.clone()].map(|letter| match &template {
            Ok(template) => {
                template.render(minijinja::value::Serde(&letter)).err().map(|error| broken(file, used_by, &error))
            }
            Err(error) => Some(broken(file, used_by, error)),
        });
        unrendered.extend(rendered.into_iter().flatten().take(1));
    }
    faults.extend(unrendered);
    faults
}

/// What a template asks for that a letter does not have, each with its line.
fn missing(environment: &Environment<'_>, file: &str, text: &str, used_by: &str, letter: &Letter) -> Vec<RuleFault> {
    let known = serde_json::to_value(letter).unwrap_or_default();
    let asked = environment.get_template(file).map(|template| template.undeclared_variables(true));
    let mut asked: Vec<String> = asked.into_iter().flatten().collect();
    asked.sort_unstable();
    let there = |name: &String| {
        let pointer = format!("/{}", name.replace('.', "/"));
        known.pointer(&pointer).is_some() || environment.globals().any(|(global, _)| global == name)
    };
    asked.retain(|name| !there(name));
    let fault = |name: String| {
        let line = text.lines().position(|line| line.contains(&name)).map(|at| at + 1);
        let error =
            format!("没有名为“{name}”的内容：规程没有这个要素，文书也没有这一项。请核对名称，或者在规程中增加要素");
        fault(file, line, &name, used_by, error)
    };
    asked.into_iter().map(fault).collect()
}

fn fault(file: &str, line: Option<usize>, name: &str, used_by: &str, error: String) -> RuleFault {
    RuleFault {
        file: file.to_owned(),
        line,
        name: name.to_owned(),
        rule: "paper".to_owned(),
        path: used_by.to_owned(),
        error,
    }
}

/// What the engine found, at the file and line where it found it.
fn broken(file: &str, used_by: &str, error: &Error) -> RuleFault {
    let mut inner = error;
    while let Some(next) = std::error::Error::source(inner).and_then(|source| source.downcast_ref::<Error>()) {
        inner = next;
    }
    let what = match inner.kind() {
        ErrorKind::SyntaxError => "模板语法有误",
        ErrorKind::UndefinedError => "用到了没有的内容",
        ErrorKind::TemplateNotFound => "引用的模板不存在",
        ErrorKind::UnknownFilter | ErrorKind::UnknownFunction | ErrorKind::UnknownMethod | ErrorKind::UnknownTest => {
            "用到了没有的功能"
        }
        _ => "不能生成",
    };
    let detail = inner.detail().map(|detail| format!("（{detail}）")).unwrap_or_default();
    fault(inner.name().unwrap_or(file), inner.line(), "", used_by, format!("{what}{detail}。请改正模板"))
}

/// A letter of these procedures in which everything is filled in.
fn sample<'a>(procedures: impl Iterator<Item = &'a Procedure> + Clone) -> Letter {
    let elements = procedures.clone().flat_map(|one| &one.elements);
    let day = "2026年1月1日".to_owned();
    Letter {
        body: Letterhead {
            name: "某某机关".to_owned(),
            foi_office: "某某机关办公室".to_owned(),
            address: "某某路1号".to_owned(),
            postcode: "000000".to_owned(),
            phone: "00000000".to_owned(),
        },
        label: "告知书".to_owned(),
        number: "某公开告〔2026〕1号".to_owned(),
        date: day.clone(),
        matter_number: "SQ2026000001".to_owned(),
        filed_on: day.clone(),
        received_on: day.clone(),
        party: "申某甲".to_owned(),
        values: elements.map(|element| (element.id.clone(), format!("（{}）", element.label))).collect(),
        decision_label: "予以公开".to_owned(),
        decision_article: "《政府信息公开条例》第三十六条".to_owned(),
        due: procedures.flat_map(|one| &one.clocks).map(|clock| (clock.id.clone(), day.clone())).collect(),
        remedy: "如对本答复不服，可以依法申请行政复议。".to_owned(),
    }
}

/// The same with nothing in it that a letter may lack.
fn sparse(letter: &Letter) -> Letter {
    let none = |map: &BTreeMap<String, String>| map.keys().map(|key| (key.clone(), String::new())).collect();
    let Letter { label, number, date, matter_number, filed_on, .. } = letter.clone();
    let body = Letterhead { name: letter.body.name.clone(), ..Letterhead::default() };
    let (values, due) = (none(&letter.values), none(&letter.due));
    Letter { body, label, number, date, matter_number, filed_on, values, due, ..Letter::default() }
}
