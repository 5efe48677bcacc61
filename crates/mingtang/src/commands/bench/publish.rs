//! How soon what was published stands everywhere: on its page, in its list, in the feed, in search and
//! in the log. Drafted, reviewed, signed and published by the same acts as everybody's.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use office::{Caller, Fail, Filing, Office, Role, StepAct};
use serde::Serialize;
use site::{Settings, Site};

use super::client::Client;
use crate::{Globals, Stop, exit};

/// 测量发布以后多久各处可见：页面、栏目、订阅、检索、公开日志。
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 发布多少篇
    #[arg(long, default_value_t = 20)]
    documents: u32,
    /// 输出JSON
    #[arg(long)]
    json: bool,
}

/// Milliseconds from the answer to the act until it is seen: the median and the worst.
#[derive(Clone, Copy, Debug, Serialize)]
struct Seen {
    p50_ms: f64,
    worst_ms: f64,
}

/// How long is waited for before it counts as never.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often is looked.
const LOOK: Duration = Duration::from_millis(10);
/// The column in which the documents appear.
const COLUMN: &str = "xw";

/// Runs the command.
///
/// # Errors
/// A store in use, an act that is refused, something that is never seen.
pub fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Stop> {
    let office = super::invented_office(globals)?;
    let stop = Arc::new(AtomicBool::new(false));
    let worker = office.work(Arc::new(office::mail::Outbox), stop.clone());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Stop::new(exit::FAILED, format!("无法启动：{error}")))?;
    let outcome = runtime.block_on(async {
        let listeners = site::bind(&[([127, 0, 0, 1], 0).into()]).await;
        let listeners =
            listeners.map_err(|error| Stop::new(exit::FAILED, format!("测速用的网站启动不了（{error}）。")))?;
        let host = listeners.first().and_then(|listener| listener.local_addr().ok()).map(|at| at.to_string());
        let served = Site::new(office.clone(), Settings { ease: 100_000, ..Settings::default() });
        let serving = tokio::spawn(site::serve(site::router(served), listeners, std::future::pending()));
        let seen = all(&office, &host.unwrap_or_default(), args.documents).await;
        serving.abort();
        seen
    });
    stop.store(true, Ordering::Relaxed);
    drop(worker.join());
    let seen = outcome?;
    let line = if args.json {
        serde_json::to_string(&seen).unwrap_or_default()
    } else {
        let each =
            seen.iter().map(|(place, seen)| format!("{place}：一半在{}毫秒内，最慢{}毫秒", seen.p50_ms, seen.worst_ms));
        format!("发布以后可见，{}。", each.collect::<Vec<_>>().join("；"))
    };
    let _ = writeln!(io::stdout(), "{line}");
    Ok(ExitCode::SUCCESS)
}

async fn all(office: &Office, host: &str, documents: u32) -> Result<BTreeMap<&'static str, Seen>, Stop> {
    let system = Caller::system(office.default_body());
    let unit = office.add_unit(&system, "测速拟稿科", false).await?;
    let mut times: BTreeMap<&'static str, Vec<f64>> = BTreeMap::new();
    for number in 0..documents {
        let title = format!("测速要闻{}之{number}", office.now().millis());
        let matter = signed(office, unit, &title).await?;
        act(office, unit, (12, Role::FoiClerk), matter, "publish", &[]).await?;
        let began = Instant::now();
        let (item, _) =
            office.item_of(matter).await?.ok_or_else(|| Stop::new(exit::FAILED, "发布以后没有信息条目。"))?;
        let edition = office.article(office.default_body(), &item).await?.public_id;
        let places = [
            ("page", format!("/a/{item}")),
            ("list", format!("/c/{COLUMN}")),
            ("feed", "/feed/all.json".to_owned()),
            ("search", format!("/s?q={}", percent(&title))),
            ("log", format!("/log/proof/{edition}")),
        ];
        for (place, after) in tokio::task::block_in_place(|| look(host, &places, &title, began))? {
            times.entry(place).or_default().push(after);
        }
    }
    let summed = times.into_iter().map(|(place, mut times)| {
        times.sort_by(f64::total_cmp);
        let of = |at: usize| (times.get(at).copied().unwrap_or_default() * 10.0).round() / 10.0;
        (place, Seen { p50_ms: of(times.len() / 2), worst_ms: of(times.len().saturating_sub(1)) })
    });
    Ok(summed.collect())
}

/// Looks at every place, over and over, until all have been seen.
fn look(
    host: &str,
    places: &[(&'static str, String)],
    title: &str,
    began: Instant,
) -> Result<Vec<(&'static str, f64)>, Stop> {
    let lost = |error: io::Error| Stop::new(exit::FAILED, format!("测速用的网站没有回答（{error}）。"));
    let mut client = Client::connect(host, "").map_err(lost)?;
    let (mut seen, mut waiting) = (Vec::new(), places.to_vec());
    while !waiting.is_empty() {
        let mut still = Vec::new();
        for (place, path) in waiting {
            let answer = client.raw(&path).map_err(lost)?;
            // The proof carries the title in its canonical text, the search page in its results too.
            let results = String::from_utf8_lossy(&answer.bytes);
            let times = if place == "search" { "/a/" } else { title };
            if answer.status == 200 && results.contains(times) && results.contains(title) {
                seen.push((place, began.elapsed().as_secs_f64() * 1000.0));
            } else if began.elapsed() > PATIENCE {
                return Err(Stop::new(exit::FAILED, format!("发布以后一分钟仍不可见：{path}")));
            } else {
                still.push((place, path));
            }
        }
        waiting = still;
        std::thread::sleep(LOOK);
    }
    Ok(seen)
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A document that only waits to be published.
async fn signed(office: &Office, unit: i64, title: &str) -> Result<i64, Stop> {
    let mine = unit.to_string();
    let answers = [
        ("classified", "no"),
        ("kind", "news"),
        ("title", title),
        ("columns", COLUMN),
        ("attribute", "proactive"),
        ("unit", &mine),
        ("document.body", "昨夜完成抢修，现已恢复供水。"),
    ];
    let answers = answers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let filing = Filing { procedure: "disclosure".into(), answers, ..Filing::default() };
    let matter = office.file(&somebody(office, unit, 11, Role::Handler), filing).await?.matter;
    let (drafter, clerk, reviewer) = ((11, Role::Handler), (12, Role::FoiClerk), (13, Role::Reviewer));
    let steps: [(_, &str, &[(&str, &str)]); 9] = [
        (drafter, "submit", &[]),
        (clerk, "confirm_attribute", &[]),
        (reviewer, "check_secrecy", &[("secrecy", "pass")]),
        (reviewer, "check_privacy", &[("privacy", "none")]),
        (reviewer, "check_wording", &[("wording", "pass")]),
        (clerk, "check_timing", &[("timing", "now")]),
        (clerk, "sign", &[]),
        ((14, Role::UnitHead), "approve", &[]),
        ((15, Role::Leader), "approve", &[]),
    ];
    for (who, step, answers) in steps {
        if step == "check_privacy" {
            let seen = office.hits(&somebody(office, unit, who.0, who.1), matter).await?;
            let kept = office::hits::keeping("decisions", &seen, "测速");
            let kept: Vec<(&str, &str)> = kept.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            if !kept.is_empty() {
                act(office, unit, who, matter, "decide_hits", &kept).await?;
            }
        }
        act(office, unit, who, matter, step, answers).await?;
    }
    Ok(matter)
}

fn somebody(office: &Office, unit: i64, actor: i64, role: Role) -> Caller {
    Caller {
        actor,
        name: "测速员".into(),
        roles: vec![role],
        unit: Some(unit),
        ..Caller::public(office.default_body())
    }
}

async fn act(
    office: &Office,
    unit: i64,
    (actor, role): (i64, Role),
    matter: i64,
    step: &str,
    answers: &[(&str, &str)],
) -> Result<(), Fail> {
    let answers = answers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let act = StepAct { matter, step: step.into(), answers, ..StepAct::default() };
    office.act(&somebody(office, unit, actor, role), act).await.map(drop)
}
