//! `mingtang log`, `verify` and `audit verify` as a person runs them, against a store and a site.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use office::store::Lane;
use office::{Fault, Office, Options, RuleFiles, Rulebook, params, statements};
use publication::{Attribute, Draft, commitment};
use serde_json::Value;
use site::{Settings, Site};
use tempfile::TempDir;

statements! {
    EDITION = "insert into edition (id, public_id, body_id, kind, title, content, hash, attribute, approved_by, published_at, state, salt) values ($1, $2, $3, 'reply', $4, $5, $6, '主动公开', '[3]', $7, 'public', $8)";
    PENDING = "insert into pending_commitment (id, body_id, kind, ref, commitment, at) values ($1, $2, 'edition', $3, $4, $5)";
}

const REPLY: &str = "接到来信后，我科已于当日派人到现场查看，并于次日修好了全部路灯，感谢您的来信。";

/// Runs the program with `--json`: exit code and the last line of its answer.
fn mingtang(data: &Path, words: &[&str]) -> (i32, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mingtang"));
    command.args(words).arg("--data").arg(data);
    for name in ["MINGTANG_DATABASE", "MINGTANG_RULEBOOK", "MINGTANG_MASTER_KEY_FILE"] {
        command.env_remove(name);
    }
    let Output { status, stdout, stderr } = command.output().unwrap();
    let (lines, said) = (String::from_utf8(stdout).unwrap(), String::from_utf8_lossy(&stderr).into_owned());
    let last = lines.lines().last().map_or(Value::String(said), |line| serde_json::from_str(line).unwrap_or_default());
    (status.code().unwrap(), last)
}

fn open(data: &Path) -> Office {
    let rules = Rulebook::parse(RuleFiles::built_in()).unwrap_or_else(|faults| panic!("{faults:?}"));
    Office::open(Options::new(data.to_owned(), rules)).unwrap()
}

fn public(number: i64) -> String {
    format!("{number:026}")
}

fn publish(office: &Office, numbers: std::ops::Range<i64>) {
    let (body, at) = (office.default_body(), office.now());
    let written = office.store().write_blocking(Lane::People, move |tx| {
        for number in numbers {
            let draft = Draft {
                kind: "reply".into(),
                title: format!("第{number}号路灯"),
                fields: BTreeMap::from([("reply".to_owned(), format!("{REPLY}（{number}）"))]),
                attribute: Attribute::Proactive,
                files: Vec::new(),
                corrects: None,
                reduced: None,
                approved_by: vec![3],
            };
            let edition = draft.publish(at).unwrap();
            let (canonical, salt, id, millis) = (edition.canonical(), [number as u8; 32], tx.new_id()?, at.millis());
            let hash = edition.hash();
            tx.execute(&EDITION, params![id, public(number), body, &edition.title, &canonical, hash, millis, salt])?;
            let pending = tx.new_id()?;
            tx.execute(&PENDING, params![pending, body, id, commitment(&salt, &canonical), millis])?;
        }
        Ok::<_, Fault>(())
    });
    written.unwrap();
    while office.seal().unwrap() > 0 {}
}

/// A site over the office on a free port, as long as the test runs.
fn serve(office: Office) -> SocketAddr {
    let (told, address) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let listeners = site::bind(&["127.0.0.1:0".parse().unwrap()]).await.unwrap();
            told.send(listeners[0].local_addr().unwrap()).unwrap();
            let site = Site::new(Arc::new(office), Settings::default());
            site::serve(site::router(site), listeners, std::future::pending()).await;
        });
    });
    address.recv().unwrap()
}

fn tamper(data: &Path, sql: &str) {
    rusqlite::Connection::open(data.join("mingtang.sqlite")).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn a_proof_file_is_checked_offline_against_a_saved_checkpoint() {
    let data = TempDir::new().unwrap();
    let at = |name: &str| data.path().join(name).to_str().unwrap().to_owned();
    assert_eq!(mingtang(&data.path().join("none"), &["log", "head", "--json"]).0, 4, "no store");
    let office = open(data.path());
    publish(&office, 1..8);
    drop(office);
    let (code, head) = mingtang(data.path(), &["log", "head", "--json"]);
    assert_eq!((code, &head["size"], &head["log"]), (0, &7.into(), &"public".into()), "{head}");
    std::fs::write(at("checkpoint"), head["checkpoint"].as_str().unwrap()).unwrap();
    let (code, proof) = mingtang(data.path(), &["log", "prove", &public(3)]);
    assert_eq!(code, 0, "{proof}");
    std::fs::write(at("proof"), proof.to_string()).unwrap();
    let key = head["key"].as_str().unwrap();
    for more in [vec![], vec!["--key", key], vec!["--checkpoint", &at("checkpoint")]] {
        let proof = at("proof");
        let words = [vec!["verify", "--json", proof.as_str()], more].concat();
        let (code, told) = mingtang(data.path(), &words);
        assert_eq!((code, &told["ok"], &told["leaf_index"]), (0, &true.into(), &2.into()), "{words:?} {told}");
        assert_eq!(told["title"], "第3号路灯");
    }
    let altered = proof.to_string().replace("修好了", "修坏了");
    std::fs::write(at("altered"), altered).unwrap();
    let (code, told) = mingtang(data.path(), &["verify", &at("altered"), "--json"]);
    assert_eq!((code, &told["what"]), (8, &"content".into()), "{told}");
    // Another root under the same number of entries: a fork.
    let forked = TempDir::new().unwrap();
    let other = open(forked.path());
    publish(&other, 11..18);
    drop(other);
    let (_, foreign) = mingtang(forked.path(), &["log", "head", "--json"]);
    std::fs::write(at("foreign"), foreign["checkpoint"].as_str().unwrap()).unwrap();
    let (code, told) = mingtang(data.path(), &["verify", &at("proof"), "--checkpoint", &at("foreign"), "--json"]);
    assert_eq!((code, &told["what"]), (8, &"key".into()), "{told}");
    let (code, told) =
        mingtang(data.path(), &["verify", &at("proof"), "--json", "--key", foreign["key"].as_str().unwrap()]);
    assert_eq!((code, &told["what"]), (8, &"key".into()), "{told}");
    assert_eq!(mingtang(data.path(), &["verify", &at("missing")]).0, 4);
    let (code, checked) = mingtang(data.path(), &["audit", "verify", "--json"]);
    assert_eq!((code, &checked["broken"]), (0, &0.into()), "{checked}");
    tamper(data.path(), "update log_leaf set entry = zeroblob(32) where log = 'public' and idx = 3");
    assert_eq!(mingtang(data.path(), &["audit", "verify", "--json"]).0, 8);
}

#[test]
fn a_page_is_checked_over_http() {
    let data = TempDir::new().unwrap();
    let office = open(data.path());
    publish(&office, 1..4);
    let saved = data.path().join("saved").to_str().unwrap().to_owned();
    let (_, head) = mingtang(data.path(), &["log", "head", "--json"]);
    std::fs::write(&saved, head["checkpoint"].as_str().unwrap()).unwrap();
    publish(&office, 4..300);
    let address = serve(office);
    for path in [format!("/replies/{}", public(2)), format!("/log/proof/{}", public(2))] {
        let url = format!("http://{address}{path}");
        let (code, told) = mingtang(data.path(), &["verify", &url, "--json", "--checkpoint", &saved]);
        assert_eq!((code, &told["ok"], &told["tree_size"]), (0, &true.into(), &299.into()), "{url} {told}");
        assert!(told["sealed_at"].as_str().unwrap().ends_with("+08:00"), "{told}");
    }
    assert_eq!(mingtang(data.path(), &["verify", &format!("http://{address}/replies/{}", public(999))]).0, 4);
    assert_eq!(mingtang(data.path(), &["verify", &format!("http://{address}/privacy")]).0, 4);
    assert_eq!(mingtang(data.path(), &["verify", "https://site.invalid/x"]).0, 1);
}

#[test]
fn whoever_watches_a_log_sees_it_shrink_fork_or_forget() {
    let data = TempDir::new().unwrap();
    let office = open(data.path());
    publish(&office, 1..3);
    let address = serve(office.clone());
    let url = format!("http://{address}");
    let state = data.path().join("seen.json").to_str().unwrap().to_owned();
    let watch = |more: &[&str]| {
        mingtang(data.path(), &[&["log", "monitor", url.as_str(), "--state", state.as_str(), "--json"], more].concat())
    };
    let (code, told) = watch(&[]);
    assert_eq!((code, &told["size"], &told["new"]), (0, &2.into(), &2.into()), "{told}");
    publish(&office, 3..300);
    let (code, told) = watch(&[]);
    assert_eq!((code, &told["size"], &told["new"]), (0, &299.into(), &297.into()), "{told}");
    assert_eq!(watch(&[]).1["new"], 0);
    assert_eq!(watch(&["--full"]).0, 0);
    let seen = std::fs::read(&state).unwrap();
    // An old entry rewritten: found by whoever reads everything again.
    tamper(
        data.path(),
        "create table kept as select * from log_leaf; update log_leaf set entry = zeroblob(32) where log = 'public' and idx = 9",
    );
    assert_eq!(watch(&[]).0, 0, "what was seen is not read again");
    let (code, told) = watch(&["--full"]);
    assert_eq!((code, &told["what"]), (8, &"tile".into()), "{told}");
    tamper(data.path(), "delete from log_leaf; insert into log_leaf select * from kept");
    // A tile of the past altered.
    tamper(
        data.path(),
        "create table tiles as select * from log_tile; update log_tile set data = substr(data, 33) || zeroblob(32) where log = 'public' and level = 0 and idx = 1",
    );
    let (code, told) = watch(&[]);
    assert_eq!((code, &told["what"]), (8, &"past".into()), "{told}");
    tamper(data.path(), "delete from log_tile; insert into log_tile select * from tiles");
    assert_eq!(watch(&["--full"]).0, 0);
    // The log is cut back.
    tamper(data.path(), "delete from log_checkpoint where log = 'public' and size > 2");
    let (code, told) = watch(&[]);
    assert_eq!((code, &told["what"]), (8, &"shrunk".into()), "{told}");
    assert_eq!(std::fs::read(&state).unwrap(), seen, "what was seen stays on record");
    let (code, told) = watch(&["--key", "x"]);
    assert_eq!(code, 1, "{told}");
}

#[test]
fn the_bench_proves_what_it_measures() {
    let data = TempDir::new().unwrap();
    let (code, told) = mingtang(data.path(), &["bench", "log", "--leaves", "600", "--proofs", "50", "--json"]);
    assert_eq!((code, &told["tree_size"]), (0, &600.into()), "{told}");
    for name in ["leaves_per_s", "proof_ms", "proof_p99_ms", "check_us"] {
        assert!(told[name].as_f64().is_some_and(|number| number > 0.0), "{name}: {told}");
    }
    assert_eq!(mingtang(data.path(), &["audit", "verify", "--json"]).0, 0);
}
