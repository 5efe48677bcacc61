//! 机关和内设机构.

use serde::{Deserialize, Serialize};

use crate::house::House;
use crate::keys::BodyKeys;
use crate::row::role_id;
use crate::store::{Fault, Query, Tx};
use crate::{feed, params, statements};

statements! {
    BODIES = "select id, parent_id, key, name, settings, kind, host_id from body order by id";
    INSERT = "insert into body (id, parent_id, key, name, kind, level, settings, search_key, hash_key) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    RENAME = "update body set name = $1, settings = $2 where id = $3";
    MOVE = "update placement set body_id = $1 where edition_id in (select id from edition where body_id = $2)";
    MOVED = "select id from edition where body_id = $1 and state = 'public' order by id";
    HOST = "update body set host_id = $1 where id = $2";
    UNITS = "select id, key, name, settings, state from unit where body_id = $1 order by id";
    UNIT_INSERT = "insert into unit (id, body_id, key, name, settings, state) values ($1, $2, $3, $4, $5, 'active')";
    UNIT_SETTINGS = "update unit set settings = $1 where id = $2 and body_id = $3";
}

/// What a body tells of itself on its pages and letters. Everything may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BodySettings {
    /// 机关代字, the first characters of its 文号.
    pub short: String,
    /// Name in Latin letters.
    pub latin: String,
    /// Postal address.
    pub address: String,
    /// Postcode.
    pub postcode: String,
    /// Telephone.
    pub phone: String,
    /// Office hours.
    pub hours: String,
    /// E-mail.
    pub email: String,
    /// The office that handles disclosure.
    pub foi_office: String,
    /// The body to which reconsideration is applied for.
    pub reconsideration: String,
    /// The court.
    pub court: String,
    /// 网站标识码.
    pub site_code: String,
    /// ICP 备案编号.
    pub icp: String,
    /// 公安备案编号.
    pub police: String,
    /// A line at the foot of every page, such as that everything here is fiction.
    pub remark: String,
}

/// A body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// Its id.
    pub id: i64,
    /// The body above it.
    pub parent: Option<i64>,
    /// The key under which rule files name it.
    pub key: String,
    /// Full name.
    pub name: String,
    /// Its type, which says how its site is built.
    pub kind: String,
    /// The body in a channel of whose site it stands; none: it has a site of its own (practice P7).
    pub host: Option<i64>,
    /// What it tells of itself.
    pub settings: BodySettings,
}

/// A unit of a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its id.
    pub id: i64,
    /// Key for import.
    pub key: String,
    /// Name.
    pub name: String,
    /// Replies of this unit are approved by its head.
    pub approves: bool,
    /// In use.
    pub active: bool,
}

fn text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Every body.
pub(crate) fn all(query: &mut Query<'_>) -> Result<Vec<Body>, Fault> {
    query.rows(&BODIES, params![], |row| {
        let settings: String = row.get(4)?;
        Ok(Body {
            id: row.get(0)?,
            parent: row.get(1)?,
            key: row.get(2)?,
            name: row.get(3)?,
            settings: serde_json::from_str(&settings).unwrap_or_default(),
            kind: row.get(5)?,
            host: row.get(6)?,
        })
    })
}

/// Makes a body with its keys; answers its id.
pub(crate) fn insert(
    tx: &mut Tx<'_>,
    house: &House,
    parent: Option<i64>,
    key: &str,
    name: &str,
    settings: &BodySettings,
) -> Result<i64, Fault> {
    let id = tx.new_id()?;
    let BodyKeys { search, hash } = house.keys.make_body(tx, &*house.random)?;
    tx.execute(&INSERT, params![id, parent, key, name, "government", "county", text(settings), search, hash])?;
    Ok(id)
}

/// Changes name and settings of a body.
pub(crate) fn change(tx: &mut Tx<'_>, id: i64, name: &str, settings: &BodySettings) -> Result<(), Fault> {
    tx.execute(&RENAME, params![name, text(settings), id]).map(drop)
}

/// Says in a channel of whose site a body stands; none: it has its own.
pub(crate) fn set_host(tx: &mut Tx<'_>, id: i64, host: Option<i64>) -> Result<(), Fault> {
    tx.execute(&HOST, params![host, id])?;
    // What it has published goes along, in lists and in the search.
    tx.execute(&MOVE, params![host.unwrap_or(id), id])?;
    for edition in tx.rows(&MOVED, params![id], |row| row.get::<i64>(0))? {
        feed::note(tx, "edition", edition, id)?;
    }
    Ok(())
}

/// The units of a body.
pub(crate) fn units(query: &mut Query<'_>, body: i64) -> Result<Vec<Unit>, Fault> {
    query.rows(&UNITS, params![body], |row| {
        let (settings, state): (String, String) = (row.get(3)?, row.get(4)?);
        Ok(Unit {
            id: row.get(0)?,
            key: row.get(1)?,
            name: row.get(2)?,
            approves: crate::facts::unit_approves(&settings),
            active: state == "active",
        })
    })
}

fn unit_settings(approves: bool) -> String {
    text(&serde_json::json!({ "approves": approves }))
}

/// Makes a unit; answers its id.
pub(crate) fn insert_unit(tx: &mut Tx<'_>, body: i64, name: &str, approves: bool) -> Result<i64, Fault> {
    let id = tx.new_id()?;
    tx.execute(&UNIT_INSERT, params![id, body, name, name, unit_settings(approves)])?;
    Ok(id)
}

/// Whether replies of a unit are approved by its head.
pub(crate) fn set_approves(tx: &mut Tx<'_>, body: i64, unit: i64, approves: bool) -> Result<(), Fault> {
    tx.execute(&UNIT_SETTINGS, params![unit_settings(approves), unit, body]).map(drop)
}

/// Roles as they are stored with an officer.
pub(crate) fn roles_text(roles: &[matter::Role]) -> String {
    text(&roles.iter().map(|role| role_id(*role)).collect::<Vec<_>>())
}
