//! `mingtang version`: which program, which rules.

use std::process::ExitCode;

use office::RuleFiles;
use serde_json::json;

/// 显示程序和规则库的版本。
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 输出JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub fn run(args: Args, files: &RuleFiles) -> ExitCode {
    let (name, version, rulebook) = (env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"), files.version());
    match args.json {
        true => println!("{}", json!({ "name": name, "version": version, "rulebook": rulebook })),
        false => println!("{name} {version}　规则库 {rulebook}"),
    }
    ExitCode::SUCCESS
}
