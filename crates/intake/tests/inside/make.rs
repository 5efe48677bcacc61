//! Small files of our own: packed documents of stored or deflated parts, and PDFs.

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;

/// A packed document of these parts.
pub fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in parts {
        let mut packer = DeflateEncoder::new(Vec::new(), Compression::best());
        packer.write_all(bytes).unwrap();
        let packed = packer.finish().unwrap();
        let sizes = [(packed.len() as u32).to_le_bytes(), (bytes.len() as u32).to_le_bytes()].concat();
        let length = (name.len() as u16).to_le_bytes();
        let offset = (file.len() as u32).to_le_bytes();
        file.extend([b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0", &sizes[..], &length, &[0, 0]].concat());
        file.extend(name.as_bytes());
        file.extend(packed);
        let head = b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0";
        directory.extend([&head[..], &sizes, &length, &[0; 12], &offset].concat());
        directory.extend(name.as_bytes());
    }
    let count = (parts.len() as u16).to_le_bytes();
    let (size, start) = ((directory.len() as u32).to_le_bytes(), (file.len() as u32).to_le_bytes());
    file.extend(directory);
    file.extend([&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &start, &[0, 0]].concat());
    file
}

/// A DOCX with this body and other parts.
pub fn docx(body: &str, others: &[(&str, &str)]) -> Vec<u8> {
    let body = format!("<w:document><w:body>{body}</w:body></w:document>");
    let mut parts = vec![("[Content_Types].xml", &b"<Types/>"[..]), ("word/document.xml", body.as_bytes())];
    parts.extend(others.iter().map(|(name, text)| (*name, text.as_bytes())));
    package(&parts)
}

/// A PDF whose objects are these, from 1 on; the first is the catalog.
pub fn pdf(objects: &[String], info: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).into_bytes());
    }
    let start = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).into_bytes());
    for place in places {
        file.extend(format!("{place:010} 00000 n \n").into_bytes());
    }
    let size = objects.len() + 1;
    file.extend(format!("trailer\n<< /Size {size} /Root 1 0 R {info} >>\nstartxref\n{start}\n%%EOF\n").into_bytes());
    file
}

/// The same file saved once more: one object replaced, all else as it stands.
pub fn saved_again(mut file: Vec<u8>, number: usize, object: &str, size: usize) -> Vec<u8> {
    let text = String::from_utf8_lossy(&file).into_owned();
    let before: usize = text.rsplit("startxref\n").next().unwrap().lines().next().unwrap().parse().unwrap();
    let place = file.len();
    file.extend(format!("{number} 0 obj\n{object}\nendobj\n").into_bytes());
    let start = file.len();
    let table =
        format!("xref\n{number} 1\n{place:010} 00000 n \ntrailer\n<< /Size {size} /Root 1 0 R /Prev {before} >>\n");
    file.extend(format!("{table}startxref\n{start}\n%%EOF\n").into_bytes());
    file
}

/// A stream of drawing.
pub fn stream(drawing: &str) -> String {
    format!("<< /Length {} >>\nstream\n{drawing}\nendstream", drawing.len())
}

/// A text as a font of Chinese characters shows it.
pub fn shown(text: &str) -> String {
    let units: String = text.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    format!("<{units}> Tj")
}

/// Catalog, pages, one page with a font of Chinese characters, its drawing.
pub fn one_page(drawing: &str, catalog: &str, page: &str) -> Vec<String> {
    vec![
        format!("<< /Type /Catalog /Pages 2 0 R {catalog} >>"),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R \
             /Resources << /Font << /F1 5 0 R >> /ExtGState << /G1 << /ca 0.3 >> >> >> {page} >>"
        ),
        stream(drawing),
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts \
         [<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo \
         << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>] >>"
            .to_owned(),
    ]
}
