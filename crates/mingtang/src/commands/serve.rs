//! `mingtang serve`: the site, and the worker behind it.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use office::Office;
use office::mail::{Carrier, Outbox, Smtp};
use site::{Settings, Site};

use crate::{Globals, Stop, exit};

/// 运行网站和工作台。
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// 监听地址，可写多次；默认只监听本机
    #[arg(long, value_name = "HOST:PORT")]
    pub listen: Vec<SocketAddr>,
    /// 承担的部分
    #[arg(long, value_enum, default_value_t = Part::All)]
    pub role: Part,
    /// 网站对外的地址，如https://www.example.cn，用于回执和二维码
    #[arg(long, value_name = "URL", default_value = "", env = "MINGTANG_HOST")]
    pub host: String,
    /// 一切访问都经由TLS
    #[arg(long)]
    pub secure: bool,
    /// 反向代理的地址，可写多次；只有它转来的X-Forwarded-For和X-Forwarded-Proto才采信
    #[arg(long = "proxy", value_name = "ADDRESS", env = "MINGTANG_PROXY", value_delimiter = ',')]
    pub proxies: Vec<IpAddr>,
    #[command(flatten)]
    pub mail: Mail,
    /// 收件日志的检查点每隔多少分钟进入公开日志一次，不论有没有收件；不写则沿用上次的，最初为60
    #[arg(long, value_name = "MINUTES", env = "MINGTANG_FILINGS_EVERY")]
    pub filings_every: Option<u32>,
    /// 办公系统放公文的交换目录
    #[arg(long, value_name = "DIR", env = "MINGTANG_DROP", requires = "drop_as")]
    pub drop: Option<PathBuf>,
    /// 以哪个工作人员的名义登记交换目录里的公文（登录名）
    #[arg(long, value_name = "LOGIN", env = "MINGTANG_DROP_AS")]
    pub drop_as: Option<String>,
    /// 放宽访问频率限制的倍数，只用于压力测试
    #[arg(long, hide = true, default_value_t = 0)]
    pub ease: u32,
}

/// The mail server; user and password come from the environment only, because flags are seen by
/// everybody on the machine.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Mail {
    /// 邮件服务器，如smtp://127.0.0.1:25；不写则通知留在发件箱
    #[arg(long, value_name = "URL", env = "MINGTANG_SMTP", requires = "mail_from")]
    pub smtp: Option<String>,
    /// 发件地址
    #[arg(long, value_name = "ADDRESS", env = "MINGTANG_MAIL_FROM")]
    pub mail_from: Option<String>,
}

impl Mail {
    /// The server, where one is named.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn open(&self) -> Result<Option<Smtp>, String> {
        match (&self.smtp, &self.mail_from) {
            (Some(url), Some(from)) => Smtp::open(url, from, credentials()).map(Some),
            _ => Ok(None),
        }
    }
}

/// Which part of the program a process plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Part {
    /// 网站和后台
    All,
    /// 只有网站
    Web,
    /// 只有后台
    Worker,
}

/// Runs until told to stop.
///
/// # Errors
/// A store that cannot be opened, an address that cannot be listened on.
pub fn run(args: Args, globals: &Globals) -> Result<ExitCode, Stop> {
    let office = globals.office(true)?;
    up(args, office)
}

/// The office on its addresses, for `serve` and `demo`.
///
/// # Errors
/// As for [`run`].
pub fn up(args: Args, office: Arc<Office>) -> Result<ExitCode, Stop> {
    let carrier: Arc<dyn Carrier> = match args.mail.open().map_err(|why| Stop::new(exit::BROKEN, why))? {
        Some(smtp) => Arc::new(smtp),
        None => Arc::new(Outbox),
    };
    if let Some(minutes) = args.filings_every {
        office.set_filings_minutes(minutes)?;
    }
    let stop = Arc::new(AtomicBool::new(false));
    let behind = match args.role {
        Part::Web => office.watch(stop.clone()),
        Part::All | Part::Worker => office.work(carrier, stop.clone()),
    };
    let dropped = match (&args.drop, args.role) {
        (None, _) | (_, Part::Web) => None,
        (Some(dir), _) => {
            let login = args.drop_as.clone().unwrap_or_default();
            Some(crate::commands::import::drop::follow(office.clone(), dir, &login, stop.clone())?)
        }
    };
    let secret = if args.role == Part::Worker { None } else { office.offer_setup()? };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Stop::new(exit::FAILED, format!("无法启动：{error}")))?;
    let outcome = runtime.block_on(async {
        if args.role == Part::Worker {
            site::serve::told_to_stop().await;
            return Ok(());
        }
        let addresses = if args.listen.is_empty() { site::serve::LISTEN.to_vec() } else { args.listen.clone() };
        let listeners = site::bind(&addresses).await.map_err(|error| {
            let names: Vec<String> = addresses.iter().map(ToString::to_string).collect();
            Stop::new(
                exit::FAILED,
                format!("地址{}不能监听（{error}）。请换一个端口：--listen 127.0.0.1:8081。", names.join("、")),
            )
        })?;
        for listener in &listeners {
            if let Ok(address) = listener.local_addr() {
                eprintln!("门户 http://{address}/　工作台 http://{address}/desk");
            }
        }
        let told = listeners.first().and_then(|listener| listener.local_addr().ok());
        let known = if args.host.is_empty() { told.map(|at| format!("http://{at}")) } else { Some(args.host.clone()) };
        if let Some(secret) = secret {
            offered(&known.unwrap_or_default(), &secret);
        }
        let Args { host, secure, ease, proxies, .. } = args;
        let settings = Settings { host, secure, ease, proxies };
        site::serve(site::router(Site::new(office, settings)), listeners, site::serve::told_to_stop()).await;
        Ok(())
    });
    stop.store(true, Ordering::Relaxed);
    drop(behind.join());
    drop(dropped.map(std::thread::JoinHandle::join));
    outcome.map(|()| ExitCode::SUCCESS)
}

/// Tells, while nobody can sign in, the address at which the first officer is made.
fn offered(host: &str, secret: &str) {
    eprintln!("还没有工作人员账号。请在24小时内用浏览器打开下面的地址，设置首位管理员；地址只能使用一次，请勿转发：");
    eprintln!("{}{}", host.trim_end_matches('/'), site::desk::set_up::address(secret));
}

/// User and password of the mail server.
fn credentials() -> Option<(String, String)> {
    let user = std::env::var("MINGTANG_SMTP_USER").ok()?;
    let file = std::env::var("MINGTANG_SMTP_PASSWORD_FILE").ok()?;
    let password = std::fs::read_to_string(file).ok()?;
    Some((user, password.trim().to_owned()))
}
