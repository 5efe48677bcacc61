//! What else enters a log, each as canonical JSON: the order of fields is the canonical order.

use law::Moment;
use serde::{Deserialize, Serialize};

macro_rules! canonical {
    ($($record:ty),+) => {$(
        impl $record {
            /// The text that is committed to.
            pub fn canonical(&self) -> String {
                serde_json::to_string(self).unwrap_or_default()
            }
        }
    )+};
}
canonical!(Withdrawal, FilingsHead, ChainHead);

/// 撤回: an edition that is public no longer. A take-down of its content says no more than this: not even a hash of the content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Public id of the edition.
    pub withdrawn: String,
    /// When.
    pub at: Moment,
    /// Why, in the words of the notice; empty when the reason may not be told.
    pub reason: String,
}

/// The state of the private log of filings, which enters the public one at fixed times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilingsHead {
    /// When.
    pub filings_at: Moment,
    /// The signed checkpoint of the private log.
    pub checkpoint: String,
}

/// The newest record of a chain: that of a matter's events, or of a body's audit records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainHead {
    /// Which kind of chain.
    pub chain: String,
    /// Whose chain: the matter's or the body's id.
    pub of: i64,
    /// Number of its newest record.
    pub seq: i64,
    /// Hash of that record, hex.
    pub hash: String,
}
