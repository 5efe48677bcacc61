//! The frame around every desk page: identity, the rail of queues, the search box, what was just done.

use crate::component::{Guard, LampKind};

/// What every desk page needs besides its own content.
#[derive(Debug, Clone, Default)]
pub struct Shell {
    /// Name of the body, as on its doorplate.
    pub body: String,
    /// Name of the officer signed in.
    pub officer: String,
    /// The officer's unit and roles, as words.
    pub post: String,
    /// Queues and places, grouped.
    pub rail: Vec<RailGroup>,
    /// Token against forged forms; every form carries it.
    pub csrf: String,
    /// Idempotency key of this rendering: a form sent twice is done once.
    pub key: String,
    /// Single-letter keys are on (WCAG 2.1.4: they can be switched off).
    pub keys: bool,
    /// Rows of 36 px instead of 30 px.
    pub roomy: bool,
    /// What the last act did, or why it was not done.
    pub flash: Option<Flash>,
    /// Addresses of the style sheets and the script, with their hashes.
    pub assets: Assets,
}

impl Shell {
    /// Hidden fields of a form that changes something.
    pub fn guard(&self) -> Guard {
        super::parts::guard(&self.csrf, &self.key)
    }
}

/// Addresses of the files a desk page links to.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    /// Style sheets in order: tokens, components, desk.
    pub styles: Vec<String>,
    /// The desk's script; every page works without it.
    pub script: String,
    /// The emblem, for the browser's tab.
    pub icon: String,
}

/// A titled group of the rail.
#[derive(Debug, Clone, Default)]
pub struct RailGroup {
    /// Title of the group.
    pub title: String,
    /// Its places.
    pub items: Vec<RailItem>,
}

/// One place of the rail, with the number of matters waiting there.
#[derive(Debug, Clone, Default)]
pub struct RailItem {
    /// Address.
    pub href: String,
    /// Name of the place.
    pub label: String,
    /// How many wait there; empty where nothing is counted.
    pub count: String,
    /// Red and amber where the count is a warning.
    pub tone: LampKind,
    /// This is the page shown.
    pub here: bool,
}

/// A sentence about the act that led here.
#[derive(Debug, Clone, Default)]
pub struct Flash {
    /// `stop` (refused), `note` (information) or empty (done).
    pub sort: &'static str,
    /// The sentence.
    pub text: String,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A shell for samples, standing on the place at `here`.
    pub(crate) fn sample(here: &str) -> Shell {
        let item = |href: &str, label: &str, count: &str, tone: LampKind| RailItem {
            href: href.into(),
            label: label.into(),
            count: count.into(),
            tone,
            here: href == here,
        };
        let plain = LampKind::Grey;
        Shell {
            body: "明川市晴湾区人民政府".into(),
            officer: "办事员甲".into(),
            post: "区民政局办公室　承办人".into(),
            rail: vec![
                RailGroup {
                    title: "今天".into(),
                    items: vec![
                        item("/desk", "工作台", "", plain),
                        item("/desk/list/overdue", "超期", "3", LampKind::Red),
                        item("/desk/list/near", "临近到期", "5", LampKind::Amber),
                        item("/desk/list/returned", "退回", "1", plain),
                        item("/desk/list/sign", "待签收", "6", plain),
                        item("/desk/list/handle", "待办", "27", plain),
                        item("/desk/approvals", "待审", "4", plain),
                    ],
                },
                RailGroup {
                    title: "办件".into(),
                    items: vec![
                        item("/desk/register", "登记", "", plain),
                        item("/desk/list/waiting", "等待中", "8", plain),
                        item("/desk/list/closed", "已办结", "", plain),
                        item("/desk/list/all", "全部办件", "", plain),
                        item("/desk/search", "检索", "", plain),
                    ],
                },
                RailGroup {
                    title: "管理".into(),
                    items: vec![
                        item("/desk/figures", "统计", "", plain),
                        item("/desk/outbox", "发件箱", "", plain),
                        item("/desk/audit", "查阅记录", "", plain),
                        item("/desk/people", "人员与机构", "", plain),
                    ],
                },
            ],
            csrf: "sample-csrf".into(),
            key: "sample-key".into(),
            keys: true,
            roomy: false,
            flash: None,
            assets: super::super::frame::files(),
        }
    }
}
