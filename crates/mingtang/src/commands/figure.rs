//! `mingtang figure`: a figure of the rulebook over everything in the store.

use std::io::{self, Write};
use std::process::ExitCode;

use office::{By, Fail, FigureRow};

use crate::{Globals, Stop, exit};

/// 统计指标。
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// 按单位或者类别列出一项指标
    Show {
        /// 指标编号，如messages
        id: String,
        /// 分组
        #[arg(long, value_enum, default_value_t = Group::Category)]
        by: Group,
        /// 输出JSON，每行一组
        #[arg(long)]
        json: bool,
    },
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Group {
    /// 按承办单位
    Unit,
    /// 按类别
    Category,
}

/// Runs the command.
///
/// Exit: 0; 4 without data or when there is no such figure.
///
/// # Errors
/// A store that cannot be read.
pub fn run(args: Args, globals: &Globals) -> Result<ExitCode, Stop> {
    let Command::Show { id, by, json } = args.command;
    let office = globals.office(false)?;
    let by = match by {
        Group::Unit => By::Unit,
        Group::Category => By::Category,
    };
    let missing = |fail| match fail {
        Fail::NotFound => Stop::new(exit::NOT_FOUND, format!("没有指标“{id}”。指标写在rulebook/reports中。")),
        other => Stop::from(other),
    };
    let definition = office.definition(&id).map_err(missing)?;
    let rows = office.figure(office.default_body(), &id, by).map_err(missing)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let done =
        if json { machine(&rows, &mut out) } else { table(&definition.label, &definition.definition, &rows, &mut out) };
    // A closed pipe is no failure of the command.
    let _ = done.and_then(|()| out.flush());
    Ok(ExitCode::SUCCESS)
}

fn machine(rows: &[FigureRow], out: &mut impl Write) -> io::Result<()> {
    rows.iter().try_for_each(|row| writeln!(out, "{}", serde_json::to_string(row)?))
}

fn table(label: &str, definition: &str, rows: &[FigureRow], out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "{label}\n收到\t按期\t超期\t在办\t其他\t中位天数\t分组")?;
    for FigureRow { label, received, in_time, late, open, other, median_days, .. } in rows {
        let days = median_days.map_or_else(|| "—".to_owned(), |days| format!("{days:.1}"));
        writeln!(out, "{received}\t{in_time}\t{late}\t{open}\t{other}\t{days}\t{label}")?;
    }
    writeln!(out, "口径：{definition}")
}
