//! How fast leaves enter the log, and how long a proof takes: through the sequencer and the store, as
//! published texts do.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Instant;

use office::clock::{Clock, Machine, System};
use office::store::Lane;
use publication::log::included;
use serde::Serialize;

use crate::{Globals, Stop, exit};

/// 测量登记公开日志和出具证明的速度。
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 登记多少条
    #[arg(long, default_value_t = 20_000)]
    leaves: u32,
    /// 出具多少份证明
    #[arg(long, default_value_t = 1_000)]
    proofs: u32,
    /// 输出JSON
    #[arg(long)]
    json: bool,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Measured {
    leaves: u32,
    tree_size: u64,
    leaves_per_s: f64,
    proof_ms: f64,
    proof_p99_ms: f64,
    check_us: f64,
}

/// Pending commitments written in one transaction.
const TOGETHER: u32 = 200;

/// Runs the command.
///
/// # Errors
/// A store that cannot be written.
pub fn run(args: &Args, globals: &Globals) -> Result<ExitCode, Stop> {
    let office = globals.office(true)?;
    while office.seal()? > 0 {}
    let (body, at) = (office.default_body(), System.now());
    for first in (0..args.leaves).step_by(TOGETHER as usize) {
        let upto = (first + TOGETHER).min(args.leaves);
        office.store().write_blocking(Lane::Bulk, move |tx| {
            (first..upto).try_for_each(|number| {
                let record = format!("{{\"bench\":{number}}}");
                office::log::enter(tx, &Machine, body, "bench", i64::from(number), record, at)
            })
        })?;
    }
    let began = Instant::now();
    while office.seal()? > 0 {}
    let sealing = began.elapsed().as_secs_f64();
    let (mut times, mut checking, mut size) = (Vec::new(), 0.0, 0);
    let runtime = crate::commands::runtime()?;
    let unproved = || Stop::new(exit::FAILED, "有一条没有证明，或者证明不成立。");
    for turn in 0..u64::from(args.proofs.max(1)) {
        let began = Instant::now();
        let newest = runtime.block_on(office.log_inclusion(turn * 7919 % u64::from(args.leaves.max(1))))?;
        times.push(began.elapsed().as_secs_f64() * 1000.0);
        let path = newest.ok_or_else(unproved)?;
        let began = Instant::now();
        if !included(&path.leaf, path.index, path.size, &path.path, &path.root) {
            return Err(unproved());
        }
        checking += began.elapsed().as_secs_f64() * 1_000_000.0;
        size = path.size;
    }
    times.sort_by(f64::total_cmp);
    let rounded = |number: f64| (number * 1000.0).round() / 1000.0;
    let measured = Measured {
        leaves: args.leaves,
        tree_size: size,
        leaves_per_s: (f64::from(args.leaves) / sealing).round(),
        proof_ms: rounded(times.iter().sum::<f64>() / times.len() as f64),
        proof_p99_ms: rounded(times.get(times.len() * 99 / 100).copied().unwrap_or_default()),
        check_us: rounded(checking / times.len() as f64),
    };
    let line = if args.json {
        serde_json::to_string(&measured).unwrap_or_default()
    } else {
        let Measured { leaves_per_s, proof_ms, proof_p99_ms, check_us, .. } = measured;
        format!("登记{leaves_per_s}条/秒；证明平均{proof_ms}毫秒，99%在{proof_p99_ms}毫秒内；核验{check_us}微秒。")
    };
    let _ = writeln!(io::stdout(), "{line}");
    Ok(ExitCode::SUCCESS)
}
