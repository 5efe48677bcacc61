//! PPTX: the words of every slide; hidden slides, notes, comments.

use super::package::{Package, last};
use super::xml::{self, Piece, attribute, pieces};
use super::{Inside, Sort};

pub(super) fn look(package: &mut Package<'_>, inside: &mut Inside) {
    for name in package.like("ppt/slides/slide", ".xml") {
        let part = package.text(&name);
        let place = format!("第{}张幻灯片", number(&name));
        let words = xml::words(&part, &["p"]);
        let off = |piece| match piece {
            Piece::Open { name: "sld", attributes, .. } => {
                attribute(attributes, "show").is_some_and(|show| matches!(show.as_str(), "0" | "false"))
            }
            _ => false,
        };
        if pieces(&part).any(off) {
            inside.note(Sort::HiddenSlide, &place, words.trim().replace('\n', " "));
        }
        inside.say(place, words);
    }
    for name in package.like("ppt/notesSlides/notesSlide", ".xml") {
        let words = xml::words(&package.text(&name), &["p"]);
        // The number of the slide stands in every page of notes.
        if words.lines().any(|line| !line.trim().is_empty() && line.trim().parse::<u32>().is_err()) {
            inside.note(Sort::Notes, format!("备注{}", number(&name)), words.trim().replace('\n', " "));
        }
        inside.say("演讲者备注", words);
    }
    for name in package.like("ppt/comments/", ".xml") {
        let words = xml::words(&package.text(&name), &["cm"]);
        inside.note(Sort::Comment, "", words.trim().replace('\n', "；"));
        inside.say("批注", words);
    }
}

fn number(name: &str) -> String {
    last(name).chars().filter(char::is_ascii_digit).collect()
}
