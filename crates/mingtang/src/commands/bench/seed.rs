//! Fictional messages in every stage, the same for the same number, written in bulk.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;

use law::Moment;
use office::store::{Lane, Tx};
use office::{BodyKeys, Caller, Fail, Filing, Office, StepAct};

use crate::{Globals, Stop};

/// Matters in one transaction.
const BATCH: u64 = 200;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

const CATEGORIES: [&str; 4] = ["consult", "complaint", "suggestion", "help"];
const PLACES: [&str; 8] = ["晴湾路", "听潮街", "望塔里小区", "新渡口", "北堤公园", "石桥菜场", "东埠小学", "云帆广场"];
const THINGS: [&str; 8] = [
    "路灯不亮",
    "夜间施工噪声",
    "停车位不足",
    "积水长期不退",
    "公交车次太少",
    "垃圾清运不及时",
    "井盖松动",
    "暖气不热",
];
const ENDINGS: [&str; 4] = [
    "给附近居民出行带来不便，希望尽快处理并答复。",
    "已经持续一段时间，请核实情况并告知处理安排。",
    "家里有老人和孩子，十分不便，盼望早日解决。",
    "请问由哪个单位负责，需要我们配合做什么？",
];
const REPLY: &str = "您反映的情况已经现场核实，相关单位正在按计划处理，预计本月内完成。感谢您的关心和监督。";

/// 写入虚构的留言。
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 事项数
    #[arg(long)]
    matters: u64,
    /// 输出JSON
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// A store that cannot be written.
pub fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Stop> {
    let office = globals.office(true)?;
    let officer = super::officer(&office)?;
    let keys = office.bulk_keys(officer.body)?;
    let seeder = Arc::new(Seeder { now: office.now(), office: office.clone(), officer, keys });
    let mut written = 0;
    while written < args.matters {
        let (from, to) = (written, args.matters.min(written + BATCH));
        let work = seeder.clone();
        office.store().write_blocking(Lane::Bulk, move |tx| (from..to).try_for_each(|n| work.matter(tx, n)))?;
        written = to;
        if written.is_multiple_of(BATCH * 25) {
            eprintln!("已写入{written}件……");
        }
    }
    let _ = match args.json {
        true => writeln!(io::stdout(), "{{\"matters\":{written}}}"),
        false => writeln!(io::stdout(), "已写入{written}件虚构留言。"),
    };
    Ok(ExitCode::SUCCESS)
}

struct Seeder {
    office: Arc<Office>,
    officer: Caller,
    keys: BodyKeys,
    now: Moment,
}

/// A repeatable draw below `below`: splitmix64 of the matter's number and what is drawn.
fn draw(matter: u64, what: u64, below: u64) -> u64 {
    let mut z = matter.wrapping_mul(16).wrapping_add(what).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) % below
}

fn pick<'a>(words: &[&'a str], matter: u64, what: u64) -> &'a str {
    let at = usize::try_from(draw(matter, what, words.len() as u64)).unwrap_or_default();
    words.get(at).copied().unwrap_or_default()
}

fn answers<const N: usize>(all: [(&str, String); N]) -> BTreeMap<String, String> {
    all.map(|(name, value)| (name.to_owned(), value)).into()
}

impl Seeder {
    /// Seconds after a time, but not after now.
    fn after(&self, at: Moment, seconds: i64) -> Moment {
        at.plus_seconds(seconds).min(self.now)
    }

    /// One matter, as old and as far as its number says: most of them answered.
    fn matter(&self, tx: &mut Tx<'_>, n: u64) -> Result<(), Fail> {
        let seconds = |what, days: i64| i64::try_from(draw(n, what, days.unsigned_abs() * 86_400)).unwrap_or_default();
        // A third of all matters is of the last three weeks, as in an office at work.
        let age = if draw(n, 0, 3) == 0 { seconds(1, 21) } else { seconds(1, 400) };
        let filed = self.now.plus_seconds(-age);
        let (place, thing) = (pick(&PLACES, n, 2), pick(&THINGS, n, 3));
        let filing = Filing {
            procedure: "message".to_owned(),
            channel: "web".to_owned(),
            category: Some(pick(&CATEGORIES, n, 4).to_owned()),
            answers: answers([
                ("title", format!("{place}{thing}")),
                ("text", format!("{place}{}号附近{thing}，{}", draw(n, 5, 300) + 1, pick(&ENDINGS, n, 6))),
                ("name", "申某甲".to_owned()),
                ("phone", "13800000000".to_owned()),
                ("public", draw(n, 7, 2).to_string()),
            ]),
            at: Some(filed),
            ..Filing::default()
        };
        let public = Caller::public(self.officer.body);
        let (acted, key) = self.office.file_within(tx, &public, filing, &self.keys)?;
        let id = acted.matter;
        let mut act = |caller: &Caller, step: &str, at, answers| {
            let act = StepAct { matter: id, step: step.to_owned(), answers, at: Some(at), ..StepAct::default() };
            self.office.act_within(tx, caller, act, &key, &self.keys).map(drop)
        };
        let stage = draw(n, 8, 100);
        let assigned = self.after(filed, HOUR + seconds(9, 1));
        if stage < 8 || assigned == self.now {
            return Ok(());
        }
        let unit = self.officer.unit.unwrap_or_default().to_string();
        act(&self.officer, "assign", assigned, answers([("unit", unit)]))?;
        let replied = self.after(assigned, DAY + seconds(10, 16));
        if stage < 20 || replied == self.now {
            return Ok(());
        }
        act(&self.officer, "reply", replied, answers([("reply", format!("关于{place}{thing}的问题：{REPLY}"))]))?;
        if stage > 80 {
            let party = Caller::party(self.officer.body, id);
            act(&party, "rate", self.after(replied, seconds(11, 5)), answers([("rating", "satisfied".to_owned())]))?;
        }
        Ok(())
    }
}
