//! One item as a page that needs nothing else, and as data; lists of items.

use intake::html::escape;
use law::Moment;
use office::{Article, Public};
use publication::kind::{Field, Place};
use publication::{Columns, Kind};
use serde_json::json;

/// The look of every page: readable, printable, nothing loaded.
const STYLE: &str = "body{max-width:46rem;margin:0 auto;padding:1rem;font:1.0625rem/1.8 system-ui,\"Noto Sans CJK SC\",\"Microsoft YaHei\",sans-serif;color:#1f2328;background:#fff}\
h1{font-size:1.6rem;line-height:1.4;margin:1rem 0 .5rem}h2{font-size:1.25rem;margin:1.6rem 0 .4rem}h3{font-size:1.0625rem}\
a{color:#0a4d8c}nav,footer,.line{color:#57606a;font-size:.9375rem}footer{border-top:1px solid #d0d7de;margin-top:2rem;padding-top:.5rem;overflow-wrap:anywhere}\
table{border-collapse:collapse;width:100%;margin:1rem 0;font-size:.9375rem}td,th{border:1px solid #d0d7de;padding:.3rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
.meta th{background:#f6f8fa;font-weight:normal;width:7em}.scroll{overflow-x:auto}ul.list{list-style:none;padding:0}ul.list li{border-bottom:1px solid #eaeef2;padding:.4rem 0}\
ul.list time{color:#57606a;font-size:.875rem;margin-left:.6rem;white-space:nowrap}.notice{border-left:4px solid #9a6700;background:#fff8c5;padding:.6rem 1rem}img{max-width:100%;height:auto}";

/// An item in lists and feeds.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub item: String,
    pub title: String,
    pub number: Option<String>,
    pub summary: String,
    pub at: Moment,
    pub columns: Vec<String>,
    path: String,
}

impl Entry {
    /// The entry of an item that is public.
    pub(super) fn of(article: &Article, public: &Public) -> Entry {
        let fields = &article.edition.fields;
        Entry {
            item: article.item.clone(),
            title: article.edition.title.clone(),
            number: fields.get("number").cloned(),
            summary: fields.get("summary").cloned().unwrap_or_default(),
            at: article.since,
            columns: article.columns.clone(),
            path: super::path(public),
        }
    }

    /// Address of its page in the export.
    pub(super) fn path(&self) -> &str {
        &self.path
    }
}

/// A whole page. `up` leads from it to the top of the export.
fn whole(title: &str, site: &str, up: &str, main: &str) -> String {
    let (title, site) = (escape(title), escape(site));
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>{title}－{site}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<nav><a href=\"{up}index.html\">{site}</a></nav>\n<main>\n{main}\n</main>\n</body>\n</html>\n"
    )
}

/// The page of a public item.
pub(super) fn page(
    article: &Article,
    kind: Option<&Kind>,
    columns: Option<&Columns>,
    files: &[String],
    site: &str,
) -> String {
    let edition = &article.edition;
    let mut main = format!("<h1>{}</h1>\n<p class=\"line\">发布日期：{}", escape(&edition.title), article.since.date());
    for (id, label) in article.columns.iter().filter_map(|id| Some((id, &columns?.get(id)?.label))) {
        main.push_str(&format!("　栏目：<a href=\"../c/{id}.html\">{}</a>", escape(label)));
    }
    main.push_str("</p>\n");
    let values = || fields(article, kind);
    let meta: String = values()
        .filter(|(_, _, place, rich)| !rich && matches!(place, Place::Meta | Place::Line))
        .map(|(label, value, ..)| {
            format!("<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", escape(&label), escape(value))
        })
        .collect();
    if !meta.is_empty() {
        main.push_str(&format!("<table class=\"meta\"><tbody>\n{meta}</tbody></table>\n"));
    }
    for (label, value, place, rich) in values() {
        let text = if rich { value.to_owned() } else { intake::html::from_plain(value) };
        match place {
            Place::Meta | Place::Line | Place::Links => {}
            Place::Lead => main.push_str(&format!("<p><strong>{}</strong></p>\n", escape(value))),
            Place::Body => main.push_str(&format!("<div class=\"scroll\">\n{text}\n</div>\n")),
            Place::Section => {
                main.push_str(&format!("<h2>{}</h2>\n<div class=\"scroll\">\n{text}\n</div>\n", escape(&label)))
            }
        }
    }
    if let Some(reduced) = &edition.reduced {
        main.push_str(&format!("<h2>本文已依法删减</h2>\n<p>依据：{}</p>\n<ul>\n", escape(&reduced.basis)));
        for one in &reduced.removed {
            let (kind, article) = (escape(&one.kind), escape(&one.article));
            main.push_str(&format!("<li>{kind}（{article}），{}处</li>\n", one.count));
        }
        main.push_str("</ul>\n");
    }
    if !files.is_empty() {
        main.push_str("<h2>附件</h2>\n<ul>\n");
        for (file, name) in article.files.iter().zip(files) {
            main.push_str(&format!("<li><a href=\"../{name}\">{}</a>（{}字节）</li>\n", escape(&file.name), file.size));
        }
        main.push_str("</ul>\n");
    }
    main.push_str(&format!(
        "<footer>本页是公开版本的导出件。数据：<a href=\"{}.json\">JSON</a><br>内容校验值（SHA-256）：{}</footer>",
        article.item, article.hash
    ));
    whole(&edition.title, site, "../", &main)
}

/// Label, value, place and whether it is HTML, in the order of the kind; of an unknown kind by name.
fn fields<'a>(article: &'a Article, kind: Option<&'a Kind>) -> impl Iterator<Item = (String, &'a str, Place, bool)> {
    let values = &article.edition.fields;
    let told = kind.map(|kind| kind.fields.as_slice()).unwrap_or_default();
    let known = told.iter().filter_map(|field: &Field| {
        let value = values.get(&field.id)?;
        Some((field.label.clone(), field.words(value), field.place, field.is_rich()))
    });
    let rest = values.iter().filter(move |_| kind.is_none());
    known.chain(rest.map(|(id, value)| (id.clone(), value.as_str(), Place::Section, false)))
}

/// The data of an item: what was published in canonical form, and where it is proved.
pub(super) fn record(article: &Article, base: &str, files: &[String]) -> String {
    let editions: Vec<_> = article
        .versions
        .iter()
        .map(|one| {
            json!({
                "edition": one.public_id, "sha256": one.hash, "published_on": one.at.date().to_string(),
                "standing": one.standing.code(), "reason": one.reason,
            })
        })
        .collect();
    let relations: Vec<_> = article
        .related
        .iter()
        .map(|one| {
            json!({
                "relation": one.relation.code(), "forward": one.forward, "item": one.other.item,
                "title": one.other.title, "number": one.other.number,
            })
        })
        .collect();
    let record = json!({
        "editions": editions,
        "relations": relations,
        "item": article.item,
        "edition": article.public_id,
        "sha256": article.hash,
        "canonical": article.edition.canonical(),
        "content": article.edition,
        "columns": article.columns,
        "public_since": article.since.date().to_string(),
        "files": files,
        "proof": format!("{base}/log/proof/{}", article.public_id),
    });
    format!("{record}\n")
}

/// The notice in place of a withdrawn item: when and why, nothing of its text.
pub(super) fn notice(article: &Article, site: &str) -> String {
    let (on, why) =
        article.ended.as_ref().map_or_else(Default::default, |(at, why)| (at.date().to_string(), why.clone()));
    let main = format!(
        "<h1>信息已撤回</h1>\n<div class=\"notice\"><p>《{}》已于{on}撤回。</p><p>撤回原因：{}</p></div>",
        escape(&article.edition.title),
        escape(&why)
    );
    whole("信息已撤回", site, "../", &main)
}

/// A list of items.
pub(super) fn list(label: &str, entries: &[&Entry], site: &str) -> String {
    let up = if label == "全部信息" { "" } else { "../" };
    let mut main = format!(
        "<h1>{}</h1>\n<p class=\"line\">共{}条，按发布日期排列。</p>\n<ul class=\"list\">\n",
        escape(label),
        entries.len()
    );
    for entry in entries {
        let number = entry.number.as_ref().map(|number| format!("（{}）", escape(number))).unwrap_or_default();
        main.push_str(&format!(
            "<li><a href=\"{up}a/{}.html\">{}</a>{number}<time>{}</time></li>\n",
            entry.item,
            escape(&entry.title),
            entry.at.date()
        ));
    }
    main.push_str("</ul>");
    whole(label, site, up, &main)
}

/// A list as data.
pub(super) fn list_data(label: &str, entries: &[&Entry], base: &str) -> String {
    let items: Vec<_> = entries
        .iter()
        .map(|entry| {
            json!({
                "item": entry.item, "title": entry.title, "number": entry.number,
                "public_since": entry.at.date().to_string(), "url": format!("{base}{}", entry.path),
            })
        })
        .collect();
    format!("{}\n", json!({ "column": label, "items": items }))
}

/// The first page.
pub(super) fn home(site: &str, columns: &[(String, String, usize)], all: usize) -> String {
    let mut main = format!(
        "<h1>{}</h1>\n<p>全部已公开的信息，共{all}条，以开放文件保存。<a href=\"all.html\">全部信息</a>　<a href=\"feed/all.json\">JSON Feed</a>　<a href=\"feed/all.atom\">Atom</a>　<a href=\"SHA256SUMS\">校验值</a></p>\n<h2>栏目</h2>\n<ul class=\"list\">\n",
        escape(site)
    );
    for (id, label, count) in columns {
        main.push_str(&format!("<li><a href=\"c/{id}.html\">{}</a><time>{count}条</time></li>\n", escape(label)));
    }
    main.push_str("</ul>");
    whole("公开信息", site, "", &main)
}
