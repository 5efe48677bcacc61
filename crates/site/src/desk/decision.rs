//! D15: choosing the decision on an application for information: the codes in groups, each with
//! its article, what must be proved, and whether its paper can be issued here.

use super::{shell::Shell, step::Of};
use askama::Template;

/// The choice of a decision code; the form of the step follows.
#[derive(Template)]
#[template(path = "desk/decision.html")]
pub struct DecisionPage {
    /// The frame.
    pub shell: Shell,
    /// The application.
    pub of: Of,
    /// Where the choice leads; a plain form that changes nothing.
    pub action: String,
    /// Name of the choice in the form.
    pub name: String,
    /// What the applicant asked for.
    pub asked: String,
    /// The codes, in the order of the annual report.
    pub groups: Vec<CodeGroup>,
    /// What is wrong with the choice.
    pub error: String,
}

/// Codes of one row group of the annual report.
#[derive(Clone, Debug, Default)]
pub struct CodeGroup {
    /// 予以公开, 部分公开, 不予公开, 无法提供, 不予处理, 其他处理.
    pub title: String,
    /// Its codes.
    pub codes: Vec<CodeLine>,
}

/// One decision code.
#[derive(Clone, Debug, Default)]
pub struct CodeLine {
    /// `A1`.
    pub code: String,
    /// In words.
    pub label: String,
    /// Article.
    pub cite: String,
    /// What must be shown to take it.
    pub proof: String,
    /// Name of the paper; empty while it has none here.
    pub paper: String,
    /// Chosen.
    pub on: bool,
}

#[cfg(test)]
mod tests {
    use super::super::{sample::check, shell::tests::sample, step::tests::of};
    use super::*;

    fn page(error: &str) -> DecisionPage {
        let line = |code: &str, label: &str, cite: &str, proof: &str, paper: &str| CodeLine {
            code: code.into(),
            label: label.into(),
            cite: cite.into(),
            proof: proof.into(),
            paper: paper.into(),
            on: code == "A1",
        };
        let group = |title: &str, codes| CodeGroup { title: title.into(), codes };
        DecisionPage {
            shell: sample(""),
            of: of(),
            action: "/desk/m/417/step/decide".into(),
            name: "code".into(),
            asked: "望潮路12号地块老年助餐点租赁协议和2025年度补助拨付明细".into(),
            groups: vec![
                group(
                    "予以公开",
                    vec![
                        line("A1", "予以公开", "第三十六条第（二）项", "向申请人提供的信息", "政府信息公开告知书"),
                        line(
                            "A2",
                            "告知获取方式和途径",
                            "第三十六条第（一）项",
                            "已经主动公开的地址",
                            "政府信息公开告知书",
                        ),
                    ],
                ),
                group(
                    "部分公开",
                    vec![line("B1", "区分处理", "第三十七条", "不公开部分的理由代码", "政府信息部分公开告知书")],
                ),
                group(
                    "不予公开",
                    vec![
                        line("C1", "属于国家秘密", "第十四条", "定密依据", ""),
                        line(
                            "C4",
                            "保护第三方合法权益",
                            "第十五条、第三十二条",
                            "第三方意见",
                            "政府信息不予公开告知书",
                        ),
                    ],
                ),
                group(
                    "无法提供",
                    vec![
                        line(
                            "D1",
                            "经检索没有",
                            "第三十六条第（四）项",
                            "检索记录：系统、关键词、人员、时间",
                            "政府信息不存在告知书",
                        ),
                        line(
                            "D4",
                            "不属于本机关负责公开",
                            "第三十六条第（五）项",
                            "负责机关的名称和联系方式",
                            "非本机关政府信息告知书",
                        ),
                    ],
                ),
            ],
            error: error.into(),
        }
    }

    #[test]
    fn codes_stand_in_groups_with_article_proof_and_paper() {
        let html = check("decision", &page(""));
        assert!(html.contains("检索记录") && html.contains("文书另行制发"));
        let html = check("decision_error", &page("请先选定一种答复类型。"));
        assert!(html.contains("请先选定"));
    }
}
