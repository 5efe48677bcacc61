//! `mingtang user`: officers from the command line.

use std::process::ExitCode;

use office::{Caller, OfficerForm, Role};

use crate::{Globals, Stop, exit};

/// 工作人员账号。
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// 新建账号，显示一次性密码
    Add {
        /// 登录名
        login: String,
        /// 岗位，可写多次：clerk handler unit_head foi_clerk foi_head leader supervisor administrator auditor
        #[arg(long, required = true, value_parser = role)]
        role: Vec<Role>,
        /// 内设机构名称；没有则新建
        #[arg(long)]
        unit: Option<String>,
        /// 姓名；不写则同登录名
        #[arg(long)]
        name: Option<String>,
    },
}

/// Reads a role by its word in the rulebook.
fn role(word: &str) -> Result<Role, String> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(|_| format!("没有岗位“{word}”"))
}

/// Runs the command.
///
/// # Errors
/// A name that is taken.
pub fn run(args: Args, globals: &Globals) -> Result<ExitCode, Stop> {
    let Command::Add { login, role, unit, name } = args.command;
    let office = globals.office(true)?;
    let runtime = crate::commands::runtime()?;
    let system = Caller::system(office.default_body());
    let password = runtime.block_on(async {
        let unit = match unit {
            None => None,
            Some(name) => match office.units(&system).await?.into_iter().find(|unit| unit.name == name) {
                Some(unit) => Some(unit.id),
                None => Some(office.add_unit(&system, &name, false).await?),
            },
        };
        let name = name.unwrap_or_else(|| login.clone());
        let form = OfficerForm { login: login.clone(), name, unit, roles: role, password: None };
        office.add_officer(&system, form).await
    })?;
    let password = password.ok_or_else(|| Stop::new(exit::FAILED, "没有生成密码。"))?;
    println!("{login} 的一次性密码：{password}（首次登录后须修改）");
    Ok(ExitCode::SUCCESS)
}
