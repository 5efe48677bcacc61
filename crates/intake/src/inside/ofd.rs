//! OFD (GB/T 33190-2016) and other packages of XML: the words of pages and properties; annotations, earlier
//! versions.

use super::package::Package;
use super::xml::{self, Piece, pieces};
use super::{Inside, Sort};

/// Elements whose words end a line, of OFD and of OpenDocument.
const LINES: [&str; 15] = [
    "TextCode",
    "TextObject",
    "Author",
    "Title",
    "Subject",
    "Creator",
    "CustomData",
    "p",
    "h",
    "title",
    "subject",
    "keyword",
    "description",
    "creator",
    "user-defined",
];

pub(super) fn look(package: &mut Package<'_>, inside: &mut Inside) {
    for name in package.like("", ".xml") {
        let part = package.text(&name);
        let words = xml::words(&part, &LINES);
        match () {
            () if name == "OFD.xml" => {
                if let Some(author) = named(&part, "Author") {
                    inside.note(Sort::Author, "文档属性", format!("作者：{author}"));
                }
                inside.say("文档属性", words);
            }
            () if name.contains("Annot") => {
                if pieces(&part).any(|piece| matches!(piece, Piece::Open { name: "Annot" | "Appearance", .. })) {
                    inside.note(Sort::Comment, "", words.trim().replace('\n', "；"));
                }
                inside.say("批注", words);
            }
            () if name.contains("Versions") => {
                inside.note(Sort::EarlierVersion, "", words.trim().replace('\n', "；"));
                inside.say("早期版本", words);
            }
            () => inside.say("正文", words),
        }
    }
}

/// The text of the first element of this name.
fn named(part: &str, wanted: &str) -> Option<String> {
    let mut open = "";
    pieces(part).find_map(|piece| match piece {
        Piece::Open { name, .. } => {
            open = name;
            None
        }
        Piece::Text(text) if open == wanted && !text.trim().is_empty() => Some(text.trim().to_owned()),
        _ => None,
    })
}
