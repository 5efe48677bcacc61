//! Documents of the demo, drafted, reviewed, signed and published by the same acts as everybody's.

use std::collections::BTreeMap;

use law::Moment;
use office::{Caller, Filing, Role, StepAct, Submission, Upload};

use super::Teller;
use super::stories::{Document, Paper, Sent};
use crate::Stop;

/// The acts on the way to the public, in order: stage reached before, step, login, answers.
const WAY: [(&str, &str, &str, &[(&str, &str)]); 7] = [
    ("drafting", "submit", "", &[]),
    ("attribute", "confirm_attribute", "gongkai", &[]),
    ("reviewing", "check_secrecy", "shencha", &[("secrecy", "pass")]),
    ("", "check_privacy", "shencha", &[("privacy", "none")]),
    ("", "check_wording", "shencha", &[("wording", "pass")]),
    ("", "check_timing", "gongkai", &[("timing", "now")]),
    ("", "sign", "gongkai", &[]),
];

fn uploads(papers: &[Paper]) -> Vec<Upload> {
    papers.iter().map(|paper| Upload { name: paper.name.clone(), bytes: paper.text.clone().into_bytes() }).collect()
}

impl Teller<'_> {
    /// What the body's OA sent today: it waits for its attribute to be confirmed.
    pub(super) async fn from_oa(&mut self, sent: Sent) -> Result<(), Stop> {
        let drafter = self.officer(&sent.metadata.unit, Role::Handler)?;
        let document = Some(Upload { name: sent.name, bytes: sent.text.into_bytes() });
        let submission = Submission { metadata: sent.metadata, document, attachments: Vec::new() };
        self.office.receive(&drafter, submission).await?;
        Ok(())
    }

    pub(super) async fn document(&mut self, document: Document) -> Result<(), Stop> {
        self.told += 1;
        let at = self.ago(document.ago);
        let drafter = self.officer(&document.unit, Role::Handler)?;
        let unit = self.units.get(&document.unit).copied().unwrap_or_default().to_string();
        let mut answers: BTreeMap<String, String> = [
            ("classified", "no"),
            ("kind", &document.kind),
            ("title", &document.title),
            ("unit", &unit),
            ("columns", &document.columns),
            ("attribute", if document.reductions.is_empty() { "proactive" } else { "reduced" }),
            ("attribute_reason", &document.why),
            ("attribute_article", &document.article),
            ("clause", &document.clause),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        answers.retain(|_, value| !value.is_empty());
        for (name, value) in &document.fields {
            let key = value.strip_prefix('@');
            let value = key.and_then(|key| self.items.get(key)).unwrap_or(value);
            answers.insert(format!("document.{name}"), value.trim().to_owned());
        }
        let filing = Filing {
            procedure: "disclosure".into(),
            answers,
            files: uploads(&document.files),
            key: format!("demo-document-{}", self.told),
            at: Some(at),
            ..Filing::default()
        };
        let id = self.office.file(&drafter, filing).await?.matter;
        self.reduce(&document, &drafter, id, at).await?;
        let Some(at) = self.review(&document, &drafter, id, at).await? else { return Ok(()) };
        let at = self.later(at, 0);
        self.act(&self.login("gongkai")?, id, "publish", &[], at).await?;
        if let Some((item, _)) = self.office.item_of(id).await?.filter(|_| !document.key.is_empty()) {
            self.items.insert(document.key.clone(), item);
        }
        if !document.overturned.is_empty() {
            let at = self.ago(1);
            let (day, paper) = (at.date().to_string(), document.overturned.as_str());
            let fact = [("overturn", "annulled"), ("overturned_on", day.as_str()), ("overturn_document", paper)];
            self.act(&drafter, id, "overturn", &fact, at).await?;
        }
        if !document.withdrawal.is_empty() {
            let at = self.later(at, 1);
            let why = [("withdraw_reason", "changed"), ("reason", document.withdrawal.as_str())];
            self.act(&self.login("gongkai")?, id, "withdraw", &why, at).await?;
            self.act(&self.login("lingdao")?, id, "approve", &[], self.later(at, 0)).await?;
        }
        if !document.correction.is_empty() {
            let at = self.later(at, 1);
            self.act(&drafter, id, "correct", &[("reason", &document.correction)], at).await?;
            if let Some(at) = self.review(&document, &drafter, id, at).await? {
                self.act(&self.login("gongkai")?, id, "publish", &[], self.later(at, 0)).await?;
            }
        }
        Ok(())
    }

    /// The reduced copy of a document that is public in part.
    async fn reduce(&self, document: &Document, drafter: &Caller, id: i64, at: Moment) -> Result<(), Stop> {
        if document.reductions.is_empty() {
            return Ok(());
        }
        let row = |(at, row): (usize, &BTreeMap<String, String>)| {
            row.iter().map(move |(part, value)| (format!("reductions.{at}.{part}"), value.clone())).collect::<Vec<_>>()
        };
        let act = StepAct {
            matter: id,
            step: "reduce".into(),
            answers: document.reductions.iter().enumerate().flat_map(row).collect(),
            files: uploads(&document.public_files),
            at: Some(at),
            ..StepAct::default()
        };
        self.office.act(drafter, act).await?;
        Ok(())
    }

    /// Review and signature, as far as the document has come; when it was signed, if it was.
    async fn review(
        &self,
        document: &Document,
        drafter: &Caller,
        id: i64,
        mut at: Moment,
    ) -> Result<Option<Moment>, Stop> {
        for (stage, step, login, answers) in WAY {
            if stage == document.stage {
                return Ok(None);
            }
            at = self.later(at, 0);
            let caller = if login.is_empty() { drafter.clone() } else { self.login(login)? };
            self.act(&caller, id, step, answers, at).await?;
        }
        let head = self.officer(&document.unit, Role::UnitHead)?;
        if document.stage == "signing" {
            return Ok(None);
        }
        for caller in [head, self.login("lingdao")?] {
            at = self.later(at, 0);
            self.act(&caller, id, "approve", &[], at).await?;
        }
        Ok((document.stage != "signed").then_some(at))
    }
}
