//! What every rendered page of the desk must satisfy, and matters to fill the samples with.

use super::parts::{Ahead, ClockLine, ComingClock, Queue, QueueRow};
use crate::component::{Explanation, Fact, Facts, Lamp, LampKind, Reason};
use askama::Template;

/// Renders a page and checks it: one `h1`, every input labelled, ids used once, nothing inline,
/// no English word in the running text. `DESK_SAMPLES` names a directory to write the pages to.
pub(crate) fn check(name: &str, page: &impl Template) -> String {
    let html = page.render().expect("renders");
    if let Ok(dir) = std::env::var("DESK_SAMPLES") {
        std::fs::write(format!("{dir}/{name}.html"), &html).expect("written");
    }
    assert_eq!(html.matches("<h1").count(), 1, "{name}: one h1");
    for bad in [" style=", "<style", "javascript:", " onclick", " onload", "hx-on"] {
        assert!(!html.contains(bad), "{name}: {bad}");
    }
    for script in html.split("<script").skip(1) {
        assert!(script.starts_with(" src="), "{name}: inline script");
    }
    let ids: Vec<&str> = attributes(&html, " id=\"").collect();
    let once: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(ids.len(), once.len(), "{name}: an id is used twice: {ids:?}");
    for tag in ["<input ", "<select ", "<textarea "] {
        for rest in html.split(tag).skip(1) {
            let text = rest.split('>').next().unwrap_or_default();
            assert!(is_labelled(&html, text), "{name}: no label for {tag}{text}");
        }
    }
    for form in html.split("<form").skip(1) {
        let form = form.split("</form>").next().unwrap_or_default();
        assert!(!form.contains("method=\"post\"") || form.contains("name=\"csrf\""), "{name}: form without token");
    }
    html
}

fn attributes<'a>(html: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    html.split(start).skip(1).filter_map(|rest| rest.split('"').next())
}

fn is_labelled(html: &str, tag: &str) -> bool {
    let id = attributes(tag, "id=\"").next().unwrap_or_default();
    let wrapped = html
        .split(tag)
        .next()
        .is_some_and(|before| before.rfind("<label").is_some_and(|open| !before[open..].contains("</label>")));
    tag.contains("type=\"hidden\"")
        || tag.contains("aria-label=")
        || wrapped
        || (!id.is_empty() && html.contains(&format!("for=\"{id}\"")))
}

/// Text that would break a page which forgot to escape.
pub(crate) const HOSTILE: &str = "<script>alert(1)</script>\"'&<b>";

const TITLES: [&str; 8] = [
    "望潮路夜间施工噪声扰民，多次反映未解决",
    "申请老年助餐点租赁协议和2025年度补助拨付明细",
    "建议在滨河步道增设照明和长椅",
    "咨询灵活就业人员参加职工养老保险如何办理",
    "小区地下车库积水，物业推诿，请协调处理",
    "公交12路末班车提前，夜班职工无法返家",
    "求助：独居老人电梯停运一周，就医出行困难",
    "咨询既有住宅加装电梯补助标准与申请条件",
];

/// A queue of `n` matters, most pressing first.
pub(crate) fn queue(n: usize) -> Queue {
    let row = |i: usize| {
        let (kind, word, due, left) = match i {
            0 => (LampKind::Red, "法定超期", "2026-11-13", "超6个工作日".into()),
            1..=2 => (LampKind::Red, "超期", "2026-11-19", "超2个工作日".into()),
            3..=6 => (LampKind::Amber, "临近", "2026-11-24", format!("剩{}个工作日", i - 2)),
            7 => (LampKind::Grey, "暂停", "—", "等第三方意见".into()),
            _ => (LampKind::Green, "正常", "2026-12-07", format!("剩{}个工作日", 4 + i % 8)),
        };
        QueueRow {
            href: format!("/desk/m/{}", 417 - i),
            lamp: Lamp::new(kind, word),
            late: i == 0,
            number: format!("晴办2026-{:06}", 417 - i),
            title: TITLES[i % TITLES.len()].into(),
            flags: if i == 2 { vec!["重办".into()] } else { Vec::new() },
            source: ["网上 投诉", "网上 申请", "来信 建议", "来电 咨询"][i % 4].into(),
            unit: ["区住建局", "区民政局", "区城管局", "区人社局"][i % 4].into(),
            due: due.into(),
            left,
            handler: if i % 3 == 1 { String::new() } else { "办事员甲".into() },
            state: ["承办中", "待签收", "待审"][i % 3].into(),
        }
    };
    Queue { caption: "办件".into(), rows: (0..n).map(row).collect() }
}

/// A clock that runs and one that is late.
pub(crate) fn clocks() -> Vec<ClockLine> {
    let why = Explanation {
        title: "为什么是12月4日".into(),
        reasons: vec![
            Reason {
                text: "11月13日（周五）登记，当日不计入".into(),
                law: "《中华人民共和国民法典》第二百零一条第一款".into(),
            },
            Reason {
                text: "投诉类15个工作日内答复，从11月16日（周一）数起".into(),
                law: "《晴湾区群众留言办理规定》".into(),
            },
        ],
        ..Explanation::default()
    };
    vec![ClockLine {
        label: "答复期限".into(),
        lamp: Lamp::new(LampKind::Green, "正常"),
        before: "剩".into(),
        figure: "6".into(),
        after: "个工作日".into(),
        aim: "2026-12-04（周五）".into(),
        due: "2026-12-04（周五）".into(),
        cite: "《晴湾区群众留言办理规定》".into(),
        why: Some(why),
    }]
}

/// What follows from extending a limit.
pub(crate) fn coming() -> Ahead {
    let clock = ComingClock {
        label: "答复".into(),
        how: "延长",
        aim: "2027-01-05（周二）".into(),
        due: "2027-01-05（周二）".into(),
        cite: "《政府信息公开条例》第三十三条".into(),
        why: clocks().pop().and_then(|clock| clock.why),
    };
    Ahead {
        clocks: vec![clock],
        note: String::new(),
        facts: Facts {
            facts: vec![
                Fact::new("审批", "须经信息公开工作机构负责人同意后生效"),
                Fact::new("文书", "《延期答复告知书》，办成时编文号"),
                Fact::new("通知", "当事人"),
            ],
        },
        dated_by: "received_on".into(),
    }
}
