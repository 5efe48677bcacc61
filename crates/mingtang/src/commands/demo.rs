//! `mingtang demo`: a working site of an invented district, made anew at every start: units,
//! officers of each role, matters in every stage. The stories are data in `demo/`.

mod documents;
mod docx;
mod duties;
mod stories;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use law::{Date, Moment};
use office::clock::{Machine, Seeded, System};
use office::mail::Outbox;
use office::{BodySettings, Caller, Filing, Office, OfficerForm, Options, Role, StepAct};

use crate::commands::serve::{self, Part};
use crate::{Globals, Stop, exit};
use stories::{Application, Message, Stories};

/// 演示：虚构的“明川市晴湾区”，各岗位账号和各阶段事项齐备。
#[derive(Debug, clap::Args)]
pub struct Args {
    /// 监听地址，可写多次；默认只监听本机
    #[arg(long, value_name = "HOST:PORT")]
    listen: Vec<SocketAddr>,
    /// 放宽访问频率限制的倍数，只用于测试
    #[arg(long, hide = true, default_value_t = 0)]
    ease: u32,
}

/// The password of every demo officer: printed at every start, so it protects nothing.
const PASSWORD: &str = "Qingwan-2026";

/// Login, name, unit, roles of the demo's officers.
const OFFICERS: [(&str, &str, &str, &[Role]); 15] = [
    ("fenban", "办事员甲", "区政府办公室", &[Role::Clerk]),
    ("gongkai", "办事员乙", "区政府办公室", &[Role::FoiClerk]),
    ("gongkaizhang", "科长甲", "区政府办公室", &[Role::FoiHead]),
    ("shencha", "审查员甲", "区政府办公室", &[Role::Reviewer]),
    ("lingdao", "领导甲", "区政府办公室", &[Role::Leader]),
    ("ducha", "督查员甲", "区政府办公室", &[Role::Supervisor]),
    ("guanli", "管理员甲", "区政府办公室", &[Role::Administrator]),
    ("shenji", "审计员甲", "区政府办公室", &[Role::Auditor]),
    ("bangong", "承办员丁", "区政府办公室", &[Role::Handler]),
    ("bangongzhang", "主任甲", "区政府办公室", &[Role::UnitHead]),
    ("minzheng", "承办员甲", "区民政局", &[Role::Handler]),
    ("minzhengzhang", "局长甲", "区民政局", &[Role::UnitHead]),
    ("zhujian", "承办员乙", "区住房和城乡建设局", &[Role::Handler]),
    ("chengguan", "承办员丙", "区城市管理局", &[Role::Handler]),
    ("chengguanzhang", "局长乙", "区城市管理局", &[Role::UnitHead]),
];

/// Units in which nobody signs in by name; one officer works and one leads in each.
const MORE_UNITS: [&str; 3] = ["区教育局", "区卫生健康局", "区交通运输局"];

/// Makes the demo's store anew and serves it.
///
/// # Errors
/// A data directory that is no demo's, an address that cannot be listened on.
pub fn run(args: Args, globals: &Globals) -> Result<ExitCode, Stop> {
    let data = globals.data.join("demo");
    let mark = data.join("DEMO");
    if data.exists() && !mark.exists() {
        let sentence = format!("目录{}里不是演示数据，没有改动它。请用--data另选目录。", data.display());
        return Err(Stop::new(exit::FAILED, sentence));
    }
    let fresh = || -> std::io::Result<()> {
        if data.exists() {
            std::fs::remove_dir_all(&data)?;
        }
        std::fs::create_dir_all(&data)?;
        std::fs::write(&mark, "mingtang demo\n")
    };
    fresh().map_err(|error| {
        Stop::new(exit::FAILED, format!("目录{}不能写入（{error}）。请用--data另选目录。", data.display()))
    })?;
    {
        let mut options = Options::new(data.clone(), globals.rules()?);
        options.random = Arc::new(Seeded::new(2026));
        let office = Arc::new(Office::open(options)?);
        crate::commands::runtime()?.block_on(Teller::new(&office)?.tell())?;
        office.settle(&Outbox)?;
    }
    let mut options = Options::new(data.clone(), globals.rules()?);
    (options.clock, options.random) = (Arc::new(System), Arc::new(Machine));
    let office = Arc::new(Office::open(options)?);
    eprintln!("演示站点：明川市晴湾区人民政府（机构、人名、事项均为虚构）");
    eprintln!("数据目录：{}", data.display());
    eprintln!("演示账号（密码均为 {PASSWORD}）：");
    for (login, name, unit, roles) in OFFICERS {
        let roles: Vec<&str> = roles.iter().map(|role| role.label()).collect();
        eprintln!("  {login:<15}{name}　{unit}　{}", roles.join("、"));
    }
    let Args { listen, ease } = args;
    let host = format!("http://{}", listen.first().copied().unwrap_or(site::serve::LISTEN[0]));
    let (proxies, mail) = (Vec::new(), serve::Mail::default());
    let (drop, drop_as, filings_every) = (None, None, None);
    let args =
        serve::Args { listen, role: Part::All, host, secure: false, proxies, mail, filings_every, drop, drop_as, ease };
    serve::up(args, office)
}

/// Tells the stories to the office, through the same acts as everybody.
struct Teller<'a> {
    office: &'a Arc<Office>,
    body: i64,
    callers: BTreeMap<String, Caller>,
    units: BTreeMap<String, i64>,
    /// Items by the key of their document.
    items: BTreeMap<String, String>,
    told: u32,
}

impl<'a> Teller<'a> {
    fn new(office: &'a Arc<Office>) -> Result<Teller<'a>, Stop> {
        let body = office.default_body();
        let settings = BodySettings {
            short: "晴".into(),
            latin: "Qingwan District People's Government".into(),
            address: "明川市晴湾区望潮路1号".into(),
            postcode: "000000".into(),
            phone: "(0000) 5550 0100".into(),
            hours: "工作日8:30—12:00，14:00—17:30".into(),
            email: "xinxiang@qingwan.example".into(),
            foi_office: "晴湾区人民政府办公室".into(),
            reconsideration: "明川市人民政府".into(),
            court: "明川市晴湾区人民法院".into(),
            site_code: "0000000000".into(),
            icp: "明ICP备00000000号".into(),
            police: "明公网安备00000000000000号".into(),
            remark: "演示站点：机构、人名、文号和数字均为虚构".into(),
        };
        office.change_body(body, "明川市晴湾区人民政府", &settings)?;
        duties::guest(office, body)?;
        Ok(Teller { office, body, callers: BTreeMap::new(), units: BTreeMap::new(), items: BTreeMap::new(), told: 0 })
    }

    async fn tell(mut self) -> Result<(), Stop> {
        self.people().await?;
        let read =
            |text: &str| toml::from_str::<Stories>(text).map_err(|error| Stop::new(exit::FAILED, error.to_string()));
        for message in read(include_str!("../../demo/messages.toml"))?.messages {
            self.message(message).await?;
        }
        for application in read(include_str!("../../demo/applications.toml"))?.applications {
            self.application(application).await?;
        }
        self.duties().await?;
        for told in [include_str!("../../demo/documents.toml"), include_str!("../../demo/library.toml")] {
            self.documents(read(told)?.documents).await?;
        }
        for sent in read(include_str!("../../demo/oa.toml"))?.sent {
            self.from_oa(sent).await?;
        }
        self.inspected().await?;
        Ok(())
    }

    async fn people(&mut self) -> Result<(), Stop> {
        let system = Caller::system(self.body);
        let more = MORE_UNITS.iter().enumerate().flat_map(|(at, unit)| {
            let (handler, head): (&[Role], &[Role]) = (&[Role::Handler], &[Role::UnitHead]);
            [
                (format!("cheng{at}"), format!("承办员{}", at + 4), *unit, handler),
                (format!("zhang{at}"), format!("局长{}", at + 3), *unit, head),
            ]
        });
        let named =
            OFFICERS.iter().map(|(login, name, unit, roles)| ((*login).to_owned(), (*name).to_owned(), *unit, *roles));
        let zhujian = ("zhujianzhang".to_owned(), "局长丙".to_owned(), "区住房和城乡建设局", &[Role::UnitHead][..]);
        for (login, name, unit, roles) in named.chain(more).chain([zhujian]) {
            if !self.units.contains_key(unit) {
                let id = self.office.add_unit(&system, unit, true).await?;
                self.units.insert(unit.to_owned(), id);
            }
            let unit = self.units.get(unit).copied();
            let form = OfficerForm { login, name, unit, roles: roles.to_vec(), password: Some(PASSWORD.into()) };
            self.office.add_officer(&system, form).await?;
        }
        for officer in self.office.officers(&system).await? {
            let caller = Caller {
                actor: officer.id,
                name: officer.name,
                roles: officer.roles,
                unit: officer.unit,
                ..Caller::public(self.body)
            };
            self.callers.insert(officer.login, caller);
        }
        let officers = [self.login("gongkai")?.actor, self.login("gongkaizhang")?.actor];
        self.office.name_take_down_officers(&self.login("guanli")?, officers).await?;
        Ok(())
    }

    /// The moment `days` working days before today, at a working hour that varies.
    fn ago(&self, days: u32) -> Moment {
        let today = self.office.now().date();
        let mut day = today;
        let mut left = days;
        while left > 0 {
            day = day.yesterday().unwrap_or(Date::MIN);
            left -= u32::from(self.office.rules().law.calendar().is_workday(day));
        }
        let at = Moment::of(day, 8 + self.told % 3, self.told * 7 % 60, 0);
        at.min(Moment::from_millis(self.office.now().millis() - 60_000))
    }

    /// A moment so many working days and a while after another, but not in the future.
    fn later(&self, at: Moment, days: u32) -> Moment {
        let day = self.office.rules().law.calendar().add_workdays(at.date(), days);
        let same = Moment::from_millis(at.millis() + 37 * 60_000);
        let then = if days == 0 { same } else { Moment::of(day, 15, (self.told * 11) % 60, 0) };
        then.max(at).min(self.office.now())
    }

    /// The officer of a unit in a role.
    fn officer(&self, unit: &str, role: Role) -> Result<Caller, Stop> {
        let unit = self.units.get(unit).copied();
        let found = self.callers.values().find(|caller| caller.unit == unit && caller.has(role));
        found.cloned().ok_or_else(|| Stop::new(exit::FAILED, format!("演示数据里没有岗位{}。", role.label())))
    }

    fn login(&self, login: &str) -> Result<Caller, Stop> {
        self.callers.get(login).cloned().ok_or_else(|| Stop::new(exit::FAILED, format!("演示数据里没有账号{login}。")))
    }

    async fn act(
        &self,
        caller: &Caller,
        matter: i64,
        step: &str,
        answers: &[(&str, &str)],
        at: Moment,
    ) -> Result<(), Stop> {
        let answers = answers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let act = StepAct { matter, step: step.to_owned(), answers, at: Some(at), ..StepAct::default() };
        self.office.act(caller, act).await.map_err(|fail| {
            let stop = Stop::from(fail);
            Stop::new(stop.code, format!("演示事项的“{step}”没有办成：{}", stop.sentence))
        })?;
        Ok(())
    }

    async fn message(&mut self, message: Message) -> Result<(), Stop> {
        self.told += 1;
        let at = self.ago(message.ago);
        let public = if message.public { "1" } else { "0" };
        let answers = [
            ("title", message.title.as_str()),
            ("text", &message.text),
            ("name", &message.name),
            ("phone", &message.phone),
            ("public", public),
        ];
        let filing = Filing {
            procedure: "message".into(),
            channel: "web".into(),
            category: Some(message.category.clone()),
            answers: answers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            key: format!("demo-message-{}", self.told),
            at: Some(at),
            ..Filing::default()
        };
        let id = self.office.file(&Caller::public(self.body), filing).await?.matter;
        let party = Caller::party(self.body, id);
        let stage = message.stage.as_str();
        if stage == "withdrawn" {
            return self.act(&party, id, "withdraw", &[], self.later(at, 1)).await;
        }
        let Some(unit) = message.unit.as_deref().filter(|_| stage != "filed") else { return Ok(()) };
        let unit_id = self.units.get(unit).copied().unwrap_or_default().to_string();
        let at = self.later(at, 1.min(message.ago));
        self.act(&self.login("fenban")?, id, "assign", &[("unit", &unit_id)], at).await?;
        if matches!(stage, "assigned" | "to_sign") {
            return Ok(());
        }
        let (handler, head) = (self.officer(unit, Role::Handler)?, self.officer(unit, Role::UnitHead)?);
        let at = self.later(at, 0);
        self.act(&handler, id, "take", &[("handler", &handler.actor.to_string())], at).await?;
        let Some(reply) = message.reply.as_deref() else { return Ok(()) };
        let at = self.later(at, 2.min(message.ago.saturating_sub(1)));
        self.act(&handler, id, "reply", &[("reply", reply)], at).await?;
        if stage == "to_approve" {
            return Ok(());
        }
        let at = self.later(at, 0);
        self.act(&head, id, "approve", &[], at).await?;
        if message.public {
            let at = self.later(at, 0);
            self.act(&head, id, "publish", &[], at).await?;
        }
        let Some(rating) = message.rating.as_deref() else { return Ok(()) };
        let at = self.later(at, 1);
        let low = rating.starts_with("dis");
        let reason: &[(&str, &str)] =
            if low { &[("rating", rating), ("rating_reason", "unsolved")] } else { &[("rating", rating)] };
        self.act(&party, id, "rate", reason, at).await?;
        if stage == "reopened" {
            let unsolved = "清运次数增加以后，异味仍然很重，请再看一看。";
            self.act(&party, id, "reopen", &[("unsolved", unsolved)], self.later(at, 0)).await?;
        }
        Ok(())
    }

    async fn application(&mut self, application: Application) -> Result<(), Stop> {
        self.told += 1;
        let mut at = self.ago(application.ago);
        let mut answers = application.answers;
        if let Some(received) = answers.get_mut("received_on") {
            *received = at.date().to_string();
        }
        let online = application.channel == "web";
        let clerk = self.login("gongkai")?;
        let caller = if online { Caller::public(self.body) } else { clerk };
        let filing = Filing {
            procedure: "foi".into(),
            channel: application.channel,
            answers,
            key: format!("demo-application-{}", self.told),
            at: Some(at),
            ..Filing::default()
        };
        let id = self.office.file(&caller, filing).await?.matter;
        for told in application.steps {
            at = self.later(at, told.after);
            let caller = if told.by == "party" { Caller::party(self.body, id) } else { self.login(&told.by)? };
            let unit = application.unit.as_deref().and_then(|unit| self.units.get(unit)).map(ToString::to_string);
            let dated = |(name, value): (&String, &String)| {
                let value = match value.as_str() {
                    "UNIT" => unit.clone().unwrap_or_default(),
                    "TODAY" => at.date().to_string(),
                    "LATER" => self.office.rules().law.calendar().add_workdays(at.date(), 15).to_string(),
                    other => other.to_owned(),
                };
                (name.clone(), value)
            };
            let answers: Vec<(String, String)> = told.answers.iter().map(dated).collect();
            let answers: Vec<(&str, &str)> =
                answers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            self.act(&caller, id, &told.step, &answers, at).await?;
            for login in told.approve {
                at = self.later(at, 0);
                self.act(&self.login(&login)?, id, "approve", &[], at).await?;
            }
        }
        Ok(())
    }
}
