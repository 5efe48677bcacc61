//! What goes on behind people's acts: the indexes follow the feed, papers are rendered, mail is
//! sent, the clock's own steps are performed, audit records are chained.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use law::Moment;
use matter::{Actor, Effect, apply, paper_rendered};
use sha2::{Digest, Sha256};

use crate::act::{Target, Work, perform};
use crate::fail::Fail;
use crate::house::House;
use crate::job::{self, Job, Kind};
use crate::mail::Carrier;
use crate::office::Office;
use crate::paper::{self, Letter, Letterhead};
use crate::prepare::Texts;
use crate::reopen::Reopened;
use crate::store::{Fault, Lane, Query, Tx};
use crate::{audit, draft, mail, params, release, remedy, row, statements};

statements! {
    LAPSED = "select distinct m.body_id, m.id from clock c join matter m on m.id = c.matter_id where c.lapses = 1 and c.paused = 0 and c.due_at < $1 limit 200";
    PAPER = "select p.matter_id, p.paper, p.number_text, p.template_hash, p.issued_at, p.body_id from paper p where p.id = $1";
    RENDERED = "update paper set state = 'ready', sealed = $1, content_hash = $2 where id = $3";
    SESSIONS = "delete from session where ends_at < $1";
    TEXTS = "select element, sealed from matter_text where matter_id = $1 and element not like '~%'";
}

/// Pause between looks at the store when nothing wakes the worker.
const IDLE: Duration = Duration::from_millis(400);
/// Least pause between two takings-in of changes by a busy worker: each writes a segment of the index,
/// and many small ones cost more to merge than all acts together.
const INDEX_PAUSE: Duration = Duration::from_millis(600);
/// How long done jobs are kept for those who look back.
const JOBS_KEPT_HOURS: i64 = 7 * 24;
/// Audit records chained in one turn.
const CHAINED: u32 = 2000;

impl Office {
    /// Does everything that waits now: what the worker does, until nothing is left. For commands
    /// that end, and for tests.
    ///
    /// # Errors
    /// Our failure.
    pub fn settle(&self, carrier: &dyn Carrier) -> Result<(), Fail> {
        while self.turn(carrier, true)? {}
        Ok(())
    }

    /// Works until told to stop, on a thread of its own.
    pub fn work(&self, carrier: Arc<dyn Carrier>, stop: Arc<AtomicBool>) -> std::thread::JoinHandle<()> {
        let office = self.clone();
        std::thread::spawn(move || {
            let (mut swept, mut indexed) = (None, None);
            while !stop.load(Ordering::Relaxed) {
                let now = office.now();
                if swept.is_none_or(|at: Moment| at.plus_hours(1) <= now) {
                    swept =
                        office.hourly().map(|()| now).map_err(|fail| tracing::warn!(?fail, "nothing was swept")).ok();
                }
                let index = indexed.is_none_or(|at: Instant| at.elapsed() >= INDEX_PAUSE);
                if index {
                    indexed = Some(Instant::now());
                }
                match office.turn(&*carrier, index) {
                    Ok(true) => {}
                    Ok(false) => std::thread::sleep(IDLE),
                    Err(fail) => {
                        tracing::warn!(fail = ?fail, "the worker will try again");
                        std::thread::sleep(IDLE * 5);
                    }
                }
            }
        })
    }

    /// For a process without a worker: keeps showing what other processes index and change of the
    /// bodies, until told to stop, on a thread of its own. It performs nothing.
    pub fn watch(&self, stop: Arc<AtomicBool>) -> std::thread::JoinHandle<()> {
        let office = self.clone();
        std::thread::spawn(move || {
            while !stop.load(Ordering::Relaxed) {
                if let Err(fault) = office.indexes().refresh().and_then(|()| office.learn()) {
                    tracing::warn!(%fault, "other processes are not seen; trying again");
                }
                std::thread::sleep(IDLE);
            }
        })
    }

    /// One turn; answers whether there may be more to do at once.
    fn turn(&self, carrier: &dyn Carrier, index: bool) -> Result<bool, Fail> {
        let lapsed = self.lapse()?;
        let worked = self.one_job(carrier)? | self.expire()?;
        let indexed = index && self.indexes().follow(&self.store, self.house())?;
        let chained = self.store.write_blocking(Lane::Bulk, |tx| audit::chain(tx, CHAINED))?;
        // What is pending is sealed once nothing else waits, and at the latest after a second of work.
        let busy = lapsed || worked || indexed || chained > 0;
        let sealed = self.seal_beside(busy)?;
        Ok(busy || sealed > 0)
    }

    /// Performs the steps of clocks that have run out (a receipt that nobody confirmed, practice F2).
    fn lapse(&self) -> Result<bool, Fail> {
        let now = self.now();
        let found = self.store.read_blocking(move |q| {
            q.rows(&LAPSED, params![now.millis()], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?)))
        })?;
        let mut performed = false;
        for (body, id) in found {
            let house = self.house().clone();
            let lapsed = self.store.write_blocking(Lane::Bulk, move |tx| lapse_first(tx, &house, body, id, now));
            match lapsed {
                Ok(done) => performed |= done,
                // One matter whose rules do not let it go on must not hold up all others.
                Err(Fail::Refused(refusal)) => tracing::warn!(matter = id, code = ?refusal.code, "a lapse was refused"),
                Err(other) => return Err(other),
            }
        }
        Ok(performed)
    }

    /// What is done each hour: the sweep, half-yearly inspections, the count of standing duties.
    fn hourly(&self) -> Result<(), Fail> {
        self.sweep()?;
        self.inspect_when_due()?;
        self.tally()
    }

    /// Removes what nobody needs any more: jobs done a week ago, sessions that ended, drafts past
    /// their day, indexes that were replaced.
    ///
    /// # Errors
    /// Our failure.
    pub fn sweep(&self) -> Result<(), Fail> {
        let now = self.now();
        self.indexes().sweep();
        self.store.write_blocking(Lane::Bulk, move |tx: &mut Tx<'_>| {
            job::sweep(tx, now.plus_hours(-JOBS_KEPT_HOURS))?;
            tx.execute(&SESSIONS, params![now.millis()])?;
            crate::signer::sweep(tx, now)?;
            draft::sweep(tx, now).map_err(Fail::from)
        })
    }

    fn one_job(&self, carrier: &dyn Carrier) -> Result<bool, Fail> {
        let now = self.now();
        let Some(job) = self.store.write_blocking(Lane::Bulk, move |tx| job::lease(tx, now))? else {
            return Ok(false);
        };
        let outcome = match job.kind {
            Kind::Render => self.render(&job),
            Kind::Mail => mail::send(self, carrier, &job),
            Kind::Release => self.lay_open(&job),
            Kind::Publish => self.publish_due(&job),
            Kind::Unlink => self.unlink(&job),
        };
        if let Err(fail) = outcome {
            let why = match fail {
                Fail::Fault(Fault::Carrier(why)) => why,
                Fail::Fault(fault) => fault.to_string(),
                other => format!("{other:?}"),
            };
            let again = job.clone();
            self.store.write_blocking(Lane::Bulk, move |tx| {
                job::failed(tx, &again, now, &why)?;
                if again.kind == Kind::Mail { mail::failed(tx, &again, &why) } else { Ok(()) }
            })?;
        }
        Ok(true)
    }

    /// Publishes a document at the time set for it; one that was set anew, sent back or published by
    /// hand is left alone.
    fn publish_due(&self, job: &Job) -> Result<(), Fail> {
        let (house, job, now) = (self.house().clone(), job.clone(), self.now());
        let seen = self.seen_before(&job)?;
        self.store.write_blocking(Lane::Bulk, move |tx| {
            let Some(matter) = row::lock(tx, job.body, job.target)? else { return Ok(()) };
            let procedure = house.procedure(&matter.procedure, &matter.version)?;
            let step = procedure.steps.iter().find(|step| step.effects.contains(&Effect::PublishDocument));
            let due = release::scheduled(&matter, &procedure).filter(|at| *at <= now);
            if let Some((step, at)) = step.filter(|step| step.from.contains(&matter.state)).zip(due) {
                let work = Work {
                    target: Target::Existing(matter.id),
                    body: job.body,
                    step: step.id.clone(),
                    actor: Actor::system(),
                    key: Some(row::Key { name: format!("publish:{}:{}", matter.id, at.millis()), request: Vec::new() }),
                    expected_seq: None,
                    at: at.max(matter.at),
                    values: Default::default(),
                    texts: Texts::default(),
                    child: None,
                    seen,
                };
                perform(tx, &house, work)?;
            }
            Ok::<_, Fail>(job::done(tx, &job)?)
        })
    }

    /// What opening the reduced copy again finds before a job publishes it.
    fn seen_before(&self, job: &Job) -> Result<Option<Reopened>, Fail> {
        let (body, target) = (job.body, job.target);
        let Some(matter) = self.store.read_blocking(move |q| row::read(q, body, target))? else { return Ok(None) };
        let procedure = self.house().procedure(&matter.procedure, &matter.version)?;
        let step = procedure.steps.iter().find(|step| step.effects.contains(&Effect::PublishDocument));
        step.map_or(Ok(None), |step| self.reopen_blocking(&matter, &step.id))
    }

    /// Renders a letter with the template it is pinned to, seals it, and records its hash.
    fn render(&self, job: &Job) -> Result<(), Fail> {
        let (house, id) = (self.house().clone(), job.target);
        let (body, matter, paper_id, number, template, letter, key) = self.store.read_blocking(move |q| {
            let row = q.row(&PAPER, params![id], |row| {
                Ok((
                    row.get::<i64>(0)?,
                    row.get::<String>(1)?,
                    row.get::<String>(2)?,
                    row.get::<String>(3)?,
                    row.get::<i64>(4)?,
                    row.get::<i64>(5)?,
                ))
            })?;
            let (of, paper_id, number, template, issued, body) = row.ok_or(Fault::Absent("paper"))?;
            let matter = row::read(q, body, of)?.ok_or(Fault::Absent("matter"))?;
            let root = row::root(q, &matter)?;
            let key = house.keys.matter(q, root)?;
            let texts = opened(q, &matter, &key)?;
            let letter = letter(&house, &matter, &paper_id, &number, Moment::from_millis(issued), texts)
                .map_err(|_| Fault::Absent("procedure"))?;
            Ok((body, matter, paper_id, number, template, letter, key))
        })?;
        let procedure = self.house().procedure(&matter.procedure, &matter.version)?;
        let rule = procedure.paper(&paper_id).ok_or(Fault::Absent("paper rule"))?;
        if self.house().template_hash(&rule.template) != template {
            tracing::warn!(paper = %paper_id, "the template changed since the letter was issued");
        }
        let html = paper::render(&self.rules().files, &rule.template, &letter)?;
        let hash = row::hex(&Sha256::digest(html.as_bytes()));
        let sealed = key.seal(html.as_bytes());
        let (now, job, procedure) = (self.now(), job.clone(), procedure.clone());
        self.store.write_blocking(Lane::Bulk, move |tx: &mut Tx<'_>| {
            let before = row::lock(tx, body, matter.id)?.ok_or(Fault::Absent("matter"))?;
            tx.execute(&RENDERED, params![sealed, &hash, id])?;
            let event = paper_rendered(&before, &number, &hash, now.max(before.at));
            let previous = before.head.clone();
            let after = apply(Some(before.clone()), &event).map_err(|broken| Fault::Shape(broken.to_string()))?;
            row::write(
                tx,
                &row::Written {
                    before: Some(&before),
                    after: &after,
                    event: &event,
                    previous: &previous,
                    procedure: &procedure,
                    ticket: None,
                },
            )?;
            job::done(tx, &job)
        })?;
        Ok(())
    }
}

/// Performs the lapse of a matter that came first; the next turn finds what is left. It happened when
/// the limit ended, however late the worker comes to it: what starts then runs from that day.
fn lapse_first(tx: &mut Tx<'_>, house: &House, body: i64, id: i64, now: Moment) -> Result<bool, Fail> {
    let Some(matter) = row::lock(tx, body, id)? else { return Ok(false) };
    let procedure = house.procedure(&matter.procedure, &matter.version)?;
    let Some(lapse) = matter.lapses(&procedure, now).into_iter().min_by_key(|lapse| lapse.at) else {
        return Ok(false);
    };
    let name = format!("lapse:{id}:{}:{}", lapse.clock, lapse.at.millis());
    // Never before what was recorded since, unless the step may be told late.
    let backdated = procedure.step(&lapse.step).is_some_and(|step| step.backdated);
    let at = if backdated { lapse.at } else { lapse.at.max(matter.at) };
    let work = Work {
        target: Target::Existing(id),
        body,
        step: lapse.step,
        actor: Actor::system(),
        key: Some(row::Key { name, request: Vec::new() }),
        expected_seq: None,
        at,
        values: Default::default(),
        texts: Texts::default(),
        child: None,
        seen: None,
    };
    perform(tx, house, work).map(|_| true)
}

/// The texts of a matter, opened for a letter to its own party.
fn opened(
    q: &mut Query<'_>,
    matter: &matter::Matter,
    key: &crate::keys::MatterKey,
) -> Result<std::collections::BTreeMap<String, String>, Fault> {
    let rows = q.rows(&TEXTS, params![matter.id], |row| Ok((row.get::<String>(0)?, row.get::<Vec<u8>>(1)?)))?;
    rows.into_iter().map(|(element, sealed)| Ok((element, key.open_text(&sealed)?))).collect()
}

/// What a letter of this matter may say.
fn letter(
    house: &crate::house::House,
    matter: &matter::Matter,
    paper_id: &str,
    number: &str,
    issued: Moment,
    mut values: std::collections::BTreeMap<String, String>,
) -> Result<Letter, Fail> {
    let procedure = house.procedure(&matter.procedure, &matter.version)?;
    let body = house.body(matter.body).ok_or(Fail::NotFound)?;
    let settings = &body.settings;
    let decision = matter.decision.as_deref().and_then(|code| procedure.decision(code));
    let dates = matter.values.iter().filter_map(|(name, value)| match value {
        matter::Value::Date(day) => Some((name.clone(), paper::written(*day))),
        matter::Value::Code(code) => {
            let choice = procedure.element(name)?.options.iter().find(|choice| choice.id == *code)?;
            Some((name.clone(), choice.label.clone()))
        }
        _ => None,
    });
    values.extend(dates);
    for element in &procedure.elements {
        values.entry(element.id.clone()).or_default();
    }
    let instances =
        remedy::Instances { reconsideration: settings.reconsideration.clone(), court: settings.court.clone() };
    let withheld = matter.values.contains_key("withheld_code");
    let remedy =
        decision.and_then(|rule| remedy::sentence(&house.rules.law, rule.remedy, withheld, issued.date(), &instances));
    let due = procedure.clocks.iter().map(|rule| {
        let day = matter.clocks.get(&rule.id).map(|clock| paper::written(clock.due.due_on));
        (rule.id.clone(), day.unwrap_or_default())
    });
    Ok(Letter {
        body: Letterhead {
            name: body.name.clone(),
            foi_office: settings.foi_office.clone(),
            address: settings.address.clone(),
            postcode: settings.postcode.clone(),
            phone: settings.phone.clone(),
        },
        label: procedure.paper(paper_id).map(|rule| rule.label.clone()).unwrap_or_default(),
        number: number.to_owned(),
        date: paper::written(issued.date()),
        matter_number: matter.number.clone().unwrap_or_default(),
        filed_on: paper::written(matter.filed_at.date()),
        received_on: values.get("received_on").cloned().unwrap_or_default(),
        party: values.get("name").cloned().unwrap_or_default(),
        due: due.collect(),
        decision_label: decision.map(|rule| rule.label.clone()).unwrap_or_default(),
        decision_article: decision.map(|rule| rule.article.clone()).unwrap_or_default(),
        remedy: remedy.unwrap_or_default(),
        values,
    })
}
