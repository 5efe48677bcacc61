//! “从文件导入正文” on the drafting page.

use crate::files::{multipart, officer};
use crate::samples::docx;
use crate::support::{Answer, Client, World};
use axum::http::StatusCode;

const NEW: &str = "/desk/document/new";
const LINES: [&str; 4] = ["关于夜间停水的公告", "晴水〔2026〕9号", "因检修停水。", "2026年11月20日"];

async fn read(client: &mut Client, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Answer {
    let page = client.get(&format!("{NEW}?kind=notice")).await;
    let (csrf, key) = (page.hidden("csrf"), page.hidden("key"));
    let own = [("csrf", csrf.as_str()), ("key", &key), ("kind", "notice"), ("then", "read")];
    let fields: Vec<(&str, &str)> = own.into_iter().chain(fields.iter().copied()).collect();
    let files: Vec<(&str, &str, &[u8])> = file.into_iter().map(|(name, bytes)| ("source", name, bytes)).collect();
    let kind = ("content-type", "multipart/form-data; boundary=cut");
    client.send("POST", NEW, &[kind], multipart(&fields, &files)).await
}

#[tokio::test]
async fn a_file_fills_the_form_and_stores_nothing() {
    let world = World::new().await;
    let mut client = officer(&world).await;
    let (file, list) = (docx(&LINES), "/desk/list/all");
    let shown = read(&mut client, &[("classified", "no")], Some(("停水.docx", &file))).await;
    assert_eq!(shown.status, StatusCode::OK, "{}", shown.text);
    assert!(
        shown.text.contains("value=\"关于夜间停水的公告\"") && shown.text.contains("因检修停水。"),
        "{}",
        shown.text
    );
    assert!(shown.text.contains("已从文件读入") && !client.get(list).await.text.contains("夜间停水"));
    let typed = [("classified", "no"), ("title", "我的标题"), ("document.body", "我的正文")];
    let kept = read(&mut client, &typed, Some(("停水.docx", &file))).await;
    assert_eq!(kept.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(kept.text.contains("没有覆盖") && kept.text.contains("我的正文") && kept.text.contains("我的标题"));
}

#[tokio::test]
async fn what_may_be_secret_or_is_no_document_is_not_read() {
    let world = World::new().await;
    let mut client = officer(&world).await;
    let secret = docx(&["机密★10年", "关于某事的公告", "不应出现的内容"]);
    for (answered, file, told) in [
        ("", Some(("停水.docx", docx(&LINES))), "请先回答是否涉密"),
        ("no", Some(("某事.docx", secret)), "国家秘密标志"),
        ("no", Some(("停水.docx", b"%PDF-1.4\n".to_vec())), "两者不符"),
        ("no", None, "请先选择"),
    ] {
        let file = file.as_ref().map(|(name, bytes)| (*name, bytes.as_slice()));
        let refused = read(&mut client, &[("classified", answered)], file).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
        assert!(refused.text.contains(told) && !refused.text.contains("不应出现"), "{told}: {}", refused.text);
    }
}

#[tokio::test]
async fn the_file_may_stay_as_an_attachment_of_a_draft() {
    let world = World::new().await;
    let mut client = officer(&world).await;
    let file = docx(&LINES);
    let unit = world.unit.to_string();
    let typed = [("classified", "no"), ("unit", unit.as_str()), ("source_attached", "1")];
    let saved = read(&mut client, &typed, Some(("停水.docx", &file))).await;
    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text);
    let page = client.get(&format!("{}/document", saved.header("location"))).await;
    assert!(page.text.contains("停水.docx") && page.text.contains("因检修停水。"), "{}", page.text);
    assert!(!client.get("/c/gg").await.text.contains("夜间停水"), "a draft is not public");
}
