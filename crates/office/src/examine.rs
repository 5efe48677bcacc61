//! How the office is: what waits too long, what does not fit, for the operator's `doctor`.

use law::Moment;
use matter::Role;

use crate::fail::Fail;
use crate::index::CONSUMER;
use crate::office::Office;
use crate::permit::Caller;
use crate::store::Fault;
use crate::{feed, params, people, pins, statements};

statements! {
    LAPSES = "select count(*) from clock where lapses = 1 and paused = 0 and due_at < $1";
    LATE = "select count(*) from job where state = 'waiting' and run_at < $1";
    DEAD = "select count(*) from job where state = 'dead'";
    NEWEST = "select at from audit order by id desc limit 1";
}

/// What a worker that runs has done by then, in minutes.
const PATIENCE_MINUTES: i64 = 10;

/// What [`Office::health`] found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Clocks that ran out a while ago, whose step nobody performed.
    pub lapses: i64,
    /// Jobs that should have run a while ago.
    pub late: i64,
    /// Jobs that were given up.
    pub dead: i64,
    /// Changes that the indexes have not taken in; at least so many.
    pub unindexed: usize,
    /// Versions of procedures whose stored text is not the rulebook's.
    pub unlike: Vec<String>,
    /// The newest audit record.
    pub newest: Option<Moment>,
    /// Officers who may give others their roles.
    pub administrators: usize,
}

impl Office {
    /// Looks at everything that should not wait.
    ///
    /// # Errors
    /// Our failure.
    pub fn health(&self) -> Result<Health, Fail> {
        let (house, body, now) = (self.house().clone(), Caller::system(self.default_body()).body, self.now());
        let before = now.plus_minutes(-PATIENCE_MINUTES).millis();
        Ok(self.store().read_blocking(move |q| {
            let mut count =
                |statement, values: &[_]| Ok::<i64, Fault>(q.row(statement, values, |row| row.get(0))?.unwrap_or(0));
            let (lapses, late) = (count(&LAPSES, params![before])?, count(&LATE, params![before])?);
            let dead = count(&DEAD, params![])?;
            let officers = people::of_body(q, body)?;
            let administers =
                |officer: &&people::Officer| officer.active && officer.roles.contains(&Role::Administrator);
            Ok(Health {
                lapses,
                late,
                dead,
                unindexed: feed::unseen(q, CONSUMER, 1000)?.len(),
                unlike: pins::unlike(q, &house.rules)?,
                newest: q.row(&NEWEST, params![], |row| row.get::<i64>(0))?.map(Moment::from_millis),
                administrators: officers.iter().filter(administers).count(),
            })
        })?)
    }
}
