//! `mingtang log`: the public log of one's own store, and watching anybody's.

mod monitor;

use std::io::{self, Write};
use std::process::ExitCode;

use office::log::Which;
use publication::log::{Address, Checkpoint, Hash, PublicKey, Tile, Tiles, hashes, hex};
use serde::Serialize;

use super::fetch::Remote;
use crate::{Globals, Stop, exit};

/// 公开日志。
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// 最新的检查点
    Head {
        /// 哪一本日志
        #[arg(long, value_enum, default_value_t = Name::Public)]
        log: Name,
        /// 输出JSON
        #[arg(long)]
        json: bool,
    },
    /// 一份公开内容的证明，格式与网站的/log/proof相同
    Prove {
        /// 公开内容的编号，即网页地址的最后一段
        id: String,
        /// 对应日志有这么多条时的检查点
        #[arg(long, value_name = "N")]
        size: Option<u64>,
    },
    /// 持续监督一个网站的日志：只增不改，各条与根相符
    Monitor(monitor::Args),
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Name {
    /// 公开日志
    Public,
    /// 内部日志
    Internal,
    /// 收件日志
    Filings,
}

#[derive(Serialize)]
struct Head<'a> {
    log: &'a str,
    origin: &'a str,
    size: u64,
    root: String,
    at: Option<String>,
    key: &'a str,
    checkpoint: &'a str,
}

/// Runs the command.
///
/// Exit: 0; 4 without data or when there is no such edition; 8 when a watched log does not hold.
///
/// # Errors
/// A store or site that cannot be read.
pub fn run(args: Args, globals: &Globals) -> Result<ExitCode, Stop> {
    match args.command {
        Command::Head { log, json } => head(log, json, globals),
        Command::Prove { id, size } => prove(&id, size, globals),
        Command::Monitor(args) => monitor::run(&args),
    }
}

fn head(name: Name, json: bool, globals: &Globals) -> Result<ExitCode, Stop> {
    let which = match name {
        Name::Public => Which::Public,
        Name::Internal => Which::Internal,
        Name::Filings => Which::Filings,
    };
    let office = globals.office(false)?;
    let (note, key) = crate::commands::runtime()?
        .block_on(async { Ok::<_, office::Fail>((office.log_head(which).await?, office.log_key(which).await?)) })?;
    let none = || Stop::new(exit::NOT_FOUND, "日志里还没有内容。运行 mingtang serve 后会自动登记。");
    let (note, key) = note.zip(key).ok_or_else(none)?;
    let opened = PublicKey::parse(&key).and_then(|key| Checkpoint::open(&note, &key).ok());
    let Some(checkpoint) = opened else {
        return Err(Stop::new(exit::ALTERED, "最新的检查点签名不符，被改动过。请运行 mingtang audit verify。"));
    };
    let line = if json {
        let at = checkpoint.at.map(site::problem::rfc3339);
        let (size, root) = (checkpoint.size, hex(&checkpoint.root));
        let origin = &checkpoint.origin;
        let head = Head { log: which.name(), origin, size, root, at, key: &key, checkpoint: &note };
        serde_json::to_string(&head).unwrap_or_default()
    } else {
        note.trim_end().to_owned()
    };
    let _ = writeln!(io::stdout(), "{line}");
    Ok(ExitCode::SUCCESS)
}

fn prove(id: &str, size: Option<u64>, globals: &Globals) -> Result<ExitCode, Stop> {
    let office = globals.office(false)?;
    let proof = match crate::commands::runtime()?.block_on(office.proof(id, size)) {
        Ok(Some(proof)) => proof,
        Ok(None) => return Err(Stop::new(exit::UNAVAILABLE, "还没有登记到公开日志，请过几秒再试。")),
        Err(office::Fail::NotFound) => {
            return Err(Stop::new(exit::NOT_FOUND, format!("没有公开的内容“{id}”。编号是网页地址的最后一段。")));
        }
        Err(other) => return Err(other.into()),
    };
    let _ = writeln!(io::stdout(), "{}", proof.to_json());
    Ok(ExitCode::SUCCESS)
}

/// The tiles of somebody's log of `size` leaves.
pub(crate) fn tiles(remote: &Remote, size: u64) -> Tiles<impl FnMut(Tile, usize) -> Result<Vec<Hash>, Stop>> {
    Tiles::new(move |tile, _| tile_of(remote, tile, tile.width(size)))
}

/// A tile of somebody's log. One that is not there, or is no tile, has no hashes and fits no root.
fn tile_of(remote: &Remote, tile: Tile, width: usize) -> Result<Vec<Hash>, Stop> {
    let answer = remote.get(&format!("/log/{}", Address::Hashes(tile, width)))?;
    Ok(if answer.status == 200 { hashes(&answer.bytes).unwrap_or_default() } else { Vec::new() })
}
