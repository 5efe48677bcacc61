//! The catalogue on both engines: filled, counted by rule, edited by two at once, read from a table.

use std::sync::Arc;

use office::catalogue::{Act, Outcome};
use office::clock::Stepped;
use office::{BodySettings, Caller, Fail, Office, Role};
use publication::catalogue::{COLUMNS, Entry, Period, State};
use tokio::task::block_in_place;

use crate::documents::{Desk, at, open};
use crate::stage::{few, stages};

fn clerk(body: i64) -> Caller {
    Caller { actor: 12, name: "办事员甲".into(), roles: vec![Role::FoiClerk], ..Caller::public(body) }
}

async fn filled(office: &Office, body: i64) {
    let count = office.fill_catalogue(&clerk(body)).await.unwrap();
    assert!(count >= 25, "articles 20 and 21 have more than {count} matters");
    assert_eq!(office.fill_catalogue(&clerk(body)).await, Ok(0), "what is there is not filled twice");
}

fn entry() -> Entry {
    Entry {
        top: "民生领域".into(),
        item: "老年助餐补助".into(),
        content: "补助人次和金额".into(),
        basis: "《晴湾区老年助餐服务管理办法》第七条".into(),
        time_limit: "每季度终了后20个工作日内".into(),
        period: Period::Quarter,
        ..Entry::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn items_count_by_rule_and_what_is_missing_is_found() {
    for stage in stages(&few()) {
        let clock = Arc::new(Stepped::at(at("2026-09-01T09:00")));
        let office = block_in_place(|| open(&stage, &clock));
        let body = office.default_body();
        filled(&office, body).await;
        let admin = Caller { roles: vec![Role::Administrator], ..clerk(body) };
        let unit = office.add_unit(&admin, "区统计局", false).await.unwrap();
        let desk = Desk { office: &office, clock: &clock, unit };
        let fields = [("period", "2026年1—6月"), ("producer", "区统计局"), ("body", "<p>增长5%</p>")];
        let id = desk.draft("statistics", "2026年上半年国民经济运行情况", "tjxx", &fields, vec![]).await.unwrap();
        desk.review(id).await;
        desk.publish(id).await;
        let find = |all: &[office::catalogue::Listed], item: &str| {
            all.iter().find(|one| one.entry.item.contains(item)).cloned().expect(item)
        };
        let (all, _) = office.catalogue(body).await.unwrap();
        let figures = find(&all, "社会发展统计信息");
        assert_eq!((figures.holds.total, figures.standing.state), (1, State::Kept));
        assert_eq!(find(&all, "公务员招考").standing.state, State::Empty);
        // The third quarter's figures are due within twenty working days after 30 September.
        clock.set(at("2026-11-22T09:00"));
        let (all, _) = office.catalogue(body).await.unwrap();
        assert_eq!(find(&all, "社会发展统计信息").standing.state, State::Late);
        assert_eq!(find(&all, "集中采购").holds.total, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_editors_lose_nothing_and_every_change_stays() {
    for stage in stages(&few()) {
        let clock = Arc::new(Stepped::at(at("2026-09-01T09:00")));
        let office = block_in_place(|| open(&stage, &clock));
        let body = office.default_body();
        let (mine, nobody) = (clerk(body), Caller { roles: vec![Role::Handler], ..clerk(body) });
        let id = office.add_catalogue_entry(&mine, entry(), None, "按办法列入").await.unwrap();
        let refused = office.change_catalogue_entry(&nobody, (id, 1), entry(), None, "随便改").await;
        assert!(matches!(refused, Err(Fail::Forbidden(_))), "{refused:?}");
        let first = Entry { period: Period::Month, ..entry() };
        office.change_catalogue_entry(&mine, (id, 1), first.clone(), None, "改为每月").await.unwrap();
        let second = Entry { content: "补助人次".into(), ..entry() };
        let clash = office.change_catalogue_entry(&mine, (id, 1), second.clone(), None, "删去金额").await;
        let Err(Fail::Conflict(conflict)) = clash else { panic!("{clash:?}") };
        assert_eq!(conflict.seq, 2);
        assert!(conflict.since[0].label.contains("改为每月"), "{conflict:?}");
        let (stored, _) = office.catalogue_entry(&mine, id).await.unwrap();
        assert_eq!(stored.entry, first, "the first stands");
        office.change_catalogue_entry(&mine, (id, 2), second, None, "删去金额").await.unwrap();
        let marked = Entry { content: "机密★".into(), ..entry() };
        assert!(matches!(
            office.change_catalogue_entry(&mine, (id, 3), marked, None, "误录").await,
            Err(Fail::Refused(_))
        ));
        office.end_catalogue_entry(&mine, (id, 3), true, "办法废止").await.unwrap();
        let (ended, history) = office.catalogue_entry(&mine, id).await.unwrap();
        assert!(ended.ended.is_some());
        let acts: Vec<_> = history.iter().filter_map(|change| change.act).collect();
        assert_eq!(acts, [Act::Ended, Act::Changed, Act::Changed, Act::Added]);
        assert_eq!(history[1].differences.len(), 2, "content, and the period that was typed over: {history:?}");
        assert!(office.catalogue(body).await.unwrap().0.is_empty());
        assert_eq!(
            office.change_catalogue_entry(&mine, (id, 4), entry(), None, "").await,
            Err(Fail::Invalid(vec![office::FieldError::new("reason", "请写明修改的原因，留在条目的记录里。")]))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_looked_at_first_and_bodies_keep_their_own() {
    for stage in stages(&few()) {
        let clock = Arc::new(Stepped::at(at("2026-09-01T09:00")));
        let office = block_in_place(|| open(&stage, &clock));
        let here = office.default_body();
        let made = || office.make_body(None, "zhen", "虚构示例镇人民政府", &BodySettings::default());
        let there = block_in_place(made).unwrap();
        let mine = clerk(here);
        office.add_catalogue_entry(&mine, entry(), None, "").await.unwrap();
        let names = office.catalogue_names(here).await.unwrap();
        let head: Vec<String> = COLUMNS.iter().map(|head| (*head).to_owned()).collect();
        let changed = Entry { period: Period::Month, ..entry() };
        let new = Entry { item: "老年助餐点名单".into(), ..entry() };
        let mut bad = new.cells(4, "", "", &names);
        bad[15] = "2026-02-30".into();
        let rows = vec![(1, head), (2, changed.cells(1, "", "", &names)), (3, new.cells(2, "", "", &names)), (4, bad)];
        for (write, count) in [(false, 1), (true, 2)] {
            let done = office.import_catalogue(&mine, rows.clone(), "年度核对", write).await.unwrap();
            let outcomes: Vec<_> = done.rows.iter().map(|(row, _, outcome)| (*row, *outcome)).collect();
            assert_eq!(outcomes, [(2, Outcome::Changed), (3, Outcome::Added)]);
            assert_eq!(
                done.faults.iter().map(|one| (one.row, one.column.as_str())).collect::<Vec<_>>(),
                [(4, "起始日期")]
            );
            assert_eq!(office.catalogue(here).await.unwrap().0.len(), count);
        }
        let again = office.import_catalogue(&mine, rows, "", true).await.unwrap();
        assert!(again.rows.iter().all(|(.., outcome)| *outcome == Outcome::Same), "{again:?}");
        assert!(office.catalogue(there).await.unwrap().0.is_empty());
        filled(&office, there).await;
        assert_eq!(office.catalogue(here).await.unwrap().0.len(), 2);
        let id = office.catalogue(there).await.unwrap().0[0].id;
        assert_eq!(office.catalogue_entry(&mine, id).await.err(), Some(Fail::NotFound));
        let taken = office.change_catalogue_entry(&mine, (id, 1), entry(), None, "越界修改").await;
        assert_eq!(taken, Err(Fail::NotFound));
    }
}
