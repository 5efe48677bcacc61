//! Jobs: each is done once, by whoever leases it; a lost lease keeps no result.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use law::Moment;
use office::Fault;
use office::job::{self, Job, Kind, LEASE_MS, MOST_ATTEMPTS};
use office::store::{Lane, Store};

use crate::stage::{few, stages};

const NOON: Moment = Moment::from_millis(1_000_000);

fn enqueue(store: &Store, body: i64, target: i64) {
    store.write_blocking(Lane::People, move |tx| job::enqueue(tx, body, Kind::Render, target, NOON)).unwrap();
}

fn lease(store: &Store, now: Moment) -> Option<Job> {
    store.write_blocking(Lane::Bulk, move |tx| job::lease(tx, now)).unwrap()
}

fn done(store: &Store, job: &Job) -> Result<(), Fault> {
    let job = job.clone();
    store.write_blocking(Lane::Bulk, move |tx| job::done(tx, &job))
}

#[test]
fn two_workers_do_each_job_once() {
    for stage in stages(&few()) {
        let store = stage.store();
        (0..60).for_each(|target| enqueue(&store, 1, target));
        let counted = Arc::new(Mutex::new(BTreeMap::<i64, u32>::new()));
        let workers: Vec<_> = (0..2)
            .map(|_| {
                let (store, counted) = (stage.again(&few()), Arc::clone(&counted));
                std::thread::spawn(move || {
                    while let Some(job) = lease(&store, NOON) {
                        *counted.lock().unwrap().entry(job.target).or_default() += 1;
                        done(&store, &job).unwrap();
                    }
                })
            })
            .collect();
        workers.into_iter().for_each(|worker| worker.join().unwrap());
        assert_eq!(*counted.lock().unwrap(), (0..60).map(|target| (target, 1)).collect());
    }
}

#[test]
fn a_job_comes_back_when_its_worker_died_and_the_dead_worker_keeps_nothing() {
    for stage in stages(&few()) {
        let store = stage.store();
        enqueue(&store, 1, 5);
        assert_eq!(lease(&store, NOON.plus_millis(-1)), None, "it is not due yet");
        let first = lease(&store, NOON).unwrap();
        assert_eq!(lease(&store, NOON.plus_millis(LEASE_MS - 1)), None, "it is leased");
        let second = lease(&store, NOON.plus_millis(LEASE_MS)).unwrap();
        assert_eq!((first.id, first.attempt, second.attempt), (second.id, 1, 2));
        assert_eq!(done(&store, &first), Err(Fault::Absent("lease of the job")));
        done(&store, &second).unwrap();
        assert_eq!(lease(&store, NOON.plus_millis(10 * LEASE_MS)), None);
    }
}

#[test]
fn a_failing_job_waits_longer_each_time_and_at_last_for_a_person() {
    for stage in stages(&few()) {
        let store = stage.store();
        enqueue(&store, 1, 5);
        let (mut now, mut waits) = (NOON, Vec::new());
        for _ in 0..MOST_ATTEMPTS {
            let job = lease(&store, now).unwrap();
            let at = now;
            store.write_blocking(Lane::Bulk, move |tx| job::failed(tx, &job, at, "connection refused")).unwrap();
            let lines = store.read_blocking(|q| job::list(q, 1, "waiting", 0, 10)).unwrap();
            let Some(line) = lines.first() else { break };
            assert_eq!(line.error.as_deref(), Some("connection refused"));
            waits.push(line.run_at.millis() - now.millis());
            now = line.run_at;
        }
        assert!(waits.is_sorted() && waits.len() as u32 == MOST_ATTEMPTS - 1, "{waits:?}");
        let far = now.plus_millis(1000 * LEASE_MS);
        assert_eq!(lease(&store, far), None);
        let dead = store.read_blocking(|q| job::list(q, 1, "dead", 0, 10)).unwrap();
        let id = dead.first().unwrap().job.id;
        store.write_blocking(Lane::People, move |tx| job::retry(tx, id, far)).unwrap();
        assert_eq!(lease(&store, far).unwrap().target, 5);
    }
}

#[test]
fn a_body_sees_its_own_jobs_only() {
    for stage in stages(&few()) {
        let store = stage.store();
        enqueue(&store, 1, 11);
        enqueue(&store, 2, 22);
        for (body, target) in [(1, 11), (2, 22)] {
            let lines = store.read_blocking(move |q| job::list(q, body, "waiting", 0, 10)).unwrap();
            let targets: Vec<i64> = lines.iter().map(|line| line.job.target).collect();
            assert_eq!(targets, [target]);
        }
    }
}
