//! The journeys of `tests/e2e`: a real browser against the demo of the binary that was built.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use crate::lab::{Lab, free_port};
use crate::{Failure, Outcome, machine};

/// Starts the demo in the lab and answers the command that makes the journeys there.
pub fn journeys(lab: &mut Lab, root: &Path) -> Outcome<Command> {
    let built = std::env::current_exe().map_err(|e| Failure::failed(e.to_string()))?;
    let listen = format!("127.0.0.1:{}", free_port()?);
    let mut demo = Command::new(built.with_file_name("mingtang"));
    demo.arg("demo").arg("--data").arg(lab.dir().join("demo"));
    demo.args(["--listen", &listen]).current_dir(root);
    let said = lab.background("demo", &mut demo)?;
    wait(lab, &listen, &said)?;
    let mut node = Command::new("node");
    node.args(["--test-reporter=spec", "run.mjs"]).current_dir(root.join("tests/e2e"));
    node.env("BASE", format!("http://{listen}")).env("DEMO_SAID", said).env("SAMPLES", lab.samples());
    node.envs(machine::chromium().map(|path| ("CHROMIUM", path)));
    Ok(node)
}

/// Waits until the home page answers; a fresh demo first files and handles its fiction.
fn wait(lab: &mut Lab, listen: &str, said: &Path) -> Outcome {
    for _ in 0..1_200 {
        if answers(listen).is_some_and(|line| line.contains(" 200 ")) {
            return Ok(());
        }
        if !lab.runs() {
            break;
        }
        sleep(Duration::from_millis(100));
    }
    let said = std::fs::read_to_string(said).unwrap_or_default();
    Err(Failure::failed(format!("mingtang demo does not answer on {listen}; it said:\n{said}")))
}

fn answers(listen: &str) -> Option<String> {
    let mut stream = TcpStream::connect(listen).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    write!(stream, "GET / HTTP/1.1\r\nHost: {listen}\r\nConnection: close\r\n\r\n").ok()?;
    let mut start = [0; 64];
    let read = stream.read(&mut start).ok()?;
    Some(String::from_utf8_lossy(&start[..read]).into_owned())
}
