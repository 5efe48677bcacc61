//! `mingtang inspect`: the self-inspection of what a body publishes.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::{Globals, Stop};

/// 自查：应公开未公开、长期不公开、多次被申请、文号没有去向、栏目空白或者不更新。
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 输出JSON：每项发现一行，最后一行为总数
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// Exit: 0 whether or not there are findings; 4 without data.
///
/// # Errors
/// A store that cannot be read.
pub fn run(args: Args, globals: &Globals) -> Result<ExitCode, Stop> {
    let office = globals.office(false)?;
    let found = office.inspect(office.default_body())?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let done = if args.json { machine(&found, &mut out) } else { report(&found, &mut out) };
    // A closed pipe is no failure of the command.
    let _ = done.and_then(|()| out.flush());
    Ok(ExitCode::SUCCESS)
}

fn machine(found: &office::inspect::Inspection, out: &mut impl Write) -> io::Result<()> {
    for finding in &found.findings {
        writeln!(out, "{}", serde_json::to_string(finding)?)?;
    }
    let (documents, columns) = (found.documents, found.columns);
    let last = serde_json::json!({ "documents": documents, "columns": columns, "findings": found.findings.len() });
    writeln!(out, "{last}")
}

fn report(found: &office::inspect::Inspection, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "政府信息公开自查：文稿{}件，栏目{}个，发现{}项",
        found.documents,
        found.columns,
        found.findings.len()
    )?;
    let mut sort = None;
    for finding in &found.findings {
        if sort != Some(finding.sort) {
            sort = Some(finding.sort);
            writeln!(out, "\n{}", finding.sort.label())?;
        }
        let unit = if finding.unit.is_empty() { String::new() } else { format!("（{}）", finding.unit) };
        writeln!(out, "  {}{unit}　{}", finding.on, finding.text)?;
    }
    Ok(())
}
