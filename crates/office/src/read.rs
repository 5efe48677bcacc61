//! One matter as its caller may see it.

use std::collections::BTreeMap;
use std::sync::Arc;

use law::Moment;
use matter::{Act, Audience, Change, Event, Facts, Ground, Matter, Procedure, Role, Value, code, options};

use crate::fail::Fail;
use crate::keys::MatterKey;
use crate::office::{Office, actor};
use crate::permit::Caller;
use crate::reopen::Reopened;
use crate::store::{Fault, Lane, Query, Tx};
use crate::texts::{Eyes, Texts};
use crate::view::{ClockView, MatterView, OptionView, PaperView, ProposalView, Relative, TimelineItem};
use crate::{attach, audit, facts, params, row, statements};

statements! {
    PAPERS = "select id, paper, number_text, state from paper where matter_id = $1 order by id";
    PAPER = "select p.id, p.paper, p.number_text, p.state, p.matter_id, p.sealed from paper p where p.id = $1 and p.body_id = $2";
    NAMES = "select id, name from officer where body_id = $1";
    UNITS = "select id, name from unit where body_id = $1";
    RELATIVES = "select id, procedure, version, state from matter where parent_id = $1 or id = $2 order by id";
}

/// Everything the page needs, read in one snapshot.
struct Read {
    events: Vec<Event>,
    texts: Texts,
    papers: Vec<(i64, String, String, String)>,
    files: Vec<attach::Raw>,
    names: BTreeMap<i64, String>,
    units: BTreeMap<i64, String>,
    relatives: Vec<(i64, String, String, String)>,
}

fn everything(q: &mut Query<'_>, matter: &Matter) -> Result<Read, Fault> {
    let (id, body) = (matter.id, matter.body);
    let parent = matter.parent.as_ref().map(|parent| parent.id);
    let pair = |row: &crate::store::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let four = |row: &crate::store::Row<'_>| {
        Ok((row.get(0)?, row.get(1)?, row.get::<Option<String>>(2)?.unwrap_or_default(), row.get(3)?))
    };
    Ok(Read {
        events: row::events(q, id, 0)?,
        texts: Texts::read(q, id)?,
        papers: q.rows(&PAPERS, params![id], four)?,
        files: attach::of_matter(q, id)?,
        names: q.rows(&NAMES, params![body], pair)?.into_iter().collect(),
        units: q.rows(&UNITS, params![body], pair)?.into_iter().collect(),
        relatives: q.rows(&RELATIVES, params![id, parent], four)?,
    })
}

/// One caller looking at one matter.
struct Look<'a> {
    office: &'a Office,
    caller: &'a Caller,
    matter: &'a Matter,
    procedure: &'a Arc<Procedure>,
    key: &'a MatterKey,
    read: &'a Read,
    now: Moment,
}

impl Office {
    /// A matter for its page; an officer's reading is recorded.
    ///
    /// # Errors
    /// [`Fail::NotFound`] when the caller may not know of it.
    pub async fn matter(&self, caller: &Caller, id: i64) -> Result<MatterView, Fail> {
        let (matter, key) = self.matter_and_key(caller, id).await?;
        let procedure = self.house().procedure(&matter.procedure, &matter.version)?;
        let (found, rule, house) = (matter.clone(), procedure.clone(), self.house().clone());
        let (actor, now) = (actor(caller), self.now());
        let read = self.read(move |q| {
            let read = everything(q, &found)?;
            let chain = house.chain_of(found.body);
            let bodies: Vec<&str> = chain.iter().map(String::as_str).collect();
            let mut views = Vec::new();
            for step in &rule.steps {
                let act = Act::new(&step.id, actor.clone(), now.max(found.at));
                let facts = facts::read(q, &house, found.body, &rule, Some(&found), &act, Some(&Reopened::later()))?;
                views.extend(option(&rule, &house.rules.law, &bodies, &facts, &found, &act));
            }
            Ok((read, views))
        });
        let (read, options) = read.await?;
        if caller.is_officer() {
            let (body, actor) = (caller.body, caller.actor);
            let note = move |tx: &mut Tx<'_>| audit::note(tx, body, now, actor, "read", &format!("matter {id}"), "");
            self.write(Lane::People, note).await?;
        }
        let look = Look { office: self, caller, matter: &matter, procedure: &procedure, key: &key, read: &read, now };
        Ok(look.view(options))
    }

    /// Opens one masked text for an officer; who, what and why are recorded first.
    ///
    /// # Errors
    /// [`Fail::Forbidden`] without a reason, [`Fail::NotFound`] for what is not there.
    pub async fn open_text(&self, caller: &Caller, id: i64, element: &str, reason: &str) -> Result<String, Fail> {
        let reason = reason.trim().to_owned();
        if reason.chars().count() < 2 {
            return Err(Fail::Forbidden(
                "查看个人信息须写明理由（《中华人民共和国个人信息保护法》第五十一条），请填写后重试。".into(),
            ));
        }
        let (_, key) = self.matter_and_key(caller, id).await?;
        let (body, actor, now) = (caller.body, caller.actor, self.now());
        let target = format!("matter {id} {element}");
        self.write(Lane::People, move |tx| audit::note(tx, body, now, actor, "open", &target, &reason)).await?;
        let texts = self.read(move |q| Texts::read(q, id)).await?;
        let (sealed, _) = texts.current(element).ok_or(Fail::NotFound)?;
        Ok(key.open_text(sealed)?)
    }

    /// A letter as HTML, for those who may see its matter. Fails closed: a letter of another matter
    /// or one that is not rendered yet does not exist.
    ///
    /// # Errors
    /// [`Fail::NotFound`].
    pub async fn paper_html(&self, caller: &Caller, id: i64) -> Result<(PaperView, String), Fail> {
        let body = caller.body;
        let row = self.read(move |q| {
            q.row(&PAPER, params![id, body], |row| {
                Ok((
                    row.get::<String>(1)?,
                    row.get::<Option<String>>(2)?,
                    row.get::<i64>(4)?,
                    row.get::<Option<Vec<u8>>>(5)?,
                ))
            })
        });
        let (paper, number, of, sealed) = row.await?.ok_or(Fail::NotFound)?;
        let (matter, key) = self.matter_and_key(caller, of).await?;
        let procedure = self.house().procedure(&matter.procedure, &matter.version)?;
        let html = key.open_text(&sealed.ok_or(Fail::NotFound)?)?;
        let label = procedure.paper(&paper).map(|one| one.label.clone()).unwrap_or_default();
        Ok((PaperView { id, matter: of, label, number: number.unwrap_or_default(), ready: true }, html))
    }
}

/// One step as it stands for this actor.
fn option(
    rule: &Procedure,
    law: &law::Law,
    bodies: &[&str],
    facts: &Facts,
    matter: &Matter,
    act: &Act,
) -> Option<OptionView> {
    let ground = Ground { procedure: rule, law, bodies, facts, since: &[], recorded_at: act.at };
    let found = options(&ground, matter, act).into_iter().find(|option| option.step.id == act.step)?;
    let step = found.step;
    let mut view = OptionView {
        step: step.id.clone(),
        label: step.label.clone(),
        allowed: found.outcome.is_ok(),
        why: Vec::new(),
        dates: Vec::new(),
        needs: step.needs.clone(),
        takes: step.takes.clone(),
    };
    match found.outcome {
        Ok(preview) => {
            let sentence = |(id, how, clock): &(String, matter::Moved, law::Clock)| {
                let label = rule.clock(id).map_or(id.as_str(), |clock| clock.label.as_str());
                moved(label, *how, clock)
            };
            view.dates = preview.clocks.iter().map(sentence).collect();
            if let Some(role) = preview.approvals.first() {
                view.dates.push(format!("须经{}审批后生效。", role.label()));
            }
        }
        Err(refusal) => view.why = refusal.sentences.iter().map(ToString::to_string).collect(),
    }
    Some(view)
}

/// What a step would do to a clock, in a sentence.
fn moved(label: &str, moved: matter::Moved, clock: &law::Clock) -> String {
    use matter::Moved;
    let due = clock.due.due_on;
    match moved {
        Moved::Started | Moved::Restarted => format!("“{label}”期限开始计算，最迟{due}（{}）。", clock.article),
        Moved::Paused => format!("“{label}”期限暂停计算。"),
        Moved::Resumed => format!("“{label}”期限恢复计算，最迟{due}。"),
        Moved::Extended => format!("“{label}”期限延长，最迟{due}（{}）。", clock.article),
        Moved::Stopped => format!("“{label}”期限停止计算。"),
        Moved::Settled => format!("“{label}”期限确定为{due}。"),
    }
}

impl Look<'_> {
    fn is_party(&self) -> bool {
        self.caller.has(Role::Party)
    }

    fn eyes(&self) -> Eyes<'_> {
        Eyes { procedure: self.procedure, matter: self.matter, key: self.key, party: self.is_party() }
    }

    fn view(&self, options: Vec<OptionView>) -> MatterView {
        let state = self.procedure.state(&self.matter.state);
        let label = |party: bool| state.map_or("", |state| if party { &state.party } else { &state.label }).to_owned();
        MatterView {
            matter: self.matter.clone(),
            procedure: self.procedure.clone(),
            state: label(self.is_party()),
            texts: self.eyes().all(&self.read.texts),
            values: self.values(&self.matter.values),
            timeline: self.read.events.iter().filter_map(|event| self.item(event)).collect(),
            clocks: self.clocks(),
            options,
            files: self.read.files.iter().map(|file| file.view(self.key)).collect(),
            papers: self.papers(),
            relatives: self.relatives(),
            proposal: (!self.is_party()).then(|| self.proposal()).flatten(),
            unit: self.unit(self.matter.unit),
            handler: self.matter.handler.and_then(|id| self.read.names.get(&id).cloned()),
        }
    }

    fn unit(&self, id: Option<i64>) -> Option<String> {
        id.and_then(|id| self.read.units.get(&id).cloned())
    }

    fn values(&self, values: &BTreeMap<String, Value>) -> BTreeMap<String, (String, String)> {
        let one = |(name, value): (&String, &Value)| {
            let staff = self.procedure.element(name).is_some_and(|element| element.audience == Audience::Staff);
            let words = self.words(name, value).filter(|_| !(self.is_party() && staff))?;
            Some((name.clone(), (matter::label(self.procedure, name).to_owned(), words)))
        };
        values.iter().filter_map(one).collect()
    }

    /// A value in words; none for texts and files, which are shown in their own places.
    fn words(&self, name: &str, value: &Value) -> Option<String> {
        Some(match value {
            Value::Code(code) if name == "decision" => {
                let rule = self.procedure.decision(code)?;
                format!("{}　{}", rule.code, rule.label)
            }
            Value::Code(code) => {
                let choice = self.procedure.element(name)?.options.iter().find(|choice| choice.id == *code)?;
                choice.label.clone()
            }
            Value::Date(day) => crate::paper::written(*day),
            Value::Moment(at) => at.to_minute(),
            Value::Number(number) => number.to_string(),
            Value::Flag(yes) => if *yes { "是" } else { "否" }.to_owned(),
            Value::Id(id) => self.unit(Some(*id)).or_else(|| self.read.names.get(id).cloned())?,
            Value::Text(_) | Value::Files(_) => return None,
        })
    }

    fn item(&self, event: &Event) -> Option<TimelineItem> {
        let step = self.procedure.step(&event.code);
        let party_label = step.and_then(|step| step.party.clone());
        if self.is_party() && party_label.is_none() {
            return None;
        }
        let set = |name: &str| {
            event.changes.iter().find_map(|change| match change {
                Change::Set { element, value } if element == name => value.id(),
                _ => None,
            })
        };
        let papers = event.changes.iter().filter_map(|change| match change {
            Change::PaperDue { number, .. } => Some(number.clone()),
            _ => None,
        });
        let actor = match event.actor {
            0 if self.is_party() => "您".to_owned(),
            id if id > 0 && self.is_party() => self.unit(self.matter.unit).unwrap_or_else(|| "本机关".into()),
            id if id > 0 => self.read.names.get(&id).cloned().unwrap_or_default(),
            _ => event.role.label().to_owned(),
        };
        Some(TimelineItem {
            seq: event.seq,
            at: event.at,
            recorded_at: event.recorded_at,
            code: event.code.clone(),
            label: step.map_or_else(|| kernel_label(&event.code).to_owned(), |step| step.label.clone()),
            party_label,
            actor,
            unit: self.unit(set("unit")),
            cite: step.map(|step| step.cite.clone()).unwrap_or_default(),
            papers: papers.collect(),
            texts: self.eyes().written(&self.read.texts, event),
        })
    }

    fn clocks(&self) -> Vec<ClockView> {
        let law = &self.office.rules().law;
        let rules = self.procedure.clocks.iter().filter(|rule| rule.party || !self.is_party());
        let view = |rule: &matter::procedure::ClockRule| {
            Some(ClockView::of(rule, self.matter.clocks.get(&rule.id)?.clone(), law, self.now))
        };
        rules.filter_map(view).collect()
    }

    fn papers(&self) -> Vec<PaperView> {
        let view = |(id, paper, number, state): &(i64, String, String, String)| PaperView {
            id: *id,
            matter: self.matter.id,
            label: self.procedure.paper(paper).map(|one| one.label.clone()).unwrap_or_default(),
            number: number.clone(),
            ready: state == "ready",
        };
        self.read.papers.iter().map(view).collect()
    }

    fn relatives(&self) -> Vec<Relative> {
        let view = |(id, procedure, version, state): &(i64, String, String, String)| {
            let rule = self.office.rules().procedure(procedure, version)?;
            let state = rule.state(state).map(|state| state.label.clone()).unwrap_or_default();
            Some(Relative { id: *id, label: rule.label.clone(), state })
        };
        self.read.relatives.iter().filter_map(view).collect()
    }

    fn proposal(&self) -> Option<ProposalView> {
        let proposal = self.matter.proposal.as_ref()?;
        let text = |name: &String| {
            let waiting = crate::prepare::waiting_name(name);
            let (sealed, _) = self.read.texts.current(&waiting)?;
            self.key.open_text(sealed).ok()
        };
        let shown = |(name, value): (&String, &Value)| {
            let words = text(name).or_else(|| self.words(name, value))?;
            Some((matter::label(self.procedure, name).to_owned(), words))
        };
        Some(ProposalView {
            step: proposal.step.clone(),
            label: self.procedure.step(&proposal.step).map(|step| step.label.clone()).unwrap_or_default(),
            by: self.read.names.get(&proposal.by).cloned().unwrap_or_default(),
            at: proposal.at,
            values: proposal.values.iter().filter_map(shown).collect(),
            remaining: proposal.remaining.iter().map(|role| role.label().to_owned()).collect(),
            returned: proposal.returned,
        })
    }
}

/// What officers read for events that are no step.
fn kernel_label(event: &str) -> &'static str {
    match event {
        code::PROPOSE => "送审",
        code::APPROVE => "审批同意",
        code::RETURN => "审批退回",
        code::WITHDRAW => "撤回送审",
        code::CHILD_CLOSED => "子事项办结",
        code::PAPER_RENDERED => "文书生成",
        code::CLOCK_SETTLED => "期限确定",
        code::VERSION_MOVED => "转入新版本规程",
        _ => "记录",
    }
}
