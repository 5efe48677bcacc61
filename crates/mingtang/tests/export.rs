//! What an export holds besides the pages of today: earlier editions, relations, attachments.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use office::{Caller, Filing, Office, Options, Role, RuleFiles, Rulebook, StepAct, Upload, mail};
use serde_json::Value;

/// The one who drafts and checks, and those who approve.
fn officer(office: &Office, unit: i64, actor: i64) -> Caller {
    let roles = match actor {
        12 => vec![Role::UnitHead],
        13 => vec![Role::Leader],
        _ => vec![Role::Handler, Role::FoiClerk, Role::Reviewer],
    };
    Caller { actor, name: "办事员甲".into(), roles, unit: Some(unit), ..Caller::public(office.default_body()) }
}

fn named(answers: &[(&str, &str)]) -> BTreeMap<String, String> {
    answers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

struct Story<'a> {
    office: &'a Office,
    unit: i64,
}

impl Story<'_> {
    async fn act(&self, actor: i64, matter: i64, step: &str, answers: &[(&str, &str)], files: Vec<Upload>) {
        let act = StepAct { matter, step: step.into(), answers: named(answers), files, ..StepAct::default() };
        let done = self.office.act(&officer(self.office, self.unit, actor), act).await;
        done.unwrap_or_else(|fail| panic!("{step}: {fail:?}"));
    }

    /// From the draft to the public.
    async fn publish(&self, matter: i64) -> String {
        for (step, answers) in [
            ("submit", &[][..]),
            ("confirm_attribute", &[]),
            ("check_secrecy", &[("secrecy", "pass")]),
            ("check_privacy", &[("privacy", "required"), ("review_note", "依法应当公开")]),
            ("check_wording", &[("wording", "pass")]),
            ("check_timing", &[("timing", "now")]),
            ("sign", &[]),
        ] {
            if step == "check_privacy" {
                let seen = self.office.hits(&officer(self.office, self.unit, 11), matter).await.unwrap();
                let kept = office::hits::keeping("decisions", &seen, "依法应当公开");
                let kept: Vec<(&str, &str)> =
                    kept.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                if !kept.is_empty() {
                    self.act(11, matter, "decide_hits", &kept, Vec::new()).await;
                }
            }
            self.act(11, matter, step, answers, Vec::new()).await;
        }
        for actor in [12, 13] {
            self.act(actor, matter, "approve", &[], Vec::new()).await;
        }
        self.act(11, matter, "publish", &[], Vec::new()).await;
        tokio::task::block_in_place(|| self.office.settle(&mail::Outbox)).unwrap();
        self.office.item_of(matter).await.unwrap().unwrap().0
    }

    async fn draft(&self, kind: (&str, &str), title: &str, fields: &[(&str, &str)], files: Vec<Upload>) -> i64 {
        let unit = self.unit.to_string();
        let mut answers = vec![
            ("classified", "no"),
            ("kind", kind.0),
            ("title", title),
            ("columns", kind.1),
            ("attribute", "proactive"),
            ("clause", "每年一月公开执行情况"),
            ("unit", &unit),
            ("document.written_on", "2026-03-01"),
        ];
        answers.extend(fields);
        let filing = Filing { procedure: "disclosure".into(), answers: named(&answers), files, ..Filing::default() };
        self.office.file(&officer(self.office, self.unit, 11), filing).await.unwrap().matter
    }
}

fn files(dir: &Path, found: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        if entry.path().is_dir() {
            files(&entry.path(), found);
        } else {
            found.insert(entry.path(), std::fs::read(entry.path()).unwrap());
        }
    }
}

#[test]
fn earlier_editions_relations_and_files_go_along_and_twice_is_the_same() {
    let place = tempfile::tempdir().unwrap();
    let (data, out) = (place.path().join("data"), place.path().join("out"));
    let rules = Rulebook::parse(RuleFiles::built_in()).unwrap();
    let office = Office::open(Options::new(data.clone(), rules)).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (first, second) = runtime.block_on(async {
        let admin = Caller { actor: 1, roles: vec![Role::Administrator], ..Caller::public(office.default_body()) };
        let unit = office.add_unit(&admin, "虚构办公室", false).await.unwrap();
        let story = Story { office: &office, unit };
        let plan = Upload { name: "平面图.txt".into(), bytes: "虚构平面图\n".as_bytes().to_vec() };
        let contact = ("document.contact", "办公室（0000）5550 0100");
        let fields = [contact, ("document.body", "三月五日停水。")];
        let one = story.draft(("notice", "gg"), "关于停水的公告", &fields, vec![plan]).await;
        let first = story.publish(one).await;
        story.act(11, one, "correct", &[("reason", "日期有误")], Vec::new()).await;
        let written = ("document.written_on", "2026-03-01");
        let changed = [("title", "关于停水的公告"), contact, written, ("document.body", "三月六日停水。")];
        story.act(11, one, "revise", &changed, Vec::new()).await;
        story.publish(one).await;
        let fields = [
            ("document.index", "QW01/2026-1"),
            ("document.issuer", "虚构机关"),
            ("document.validity", "valid"),
            ("interpretation", "none"),
            ("interpretation_reason", "只调整内部分工，不涉及群众办事"),
            ("document.cites", first.as_str()),
            ("document.body", "管网检修办法。"),
        ];
        let other = story.draft(("policy", "zcwj"), "管网检修办法", &fields, Vec::new()).await;
        (first, story.publish(other).await)
    });
    drop(office);
    let export = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mingtang"));
        command.args(["export", "site"]).arg(&out).arg("--data").arg(&data);
        for name in ["MINGTANG_DATABASE", "MINGTANG_RULEBOOK", "MINGTANG_MASTER_KEY_FILE"] {
            command.env_remove(name);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut all = BTreeMap::new();
        files(&out, &mut all);
        all
    };
    let all = export();
    assert!(all == export(), "the same content gives the same files");
    let data_of = |name: &str| serde_json::from_slice::<Value>(&all[&out.join(name)]).unwrap();
    let now = data_of(&format!("a/{first}.json"));
    assert!(now["content"]["fields"]["body"].as_str().unwrap().contains("三月六日"), "{now}");
    let editions = now["editions"].as_array().unwrap();
    assert_eq!(editions.len(), 2);
    assert_eq!((editions[0]["standing"].as_str(), editions[0]["reason"].as_str()), (Some("public"), Some("日期有误")));
    let earlier = data_of(&format!("e/{}.json", editions[1]["edition"].as_str().unwrap()));
    assert!(earlier["content"]["fields"]["body"].as_str().unwrap().contains("三月五日"), "{earlier}");
    assert_eq!(earlier["sha256"], editions[1]["sha256"]);
    for record in [&now, &earlier] {
        let file = record["files"][0].as_str().expect("an attachment");
        assert_eq!(all[&out.join(file)], "虚构平面图\n".as_bytes());
    }
    let linked = data_of(&format!("a/{second}.json"));
    let relation = &linked["relations"][0];
    assert_eq!((&relation["relation"], &relation["forward"]), (&Value::from("cites"), &Value::from(true)), "{linked}");
    assert_eq!(relation["item"], first.as_str());
    assert_eq!(now["relations"][0]["item"], second.as_str(), "both ways");
}
