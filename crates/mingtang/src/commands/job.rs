//! `mingtang job`: what waits, what was given up, and trying it again.

use std::io::{self, Write};
use std::process::ExitCode;

use office::job::{self, JobLine};
use office::store::Lane;
use office::{Fault, Office};
use serde_json::json;

use crate::{Globals, Stop, exit};

/// 后台任务：渲染文书、发送邮件。
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// 列出任务
    List {
        /// 状态
        #[arg(long, value_enum, default_value_t = State::Waiting)]
        state: State,
        /// 输出JSON，每行一项
        #[arg(long)]
        json: bool,
    },
    /// 立即重试一项任务，或者全部已停止的任务
    Retry {
        /// 任务编号
        #[arg(required_unless_present = "dead")]
        id: Option<i64>,
        /// 全部已停止的任务
        #[arg(long, conflicts_with = "id")]
        dead: bool,
    },
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum State {
    /// 等待执行
    Waiting,
    /// 多次失败，已停止
    Dead,
    /// 已完成（保留七天）
    Done,
}

impl State {
    const fn id(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Dead => "dead",
            State::Done => "done",
        }
    }
}

/// Runs the command.
///
/// # Errors
/// A store that cannot be read; no such job.
pub fn run(args: Args, globals: &Globals) -> Result<ExitCode, Stop> {
    match args.command {
        Command::List { state, json } => {
            let jobs = jobs(&*globals.office(false)?, state)?;
            let mut out = io::BufWriter::new(io::stdout().lock());
            let told =
                jobs.iter().try_for_each(|line| writeln!(out, "{}", if json { machine(line) } else { human(line) }));
            // A closed pipe is no failure of the command.
            let _ = told.and_then(|()| out.flush());
        }
        Command::Retry { id, .. } => {
            let office = globals.office(false)?;
            let ids = match id {
                Some(id) => vec![id],
                None => jobs(&office, State::Dead)?.into_iter().map(|line| line.job.id).collect(),
            };
            for id in &ids {
                retry(&office, *id)?;
            }
            println!("已安排重试{}项，由正在运行的 mingtang serve 执行。", ids.len());
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn retry(office: &Office, id: i64) -> Result<(), Stop> {
    let now = office.now();
    let done = office.store().write_blocking(Lane::People, move |tx| job::retry(tx, id, now));
    done.map_err(|fault| match fault {
        Fault::Absent(_) => {
            let sentence = format!("没有编号为{id}、尚未完成的任务。可用 mingtang job list 查看。");
            Stop::new(exit::NOT_FOUND, sentence)
        }
        other => Stop::from(other),
    })
}

fn jobs(office: &Office, state: State) -> Result<Vec<JobLine>, Stop> {
    const PAGE: u32 = 500;
    let (mut all, body) = (Vec::<JobLine>::new(), office.default_body());
    loop {
        let after = all.last().map_or(0, |line| line.job.id);
        let page = office.store().read_blocking(move |q| job::list(q, body, state.id(), after, PAGE))?;
        let last = page.len() < PAGE as usize;
        all.extend(page);
        if last {
            return Ok(all);
        }
    }
}

fn machine(line: &JobLine) -> String {
    let JobLine { job, run_at, state, error } = line;
    let run_at = format!("{}T{:02}:{:02}:{:02}+08:00", run_at.date(), run_at.hour(), run_at.minute(), run_at.second());
    json!({ "id": job.id, "kind": job.kind.id(), "target": job.target, "attempts": job.attempt, "run_at": run_at, "state": state, "error": error })
        .to_string()
}

fn human(line: &JobLine) -> String {
    let JobLine { job, run_at, error, .. } = line;
    let why = error.as_deref().map(|error| format!("\t{error}")).unwrap_or_default();
    format!("{}\t{}\t已试{}次\t{}{why}", job.id, job.kind.label(), job.attempt, run_at.to_minute())
}
