//! Samples of every page, and what holds for all of them.

use super::ask::Ask;
use crate::component::{Choice, ErrorSummary, Link};
use crate::page::{Identity, Shell};
use askama::Template;
use matter::{Procedure, Role, Step};
use std::sync::Arc;

/// What somebody types who wishes us ill.
pub(crate) const HOSTILE: &str = "<script>alert(\"1\")</script>'&<b>测试";

/// A frame for a page of the invented body.
pub(crate) fn shell(title: &'static str) -> Shell {
    Shell {
        body: Arc::new(Identity {
            name: "明川市晴湾区人民政府".into(),
            english: "Qingwan District People's Government".into(),
            host: "www.qingwan.example".into(),
            organiser: "明川市晴湾区人民政府办公室".into(),
            address: "明川市晴湾区望潮路1号　邮编：000000".into(),
            phone: "（0000）5550 0100".into(),
            hours: "工作日8:30—12:00，14:00—17:30".into(),
            site_id: "0000000000".into(),
            registrations: vec!["明ICP备00000000号".into(), "机构、人名、文号和数字均为虚构".into()],
        }),
        title: title.into(),
        csrf: "sample".into(),
        path: "/".into(),
        today: "2026年11月20日　星期五".into(),
        nav: [
            ("/", "首页"),
            ("/c/xxgk", "政府信息公开"),
            ("/message", "写信投诉"),
            ("/petition", "信访"),
            ("/q", "查进度"),
        ]
        .map(|(href, name)| Link::new(href, name))
        .into(),
        ..Shell::default()
    }
}

/// The procedure of the built-in rulebook with this filing page, newest version.
fn procedure(form: &str) -> Procedure {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rulebook/procedures");
    let files = std::fs::read_dir(folder).expect(folder).map(|file| file.expect("a file").path());
    let read = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a text");
        Procedure::parse(&path.to_string_lossy(), &text).expect("a procedure")
    };
    let all = files.map(read);
    let mut ours: Vec<_> = all.filter(|p| p.portal_form.as_deref() == Some(form)).collect();
    ours.sort_by_key(|procedure| procedure.valid_from);
    ours.pop().expect("a procedure with this filing page")
}

/// Makes a page of the opening step of a procedure, these answers given.
pub(crate) fn asked<T>(form: &str, answers: &[(&str, &str)], page: impl FnOnce(Ask<'_>) -> T) -> T {
    asked_at(form, "name", answers, page)
}

/// Makes a page of the first step that the party performs and that needs an element.
pub(crate) fn asked_at<T>(form: &str, needs: &str, answers: &[(&str, &str)], page: impl FnOnce(Ask<'_>) -> T) -> T {
    let procedure = procedure(form);
    let ours = |step: &&Step| step.by.contains(&Role::Party) && step.needs.iter().any(|need| need == needs);
    let step = procedure.steps.iter().find(ours).expect("a step of the party");
    let answers = answers.iter().map(|(id, typed)| ((*id).to_owned(), (*typed).to_owned())).collect();
    let units = [("", "不知道，请帮我转"), ("3", "区民政局"), ("4", "区教育局"), ("5", "区城市管理局")]
        .map(|(value, label)| Choice::new(value, label));
    let errors = ErrorSummary::default();
    page(Ask { procedure: &procedure, step, answers: &answers, errors: &errors, units: &units })
}

/// Rendered samples by name.
#[derive(Default)]
pub(crate) struct Samples(pub(crate) Vec<(String, String)>);

impl Samples {
    pub(crate) fn add(&mut self, name: &str, page: &impl Template) {
        self.0.push((format!("portal-{name}"), page.render().expect(name)));
    }
}

/// Every page in its states: as usual, with errors, empty, with long and hostile text.
pub(crate) fn all() -> Vec<(String, String)> {
    let mut out = Samples::default();
    super::home::tests::samples(&mut out);
    super::foi::tests::samples(&mut out);
    super::message::tests::samples(&mut out);
    super::filing::tests::samples(&mut out);
    super::receipt::tests::samples(&mut out);
    super::track::tests::samples(&mut out);
    super::own::tests::samples(&mut out);
    super::rate::tests::samples(&mut out);
    super::replies::tests::samples(&mut out);
    super::search::tests::samples(&mut out);
    super::verify::tests::samples(&mut out);
    super::statement::tests::samples(&mut out);
    super::error::tests::samples(&mut out);
    super::leave::tests::samples(&mut out);
    super::column::tests::samples(&mut out);
    super::catalogue::tests::samples(&mut out);
    super::channel::tests::samples(&mut out);
    super::article::tests::samples(&mut out);
    super::versions::tests::samples(&mut out);
    out.0
}

/// Writes the pages to the directory that `PORTAL_SAMPLES` names: the browser looks at them too.
#[test]
fn samples_are_laid_out_for_the_browser() {
    let Ok(dir) = std::env::var("PORTAL_SAMPLES") else { return };
    for (name, html) in all() {
        std::fs::write(format!("{dir}/{name}.html"), html).expect("written");
    }
}

/// The tags of a page: name, whole tag, whether it closes.
fn tags(html: &str) -> Vec<(String, &str, bool)> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let from = &rest[start..];
        let mut quoted = false;
        let end = from.find(|c| {
            quoted ^= c == '"';
            c == '>' && !quoted
        });
        let end = end.expect("a tag that ends") + 1;
        let tag = &from[..end];
        let name = tag.trim_start_matches(['<', '/']).split(|c: char| !c.is_ascii_alphanumeric());
        found.push((name.take(1).collect(), tag, tag.starts_with("</")));
        rest = &from[end..];
    }
    found
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\"")).and_then(|(_, rest)| rest.split('"').next())
}

const VOID: [&str; 8] = ["meta", "link", "input", "br", "path", "circle", "rect", "hr"];

#[test]
fn every_sample_nests_its_elements() {
    for (page, html) in all() {
        let mut open: Vec<String> = Vec::new();
        for (name, tag, closes) in tags(&html) {
            if name.is_empty() || VOID.contains(&name.as_str()) || tag.ends_with("/>") {
                continue;
            }
            if closes {
                assert_eq!(open.pop().as_ref(), Some(&name), "{page}: {tag}");
            } else {
                let inside_p = open.last().is_some_and(|parent| parent == "p");
                let block = ["p", "div", "ul", "ol", "dl", "h2", "section", "form", "table"];
                assert!(!(inside_p && block.contains(&name.as_str())), "{page}: {tag} in p");
                open.push(name);
            }
        }
        assert!(open.is_empty(), "{page}: open {open:?}");
    }
}

#[test]
fn every_sample_has_one_heading_and_unique_ids() {
    for (page, html) in all() {
        let tags = tags(&html);
        let headings = tags.iter().filter(|(name, _, closes)| name == "h1" && !closes).count();
        assert_eq!(headings, 1, "{page}");
        let mut ids: Vec<&str> = tags.iter().filter_map(|(_, tag, _)| attribute(tag, "id")).collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "{page}: an id twice");
        for (_, tag, _) in &tags {
            let refers = ["aria-labelledby", "aria-describedby", "for"];
            for id in refers.iter().filter_map(|name| attribute(tag, name)).flat_map(str::split_whitespace) {
                assert!(ids.contains(&id), "{page}: {tag} refers to {id}");
            }
        }
    }
}

#[test]
fn every_input_has_a_label() {
    for (page, html) in all() {
        let labels: Vec<String> = tags(&html)
            .iter()
            .filter(|(name, _, _)| name == "label")
            .filter_map(|(_, tag, _)| attribute(tag, "for").map(str::to_owned))
            .collect();
        for (name, tag, closes) in tags(&html) {
            let asks = ["input", "select", "textarea"].contains(&name.as_str()) && !closes;
            if asks && attribute(tag, "type") != Some("hidden") {
                let id = attribute(tag, "id").unwrap_or_default();
                assert!(labels.iter().any(|label| label == id), "{page}: {tag}");
            }
        }
    }
}

#[test]
fn no_sample_carries_script_or_style_of_its_own() {
    for (page, html) in all() {
        for (name, tag, closes) in tags(&html) {
            assert!(name != "style" && attribute(tag, "style").is_none(), "{page}: {tag}");
            assert!(name != "script" || closes || tag.contains(" src=\"/assets/"), "{page}: {tag}");
            assert!(!tag.contains(" on") || attribute(tag, "onclick").is_none(), "{page}: {tag}");
            for address in ["src", "href", "action"].iter().filter_map(|a| attribute(tag, a)) {
                // The only link that leaves is on the page that tells so, and the address of a page itself.
                let told = tag.contains("rel=\"noopener") || tag.contains("rel=\"canonical\"");
                let local = told || address.starts_with('/') || address.starts_with('#') || address.starts_with("tel:");
                assert!(local, "{page}: {tag}");
            }
        }
    }
}

#[test]
fn what_is_typed_is_shown_and_never_run() {
    let hostile = all().into_iter().filter(|(_, html)| html.contains("alert(")).collect::<Vec<_>>();
    assert!(hostile.len() >= 8, "hostile text is shown on {} samples", hostile.len());
    for (page, html) in hostile {
        assert!(!html.contains("<script>alert") && !html.contains("<b>测试"), "{page}");
    }
}
