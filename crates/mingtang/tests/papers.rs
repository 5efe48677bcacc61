//! `mingtang check` renders every letter with samples: a broken template never reaches an office.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// Exit code and faults of a rulebook with one paper replaced.
fn check(name: &str, change: impl FnOnce(String) -> String) -> (i32, Vec<Value>) {
    let overlay = TempDir::new().unwrap();
    let papers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rulebook/papers");
    let text = std::fs::read_to_string(papers.join(name)).unwrap_or_default();
    std::fs::create_dir(overlay.path().join("papers")).unwrap();
    std::fs::write(overlay.path().join("papers").join(name), change(text)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mingtang"));
    let output = command.args(["check", "--json", "--rulebook"]).arg(overlay.path()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

/// The only fault of a broken paper.
fn fault(name: &str, change: impl FnOnce(String) -> String) -> Value {
    let (code, mut faults) = check(name, change);
    assert_eq!(code, 3, "{faults:?}");
    for member in ["file", "line", "name", "rule", "path", "error"] {
        assert!(!faults[0][member].is_null(), "{member}: {faults:?}");
    }
    assert_eq!(faults[0]["file"], format!("papers/{name}"));
    faults.remove(0)
}

#[test]
fn the_papers_of_the_rulebook_are_sound() {
    assert_eq!(check("foi-a1.html", |text| text).0, 0);
    assert_eq!(check("own.html", |_| "{% extends \"papers/letter.html\" %}".into()).0, 0);
}

#[test]
fn a_name_that_no_matter_has_is_told_with_its_line_even_where_it_is_seldom_reached() {
    let mut line = 0;
    let found = fault("foi-d1.html", |text| {
        line = 1 + text.lines().position(|line| line.contains("values.search_keywords")).unwrap();
        text.replace("values.search_keywords", "values.search_keyword")
    });
    assert_eq!((&found["name"], &found["line"]), (&Value::from("values.search_keyword"), &Value::from(line)));
    assert!(found["path"].as_str().unwrap().starts_with("foi "), "{found}");
    assert!(found["error"].as_str().unwrap().contains("没有名为“values.search_keyword”的内容"), "{found}");
    let found = fault("foi-a1.html", |text| {
        text.replace("{% endblock %}", "{% if remedy == 1 %}{{ remdy }}{% endif %}{% endblock %}")
    });
    assert_eq!(found["name"], "remdy");
    let found = fault("letter.html", |text| text.replace("body.foi_office", "body.office"));
    assert_eq!(found["name"], "body.office");
}

#[test]
fn a_template_that_cannot_be_read_or_rendered_is_told_at_its_line() {
    let found = fault("foi-a2.html", |text| text.replace("{% endblock %}", "{% endblok %}"));
    assert!(found["error"].as_str().unwrap().starts_with("模板语法有误"), "{found}");
    let found = fault("foi-b1.html", |text| text.replace("{{ values.ground }}", "{{ values.ground|capital }}"));
    assert!(found["error"].as_str().unwrap().starts_with("用到了没有的功能"), "{found}");
    let found = fault("foi-c4.html", |text| text.replace("papers/letter.html", "papers/leter.html"));
    assert!(found["error"].as_str().unwrap().starts_with("引用的模板不存在"), "{found}");
}
