//! A client that does no more than the measurement needs: HTTP/1.1, one connection kept open, JSON.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// How long an answer may take before it counts as an error.
const PATIENCE: Duration = Duration::from_secs(30);

/// One connection to a server.
pub struct Client {
    stream: BufReader<TcpStream>,
    host: String,
    token: String,
    out: Vec<u8>,
}

/// An answer.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body, as JSON; null when it is none.
    pub body: Value,
}

fn broken(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}

impl Client {
    /// Connects to `host:port`.
    pub fn connect(host: &str, token: &str) -> io::Result<Client> {
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Client { stream: BufReader::new(stream), host: host.to_owned(), token: token.to_owned(), out: Vec::new() })
    }

    /// Reads an address.
    pub fn get(&mut self, path: &str) -> io::Result<Answer> {
        self.ask("GET", path, "", "")
    }

    /// Performs an act.
    pub fn post(&mut self, path: &str, key: &str, body: &str) -> io::Result<Answer> {
        self.ask("POST", path, key, body)
    }

    fn ask(&mut self, method: &str, path: &str, key: &str, body: &str) -> io::Result<Answer> {
        self.out.clear();
        let Self { host, token, out, .. } = self;
        write!(out, "{method} {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n")?;
        if !body.is_empty() {
            write!(
                out,
                "content-type: application/json\r\ncontent-length: {}\r\nidempotency-key: {key}\r\n",
                body.len()
            )?;
        }
        write!(out, "\r\n{body}")?;
        self.stream.get_mut().write_all(&self.out)?;
        self.answer()
    }

    fn answer(&mut self) -> io::Result<Answer> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(|| broken("no status"))?;
        let mut length = None;
        loop {
            line.clear();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(broken("the head is cut off"));
            }
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse::<usize>().ok();
            }
        }
        let mut bytes = vec![0; length.ok_or_else(|| broken("no length"))?];
        self.stream.read_exact(&mut bytes)?;
        Ok(Answer { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) })
    }
}
