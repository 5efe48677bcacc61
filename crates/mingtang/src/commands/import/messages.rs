//! `mingtang import messages`: records of older mailboxes become matters with their own history.

use std::path::PathBuf;
use std::process::ExitCode;

use intake::messages;
use office::ImportMode;

use super::{Import, Mode, Record};
use crate::{Globals, Stop, exit};

/// What and how.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// JSONL或者CSV文件，可以是.zst压缩文件
    file: PathBuf,
    /// 格式名称（teddy、fuzhou）；不写则按列名识别
    #[arg(long, value_name = "NAME")]
    format: Option<String>,
    /// 列对应文件（TOML），用于其他来源
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// 来源本来就是公开的：答复随之公开，隐去个人信息
    #[arg(long)]
    public: bool,
    #[command(flatten)]
    mode: Mode,
}

impl Record for messages::Record {
    fn line(&self) -> u64 {
        self.line
    }

    fn identity(&self) -> (String, String) {
        (self.format.clone(), self.outside_id.clone())
    }

    fn content(&self) -> String {
        format!("{:?}", messages::Record { line: 0, ..self.clone() })
    }
}

/// Runs the command.
pub(super) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Stop> {
    if !args.file.is_file() {
        return Err(super::missing(&args.file));
    }
    let map = super::map(args.map.as_ref())?;
    let reader = messages::open(&args.file, args.format.as_deref(), map.as_deref())
        .map_err(|refusal| Stop::new(exit::FAILED, refusal.to_string()))?;
    let (office, _scratch) = super::office(args.mode, globals)?;
    let mode = ImportMode { public: args.public, rehearsal: args.mode.dry_run };
    Import::new(args.mode, |batch| office.import(office.default_body(), batch, mode)).run(reader)
}
