//! 三同步 (practice P3): a policy and its interpretation, on both engines.

use office::{Expert, Fail, Role, Standing};
use publication::kind::Relation;

use crate::documents::{Desk, at, on_every_engine};

const DRAFTER: (i64, Role) = (11, Role::Handler);
const CLERK: (i64, Role) = (12, Role::FoiClerk);
const TITLE: &str = "虚构助餐办法";

async fn policy(desk: &Desk<'_>, arranged: &str) -> i64 {
    let fields = [
        ("index", "XG/2026-1"),
        ("issuer", "虚构机关"),
        ("written_on", "2026-02-01"),
        ("validity", "valid"),
        ("body", "第一条　试行。"),
    ];
    let matter = desk.draft("policy", TITLE, "zcwj", &fields, Vec::new()).await.unwrap();
    let plan = [
        ("title", TITLE),
        ("interpretation", arranged),
        ("interpretation_reason", "台风过境，须立即公布"),
        ("first_interpreter", "局长甲"),
        ("plan_before", "准备口径"),
        ("plan_at", "文字和图解"),
        ("plan_after", "三日内回应疑问"),
    ];
    desk.act(DRAFTER, matter, "revise", &plan).await.unwrap();
    matter
}

async fn interpretation(desk: &Desk<'_>, title: &str, more: &[(&str, &str)]) -> i64 {
    let fields = [&[("interpreter", "局长甲"), ("form", "text"), ("body", "为什么制定，谁能享受。")], more].concat();
    desk.draft("interpretation", title, "zcjd", &fields, Vec::new()).await.unwrap()
}

async fn along(desk: &Desk<'_>, lead: i64, title: &str) -> i64 {
    let matter = interpretation(desk, title, &[]).await;
    let answers = [("title", title), ("about", &lead.to_string())];
    desk.act(DRAFTER, matter, "revise", &answers).await.unwrap();
    matter
}

async fn signed(desk: &Desk<'_>, matter: i64) -> Result<(), Fail> {
    desk.act(CLERK, matter, "sign", &[]).await?;
    desk.act((14, Role::UnitHead), matter, "approve", &[]).await?;
    desk.act((15, Role::Leader), matter, "approve", &[]).await
}

fn says(result: Result<(), Fail>, words: &str) {
    let Err(Fail::Refused(refusal)) = result else { panic!("not refused: {words}; {result:?}") };
    let told = refusal.sentences[0].to_string();
    assert!(told.contains(words), "{told}");
}

async fn state(desk: &Desk<'_>, matter: i64) -> String {
    desk.office.matter(&desk.somebody(12, Role::FoiClerk), matter).await.unwrap().matter.state
}

#[test]
fn a_policy_and_its_interpretation_are_signed_and_published_in_one_act_and_linked_both_ways() {
    on_every_engine(async |desk: &Desk<'_>| {
        let body = desk.office.default_body();
        let lead = policy(desk, "with").await;
        says(desk.act(DRAFTER, lead, "submit", &[]).await, "没有随附解读材料");
        let own = along(desk, lead, "助餐办法解读").await;
        desk.checks(lead).await;
        says(desk.act(CLERK, lead, "sign", &[]).await, "还有1件");
        desk.checks(own).await;
        says(desk.act(CLERK, own, "sign", &[]).await, "同步审签");
        signed(desk, lead).await.unwrap();
        assert_eq!((state(desk, lead).await, state(desk, own).await), ("signed".into(), "signed".into()));
        says(desk.act(CLERK, own, "publish", &[]).await, "文件还没有公开");
        says(desk.act(CLERK, own, "schedule", &[("publish_on", "2026-03-09 08:00")]).await, "文件还没有公开");
        assert!(desk.listed("zcwj").await.is_empty() && desk.listed("zcjd").await.is_empty());
        desk.act(CLERK, lead, "publish", &[]).await.unwrap();
        assert_eq!((desk.listed("zcwj").await.len(), desk.listed("zcjd").await.len()), (1, 1), "both in one act");
        desk.settle();
        let (policy, _) = desk.office.item_of(lead).await.unwrap().unwrap();
        let (reading, _) = desk.office.item_of(own).await.unwrap().unwrap();
        for (item, other, forward) in [(&policy, &reading, false), (&reading, &policy, true)] {
            let related = desk.office.article(body, item).await.unwrap().related;
            let links: Vec<_> = related.iter().map(|one| (one.relation, one.forward, &one.other.item)).collect();
            assert_eq!(links, [(Relation::Interprets, forward, other)]);
        }
        // A correction of one leaves the other as it is.
        let before = desk.office.article(body, &policy).await.unwrap();
        desk.act(DRAFTER, own, "correct", &[("reason", "错字")]).await.unwrap();
        let revised = [
            ("title", "助餐办法解读"),
            ("document.interpreter", "局长甲"),
            ("document.form", "text"),
            ("document.body", "更正的解读。"),
        ];
        desk.act(DRAFTER, own, "revise", &revised).await.unwrap();
        desk.review(own).await;
        desk.publish(own).await;
        let corrected = desk.office.article(body, &reading).await.unwrap();
        assert_eq!((corrected.versions.len(), corrected.related.len()), (2, 1));
        assert_eq!(desk.office.article(body, &policy).await.unwrap().versions, before.versions);
        desk.act(DRAFTER, lead, "correct", &[("reason", "文号写错")]).await.unwrap();
        desk.review(lead).await;
        desk.publish(lead).await;
        assert_eq!(desk.office.article(body, &reading).await.unwrap().hash, corrected.hash);
        assert_eq!(desk.office.article(body, &policy).await.unwrap().standing, Standing::Public);
    });
}

#[test]
fn in_an_emergency_the_leader_releases_the_policy_alone_and_the_interpretation_is_owed_by_a_day() {
    on_every_engine(async |desk: &Desk<'_>| {
        let lead = policy(desk, "emergency").await;
        desk.review(lead).await;
        says(desk.act(CLERK, lead, "publish", &[]).await, "先行公开");
        let alone = [("alone_reason", "台风过境"), ("interpret_on", "2026-03-05")];
        desk.act(CLERK, lead, "release_alone", &alone).await.unwrap();
        assert!(desk.listed("zcwj").await.is_empty(), "not before the leader approved");
        desk.act((15, Role::Leader), lead, "approve", &[]).await.unwrap();
        assert_eq!((desk.listed("zcwj").await, state(desk, lead).await), (vec![TITLE.to_owned()], "awaiting".into()));
        desk.clock.set(at("2026-03-12T09:00"));
        let view = desk.office.matter(&desk.somebody(12, Role::FoiClerk), lead).await.unwrap();
        let lamps: Vec<_> = view.clocks.iter().map(|clock| clock.lamp).collect();
        assert!(lamps.contains(&law::Lamp::Overdue), "owed and late: {lamps:?}");
        let own = along(desk, lead, "补发的解读").await;
        desk.review(own).await;
        desk.publish(own).await;
        assert_eq!(state(desk, lead).await, "public", "the debt is paid");
    });
}

#[test]
fn a_plan_without_its_parts_and_an_author_outside_the_register_are_told() {
    on_every_engine(async |desk: &Desk<'_>| {
        let lead = policy(desk, "with").await;
        desk.act(DRAFTER, lead, "revise", &[("title", TITLE), ("interpretation", "none")]).await.unwrap();
        desk.act(DRAFTER, lead, "submit", &[]).await.unwrap();
        let another = policy(desk, "with").await;
        let cleared = [("title", TITLE), ("interpretation", "with")];
        desk.act(DRAFTER, another, "revise", &cleared).await.unwrap();
        says(desk.act(DRAFTER, another, "submit", &[]).await, "没有随附解读材料");
        let wrong =
            desk.draft("interpretation", "专家解读", "zcjd", &[("expert", "申某甲（虚构大学）")], Vec::new()).await;
        let Err(Fail::Invalid(errors)) = wrong else { panic!("an author nobody registered") };
        assert_eq!(errors[0].field, "document.expert");
        let clerk = desk.somebody(12, Role::FoiClerk);
        let expert =
            Expert { name: "申某甲".into(), field: "公共管理".into(), employer: "虚构大学".into(), id: 0 };
        desk.office.add_expert(&clerk, expert.clone()).await.unwrap();
        assert!(matches!(desk.office.add_expert(&clerk, expert).await, Err(Fail::Invalid(_))), "twice");
        let named = interpretation(desk, "专家解读", &[("expert", "申某甲（虚构大学）")]).await;
        let known = desk.office.experts(desk.office.default_body()).await.unwrap();
        desk.office.retire_expert(&clerk, known[0].id).await.unwrap();
        assert!(desk.office.experts(desk.office.default_body()).await.unwrap().is_empty());
        // A picture has its whole text beside it.
        let form = [("title", "专家解读"), ("document.form", "picture"), ("document.interprets", "x")];
        desk.act(DRAFTER, named, "revise", &form).await.unwrap();
        let Err(Fail::Invalid(gaps)) = desk.act(DRAFTER, named, "submit", &[]).await else { panic!("no twin") };
        assert!(gaps.iter().any(|gap| gap.field == "document.twin"), "{gaps:?}");
    });
}
