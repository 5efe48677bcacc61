//! A server of our own to measure, in a process beside this one.

use std::io;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::client::Client;
use crate::{Globals, Stop, exit};

/// How long a server may take until it is ready.
const START: Duration = Duration::from_secs(60);
/// What rate limits are multiplied by for our own server.
const EASE: &str = "100000";
/// Linux tells CPU time in ticks of ten milliseconds, whatever the kernel's own clock.
const TICK_US: u64 = 10_000;

/// A server of our own, ended with the measurement.
pub struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // Every answered act is durable: nothing is lost by ending it at once.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Server {
    /// CPU time used so far, of all its threads.
    pub fn cpu_us(&self) -> Option<u64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id())).ok()?;
        // The name in brackets may hold blanks; utime and stime are fields 14 and 15 of the whole.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        Some((user + system) * TICK_US)
    }

    /// Starts `serve` on the data and a free port; answers `host:port`.
    ///
    /// # Errors
    /// A process that cannot be started.
    pub fn start(globals: &Globals) -> Result<(String, Server), Stop> {
        let failed = |error: io::Error| Stop::new(exit::FAILED, format!("测速用的服务器启动不了（{error}）。"));
        let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).map_err(failed)?;
        let mut serve = Command::new(std::env::current_exe().map_err(failed)?);
        serve.arg("serve").arg("--data").arg(&globals.data).args(["--listen", &free.to_string(), "--ease", EASE]);
        serve.stdout(Stdio::null()).stderr(Stdio::null());
        if let Some(rulebook) = &globals.rulebook {
            serve.arg("--rulebook").arg(rulebook);
        }
        if let Some(database) = &globals.database {
            // Not as a word of the command line, which every user of the machine may read.
            serve.env("MINGTANG_DATABASE", database);
        }
        let server = Server(serve.spawn().map_err(failed)?);
        Ok((free.to_string(), server))
    }
}

/// Waits until a server answers that it is ready.
///
/// # Errors
/// It does not within a minute.
pub fn ready(host: &str) -> Result<(), Stop> {
    let begun = Instant::now();
    while begun.elapsed() < START {
        let asked = Client::connect(host, "").and_then(|mut client| client.get("/readyz"));
        if asked.is_ok_and(|answer| answer.status == 200) {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err(Stop::new(
        exit::UNAVAILABLE,
        format!("服务器{host}没有就绪。请核对--url，或者用 mingtang serve 查看启动时的提示。"),
    ))
}
