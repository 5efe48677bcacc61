//! Static checks of procedures: names, citations, and every path through each machine.

mod clocks;
mod explore;
mod names;
mod outcomes;

use std::collections::{BTreeMap, BTreeSet};

use law::{Law, RuleFault};

use crate::procedure::Procedure;

/// A procedure with the file it stands in.
#[derive(Clone, Debug)]
pub struct Source<'a> {
    /// Path below `rulebook/`.
    pub file: &'a str,
    /// The file's text, in which lines are found.
    pub text: &'a str,
    /// The procedure.
    pub procedure: &'a Procedure,
}

/// What procedures may name outside themselves.
pub struct Surroundings<'a> {
    /// The law.
    pub law: &'a Law,
    /// Templates in `rulebook/papers/`, without extension.
    pub templates: &'a BTreeSet<String>,
}

/// Every fault of every procedure, in order of file and line.
pub fn check(sources: &[Source], around: &Surroundings) -> Vec<RuleFault> {
    let mut faults = Vec::new();
    for source in sources {
        let mut report = Report { source, faults: Vec::new() };
        names::check(&mut report, sources, around);
        if report.faults.is_empty() {
            // Paths through a machine whose names are wrong would only repeat those faults.
            explore::check(&mut report);
        }
        faults.append(&mut report.faults);
    }
    faults.extend(overlaps(sources));
    faults.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    faults
}

/// Gathers the faults of one file.
struct Report<'a> {
    source: &'a Source<'a>,
    faults: Vec<RuleFault>,
}

impl Report<'_> {
    /// Adds a fault of an entry, such as the step `reply`.
    fn add(&mut self, section: &str, name: &str, rule: &str, path: &str, error: String) {
        self.faults.push(RuleFault {
            file: self.source.file.to_owned(),
            line: line_of(self.source.text, section, name),
            name: name.to_owned(),
            rule: rule.to_owned(),
            path: path.to_owned(),
            error,
        });
    }
}

/// The line of an entry: where its id stands in its section, else the section's first line.
fn line_of(text: &str, section: &str, name: &str) -> Option<usize> {
    let table = format!("[[{section}]]");
    let array = format!("{section} = [");
    let ids = [format!("id = \"{name}\""), format!("code = \"{name}\"")];
    let (mut inside, mut first) = (section.is_empty(), None);
    for (number, line) in text.lines().enumerate() {
        let line = line.trim_start();
        if line.starts_with("[[") || (line.contains(" = [") && !line.starts_with('{') && inside_array(line)) {
            inside = line.starts_with(&table) || line.starts_with(&array);
            first = first.or(inside.then_some(number + 1));
        }
        if inside && ids.iter().any(|id| line.contains(id.as_str())) {
            return Some(number + 1);
        }
    }
    first
}

/// Whether a line opens an array of tables written over several lines at the top of a file.
fn inside_array(line: &str) -> bool {
    line.ends_with('[') && line.split_once(" = ").is_some_and(|(key, _)| SECTIONS.contains(&key))
}

const SECTIONS: [&str; 9] = ["category", "channel", "state", "element", "clock", "step", "paper", "decision", "child"];

/// Two versions of one procedure of one body that apply on the same day.
fn overlaps(sources: &[Source]) -> Vec<RuleFault> {
    let mut groups: BTreeMap<(&str, Option<&str>), Vec<&Source>> = BTreeMap::new();
    for source in sources {
        let key = (source.procedure.id.as_str(), source.procedure.body.as_deref());
        groups.entry(key).or_default().push(source);
    }
    let mut faults = Vec::new();
    for group in groups.values_mut() {
        group.sort_by_key(|source| source.procedure.valid_from);
        for pair in group.windows(2) {
            let [earlier, later] = pair else { continue };
            let from = later.procedure.valid_from;
            if earlier.procedure.valid_to.is_none_or(|last| last >= from) {
                faults.push(RuleFault {
                    file: earlier.file.to_owned(),
                    line: line_of(earlier.text, "", &earlier.procedure.id),
                    name: earlier.procedure.id.clone(),
                    rule: "versions".to_owned(),
                    path: format!("{} → {}", earlier.procedure.version, later.procedure.version),
                    error: format!("与{}的版本{}都适用于{from}，请写明valid_to", later.file, later.procedure.version),
                });
            }
        }
    }
    faults
}

/// A file that cannot be read.
pub(crate) fn unreadable(file: &str, text: &str, why: &toml::de::Error) -> RuleFault {
    let before = why.span().and_then(|span| text.get(..span.start));
    RuleFault {
        file: file.to_owned(),
        line: before.map(|before| before.matches('\n').count() + 1),
        name: String::new(),
        rule: "form".to_owned(),
        path: String::new(),
        error: format!("写法不合这类文件的格式：{}", why.message()),
    }
}
