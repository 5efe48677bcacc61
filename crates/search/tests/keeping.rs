//! An index keeps what it is given, and is made anew when it cannot be trusted.

mod samples;

use samples::{ask, doc, filled, ids, samples};
use search::{Fault, Index, Kind, Op};

#[test]
fn a_later_document_replaces_and_a_deletion_removes() {
    let (dir, index) = filled();
    assert_eq!(index.place().unwrap(), "42");
    let mut writer = index.writer().unwrap();
    let moved = doc(1, "已改题", "已改文");
    writer.apply(&[Op::Put(moved), Op::Delete(2), Op::Delete(99)], "45").unwrap();
    assert_eq!(ids(&index, &ask("停车")), [0i64; 0]);
    assert_eq!(ids(&index, &ask("改题")), [1]);
    writer.apply(&[Op::Put(doc(6, "先加", "")), Op::Delete(6)], "46").unwrap();
    assert_eq!(ids(&index, &ask("先加")), [0i64; 0]);
    drop((writer, index));
    let again = Index::open(dir.path(), Kind::Desk).unwrap();
    assert_eq!((again.place().unwrap().as_str(), again.len()), ("46", 4));
}

#[test]
fn a_damaged_or_foreign_index_is_made_anew() {
    let (dir, index) = filled();
    drop(index);
    assert_eq!(Index::open(dir.path(), Kind::Desk).unwrap().place().unwrap(), "42");
    let files = || std::fs::read_dir(dir.path()).unwrap().map(|file| file.unwrap().path());
    let largest = files().max_by_key(|file| file.metadata().unwrap().len()).unwrap();
    let mut bytes = std::fs::read(&largest).unwrap();
    bytes[10] ^= 0xFF;
    std::fs::remove_file(&largest).unwrap();
    std::fs::write(&largest, &bytes).unwrap();
    let anew = Index::open(dir.path(), Kind::Desk).unwrap();
    assert_eq!((anew.place().unwrap().as_str(), anew.len()), ("", 0));
    anew.writer().unwrap().apply(&samples(), "43").unwrap();
    drop(anew);
    std::fs::write(dir.path().join("meta.json"), "{").unwrap();
    assert_eq!(Index::open(dir.path(), Kind::Desk).unwrap().place().unwrap(), "");
    let other = Index::open(dir.path(), Kind::Public).unwrap();
    other.writer().unwrap().apply(&samples(), "44").unwrap();
    drop(other);
    assert_eq!(Index::open(dir.path(), Kind::Desk).unwrap().len(), 0, "never the other kind's");
}

#[test]
fn another_process_that_writes_is_never_robbed_of_its_files() {
    let (dir, index) = filled();
    let _writer = index.writer().unwrap();
    std::fs::write(dir.path().join("index-kind"), "half written").unwrap();
    assert!(matches!(Index::open(dir.path(), Kind::Desk), Err(Fault::Written)));
    assert_eq!(ids(&index, &ask("停车")).len(), ids(&filled().1, &ask("停车")).len());
}

#[test]
fn a_directory_of_other_files_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("重要.txt");
    std::fs::write(&file, "x").unwrap();
    assert!(matches!(Index::open(dir.path(), Kind::Desk), Err(Fault::Foreign)));
    assert!(file.exists());
}

#[test]
fn no_text_stands_in_the_files() {
    let (dir, _index) = filled();
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let sentence = "地面停车怎么收费".as_bytes();
        assert!(!bytes.windows(sentence.len()).any(|part| part == sentence));
    }
}

#[test]
fn what_is_erased_leaves_no_segment_that_still_holds_its_words() {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::open(dir.path(), Kind::Public).unwrap();
    let mut writer = index.writer().unwrap();
    // Lists of removed documents: their words stand in the segments beside them.
    let removed = || {
        let files = std::fs::read_dir(dir.path()).unwrap().flatten();
        files.filter(|file| file.path().extension().is_some_and(|end| end == "del")).count()
    };
    let docs: Vec<Op> = (1..=5).map(|id| Op::Put(doc(id, "公示", "录用名单"))).collect();
    writer.apply(&docs, "1").unwrap();
    writer.apply(&[Op::Delete(2)], "2").unwrap();
    assert_eq!((index.len(), removed()), (4, 1), "removed, and still on the disk");
    writer.apply(&[Op::Erase(3)], "3").unwrap();
    assert_eq!((index.len(), removed()), (3, 0));
    assert_eq!(index.place().unwrap(), "3", "and the place in the feed stays");
    drop(writer);
    assert_eq!(Index::open(dir.path(), Kind::Public).unwrap().len(), 3);
}
