//! How the bytes of a text become characters.

use lopdf::{Dictionary, Document, Encoding, Object};

/// Most bytes of a table of characters.
const MAP_MAX: usize = 4 * 1024 * 1024;

/// How a font is read.
pub(super) enum Decoder<'a> {
    /// UTF-16, big end first.
    Wide,
    /// GBK and its kin.
    Gb,
    /// By a table.
    Table(Encoding<'a>),
    /// No table says what the glyphs mean.
    Unknown,
}

impl<'a> Decoder<'a> {
    pub(super) fn of(font: &'a Dictionary, document: &'a Document) -> Decoder<'a> {
        if let Some(map) = unicode_map(font, document) {
            return Decoder::Table(map);
        }
        let name = font.get_deref(b"Encoding", document).and_then(Object::as_name).unwrap_or_default();
        match name {
            name if name.starts_with(b"Uni") => Decoder::Wide,
            name if name.starts_with(b"GB") => Decoder::Gb,
            b"Identity-H" | b"Identity-V" => Decoder::Unknown,
            _ => font.get_font_encoding_with_limit(document, MAP_MAX).map_or(Decoder::Unknown, Decoder::Table),
        }
    }

    /// The characters of a shown text; none where they cannot be told.
    pub(super) fn read(&self, bytes: &[u8]) -> Option<String> {
        match self {
            Decoder::Wide => Some(encoding_rs::UTF_16BE.decode_without_bom_handling(bytes).0.into_owned()),
            Decoder::Gb => Some(encoding_rs::GB18030.decode_without_bom_handling(bytes).0.into_owned()),
            Decoder::Table(table) => table.bytes_to_string(bytes).ok(),
            Decoder::Unknown => None,
        }
    }
}

/// The table that a font carries for copying its text: it is right where names of glyphs are not.
fn unicode_map<'a>(font: &Dictionary, document: &Document) -> Option<Encoding<'a>> {
    font.get(b"ToUnicode").ok()?;
    let mut bare = font.clone();
    bare.remove(b"Encoding");
    match bare.get_font_encoding_with_limit(document, MAP_MAX) {
        Ok(Encoding::UnicodeMapEncoding(map)) => Some(Encoding::UnicodeMapEncoding(map)),
        _ => None,
    }
}
