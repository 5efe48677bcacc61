//! The log: the public vectors of RFC 6962, every shape of tree, every way to tamper.

use publication::log::{
    Address, Broken, Checkpoint, Edge, Hash, NoteFault, Proof, SigningKey, Tile, Tiles, WIDTH, bundle, consistency,
    consistent, hashes, hex, included, inclusion, leaf_hash, node_hash, unbundle, unhex,
};
use std::collections::BTreeMap;
use std::convert::Infallible;

/// The leaves and roots of the certificate-transparency project's own tests.
const LEAVES: [&[u8]; 8] = [
    &[],
    &[0x00],
    &[0x10],
    &[0x20, 0x21],
    &[0x30, 0x31],
    &[0x40, 0x41, 0x42, 0x43],
    &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
    &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
];
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

/// A log in memory: its tiles as they would be stored, the newest state of each.
#[derive(Default)]
struct Log {
    edge: Edge,
    tiles: BTreeMap<Tile, Vec<Hash>>,
    roots: Vec<Hash>,
    leaves: Vec<Hash>,
}

impl Log {
    fn of(entries: impl Iterator<Item = Vec<u8>>) -> Log {
        let mut log = Log { roots: vec![Edge::default().root()], ..Log::default() };
        for entry in entries {
            let leaf = leaf_hash(&entry);
            let grown = log.edge.append([leaf]);
            log.tiles.extend(grown);
            log.leaves.push(leaf);
            log.roots.push(log.edge.root());
        }
        log
    }

    fn numbered(count: u64) -> Log {
        Log::of((0..count).map(|number| number.to_be_bytes().to_vec()))
    }

    fn read(&self, tile: Tile, width: usize) -> Result<Vec<Hash>, Infallible> {
        let hashes = &self.tiles[&tile];
        assert!(width <= hashes.len(), "{tile:?} has {} hashes, {width} are asked for", hashes.len());
        Ok(hashes[..width].to_vec())
    }

    fn inclusion(&self, index: u64, size: u64) -> Vec<Hash> {
        inclusion(index, size, &mut Tiles::new(|tile, width| self.read(tile, width))).unwrap()
    }

    fn consistency(&self, old: u64, size: u64) -> Vec<Hash> {
        consistency(old, size, &mut Tiles::new(|tile, width| self.read(tile, width))).unwrap()
    }
}

fn of(text: &str) -> Hash {
    unhex(text).unwrap()
}

#[test]
fn the_public_vectors_of_rfc_6962() {
    let log = Log::of(LEAVES.iter().map(|leaf| leaf.to_vec()));
    assert_eq!(log.roots.iter().map(|root| hex(root)).collect::<Vec<_>>(), ROOTS);
    let [a, b, c] = [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    .map(of);
    let [d, e, f] = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    ]
    .map(of);
    let four = of(ROOTS[4]);
    assert!(log.inclusion(0, 1).is_empty());
    assert_eq!(log.inclusion(0, 8), [a, b, c]);
    assert_eq!(log.inclusion(5, 8), [d, e, four]);
    assert_eq!(log.inclusion(2, 3), [of(ROOTS[2])]);
    assert_eq!(log.inclusion(1, 5), [of(ROOTS[1]), b, d]);
    assert!(log.consistency(1, 1).is_empty());
    assert_eq!(log.consistency(1, 8), [a, b, c]);
    assert_eq!(log.consistency(6, 8), [f, e, four]);
    assert_eq!(log.consistency(2, 5), [b, d]);
}

/// The root by the definition of RFC 6962, 2.1, from all leaves.
fn defined(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Edge::default().root(),
        [one] => *one,
        more => {
            let split = more.len().next_power_of_two() / 2;
            node_hash(&defined(&more[..split]), &defined(&more[split..]))
        }
    }
}

#[test]
fn every_size_up_to_600_has_the_root_of_the_definition_and_its_edge_can_be_restored() {
    let log = Log::numbered(600);
    for size in 0..=600 {
        let root = log.roots[size as usize];
        assert_eq!(root, defined(&log.leaves[..size as usize]), "{size}");
        let edge = Edge::restore(size, |tile, width| log.read(tile, width)).unwrap();
        assert_eq!((edge.size(), edge.root()), (size, root));
        assert_eq!(Tiles::new(|tile, width| log.read(tile, width)).root(size).unwrap(), root, "{size}");
    }
}

#[test]
fn leaves_appended_together_or_alone_make_the_same_tiles() {
    let alone = Log::numbered(600);
    for cut in [1, 255, 256, 257, 511, 512, 599] {
        let mut edge = Edge::default();
        let mut tiles = edge.append(alone.leaves[..cut].iter().copied());
        let mut edge =
            Edge::restore(cut as u64, |tile, width| Ok::<_, Infallible>(tiles[&tile][..width].to_vec())).unwrap();
        tiles.extend(edge.append(alone.leaves[cut..].iter().copied()));
        assert_eq!((edge.root(), &tiles), (alone.edge.root(), &alone.tiles), "{cut}");
    }
    let widths: Vec<_> = alone.tiles.iter().map(|(tile, hashes)| (tile.level, tile.index, hashes.len())).collect();
    assert_eq!(widths, [(0, 0, 256), (0, 1, 256), (0, 2, 88), (1, 0, 2)]);
}

#[test]
fn every_leaf_is_proved_and_nothing_else_is() {
    let log = Log::numbered(600);
    let all = |size: u64| size <= 70 || [255, 256, 257, 511, 512, 513, 600].contains(&size);
    for size in 1..=600_u64 {
        let root = &log.roots[size as usize];
        let step = if all(size) { 1 } else { 61 };
        for index in (0..size).step_by(step).chain([size - 1]) {
            let path = log.inclusion(index, size);
            let leaf = &log.leaves[index as usize];
            assert!(included(leaf, index, size, &path, root), "{index} of {size}");
            let other = &log.leaves[(index as usize + 1) % 600];
            assert!(!included(other, index, size, &path, root), "another leaf at {index} of {size}");
            assert!(!included(leaf, index + 1, size, &path, root), "{index} of {size} elsewhere");
            assert!(!included(leaf, index, size, &path, &log.roots[size as usize - 1]), "another root");
        }
    }
}

#[test]
fn every_bit_of_a_path_counts() {
    let log = Log::numbered(300);
    for (index, size) in [(0, 300), (299, 300), (255, 257), (256, 257), (7, 11)] {
        let (path, root) = (log.inclusion(index, size), log.roots[size as usize]);
        let leaf = log.leaves[index as usize];
        for bit in 0..path.len() * 256 {
            let mut altered = path.clone();
            altered[bit / 256][bit % 256 / 8] ^= 1 << (bit % 8);
            assert!(!included(&leaf, index, size, &altered, &root));
        }
        assert!(!included(&leaf, index, size, &path[1..], &root));
        assert!(!included(&leaf, index, size, &[path.clone(), vec![root]].concat(), &root));
    }
}

#[test]
fn each_tree_is_shown_to_be_the_beginning_of_later_ones() {
    let log = Log::numbered(600);
    for size in (1..=600_u64).filter(|size| *size < 40 || size % 37 == 0 || (255..=257).contains(size)) {
        for old in (0..=size).filter(|old| size < 40 || old % 13 == 0 || (254..=258).contains(old) || *old == size) {
            let path = log.consistency(old, size);
            let (before, after) = (log.roots[old as usize], log.roots[size as usize]);
            assert!(consistent(old, &before, size, &after, &path), "{old} in {size}");
            if old > 0 && old < size {
                let wrong = log.roots[old as usize - 1];
                assert!(!consistent(old, &wrong, size, &after, &path), "{old} in {size}: another past");
                assert!(!consistent(old, &before, size, &before, &path), "{old} in {size}: another present");
                let mut altered = path.clone();
                altered[0][31] ^= 1;
                assert!(!consistent(old, &before, size, &after, &altered), "{old} in {size}: an altered path");
                assert!(!consistent(old, &before, size, &after, &path[1..]), "{old} in {size}: a short path");
            }
        }
    }
    assert!(!consistent(8, &log.roots[8], 8, &log.roots[7], &[]));
    assert!(!consistent(8, &log.roots[8], 7, &log.roots[7], &[]), "a log never shrinks");
}

#[test]
fn addresses_are_those_of_tlog_tiles_and_have_one_spelling() {
    let tile = |level, index, width| Address::Hashes(Tile { level, index }, width);
    for (address, path) in [
        (tile(0, 0, WIDTH), "tile/0/000"),
        (tile(3, 1_234_067, WIDTH), "tile/3/x001/x234/067"),
        (tile(1, 1000, 112), "tile/1/x001/000.p/112"),
        (Address::Entries(0, 1), "tile/entries/000.p/1"),
        (Address::Entries(256_000, WIDTH), "tile/entries/x256/000"),
    ] {
        assert_eq!(address.to_string(), path);
        assert_eq!(Address::parse(path.strip_prefix("tile/").unwrap()), Some(address));
    }
    for bad in [
        "0/0",
        "0/00",
        "0/0000",
        "00/000",
        "+1/000",
        "64/000",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/",
        "0/x000/001",
        "0/001/x002",
        "0/x1/000",
        "entries/",
        "0/",
        "",
        "x/000",
        "-1/000",
        "0/x999/x999/x999/x999/x999/x999/x999/999",
        "0/000/",
        "0/+12",
        "0/000.p/+5",
    ] {
        assert_eq!(Address::parse(bad), None, "{bad}");
    }
}

#[test]
fn bundles_and_tiles_are_read_back() {
    let entries = [[1; 32], [2; 32]];
    let bytes = bundle(&entries);
    assert_eq!(bytes.len(), 68);
    assert_eq!(bytes[..3], [0, 32, 1]);
    assert_eq!(unbundle(&bytes), Some(entries.iter().map(|entry| entry.to_vec()).collect()));
    assert_eq!(unbundle(&bytes[..67]), None);
    assert_eq!(unbundle(&bytes[..35]), None);
    assert_eq!(hashes(&entries.concat()), Some(entries.to_vec()));
    assert_eq!(hashes(&[0; 33]), None);
    assert_eq!(hashes(&[0; 257 * 32]), None);
}

/// The example of Go's package `note`, which C2SP signed-note was written down from.
#[test]
fn notes_are_those_of_others() {
    let seed = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
    let seed = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, seed).unwrap();
    let key = SigningKey::from_seed("PeterNeumann", seed[1..].try_into().unwrap()).unwrap();
    assert_eq!(key.public().to_string(), "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    let text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    let signed =
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    let note = format!("{text}\n{signed}");
    assert_eq!(key.sign(text), note);
    assert_eq!(key.public().open(&note), Ok(text));
    let witnessed = format!("{note}— witness.invalid {}\n", "AAAAAAAA");
    assert_eq!(key.public().open(&witnessed), Ok(text), "a witness's line is passed over");
    let other = SigningKey::from_seed("PeterNeumann", &[1; 32]).unwrap();
    assert_eq!(other.public().open(&note), Err(NoteFault::OtherKey));
    for (name, bad) in [("a b", "blank"), ("a+b", "plus"), ("", "empty")] {
        assert!(SigningKey::from_seed(name, &[1; 32]).is_none(), "{bad}");
    }
}

fn proof() -> (SigningKey, Proof) {
    let key = SigningKey::from_seed("log.invalid", &[7; 32]).unwrap();
    let (salt, canonical) = ([9; 32], r#"{"title":"路灯何时修好","published_at":1795395600000}"#);
    let entry = unhex(&publication::commitment(&salt, canonical)).unwrap();
    let log =
        Log::of((0..300_u64).map(|number| if number == 70 { entry.to_vec() } else { number.to_be_bytes().to_vec() }));
    let root = log.edge.root();
    let at = Some(law::Moment::from_millis(1_795_395_601_000));
    let checkpoint = Checkpoint { origin: "log.invalid".into(), size: 300, root, at };
    let proof = Proof {
        leaf_index: 70,
        leaf_hash: hex(&log.leaves[70]),
        tree_size: 300,
        root: hex(&root),
        inclusion: log.inclusion(70, 300).iter().map(|step| hex(step)).collect(),
        checkpoint: checkpoint.sign(&key),
        salt: hex(&salt),
        canonical: canonical.into(),
    };
    assert_eq!(Checkpoint::open(&proof.checkpoint, key.public()), Ok(checkpoint));
    (key, proof)
}

#[test]
fn a_proof_holds_by_itself_and_says_what_it_shows() {
    let (key, proof) = proof();
    for known in [Some(key.public()), None] {
        let checked = proof.check(known).unwrap();
        assert_eq!((checked.checkpoint.size, &checked.key), (300, key.public()));
        assert_eq!(checked.title.as_deref(), Some("路灯何时修好"));
        assert_eq!(checked.published_at, Some(law::Moment::from_millis(1_795_395_600_000)));
    }
    assert_eq!(Proof::parse(&proof.to_json()), Ok(proof.clone()));
    let other = SigningKey::from_seed("log.invalid", &[8; 32]).unwrap();
    assert_eq!(proof.check(Some(other.public())), Err(Broken::Note(NoteFault::OtherKey)));
}

#[test]
fn a_tampered_bit_anywhere_fails() {
    let (_, proof) = proof();
    let json = proof.to_json();
    for at in 0..json.len() * 8 {
        let mut bytes = json.clone().into_bytes();
        bytes[at / 8] ^= 1 << (at % 8);
        let Ok(altered) = String::from_utf8(bytes) else { continue };
        let held = Proof::parse(&altered).and_then(|proof| proof.check(None));
        assert!(held.is_err(), "bit {at}: {altered}");
    }
}

#[test]
fn what_was_changed_is_named() {
    let (_, proof) = proof();
    let with = |change: fn(&mut Proof)| {
        let mut altered = proof.clone();
        change(&mut altered);
        altered.check(None).unwrap_err()
    };
    assert_eq!(with(|proof| proof.canonical = proof.canonical.replace("修好", "修理")), Broken::Content);
    assert_eq!(with(|proof| proof.leaf_index = 71), Broken::Path);
    assert_eq!(with(|proof| proof.tree_size = 200), Broken::Path);
    assert_eq!(with(|proof| proof.inclusion.truncate(3)), Broken::Path);
    assert_eq!(with(|proof| proof.salt = "00".into()), Broken::Form);
    assert_eq!(
        with(|proof| proof.checkpoint = proof.checkpoint.replace("\n300\n", "\n301\n")),
        Broken::Note(NoteFault::Signature)
    );
    assert_eq!(with(|proof| proof.checkpoint = "vkey".into()), Broken::Note(NoteFault::Form));
    // A smaller tree's checkpoint under a proof for another.
    let key = SigningKey::from_seed("log.invalid", &[7; 32]).unwrap();
    let mut moved = proof.clone();
    moved.checkpoint = Checkpoint { origin: "log.invalid".into(), size: 299, root: [1; 32], at: None }.sign(&key);
    assert_eq!(moved.check(Some(key.public())), Err(Broken::Root));
}
