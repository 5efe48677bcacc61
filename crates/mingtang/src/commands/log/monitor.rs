//! `mingtang log monitor`: follows a log. What was seen once is kept in a state file; from there each
//! new entry is read and the tree recomputed, so that a log which forgets, alters or forks is caught.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use publication::log::{Address, Checkpoint, Edge, NoteFault, PublicKey, WIDTH, hex, leaf_hash, unbundle};
use serde::{Deserialize, Serialize};

use super::tile_of;
use crate::commands::fetch::Remote;
use crate::{Stop, exit};

/// 监督一个网站的公开日志。
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 网站，如http://127.0.0.1:8080
    #[arg(value_name = "URL")]
    url: String,
    /// 记下看到过什么的文件；第一次运行时建立
    #[arg(long, value_name = "FILE", default_value = "log-monitor.json")]
    state: PathBuf,
    /// 日志的公钥，由机关另行公布的；不写则第一次运行时记下网站给的
    #[arg(long, value_name = "VKEY")]
    key: Option<String>,
    /// 每隔多少秒看一次；0表示只看一次
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    every: u64,
    /// 从第一条起全部重读，而不只读新增的
    #[arg(long)]
    full: bool,
    /// 输出JSON，每次一行
    #[arg(long)]
    json: bool,
}

/// What was seen.
#[derive(Serialize, Deserialize)]
struct State {
    key: String,
    checkpoint: String,
}

/// What one look found.
#[derive(Serialize)]
#[serde(untagged)]
enum Look {
    Sound { ok: bool, size: u64, new: u64, root: String, at: Option<String> },
    Broken { ok: bool, what: &'static str, sentence: String },
}

impl Look {
    fn broken(what: &'static str, sentence: impl Into<String>) -> Look {
        Look::Broken { ok: false, what, sentence: sentence.into() }
    }
}

/// Runs the command until something does not hold, or once.
///
/// # Errors
/// A site that does not answer, a state file that cannot be read or written.
pub fn run(args: &Args) -> Result<ExitCode, Stop> {
    let (remote, _) = Remote::of(&args.url)?;
    loop {
        let look = match look(args, &remote) {
            // A site may be away for a while; whoever watches goes on watching.
            Err(stop) if args.every > 0 && stop.code == exit::UNAVAILABLE => {
                eprintln!("{}", stop.sentence);
                None
            }
            other => Some(other?),
        };
        if let Some(look) = look {
            tell(args.json, &look);
            if let Look::Broken { .. } = look {
                return Ok(ExitCode::from(exit::ALTERED));
            }
        }
        if args.every == 0 {
            return Ok(ExitCode::SUCCESS);
        }
        std::thread::sleep(Duration::from_secs(args.every));
    }
}

fn tell(json: bool, look: &Look) {
    let line = match look {
        _ if json => serde_json::to_string(look).unwrap_or_default(),
        Look::Sound { size, new, root, .. } => format!("日志共{size}条，新增{new}条，前后一致。根 {root}"),
        Look::Broken { sentence, .. } => format!("日志不可信：{sentence}"),
    };
    let _ = writeln!(io::stdout(), "{line}");
}

fn state(args: &Args) -> Result<Option<State>, Stop> {
    let name = args.state.display();
    match std::fs::read_to_string(&args.state) {
        Ok(text) => serde_json::from_str(&text).map(Some).map_err(|_| {
            Stop::new(exit::FAILED, format!("文件“{name}”不是监督日志的记录，没有改动它。请用--state另选文件。"))
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Stop::new(exit::FAILED, format!("文件“{name}”读不到（{error}）。"))),
    }
}

fn keep(args: &Args, state: &State) -> Result<(), Stop> {
    let beside = args.state.with_extension("new");
    let text = serde_json::to_string(state).unwrap_or_default();
    let kept = std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, &args.state));
    kept.map_err(|error| Stop::new(exit::FAILED, format!("文件“{}”不能写入（{error}）。", args.state.display())))
}

fn look(args: &Args, remote: &Remote) -> Result<Look, Stop> {
    let before = state(args)?;
    let answer = remote.get("/log/checkpoint")?;
    match answer.status {
        200 => {}
        503 => return Err(Stop::new(exit::UNAVAILABLE, "网站的日志还没有内容，请稍后再试。")),
        status => return Err(Stop::new(exit::NOT_FOUND, format!("网站没有公开日志（{status}）。"))),
    }
    let key = match (&args.key, &before) {
        (Some(key), _) => key.trim().to_owned(),
        (None, Some(before)) => before.key.clone(),
        (None, None) => remote.get("/log/key")?.text().trim().to_owned(),
    };
    let public = PublicKey::parse(&key).ok_or_else(|| Stop::new(exit::FAILED, "日志的公钥看不懂。"))?;
    let note = answer.text();
    let new = match Checkpoint::open(&note, &public) {
        Ok(new) => new,
        Err(fault) => return Ok(Look::broken("checkpoint", fault.sentence())),
    };
    let old = match before.as_ref().map(|before| Checkpoint::open(&before.checkpoint, &public)) {
        None => None,
        Some(Ok(old)) => Some(old),
        Some(Err(NoteFault::OtherKey)) => return Ok(Look::broken("key", "日志换了公钥，与从前记下的不同。")),
        Some(Err(fault)) => return Ok(Look::broken("state", format!("记下的检查点不符：{}", fault.sentence()))),
    };
    if let Some(broken) = old.as_ref().and_then(|old| backwards(old, &new)) {
        return Ok(broken);
    }
    let from = old.as_ref().filter(|_| !args.full);
    if let Some(broken) = followed(remote, from, old.as_ref(), &new)? {
        return Ok(broken);
    }
    keep(args, &State { key, checkpoint: note })?;
    let added = new.size - old.map_or(0, |old| old.size);
    let at = new.at.map(site::problem::rfc3339);
    Ok(Look::Sound { ok: true, size: new.size, new: added, root: hex(&new.root), at })
}

/// What can be seen from two checkpoints alone.
fn backwards(old: &Checkpoint, new: &Checkpoint) -> Option<Look> {
    if new.size < old.size {
        return Some(Look::broken("shrunk", format!("日志从{}条变成了{}条，有内容被删除。", old.size, new.size)));
    }
    if new.size == old.size && new.root != old.root {
        return Some(Look::broken("fork", format!("同样是{}条，根却与从前的不同，内容被改动。", new.size)));
    }
    (new.at < old.at).then(|| Look::broken("time", "检查点的时间早于从前的，时间被改动。"))
}

/// Reads what came since `from`, recomputes the tree, and holds every tile that grew against it. On
/// the way the tree passes through `old`, whose root it must have then.
fn followed(
    remote: &Remote,
    from: Option<&Checkpoint>,
    old: Option<&Checkpoint>,
    new: &Checkpoint,
) -> Result<Option<Look>, Stop> {
    let start = from.map_or(0, |from| from.size);
    let mut edge = Edge::restore(start, |tile, _| tile_of(remote, tile, tile.width(new.size)))?;
    if from.is_some_and(|from| from.root != edge.root()) {
        return Ok(Some(Look::broken("past", format!("前{start}条与从前的根不符，从前的内容被改写。"))));
    }
    while edge.size() < new.size {
        let (bundle, first) = (edge.size() / WIDTH as u64, edge.size() % WIDTH as u64);
        let width = (new.size - bundle * WIDTH as u64).min(WIDTH as u64) as usize;
        let answer = remote.get(&format!("/log/{}", Address::Entries(bundle, width)))?;
        let entries = unbundle(&answer.bytes).filter(|entries| answer.status == 200 && entries.len() == width);
        let Some(entries) = entries else {
            return Ok(Some(Look::broken("missing", format!("第{}条起的内容缺失。", edge.size()))));
        };
        let mut leaves: Vec<_> = entries.iter().skip(first as usize).map(|entry| leaf_hash(entry)).collect();
        // Stop where the old checkpoint stood, to compare.
        let stop = old.map(|old| old.size).filter(|size| *size > edge.size()).map(|size| (size - edge.size()) as usize);
        leaves.truncate(stop.unwrap_or(usize::MAX));
        let upto = edge.size() + leaves.len() as u64;
        for (tile, hashes) in edge.append(leaves) {
            let stored = tile_of(remote, tile, tile.width(new.size))?;
            if stored.get(..hashes.len()) != Some(&hashes) {
                let sentence = format!("到第{upto}条为止，第{}层第{}片与各条不符。", tile.level, tile.index);
                return Ok(Some(Look::broken("tile", sentence)));
            }
        }
        if old.is_some_and(|old| old.size == upto && old.root != edge.root()) {
            return Ok(Some(Look::broken("past", format!("前{upto}条与从前的根不符，从前的内容被改写。"))));
        }
    }
    let fits = edge.root() == new.root;
    Ok((!fits).then(|| Look::broken("root", "各条算出的根与检查点不符。")))
}
