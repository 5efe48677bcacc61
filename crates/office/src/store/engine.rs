//! What a closure is given: [`Query`] to read, [`Tx`] to read and write, over either engine.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::ids::Ids;
use super::postgres::Session;
use super::row::{Row, Source};
use super::{Fault, Statement, Value, sqlite};

/// Which database is behind the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// One file in the data directory.
    Sqlite,
    /// A PostgreSQL server.
    Postgres,
}

/// Reading: everything one closure sees is one snapshot.
pub struct Query<'c> {
    link: Link<'c>,
    spoiled: bool,
}

enum Link<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres(&'c mut Session),
}

impl<'c> Query<'c> {
    pub(super) fn sqlite(connection: &'c rusqlite::Connection) -> Self {
        Self { link: Link::Sqlite(connection), spoiled: false }
    }

    pub(super) fn postgres(session: &'c mut Session) -> Self {
        Self { link: Link::Postgres(session), spoiled: false }
    }

    /// The engine behind this query.
    pub fn engine(&self) -> Engine {
        match self.link {
            Link::Sqlite(_) => Engine::Sqlite,
            Link::Postgres(_) => Engine::Postgres,
        }
    }

    /// True when a statement of this closure failed: on PostgreSQL the transaction is then dead,
    /// so on both engines nothing of it is kept.
    pub(super) fn is_spoiled(&self) -> bool {
        self.spoiled
    }

    /// Every row of the answer, read by `read`.
    ///
    /// # Errors
    /// The engine's fault, or that of `read`.
    pub fn rows<T>(
        &mut self,
        statement: &'static Statement,
        values: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, Fault>,
    ) -> Result<Vec<T>, Fault> {
        let mut all = Vec::new();
        self.each(statement, values, |row| {
            all.push(read(row)?);
            Ok(true)
        })?;
        Ok(all)
    }

    /// The first row of the answer, if there is one.
    ///
    /// # Errors
    /// The engine's fault, or that of `read`.
    pub fn row<T>(
        &mut self,
        statement: &'static Statement,
        values: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        let (mut read, mut found) = (Some(read), None);
        self.each(statement, values, |row| {
            if let Some(read) = read.take() {
                found = Some(read(row)?);
            }
            Ok(true)
        })?;
        Ok(found)
    }

    /// Walks the answer row by row without keeping it, until `visit` answers false.
    ///
    /// # Errors
    /// The engine's fault, or that of `visit`.
    pub fn each(
        &mut self,
        statement: &'static Statement,
        values: &[Value<'_>],
        mut visit: impl FnMut(&Row<'_>) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        let outcome = match &mut self.link {
            Link::Sqlite(connection) => sqlite::each(connection, statement, values, &mut visit),
            Link::Postgres(session) => session.each(statement, values, &mut visit),
        };
        self.note(outcome)
    }

    fn run(&mut self, statement: &'static Statement, values: &[Value<'_>]) -> Result<u64, Fault> {
        let outcome = match &mut self.link {
            Link::Sqlite(connection) => sqlite::execute(connection, statement, values),
            Link::Postgres(session) => session.execute(statement, values),
        };
        self.note(outcome)
    }

    fn note<T>(&mut self, outcome: Result<T, Fault>) -> Result<T, Fault> {
        self.spoiled |= outcome.is_err();
        outcome
    }

    /// Prepares a statement without running it (a test does so with every one).
    ///
    /// # Errors
    /// The engine's fault.
    pub fn prepare(&mut self, statement: &'static Statement) -> Result<(), Fault> {
        let outcome = match &mut self.link {
            Link::Sqlite(connection) => sqlite::prepare(connection, statement),
            Link::Postgres(session) => session.prepare(statement).map(drop),
        };
        self.note(outcome)
    }

    /// Settings of this very connection, by name.
    pub(super) fn setting(&mut self, name: &str) -> Result<String, Fault> {
        match &mut self.link {
            Link::Sqlite(connection) => sqlite::pragma(connection, name),
            Link::Postgres(session) => session.show(name),
        }
    }
}

/// Writing: everything one closure writes is kept together or not at all.
pub struct Tx<'c> {
    query: Query<'c>,
    ids: Arc<Ids>,
}

impl<'c> Tx<'c> {
    pub(super) fn new(query: Query<'c>, ids: Arc<Ids>) -> Self {
        Self { query, ids }
    }

    /// Runs a statement that changes rows; answers how many.
    ///
    /// # Errors
    /// The engine's fault; the act cannot be kept after it.
    pub fn execute(&mut self, statement: &'static Statement, values: &[Value<'_>]) -> Result<u64, Fault> {
        self.query.run(statement, values)
    }

    /// A new id for a row of any table.
    ///
    /// # Errors
    /// [`Fault::Busy`] when one act asks for thousands.
    pub fn new_id(&self) -> Result<i64, Fault> {
        self.ids.next()
    }
}

impl<'c> Deref for Tx<'c> {
    type Target = Query<'c>;
    fn deref(&self) -> &Self::Target {
        &self.query
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.query
    }
}

/// Reads rows through either engine's source.
pub(super) fn visit_row(
    source: Source<'_>,
    visit: &mut dyn FnMut(&Row<'_>) -> Result<bool, Fault>,
) -> Result<bool, Fault> {
    visit(&Row(source))
}
