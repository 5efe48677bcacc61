//! The audit trail: chained per body, altered nowhere unseen, read by its own body only.

use law::Moment;
use office::Fault;
use office::audit::{self, Checked};
use office::store::{Lane, Store};

use crate::stage::{few, stages};

fn note(store: &Store, body: i64, target: &'static str) {
    let at = Moment::from_millis(1000);
    store.write_blocking(Lane::People, move |tx| audit::note(tx, body, at, 7, "read", target, "办理")).unwrap();
}

fn chain(store: &Store) -> usize {
    store.write_blocking(Lane::Bulk, |tx| audit::chain(tx, 3)).unwrap()
}

fn verify(store: &Store) -> Checked {
    store.read_blocking(audit::verify).unwrap()
}

fn chained(store: &Store) {
    for _ in 0..5 {
        note(store, 1, "matter 1");
        note(store, 2, "matter 2");
    }
    while chain(store) > 0 {}
}

#[test]
fn every_record_joins_its_bodys_chain_once() {
    for stage in stages(&few()) {
        let store = stage.store();
        chained(&store);
        assert_eq!(verify(&store), Checked { records: 10, broken: vec![] });
        let seqs = |body| {
            let records = store.read_blocking(move |q| audit::list(q, body, i64::MAX, 10)).unwrap();
            assert!(records.iter().all(|record| record.body == body));
            records.iter().filter_map(|record| record.seq).collect::<Vec<_>>()
        };
        assert_eq!((seqs(1), seqs(2)), (vec![5, 4, 3, 2, 1], vec![5, 4, 3, 2, 1]));
        note(&store, 1, "matter 1");
        assert_eq!((chain(&store), verify(&store).records), (1, 11));
    }
}

#[test]
fn two_sequencers_make_one_chain() {
    for stage in stages(&few()) {
        let store = stage.store();
        (0..90).for_each(|_| note(&store, 1, "matter 1"));
        let both: Vec<_> = (0..2)
            .map(|_| {
                let store = stage.again(&few());
                std::thread::spawn(move || while chain(&store) > 0 {})
            })
            .collect();
        both.into_iter().for_each(|one| one.join().unwrap());
        assert_eq!(verify(&store), Checked { records: 90, broken: vec![] });
    }
}

#[test]
fn whoever_alters_removes_or_cuts_off_a_record_is_found_out() {
    let tampered = [
        ("update audit set reason = '' where body_id = 1 and seq = 3", 3),
        ("update audit set actor = 8 where body_id = 1 and seq = 1", 1),
        ("delete from audit where body_id = 1 and seq = 2", 2),
        ("delete from audit where body_id = 1 and seq = 5", 5),
        ("update audit set seq = 9 where body_id = 1 and seq = 4", 4),
    ];
    for (sql, first) in tampered {
        for stage in stages(&few()) {
            let store = stage.store();
            chained(&store);
            stage.tamper(sql);
            assert_eq!(verify(&store).broken, [(1, first)], "{sql}");
        }
    }
}

#[test]
fn a_thing_is_looked_up_in_its_body_only() {
    for stage in stages(&few()) {
        let store = stage.store();
        note(&store, 1, "matter 5");
        note(&store, 1, "matter 6");
        note(&store, 2, "matter 5");
        let found: Result<_, Fault> = store.read_blocking(|q| audit::of_target(q, 1, "matter 5", i64::MAX, 10));
        let found = found.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].body, found[0].target.as_str()), (1, "matter 5"));
    }
}
