//! What columns hold, and what the items of a list say of each other.

use law::Moment;

use crate::edition::{Related, related};
use crate::fail::Fail;
use crate::office::Office;
use crate::{params, statements};

statements! {
    HOLDING = "select count(*), min(placed_at), max(placed_at) from placement where body_id = $1 and channel = $2 and removed_at is null";
}

/// What a column holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    /// How many items stand there now.
    pub total: u64,
    /// Since when the oldest and the newest of them stand there.
    pub span: Option<(Moment, Moment)>,
}

impl Office {
    /// What each of these columns holds, in this order.
    ///
    /// # Errors
    /// Our failure.
    pub async fn holdings(&self, body: i64, channels: Vec<String>) -> Result<Vec<Holding>, Fail> {
        let read = self.read(move |q| {
            let mut all = Vec::new();
            for channel in channels {
                let found = q.row(&HOLDING, params![body, channel], |row| {
                    Ok((row.get::<u64>(0)?, row.get::<Option<i64>>(1)?, row.get::<Option<i64>>(2)?))
                })?;
                let (total, first, last) = found.unwrap_or_default();
                let span = first.zip(last).map(|(a, b)| (Moment::from_millis(a), Moment::from_millis(b)));
                all.push(Holding { total, span });
            }
            Ok(all)
        });
        Ok(read.await?)
    }

    /// What each of these items says of others and others of it, in this order.
    ///
    /// # Errors
    /// Our failure.
    pub async fn relations(&self, body: i64, items: Vec<String>) -> Result<Vec<Vec<Related>>, Fail> {
        let read = self.read(move |q| items.iter().map(|item| related(q, body, item)).collect());
        Ok(read.await?)
    }
}
