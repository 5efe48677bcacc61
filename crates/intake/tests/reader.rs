//! Documents of office programs: what they say, and what is not read.

mod samples;

use std::io::Write;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use intake::reader::{self, LARGEST};
use intake::{Cause, html, pages};
use samples::{Part, crc, docx, docx_of, package, packed, paragraph, pdf};

const RED: [&str; 11] = [
    "000012",
    "特急",
    "明川市晴湾区人民政府文件",
    "晴政发〔2026〕8号　　签发人：申某甲",
    "关于整修听潮街的通知",
    "各镇人民政府，各街道办事处：",
    "为方便群众出行，决定整修听潮街。",
    "一、总体要求",
    "二〇二六年五月底前完工。",
    "明川市晴湾区人民政府",
    "2026年3月5日",
];

fn clean(name: &str, bytes: &[u8]) -> String {
    let said = reader::read(name, bytes).unwrap_or_else(|refusal| panic!("{name}: {refusal}"));
    html::clean(&said.html.unwrap_or_default())
}

#[test]
fn headings_lists_tables_and_emphasis_of_a_docx_become_clean_html() {
    let styled = |style: &str, words: &str| {
        format!("<w:p><w:pPr><w:outlineLvl w:val=\"{style}\"/></w:pPr><w:r><w:t>{words}</w:t></w:r></w:p>")
    };
    let cell = |more: &str, words: &str| format!("<w:tc><w:tcPr>{more}</w:tcPr>{}</w:tc>", paragraph(words));
    let table = format!(
        "<w:tbl><w:tblGrid><w:gridCol/><w:gridCol/><w:gridCol/></w:tblGrid><w:tr>{}{}</w:tr><w:tr>{}{}{}</w:tr><w:tr>{}{}{}</w:tr></w:tbl>",
        cell("<w:gridSpan w:val=\"2\"/>", "街道"),
        cell("", "长度"),
        cell("<w:vMerge w:val=\"restart\"/>", "听潮街"),
        cell("", "东段"),
        cell("", "1.2公里"),
        cell("<w:vMerge/>", ""),
        cell("", "西段"),
        cell("", "0.8公里"),
    );
    let bold = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>重点</w:t></w:r><w:r><w:t>工作&lt;甲&gt;</w:t></w:r></w:p>";
    let body = format!("{}{}{bold}{table}", styled("0", "总体要求"), styled("1", "工作目标"));
    let html = clean("a.docx", &docx_of(&body, &[]));
    for part in [
        "<h2>总体要求</h2>",
        "<h3>工作目标</h3>",
        "<p><strong>重点</strong>工作&lt;甲&gt;</p>",
        "colspan=\"2\">街道<",
        "rowspan=\"2\">听潮街<",
        ">西段<",
    ] {
        assert!(html.contains(part), "{part} in {html}");
    }
    assert_eq!(html.matches("<tr>").count(), 3, "{html}");
}

#[test]
fn a_red_head_is_recognised_and_not_shown_twice() {
    for (name, bytes) in [("a.docx", docx(&RED)), ("a.pdf", pdf(&RED)), ("a.txt", RED.join("\r\n").into_bytes())] {
        let page = pages::recognise(reader::read(name, &bytes).unwrap()).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(page.title, "明川市晴湾区人民政府关于整修听潮街的通知", "{name}");
        for (field, value) in [
            ("number", "晴政发〔2026〕8号"),
            ("issuer", "明川市晴湾区人民政府"),
            ("addressee", "各镇人民政府，各街道办事处"),
            ("written_on", "2026-03-05"),
        ] {
            assert_eq!(page.fields.get(field).map(String::as_str), Some(value), "{name} {field}");
        }
        assert!(page.body.starts_with("<p>各镇人民政府，各街道办事处：</p>"), "{name}: {}", page.body);
        assert!(page.body.contains("<h2>一、总体要求</h2>") && !page.body.contains("签发人"), "{name}: {}", page.body);
    }
}

#[test]
fn other_programs_are_read_too() {
    let gb = |words: &str| {
        let bytes = encoding_rs::GB18030.encode(words).0.into_owned();
        bytes.iter().map(|byte| format!("\\'{byte:02x}")).collect::<String>()
    };
    let rtf = format!(
        "{{\\rtf1\\ansi\\ansicpg936\\deff0{{\\fonttbl{{\\f0\\fcharset134 SimSun;}}}}\\f0 {}\\par {}\\par}}",
        gb("关于停水的通知"),
        gb("因检修停水。")
    );
    assert!(html::words(&clean("a.rtf", rtf.as_bytes())).contains("因检修停水。"));
    let content = r#"<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:text><text:h text:outline-level="1">关于停电的通知</text:h><text:p>因检修停电。</text:p></office:text></office:body></office:document-content>"#;
    let manifest = r#"<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.text"/></manifest:manifest>"#;
    let odt = package(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ("content.xml", content.as_bytes()),
        ("META-INF/manifest.xml", manifest.as_bytes()),
    ]);
    assert_eq!(clean("a.odt", &odt), "<h2>关于停电的通知</h2>\n<p>因检修停电。</p>");
    let csv = "街道,长度\n听潮街,1.2\n".as_bytes();
    assert!(clean("a.csv", csv).contains("<td>听潮街</td>"));
    let gbk = encoding_rs::GB18030.encode("<meta charset=gbk><h1>通知</h1><p>停气。</p>").0.into_owned();
    assert!(clean("a.html", &gbk).contains("停气"));
}

#[test]
fn what_is_hostile_or_broken_is_refused_with_its_reason() {
    let bomb = {
        let zeros = vec![b' '; 64 << 20];
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&zeros).unwrap();
        let (packed_bytes, whole) = (encoder.finish().unwrap(), docx(&["甲"]));
        assert!(packed_bytes.len() < whole.len() + (1 << 20));
        packed(&[
            Part { name: "[Content_Types].xml", packed: b"<Types/>", method: 0, bytes: 8, crc: crc(b"<Types/>") },
            Part { name: "word/document.xml", packed: &packed_bytes, method: 8, bytes: 100, crc: 0 },
        ])
    };
    let macros = docx_of(&paragraph("甲"), &[("word/vbaProject.bin", b"x")]);
    let mut locked = docx(&["甲"]);
    // The flag of encryption in every entry of the directory.
    let entries: Vec<usize> = (0..locked.len() - 4).filter(|at| locked[*at..].starts_with(b"PK\x01\x02")).collect();
    entries.into_iter().for_each(|at| locked[at + 8] |= 1);
    let header = docx_of(
        &paragraph("关于停水的通知"),
        &[("word/header1.xml", "<w:hdr><w:p><w:r><w:t>机密★10年</w:t></w:r></w:p></w:hdr>".as_bytes())],
    );
    let whole = docx(&RED);
    let mut compound = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    compound.resize(1024, 0);
    let wide: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    compound[512..512 + wide.len()].copy_from_slice(&wide);
    let pdf_locked = {
        let text = String::from_utf8_lossy(&pdf(&["甲"])).into_owned();
        text.replace("/Root 1 0 R", "/Root 1 0 R /Encrypt << /Filter /Standard /V 1 /R 2 /O (0123456789abcdef0123456789abcdef) /U (0123456789abcdef0123456789abcdef) /P -4 >> /ID [<00> <00>]").into_bytes()
    };
    for (name, bytes, cause) in [
        ("a.docx", Vec::new(), Cause::Empty),
        ("a.docx", vec![b'x'; LARGEST + 1], Cause::Size),
        ("a.docx", bomb, Cause::Size),
        ("a.docx", macros, Cause::Macro),
        ("a.docx", locked, Cause::Password),
        ("a.docx", compound, Cause::Password),
        ("a.docx", b"%PDF-1.4\n".to_vec(), Cause::Disguised),
        ("a.docx", b"MZ\x90\0".to_vec(), Cause::Disguised),
        ("a.pdf", whole.clone(), Cause::Disguised),
        ("a.docx", whole[..whole.len() / 2].to_vec(), Cause::Disguised),
        ("a.docx", header, Cause::Secret),
        ("机密★1年.docx", whole, Cause::Secret),
        ("a.txt", b"\xE6\x9C\xBA\xE5\xAF\x86\xE2\x98\x85\n".to_vec(), Cause::Secret),
        ("a.exe", b"MZ".to_vec(), Cause::Type),
        ("a.zip", b"PK".to_vec(), Cause::Type),
        ("a.txt", b"a\0b".to_vec(), Cause::Format),
    ] {
        let refusal = reader::read(name, &bytes).expect_err(name);
        assert_eq!(refusal.cause, cause, "{name}: {refusal}");
        assert!(refusal.sentence.ends_with(['。', '）']), "{refusal}");
    }
    let locked = reader::read("a.pdf", &pdf_locked).expect_err("a locked PDF");
    assert!([Cause::Password, Cause::Damaged, Cause::Format].contains(&locked.cause), "{locked}");
    let half = reader::read("a.pdf", &pdf(&RED)[..200]).expect_err("half a PDF");
    assert!([Cause::Damaged, Cause::Format].contains(&half.cause), "{half}");
}
