//! Feeds of every list (JSON Feed 1.1, Atom, RSS 2.0) and the sitemap.

use intake::html::escape;
use law::Moment;
use serde_json::json;

use super::item::Entry;
use super::shelf::Shelf;
use crate::Stop;

/// Writes the three feeds of a list.
pub(super) fn write(shelf: &mut Shelf, base: &str, id: &str, title: &str, all: &[&Entry]) -> Result<(), Stop> {
    let own = |end: &str| format!("{base}/feed/{id}.{end}");
    let home = if id == "all" { format!("{base}/index.html") } else { format!("{base}/c/{id}.html") };
    let items: Vec<_> = all
        .iter()
        .map(|one| {
            let url = format!("{base}{}", one.path());
            json!({ "id": url, "url": url, "title": one.title, "content_text": words(one), "date_published": rfc3339(one.at) })
        })
        .collect();
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1", "title": title, "home_page_url": home,
        "feed_url": own("json"), "language": "zh-CN", "items": items,
    });
    shelf.put(&format!("feed/{id}.json"), format!("{feed}\n").as_bytes())?;
    shelf.put(&format!("feed/{id}.atom"), atom(base, &own("atom"), &home, title, all).as_bytes())?;
    shelf.put(&format!("feed/{id}.rss"), rss(base, &home, title, all).as_bytes())
}

fn words(one: &Entry) -> &str {
    if one.summary.is_empty() { &one.title } else { &one.summary }
}

fn atom(base: &str, own: &str, home: &str, title: &str, all: &[&Entry]) -> String {
    let (title, own, home) = (escape(title), escape(own), escape(home));
    let updated = rfc3339(all.first().map_or(Moment::from_millis(0), |one| one.at));
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"zh-CN\">\n<id>{own}</id>\n<title>{title}</title>\n<updated>{updated}</updated>\n<author><name>{title}</name></author>\n<link rel=\"self\" href=\"{own}\"/>\n<link href=\"{home}\"/>\n"
    );
    for one in all {
        let url = escape(&format!("{base}{}", one.path()));
        out.push_str(&format!(
            "<entry><id>{url}</id><title>{}</title><updated>{}</updated><link href=\"{url}\"/><summary>{}</summary></entry>\n",
            escape(&one.title),
            rfc3339(one.at),
            escape(words(one))
        ));
    }
    out + "</feed>\n"
}

fn rss(base: &str, home: &str, title: &str, all: &[&Entry]) -> String {
    let (title, home) = (escape(title), escape(home));
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel>\n<title>{title}</title>\n<link>{home}</link>\n<description>{title}</description>\n<language>zh-CN</language>\n"
    );
    for one in all {
        let url = escape(&format!("{base}{}", one.path()));
        let date = one.at.date().strftime("%a, %d %b %Y");
        let (hour, minute) = (one.at.hour(), one.at.minute());
        out.push_str(&format!(
            "<item><title>{}</title><link>{url}</link><guid>{url}</guid><pubDate>{date} {hour:02}:{minute:02}:00 +0800</pubDate><description>{}</description></item>\n",
            escape(&one.title),
            escape(words(one))
        ));
    }
    out + "</channel></rss>\n"
}

/// The sitemap of every public item.
pub(super) fn sitemap(base: &str, all: &[Entry]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for one in all {
        let url = escape(&format!("{base}{}", one.path()));
        out.push_str(&format!("<url><loc>{url}</loc><lastmod>{}</lastmod></url>\n", one.at.date()));
    }
    out + "</urlset>\n"
}

/// An instant at +08:00.
fn rfc3339(at: Moment) -> String {
    format!("{}T{:02}:{:02}:00+08:00", at.date(), at.hour(), at.minute())
}
