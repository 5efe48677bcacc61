//! Everything public of a body, item by item, for an export as open files.

use crate::edition::Standing;
use crate::fail::Fail;
use crate::office::Office;
use crate::{params, statements};

statements! {
    ITEMS = "select item, state, kind from edition e where e.body_id in (select b.id from body b where b.id = $1 or b.host_id = $1) and id = (select max(id) from edition n where n.item = e.item and n.body_id = e.body_id) and state in ('public', 'withdrawn') and item > $2 order by item limit $3";
    OLD_ADDRESS = "select address, item from page_origin where body_id = $1 and path = $2 order by format, outside_id";
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

impl Standing {
    /// The word for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Standing::Public => "public",
            Standing::Superseded => "superseded",
            Standing::Withdrawn => "withdrawn",
            Standing::Gone => "gone",
        }
    }
}

/// Path and query of an address, by which it is found whatever its host is called today.
pub(crate) fn path_of(address: &str) -> Option<&str> {
    let rest = match address.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"),
        None => address,
    };
    rest.split('#').next().filter(|path| path.starts_with('/'))
}

impl Office {
    /// The item that stood at this path of an older site; where several did, that of the host first.
    ///
    /// # Errors
    /// Our failure.
    pub async fn old_address(&self, body: i64, path: &str, host: &str) -> Result<Option<String>, Fail> {
        let (path, host) = (path.to_owned(), format!("://{host}/"));
        let rows: Vec<(String, String)> =
            self.read(move |q| q.rows(&OLD_ADDRESS, params![body, path], |row| Ok((row.get(0)?, row.get(1)?)))).await?;
        let same = rows.iter().find(|(address, _)| address.contains(&host)).or(rows.first());
        Ok(same.map(|(_, item)| item.clone()))
    }

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

#[cfg(test)]
mod tests {
    #[test]
    fn an_address_is_known_by_its_path() {
        for (address, path) in [
            ("http://old.example/a/1.htm?id=2#top", Some("/a/1.htm?id=2")),
            ("https://old.example", Some("/")),
            ("/art/2024/1.html", Some("/art/2024/1.html")),
            ("art/1.html", None),
        ] {
            assert_eq!(super::path_of(address), path, "{address}");
        }
    }
}
