//! The desk's upload of a document, and the reviewer's form: bad files are told and leave nothing, each hit is
//! decided, nothing that was chosen is lost.

use crate::files::multipart;
use crate::support::{Answer, Client, World};
use axum::http::StatusCode;
use flate2::write::DeflateEncoder;
use office::Role;
use std::io::Write;

const NUMBER: &str = "11010519491231002X";
const TYPED: [(&str, &str); 8] = [
    ("classified", "no"),
    ("kind", "notice"),
    ("title", "拟聘人员公示"),
    ("document.body", "申某甲的证件号码是11010519491231002X。"),
    ("document.written_on", "2026-11-20"),
    ("document.contact", "办公室（0000）5550 0100"),
    ("columns", "gg"),
    ("attribute", "proactive"),
];

/// A packed document of these parts, the way a writer packs them.
fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut file, mut directory) = (Vec::new(), Vec::new());
    for (name, bytes) in parts {
        let mut packer = DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(bytes).unwrap();
        let packed = packer.finish().unwrap();
        let sizes = [(packed.len() as u32).to_le_bytes(), (bytes.len() as u32).to_le_bytes()].concat();
        let (length, offset) = ((name.len() as u16).to_le_bytes(), (file.len() as u32).to_le_bytes());
        file.extend([b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0", &sizes[..], &length, &[0, 0]].concat());
        file.extend([name.as_bytes(), &packed].concat());
        let head = b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0";
        directory.extend([&head[..], &sizes, &length, &[0; 12], &offset, name.as_bytes()].concat());
    }
    let count = (parts.len() as u16).to_le_bytes();
    let (size, start) = ((directory.len() as u32).to_le_bytes(), (file.len() as u32).to_le_bytes());
    file.extend(directory);
    file.extend([&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &size, &start, &[0, 0]].concat());
    file
}

fn docx(more: &[(&str, &[u8])]) -> Vec<u8> {
    let mut parts: Vec<(&str, &[u8])> = vec![("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:p/>")];
    parts.extend(more);
    package(&parts)
}

/// A PDF with these words on its page, as a font of Chinese characters writes them.
fn pdf(words: &str) -> Vec<u8> {
    let shown: String = words.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    let drawing = format!("BT /F1 12 Tf 50 700 Td <{shown}> Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{drawing}\nendstream", drawing.len()),
        "<< /Type /Font /Subtype /Type0 /Encoding /UniGB-UCS2-H >>".to_owned(),
    ];
    let (mut file, mut table) = ("%PDF-1.7\n".to_owned(), String::new());
    for (index, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", file.len());
        file += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let start = file.len();
    file += &format!("xref\n0 6\n0000000000 65535 f \n{table}trailer\n<< /Size 6 /Root 1 0 R >>\n");
    file += &format!("startxref\n{start}\n%%EOF\n");
    file.into_bytes()
}

/// Sends the form of a new document with these files.
async fn drafts(world: &World, client: &mut Client, files: &[(&str, &str, &[u8])]) -> Answer {
    let page = client.get("/desk/document/new?kind=notice").await;
    let (csrf, key) = (page.hidden("csrf"), page.hidden("key"));
    let unit = world.unit.to_string();
    let own = [("csrf", csrf.as_str()), ("key", &key), ("then", "send"), ("unit", &unit)];
    let fields: Vec<(&str, &str)> = own.into_iter().chain(TYPED).collect();
    let kind = ("content-type", "multipart/form-data; boundary=cut");
    client.send("POST", "/desk/document/new", &[kind], multipart(&fields, files)).await
}

async fn desk(world: &World, login: &str, roles: &[Role]) -> Client {
    world.officer(login, roles).await;
    world.desk(login).await
}

/// Files below the data directory, the store's own aside.
fn kept(world: &World) -> usize {
    std::fs::read_dir(world.office().data().join("files")).map_or(0, |dir| dir.count())
}

#[tokio::test]
async fn a_file_that_cannot_be_taken_is_told_and_nothing_is_stored_or_lost() {
    let world = World::new().await;
    let mut drafter = world.desk("handler").await;
    let zeros = vec![b' '; 80 << 20];
    let huge = vec![b'a'; 200 << 20];
    let secret: Vec<u8> =
        docx(&[("word/header1.xml", "<w:hdr><w:p><w:r><w:t>机密★10年</w:t></w:r></w:p></w:hdr>".as_bytes())]);
    let bad: [(&str, Vec<u8>, &str); 9] = [
        ("通知.pdf", b"MZ\x90\0program".to_vec(), "两者不符"),
        ("通知.docm", docx(&[]), "宏"),
        ("表.xlsm", docx(&[]), "宏"),
        ("通知.docx", docx(&[("word/vbaProject.bin", b"x")]), "含有宏"),
        ("网页.docx", b"<html><script>alert(1)</script>".to_vec(), "两者不符"),
        ("炸弹.docx", package(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", &zeros)]), "内容异常大"),
        ("太大.txt", huge, "超过20MB"),
        ("红头.docx", secret, "国家秘密标志"),
        ("红头.pdf", pdf("机密★"), "第1页里有国家秘密标志"),
    ];
    for (name, bytes, why) in bad {
        let told = drafts(&world, &mut drafter, &[("files", "好的.txt", b"ok"), ("files", name, &bytes)]).await;
        assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}: {}", told.text);
        assert!(told.text.contains(why), "{name}: {}", told.text);
        assert!(told.text.contains("拟聘人员公示") && told.text.contains(NUMBER), "{name}: what was typed stands");
    }
    assert_eq!(kept(&world), 0, "nothing on the disk");
    let list = drafter.get("/desk/list/all").await.text;
    assert!(!list.contains("拟聘人员公示"), "no draft either");
    let taken = drafts(&world, &mut drafter, &[("files", "好的.txt", b"ok")]).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.text);
    assert_eq!(kept(&world), 1);
}

/// The names of the hits on a page of review.
fn marks(page: &str) -> Vec<String> {
    let names = page.split("name=\"decisions.").skip(1).filter_map(|rest| rest.split('"').next());
    let mut names: Vec<String> = names.filter(|name| !name.ends_with(".why")).map(str::to_owned).collect();
    names.dedup();
    names
}

#[tokio::test]
async fn the_reviewer_decides_each_hit_in_the_form_of_the_checks() {
    let world = World::new().await;
    let mut clerk = desk(&world, "clerk2", &[Role::FoiClerk]).await;
    let mut reviewer = desk(&world, "reviewer", &[Role::Reviewer]).await;
    let body = "<w:p><w:del w:author=\"甲\"><w:r><w:delText>删去的话</w:delText></w:r></w:del></w:p>";
    let file = package(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", body.as_bytes())]);
    let mut drafter = world.desk("handler").await;
    let sent = drafts(&world, &mut drafter, &[("files", "名单.docx", &file)]).await;
    let here = sent.header("location").split('?').next().unwrap().to_owned();
    let page = clerk.get(&here).await;
    let confirm = [("seen", page.hidden("seen")), ("key", page.hidden("key")), ("step", "confirm_attribute".into())];
    let confirm = confirm.each_ref().map(|(name, value)| (*name, value.as_str()));
    let review = format!("{here}/review");
    assert_eq!(clerk.post(&here, &review, &confirm).await.status, StatusCode::SEE_OTHER);

    let page = reviewer.get(&here).await.text;
    assert!(page.contains("附件“名单.docx”正文") && page.contains("没有接受的修订"), "{page}");
    assert!(page.contains("机器检查发现2处，2处待决定") && page.contains("1101"), "{page}");
    let hits = marks(&page);
    assert_eq!(hits.len(), 2);
    let checks = [("secrecy", "pass"), ("privacy", "masked"), ("wording", "pass")];
    let send = async |reviewer: &mut Client, choices: &[(&str, &str)]| {
        let page = reviewer.get(&here).await;
        let own = [("seen", page.hidden("seen")), ("key", page.hidden("key"))];
        let own = own.each_ref().map(|(name, value)| (*name, value.as_str()));
        let fields: Vec<(&str, &str)> = own.into_iter().chain(choices.iter().copied()).collect();
        reviewer.post(&here, &review, &fields).await
    };
    let names: Vec<(String, String)> =
        hits.iter().map(|mark| (format!("decisions.{mark}"), format!("decisions.{mark}.why"))).collect();
    let (first, second) = (&names[0], &names[1]);

    let unexplained = send(&mut reviewer, &[&checks[..], &[(&first.0, "keep")]].concat()).await;
    assert_eq!(unexplained.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unexplained.text.contains("保留的要写明理由"), "{}", unexplained.text);
    assert!(unexplained.text.contains("value=\"masked\" checked"), "what was chosen stands: {}", unexplained.text);

    let halved =
        send(&mut reviewer, &[&checks[..], &[(&first.0, "keep"), (&first.1, "对外公布的内容")]].concat()).await;
    assert_eq!(halved.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(halved.text.contains("还有1处没有决定") && halved.text.contains("第十五条"), "{}", halved.text);

    assert_eq!(
        send(&mut reviewer, &[(&second.0, "mend"), (&second.1, "接受修订后另存")]).await.status,
        StatusCode::SEE_OTHER
    );
    let back = reviewer.get(&format!("{here}/step/send_back")).await.text;
    assert!(back.contains("——接受修订后另存") || back.contains("接受修订后另存"), "{back}");
    assert!(!back.contains(NUMBER), "masked in the list, too");
    assert_eq!(
        send(&mut reviewer, &[&checks[..], &[(&second.0, "keep"), (&second.1, "修订内容可以公开")]].concat())
            .await
            .status,
        StatusCode::SEE_OTHER
    );
    let done = reviewer.get(&here).await.text;
    assert!(
        done.contains("表述准确") && done.contains("修订内容可以公开"),
        "the history says what was decided: {done}"
    );
    let direct = reviewer.get(&format!("{here}/step/decide_hits")).await;
    assert_eq!(direct.status, StatusCode::SEE_OTHER, "no form of its own");
}
