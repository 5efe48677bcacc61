//! The review queue, what reviewers see, and the files of a document that is changed, on both engines.

use office::{Caller, Fail, Filing, ListQuery, ListView, Role, StepAct, Upload};

use crate::documents::{Desk, on_every_engine};

const FIELDS: [(&str, &str); 3] =
    [("written_on", "2026-03-01"), ("contact", "办公室（0000）5550 0100"), ("body", "因检修停水。")];

async fn listed(desk: &Desk<'_>, caller: &Caller, view: ListView) -> Vec<i64> {
    let page = desk.office.list(caller, ListQuery::of(view)).await.unwrap();
    let counted = desk.office.counters(caller).await.unwrap();
    if let Some((_, count)) = counted.iter().find(|(known, _)| *known == view) {
        assert_eq!(*count, page.rows.len(), "{view:?}");
    }
    page.rows.into_iter().map(|row| row.id).collect()
}

#[test]
fn reviewers_see_what_waits_for_them_and_no_citizens_matter() {
    on_every_engine(async |desk: &Desk<'_>| {
        let answers = [
            ("title", "路灯不亮"),
            ("text", "路灯已经一周不亮，夜间行走不安全。"),
            ("name", "申某甲"),
            ("phone", "13800000001"),
        ];
        let letter = Filing {
            procedure: "message".into(),
            channel: "web".into(),
            category: Some("complaint".into()),
            answers: answers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            ..Filing::default()
        };
        let letter = desk.office.file(&Caller::public(desk.office.default_body()), letter).await.unwrap().matter;
        let clerk = desk.somebody(16, Role::Clerk);
        let unit = clerk.unit.unwrap().to_string();
        desk.act((16, Role::Clerk), letter, "assign", &[("unit", &unit)]).await.unwrap();
        let matter = desk.draft("notice", "停水公告", "gg", &FIELDS, Vec::new()).await.unwrap();
        let (reviewer, foi) = (desk.somebody(13, Role::Reviewer), desk.somebody(12, Role::FoiClerk));
        assert_eq!(
            listed(desk, &reviewer, ListView::All).await,
            [matter],
            "documents only, though the unit is the same"
        );
        assert!(desk.office.matter(&reviewer, letter).await.is_err(), "nor its page");
        let number = desk.office.matter(&clerk, letter).await.unwrap().matter.number.unwrap();
        assert!(desk.office.find_number(&reviewer, &number).await.unwrap().is_empty(), "nor by its number");
        let number = desk.office.matter(&foi, matter).await.unwrap().matter.number.unwrap();
        assert_eq!(desk.office.find_number(&reviewer, &number).await.unwrap().len(), 1);

        let waits = async |who: &Caller| listed(desk, who, ListView::ToReview).await == [matter];
        assert!(!waits(&foi).await && !waits(&reviewer).await, "a draft waits for nobody's review");
        desk.act((11, Role::Handler), matter, "submit", &[]).await.unwrap();
        assert!(waits(&foi).await && !waits(&reviewer).await, "the attribute is the office's");
        desk.act((12, Role::FoiClerk), matter, "confirm_attribute", &[]).await.unwrap();
        assert!(waits(&reviewer).await);
        for (step, finding) in [("check_secrecy", ("secrecy", "pass")), ("check_privacy", ("privacy", "none"))] {
            desk.act((13, Role::Reviewer), matter, step, &[finding]).await.unwrap();
        }
        assert!(waits(&reviewer).await, "one check is left");
        desk.act((13, Role::Reviewer), matter, "check_wording", &[("wording", "pass")]).await.unwrap();
        assert!(!waits(&reviewer).await && waits(&foi).await);
        desk.act((12, Role::FoiClerk), matter, "check_timing", &[("timing", "now")]).await.unwrap();
        desk.act((12, Role::FoiClerk), matter, "sign", &[]).await.unwrap();
        assert!(!waits(&foi).await, "the signature waits in the pile of approvals");
        desk.act((14, Role::UnitHead), matter, "return_proposal", &[("opinion", "再核对一遍")]).await.unwrap();
        desk.act((12, Role::FoiClerk), matter, "send_back", &[("gaps", "写明停水范围")]).await.unwrap();
        assert!(!waits(&foi).await && !waits(&reviewer).await, "it is its drafter's again");
    });
}

#[test]
fn files_stay_until_they_are_let_go_and_nobody_takes_anothers() {
    on_every_engine(async |desk: &Desk<'_>| {
        let file = |name: &str| Upload { name: name.into(), bytes: format!("虚构的{name}\n").into_bytes() };
        let matter =
            desk.draft("notice", "停水公告", "gg", &FIELDS, vec![file("甲.txt"), file("乙.txt")]).await.unwrap();
        let other = desk.draft("notice", "停电公告", "gg", &FIELDS, vec![file("丙.txt")]).await.unwrap();
        let drafter = desk.somebody(11, Role::Handler);
        let names = async |matter| -> Vec<(String, String)> {
            let document = desk.office.document(&drafter, matter).await.unwrap();
            document.files.into_iter().map(|file| (file.name, file.id)).collect()
        };
        let revise = async |files: Vec<Upload>, keep: Option<Vec<String>>| {
            let answers = [("title".to_owned(), "停水公告".to_owned())].into();
            let act = StepAct { matter, step: "revise".into(), answers, files, keep, ..StepAct::default() };
            desk.office.act(&drafter, act).await.map(drop)
        };
        revise(vec![file("丁.txt")], None).await.unwrap();
        let now = names(matter).await;
        assert_eq!(now.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["甲.txt", "乙.txt", "丁.txt"]);
        let ids = |which: &[usize]| Some(which.iter().map(|i| now[*i].1.clone()).collect());
        revise(Vec::new(), ids(&[2, 0])).await.unwrap();
        assert_eq!(names(matter).await, [now[0].clone(), now[2].clone()], "in the order in which they stood");
        let foreign = names(other).await[0].1.clone();
        for typed in [foreign, "nothing".to_owned(), now[1].1.clone()] {
            let refused = revise(Vec::new(), Some(vec![typed])).await;
            assert!(matches!(refused, Err(Fail::Invalid(_))), "{refused:?}");
        }
        assert_eq!(names(matter).await.len(), 2);
        revise(Vec::new(), Some(Vec::new())).await.unwrap();
        assert!(names(matter).await.is_empty(), "all let go");
    });
}
