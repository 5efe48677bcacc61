//! What citizens attach is taken, what pretends is not, and pictures keep no secrets.

use intake::Cause;
use intake::file::{self, Kind, safe_name, sniff};
use intake::picture::strip;
use proptest::prelude::*;

const PLACE: &[u8] = b"GPS-SECRET";

/// A ZIP file of empty entries with these names.
fn package(names: &[&str], flags: u8) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for name in names {
        let length = (name.len() as u16).to_le_bytes();
        let offset = (out.len() as u32).to_le_bytes();
        let common = [&[20, 0, flags, 0][..], &[0; 18], &length, &[0, 0]].concat();
        out.extend([b"PK\x03\x04", &common[..], name.as_bytes()].concat());
        directory.extend([b"PK\x01\x02\x14\0", &common[..], &[0; 10], &offset, name.as_bytes()].concat());
    }
    let count = (names.len() as u16).to_le_bytes();
    let (size, start) = ((directory.len() as u32).to_le_bytes(), (out.len() as u32).to_le_bytes());
    out.extend(directory);
    out.extend([&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &start, &[0, 0]].concat());
    out
}

/// A compound file with one directory entry of this name.
fn compound(name: &str) -> Vec<u8> {
    let mut out = vec![0; 1024];
    out[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    for (at, unit) in name.encode_utf16().enumerate() {
        out[512 + 2 * at..514 + 2 * at].copy_from_slice(&unit.to_le_bytes());
    }
    out
}

fn docx() -> Vec<u8> {
    package(&["[Content_Types].xml", "word/document.xml"], 0)
}

fn tiff(orientation: u8) -> Vec<u8> {
    let mut block = b"II*\0\x08\0\0\0\x02\0".to_vec();
    block.extend([0x25, 0x88, 4, 0, 1, 0, 0, 0, 38, 0, 0, 0]);
    block.extend([0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]);
    block.extend(PLACE);
    block
}

fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    [&[0xFF, marker], &((data.len() + 2) as u16).to_be_bytes()[..], data].concat()
}

fn jpeg(orientation: u8) -> Vec<u8> {
    [
        &[0xFF, 0xD8][..],
        &segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\x01\x01SEC"),
        &segment(0xE1, &[b"Exif\0\0", &tiff(orientation)[..]].concat()),
        &segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0GPS-SECRET"),
        &segment(0xE2, b"ICC_PROFILE\0\x01\x01colour"),
        &segment(0xED, b"Photoshop GPS-SECRET"),
        &segment(0xFE, PLACE),
        &segment(0xDB, &[0; 65]),
        &segment(0xC2, &[8, 0, 1, 0, 1, 1, 1, 0x11, 0]),
        &segment(0xDA, &[1, 1, 0, 0, 63, 0]),
        b"scan\xFF\x00one\xFF\xD0more",
        &segment(0xFE, PLACE),
        &segment(0xDA, &[1, 1, 0, 0, 63, 0]),
        b"two\xFF\xD9",
        b"motion photo GPS-SECRET",
    ]
    .concat()
}

fn chunk(name: &[u8], data: &[u8]) -> Vec<u8> {
    [&(data.len() as u32).to_be_bytes()[..], name, data, b"crc!"].concat()
}

fn png(orientation: u8) -> Vec<u8> {
    [
        b"\x89PNG\r\n\x1A\n".to_vec(),
        chunk(b"IHDR", &[0; 13]),
        chunk(b"eXIf", &tiff(orientation)),
        chunk(b"iTXt", PLACE),
        chunk(b"prVt", PLACE),
        chunk(b"IDAT", b"pixels"),
        chunk(b"IEND", b""),
        PLACE.to_vec(),
    ]
    .concat()
}

fn webp(orientation: u8) -> Vec<u8> {
    let chunk = |name: &[u8], data: &[u8]| {
        let pad = vec![0; data.len() % 2];
        [name, &(data.len() as u32).to_le_bytes(), data, &pad].concat()
    };
    let body = [
        b"WEBP".to_vec(),
        chunk(b"VP8X", &[0x2C, 0, 0, 0, 1, 0, 0, 1, 0, 0]),
        chunk(b"VP8 ", b"pixel"),
        chunk(b"EXIF", &tiff(orientation)),
        chunk(b"XMP ", PLACE),
    ]
    .concat();
    [b"RIFF".to_vec(), (body.len() as u32).to_le_bytes().to_vec(), body, PLACE.to_vec()].concat()
}

fn gif() -> Vec<u8> {
    [
        &b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xFF\xFF\xFF"[..],
        b"\x21\xFF\x0BNETSCAPE2.0\x03\x01\0\0\0",
        b"\x21\xFE\x0AGPS-SECRET\0",
        b"\x21\xFF\x0BXMP DataXMP\x0AGPS-SECRET\0",
        b"\x21\xF9\x04\0\0\0\0\0",
        b"\x2C\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0",
        b"\x3B",
        PLACE,
    ]
    .concat()
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

fn cause(bytes: &[u8], name: &str) -> Cause {
    let refusal = sniff(bytes, name).unwrap_err();
    assert!(refusal.sentence.starts_with("文件“") && refusal.sentence.ends_with('。'), "{refusal}");
    refusal.cause
}

#[test]
fn what_citizens_bring_is_taken() {
    let xlsx = package(&["[Content_Types].xml", "xl/workbook.xml"], 0);
    let gbk = b"\xC4\xFA\xBA\xC3, \xC7\xEB\xCE\xCA";
    let taken: [(&[u8], &str, Kind); 17] = [
        (&jpeg(1), "现场照片.JPG", Kind::Jpeg),
        (&png(1), "截图.png", Kind::Png),
        (&png(1), "改了名的截图.jpg", Kind::Png),
        (&webp(1), "a.webp", Kind::Webp),
        (&gif(), "a.gif", Kind::Gif),
        (b"%PDF-1.7\n", "合同.pdf", Kind::Pdf),
        (&docx(), "说明.docx", Kind::Docx),
        (&docx(), "说明.wps", Kind::Wps),
        (&xlsx, "表.xlsx", Kind::Xlsx),
        (&package(&["OFD.xml"], 0), "公文.ofd", Kind::Ofd),
        (&compound("WordDocument"), "旧.doc", Kind::Doc),
        (&compound("WordDocument"), "旧.wps", Kind::Wps),
        (&compound("Workbook"), "旧.xls", Kind::Xls),
        ("您好，请问".as_bytes(), "说明.ｔｘｔ", Kind::Txt),
        (gbk, "说明.txt", Kind::Txt),
        (b"\xFF\xFE\x60\x4F\x7D\x59", "说明.txt", Kind::Txt),
        ("姓名,事项\n申某甲,停车".as_bytes(), "表.csv", Kind::Csv),
    ];
    for (bytes, name, kind) in taken {
        assert_eq!(sniff(bytes, name), Ok(kind), "{name}");
        assert!(!kind.media_type().is_empty());
    }
}

#[test]
fn what_pretends_is_refused_by_its_cause() {
    let disguised: [(&[u8], &str); 15] = [
        (b"MZ\x90\0", "照片.jpg"),
        (b"\x7FELF", "说明.pdf"),
        (b"#!/bin/sh\n", "说明.txt"),
        (b"<html><script>alert(1)</script>", "说明.txt"),
        (b"\xEF\xBB\xBF <!DOCTYPE html>", "表.csv"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "图.png"),
        (b"<?php ?>", "a.txt"),
        (b"\xFF\xFE<\0h\0t\0m\0l\0>\0", "a.txt"),
        (&package(&["a.txt"], 0), "说明.docx"),
        (&docx(), "表.xlsx"),
        (&docx(), "照片.jpg"),
        (&compound("Workbook"), "旧.doc"),
        (b"plain", "照片.jpg"),
        (b"\0\x01\x02", "a.txt"),
        (b"PK\x05\x06", "a.docx"),
    ];
    for (bytes, name) in disguised {
        assert_eq!(cause(bytes, name), Cause::Disguised, "{name} {bytes:?}");
    }
    for name in ["a.exe", "a.html", "a.svg", "a.js", "a.zip", "a.heic", "a", "发票.pdf.exe", "a.docm", ".", ""] {
        assert_eq!(cause(b"%PDF-1.7", name), Cause::Type, "{name}");
    }
    let mut with_macros = package(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"], 0);
    assert_eq!(cause(&with_macros, "a.docx"), Cause::Macro);
    with_macros.pop();
    assert_eq!(cause(&with_macros, "a.docx"), Cause::Disguised);
    assert_eq!(cause(&compound("_VBA_PROJECT_CUR"), "a.xls"), Cause::Macro);
    assert_eq!(cause(&compound("EncryptedPackage"), "a.docx"), Cause::Password);
    assert_eq!(cause(&package(&["[Content_Types].xml", "word/document.xml"], 1), "a.docx"), Cause::Password);
    assert_eq!(cause(b"", "a.jpg"), Cause::Empty);
    let mut large = jpeg(1);
    large.resize(file::MAX_FILE_BYTES, 0);
    assert_eq!(sniff(&large, "a.jpg"), Ok(Kind::Jpeg));
    large.push(0);
    assert_eq!(cause(&large, "a.jpg"), Cause::Size);
    assert!(file::check_count(4, 6).is_ok());
    let many = file::check_count(4, 7).unwrap_err();
    assert!(many.cause == Cause::Count && many.sentence.contains("请去掉1个"), "{many}");
}

#[test]
fn names_are_safe_and_stay_readable() {
    for (declared, kept) in [
        ("现场照片.JPG", "现场照片.jpg"),
        ("C:\\桌面\\现场.png", "现场.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("a\u{202e}gpj.exe", "agpj.jpg"),
        ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie_ x.jpg"),
        ("<img onerror=\"x\">.jpg", "_img onerror=_x__.jpg"),
        ("con.jpg", "_con.jpg"),
        ("COM1.a.jpg", "_COM1.a.jpg"),
        ("...", "附件.jpg"),
        ("", "附件.jpg"),
        (".jpg", "附件.jpg"),
        ("𠮷野.jpeg", "𠮷野.jpg"),
    ] {
        assert_eq!(safe_name(declared, Kind::Jpeg), kept, "{declared:?}");
    }
    let long = safe_name(&"明".repeat(500), Kind::Pdf);
    assert!(long.len() <= 210 && long.ends_with("明.pdf"));
}

#[test]
fn pictures_lose_their_secrets_and_keep_their_pixels() {
    for (kind, bytes, pixels) in [
        (Kind::Jpeg, jpeg(6), &b"scan\xFF\x00one\xFF\xD0more"[..]),
        (Kind::Png, png(6), b"pixels"),
        (Kind::Webp, webp(6), b"pixel"),
        (Kind::Gif, gif(), b"\x02\x44\x01"),
    ] {
        let name = format!("a.{}", kind.extension());
        let clean = strip(&bytes, kind).unwrap();
        assert!(holds(&bytes, PLACE) && !holds(&clean, b"SEC"), "{kind:?}");
        assert!(holds(&clean, pixels), "{kind:?}");
        assert_eq!(sniff(&clean, &name), Ok(kind));
        assert_eq!(strip(&clean, kind).unwrap(), clean, "nothing is left to strip");
        assert_eq!(strip(&bytes[..20], kind).unwrap_err().cause, Cause::Damaged);
    }
    let clean = strip(&jpeg(6), Kind::Jpeg).unwrap();
    assert!(holds(&clean, b"ICC_PROFILE") && holds(&clean, b"two\xFF\xD9") && clean.ends_with(&[0xFF, 0xD9]));
    assert!(holds(&strip(&gif(), Kind::Gif).unwrap(), b"NETSCAPE2.0"));
    assert_eq!(strip(b"%PDF-1.7", Kind::Pdf).unwrap(), b"%PDF-1.7");
}

#[test]
fn only_a_turned_picture_keeps_the_tag_that_says_so() {
    let tag = [1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6];
    for (turned, upright, kind) in
        [(jpeg(6), jpeg(1), Kind::Jpeg), (png(6), png(1), Kind::Png), (webp(6), webp(1), Kind::Webp)]
    {
        assert!(holds(&strip(&turned, kind).unwrap(), &tag), "{kind:?}");
        let upright = strip(&upright, kind).unwrap();
        for mark in [&b"Exif"[..], b"eXIf", b"EXIF", b"MM\0*", b"II*\0"] {
            assert!(!holds(&upright, mark), "{kind:?}");
        }
    }
    assert_eq!(strip(&webp(6), Kind::Webp).unwrap()[20], 0x28, "the flags tell what is there");
    assert_eq!(strip(&webp(1), Kind::Webp).unwrap()[20], 0x20);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_harm_nobody(at in 0usize..400, byte: u8, cut in 0usize..400, name in ".{0,20}") {
        for (kind, bytes) in [
            (Kind::Jpeg, jpeg(6)), (Kind::Png, png(6)), (Kind::Webp, webp(6)), (Kind::Gif, gif()),
            (Kind::Docx, docx()), (Kind::Doc, compound("WordDocument")),
        ] {
            let mut bytes = bytes;
            let at = at % bytes.len();
            bytes[at] = byte;
            bytes.truncate(bytes.len().saturating_sub(cut % 60));
            let _ = strip(&bytes, kind);
            let _ = sniff(&bytes, &format!("{name}.{}", kind.extension()));
        }
        let safe = safe_name(&name, Kind::Pdf);
        prop_assert!(safe.ends_with(".pdf") && !safe.contains(['/', '\\', '\0', '\n']));
        prop_assert_eq!(safe_name(&safe, Kind::Pdf), safe);
    }
}
