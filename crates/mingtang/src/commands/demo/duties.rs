//! The demo's standing duties: the catalogue with those who answer for its entries, and notices of higher
//! bodies that are to be reprinted.

use std::collections::BTreeMap;

use office::{BodySettings, Caller, Filing, Office, Officer, OfficerForm, Role};
use publication::reprint::Notice;
use serde::Deserialize;

use super::{PASSWORD, Teller};
use crate::{Stop, exit};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Duties {
    /// Keys of the rulebook's entries by unit.
    units: BTreeMap<String, Vec<String>>,
    /// Why an entry is rightly empty, by key.
    nothing: BTreeMap<String, String>,
    #[serde(rename = "notice")]
    notices: Vec<Told>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    title: String,
    issuer: String,
    address: String,
    level: String,
    ago: u32,
}

/// The key of the town that stands in a channel of the district's site.
const GUEST: &str = "wangchao";

/// A town without a site of its own (practice P7).
pub(super) fn guest(office: &Office, host: i64) -> Result<(), Stop> {
    let settings = BodySettings {
        address: "明川市晴湾区望潮镇海棠路9号".into(),
        phone: "（0000）5550 0301".into(),
        hours: "工作日8:30—12:00，14:00—17:30".into(),
        ..BodySettings::default()
    };
    let id = office.make_body(Some(host), GUEST, "晴湾区望潮镇人民政府", &settings)?;
    Ok(office.set_host(id, Some(host))?)
}

impl Teller<'_> {
    /// The town publishes a notice and fills its catalogue; then the district is inspected.
    pub(super) async fn inspected(&mut self) -> Result<(), Stop> {
        let hosted = self.office.hosted(self.body);
        if let Some(town) = hosted.first() {
            self.town(town.id).await?;
        }
        let clerk = self.login("gongkai")?;
        self.office.keep_inspection(&clerk).await?;
        Ok(())
    }

    async fn town(&mut self, body: i64) -> Result<(), Stop> {
        let system = Caller::system(body);
        let unit = self.office.add_unit(&system, "党政综合办公室", false).await?;
        let people: [(&str, &str, &[Role]); 2] = [
            ("zhenban", "办事员丙", &[Role::Handler, Role::FoiClerk, Role::Reviewer]),
            ("zhenzhang", "镇长甲", &[Role::UnitHead, Role::Leader]),
        ];
        for (login, name, roles) in people {
            let (login, name) = (login.to_owned(), name.to_owned());
            let password = Some(PASSWORD.to_owned());
            let form = OfficerForm { login, name, unit: Some(unit), roles: roles.to_vec(), password };
            self.office.add_officer(&system, form).await?;
        }
        let mut callers = Vec::new();
        for officer in self.office.officers(&system).await? {
            let Officer { id, name, roles, unit, .. } = officer;
            callers.push(Caller { actor: id, name, roles, unit, ..Caller::public(body) });
        }
        let with = |role: Role| callers.iter().find(|one| one.has(role)).cloned();
        let (Some(clerk), Some(head)) = (with(Role::FoiClerk), with(Role::Leader)) else { return Ok(()) };
        self.office.fill_catalogue(&clerk).await?;
        let unit = unit.to_string();
        let answers = [
            ("classified", "no"),
            ("kind", "notice"),
            ("title", "望潮镇2026年第三季度最低生活保障对象公示"),
            ("unit", &unit),
            ("columns", "gg"),
            ("attribute", "proactive"),
            ("document.body", "第三季度全镇新增最低生活保障对象4户，名单在镇政务公开栏和村（社区）公示栏公示。"),
        ];
        let filing = Filing {
            procedure: "disclosure".into(),
            answers: answers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            key: "demo-town".into(),
            at: Some(self.ago(7)),
            ..Filing::default()
        };
        let id = self.office.file(&clerk, filing).await?.matter;
        let mut at = self.ago(6);
        let way: [(&Caller, &str, &[(&str, &str)]); 9] = [
            (&clerk, "submit", &[]),
            (&clerk, "confirm_attribute", &[]),
            (&clerk, "check_secrecy", &[("secrecy", "pass")]),
            (&clerk, "check_privacy", &[("privacy", "none")]),
            (&clerk, "check_wording", &[("wording", "pass")]),
            (&clerk, "check_timing", &[("timing", "now")]),
            (&clerk, "sign", &[]),
            (&head, "approve", &[]),
            (&head, "approve", &[]),
        ];
        for (caller, step, answers) in way.into_iter().chain([(&clerk, "publish", &[][..])]) {
            at = self.later(at, 0);
            if step == "check_privacy" {
                self.keep_hits(caller, id, at).await?;
            }
            self.act(caller, id, step, answers, at).await?;
        }
        Ok(())
    }

    /// The catalogue, before documents are told of.
    pub(super) async fn duties(&mut self) -> Result<(), Stop> {
        let text = include_str!("../../../demo/duties.toml");
        let told: Duties = toml::from_str(text).map_err(|error| Stop::new(exit::FAILED, error.to_string()))?;
        let clerk = self.login("gongkai")?;
        self.office.fill_catalogue(&clerk).await?;
        let (entries, _) = self.office.catalogue(self.body).await?;
        for one in entries {
            let unit = told.units.iter().find(|(_, keys)| keys.contains(&one.key));
            let unit = unit.and_then(|(name, _)| self.units.get(name)).copied();
            let nothing = told.nothing.get(&one.key).cloned().unwrap_or_default();
            if unit.is_some() || !nothing.is_empty() {
                let entry = publication::catalogue::Entry { nothing, ..one.entry };
                self.office.change_catalogue_entry(&clerk, (one.id, one.seq), entry, unit, "确定责任单位").await?;
            }
        }
        let head = self.officer("区政府办公室", Role::FoiClerk)?;
        for one in told.notices {
            let notice = Notice {
                title: one.title,
                issuer: one.issuer,
                number: String::new(),
                address: one.address,
                published_at: Some(self.ago(one.ago)),
                level: one.level,
            };
            self.office.enter_reprints(&head, vec![notice], head.unit).await?;
        }
        Ok(())
    }
}
