//! 删减后公开 (公开条例第二十二条): what is removed is nowhere in what becomes public, and the ledger says
//! how much of what; penalties that were overturned; files after a failure of power. On both engines.

use std::path::{Path, PathBuf};

use office::takedown::Reason;
use office::{BodySettings, Caller, Fail, ListQuery, ListView, Role, Standing, StepAct, Upload};
use publication::{Attribute, Removed};

use crate::documents::{Desk, at, on_every_engine};

const DRAFTER: (i64, Role) = (11, Role::Handler);
const CLERK: (i64, Role) = (12, Role::FoiClerk);
const MARK: &str = "〔此处删减：个人隐私，条例第十五条〕";
const TEXT: &str = "当事人申某甲，住望潮路5号，多次反映。\n经查，申某甲所述属实，罚款1万元。";

fn file(name: &str, text: &str) -> Upload {
    Upload { name: name.into(), bytes: text.as_bytes().to_vec() }
}

impl Desk<'_> {
    /// A draft that is to be public in part.
    async fn partial(&self, title: &str, text: &str, files: Vec<Upload>) -> i64 {
        let matter = self.draft("news", title, "xw", &[("body", text)], files).await.unwrap();
        let why =
            [("title", title), ("attribute", "reduced"), ("attribute_article", "15"), ("attribute_reason", "个人隐私")];
        self.act(DRAFTER, matter, "revise", &why).await.unwrap();
        matter
    }

    async fn reduce(&self, matter: i64, rows: &[[&str; 3]], files: Vec<Upload>) -> Result<(), Fail> {
        let names = ["passage", "kind", "files"];
        let row = |(at, row): (usize, &[&str; 3])| {
            names
                .into_iter()
                .zip(*row)
                .map(move |(name, value)| (format!("reductions.{at}.{name}"), value.to_owned()))
                .collect::<Vec<_>>()
        };
        let answers = rows.iter().enumerate().flat_map(row).collect();
        let act =
            StepAct { matter, step: "reduce".into(), answers, files, keep: Some(Vec::new()), ..StepAct::default() };
        self.office.act(&self.somebody(11, Role::Handler), act).await.map(drop)
    }

    async fn refused(&self, who: (i64, Role), matter: i64, step: &str, say: &str) {
        let Err(Fail::Refused(refusal)) = self.act(who, matter, step, &[]).await else { panic!("{step}: {say}") };
        let told = refusal.to_string();
        assert!(told.contains(say), "{told}");
        assert!(!told.contains("申某甲") && !told.contains("望潮路"), "no passage in a refusal: {told}");
    }
}

/// Files outside the database and the sealed ones that hold these words.
fn plain_copies(dir: &Path, wanted: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(plain_copies(&path, wanted));
        } else if !path.to_string_lossy().contains("sqlite") {
            let bytes = std::fs::read(&path).unwrap_or_default();
            found.extend(bytes.windows(wanted.len()).any(|part| part == wanted.as_bytes()).then_some(path));
        }
    }
    found
}

#[test]
fn a_reduced_copy_is_public_with_its_ledger_and_the_original_stays_sealed() {
    on_every_engine(async |desk: &Desk<'_>| {
        let body = desk.office.default_body();
        let original = file("名单.txt", "申某甲 望潮路5号\n");
        let matter = desk.partial("关于申某甲反映问题的处理", TEXT, vec![original]).await;
        desk.refused(DRAFTER, matter, "submit", "删减清单却是空的").await;
        let rows = [["申某甲", "privacy", "1"], ["望潮路5号", "privacy", ""], ["1万元", "internal", ""]];
        desk.reduce(matter, &rows, vec![file("公开名单.txt", "〔删减〕\n")]).await.unwrap();
        let preview = desk.office.preview(&desk.somebody(11, Role::Handler), matter).await.unwrap();
        assert!(!format!("{preview:?}").contains("申某甲"));
        let document = desk.office.document(&desk.somebody(11, Role::Handler), matter).await.unwrap();
        assert!(document.fields["body"].contains("申某甲"), "the original stands beside it");
        desk.review(matter).await;
        let item = desk.publish(matter).await;
        let article = desk.office.article(body, &item).await.unwrap();
        assert_eq!(article.edition.attribute, Attribute::Reduced);
        assert_eq!(article.edition.title, format!("关于{MARK}反映问题的处理"));
        assert!(article.edition.fields["body"].contains(&format!("当事人<mark>{MARK}</mark>，住<mark>{MARK}</mark>")));
        let reduced = article.edition.reduced.clone().unwrap();
        let of = |kind: &str, article: &str, count| Removed { kind: kind.into(), article: article.into(), count };
        assert_eq!(reduced.removed, [of("个人隐私", "条例第十五条", 5), of("内部事务信息", "条例第十六条第一款", 1)]);
        assert_eq!(reduced.original.len(), 64);
        let proof = desk.office.proof(&article.public_id, None).await.unwrap().expect("sealed");
        assert!(
            proof.canonical.contains("\"reduced\"") && !proof.canonical.contains("申某甲"),
            "the log proves the ledger"
        );
        assert_eq!(article.files.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["公开名单.txt"]);
        let served = desk.office.public_file(body, &article.files[0].public_id).await.unwrap();
        assert_eq!(served.bytes, "〔删减〕\n".as_bytes());
        let search = office::Search { words: "申某甲".into(), page: 1, rows: 10, ..office::Search::default() };
        let found = desk.office.find(body, search).await.unwrap();
        assert!(found.total == 0 || found.relaxed, "not even found");
        let left = plain_copies(desk.office.data(), "申某甲");
        assert!(left.is_empty(), "{left:?}");
    });
}

#[test]
fn what_is_still_there_is_named_by_its_place_and_can_be_put_right() {
    on_every_engine(async |desk: &Desk<'_>| {
        let matter = desk.partial("处理决定一则", TEXT, Vec::new()).await;
        for (rows, field) in [
            ([["申", "privacy", ""]], "reductions.0.passage"),
            ([["2026", "privacy", ""]], "reductions.0.passage"),
            ([["申某甲", "secret", ""]], "reductions.0.kind"),
            ([["申某甲", "privacy", "很多"]], "reductions.0.files"),
        ] {
            let Err(Fail::Invalid(wrong)) = desk.reduce(matter, &rows, Vec::new()).await else { panic!("{field}") };
            assert_eq!(wrong[0].field, field);
        }
        let name = [["申某甲", "privacy", ""]];
        desk.reduce(matter, &[name[0], ["申某乙", "privacy", ""]], Vec::new()).await.unwrap();
        desk.refused(DRAFTER, matter, "submit", "清单第2项在正文里没有找到").await;
        desk.reduce(matter, &name, vec![file("材料.txt", "申 某甲")]).await.unwrap();
        desk.refused(DRAFTER, matter, "submit", "第1个公开附件的文件内容里还有删减清单第1项").await;
        desk.reduce(matter, &name, vec![file("申某甲的材料.txt", "无")]).await.unwrap();
        desk.refused(DRAFTER, matter, "submit", "第1个公开附件的文件名里还有").await;
        desk.reduce(matter, &name, Vec::new()).await.unwrap();
        let spelled = [("title", "处理决定一则"), ("document.body", TEXT), ("document.source", "申-某甲")];
        desk.act(DRAFTER, matter, "revise", &spelled).await.unwrap();
        desk.refused(DRAFTER, matter, "submit", "“来源”里还有删减清单第1项").await;
        desk.reduce(matter, &[name[0], ["申-某甲", "privacy", ""]], Vec::new()).await.unwrap();
        let told = desk.office.check_copy(&desk.somebody(11, Role::Handler), matter).await.unwrap();
        assert!(told.is_empty(), "{told:?}");
        desk.review(matter).await;
        desk.act(CLERK, matter, "schedule", &[("publish_on", "2026-03-03 08:00")]).await.unwrap();
        desk.clock.set(at("2026-03-03T08:00:30"));
        desk.settle();
        assert_eq!(desk.listed("xw").await, ["处理决定一则"], "the schedule opens it again too");
    });
}

#[test]
fn a_list_without_its_attribute_is_refused_and_a_change_after_the_check_is_noticed() {
    on_every_engine(async |desk: &Desk<'_>| {
        let matter = desk.partial("处理决定一则", TEXT, Vec::new()).await;
        desk.reduce(matter, &[["申某甲", "privacy", ""]], Vec::new()).await.unwrap();
        let open = [("title", "处理决定一则"), ("attribute", "proactive")];
        desk.act(DRAFTER, matter, "revise", &open).await.unwrap();
        desk.refused(DRAFTER, matter, "submit", "却有删减清单").await;
        desk.reduce(matter, &[["", "", ""]], Vec::new()).await.unwrap();
        desk.act(DRAFTER, matter, "submit", &[]).await.unwrap();
        desk.act(CLERK, matter, "send_back", &[("gaps", "改为删减后公开")]).await.unwrap();
    });
}

#[test]
fn another_body_neither_reduces_nor_takes_down_what_is_not_its_own() {
    on_every_engine(async |desk: &Desk<'_>| {
        let office = desk.office.clone();
        let other =
            tokio::task::block_in_place(|| office.make_body(None, "other", "另一机关", &BodySettings::default()));
        let stranger = Caller {
            actor: 31,
            roles: vec![Role::Administrator, Role::Handler, Role::FoiClerk],
            ..Caller::public(other.unwrap())
        };
        let matter = desk.partial("处理决定一则", TEXT, Vec::new()).await;
        desk.reduce(matter, &[["申某甲", "privacy", ""]], Vec::new()).await.unwrap();
        let act = StepAct { matter, step: "reduce".into(), ..StepAct::default() };
        assert_eq!(desk.office.act(&stranger, act).await, Err(Fail::NotFound));
        assert_eq!(desk.office.check_copy(&stranger, matter).await, Err(Fail::NotFound));
        assert!(desk.office.preview(&stranger, matter).await.is_err());
        desk.review(matter).await;
        let item = desk.publish(matter).await;
        let theirs = desk.named_officers(&stranger).await;
        assert_eq!(desk.office.take_down(&theirs[0], &item, Reason::Other).await, Err(Fail::NotFound));
        assert_eq!(desk.office.article(stranger.body, &item).await, Err(Fail::NotFound));
        let standing = desk.office.article(desk.office.default_body(), &item).await.unwrap().standing;
        assert_eq!(standing, Standing::Public);
        // The same bytes are public in both bodies: taken down in one, they stay in the other.
        let one = desk
            .draft("news", "附件一则", "xw", &[("body", "内容")], vec![file("同一.txt", "同样的内容")])
            .await
            .unwrap();
        let two = desk
            .draft("news", "附件又一则", "xw", &[("body", "内容")], vec![file("同一.txt", "同样的内容")])
            .await
            .unwrap();
        let mut items = Vec::new();
        for matter in [one, two] {
            desk.review(matter).await;
            items.push(desk.publish(matter).await);
        }
        let admin = Caller { actor: 1, roles: vec![Role::Administrator], ..Caller::public(desk.office.default_body()) };
        let ours = desk.named_officers(&admin).await;
        desk.office.take_down(&ours[0], &items[0], Reason::Other).await.unwrap();
        desk.settle();
        let kept = desk.office.article(desk.office.default_body(), &items[1]).await.unwrap();
        assert!(desk.office.public_file(desk.office.default_body(), &kept.files[0].public_id).await.is_ok());
    });
}

impl Desk<'_> {
    /// Two officers of the caller's body, named for take-downs.
    async fn named_officers(&self, admin: &Caller) -> [Caller; 2] {
        let mut ids = Vec::new();
        for login in ["one", "two"] {
            let form = office::OfficerForm {
                login: format!("{login}{}", admin.body),
                name: format!("办事员{login}"),
                unit: None,
                roles: vec![Role::FoiClerk],
                password: Some("a long enough password 1".into()),
            };
            self.office.add_officer(admin, form).await.unwrap();
            ids.push(self.office.officers(admin).await.unwrap().last().unwrap().id);
        }
        self.office.name_take_down_officers(admin, [ids[0], ids[1]]).await.unwrap();
        [0, 1].map(|at| Caller { actor: ids[at], roles: vec![Role::FoiClerk], ..Caller::public(admin.body) })
    }
}

#[test]
fn files_of_a_take_down_leave_the_disk_although_the_power_failed_after_the_commit() {
    on_every_engine(async |desk: &Desk<'_>| {
        let body = desk.office.default_body();
        let words = "证件号码11010519491231002X";
        let matter =
            desk.draft("news", "公示一则", "xw", &[("body", words)], vec![file("名单.txt", words)]).await.unwrap();
        desk.review(matter).await;
        let item = desk.publish(matter).await;
        let file = desk.office.article(body, &item).await.unwrap().files[0].public_id.clone();
        let admin = Caller { actor: 1, roles: vec![Role::Administrator], ..Caller::public(body) };
        let [first, _] = desk.named_officers(&admin).await;
        assert_eq!(plain_copies(desk.office.data(), words).len(), 1, "laid open");
        desk.office.take_down(&first, &item, Reason::PersonalData).await.unwrap();
        // Here the power fails: nothing has worked yet, and the file is not served all the same.
        assert_eq!(plain_copies(desk.office.data(), words).len(), 1);
        assert!(desk.office.public_file(body, &file).await.is_err());
        // What starts again finds the note.
        desk.settle();
        assert!(plain_copies(desk.office.data(), words).is_empty());
    });
}

#[test]
fn an_overturned_penalty_waits_in_the_lists_until_it_is_withdrawn() {
    on_every_engine(async |desk: &Desk<'_>| {
        let fields = [
            ("number", "晴市监处〔2026〕21号"),
            ("party", "某某餐饮店"),
            ("cause", "未公示食品安全检查结果"),
            ("grounds", "《食品安全法》"),
            ("result", "罚款"),
            ("issuer", "虚构机关"),
            ("written_on", "2026-02-01"),
            ("body", "处罚内容。"),
        ];
        let matter = desk.draft("penalty", "行政处罚决定书", "xzcf", &fields, Vec::new()).await.unwrap();
        desk.review(matter).await;
        let item = desk.publish(matter).await;
        let waiting = async || {
            let query = ListQuery::of(ListView::Overdue);
            let page = desk.office.list(&desk.somebody(12, Role::FoiClerk), query).await.unwrap();
            page.rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
        };
        let fact = [("overturn", "annulled"), ("overturned_on", "2026-03-02"), ("overturn_document", "行政复议决定书")];
        desk.act(DRAFTER, matter, "overturn", &fact).await.unwrap();
        assert!(waiting().await.is_empty(), "not late yet");
        desk.clock.set(at("2026-03-06T09:00"));
        assert_eq!(waiting().await, [matter], "in the lists, with its clock");
        let view = desk.office.matter(&desk.somebody(12, Role::FoiClerk), matter).await.unwrap();
        let clock = view.clocks.iter().find(|clock| clock.id == "penalty").unwrap();
        assert_eq!(clock.clock.due.due_on.to_string(), "2026-03-05");
        desk.act(CLERK, matter, "withdraw", &[("withdraw_reason", "annulled"), ("reason", "复议机关已经撤销")])
            .await
            .unwrap();
        desk.act((15, Role::Leader), matter, "approve", &[]).await.unwrap();
        assert!(waiting().await.is_empty());
        let gone = desk.office.article(desk.office.default_body(), &item).await.unwrap();
        assert_eq!(gone.standing, Standing::Withdrawn);
        assert!(gone.ended.unwrap().1.contains("复议机关已经撤销"), "the reason is told (第四十八条第二款)");
    });
}
