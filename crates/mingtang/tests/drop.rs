//! The directory in which the body's OA lays documents.

#[path = "../../intake/tests/samples/mod.rs"]
mod samples;

use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

fn mingtang(data: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mingtang"));
    command.args(words).arg("--data").arg(data);
    for name in ["MINGTANG_DATABASE", "MINGTANG_RULEBOOK", "MINGTANG_MASTER_KEY_FILE"] {
        command.env_remove(name);
    }
    command.output().unwrap()
}

fn look(data: &Path, dir: &Path) -> (i32, Value) {
    let output = mingtang(data, &["import", "drop", dir.to_str().unwrap(), "--as", "drafter", "--json"]);
    let line = String::from_utf8(output.stdout).unwrap();
    let told = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().unwrap(), told)
}

/// Lays a file that was written a while ago.
fn lay(dir: &Path, name: &str, bytes: &[u8]) {
    let path = dir.join(name);
    std::fs::write(&path, bytes).unwrap();
    let earlier = SystemTime::now() - Duration::from_secs(60);
    std::fs::File::options().write(true).open(path).unwrap().set_modified(earlier).unwrap();
}

fn metadata(id: &str) -> Value {
    json!({
        "id": id, "classified": "no", "kind": "notice", "attribute": "proactive", "columns": ["gg"],
        "fields": { "written_on": "2026-11-20", "contact": "办公室（0000）5550 0100" },
    })
}

fn told(imported: u64, already: u64, rejected: u64, waiting: u64) -> Value {
    let read = imported + already + rejected;
    json!({ "read": read, "imported": imported, "already": already, "rejected": rejected, "waiting": waiting })
}

#[test]
fn pairs_are_taken_once_gaps_go_back_and_half_written_files_wait() {
    let place = tempfile::tempdir().unwrap();
    let (data, dir) = (place.path().join("data"), place.path().join("exchange"));
    std::fs::create_dir(&dir).unwrap();
    assert!(mingtang(&data, &["user", "add", "drafter", "--role", "handler", "--unit", "虚构办公室"]).status.success());
    let (one, none) = (samples::docx(&["关于夜间停水的公告", "因检修停水。"]), Value::Null);
    lay(&dir, "甲.docx", &one);
    lay(&dir, "甲.json", metadata("OA-1").to_string().as_bytes());
    let mut bare = metadata("OA-2");
    (bare["attribute"], bare["classified"]) = (none.clone(), none);
    bare.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    lay(&dir, "乙.docx", &one);
    lay(&dir, "乙.json", bare.to_string().as_bytes());
    lay(&dir, "丙.docx", &samples::docx(&["机密★10年", "关于某事的公告", "正文。"]));
    lay(&dir, "丙.json", metadata("OA-3").to_string().as_bytes());
    lay(&dir, "丁.json", metadata("OA-4").to_string().as_bytes());
    lay(&dir, "戊.docx", &one);
    std::fs::write(dir.join("戊.json"), metadata("OA-5").to_string()).unwrap();
    lay(&dir, "己.docx", &one);
    lay(&dir, "己.json", b"{\"id\":");
    assert_eq!(look(&data, &dir), (7, told(1, 0, 3, 2)));
    let read = |name: &str| std::fs::read_to_string(dir.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let receipt: Value = serde_json::from_str(&read("done/甲.回执.json")).unwrap();
    assert_eq!((&receipt["state"], &receipt["address"]), (&json!("attribute"), &Value::Null));
    let list = read("refused/乙.退文.txt");
    assert!(list.contains("保密声明") && list.contains("公开属性"), "{list}");
    assert!(read("refused/丙.退文.txt").contains("国家秘密标志"));
    assert!(read("refused/己.退文.txt").contains("第1行"));
    assert!(dir.join("done/甲.docx").exists() && dir.join("丁.json").exists() && dir.join("戊.docx").exists());

    // What was missing is there now; the same document once more; its signing; one that nobody knows.
    lay(&dir, "乙.docx", &one);
    lay(&dir, "乙.json", metadata("OA-2").to_string().as_bytes());
    lay(&dir, "甲.docx", &one);
    lay(&dir, "甲.json", metadata("OA-1").to_string().as_bytes());
    lay(
        &dir,
        "甲.issued.json",
        json!({ "id": "OA-1", "number": "晴水〔2026〕9号", "signed_on": "2026-11-20" }).to_string().as_bytes(),
    );
    lay(&dir, "庚.issued.json", json!({ "id": "OA-9", "signed_on": "2026-11-20" }).to_string().as_bytes());
    lay(&dir, "戊.json", metadata("OA-5").to_string().as_bytes());
    assert_eq!(look(&data, &dir), (7, told(3, 1, 1, 1)));
    let signed: Value = serde_json::from_str(&read("done/甲.issued.回执.json")).unwrap();
    assert_eq!((&signed["signed_on"], &signed["state"]), (&json!("2026-11-20"), &json!("attribute")));
    assert_eq!(look(&data, &dir), (0, told(0, 0, 0, 1)));

    let out = place.path().join("out");
    let export = mingtang(&data, &["export", "site", out.to_str().unwrap(), "--json"]);
    let counted: Value = serde_json::from_slice(&export.stdout).unwrap();
    assert_eq!(counted["items"], 0, "nothing is public");
    let nobody = mingtang(&data, &["import", "drop", dir.to_str().unwrap(), "--as", "nobody"]);
    assert_eq!(nobody.status.code(), Some(4));
}
