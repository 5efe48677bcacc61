//! The embedded engine: one file, one writer thread that commits in groups, a few readers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::engine::{Query, Tx, visit_row};
use super::ids::Ids;
use super::queue::Queue;
use super::row::{Row, Source};
use super::{Act, Engine, Fault, Look, Statement, Value, Verdict};

/// A batch holds at most so many acts …
const MOST_ACTS: usize = 64;
/// … and takes no further act after so much work.
const MOST_WORK: Duration = Duration::from_millis(5);
/// How long a connection waits for another process that is writing.
const PATIENCE: Duration = Duration::from_secs(10);

/// Opens the writer's connection. The file is made when `create` says so.
pub(super) fn open_writer(path: &Path, create: bool) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let flags = if create { flags | OpenFlags::SQLITE_OPEN_CREATE } else { flags };
    let connection = connect(path, flags)?;
    // WAL lets readers go on during a write; FULL makes every commit durable before it is answered.
    connection
        .execute_batch(
            "pragma journal_mode = wal; pragma synchronous = full;
             pragma foreign_keys = on; pragma wal_autocheckpoint = 4000;
             pragma journal_size_limit = 67108864; pragma cache_size = -131072;",
        )
        .map_err(|e| fault("opening for writing", &e))?;
    Ok(connection)
}

/// Opens a reader's connection; it can write nothing.
pub(super) fn open_reader(path: &Path) -> Result<Connection, Fault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = connect(path, flags)?;
    connection
        .execute_batch("pragma query_only = on; pragma cache_size = -16384;")
        .map_err(|e| fault("opening for reading", &e))?;
    Ok(connection)
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, Fault> {
    if !path.exists() && !flags.contains(OpenFlags::SQLITE_OPEN_CREATE) {
        return Err(Fault::Missing(path.display().to_string()));
    }
    let connection = Connection::open_with_flags(path, flags).map_err(|e| fault("opening", &e))?;
    connection.busy_timeout(PATIENCE).map_err(|e| fault("opening", &e))?;
    connection.set_prepared_statement_cache_capacity(1024);
    // A plan is for any value: else each new value of a bound LIMIT makes the statement be compiled anew.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(|e| fault("opening", &e))?;
    connection
        .execute_batch("pragma mmap_size = 1073741824; pragma temp_store = memory;")
        .map_err(|e| fault("opening", &e))?;
    Ok(connection)
}

/// The writer thread: takes what is queued, one commit for all of it, answers after the commit.
pub(super) fn write_loop(connection: &Connection, queue: &Queue<Act>, ids: &Arc<Ids>, committed: &dyn Fn()) {
    while let Some(first) = queue.take() {
        match batch(connection, queue, ids, first) {
            Ok(verdicts) => {
                committed();
                verdicts.into_iter().for_each(|v| (v.answer)(Ok(())));
            }
            Err((verdicts, fault)) => {
                let _ = connection.execute_batch("rollback");
                verdicts.into_iter().for_each(|v| (v.answer)(Err(fault.clone())));
            }
        }
    }
}

type Failed = (Vec<Verdict>, Fault);

fn batch(connection: &Connection, queue: &Queue<Act>, ids: &Arc<Ids>, first: Act) -> Result<Vec<Verdict>, Failed> {
    if let Err(fault) = ready(connection, ids) {
        return Err((vec![first(Err(fault.clone()))], fault));
    }
    let started = Instant::now();
    let mut verdicts = Vec::new();
    let mut next = Some(first);
    while let Some(act) = next {
        verdicts.extend(perform(connection, ids, act));
        if connection.is_autocommit() {
            // The engine rolled everything back by itself (disk full, I/O error).
            return Err((verdicts, Fault::Unavailable("the transaction was lost".into())));
        }
        let room = verdicts.len() < MOST_ACTS && started.elapsed() < MOST_WORK;
        next = if room { queue.take_now() } else { None };
    }
    if let Err(fault) = control(connection, "commit") {
        return Err((verdicts, fault));
    }
    Ok(verdicts)
}

/// Ids in reserve and an open transaction.
fn ready(connection: &Connection, ids: &Arc<Ids>) -> Result<(), Fault> {
    if ids.is_low() {
        // One statement by itself is one transaction, durable before an id of it is given out.
        ids.add(Ids::reserve(&mut Query::sqlite(connection))?);
    }
    control(connection, "begin immediate")
}

/// One act under its savepoint; `None` when it panicked (its caller sees the channel close).
fn perform(connection: &Connection, ids: &Arc<Ids>, act: Act) -> Option<Verdict> {
    if let Err(fault) = control(connection, "savepoint act") {
        return Some(act(Err(fault)));
    }
    let mut tx = Tx::new(Query::sqlite(connection), Arc::clone(ids));
    let verdict = catch_unwind(AssertUnwindSafe(|| act(Ok(&mut tx)))).ok();
    let keep = verdict.as_ref().is_some_and(|v| v.keep) && !tx.is_spoiled();
    let mut ended = Ok(());
    if !connection.is_autocommit() {
        if !keep {
            ended = control(connection, "rollback to act");
        }
        ended = ended.and(control(connection, "release act"));
    }
    let spoiled = tx.is_spoiled();
    verdict.map(|v| match ended {
        Err(fault) => v.refused(fault),
        Ok(()) if spoiled => v.refused(Fault::Spoiled),
        Ok(()) => v,
    })
}

/// A reader thread.
pub(super) fn read_loop(connection: &Connection, queue: &Queue<Look>) {
    while let Some(look) = queue.take() {
        match control(connection, "begin") {
            Ok(()) => {
                let mut query = Query::sqlite(connection);
                let _ = catch_unwind(AssertUnwindSafe(|| look(Ok(&mut query))));
                let _ = control(connection, "commit");
            }
            Err(fault) => look(Err(fault)),
        }
    }
}

/// A statement of transaction control, cached like any other.
fn control(connection: &Connection, sql: &str) -> Result<(), Fault> {
    connection.prepare_cached(sql).and_then(|mut statement| statement.execute([])).map(drop).map_err(|e| fault(sql, &e))
}

pub(super) fn each(
    connection: &Connection,
    statement: &'static Statement,
    values: &[Value<'_>],
    visit: &mut dyn FnMut(&Row<'_>) -> Result<bool, Fault>,
) -> Result<(), Fault> {
    let failed = |e: rusqlite::Error| fault(statement.name, &e);
    let mut prepared = connection.prepare_cached(statement.sql(Engine::Sqlite)).map_err(failed)?;
    let mut rows = prepared.query(rusqlite::params_from_iter(values)).map_err(failed)?;
    while let Some(row) = rows.next().map_err(failed)? {
        if !visit_row(Source::Sqlite(row), visit)? {
            break;
        }
    }
    Ok(())
}

pub(super) fn execute(
    connection: &Connection,
    statement: &'static Statement,
    values: &[Value<'_>],
) -> Result<u64, Fault> {
    let failed = |e: rusqlite::Error| fault(statement.name, &e);
    let mut prepared = connection.prepare_cached(statement.sql(Engine::Sqlite)).map_err(failed)?;
    let changed = prepared.execute(rusqlite::params_from_iter(values)).map_err(failed)?;
    Ok(changed as u64)
}

pub(super) fn prepare(connection: &Connection, statement: &'static Statement) -> Result<(), Fault> {
    connection.prepare_cached(statement.sql(Engine::Sqlite)).map(drop).map_err(|e| fault(statement.name, &e))
}

pub(super) fn pragma(connection: &Connection, name: &str) -> Result<String, Fault> {
    connection
        .pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))
        .map(|value| match value {
            rusqlite::types::Value::Integer(number) => number.to_string(),
            rusqlite::types::Value::Text(text) => text,
            other => format!("{other:?}"),
        })
        .map_err(|e| fault(name, &e))
}

/// SQLite's messages name tables and columns, never values.
pub(super) fn fault(during: &str, error: &rusqlite::Error) -> Fault {
    use rusqlite::ffi::ErrorCode;
    let message = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) if message.contains("UNIQUE") => Fault::Duplicate(message),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => {
            Fault::Unavailable(format!("{during}: {message}"))
        }
        _ => Fault::Engine { during: during.into(), message },
    }
}
