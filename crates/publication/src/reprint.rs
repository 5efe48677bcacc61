//! 转载任务: a notice of a higher body that is to be reprinted (政府网站发展指引, 国办发〔2017〕47号). The kind of
//! information that fulfils it says in the rulebook where its source stands and which limits there are.

use law::Moment;
use serde::{Deserialize, Serialize};

use crate::catalogue::RowFault;

/// How a kind of information reprints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reprint {
    /// Field with the address of the source.
    pub address: String,
    /// Field with the body that issued it.
    pub issuer: String,
    /// Field with the day on which it was issued.
    pub issued_on: String,
    /// Field with the text that is reprinted: its hash is the proof.
    pub text: String,
    /// Whose notices there are, each with its limit.
    pub levels: Vec<Rank>,
}

/// Notices of one rank of bodies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rank {
    /// Code.
    pub id: String,
    /// The words people read.
    pub label: String,
    /// Id of the limit within which they are reprinted.
    pub limit: String,
}

/// A notice that is to be reprinted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// Title.
    pub title: String,
    /// The body that issued it.
    pub issuer: String,
    /// 文号; empty where it has none.
    pub number: String,
    /// Address of the source.
    pub address: String,
    /// When it was published there.
    pub published_at: Option<Moment>,
    /// Code of the rank of its issuer.
    pub level: String,
}

/// Heads of the columns of a table of notices.
pub const COLUMNS: [&str; 6] = ["标题", "发布机关", "文号", "来源网址", "发布时间", "层级"];

/// An address as it is compared: without a fragment and a slash at its end.
pub fn same_place(address: &str) -> String {
    let bare = address.trim().split('#').next().unwrap_or_default();
    bare.trim_end_matches('/').to_owned()
}

impl Notice {
    /// Reads what was typed: field and sentence for each that cannot stand.
    ///
    /// # Errors
    /// Every field that is missing or wrong.
    pub fn read(typed: [&str; 6], levels: &[Rank], now: Moment) -> Result<Notice, Vec<(usize, String)>> {
        let [title, issuer, number, address, published, level] = typed.map(str::trim);
        let mut faults = Vec::new();
        for (at, value) in [(0, title), (1, issuer), (3, address), (4, published)] {
            if value.is_empty() {
                faults.push((at, format!("没有填写{}，请补充。", COLUMNS[at])));
            }
        }
        let link = address.starts_with("https://") || address.starts_with("http://");
        if !link && !address.is_empty() {
            faults.push((3, "来源网址应当以https://开头，请核对。".to_owned()));
        }
        let written = if number.is_empty() { Some(String::new()) } else { text::doc_number::written(number) };
        if written.is_none() {
            faults.push((2, "文号不合规范，请按“机关代字〔年份〕序号”填写；没有文号的不填。".to_owned()));
        }
        let at = moment(published);
        if at.is_none() && !published.is_empty() {
            faults.push((4, format!("“{published}”不是真实的时间，请按“2026-11-22 09:30”的样子填写。")));
        }
        if at.is_some_and(|at| at > now) {
            faults.push((4, "发布时间在将来，请核对。".to_owned()));
        }
        let wanted = if level.is_empty() {
            levels.first()
        } else {
            levels.iter().find(|one| one.id == level || one.label == level)
        };
        if wanted.is_none() {
            let all: Vec<&str> = levels.iter().map(|one| one.label.as_str()).collect();
            faults.push((5, format!("“{level}”不在可选范围内，请填写{}。", all.join("、"))));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok(Notice {
            title: title.to_owned(),
            issuer: issuer.to_owned(),
            number: written.unwrap_or_default(),
            address: same_place(address),
            published_at: at,
            level: wanted.map(|one| one.id.clone()).unwrap_or_default(),
        })
    }
}

/// A day, or a day and a time, as people write them; a bare day begins at its start.
fn moment(typed: &str) -> Option<Moment> {
    let plain = typed.replace(['/', '.', '年', '月'], "-").replace(['日', 'T', '　'], " ").replace('：', ":");
    let mut parts = plain.split_whitespace();
    let mut numbers = parts.next()?.split('-');
    let (year, month, day) =
        (numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?);
    let date = law::Date::new(year, month, day).ok().filter(|date| (1949..=2100).contains(&date.year()))?;
    let Some(time) = parts.next() else { return Some(Moment::of(date, 0, 0, 0)) };
    let mut time = time.split(':');
    let (hour, minute) = (time.next()?.parse::<u32>().ok()?, time.next()?.parse::<u32>().ok()?);
    (hour < 24 && minute < 60).then(|| Moment::of(date, hour, minute, 0))
}

/// Reads a table of notices: those that can be read with their rows, and what is wrong with the others.
///
/// # Errors
/// The first row carries no heads: one sentence.
pub fn table(
    rows: &[(u64, Vec<String>)],
    levels: &[Rank],
    now: Moment,
) -> Result<(Vec<(u64, Notice)>, Vec<RowFault>), String> {
    let Some((first, heads)) = rows.first() else { return Err("表格是空的，请核对。".to_owned()) };
    let at = COLUMNS.map(|column| heads.iter().position(|head| head.trim() == column));
    if at[0].is_none() || at[3].is_none() {
        return Err(format!("首行应当是列名：{}。", COLUMNS.join("、")));
    }
    let (mut notices, mut faults) = (Vec::new(), Vec::new());
    for head in heads.iter().map(|head| head.trim()).filter(|head| !head.is_empty() && !COLUMNS.contains(head)) {
        let sentence = "不认识这一列，没有读取。".to_owned();
        faults.push(RowFault { row: *first, column: head.to_owned(), sentence });
    }
    for (row, cells) in rows.iter().skip(1).filter(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty())) {
        let typed = at.map(|at| at.and_then(|at| cells.get(at)).map_or("", String::as_str));
        match Notice::read(typed, levels, now) {
            Ok(notice) => notices.push((*row, notice)),
            Err(wrong) => faults.extend(wrong.into_iter().map(|(at, sentence)| RowFault {
                row: *row,
                column: COLUMNS.get(at).copied().unwrap_or_default().to_owned(),
                sentence,
            })),
        }
    }
    Ok((notices, faults))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels() -> Vec<Rank> {
        [("state", "国务院"), ("upper", "省级、市级")]
            .map(|(id, label)| Rank { id: id.into(), label: label.into(), limit: "site.reprint".into() })
            .into()
    }

    #[test]
    fn a_notice_is_read_leniently_and_wrong_fields_are_named() {
        let now = Moment::parse("2026-11-22T09:00").expect("a moment");
        let typed =
            ["通知", "国务院办公厅", "国办发[2026]3号", "https://www.gov.example/a/#top", "2026年11月20日 9:30", ""];
        let notice = Notice::read(typed, &levels(), now).expect("a notice");
        assert_eq!(notice.address, "https://www.gov.example/a");
        assert_eq!((notice.number.as_str(), notice.level.as_str()), ("国办发〔2026〕3号", "state"));
        assert_eq!(notice.published_at, Moment::parse("2026-11-20T09:30").ok());
        for (at, value) in
            [(0, ""), (2, "三号"), (3, "www.gov.example"), (4, "2026-02-30"), (4, "2026-12-01"), (5, "村级")]
        {
            let mut wrong = typed;
            wrong[at] = value;
            let faults = Notice::read(wrong, &levels(), now).expect_err(value);
            assert_eq!(faults.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [at], "{value}");
        }
    }

    #[test]
    fn a_table_reports_row_and_column() {
        let now = Moment::parse("2026-11-22T09:00").expect("a moment");
        let row = |cells: [&str; 5]| cells.map(str::to_owned).to_vec();
        let rows = vec![
            (1, row(["标题", "发布机关", "来源网址", "发布时间", "备注"])),
            (2, row(["通知", "明川市人民政府", "https://a.example/1", "2026-11-20", ""])),
            (3, row(["通知", "", "https://a.example/2", "2026-13-01", ""])),
        ];
        let (notices, faults) = table(&rows, &levels(), now).expect("a table");
        assert_eq!(notices.len(), 1);
        let named: Vec<(u64, &str)> = faults.iter().map(|fault| (fault.row, fault.column.as_str())).collect();
        assert_eq!(named, [(1, "备注"), (3, "发布机关"), (3, "发布时间")]);
    }
}
