//! `mingtang token`: secrets for programs that use the API.

use std::process::ExitCode;

use office::{Caller, Scope};

use crate::{Globals, Stop, exit};

/// 接口令牌。
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// 以某工作人员的名义新建令牌，只显示一次
    Create {
        /// 工作人员登录名
        login: String,
        /// 用途说明
        #[arg(long, default_value = "")]
        name: String,
        /// 权限，可写多次：matters:write matters:read
        #[arg(long, required = true, value_parser = scope)]
        scope: Vec<Scope>,
    },
}

fn scope(word: &str) -> Result<Scope, String> {
    Scope::parse(word).ok_or_else(|| format!("没有权限“{word}”，可用matters:write、matters:read"))
}

/// Runs the command.
///
/// # Errors
/// An officer who does not exist.
pub fn run(args: Args, globals: &Globals) -> Result<ExitCode, Stop> {
    let Command::Create { login, name, scope } = args.command;
    let office = globals.office(true)?;
    let runtime = crate::commands::runtime()?;
    let body = office.default_body();
    let officers = runtime.block_on(office.officers(&Caller::system(body)))?;
    let officer = officers.into_iter().find(|officer| officer.login == login);
    let missing =
        || Stop::new(exit::NOT_FOUND, format!("没有登录名为“{login}”的工作人员。请先运行 mingtang user add。"));
    let officer = officer.ok_or_else(missing)?;
    println!("{}", runtime.block_on(office.make_token(officer.id, body, &name, &scope))?);
    Ok(ExitCode::SUCCESS)
}
