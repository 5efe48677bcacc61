//! `mingtang serve` killed without warning, again and again, under load: every act that was
//! acknowledged is there afterwards, none twice, and every chain holds.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// How often the server is killed.
const KILLS: u64 = 10;
/// Clients that work at once.
const CLIENTS: u64 = 4;
/// How long a server may take until it answers.
const START: Duration = Duration::from_secs(30);

/// A directory, its store, and a token for the API.
struct Ground {
    data: TempDir,
    database: Option<String>,
    token: String,
    unit: String,
}

impl Ground {
    fn new(database: Option<String>) -> Ground {
        let mut ground = Ground { data: TempDir::new().unwrap(), database, token: String::new(), unit: String::new() };
        // The seed makes a unit and an officer who may register, assign and answer.
        ground.run(&["bench", "seed", "--matters", "1", "--json"]);
        let officer = ground.asks("select login from officer where unit_id is not null order by id limit 1");
        let unit =
            ground.asks("select cast(unit_id as text) from officer where unit_id is not null order by id limit 1");
        let words = ["token", "create", &officer, "--scope", "matters:write", "--scope", "matters:read"];
        ground.token = ground.run(&words).trim().to_owned();
        ground.unit = unit;
        ground
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mingtang"));
        command.args(words).arg("--data").arg(self.data.path());
        for name in ["MINGTANG_DATABASE", "MINGTANG_RULEBOOK", "MINGTANG_MASTER_KEY_FILE", "MINGTANG_TOKEN"] {
            command.env_remove(name);
        }
        if let Some(database) = &self.database {
            command.env("MINGTANG_DATABASE", database);
        }
        command
    }

    fn run(&self, words: &[&str]) -> String {
        let output = self.command(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// One word out of the store, read behind the program's back.
    fn asks(&self, sql: &str) -> String {
        match &self.database {
            None => {
                let store = rusqlite::Connection::open(self.data.path().join("mingtang.sqlite")).unwrap();
                store.query_row(sql, [], |row| row.get(0)).unwrap()
            }
            Some(url) => {
                let mut store = postgres::Client::connect(url, postgres::NoTls).unwrap();
                store.query_one(sql, &[]).unwrap().get(0)
            }
        }
    }
}

/// A running server; dropping it kills it without warning.
struct Server {
    child: Child,
    host: String,
}

impl Server {
    fn start(ground: &Ground) -> Server {
        let host = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let mut serve = ground.command(&["serve", "--listen", &host, "--ease", "100000"]);
        let child = serve.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let server = Server { child, host };
        let begun = Instant::now();
        while !ask(&server.host, "", "GET", "/readyz", "", "").is_some_and(|(status, _)| status == 200) {
            assert!(begun.elapsed() < START, "the server does not come up");
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// One request on a connection of its own; nothing when the answer did not come whole.
fn ask(host: &str, token: &str, method: &str, path: &str, key: &str, body: &str) -> Option<(u16, Value)> {
    let mut stream = BufReader::new(TcpStream::connect(host).ok()?);
    stream.get_mut().set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\
         content-type: application/json\r\nidempotency-key: {key}\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    stream.get_mut().write_all(head.as_bytes()).ok()?;
    let mut line = String::new();
    stream.read_line(&mut line).ok()?;
    let status = line.split(' ').nth(1)?.parse().ok()?;
    let mut length = None;
    loop {
        line.clear();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse::<usize>().ok();
        }
    }
    let mut bytes = vec![0; length?];
    stream.read_exact(&mut bytes).ok()?;
    Some((status, serde_json::from_slice(&bytes).unwrap_or(Value::Null)))
}

/// What clients were told: the id of each matter by its form's key, and the number of each act.
#[derive(Default)]
struct Told {
    matters: BTreeMap<String, String>,
    acts: BTreeMap<(String, &'static str), i64>,
}

fn letter(key: &str) -> String {
    let text = format!("晴湾路路灯不亮，第{key}号来信。");
    let answers = json!({ "title": key, "text": text, "name": "申某甲", "phone": "13800000000" });
    json!({ "procedure": "message", "channel": "phone", "category": "complaint", "answers": answers }).to_string()
}

/// Sends an act until it is answered by this server; remembers what was answered.
fn acts(host: &str, ground: &Ground, told: &Mutex<Told>, key: &str) -> Option<()> {
    let (status, body) = ask(host, &ground.token, "POST", "/api/v1/matters", key, &letter(key))?;
    assert_eq!(status, 201, "{body}");
    let id = body["id"].as_str().unwrap().to_owned();
    let known = told.lock().unwrap().matters.insert(key.to_owned(), id.clone());
    assert!(known.is_none_or(|known| known == id), "one form made two matters");
    let reply = json!({ "reply": format!("已经派人去修，第{key}号答复。") });
    for (step, answers) in [("assign", json!({ "unit": ground.unit })), ("reply", reply)] {
        let body = json!({ "answers": answers }).to_string();
        let path = format!("/api/v1/matters/{id}/{step}");
        let (status, body) = ask(host, &ground.token, "POST", &path, &format!("{key}-{step}"), &body)?;
        assert_eq!(status, 200, "{step}: {body}");
        let seq = body["seq"].as_i64().unwrap();
        let known = told.lock().unwrap().acts.insert((key.to_owned(), step), seq);
        assert!(known.is_none_or(|known| known == seq), "one act happened twice");
    }
    Some(())
}

/// A number that only looks random: the same at every run.
fn drawn(seed: u64) -> u64 {
    let mut x = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^ (x >> 27)
}

fn survives(ground: &Ground) {
    let told = Mutex::new(Told::default());
    let mut open: Vec<u64> = vec![0; CLIENTS as usize];
    for kill in 0..KILLS {
        let server = Server::start(ground);
        let (host, done, stop) = (server.host.clone(), AtomicU32::new(0), AtomicBool::new(false));
        // Killed in the midst of work: after so many letters, at some moment of the next one.
        let (letters, moment) = (4 + drawn(kill) % 12, Duration::from_micros(drawn(kill + 100) % 20_000));
        std::thread::scope(|scope| {
            for (client, next) in open.iter_mut().enumerate() {
                let (told, done, stop, host) = (&told, &done, &stop, &host);
                scope.spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        // What was cut off is sent again, to the next server, with the same keys.
                        match acts(host, ground, told, &format!("{client}-{next}")) {
                            Some(()) => {
                                *next += 1;
                                done.fetch_add(1, Ordering::Relaxed);
                            }
                            None => break,
                        }
                    }
                });
            }
            let begun = Instant::now();
            while u64::from(done.load(Ordering::Relaxed)) < letters && begun.elapsed() < START {
                std::thread::sleep(Duration::from_millis(1));
            }
            std::thread::sleep(moment);
            drop(server);
            stop.store(true, Ordering::Relaxed);
        });
    }
    verify(ground, &told.into_inner().unwrap());
}

/// Reads the store behind the program's back: each acknowledged act once, no chain broken.
fn verify(ground: &Ground, told: &Told) {
    assert!(told.matters.len() as u64 > 3 * KILLS, "the load was too light: {}", told.matters.len());
    let count = |sql: String| ground.asks(&format!("select cast(count(*) as text) from {sql}"));
    for (key, id) in &told.matters {
        let of_key = "join matter_text t on t.matter_id = m.id and t.element = 'title'";
        assert_eq!(count(format!("matter m {of_key} where t.masked = '{key}'")), "1", "letter {key}");
        assert_eq!(count(format!("matter m {of_key} where t.masked = '{key}' and m.public_id = '{id}'")), "1");
    }
    for ((key, step), seq) in &told.acts {
        let id = &told.matters[key];
        let of_step =
            format!("event e join matter m on m.id = e.matter_id where m.public_id = '{id}' and e.code = '{step}'");
        assert_eq!(count(of_step.clone()), "1", "{step} of letter {key}");
        assert_eq!(count(format!("{of_step} and e.seq = {seq}")), "1", "{step} of letter {key} at {seq}");
    }
    let verified: Value = serde_json::from_str(&ground.run(&["audit", "verify", "--json"])).unwrap();
    assert_eq!(verified["broken"], 0, "{verified}");
    assert!(verified["matters"].as_u64().unwrap() >= told.matters.len() as u64, "{verified}");
}

#[test]
fn what_was_acknowledged_survives_kills_on_sqlite() {
    survives(&Ground::new(None));
}

#[test]
fn what_was_acknowledged_survives_kills_on_postgres() {
    let Ok(server) = std::env::var("MINGTANG_TEST_POSTGRES") else {
        eprintln!("SKIPPED: PostgreSQL, because MINGTANG_TEST_POSTGRES names no server");
        return;
    };
    let name = format!("crash_{}", std::process::id());
    let execute = |sql: String| {
        let mut client = postgres::Client::connect(&server, postgres::NoTls).unwrap();
        client.batch_execute(&sql).unwrap();
    };
    execute(format!("create schema {name}"));
    let join = if server.contains('?') { '&' } else { '?' };
    survives(&Ground::new(Some(format!("{server}{join}options=-csearch_path%3D{name}"))));
    execute(format!("drop schema {name} cascade"));
}
