//! The public log on both engines: everything pending enters it once, in order, whatever happens.

use std::collections::BTreeMap;
use std::sync::Arc;

use law::Moment;
use office::clock::{Seeded, Stepped};
use office::keys::Keys;
use office::log::{self, Which};
use office::mail::Outbox;
use office::store::{Lane, StoreUrl};
use office::{Fault, Office, Options, RuleFiles, Rulebook, params, statements};
use publication::log::{Address, Checkpoint, PublicKey, Tile, consistent, entry, hashes, leaf_hash, unbundle};
use publication::{Attribute, Draft, commitment};

use crate::stage::{Stage, few, stages};

statements! {
    EDITION = "insert into edition (id, public_id, body_id, kind, title, content, hash, attribute, approved_by, published_at, state, salt) values ($1, $2, $3, 'reply', $4, $5, $6, '主动公开', '[3]', $7, 'public', $8)";
    PENDING = "insert into pending_commitment (id, body_id, kind, ref, commitment, at) values ($1, $2, 'edition', $3, $4, $5)";
    FEED = "insert into change (topic, id, body_id) values ('edition', $1, $2)";
    LEAVES = "select idx, entry from log_leaf where log = $1 order by idx";
    NOTES = "select note from log_checkpoint where log = 'public' order by size";
    CONTENT = "select content from edition where id = $1";
    FILING_LEAVES = "select count(*) from log_leaf where log = 'public' and kind = 'filings'";
}

const START: &str = "2026-03-02T09:00";

pub struct Desk {
    pub office: Office,
    pub clock: Arc<Stepped>,
}

pub fn open(stage: &Stage) -> Desk {
    let rules = Rulebook::parse(RuleFiles::built_in()).expect("the built-in rules parse");
    let url = match &stage.url {
        StoreUrl::Sqlite(path) => path.display().to_string(),
        StoreUrl::Postgres(url) => url.clone(),
    };
    let clock = Arc::new(Stepped::at(Moment::parse(START).unwrap()));
    let mut options = Options::new(stage.directory().to_owned(), rules);
    options.database = Some(url);
    options.clock = clock.clone();
    options.random = Arc::new(Seeded::new(7));
    Desk { office: Office::open(options).expect("the office opens"), clock }
}

/// Publishes as the publish function does: row, pending commitment and feed in one transaction.
pub fn publish(desk: &Desk, ids: std::ops::Range<i64>) {
    let (body, at) = (desk.office.default_body(), desk.office.now());
    let written: Result<(), Fault> = desk.office.store().write_blocking(Lane::People, move |tx| {
        for id in ids {
            let draft = Draft {
                kind: "reply".into(),
                title: format!("第{id}号答复"),
                fields: BTreeMap::from([("reply".to_owned(), format!("第{id}盏路灯已修好。"))]),
                attribute: Attribute::Proactive,
                files: Vec::new(),
                corrects: None,
                reduced: None,
                approved_by: vec![3],
            };
            let edition = draft.publish(at).unwrap();
            let (canonical, salt, public_id) = (edition.canonical(), [id as u8; 32], format!("edition{id}"));
            let millis = at.millis();
            let hash = edition.hash();
            tx.execute(&EDITION, params![id, public_id, body, &edition.title, &canonical, hash, millis, salt])?;
            let pending = tx.new_id()?;
            tx.execute(&PENDING, params![pending, body, id, commitment(&salt, &canonical), millis])?;
            tx.execute(&FEED, params![id, body])?;
        }
        Ok(())
    });
    written.unwrap();
}

/// Seals until nothing is pending; PostgreSQL holds the feed back while others' transactions run.
pub fn seal(desk: &Desk) {
    while desk.office.seal().unwrap() > 0 {}
}

pub fn entries(desk: &Desk, which: Which) -> Vec<[u8; 32]> {
    let name = which.name();
    let rows = desk.office.store().read_blocking(move |q| {
        q.rows(&LEAVES, params![name], |row| Ok((row.get::<u64>(0)?, row.get::<[u8; 32]>(1)?)))
    });
    let rows = rows.unwrap();
    assert!(rows.iter().zip(0..).all(|((index, _), expected)| *index == expected), "{rows:?}");
    rows.into_iter().map(|(_, entry)| entry).collect()
}

pub fn verify(stage: &Stage, desk: &Desk) -> log::Verified {
    let keys = Keys::open(stage.directory(), false, &Seeded::new(7)).unwrap();
    log::verify(desk.office.store(), &keys).unwrap()
}

pub fn wait<T>(future: impl std::future::Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

#[test]
fn what_is_pending_enters_once_in_order_and_is_proved() {
    for stage in stages(&few()) {
        let desk = open(&stage);
        seal(&desk);
        assert_eq!(entries(&desk, Which::Public), <[[u8; 32]; 0]>::default());
        publish(&desk, 1..4);
        assert_eq!(wait(desk.office.proof("edition2", None)).unwrap(), None, "not sealed yet");
        seal(&desk);
        desk.clock.step(1000);
        publish(&desk, 4..300);
        seal(&desk);
        let expected: Vec<_> = (1..300_i64)
            .map(|id| {
                let content = desk
                    .office
                    .store()
                    .read_blocking(move |q| q.row(&CONTENT, params![id], |row| row.get::<String>(0)));
                entry(&[id as u8; 32], &content.unwrap().unwrap())
            })
            .collect();
        assert_eq!(entries(&desk, Which::Public), expected);
        let key = PublicKey::parse(&wait(desk.office.log_key(Which::Public)).unwrap().unwrap()).unwrap();
        for id in [1, 3, 4, 256, 257, 299] {
            for size in [None, Some(0), Some(299)] {
                let proof = wait(desk.office.proof(&format!("edition{id}"), size)).unwrap().unwrap();
                let checked = proof.check(Some(&key)).unwrap();
                assert_eq!(proof.leaf_index, id - 1);
                assert_eq!(proof.tree_size, if size == Some(0) && id < 4 { 3 } else { 299 });
                assert_eq!(checked.title, Some(format!("第{id}号答复")));
            }
        }
        assert!(wait(desk.office.proof("edition300", None)).is_err());
        let found = verify(&stage, &desk);
        assert_eq!((found.editions, found.broken), (299, vec![]));
        // Nothing is left to do, and doing it again changes nothing.
        let head = wait(desk.office.log_head(Which::Public)).unwrap();
        assert_eq!(desk.office.seal().unwrap(), 0);
        assert_eq!(wait(desk.office.log_head(Which::Public)).unwrap(), head);
    }
}

#[test]
fn tiles_and_bundles_give_the_root_of_the_checkpoint() {
    for stage in stages(&few()) {
        let desk = open(&stage);
        publish(&desk, 1..260);
        seal(&desk);
        let bytes = |address| wait(desk.office.log_bytes(address)).unwrap();
        let full = bytes(Address::Hashes(Tile { level: 0, index: 0 }, 256)).unwrap();
        let part = bytes(Address::Hashes(Tile { level: 0, index: 1 }, 3)).unwrap();
        let upper = bytes(Address::Hashes(Tile { level: 1, index: 0 }, 1)).unwrap();
        assert_eq!((full.len(), part.len(), upper.len()), (256 * 32, 3 * 32, 32));
        assert_eq!(bytes(Address::Hashes(Tile { level: 0, index: 1 }, 2)).unwrap(), part[..64], "an earlier state");
        for absent in [
            Address::Hashes(Tile { level: 0, index: 1 }, 4),
            Address::Hashes(Tile { level: 0, index: 2 }, 1),
            Address::Hashes(Tile { level: 0, index: i64::MAX as u64 }, 1),
            Address::Entries(1, 4),
            Address::Entries(u64::MAX, 1),
        ] {
            assert_eq!(bytes(absent), None, "{absent}");
        }
        let entries: Vec<Vec<u8>> = [bytes(Address::Entries(0, 256)).unwrap(), bytes(Address::Entries(1, 3)).unwrap()]
            .iter()
            .flat_map(|bundle| unbundle(bundle).unwrap())
            .collect();
        let leaves: Vec<_> = entries.iter().map(|entry| leaf_hash(entry)).collect();
        assert_eq!(leaves, [hashes(&full).unwrap(), hashes(&part).unwrap()].concat());
    }
}

#[test]
fn a_checkpoint_never_goes_back_and_each_continues_the_one_before() {
    for stage in stages(&few()) {
        let desk = open(&stage);
        let mut roots = Vec::new();
        for turn in 0..12 {
            publish(&desk, turn * 30 + 1..turn * 30 + 2 + turn);
            // The machine's clock may be set back; the log's may not.
            desk.clock.step(if turn == 5 { -3_000 } else { 1_000 });
            seal(&desk);
            roots.push(wait(desk.office.log_head(Which::Public)).unwrap().unwrap());
        }
        let key = PublicKey::parse(&wait(desk.office.log_key(Which::Public)).unwrap().unwrap()).unwrap();
        let notes =
            desk.office.store().read_blocking(|q| q.rows(&NOTES, params![], |row| row.get::<String>(0))).unwrap();
        let all: Vec<_> = notes.iter().map(|note| Checkpoint::open(note, &key).unwrap()).collect();
        assert_eq!(all.len(), 13, "an empty one, then one for each batch");
        for pair in all.windows(2) {
            assert!(pair[0].size < pair[1].size && pair[0].at <= pair[1].at, "{pair:?}");
        }
        let read = |tile: Tile, width| {
            let bytes = wait(desk.office.log_bytes(Address::Hashes(tile, width))).unwrap().unwrap();
            Ok::<_, Fault>(hashes(&bytes).unwrap())
        };
        let newest = all.last().unwrap();
        for old in &all {
            let mut tiles = publication::log::Tiles::new(read);
            let path = publication::log::consistency(old.size, newest.size, &mut tiles).unwrap();
            assert!(consistent(old.size, &old.root, newest.size, &newest.root, &path));
        }
        assert_eq!(verify(&stage, &desk).broken, Vec::<String>::new());
    }
}

#[test]
fn a_stop_in_the_middle_and_two_sequencers_lose_and_double_nothing() {
    for stage in stages(&few()) {
        let desk = open(&stage);
        publish(&desk, 1..10);
        seal(&desk);
        publish(&desk, 10..40);
        // The power goes after the leaves were written: a tile that cannot be kept ends the batch.
        stage.tamper("alter table log_checkpoint rename to elsewhere");
        assert!(desk.office.seal().is_err());
        stage.tamper("alter table elsewhere rename to log_checkpoint");
        assert_eq!(entries(&desk, Which::Public).len(), 9);
        let Desk { office, clock } = desk;
        drop(office);
        let desk = Desk { clock, ..open(&stage) };
        publish(&desk, 40..200);
        let other = open(&stage);
        std::thread::scope(|scope| {
            for one in [&desk, &other] {
                scope.spawn(|| seal(one));
            }
        });
        seal(&desk);
        let all = entries(&desk, Which::Public);
        assert_eq!(all.len(), 199);
        assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 199);
        assert_eq!(verify(&stage, &desk).broken, Vec::<String>::new());
    }
}

#[test]
fn filings_enter_the_public_log_at_fixed_times_and_tell_no_number() {
    for stage in stages(&few()) {
        let desk = open(&stage);
        let count = || {
            let count =
                desk.office.store().read_blocking(|q| q.row(&FILING_LEAVES, params![], |row| row.get::<i64>(0)));
            count.unwrap().unwrap()
        };
        desk.office.settle(&Outbox).unwrap();
        let filings = [0_u32, 3, 0, 1];
        for (hour, filed) in filings.into_iter().enumerate() {
            for number in 0..filed {
                let answers = [
                    ("title", "路灯不亮"),
                    ("text", "晴湾路路灯一周不亮。"),
                    ("name", "申某甲"),
                    ("phone", "13800000000"),
                ];
                let filing = office::Filing {
                    procedure: "message".into(),
                    channel: "web".into(),
                    category: Some("help".into()),
                    answers: answers.map(|(id, text)| (id.to_owned(), text.to_owned())).into(),
                    key: format!("{hour}-{number}"),
                    ..office::Filing::default()
                };
                wait(desk.office.file(&office::Caller::public(desk.office.default_body()), filing)).unwrap();
            }
            desk.office.settle(&Outbox).unwrap();
            assert_eq!(count(), hour as i64, "nothing before the hour is full");
            desk.clock.step(3_600_000);
            desk.office.settle(&Outbox).unwrap();
            assert_eq!(count(), hour as i64 + 1, "one leaf, whether {filed} or none");
        }
        // On PostgreSQL the feed may wait for transactions of other tests.
        for _ in 0..3000 {
            if entries(&desk, Which::Filings).len() == 4 {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
            seal(&desk);
        }
        assert_eq!(entries(&desk, Which::Filings).len(), 4);
        assert!(!entries(&desk, Which::Internal).is_empty(), "the chains of events are sealed");
        assert_eq!(verify(&stage, &desk).broken, Vec::<String>::new());
        stage.tamper("update event set hash = prev where seq = 1 and matter_id = (select min(id) from matter)");
        assert!(verify(&stage, &desk).broken.iter().any(|place| place.contains("所指的记录")));
        desk.office.set_filings_minutes(15).unwrap();
        desk.clock.step(15 * 60_000);
        seal(&desk);
        assert_eq!(count(), 5, "the times come from the configuration");
    }
}
