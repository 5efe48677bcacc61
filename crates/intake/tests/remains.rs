//! What was removed is found wherever it may still stand, and what cannot be opened is told.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, ZlibEncoder};
use intake::remains::{Removed, Trace};

const NAME: &str = "申某甲";

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A package of deflated parts; those named `-…` have lost their place in the directory.
fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut file, mut directory, mut count) = (Vec::new(), Vec::new(), 0u16);
    for (name, bytes) in parts {
        let (at, data) = (u32::try_from(file.len()).unwrap(), deflated(bytes));
        let sizes = [
            &[0; 4][..],
            &u32::try_from(data.len()).unwrap().to_le_bytes(),
            &u32::try_from(bytes.len()).unwrap().to_le_bytes(),
        ]
        .concat();
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let common = [&[20, 0, 0, 0, 8, 0, 0, 0, 0, 0][..], &sizes, &length, &[0, 0]].concat();
        file.extend([b"PK\x03\x04", &common[..], name.as_bytes(), &data].concat());
        if !name.starts_with('-') {
            directory.extend([b"PK\x01\x02\x14\0", &common[..], &[0; 10], &at.to_le_bytes(), name.as_bytes()].concat());
            count += 1;
        }
    }
    let (size, start) =
        (u32::try_from(directory.len()).unwrap().to_le_bytes(), u32::try_from(file.len()).unwrap().to_le_bytes());
    file.extend(directory);
    let count = count.to_le_bytes();
    file.extend([&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &start, &[0, 0]].concat());
    file
}

fn look(name: &str, bytes: &[u8]) -> Vec<(&'static str, Option<usize>)> {
    let removed = Removed::new(["11010519491231002X", NAME]);
    removed.in_file(name, bytes).into_iter().map(|Trace { place, passage }| (place, passage)).collect()
}

#[test]
fn every_part_of_a_package_is_read() {
    let clean = ("word/document.xml", &b"<w:p><w:t>clean</w:t></w:p>"[..]);
    let docx = |name: &str, xml: &str| package(&[("[Content_Types].xml", b"<Types/>"), clean, (name, xml.as_bytes())]);
    for (name, xml, place) in [
        ("word/document.xml", "<w:p><w:r><w:t>申</w:t></w:r><w:r><w:t>某 甲</w:t></w:r></w:p>", "正文和修订记录"),
        ("word/document.xml", "<w:p><w:del><w:delText>申某甲</w:delText></w:del></w:p>", "正文和修订记录"),
        ("word/document.xml", "<w:p><w:ins w:author=\"&#x7533;某甲\"/></w:p>", "正文和修订记录"),
        ("word/comments.xml", "<w:comment>申某甲</w:comment>", "批注"),
        ("word/header1.xml", "<w:hdr>申某甲</w:hdr>", "页眉"),
        ("docProps/core.xml", "<dc:title>關於申某甲</dc:title>", "文件属性"),
        ("customXml/item1.xml", "<x>申某甲</x>", "自定义数据"),
        (
            "xl/worksheets/sheet9.xml",
            "<row hidden=\"1\"><c><v>１１０１０５ 19491231-002X</v></c></row>",
            "工作表和隐藏内容",
        ),
        ("word/media/申某甲.png", "png", "包内文件名"),
        ("-word/document.xml", "<w:p><w:t>申某甲</w:t></w:p>", "较早的修订"),
    ] {
        let found = look("文件.docx", &docx(name, xml));
        assert!(found.len() == 1 && found[0].0 == place && found[0].1.is_some(), "{name}: {found:?}");
    }
    assert_eq!(look("文件.docx", &docx("word/x.xml", "<w:p>申</w:p><w:p>某甲</w:p>")), [], "two paragraphs");
    assert_eq!(look("申某甲.docx", &docx("word/x.xml", "<w:p>无</w:p>")), [("文件名", Some(1))]);
    let inner = docx("word/document.xml", "<w:p>申某甲</w:p>");
    let outer = package(&[("word/embeddings/a.docx", &inner)]);
    assert!(look("文件.docx", &outer).contains(&("内嵌文件", Some(1))));
}

#[test]
fn every_stream_and_revision_of_a_pdf_is_read() {
    let stream = |dictionary: &str, data: &[u8]| {
        let head = format!("5 0 obj\n<< {dictionary} /Length {} >>\nstream\n", data.len());
        [head.as_bytes(), data, b"\nendstream\nendobj\n"].concat()
    };
    let pdf = |parts: &[Vec<u8>]| [b"%PDF-1.7\n".to_vec(), parts.concat(), b"trailer << >>\n%%EOF\n".to_vec()].concat();
    let wide = |words: &str| words.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let digits = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
    let places = |bytes: Vec<u8>| look("文件.pdf", &bytes);
    let title = format!("1 0 obj << /Title <FEFF{}> >> endobj\n", digits(&wide(NAME)));
    assert_eq!(places(pdf(&[title.into_bytes()])), [("文件属性和原始数据", Some(1))]);
    // An object stream of an earlier revision, which nothing names any more.
    let packed = zlib(&[b"<< /Subject (", &wide(NAME)[..], b") >>"].concat());
    assert_eq!(places(pdf(&[stream("/Type /ObjStm /Filter /FlateDecode", &packed)])), [("页面文字", Some(1))]);
    let cmap = b"begincmap 1 beginbfchar <0001> <7533> endbfchar 1 beginbfrange\n<0002> <0002> <67D0>\n<0003> <0004> [<7532> <4E59>]\nendbfrange endcmap";
    let page = b"BT /F1 12 Tf [<0001> -20 <00020003>] TJ ET";
    let shown = pdf(&[
        b"2 0 obj << /Encoding /Identity-H >> endobj\n".to_vec(),
        stream("/Filter /FlateDecode", &zlib(cmap)),
        stream("/Filter /FlateDecode", &zlib(page)),
    ]);
    assert_eq!(places(shown), [("页面文字", Some(1))]);
    assert_eq!(places(pdf(&[stream("", b"BT (\\61\\061010519491231002X) Tj ET")])), [("页面文字", Some(0))]);
    let unmapped =
        pdf(&[b"2 0 obj << /Encoding /Identity-H >> endobj\n".to_vec(), stream("/Filter /FlateDecode", &zlib(page))]);
    assert_eq!(places(unmapped), [("页面文字", None)], "glyphs without a map cannot be looked through");
    assert_eq!(places(pdf(&[b"3 0 obj << /Encrypt 9 0 R >> endobj\n".to_vec()])), [("整个文件（设有权限密码）", None)]);
    assert_eq!(places(pdf(&[stream("/Filter /FlateDecode", &zlib("BT (clean) Tj ET".as_bytes()))])), []);
}

#[test]
fn pictures_and_texts_are_read_in_every_writing() {
    let gbk = encoding_rs::GB18030.encode("名单：申某甲").0.into_owned();
    let wide: Vec<u8> = "x申某甲".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for bytes in ["﻿申\u{200b}某甲".as_bytes(), &gbk, &wide, &[b"\xFF\xD8\xFF\xE1Exif", "申某甲".as_bytes()].concat()]
    {
        assert_eq!(look("文件", bytes), [("文件内容", Some(1))], "{bytes:?}");
    }
    assert_eq!(look("文件", "申某乙".as_bytes()), []);
}

#[test]
fn garbage_is_survived() {
    for start in [&b"%PDF-"[..], b"PK\x03\x04", b"PK\x05\x06", b"%PDF-1.4 stream\n", b"%PDF-(\\", b"%PDF-<4"] {
        for end in [&b""[..], &[0xFF; 40], b"(((\\7", b"endstream stream"] {
            look("", &[start, end].concat());
        }
    }
}
