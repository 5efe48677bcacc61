//! `mingtang`: the command line. Each command is a file in `commands/`; this one reads the words
//! and hands each command what it needs.

mod commands;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use commands::{
    audit, bench, body, check, clock, demo, doctor, export, figure, import, init, inspect, job, log, migrate,
};
use commands::{procedure, reindex, serve, token, user, verify, version};
use office::{Fault, Office, Options, RuleFiles, Rulebook};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Exit codes, the same for every command.
pub mod exit {
    /// Something failed.
    pub const FAILED: u8 = 1;
    /// The rulebook or the configuration is broken.
    pub const BROKEN: u8 = 3;
    /// What should be read is not there.
    pub const NOT_FOUND: u8 = 4;
    /// Some rows were refused; the report says which.
    pub const PARTLY: u8 = 7;
    /// A check found something altered.
    pub const ALTERED: u8 = 8;
    /// A service that is needed is not there.
    pub const UNAVAILABLE: u8 = 69;
}

/// 明堂：政务公开全流程办理。
#[derive(Parser)]
#[command(name = "mingtang", version, about, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// Where things are; the same for every command, and ignored by those that need no store.
#[derive(Clone, Debug, clap::Args)]
pub struct Globals {
    /// 数据目录
    #[arg(long, global = true, value_name = "DIR", default_value = "mingtang-data", env = "MINGTANG_DATA")]
    pub data: PathBuf,
    /// 数据库地址（postgres://…）；不写则使用数据目录内的SQLite
    #[arg(long, global = true, value_name = "URL", env = "MINGTANG_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// 机关的键；不写则是第一个机关
    #[arg(long, global = true, value_name = "KEY", env = "MINGTANG_BODY")]
    pub body: Option<String>,
    /// 覆盖内置规则库的目录
    #[arg(long, global = true, value_name = "DIR", env = "MINGTANG_RULEBOOK")]
    pub rulebook: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    Body(body::Args),
    Demo(demo::Args),
    Serve(serve::Args),
    Init(init::Args),
    Check(check::Args),
    Clock(clock::Args),
    #[command(name = "procedure")]
    Procedure(procedure::Args),
    Import(import::Args),
    Export(export::Args),
    Figure(figure::Args),
    Inspect(inspect::Args),
    Audit(audit::Args),
    User(user::Args),
    Token(token::Args),
    Job(job::Args),
    Migrate(migrate::Args),
    Doctor(doctor::Args),
    Reindex(reindex::Args),
    Log(log::Args),
    Verify(verify::Args),
    Bench(bench::Args),
    Version(version::Args),
}

/// What ends a command early: a sentence on stderr and an exit code.
pub struct Stop {
    /// The exit code.
    pub code: u8,
    /// What, why, what to do.
    pub sentence: String,
}

impl Stop {
    /// A stop with a sentence.
    pub fn new(code: u8, sentence: impl Into<String>) -> Stop {
        Stop { code, sentence: sentence.into() }
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Stop {
        match fault {
            Fault::Missing(what) => {
                Stop::new(exit::NOT_FOUND, format!("没有找到数据（{what}）。请核对--data，或者先运行 mingtang init。"))
            }
            Fault::Version(what) => Stop::new(
                exit::BROKEN,
                format!("数据与程序不符（{what}）。请使用相应版本的程序，或者为改动的规程定一个新版本号。"),
            ),
            Fault::Unavailable(what) => {
                Stop::new(exit::UNAVAILABLE, format!("数据库连接不上（{what}）。请核对--database和数据库是否运行。"))
            }
            Fault::IndexInUse => Stop::new(
                exit::UNAVAILABLE,
                "检索索引正由另一个进程写入（后台服务，或者另一次重建）。请稍后再试；后台服务会自己收录新的内容，导入以后不必另外重建。",
            ),
            other => Stop::new(exit::FAILED, format!("未能完成：{other}")),
        }
    }
}

impl From<office::Fail> for Stop {
    fn from(fail: office::Fail) -> Stop {
        match fail {
            office::Fail::Fault(fault) => Stop::from(fault),
            office::Fail::Busy => Stop::new(exit::UNAVAILABLE, "系统正忙，请稍后再试。"),
            office::Fail::Refused(refusal) => Stop::new(exit::FAILED, refusal.to_string()),
            office::Fail::Invalid(errors) => {
                let sentences: Vec<String> = errors.into_iter().map(|error| error.sentence).collect();
                Stop::new(exit::FAILED, sentences.join("\n"))
            }
            office::Fail::Forbidden(sentence) => Stop::new(exit::FAILED, sentence),
            office::Fail::Conflict(_) => Stop::new(exit::FAILED, "事项已有新的记录，请重试。"),
            office::Fail::NotFound => Stop::new(exit::NOT_FOUND, "没有找到。"),
        }
    }
}

impl Globals {
    /// The files of the rulebook: the built-in ones under those of `--rulebook`.
    ///
    /// # Errors
    /// A directory that cannot be read.
    pub fn files(&self) -> Result<RuleFiles, Stop> {
        match &self.rulebook {
            None => Ok(RuleFiles::built_in()),
            Some(dir) => RuleFiles::with_overlay(dir).map_err(|error| {
                Stop::new(
                    exit::NOT_FOUND,
                    format!("规则库目录“{}”读不到（{error}）。请核对--rulebook。", dir.display()),
                )
            }),
        }
    }

    /// The parsed rulebook.
    ///
    /// # Errors
    /// A broken one; every fault is a line of JSON on stderr.
    pub fn rules(&self) -> Result<Rulebook, Stop> {
        Rulebook::parse(self.files()?).map_err(|faults| {
            for fault in &faults {
                eprintln!("{}", serde_json::to_string(fault).unwrap_or_default());
            }
            Stop::new(
                exit::BROKEN,
                format!("规则库有{}处错误，见上。请改正后重试，可用 mingtang check 检查。", faults.len()),
            )
        })
    }

    /// The office. One that writes makes what is missing; one that only reads ends with 4 instead.
    ///
    /// # Errors
    /// A missing or newer store, a broken rulebook.
    pub fn office(&self, create: bool) -> Result<Arc<Office>, Stop> {
        let mut options = Options::new(self.data.clone(), self.rules()?);
        options.database.clone_from(&self.database);
        options.body.clone_from(&self.body);
        options.create = create;
        Ok(Arc::new(Office::open(options)?))
    }
}

fn main() -> ExitCode {
    let Cli { globals, command } = Cli::parse();
    let done = match command {
        Command::Body(args) => body::run(args, &globals),
        Command::Demo(args) => demo::run(args, &globals),
        Command::Serve(args) => serve::run(args, &globals),
        Command::Init(args) => init::run(args, &globals),
        Command::Check(args) => globals.files().map(|files| check::run(args, &files)),
        Command::Clock(args) => globals.rules().map(|rules| clock::run(args, &rules.law)),
        Command::Procedure(args) => {
            globals.rules().map(|rules| procedure::run(args, rules.procedures().map(Arc::as_ref)))
        }
        Command::Import(args) => import::run(args, &globals),
        Command::Export(args) => export::run(args, &globals),
        Command::Figure(args) => figure::run(args, &globals),
        Command::Inspect(args) => inspect::run(args, &globals),
        Command::Audit(args) => audit::run(args, &globals),
        Command::User(args) => user::run(args, &globals),
        Command::Token(args) => token::run(args, &globals),
        Command::Job(args) => job::run(args, &globals),
        Command::Migrate(args) => migrate::run(args, &globals),
        Command::Doctor(args) => Ok(doctor::run(args, &globals)),
        Command::Reindex(args) => reindex::run(&args, &globals),
        Command::Log(args) => log::run(args, &globals),
        Command::Verify(args) => verify::run(&args),
        Command::Bench(args) => bench::run(args, &globals),
        Command::Version(args) => globals.files().map(|files| version::run(args, &files)),
    };
    done.unwrap_or_else(|stop| {
        eprintln!("{}", stop.sentence);
        ExitCode::from(stop.code)
    })
}
