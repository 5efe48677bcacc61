//! How many public pages a second the site answers, beside a bare HTTP server that sends the same bytes,
//! and beside other sites in the same run.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use axum::http::header;
use serde::Serialize;

use super::client::{Client, Raw};
use super::server::{self, Server};
use crate::{Globals, Stop, exit};

/// 测量门户页面每秒能答多少次。
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 至少有多少条公开信息；不足的写入虚构信息
    #[arg(long, default_value_t = 1_000)]
    articles: u64,
    /// 每个页面持续秒数
    #[arg(long, default_value_t = 5)]
    duration: u64,
    /// 同时访问的客户端数
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// 同一次运行中一并测量的其他网站的文章页和列表页，如http://127.0.0.1:8000/news/1/，可写多次
    #[arg(long, value_name = "URL")]
    beside: Vec<String>,
    /// 输出JSON
    #[arg(long)]
    json: bool,
}

/// What was measured of one address.
#[derive(Clone, Debug, Serialize)]
struct Measured {
    address: String,
    bytes: usize,
    pages_per_s: f64,
    errors: u64,
    p99_ms: f64,
    /// Answers a second of a bare server that sends the same bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    bare_per_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio_to_bare: Option<f64>,
}

/// Runs the command.
///
/// # Errors
/// A store in use, a server that does not answer.
pub fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Stop> {
    let span = Duration::from_secs(args.duration.max(1));
    let item = {
        let office = super::invented_office(globals)?;
        super::search::enough(&office, args.articles)?;
        let newest = office::ItemQuery { channel: "xw".into(), rows: 1, ..office::ItemQuery::default() };
        let page = crate::commands::runtime()?.block_on(office.items(office.default_body(), newest))?;
        page.rows.into_iter().next().map(|row| row.item).unwrap_or_default()
    };
    let (host, server) = Server::start(globals)?;
    server::ready(&host)?;
    let mut all = Vec::new();
    for path in [format!("/a/{item}"), "/c/xw".to_owned(), "/".to_owned()] {
        let page = sound(&host, &path)?;
        let mut one = load(&host, &path, args.clients, span, page.bytes.len());
        let bare = bare(page, args.clients, span)?;
        one.bare_per_s = Some(bare.pages_per_s);
        one.ratio_to_bare = Some((one.pages_per_s / bare.pages_per_s * 1000.0).round() / 1000.0);
        all.push(one);
    }
    drop(server);
    for url in &args.beside {
        let rest = url.strip_prefix("http://").unwrap_or(url);
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let path = if path.is_empty() { "/" } else { path };
        let page = sound(host, path)?;
        all.push(Measured { address: url.clone(), ..load(host, path, args.clients, span, page.bytes.len()) });
    }
    for one in &all {
        let line = if args.json {
            serde_json::to_string(one).unwrap_or_default()
        } else {
            let bare = one.ratio_to_bare.map(|ratio| format!("，为只发同样字节的服务器的{ratio}倍"));
            format!(
                "{}：每秒{}次，{}字节，错误{}次，99%在{}毫秒以内{}。",
                one.address,
                one.pages_per_s,
                one.bytes,
                one.errors,
                one.p99_ms,
                bare.unwrap_or_default()
            )
        };
        let _ = writeln!(io::stdout(), "{line}");
    }
    Ok(ExitCode::SUCCESS)
}

/// The page once, which must be there.
fn sound(host: &str, path: &str) -> Result<Raw, Stop> {
    let asked = Client::connect(host, "").and_then(|mut client| client.raw(path));
    match asked {
        Ok(page) if page.status == 200 => Ok(page),
        Ok(page) => Err(Stop::new(exit::FAILED, format!("http://{host}{path}的回答是{}，不是200。", page.status))),
        Err(error) => Err(Stop::new(exit::UNAVAILABLE, format!("http://{host}{path}没有回答（{error}）。"))),
    }
}

/// Asks for one page by several clients at once until the time is over.
fn load(host: &str, path: &str, clients: usize, span: Duration, bytes: usize) -> Measured {
    let begun = Instant::now();
    let (mut times, errors) = std::thread::scope(|scope| {
        let start = |_| scope.spawn(|| ask(host, path, begun, span));
        let working: Vec<_> = (0..clients.max(1)).map(start).collect();
        working.into_iter().fold((Vec::new(), 0), |(mut times, errors), client| {
            let (own, failed) = client.join().unwrap_or((Vec::new(), 1));
            times.extend(own);
            (times, errors + failed)
        })
    });
    let seconds = begun.elapsed().as_secs_f64();
    times.sort_unstable();
    let worst = times.get(times.len() * 99 / 100).copied().unwrap_or_default();
    Measured {
        address: path.to_owned(),
        bytes,
        pages_per_s: (times.len() as f64 / seconds).round(),
        errors,
        p99_ms: (worst.as_secs_f64() * 100_000.0).round() / 100.0,
        bare_per_s: None,
        ratio_to_bare: None,
    }
}

fn ask(host: &str, path: &str, begun: Instant, span: Duration) -> (Vec<Duration>, u64) {
    let (mut times, mut errors, mut open) = (Vec::new(), 0, None);
    while begun.elapsed() < span {
        let started = Instant::now();
        let client = open.take().map_or_else(|| Client::connect(host, ""), Ok);
        match client.and_then(|mut client| client.raw(path).map(|page| (client, page))) {
            Ok((client, page)) if page.status == 200 => {
                times.push(started.elapsed());
                open = (!page.last).then_some(client);
            }
            Ok((client, page)) => {
                errors += 1;
                open = (!page.last).then_some(client);
            }
            Err(_) => errors += 1,
        }
    }
    (times, errors)
}

/// The yardstick: a server that does nothing but send these bytes.
fn bare(page: Raw, clients: usize, span: Duration) -> Result<Measured, Stop> {
    let failed = |error: io::Error| Stop::new(exit::FAILED, format!("对照用的服务器启动不了（{error}）。"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).map_err(failed)?;
    let host = listener.local_addr().map_err(failed)?.to_string();
    let (length, kind, bytes) = (page.bytes.len(), page.kind, axum::body::Bytes::from(page.bytes));
    let answer = move || {
        let (kind, bytes) = (kind.clone(), bytes.clone());
        async move { ([(header::CONTENT_TYPE, kind)], bytes) }
    };
    let router = axum::Router::new().fallback(answer);
    let serving = runtime.spawn(async move { axum::serve(listener, router).await });
    let measured = load(&host, "/", clients, span, length);
    serving.abort();
    Ok(measured)
}
