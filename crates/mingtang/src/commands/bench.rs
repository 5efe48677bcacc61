//! `mingtang bench`: how fast the office is, measured through the same paths that people use.

mod bare;
mod client;
mod lifecycle;
mod log;
mod pages;
mod publish;
mod search;
mod seed;
mod server;

use std::process::ExitCode;
use std::sync::Arc;

use office::{Caller, Office, OfficerForm, Role};

use crate::{Globals, Stop, exit};

/// 测量速度。写入的都是虚构事项，请勿在正式数据上运行。
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// 写入若干虚构的留言，处于办理的各个阶段
    Seed(seed::Args),
    /// 经接口反复办理：登记、分办、答复、查询，各自落盘
    Lifecycle(lifecycle::Args),
    /// 登记公开日志、出具证明
    Log(log::Args),
    /// 写入虚构的公开信息，收入索引，检索
    Search(search::Args),
    /// 拟稿、审查、签发、发布，看多久各处可见
    Publish(publish::Args),
    /// 反复访问文章页、列表页和首页
    Pages(pages::Args),
}

/// Runs the command.
///
/// # Errors
/// A store that cannot be written, a server that does not answer.
pub fn run(args: Args, globals: &Globals) -> Result<ExitCode, Stop> {
    match args.command {
        Command::Seed(args) => seed::run(&args, globals),
        Command::Lifecycle(args) => lifecycle::run(&args, globals),
        Command::Log(args) => log::run(&args, globals),
        Command::Search(args) => search::run(&args, globals),
        Command::Publish(args) => publish::run(&args, globals),
        Command::Pages(args) => pages::run(&args, globals),
    }
}

/// The office, to publish invented texts in: only in a store that nobody works with.
fn invented_office(globals: &Globals) -> Result<Arc<Office>, Stop> {
    let office = globals.office(true)?;
    let people = crate::commands::runtime()?.block_on(office.officers(&Caller::system(office.default_body())))?;
    if people.is_empty() {
        return Ok(office);
    }
    let sentence = "这个数据目录里有工作人员账号，可能正在使用。测量会写入虚构的公开信息，请用--data另选空目录。";
    Err(Stop::new(exit::FAILED, sentence))
}

/// Unit and officer of the benchmarks; the unit's replies need no approval.
const UNIT: &str = "测速科";
const LOGIN: &str = "bench";

/// The officer who does the work of the benchmarks, made when missing.
fn officer(office: &Office) -> Result<Caller, Stop> {
    let system = Caller::system(office.default_body());
    let found = crate::commands::runtime()?.block_on(async {
        let unit = match office.units(&system).await?.into_iter().find(|unit| unit.name == UNIT) {
            Some(unit) => unit.id,
            None => office.add_unit(&system, UNIT, false).await?,
        };
        let known = |officers: Vec<office::Officer>| officers.into_iter().find(|officer| officer.login == LOGIN);
        if let Some(officer) = known(office.officers(&system).await?) {
            return Ok(Some(officer));
        }
        let roles = vec![Role::Clerk, Role::Handler, Role::UnitHead];
        let form =
            OfficerForm {
                login: LOGIN.to_owned(), name: "测速员".to_owned(), unit: Some(unit), roles, password: None
            };
        office.add_officer(&system, form).await?;
        Ok::<_, office::Fail>(known(office.officers(&system).await?))
    });
    let officer = found?.ok_or_else(|| Stop::new(exit::FAILED, "没有找到测速用的账号。"))?;
    Ok(Caller { actor: officer.id, name: officer.name, roles: officer.roles, unit: officer.unit, ..system })
}
