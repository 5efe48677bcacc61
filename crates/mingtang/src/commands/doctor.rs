//! `mingtang doctor`: is everything as it must be for the office to work, and what to do if not?

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use office::{Fault, Health, Office, Options};
use serde::Serialize;

use super::serve::Mail;
use crate::{Globals, exit};

/// 检查运行环境：目录、权限、磁盘、数据、规则库、时钟、索引、邮件、后台任务。
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    mail: Mail,
    /// 输出JSON，每行一项
    #[arg(long)]
    json: bool,
}

/// One thing that was looked at.
#[derive(Serialize)]
struct Finding {
    check: &'static str,
    ok: bool,
    found: String,
    /// What to do; empty when all is well.
    #[serde(rename = "do")]
    remedy: String,
}

fn well(check: &'static str, found: impl Into<String>) -> Finding {
    Finding { check, ok: true, found: found.into(), remedy: String::new() }
}

fn ill(check: &'static str, found: impl Into<String>, remedy: impl Into<String>) -> Finding {
    Finding { check, ok: false, found: found.into(), remedy: remedy.into() }
}

/// Runs the command. Exit: 0 when all is well, else 8.
pub fn run(args: Args, globals: &Globals) -> ExitCode {
    let findings = look(&args, globals);
    for Finding { check, ok, found, remedy } in findings.iter().filter(|_| !args.json) {
        println!("{}　{check}：{found}。{remedy}", if *ok { "正常" } else { "异常" });
    }
    for finding in findings.iter().filter(|_| args.json) {
        println!("{}", serde_json::to_string(finding).unwrap_or_default());
    }
    if findings.iter().all(|finding| finding.ok) { ExitCode::SUCCESS } else { ExitCode::from(exit::ALTERED) }
}

fn look(args: &Args, globals: &Globals) -> Vec<Finding> {
    let mut findings = vec![directory(&globals.data)];
    if findings.iter().all(|finding| finding.ok) {
        findings.extend([permissions(&globals.data), disk(&globals.data)]);
    }
    match globals.rules() {
        Err(stop) => findings.push(ill("规则库", "不能读取", stop.sentence)),
        Ok(rules) => {
            findings.push(well("规则库", format!("完好，版本{}", rules.files.version())));
            let mut options = Options::new(globals.data.clone(), rules);
            (options.database, options.create) = (globals.database.clone(), false);
            match Office::open(options) {
                Err(fault) => findings.push(closed(fault)),
                Ok(office) => findings.extend(inside(&office)),
            }
        }
    }
    findings.extend(mail(&args.mail));
    findings
}

fn directory(data: &Path) -> Finding {
    const CHECK: &str = "数据目录";
    let probe = data.join(".doctor");
    match fs::write(&probe, "").and_then(|()| fs::remove_file(&probe)) {
        Ok(()) => well(CHECK, format!("{}可以写入", data.display())),
        Err(_) if !data.exists() => {
            let remedy = "请核对--data，或者运行 mingtang init 建立。";
            ill(CHECK, format!("{}不存在", data.display()), remedy)
        }
        Err(error) => {
            let remedy = "请让运行mingtang的系统账号拥有这个目录。";
            ill(CHECK, format!("{}不能写入（{error}）", data.display()), remedy)
        }
    }
}

/// What lies there is sealed or masked, but still nobody else's business; the master key above all.
fn permissions(data: &Path) -> Finding {
    const CHECK: &str = "文件权限";
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let open = |path: &Path| fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0);
        let key = data.join("master.key");
        if open(&key) {
            return ill(CHECK, "主密钥可以被其他系统账号读取", format!("请运行：chmod 600 {}", key.display()));
        }
        if open(data) {
            return ill(CHECK, "数据目录可以被其他系统账号进入", format!("请运行：chmod 700 {}", data.display()));
        }
    }
    well(CHECK, "只有本系统账号可以读取")
}

/// Free space below which an office should not go on, in bytes.
const ROOM: u64 = 1 << 30;

fn disk(data: &Path) -> Finding {
    const CHECK: &str = "磁盘空间";
    match rustix::fs::statvfs(data) {
        Err(error) => ill(CHECK, format!("不能读取（{error}）"), "请检查磁盘。"),
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let found = format!("剩余{}", size(free));
            match free {
                ROOM.. => well(CHECK, found),
                _ => ill(CHECK, found, "少于1 GB，请清理或者扩大磁盘；写满以后不能收件。"),
            }
        }
    }
}

fn size(bytes: u64) -> String {
    let tenths = bytes / (1 << 30) * 10 + bytes % (1 << 30) * 10 / (1 << 30);
    format!("{}.{} GB", tenths / 10, tenths % 10)
}

/// Why the store does not open.
fn closed(fault: Fault) -> Finding {
    const CHECK: &str = "数据";
    match fault {
        Fault::Missing(what) => ill(CHECK, format!("没有找到（{what}）"), "请核对--data，或者运行 mingtang init。"),
        Fault::Version(what) => ill(
            CHECK,
            format!("与程序的版本不符（{what}）"),
            "数据较旧的，请先备份，再运行 mingtang migrate；数据较新的，请使用新版程序。",
        ),
        Fault::Unavailable(what) => {
            ill(CHECK, format!("数据库连接不上（{what}）"), "请核对--database和数据库是否运行。")
        }
        other => ill(CHECK, format!("不能打开（{other}）"), "请保留现场，从备份恢复或者联系支持人员。"),
    }
}

fn inside(office: &Office) -> Vec<Finding> {
    let mut findings = vec![well("数据", "可以打开，版本与程序一致")];
    let health = match office.health() {
        Ok(health) => health,
        Err(fail) => {
            findings.push(ill("数据", "不能读取", crate::Stop::from(fail).sentence));
            return findings;
        }
    };
    findings.extend([procedures(&health), clock(office, &health), index(&health), people(&health)]);
    findings.extend([lapses(&health), jobs(&health)]);
    findings
}

fn procedures(health: &Health) -> Finding {
    match health.unlike.as_slice() {
        [] => well("规程", "规则库与已存文本一致"),
        unlike => {
            let remedy = "已有事项按存入的文本办理：请恢复原文件，改动的规程另定新的版本号。";
            ill("规程", format!("与已存文本不同：{}", unlike.join("、")), remedy)
        }
    }
}

/// Earlier than this no machine runs this program.
const EARLIEST: i16 = 2026;

fn clock(office: &Office, health: &Health) -> Finding {
    const CHECK: &str = "系统时钟";
    let now = office.now();
    let remedy = "期限按系统时钟计算，请立即核对时间并启用网络对时。";
    match health.newest {
        Some(newest) if newest > now.plus_minutes(5) => {
            ill(CHECK, format!("现在是{}，早于最近的记录{}", now.to_minute(), newest.to_minute()), remedy)
        }
        _ if now.date().year() < EARLIEST => ill(CHECK, format!("现在是{}", now.to_minute()), remedy),
        _ => well(CHECK, format!("{}（北京时间）", now.to_minute())),
    }
}

fn index(health: &Health) -> Finding {
    const CHECK: &str = "检索索引";
    let (public, held) = health.public;
    match health.unindexed {
        0 if u64::try_from(public).is_ok_and(|public| public == held) => {
            well(CHECK, format!("可以读取，公开信息{held}条，没有遗漏"))
        }
        0 => ill(
            CHECK,
            format!("公开信息有{public}条，索引中有{held}条"),
            "请运行 mingtang reindex 重建，期间可以照常服务。",
        ),
        // A worker that runs takes in a few hundred at a time.
        few @ 1..500 => well(CHECK, format!("可以读取，{few}项正在收入")),
        many => ill(
            CHECK,
            format!("有{many}项以上没有收入"),
            "请确认 mingtang serve（或者其worker）正在运行；持续不减少的，请运行 mingtang reindex。",
        ),
    }
}

fn people(health: &Health) -> Finding {
    match health.administrators {
        0 => ill("工作人员", "没有可用的管理员账号", "请运行：mingtang user add 登录名 --role administrator"),
        some => well("工作人员", format!("有{some}名管理员")),
    }
}

fn lapses(health: &Health) -> Finding {
    match health.lapses {
        0 => well("到期自动办理", "没有积压"),
        late => ill("到期自动办理", format!("{late}项已到期未办"), "请确认 mingtang serve（或者其worker）正在运行。"),
    }
}

fn jobs(health: &Health) -> Finding {
    const CHECK: &str = "后台任务";
    match (health.dead, health.late) {
        (0, 0) => well(CHECK, "没有积压"),
        (0, late) => ill(CHECK, format!("{late}项等待过久"), "请确认 mingtang serve（或者其worker）正在运行。"),
        (dead, _) => ill(
            CHECK,
            format!("{dead}项多次失败，已停止"),
            "请运行 mingtang job list --state dead 查看原因，排除后运行 mingtang job retry --dead。",
        ),
    }
}

fn mail(mail: &Mail) -> Option<Finding> {
    const CHECK: &str = "邮件服务器";
    mail.smtp.as_ref()?;
    Some(match mail.open() {
        Err(why) => ill(CHECK, "地址有误", format!("{why}。")),
        Ok(Some(smtp)) if smtp.answers() => well(CHECK, "已接通"),
        Ok(_) => ill(CHECK, "没有接通", "请核对--smtp、账号密码文件和防火墙；通知留在发件箱，接通后自动重发。"),
    })
}
