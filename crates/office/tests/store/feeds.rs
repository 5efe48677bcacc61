//! The change feed: nothing is skipped, nothing comes twice, whatever the order of commits.

use std::collections::BTreeSet;
use std::sync::mpsc;

use office::Fault;
use office::feed::{self, Change};
use office::store::{Engine, Lane, Store};

use crate::stage::{few, stages};

fn take(store: &Store, consumer: &'static str) -> Vec<Change> {
    store
        .write_blocking(Lane::Bulk, move |tx| {
            let changes = feed::unseen(tx, consumer, 7)?;
            if let Some(last) = changes.last() {
                feed::advance(tx, consumer, last.position)?;
            }
            Ok::<_, Fault>(changes)
        })
        .unwrap()
}

/// Takes until so many changes came: PostgreSQL holds back what is above the oldest transaction of
/// the whole server, and other tests have theirs.
fn take_all(store: &Store, consumer: &'static str, count: usize) -> Vec<Change> {
    let mut all = Vec::new();
    for _ in 0..3000 {
        all.extend(take(store, consumer));
        if all.len() >= count {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    all
}

fn note(store: &Store, id: i64) {
    store.write_blocking(Lane::People, move |tx| feed::note(tx, "matter", id, 1)).unwrap();
}

#[test]
fn many_writers_and_a_consumer_beside_them() {
    for stage in stages(&few()) {
        let store = stage.store();
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let store = store.clone();
                std::thread::spawn(move || (0..100).for_each(|n| note(&store, writer * 100 + n)))
            })
            .collect();
        let mut seen = BTreeSet::new();
        while seen.len() < 400 {
            let changes = take_all(&store, "search", 1);
            assert!(!changes.is_empty(), "only {} came", seen.len());
            for change in changes {
                assert!(seen.insert(change.id), "{} came twice", change.id);
            }
        }
        writers.into_iter().for_each(|writer| writer.join().unwrap());
        assert_eq!(seen, (0..400).collect());
    }
}

/// The trap: number 1 is taken, number 2 commits, the consumer passes, number 1 commits.
#[test]
fn a_late_commit_is_not_skipped() {
    for stage in stages(&few()) {
        if stage.store().engine() == Engine::Sqlite {
            continue; // One writer: the trap cannot be laid.
        }
        let store = stage.store();
        let late = store.clone();
        let (release, gate) = mpsc::channel::<()>();
        let (noted, inside) = mpsc::channel();
        let slow = std::thread::spawn(move || {
            let written: Result<(), Fault> = late.write_blocking(Lane::People, move |tx| {
                feed::note(tx, "matter", 1, 1)?;
                noted.send(()).unwrap();
                let _ = gate.recv();
                Ok(())
            });
            written.unwrap();
        });
        inside.recv().unwrap();
        note(&store, 2);
        assert_eq!(take(&store, "search"), [], "2 may not be given out while 1 is open");
        drop(release);
        slow.join().unwrap();
        let ids: Vec<i64> = take_all(&store, "search", 2).iter().map(|change| change.id).collect();
        assert_eq!(ids, [1, 2]);
    }
}

#[test]
fn each_consumer_has_its_own_cursor_and_only_what_all_have_seen_is_removed() {
    for stage in stages(&few()) {
        let store = stage.store();
        let ids = |consumer, count| take_all(&store, consumer, count).iter().map(|c| c.id).collect::<Vec<_>>();
        (1..=5).for_each(|id| note(&store, id));
        assert_eq!(ids("search", 5), [1, 2, 3, 4, 5]);
        (6..=7).for_each(|id| note(&store, id));
        assert_eq!(ids("counters", 7), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(store.write_blocking(Lane::Bulk, feed::prune), Ok(4));
        assert_eq!(ids("search", 2), [6, 7]);
        store.write_blocking(Lane::Bulk, feed::prune).unwrap();
        note(&store, 8);
        assert_eq!(ids("search", 1), [8]);
    }
}

#[test]
fn what_was_rolled_back_is_no_change() {
    for stage in stages(&few()) {
        let store = stage.store();
        let refused: Result<(), Fault> = store.write_blocking(Lane::People, |tx| {
            feed::note(tx, "matter", 1, 1)?;
            Err(Fault::Absent("refused"))
        });
        assert!(refused.is_err());
        note(&store, 2);
        let ids: Vec<i64> = take_all(&store, "search", 1).iter().map(|change| change.id).collect();
        assert_eq!(ids, [2]);
    }
}
