//! `mingtang import`: records of older systems become matters with their own history.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use intake::messages::{self, Reader, Record, RowFault};
use office::{Fault, ImportMode, Imported, Office, Options};
use serde::Serialize;

use crate::{Globals, Stop, exit};

/// Records in one transaction.
const BATCH: usize = 200;
/// Records between two words on progress.
const PROGRESS: u64 = 1000;

/// 导入历史数据。
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// 导入网民留言和答复，按各自的历史时间办理；中断后可以重新运行，不会重复
    Messages(MessagesArgs),
}

#[derive(Debug, clap::Args)]
struct MessagesArgs {
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
    /// 只检查，不写入
    #[arg(long)]
    dry_run: bool,
    /// 输出JSON
    #[arg(long)]
    json: bool,
}

/// What the import came to; `read` is the sum of the others.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Totals {
    read: u64,
    imported: u64,
    already: u64,
    rejected: u64,
}

/// A row that was not taken.
#[derive(Serialize)]
struct Rejected<'a> {
    line: u64,
    field: &'a str,
    error: &'a str,
}

/// Runs the command.
///
/// Exit: 0; 4 when the file is missing; 7 when a row was rejected.
///
/// # Errors
/// A file that cannot be understood, a store that cannot be written.
pub fn run(args: Args, globals: &Globals) -> Result<ExitCode, Stop> {
    let Command::Messages(args) = args.command;
    if !args.file.is_file() {
        return Err(Stop::new(exit::NOT_FOUND, format!("没有找到文件“{}”。请核对路径。", args.file.display())));
    }
    let map = args.map.as_ref().map(|path| {
        std::fs::read_to_string(path).map_err(|error| {
            Stop::new(exit::NOT_FOUND, format!("列对应文件“{}”读不到（{error}）。请核对--map。", path.display()))
        })
    });
    let reader = messages::open(&args.file, args.format.as_deref(), map.transpose()?.as_deref())
        .map_err(|refusal| Stop::new(exit::FAILED, refusal.to_string()))?;
    let (office, _scratch) = office(&args, globals)?;
    let mode = ImportMode { public: args.public, rehearsal: args.dry_run };
    let mut import =
        Import { office: &office, mode, json: args.json, totals: Totals::default(), rehearsed: BTreeMap::new() };
    import.all(reader)?;
    let totals = import.totals;
    import.say(&totals, || {
        let Totals { read, imported, already, rejected } = totals;
        let word = if args.dry_run { "可导入" } else { "已导入" };
        format!("共{read}条：{word}{imported}条，以前已导入{already}条，未采纳{rejected}条。")
    });
    Ok(if totals.rejected == 0 { ExitCode::SUCCESS } else { ExitCode::from(exit::PARTLY) })
}

/// A directory of this run alone, gone when it ends.
struct Scratch(PathBuf);

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed holds nothing: a rehearsal keeps no record.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The office. A dry run makes nothing: without data it rehearses in a directory of its own.
fn office(args: &MessagesArgs, globals: &Globals) -> Result<(Office, Option<Scratch>), Stop> {
    let options = |data: PathBuf, database: Option<String>, create: bool| {
        let mut options = Options::new(data, globals.rules()?);
        (options.database, options.create) = (database, create);
        Ok::<_, Stop>(options)
    };
    match Office::open(options(globals.data.clone(), globals.database.clone(), !args.dry_run)?) {
        Err(Fault::Missing(_)) if args.dry_run => {
            let scratch = Scratch(std::env::temp_dir().join(format!("mingtang-dry-run-{}", std::process::id())));
            let office = Office::open(options(scratch.0.clone(), None, true)?)?;
            Ok((office, Some(scratch)))
        }
        opened => Ok((opened?, None)),
    }
}

/// An import under way.
struct Import<'a> {
    office: &'a Office,
    mode: ImportMode,
    json: bool,
    totals: Totals,
    /// What a dry run took, by identity: nothing of it stands in the store to be found again.
    rehearsed: BTreeMap<(String, String), Record>,
}

impl Import<'_> {
    fn all(&mut self, reader: Reader) -> Result<(), Stop> {
        let mut batch = Vec::with_capacity(BATCH);
        for row in reader {
            self.totals.read += 1;
            match row {
                Ok(record) => batch.push(record),
                Err(fault) => self.reject(&fault),
            }
            if batch.len() == BATCH {
                self.take(std::mem::take(&mut batch))?;
            }
            if self.totals.read.is_multiple_of(PROGRESS) {
                eprintln!("已读{}条……", self.totals.read);
            }
        }
        self.take(batch)
    }

    fn take(&mut self, batch: Vec<Record>) -> Result<(), Stop> {
        let outcomes = self.office.import(self.office.default_body(), batch.clone(), self.mode)?;
        for (record, outcome) in batch.into_iter().zip(outcomes) {
            match outcome {
                Imported::New if self.mode.rehearsal => self.rehearse(record),
                Imported::New => self.totals.imported += 1,
                Imported::Already => self.totals.already += 1,
                Imported::Rejected(field, error) => self.reject(&RowFault { line: record.line, field, error }),
            }
        }
        Ok(())
    }

    /// Counts a record of a dry run as the import would count it.
    fn rehearse(&mut self, record: Record) {
        let identity = (record.format.clone(), record.outside_id.clone());
        match self.rehearsed.get(&identity) {
            None => {
                self.totals.imported += 1;
                self.rehearsed.insert(identity, record);
            }
            Some(known) if *known == (Record { line: known.line, ..record.clone() }) => self.totals.already += 1,
            Some(_) => {
                let error = "文件中有两条编号相同而内容不同的记录，只取前一条。请核对来源。".to_owned();
                self.reject(&RowFault { line: record.line, field: "编号".to_owned(), error });
            }
        }
    }

    fn reject(&mut self, fault: &RowFault) {
        self.totals.rejected += 1;
        let RowFault { line, field, error } = fault;
        if self.json {
            self.say(&Rejected { line: *line, field, error }, String::new);
        } else {
            eprintln!("{fault}");
        }
    }

    /// One line on stdout, for a machine or for a person. A closed pipe does not stop an import.
    fn say(&self, machine: &impl Serialize, person: impl FnOnce() -> String) {
        let line = if self.json { serde_json::to_string(machine).unwrap_or_default() } else { person() };
        let _ = writeln!(io::stdout(), "{line}");
    }
}
