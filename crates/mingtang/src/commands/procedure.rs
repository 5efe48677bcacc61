//! `mingtang procedure`: the procedures there are, and one of them drawn.

use std::io::{self, Write};
use std::process::ExitCode;

use matter::Procedure;
use matter::draw::{self, Row};
use serde::Serialize;

/// There is no such procedure.
const NOT_FOUND: u8 = 4;

/// 列出规程，或者画出一个规程的步骤表和流程图。
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// 列出全部规程及版本
    List {
        /// 输出JSON，每行一个规程
        #[arg(long)]
        json: bool,
    },
    /// 输出步骤表和流程图（SVG）
    Draw {
        /// 规程编号，如foi
        id: String,
        /// 版本，如2008-1；不写则为最新版本
        #[arg(long)]
        version: Option<String>,
        /// 只输出流程图
        #[arg(long)]
        svg: bool,
        /// 输出JSON
        #[arg(long, conflicts_with = "svg")]
        json: bool,
    },
}

#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    version: &'a str,
    label: &'a str,
    valid_from: String,
    valid_to: Option<String>,
    steps: usize,
    hash: String,
}

#[derive(Serialize)]
struct Drawn<'a> {
    id: &'a str,
    version: &'a str,
    label: &'a str,
    basis: &'a str,
    steps: Vec<Row>,
    svg: String,
}

/// Runs the command.
///
/// Exit: 0; 4 when there is no such procedure.
pub fn run<'a>(args: Args, procedures: impl Iterator<Item = &'a Procedure>) -> ExitCode {
    let mut all: Vec<&Procedure> = procedures.collect();
    all.sort_by(|a, b| (&a.id, a.valid_from).cmp(&(&b.id, b.valid_from)));
    let mut out = io::BufWriter::new(io::stdout().lock());
    let done = match &args.command {
        Command::List { json } => list(&all, *json, &mut out),
        Command::Draw { id, version, svg, json } => {
            let fits = |one: &&&Procedure| version.as_ref().is_none_or(|version| one.version == *version);
            match all.iter().filter(|one| one.id == *id).filter(fits).next_back() {
                Some(procedure) => draw(procedure, *svg, *json, &mut out),
                None => return missing(id, &all),
            }
        }
    };
    // A closed pipe is no failure of the command.
    let _ = done.and_then(|()| out.flush());
    ExitCode::SUCCESS
}

fn missing(id: &str, all: &[&Procedure]) -> ExitCode {
    let known: Vec<String> = all.iter().map(|one| format!("{}（{}）", one.id, one.version)).collect();
    let _ = writeln!(io::stderr(), "没有规程“{id}”的这一版本。现有：{}", known.join("、"));
    ExitCode::from(NOT_FOUND)
}

fn list(all: &[&Procedure], json: bool, out: &mut impl Write) -> io::Result<()> {
    for one in all {
        if json {
            let listed = Listed {
                id: &one.id,
                version: &one.version,
                label: &one.label,
                valid_from: one.valid_from.to_string(),
                valid_to: one.valid_to.map(|day| day.to_string()),
                steps: one.steps.len(),
                hash: one.hash(),
            };
            writeln!(out, "{}", serde_json::to_string(&listed)?)?;
        } else {
            let until = one.valid_to.map_or_else(|| "现行".to_owned(), |day| format!("至{day}"));
            writeln!(
                out,
                "{}\t{}\t{}\t自{}{until}\t{}步",
                one.id,
                one.version,
                one.label,
                one.valid_from,
                one.steps.len()
            )?;
        }
    }
    Ok(())
}

fn draw(procedure: &Procedure, svg: bool, json: bool, out: &mut impl Write) -> io::Result<()> {
    let picture = draw::svg(procedure);
    if svg {
        return writeln!(out, "{picture}");
    }
    let steps = draw::table(procedure);
    if json {
        let Procedure { id, version, label, basis, .. } = procedure;
        return writeln!(out, "{}", serde_json::to_string(&Drawn { id, version, label, basis, steps, svg: picture })?);
    }
    writeln!(out, "{}（{} {}）\n{}\n", procedure.label, procedure.id, procedure.version, procedure.basis)?;
    for Row { step, by, from, to, approve, clocks, cite } in steps {
        let from = if from.is_empty() { "开始".to_owned() } else { from };
        let to = if to.is_empty() { String::new() } else { format!(" → {to}") };
        writeln!(out, "{step}：{by}；{from}{to}")?;
        for (word, what) in [("审批", approve), ("时限", clocks), ("依据", cite)] {
            if !what.is_empty() {
                writeln!(out, "    {word}：{what}")?;
            }
        }
    }
    writeln!(out, "\n{picture}")
}
