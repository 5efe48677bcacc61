//! What hides in files is told, everything they say is read, and nothing they do harms the reader.

mod make;

use intake::file::Kind;
use intake::inside::{Inside, Sort, look};
use make::{docx, one_page, package, pdf, saved_again, shown, stream};
use proptest::prelude::*;

/// The words at a place.
fn said(inside: &Inside, place: &str) -> String {
    inside.passages.iter().filter(|one| one.exact && one.place == place).map(|one| one.words.as_str()).collect()
}

/// Place and words of each trace of a sort.
fn traces(inside: &Inside, sort: Sort) -> Vec<(&str, &str)> {
    let of = inside.traces.iter().filter(|trace| trace.sort == sort);
    of.map(|trace| (trace.place.as_str(), trace.words.as_str())).collect()
}

#[test]
fn a_docx_tells_changes_comments_hidden_text_author_and_what_is_embedded() {
    let body = "<w:p><w:r><w:t>公示</w:t></w:r><w:ins w:author=\"办事员甲\"><w:r><w:t>三人</w:t></w:r></w:ins>\
        <w:del w:author=\"办事员甲\"><w:r><w:delText>申某甲</w:delText></w:r></w:del>\
        <w:r><w:rPr><w:vanish/></w:rPr><w:t>内部电话</w:t></w:r>\
        <w:r><w:rPr><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr><w:t>、明文</w:t></w:r></w:p>";
    let core = "<cp:coreProperties><dc:creator>办事员甲</dc:creator></cp:coreProperties>";
    let app = "<Properties><Company>晴湾区某局</Company></Properties>";
    let comment = "<w:comments><w:comment w:author=\"科长甲\"><w:p><w:r><w:t>核实&amp;再报</w:t></w:r></w:p></w:comment></w:comments>";
    let rels = "<Relationships><Relationship Type=\"x/attachedTemplate\" Target=\"file:///s/t.dotx\" TargetMode=\"External\"/>\
        <Relationship Type=\"x/hyperlink\" Target=\"https://a.example/\" TargetMode=\"External\"/></Relationships>";
    let inside = look(
        &docx(
            body,
            &[
                ("word/header1.xml", "<w:hdr><w:p><w:r><w:t>页眉文字</w:t></w:r></w:p></w:hdr>"),
                ("word/comments.xml", comment),
                ("word/_rels/settings.xml.rels", rels),
                ("word/embeddings/oleObject1.bin", "\0\0"),
                ("docProps/core.xml", core),
                ("docProps/app.xml", app),
            ],
        ),
        Kind::Docx,
    );
    assert_eq!(said(&inside, "正文").trim(), "公示三人、明文");
    assert_eq!(said(&inside, "正文（修订中已删除的文字）").trim(), "申某甲");
    assert_eq!(said(&inside, "页眉").trim(), "页眉文字");
    assert_eq!(traces(&inside, Sort::Revision), [("正文", "共2处；插入“三人”；删除“申某甲”")]);
    assert_eq!(traces(&inside, Sort::HiddenText), [("正文", "内部电话")]);
    assert_eq!(traces(&inside, Sort::Comment), [("", "共1条；科长甲：核实&再报")]);
    let author = traces(&inside, Sort::Author);
    assert!(author[0].1.contains("作者：办事员甲") && author[0].1.contains("单位：晴湾区某局"), "{author:?}");
    assert_eq!(traces(&inside, Sort::External), [("", "file:///s/t.dotx")], "a link that is clicked is none");
    assert_eq!(traces(&inside, Sort::Embedded), [("", "oleObject1.bin")]);
    let clean = look(&docx("<w:p><w:r><w:t>公示</w:t></w:r></w:p>", &[]), Kind::Docx);
    assert!(clean.traces.is_empty(), "{:?}", clean.traces);
}

#[test]
fn an_xlsx_tells_every_sheet_and_what_is_hidden_in_it() {
    let workbook = "<workbook><sheets><sheet name=\"名单\" sheetId=\"1\" r:id=\"r1\"/>\
        <sheet name=\"底稿\" sheetId=\"2\" state=\"veryHidden\" r:id=\"r2\"/></sheets><definedNames>\
        <definedName name=\"_xlnm._FilterDatabase\" hidden=\"1\">名单!$A$1</definedName>\
        <definedName name=\"旧表\" hidden=\"1\">底稿!$A$1</definedName></definedNames></workbook>";
    let rels = "<Relationships><Relationship Id=\"r1\" Target=\"worksheets/sheet1.xml\"/>\
        <Relationship Id=\"r2\" Target=\"/xl/worksheets/sheet2.xml\"/></Relationships>";
    let strings = "<sst><si><t>申某甲</t><rPh><t>shen</t></rPh></si><si><r><t>11010519</t></r><r><t>491231002X</t></r></si></sst>";
    let first = "<worksheet><cols><col min=\"2\" max=\"3\" hidden=\"1\"/></cols><sheetData>\
        <row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row><row r=\"2\" hidden=\"1\"><c t=\"s\"><v>1</v></c><c><v>42</v></c></row>\
        </sheetData></worksheet>";
    let second =
        "<worksheet><sheetData><row><c t=\"inlineStr\"><is><t>未公开数</t></is></c></row></sheetData></worksheet>";
    let parts: Vec<(&str, &[u8])> = [
        ("[Content_Types].xml", "<Types/>"),
        ("xl/workbook.xml", workbook),
        ("xl/_rels/workbook.xml.rels", rels),
        ("xl/sharedStrings.xml", strings),
        ("xl/worksheets/sheet1.xml", first),
        ("xl/worksheets/sheet2.xml", second),
        (
            "xl/comments1.xml",
            "<comments><commentList><comment><text><t>请删</t></text></comment></commentList></comments>",
        ),
        ("xl/externalLinks/externalLink1.xml", "<externalLink><v>7</v></externalLink>"),
    ]
    .map(|(name, text)| (name, text.as_bytes()))
    .to_vec();
    let inside = look(&package(&parts), Kind::Xlsx);
    assert_eq!(said(&inside, "工作表“名单”"), "申某甲\n11010519491231002X\n42\n");
    assert_eq!(said(&inside, "工作表“底稿”").trim(), "未公开数");
    assert_eq!(traces(&inside, Sort::HiddenSheet), [("工作表“底稿”", "彻底隐藏：未公开数")]);
    assert_eq!(traces(&inside, Sort::HiddenCells), [("工作表“名单”", "第2行；B—C列")]);
    assert_eq!(traces(&inside, Sort::HiddenName), [("", "旧表＝底稿!$A$1")]);
    assert_eq!(traces(&inside, Sort::Comment), [("", "请删")]);
    assert_eq!(traces(&inside, Sort::External).len(), 1);
}

#[test]
fn a_pptx_tells_notes_and_hidden_slides() {
    let slide = |show: &str, text: &str| format!("<p:sld{show}><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:sld>");
    let (first, second) = (slide("", "公开内容"), slide(" show=\"0\"", "暂不公开"));
    let notes = slide("", "讲稿里的话");
    let parts: Vec<(&str, &[u8])> = vec![
        ("[Content_Types].xml", b"<Types/>"),
        ("ppt/presentation.xml", b"<p/>"),
        ("ppt/slides/slide1.xml", first.as_bytes()),
        ("ppt/slides/slide2.xml", second.as_bytes()),
        ("ppt/notesSlides/notesSlide1.xml", notes.as_bytes()),
    ];
    let inside = look(&package(&parts), Kind::Pptx);
    assert_eq!(said(&inside, "第1张幻灯片").trim(), "公开内容");
    assert_eq!(traces(&inside, Sort::HiddenSlide), [("第2张幻灯片", "暂不公开")]);
    assert_eq!(traces(&inside, Sort::Notes), [("备注1", "讲稿里的话")]);
}

#[test]
fn a_pdf_is_read_page_by_page_and_tells_what_is_covered_or_not_painted() {
    let drawing = [
        "BT /F1 12 Tf 1 0 0 1 50 700 Tm",
        &shown("证件号11010519491231002X"),
        "ET",
        // From the fourth character on: the number, painted over in black.
        "0 g 86 690 200 20 re f",
        "BT /F1 12 Tf 50 600 Td",
        &shown("经办人甲"),
        "ET q /G1 gs 1 1 0 rg 40 590 200 20 re f Q",
        "BT /F1 12 Tf 3 Tr 50 500 Td",
        &shown("看不见的字"),
        "ET BT 0 Tr 1 1 1 rg /F1 12 Tf 50 400 Td",
        &shown("白字"),
        "ET",
    ]
    .join("\n");
    let inside = look(&pdf(&one_page(&drawing, "", ""), ""), Kind::Pdf);
    let words = said(&inside, "第1页");
    assert_eq!(words.lines().collect::<Vec<_>>(), ["证件号11010519491231002X", "经办人甲", "看不见的字", "白字"]);
    assert_eq!(
        traces(&inside, Sort::Covered),
        [("页面文字", "第1页“11010519491231002X”")],
        "a marker pen covers nothing"
    );
    assert_eq!(traces(&inside, Sort::Invisible), [("页面文字", "第1页“看不见的字 白字”")]);
}

#[test]
fn a_pdf_tells_earlier_revisions_annotations_attachments_scripts_and_author() {
    let drawing = |text: &str| format!("BT /F1 12 Tf 50 700 Td {} ET", shown(text));
    let mut objects = one_page(
        &drawing("共三户：甲、乙、丙"),
        "/Names << /EmbeddedFiles << /Names [(a) 7 0 R] >> >> /OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
        "/Annots [6 0 R]",
    );
    objects.push("<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /T (reviewer) /Contents (check again) >>".into());
    objects.push("<< /Type /Filespec /F (list.txt) /EF << /F 8 0 R >> >>".into());
    objects.push(stream("attached words"));
    objects.push("<< /Author <FEFF7533> /Title (t) >>".into());
    let first = pdf(&objects, "/Info 9 0 R");
    let inside = look(&first, Kind::Pdf);
    assert_eq!(traces(&inside, Sort::Author), [("文档属性", "作者：申")]);
    assert_eq!(traces(&inside, Sort::Comment), [("", "共1条；reviewer：check again")]);
    assert_eq!(traces(&inside, Sort::Embedded), [("", "list.txt")]);
    assert_eq!(said(&inside, "内嵌“list.txt”正文").trim(), "attached words");
    assert_eq!(traces(&inside, Sort::Script), [("", "JavaScript")]);
    assert!(traces(&inside, Sort::EarlierVersion).is_empty());
    let again = saved_again(first, 4, &stream(&drawing("共两户：甲、乙")), 10);
    let inside = look(&again, Kind::Pdf);
    assert_eq!(said(&inside, "第1页").trim(), "共两户：甲、乙");
    assert_eq!(traces(&inside, Sort::EarlierVersion), [("倒数第2个版本", "共三户：甲、乙、丙")]);
}

#[test]
fn a_scan_and_a_font_without_a_table_are_told_as_unread() {
    let mut scan = one_page("q 500 0 0 700 0 0 cm /I1 Do Q", "", "");
    scan[2] = scan[2].replace("/Font", "/XObject << /I1 6 0 R >> /Font");
    scan.push("<< /Subtype /Image /Width 1 /Height 1 /Length 0 >>\nstream\n\nendstream".into());
    let why = |objects: &[String]| {
        let inside = look(&pdf(objects, ""), Kind::Pdf);
        traces(&inside, Sort::Unread).first().map(|(_, why)| (*why).to_owned()).unwrap_or_default()
    };
    assert!(why(&scan).contains("扫描件"), "{}", why(&scan));
    let mut font = one_page("BT /F1 12 Tf 50 700 Td <0001> Tj ET", "", "");
    font[4] = font[4].replace("UniGB-UCS2-H", "Identity-H");
    assert!(why(&font).contains("编码对照表"), "{}", why(&font));
    assert!(traces(&look(b"%PDF-1.7 broken", Kind::Pdf), Sort::Unread)[0].1.contains("读不出"));
    assert_eq!(traces(&look(b"\xD0\xCF\x11\xE0", Kind::Doc), Sort::Unread).len(), 1);
}

#[test]
fn a_photo_tells_place_device_and_people_also_inside_a_document() {
    let ascii = |tag: u16, offset: u32, length: u32| {
        [&tag.to_be_bytes()[..], &[0, 2], &length.to_be_bytes(), &offset.to_be_bytes()].concat()
    };
    // Two entries in the first directory and the way to the place; three fractions for each degree.
    let mut exif = b"MM\0*\0\0\0\x08\0\x03".to_vec();
    exif.extend(ascii(0x0110, 50, 6));
    exif.extend(ascii(0x013B, 56, 6));
    exif.extend([&[0x88, 0x25, 0, 4, 0, 0, 0, 1][..], &62u32.to_be_bytes(), &[0; 4]].concat());
    exif.extend(b"Model\0Shen1\0");
    exif.extend([0, 2]);
    for (tag, at) in [(2u16, 92u32), (4, 116)] {
        exif.extend([&tag.to_be_bytes()[..], &[0, 5], &3u32.to_be_bytes(), &at.to_be_bytes()].concat());
    }
    exif.extend([0; 4]);
    for part in [30u32, 1, 30, 1, 0, 1, 120, 1, 15, 1, 0, 1] {
        exif.extend(part.to_be_bytes());
    }
    let block = [b"Exif\0\0", &exif[..]].concat();
    let jpeg =
        [&[0xFF, 0xD8, 0xFF, 0xE1], &((block.len() + 2) as u16).to_be_bytes()[..], &block, &[0xFF, 0xD9]].concat();
    let inside = look(&jpeg, Kind::Jpeg);
    assert_eq!(traces(&inside, Sort::Location), [("", "纬度30.50、经度120.25附近")]);
    assert_eq!(traces(&inside, Sort::Camera), [("", "型号：Model；作者：Shen1")]);
    let mut png = b"\x89PNG\r\n\x1A\n".to_vec();
    png.extend([&15u32.to_be_bytes()[..], b"tEXtAuthor\0", "申某".as_bytes(), b"ab", &[0; 4]].concat());
    assert!(traces(&look(&png, Kind::Png), Sort::Camera)[0].1.contains("申某"));
    let parts: [(&str, &[u8]); 3] =
        [("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<d/>"), ("word/media/image1.jpeg", &jpeg)];
    let inside = look(&package(&parts), Kind::Docx);
    assert_eq!(traces(&inside, Sort::Location)[0].0, "图片image1.jpeg");
}

#[test]
fn text_of_old_systems_is_read_in_its_own_bytes() {
    let gb = [0xBB, 0xFA, 0xC3, 0xDC, 0xA1, 0xEF, b'5', 0xC4, 0xEA];
    assert_eq!(said(&look(&gb, Kind::Txt), "正文"), "机密★5年");
    let wide: Vec<u8> = [0xFF, 0xFE].into_iter().chain("公示".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(said(&look(&wide, Kind::Csv), "正文"), "公示");
}

#[test]
fn a_bomb_is_told_and_fills_nothing() {
    let zeros = vec![b' '; 80 * 1024 * 1024];
    let bomb = package(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", &zeros)]);
    assert!(bomb.len() < 200_000);
    assert!(look(&bomb, Kind::Docx).overfull);
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::Write::write_all(&mut packer, &zeros).unwrap();
    let packed = packer.finish().unwrap();
    let head = format!(
        "%PDF-1.7\n1 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length {} >>\nstream\n",
        packed.len()
    );
    assert!(look(&[head.as_bytes(), &packed, b"\nendstream\nendobj\n"].concat(), Kind::Pdf).overfull);
    let deep = format!("<w:p>{}", "<w:ins>".repeat(300_000));
    assert!(!look(&docx(&deep, &[]), Kind::Docx).overfull, "depth costs nothing");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_broken_in_a_file_is_survived(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in 0usize..400) {
        let page = pdf(&one_page(&format!("BT /F1 12 Tf {} ET", shown("文字")), "", ""), "");
        let word = docx("<w:p><w:ins><w:r><w:t>字</w:t></w:r></w:ins></w:p>", &[("docProps/core.xml", "<a><creator>x</creator></a>")]);
        for (bytes, kind) in [(page, Kind::Pdf), (word, Kind::Docx)] {
            let mut bytes = bytes;
            let place = at.index(bytes.len());
            bytes[place] = byte;
            bytes.truncate(bytes.len() - cut.min(bytes.len() - 1));
            let _ = look(&bytes, kind);
        }
    }
}
