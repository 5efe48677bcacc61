//! Time and randomness from outside: the only place that asks the machine for either. Everything
//! else takes a [`Moment`] or these traits, so tests and the demo run on a clock of their own.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use law::Moment;
use sha2::{Digest, Sha256};

/// The office's clock.
pub trait Clock: Send + Sync {
    /// Now, in milliseconds UTC.
    fn now(&self) -> Moment;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Clock for System {
    #[allow(clippy::disallowed_methods, reason = "the one place where the machine's time is read")]
    fn now(&self) -> Moment {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let millis = since.map_or(0, |age| age.as_millis());
        Moment::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
    }
}

/// A clock that moves only when it is told to.
#[derive(Debug)]
pub struct Stepped(AtomicI64);

impl Stepped {
    /// A clock that stands at `moment`.
    pub fn at(moment: Moment) -> Self {
        Self(AtomicI64::new(moment.millis()))
    }

    /// Sets the clock.
    pub fn set(&self, moment: Moment) {
        self.0.store(moment.millis(), Ordering::SeqCst);
    }

    /// Moves the clock forward by milliseconds.
    pub fn step(&self, millis: i64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for Stepped {
    fn now(&self) -> Moment {
        Moment::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A source of random bytes fit for keys.
pub trait Random: Send + Sync {
    /// Fills `bytes`.
    fn fill(&self, bytes: &mut [u8]);
}

impl dyn Random + '_ {
    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.fill(&mut bytes);
        bytes
    }

    /// A random public id: 128 bits as 26 lower-case letters and digits (Crockford base 32).
    pub fn public_id(&self) -> String {
        const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let mut number = u128::from_be_bytes(self.bytes());
        let mut id = String::with_capacity(26);
        for _ in 0..26 {
            id.push(char::from(LETTERS[(number & 31) as usize]));
            number >>= 5;
        }
        id
    }
}

/// The machine's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct Machine;

impl Random for Machine {
    fn fill(&self, bytes: &mut [u8]) {
        // Without randomness no key, code or nonce may be made; there is nothing to go on with.
        #[allow(clippy::expect_used, reason = "a machine without randomness cannot run an office")]
        getrandom::fill(bytes).expect("the machine has no source of randomness");
    }
}

/// Repeatable bytes from a seed, for tests and the demo; never for a real office.
#[derive(Debug)]
pub struct Seeded {
    seed: u64,
    drawn: AtomicU64,
}

impl Seeded {
    /// The sequence of `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: AtomicU64::new(0) }
    }
}

impl Random for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            let turn = self.drawn.fetch_add(1, Ordering::SeqCst);
            let mut hasher = Sha256::new();
            hasher.update(self.seed.to_be_bytes());
            hasher.update(turn.to_be_bytes());
            part.copy_from_slice(&hasher.finalize()[..part.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_never_gives_the_same_id_twice() {
        let draw = |seed| {
            let random = Seeded::new(seed);
            let random: &dyn Random = &random;
            [random.public_id(), random.public_id()]
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        assert_ne!(draw(1)[0], draw(1)[1]);
    }

    #[test]
    fn a_stepped_clock_moves_only_when_told() {
        let clock = Stepped::at(Moment::from_millis(5));
        assert_eq!(clock.now(), clock.now());
        clock.step(10);
        assert_eq!(clock.now(), Moment::from_millis(15));
    }
}
