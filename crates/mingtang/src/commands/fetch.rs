//! Reading one address by plain HTTP, for commands that check somebody's log. Nothing that is read
//! is believed: every byte is held against hashes and signatures.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use crate::{Stop, exit};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes of an answer; pages and tiles are far smaller.
const LARGEST: u64 = 32 << 20;

/// A site that is read.
#[derive(Clone, Debug)]
pub struct Remote {
    host: String,
}

/// An answer.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Answer {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

fn broken(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_owned())
}

impl Remote {
    /// The site and the path of an address.
    ///
    /// # Errors
    /// An address that is not plain HTTP.
    pub fn of(url: &str) -> Result<(Remote, String), Stop> {
        let rest = url.strip_prefix("http://").ok_or_else(|| {
            let sentence = "只能直接读http://开头的网址。https网站请先把证明文件（/log/proof/…）下载下来，再核验文件。";
            Stop::new(exit::FAILED, sentence)
        })?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let path = path.split('#').next().unwrap_or_default();
        let plain = !host.is_empty() && url.bytes().all(|byte| byte.is_ascii_graphic());
        match plain {
            true => Ok((Remote { host: host.to_owned() }, format!("/{path}"))),
            false => Err(Stop::new(exit::FAILED, format!("网址“{url}”看不懂，请写成http://主机:端口/…。"))),
        }
    }

    /// Reads an address of the site.
    ///
    /// # Errors
    /// A site that does not answer.
    pub fn get(&self, path: &str) -> Result<Answer, Stop> {
        self.read(path).map_err(|error| {
            Stop::new(
                exit::UNAVAILABLE,
                format!("http://{}{path} 读不到（{error}）。请核对网址，稍后再试。", self.host),
            )
        })
    }

    fn read(&self, path: &str) -> io::Result<Answer> {
        let address = if self.host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok()) {
            self.host.clone()
        } else {
            format!("{}:80", self.host)
        };
        let address = address.to_socket_addrs()?.next().ok_or_else(|| broken("no address"))?;
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\naccept-encoding: identity\r\n\r\n",
            self.host
        )?;
        answer(BufReader::new(stream).take(LARGEST))
    }
}

fn answer(mut stream: impl BufRead) -> io::Result<Answer> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(|| broken("no status"))?;
    let (mut length, mut chunked) = (None, false);
    loop {
        line.clear();
        if stream.read_line(&mut line)? == 0 {
            return Err(broken("the head is cut off"));
        }
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse::<u64>().ok(),
            "transfer-encoding" => chunked = value.trim().eq_ignore_ascii_case("chunked"),
            _ => {}
        }
    }
    let mut bytes = Vec::new();
    if chunked {
        chunks(&mut stream, &mut bytes)?;
    } else {
        stream.take(length.unwrap_or(LARGEST)).read_to_end(&mut bytes)?;
        if length.is_some_and(|length| bytes.len() as u64 != length) {
            return Err(broken("the body is cut off"));
        }
    }
    Ok(Answer { status, bytes })
}

fn chunks(stream: &mut impl BufRead, bytes: &mut Vec<u8>) -> io::Result<()> {
    loop {
        let mut line = String::new();
        stream.read_line(&mut line)?;
        let size = line.trim_end().split(';').next().and_then(|size| u64::from_str_radix(size, 16).ok());
        let size = size.ok_or_else(|| broken("no size of a chunk"))?;
        let read = stream.by_ref().take(size).read_to_end(bytes)?;
        if read as u64 != size {
            return Err(broken("a chunk is cut off"));
        }
        line.clear();
        stream.read_line(&mut line)?;
        if size == 0 {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_by_length_by_chunks_and_to_the_end() {
        let read = |text: &str| answer(text.as_bytes()).map(|answer| (answer.status, answer.text()));
        assert_eq!(read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef").unwrap(), (200, "abc".into()));
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
        assert_eq!(read(chunked).unwrap(), (200, "abcde".into()));
        assert_eq!(read("HTTP/1.0 404 No\r\n\r\nnone").unwrap(), (404, "none".into()));
        for cut in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", &chunked[..60]] {
            assert!(read(cut).is_err(), "{cut}");
        }
    }

    #[test]
    fn only_plain_http_is_read() {
        let (remote, path) = Remote::of("http://127.0.0.1:8080/replies/x?a=b#c").ok().unwrap();
        assert_eq!((remote.host.as_str(), path.as_str()), ("127.0.0.1:8080", "/replies/x?a=b"));
        assert_eq!(Remote::of("http://site.invalid").ok().unwrap().1, "/");
        for bad in ["https://site.invalid/", "http://", "http:///x", "http://a b/", "http://a/\r\nx: y"] {
            assert!(Remote::of(bad).is_err(), "{bad}");
        }
    }
}
