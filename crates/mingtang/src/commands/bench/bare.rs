//! The yardstick: the rows of the same lifecycles, written by the plain driver into the same
//! tables with the same durability, one transaction for each step, without HTTP, decisions,
//! sealing or grouping.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use office::{Office, Options};
use postgres::types::{IsNull, ToSql, Type, private::BytesMut, to_sql_checked};
use rusqlite::types::{ToSqlOutput, Value, ValueRef};

use crate::{Globals, Stop, exit};

/// Schema of the yardstick's tables on PostgreSQL.
const SCHEMA: &str = "mingtang_bench_bare";

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A value for either driver.
#[derive(Clone, Copy, Debug)]
enum Put<'a> {
    Number(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

impl rusqlite::ToSql for Put<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match *self {
            Put::Number(number) => ToSqlOutput::Owned(Value::Integer(number)),
            Put::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Put::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

impl ToSql for Put<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Failure> {
        match self {
            Put::Number(number) => number.to_sql(kind, out),
            Put::Text(text) => text.to_sql(kind, out),
            Put::Bytes(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// One connection of either driver.
enum Driver {
    Sqlite(rusqlite::Connection),
    Postgres(postgres::Client, std::collections::HashMap<&'static str, postgres::Statement>),
}

impl Driver {
    fn run(&mut self, sql: &'static str, values: &[Put<'_>]) -> Result<(), Failure> {
        match self {
            Driver::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql)?;
                let mut rows = statement.query(rusqlite::params_from_iter(values))?;
                while rows.next()?.is_some() {}
            }
            Driver::Postgres(client, prepared) => {
                if !prepared.contains_key(sql) {
                    prepared.insert(sql, client.prepare(sql)?);
                }
                let statement = prepared.get(sql).ok_or("not prepared")?;
                let values: Vec<&(dyn ToSql + Sync)> = values.iter().map(|value| value as _).collect();
                client.query(statement, &values)?;
            }
        }
        Ok(())
    }

    fn transaction(&mut self, statements: &[(&'static str, &[Put<'_>])]) -> Result<(), Failure> {
        self.run(if matches!(self, Driver::Sqlite(_)) { "begin immediate" } else { "begin" }, &[])?;
        for (sql, values) in statements {
            self.run(sql, values)?;
        }
        self.run("commit", &[])
    }
}

/// Where the yardstick's tables are; gone when dropped.
struct Ground {
    dir: PathBuf,
    database: Option<String>,
}

impl Drop for Ground {
    fn drop(&mut self) {
        if let Some(Ok(mut client)) =
            self.database.as_deref().map(|url| postgres::Client::connect(url, postgres::NoTls))
        {
            let _ = client.batch_execute(&format!("drop schema if exists {SCHEMA} cascade"));
        }
        let _ = std::fs::remove_dir_all(&self.dir);
    }
}

impl Ground {
    /// Fresh tables beside the data, made by the office itself.
    fn make(globals: &Globals) -> Result<Ground, Stop> {
        let database = globals.database.clone().filter(|url| url.starts_with("postgres"));
        let ground = Ground { dir: globals.data.join("bench-bare"), database };
        // What an interrupted run left behind.
        let _ = std::fs::remove_dir_all(&ground.dir);
        let url = match &ground.database {
            None => None,
            Some(url) => {
                let mut client = postgres::Client::connect(url, postgres::NoTls).map_err(|error| stop(error.into()))?;
                let fresh = format!("drop schema if exists {SCHEMA} cascade; create schema {SCHEMA}");
                client.batch_execute(&fresh).map_err(|error| stop(error.into()))?;
                Some(format!("{url}{}options=-csearch_path%3D{SCHEMA}", if url.contains('?') { '&' } else { '?' }))
            }
        };
        let mut options = Options::new(ground.dir.clone(), globals.rules()?);
        options.database = url;
        drop(Office::open(options)?);
        Ok(ground)
    }

    fn connect(&self) -> Result<Driver, Failure> {
        let Some(url) = &self.database else {
            let connection = rusqlite::Connection::open(self.dir.join("mingtang.sqlite"))?;
            connection.busy_timeout(Duration::from_secs(30))?;
            connection.set_prepared_statement_cache_capacity(64);
            connection.execute_batch(
                "pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 4000;",
            )?;
            return Ok(Driver::Sqlite(connection));
        };
        let mut client = postgres::Client::connect(url, postgres::NoTls)?;
        client.batch_execute(&format!("set search_path = {SCHEMA}"))?;
        Ok(Driver::Postgres(client, std::collections::HashMap::new()))
    }
}

fn stop(failure: Failure) -> Stop {
    Stop::new(exit::FAILED, format!("直接写数据库的对照测量没有完成：{failure}"))
}

/// Lifecycles a second by the plain driver.
///
/// # Errors
/// Tables that cannot be made or written.
pub fn measure(globals: &Globals, clients: usize, span: Duration) -> Result<f64, Stop> {
    let ground = Ground::make(globals)?;
    let next = AtomicI64::new(10_000_000);
    let begun = Instant::now();
    let done = std::thread::scope(|scope| {
        let start = |_| {
            scope.spawn(|| {
                let (mut driver, mut done) = (ground.connect()?, 0_u64);
                while begun.elapsed() < span {
                    lifecycle(&mut driver, next.fetch_add(16, Ordering::Relaxed))?;
                    done += 1;
                }
                Ok::<_, Failure>(done)
            })
        };
        let working: Vec<_> = (0..clients).map(start).collect();
        working
            .into_iter()
            .try_fold(0, |sum, client| Ok::<_, Failure>(sum + client.join().unwrap_or(Err("a client ended".into()))?))
    });
    let done = done.map_err(stop)?;
    Ok(done as f64 / begun.elapsed().as_secs_f64())
}

const SERIES: &str = "insert into series (body_id, series, year, last) values (1, 'LY', 2026, 1) on conflict (body_id, series, year) do update set last = series.last + 1 returning last";
const MATTER: &str = "insert into matter (id, public_id, body_id, procedure, version, state, phase, category, channel, unit_id, handler_id, number, code_hash, password_hash, filed_at, closed_at, replied_at, answer_on, parent_id, seq, aim_on, due_on, due_at, amber_on, paused, provisional, awaits, returned, rating, value) values ($1, $2, 1, 'message', '2026-1', 'registered', 'open', 'consult', 'phone', null, null, $3, $4, '0123456789abcdef0123456789abcdef', $5, null, null, '2026-11-27', null, 1, '2026-11-27', '2026-11-27', 1795795199999, '2026-11-26', 0, 0, null, 0, null, $6)";
const CHANGE_MATTER: &str =
    "update matter set state = 'handling', unit_id = 2, seq = seq + 1, value = $1 where id = $2";
const CLOSE_MATTER: &str = "update matter set state = 'replied', phase = 'closed', closed_at = $1, replied_at = $2, aim_on = '9999-12-31', due_on = null, due_at = null, amber_on = null, seq = seq + 1, value = $3 where id = $4";
const EVENT: &str = "insert into event (matter_id, seq, body_id, unit_id, procedure, code, at, recorded_at, actor, prev, hash, payload) values ($1, $2, 1, null, 'message', 'step', $3, $4, 3, $5, $6, $7)";
const READ: &str = "select value from matter where id = $1";
const CLOCK: &str = "insert into clock (matter_id, clock, body_id, aim_on, due_on, due_at, amber_on, paused, provisional, lapses) values ($1, 'reply', 1, '2026-11-27', '2026-11-27', 1795795199999, '2026-11-26', 0, 0, 0)";
const NO_CLOCK: &str = "delete from clock where matter_id = $1";
const TEXT: &str = "insert into matter_text (matter_id, element, body_id, sealed, masked) values ($1, $2, 1, $3, $4)";
const LOOKUP: &str = "insert into lookup (body_id, kind, hash, matter_id) values (1, $1, $2, $3)";
const SECRET: &str = "insert into secret (id, kind, wrapped) values ($1, 'matter', $2)";
const KEY: &str = "insert into idempotency (body_id, key, matter_id, seq, at, request) values (1, $1, $2, 1, $3, $4)";
const OUTBOX: &str = "insert into outbox (id, body_id, matter_id, channel, notice, sealed_to, masked_to, subject, masked_text, state, attempts, at) values ($1, 1, $2, 'sms', 'reply', $3, '138****0000', '本机关：您的网民留言有新的进展', '您提交的网民留言有新的进展，请凭查询码和查询密码在本机关网站查看。', 'waiting', 0, $4)";
const CHANGE: &str = "insert into change (topic, id, body_id) values ('matter', $1, 1)";
const FIND: &str = "select m.value, t.masked from matter m left join matter_text t on t.matter_id = m.id and t.element = 'title' where m.body_id = 1 and m.number = $1";
const AUDIT: &str =
    "insert into audit (id, body_id, at, actor, act, target, reason) values ($1, 1, $2, 3, 'find', $3, '')";

/// Four durable transactions for the matter of this id; the ids up to 15 above it are its rows'.
fn lifecycle(driver: &mut Driver, id: i64) -> Result<(), Failure> {
    use Put::{Bytes, Number, Text};
    let at = Number(1_795_300_000_000 + id);
    let (public, number, target) = (format!("{id:026}"), format!("LY2026{id:06}"), format!("matter {id}"));
    let keys = ["c", "assign", "reply"].map(|step| format!("3:api:3:/api/v1/matters/{public}:{id}-{step}"));
    // About as long as what the office writes: its rows are JSON of this size.
    let (value, payload) = ("v".repeat(1200), "p".repeat(500));
    let (value, payload) = (Text(&value), Text(&payload));
    let (hash, sealed, own) = (Bytes(&[7; 32]), Bytes(&[9; 180]), id.to_be_bytes());
    let (me, own) = (Number(id), Bytes(&own));
    let request = Bytes(&[8; 16]);
    let key = |at: usize| Text(keys.get(at).map_or("", String::as_str));
    let event = |seq| [me, Number(seq), at, at, hash, hash, payload];
    let outbox = |row| [Number(id + row), me, sealed, at];
    let text = |element, masked| [me, Text(element), sealed, Text(masked)];
    driver.transaction(&[
        (SERIES, &[]),
        (MATTER, &[me, Text(&public), Text(&number), own, at, value]),
        (EVENT, &event(1)),
        (CLOCK, &[me]),
        (CHANGE, &[me]),
        (TEXT, &text("title", "听潮街路灯何时修复")),
        (TEXT, &text("text", "听潮街北段的路灯已有一周不亮，晚上出行不便，想了解何时修复、由哪个单位负责。")),
        (TEXT, &text("name", "申**")),
        (TEXT, &text("phone", "138****0000")),
        (LOOKUP, &[Text("content"), hash, me]),
        (LOOKUP, &[Text("name"), hash, me]),
        (LOOKUP, &[Text("phone"), hash, me]),
        (KEY, &[key(0), me, at, request]),
        (OUTBOX, &outbox(1)),
        (SECRET, &[me, sealed]),
    ])?;
    driver.transaction(&[
        (READ, &[me]),
        (CHANGE_MATTER, &[value, me]),
        (EVENT, &event(2)),
        (CHANGE, &[me]),
        (KEY, &[key(1), me, at, request]),
        (OUTBOX, &outbox(2)),
    ])?;
    driver.transaction(&[
        (READ, &[me]),
        (CLOSE_MATTER, &[at, at, value, me]),
        (EVENT, &event(3)),
        (NO_CLOCK, &[me]),
        (CHANGE, &[me]),
        (TEXT, &text("reply", "听潮街北段的路灯线路正在更换，预计三日内恢复照明，由市政设施管理单位负责。")),
        (KEY, &[key(2), me, at, request]),
        (OUTBOX, &outbox(3)),
    ])?;
    driver.transaction(&[(FIND, &[Text(&number)]), (AUDIT, &[Number(id + 4), at, Text(&target)])])
}
