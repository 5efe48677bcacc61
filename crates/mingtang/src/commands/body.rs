//! `mingtang body`: the bodies of a store; which of them stand in a channel of another one's site.

use std::process::ExitCode;

use office::{Body, BodySettings, Office};

use crate::{Globals, Stop, exit};

/// 机关：列出、新建、设为上级网站的频道。
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// 列出机关
    List {
        /// 每行一个JSON对象
        #[arg(long)]
        json: bool,
    },
    /// 新建机关
    Add {
        /// 键，用于规则文件、网址和--body
        key: String,
        /// 全称
        name: String,
        /// 上级机关的键
        #[arg(long, value_name = "KEY")]
        under: Option<String>,
        /// 没有自己的网站：内容放在这个机关网站的频道里
        #[arg(long, value_name = "KEY")]
        channel_of: Option<String>,
    },
    /// 改为另一机关网站的频道，或者改回自己的网站
    Channel {
        /// 机关的键
        key: String,
        /// 在哪个机关的网站；不写则改回自己的网站
        #[arg(long, value_name = "KEY")]
        of: Option<String>,
    },
}

fn found(office: &Office, key: &str) -> Result<i64, Stop> {
    let found = office.bodies().into_iter().find(|body| body.key == key).map(|body| body.id);
    found.ok_or_else(|| Stop::new(exit::NOT_FOUND, format!("没有键为“{key}”的机关，可用 mingtang body list 查看。")))
}

/// Runs the command.
///
/// # Errors
/// A key that is taken or not known, a channel that cannot be.
pub fn run(args: Args, globals: &Globals) -> Result<ExitCode, Stop> {
    match args.command {
        Command::List { json } => list(&*globals.office(false)?, json),
        Command::Add { key, name, under, channel_of } => {
            let office = globals.office(true)?;
            let plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
            if !plain || office.bodies().iter().any(|body| body.key == key) {
                let sentence = format!("键“{key}”已经有机关使用，或者不是字母、数字和短横。请换一个。");
                return Err(Stop::new(exit::FAILED, sentence));
            }
            let under = under.map(|key| found(&office, &key)).transpose()?;
            let host = channel_of.map(|key| found(&office, &key)).transpose()?;
            let id = office.make_body(under.or(host), &key, &name, &BodySettings::default())?;
            if host.is_some() {
                office.set_host(id, host)?;
            }
            println!("已新建机关：{name}（{key}）");
        }
        Command::Channel { key, of } => {
            let office = globals.office(true)?;
            let host = of.map(|key| found(&office, &key)).transpose()?;
            office.set_host(found(&office, &key)?, host)?;
            println!("{}", if host.is_some() { "已设为频道" } else { "已改回自己的网站" });
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(office: &Office, json: bool) {
    let bodies = office.bodies();
    let key = |id: Option<i64>| bodies.iter().find(|body| Some(body.id) == id).map(|body| body.key.clone());
    let line = |body: &Body| {
        let (under, host) = (key(body.parent), key(body.host));
        if json {
            return serde_json::json!({ "key": body.key, "name": body.name, "under": under, "channel_of": host })
                .to_string();
        }
        let host = host.map(|key| format!("　频道，在{key}的网站")).unwrap_or_default();
        format!("{}　{}{host}", body.key, body.name)
    };
    for body in &bodies {
        println!("{}", line(body));
    }
}
