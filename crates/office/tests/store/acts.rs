//! Acts: answered after a durable commit, kept together or not at all, people first, refused
//! before anything is accepted when the line is full.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};

use office::store::{Engine, Lane, Options, Store, Tx};
use office::{Fault, params, statements};

use crate::stage::{few, stages};

statements! {
    PUT = "insert into setting (body_id, key, value) values ($1, $2, 'x')";
    COUNT = "select count(*) from setting where body_id = $1";
    HAS = "select count(*) from setting where body_id = $1 and key = $2";
}

fn put(tx: &mut Tx<'_>, body: i64, key: i64) -> Result<(), Fault> {
    tx.execute(&PUT, params![body, key.to_string()]).map(drop)
}

fn count(store: &Store, body: i64) -> i64 {
    store.read_blocking(move |q| Ok(q.row(&COUNT, params![body], |row| row.get(0))?.unwrap_or(-1))).unwrap()
}

/// Holds every writer until the sender is dropped.
fn hold(store: &Store, writers: usize) -> (mpsc::Sender<()>, Vec<std::thread::JoinHandle<()>>) {
    let (release, gate) = mpsc::channel::<()>();
    let gate = Arc::new(Mutex::new(gate));
    let (entered, inside) = mpsc::channel();
    let handles = (0..writers)
        .map(|_| {
            let (store, gate, entered) = (store.clone(), Arc::clone(&gate), entered.clone());
            std::thread::spawn(move || {
                let held: Result<(), Fault> = store.write_blocking(Lane::People, move |_| {
                    entered.send(()).unwrap();
                    let _ = gate.lock().unwrap().recv();
                    Ok(())
                });
                held.unwrap();
            })
        })
        .collect();
    for _ in 0..writers {
        inside.recv().unwrap();
    }
    (release, handles)
}

/// One writer on either engine, so that the line behind it is known.
fn one_writer(queue: usize) -> Options {
    Options { queue, writers: 1, ..few() }
}

#[test]
fn an_answer_comes_after_the_commit() {
    for stage in stages(&few()) {
        let store = stage.store();
        let clients: Vec<_> = (0..8)
            .map(|client| {
                let store = store.clone();
                std::thread::spawn(move || {
                    for turn in 0..25 {
                        let key = client * 100 + turn;
                        store.write_blocking(Lane::People, move |tx| put(tx, 1, key)).unwrap();
                        // Another connection sees only what was committed.
                        let seen: i64 = store
                            .read_blocking(move |q| {
                                let row = q.row(&HAS, params![1, key.to_string()], |row| row.get(0))?;
                                Ok(row.unwrap_or(0))
                            })
                            .unwrap();
                        assert_eq!(seen, 1);
                    }
                })
            })
            .collect();
        clients.into_iter().for_each(|client| client.join().unwrap());
        assert_eq!(count(&store, 1), 200);
    }
}

#[tokio::test]
async fn what_waits_together_shares_a_commit_and_a_failing_act_harms_no_other() {
    for stage in stages(&one_writer(100)) {
        let store = stage.store();
        let (release, held) = hold(&store, 1);
        let before = *store.commits().borrow();
        let mut waiting = Vec::new();
        for key in 0..30 {
            let store = store.clone();
            waiting.push(tokio::spawn(async move {
                store
                    .write(Lane::People, move |tx| {
                        put(tx, 1, key)?;
                        match key % 3 {
                            0 => Ok(()),
                            1 => Err(Fault::Absent("a refusal after the row was written")),
                            // The second row has the same key; the act goes on as if nothing were.
                            _ => put(tx, 1, key).or(Ok(())),
                        }
                    })
                    .await
            }));
        }
        drop(release);
        for (key, act) in waiting.into_iter().enumerate() {
            let expected = match key % 3 {
                0 => Ok(()),
                1 => Err(Fault::Absent("a refusal after the row was written")),
                _ => Err(Fault::Spoiled),
            };
            assert_eq!(act.await.unwrap(), expected, "act {key}");
        }
        tokio::task::spawn_blocking(move || held.into_iter().for_each(|h| h.join().unwrap())).await.unwrap();
        let commits = *store.commits().borrow() - before;
        if store.engine() == Engine::Sqlite {
            assert!(commits <= 3, "31 acts took {commits} commits");
        }
        let store = store.clone();
        let kept = tokio::task::spawn_blocking(move || count(&store, 1)).await.unwrap();
        assert_eq!(kept, 10);
    }
}

#[test]
fn an_act_that_panics_leaves_nothing_and_the_writer_goes_on() {
    for stage in stages(&one_writer(10)) {
        let store = stage.store();
        let outcome: Result<(), Fault> = store.write_blocking(Lane::People, |tx| {
            put(tx, 1, 1)?;
            panic!("as an act might")
        });
        assert_eq!(outcome, Err(Fault::Abandoned));
        store.write_blocking(Lane::People, |tx| put(tx, 1, 2)).unwrap();
        assert_eq!(count(&store, 1), 1);
    }
}

#[tokio::test]
async fn a_full_line_refuses_before_anything_is_accepted_and_people_go_first() {
    for stage in stages(&one_writer(3)) {
        let store = stage.store();
        let (release, held) = hold(&store, 1);
        let order = Arc::new(Mutex::new(Vec::new()));
        let act = |lane, name: &'static str| {
            let (store, order) = (store.clone(), Arc::clone(&order));
            async move {
                store
                    .write(lane, move |_| {
                        order.lock().unwrap().push(name);
                        Ok::<_, Fault>(())
                    })
                    .await
            }
        };
        // Polled once, in this order: each takes its place in line.
        let mut waiting = Vec::new();
        for (lane, name) in [
            (Lane::Bulk, "bulk 1"),
            (Lane::Bulk, "bulk 2"),
            (Lane::Bulk, "bulk 3"),
            (Lane::People, "person 1"),
            (Lane::People, "person 2"),
            (Lane::People, "person 3"),
        ] {
            let mut future = Box::pin(act(lane, name));
            let polled = std::future::poll_fn(|cx| std::task::Poll::Ready(future.as_mut().poll(cx).is_pending())).await;
            assert!(polled, "{name} waits");
            waiting.push(future);
        }
        for lane in [Lane::Bulk, Lane::People] {
            assert_eq!(act(lane, "one too many").await, Err(Fault::Busy));
        }
        drop(release);
        for future in waiting {
            future.await.unwrap();
        }
        let expected = ["person 1", "person 2", "person 3", "bulk 1", "bulk 2", "bulk 3"];
        assert_eq!(*order.lock().unwrap(), expected);
        tokio::task::spawn_blocking(move || held.into_iter().for_each(|h| h.join().unwrap())).await.unwrap();
    }
}

#[test]
fn a_reader_can_write_nothing() {
    for stage in stages(&few()) {
        let written = stage.store().read_blocking(|q| q.rows(&PUT, params![1, "k"], |_| Ok(())));
        assert!(written.is_err());
        assert_eq!(count(&stage.store(), 1), 0);
    }
}

#[test]
fn a_read_sees_one_moment() {
    for stage in stages(&few()) {
        let store = stage.store();
        let writer = store.clone();
        let (first, second) = store
            .read_blocking(move |q| {
                let count = |q: &mut office::store::Query<'_>| {
                    Ok::<i64, Fault>(q.row(&COUNT, params![1], |row| row.get(0))?.unwrap_or(-1))
                };
                let first = count(q)?;
                writer.write_blocking(Lane::People, |tx| put(tx, 1, 1))?;
                Ok((first, count(q)?))
            })
            .unwrap();
        assert_eq!((first, second), (0, 0));
        assert_eq!(count(&store, 1), 1);
    }
}
