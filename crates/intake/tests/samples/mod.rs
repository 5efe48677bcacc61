//! Documents of office programs, made by hand for tests of every crate.
#![allow(dead_code, reason = "each test uses some of them")]

/// A packed file of stored parts.
pub fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let whole: Vec<Part> = parts
        .iter()
        .map(|(name, bytes)| Part { name, packed: bytes, method: 0, bytes: bytes.len(), crc: crc(bytes) })
        .collect();
    packed(&whole)
}

/// A part as it stands in the file.
pub struct Part<'a> {
    pub name: &'a str,
    pub packed: &'a [u8],
    pub method: usize,
    pub bytes: usize,
    pub crc: u32,
}

pub fn packed(parts: &[Part<'_>]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    let word = |number: usize, width: usize| number.to_le_bytes()[..width].to_vec();
    for part in parts {
        let at = file.len();
        let about = [
            word(20, 2),
            word(0, 2),
            word(part.method, 2),
            word(0, 4),
            word(part.crc as usize, 4),
            word(part.packed.len(), 4),
            word(part.bytes, 4),
            word(part.name.len(), 2),
            word(0, 2),
        ]
        .concat();
        file.extend([b"PK\x03\x04".as_slice(), &about, part.name.as_bytes(), part.packed].concat());
        let place = [word(0, 2), word(0, 2), word(0, 2), word(0, 4), word(at, 4)].concat();
        directory.extend([b"PK\x01\x02".as_slice(), &word(20, 2), &about, &place, part.name.as_bytes()].concat());
    }
    let (at, size, count) = (word(file.len(), 4), word(directory.len(), 4), word(parts.len(), 2));
    file.extend(directory);
    file.extend([b"PK\x05\x06".as_slice(), &word(0, 2), &word(0, 2), &count, &count, &size, &at, &word(0, 2)].concat());
    file
}

pub fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>"#;
const WORD: &str = r#"xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main""#;

/// A document with this inside its body, and further parts.
pub fn docx_of(body: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let main =
        format!(r#"<?xml version="1.0" encoding="UTF-8"?><w:document {WORD}><w:body>{body}</w:body></w:document>"#);
    let mut parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", RELATIONS.as_bytes()),
        ("word/document.xml", main.as_bytes()),
    ];
    parts.extend(more);
    package(&parts)
}

/// A paragraph.
pub fn paragraph(words: &str) -> String {
    format!("<w:p><w:r><w:t xml:space=\"preserve\">{words}</w:t></w:r></w:p>")
}

/// A document of these paragraphs.
pub fn docx(lines: &[&str]) -> Vec<u8> {
    docx_of(&lines.iter().map(|line| paragraph(line)).collect::<String>(), &[])
}

/// Every code is the character of its number.
const MAP: &str = "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CMapName /Plain def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n1 beginbfrange\n<0000> <FFFF> <0000>\nendbfrange\nendcmap\nend\nend";

/// A page of this text, a line each, with the font's table of characters (PDF 32000-1, 9.10.3).
pub fn pdf(lines: &[&str]) -> Vec<u8> {
    let hex = |line: &str| line.encode_utf16().map(|unit| format!("{unit:04X}")).collect::<String>();
    let shown: String = lines.iter().map(|line| format!("<{}> Tj 0 -24 Td ", hex(line))).collect();
    let stream = format!("BT /F1 16 Tf 72 760 Td {shown} ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{stream}\nendstream", stream.len()),
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /Identity-H /DescendantFonts [6 0 R] /ToUnicode 8 0 R >>".to_owned(),
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor 7 0 R /DW 1000 >>".to_owned(),
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{MAP}\nendstream", MAP.len()),
    ];
    let (mut file, mut places) = (b"%PDF-1.4\n%\xE2\xE3\xCF\xD3\n".to_vec(), Vec::new());
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", at + 1).bytes());
    }
    let table = file.len();
    let entries: String = places.iter().map(|at| format!("{at:010} 00000 n \n")).collect();
    let count = objects.len() + 1;
    file.extend(
        format!("xref\n0 {count}\n0000000000 65535 f \n{entries}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n")
            .bytes(),
    );
    file
}
