//! Ids of rows: numbers from blocks that a process reserves, so that an id is known before the
//! write (sealed text is bound to it) and costs no round trip. Ids are unique and grow; they have
//! gaps and mean nothing (文号 and 受理编号 are gap-free or increasing by their own tables).

use std::sync::{Mutex, PoisonError};

use super::{Fault, Query};
use crate::{params, statements};

/// How many ids a process takes at once.
const BLOCK: i64 = 20_000;

statements! {
    RESERVE = "update id_block set next = next + $1 where name = 'id' returning next";
}

#[derive(Default)]
pub(super) struct Ids(Mutex<Vec<std::ops::Range<i64>>>);

impl Ids {
    /// The next id; [`Fault::Busy`] when the reserve ran out faster than the writer fills it.
    pub(super) fn next(&self) -> Result<i64, Fault> {
        let mut blocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let block = blocks.first_mut().ok_or(Fault::Busy)?;
            if let Some(id) = block.next() {
                return Ok(id);
            }
            blocks.remove(0);
        }
    }

    /// True when the writer should reserve another block before its next act.
    pub(super) fn is_low(&self) -> bool {
        let blocks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        blocks.iter().map(|b| b.end - b.start).sum::<i64>() < BLOCK / 2
    }

    /// Reserves a block outside any transaction; it is [`added`](Self::add) when that is durable.
    pub(super) fn reserve(query: &mut Query<'_>) -> Result<std::ops::Range<i64>, Fault> {
        let end: i64 = query.row(&RESERVE, params![BLOCK], |row| row.get(0))?.ok_or(Fault::Absent("id_block"))?;
        Ok(end - BLOCK..end)
    }

    pub(super) fn add(&self, block: std::ops::Range<i64>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(block);
    }
}
