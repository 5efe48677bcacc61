//! What is found in the files of a document: their words and what hides in them. It is looked for once, when
//! the file is taken, and kept sealed beside it, so that a decision inside a transaction reads no file.

use intake::inside::{Inside, Sort};

use super::find::{few, in_words, one_of};
use super::{Found, SHOWN_MAX};
use crate::attach::Raw;
use crate::keys::MatterKey;
use crate::store::Fault;

/// Places of one sort in one file that stand alone; more become one hit.
const PLACES_MAX: usize = 8;

/// What is found in a file, without its name.
pub(crate) fn found(inside: &Inside) -> Vec<Found> {
    let mut found = Vec::new();
    for passage in inside.passages.iter().filter(|passage| passage.exact) {
        found.extend(in_words(&passage.place, &passage.words));
    }
    for trace in &inside.traces {
        found.push(Found::new(trace.sort.label(), &trace.place, trace.words.clone()));
    }
    few(found, PLACES_MAX, |same| {
        let one = one_of(same);
        Found { place: format!("{}等{}处", one.place, same.len()), ..one }
    })
}

/// What was found in a stored file, with its name. One that nobody has looked through says so.
pub(super) fn of(file: &Raw, key: &MatterKey) -> Result<Vec<Found>, Fault> {
    let name = file.view(key).name;
    let kept = match file.found() {
        Some(sealed) => serde_json::from_str(&key.open_text(sealed)?)
            .map_err(|error| Fault::Shape(format!("what was found in file {}: {error}", file.row())))?,
        None => vec![Found::new(Sort::Unread.label(), "", "没有检查过，请去掉后重新上传")],
    };
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    let mut all = in_words("附件名称", stem);
    let shown: String = text::mask::text(&name).text.chars().take(SHOWN_MAX).collect();
    all.extend(kept.into_iter().map(|one: Found| Found { place: format!("附件“{shown}”{}", one.place), ..one }));
    Ok(all)
}
