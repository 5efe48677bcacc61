//! The check at submission: everything that is missing or wrong, at once, before anything is stored.

use matter::{Kind as Form, Procedure};
use publication::Kind;
use publication::kind::TITLE;

use super::{BTreeMap, Fail, FieldError, Passed, Submission, Upload, Way, element_of};
use crate::body::Unit;
use crate::document::{self, DOT, Fields};
use crate::keys::BodyKeys;
use crate::office::Office;
use crate::permit::Caller;
use crate::{gate, hits, package};

/// Characters of the longest number by which an OA knows a document.
const LONGEST_ID: usize = 100;
const RULE: &str = "（国办发〔2016〕80号 一(一)）";

impl Office {
    pub(super) async fn check(
        &self,
        caller: &Caller,
        procedure: &Procedure,
        way: &Way,
        submission: Submission,
        keys: &BodyKeys,
    ) -> Result<Passed, Fail> {
        let Submission { metadata, document, attachments } = submission;
        if metadata.classified == "yes" {
            let why = "涉密或者可能涉密的公文不得送到本系统，没有保存任何内容。请在涉密网络或者线下办理（《中华人民共和国保守国家秘密法》第三十一条）。";
            return Err(Fail::Invalid(vec![FieldError::new("classified", why)]));
        }
        let mut gaps = told(&metadata, procedure);
        let said = serde_json::to_string(&metadata).unwrap_or_default();
        let parts = document.iter().chain(&attachments).flat_map(|file| [file.name.as_bytes(), &file.bytes]);
        let hash = keys.request(&[said.as_bytes()].into_iter().chain(parts).collect::<Vec<_>>());
        let page = match document {
            Some(file) => text_of(file).await,
            None => Err("没有公文正文，请附上docx文件。".to_owned()),
        };
        let page = page.map_err(|why| gaps.push(FieldError::new("document", why))).ok();
        let kind = self.rules().kind(&metadata.kind).filter(|kind| !kind.internal);
        let Some(kind) = kind else {
            gaps.push(FieldError::new("kind", "没有写明信息类型，或者没有这一类信息。"));
            return Err(Fail::Invalid(gaps));
        };
        let waits = waits(kind, &metadata, &mut gaps);
        let rich = kind.fields.iter().find(|field| field.is_rich());
        let unread = rich.filter(|_| page.is_none()).map(|field| format!("fields.{}", field.id));
        let page = page.unwrap_or_else(|| (String::new(), String::new(), Fields::new()));
        let mut fields: Fields = page.2.into_iter().filter(|(id, _)| kind.field(id).is_some()).collect();
        fields.extend(metadata.fields.clone());
        fields.extend(rich.map(|field| (field.id.clone(), page.1)));
        let title = if metadata.title.trim().is_empty() { page.0 } else { metadata.title.clone() };
        let columns = self.columns_for(caller, kind, metadata.columns.clone());
        let lacking = document::gaps(kind, procedure, &fields, &columns, false).into_iter().map(plainly);
        gaps.extend(lacking.filter(|gap| unread.as_ref() != Some(&gap.field)));
        let (unit, wrong) = self.unit_of(caller, &metadata.unit).await?;
        gaps.extend(wrong);
        let mut answers: BTreeMap<String, String> = [
            ("classified", metadata.classified),
            ("attribute", metadata.attribute),
            ("attribute_article", metadata.attribute_article),
            ("attribute_reason", metadata.attribute_reason),
            ("clause", metadata.clause),
            ("for_body", metadata.for_body),
            ("unit", unit.map(|unit| unit.to_string()).unwrap_or_default()),
            (TITLE, title.clone()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        answers.insert(element_of(procedure, Form::InfoKind), kind.id.clone());
        answers.insert(element_of(procedure, Form::Columns), columns.join(","));
        let prefix = element_of(procedure, Form::Document);
        answers.extend(fields.iter().map(|(name, value)| (format!("{prefix}{DOT}{name}"), value.clone())));
        answers.extend(metadata.interpretation.into_iter().filter(|(name, _)| package::PLAN.contains(&name.as_str())));
        answers.retain(|_, value| !value.is_empty());
        let (attachments, looked) = self.look_through(caller, attachments).await?;
        gate::secrecy(caller, procedure, &answers, &attachments, &looked)?;
        gaps.extend(attachments.iter().filter_map(refused));
        if way.opening.is_empty() || !gaps.is_empty() {
            return Err(Fail::Invalid(gaps));
        }
        let hits = hits::in_text(kind, &title, &fields);
        Ok(Passed { waits, unit, answers, files: attachments, hits, hash })
    }

    /// The columns that the OA names; where it names none and only one takes the kind, that one.
    fn columns_for(&self, caller: &Caller, kind: &Kind, named: Vec<String>) -> Vec<String> {
        let all = self.rules().columns(&self.house().body_kind(caller.body));
        let mut taking = all.into_iter().flat_map(|columns| columns.of_kind(&kind.id));
        match (named.is_empty(), taking.next(), taking.next()) {
            (true, Some(only), None) => vec![only.id.clone()],
            _ => named,
        }
    }

    async fn unit_of(&self, caller: &Caller, name: &str) -> Result<(Option<i64>, Option<FieldError>), Fail> {
        if name.trim().is_empty() {
            let wrong = || FieldError::new("unit", "没有写明拟稿单位，令牌所属的人员也没有所在单位。");
            return Ok((caller.unit, caller.unit.is_none().then(wrong)));
        }
        let units: Vec<Unit> = self.units(caller).await?;
        let found = units.into_iter().find(|unit| unit.name == name.trim()).map(|unit| unit.id);
        let wrong = || FieldError::new("unit", "没有这个名称的内设机构，请核对拟稿单位。");
        Ok((found, found.is_none().then(wrong)))
    }
}

/// Why an attachment cannot be taken.
fn refused(file: &Upload) -> Option<FieldError> {
    let refusal = intake::file::sniff(&file.bytes, &file.name).err()?;
    Some(FieldError::new("attachment", refusal.sentence))
}

/// What the metadata lack by themselves.
fn told(metadata: &super::Metadata, procedure: &Procedure) -> Vec<FieldError> {
    let mut gaps = Vec::new();
    let mut gap = |field: &str, why: String| gaps.push(FieldError::new(field, why));
    let id = metadata.id.trim();
    if id.is_empty() || id.chars().count() > LONGEST_ID || id.contains(['/', '\\', '?', '#']) || id != metadata.id {
        gap("id", format!("没有OA中的编号，或者编号超过{LONGEST_ID}字、含有空格和斜线。"));
    }
    if metadata.classified != "no" {
        gap("classified", "没有保密声明：不涉密的写明“no”（《中华人民共和国保守国家秘密法》第三十一条）。".to_owned());
    }
    let options = |name: &str| procedure.element(name).map(|element| element.options.as_slice()).unwrap_or_default();
    let known = |name: &str, value: &str| options(name).iter().any(|choice| choice.id == value);
    if !known("attribute", &metadata.attribute) {
        gap("attribute", format!("没有确定公开属性：主动公开、删减后公开、依申请公开或者不予公开{RULE}。"));
    } else if metadata.attribute != "proactive" {
        if !known("attribute_article", &metadata.attribute_article) {
            gap("attribute_article", format!("不是主动公开的，没有写明所依据的条款{RULE}。"));
        }
        if metadata.attribute_reason.trim().is_empty() {
            gap("attribute_reason", format!("不是主动公开的，没有写明理由{RULE}。"));
        }
    }
    gaps
}

/// A policy that is made public says what of its execution will be (practice P4).
fn clause(kind: &Kind, metadata: &super::Metadata) -> Option<FieldError> {
    let public = ["proactive", "reduced"].contains(&metadata.attribute.as_str());
    let missing = kind.clause && public && metadata.clause.trim().is_empty();
    missing.then(|| {
        FieldError::new("clause", "没有公开条款：执行情况和结果中公开什么、由谁公开、何时公开、多久公开一次。")
    })
}

/// A policy says what of its execution will be public, and comes with its interpretation or says why not
/// (practice P3, P4). Whether it waits for one that is
/// still to be drafted.
fn waits(kind: &Kind, metadata: &super::Metadata, gaps: &mut Vec<FieldError>) -> bool {
    let public = ["proactive", "reduced"].contains(&metadata.attribute.as_str());
    gaps.extend(clause(kind, metadata));
    let arranged = metadata.interpretation.get(package::PLAN[0]).map(String::as_str).unwrap_or_default();
    if kind.interpret && public && arranged.is_empty() {
        let why = "没有解读安排：政策文件与解读同步组织、同步审签、同步公开；属于例外的，写明例外情形和理由。";
        gaps.push(FieldError::new("interpretation", why));
    }
    kind.interpret && arranged == "with"
}

/// A gap at the name that an OA knows: `document.index` is `fields.index`.
fn plainly(gap: FieldError) -> FieldError {
    let field = gap.field.split_once(DOT).map_or(gap.field.clone(), |(_, field)| format!("fields.{field}"));
    FieldError::new(field, gap.sentence)
}

/// Title, text and fields that the file says, read apart from everything that answers people.
async fn text_of(file: Upload) -> Result<(String, String, Fields), String> {
    let read = tokio::task::spawn_blocking(move || {
        let said = intake::reader::read(&file.name, &file.bytes).map_err(|refusal| refusal.sentence)?;
        intake::pages::recognise(said).map(|page| (page.title, page.body, page.fields))
    });
    read.await.unwrap_or_else(|_| Err("文件没有读成，请再送一次。".to_owned()))
}
