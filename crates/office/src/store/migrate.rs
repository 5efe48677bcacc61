//! Migrations: paired files, embedded, applied in order, each once, never edited afterwards.

use sha2::{Digest, Sha256};

use super::postgres::Session;
use super::{Fault, sqlite as lite};

/// One step of the schema, in both spellings.
struct Migration {
    version: i64,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migrations {
    ($($version:literal $file:literal),+ $(,)?) => {
        &[$(Migration {
            version: $version,
            sqlite: include_str!(concat!("../../migrations/sqlite/", $file)),
            postgres: include_str!(concat!("../../migrations/postgres/", $file)),
        }),+]
    };
}

static MIGRATIONS: &[Migration] = migrations![
    1 "0001_spine.sql",
    2 "0002_log.sql",
    3 "0003_publication.sql",
    4 "0004_draft.sql",
    5 "0005_text_past.sql",
    6 "0006_takedown.sql",
    7 "0007_reviews.sql",
    8 "0008_page_origin.sql",
    9 "0009_hits.sql",
    10 "0010_unlink.sql",
    11 "0011_oa.sql",
    12 "0012_duties.sql",
    13 "0013_package.sql",
];

const TABLE: &str = "create table if not exists migration \
     (version bigint primary key, hash text not null)";

/// What remains to be applied, given what was.
fn outstanding(
    applied: &[(i64, String)],
    spelling: impl Fn(&Migration) -> &'static str,
    create: bool,
) -> Result<Vec<&'static Migration>, Fault> {
    for (version, hash) in applied {
        let Some(known) = MIGRATIONS.iter().find(|m| m.version == *version) else {
            return Err(Fault::Version(format!(
                "the store is at migration {version}, this program knows {}",
                MIGRATIONS.len()
            )));
        };
        if fingerprint(spelling(known)) != *hash {
            return Err(Fault::Version(format!("migration {version} was altered after it ran")));
        }
    }
    let rest: Vec<_> =
        MIGRATIONS.iter().filter(|m| !applied.iter().any(|(version, _)| *version == m.version)).collect();
    match rest.first() {
        Some(_) if !create && applied.is_empty() => Err(Fault::Missing("the store is empty".into())),
        Some(next) if !create => {
            Err(Fault::Version(format!("migration {} has not run; run `mingtang migrate`", next.version)))
        }
        _ => Ok(rest),
    }
}

fn fingerprint(sql: &str) -> String {
    Sha256::digest(sql.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Brings a store to the current schema; answers the migrations that ran.
pub(super) fn sqlite(connection: &rusqlite::Connection, create: bool) -> Result<Vec<i64>, Fault> {
    let failed = |e: rusqlite::Error| lite::fault("migrating", &e);
    let exists = connection.table_exists(None, "migration").map_err(failed)?;
    if !exists && !create {
        return Err(Fault::Missing("the store is empty".into()));
    }
    connection.execute_batch("begin immediate").map_err(failed)?;
    let outcome = (|| {
        connection.execute_batch(TABLE).map_err(failed)?;
        let applied = connection
            .prepare("select version, hash from migration")
            .and_then(|mut s| s.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?.collect())
            .map_err(failed)?;
        let applied: Vec<(i64, String)> = applied;
        let rest = outstanding(&applied, |m| m.sqlite, create)?;
        for migration in &rest {
            connection.execute_batch(migration.sqlite).map_err(failed)?;
            connection
                .execute(
                    "insert into migration (version, hash) values ($1, $2)",
                    (migration.version, fingerprint(migration.sqlite)),
                )
                .map_err(failed)?;
        }
        Ok(rest.iter().map(|migration| migration.version).collect())
    })();
    let end = if outcome.is_ok() { "commit" } else { "rollback" };
    let ended = connection.execute_batch(end).map_err(failed);
    outcome.and_then(|ran| ended.map(|()| ran))
}

/// The same on PostgreSQL.
pub(super) fn postgres(session: &mut Session, create: bool) -> Result<Vec<i64>, Fault> {
    // One process migrates; the others wait here and then find everything done.
    session.batch("begin; select pg_advisory_xact_lock(73112001)")?;
    let outcome = (|| {
        session.batch(TABLE)?;
        let applied = session.applied()?;
        let rest = outstanding(&applied, |m| m.postgres, create)?;
        for migration in &rest {
            session.batch(migration.postgres)?;
            session.record(migration.version, &fingerprint(migration.postgres))?;
        }
        Ok(rest.iter().map(|migration| migration.version).collect())
    })();
    let ended = session.batch(if outcome.is_ok() { "commit" } else { "rollback" });
    outcome.and_then(|ran| ended.map(|()| ran))
}
