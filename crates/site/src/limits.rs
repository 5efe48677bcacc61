//! Rate limits, in memory: how often one client may do one kind of thing.
//!
//! Each key holds a single instant (the generic cell rate algorithm), and keys are kept only as
//! keyed hashes, so no address or account name stands in memory for longer than its request.

use law::Moment;
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::sync::{Mutex, PoisonError};

/// What is counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Filing and adding material on the portal, by address. Generous: a government hall or a
    /// school stands behind one address, and nobody's application is turned away for that.
    Filing,
    /// Question pages on the way to a filing, by address: each is kept as a draft.
    Draft,
    /// Looking up query codes, by address.
    Lookup,
    /// Titles while typing, by address: a school stands behind one, and everybody types.
    Suggest,
    /// Tries of a query password, by query code; forgotten when one succeeds.
    Password,
    /// Tries of a sign-in or of a set-up address, by address; forgotten when one succeeds.
    SignIn,
    /// Tries of a sign-in, by account; forgotten when one succeeds.
    Account,
    /// Acts on the desk, by officer.
    Desk,
    /// Requests to the API, by token.
    Api,
    /// Requests to the API with a token that is none, by address.
    Token,
}

/// So many at once, then one more each `every_us` microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rate {
    burst: i64,
    every_us: i64,
}

impl Class {
    const fn rate(self) -> Rate {
        const SECOND: i64 = 1_000_000;
        let (burst, every_us) = match self {
            Class::Filing => (60, 10 * SECOND),
            Class::Draft => (300, 2 * SECOND),
            Class::Lookup => (60, 3 * SECOND),
            Class::Suggest => (300, SECOND / 10),
            Class::Password => (6, 150 * SECOND),
            Class::SignIn => (30, 20 * SECOND),
            Class::Account => (10, 90 * SECOND),
            Class::Desk => (240, SECOND / 2),
            Class::Api => (20_000, SECOND / 20_000),
            Class::Token => (20, 15 * SECOND),
        };
        Rate { burst, every_us }
    }
}

/// The client has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Seconds until one more is allowed, at least 1.
    pub seconds: u32,
}

/// The limits of one process.
pub struct Limits {
    /// Keyed hash of class and client → instant at which its allowance is whole again (µs).
    full_at: Mutex<HashMap<u64, i64>>,
    hash: RandomState,
    room: usize,
    ease: i64,
}

impl Limits {
    /// Limits that remember at most `room` clients. `ease` multiplies what is allowed: 1 as
    /// designed, more for load tests; 0 counts as 1.
    pub fn new(room: usize, ease: u32) -> Limits {
        Limits { full_at: Mutex::default(), hash: RandomState::new(), room: room.max(16), ease: i64::from(ease.max(1)) }
    }

    /// Takes one of what `key` may do, or says how long to wait.
    pub fn take(&self, class: Class, key: impl Hash, now: Moment) -> Result<(), Wait> {
        let Rate { burst, every_us } = class.rate();
        let (every, now) = ((every_us / self.ease).max(1), now.millis() * 1000);
        let slot = self.hash.hash_one((class, key));
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let next = full_at.get(&slot).map_or(now, |full| now.max(*full)) + every;
        let over = next - now - burst * self.ease * every;
        if over > 0 {
            let seconds = u32::try_from(over / 1_000_000 + 1).unwrap_or(u32::MAX);
            return Err(Wait { seconds });
        }
        if full_at.len() >= self.room {
            make_room(&mut full_at, self.room, now);
        }
        full_at.insert(slot, next);
        Ok(())
    }

    /// Forgets the tries of `key`: it has proved itself.
    pub fn forget(&self, class: Class, key: impl Hash) {
        let slot = self.hash.hash_one((class, key));
        self.full_at.lock().unwrap_or_else(PoisonError::into_inner).remove(&slot);
    }
}

/// Drops clients whose allowance is whole again; when that is not enough, the quarter that has
/// used least. A flood from many addresses so costs no more memory and frees nobody who is
/// near a limit.
fn make_room(full_at: &mut HashMap<u64, i64>, room: usize, now: i64) {
    full_at.retain(|_, full| *full > now);
    if full_at.len() < room {
        return;
    }
    let mut ends: Vec<i64> = full_at.values().copied().collect();
    let quarter = ends.len() / 4;
    let (_, end, _) = ends.select_nth_unstable(quarter);
    let end = *end;
    let mut dropped = 0;
    full_at.retain(|_, full| {
        let drop = *full <= end && dropped <= quarter;
        dropped += usize::from(drop);
        !drop
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Moment = Moment::from_millis(1_700_000_000_000);

    #[test]
    fn a_burst_passes_then_one_each_interval() {
        let limits = Limits::new(100, 1);
        for _ in 0..6 {
            assert_eq!(limits.take(Class::Password, "4829", START), Ok(()));
        }
        assert_eq!(limits.take(Class::Password, "4829", START), Err(Wait { seconds: 151 }));
        assert_eq!(limits.take(Class::Password, "0173", START), Ok(()), "another code");
        assert_eq!(limits.take(Class::Lookup, "4829", START), Ok(()), "another class");
        let later = START.plus_seconds(150);
        assert_eq!(limits.take(Class::Password, "4829", later), Ok(()));
        assert!(limits.take(Class::Password, "4829", later).is_err());
    }

    #[test]
    fn a_refused_try_does_not_lengthen_the_wait() {
        let limits = Limits::new(100, 1);
        while limits.take(Class::Token, 1, START).is_ok() {}
        let first = limits.take(Class::Token, 1, START);
        for _ in 0..50 {
            assert_eq!(limits.take(Class::Token, 1, START), first);
        }
    }

    #[test]
    fn success_forgets_the_tries() {
        let limits = Limits::new(100, 1);
        while limits.take(Class::Account, "甲", START).is_ok() {}
        limits.forget(Class::Account, "甲");
        assert_eq!(limits.take(Class::Account, "甲", START), Ok(()));
    }

    #[test]
    fn a_flood_of_addresses_stays_bounded_and_frees_nobody_at_the_limit() {
        let limits = Limits::new(64, 1);
        while limits.take(Class::Filing, "heavy", START).is_ok() {}
        for address in 0..10_000_u32 {
            let _ = limits.take(Class::Filing, address, START);
            assert!(limits.full_at.lock().unwrap().len() <= 64);
        }
        assert!(limits.take(Class::Filing, "heavy", START).is_err());
    }

    #[test]
    fn easing_multiplies_the_burst() {
        let limits = Limits::new(64, 10);
        let passed = (0..1000).take_while(|_| limits.take(Class::Password, 1, START).is_ok());
        assert_eq!(passed.count(), 60);
    }
}
