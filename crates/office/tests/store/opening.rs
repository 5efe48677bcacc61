//! Opening: migrations, refusals, durability, ids.

use std::collections::BTreeSet;

use office::Fault;
use office::store::{Engine, Lane, Options, Store, StoreUrl};

use crate::stage::{few, stages};

#[test]
fn a_store_opens_again_and_says_when_it_is_from_a_newer_program_or_altered() {
    for stage in stages(&few()) {
        drop(stage.again(&Options { create: false, ..few() }));
        drop(stage.again(&few()));
        stage.tamper("insert into migration (version, hash) values (99, 'future')");
        let newer = Store::open(&stage.url, &few()).err();
        assert!(matches!(newer, Some(Fault::Version(_))), "{newer:?}");
        stage.tamper("delete from migration where version = 99; update migration set hash = 'other'");
        let altered = Store::open(&stage.url, &few()).err();
        assert!(matches!(altered, Some(Fault::Version(_))), "{altered:?}");
    }
}

#[test]
fn reading_a_store_that_is_not_there_makes_none() {
    let data = tempfile::tempdir().unwrap();
    let url = StoreUrl::of(data.path(), None);
    let missing = Store::open(&url, &Options { create: false, ..few() }).err();
    assert!(matches!(missing, Some(Fault::Missing(_))), "{missing:?}");
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
}

/// An acknowledged act survives a crash only under these settings of the writer's connection.
#[tokio::test]
async fn commits_are_durable() {
    for stage in stages(&few()) {
        let durability = stage.store().durability().await.unwrap();
        let expected: &[(&str, &str)] = match durability.engine {
            Engine::Sqlite => &[("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1")],
            Engine::Postgres => &[("synchronous_commit", "on"), ("fsync", "on"), ("full_page_writes", "on")],
        };
        let found: Vec<(&str, &str)> =
            durability.settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn two_processes_never_give_out_the_same_id() {
    for stage in stages(&few()) {
        let stores = [stage.store(), stage.again(&few())];
        let mut seen = BTreeSet::new();
        for turn in 0..50_000 {
            for store in &stores {
                let id = loop {
                    // Any write makes the writer fill the reserve.
                    match store.new_id() {
                        Ok(id) => break id,
                        Err(Fault::Busy) => {
                            store.write_blocking(Lane::Bulk, |_| Ok::<_, Fault>(())).unwrap();
                        }
                        Err(fault) => panic!("{fault}"),
                    }
                };
                assert!(seen.insert(id), "{id} twice, at turn {turn}");
            }
        }
    }
}

/// Import beside a worker: what searches nothing does not meet the process that writes the index.
#[test]
fn a_command_that_searches_nothing_needs_no_index() {
    let stage = crate::stage::embedded(&few());
    let data = stage.directory().to_owned();
    let open = || {
        let rules = office::Rulebook::parse(office::RuleFiles::built_in()).unwrap();
        office::Office::open(office::Options::new(data.clone(), rules)).unwrap()
    };
    open().settle(&office::mail::Outbox).unwrap();
    let index = search::Index::open(&data.join("index/public"), search::Kind::Public).unwrap();
    let writer = index.writer().unwrap();
    // What another process replaces looks damaged for a while.
    std::fs::remove_file(data.join("index/public/meta.json")).unwrap();
    let office = open();
    let page =
        intake::reader::Said { text: Some("关于停水的公告\n因检修停水。".into()), ..Default::default() };
    let page = intake::pages::recognise(page).unwrap();
    let done = office.import_pages(office.default_body(), vec![page], false).unwrap();
    assert_eq!(done, [office::Imported::New]);
    let met = office.settle(&office::mail::Outbox);
    assert!(matches!(met, Err(office::Fail::Busy)), "who needs it is told to come again: {met:?}");
    drop(writer);
}
