//! A body without a site of its own: its items in a channel of its superior's site (practice P7), with the
//! body named as the one that produced them.

use law::Moment;

use crate::edition::{ItemPage, row_of};
use crate::fail::Fail;
use crate::office::Office;
use crate::{params, statements};

statements! {
    LIST = "select e.item, e.title, e.number, e.kind, p.placed_at, e.content, b.name from placement p join edition e on e.id = p.edition_id join body b on b.id = e.body_id where p.body_id = $1 and p.channel = $2 and p.removed_at is null and e.body_id = $3 order by p.placed_at desc, p.edition_id desc limit $4 offset $5";
    COUNT = "select count(*), max(p.placed_at) from placement p join edition e on e.id = p.edition_id where p.body_id = $1 and p.channel = $2 and p.removed_at is null and e.body_id = $3";
    COLUMNS = "select p.channel, count(*) from placement p join edition e on e.id = p.edition_id where p.body_id = $1 and p.removed_at is null and e.body_id = $2 and p.channel <> 'site' group by p.channel order by p.channel";
}

impl Office {
    /// A page of what a body has on the site where its items stand, newest first: in one column, or `site`
    /// for everything.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn channel(&self, body: i64, column: &str, page: usize, rows: usize) -> Result<ItemPage, Fail> {
        let (site, column) = (self.house().site_of(body), column.to_owned());
        let offset = i64::try_from(page.saturating_sub(1).saturating_mul(rows)).unwrap_or(i64::MAX);
        let read = self.read(move |q| {
            let found = q.rows(&LIST, params![site, &column, body, rows as i64, offset], |row| row_of(row, 5))?;
            let counted = q.row(&COUNT, params![site, &column, body], |row| {
                Ok((row.get::<u64>(0)?, row.get::<Option<i64>>(1)?))
            })?;
            let (total, last) = counted.unwrap_or_default();
            Ok(ItemPage { rows: found, total, updated: last.map(Moment::from_millis) })
        });
        Ok(read.await?)
    }

    /// Columns in which a body has items, and how many.
    ///
    /// # Errors
    /// Busy or our failure.
    pub async fn channel_columns(&self, body: i64) -> Result<Vec<(String, u64)>, Fail> {
        let site = self.house().site_of(body);
        let read = self.read(move |q| q.rows(&COLUMNS, params![site, body], |row| Ok((row.get(0)?, row.get(1)?))));
        Ok(read.await?)
    }
}
