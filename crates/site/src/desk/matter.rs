//! D5: everything about one matter, and what can be done with it now.

use super::{
    document::DocumentBox,
    parts::{Barred, ClockLine, Deed},
    shell::Shell,
};
use crate::component::{Facts, Lamp, Link, Timeline};
use askama::Template;

/// The page of one matter.
#[derive(Template)]
#[template(path = "desk/matter.html")]
pub struct MatterPage {
    /// The frame.
    pub shell: Shell,
    /// Address of this page.
    pub here: String,
    /// Id of the officer: whoever takes the matter becomes its handler.
    pub me: i64,
    /// Number of registration.
    pub number: String,
    /// Title, masked.
    pub title: String,
    /// Procedure, channel and category in words.
    pub kind: String,
    /// State in words.
    pub state: String,
    /// Lamp of the most pressing clock.
    pub lamp: Lamp,
    /// The last day in law has passed.
    pub late: bool,
    /// Unit and officer that have it.
    pub holder: String,
    /// The running and stopped clocks.
    pub clocks: Vec<ClockLine>,
    /// A proposal that waits for approval.
    pub proposal: Option<ProposalBox>,
    /// What can be done now.
    pub deeds: Vec<StepButton>,
    /// What cannot, and why.
    pub barred: Vec<Barred>,
    /// The document, where the matter is one.
    pub document: Option<DocumentBox>,
    /// 详情: what was asked for, in the order of the form.
    pub facts: Facts,
    /// Personal data, masked until opened with a reason.
    pub personal: Vec<Personal>,
    /// 来往: what each side wrote, oldest first.
    pub turns: Vec<Turn>,
    /// 材料.
    pub files: Vec<Material>,
    /// 流程: the steps done and the ones to come.
    pub way: Timeline,
    /// 文书.
    pub papers: Vec<Material>,
    /// 关联: child matters, earlier matters of the same person.
    pub related: Vec<Related>,
    /// 记录: every event with both times.
    pub events: Vec<EventRow>,
}

impl MatterPage {
    /// How many of the barred steps are for officers with another role.
    fn others(&self) -> usize {
        self.barred.iter().filter(|step| step.for_others).count()
    }
}

/// A step that can be taken: at once, or after its form.
#[derive(Clone, Debug, Default)]
pub struct StepButton {
    /// Button, address, consequence.
    pub deed: Deed,
    /// Nothing has to be filled in and no date changes: one press does it.
    pub at_once: bool,
    /// The step everybody waits for; drawn as the main button.
    pub main: bool,
}

/// A step kept back until its approvals are given.
#[derive(Clone, Debug, Default)]
pub struct ProposalBox {
    /// The step.
    pub label: String,
    /// Who proposed it and when.
    pub by: String,
    /// Whose approval is awaited.
    pub waits: String,
    /// Where this officer may decide; empty when another must.
    pub href: String,
    /// Where it is proposed anew after it came back; empty otherwise.
    pub again: String,
    /// Where its proposer takes it back; empty for others.
    pub withdraw: String,
}

/// A masked value that can be opened with a reason; opening is recorded.
#[derive(Clone, Debug, Default)]
pub struct Personal {
    /// Element.
    pub element: String,
    /// Its name.
    pub label: String,
    /// Masked form.
    pub masked: String,
    /// The value, where it may be read without a reason or was just opened.
    pub opened: Option<String>,
    /// It was opened with a reason just now.
    pub just_now: bool,
}

/// What one side wrote.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// This body wrote it.
    pub ours: bool,
    /// Who.
    pub who: String,
    /// When.
    pub when: String,
    /// The text as typed.
    pub text: String,
}

/// A file or a paper.
#[derive(Clone, Debug, Default)]
pub struct Material {
    /// Where it opens; empty while it is being made.
    pub link: Link,
    /// Kind and size, or number and state.
    pub note: String,
}

/// A matter that belongs to this one.
#[derive(Clone, Debug, Default)]
pub struct Related {
    /// Why: 联办, 转办, 同一人.
    pub sort: String,
    /// The matter.
    pub link: Link,
    /// Its lamp.
    pub lamp: Lamp,
    /// Unit and state.
    pub note: String,
}

/// One event of the matter's history.
#[derive(Clone, Debug, Default)]
pub struct EventRow {
    /// Number in the matter's history.
    pub seq: i64,
    /// When it happened.
    pub at: String,
    /// When it was recorded; empty when the same.
    pub recorded: String,
    /// What.
    pub label: String,
    /// Who.
    pub actor: String,
    /// Article.
    pub cite: String,
}

#[cfg(test)]
mod tests {
    use super::super::{
        review::{HitRow, Review},
        sample::{HOSTILE, check, clocks},
        shell::tests::sample,
    };
    use super::*;
    use crate::component::{Entry, EntryState, Fact, LampKind};

    fn button(label: &str, note: &str, at_once: bool, main: bool) -> StepButton {
        StepButton {
            deed: Deed { href: "/desk/m/417/step/x".into(), label: label.into(), note: note.into() },
            at_once,
            main,
        }
    }

    fn entry(state: EntryState, title: &'static str, when: &'static str, text: &'static str) -> Entry {
        Entry { state, title: title.into(), when: when.into(), text: text.into(), ..Entry::default() }
    }

    pub(crate) fn page() -> MatterPage {
        MatterPage {
            shell: sample(""),
            here: "/desk/m/417".into(),
            me: 7,
            number: "晴办2026-000417".into(),
            title: "望潮路夜间施工噪声扰民，多次反映未解决".into(),
            kind: "群众留言　网上 投诉".into(),
            state: "承办中".into(),
            lamp: Lamp::new(LampKind::Green, "正常"),
            late: false,
            holder: "区住建局　办事员甲".into(),
            clocks: clocks(),
            proposal: None,
            document: None,
            deeds: vec![
                button("答复", "答复期限12月4日；送科室负责人审批", false, true),
                button("请反映人补充", "期限照走，不停表", false, false),
                button("请其他单位联办", "另开一件，答复前须收到联办意见", false, false),
                button("转其他单位", "接收单位1个工作日内可以提出异议", false, false),
            ],
            barred: vec![
                Barred { label: "签收".into(), why: vec!["11月13日已由办事员甲签收。".into()], for_others: false },
                Barred { label: "公开这次答复".into(), why: vec!["还没有答复。".into(), "依据：《晴湾区群众留言办理规定》。先答复，再送公开审批。".into()], for_others: false },
                Barred { label: "决定不等协办意见".into(), why: vec!["这一步由机关负责人进行。".into()], for_others: true },
            ],
            facts: Facts { facts: vec![Fact::new("类别", "投诉"), Fact::typed("地点", "望潮路与海棠街交叉口工地"), Fact::new("是否公开", "同意公开，隐去个人信息"), Fact::new("提交", "2026-11-13 09:12　网上"), Fact::new("查询码", "4829 0173 5577")] },
            personal: vec![
                Personal { element: "name".into(), label: "姓名".into(), masked: "申某某".into(), ..Personal::default() },
                Personal { element: "phone".into(), label: "手机".into(), masked: "138****0000".into(), opened: Some("13800000000".into()), just_now: true },
            ],
            turns: vec![
                Turn { ours: false, who: "反映人".into(), when: "2026-11-13 09:12".into(), text: "望潮路与海棠街交叉口工地连续一周夜里十一点以后还在施工，噪声很大，家里有老人和孩子，无法休息。打过两次电话，当天停了，第二天又开工。\n请查一查他们有没有夜间施工许可，给一个长久的办法。".into() },
                Turn { ours: true, who: "区住建局".into(), when: "2026-11-16 15:20".into(), text: "请补充听到噪声的具体日期和时段，便于核对工地监控。".into() },
                Turn { ours: false, who: "反映人".into(), when: "2026-11-17 08:03".into(), text: "11月8日、9日、11日，都是夜里十一点到一点。".into() },
            ],
            files: vec![Material { link: Link::new("/desk/m/417/file/1", "夜间施工照片.jpg"), note: "图片　412 KB".into() }],
            way: Timeline {
                entries: vec![
                    entry(EntryState::Done, "提交", "2026-11-13 09:12", "网上"),
                    entry(EntryState::Done, "分办", "2026-11-13 10:05", "分办员乙　交区住建局"),
                    entry(EntryState::Done, "签收", "2026-11-13 11:20", "区住建局　办事员甲"),
                    entry(EntryState::Now, "承办", "2026-11-13 起", "区住建局　办事员甲"),
                    entry(EntryState::Todo, "答复", "2026-12-04 前", ""),
                ],
            },
            papers: vec![Material { link: Link::new("/desk/m/417/paper/1", "登记回执"), note: "2026-11-13".into() }, Material { link: Link::new("", "补充材料通知"), note: "正在生成".into() }],
            related: vec![Related { sort: "同一人".into(), link: Link::new("/desk/m/288", "望潮路路面破损积水"), lamp: Lamp::new(LampKind::Grey, "已办结"), note: "区城管局".into() }],
            events: vec![EventRow { seq: 1, at: "2026-11-13 09:12".into(), recorded: String::new(), label: "提交".into(), actor: "反映人".into(), cite: "《晴湾区群众留言办理规定》".into() }],
        }
    }

    #[test]
    fn a_matter_says_what_can_be_done_and_why_the_rest_cannot() {
        let html = check("matter", &page());
        assert!(html.contains("先答复，再送公开审批") && html.contains("考核日") && html.contains("法定最迟日"));
        assert!(html.contains("138****0000") || html.contains("13800000000"));
    }

    #[test]
    fn hits_are_decided_in_the_form_of_the_checks() {
        let hit = |name: &str, sort: &str, place: &str, shown: &str| HitRow {
            name: format!("decisions.{name}"),
            sort: sort.into(),
            place: place.into(),
            shown: shown.into(),
            ..HitRow::default()
        };
        let first = hit("a1", "身份证号码", "正文", "110105********002X");
        let second = hit("b2", "没有接受的修订", "附件“拟聘人员名单.docx”正文", HOSTILE);
        let hits = vec![
            HitRow { keep: true, why: "虚构号码".into(), by: "审查员甲　2026-11-22 09:30".into(), ..first },
            HitRow { mend: true, error: "保留的要写明理由，请填写。".into(), ..second },
            hit("c3", "机器不能检查", "附件“图纸.pdf”", "第1页没有文字，可能是扫描件，图片里的内容要由人核对"),
        ];
        let review = Review { action: "/desk/m/417/review".into(), hits, open: 2, ..Review::default() };
        let document = DocumentBox { kind: "公告公示".into(), review: Some(review), ..DocumentBox::default() };
        let html = check("matter_hits", &MatterPage { document: Some(document), ..page() });
        assert!(!html.contains("<script>alert") && html.contains("机器检查发现3处，2处待决定"));
    }

    #[test]
    fn typed_text_is_escaped_and_a_proposal_leads_to_its_decision() {
        let mut page = page();
        page.title = HOSTILE.into();
        page.turns[0].text = HOSTILE.into();
        page.late = true;
        page.lamp = Lamp::new(LampKind::Red, "法定超期");
        page.clocks[0].lamp = page.lamp.clone();
        page.clocks[0].before = "超".into();
        page.proposal = Some(ProposalBox {
            label: "答复".into(),
            by: "办事员甲　2026-11-20 16:40".into(),
            waits: "科室负责人".into(),
            href: "/desk/approvals?item=417".into(),
            ..ProposalBox::default()
        });
        page.deeds.clear();
        let html = check("matter_late", &page);
        assert!(!html.contains("<script>alert") && html.contains("/desk/approvals?item=417"));
    }
}
