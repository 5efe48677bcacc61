//! Reading a catalogue from tables that people bring: our own form, the national form in two head rows,
//! and every way to get a row wrong.

use publication::catalogue::{COLUMNS, Catalogue, Entry, Level, Manner, Names, Period, Table};

fn names() -> Names {
    Names {
        units: vec![(3, "区民政局".into())],
        columns: vec![("tjxx".into(), "统计信息".into())],
        kinds: vec![("statistics".into(), "统计".into())],
    }
}

fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
    (1..).zip(text.lines().map(|line| line.split('|').map(str::to_owned).collect())).collect()
}

#[test]
fn our_own_table_comes_back_as_it_was() {
    let file = include_str!("../../../rulebook/catalogues/county.toml");
    let catalogue = Catalogue::parse("county.toml", file).expect("a catalogue");
    let names = Names {
        columns: catalogue
            .entries
            .iter()
            .flat_map(|one| &one.entry.counts.columns)
            .map(|id| (id.clone(), id.clone()))
            .collect(),
        kinds: catalogue
            .entries
            .iter()
            .flat_map(|one| &one.entry.counts.kinds)
            .map(|id| (id.clone(), id.clone()))
            .collect(),
        units: Vec::new(),
    };
    let mut all = vec![(1, COLUMNS.map(str::to_owned).to_vec())];
    all.extend((2..).zip(catalogue.entries.iter().map(|one| one.entry.cells(1, "", "", &names))));
    let table = Table::read(&all, &names).expect("a table");
    assert_eq!(table.faults, []);
    let read: Vec<Entry> = table.lines.into_iter().map(|line| line.entry).collect();
    assert_eq!(read, catalogue.entries.into_iter().map(|one| one.entry).collect::<Vec<_>>());
}

#[test]
fn the_national_form_with_two_head_rows_and_ticks_is_understood() {
    let table = "晴湾区社会救助领域标准目录\n\
        序号|公开事项||公开内容（要素）|公开依据|公开时限|公开主体|公开渠道和载体|公开对象||公开方式||公开层级|\n\
        |一级事项|二级事项||||||全社会|特定群体（请写明）|主动|依申请公开|县级|乡级\n\
        1|最低生活保障|审核确认|对象、标准|《社会救助暂行办法》|20个工作日|区民政局|■政府网站 □两微一端 ■社区、村公示栏|√||√||√|√\n\
        2||政策法规|文件|《社会救助暂行办法》|20个工作日|区民政局|■政府网站||申请人||√|√|";
    let table = Table::read(&rows(table), &names()).expect("a table");
    assert_eq!(table.faults, []);
    let [first, second] = &table.lines[..] else { panic!("{table:?}") };
    assert_eq!(first.entry.channels, ["政府网站", "社区和村公示栏"]);
    assert_eq!((first.entry.audience.as_str(), first.entry.manner), ("", Manner::Proactive));
    assert_eq!(first.entry.levels, [Level::County, Level::Town]);
    assert_eq!(second.entry.top, "最低生活保障", "cells merged downwards");
    assert_eq!((second.entry.audience.as_str(), second.entry.manner), ("申请人", Manner::OnApplication));
}

#[test]
fn every_wrong_cell_is_named_by_row_and_column() {
    let table = "一级事项|二级事项|公开内容|公开依据|公开时限|起始日期|更新周期|责任单位|五公开|颜色\n\
        甲|乙|丙|丁|及时|2026-02-30|每旬|区无名局|决策、别的|红\n\
        甲||丙|丁|及时|2026/3/1|每季|区民政局|结果|";
    let table = Table::read(&rows(table), &names()).expect("a table");
    assert!(table.lines.is_empty());
    let found: Vec<(u64, &str)> = table.faults.iter().map(|fault| (fault.row, fault.column.as_str())).collect();
    assert_eq!(found, [(1, "颜色"), (2, "五公开"), (2, "更新周期"), (2, "起始日期"), (2, "责任单位"), (3, "二级事项")]);
    assert!(table.faults.iter().all(|fault| fault.sentence.ends_with('。')));
    assert!(Table::read(&rows("名称|日期\n甲|乙"), &names()).is_err());
    assert_eq!(Period::read("每旬"), None);
}
