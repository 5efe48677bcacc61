//! `version`, `migrate`, `doctor` and `job` as an operator runs them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

fn mingtang(data: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mingtang"));
    command.args(words).arg("--data").arg(data);
    for name in ["MINGTANG_DATABASE", "MINGTANG_RULEBOOK", "MINGTANG_MASTER_KEY_FILE", "MINGTANG_SMTP"] {
        command.env_remove(name);
    }
    command.output().unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// Exit code and, by check, whether it holds and what to do.
fn doctor(data: &Path, more: &[&str]) -> (i32, BTreeMap<String, (bool, String)>) {
    let output = mingtang(data, &[&["doctor", "--json"], more].concat());
    let findings = lines(&output).into_iter().map(|line| {
        let text = |name: &str| line[name].as_str().unwrap().to_owned();
        (text("check"), (line["ok"].as_bool().unwrap(), text("do")))
    });
    (output.status.code().unwrap(), findings.collect())
}

fn sql(data: &Path, text: &str) {
    rusqlite::Connection::open(data.join("mingtang.sqlite")).unwrap().execute_batch(text).unwrap();
}

#[test]
fn the_version_names_program_and_rulebook() {
    let dir = TempDir::new().unwrap();
    let built_in = lines(&mingtang(dir.path(), &["version", "--json"])).remove(0);
    assert_eq!((&built_in["name"], &built_in["version"]), (&json!("mingtang"), &json!(env!("CARGO_PKG_VERSION"))));
    assert_eq!(built_in["rulebook"].as_str().unwrap().len(), 12);
    let overlay = dir.path().join("rules");
    std::fs::create_dir_all(overlay.join("papers")).unwrap();
    std::fs::write(overlay.join("papers/note.html"), "<p>{{ date }}</p>").unwrap();
    let words = ["version", "--json", "--rulebook", overlay.to_str().unwrap()];
    let other = lines(&mingtang(dir.path(), &words)).remove(0);
    assert_ne!(other["rulebook"], built_in["rulebook"], "another rulebook, another version");
    let said = String::from_utf8(mingtang(dir.path(), &["version"]).stdout).unwrap();
    assert!(said.starts_with("mingtang ") && said.contains("规则库"), "{said}");
}

#[test]
fn migrate_makes_a_store_once_and_brings_an_old_one_up_to_date() {
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("data");
    let made = lines(&mingtang(&data, &["migrate", "--json"])).remove(0);
    assert_eq!(made["migrations"][0], 1);
    let again = mingtang(&data, &["migrate"]);
    assert_eq!(String::from_utf8(again.stdout).unwrap(), "数据已是最新，没有改动。\n");
    sql(
        &data,
        "delete from migration where version = 4; drop table draft; alter table idempotency drop column request",
    );
    let (code, found) = doctor(&data, &[]);
    assert!(code == 8 && !found["数据"].0 && found["数据"].1.contains("mingtang migrate"), "{found:?}");
    assert_eq!(lines(&mingtang(&data, &["migrate", "--json"])), [json!({ "migrations": [4] })]);
    assert!(doctor(&data, &[]).1["数据"].0);
    sql(&data, "insert into migration (version, hash) values (99, 'future')");
    let newer = mingtang(&data, &["migrate"]);
    assert_eq!(newer.status.code(), Some(3), "a store of a newer program is refused");
}

#[test]
fn the_doctor_says_of_each_thing_whether_it_holds_and_what_to_do() {
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("data");
    let (code, found) = doctor(&data, &[]);
    assert!(code == 8 && !found["数据目录"].0 && found["数据目录"].1.contains("mingtang init"), "{found:?}");
    mingtang(&data, &["init"]);
    let (_, found) = doctor(&data, &[]);
    assert!(!found["工作人员"].0 && found["工作人员"].1.contains("mingtang user add"), "{found:?}");
    mingtang(&data, &["user", "add", "guanli", "--role", "administrator"]);
    let (code, found) = doctor(&data, &[]);
    assert_eq!((code, found.values().all(|(ok, remedy)| *ok && remedy.is_empty())), (0, true), "{found:?}");
    assert_eq!(found.len(), 11, "{found:?}");

    let broken = [
        ("规程", "update procedure_text set hash = 'other' where id = 'message'"),
        (
            "系统时钟",
            "insert into audit (body_id, at, actor, act, target, reason) values (1, 4102444800000, 0, 'read', '', '')",
        ),
        (
            "检索索引",
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < 600) insert into change (topic, id, body_id) select 'matter', -i, 1 from n",
        ),
        (
            "到期自动办理",
            "insert into clock (matter_id, clock, body_id, aim_on, due_on, due_at, amber_on, paused, provisional, lapses) values (9, 'confirm', 1, '', '', 1, '', 0, 0, 1)",
        ),
        (
            "后台任务",
            "insert into job (id, body_id, kind, target, run_at, attempts, state, error) select 7, id, 'mail', 5, 1, 8, 'dead', '邮件服务器没有接通' from body",
        ),
    ];
    for (check, text) in broken {
        assert!(doctor(&data, &[]).1[check].0, "{check} holds before");
        sql(&data, text);
        let (code, found) = doctor(&data, &[]);
        assert!(code == 8 && !found[check].0 && found[check].1.ends_with('。'), "{check}: {found:?}");
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let smtp = ["--smtp", &format!("smtp://{free}"), "--mail-from", "xinxiang@qingwan.example"];
    assert!(!doctor(&data, &smtp).1["邮件服务器"].0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(data.join("master.key"), std::fs::Permissions::from_mode(0o644)).unwrap();
        let found = doctor(&data, &[]).1;
        assert!(!found["文件权限"].0 && found["文件权限"].1.contains("chmod 600"), "{found:?}");
    }
    let words = String::from_utf8(mingtang(&data, &["doctor"]).stdout).unwrap();
    assert!(words.lines().all(|line| line.starts_with("正常　") || line.starts_with("异常　")), "{words}");
}

#[test]
fn jobs_are_listed_and_tried_again() {
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("data");
    assert_eq!(mingtang(&data, &["job", "list"]).status.code(), Some(4), "it reads only: nothing is made");
    mingtang(&data, &["init"]);
    let insert = "insert into job (id, body_id, kind, target, run_at, attempts, state, error) select";
    sql(&data, &format!("{insert} 7, id, 'mail', 5, 1, 8, 'dead', '邮件服务器拒收' from body"));
    sql(&data, &format!("{insert} 8, id, 'render', 6, 1, 0, 'waiting', null from body"));
    let list = |state: &str| lines(&mingtang(&data, &["job", "list", "--json", "--state", state]));
    assert_eq!((list("dead").len(), &list("dead")[0]["error"]), (1, &json!("邮件服务器拒收")));
    assert_eq!((&list("waiting")[0]["id"], &list("waiting")[0]["kind"]), (&json!(8), &json!("render")));
    assert_eq!(mingtang(&data, &["job", "retry", "99"]).status.code(), Some(4));
    let said = String::from_utf8(mingtang(&data, &["job", "retry", "--dead"]).stdout).unwrap();
    assert!(said.contains("重试1项"), "{said}");
    assert_eq!((list("dead").len(), list("waiting").len()), (0, 2));
    let words = String::from_utf8(mingtang(&data, &["job", "list"]).stdout).unwrap();
    assert!(words.contains("发送邮件") && words.contains("渲染文书"), "{words}");
}
