//! Everything public of a body, item by item, for an export as open files.

use crate::fail::Fail;
use crate::office::Office;
use crate::{params, statements};

statements! {
    ITEMS = "select item, state, kind from edition e where e.body_id in (select b.id from body b where b.id = $1 or b.host_id = $1) and id = (select max(id) from edition n where n.item = e.item and n.body_id = e.body_id) and state in ('public', 'withdrawn') and item > $2 order by item limit $3";
    OLD_ADDRESSES = "select address, item from page_origin where body_id = $1 and address is not null order by address, item";
}

/// An item that has something to show: its text, or the notice of its withdrawal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Public {
    /// Its id.
    pub item: String,
    /// It is public; otherwise withdrawn, with a notice in its place.
    pub public: bool,
    /// Kind of information.
    pub kind: String,
}

/// Where something public stood on an older site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// The old address.
    pub from: String,
    /// The item it became.
    pub item: String,
}

impl Office {
    /// Items of a body that are public or withdrawn, by id, after one of them.
    ///
    /// # Errors
    /// Our failure.
    pub async fn public_items(&self, body: i64, after: &str, most: i64) -> Result<Vec<Public>, Fail> {
        let after = after.to_owned();
        let rows = self.read(move |q| {
            q.rows(&ITEMS, params![body, after, most], |row| {
                Ok(Public { item: row.get(0)?, public: row.get::<String>(1)? == "public", kind: row.get(2)? })
            })
        });
        Ok(rows.await?)
    }

    /// Old addresses of imported items.
    ///
    /// # Errors
    /// Our failure.
    pub async fn old_addresses(&self, body: i64) -> Result<Vec<Redirect>, Fail> {
        let rows = self.read(move |q| {
            q.rows(&OLD_ADDRESSES, params![body], |row| Ok(Redirect { from: row.get(0)?, item: row.get(1)? }))
        });
        Ok(rows.await?)
    }
}
