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
        /// 权限，可写多次：matters:write matters:read；办公系统用documents:write，须单独使用，得到签名密钥
        #[arg(long, required = true, value_parser = scope)]
        scope: Vec<Scope>,
    },
}

fn scope(word: &str) -> Result<Scope, String> {
    Scope::parse(word).ok_or_else(|| format!("没有权限“{word}”，可用matters:write、matters:read、documents:write"))
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
    if !scope.contains(&Scope::DocumentsWrite) {
        println!("{}", runtime.block_on(office.make_token(officer.id, body, &name, &scope))?);
        return Ok(ExitCode::SUCCESS);
    }
    if scope.len() > 1 {
        let why = "documents:write是办公系统的签名密钥，不能与其他权限合用。请分开新建。";
        return Err(Stop::new(exit::FAILED, why));
    }
    let made = runtime.block_on(office.make_signer(officer.id, body, &name))?;
    let key: String = made.key.iter().map(|byte| format!("{byte:02x}")).collect();
    println!("{} {key}", made.key_id);
    eprintln!("前一段是密钥编号（keyid），后一段是十六进制的密钥，只显示一次。签名方法：RFC 9421，hmac-sha256。");
    Ok(ExitCode::SUCCESS)
}
