//! The frame of portal pages: who speaks, where the page stands, how it is shown.

use super::{nav, words};
use crate::Site;
use crate::component::{Guard, Link, Text};
use crate::page::{Identity, Modes, Shell};
use crate::session::Visit;
use publication::{Column, Columns};
use std::sync::Arc;

/// The body whose site this is.
pub fn identity(site: &Site) -> Arc<Identity> {
    let Ok(body) = site.office.body(site.office.default_body()) else { return Arc::default() };
    let told = &body.settings;
    let line = |text: &String| (!text.is_empty()).then(|| text.clone());
    let postcode = if told.postcode.is_empty() { String::new() } else { format!("　邮编：{}", told.postcode) };
    Arc::new(Identity {
        name: body.name.clone(),
        english: told.latin.clone(),
        host: site.settings.host.rsplit("//").next().unwrap_or_default().to_owned(),
        organiser: body.name.clone(),
        address: format!("{}{postcode}", told.address),
        phone: told.phone.clone(),
        hours: told.hours.clone(),
        site_id: told.site_code.clone(),
        registrations: [&told.icp, &told.police, &told.remark].into_iter().filter_map(line).collect(),
    })
}

/// The whole address of a path, for what leaves the screen; none while the site's own is not set.
pub fn address(site: &Site, path: &str) -> Option<String> {
    let host = site.settings.host.trim_end_matches('/');
    (!host.is_empty()).then(|| format!("{host}{path}"))
}

/// The columns of the site.
pub fn columns(site: &Site) -> Option<&Columns> {
    let body = site.office.body(site.office.default_body()).ok()?;
    site.office.rules().columns(&body.kind)
}

/// A frame for a page; `cookie` says how it is shown.
pub fn bare(site: &Site, cookie: Option<&str>, path: &str) -> Shell {
    let plain = path.split_once('?').map_or(path, |(path, _)| path);
    Shell {
        nav: nav::entries(columns(site)),
        canonical: address(site, plain).unwrap_or_default(),
        body: identity(site),
        modes: cookie.map(Modes::read).unwrap_or_default(),
        path: path.to_owned(),
        today: words::today(site.office.now()),
        ..Shell::default()
    }
}

/// A frame for a page with this title in this section.
pub fn shell(site: &Site, visit: &Visit, title: impl Into<Text>, section: &'static str) -> Shell {
    let modes = shown(visit);
    let cookie = modes.write();
    Shell {
        title: title.into(),
        section: nav::entry(columns(site), section).into(),
        labels: nav::service_labels(section),
        ..bare(site, Some(&cookie), &visit.path)
    }
}

/// The frame of a page of a column.
pub fn of_column(site: &Site, visit: &Visit, title: impl Into<Text>, column: &Column) -> Shell {
    let columns = columns(site);
    let entry = columns.and_then(|all| all.entry(&column.id)).map(nav::address).unwrap_or_default();
    Shell {
        section: entry.into(),
        labels: nav::labels(column),
        feeds: feeds(&column.id),
        ..shell(site, visit, title, "")
    }
}

/// The feeds of a list.
pub fn feeds(name: &str) -> Vec<Link> {
    let feed = |(ending, words): (&str, &'static str)| Link::new(format!("/feed/{name}.{ending}"), words);
    [("rss", "RSS"), ("atom", "Atom"), ("json", "JSON Feed")].map(feed).into()
}

/// The frame of a page under its section's start page.
pub fn under(site: &Site, visit: &Visit, title: impl Into<Text>, section: &'static str, name: &'static str) -> Shell {
    Shell { crumbs: vec![Link::new(section, name)], ..shell(site, visit, title, section) }
}

/// How the reader wants pages: the cookie, and `lang` in the address for a link that is passed on.
fn shown(visit: &Visit) -> Modes {
    let modes = visit.cookie(Modes::COOKIE).map(Modes::read).unwrap_or_default();
    let query = visit.path.split_once('?').map_or("", |(_, query)| query);
    match query.split('&').find_map(|pair| pair.strip_prefix("lang=")) {
        Some(lang) => Modes { traditional: lang == "zh-Hant", ..modes },
        None => modes,
    }
}

/// The hidden fields of a form.
pub fn guard(visit: &Visit) -> Guard {
    Guard { csrf: visit.csrf(), key: visit.new_key(), more: Vec::new() }
}
