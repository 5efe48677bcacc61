//! Walks through the drawing of each page: what is written, where, and what is painted over it.

mod canvas;

use std::collections::HashMap;

use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, ObjectId};

use super::super::{Inside, Sort};
use super::STREAM_MAX;
use super::font::Decoder;
use canvas::{Canvas, Matrix, State, UNIT, times};

/// Most pages, drawing operations and bytes of drawing that are read.
const PAGES_MAX: usize = 2_000;
const OPERATIONS_MAX: usize = 3_000_000;
const DRAWN_MAX: usize = 96 * 1024 * 1024;
/// Most bytes of one drawing: it is taken apart at once.
const DRAWING_MAX: usize = 6 * 1024 * 1024;
/// How deep drawings inside drawings are followed.
const FORMS_MAX: u8 = 6;
/// Deepest saving of the state.
const SAVED_MAX: usize = 256;

/// The pages of a document.
#[derive(Default)]
pub(super) struct Pages {
    /// The words of each.
    pub words: Vec<String>,
    covered: Vec<String>,
    invisible: Vec<String>,
    scanned: Vec<usize>,
    unreadable: Vec<usize>,
    crowded: Vec<usize>,
    cut: bool,
}

impl Pages {
    /// Tells what was found on the pages.
    pub(super) fn tell(&self, inside: &mut Inside) {
        for (sort, found) in [(Sort::Covered, &self.covered), (Sort::Invisible, &self.invisible)] {
            if !found.is_empty() {
                inside.note(sort, "页面文字", found.join("；"));
            }
        }
        let pages = |all: &[usize]| all.iter().map(usize::to_string).collect::<Vec<_>>().join("、");
        for (all, why) in [
            (&self.scanned, "页没有文字，可能是扫描件，图片里的内容要由人核对"),
            (&self.unreadable, "页有文字缺少编码对照表，读不出，要由人核对"),
            (&self.crowded, "页图形太多，没有检查其中的文字和遮盖"),
        ] {
            if !all.is_empty() {
                inside.note(Sort::Unread, "页面文字", format!("第{}{why}", pages(all)));
            }
        }
        if self.cut {
            inside.note(Sort::Unread, "页面文字", format!("内容太多，只检查了前{}页", self.words.len()));
        }
    }
}

pub(super) fn read(document: &Document, inside: &mut Inside) -> Pages {
    let mut pages = Pages::default();
    let mut walk = Walk { document, fonts: HashMap::new(), operations: OPERATIONS_MAX, drawn: DRAWN_MAX };
    for (index, id) in document.page_iter().enumerate() {
        if index >= PAGES_MAX || walk.operations == 0 || walk.drawn == 0 {
            pages.cut = true;
            break;
        }
        let number = index + 1;
        let canvas = walk.page(id);
        let on_page = |words: &str| (!words.trim().is_empty()).then(|| format!("第{number}页“{}”", words.trim()));
        match canvas.covered() {
            Some(words) => pages.covered.extend(on_page(&words)),
            None => pages.crowded.push(number),
        }
        pages.invisible.extend(on_page(&canvas.invisible()));
        if canvas.unreadable {
            pages.unreadable.push(number);
        } else if canvas.words.trim().is_empty() && canvas.pictures > 0 {
            pages.scanned.push(number);
        }
        pages.words.push(canvas.words);
    }
    inside.overfull |= walk.drawn == 0;
    pages
}

struct Walk<'a> {
    document: &'a Document,
    /// By the address of the font's dictionary.
    fonts: HashMap<usize, Decoder<'a>>,
    operations: usize,
    drawn: usize,
}

impl<'a> Walk<'a> {
    fn page(&mut self, id: ObjectId) -> Canvas {
        let mut canvas = Canvas::default();
        let Ok(page) = self.document.get_dictionary(id) else { return canvas };
        let resources = self.resources(page);
        let mut drawing = Vec::new();
        for part in self.document.get_page_contents(id) {
            let stream = self.document.get_object(part).and_then(Object::as_stream);
            let bytes = stream.and_then(|stream| stream.get_plain_content_with_limit(STREAM_MAX.min(self.drawn)));
            let bytes = bytes.unwrap_or_default();
            self.drawn = self.drawn.saturating_sub(bytes.len());
            drawing.extend(bytes);
            drawing.push(b'\n');
        }
        self.draw(&drawing, resources, State::default(), FORMS_MAX, &mut canvas);
        canvas
    }

    /// The page's own resources, or those of the nearest above it.
    fn resources(&self, page: &'a Dictionary) -> Option<&'a Dictionary> {
        let mut at = page;
        for _ in 0..32 {
            if let Ok(found) = at.get_deref(b"Resources", self.document).and_then(Object::as_dict) {
                return Some(found);
            }
            at = at.get_deref(b"Parent", self.document).and_then(Object::as_dict).ok()?;
        }
        None
    }

    /// A named thing of the resources: a font, a drawing, a state.
    fn named(&self, resources: Option<&'a Dictionary>, sort: &[u8], name: &[u8]) -> Option<&'a Object> {
        let all = resources?.get_deref(sort, self.document).and_then(Object::as_dict).ok()?;
        all.get_deref(name, self.document).ok()
    }

    fn draw(
        &mut self,
        drawing: &[u8],
        resources: Option<&'a Dictionary>,
        state: State,
        forms: u8,
        canvas: &mut Canvas,
    ) {
        let mut saved: Vec<State> = Vec::new();
        let mut state = state;
        let mut font = None;
        if drawing.len() > DRAWING_MAX {
            canvas.crowded = true;
            return;
        }
        let operations = Content::decode(drawing).map(|content| content.operations).unwrap_or_default();
        for Operation { operator, operands } in operations {
            self.operations = self.operations.saturating_sub(1);
            if self.operations == 0 {
                break;
            }
            match (operator.as_str(), operands.as_slice()) {
                ("q", _) if saved.len() < SAVED_MAX => saved.push(state.clone()),
                ("Q", _) => state = saved.pop().unwrap_or(state),
                ("Tf", [Object::Name(name), size]) => {
                    state.size = number(size);
                    let found = self.named(resources, b"Font", name).and_then(|font| font.as_dict().ok());
                    font = found.map(|dict| std::ptr::from_ref(dict).addr());
                    if let (Some(at), Some(dict)) = (font, found) {
                        let document = self.document;
                        self.fonts.entry(at).or_insert_with(|| Decoder::of(dict, document));
                    }
                }
                ("Tj" | "'" | "\"" | "TJ", all) => {
                    if matches!(operator.as_str(), "'" | "\"") {
                        state.next_line();
                    }
                    let decoder = font.and_then(|at| self.fonts.get(&at));
                    all.iter().for_each(|one| show(one, decoder, &mut state, canvas));
                }
                ("gs", [Object::Name(name)]) => {
                    let found = self.named(resources, b"ExtGState", name).and_then(|one| one.as_dict().ok());
                    if let Some(dict) = found {
                        state.clear = is_clear(dict, self.document);
                    }
                }
                ("Do", [Object::Name(name)]) => {
                    if let Some(Object::Stream(stream)) = self.named(resources, b"XObject", name) {
                        self.placed(stream, resources, &state, forms, canvas);
                    }
                }
                (operator, operands) => canvas.paint(operator, &numbers(operands), &mut state),
            }
        }
    }

    /// A picture, or a drawing inside the drawing.
    fn placed(
        &mut self,
        stream: &'a lopdf::Stream,
        resources: Option<&'a Dictionary>,
        state: &State,
        forms: u8,
        canvas: &mut Canvas,
    ) {
        let dict = &stream.dict;
        match dict.get_deref(b"Subtype", self.document).and_then(Object::as_name) {
            Ok(b"Image") => {
                let masked = [&b"SMask"[..], b"Mask", b"ImageMask"].iter().any(|key| dict.has(key));
                canvas.picture(state, masked);
            }
            Ok(b"Form") if forms > 0 => {
                let matrix = dict.get_deref(b"Matrix", self.document).and_then(Object::as_array);
                let matrix: Matrix = matrix.ok().and_then(|all| numbers(all).try_into().ok()).unwrap_or(UNIT);
                let own = dict.get_deref(b"Resources", self.document).and_then(Object::as_dict).ok();
                let bytes = stream.get_plain_content_with_limit(STREAM_MAX.min(self.drawn)).unwrap_or_default();
                self.drawn = self.drawn.saturating_sub(bytes.len());
                let mut inner = state.clone();
                inner.ctm = times(matrix, state.ctm);
                self.draw(&bytes, own.or(resources), inner, forms - 1, canvas);
            }
            _ => {}
        }
    }
}

/// Shows a text, or the texts and gaps of a list.
fn show(operand: &Object, decoder: Option<&Decoder<'_>>, state: &mut State, canvas: &mut Canvas) {
    match operand {
        Object::String(bytes, _) => match decoder.and_then(|decoder| decoder.read(bytes)) {
            Some(words) => canvas.write(&words, state),
            None => canvas.unreadable |= !bytes.is_empty(),
        },
        Object::Array(all) => {
            for one in all {
                match one {
                    Object::String(..) => show(one, decoder, state, canvas),
                    gap => state.skip(-number(gap) / 1000.0),
                }
            }
        }
        _ => {}
    }
}

/// Whether what is painted lets through what lies below.
fn is_clear(dict: &Dictionary, document: &Document) -> bool {
    let faint = dict.get_deref(b"ca", document).is_ok_and(|alpha| number(alpha) < 0.9);
    let mixed = dict.get_deref(b"BM", document).and_then(Object::as_name).is_ok_and(|mode| mode != b"Normal");
    faint || mixed
}

fn numbers(operands: &[Object]) -> Vec<f64> {
    operands.iter().map(number).collect()
}

fn number(object: &Object) -> f64 {
    object.as_float().map_or(0.0, f64::from)
}
