//! The HTTP faces of an office: portal for the public, desk for officers, API for programs.
//!
//! Every request passes the frame (`security`), the gate of its route (`router`) and one handler:
//! parse, one act or query, one page.

pub mod api;
pub mod assets;
pub mod body;
pub mod component;
pub mod desk;
pub mod form;
pub mod kept;
pub mod lang;
pub mod letter;
pub mod limits;
pub mod page;
pub mod portal;
pub mod problem;
pub mod router;
pub mod security;
pub mod serve;
pub mod session;

use office::Office;
use std::net::IpAddr;
use std::sync::Arc;

pub use router::router;
pub use serve::{bind, serve};

/// What an operator may set.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Address under which people know the site, such as `https://site.invalid`, for links that leave
    /// it (receipts, QR codes) and the foot of its pages. Empty: not known.
    pub host: String,
    /// Proxies whose word about client address and TLS is believed; nobody else's is.
    pub proxies: Vec<IpAddr>,
    /// Everything comes by TLS, whatever a proxy says: cookies are marked so.
    pub secure: bool,
    /// Multiplies what rate limits allow, for load tests; 0 and 1: as designed.
    pub ease: u32,
}

/// The site of one office: what every handler gets.
pub struct Site {
    /// Where everything happens.
    pub office: Arc<Office>,
    /// What the operator set.
    pub settings: Settings,
    /// How often one client may do what.
    pub limits: limits::Limits,
    /// Memory shared by all uploads.
    pub budget: body::Budget,
    /// Public pages that were asked for a moment ago.
    pub kept: kept::Kept,
}

impl Site {
    /// A site of this office.
    pub fn new(office: Arc<Office>, settings: Settings) -> Arc<Site> {
        /// Clients remembered by the rate limits: a few megabytes.
        const CLIENTS: usize = 100_000;
        let limits = limits::Limits::new(CLIENTS, settings.ease);
        let kept = kept::Kept::default();
        let site = Arc::new(Site { office, settings, limits, budget: body::Budget::default(), kept });
        let shown = Arc::downgrade(&site);
        site.office.shows_pages(Box::new(move |article| portal::article::rendered(&*shown.upgrade()?, article)));
        site
    }
}

/// The page that tells a trouble, in the words of its face.
fn error_page(site: &Site, asked: &security::Asked, trouble: &problem::Trouble) -> axum::response::Response {
    match asked.face {
        router::Face::Desk => desk::error::page(site, asked, trouble),
        router::Face::Portal | router::Face::Api => portal::error::page(site, asked, trouble),
    }
}
