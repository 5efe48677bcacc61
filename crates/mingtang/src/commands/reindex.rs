//! `mingtang reindex`: fills the search indexes anew from the store, while `serve` goes on with the old
//! ones; every process turns to the new ones by itself.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Instant;

use office::Filled;
use serde_json::json;

use crate::{Globals, Stop};

/// 重建检索索引，期间可以照常服务。
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 输出JSON
    #[arg(long)]
    json: bool,
}

/// Told after so many documents.
const STEP: u64 = 20_000;

/// Runs the command.
///
/// # Errors
/// A store that cannot be read; another `reindex` at the same time.
pub fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Stop> {
    let office = globals.office(false)?;
    let (began, mut next) = (Instant::now(), STEP);
    let Filled { matters, editions } = office.reindex(&mut |filled| {
        let done = filled.matters + filled.editions;
        if done >= next {
            next = done + STEP;
            eprintln!("已收入事项{}件、公开信息{}条……", filled.matters, filled.editions);
        }
    })?;
    let seconds = (began.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    let _ = match args.json {
        true => writeln!(io::stdout(), "{}", json!({ "matters": matters, "editions": editions, "seconds": seconds })),
        false => writeln!(io::stdout(), "已重建检索索引：事项{matters}件、公开信息{editions}条，用时{seconds}秒。"),
    };
    Ok(ExitCode::SUCCESS)
}
