//! `mingtang import drop`: a directory in which the body's OA lays documents, `NAME.docx` beside
//! `NAME.json`, and days of signing, `NAME.issued.json`. What was taken goes to `done/` with a receipt, what
//! lacks something to `refused/` with a list (退文). A file that is still being written waits.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use office::{Caller, Fail, Metadata, OaStanding, Office, Submission, Upload};
use serde::Deserialize;
use tokio::runtime::Runtime;

use crate::{Globals, Stop, exit};

/// A file that changed within this time may still be written.
const SETTLED: Duration = Duration::from_secs(3);
/// Time between two looks of `serve`.
const LOOK: Duration = Duration::from_secs(2);
/// Bytes of the largest metadata, and of a document.
const METADATA_MAX: u64 = 512 * 1024;
const FILE_MAX: u64 = intake::reader::LARGEST as u64;
/// What a document may be called after its name, the likeliest first.
const DOCUMENTS: [&str; 6] = ["docx", "doc", "wps", "pdf", "odt", "rtf"];
const ISSUED: &str = ".issued";

/// Which directory, in whose name.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 交换目录
    dir: PathBuf,
    /// 以哪个工作人员的名义登记（登录名），须有拟稿角色
    #[arg(long = "as", value_name = "LOGIN")]
    login: String,
    /// 输出JSON
    #[arg(long)]
    json: bool,
}

/// What the OA says of a signing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Issued {
    id: String,
    #[serde(default)]
    number: String,
    signed_on: String,
}

/// What one look at the directory came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Looked {
    read: u64,
    imported: u64,
    already: u64,
    rejected: u64,
    waiting: u64,
}

/// Looks at the directory once.
///
/// Exit: 0; 4 when the directory or the officer is missing; 7 when something was sent back.
///
/// # Errors
/// A directory or a store that cannot be used.
pub(super) fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Stop> {
    if !args.dir.is_dir() {
        return Err(super::missing(&args.dir));
    }
    let office = globals.office(true)?;
    let runtime = crate::commands::runtime()?;
    let drop = Drop::open(&office, &runtime, &args.dir, &args.login)?;
    let looked = drop.look(&office, &runtime, SystemTime::now())?;
    let Looked { read, imported, already, rejected, waiting } = looked;
    let line = match args.json {
        true => serde_json::to_string(&looked).unwrap_or_default(),
        false => {
            format!(
                "共{read}件：已登记{imported}件，以前已登记{already}件，退文{rejected}件；另有{waiting}件等待写完。"
            )
        }
    };
    println!("{line}");
    Ok(if rejected == 0 { ExitCode::SUCCESS } else { ExitCode::from(exit::PARTLY) })
}

/// Looks at a directory again and again until told to stop, on a thread of its own: for `serve`.
///
/// # Errors
/// As for [`Drop::open`].
pub fn follow(
    office: Arc<Office>,
    dir: &Path,
    login: &str,
    stop: Arc<AtomicBool>,
) -> Result<std::thread::JoinHandle<()>, Stop> {
    let runtime = crate::commands::runtime()?;
    let drop = Drop::open(&office, &runtime, dir, login)?;
    Ok(std::thread::spawn(move || {
        while !stop.load(Ordering::Relaxed) {
            if let Err(stopped) = drop.look(&office, &runtime, SystemTime::now()) {
                eprintln!("{}", stopped.sentence);
            }
            std::thread::park_timeout(LOOK);
        }
    }))
}

/// A directory for documents, and the officer in whose name they are registered.
pub struct Drop {
    dir: PathBuf,
    caller: Caller,
}

/// What became of one name.
enum Outcome {
    Taken(OaStanding),
    Already(OaStanding),
    Back(Vec<String>),
}

impl Drop {
    /// The directory, with its `done/` and `refused/`.
    ///
    /// # Errors
    /// No such officer, or a directory that cannot be written.
    pub fn open(office: &Office, runtime: &Runtime, dir: &Path, login: &str) -> Result<Drop, Stop> {
        let body = office.default_body();
        let officers = runtime.block_on(office.officers(&Caller::system(body)))?;
        let found = officers.into_iter().find(|officer| officer.login == login && officer.active);
        let missing = || Stop::new(exit::NOT_FOUND, format!("没有登录名为“{login}”的在用工作人员。请核对--as。"));
        let officer = found.ok_or_else(missing)?;
        for folder in ["done", "refused"] {
            fs::create_dir_all(dir.join(folder)).map_err(|error| unusable(dir, &error))?;
        }
        let mut caller = Caller::public(body);
        (caller.actor, caller.name, caller.roles, caller.unit) =
            (officer.id, officer.name, officer.roles, officer.unit);
        Ok(Drop { dir: dir.to_owned(), caller })
    }

    /// Takes everything that is whole.
    ///
    /// # Errors
    /// The store's failure; what was not reached is taken the next time.
    pub fn look(&self, office: &Office, runtime: &Runtime, now: SystemTime) -> Result<Looked, Stop> {
        let mut looked = Looked::default();
        for path in self.listed()? {
            let Some(name) = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()) else { continue };
            let document =
                DOCUMENTS.iter().map(|end| self.dir.join(format!("{name}.{end}"))).find(|path| path.is_file());
            let issue = name.ends_with(ISSUED);
            let whole = settled(&path, now) && document.as_ref().is_none_or(|path| settled(path, now));
            if !whole || (document.is_none() && !issue) {
                looked.waiting += 1;
                continue;
            }
            looked.read += 1;
            let outcome = match (issue, &document) {
                (false, Some(document)) => self.submit(office, runtime, &path, document)?,
                _ => self.issue(office, runtime, &path)?,
            };
            let files: Vec<&Path> = [Some(path.as_path()), document.as_deref()].into_iter().flatten().collect();
            match outcome {
                Outcome::Taken(standing) => {
                    looked.imported += 1;
                    self.done(&name, &files, &standing)?;
                }
                Outcome::Already(standing) => {
                    looked.already += 1;
                    self.done(&name, &files, &standing)?;
                }
                Outcome::Back(list) => {
                    looked.rejected += 1;
                    self.sent_back(&name, &files, &list)?;
                }
            }
        }
        Ok(looked)
    }

    /// The metadata that lie there, in the order of their names; signings after documents.
    fn listed(&self) -> Result<Vec<PathBuf>, Stop> {
        let entries = fs::read_dir(&self.dir).map_err(|error| unusable(&self.dir, &error))?;
        let shown = |path: &PathBuf| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            path.is_file() && name.ends_with(".json") && !name.starts_with('.')
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(shown).collect();
        let later = |path: &PathBuf| path.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with(ISSUED));
        paths.sort_by_key(|path| (later(path), path.clone()));
        Ok(paths)
    }

    fn submit(&self, office: &Office, runtime: &Runtime, path: &Path, document: &Path) -> Result<Outcome, Stop> {
        let read = json::<Metadata>(path).and_then(|metadata| Ok((metadata, bytes(document, FILE_MAX)?)));
        let (mut metadata, bytes) = match read {
            Ok(read) => read,
            Err(why) => return Ok(Outcome::Back(vec![why])),
        };
        if metadata.id.is_empty() {
            metadata.id = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        }
        let name = document.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let submission = Submission { metadata, document: Some(Upload { name, bytes }), attachments: Vec::new() };
        match runtime.block_on(office.receive(&self.caller, submission)) {
            Ok(received) if received.repeated => Ok(Outcome::Already(received.standing)),
            Ok(received) => Ok(Outcome::Taken(received.standing)),
            Err(fail) => back(fail),
        }
    }

    fn issue(&self, office: &Office, runtime: &Runtime, path: &Path) -> Result<Outcome, Stop> {
        let Issued { id, number, signed_on } = match json(path) {
            Ok(issued) => issued,
            Err(why) => return Ok(Outcome::Back(vec![why])),
        };
        match runtime.block_on(office.issued(&self.caller, &id, &number, &signed_on)) {
            Ok(standing) => Ok(Outcome::Taken(standing)),
            Err(Fail::NotFound) => Ok(Outcome::Back(vec![format!("没有编号为“{id}”的公文，请先送审。")])),
            Err(fail) => back(fail),
        }
    }

    fn done(&self, name: &str, files: &[&Path], standing: &OaStanding) -> Result<(), Stop> {
        let receipt = serde_json::to_string_pretty(standing).unwrap_or_default();
        self.put("done", &format!("{name}.回执.json"), &receipt, files)
    }

    fn sent_back(&self, name: &str, files: &[&Path], list: &[String]) -> Result<(), Stop> {
        let lines: String = list.iter().enumerate().map(|(at, why)| format!("{}．{why}\n", at + 1)).collect();
        let text = format!("退文：{name}\n没有登记，没有保存任何内容。请补齐以下内容后重新放入交换目录。\n\n{lines}");
        self.put("refused", &format!("{name}.退文.txt"), &text, files)
    }

    /// Writes the answer, then moves the files beside it: a stop in between repeats an act that is done once.
    fn put(&self, folder: &str, answer: &str, text: &str, files: &[&Path]) -> Result<(), Stop> {
        let folder = self.dir.join(folder);
        let write = || -> io::Result<()> {
            fs::write(folder.join(answer), text)?;
            for file in files {
                fs::rename(file, folder.join(file.file_name().unwrap_or_default()))?;
            }
            Ok(())
        };
        write().map_err(|error| unusable(&folder, &error))
    }
}

fn unusable(dir: &Path, error: &io::Error) -> Stop {
    Stop::new(exit::FAILED, format!("交换目录“{}”不能使用（{error}）。请检查权限和剩余空间。", dir.display()))
}

/// What is missing, as a list; our own failure stops.
fn back(fail: Fail) -> Result<Outcome, Stop> {
    match fail {
        Fail::Invalid(gaps) => Ok(Outcome::Back(gaps.into_iter().map(|gap| gap.sentence).collect())),
        Fail::Refused(refusal) => Ok(Outcome::Back(refusal.sentences.iter().map(ToString::to_string).collect())),
        other => Err(other.into()),
    }
}

/// Whether nobody has written to a file for a while.
fn settled(path: &Path, now: SystemTime) -> bool {
    let changed = fs::metadata(path).and_then(|about| about.modified());
    changed.is_ok_and(|at| now.duration_since(at).is_ok_and(|age| age >= SETTLED))
}

fn bytes(path: &Path, most: u64) -> Result<Vec<u8>, String> {
    let unreadable = |_| "文件打不开，请检查读取权限。".to_owned();
    if fs::metadata(path).map_err(unreadable)?.len() > most {
        return Err(format!("文件超过{}MB，没有读取。", most.div_ceil(1024 * 1024)));
    }
    fs::read(path).map_err(unreadable)
}

fn json<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<T, String> {
    let bytes = bytes(path, METADATA_MAX)?;
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    serde_json::from_slice(bytes).map_err(|error| {
        format!(
            "说明文件（.json）不是约定的写法：第{}行第{}列。请对照接口说明检查字段名和编码（UTF-8）。",
            error.line(),
            error.column()
        )
    })
}
