//! How the office is: what waits too long, what does not fit, for the operator's `doctor`.

use law::Moment;
use matter::Role;

use crate::fail::Fail;
use crate::office::Office;
use crate::permit::Caller;
use crate::store::Fault;
use crate::{feed, params, people, pins, statements};

statements! {
    LAPSES = "select count(*) from clock where lapses = 1 and paused = 0 and due_at < $1";
    LATE = "select count(*) from job where state = 'waiting' and run_at < $1";
    DEAD = "select count(*) from job where state = 'dead'";
    PUBLIC = "select count(*) from edition where state = 'public'";
    SOME = "select 1 from matter union all select 1 from edition limit 1";
    NEWEST = "select at from audit order by id desc limit 1";
}

/// More changes than these are not counted.
const MANY: u32 = 1000;
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
    /// Editions that are public, and those that the index holds.
    pub public: (i64, u64),
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
        let pair = self.indexes().pair()?;
        let (place, held) = (pair.place()?, pair.public.len());
        Ok(self.store().read_blocking(move |q| {
            let mut count =
                |statement, values: &[_]| Ok::<i64, Fault>(q.row(statement, values, |row| row.get(0))?.unwrap_or(0));
            let (lapses, late) = (count(&LAPSES, params![before])?, count(&LATE, params![before])?);
            let dead = count(&DEAD, params![])?;
            let public = (count(&PUBLIC, params![])?, held);
            let empty = place.is_none() && count(&SOME, params![])? > 0;
            let unindexed = feed::behind(q, place.unwrap_or_default(), MANY)?;
            let officers = people::of_body(q, body)?;
            let administers =
                |officer: &&people::Officer| officer.active && officer.roles.contains(&Role::Administrator);
            Ok(Health {
                lapses,
                late,
                dead,
                unindexed: if empty { unindexed.max(MANY as usize) } else { unindexed },
                public,
                unlike: pins::unlike(q, &house.rules)?,
                newest: q.row(&NEWEST, params![], |row| row.get::<i64>(0))?.map(Moment::from_millis),
                administrators: officers.iter().filter(administers).count(),
            })
        })?)
    }
}
