//! The secrecy gate (practice P1): what an officer writes or attaches is looked through for secrecy marks
//! before a byte of it is stored, sealed, indexed or logged. The answer names the place, never the text.
//! Citizens are not stopped at the door (practice F1).

use std::collections::BTreeMap;

use intake::inside::{Inside, look};
use matter::{Kind, Procedure, Refusal, RefusalCode, Sentence};

use crate::attach::Upload;
use crate::document;
use crate::fail::{Fail, FieldError};
use crate::office::Office;
use crate::permit::Caller;
use crate::store::Fault;

/// What stands in each file that an officer sends; a citizen's files are not looked through.
pub(crate) fn looked(caller: &Caller, files: &[Upload]) -> Vec<Inside> {
    let one = |file: &Upload| {
        let kind = intake::file::sniff(&file.bytes, &file.name);
        kind.map(|kind| look(&file.bytes, kind)).unwrap_or_default()
    };
    if caller.is_officer() { files.iter().map(one).collect() } else { Vec::new() }
}

impl Office {
    /// As [`looked`], away from the threads that answer people.
    pub(crate) async fn look_through(
        &self,
        caller: &Caller,
        files: Vec<Upload>,
    ) -> Result<(Vec<Upload>, Vec<Inside>), Fail> {
        if files.is_empty() || !caller.is_officer() {
            return Ok((files, Vec::new()));
        }
        let caller = caller.clone();
        let done = tokio::task::spawn_blocking(move || {
            let seen = looked(&caller, &files);
            (files, seen)
        });
        done.await.map_err(|_| Fail::Fault(Fault::Absent("answer of the look through the files")))
    }
}

/// Refuses what carries a secrecy mark, and a file for the public that is too large to look through.
pub(crate) fn secrecy(
    caller: &Caller,
    procedure: &Procedure,
    answers: &BTreeMap<String, String>,
    files: &[Upload],
    looked: &[Inside],
) -> Result<(), Fail> {
    if !caller.is_officer() {
        return Ok(());
    }
    let typed = answers.iter().filter_map(|(name, words)| {
        let plain = intake::html::words(words);
        let mark = text::secrecy::mark(words).or_else(|| text::secrecy::mark(&plain))?;
        Some((format!("“{}”", matter::label(procedure, name)), mark, name.clone()))
    });
    let attached = files.iter().enumerate().filter_map(|(at, file)| {
        let (place, mark) = in_file(file, looked.get(at))?;
        let which = if files.len() > 1 { format!("第{}个附件", at + 1) } else { "附件".to_owned() };
        Some((format!("{which}的{place}"), mark, String::new()))
    });
    match typed.chain(attached).next() {
        None => too_large(procedure, files, looked),
        Some((place, mark, field)) => Err(stopped(&place, &mark, &field)),
    }
}

/// The same for what is written outside a procedure: field, its name in words, and what stands in it.
pub(crate) fn plain<'a>(typed: impl IntoIterator<Item = (&'a str, &'a str, &'a str)>) -> Result<(), Fail> {
    for (field, label, words) in typed {
        if let Some(mark) = text::secrecy::mark(words) {
            return Err(stopped(&format!("“{label}”"), &mark, field));
        }
    }
    Ok(())
}

fn stopped(place: &str, mark: &str, field: &str) -> Fail {
    let sentence = Sentence::new(
        format!("{place}里有国家秘密标志“{mark}”，没有保存任何内容"),
        "本系统只处理非涉密信息",
        "请在涉密网络或者线下办理；确属误标的，由原定密机关确认后，只登记确认文书的文号和日期",
    )
    .cite("《中华人民共和国保守国家秘密法》第三十一条");
    let sentence = if field.is_empty() { sentence } else { sentence.at(field) };
    Fail::Refused(Refusal::new(RefusalCode::Guard, sentence))
}

/// Where a file carries a mark: its name, text, header, footer, comments, properties.
fn in_file(file: &Upload, inside: Option<&Inside>) -> Option<(String, String)> {
    let stem = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
    if let Some(mark) = text::secrecy::mark(stem) {
        return Some(("文件名".to_owned(), mark));
    }
    let mut passages = inside.into_iter().flat_map(|inside| &inside.passages);
    passages.find_map(|passage| Some((passage.place.clone(), text::secrecy::mark(&passage.words)?)))
}

/// What cannot be looked through does not become public: a small file that unpacks without end, or a table
/// beyond all use.
fn too_large(procedure: &Procedure, files: &[Upload], looked: &[Inside]) -> Result<(), Fail> {
    let element = procedure.elements.iter().find(|element| element.kind == Kind::Files);
    let Some(element) = element.filter(|_| document::element(procedure).is_some()) else { return Ok(()) };
    let overfull = files.iter().zip(looked).filter(|(_, inside)| inside.overfull);
    let wrong: Vec<FieldError> = overfull.map(|(file, _)| FieldError::new(&element.id, sentence(file))).collect();
    if wrong.is_empty() { Ok(()) } else { Err(Fail::Invalid(wrong)) }
}

fn sentence(file: &Upload) -> String {
    let name = text::mask::text(&file.name).text;
    format!(
        "文件“{name}”解开以后内容异常大，无法检查其中的个人信息和隐藏内容，没有保存。请检查文件来源，或者拆分成几个文件后再上传。"
    )
}
