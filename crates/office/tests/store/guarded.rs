//! What must never happen and what must be found: take-down without a byte left, secrecy marks, the
//! self-inspection. On both engines.

use office::clock::Seeded;
use office::inspect::{Inspection, Sort};
use office::takedown::Reason;
use office::{Caller, Fail, OfficerForm, Role, Standing, Upload};

use crate::documents::{Desk, at, on_every_engine};

/// Where on the disk any file still holds these bytes, outside the sealed ones and the database.
fn plain_copies(dir: &std::path::Path, wanted: &[u8]) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(plain_copies(&path, wanted));
        } else if !path.to_string_lossy().contains("sqlite") {
            let bytes = std::fs::read(&path).unwrap_or_default();
            found.extend(bytes.windows(wanted.len()).any(|part| part == wanted).then_some(path));
        }
    }
    found
}

#[test]
fn an_item_taken_down_yields_no_byte_and_the_log_still_verifies() {
    on_every_engine(async |desk: &Desk<'_>| {
        let body = desk.office.default_body();
        let number = "11010519491231002X";
        let text = format!("申某甲的证件号码是{number}。");
        let file = Upload { name: "名单.txt".into(), bytes: text.clone().into_bytes() };
        let matter = desk.draft("news", &format!("公示{number}"), "xw", &[("body", &text)], vec![file]).await.unwrap();
        desk.review(matter).await;
        let item = desk.publish(matter).await;
        let article = desk.office.article(body, &item).await.unwrap();
        let file = article.files[0].public_id.clone();
        assert!(desk.office.public_file(body, &file).await.is_ok());
        let admin = Caller { actor: 1, roles: vec![Role::Administrator], ..Caller::public(body) };
        let nobody = desk.office.take_down(&desk.somebody(12, Role::FoiClerk), &item, Reason::PersonalData).await;
        assert!(matches!(nobody, Err(Fail::Forbidden(_))), "two officers are named first");
        let mut ids = Vec::new();
        for login in ["one", "two"] {
            let form = OfficerForm {
                login: login.into(),
                name: format!("办事员{login}"),
                unit: Some(desk.unit),
                roles: vec![Role::FoiClerk],
                password: Some("a long enough password 1".into()),
            };
            desk.office.add_officer(&admin, form).await.unwrap();
            ids.push(desk.office.officers(&admin).await.unwrap().last().unwrap().id);
        }
        desk.office.name_take_down_officers(&admin, [ids[0], ids[1]]).await.unwrap();
        let first = desk.somebody(ids[0], Role::FoiClerk);
        let id = desk.office.take_down(&first, &item, Reason::PersonalData).await.unwrap();
        assert!(matches!(desk.office.confirm_take_down(&first, id).await, Err(Fail::Forbidden(_))), "not one's own");
        desk.office.confirm_take_down(&desk.somebody(ids[1], Role::FoiClerk), id).await.unwrap();
        desk.settle();
        let gone = desk.office.article(body, &item).await.unwrap();
        assert_eq!((gone.standing, gone.edition.title.as_str()), (Standing::Gone, ""));
        let shown = format!("{gone:?} {:?}", desk.listed("xw").await);
        assert!(!shown.contains(number) && desk.office.public_file(body, &file).await.is_err());
        assert!(desk.office.proof(&article.public_id, None).await.is_err(), "no proof tells the text");
        let left = plain_copies(desk.office.data(), number.as_bytes());
        assert!(left.is_empty(), "{left:?}");
        let keys = office::keys::Keys::open(desk.office.data(), false, &Seeded::new(7)).unwrap();
        let verified = tokio::task::block_in_place(|| office::log::verify(desk.office.store(), &keys)).unwrap();
        assert!(verified.broken.is_empty(), "{:?}", verified.broken);
    });
}

#[test]
fn a_secrecy_mark_in_text_or_file_stops_everything_before_it_is_stored() {
    on_every_engine(async |desk: &Desk<'_>| {
        let before = std::fs::read_dir(desk.office.data().join("files")).map_or(0, |dir| dir.count());
        let secret = "机密★10年\n虚构的内容。";
        let refused = |result: Result<i64, Fail>, place: &str| {
            let Err(Fail::Refused(refusal)) = result else { panic!("stored: {place}") };
            let sentence = refusal.sentences[0].to_string();
            assert!(sentence.contains(place) && sentence.contains("没有保存"), "{sentence}");
            assert!(!sentence.contains("虚构的内容"), "{sentence}");
        };
        refused(desk.draft("news", "要闻一则", "xw", &[("body", secret)], Vec::new()).await, "“");
        refused(desk.draft("news", "秘密", "xw", &[("body", "内容")], Vec::new()).await, "标题");
        let file = |name: &str, text: &str| vec![Upload { name: name.into(), bytes: text.as_bytes().to_vec() }];
        refused(desk.draft("news", "要闻一则", "xw", &[("body", "内容")], file("材料.txt", secret)).await, "正文");
        refused(desk.draft("news", "要闻一则", "xw", &[("body", "内容")], file("机密★.txt", "内容")).await, "文件名");
        let after = std::fs::read_dir(desk.office.data().join("files")).map_or(0, |dir| dir.count());
        assert_eq!(before, after, "nothing on the disk");
        let clean = [("body", "保守国家秘密，商业秘密不公开。")];
        assert!(desk.draft("news", "要闻一则", "xw", &clean, Vec::new()).await.is_ok());
    });
}

#[test]
fn the_self_inspection_names_what_is_late_withheld_unexplained_empty_and_stale() {
    on_every_engine(async |desk: &Desk<'_>| {
        let policy = async |number: &str, attribute: &str| {
            let fields = [
                ("index", "XG/2026-1"),
                ("issuer", "虚构机关"),
                ("written_on", "2026-02-01"),
                ("validity", "valid"),
                ("number", number),
                ("body", "第一条　试行。"),
            ];
            let matter = desk.draft("policy", "某某办法", "zcwj", &fields, Vec::new()).await.unwrap();
            let why = [
                ("attribute", attribute),
                ("attribute_article", "16-1"),
                ("attribute_reason", "内部事务"),
                ("title", "某某办法"),
            ];
            desk.act((11, Role::Handler), matter, "revise", &why).await.unwrap();
            matter
        };
        let third = policy("晴政发〔2026〕4号", "proactive").await;
        desk.review(third).await;
        desk.publish(third).await;
        let kept = policy("晴政发〔2026〕1号", "withheld").await;
        desk.checks(kept).await;
        desk.act((12, Role::FoiClerk), kept, "keep", &[]).await.unwrap();
        desk.act((16, Role::FoiHead), kept, "approve", &[]).await.unwrap();
        desk.act((15, Role::Leader), kept, "approve", &[]).await.unwrap();
        let signed = policy("晴政发〔2026〕2号", "proactive").await;
        desk.review(signed).await;
        let inspect = || tokio::task::block_in_place(|| desk.office.inspect(desk.office.default_body())).unwrap();
        let of = |found: &Inspection, sort: Sort| -> Vec<String> {
            found.findings.iter().filter(|one| one.sort == sort).map(|one| one.on.clone()).collect()
        };
        let now = inspect();
        assert_eq!(now.documents, 3);
        assert_eq!(of(&now, Sort::Unexplained), ["晴政发〔2026〕3号"], "1 is withheld, 2 is signed, 4 is public");
        assert!(of(&now, Sort::Unpublished).is_empty() && of(&now, Sort::WithheldLong).is_empty());
        assert!(of(&now, Sort::Empty).contains(&"政策解读".to_owned()));
        assert!(!of(&now, Sort::Empty).contains(&"政策文件".to_owned()));
        desk.clock.set(at("2026-12-01T09:00"));
        let later = inspect();
        assert_eq!(of(&later, Sort::Unpublished).len(), 1);
        assert_eq!(of(&later, Sort::WithheldLong).len(), 1);
        assert_eq!(of(&later, Sort::Stale), ["政策文件"]);
        assert!(later.findings.iter().filter(|one| one.sort == Sort::Unpublished).all(|one| one.unit == "虚构办公室"));
    });
}
