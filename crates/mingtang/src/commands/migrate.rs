//! `mingtang migrate`: brings a store to the schema of this program.

use std::process::ExitCode;

use office::store::{self, StoreUrl};
use serde_json::json;

use crate::{Globals, Stop, exit};

/// 把数据升级到本程序的版本；重复运行没有影响。
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 输出JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command. What ran is told; a store of a newer program is refused.
///
/// # Errors
/// A store that cannot be made or brought up to date.
pub fn run(args: Args, globals: &Globals) -> Result<ExitCode, Stop> {
    // A broken rulebook is told before anything is changed.
    globals.rules()?;
    office::make_dir(&globals.data).map_err(|error| {
        Stop::new(exit::FAILED, format!("数据目录{}不能写入（{error}）。请用--data另选目录。", globals.data.display()))
    })?;
    let ran = store::migrate(&StoreUrl::of(&globals.data, globals.database.as_deref()))?;
    // Keys, the first body and the texts of the procedures belong to a complete store.
    globals.office(true)?;
    match (args.json, ran.as_slice()) {
        (true, _) => println!("{}", json!({ "migrations": ran })),
        (false, []) => println!("数据已是最新，没有改动。"),
        (false, _) => {
            let names: Vec<String> = ran.iter().map(|version| format!("{version:04}")).collect();
            println!("数据已升级，执行了{}项：{}。", ran.len(), names.join("、"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
