//! `mingtang verify`: was this public, since when, and is it unchanged?

mod page;

use std::io::{self, Write};
use std::process::ExitCode;

use publication::log::{Broken, Change, Checked, Checkpoint, Proof, PublicKey};
use serde::Serialize;

use super::fetch::Remote;
use crate::commands::log::tiles;
use crate::{Stop, exit};

/// 核验公开内容：从什么时候起公开，有没有改动。
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 证明文件，或者网页、证明的网址（http://）
    #[arg(value_name = "FILE|URL")]
    what: String,
    /// 从前保存的检查点，用来核对日志没有被改写；核验文件时不用联网
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<String>,
    /// 日志的公钥，由机关另行公布的；不写则用网站给的，或者证明里写的
    #[arg(long, value_name = "VKEY")]
    key: Option<String>,
    /// 输出JSON
    #[arg(long)]
    json: bool,
}

/// What a machine reads.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer<'a> {
    Sound {
        ok: bool,
        title: Option<&'a str>,
        published_at: Option<String>,
        /// When the log took it in, as far as it was asked.
        sealed_at: Option<String>,
        leaf_index: u64,
        tree_size: u64,
        root: &'a str,
        checkpoint_at: Option<String>,
        fingerprint: &'a str,
        key: String,
    },
    Altered {
        ok: bool,
        what: &'a str,
        sentence: &'a str,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        changes: Vec<Changed<'a>>,
    },
}

#[derive(Serialize)]
struct Changed<'a> {
    field: &'a str,
    published: &'a str,
    now: &'a str,
}

/// Why something is not as it was published.
struct Altered {
    what: &'static str,
    sentence: String,
    changes: Vec<Change>,
}

impl Altered {
    fn new(what: &'static str, sentence: impl Into<String>) -> Altered {
        Altered { what, sentence: sentence.into(), changes: Vec::new() }
    }
}

impl From<Broken> for Altered {
    fn from(broken: Broken) -> Altered {
        Altered::new(broken.code(), broken.sentence())
    }
}

/// Either the command cannot go on, or it found what it looks for.
enum End {
    Stop(Stop),
    Altered(Altered),
}

impl From<Stop> for End {
    fn from(stop: Stop) -> End {
        End::Stop(stop)
    }
}
impl<T: Into<Altered>> From<T> for End {
    fn from(altered: T) -> End {
        End::Altered(altered.into())
    }
}

/// What is checked: the proof, and where more can be asked.
struct Subject {
    proof: Proof,
    /// The site and the address of the proof there.
    site: Option<(Remote, String)>,
}

/// A sound proof and what it shows.
struct Sound {
    proof: Proof,
    checked: Checked,
    sealed_at: Option<law::Moment>,
}

/// Runs the command.
///
/// Exit: 0; 4 when there is no such file or page; 8 when anything was altered.
///
/// # Errors
/// What cannot be read.
pub fn run(args: &Args) -> Result<ExitCode, Stop> {
    match check(args) {
        Ok(sound) => {
            told(args.json, &sound);
            Ok(ExitCode::SUCCESS)
        }
        Err(End::Stop(stop)) => Err(stop),
        Err(End::Altered(altered)) => {
            complained(args.json, &altered);
            Ok(ExitCode::from(exit::ALTERED))
        }
    }
}

fn check(args: &Args) -> Result<Sound, End> {
    let given = args.key.as_deref().map(key).transpose()?;
    let subject = subject(&args.what)?;
    let key = match (&given, &subject.site) {
        (None, Some((remote, _))) => PublicKey::parse(remote.get("/log/key")?.text().trim()),
        _ => given,
    };
    let checked = subject.proof.check(key.as_ref())?;
    if let Some(path) = &args.checkpoint {
        saved(path, &subject, &checked)?;
    }
    let sealed_at = match &subject.site {
        Some((remote, path)) => since(remote, path, &subject.proof, &checked)?,
        None => None,
    };
    Ok(Sound { proof: subject.proof, checked, sealed_at })
}

fn key(text: &str) -> Result<PublicKey, Stop> {
    let sentence = "公钥看不懂：应为“名称+编号+公钥”一整行，由机关公布，也在网站的/log/key。";
    PublicKey::parse(text.trim()).ok_or_else(|| Stop::new(exit::FAILED, sentence))
}

fn subject(what: &str) -> Result<Subject, End> {
    if !what.contains("://") {
        return Ok(Subject { proof: Proof::parse(&file(what)?)?, site: None });
    }
    let (remote, path) = Remote::of(what)?;
    let text = served(&remote, &path)?;
    if path.starts_with("/log/proof/") {
        let path = path.split('?').next().unwrap_or_default().to_owned();
        return Ok(Subject { proof: Proof::parse(&text)?, site: Some((remote, path)) });
    }
    let Some(path) = page::proof(&text) else {
        let sentence = format!("网页{what}上没有公开证明，没有可以核验的内容。");
        return Err(Stop::new(exit::NOT_FOUND, sentence).into());
    };
    let proof = Proof::parse(&served(&remote, &path)?)?;
    let missing = page::missing(&text, &proof.canonical);
    if !missing.is_empty() {
        let sentence = "网页显示的与登记的内容不符：登记的有些文字，网页上没有。";
        return Err(Altered { changes: missing, ..Altered::new("page", sentence) }.into());
    }
    Ok(Subject { proof, site: Some((remote, path)) })
}

fn file(path: &str) -> Result<String, Stop> {
    let read = std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    read.map_err(|error| Stop::new(exit::NOT_FOUND, format!("文件“{path}”读不到（{error}）。请核对路径。")))
}

fn served(remote: &Remote, path: &str) -> Result<String, Stop> {
    let answer = remote.get(path)?;
    let (code, why) = match answer.status {
        200 => return Ok(answer.text()),
        404 => (exit::NOT_FOUND, "没有这个网页，或者内容已经撤下"),
        503 => (exit::UNAVAILABLE, "刚刚发布，还没有登记到公开日志，请过几秒再试"),
        _ => (exit::FAILED, "网站没有给出内容，可能发现内容被改动而停止显示"),
    };
    Err(Stop::new(code, format!("{path}：{why}（{}）。", answer.status)))
}

/// Holds the proof against a checkpoint that was saved before.
fn saved(path: &str, subject: &Subject, checked: &Checked) -> Result<(), End> {
    let note = file(path)?;
    let saved = Checkpoint::open(&note, &checked.key).map_err(Broken::Note)?;
    let ours = &checked.checkpoint;
    if saved.size == ours.size {
        let same = saved.root == ours.root;
        return if same { Ok(()) } else { Err(forked().into()) };
    }
    let Some((remote, _)) = &subject.site else {
        let sentence = format!(
            "证明对应{}条的日志，保存的检查点对应{}条，离线无法相互核对。请下载对应的证明（网址后加?size={}），或者直接核验网址。",
            ours.size, saved.size, saved.size
        );
        return Err(Stop::new(exit::FAILED, sentence).into());
    };
    if continues(remote, &saved, ours)? { Ok(()) } else { Err(forked().into()) }
}

fn forked() -> Altered {
    Altered::new("fork", "日志与保存的检查点对不上：从前的部分被改写过。请保存这两份文件，并向上级机关反映。")
}

/// Whether the larger of two checkpoints continues the smaller one.
fn continues(remote: &Remote, one: &Checkpoint, other: &Checkpoint) -> Result<bool, Stop> {
    let (old, new) = if one.size < other.size { (one, other) } else { (other, one) };
    let mut tiles = tiles(remote, new.size);
    let path = publication::log::consistency(old.size, new.size, &mut tiles)?;
    Ok(publication::log::consistent(old.size, &old.root, new.size, &new.root, &path))
}

/// Since when the text is in the log: the time of the first checkpoint over it, which the newest one
/// continues.
fn since(remote: &Remote, path: &str, proof: &Proof, checked: &Checked) -> Result<Option<law::Moment>, End> {
    let first = Proof::parse(&served(remote, &format!("{path}?size=0"))?)?;
    let sound = first.check(Some(&checked.key))?;
    let same = first.leaf_index == proof.leaf_index && first.canonical == proof.canonical;
    if same && continues(remote, &sound.checkpoint, &checked.checkpoint)? {
        Ok(sound.checkpoint.at)
    } else {
        Err(forked().into())
    }
}

fn when(at: law::Moment) -> String {
    site::problem::rfc3339(at)
}

fn told(json: bool, Sound { proof, checked, sealed_at }: &Sound) {
    let line = if json {
        let answer = Answer::Sound {
            ok: true,
            title: checked.title.as_deref(),
            published_at: checked.published_at.map(when),
            sealed_at: sealed_at.map(when),
            leaf_index: proof.leaf_index,
            tree_size: proof.tree_size,
            root: &proof.root,
            checkpoint_at: checked.checkpoint.at.map(when),
            fingerprint: &checked.fingerprint,
            key: checked.key.to_string(),
        };
        serde_json::to_string(&answer).unwrap_or_default()
    } else {
        let title = checked.title.as_deref().unwrap_or("（无标题）");
        let since = match (sealed_at, checked.checkpoint.at) {
            (Some(at), _) => format!("{}起已经公开", at.to_minute()),
            (None, Some(at)) => format!("最迟{}已经公开", at.to_minute()),
            (None, None) => "已经公开".to_owned(),
        };
        format!(
            "核验通过：《{title}》{since}，没有改动。\n日志第{}条（从0数起），共{}条。内容指纹 {}\n日志公钥 {}\n请与机关另行公布的公钥核对。",
            proof.leaf_index, proof.tree_size, checked.fingerprint, checked.key
        )
    };
    // A closed pipe changes nothing of what was found.
    let _ = writeln!(io::stdout(), "{line}");
}

fn complained(json: bool, altered: &Altered) {
    let changes = &altered.changes;
    let line = if json {
        let changed = |change: &'_ Change| -> (String, String, String) {
            (change.field.clone(), change.published.clone(), change.now.clone())
        };
        let all: Vec<_> = changes.iter().map(changed).collect();
        let changes = all.iter().map(|(field, published, now)| Changed { field, published, now }).collect();
        let answer = Answer::Altered { ok: false, what: altered.what, sentence: &altered.sentence, changes };
        serde_json::to_string(&answer).unwrap_or_default()
    } else {
        let lines = changes.iter().map(|change| format!("\n　{}：登记的是“{}”", change.field, change.published));
        format!("核验没有通过：{}{}", altered.sentence, lines.collect::<String>())
    };
    let _ = writeln!(io::stdout(), "{line}");
}
