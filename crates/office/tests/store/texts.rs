//! What people typed: each act keeps its own words, and all of them go with one key.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};

use law::Moment;
use office::store::Lane;
use office::{Caller, Fail, Fault, Filing, MatterView, Office, Role, StepAct, keys, params, statements};

use crate::bodies::{everything, filing, open};
use crate::stage::{few, stages};

statements! {
    KEPT = "select count(*) from matter_text_past where matter_id = $1";
    TITLE = "select masked from matter_text where matter_id = $1 and element = 'title'";
}

fn answers(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

/// The words of every act of this step, oldest first.
fn said(view: &MatterView, step: &str, element: &str) -> Vec<String> {
    let acts = view.timeline.iter().filter(|item| item.code == step);
    let texts = acts.flat_map(|item| item.texts.iter().filter(|(name, _)| name == element));
    texts.map(|(_, text)| text.shown().to_owned()).collect()
}

/// Forms sent: each has a key of its own.
static FORMS: AtomicU32 = AtomicU32::new(0);

async fn act(office: &Office, caller: &Caller, matter: i64, step: &str, typed: &[(&str, &str)]) {
    let key = format!("form {}", FORMS.fetch_add(1, Ordering::Relaxed));
    let act = StepAct { matter, step: step.into(), answers: answers(typed), key, ..StepAct::default() };
    office.act(caller, act).await.unwrap();
}

#[test]
fn every_supplement_and_every_reply_keeps_its_own_words() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for stage in stages(&few()) {
        let office = open(&stage);
        let body = office.default_body();
        let store = office.store().clone();
        let kept = async |matter: i64| -> i64 {
            let count = store.read(move |q| q.row(&KEPT, params![matter], |row| row.get(0)));
            count.await.unwrap().unwrap_or(-1)
        };
        runtime.block_on(async {
            let clerk = everything(body);
            let unit = office.add_unit(&clerk, "市政设施科", false).await.unwrap();
            let matter = office.file(&Caller::public(body), filing("supplements")).await.unwrap().matter;
            let party = Caller { roles: vec![Role::Party], matter: Some(matter), ..Caller::public(body) };
            let handler = Caller { roles: vec![Role::Handler], unit: Some(unit), ..everything(body) };
            act(&office, &clerk, matter, "assign", &[("unit", &unit.to_string())]).await;
            act(&office, &party, matter, "supplement", &[("more", "第一次补充：灯杆编号是七号。")]).await;
            assert_eq!(kept(matter).await, 0, "nothing was written anew yet");
            act(&office, &party, matter, "supplement", &[("more", "第二次补充：手机13800000001。")]).await;
            act(&office, &party, matter, "supplement", &[("more", "第一次补充：灯杆编号是七号。")]).await;
            act(&office, &handler, matter, "reply", &[("reply", "第一次答复：已经派人去修。")]).await;
            act(&office, &party, matter, "reopen", &[("unsolved", "灯还是不亮，请再看一看。")]).await;
            act(&office, &handler, matter, "reply", &[("reply", "第二次答复：已经更换灯泡。")]).await;
            for caller in [&party, &clerk] {
                let view = office.matter(caller, matter).await.unwrap();
                assert_eq!(
                    said(&view, "supplement", "more"),
                    ["第一次补充：灯杆编号是七号。", "第二次补充：手机13800000001。", "第一次补充：灯杆编号是七号。"]
                );
                assert_eq!(said(&view, "reply", "reply"), ["第一次答复：已经派人去修。", "第二次答复：已经更换灯泡。"]);
                assert_eq!(said(&view, "file", "title"), ["路灯不亮请派人修理"]);
                assert_eq!(view.text("reply"), "第二次答复：已经更换灯泡。");
            }
            // An officer sees the masked form of what is not opened; the earlier texts are masked too.
            let view = office.matter(&clerk, matter).await.unwrap();
            let masked = view.timeline.iter().flat_map(|item| &item.texts).map(|(_, text)| text.masked.as_str());
            assert!(!masked.collect::<String>().contains("13800000001"));
        });
        office.settle(&office::mail::Outbox).unwrap();
        let found = runtime.block_on(office.find_words(&everything(body), "灯杆")).unwrap();
        assert_eq!(found.len(), 1, "what was said earlier is found too");
    }
}

#[test]
fn an_opinion_of_the_last_approver_is_kept() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for stage in stages(&few()) {
        let office = open(&stage);
        let body = office.default_body();
        runtime.block_on(async {
            let clerk = everything(body);
            let unit = office.add_unit(&clerk, "市政设施科", true).await.unwrap();
            let matter = office.file(&Caller::public(body), filing("opinion")).await.unwrap().matter;
            let of_unit = |actor, role| Caller { actor, roles: vec![role], unit: Some(unit), ..everything(body) };
            let (handler, head) = (of_unit(801, Role::Handler), of_unit(802, Role::UnitHead));
            act(&office, &clerk, matter, "assign", &[("unit", &unit.to_string())]).await;
            for (draft, back) in
                [("初稿：已经派人前去修理。", Some("请写明完成时间。")), ("定稿：三日之内一定修好。", None)]
            {
                act(&office, &handler, matter, "reply", &[("reply", draft)]).await;
                match back {
                    Some(why) => act(&office, &head, matter, "return_proposal", &[("opinion", why)]).await,
                    None => act(&office, &head, matter, "approve", &[("opinion", "同意，注意回访。")]).await,
                }
            }
            let view = office.matter(&clerk, matter).await.unwrap();
            let opinions: Vec<&str> = view
                .timeline
                .iter()
                .flat_map(|item| &item.texts)
                .filter(|(name, _)| name == "opinion")
                .map(|(_, text)| text.shown())
                .collect();
            assert_eq!(opinions, ["请写明完成时间。", "同意，注意回访。"]);
            assert_eq!(said(&view, "reply", "reply"), ["定稿：三日之内一定修好。"]);
            let party = Caller { roles: vec![Role::Party], matter: Some(matter), ..Caller::public(body) };
            let view = office.matter(&party, matter).await.unwrap();
            let inside = view.timeline.iter().flat_map(|item| &item.texts).any(|(name, _)| name == "opinion");
            assert!(!inside, "opinions are for officers");
        });
    }
}

#[test]
fn erasing_the_key_takes_the_earlier_texts_along() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for stage in stages(&few()) {
        let office = open(&stage);
        let body = office.default_body();
        let matter = runtime.block_on(async {
            let matter = office.file(&Caller::public(body), filing("erase")).await.unwrap().matter;
            let party = Caller { roles: vec![Role::Party], matter: Some(matter), ..Caller::public(body) };
            act(&office, &party, matter, "supplement", &[("more", "先写的。")]).await;
            act(&office, &party, matter, "supplement", &[("more", "后写的。")]).await;
            matter
        });
        let now = Moment::from_millis(1);
        assert!(office.store().write_blocking(Lane::People, move |tx| keys::erase(tx, matter, now)).unwrap());
        let gone = runtime.block_on(office.matter(&everything(body), matter)).map(drop);
        assert_eq!(gone, Err(Fail::Fault(Fault::Erased)));
    }
}

#[test]
fn a_blank_title_is_made_from_the_first_words() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for stage in stages(&few()) {
        let office = open(&stage);
        let public = Caller::public(office.default_body());
        let title = |text: &str, key: &str| {
            let typed = answers(&[("text", text), ("name", "申某甲"), ("email", "shen@example.cn")]);
            let filing = Filing { answers: typed, ..filing(key) };
            let matter = runtime.block_on(office.file(&public, filing)).unwrap().matter;
            let row = office.store().read_blocking(move |q| q.row(&TITLE, params![matter], |row| row.get::<String>(0)));
            row.unwrap().unwrap_or_default()
        };
        assert_eq!(title("\n 望潮路的路灯不亮了。夜里走路不方便。", "one"), "望潮路的路灯不亮了");
        assert_eq!(title("灯坏", "two"), "灯坏");
        let long = title(&"望潮路路灯".repeat(20), "three");
        assert_eq!((long.chars().count(), long.ends_with('…')), (30, true), "{long}");
        assert!(title("我的电话13800000001打不通", "four").find("13800000001").is_none(), "a title is masked too");
    }
}
