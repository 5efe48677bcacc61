//! Several processes over one data store: `serve --role web` takes what people bring, `serve --role
//! worker` does what follows. On SQLite, and on PostgreSQL where a server is named.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A data store: a directory, and a schema of its own on PostgreSQL.
struct Place {
    data: TempDir,
    database: Option<String>,
}

impl Place {
    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mingtang"));
        command.args(words).arg("--data").arg(self.data.path().join("data"));
        for name in ["MINGTANG_DATABASE", "MINGTANG_RULEBOOK", "MINGTANG_MASTER_KEY_FILE", "MINGTANG_SMTP"] {
            command.env_remove(name);
        }
        if let Some(url) = &self.database {
            command.args(["--database", url]);
        }
        command
    }

    fn run(&self, words: &[&str]) -> String {
        let output = self.command(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn jobs(&self, state: &str) -> Vec<Value> {
        let lines = self.run(&["job", "list", "--json", "--state", state]);
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A running process; told to stop as an operator tells it.
struct Process(Child);

impl Process {
    fn start(mut command: Command) -> Process {
        Process(command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap())
    }

    /// The first line on stderr that holds `part`.
    fn says(&mut self, part: &str) -> String {
        let mut lines = BufReader::new(self.0.stderr.take().unwrap()).lines();
        let found = lines.find_map(|line| line.ok().filter(|line| line.contains(part)));
        // Somebody goes on reading, so that the process never writes into a closed pipe.
        std::thread::spawn(move || lines.for_each(drop));
        found.unwrap_or_else(|| panic!("it never said {part}"))
    }

    fn stop(mut self) {
        let id = self.0.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        assert!(self.0.wait().unwrap().success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A browser with a cookie jar, as far as these tests need one.
struct Browser {
    host: String,
    cookies: Vec<(String, String)>,
}

impl Browser {
    fn new(host: &str) -> Browser {
        Browser { host: host.to_owned(), cookies: Vec::new() }
    }

    /// Status and page.
    fn ask(&mut self, method: &str, path: &str, headers: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let (host, length, jar) = (&self.host, body.len(), jar.join("; "));
        let head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncookie: {jar}\r\n");
        write!(stream, "{head}content-length: {length}\r\n{headers}\r\n{body}").unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let (head, page) = text.split_once("\r\n\r\n").unwrap();
        for line in head.lines().filter_map(|line| line.strip_prefix("set-cookie: ")) {
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        (head.split(' ').nth(1).unwrap().parse().unwrap(), page.to_owned())
    }

    fn get(&mut self, path: &str) -> String {
        let (status, page) = self.ask("GET", path, "", "");
        assert_eq!(status, 200, "{path}: {page}");
        page
    }

    /// Sends a form with the token of the page at `path`; answers the status.
    fn send(&mut self, path: &str, fields: &[(&str, &str)]) -> (u16, String) {
        let page = self.get(path);
        let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let mut form = format!("csrf={csrf}");
        for (name, value) in fields {
            form += &format!("&{name}={}", encoded(value));
        }
        self.ask("POST", path, "content-type: application/x-www-form-urlencoded\r\n", &form)
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn host() -> String {
    TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).unwrap().to_string()
}

/// Waits until something holds; a minute is far more than it takes.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn places() -> Vec<Place> {
    let mut places = vec![Place { data: TempDir::new().unwrap(), database: None }];
    match std::env::var("MINGTANG_TEST_POSTGRES") {
        Err(_) => println!("SKIPPED: PostgreSQL, because MINGTANG_TEST_POSTGRES names no server"),
        Ok(url) => {
            static TURN: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
            let turn = TURN.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let schema = format!("roles_{}_{turn}", std::process::id());
            let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
            client.batch_execute(&format!("create schema {schema}")).unwrap();
            let join = if url.contains('?') { '&' } else { '?' };
            let database = Some(format!("{url}{join}options=-csearch_path%3D{schema}"));
            places.push(Place { data: TempDir::new().unwrap(), database });
        }
    }
    places
}

/// A mail server that keeps what it takes, where the machine has one.
fn mail_server(maildir: &Path) -> Option<(Process, String)> {
    let host = host();
    let mut command = Command::new("aiosmtpd");
    command.args(["--nosetuid", "--listen", &host, "--class", "aiosmtpd.handlers.Mailbox"]).arg(maildir);
    let Ok(child) = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn() else {
        println!("SKIPPED: aiosmtpd (package python3-aiosmtpd) is not installed");
        return None;
    };
    let process = Process(child);
    until("the mail server listens", || TcpStream::connect(&host).is_ok());
    Some((process, format!("smtp://{host}")))
}

fn web(place: &Place, host: &str) -> Process {
    let mut process = Process::start(place.command(&["serve", "--role", "web", "--listen", host]));
    process.says("工作台");
    process
}

#[test]
fn the_web_process_takes_a_filing_and_only_the_worker_indexes_and_sends() {
    for place in places() {
        place.run(&["init", "--name", "明川市晴湾区人民政府"]);
        let said = place.run(&["user", "add", "fenban", "--role", "clerk"]);
        let once = said.split(['：', '（']).nth(1).unwrap().to_owned();
        let token = place.run(&["token", "create", "fenban", "--scope", "matters:write", "--scope", "matters:read"]);
        let host = host();
        let web = web(&place, &host);

        let mut officer = Browser::new(&host);
        let new = "Duo-Jincheng-2026";
        let fields = [("login", "fenban"), ("password", once.as_str()), ("new", new), ("again", new)];
        assert_eq!(officer.send("/desk/password", &fields).0, 303);
        let answers = json!({
            "title": "听潮街路灯不亮", "text": "听潮街北段的路灯已有一周不亮，请派人修复。", "name": "申某甲",
            "phone": "13800000000", "email": "shen.moujia@mail.example",
        });
        let body = json!({ "procedure": "message", "channel": "phone", "category": "help", "answers": answers });
        let headers = format!("authorization: Bearer {token}\r\ncontent-type: application/json\r\n");
        let (status, made) = Browser::new(&host).ask("POST", "/api/v1/matters", &headers, &body.to_string());
        assert_eq!(status, 201, "{made}");
        let made: Value = serde_json::from_str(&made).unwrap();
        let number = made["number"].as_str().unwrap();

        let search = format!("/desk/search?q={}", encoded("路灯"));
        assert!(!officer.get(&search).contains(number), "the web process indexes nothing");
        let waiting = place.jobs("waiting");
        assert_eq!(waiting.len(), 1, "{waiting:?}");
        assert_eq!((&waiting[0]["kind"], &waiting[0]["attempts"]), (&json!("mail"), &json!(0)), "nor sends anything");

        let maildir = place.data.path().join("mail");
        let mail = mail_server(&maildir);
        let mut command = place.command(&["serve", "--role", "worker"]);
        if let Some((_, url)) = &mail {
            command.args(["--smtp", url, "--mail-from", "xinxiang@qingwan.example"]);
        }
        let worker = Process::start(command);
        until("the mail is sent", || place.jobs("waiting").is_empty());
        assert_eq!(place.jobs("done").len(), 1);
        if mail.is_some() {
            assert_eq!(std::fs::read_dir(maildir.join("new")).unwrap().count(), 1);
        }
        until("the web process finds what the worker indexed", || officer.get(&search).contains(number));
        worker.stop();
        web.stop();
    }
}

#[test]
fn what_a_citizen_typed_survives_a_restart_and_is_seen_by_every_web_process() {
    for place in places() {
        place.run(&["init", "--name", "明川市晴湾区人民政府"]);
        let (first, second) = (host(), host());
        let one = web(&place, &first);
        let mut citizen = Browser::new(&first);
        let typed = "听潮街北段的路灯已有一周不亮，晚上出行不便。";
        let fields = [("category", "help"), ("title", "听潮街路灯不亮"), ("text", typed)];
        assert_eq!(citizen.send("/message/what", &fields).0, 303);
        let two = web(&place, &second);
        citizen.host.clone_from(&second);
        assert!(citizen.get("/message/what").contains(typed), "another process");
        one.stop();
        let one = web(&place, &first);
        citizen.host.clone_from(&first);
        assert!(citizen.get("/message/what").contains(typed), "after a restart");
        assert!(!Browser::new(&first).get("/message/what").contains(typed), "nobody else's");
        if place.database.is_none() {
            let wal = ["mingtang.sqlite", "mingtang.sqlite-wal"].map(|file| place.data.path().join("data").join(file));
            for file in wal.iter().filter(|file| file.exists()) {
                let bytes = std::fs::read(file).unwrap();
                let found = bytes.windows(typed.len()).any(|part| part == typed.as_bytes());
                assert!(!found, "typed text stands sealed only");
            }
        }
        one.stop();
        two.stop();
    }
}

#[test]
fn the_first_start_prints_one_address_that_makes_the_administrator() {
    let place = Place { data: TempDir::new().unwrap(), database: None };
    let host = host();
    let mut process = Process::start(place.command(&["serve", "--listen", &host]));
    let address = process.says("/desk/set-up?secret=");
    let path = address.strip_prefix(&format!("http://{host}")).unwrap().to_owned();
    let secret = path.split('=').nth(1).unwrap().to_owned();
    let mut visitor = Browser::new(&host);
    let page = visitor.get(&path);
    let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let password = "Shouci-2026-ok";
    let form = format!("csrf={csrf}&secret={secret}&login=guanli&name=A&new={password}&again={password}");
    let headers = "content-type: application/x-www-form-urlencoded\r\n";
    assert_eq!(visitor.ask("POST", "/desk/set-up", headers, &form).0, 303);
    visitor.get("/desk/people");
    assert_eq!(Browser::new(&host).ask("GET", &path, "", "").0, 404, "once");
    process.stop();
}
