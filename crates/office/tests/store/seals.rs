//! Keys in the store: text opens under its matter's key alone, and never again after erasure.

use law::Moment;
use office::Fault;
use office::clock::{Random, Seeded};
use office::keys::{self, Keys};
use office::store::Lane;

use crate::stage::{few, stages};

fn seeded(seed: u64) -> Box<dyn Random> {
    Box::new(Seeded::new(seed))
}

#[test]
fn a_text_opens_under_its_matter_alone_until_it_is_erased() {
    for stage in stages(&few()) {
        let store = stage.store();
        let open = |seed| Keys::open(stage.directory(), true, &*seeded(seed)).unwrap();
        let keys = open(1);
        let random = seeded(2);
        let (one, wrapped_one) = keys.new_matter(101, &*random);
        let (two, wrapped_two) = keys.new_matter(102, &*random);
        store
            .write_blocking(Lane::People, move |tx| {
                Keys::keep(tx, 101, "matter", &wrapped_one)?;
                Keys::keep(tx, 102, "matter", &wrapped_two)
            })
            .unwrap();
        let sealed = one.seal("申某甲".as_bytes());
        assert!(two.open(&sealed).is_err());
        assert_ne!(one.hash("申某甲"), two.hash("申某甲"));

        // Read back by a later process: the key file is there already, so its seed plays no part.
        let later = open(9);
        let (text, copy) = (sealed.clone(), sealed.clone());
        let read = store.read_blocking(move |q| later.matter(q, 101)?.open_text(&text)).unwrap();
        assert_eq!(read, "申某甲");

        let (now, again) = (Moment::from_millis(1), open(9));
        let erased = store.write_blocking(Lane::People, move |tx| keys::erase(tx, 101, now)).unwrap();
        assert!(erased);
        let gone = store.read_blocking(move |q| again.matter(q, 101)?.open_text(&copy));
        assert_eq!(gone, Err(Fault::Erased));
        let twice = store.write_blocking(Lane::People, move |tx| keys::erase(tx, 101, now)).unwrap();
        assert!(!twice);
    }
}

#[test]
fn another_master_key_opens_nothing() {
    for stage in stages(&few()) {
        let elsewhere = tempfile::tempdir().unwrap();
        let right = Keys::open(stage.directory(), true, &*seeded(1)).unwrap();
        let wrong = Keys::open(elsewhere.path(), true, &*seeded(2)).unwrap();
        let (_, wrapped) = right.new_matter(7, &*seeded(3));
        let store = stage.store();
        store.write_blocking(Lane::People, move |tx| Keys::keep(tx, 7, "matter", &wrapped)).unwrap();
        assert!(store.read_blocking(move |q| right.matter(q, 7).map(drop)).is_ok());
        let refused = store.read_blocking(move |q| wrong.matter(q, 7).map(drop));
        assert!(matches!(refused, Err(Fault::Seal(_))), "{refused:?}");
    }
}

#[test]
fn a_person_is_found_by_the_whole_value_in_one_body_only() {
    for stage in stages(&few()) {
        let keys = Keys::open(stage.directory(), true, &*seeded(1)).unwrap();
        let random = seeded(2);
        let made = stage.store().write_blocking(Lane::People, move |tx| {
            Ok::<_, Fault>((keys.make_body(tx, &*random)?, keys.make_body(tx, &*random)?))
        });
        let (here, there) = made.unwrap();
        assert_eq!(here.find("phone", "138 0000 0000"), here.find("phone", "１３８００００００００"));
        assert_eq!(here.find("name", "申某甲"), here.find("name", " 申某甲 "));
        assert_ne!(here.find("name", "申某甲"), here.find("name", "申某"));
        assert_ne!(here.find("name", "1"), here.find("phone", "1"));
        assert_ne!(here.find("name", "申某甲"), there.find("name", "申某甲"));
        assert_ne!(here.secret("form"), there.secret("form"));
    }
}

#[test]
fn the_master_key_is_for_its_owner_only_and_never_made_by_reading() {
    let data = tempfile::tempdir().unwrap();
    let missing = Keys::open(data.path(), false, &*seeded(1)).err();
    assert!(matches!(missing, Some(Fault::Missing(_))), "{missing:?}");
    Keys::open(data.path(), true, &*seeded(1)).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(data.path().join("master.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    std::fs::write(data.path().join("master.key"), "short").unwrap();
    let damaged = Keys::open(data.path(), true, &*seeded(1)).err();
    assert!(matches!(damaged, Some(Fault::Files(_))), "{damaged:?}");
}
