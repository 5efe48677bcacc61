//! The forms of a step: the choice of a decision, the editor, the plain form, the conflict.

use super::ask::{Asking, names};
use super::decision::{CodeGroup, CodeLine, DecisionPage};
use super::parts::Ahead;
use super::perform::{Scene, Typed};
use super::reply::{ReplyPage, wordings};
use super::step::{ConflictPage, Difference, StepPage};
use super::{dossier, frame, show};
use crate::component::{Fact, Guard};
use crate::form;
use crate::portal::ask::{Answers, Ask};
use crate::problem::Trouble;
use axum::http::StatusCode;
use axum::response::Response;
use matter::procedure::{AT, DecisionRule, Told};
use matter::{Element, Kind, Procedure, Step};
use office::Conflict;

/// An article without the name of its law, where many stand below each other.
fn article_only(cite: &str) -> &str {
    cite.strip_prefix('《').and_then(|rest| rest.split_once('》')).map_or(cite, |(_, article)| article)
}

/// The long text with which a step answers, because it decides or because it may become public:
/// what the editor is for.
pub(super) fn answering<'a>(procedure: &'a Procedure, step: &Step) -> Option<&'a Element> {
    let mut needed = step.needs.iter().filter_map(|name| procedure.element(name));
    needed.find(|element| element.kind == Kind::Text && (element.published || !step.decisions.is_empty()))
}

impl Scene {
    fn procedure(&self) -> &Procedure {
        &self.view.procedure
    }

    /// The form that suits the step: first the decision where there are several, the editor for
    /// the text that answers, else the plain form.
    pub(super) fn answer(self, status: StatusCode, typed: Typed, template: Option<usize>) -> Result<Response, Trouble> {
        let open = self.step.decisions.len() > 1 && typed.answers.get("decision").is_none_or(String::is_empty);
        if open && self.option.allowed {
            return frame::answer(status, &self.decision_page(&typed));
        }
        match answering(self.procedure(), &self.step).cloned() {
            Some(element) if self.option.allowed => frame::answer(status, &self.reply_page(typed, &element, template)),
            _ => frame::answer(status, &self.step_page(typed)),
        }
    }

    fn decision(&self, typed: &Typed) -> Option<&DecisionRule> {
        let only = self.step.decisions.first().filter(|_| self.step.decisions.len() == 1);
        let code = typed.answers.get("decision").or(only)?;
        self.procedure().decisions.iter().find(|rule| rule.code == *code)
    }

    /// Elements to fill in: those that prove other decisions than the chosen one are left out.
    fn asked(&self, typed: &Typed) -> Vec<&str> {
        let chosen = self.decision(typed);
        let proves = |rule: &DecisionRule, name: &str| rule.proof.iter().any(|proof| proof == name);
        let wanted = |name: &&str| {
            let of_some = self.procedure().decisions.iter().any(|rule| proves(rule, name));
            *name != "decision"
                && (!of_some
                    || self.step.needs.iter().any(|need| need == name)
                    || chosen.is_none_or(|rule| proves(rule, name)))
        };
        let at = self.dated_by().into_iter().filter(|name| *name == AT);
        names(&self.step).into_iter().filter(wanted).chain(at).collect()
    }

    fn dated_by(&self) -> Vec<&str> {
        self.procedure().dated_by(&self.step)
    }

    fn asking<'a>(&'a self, typed: &'a Typed) -> Asking<'a> {
        let ask = Ask {
            procedure: self.procedure(),
            step: &self.step,
            answers: &typed.answers,
            errors: &typed.errors,
            units: &self.units,
        };
        let proof = self.decision(typed).map_or(&[][..], |rule| &rule.proof);
        Asking { ask, officers: &self.officers, proof }
    }

    fn guard(&self, typed: &Typed) -> Guard {
        let mut more = vec![(form::SEEN, self.view.matter.seq.to_string())];
        more.extend(
            typed.answers.get("decision").filter(|code| !code.is_empty()).map(|code| ("decision", code.clone())),
        );
        Guard { more, ..self.shell.guard() }
    }

    fn action(&self) -> String {
        format!("{}/step/{}", show::address(self.view.matter.id), self.step.id)
    }

    fn button(&self) -> String {
        match self.approval {
            true => "送审".into(),
            false if self.step.label.contains("确认") => self.step.label.clone(),
            false => format!("确认{}", self.step.label),
        }
    }

    /// What follows from the step.
    fn then(&self, typed: &Typed) -> Ahead {
        let mut facts = Vec::new();
        let decision = self.decision(typed);
        facts.extend(
            decision.map(|rule| Fact::new("决定", format!("{}　{}", rule.code, rule.label)).law(rule.article.clone())),
        );
        let to = self.step.to.as_deref().and_then(|to| self.procedure().state(to));
        facts.extend(to.map(|state| Fact::new("状态", state.label.clone())));
        let papers = self.step.issues.iter().chain(decision.and_then(|rule| rule.paper.as_ref()));
        facts.extend(
            papers
                .filter_map(|id| self.procedure().paper(id))
                .map(|paper| Fact::new("文书", format!("《{}》，办成时编文号", paper.label))),
        );
        let told = self.step.tells.iter().map(|told| match told {
            Told::Party => "当事人",
            Told::Handler => "承办人",
            Told::Clerk => "分办人员",
        });
        let told: Vec<&str> = told.collect();
        facts.extend((!told.is_empty()).then(|| Fact::new("通知", told.join("、"))));
        facts.push(Fact::new("依据", self.step.cite.clone()));
        show::ahead(typed, &self.dated_by(), facts)
    }

    fn step_page(self, typed: Typed) -> StepPage {
        let mut barred = typed.barred.clone();
        if !self.option.allowed {
            barred.extend(self.option.why.iter().filter(|why| !typed.barred.contains(why)).cloned());
        }
        StepPage {
            of: show::of(&self.view),
            label: self.step.label.clone(),
            action: self.action(),
            guard: self.guard(&typed),
            fields: self.asking(&typed).fields(&self.asked(&typed)),
            then: self.then(&typed),
            able: self.option.allowed,
            barred,
            button: self.button(),
            last_word: Default::default(),
            shell: self.shell,
        }
    }

    fn reply_page(self, typed: Typed, element: &Element, template: Option<usize>) -> ReplyPage {
        let rest: Vec<&str> = self.asked(&typed).into_iter().filter(|name| *name != element.id).collect();
        let action = self.action();
        let category = self.view.matter.category.as_deref();
        let decision = typed.answers.get("decision").map(String::as_str).filter(|code| !code.is_empty());
        let (templates, phrases, chosen) = wordings(self.wordings.as_ref(), &action, category, decision, template);
        ReplyPage {
            of: show::of(&self.view),
            label: self.step.label.clone(),
            guard: self.guard(&typed),
            turns: dossier::turns(&self.view),
            templates,
            phrases,
            name: element.id.clone(),
            text_label: element.label.clone(),
            text: chosen.or_else(|| typed.answers.get(&element.id).cloned()).unwrap_or_default(),
            max: element.max.and_then(|max| u32::try_from(max).ok()).unwrap_or(10_000),
            error: typed.errors.at(&element.id).into_owned(),
            barred: typed.barred.clone(),
            fields: self.asking(&typed).fields(&rest),
            then: self.then(&typed),
            button: self.button(),
            similar: self.similar,
            action,
            shell: self.shell,
        }
    }

    fn decision_page(self, typed: &Typed) -> DecisionPage {
        let procedure = self.procedure();
        let mut groups: Vec<CodeGroup> = Vec::new();
        for rule in procedure.decisions.iter().filter(|rule| self.step.decisions.contains(&rule.code)) {
            let proof: Vec<&str> = rule.proof.iter().map(|name| matter::label(procedure, name)).collect();
            let paper = rule.paper.as_deref().and_then(|id| procedure.paper(id));
            let line = CodeLine {
                code: rule.code.clone(),
                label: rule.label.clone(),
                cite: article_only(&rule.article).to_owned(),
                proof: if proof.is_empty() { String::new() } else { format!("须附：{}", proof.join("、")) },
                paper: paper.map(|paper| paper.label.clone()).unwrap_or_default(),
                on: false,
            };
            let title = rule.row.split(' ').next().unwrap_or_default();
            match groups.iter_mut().find(|group| group.title == title) {
                Some(group) => group.codes.push(line),
                None => groups.push(CodeGroup { title: title.to_owned(), codes: vec![line] }),
            }
        }
        let asked = dossier::turns(&self.view).into_iter().find(|turn| !turn.ours).map(|turn| turn.text);
        DecisionPage {
            of: show::of(&self.view),
            action: self.action(),
            name: "decision".into(),
            asked: asked.unwrap_or_default(),
            groups,
            error: typed.barred.concat(),
            shell: self.shell,
        }
    }

    /// One answer beside what stands in the matter now, or waits there for approval.
    fn difference(&self, name: &str, mine: &str) -> Difference {
        let label = matter::label(self.procedure(), name).to_owned();
        let waits = self.view.proposal.iter().flat_map(|proposal| &proposal.values);
        let waits = waits.filter(|(known, _)| *known == label).map(|(_, words)| words.clone());
        let value = self.view.values.get(name).map(|(_, words)| words.clone());
        let now = waits.chain(value).next().unwrap_or_else(|| self.view.text(name).to_owned());
        let kind = self.procedure().element(name).map(|element| element.kind);
        Difference {
            words: self.asking(&Typed::default()).chosen_words(name, mine).unwrap_or_default(),
            long: kind == Some(Kind::Text),
            name: name.to_owned(),
            mine: mine.to_owned(),
            label,
            now,
        }
    }

    pub(super) fn conflict(self, conflict: &Conflict, answers: &Answers) -> Result<Response, Trouble> {
        let seen = |seq: i64| conflict.since.iter().any(|one| one.seq == seq);
        let since = self.view.timeline.iter().filter(|item| seen(item.seq));
        let since = since.map(|item| Fact::new(item.at.to_minute(), format!("{}　{}", item.label, item.actor)));
        let typed = answers.iter().map(|(name, mine)| self.difference(name, mine));
        let kind = |name: &&str| self.procedure().element(name).map(|element| element.kind);
        let files: Vec<&str> = names(&self.step).into_iter().filter(|name| kind(name) == Some(Kind::Files)).collect();
        let files = self.asking(&Typed::default()).fields(&files);
        let guard = Guard { more: vec![(form::SEEN, conflict.seq.to_string())], ..self.shell.guard() };
        frame::answer(
            StatusCode::CONFLICT,
            &ConflictPage {
                of: show::of(&self.view),
                label: self.step.label.clone(),
                since: since.collect(),
                typed: typed.collect(),
                files,
                action: self.action(),
                guard,
                shell: self.shell,
            },
        )
    }
}
