//! Whole lifecycles through the API, by several clients at once: create, assign, reply, find. Each
//! request is answered only after its own durable transaction.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use office::Scope;
use office::clock::{Clock, System};
use serde::Serialize;
use serde_json::json;

use super::bare;
use super::client::{Answer, Client};
use super::server::{self, Server};
use crate::{Globals, Stop};

/// 经接口反复办理，测量每秒办结数。
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 持续秒数
    #[arg(long, default_value_t = 10)]
    duration: u64,
    /// 同时办理的客户端数
    #[arg(long, default_value_t = 8)]
    clients: usize,
    /// 测量已在运行的服务器，如http://127.0.0.1:8080；不写则自行启动
    #[arg(long, value_name = "URL", requires_all = ["token", "unit"])]
    url: Option<String>,
    /// 接口令牌，权限为matters:write和matters:read，所属人员须能分办和答复
    #[arg(long, env = "MINGTANG_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// 承办单位的编号；其答复不须审批
    #[arg(long, value_name = "ID")]
    unit: Option<i64>,
    /// 输出JSON
    #[arg(long)]
    json: bool,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Measured {
    lifecycles_per_s: f64,
    errors: u64,
    p50_ms: f64,
    p99_ms: f64,
    /// CPU time of the server; unknown for one that is not ours.
    cpu_us_per_lifecycle: Option<u64>,
    bare_lifecycles_per_s: f64,
    ratio_to_bare: f64,
}

/// Where the load goes.
struct Goal {
    host: String,
    token: String,
    unit: i64,
}

/// Runs the command.
///
/// # Errors
/// A store that cannot be written, a server that does not become ready.
pub fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Stop> {
    let span = Duration::from_secs(args.duration.max(1));
    let clients = args.clients.max(1);
    let (goal, server) = match (&args.url, &args.token, args.unit) {
        (Some(url), Some(token), Some(unit)) => {
            let host = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
            (Goal { host, token: token.clone(), unit }, None)
        }
        _ => {
            let (goal, server) = own_server(globals)?;
            (goal, Some(server))
        }
    };
    server::ready(&goal.host)?;
    let before = server.as_ref().and_then(Server::cpu_us);
    let load = load(&goal, clients, span);
    let cpu = server.as_ref().and_then(Server::cpu_us).zip(before).map(|(after, before)| after.saturating_sub(before));
    drop(server);
    let bare = bare::measure(globals, clients, span)?;
    let Load { mut times, errors, seconds } = load;
    times.sort_unstable();
    let rate = times.len() as f64 / seconds;
    let measured = Measured {
        lifecycles_per_s: tenth(rate),
        errors,
        p50_ms: percentile(&times, 50),
        p99_ms: percentile(&times, 99),
        cpu_us_per_lifecycle: cpu.and_then(|cpu| cpu.checked_div(times.len() as u64)),
        bare_lifecycles_per_s: tenth(bare),
        ratio_to_bare: (rate / bare * 1000.0).round() / 1000.0,
    };
    tell(args.json, &measured);
    Ok(ExitCode::SUCCESS)
}

fn tell(json: bool, measured: &Measured) {
    let line = if json {
        serde_json::to_string(measured).unwrap_or_default()
    } else {
        let Measured {
            lifecycles_per_s,
            errors,
            p50_ms,
            p99_ms,
            cpu_us_per_lifecycle,
            bare_lifecycles_per_s,
            ratio_to_bare,
        } = measured;
        let cpu = cpu_us_per_lifecycle.map_or_else(|| "未知".to_owned(), |cpu| format!("{cpu}微秒"));
        format!(
            "每秒办结{lifecycles_per_s}件，错误{errors}次；每件中位{p50_ms}毫秒，百分之九十九在{p99_ms}毫秒以内；每件处理器时间{cpu}；\
             同样的写入直接写数据库为每秒{bare_lifecycles_per_s}件，比值{ratio_to_bare}。"
        )
    };
    // Nobody reads on: the measurement is over all the same.
    let _ = writeln!(io::stdout(), "{line}");
}

fn tenth(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

/// The time that so many of a hundred lifecycles took at most, in milliseconds.
fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    let time = sorted.get(rank).copied().unwrap_or_default();
    (time.as_secs_f64() * 100_000.0).round() / 100.0
}

/// Starts `serve` on the data, with a token for it.
fn own_server(globals: &Globals) -> Result<(Goal, Server), Stop> {
    let (token, unit) = {
        let office = globals.office(true)?;
        let officer = super::officer(&office)?;
        let scopes = [Scope::MattersWrite, Scope::MattersRead];
        let token =
            crate::commands::runtime()?.block_on(office.make_token(officer.actor, officer.body, "bench", &scopes))?;
        (token, officer.unit.unwrap_or_default())
    };
    let (host, server) = Server::start(globals)?;
    Ok((Goal { host, token, unit }, server))
}

/// What the clients did.
struct Load {
    times: Vec<Duration>,
    errors: u64,
    seconds: f64,
}

fn load(goal: &Goal, clients: usize, span: Duration) -> Load {
    let (begun, run) = (Instant::now(), System.now().millis());
    let (times, errors) = std::thread::scope(|scope| {
        let start = |client| scope.spawn(move || work(goal, &format!("{run}-{client}"), begun, span));
        let working: Vec<_> = (0..clients).map(start).collect();
        let mut all = (Vec::new(), 0);
        for client in working {
            let (times, errors) = client.join().unwrap_or((Vec::new(), 1));
            all.0.extend(times);
            all.1 += errors;
        }
        all
    });
    Load { times, errors, seconds: begun.elapsed().as_secs_f64() }
}

/// One client: lifecycle after lifecycle until the time is over.
fn work(goal: &Goal, name: &str, begun: Instant, span: Duration) -> (Vec<Duration>, u64) {
    let (mut times, mut errors, mut client) = (Vec::new(), 0, None);
    for turn in 0_u64.. {
        if begun.elapsed() >= span {
            break;
        }
        let started = Instant::now();
        let connected = match client.take() {
            Some(client) => Ok(client),
            None => Client::connect(&goal.host, &goal.token),
        };
        let done = connected
            .and_then(|mut open| lifecycle(&mut open, goal, &format!("{name}-{turn}")).map(|right| (open, right)));
        match done {
            Ok((open, true)) => {
                times.push(started.elapsed());
                client = Some(open);
            }
            Ok((open, false)) => {
                errors += 1;
                client = Some(open);
            }
            Err(_) => errors += 1,
        }
    }
    (times, errors)
}

/// Create, assign, reply, find; whether every answer was right.
fn lifecycle(client: &mut Client, goal: &Goal, key: &str) -> io::Result<bool> {
    let create = json!({
        "procedure": "message",
        "channel": "phone",
        "category": "consult",
        "answers": {
            "title": "听潮街路灯何时修复",
            "text": "听潮街北段的路灯已有一周不亮，晚上出行不便，想了解何时修复、由哪个单位负责。",
            "name": "申某甲",
            "phone": "13800000000",
        },
    });
    let Answer { status, body } = client.post("/api/v1/matters", &format!("{key}-c"), &create.to_string())?;
    let (Some(id), Some(number)) = (body["id"].as_str(), body["number"].as_str()) else { return Ok(false) };
    if status != 201 {
        return Ok(false);
    }
    let assign = json!({ "answers": { "unit": goal.unit.to_string() } });
    let reply = "听潮街北段的路灯线路正在更换，预计三日内恢复照明，由市政设施管理单位负责。感谢您的来电。";
    let reply = json!({ "answers": { "reply": reply } });
    for (step, body) in [("assign", assign), ("reply", reply)] {
        let acted =
            client.post(&format!("/api/v1/matters/{id}/{step}"), &format!("{key}-{step}"), &body.to_string())?;
        if acted.status != 200 || acted.body["proposed"] != false {
            return Ok(false);
        }
    }
    let found = client.get(&format!("/api/v1/matters?number={number}"))?;
    Ok(found.status == 200 && found.body["items"][0]["id"] == id)
}
