//! Each thing that the machine finds in a document and its files is decided by a person, on both engines.

use office::hits::Hit;
use office::{Fail, Role, Upload};

use crate::documents::{Desk, on_every_engine};

const NUMBER: &str = "11010519491231002X";
const REVIEWER: (i64, Role) = (13, Role::Reviewer);

async fn hits(desk: &Desk<'_>, matter: i64) -> Vec<Hit> {
    desk.office.hits(&desk.somebody(13, Role::Reviewer), matter).await.unwrap()
}

async fn decide(desk: &Desk<'_>, matter: i64, mark: &str, answer: &str, why: &str) -> Result<(), Fail> {
    let names = [format!("decisions.{mark}"), format!("decisions.{mark}.why")];
    desk.act(REVIEWER, matter, "decide_hits", &[(&names[0], answer), (&names[1], why)]).await
}

async fn sent(desk: &Desk<'_>, matter: i64) {
    desk.act((11, Role::Handler), matter, "submit", &[]).await.unwrap();
    desk.act((12, Role::FoiClerk), matter, "confirm_attribute", &[]).await.unwrap();
}

fn sentence(result: Result<(), Fail>) -> String {
    match result {
        Err(Fail::Refused(refusal)) => refusal.sentences[0].to_string(),
        Err(Fail::Invalid(errors)) => errors[0].sentence.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_hit_is_decided_with_a_reason_before_the_review_passes() {
    on_every_engine(async |desk: &Desk<'_>| {
        let body = format!("申某甲（{NUMBER}）于2026年2月30日录用，依据晴政办发[2026]08号。<img src=\"/x.png\">");
        let link = "<p><a href=\"http://192.168.1.9/oa\">系统</a></p>";
        let fields = [("body", body.as_str()), ("cites", "nowhere"), ("summary", link)];
        let matter = desk.draft("notice", "录用公示", "gg", &fields, Vec::new()).await.unwrap();
        let found = hits(desk, matter).await;
        let told: Vec<(&str, &str)> = found.iter().map(|hit| (hit.place.as_str(), hit.sort.as_str())).collect();
        let told: std::collections::BTreeSet<_> = told.into_iter().collect();
        for wanted in [
            ("联系方式", "没有填写"),
            ("正文", "身份证号码"),
            ("正文", "不存在的日期"),
            ("正文", "文号不规范"),
            ("相关文件", "站内链接打不开"),
        ] {
            assert!(told.contains(&wanted), "{wanted:?} in {told:?}");
        }
        assert!(found.iter().all(|hit| !hit.shown.contains(NUMBER)), "masked even here: {found:?}");
        sent(desk, matter).await;
        let passes = async |step: &str, finding: (&str, &str)| desk.act(REVIEWER, matter, step, &[finding]).await;
        let refused = sentence(passes("check_privacy", ("privacy", "none")).await);
        assert!(refused.contains(&format!("还有{}处没有决定", found.len())), "{refused}");
        assert!(sentence(decide(desk, matter, &found[0].mark, "keep", " ").await).contains("写明理由"));
        assert!(sentence(decide(desk, matter, "no-such-hit", "keep", "可以").await).contains("已经变化"));
        let typed = desk.act(REVIEWER, matter, "decide_hits", &[("decisions", "[]")]).await;
        assert!(matches!(typed, Err(Fail::Refused(_))), "nobody types the record: {typed:?}");
        let by_drafter = desk.act((11, Role::Handler), matter, "decide_hits", &[]).await;
        assert!(matches!(by_drafter, Err(Fail::Refused(_))));
        for hit in &found[1..] {
            decide(desk, matter, &hit.mark, "keep", "核对过，可以公开").await.unwrap();
        }
        assert!(sentence(passes("check_privacy", ("privacy", "none")).await).contains("还有1处没有决定"));
        decide(desk, matter, &found[0].mark, "mend", "").await.unwrap();
        assert!(sentence(passes("check_privacy", ("privacy", "none")).await).contains("1处已经决定须改"));
        decide(desk, matter, &found[0].mark, "keep", "再看过，可以").await.unwrap();
        passes("check_privacy", ("privacy", "none")).await.unwrap();
        let view = desk.office.matter(&desk.somebody(13, Role::Reviewer), matter).await.unwrap();
        let written: Vec<&str> = view
            .timeline
            .iter()
            .flat_map(|item| &item.texts)
            .filter(|(element, _)| element == "decisions")
            .map(|(_, text)| text.shown())
            .collect();
        assert!(written.iter().any(|text| text.contains("须改")), "the history keeps what was decided before");
        let last = written.last().unwrap();
        assert!(last.contains("保留：核对过，可以公开（办事员甲") && !last.contains(NUMBER), "{last}");
    });
}

#[test]
fn a_decision_stands_for_its_value_at_its_place_and_goes_with_it() {
    on_every_engine(async |desk: &Desk<'_>| {
        let text = |number: &str| format!("联系人手机{number}。");
        let fields = [("body", text("13800000001")), ("source", "本站".to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        let matter = desk.draft("news", "要闻一则", "xw", &fields, Vec::new()).await.unwrap();
        sent(desk, matter).await;
        let found = hits(desk, matter).await;
        assert_eq!(found.len(), 1, "{found:?}");
        decide(desk, matter, &found[0].mark, "keep", "对外办公手机").await.unwrap();
        let back = async || desk.act((12, Role::FoiClerk), matter, "send_back", &[("gaps", "改正文")]).await.unwrap();
        let revised = async |body: &str| {
            let answers = [("title", "要闻一则"), ("document.source", "本站"), ("document.body", body)];
            desk.act((11, Role::Handler), matter, "revise", &answers).await.unwrap();
            hits(desk, matter).await
        };
        back().await;
        assert!(revised(&text("13800000001")).await[0].decision.is_some(), "the same value at the same place");
        assert!(revised(&text("13800000002")).await[0].decision.is_none(), "another value is another hit");
        assert!(revised("没有号码。").await.is_empty(), "what is gone needs no decision");
        sent(desk, matter).await;
        desk.act(REVIEWER, matter, "check_privacy", &[("privacy", "none")]).await.unwrap();
        back().await;
        let withheld = [
            ("title", "要闻一则"),
            ("document.body", &text("13800000003")),
            ("attribute", "withheld"),
            ("attribute_article", "16-1"),
            ("attribute_reason", "内部事务"),
        ];
        desk.act((11, Role::Handler), matter, "revise", &withheld).await.unwrap();
        sent(desk, matter).await;
        desk.act(REVIEWER, matter, "check_privacy", &[("privacy", "required")]).await.unwrap();
    });
}

#[test]
fn files_are_looked_through_once_and_their_hits_name_file_and_place() {
    on_every_engine(async |desk: &Desk<'_>| {
        let list = |number: &str| Upload {
            name: "名单.csv".into(),
            bytes: format!("姓名,号码\n申某甲,{number}\n").into(),
        };
        let fields = [("body", "见附件。"), ("source", "本站")];
        let matter = desk.draft("news", "录用公示", "xw", &fields, vec![list(NUMBER)]).await.unwrap();
        let found = hits(desk, matter).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].place.as_str(), found[0].sort.as_str()), ("附件“名单.csv”正文", "身份证号码"));
        assert!(!found[0].shown.contains(NUMBER));
        sent(desk, matter).await;
        assert!(desk.act(REVIEWER, matter, "check_privacy", &[("privacy", "none")]).await.is_err());
        desk.act((12, Role::FoiClerk), matter, "send_back", &[("gaps", "换附件")]).await.unwrap();
        let drafter = desk.somebody(11, Role::Handler);
        let act = office::StepAct {
            matter,
            step: "revise".into(),
            answers: [("title".to_owned(), "录用公示".to_owned())].into(),
            files: vec![list("已去标识化")],
            keep: Some(Vec::new()),
            ..office::StepAct::default()
        };
        desk.office.act(&drafter, act).await.unwrap();
        assert!(hits(desk, matter).await.is_empty());
        sent(desk, matter).await;
        desk.act(REVIEWER, matter, "check_privacy", &[("privacy", "none")]).await.unwrap();
    });
}
