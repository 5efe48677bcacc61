//! Notifications through a real mail server on this machine: Debian's aiosmtpd.

use std::collections::BTreeMap;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use law::Moment;
use office::clock::{Seeded, Stepped};
use office::mail::Smtp;
use office::{BodySettings, Caller, Filing, Office, Options, OutboxRow, RuleFiles, Rulebook};

/// Monday, 2026-11-23 09:00 at +08:00.
const START: Moment = Moment::from_millis(1_795_395_600_000);
const ADDRESS: &str = "shen.moujia@mail.example";

/// A mail server; it ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A free port of the loopback address.
fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).unwrap().port()
}

impl Server {
    /// A server that puts what it takes into a Maildir; one that takes at most `size` bytes.
    fn start(port: u16, maildir: &Path, size: u32) -> Server {
        let listen = format!("127.0.0.1:{port}");
        let mut command = Command::new("aiosmtpd");
        command.args(["--nosetuid", "--listen", &listen, "--size", &size.to_string()]);
        command.args(["--class", "aiosmtpd.handlers.Mailbox"]).arg(maildir);
        let server = Server(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        for _ in 0..600 {
            if TcpStream::connect(&listen).is_ok() {
                return server;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("aiosmtpd does not listen on {listen}");
    }
}

fn there() -> bool {
    Command::new("aiosmtpd").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

struct Stage {
    data: tempfile::TempDir,
    clock: Arc<Stepped>,
    office: Office,
    port: u16,
    smtp: Smtp,
}

impl Stage {
    fn new() -> Stage {
        let (data, clock) = (tempfile::tempdir().unwrap(), Arc::new(Stepped::at(START)));
        let rules = Rulebook::parse(RuleFiles::built_in()).unwrap();
        let options = Options {
            clock: clock.clone(),
            random: Arc::new(Seeded::new(7)),
            ..Options::new(data.path().to_owned(), rules)
        };
        let office = Office::open(options).unwrap();
        office.change_body(office.default_body(), "明川市晴湾区人民政府", &BodySettings::default()).unwrap();
        let port = port();
        let smtp = Smtp::open(&format!("smtp://127.0.0.1:{port}"), "xinxiang@qingwan.example", None).unwrap();
        Stage { data, clock, office, port, smtp }
    }

    fn server(&self, size: u32) -> Server {
        Server::start(self.port, &self.data.path().join("mail"), size)
    }

    /// A citizen's message with an address to write to.
    fn file(&self) -> String {
        let typed = [
            ("title", "听潮街路灯不亮"),
            ("text", "听潮街北段的路灯已有一周不亮，晚上出行不便，请派人修复。"),
            ("name", "申某甲"),
            ("phone", "13800000000"),
            ("email", ADDRESS),
        ];
        let filing = Filing {
            procedure: "message".into(),
            channel: "web".into(),
            category: Some("help".into()),
            answers: typed.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            key: "mail-test-0000001".into(),
            ..Filing::default()
        };
        let public = Caller::public(self.office.default_body());
        run(self.office.file(&public, filing)).unwrap().number
    }

    fn mails(&self) -> Vec<OutboxRow> {
        let system = Caller::system(self.office.default_body());
        let rows = run(self.office.outbox(&system, None)).unwrap();
        rows.into_iter().filter(|row| row.channel == "mail").collect()
    }

    /// The messages that arrived: header and body, decoded.
    fn arrived(&self) -> Vec<BTreeMap<String, String>> {
        let read = "import sys,json,email,email.policy,pathlib
for f in sorted(pathlib.Path(sys.argv[1]).glob('new/*')):
    m=email.message_from_bytes(f.read_bytes(),policy=email.policy.default)
    d={k.lower():str(v) for k,v in m.items()}
    d['text']=m.get_content()
    print(json.dumps(d))";
        let maildir = self.data.path().join("mail");
        let output = Command::new("/usr/bin/python3").args(["-c", read]).arg(maildir).output().unwrap();
        let lines = String::from_utf8(output.stdout).unwrap();
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

#[test]
fn a_notification_arrives_whole_and_without_personal_content() {
    if !there() {
        println!("SKIPPED: aiosmtpd (package python3-aiosmtpd) is not installed");
        return;
    }
    let stage = Stage::new();
    let _server = stage.server(1 << 20);
    let number = stage.file();
    stage.office.settle(&stage.smtp).unwrap();
    let arrived = stage.arrived();
    assert_eq!(arrived.len(), 1, "{arrived:?}");
    let mail = &arrived[0];
    assert_eq!(mail["subject"], "明川市晴湾区人民政府：您的网民留言有新的进展");
    assert_eq!((mail["to"].as_str(), mail["auto-submitted"].as_str()), (ADDRESS, "auto-generated"));
    assert!(
        mail["from"].contains("xinxiang@qingwan.example") && !mail["message-id"].is_empty() && !mail["date"].is_empty()
    );
    let text = &mail["text"];
    assert!(text.contains("【明川市晴湾区人民政府】您于2026年11月23日提交的网民留言"), "{text}");
    assert!(text.contains(&number) && text.contains("查询码"), "{text}");
    for personal in ["申某甲", "13800000000", "路灯", "听潮街"] {
        assert!(!mail.values().any(|part| part.contains(personal)), "{personal} left the house: {mail:?}");
    }
    let rows = stage.mails();
    assert_eq!((rows.len(), rows[0].state.as_str(), &rows[0].error), (1, "sent", &None));
    assert!(!rows[0].to.contains("shen.moujia"), "masked: {}", rows[0].to);
    stage.office.settle(&stage.smtp).unwrap();
    assert_eq!(stage.arrived().len(), 1, "sent once");
}

#[test]
fn what_a_server_refuses_or_misses_waits_with_its_reason_and_is_not_lost() {
    if !there() {
        println!("SKIPPED: aiosmtpd (package python3-aiosmtpd) is not installed");
        return;
    }
    let stage = Stage::new();
    stage.file();
    stage.office.settle(&stage.smtp).unwrap();
    let row = stage.mails().remove(0);
    assert_eq!((row.state.as_str(), row.attempts), ("waiting", 1));
    assert!(row.error.unwrap().starts_with("邮件服务器没有接通"));
    {
        let _small = stage.server(64);
        stage.office.settle(&stage.smtp).unwrap();
        assert_eq!(stage.mails()[0].attempts, 1, "it is not tried again at once");
        stage.clock.step(10_000);
        stage.office.settle(&stage.smtp).unwrap();
        let row = stage.mails().remove(0);
        assert_eq!((row.state.as_str(), row.attempts), ("waiting", 2));
        let why = row.error.unwrap();
        assert!(why.starts_with("邮件服务器拒收（552）") && !why.contains('@'), "{why}");
    }
    let _server = stage.server(1 << 20);
    stage.clock.step(20_000);
    stage.office.settle(&stage.smtp).unwrap();
    let row = stage.mails().remove(0);
    assert_eq!((row.state.as_str(), row.attempts, row.error), ("sent", 3, None));
    assert_eq!(stage.arrived().len(), 1);
}
