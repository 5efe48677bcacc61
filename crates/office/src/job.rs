//! Jobs: work that follows an act and is done once, by whoever leases it. A job holds ids only.

use law::Moment;

use crate::store::{Fault, Query, Tx};
use crate::{params, statements};

statements! {
    ENQUEUE = "insert into job (id, body_id, kind, target, run_at, attempts, state) values ($1, $2, $3, $4, $5, 0, 'waiting')";
    LEASE =
        sqlite "update job set lease_until = $1, attempts = attempts + 1 where id = (select id from job where state = 'waiting' and run_at <= $2 and coalesce(lease_until, 0) <= $3 order by run_at, id limit 1) returning id, body_id, kind, target, attempts",
        postgres "update job set lease_until = $1, attempts = attempts + 1 where id = (select id from job where state = 'waiting' and run_at <= $2 and coalesce(lease_until, 0) <= $3 order by run_at, id limit 1 for update skip locked) returning id, body_id, kind, target, attempts";
    DONE = "update job set state = 'done', lease_until = null, error = null where id = $1 and attempts = $2 and state = 'waiting'";
    FAILED = "update job set state = $1, run_at = $2, lease_until = null, error = $3 where id = $4 and attempts = $5 and state = 'waiting'";
    RETRY = "update job set state = 'waiting', run_at = $1, lease_until = null where id = $2 and state <> 'done'";
    LIST = "select id, body_id, kind, target, attempts, run_at, state, error from job where body_id = $1 and state = $2 and id > $3 order by id limit $4";
    SWEEP = "delete from job where state = 'done' and run_at < $1";
}

/// How long a worker may take before another one may begin anew, in milliseconds.
pub const LEASE_MS: i64 = 5 * 60 * 1000;
/// After so many attempts a person has to look.
pub const MOST_ATTEMPTS: u32 = 8;
/// The wait before the second attempt, in milliseconds; it doubles each time, to at most 6 hours.
const FIRST_WAIT_MS: i64 = 10_000;
const LONGEST_WAIT_MS: i64 = 6 * 3600 * 1000;

/// What is to be done with the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Render the paper of this id.
    Render,
    /// Send the mail of this outbox row.
    Mail,
    /// Lay the files of the edition of this id open.
    Release,
    /// Publish the document of the matter of this id, at the time set for it.
    Publish,
    /// Remove the file of this note from the disk: no edition names it any more.
    Unlink,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Render, Self::Mail, Self::Release, Self::Publish, Self::Unlink];

    /// What operators read.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Render => "渲染文书",
            Self::Mail => "发送邮件",
            Self::Release => "放出公开文件",
            Self::Publish => "定时发布",
            Self::Unlink => "删除已撤下的文件",
        }
    }

    /// The word stored for it.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Render => "render",
            Self::Mail => "mail",
            Self::Release => "release",
            Self::Publish => "publish",
            Self::Unlink => "unlink",
        }
    }
}

/// A job in the hands of a worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: i64,
    /// The body it belongs to.
    pub body: i64,
    /// What is to be done.
    pub kind: Kind,
    /// Id of the thing it is done to.
    pub target: i64,
    /// Which attempt this is, from 1; it also names the lease.
    pub attempt: u32,
}

/// A job as the command line and the desk list it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobLine {
    /// The job.
    pub job: Job,
    /// When it runs next.
    pub run_at: Moment,
    /// `waiting`, `done` or `dead`.
    pub state: String,
    /// What went wrong last.
    pub error: Option<String>,
}

/// Puts a job in line, in the transaction of the act that wants it.
///
/// # Errors
/// The store's fault.
pub fn enqueue(tx: &mut Tx<'_>, body: i64, kind: Kind, target: i64, run_at: Moment) -> Result<(), Fault> {
    let id = tx.new_id()?;
    tx.execute(&ENQUEUE, params![id, body, kind.id(), target, run_at.millis()]).map(drop)
}

/// Takes the next job that is due, for [`LEASE_MS`].
///
/// # Errors
/// The store's fault.
pub fn lease(tx: &mut Tx<'_>, now: Moment) -> Result<Option<Job>, Fault> {
    let now = now.millis();
    tx.row(&LEASE, params![now + LEASE_MS, now, now], |row| {
        let kind: String = row.get(2)?;
        Ok(Job { id: row.get(0)?, body: row.get(1)?, kind: parse(&kind)?, target: row.get(3)?, attempt: row.get(4)? })
    })
}

fn parse(kind: &str) -> Result<Kind, Fault> {
    let known = Kind::ALL.into_iter().find(|known| known.id() == kind);
    known.ok_or_else(|| Fault::Shape(format!("job kind {kind}")))
}

/// Marks a job as done, in the transaction that keeps its result.
///
/// # Errors
/// [`Fault::Absent`] when the lease ran out and another worker took the job: the result must not be
/// kept then, and is rolled back with this error.
pub fn done(tx: &mut Tx<'_>, job: &Job) -> Result<(), Fault> {
    match tx.execute(&DONE, params![job.id, job.attempt])? {
        0 => Err(Fault::Absent("lease of the job")),
        _ => Ok(()),
    }
}

/// Puts a failed job back in line, later each time; after [`MOST_ATTEMPTS`] it is dead until a
/// person retries it. `error` is for operators and holds no personal data.
///
/// # Errors
/// The store's fault.
pub fn failed(tx: &mut Tx<'_>, job: &Job, now: Moment, error: &str) -> Result<(), Fault> {
    let state = if job.attempt >= MOST_ATTEMPTS { "dead" } else { "waiting" };
    let wait = FIRST_WAIT_MS << job.attempt.saturating_sub(1).min(16);
    let next = now.millis() + wait.min(LONGEST_WAIT_MS);
    tx.execute(&FAILED, params![state, next, error, job.id, job.attempt]).map(drop)
}

/// Runs a job again at once.
///
/// # Errors
/// [`Fault::Absent`] when there is no such job or it is done.
pub fn retry(tx: &mut Tx<'_>, id: i64, now: Moment) -> Result<(), Fault> {
    match tx.execute(&RETRY, params![now.millis(), id])? {
        0 => Err(Fault::Absent("job")),
        _ => crate::mail::again(tx, id),
    }
}

/// Jobs of a body in a state, after an id.
///
/// # Errors
/// The store's fault.
pub fn list(query: &mut Query<'_>, body: i64, state: &str, after: i64, limit: u32) -> Result<Vec<JobLine>, Fault> {
    query.rows(&LIST, params![body, state, after, limit], |row| {
        let kind: String = row.get(2)?;
        Ok(JobLine {
            job: Job {
                id: row.get(0)?,
                body: row.get(1)?,
                kind: parse(&kind)?,
                target: row.get(3)?,
                attempt: row.get(4)?,
            },
            run_at: Moment::from_millis(row.get(5)?),
            state: row.get(6)?,
            error: row.get(7)?,
        })
    })
}

/// Removes jobs done before a day; answers how many.
///
/// # Errors
/// The store's fault.
pub fn sweep(tx: &mut Tx<'_>, before: Moment) -> Result<u64, Fault> {
    tx.execute(&SWEEP, params![before.millis()])
}
