//! `mingtang init`: an empty office, ready for `serve`.

use std::process::ExitCode;

use crate::{Globals, Stop};

/// 建立数据目录和本机关，供serve使用。
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 机关全称
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// 机关代字，用于文号
    #[arg(long, default_value = "")]
    short: String,
}

/// Makes and migrates the store; running it again changes only what is named.
///
/// # Errors
/// A store that cannot be made.
pub fn run(args: Args, globals: &Globals) -> Result<ExitCode, Stop> {
    let office = globals.office(true)?;
    if let Some(name) = args.name {
        let id = office.default_body();
        let mut settings = office.body(id)?.settings.clone();
        settings.short = args.short;
        office.change_body(id, &name, &settings)?;
    }
    println!(
        "数据目录{}已就绪。下一步：mingtang user add 登录名 --role administrator，然后 mingtang serve。",
        globals.data.display()
    );
    Ok(ExitCode::SUCCESS)
}
