//! The log and what is published, tampered with behind the program's back: whoever alters, removes,
//! moves or backdates anything is found out; what was altered is put back.

use office::clock::Seeded;
use office::log::{self, Which};
use office::store::{Lane, StoreUrl};
use office::{Fault, params, statements};

use crate::logs::{entries, open, publish, seal, verify, wait};
use crate::stage::{embedded, few, stages};

statements! {
    ALARMS = "select act from audit where target = $1 order by id";
    COPIES = "select count(*) from edition_copy";
}

#[test]
fn whoever_alters_removes_moves_or_backdates_is_found_out_and_named() {
    let cases: &[(&str, &str)] = &[
        (
            "update log_leaf set entry = (select entry from log_leaf l where l.log = 'public' and l.idx = 5) where log = 'public' and idx = 4",
            "第4条",
        ),
        ("delete from log_leaf where log = 'public' and idx = 7", "第7条不见了"),
        ("delete from log_leaf where log = 'public' and idx = 259", "第259条不见了"),
        (
            "update log_leaf set idx = -1 where log = 'public' and idx = 2; update log_leaf set idx = 2 where log = 'public' and idx = 3; update log_leaf set idx = 3 where log = 'public' and idx = -1",
            "第2条",
        ),
        ("update log_leaf set at = at - 86400000 where log = 'public' and idx = 9", "第9条的时间"),
        ("update log_checkpoint set at = at - 86400000 where log = 'public' and size = 260", "时间"),
        (
            "update log_checkpoint set note = replace(note, 'time 1', 'time 2') where log = 'public' and size = 260",
            "签名",
        ),
        (
            "update log_tile set data = (select data from log_tile t where t.log = 'public' and t.level = 1 and t.idx = 0) where log = 'public' and level = 0 and idx = 1",
            "第256条",
        ),
        ("delete from log_tile where log = 'public' and level = 1", "片"),
        ("update log set size = size - 1 where name = 'public'", "记为259条"),
        ("update log set size = size + 1 where name = 'public'", "记为261条"),
        ("insert into log_checkpoint (log, size, at, note) values ('public', 999, 1, '')", "检查点只到第260条"),
        ("update edition set content = replace(content, '第5盏', '第6盏') where id = 5", "edition5"),
        ("update edition set title = '另一个标题' where id = 6", "edition6"),
        ("update edition set published_at = published_at - 86400000 where id = 8", "edition8"),
        ("update edition set hash = replace(hash, 'a', 'b') where id = 9", "edition9"),
        ("delete from edition where id = 11", "第10条的公开版本被删除"),
        (
            "delete from log_leaf where log = 'public'; delete from log_tile where log = 'public'; delete from log_checkpoint where log = 'public' and size > 0; update log set size = 0 where name = 'public'",
            "不在公开日志中",
        ),
    ];
    for (number, (sql, named)) in cases.iter().enumerate() {
        // A fresh PostgreSQL database takes seconds: every fourth case is tried there too.
        let engines = if number % 4 == 0 { stages(&few()) } else { vec![embedded(&few())] };
        for stage in engines {
            let desk = open(&stage);
            publish(&desk, 1..261);
            seal(&desk);
            assert_eq!(verify(&stage, &desk).broken, Vec::<String>::new());
            stage.tamper(sql);
            let broken = verify(&stage, &desk).broken;
            assert!(broken.iter().any(|place| place.contains(named)), "{sql}: {broken:?}");
        }
    }
}

#[test]
fn one_bit_of_any_stored_leaf_or_tile_is_found() {
    for stage in stages(&few()) {
        let StoreUrl::Sqlite(path) = &stage.url else { continue };
        let desk = open(&stage);
        publish(&desk, 1..20);
        seal(&desk);
        let connection = rusqlite::Connection::open(path).unwrap();
        for (table, column, place) in [
            ("log_leaf", "entry", "log = 'public' and idx = 13"),
            ("log_tile", "data", "log = 'public' and level = 0 and idx = 0"),
            ("edition", "salt", "id = 13"),
        ] {
            let read = format!("select {column} from {table} where {place}");
            let sound: Vec<u8> = connection.query_row(&read, [], |row| row.get(0)).unwrap();
            for bit in (0..sound.len() * 8).step_by(37) {
                let mut altered = sound.clone();
                altered[bit / 8] ^= 1 << (bit % 8);
                connection.execute(&format!("update {table} set {column} = ?1 where {place}"), [altered]).unwrap();
                assert!(!verify(&stage, &desk).broken.is_empty(), "bit {bit} of {table}");
            }
            connection.execute(&format!("update {table} set {column} = ?1 where {place}"), [sound]).unwrap();
        }
        assert_eq!(verify(&stage, &desk).broken, Vec::<String>::new());
    }
}

#[test]
fn a_destroyed_salt_leaves_every_other_proof_sound() {
    for stage in stages(&few()) {
        let desk = open(&stage);
        publish(&desk, 1..20);
        seal(&desk);
        stage.tamper(
            "update edition set salt = null, content = '{}', title = '', hash = '', state = 'removed' where id = 7",
        );
        assert_eq!(verify(&stage, &desk).broken, Vec::<String>::new());
        assert!(wait(desk.office.proof("edition7", None)).is_err());
        let proof = wait(desk.office.proof("edition8", None)).unwrap().unwrap();
        assert!(proof.check(None).is_ok());
        // A withdrawal is a leaf of its own.
        let withdrawal = publication::log::Withdrawal {
            withdrawn: "edition8".into(),
            at: desk.office.now(),
            reason: "内容过时".into(),
        };
        let (body, at) = (desk.office.default_body(), desk.office.now());
        let record = withdrawal.canonical();
        let random = Seeded::new(3);
        let entered: Result<(), Fault> = desk
            .office
            .store()
            .write_blocking(Lane::People, move |tx| log::enter(tx, &random, body, "withdrawal", 8, record, at));
        entered.unwrap();
        seal(&desk);
        assert_eq!(entries(&desk, Which::Public).len(), 20);
        assert_eq!(verify(&stage, &desk).broken, Vec::<String>::new());
        stage.tamper("update log_leaf set record = replace(record, '内容过时', '依据失效') where kind = 'withdrawal'");
        assert!(verify(&stage, &desk).broken[0].contains("第19条"));
    }
}

#[test]
fn a_flipped_byte_is_put_back_before_it_is_shown_and_the_alarm_is_raised() {
    for stage in stages(&few()) {
        let desk = open(&stage);
        let body = desk.office.default_body();
        publish(&desk, 1..4);
        for _ in 0..3000 {
            seal(&desk);
            if desk.office.store().read_blocking(|q| q.row(&COPIES, params![], |row| row.get::<i64>(0))) == Ok(Some(3))
            {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        let alarms = |target: &'static str| {
            desk.office
                .store()
                .read_blocking(move |q| q.rows(&ALARMS, params![target], |row| row.get::<String>(0)))
                .unwrap()
        };
        stage.tamper("update edition set content = replace(content, '第2盏', '第9盏') where id = 2");
        let reply = wait(desk.office.reply(body, "edition2")).unwrap();
        assert_eq!(reply.reply, "第2盏路灯已修好。");
        assert_eq!(alarms("edition 2"), ["edition_restored"]);
        assert_eq!(verify(&stage, &desk).broken, Vec::<String>::new());
        // Hash and title altered as well: the commitment in the log still tells what is true.
        stage.tamper("update edition set content = replace(content, '第1盏', '第9盏'), hash = replace(hash, '1', '2'), title = '假' where id = 1");
        assert_eq!(wait(desk.office.reply(body, "edition1")).unwrap().title, "第1号答复");
        // In a list too.
        stage.tamper("update edition set content = replace(content, '第3盏', '第9盏') where id = 3");
        let page = wait(desk.office.replies(body, office::RepliesQuery::default())).unwrap();
        assert!(page.rows.len() == 3 && page.rows.iter().all(|row| !row.reply.contains('9')), "{page:?}");
        // Without a true copy nothing is shown as if it were true.
        stage.tamper("update edition set content = replace(content, '第3盏', '第9盏') where id = 3; update edition_copy set content = replace(content, '第3盏', '第8盏') where edition_id = 3");
        assert!(wait(desk.office.reply(body, "edition3")).is_err());
        assert!(wait(desk.office.proof("edition3", None)).is_err());
        let page = wait(desk.office.replies(body, office::RepliesQuery::default())).unwrap();
        assert_eq!(page.rows.len(), 2);
        assert_eq!(alarms("edition 3"), ["edition_restored", "edition_altered"], "one alarm, not one for each visitor");
        assert!(verify(&stage, &desk).broken.iter().any(|place| place.contains("edition3")));
    }
}

#[test]
fn a_log_that_grows_while_it_is_checked_raises_no_alarm() {
    for stage in stages(&few()) {
        let desk = open(&stage);
        publish(&desk, 1..200);
        seal(&desk);
        std::thread::scope(|scope| {
            let growing = scope.spawn(|| {
                for turn in 0..40 {
                    publish(&desk, 200 + turn * 10..210 + turn * 10);
                    seal(&desk);
                }
            });
            while !growing.is_finished() {
                assert_eq!(verify(&stage, &desk).broken, Vec::<String>::new());
            }
        });
        assert_eq!(verify(&stage, &desk).editions, 599);
    }
}
