//! 公开日志: the sequencer seals what acts left pending, about every second, into a public log of
//! editions and withdrawals; heads of the event and audit chains go into an internal log, filings
//! into a private one, of which only the checkpoint enters the public log, at fixed times.

pub(crate) mod book;
pub(crate) mod intact;
pub(crate) mod read;
pub(crate) mod sequence;
pub(crate) mod verify;

pub use intact::forget_copy;
pub use read::{Sealed, Way};
pub use sequence::enter;
pub use verify::{Verified, verify};

/// One of the logs of a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Editions, withdrawals, and at fixed times the state of the filings.
    Public,
    /// Heads of the chains of events and audit records.
    Internal,
    /// Filings; its size is nobody's business.
    Filings,
}

impl Which {
    /// Every log.
    pub const ALL: [Which; 3] = [Which::Public, Which::Internal, Which::Filings];

    /// The name in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Which::Public => "public",
            Which::Internal => "internal",
            Which::Filings => "filings",
        }
    }

    /// The name in words.
    pub const fn label(self) -> &'static str {
        match self {
            Which::Public => "公开日志",
            Which::Internal => "内部日志",
            Which::Filings => "收件日志",
        }
    }
}

/// What a leaf of the logs is about.
pub(crate) mod kind {
    pub(crate) const EDITION: &str = "edition";
    pub(crate) const WITHDRAWAL: &str = "withdrawal";
    pub(crate) const FILINGS: &str = "filings";
    pub(crate) const FILING: &str = "filing";
    pub(crate) const EVENTS: &str = "events";
    pub(crate) const AUDIT: &str = "audit";
}
