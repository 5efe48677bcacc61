//! `mingtang reindex` beside a `serve` that goes on: what was public stays found.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn mingtang(data: &Path, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mingtang"));
    command.args(words).arg("--data").arg(data);
    for name in ["MINGTANG_DATABASE", "MINGTANG_RULEBOOK", "MINGTANG_MASTER_KEY_FILE", "MINGTANG_SMTP"] {
        command.env_remove(name);
    }
    command
}

fn run(data: &Path, words: &[&str]) -> Value {
    let output = mingtang(data, words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn get(host: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether the newest public things are listed by the search.
fn listed(host: &str) -> usize {
    get(host, "/s.csv").lines().filter(|line| line.contains("/a/")).count()
}

#[test]
fn a_serving_process_turns_to_the_new_index_and_goes_on() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    let measured = run(&data, &["bench", "search", "--editions", "40", "--queries", "4", "--json"]);
    assert_eq!(measured["editions"], 40);
    let host = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).unwrap().to_string();
    let mut serve = mingtang(&data, &["serve", "--listen", &host]);
    let mut serving = Serving(serve.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap());
    let lines = BufReader::new(serving.0.stderr.take().unwrap()).lines();
    std::thread::spawn(move || lines.for_each(drop));
    let began = Instant::now();
    while TcpStream::connect(&host).is_err() {
        assert!(began.elapsed() < Duration::from_secs(60), "it never listens");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(listed(&host), 40);
    for turn in 2..4 {
        let done = run(&data, &["reindex", "--json"]);
        assert_eq!(done["editions"], 40);
        assert_eq!(std::fs::read_to_string(data.join("index/now")).unwrap(), format!("g{turn}"));
        assert_eq!(listed(&host), 40, "nothing is missing at any moment");
    }
    // What is published by another process is taken in by the worker that serves, in the new index.
    let began = Instant::now();
    let more = run(&data, &["bench", "search", "--editions", "41", "--queries", "1", "--json"]);
    assert_eq!(more["editions"], 41);
    while listed(&host) != 41 {
        assert!(began.elapsed() < Duration::from_secs(60), "never found");
        std::thread::sleep(Duration::from_millis(100));
    }
}
