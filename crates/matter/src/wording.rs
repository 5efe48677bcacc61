//! Outlines and common phrases for replies, `rulebook/texts/reply/`: what an officer may put into a
//! text and then write on. They decide nothing.

use law::RuleFault;
use serde::Deserialize;

use crate::check::unreadable;
use crate::procedure::Procedure;

/// The wordings for replies of one procedure.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wordings {
    /// Id of the procedure, whatever its version.
    pub procedure: String,
    /// Outlines: a name and a text to write on.
    #[serde(default, rename = "outline")]
    pub outlines: Vec<Wording>,
    /// Sentences often used.
    #[serde(default, rename = "phrase")]
    pub phrases: Vec<Wording>,
}

/// One wording.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// Name of an outline; phrases have none.
    #[serde(default)]
    pub label: String,
    /// The text.
    pub text: String,
    /// Categories in which it is offered; absent: in all.
    #[serde(default)]
    pub categories: Vec<String>,
    /// Decisions with which it is offered; absent: with all.
    #[serde(default)]
    pub decisions: Vec<String>,
}

impl Wording {
    /// Whether it is offered in this category with this decision.
    pub fn suits(&self, category: Option<&str>, decision: Option<&str>) -> bool {
        let among = |list: &[String], one: Option<&str>| {
            list.is_empty() || one.is_some_and(|one| list.iter().any(|known| known == one))
        };
        among(&self.categories, category) && among(&self.decisions, decision)
    }
}

/// Reads a file of wordings.
///
/// # Errors
/// Where and why the text is not one.
#[expect(clippy::result_large_err, reason = "files are parsed once, and a fault is shown as it is")]
pub fn parse(file: &str, text: &str) -> Result<Wordings, RuleFault> {
    toml::from_str(text).map_err(|why| unreadable(file, text, &why))
}

/// What a file of wordings names that no procedure knows, and what has no words.
pub fn check(file: &str, text: &str, wordings: &Wordings, procedures: &[&Procedure]) -> Vec<RuleFault> {
    let own: Vec<&Procedure> = procedures.iter().copied().filter(|one| one.id == wordings.procedure).collect();
    let mut faults = Vec::new();
    let mut add = |name: &str, rule: &str, error: String| {
        let line = text.lines().position(|line| line.contains(&format!("\"{name}\""))).map(|at| at + 1);
        let (file, name, rule) = (file.to_owned(), name.to_owned(), rule.to_owned());
        faults.push(RuleFault { file, line, path: name.clone(), name, rule, error });
    };
    if own.is_empty() {
        add(&wordings.procedure, "unknown name", format!("没有规程“{}”", wordings.procedure));
        return faults;
    }
    for wording in wordings.outlines.iter().chain(&wordings.phrases) {
        for name in wording.categories.iter().filter(|name| own.iter().all(|one| one.category(name).is_none())) {
            add(name, "unknown name", format!("categories中的“{name}”没有定义"));
        }
        for name in wording.decisions.iter().filter(|name| own.iter().all(|one| one.decision(name).is_none())) {
            add(name, "unknown name", format!("decisions中的“{name}”没有定义"));
        }
        if wording.text.trim().is_empty() {
            add(&wording.label, "words", "没有写文字".to_owned());
        }
    }
    if wordings.outlines.iter().any(|one| one.label.trim().is_empty()) {
        add("outline", "words", "提纲没有名称".to_owned());
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "procedure = \"p\"\n[[outline]]\nlabel = \"一般\"\ntext = \"您好\"\n[[phrase]]\ntext = \"属实\"\ncategories = [\"a\"]\n";
    const RULE: &str = "id = \"p\"\nversion = \"1\"\nvalid_from = \"2000-01-01\"\nlabel = \"样例\"\nbasis = \"样例\"\ncategory = [{ id = \"a\", label = \"甲\" }]\nstate = [{ id = \"s\", label = \"在办\", phase = \"open\", party = \"在办\" }]\nstep = []\n";

    #[test]
    fn wordings_are_offered_where_they_say_and_unknown_names_are_found() {
        let read = parse("x.toml", FILE).expect("reads");
        let rule = Procedure::parse("p.toml", RULE).expect("reads");
        assert!(check("x.toml", FILE, &read, &[&rule]).is_empty());
        assert!(read.outlines[0].suits(None, None) && read.outlines[0].suits(Some("b"), Some("A1")));
        assert!(read.phrases[0].suits(Some("a"), None));
        assert!(!read.phrases[0].suits(Some("b"), None) && !read.phrases[0].suits(None, None));
        let wrong = FILE.replace("\"a\"", "\"z\"");
        let faults = check("x.toml", &wrong, &parse("x.toml", &wrong).expect("reads"), &[&rule]);
        assert_eq!((faults.len(), faults[0].line), (1, Some(7)), "{faults:?}");
        assert_eq!(check("x.toml", FILE, &read, &[]).len(), 1, "no such procedure");
        assert!(parse("x.toml", "procedure = 1").is_err());
    }
}
