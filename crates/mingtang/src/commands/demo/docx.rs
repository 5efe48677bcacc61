//! A small DOCX made here, with a change that nobody accepted: what the checks of a document find.

use office::Upload;

use super::stories::Tracked;

/// The file of a story.
pub(super) fn tracked(story: &Tracked) -> Upload {
    let run = |text: &str| format!("<w:r><w:t xml:space=\"preserve\">{text}</w:t></w:r>");
    let (author, date) = (&story.author, "2026-11-18T09:00:00Z");
    let change = |sort: &str, id: u8, inner: String| {
        format!("<w:{sort} w:id=\"{id}\" w:author=\"{author}\" w:date=\"{date}\">{inner}</w:{sort}>")
    };
    let deleted = format!("<w:r><w:delText xml:space=\"preserve\">{}</w:delText></w:r>", story.deleted);
    let words = [run(&story.text), change("del", 1, deleted), change("ins", 2, run(&story.inserted))].concat();
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";
    let document = format!(
        "{head}<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">\
         <w:body><w:p>{words}</w:p></w:body></w:document>"
    );
    let types = format!(
        "{head}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Override PartName=\"/word/document.xml\" \
         ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>"
    );
    let relations = format!(
        "{head}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">\
         <Relationship Id=\"r1\" \
         Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" \
         Target=\"word/document.xml\"/></Relationships>"
    );
    let parts = [("[Content_Types].xml", types), ("_rels/.rels", relations), ("word/document.xml", document)];
    Upload { name: story.name.clone(), bytes: packed(&parts) }
}

/// A ZIP file of parts that are not compressed.
fn packed(parts: &[(&str, String)]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in parts {
        let size = u32::try_from(text.len()).unwrap_or_default().to_le_bytes();
        let length = u16::try_from(name.len()).unwrap_or_default().to_le_bytes();
        let offset = u32::try_from(file.len()).unwrap_or_default().to_le_bytes();
        // 1980-01-01, the first day that the format knows.
        let common =
            [&[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0][..], &crc(text.as_bytes()).to_le_bytes(), &size, &size, &length]
                .concat();
        file.extend([b"PK\x03\x04", &common[..], &[0, 0], name.as_bytes(), text.as_bytes()].concat());
        directory.extend([b"PK\x01\x02\x14\0", &common[..], &[0; 12], &offset, name.as_bytes()].concat());
    }
    let count = u16::try_from(parts.len()).unwrap_or_default().to_le_bytes();
    let size = u32::try_from(directory.len()).unwrap_or_default().to_le_bytes();
    let start = u32::try_from(file.len()).unwrap_or_default().to_le_bytes();
    file.extend(directory);
    file.extend([&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &start, &[0, 0]].concat());
    file
}

/// CRC-32 as ZIP uses it.
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 };
    !bytes.iter().fold(u32::MAX, |crc, &byte| (0..8).fold(crc ^ u32::from(byte), |crc, _| step(crc)))
}
