//! JPEG and PNG: what a photo tells besides its pixels.

use super::{Inside, Sort};
use crate::file::Kind;
use crate::picture;

pub(super) fn look(bytes: &[u8], kind: Kind, place: &str, inside: &mut Inside) {
    let told = picture::tell(bytes, kind);
    let join = |located: bool| -> String {
        told.iter().filter(|one| one.located == located).map(|one| one.words.as_str()).collect::<Vec<_>>().join("；")
    };
    for (located, sort) in [(true, Sort::Location), (false, Sort::Camera)] {
        let words = join(located);
        if !words.is_empty() {
            inside.note(sort, place, &words);
            inside.say(if place.is_empty() { "图片属性" } else { place }, words);
        }
    }
}
