//! `mingtang import pages`, `import documents` and `export site` as a person or a script runs them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

#[path = "../../intake/tests/samples/mod.rs"]
mod samples;

use intake::pages;
use serde_json::{Value, json};
use tempfile::TempDir;

fn mingtang(data: &Path, words: &[&str]) -> (i32, Vec<Value>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mingtang"));
    command.args(words).arg("--json").arg("--data").arg(data);
    for name in ["MINGTANG_DATABASE", "MINGTANG_RULEBOOK", "MINGTANG_MASTER_KEY_FILE"] {
        command.env_remove(name);
    }
    let Output { status, stdout, stderr } = command.output().unwrap();
    let lines = String::from_utf8(stdout).unwrap();
    let values = lines.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")));
    (status.code().unwrap(), values.collect(), String::from_utf8(stderr).unwrap())
}

/// Runs an import; answers its code, its totals and its refusals, whose number must be that of the totals.
fn import(data: &Path, what: &str, path: &Path, more: &[&str]) -> (i32, Value, Vec<Value>) {
    let mut words = vec!["import", what, path.to_str().unwrap()];
    words.extend(more);
    let (code, mut lines, errors) = mingtang(data, &words);
    let totals = lines.pop().unwrap_or_else(|| panic!("{errors}"));
    assert_eq!(totals["rejected"].as_u64().unwrap() as usize, lines.len(), "{totals}");
    assert_eq!(code, if lines.is_empty() { 0 } else { 7 }, "{totals}");
    for line in &lines {
        let said = line["error"].as_str().unwrap();
        assert!(said.ends_with(['。', '）']) && line["line"].is_u64() && line["field"].is_string(), "{line}");
    }
    (code, totals, lines)
}

fn totals(read: u64, imported: u64, already: u64, rejected: u64) -> Value {
    json!({ "read": read, "imported": imported, "already": already, "rejected": rejected })
}

fn write(dir: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = dir.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}

fn lines(rows: &[Value]) -> String {
    rows.iter().map(|row| format!("{row}\n")).collect()
}

/// The data of every exported item, by title.
fn exported(dir: &Path) -> BTreeMap<String, Value> {
    let files = std::fs::read_dir(dir.join("a")).unwrap().flatten().map(|entry| entry.path());
    let data = files.filter(|path| path.extension().is_some_and(|end| end == "json"));
    data.map(|path| serde_json::from_slice::<Value>(&std::fs::read(path).unwrap()).unwrap())
        .map(|record| (record["content"]["title"].as_str().unwrap().to_owned(), record))
        .collect()
}

const HTML: &str = r#"<table><tr><td><b>索 引 号：</b></td><td>QW0001/2024-00012</td><td><b>主题分类：</b></td><td>城乡建设、环境保护\城市规划</td></tr>
<tr><td><b>发文机关：</b></td><td>晴湾区人民政府</td><td><b>成文日期：</b></td><td>2024年03月05日</td></tr>
<tr><td><b>标　　题：</b></td><td colspan="3">晴湾区人民政府关于整修听潮街的通知</td></tr>
<tr><td><b>发文字号：</b></td><td>晴政发[2024]08号</td><td><b>发布日期：</b></td><td>2024年03月09日</td></tr></table>
<table><tr><td id="UCAP-CONTENT" onclick="x()"><p style="text-align:center">晴湾区人民政府关于</p><p>整修听潮街的通知</p><p>晴政发〔2024〕8号</p>
<p>各镇街：</p><p><span style="font-weight:bold">一、总体要求</span></p><p>监督电话：0571-12345678。联系人申某甲，身份证号11010119900307109X。</p><script>alert(1)</script></td></tr></table>"#;

fn rows() -> Vec<Value> {
    vec![
        json!({ "url": "http://old.example/1.htm", "html": HTML }),
        json!({ "id": "2", "title": "晴湾区民政局2023年政府信息公开工作年度报告", "kind": "annual_report",
            "url": "http://old.example/2024-01/15/2.htm", "text": "一、总体情况\n公开信息10条。\n类别 | 件数 |\n规章 | 0 |", "year": 2023 }),
    ]
}

#[test]
fn pages_become_items_once_with_their_own_dates_and_bad_rows_are_told() {
    let dir = TempDir::new().unwrap();
    let (data, out) = (dir.path().join("data"), dir.path().join("out"));
    let mut all = rows();
    all.push(json!({ "id": "3", "title": "空页", "text": "  " }));
    all.push(json!({ "id": "4", "title": "日期不对", "text": "正文。", "date": "2024-02-30" }));
    all.push(json!({ "id": "5", "title": "涉密", "text": "机密★1年\n正文。" }));
    all.push(json!({ "id": "6", "title": "将来", "text": "正文。", "date": "2099-01-01" }));
    all.push(json!({ "id": "2", "title": "同一编号", "text": "不同内容。" }));
    all.push(all[0].clone());
    let broken = format!("{}{{\"id\": 7,\n", lines(&all));
    let path = write(&dir, "pages.jsonl", &broken);
    assert_eq!(import(&data, "pages", &path, &["--dry-run"]).1, totals(9, 2, 1, 6));
    assert!(!data.exists(), "a dry run leaves nothing");
    let (_, first, refused) = import(&data, "pages", &path, &[]);
    assert_eq!(first, totals(9, 2, 1, 6));
    let mut told: Vec<u64> = refused.iter().map(|line| line["line"].as_u64().unwrap()).collect();
    told.sort_unstable();
    assert_eq!(told, [3, 4, 5, 6, 7, 9]);
    assert_eq!(import(&data, "pages", &path, &[]).1, totals(9, 0, 3, 6));

    assert_eq!(mingtang(&data, &["export", "site", out.to_str().unwrap()]).0, 0);
    let items = exported(&out);
    let policy = &items["晴湾区人民政府关于整修听潮街的通知"];
    let fields = &policy["content"]["fields"];
    for (field, value) in [
        ("index", "QW0001/2024-00012"),
        ("issuer", "晴湾区人民政府"),
        ("number", "晴政发〔2024〕8号"),
        ("written_on", "2024-03-05"),
        ("topic", "construction"),
    ] {
        assert_eq!(fields[field], value, "{fields}");
    }
    assert_eq!(policy["public_since"], "2024-03-09");
    assert_eq!(policy["columns"], json!(["zcwj"]));
    let body = fields["body"].as_str().unwrap();
    assert!(body.starts_with("<p>各镇街：</p>") && body.contains("<h2>一、总体要求</h2>"), "{body}");
    assert!(!body.contains("script") && !body.contains("11010119900307"), "{body}");
    assert!(body.contains("0571-12345678"), "an office stays reachable: {body}");
    let report = &items["晴湾区民政局2023年政府信息公开工作年度报告"];
    assert_eq!((&report["content"]["kind"], &report["columns"]), (&json!("annual_report"), &json!(["gknb"])));
    assert_eq!((&report["public_since"], &report["content"]["fields"]["year"]), (&json!("2024-01-15"), &json!("2023")));
    assert!(report["content"]["fields"]["body"].as_str().unwrap().contains("<td>规章</td>"));
}

#[test]
fn files_that_are_no_pages_are_refused_with_a_sentence() {
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("data");
    let csv = "标题,正文,发布日期\n甲通知,\"正文一。\",2024-01-02\n乙通知,\"没有关上的引号,2024-01-03\n丙通知,正文三。,2024-01-04\n";
    let (_, told, refused) = import(&data, "pages", &write(&dir, "a.csv", csv), &[]);
    assert_eq!(told, totals(3, 2, 0, 1));
    assert_eq!(refused[0]["line"], 3);
    let unknown = write(&dir, "b.jsonl", "{\"甲\":1,\"乙\":2}\n");
    let (code, lines, error) = mingtang(&data, &["import", "pages", unknown.to_str().unwrap()]);
    assert_eq!((code, lines.len()), (1, 0));
    assert!(error.contains("没有认出网页的列") && error.contains("--map"), "{error}");
    let map = write(&dir, "map.toml", "format = \"old\"\n[columns]\ntitle = \"甲\"\ntext = \"乙\"\n");
    let (_, told, _) = import(&data, "pages", &unknown, &["--map", map.to_str().unwrap()]);
    assert_eq!(told, totals(1, 1, 0, 0));
    assert_eq!(mingtang(&data, &["import", "pages", "nowhere.jsonl"]).0, 4);
}

#[test]
fn a_line_of_200_mb_is_passed_over_without_being_held() {
    use std::io::Write;
    let dir = TempDir::new().unwrap();
    let path = dir.path().join("long.jsonl");
    let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    writeln!(file, "{}", json!({ "title": "前页", "text": "正文。" })).unwrap();
    write!(file, "{{\"title\":\"长\",\"text\":\"").unwrap();
    let block = vec![b'a'; 1 << 20];
    (0..200).for_each(|_| file.write_all(&block).unwrap());
    writeln!(file, "\"}}").unwrap();
    writeln!(file, "{}", json!({ "title": "短页", "text": "正文。" })).unwrap();
    file.flush().unwrap();
    drop(file);
    // Address space, not memory, is limited: threads reserve much of it and touch little.
    let binary = env!("CARGO_BIN_EXE_mingtang");
    let script = format!(
        "ulimit -v 1500000; exec {binary} import pages {} --json --dry-run --data {}",
        path.display(),
        dir.path().join("data").display()
    );
    let Output { status, stdout, stderr } = Command::new("sh").args(["-c", &script]).output().unwrap();
    let told = String::from_utf8(stdout).unwrap();
    assert_eq!(status.code(), Some(7), "{told} {}", String::from_utf8_lossy(&stderr));
    assert!(told.contains("超过4MB") && told.ends_with("\"imported\":2,\"already\":0,\"rejected\":1}\n"), "{told}");
}

#[test]
fn documents_are_recognised_by_the_form_of_official_documents() {
    let dir = TempDir::new().unwrap();
    let (data, out) = (dir.path().join("data"), dir.path().join("out"));
    let letter = "晴湾区人民政府办公室\n关于印发2024年河道巡查方案的通知\n晴政办发〔2024〕9号\n各镇街：\n现将方案印发给你们。\n一、目标\n河道整洁。\n晴湾区人民政府办公室\n2024年4月8日\n（此件公开发布）\n";
    write(&dir, "in/one.txt", letter);
    write(
        &dir,
        "in/deep/two.html",
        "<html><head><title>关于停水的公告</title></head><body><p>因检修停水。</p><p>晴湾区水务局</p><p>二〇二四年五月六日</p></body></html>",
    );
    write(&dir, "in/three.docx", "PK");
    write(&dir, "in/four.txt", "\n\n");
    let folder = dir.path().join("in");
    let red = [
        "明川市晴湾区人民政府文件",
        "晴政发〔2024〕8号",
        "关于整修听潮街的通知",
        "各镇街：",
        "现通知如下。",
        "明川市晴湾区人民政府",
        "2024年3月5日",
    ];
    std::fs::write(folder.join("five.docx"), samples::docx(&red)).unwrap();
    std::fs::write(
        folder.join("six.pdf"),
        samples::pdf(&red.map(|line| line.replace('8', "6")).each_ref().map(String::as_str)),
    )
    .unwrap();
    std::fs::write(
        folder.join("seven.docx"),
        samples::docx_of(&samples::paragraph("甲"), &[("word/vbaProject.bin", b"x")]),
    )
    .unwrap();
    std::fs::write(folder.join("eight.docx"), b"").unwrap();
    std::fs::File::create(folder.join("nine.docx")).unwrap().set_len(200 << 20).unwrap();
    std::fs::write(folder.join("ten.txt"), [0xD6, 0xD0, 0xFF]).unwrap();
    let (_, told, refused) = import(&data, "documents", &folder, &[]);
    assert_eq!(told, totals(10, 4, 0, 6));
    let mut names: Vec<&str> = refused.iter().map(|line| line["field"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(names, ["eight.docx", "four.txt", "nine.docx", "seven.docx", "ten.txt", "three.docx"]);
    let why =
        |name: &str| refused.iter().find(|line| line["field"] == name).unwrap()["error"].as_str().unwrap().to_owned();
    for (name, part) in [("eight.docx", "0字节"), ("nine.docx", "200MB"), ("seven.docx", "宏"), ("ten.txt", "编码")]
    {
        assert!(why(name).contains(part), "{name}: {}", why(name));
    }
    assert_eq!(import(&data, "documents", &folder, &[]).1, totals(10, 0, 4, 6));
    assert_eq!(mingtang(&data, &["export", "site", out.to_str().unwrap()]).0, 0);
    let items = exported(&out);
    let one = &items["晴湾区人民政府办公室关于印发2024年河道巡查方案的通知"];
    let fields = &one["content"]["fields"];
    assert_eq!((&fields["number"], &fields["issuer"]), (&json!("晴政办发〔2024〕9号"), &json!("晴湾区人民政府办公室")));
    assert_eq!((&fields["written_on"], &one["public_since"]), (&json!("2024-04-08"), &json!("2024-04-08")));
    assert_eq!(items["关于停水的公告"]["public_since"], "2024-05-06");
    let five = &items["明川市晴湾区人民政府关于整修听潮街的通知"];
    assert_eq!(five["content"]["fields"]["written_on"], "2024-03-05");
    assert!(five["content"]["fields"]["body"].as_str().unwrap().starts_with("<p>各镇街：</p>"), "{five}");
}

/// Every file of a directory with its bytes.
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
fn an_export_is_the_same_each_time_and_holds_nothing_of_what_was_withdrawn() {
    let dir = TempDir::new().unwrap();
    let (data, out) = (dir.path().join("data"), dir.path().join("out"));
    import(&data, "pages", &write(&dir, "pages.jsonl", &lines(&rows())), &[]);
    let export = || mingtang(&data, &["export", "site", out.to_str().unwrap(), "--base", "https://a.example"]);
    let snapshot = || {
        let mut all = BTreeMap::new();
        files(&out, &mut all);
        all
    };
    assert_eq!(export().1[0]["items"], 2);
    let first = snapshot();
    assert_eq!(export().0, 0);
    assert!(first == snapshot(), "the same content gives the same files");
    let text = |name: &str| String::from_utf8(first[&out.join(name)].clone()).unwrap();
    assert!(text("redirects.tsv").contains("http://old.example/1.htm\thttps://a.example/a/"));
    for (name, sum) in
        text("SHA256SUMS").lines().map(|line| line.split_once("  ").unwrap()).map(|(sum, name)| (name, sum))
    {
        assert_eq!(publication::sha256(&first[&out.join(name)]), sum);
    }
    for name in
        ["index.html", "c/zcwj.html", "c/zcwj.json", "feed/all.json", "feed/zcwj.atom", "feed/all.rss", "sitemap.xml"]
    {
        assert!(first.contains_key(&out.join(name)), "{name}");
    }

    let store = rusqlite::Connection::open(data.join("mingtang.sqlite")).unwrap();
    let sql = "update edition set state = 'withdrawn', ended_at = 1735660800000, ended_why = '内容有误' where number is not null";
    assert_eq!(store.execute(sql, []).unwrap(), 1);
    store.execute("update placement set removed_at = 1735660800000 where edition_id in (select id from edition where state = 'withdrawn')", []).unwrap();
    drop(store);
    let (_, lines, _) = export();
    assert_eq!((&lines[0]["items"], &lines[0]["notices"]), (&json!(1), &json!(1)));
    for (path, bytes) in snapshot() {
        let said = String::from_utf8_lossy(&bytes).into_owned();
        for gone in ["各镇街", "总体要求", "监督电话", "QW0001", "晴政发"] {
            assert!(!said.contains(gone), "{} still says {gone}", path.display());
        }
    }
    let notice = snapshot().into_values().any(|bytes| String::from_utf8_lossy(&bytes).contains("撤回原因：内容有误"));
    assert!(notice);

    let other = dir.path().join("other");
    write(&dir, "other/mine.txt", "不是导出");
    let (code, _, error) = mingtang(&data, &["export", "site", other.to_str().unwrap()]);
    assert_eq!(code, 1, "{error}");
    assert!(other.join("mine.txt").exists());
    assert_eq!(mingtang(&dir.path().join("none"), &["export", "site", out.to_str().unwrap()]).0, 4);
}

#[test]
fn metadata_of_real_policy_pages_is_exact() {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/state_council_policies/policies.jsonl.zst");
    if !file.exists() {
        println!("SKIPPED: ../shared/data is absent");
        return;
    }
    // The columns are the gold; what is measured is read from the HTML alone.
    let gold = zstd_lines(&file);
    let mut right: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &gold {
        let found = pages::metadata(row["html"].as_str().unwrap()).unwrap();
        for (field, column) in
            [("index", "index_no"), ("issuer", "office"), ("number", "doc_no"), ("title", "title"), ("topic", "topic")]
        {
            let (said, wanted) =
                (found.get(field).map_or("", String::as_str), row[column].as_str().unwrap_or_default());
            let exact = said == wanted;
            *right.entry(field).or_default() += usize::from(exact);
            if !exact {
                println!("{field}: {wanted} read as {said}");
            }
        }
    }
    let (all, exact) = (gold.len() * right.len(), right.values().sum::<usize>());
    println!("{right:?} of {} pages each; {:.1} % of {all} fields", gold.len(), exact as f64 * 100.0 / all as f64);
    assert!(exact * 100 >= all * 95);
}

/// Rows of a compressed file of JSON Lines.
fn zstd_lines(path: &Path) -> Vec<Value> {
    let text = zstd::decode_all(std::fs::File::open(path).unwrap()).unwrap();
    String::from_utf8(text).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn all_real_pages_are_imported_once() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let sets = [
        "state_council_policies/policies.jsonl.zst",
        "laws/laws.jsonl.zst",
        "work_reports/reports.jsonl.zst",
        "gov_pages/pages.jsonl",
    ];
    let paths: Vec<PathBuf> =
        sets.iter().map(|set| shared.join("data").join(set)).filter(|path| path.exists()).collect();
    if paths.len() < sets.len() || !shared.join("seeds").is_dir() {
        println!("SKIPPED: ../shared is absent");
        return;
    }
    let dir = TempDir::new().unwrap();
    let data = dir.path().join("data");
    let each = paths.iter().map(|path| ("pages", path.clone())).chain([("documents", shared.join("seeds"))]);
    for (what, path) in each {
        let (_, first, refused) = import(&data, what, &path, &[]);
        println!("{} {first} {refused:?}", path.display());
        assert!(first["imported"].as_u64().unwrap() * 100 >= first["read"].as_u64().unwrap() * 95);
        let (_, second, _) = import(&data, what, &path, &[]);
        assert_eq!((&second["imported"], &second["already"]), (&json!(0), &first["imported"]));
    }
    let (code, lines, error) = mingtang(&data, &["audit", "verify"]);
    assert_eq!(code, 0, "{lines:?} {error}");
}
