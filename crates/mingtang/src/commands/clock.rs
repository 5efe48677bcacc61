//! `mingtang clock`: due dates with their reasons, for one clock or for a whole file.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use law::{Clock, DayMark, Explanation, Law, Moment};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Some lines of a batch were refused.
const PARTLY: u8 = 7;
/// The file to read is not there.
const NOT_FOUND: u8 = 4;
/// The kind of the pauses in a batch, which names only their days.
const BATCH_PAUSE: &str = "third_party";

/// 计算办理期限，逐日说明理由。
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 期限编号，如foi.reply
    #[arg(long, required_unless_present = "batch", requires = "from")]
    limit: Option<String>,
    /// 起算时间，如2019-05-10或者2019-05-10T09:00（北京时间）
    #[arg(long, value_parser = moment)]
    from: Option<Moment>,
    /// 不计入期限的时间，如third_party:2019-05-20..2019-05-24；首日计入，末日不计入，可写多次
    #[arg(long, value_name = "KIND:A..B", value_parser = pause)]
    pause: Vec<PauseArg>,
    /// 依法延长一次
    #[arg(long)]
    extend: bool,
    /// 分类，如proposal.reply的hard
    #[arg(long)]
    class: Option<String>,
    /// 机关编号，由本机关到上级，用逗号分开；本机关的规定优先
    #[arg(long, value_delimiter = ',')]
    body: Vec<String>,
    /// 逐行计算JSONL文件，“-”为标准输入
    #[arg(long, value_name = "FILE", conflicts_with_all = ["limit", "from", "pause", "extend", "class"])]
    batch: Option<PathBuf>,
    /// 输出JSON
    #[arg(long)]
    json: bool,
}

/// A pause as it is written on the command line.
#[derive(Clone, Debug)]
struct PauseArg {
    kind: String,
    from: Moment,
    to: Moment,
}

fn moment(text: &str) -> Result<Moment, String> {
    Moment::parse(text).map_err(|fault| fault.to_string())
}

fn pause(text: &str) -> Result<PauseArg, String> {
    let parts = text.split_once(':').and_then(|(kind, span)| Some((kind, span.split_once("..")?)));
    let Some((kind, (from, to))) = parts else {
        return Err("应写成third_party:2019-05-20..2019-05-24".to_owned());
    };
    Ok(PauseArg { kind: kind.to_owned(), from: moment(from)?, to: moment(to)? })
}

/// Runs the command; what it prints goes to stdout, messages go to stderr.
///
/// Exit: 0; 1 when the clock is refused; 4 when the file is missing; 7 when a line of
/// the file is refused.
pub fn run(args: Args, law: &Law) -> ExitCode {
    let mut out = io::BufWriter::new(io::stdout().lock());
    let done = match &args.batch {
        Some(path) if path.as_os_str() == "-" => batch(io::stdin().lock(), &mut out, law),
        Some(path) => match File::open(path) {
            Ok(file) => batch(BufReader::new(file), &mut out, law),
            Err(error) => {
                eprintln!("打不开文件{}：{error}。请核对路径。", path.display());
                return ExitCode::from(NOT_FOUND);
            }
        },
        None => single(&args, &mut out, law),
    };
    match done.and_then(|code| out.flush().map(|()| code)) {
        Ok(code) => ExitCode::from(code),
        // The reader has gone away: nothing more to say.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("读写中断：{error}。");
            ExitCode::FAILURE
        }
    }
}

/// One clock: what is asked for.
struct Asked<'a> {
    bodies: Vec<&'a str>,
    limit: &'a str,
    class: Option<&'a str>,
    from: Moment,
    extend: bool,
    pauses: Vec<PauseArg>,
}

impl Asked<'_> {
    /// Starts the clock and lets happen to it what is asked, in order of date. An
    /// extension comes first: its day does not matter to the count, and a pause may lie
    /// in the time it adds.
    fn clock(mut self, law: &Law) -> Result<Clock, law::ClockRefusal> {
        let mut clock = Clock::start(law, &self.bodies, self.limit, self.class, self.from)?;
        if self.extend {
            clock.extend(law, self.from, None)?;
        }
        self.pauses.sort_by_key(|pause| pause.from);
        for pause in &self.pauses {
            clock.pause(law, &pause.kind, pause.from)?;
            clock.resume(law, pause.to)?;
        }
        Ok(clock)
    }
}

/// What a machine reads about a clock.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<&'a str>,
    due: String,
    aim: String,
    article: &'a str,
    limit_version: law::Date,
    provisional: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Explanation>,
}

impl<'a> Answer<'a> {
    fn of(clock: &'a Clock) -> Self {
        Self {
            id: None,
            limit: None,
            due: clock.due.text(),
            aim: clock.due.aim_text(),
            article: &clock.article,
            limit_version: clock.version,
            provisional: clock.due.provisional,
            explanation: None,
        }
    }
}

fn single(args: &Args, out: &mut impl Write, law: &Law) -> io::Result<u8> {
    let (Some(limit), Some(from)) = (args.limit.as_deref(), args.from) else {
        return Ok(2);
    };
    let asked = Asked {
        bodies: args.body.iter().map(String::as_str).collect(),
        limit,
        class: args.class.as_deref(),
        from,
        extend: args.extend,
        pauses: args.pause.clone(),
    };
    match asked.clock(law) {
        Err(refusal) if args.json => {
            line(out, &serde_json::json!({ "error": refusal.to_string(), "code": refusal.code }))?;
            Ok(1)
        }
        Err(refusal) => {
            eprintln!("{refusal}");
            Ok(1)
        }
        Ok(clock) if args.json => {
            let explanation = Some(clock.explain(law, None));
            line(out, &Answer { limit: Some(limit), explanation, ..Answer::of(&clock) })?;
            Ok(0)
        }
        Ok(clock) => tell(&clock, law, out).map(|()| 0),
    }
}

/// The clock in sentences, then day by day.
fn tell(clock: &Clock, law: &Law, out: &mut impl Write) -> io::Result<()> {
    let due = &clock.due;
    let why = clock.explain(law, None);
    let open = if due.provisional { "（暂定）" } else { "" };
    let end = due.due_at.map_or_else(|| due.due_on.to_string(), Moment::to_minute);
    writeln!(out, "法定最迟日：{end}{open}")?;
    if due.aim_on != due.due_on {
        writeln!(out, "考核日：{}", due.aim_on)?;
    }
    writeln!(out, "依据：{}，{}起施行", clock.article, clock.version)?;
    writeln!(out, "理由：")?;
    for (number, step) in why.steps.iter().enumerate() {
        let cite = if step.cite.is_empty() { String::new() } else { format!("  {}", step.cite) };
        writeln!(out, "  {}. {}{cite}", number + 1, step.text)?;
    }
    if !why.days.is_empty() {
        writeln!(out, "逐日：")?;
    }
    for day in &why.days {
        let counted = if day.number.is_some() { '+' } else { ' ' };
        let end = if day.mark == DayMark::Due { " ←" } else { "" };
        writeln!(out, "  {} {counted} {}{end}", day.date, day.label)?;
    }
    writeln!(out, "{}", why.note)
}

/// A line of a batch.
#[derive(Deserialize)]
struct Case {
    #[serde(default)]
    id: Value,
    limit: String,
    from: String,
    #[serde(default)]
    class: Option<String>,
    #[serde(default)]
    pauses: Vec<(String, String)>,
    #[serde(default)]
    extend: bool,
}

/// Answers every line of `reader` with a line: `id`, `due`, `aim`, `article`,
/// `limit_version`, `provisional`; or, refused, `id` and `error`. Returns the exit code.
pub(crate) fn batch(mut reader: impl BufRead, out: &mut impl Write, law: &Law) -> io::Result<u8> {
    let (mut code, mut number, mut bytes) = (0, 0_u64, Vec::new());
    loop {
        bytes.clear();
        if reader.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(code);
        }
        number += 1;
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_start_matches('\u{feff}').trim();
        if text.is_empty() {
            continue;
        }
        let (id, done) = read(text, number);
        match done.and_then(|case| answer(&case, law)) {
            Ok(clock) => line(out, &Answer { id: Some(id), ..Answer::of(&clock) })?,
            Err(error) => {
                code = PARTLY;
                line(out, &serde_json::json!({ "id": id, "error": error }))?;
            }
        }
    }
}

/// The case of a line, and its id even when the rest cannot be read.
fn read(text: &str, number: u64) -> (Value, Result<Case, String>) {
    let wrong = |why: &str| format!("第{number}行读不懂：{why}。请核对该行的格式。");
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return (Value::Null, Err(wrong("不是一行完整的JSON")));
    };
    let id = value.get("id").cloned().unwrap_or(Value::Null);
    let case = Case::deserialize(value);
    let why = "应有limit（期限编号）、from（起算时间），可有pauses（起止日期的列表）、extend（true或者false）、class";
    let case = case.map_err(|_| wrong(why));
    let case = case.and_then(|case| match case.id {
        Value::String(_) | Value::Number(_) => Ok(case),
        _ => Err(wrong("缺少编号id")),
    });
    (id, case)
}

fn answer(case: &Case, law: &Law) -> Result<Clock, String> {
    let pauses = case
        .pauses
        .iter()
        .map(|(from, to)| Ok(PauseArg { kind: BATCH_PAUSE.to_owned(), from: moment(from)?, to: moment(to)? }));
    let asked = Asked {
        bodies: Vec::new(),
        limit: &case.limit,
        class: case.class.as_deref(),
        from: moment(&case.from)?,
        extend: case.extend,
        pauses: pauses.collect::<Result<_, String>>()?,
    };
    asked.clock(law).map_err(|refusal| refusal.to_string())
}

fn line(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}
