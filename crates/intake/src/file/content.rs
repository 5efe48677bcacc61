//! What a file really is, whatever it is called.

use super::{Kind, zip};

/// The content of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// A picture.
    Picture(Kind),
    /// A PDF, OFD or OOXML document.
    Whole(Kind),
    /// A document in the old compound format.
    Compound(Kind),
    /// Plain text.
    Text,
    /// A document with macros.
    Macro,
    /// A document with a password.
    Locked,
    /// Something that is not taken, in the words of people.
    Other(&'static str),
}

impl Content {
    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Picture(Kind::Jpeg) => "JPEG图片",
            Self::Picture(Kind::Png) => "PNG图片",
            Self::Picture(Kind::Gif) => "GIF图片",
            Self::Picture(_) => "WebP图片",
            Self::Whole(Kind::Pdf) => "PDF文档",
            Self::Whole(Kind::Ofd) => "OFD版式文档",
            Self::Whole(Kind::Xlsx) | Self::Compound(Kind::Xls) => "Excel表格",
            Self::Whole(Kind::Pptx) | Self::Compound(Kind::Ppt) => "PPT演示文稿",
            Self::Whole(_) | Self::Compound(_) => "Word文档",
            Self::Text => "纯文本",
            Self::Macro => "含宏的文档",
            Self::Locked => "加密的文档",
            Self::Other(label) => label,
        }
    }
}

const PROGRAM: Content = Content::Other("可执行的程序");
const WEB_PAGE: Content = Content::Other("网页或带脚本的图形");
const UNKNOWN: Content = Content::Other("无法识别的数据，文件可能已损坏");

/// First bytes, and what they tell.
const MAGIC: [(&[u8], Content); 19] = [
    (b"\xFF\xD8\xFF", Content::Picture(Kind::Jpeg)),
    (b"\x89PNG\r\n\x1A\n", Content::Picture(Kind::Png)),
    (b"GIF87a", Content::Picture(Kind::Gif)),
    (b"GIF89a", Content::Picture(Kind::Gif)),
    (b"%PDF-", Content::Whole(Kind::Pdf)),
    (b"MZ", PROGRAM),
    (b"\x7FELF", PROGRAM),
    (b"\xFE\xED\xFA", PROGRAM),
    (b"\xCF\xFA\xED\xFE", PROGRAM),
    (b"\xCE\xFA\xED\xFE", PROGRAM),
    (b"\xCA\xFE\xBA\xBE", PROGRAM),
    (b"\0asm", PROGRAM),
    (b"L\0\0\0\x01\x14\x02\0", PROGRAM),
    (b"#!", PROGRAM),
    (b"@echo", PROGRAM),
    (b"Rar!", Content::Other("压缩包")),
    (b"7z\xBC\xAF\x27\x1C", Content::Other("压缩包")),
    (b"\x1F\x8B", Content::Other("压缩包")),
    (b"{\\rtf", Content::Other("RTF文档")),
];

pub(crate) fn look(bytes: &[u8]) -> Content {
    if let Some((_, content)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return content.clone();
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Content::Picture(Kind::Webp);
    }
    if bytes.starts_with(b"PK") {
        return package(bytes);
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return compound(bytes);
    }
    if bytes.get(4..8) == Some(b"ftyp") {
        return Content::Other("HEIC照片或视频");
    }
    text(bytes)
}

/// A ZIP file is known by the names in it.
fn package(bytes: &[u8]) -> Content {
    let Some(listing) = zip::list(bytes) else {
        return UNKNOWN;
    };
    let has = |name: &str| listing.names.iter().any(|entry| entry.eq_ignore_ascii_case(name.as_bytes()));
    let ends = |end: &[u8]| listing.names.iter().any(|name| name.to_ascii_lowercase().ends_with(end));
    if listing.locked {
        return Content::Locked;
    }
    if ends(b"vbaproject.bin") || ends(b".exe") || ends(b".dll") {
        return Content::Macro;
    }
    match () {
        () if has("OFD.xml") => Content::Whole(Kind::Ofd),
        () if !has("[Content_Types].xml") => Content::Other("压缩包"),
        () if has("word/document.xml") => Content::Whole(Kind::Docx),
        () if has("xl/workbook.xml") => Content::Whole(Kind::Xlsx),
        () if has("ppt/presentation.xml") => Content::Whole(Kind::Pptx),
        () => Content::Other("压缩包"),
    }
}

/// A compound file is known by the names in its directory, 128 bytes an entry.
fn compound(bytes: &[u8]) -> Content {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        bytes.chunks_exact(128).any(|entry| entry.starts_with(&wide))
    };
    match () {
        () if has("EncryptedPackage") => Content::Locked,
        () if has("_VBA_PROJECT") => Content::Macro,
        () if has("WordDocument") => Content::Compound(Kind::Doc),
        () if has("Workbook") || has("Book\0") => Content::Compound(Kind::Xls),
        () if has("PowerPoint Document") => Content::Compound(Kind::Ppt),
        () => Content::Other("其他程序的文件"),
    }
}

fn text(bytes: &[u8]) -> Content {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let control = |b: &u8| *b < b' ' && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0C | 0x1A);
    let readable = if bytes.starts_with(b"\xFF\xFE") || bytes.starts_with(b"\xFE\xFF") {
        is_utf16(bytes)
    } else {
        !bytes.iter().any(control) && (std::str::from_utf8(bytes).is_ok() || is_gb18030(bytes))
    };
    if !readable {
        return UNKNOWN;
    }
    let start: Vec<u8> = bytes
        .iter()
        .filter(|b| **b != 0)
        .skip_while(|b| b.is_ascii_whitespace() || matches!(b, 0xFF | 0xFE))
        .take(16)
        .map(u8::to_ascii_lowercase)
        .collect();
    match start.as_slice() {
        [b'<', b'!' | b'?' | b'%' | b'a'..=b'z', ..] => WEB_PAGE,
        start if start.starts_with(b"mime-version:") => WEB_PAGE,
        start if start.starts_with(b"#!") || start.starts_with(b"@echo") => PROGRAM,
        start if start.starts_with(b"%pdf-") => Content::Whole(Kind::Pdf),
        _ => Content::Text,
    }
}

/// UTF-16 with its mark: pairs of bytes that are all letters of some script.
fn is_utf16(bytes: &[u8]) -> bool {
    let little = bytes.starts_with(b"\xFF\xFE");
    let (pairs, rest) = bytes.as_chunks::<2>();
    let read = if little { u16::from_le_bytes } else { u16::from_be_bytes };
    rest.is_empty()
        && char::decode_utf16(pairs.iter().map(|&pair| read(pair)))
            .all(|c| c.is_ok_and(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r')))
}

/// GB 18030 (and GBK, GB 2312): pairs and fours of bytes in their ranges.
fn is_gb18030(mut bytes: &[u8]) -> bool {
    loop {
        bytes = match bytes {
            [] => return true,
            [0..=0x7F, rest @ ..] => rest,
            [0x81..=0xFE, 0x40..=0x7E | 0x80..=0xFE, rest @ ..] => rest,
            [0x81..=0xFE, b'0'..=b'9', 0x81..=0xFE, b'0'..=b'9', rest @ ..] => rest,
            _ => return false,
        };
    }
}
