//! `mingtang import`: what older systems hold becomes part of this one, each at its own time. This
//! file reads the words and counts; [`messages`] and [`pages`] know what they import.

pub mod drop;
mod messages;
mod pages;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use intake::messages::RowFault;
use office::{Fail, Fault, Imported, Office, Options};
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
    Messages(messages::Args),
    /// 导入原网站已公开的网页，按各自的发布日期公开；中断后可以重新运行，不会重复
    Pages(pages::Args),
    /// 导入一个文件夹的公文（Word、PDF、文本等），识别标题、文号、发文机关和日期
    Documents(pages::DocumentsArgs),
    /// 接收办公系统放入交换目录的公文：名称.docx和名称.json一对；缺少内容的退文
    Drop(drop::Args),
}

/// What every import may be told.
#[derive(Clone, Copy, Debug, clap::Args)]
struct Mode {
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
    match args.command {
        Command::Messages(args) => messages::run(&args, globals),
        Command::Pages(args) => pages::run(&args, globals),
        Command::Documents(args) => pages::documents(&args, globals),
        Command::Drop(args) => drop::run(&args, globals),
    }
}

/// A map of columns, read.
fn map(path: Option<&PathBuf>) -> Result<Option<String>, Stop> {
    let read = path.map(|path| {
        std::fs::read_to_string(path).map_err(|error| {
            Stop::new(exit::NOT_FOUND, format!("列对应文件“{}”读不到（{error}）。请核对--map。", path.display()))
        })
    });
    read.transpose()
}

/// Nothing at this path.
fn missing(path: &Path) -> Stop {
    Stop::new(exit::NOT_FOUND, format!("没有找到文件“{}”。请核对路径。", path.display()))
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
fn office(mode: Mode, globals: &Globals) -> Result<(Office, Option<Scratch>), Stop> {
    let options = |data: PathBuf, database: Option<String>, create: bool| {
        let mut options = Options::new(data, globals.rules()?);
        (options.database, options.create) = (database, create);
        Ok::<_, Stop>(options)
    };
    match Office::open(options(globals.data.clone(), globals.database.clone(), !mode.dry_run)?) {
        Err(Fault::Missing(_)) if mode.dry_run => {
            let scratch = Scratch(std::env::temp_dir().join(format!("mingtang-dry-run-{}", std::process::id())));
            let office = Office::open(options(scratch.0.clone(), None, true)?)?;
            Ok((office, Some(scratch)))
        }
        opened => Ok((opened?, None)),
    }
}

/// A record of an import.
trait Record {
    /// Where it stands in its file.
    fn line(&self) -> u64;
    /// Format and number in its source.
    fn identity(&self) -> (String, String);
    /// Everything it says, its line aside.
    fn content(&self) -> String;
}

/// What a batch became, record by record.
type Outcome = Result<Vec<Imported>, Fail>;

/// An import under way.
struct Import<F> {
    mode: Mode,
    totals: Totals,
    /// Takes a batch into the store.
    send: F,
    /// What a dry run took, by identity: nothing of it stands in the store to be found again.
    rehearsed: BTreeMap<(String, String), u64>,
}

impl<F> Import<F> {
    fn new(mode: Mode, send: F) -> Import<F> {
        Import { mode, totals: Totals::default(), send, rehearsed: BTreeMap::new() }
    }

    /// Imports what is read and tells what it came to.
    fn run<R: Record + Clone>(mut self, reader: impl Iterator<Item = Result<R, RowFault>>) -> Result<ExitCode, Stop>
    where
        F: Fn(Vec<R>) -> Outcome,
    {
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
        self.take(batch)?;
        let totals = self.totals;
        self.say(&totals, || {
            let Totals { read, imported, already, rejected } = totals;
            let word = if self.mode.dry_run { "可导入" } else { "已导入" };
            format!("共{read}条：{word}{imported}条，以前已导入{already}条，未采纳{rejected}条。")
        });
        Ok(if totals.rejected == 0 { ExitCode::SUCCESS } else { ExitCode::from(exit::PARTLY) })
    }

    fn take<R: Record + Clone>(&mut self, batch: Vec<R>) -> Result<(), Stop>
    where
        F: Fn(Vec<R>) -> Outcome,
    {
        let outcomes = (self.send)(batch.clone())?;
        for (record, outcome) in batch.into_iter().zip(outcomes) {
            match outcome {
                Imported::New if self.mode.dry_run => self.rehearse(&record),
                Imported::New => self.totals.imported += 1,
                Imported::Already => self.totals.already += 1,
                Imported::Rejected(field, error) => self.reject(&RowFault { line: record.line(), field, error }),
            }
        }
        Ok(())
    }

    /// Counts a record of a dry run as the import would count it.
    fn rehearse(&mut self, record: &impl Record) {
        let mut hasher = DefaultHasher::new();
        record.content().hash(&mut hasher);
        let content = hasher.finish();
        match self.rehearsed.entry(record.identity()) {
            Entry::Vacant(place) => {
                self.totals.imported += 1;
                place.insert(content);
            }
            Entry::Occupied(known) if *known.get() == content => self.totals.already += 1,
            Entry::Occupied(_) => {
                let error = "文件中有两条编号相同而内容不同的记录，只取前一条。请核对来源。".to_owned();
                self.reject(&RowFault { line: record.line(), field: "编号".to_owned(), error });
            }
        }
    }

    fn reject(&mut self, fault: &RowFault) {
        self.totals.rejected += 1;
        let RowFault { line, field, error } = fault;
        if self.mode.json {
            self.say(&Rejected { line: *line, field, error }, String::new);
        } else {
            eprintln!("{fault}");
        }
    }

    /// One line on stdout, for a machine or for a person. A closed pipe does not stop an import.
    fn say(&self, machine: &impl Serialize, person: impl FnOnce() -> String) {
        let line = if self.mode.json { serde_json::to_string(machine).unwrap_or_default() } else { person() };
        let _ = writeln!(io::stdout(), "{line}");
    }
}
