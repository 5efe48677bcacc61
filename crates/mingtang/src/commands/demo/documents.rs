//! Documents of the demo, drafted, reviewed, signed and published by the same acts as everybody's.

use std::collections::BTreeMap;

use law::Moment;
use office::{Caller, Filing, Role, StepAct, Submission, Upload, hits};

use super::stories::{Document, Paper, Sent};
use super::{Teller, docx};
use crate::Stop;

/// The acts on the way to the signature, in order: stage reached before, step, login, answers.
const WAY: [(&str, &str, &str, &[(&str, &str)]); 6] = [
    ("drafting", "submit", "", &[]),
    ("attribute", "confirm_attribute", "gongkai", &[]),
    ("reviewing", "check_secrecy", "shencha", &[("secrecy", "pass")]),
    ("", "check_privacy", "shencha", &[("privacy", "none")]),
    ("", "check_wording", "shencha", &[("wording", "pass")]),
    ("", "check_timing", "gongkai", &[("timing", "now")]),
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

    /// Tells the stories of documents. A policy comes with the interpretations that name it.
    pub(super) async fn documents(&mut self, documents: Vec<Document>) -> Result<(), Stop> {
        let expert = office::Expert {
            name: "申某甲".into(),
            field: "公共管理".into(),
            employer: "明川大学".into(),
            ..Default::default()
        };
        let clerk = self.login("gongkai")?;
        if self.office.experts(clerk.body).await?.is_empty() {
            self.office.add_expert(&clerk, expert).await?;
        }
        let (along, alone): (Vec<Document>, Vec<Document>) =
            documents.into_iter().partition(|one| !one.with.is_empty());
        for document in alone {
            let key = document.key.clone();
            let with: Vec<&Document> = along.iter().filter(|one| !key.is_empty() && one.with == key).collect();
            self.document(document, &with).await?;
        }
        Ok(())
    }

    async fn document(&mut self, document: Document, with: &[&Document]) -> Result<(), Stop> {
        let (drafter, id, at) = self.draft(&document, None).await?;
        let mut companions = Vec::new();
        for one in with {
            let (drafter, companion, at) = self.draft(one, Some(id)).await?;
            self.checks(one, &drafter, companion, at).await?;
            companions.push((companion, one.key.clone()));
        }
        let Some(at) = self.review(&document, &drafter, id, at).await? else { return Ok(()) };
        let at = self.later(at, 0);
        self.act(&self.login("gongkai")?, id, "publish", &[], at).await?;
        companions.push((id, document.key.clone()));
        for (matter, key) in companions.into_iter().filter(|(_, key)| !key.is_empty()) {
            self.items.extend(self.office.item_of(matter).await?.map(|(item, _)| (key, item)));
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
            let answers = self.answers(&Document { fields: document.corrected.clone(), ..document.clone() }, None);
            if !document.corrected.is_empty() {
                let answers: Vec<(&str, &str)> = answers
                    .iter()
                    .filter(|(name, _)| *name == "title" || name.starts_with("document."))
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect();
                self.act(&drafter, id, "revise", &answers, self.later(at, 0)).await?;
            }
            if let Some(at) = self.review(&document, &drafter, id, self.later(at, 0)).await? {
                self.act(&self.login("gongkai")?, id, "publish", &[], self.later(at, 0)).await?;
            }
        }
        Ok(())
    }

    fn answers(&self, document: &Document, lead: Option<i64>) -> BTreeMap<String, String> {
        let unit = self.units.get(&document.unit).copied().unwrap_or_default().to_string();
        let lead = lead.map(|lead| lead.to_string()).unwrap_or_default();
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
            ("about", &lead),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        answers.extend(document.plan.clone());
        answers.retain(|_, value| !value.is_empty());
        for (name, value) in &document.fields {
            let key = value.strip_prefix('@');
            let value = key.and_then(|key| self.items.get(key)).unwrap_or(value);
            answers.insert(format!("document.{name}"), value.trim().to_owned());
        }
        answers
    }

    /// Drafts a document; by whom, its matter, when.
    async fn draft(&mut self, document: &Document, lead: Option<i64>) -> Result<(Caller, i64, Moment), Stop> {
        self.told += 1;
        let at = self.ago(document.ago);
        let drafter = self.officer(&document.unit, Role::Handler)?;
        let filing = Filing {
            procedure: "disclosure".into(),
            answers: self.answers(document, lead),
            files: uploads(&document.files).into_iter().chain(document.tracked.iter().map(docx::tracked)).collect(),
            key: format!("demo-document-{}", self.told),
            at: Some(at),
            ..Filing::default()
        };
        let id = self.office.file(&drafter, filing).await?.matter;
        self.reduce(document, &drafter, id, at).await?;
        Ok((drafter, id, at))
    }

    /// What the machine found is decided to stand, each with its reason.
    pub(super) async fn keep_hits(&self, caller: &Caller, id: i64, at: Moment) -> Result<(), Stop> {
        let hits = self.office.hits(caller, id).await?;
        let answers = hits::keeping("decisions", &hits, "经核对，可以公开");
        let answers: Vec<(&str, &str)> = answers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        if answers.is_empty() { Ok(()) } else { self.act(caller, id, "decide_hits", &answers, at).await }
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

    /// What comes before the signature; when it was done, if it came so far.
    async fn checks(
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
            if step == "check_privacy" {
                self.keep_hits(&caller, id, at).await?;
            }
            self.act(&caller, id, step, answers, at).await?;
        }
        Ok(Some(at))
    }

    /// Review and signature, as far as the document has come; when it was signed, if it was.
    async fn review(&self, document: &Document, drafter: &Caller, id: i64, at: Moment) -> Result<Option<Moment>, Stop> {
        let Some(at) = self.checks(document, drafter, id, at).await? else { return Ok(None) };
        let mut at = self.later(at, 0);
        self.act(&self.login("gongkai")?, id, "sign", &[], at).await?;
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
