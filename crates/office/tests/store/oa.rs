//! Documents from the body's OA: checked, sent back, sent again, signed, and never public by themselves.

use office::{Caller, Fail, Metadata, OaReceived, Role, Submission, Upload};

use crate::documents::{Desk, on_every_engine};
use crate::samples::docx;

const LINES: [&str; 4] = ["关于夜间停水的通知", "各用户：", "因检修停水。", "晴湾区水务局"];

fn metadata() -> Metadata {
    let fields =
        [("index", "QW01/2026-1"), ("issuer", "晴湾区水务局"), ("written_on", "2026-03-01"), ("validity", "valid")];
    Metadata {
        id: "OA-2026-77".into(),
        classified: "no".into(),
        kind: "policy".into(),
        attribute: "proactive".into(),
        clause: "每年一月公开执行情况".into(),
        interpretation: [("interpretation", "none"), ("interpretation_reason", "只调整内部分工")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        columns: vec!["zcwj".into()],
        fields: fields.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        ..Metadata::default()
    }
}

fn letter(lines: &[&str]) -> Option<Upload> {
    Some(Upload { name: "停水.docx".into(), bytes: docx(lines) })
}

fn drafter(desk: &Desk<'_>) -> Caller {
    desk.somebody(11, Role::Handler)
}

async fn send(desk: &Desk<'_>, metadata: Metadata, lines: &[&str]) -> Result<OaReceived, Fail> {
    let submission = Submission { metadata, document: letter(lines), attachments: Vec::new() };
    desk.office.receive(&drafter(desk), submission).await
}

fn fields(fail: Result<OaReceived, Fail>) -> Vec<String> {
    match fail {
        Err(Fail::Invalid(gaps)) => gaps.into_iter().map(|gap| gap.field).collect(),
        other => panic!("{other:?}"),
    }
}

async fn matter(desk: &Desk<'_>) -> i64 {
    let page = desk.office.list(&desk.somebody(12, Role::FoiClerk), office::ListQuery::of(office::ListView::All)).await;
    page.unwrap().rows.first().expect("a matter").id
}

#[test]
fn what_is_missing_comes_back_whole_and_nothing_is_stored() {
    on_every_engine(async |desk: &Desk<'_>| {
        let bare = Metadata { id: "OA-1".into(), kind: "policy".into(), ..Metadata::default() };
        assert_eq!(
            fields(send(desk, bare, &LINES).await),
            ["classified", "attribute", "fields.index", "fields.written_on", "fields.validity"]
        );
        let withheld = Metadata { attribute: "withheld".into(), ..metadata() };
        assert_eq!(fields(send(desk, withheld, &LINES).await), ["attribute_article", "attribute_reason"]);
        assert_eq!(fields(send(desk, Metadata { clause: String::new(), ..metadata() }, &LINES).await), ["clause"]);
        assert_eq!(
            fields(send(desk, Metadata { classified: "yes".into(), ..metadata() }, &LINES).await),
            ["classified"]
        );
        assert_eq!(fields(send(desk, metadata(), &["机密★10年", "关于某事的通知", "正文。"]).await), ["document"]);
        let nothing = Submission { metadata: metadata(), ..Submission::default() };
        assert_eq!(fields(desk.office.receive(&drafter(desk), nothing).await), ["document"]);
        let secret = Upload { name: "机密★1年.txt".into(), bytes: b"x".to_vec() };
        let hidden = Submission { metadata: metadata(), document: letter(&LINES), attachments: vec![secret] };
        assert!(matches!(desk.office.receive(&drafter(desk), hidden).await, Err(Fail::Refused(_))));
        let clerk = desk.somebody(12, Role::FoiClerk);
        let all = desk.office.list(&clerk, office::ListQuery::of(office::ListView::All)).await.unwrap();
        assert!(all.rows.is_empty(), "a refused document leaves no matter");
        assert!(desk.office.oa_standing(&drafter(desk), "OA-2026-77").await.is_err());
        let reviewer = desk.somebody(13, Role::Reviewer);
        let submission = Submission { metadata: metadata(), document: letter(&LINES), attachments: Vec::new() };
        assert!(matches!(desk.office.receive(&reviewer, submission).await, Err(Fail::Forbidden(_))));
    });
}

#[test]
fn a_document_of_the_oa_is_public_only_after_attribute_reviews_and_approval() {
    on_every_engine(async |desk: &Desk<'_>| {
        let first = send(desk, metadata(), &LINES).await.unwrap();
        assert_eq!((first.standing.state.as_str(), first.repeated), ("attribute", false));
        assert!(!first.standing.number.is_empty() && first.standing.address.is_none() && !first.standing.approved);
        assert!(send(desk, metadata(), &LINES).await.unwrap().repeated, "the same once more");
        let other = Metadata { title: "另一个标题".into(), ..metadata() };
        assert!(matches!(send(desk, other.clone(), &LINES).await, Err(Fail::Refused(_))), "it is under review");
        let (id, clerk, reviewer) = (matter(desk).await, (12, Role::FoiClerk), (13, Role::Reviewer));

        desk.act(clerk, id, "send_back", &[("gaps", "写明停水范围\n写明恢复时间")]).await.unwrap();
        let back = desk.office.oa_standing(&drafter(desk), "OA-2026-77").await.unwrap();
        assert_eq!(back.returned, ["写明停水范围", "写明恢复时间"]);
        let again = send(desk, other, &["关于夜间停水的通知", "听潮街三月五日停水。"]).await.unwrap();
        assert_eq!((again.standing.state.as_str(), again.standing.returned.len()), ("attribute", 0));
        assert_eq!(again.standing.number, first.standing.number, "the same matter");

        let oa = drafter(desk);
        let issued = |on: &'static str| desk.office.issued(&oa, "OA-2026-77", "晴水〔2026〕9号", on);
        assert!(matches!(issued("2026-02-30").await, Err(Fail::Invalid(_))), "no such day");
        let standing = issued("2026-03-02").await.unwrap();
        assert_eq!(standing.state, "attribute", "signing elsewhere moves nothing here");
        assert_eq!(standing.signed_on.unwrap().to_string(), "2026-03-02");
        let seq = desk.office.matter(&drafter(desk), id).await.unwrap().matter.seq;
        issued("2026-03-02").await.unwrap();
        assert_eq!(desk.office.matter(&drafter(desk), id).await.unwrap().matter.seq, seq, "told twice, done once");
        desk.act(clerk, id, "confirm_attribute", &[]).await.unwrap();
        for (step, finding) in [("check_secrecy", "secrecy"), ("check_wording", "wording")] {
            desk.act(reviewer, id, step, &[(finding, "pass")]).await.unwrap();
        }
        desk.act(reviewer, id, "check_privacy", &[("privacy", "none")]).await.unwrap();
        desk.act(clerk, id, "check_timing", &[("timing", "now")]).await.unwrap();
        let standing =
            desk.office.issued(&drafter(desk), "OA-2026-77", "晴水〔2026〕10号", "2026-03-02").await.unwrap();
        assert_eq!(
            (standing.state.as_str(), standing.approved),
            ("reviewing", false),
            "the signature is proposed only"
        );
        assert!(desk.act(clerk, id, "publish", &[]).await.is_err(), "not before approval");
        assert_eq!(desk.office.item_of(id).await.unwrap(), None);
        desk.act((14, Role::UnitHead), id, "approve", &[]).await.unwrap();
        desk.act((15, Role::Leader), id, "approve", &[]).await.unwrap();
        let standing = desk.office.oa_standing(&drafter(desk), "OA-2026-77").await.unwrap();
        assert_eq!((standing.state.as_str(), standing.approved, standing.address), ("signed", true, None));
        let item = desk.publish(id).await;
        let standing = desk.office.oa_standing(&drafter(desk), "OA-2026-77").await.unwrap();
        assert_eq!(standing.address, Some(format!("/a/{item}")));
        let article = desk.office.article(desk.office.default_body(), &item).await.unwrap();
        let shown = &article.edition.fields;
        assert_eq!((shown["number"].as_str(), shown["written_on"].as_str()), ("晴水〔2026〕10号", "2026-03-02"));
        assert!(shown["body"].contains("听潮街"), "{shown:?}");

        let stranger = Caller { body: 999, ..drafter(desk) };
        assert!(matches!(desk.office.oa_standing(&stranger, "OA-2026-77").await, Err(Fail::NotFound)));
    });
}
