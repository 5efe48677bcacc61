//! What people typed before they sent it: kept for a day in memory, so that a reload, a change of
//! display or a look at another page loses nothing. Gone with the process; nothing is sent by it,
//! because the last page carries every answer itself.

use super::ask::Answers;
use law::Moment;
use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

/// How long a draft is kept.
const KEPT_HOURS: i64 = 24;
/// Most bytes that all drafts together may hold; the oldest go first.
const ROOM: usize = 64 << 20;

/// A visitor's token and the start page of the form.
type Key = (String, &'static str);

#[derive(Default)]
struct Drafts {
    kept: HashMap<Key, (Moment, Answers)>,
    bytes: usize,
}

static DRAFTS: LazyLock<Mutex<Drafts>> = LazyLock::new(Mutex::default);

fn size(answers: &Answers) -> usize {
    answers.iter().map(|(name, typed)| 64 + name.len() + typed.len()).sum::<usize>() + 256
}

impl Drafts {
    fn drop(&mut self, key: &Key) -> Option<Answers> {
        let (_, answers) = self.kept.remove(key)?;
        self.bytes -= size(&answers);
        Some(answers)
    }

    fn put(&mut self, key: Key, answers: Answers, now: Moment) {
        self.drop(&key);
        self.bytes += size(&answers);
        self.kept.insert(key, (now, answers));
        if self.bytes > ROOM {
            self.make_room(now);
        }
    }

    /// Drops what is past its day, then the oldest until a quarter is free.
    fn make_room(&mut self, now: Moment) {
        let mut ages: Vec<(Moment, Key)> = self.kept.iter().map(|(key, (at, _))| (*at, key.clone())).collect();
        ages.sort_by_key(|(at, _)| *at);
        for (at, key) in ages {
            if self.bytes <= ROOM / 4 * 3 && at.plus_hours(KEPT_HOURS) > now {
                break;
            }
            self.drop(&key);
        }
    }

    fn get(&self, key: &Key, now: Moment) -> Option<Answers> {
        let (at, answers) = self.kept.get(key)?;
        (at.plus_hours(KEPT_HOURS) > now).then(|| answers.clone())
    }
}

fn with<T>(work: impl FnOnce(&mut Drafts) -> T) -> T {
    work(&mut DRAFTS.lock().unwrap_or_else(PoisonError::into_inner))
}

/// What this visitor typed in the form that starts at `form`; nothing when there is no draft.
pub fn get(visitor: &str, form: &'static str, now: Moment) -> Answers {
    with(|drafts| drafts.get(&(visitor.to_owned(), form), now)).unwrap_or_default()
}

/// Keeps what was typed.
pub fn put(visitor: &str, form: &'static str, answers: Answers, now: Moment) {
    with(|drafts| drafts.put((visitor.to_owned(), form), answers, now));
}

/// Forgets a draft: it was sent.
pub fn forget(visitor: &str, form: &'static str) {
    with(|drafts| drafts.drop(&(visitor.to_owned(), form)));
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_millis(1_700_000_000_000);

    fn answers(bytes: usize) -> Answers {
        [("text".to_owned(), "x".repeat(bytes))].into()
    }

    #[test]
    fn a_draft_is_its_visitors_own_and_lasts_a_day() {
        put("a", "/foi", answers(3), NOW);
        assert_eq!(get("a", "/foi", NOW.plus_hours(23)), answers(3));
        assert_eq!(get("a", "/foi", NOW.plus_hours(24)), Answers::new());
        assert_eq!(get("b", "/foi", NOW), Answers::new());
        assert_eq!(get("a", "/message", NOW), Answers::new());
        forget("a", "/foi");
        assert_eq!(get("a", "/foi", NOW), Answers::new());
    }

    #[test]
    fn memory_is_bounded_and_the_newest_stay() {
        let mut drafts = Drafts::default();
        for n in 0..100_i64 {
            drafts.put((n.to_string(), "/foi"), answers(1 << 20), NOW.plus_minutes(n));
            assert!(drafts.bytes <= ROOM + (2 << 20));
        }
        assert_eq!(drafts.bytes, drafts.kept.values().map(|(_, a)| size(a)).sum::<usize>());
        assert!(drafts.get(&("99".into(), "/foi"), NOW.plus_minutes(99)).is_some());
        assert!(drafts.get(&("0".into(), "/foi"), NOW.plus_minutes(99)).is_none());
    }
}
