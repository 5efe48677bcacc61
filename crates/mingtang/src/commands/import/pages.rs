//! `mingtang import pages` and `documents`: what was public on an older site becomes editions with
//! their own dates.

use std::path::PathBuf;
use std::process::ExitCode;

use intake::messages::RowFault;
use intake::pages::{self, Page};

use super::{Import, Mode, Record};
use crate::{Globals, Stop, exit};

/// What and how.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// JSONL或者CSV文件，一行一页，可以是.zst压缩文件
    file: PathBuf,
    /// 格式名称（policies、laws、pages、reports、web）；不写则按列名识别
    #[arg(long, value_name = "NAME")]
    format: Option<String>,
    /// 列对应文件（TOML），用于其他来源
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    #[command(flatten)]
    mode: Mode,
}

/// Which documents.
#[derive(Debug, clap::Args)]
pub struct DocumentsArgs {
    /// 文件夹，或者一个文件：docx、doc、wps、pdf、odt、rtf、xlsx、xls、ods、html、txt、md
    path: PathBuf,
    #[command(flatten)]
    mode: Mode,
}

impl Record for Page {
    fn line(&self) -> u64 {
        self.line
    }

    fn identity(&self) -> (String, String) {
        (self.format.clone(), self.outside_id.clone())
    }

    fn content(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Runs `import pages`.
pub(super) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Stop> {
    if !args.file.is_file() {
        return Err(super::missing(&args.file));
    }
    let map = super::map(args.map.as_ref())?;
    let reader = pages::open(&args.file, args.format.as_deref(), map.as_deref())
        .map_err(|refusal| Stop::new(exit::FAILED, refusal.to_string()))?;
    import(args.mode, globals, reader)
}

/// Runs `import documents`.
pub(super) fn documents(args: &DocumentsArgs, globals: &Globals) -> Result<ExitCode, Stop> {
    if !args.path.exists() {
        return Err(super::missing(&args.path));
    }
    let reader = pages::documents(&args.path).map_err(|refusal| Stop::new(exit::FAILED, refusal.to_string()))?;
    import(args.mode, globals, reader)
}

fn import(
    mode: Mode,
    globals: &Globals,
    reader: impl Iterator<Item = Result<Page, RowFault>>,
) -> Result<ExitCode, Stop> {
    let (office, _scratch) = super::office(mode, globals)?;
    let reader = reader.inspect(|row| {
        // What an import leaves out is told, not dropped in silence.
        if let Ok(Page { line, pictures, .. }) = row
            && *pictures > 0
        {
            eprintln!("第{line}个文件：有{pictures}张图片没有导入，只导入了文字和表格。");
        }
    });
    Import::new(mode, |batch| office.import_pages(office.default_body(), batch, mode.dry_run)).run(reader)
}
