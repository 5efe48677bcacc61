//! Pages for citizens: what they look like and what they say.

mod answer;
pub mod article;
pub mod ask;
pub mod card;
pub mod catalogue;
pub mod channel;
pub mod column;
pub mod directory;
pub mod error;
pub mod feed;
pub mod filing;
pub mod flow;
pub mod foi;
pub mod frame;
pub mod home;
mod labels;
pub mod leave;
pub mod links;
pub mod machine;
pub mod message;
pub mod narrow;
pub mod nav;
pub mod notice;
pub mod old;
pub mod own;
pub mod prose;
pub mod rate;
pub mod receipt;
pub mod replies;
pub mod results;
#[cfg(test)]
pub(crate) mod sample;
pub mod search;
pub mod statement;
pub mod step;
mod take;
pub mod track;
pub mod verify;
pub mod versions;
pub mod words;

use crate::assets;
use crate::component::{Link, Text};
use crate::lang::query_value;
use crate::limits::Class;
use crate::router::{Route, get, post};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use flow::{Foi, Message};
use office::Permit::{Party, Public};

/// Where the search box leads, and what it says.
pub const SEARCH: &str = "/s";
/// What the search box looks through.
pub const SEARCH_LABEL: &str = "搜文件、信息、办事指南，或直接输入文号";

/// A short block beside the text of a page.
#[derive(Clone, Debug, Default)]
pub struct Aside {
    /// Its heading.
    pub title: Text,
    /// Its sentences, a paragraph each.
    pub texts: Vec<Text>,
    /// Ways on.
    pub links: Vec<Link>,
}

impl Aside {
    /// A block of sentences.
    pub fn new<const N: usize>(title: impl Into<Text>, texts: [&'static str; N]) -> Self {
        let texts = texts.into_iter().map(Text::from).collect();
        Self { title: title.into(), texts, links: Vec::new() }
    }
    /// With a way on.
    pub fn link(mut self, href: impl Into<Text>, text: impl Into<Text>) -> Self {
        self.links.push(Link::new(href, text));
        self
    }
}

/// A file as a download under its name; nothing that people send is ever shown as a page.
fn download(name: &str, media: &str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename*=UTF-8''{}", query_value(name).replace('/', "%2F"));
    ([(header::CONTENT_TYPE, media.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

/// Every route of the portal.
pub fn routes() -> Vec<Route> {
    vec![
        get("/", Public, home::show),
        get("/assets/{file}", Public, assets::serve),
        get("/a/{id}", Public, article::show),
        get("/a/{id}/as/{form}", Public, take::send),
        get("/a/{id}/compare", Public, versions::show),
        get("/b/{key}", Public, channel::show),
        get("/c/{id}", Public, column::show),
        get("/xxgk", Public, column::statutory),
        get("/catalogue", Public, catalogue::show),
        get("/catalogue.csv", Public, catalogue::csv).limited(Class::Lookup),
        get("/catalogue.json", Public, catalogue::json),
        get("/catalogue.xlsx", Public, catalogue::xlsx).limited(Class::Lookup),
        get("/feed/{name}", Public, feed::show),
        get("/file/{id}", Public, article::file),
        get("/foi", Public, foi::start),
        get("/foi/what", Public, flow::question::<Foi, 0>),
        post("/foi/what", Public, flow::answer::<Foi, 0>).limited(Class::Draft),
        get("/foi/you", Public, flow::question::<Foi, 1>),
        post("/foi/you", Public, flow::answer::<Foi, 1>).limited(Class::Draft),
        get("/foi/check", Public, flow::check::<Foi>),
        post("/foi/check", Public, flow::send::<Foi>).uploads().limited(Class::Filing),
        get("/message", Public, message::start),
        get("/message/what", Public, flow::question::<Message, 0>),
        post("/message/what", Public, flow::answer::<Message, 0>).limited(Class::Draft),
        get("/message/you", Public, flow::question::<Message, 1>),
        post("/message/you", Public, flow::answer::<Message, 1>).limited(Class::Draft),
        get("/message/check", Public, flow::check::<Message>),
        post("/message/check", Public, flow::send::<Message>).uploads().limited(Class::Filing),
        get("/receipt", Party, receipt::show),
        get("/q", Public, track::find),
        post("/q", Public, track::open).limited(Class::Lookup),
        get("/q/matter", Party, own::show),
        get("/q/do/{step}", Party, step::ask),
        post("/q/do/{step}", Party, step::act).uploads().limited(Class::Filing),
        get("/q/paper/{id}", Party, own::paper),
        get("/q/file/{id}", Party, own::file),
        post("/q/leave", Public, track::leave),
        get("/rate", Public, rate::show),
        post("/rate", Public, rate::send).limited(Class::Lookup),
        get("/replies", Public, replies::list),
        get("/replies/{id}", Public, replies::one),
        get("/verify", Public, verify::show),
        post("/verify", Public, verify::send).uploads().limited(Class::Lookup),
        get("/s", Public, search::show),
        get("/s.atom", Public, results::feed),
        get("/s.csv", Public, results::table).limited(Class::Lookup),
        get("/s.json", Public, results::feed),
        get("/s.rss", Public, results::feed),
        get("/suggest", Public, results::suggest).limited(Class::Suggest),
        get("/similar", Public, replies::similar),
        get("/leave", Public, leave::show),
        get("/robots.txt", Public, machine::robots),
        get("/sitemap.xml", Public, machine::sitemap),
        get("/.well-known/security.txt", Public, machine::security),
        get("/petition", Public, statement::petition),
        get("/help", Public, statement::help),
        get("/help/{id}", Public, statement::procedure),
        get("/sitemap", Public, statement::sitemap),
        get("/privacy", Public, statement::privacy),
        get("/accessibility", Public, statement::accessibility),
        get("/correct", Public, statement::correct),
        get("/show", Public, statement::show),
        get("/phone", Public, statement::on_phone),
    ]
}
