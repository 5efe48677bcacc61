//! What a form brought: fields as they were typed, files, and ways to read both leniently.

use axum::response::{IntoResponse, Redirect, Response};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::OwnedSemaphorePermit;

/// Name of the hidden field with the token against forged requests.
pub const CSRF: &str = "csrf";
/// Name of the hidden field that makes sending twice the same as sending once.
pub const KEY: &str = "key";
/// Name of the hidden field with the number of the last event that the person saw.
pub const SEEN: &str = "seen";

/// A file that came with a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Name of the field it came in.
    pub field: String,
    /// File name without path and without characters that deceive the eye.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// The fields and files of one request: of the body of a POST, of the query of a GET.
#[derive(Clone, Debug, Default)]
pub struct Form {
    fields: Vec<(String, String)>,
    files: Vec<Upload>,
    refused: Vec<(String, String)>,
    /// Share of the memory for files, given back with the form.
    held: Vec<Arc<OwnedSemaphorePermit>>,
}

impl Form {
    /// Reads `a=1&b=2`; bytes that are no UTF-8 become replacement characters.
    pub fn parse(encoded: &[u8]) -> Form {
        let mut form = Form::default();
        for (name, value) in form_urlencoded::parse(encoded) {
            form.push(name.into_owned(), value.into_owned());
        }
        form
    }

    /// Adds a field, without the character NUL, which nobody types and PostgreSQL cannot hold.
    pub fn push(&mut self, name: String, mut value: String) {
        value.retain(|c| c != '\0');
        self.fields.push((name, value));
    }

    /// Adds a file; one without name and content is a file field left empty.
    pub fn push_file(&mut self, field: String, name: &str, bytes: Vec<u8>) {
        if !(name.is_empty() && bytes.is_empty()) {
            self.files.push(Upload { field, name: file_name(name), bytes });
        }
    }

    /// Keeps a share of the memory for files as long as the form lives.
    pub fn hold(&mut self, share: OwnedSemaphorePermit) {
        self.held.push(Arc::new(share));
    }

    /// Notes a file that was not kept: it never stops the rest of the form.
    pub fn refuse_file(&mut self, field: String, sentence: String) {
        self.refused.push((field, sentence));
    }

    /// A field exactly as typed, for showing it again; empty when it is not there.
    pub fn raw(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// Every value of a field that may be given several times.
    pub fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let name = name.to_owned();
        self.fields.iter().filter(move |(field, _)| *field == name).map(|(_, value)| value.as_str())
    }

    /// Whether the field was sent at all.
    pub fn has(&self, name: &str) -> bool {
        self.all(name).next().is_some()
    }

    /// One line of text: blanks at the ends, runs of blanks and control characters removed;
    /// Chinese punctuation stays as it is.
    pub fn line(&self, name: &str) -> String {
        let value = self.raw(name).replace('\u{3000}', " ");
        let visible = value.chars().map(|c| if c.is_control() { ' ' } else { c });
        let value: String = visible.filter(|c| !is_deceptive(*c)).collect();
        value.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Text of several lines: line ends made one kind, control characters and blanks at the
    /// ends removed.
    pub fn text(&self, name: &str) -> String {
        let value = self.raw(name).replace("\r\n", "\n").replace('\r', "\n");
        let kept = |c: &char| *c == '\n' || *c == '\t' || !(c.is_control() || is_deceptive(*c));
        value.chars().filter(kept).collect::<String>().trim_matches(blank).to_owned()
    }

    /// A number, code, telephone number or address of e-mail: full width made half width, no
    /// blanks.
    pub fn code(&self, name: &str) -> String {
        let narrow = self.raw(name).chars().map(half_width);
        narrow.filter(|c| !(c.is_whitespace() || c.is_control() || is_deceptive(*c))).collect()
    }

    /// A password: exactly as typed, but full width made half width, as a keyboard left in
    /// full-width mode writes it.
    pub fn secret(&self, name: &str) -> String {
        self.raw(name).chars().map(half_width).collect()
    }

    /// A number in figures, or `None`.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.code(name).parse().ok()
    }

    /// What was typed for each of these elements, empty ones left out. Several values of one
    /// name are joined by a comma.
    pub fn answers<'a>(&self, elements: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, String> {
        let answer = |id: &str| {
            let values: Vec<&str> = self.all(id).filter(|value| !value.trim().is_empty()).collect();
            if values.len() > 1 { values.join(",") } else { self.text(id) }
        };
        let answers = elements.into_iter().map(|id| (id.to_owned(), answer(id)));
        answers.filter(|(_, value)| !value.is_empty()).collect()
    }

    /// Every field but the hidden ones of ours, in the order in which they came.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let ours = [CSRF, KEY, SEEN];
        let fields = self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        fields.filter(move |(name, _)| !ours.contains(name))
    }

    /// The files.
    pub fn files(&self) -> &[Upload] {
        &self.files
    }

    /// The files, taken out.
    pub fn take_files(&mut self) -> Vec<Upload> {
        std::mem::take(&mut self.files)
    }

    /// Files that were not kept: field and sentence.
    pub fn refused_files(&self) -> &[(String, String)] {
        &self.refused
    }

    /// The idempotency key of this form and this content: the same form sent twice has the same
    /// key; changed after the back button and sent again, another. `None` when the page gave no
    /// usable key.
    pub fn key(&self) -> Option<String> {
        let key = self.raw(KEY);
        if !(16..=64).contains(&key.len()) || !key.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return None;
        }
        let mut hash = Sha256::new();
        let mut part = |bytes: &[u8]| {
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        for (name, value) in self.fields.iter().filter(|(name, _)| name != CSRF) {
            part(name.as_bytes());
            part(value.as_bytes());
        }
        for file in &self.files {
            part(file.name.as_bytes());
            part(&file.bytes);
        }
        Some(format!("{key}-{}", hex(&hash.finalize()[..8])))
    }

    /// The number of the last event the person saw before acting.
    pub fn expected_seq(&self) -> Option<i64> {
        self.number(SEEN)
    }
}

/// What is wrong with the fields of a form: field and sentence, in the order found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldErrors(Vec<(String, String)>);

impl FieldErrors {
    /// Adds a sentence at a field.
    pub fn add(&mut self, field: impl Into<String>, sentence: impl Into<String>) {
        self.0.push((field.into(), sentence.into()));
    }

    /// The first sentence at a field.
    pub fn at(&self, field: &str) -> Option<&str> {
        self.iter().find(|(name, _)| *name == field).map(|(_, sentence)| sentence)
    }

    /// Nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Field and sentence, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(field, sentence)| (field.as_str(), sentence.as_str()))
    }
}

impl<F: Into<String>, S: Into<String>> FromIterator<(F, S)> for FieldErrors {
    fn from_iter<I: IntoIterator<Item = (F, S)>>(errors: I) -> Self {
        FieldErrors(errors.into_iter().map(|(field, sentence)| (field.into(), sentence.into())).collect())
    }
}

/// After a POST that was done: the address where its result is seen (303), so that reloading
/// sends nothing twice.
pub fn see(address: &str) -> Response {
    Redirect::to(address).into_response()
}

/// `address` when it leads to a place on this site, for addresses that came with a request.
pub fn local(address: &str) -> Option<&str> {
    let inside = address.starts_with('/') && !address.starts_with("//");
    let plain = address.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'\\' | b'"' | b'<' | b'>'));
    (inside && plain).then_some(address)
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn blank(c: char) -> bool {
    c.is_whitespace()
}

/// Full-width letters, digits and signs as a Chinese keyboard writes them.
fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '。' => '.',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        _ => c,
    }
}

/// Marks without shape that turn or hide what stands beside them.
fn is_deceptive(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
}

/// A file's name without path, control and deceptive characters, at most 120 characters with
/// its ending kept.
fn file_name(typed: &str) -> String {
    let last = typed.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !(c.is_control() || is_deceptive(*c))).collect();
    let clean = clean.trim_matches(|c: char| c == '.' || c.is_whitespace());
    if clean.is_empty() {
        return "未命名文件".to_owned();
    }
    let (stem, ending) = clean.rsplit_once('.').unwrap_or((clean, ""));
    let ending: String = ending.chars().take(10).collect();
    let stem: String = stem.chars().take(119 - ending.chars().count()).collect();
    if ending.is_empty() { stem } else { format!("{stem}.{ending}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(encoded: &str) -> Form {
        Form::parse(encoded.as_bytes())
    }

    #[test]
    fn input_is_read_leniently_and_kept_as_typed() {
        let form = form(
            "phone=%EF%BC%91%EF%BC%93%EF%BC%98+0000%E3%80%800000&title=++%E8%B7%AF%EF%BC%8C%0A%E7%81%AF++%E5%9D%8F+&text=a%0D%0Ab%0Dc%00%E2%80%AE%0A",
        );
        assert_eq!(form.code("phone"), "13800000000");
        assert_eq!(form.raw("phone"), "１３８ 0000　0000");
        assert_eq!(form.line("title"), "路， 灯 坏");
        assert_eq!(form.text("text"), "a\nb\nc");
        assert_eq!(form.raw("none"), "");
        assert!(!form.has("none"));
    }

    #[test]
    fn broken_encoding_is_no_reason_to_lose_a_form() {
        let form = form("a=%FF%zz&b=%E4%BD%A0%00&&=x&c");
        assert_eq!(form.raw("b"), "你");
        assert!(form.raw("a").contains('\u{FFFD}'));
        assert!(form.has("c"));
    }

    #[test]
    fn answers_hold_only_what_was_filled_in() {
        let form = form("title=t&place=+&way=a&way=b&other=x");
        let answers = form.answers(["title", "place", "way", "none"]);
        assert_eq!(
            answers.into_iter().collect::<Vec<_>>(),
            [("title".to_owned(), "t".to_owned()), ("way".to_owned(), "a,b".to_owned())]
        );
    }

    #[test]
    fn the_key_follows_form_and_content() {
        let key = |content: &str| form(&format!("csrf=x&key=0123456789abcdef&{content}")).key();
        assert_eq!(key("a=1"), key("a=1"));
        assert_ne!(key("a=1"), key("a=2"));
        assert_ne!(key("a=1&b=2"), key("a=1b=2"));
        assert_eq!(form("csrf=y&key=0123456789abcdef&a=1").key(), key("a=1"), "another token");
        assert_eq!(form("a=1").key(), None);
        assert_eq!(form("key=short&a=1").key(), None);
        let mut with_file = form("key=0123456789abcdef&a=1");
        with_file.push_file("f".into(), "x.txt", vec![1]);
        assert_ne!(with_file.key(), key("a=1"));
    }

    #[test]
    fn names_of_files_cannot_lead_elsewhere_or_deceive() {
        for (typed, clean) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\temp\\照片.jpg", "照片.jpg"),
            ("gpj.\u{202E}exe", "gpj.exe"),
            ("..", "未命名文件"),
            ("a\r\nb.pdf", "ab.pdf"),
        ] {
            assert_eq!(file_name(typed), clean, "{typed:?}");
        }
        let long = file_name(&format!("{}.pdf", "长".repeat(500)));
        assert_eq!(long.chars().count(), 120);
        assert!(long.ends_with(".pdf"));
    }

    #[test]
    fn an_empty_file_field_is_no_file() {
        let mut form = Form::default();
        form.push_file("files".into(), "", Vec::new());
        form.push_file("files".into(), "空.txt", Vec::new());
        assert_eq!(form.files().len(), 1);
    }

    #[test]
    fn only_places_on_this_site_are_returned_to() {
        assert_eq!(local("/desk?view=near&x=%E4%B8%AD"), Some("/desk?view=near&x=%E4%B8%AD"));
        for bad in ["", "//evil.invalid", "/\\evil", "https://evil.invalid", "desk", "/a b", "/a\nb", "/a\"b"] {
            assert_eq!(local(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn errors_answer_by_field() {
        let mut errors = FieldErrors::default();
        assert!(errors.is_empty());
        errors.add("phone", "请填写手机号码。");
        assert_eq!(errors.at("phone"), Some("请填写手机号码。"));
        assert_eq!(errors.at("name"), None);
        assert_eq!([("a", "b")].into_iter().collect::<FieldErrors>().at("a"), Some("b"));
    }
}
