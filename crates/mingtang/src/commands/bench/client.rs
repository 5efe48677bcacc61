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

/// An answer as it came.
pub struct Raw {
    /// HTTP status.
    pub status: u16,
    /// Value of `content-type`.
    pub kind: String,
    /// The body.
    pub bytes: Vec<u8>,
    /// The server closes the connection.
    pub last: bool,
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

    /// Reads an address, whatever it holds.
    pub fn raw(&mut self, path: &str) -> io::Result<Raw> {
        self.send("GET", path, "", "")?;
        self.received()
    }

    /// Performs an act.
    pub fn post(&mut self, path: &str, key: &str, body: &str) -> io::Result<Answer> {
        self.ask("POST", path, key, body)
    }

    fn ask(&mut self, method: &str, path: &str, key: &str, body: &str) -> io::Result<Answer> {
        self.send(method, path, key, body)?;
        let Raw { status, bytes, .. } = self.received()?;
        Ok(Answer { status, body: serde_json::from_slice(&bytes).unwrap_or(Value::Null) })
    }

    fn send(&mut self, method: &str, path: &str, key: &str, body: &str) -> io::Result<()> {
        self.out.clear();
        let Self { host, token, out, .. } = self;
        write!(out, "{method} {path} HTTP/1.1\r\nhost: {host}\r\n")?;
        if !token.is_empty() {
            write!(out, "authorization: Bearer {token}\r\n")?;
        }
        if !body.is_empty() {
            write!(
                out,
                "content-type: application/json\r\ncontent-length: {}\r\nidempotency-key: {key}\r\n",
                body.len()
            )?;
        }
        write!(out, "\r\n{body}")?;
        self.stream.get_mut().write_all(&self.out)
    }

    fn received(&mut self) -> io::Result<Raw> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(|| broken("no status"))?;
        let (mut length, mut kind, mut last) = (None, String::new(), false);
        loop {
            line.clear();
            if self.stream.read_line(&mut line)? == 0 {
                return Err(broken("the head is cut off"));
            }
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.trim().parse::<usize>().ok(),
                "content-type" => kind = value.trim().to_owned(),
                "connection" => last = value.trim().eq_ignore_ascii_case("close"),
                _ => {}
            }
        }
        let mut bytes = vec![0; length.ok_or_else(|| broken("no length"))?];
        self.stream.read_exact(&mut bytes)?;
        Ok(Raw { status, kind, bytes, last })
    }
}
