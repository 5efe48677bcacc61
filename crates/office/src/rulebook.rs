//! The rulebook: the files of `rulebook/`, built in or laid over by a directory, parsed once.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use law::{Date, Law, RuleFault};
use matter::Procedure;
use matter::wording::{self, Wordings};
use publication::catalogue::Catalogue;
use publication::{Columns, Kind};
use sha2::{Digest, Sha256};

use crate::inspect;

#[derive(rust_embed::RustEmbed)]
#[folder = "../../rulebook"]
struct BuiltIn;

/// The files of a rulebook before they are parsed: path below `rulebook/` and text.
#[derive(Clone, Debug, Default)]
pub struct RuleFiles(pub BTreeMap<String, String>);

impl RuleFiles {
    /// The files that the program carries.
    pub fn built_in() -> RuleFiles {
        let read = |path: std::borrow::Cow<'static, str>| {
            let file = BuiltIn::get(&path)?;
            let text = String::from_utf8(file.data.into_owned()).ok()?;
            Some((path.into_owned(), text))
        };
        RuleFiles(BuiltIn::iter().filter_map(read).collect())
    }

    /// The built-in files with those of `dir` laid over them: a file replaces the one of the same
    /// path whole; keys are never merged.
    pub fn with_overlay(dir: &Path) -> std::io::Result<RuleFiles> {
        let mut files = RuleFiles::built_in();
        files.read_dir(dir, dir)?;
        Ok(files)
    }

    /// What tells this rulebook from another one: twelve digits of the hash of all its files.
    pub fn version(&self) -> String {
        let mut hasher = Sha256::new();
        for part in self.0.iter().flat_map(|(path, text)| [path, text]) {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        crate::row::hex(&hasher.finalize()[..6])
    }

    fn read_dir(&mut self, root: &Path, dir: &Path) -> std::io::Result<()> {
        for entry in std::fs::read_dir(dir)? {
            let path = entry?.path();
            if path.is_dir() {
                self.read_dir(root, &path)?;
            } else if let Ok(inner) = path.strip_prefix(root) {
                let name = inner.to_string_lossy().replace('\\', "/");
                self.0.insert(name, std::fs::read_to_string(&path)?);
            }
        }
        Ok(())
    }

    /// Path and text of the files below a folder, in order of path.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0
            .iter()
            .filter(move |(path, _)| path.starts_with(folder) && path[folder.len()..].starts_with('/'))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

/// The parsed rules that the office works by.
#[derive(Debug)]
pub struct Rulebook {
    /// Limits and calendar.
    pub law: Law,
    /// The files, for `check`, papers and texts.
    pub files: RuleFiles,
    procedures: BTreeMap<(String, String), Arc<Procedure>>,
    kinds: BTreeMap<String, Kind>,
    columns: Vec<Columns>,
    catalogues: Vec<Catalogue>,
    /// What a self-inspection goes by.
    pub inspection: inspect::Rules,
    wordings: BTreeMap<String, Wordings>,
}

impl Rulebook {
    /// Parses the files; every fault is reported, not only the first.
    pub fn parse(files: RuleFiles) -> Result<Rulebook, Vec<RuleFault>> {
        let mut faults = Vec::new();
        let law = Law::parse(files.below("law")).map_err(|found| faults.extend(found)).ok();
        let mut procedures = BTreeMap::new();
        for (path, text) in files.below("procedures") {
            match Procedure::parse(path, text) {
                Ok(procedure) => {
                    let key = (procedure.id.clone(), procedure.version.clone());
                    procedures.insert(key, Arc::new(procedure));
                }
                Err(fault) => faults.push(fault),
            }
        }
        let mut kinds = BTreeMap::new();
        for (path, text) in files.below("kinds") {
            match Kind::parse(path, text) {
                Ok(kind) => drop(kinds.insert(kind.id.clone(), kind)),
                Err(fault) => faults.push(*fault),
            }
        }
        let mut columns = Vec::new();
        for (path, text) in files.below("columns") {
            match Columns::parse(path, text) {
                Ok(found) => {
                    faults.extend(unknown_kinds(path, &found, &kinds));
                    columns.push(found);
                }
                Err(fault) => faults.push(*fault),
            }
        }
        let mut catalogues = Vec::new();
        for (path, text) in files.below("catalogues") {
            match Catalogue::parse(path, text) {
                Ok(found) => {
                    faults.extend(unknown_places(path, &found, &columns, &kinds));
                    catalogues.push(found);
                }
                Err(fault) => faults.push(*fault),
            }
        }
        let mut inspection = inspect::Rules::default();
        for (path, text) in files.below("findings") {
            match inspect::Rules::parse(path, text) {
                Ok(found) => inspection = found,
                Err(fault) => faults.push(*fault),
            }
        }
        let known: Vec<&Procedure> = procedures.values().map(|one| one.as_ref()).collect();
        let (found, wrong) = wordings(&files, &known);
        faults.extend(wrong);
        match law {
            Some(law) if faults.is_empty() => {
                Ok(Rulebook { law, files, procedures, kinds, columns, catalogues, inspection, wordings: found })
            }
            _ => Err(faults),
        }
    }

    /// A procedure in the very version that a matter was opened under.
    pub fn procedure(&self, id: &str, version: &str) -> Option<Arc<Procedure>> {
        self.procedures.get(&(id.to_owned(), version.to_owned())).cloned()
    }

    /// The version of a procedure that binds a matter of this day.
    pub fn current(&self, id: &str, on: Date) -> Option<Arc<Procedure>> {
        self.procedures
            .values()
            .filter(|procedure| procedure.id == id && procedure.valid_from <= on)
            .max_by_key(|procedure| procedure.valid_from)
            .cloned()
    }

    /// A kind of information.
    pub fn kind(&self, id: &str) -> Option<&Kind> {
        self.kinds.get(id)
    }

    /// Every kind of information.
    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.values()
    }

    /// The columns of the site of a body of this type.
    pub fn columns(&self, body_kind: &str) -> Option<&Columns> {
        self.columns.iter().find(|columns| columns.bodies.iter().any(|one| one == body_kind))
    }

    /// What the catalogue of a body of this type is first filled from.
    pub fn catalogue(&self, body_kind: &str) -> Option<&Catalogue> {
        self.catalogues.iter().find(|one| one.bodies.iter().any(|kind| kind == body_kind))
    }

    /// Outlines and phrases for the replies of a procedure.
    pub fn wordings(&self, procedure: &str) -> Option<&Wordings> {
        self.wordings.get(procedure)
    }

    /// Every version of every procedure.
    pub fn procedures(&self) -> impl Iterator<Item = &Arc<Procedure>> + Clone {
        self.procedures.values()
    }
}

fn unknown_kinds(path: &str, columns: &Columns, kinds: &BTreeMap<String, Kind>) -> Vec<RuleFault> {
    let named = columns.columns.iter().flat_map(|column| column.kinds.iter().map(move |kind| (column, kind)));
    let fault = |(column, kind): (&publication::Column, &String)| RuleFault {
        file: path.to_owned(),
        line: None,
        name: column.id.clone(),
        rule: "columns".to_owned(),
        path: String::new(),
        error: format!("栏目“{}”所收的信息类型“{kind}”不存在。", column.label),
    };
    named.filter(|(_, kind)| !kinds.contains_key(*kind)).map(fault).collect()
}

/// Columns and kinds by which entries count and that no file of theirs knows.
fn unknown_places(
    path: &str,
    catalogue: &Catalogue,
    columns: &[Columns],
    kinds: &BTreeMap<String, Kind>,
) -> Vec<RuleFault> {
    let sites: Vec<&Columns> =
        columns.iter().filter(|site| site.bodies.iter().any(|kind| catalogue.bodies.contains(kind))).collect();
    let known = |id: &String| sites.iter().any(|site| site.get(id).is_some());
    let fault = |key: &str, what: String| RuleFault {
        file: path.to_owned(),
        line: None,
        name: key.to_owned(),
        rule: "catalogue".to_owned(),
        path: String::new(),
        error: what,
    };
    let one = |model: &publication::catalogue::Model| {
        let counts = &model.entry.counts;
        let column = counts.columns.iter().filter(|id| !known(id)).map(|id| format!("条目所对应的栏目“{id}”不存在。"));
        let kind = counts.kinds.iter().filter(|id| !kinds.contains_key(*id));
        let kind = kind.map(|id| format!("条目所对应的信息类型“{id}”不存在。"));
        column.chain(kind).map(|what| fault(&model.key, what)).collect::<Vec<_>>()
    };
    catalogue.entries.iter().flat_map(one).collect()
}

/// The wordings for replies by procedure, and what is wrong with them.
fn wordings(files: &RuleFiles, procedures: &[&Procedure]) -> (BTreeMap<String, Wordings>, Vec<RuleFault>) {
    let (mut found, mut faults) = (BTreeMap::new(), Vec::new());
    for (path, text) in files.below("texts/reply") {
        match wording::parse(path, text) {
            Ok(read) => {
                faults.extend(wording::check(path, text, &read, procedures));
                found.insert(read.procedure.clone(), read);
            }
            Err(fault) => faults.push(fault),
        }
    }
    (found, faults)
}
