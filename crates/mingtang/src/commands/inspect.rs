//! `mingtang inspect`: the self-inspection of what a body publishes.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::{Globals, Stop};

/// 自查：应公开未公开、不公开待重审、多次被申请、文号去向、上级文件转载、目录和栏目、法律更替。
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 输出JSON：每项发现一行，最后一行为总数
    #[arg(long)]
    json: bool,
    /// 连同日期存入数据，工作台“自查”可以查看
    #[arg(long)]
    keep: bool,
}

/// Runs the command.
///
/// Exit: 0 whether or not there are findings; 4 without data.
///
/// # Errors
/// A store that cannot be read.
pub fn run(args: Args, globals: &Globals) -> Result<ExitCode, Stop> {
    let office = globals.office(args.keep)?;
    let body = office.default_body();
    let found = if args.keep {
        let caller = office::Caller::system(body);
        let kept = crate::commands::runtime()?.block_on(async {
            let id = office.keep_inspection(&caller).await?;
            office.inspection(&caller, id).await
        })?;
        kept.found
    } else {
        office.inspect(body)?
    };
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
    let last = serde_json::json!({
        "documents": found.documents,
        "columns": found.columns,
        "entries": found.entries,
        "reprints": found.reprints,
        "series": found.series,
        "findings": found.findings.len(),
    });
    writeln!(out, "{last}")
}

fn report(found: &office::inspect::Inspection, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "政府信息公开自查：文稿{}件，栏目{}个，目录条目{}项，转载任务{}件，发现{}项",
        found.documents,
        found.columns,
        found.entries,
        found.reprints,
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
    if !found.series.is_empty() {
        writeln!(out, "\n文号去向")?;
    }
    for one in &found.series {
        let missing: Vec<String> = one.unexplained.iter().map(ToString::to_string).collect();
        let missing =
            if missing.is_empty() { String::new() } else { format!("，没有去向：{}", missing.join("、")) };
        let counts = (one.highest, one.public, one.withheld, one.under_way);
        writeln!(
            out,
            "  {}　编到{}号：公开{}，不公开{}，办理中{}{missing}",
            one.name, counts.0, counts.1, counts.2, counts.3
        )?;
    }
    Ok(())
}
