//! How fast public items are indexed from the store, and found.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Instant;

use office::{Invented, NARROWING, Office, Search};
use serde::Serialize;

use crate::{Globals, Stop};

/// 测量收入索引和检索的速度。
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 至少有多少条公开信息；不足的写入虚构信息
    #[arg(long, default_value_t = 20_000)]
    editions: u64,
    /// 检索多少次
    #[arg(long, default_value_t = 2_000)]
    queries: u64,
    /// 输出JSON
    #[arg(long)]
    json: bool,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Measured {
    editions: u64,
    indexed_per_s: f64,
    queries: u64,
    p50_ms: f64,
    p99_ms: f64,
    counted_p50_ms: f64,
    counted_p99_ms: f64,
}

/// Editions written in one transaction.
const TOGETHER: u64 = 500;
/// Places of invented names: 24 × 24 × 6 of them.
const FIRST: [&str; 24] = [
    "晴", "听", "望", "新", "北", "石", "东", "云", "南", "柳", "海", "松", "和", "安", "福", "长", "清", "金", "玉",
    "春", "文", "明", "永", "广",
];
const SECOND: [&str; 24] = [
    "湾", "潮", "塔", "渡", "堤", "桥", "埠", "帆", "汀", "浦", "棠", "涛", "溪", "岭", "泉", "洲", "港", "园", "城",
    "坪", "塘", "峰", "庄", "沙",
];
const LAST: [&str; 6] = ["路", "街", "里", "巷", "村", "社区"];
const THINGS: [&str; 16] = [
    "老年助餐",
    "停车收费",
    "公交线路",
    "供水管网",
    "义务教育招生",
    "养老服务",
    "食品安全",
    "招标采购",
    "环境影响",
    "房屋征收",
    "最低生活保障",
    "医疗救助",
    "就业补贴",
    "防汛抗旱",
    "消防安全",
    "老旧小区改造",
];
const FORMS: [&str; 8] = ["管理办法", "实施方案", "通知", "公告", "工作要点", "检查结果", "补助标准", "办事指南"];
const SENTENCES: [&str; 10] = [
    "为规范管理，保障群众合法权益，根据有关法律法规，结合本区实际，制定本办法。",
    "各镇街应当按照职责分工，落实工作责任，确保各项任务按期完成。",
    "申请人应当提交身份证明、申请表和有关材料，受理机关在五个工作日内审核。",
    "对违反本办法规定的，由有关部门依法责令改正，并向社会公布处理结果。",
    "补助标准按照年龄和居住情况分为三档，由区财政承担，每季度公布一次。",
    "检查共抽取样本一百二十一个，其中一百一十九个符合要求，其余限期改正。",
    "工程分三个阶段实施，施工期间请过往车辆和行人注意安全，绕行相关路段。",
    "会议要求，要坚持问题导向，加强督促检查，及时回应群众关切。",
    "本办法自公布之日起施行，有效期五年，原有规定与本办法不一致的，以本办法为准。",
    "联系电话在工作时间接听，群众可以通过网站、电话和窗口咨询办理。",
];

fn pick<'a>(from: &[&'a str], at: u64) -> &'a str {
    usize::try_from(at).ok().and_then(|at| from.get(at % from.len())).copied().unwrap_or_default()
}

/// A number that looks like chance and is the same for the same `n`.
fn mixed(n: u64, salt: u64) -> u64 {
    let mut x = n.wrapping_add(salt).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x ^= x >> 31;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^ (x >> 29)
}

fn place(n: u64, salt: u64) -> String {
    let at = mixed(n, salt);
    [pick(&FIRST, at), pick(&SECOND, at / 24), pick(&LAST, at / 576)].concat()
}

fn invented(office: &Office, n: u64) -> Invented {
    let (place, thing, form) = (place(n, 1), pick(&THINGS, mixed(n, 2)), pick(&FORMS, mixed(n, 3)));
    let text = (0..8).map(|i| format!("<p>{}{}</p>", self::place(n, 10 + i), pick(&SENTENCES, mixed(n, 30 + i))));
    let fields = BTreeMap::from([
        ("source".to_owned(), format!("虚构单位{}", mixed(n, 4) % 40)),
        ("summary".to_owned(), format!("{place}{thing}有关事项")),
        ("body".to_owned(), text.collect()),
    ]);
    let title = format!("关于{place}{}号{thing}的{form}", mixed(n, 5) % 10_000);
    let at = office.now().plus_hours(-i64::try_from(mixed(n, 6) % 87_600).unwrap_or_default());
    Invented { kind: "news".into(), title, fields, columns: vec!["xw".into()], at }
}

/// One to four words, as people type them.
fn query(n: u64) -> String {
    let all = [
        pick(&THINGS, mixed(n, 50)).to_owned(),
        place(n, 51),
        pick(&FORMS, mixed(n, 52)).to_owned(),
        format!("{}号", mixed(n, 53) % 10_000),
    ];
    all.into_iter().take((n % 4 + 1) as usize).collect::<Vec<_>>().join(" ")
}

fn timed(office: &Office, queries: u64, count: bool) -> Result<(f64, f64), Stop> {
    let (runtime, body) = (crate::commands::runtime()?, office.default_body());
    let mut times = Vec::new();
    for n in 0..queries {
        let asked = Search { words: query(n), page: 1, rows: 0, count, ..Search::default() };
        let began = Instant::now();
        runtime.block_on(office.find(body, asked))?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    let at = |percent: usize| {
        (times.get(times.len() * percent / 100).copied().unwrap_or_default() * 1000.0).round() / 1000.0
    };
    Ok((at(50), at(99)))
}

/// Writes invented editions until there are so many.
///
/// # Errors
/// A store that cannot be written.
pub fn enough(office: &Office, editions: u64) -> Result<(), Stop> {
    let there = u64::try_from(office.health()?.public.0).unwrap_or_default();
    for from in (there..editions).step_by(TOGETHER as usize) {
        let upto = editions.min(from + TOGETHER);
        office.publish_invented((from..upto).map(|n| invented(office, n)).collect())?;
        if from.is_multiple_of(TOGETHER * 100) {
            eprintln!("已写入{upto}条……");
        }
    }
    Ok(())
}

/// Runs the command.
///
/// # Errors
/// A store that cannot be written.
pub fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Stop> {
    let office = super::invented_office(globals)?;
    enough(&office, args.editions)?;
    let began = Instant::now();
    let filled = office.reindex(&mut |_| ())?;
    let seconds = began.elapsed().as_secs_f64();
    timed(&office, args.queries.min(100), true)?;
    let (p50_ms, p99_ms) = timed(&office, args.queries, false)?;
    let (counted_p50_ms, counted_p99_ms) = timed(&office, args.queries, true)?;
    let indexed_per_s = (filled.editions as f64 / seconds).round();
    let queries = args.queries;
    let measured =
        Measured { editions: filled.editions, indexed_per_s, queries, p50_ms, p99_ms, counted_p50_ms, counted_p99_ms };
    let line = match args.json {
        true => serde_json::to_string(&measured).unwrap_or_default(),
        false => format!(
            "收入索引{indexed_per_s}条/秒；检索一半在{p50_ms}毫秒内，99%在{p99_ms}毫秒内；计{}个分面的，99%在{counted_p99_ms}毫秒内。",
            NARROWING.len()
        ),
    };
    let _ = writeln!(io::stdout(), "{line}");
    Ok(ExitCode::SUCCESS)
}
