//! The server engine: writers each with a transaction of their own, readers with read-only
//! snapshots. Two acts on one matter meet at the matter's row lock (READ COMMITTED).

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::ToSql;
use postgres::{Client, NoTls};

use super::engine::{Query, Tx, visit_row};
use super::ids::Ids;
use super::queue::Queue;
use super::row::{Row, Source};
use super::{Act, Engine, Fault, Look, Statement, Value};

/// Settings of every connection: a commit is answered when it is on disk; a lock that is not
/// given in ten seconds is a fault, not a hang.
const SETTINGS: &str = "set synchronous_commit = on; set lock_timeout = '10s'; \
     set timezone = 'UTC'; set client_min_messages = warning";

/// A connection with its prepared statements; it is made again after it was lost.
pub(super) struct Session {
    url: String,
    client: Client,
    prepared: HashMap<usize, postgres::Statement>,
}

impl Session {
    pub(super) fn open(url: &str) -> Result<Self, Fault> {
        let client = connect(url)?;
        Ok(Self { url: url.into(), client, prepared: HashMap::new() })
    }

    /// Makes the connection again when it was lost.
    fn revive(&mut self) -> Result<(), Fault> {
        if self.client.is_closed() {
            self.client = connect(&self.url)?;
            self.prepared.clear();
        }
        Ok(())
    }

    pub(super) fn batch(&mut self, sql: &str) -> Result<(), Fault> {
        self.client.batch_execute(sql).map_err(|e| fault(sql, &e))
    }

    pub(super) fn prepare(&mut self, statement: &'static Statement) -> Result<postgres::Statement, Fault> {
        // Statements are statics, so the address names one.
        let key = std::ptr::from_ref(statement).addr();
        if let Some(found) = self.prepared.get(&key) {
            return Ok(found.clone());
        }
        let made = self.client.prepare(statement.sql(Engine::Postgres)).map_err(|e| fault(statement.name, &e))?;
        self.prepared.insert(key, made.clone());
        Ok(made)
    }

    pub(super) fn each(
        &mut self,
        statement: &'static Statement,
        values: &[Value<'_>],
        visit: &mut dyn FnMut(&Row<'_>) -> Result<bool, Fault>,
    ) -> Result<(), Fault> {
        let prepared = self.prepare(statement)?;
        let failed = |e: postgres::Error| fault(statement.name, &e);
        let mut rows = self.client.query_raw(&prepared, values).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            if !visit_row(Source::Postgres(&row), visit)? {
                break;
            }
        }
        Ok(())
    }

    pub(super) fn execute(&mut self, statement: &'static Statement, values: &[Value<'_>]) -> Result<u64, Fault> {
        let prepared = self.prepare(statement)?;
        let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|v| v as _).collect();
        self.client.execute(&prepared, &values).map_err(|e| fault(statement.name, &e))
    }

    /// The migrations that ran here, with their hashes.
    pub(super) fn applied(&mut self) -> Result<Vec<(i64, String)>, Fault> {
        let failed = |e: postgres::Error| fault("migrating", &e);
        let rows = self.client.query("select version, hash from migration", &[]).map_err(failed)?;
        rows.iter().map(|row| Ok((row.try_get(0).map_err(failed)?, row.try_get(1).map_err(failed)?))).collect()
    }

    pub(super) fn record(&mut self, version: i64, hash: &str) -> Result<(), Fault> {
        self.client
            .execute("insert into migration (version, hash) values ($1, $2)", &[&version, &hash])
            .map(drop)
            .map_err(|e| fault("migrating", &e))
    }

    pub(super) fn show(&mut self, name: &str) -> Result<String, Fault> {
        let row = self.client.query_one("select current_setting($1)", &[&name]).map_err(|e| fault(name, &e))?;
        row.try_get(0).map_err(|e| fault(name, &e))
    }
}

fn connect(url: &str) -> Result<Client, Fault> {
    let mut client = Client::connect(url, NoTls).map_err(|e| fault("connecting", &e))?;
    client.batch_execute(SETTINGS).map_err(|e| fault("connecting", &e))?;
    Ok(client)
}

/// A writer thread: one transaction per act, answered after its commit.
pub(super) fn write_loop(session: &mut Session, queue: &Queue<Act>, ids: &Arc<Ids>, committed: &dyn Fn()) {
    while let Some(act) = queue.take() {
        if let Err(fault) = ready(session, ids) {
            (act(Err(fault.clone())).answer)(Err(fault));
            continue;
        }
        let mut tx = Tx::new(Query::postgres(session), Arc::clone(ids));
        let verdict = catch_unwind(AssertUnwindSafe(|| act(Ok(&mut tx)))).ok();
        let spoiled = tx.is_spoiled();
        let keep = verdict.as_ref().is_some_and(|v| v.keep) && !spoiled;
        let ended = session.batch(if keep { "commit" } else { "rollback" });
        if keep && ended.is_ok() {
            committed();
        }
        if let Some(verdict) = verdict {
            (verdict.answer)(if spoiled { Err(Fault::Spoiled) } else { ended });
        }
    }
}

/// A live connection with ids in reserve and an open transaction.
fn ready(session: &mut Session, ids: &Arc<Ids>) -> Result<(), Fault> {
    session.revive()?;
    if ids.is_low() {
        ids.add(Ids::reserve(&mut Query::postgres(session))?);
    }
    session.batch("begin")
}

/// A reader thread.
pub(super) fn read_loop(session: &mut Session, queue: &Queue<Look>) {
    while let Some(look) = queue.take() {
        let begun = session
            .revive()
            .and_then(|()| session.batch("begin transaction isolation level repeatable read read only"));
        match begun {
            Ok(()) => {
                let mut query = Query::postgres(session);
                let _ = catch_unwind(AssertUnwindSafe(|| look(Ok(&mut query))));
                let _ = session.batch("rollback");
            }
            Err(fault) => look(Err(fault)),
        }
    }
}

/// Only the server's message, code and constraint: its detail lines hold values of rows.
pub(super) fn fault(during: &str, error: &postgres::Error) -> Fault {
    let Some(server) = error.as_db_error() else {
        let message = format!("{during}: {error}");
        return if error.is_closed() || error.code().is_none() && during == "connecting" {
            Fault::Unavailable(message)
        } else {
            Fault::Engine { during: during.into(), message: error.to_string() }
        };
    };
    let code = server.code();
    if *code == SqlState::UNIQUE_VIOLATION {
        return Fault::Duplicate(server.constraint().unwrap_or("unique").into());
    }
    let passing = [
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
    ];
    let message = format!("{} ({})", server.message(), code.code());
    if passing.contains(code) {
        Fault::Unavailable(format!("{during}: {message}"))
    } else {
        Fault::Engine { during: during.into(), message }
    }
}
