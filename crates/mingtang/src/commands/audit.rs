//! `mingtang audit`: is every record still what was written?

use std::io::{self, Write};
use std::process::ExitCode;

use office::Verified;
use serde::Serialize;

use crate::{Globals, Stop, exit};

/// 核验留痕。
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// 逐条核对办理记录、操作留痕的哈希链和公开日志，并由记录重算每个事项的现状
    Verify {
        /// 输出JSON
        #[arg(long)]
        json: bool,
    },
}

/// What a machine reads.
#[derive(Serialize)]
struct Answer {
    matters: u64,
    events: u64,
    broken: usize,
}

/// Runs the command; each broken place is a line on stderr.
///
/// Exit: 0; 4 without data; 8 when anything is broken.
///
/// # Errors
/// A store that cannot be read.
pub fn run(args: Args, globals: &Globals) -> Result<ExitCode, Stop> {
    let Command::Verify { json } = args.command;
    let Verified { matters, events, leaves, broken } = globals.office(false)?.verify()?;
    for place in &broken {
        eprintln!("不符：{place}");
    }
    let line = if json {
        serde_json::to_string(&Answer { matters, events, broken: broken.len() }).unwrap_or_default()
    } else if broken.is_empty() {
        format!("{matters}个事项、{events}条记录、{leaves}条日志，全部相符。")
    } else {
        format!(
            "{matters}个事项、{events}条记录、{leaves}条日志，{}处不符，见上。请停止办理，保留现场，从备份核对。",
            broken.len()
        )
    };
    // A closed pipe changes nothing of what was found.
    let _ = writeln!(io::stdout(), "{line}");
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(exit::ALTERED) })
}
