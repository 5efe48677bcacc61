//! The secrecy gate (practice P1): what an officer writes or attaches is looked through for secrecy marks
//! before a byte of it is stored, sealed, indexed or logged. The answer names the place, never the text.
//! Citizens are not stopped at the door (practice F1).

use std::collections::BTreeMap;

use matter::{Procedure, Refusal, RefusalCode, Sentence};

use crate::attach::Upload;
use crate::fail::Fail;
use crate::permit::Caller;

/// Refuses what carries a secrecy mark.
pub(crate) fn secrecy(
    caller: &Caller,
    procedure: &Procedure,
    answers: &BTreeMap<String, String>,
    files: &[Upload],
) -> Result<(), Fail> {
    if !caller.is_officer() {
        return Ok(());
    }
    let typed = answers.iter().filter_map(|(name, words)| {
        let plain = intake::html::words(words);
        let mark = text::secrecy::mark(words).or_else(|| text::secrecy::mark(&plain))?;
        Some((format!("“{}”", matter::label(procedure, name)), mark, name.clone()))
    });
    let attached = files.iter().filter_map(|file| {
        let (place, mark) = in_file(file)?;
        Some((format!("附件的{place}"), mark, String::new()))
    });
    match typed.chain(attached).next() {
        None => Ok(()),
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
fn in_file(file: &Upload) -> Option<(&'static str, String)> {
    let stem = file.name.rsplit_once('.').map_or(file.name.as_str(), |(stem, _)| stem);
    if let Some(mark) = text::secrecy::mark(stem) {
        return Some(("文件名", mark));
    }
    let kind = intake::file::sniff(&file.bytes, &file.name).ok()?;
    intake::inside::texts(&file.bytes, kind)
        .into_iter()
        .find_map(|(place, text)| Some((place, text::secrecy::mark(&text)?)))
}
