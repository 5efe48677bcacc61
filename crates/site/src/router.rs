//! The table of every route: method, address, permit, limit and handler; and the gate that stands
//! before each handler and enforces what the table says.

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;
use office::{Caller, Permit};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;
use tower_http::catch_panic::CatchPanicLayer;

use crate::form::{self, Form, see};
use crate::limits::Class;
use crate::problem::{Kind, Trouble};
use crate::session::{OFFICER, QUERY, Visit};
use crate::{Site, api, body, kept, lang, security};

/// Where officers sign in.
pub const SIGN_IN: &str = "/desk/sign-in";
/// Where parties enter a query code.
pub const TRACK: &str = "/q";

/// Time a handler may take, the reading of the request not counted.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who is spoken to at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// The public.
    Portal,
    /// Officers.
    Desk,
    /// Programs.
    Api,
}

impl Face {
    /// The face of a path.
    pub fn of(path: &str) -> Face {
        let under = |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if under("/desk") {
            Face::Desk
        } else if under("/api") || under("/log") || under("/healthz") || under("/readyz") {
            Face::Api
        } else {
            Face::Portal
        }
    }
}

/// What the gate demands of a request before the handler sees it.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Who may pass.
    pub permit: Permit,
    /// What requests are counted as.
    pub limit: Option<Class>,
    /// Whether the form may bring files.
    pub uploads: bool,
}

/// One line of the table.
pub struct Route {
    /// Method.
    pub method: Method,
    /// Address, with `{name}` for variable parts.
    pub path: &'static str,
    /// What the gate demands.
    pub rule: Rule,
    handler: MethodRouter<Arc<Site>>,
}

/// A page or a document.
pub fn get<H, T>(path: &'static str, permit: Permit, handler: H) -> Route
where
    H: Handler<T, Arc<Site>>,
    T: 'static,
{
    let rule = Rule { permit, limit: None, uploads: false };
    Route { method: Method::GET, path, rule, handler: axum::routing::get(handler) }
}

/// An act.
pub fn post<H, T>(path: &'static str, permit: Permit, handler: H) -> Route
where
    H: Handler<T, Arc<Site>>,
    T: 'static,
{
    let rule = Rule { permit, limit: None, uploads: false };
    Route { method: Method::POST, path, rule, handler: axum::routing::post(handler) }
}

impl Route {
    /// Counted as this class.
    #[must_use]
    pub fn limited(mut self, class: Class) -> Route {
        self.rule.limit = Some(class);
        self
    }

    /// With a form that may bring files.
    #[must_use]
    pub fn uploads(mut self) -> Route {
        self.rule.uploads = true;
        self
    }

    /// Whose route it is.
    pub fn face(&self) -> Face {
        Face::of(self.path)
    }
}

/// Every route there is.
pub fn table() -> Vec<Route> {
    [crate::portal::routes(), crate::desk::routes(), api::routes()].into_iter().flatten().collect()
}

/// The whole site.
pub fn router(site: Arc<Site>) -> Router {
    serving(site, table())
}

/// A site of these routes: each behind its gate, all within the frame.
pub fn serving(site: Arc<Site>, table: Vec<Route>) -> Router {
    let mut router = Router::new();
    for route in table {
        let gate = from_fn_with_state((site.clone(), route.rule), gate);
        router = router.route(route.path, route.handler.route_layer(gate));
    }
    router
        .fallback(crate::portal::old::moved)
        .method_not_allowed_fallback(|| async { Trouble::new(Kind::Method) })
        .layer(CatchPanicLayer::custom(security::panicked))
        .layer(from_fn_with_state(site.clone(), security::frame))
        .layer(from_fn_with_state(site.clone(), kept::keep))
        .with_state(site)
}

/// Lets a request through to its handler when it meets the rule.
async fn gate(State((site, rule)): State<(Arc<Site>, Rule)>, request: Request, next: Next) -> Response {
    let (visit, request) = match admit(&site, rule, request).await {
        Ok(admitted) => admitted,
        Err(stopped) => return stopped,
    };
    let safe = request.method().is_safe();
    let Ok(mut response) = timeout(PATIENCE, next.run(request)).await else {
        return Trouble::new(Kind::Busy).into_response();
    };
    let headers = response.headers_mut();
    let bound = visit.settle(headers);
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, caching(rule.permit, safe, bound));
    }
    response
}

/// Public pages are revalidated; those with a token only by the visitor's own browser; what is
/// personal or answers an act is kept nowhere.
fn caching(permit: Permit, safe: bool, bound: bool) -> HeaderValue {
    match (permit, safe, bound) {
        (Permit::Public, true, false) => security::REVALIDATE,
        (Permit::Public, true, true) => security::REVALIDATE_PRIVATE,
        _ => security::NO_STORE,
    }
}

/// Who is asking, whether they may, how often, and whether the form is theirs: in this order,
/// so that nobody's body is read before it is known that they may send one.
async fn admit(site: &Arc<Site>, rule: Rule, request: Request) -> Result<(Visit, Request), Response> {
    let (parts, body) = request.into_parts();
    // Nothing has an address with NUL in it, and PostgreSQL could not even look for it.
    if parts.uri.path().contains("%00") {
        return Err(Trouble::new(Kind::NotFound).into_response());
    }
    let face = Face::of(parts.uri.path());
    let public = Caller::public(site.office.default_body());
    let mut visit = Visit::of(&parts, &site.settings, public);
    recognise(site, rule.permit, &mut visit, &parts).await.map_err(Trouble::into_response)?;
    if !rule.permit.allows(&visit.caller) {
        return Err(refused(rule.permit, &visit, &parts.method));
    }
    let safe = parts.method.is_safe();
    count(site, rule, &visit, safe).map_err(Trouble::into_response)?;
    let mut request = Request::from_parts(parts, body);
    if !safe && face != Face::Api {
        request = own_form(site, rule, &visit, request).await.map_err(Trouble::into_response)?;
    }
    request.extensions_mut().insert(visit.clone());
    Ok((visit, request))
}

/// Finds the session or token that the permit asks for. Each face knows only its own: a page of
/// the portal never acts for an officer who is signed in at the desk in the same browser.
async fn recognise(site: &Site, permit: Permit, visit: &mut Visit, parts: &Parts) -> Result<(), Trouble> {
    let secret = match permit {
        Permit::Public => None,
        Permit::Party => visit.secret(QUERY).map(str::to_owned),
        Permit::Officer | Permit::Roles(_) => visit.secret(OFFICER).map(str::to_owned),
        Permit::Token(_) => bearer(&parts.headers).map(str::to_owned),
        Permit::Signed(_) => return signed(site, visit, parts).await,
    };
    let Some(secret) = secret else { return Ok(()) };
    let found = match permit {
        Permit::Token(_) => site.office.token(&secret).await?,
        _ => site.office.session(&secret).await?,
    };
    if let Some(caller) = found {
        visit.caller = caller;
        visit.session = Some(secret);
    } else if let Permit::Token(_) = permit {
        site.limits.take(Class::Token, visit.address, site.office.now())?;
    }
    Ok(())
}

/// Finds who signed the request; guessing is as slow as guessing a token.
async fn signed(site: &Site, visit: &mut Visit, parts: &Parts) -> Result<(), Trouble> {
    match api::signature::caller(site, parts).await {
        Ok(caller) => {
            visit.caller = caller;
            Ok(())
        }
        Err(trouble) => {
            site.limits.take(Class::Token, visit.address, site.office.now())?;
            Err(trouble)
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, secret) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// The answer to somebody who may not pass: the door, where there is one to go to.
fn refused(permit: Permit, visit: &Visit, method: &Method) -> Response {
    let known = visit.session.is_some();
    match permit {
        Permit::Party if method.is_safe() => see(TRACK),
        Permit::Officer | Permit::Roles(_) if !known && method.is_safe() => {
            see(&format!("{SIGN_IN}?next={}", lang::query_value(&visit.path)))
        }
        Permit::Token(_) if !known => {
            let mut response = Trouble::new(Kind::SignIn).into_response();
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            response
        }
        _ if known => Trouble::new(Kind::Forbidden).into_response(),
        _ => Trouble::new(Kind::SignIn).into_response(),
    }
}

/// Counts the request: acts by the route's class, officers and tokens by who they are.
fn count(site: &Site, rule: Rule, visit: &Visit, safe: bool) -> Result<(), Trouble> {
    let now = site.office.now();
    match rule.permit {
        Permit::Token(_) | Permit::Signed(_) => site.limits.take(Class::Api, visit.caller.actor, now)?,
        Permit::Officer | Permit::Roles(_) if !safe => site.limits.take(Class::Desk, visit.caller.actor, now)?,
        _ => {}
    }
    match rule.limit {
        Some(class) if !safe => Ok(site.limits.take(class, visit.address, now)?),
        _ => Ok(()),
    }
}

/// Reads the form and makes sure that our own page sent it.
async fn own_form(site: &Site, rule: Rule, visit: &Visit, request: Request) -> Result<Request, Trouble> {
    if !security::same_origin(request.headers()) {
        return Err(Trouble::new(Kind::Forged));
    }
    let request = body::read_form(request, rule.uploads, &site.budget).await?;
    let written = request.extensions().get::<Form>().is_some_and(|form| visit.wrote(form.raw(form::CSRF)));
    if written { Ok(request) } else { Err(Trouble::new(Kind::Forged)) }
}
