//! The files of a document's form: those that it has, which of them stay, and new ones.

use crate::component::Choice;
use crate::form::Form;
use office::{DocumentView, FileView, Upload};

/// Name of the boxes of attached files, and of the hidden field that says they were shown.
pub(super) const KEEP: [&str; 2] = ["keep", "kept"];

/// The attached files that stay; `None` where the form showed none.
pub(super) fn kept(form: &Form) -> Option<Vec<String>> {
    form.has(KEEP[1]).then(|| form.all(KEEP[0]).map(str::to_owned).collect())
}

/// Boxes for the files that a document has, ticked but for those that the form let go.
pub(super) fn attached(document: &DocumentView, kept: Option<&[String]>) -> Vec<Choice> {
    let one = |file: &FileView| Choice {
        checked: kept.is_none_or(|kept| kept.contains(&file.id)),
        ..Choice::new(file.id.clone(), file.name.clone())
    };
    document.files.iter().map(one).collect()
}

pub(super) fn uploads(form: &mut Form) -> Vec<Upload> {
    form.take_files().into_iter().map(|file| Upload { name: file.name, bytes: file.bytes }).collect()
}
