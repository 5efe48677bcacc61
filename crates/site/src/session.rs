//! Who is visiting: cookies, the session behind a request, signing in and out.
//!
//! A session's cookie holds a random secret of 256 bits; the office stores only its hash, gives
//! a fresh one at every sign-in, and ends it after its idle and its absolute time.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use office::Caller;
use office::{SignInFail, SignedIn};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use crate::form::{hex, see};
use crate::limits::{Class, Wait};
use crate::problem::{Kind, Trouble};
use crate::{Settings, Site};

/// Cookie of an officer's session.
pub const OFFICER: &str = "officer";
/// Cookie of a party's session for one matter.
pub const QUERY: &str = "query";
/// Cookie to which the tokens of forms are bound.
pub const VISIT: &str = "visit";

/// The address of the peer of a connection, put into every request by `serve`.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// One request's visitor.
#[derive(Clone, Debug)]
pub struct Visit {
    /// In whose name the request is made: on the portal the public or the party of one matter,
    /// on the desk an officer, in the API the holder of a token.
    pub caller: Caller,
    /// Secret of the session, for ending it.
    pub session: Option<String>,
    /// The client's address; an IPv6 network of 64 bits counts as one client.
    pub address: IpAddr,
    /// Path and query that were asked for.
    pub path: String,
    secure: bool,
    cookies: Arc<Vec<(String, String)>>,
    binding: Arc<Binding>,
}

/// The secret to which tokens of forms are bound: the browser's, or one drawn when first needed.
#[derive(Debug)]
struct Binding {
    known: Option<String>,
    drawn: OnceLock<String>,
    used: AtomicBool,
}

impl Binding {
    fn secret(&self) -> &str {
        self.used.store(true, Ordering::Relaxed);
        self.known.as_deref().unwrap_or_else(|| self.drawn.get_or_init(random))
    }
}

impl Visit {
    /// The visitor of a request, nobody in particular until the gate sets the caller.
    pub fn of(parts: &Parts, settings: &Settings, caller: Caller) -> Visit {
        let (address, secure) = client(parts, settings);
        let cookies = cookies(&parts.headers);
        let known = find(&cookies, &name(VISIT, secure)).filter(|secret| secret.len() == 64);
        let known = known.map(str::to_owned);
        let binding = Arc::new(Binding { known, drawn: OnceLock::new(), used: AtomicBool::new(false) });
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Visit { caller, session: None, address, path, secure, cookies: Arc::new(cookies), binding }
    }

    /// Somebody with no cookies who asks for a page, without a request.
    pub fn nobody(caller: Caller, path: String, settings: &Settings) -> Visit {
        let (parts, ()) = axum::http::Request::new(()).into_parts();
        Visit { path, ..Visit::of(&parts, settings, caller) }
    }

    /// The value of a cookie that is not one of ours.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        find(&self.cookies, name)
    }

    /// The secret in one of our own cookies.
    pub fn secret(&self, cookie: &'static str) -> Option<&str> {
        find(&self.cookies, &name(cookie, self.secure))
    }

    /// The token that a form on the page must carry. Asking for it binds the visitor by a
    /// cookie, so pages without such a form do not ask.
    pub fn csrf(&self) -> String {
        token(self.binding.secret())
    }

    /// Whether a form carries the token of this visitor.
    pub fn wrote(&self, csrf: &str) -> bool {
        self.binding.known.as_ref().is_some_and(|secret| same(token(secret).as_bytes(), csrf.as_bytes()))
    }

    /// A fresh idempotency key for a form.
    pub fn new_key(&self) -> String {
        let mut key = random();
        key.truncate(32);
        key
    }

    /// Begins an officer's session and goes to `address`.
    pub fn open_officer(&self, secret: &str, address: &str) -> Response {
        self.going(OFFICER, secret, address)
    }

    /// Begins a party's session for one matter and goes to `address`.
    pub fn open_query(&self, secret: &str, address: &str) -> Response {
        self.going(QUERY, secret, address)
    }

    /// Removes the officer's cookie and goes to `address`; the office ends the session itself.
    pub fn close_officer(&self, address: &str) -> Response {
        self.going(OFFICER, "", address)
    }

    /// Removes the party's cookie and goes to `address`.
    pub fn close_query(&self, address: &str) -> Response {
        self.going(QUERY, "", address)
    }

    fn going(&self, cookie: &'static str, secret: &str, address: &str) -> Response {
        let mut response = see(address);
        set(response.headers_mut(), cookie, secret, self.secure);
        response
    }

    /// Sets the cookie that tokens are bound to, when a page used one and the visitor has none.
    /// Says whether the page carries a token.
    pub fn settle(&self, headers: &mut HeaderMap) -> bool {
        if let Some(secret) = self.binding.drawn.get() {
            set(headers, VISIT, secret, self.secure);
        }
        self.binding.used.load(Ordering::Relaxed)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = Trouble;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Visit>().cloned().ok_or_else(|| Trouble::new(Kind::Fault))
    }
}

/// Why somebody could not sign in.
#[derive(Clone, Debug, PartialEq)]
pub enum NotSignedIn {
    /// Too many tries from this address or for this account.
    TooMany(Wait),
    /// The office's answer.
    Refused(SignInFail),
}

/// Signs an officer in: limits by address and account, then the office's check.
pub async fn sign_in(site: &Site, visit: &Visit, login: &str, password: &str) -> Result<SignedIn, NotSignedIn> {
    let now = site.office.now();
    let limits = &site.limits;
    limits.take(Class::SignIn, visit.address, now).map_err(NotSignedIn::TooMany)?;
    limits.take(Class::Account, login, now).map_err(NotSignedIn::TooMany)?;
    let from = visit.address.to_string();
    let signed_in = site.office.sign_in(login, password, &from).await.map_err(NotSignedIn::Refused)?;
    if let Some(old) = visit.secret(OFFICER) {
        // The old session ends by itself when this does not succeed.
        let _ = site.office.sign_out(old).await;
    }
    limits.forget(Class::SignIn, visit.address);
    limits.forget(Class::Account, login);
    Ok(signed_in)
}

/// The cookie's name: with TLS one that no subdomain and no plain connection can set.
fn name(cookie: &'static str, secure: bool) -> Cow<'static, str> {
    if secure { format!("__Host-{cookie}").into() } else { cookie.into() }
}

/// Sets a cookie that lives as long as the browser's window; an empty value removes it.
fn set(headers: &mut HeaderMap, cookie: &'static str, value: &str, secure: bool) {
    let end = if value.is_empty() { "; Max-Age=0" } else { "" };
    let tls = if secure { "; Secure" } else { "" };
    let line = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{tls}{end}", name(cookie, secure));
    if let Ok(line) = HeaderValue::from_str(&line) {
        headers.append(header::SET_COOKIE, line);
    }
}

fn cookies(headers: &HeaderMap) -> Vec<(String, String)> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn find<'a>(cookies: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = cookies.iter().find(|(known, value)| known == name && !value.is_empty());
    found.map(|(_, value)| value.as_str())
}

/// The client's address and whether it came by TLS. What a proxy says is believed only from those
/// that the operator named: a header from anybody else was written by the client.
pub(crate) fn client(parts: &Parts, settings: &Settings) -> (IpAddr, bool) {
    let peer = parts.extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip());
    let trusted = |address: IpAddr| settings.proxies.contains(&address.to_canonical());
    if !trusted(peer) {
        return (network(peer), settings.secure);
    }
    let said = |name: &str| parts.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let hops: Vec<&str> = said("x-forwarded-for").flat_map(|line| line.split(',')).collect();
    let hops = hops.iter().rev().map_while(|hop| hop.trim().parse::<IpAddr>().ok());
    let mut client = peer;
    for hop in hops {
        client = hop;
        if !trusted(hop) {
            break;
        }
    }
    let secure = settings.secure || said("x-forwarded-proto").any(|scheme| scheme.trim() == "https");
    (network(client), secure)
}

/// An IPv6 client has a network of 64 bits to itself.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
        v4 => v4,
    }
}

/// 256 random bits in hexadecimal.
fn random() -> String {
    let mut bytes = [0_u8; 32];
    match getrandom::fill(&mut bytes) {
        Ok(()) => hex(&bytes),
        // A cookie without randomness would be guessable: an empty one is never accepted.
        Err(_) => String::new(),
    }
}

/// The token of a visitor: says nothing about the cookie's secret.
fn token(secret: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"form token ");
    hash.update(secret.as_bytes());
    hex(&hash.finalize())
}

/// Equality that takes the same time wherever the first difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |differences, (x, y)| differences | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn visit(headers: &[(&str, &str)], peer: &str, settings: &Settings) -> Visit {
        let mut request = Request::builder().uri("/q?code=1");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        parts.extensions.insert(Peer(format!("{peer}:999").parse().unwrap()));
        Visit::of(&parts, settings, Caller::public(1))
    }

    fn cookie_set(visit: &Visit) -> Option<String> {
        let mut headers = HeaderMap::new();
        visit.settle(&mut headers);
        headers.get(header::SET_COOKIE).map(|value| value.to_str().unwrap().to_owned())
    }

    #[test]
    fn a_token_belongs_to_one_visitor() {
        let settings = Settings::default();
        let first = visit(&[], "127.0.0.1", &settings);
        assert_eq!(cookie_set(&first), None, "no token, no cookie");
        let csrf = first.csrf();
        let cookie = cookie_set(&first).unwrap();
        assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
        let pair = cookie.split(';').next().unwrap();
        let again = visit(&[("cookie", pair)], "127.0.0.1", &settings);
        assert!(again.wrote(&csrf));
        assert_eq!(cookie_set(&again), None, "known already");
        assert!(!again.wrote("") && !again.wrote(&csrf[1..]));
        let other = visit(&[], "127.0.0.1", &settings);
        assert!(!other.wrote(&other.csrf()), "a token without its cookie");
        assert!(!visit(&[("cookie", "visit=")], "127.0.0.1", &settings).wrote(&token("")));
        assert!(!visit(&[("cookie", "visit=ab")], "127.0.0.1", &settings).wrote(&token("ab")));
    }

    #[test]
    fn with_tls_cookies_are_secure_and_bound_to_the_host() {
        let behind = Settings { proxies: vec!["127.0.0.1".parse().unwrap()], ..Settings::default() };
        let visitor = visit(&[("x-forwarded-proto", "https")], "127.0.0.1", &behind);
        let line = visitor.open_officer("s", "/desk").headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
        assert_eq!(line, "__Host-officer=s; Path=/; HttpOnly; SameSite=Lax; Secure");
        let headers = [("x-forwarded-proto", "https"), ("cookie", "officer=plain; a=b")];
        assert_eq!(visit(&headers, "127.0.0.1", &behind).secret(OFFICER), None);
        let line = visitor.close_query("/q").headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
        assert!(line.starts_with("__Host-query=;") && line.ends_with("Max-Age=0"));
    }

    #[test]
    fn only_known_proxies_are_believed() {
        let proxies = ["10.0.0.9", "127.0.0.1"].map(|proxy| proxy.parse().unwrap()).to_vec();
        let named = Settings { proxies, ..Settings::default() };
        let address =
            |peer: &str, forwarded: &str| visit(&[("x-forwarded-for", forwarded)], peer, &named).address.to_string();
        assert_eq!(address("203.0.113.7", "198.51.100.1"), "203.0.113.7");
        assert_eq!(address("10.0.0.9", "198.51.100.1"), "198.51.100.1");
        assert_eq!(address("10.0.0.9", "6.6.6.6, 198.51.100.1, 10.0.0.9"), "198.51.100.1");
        assert_eq!(address("127.0.0.1", "junk, 198.51.100.1"), "198.51.100.1");
        assert_eq!(address("10.0.0.9", ""), "10.0.0.9");
        assert_eq!(address("127.0.0.1", "2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(address("127.0.0.1", "::ffff:198.51.100.1"), "198.51.100.1");
        assert_eq!(address("[::ffff:10.0.0.9]", "198.51.100.1"), "198.51.100.1");
        let forged = [("x-forwarded-for", "198.51.100.1"), ("x-forwarded-proto", "https")];
        let alone = visit(&forged, "127.0.0.1", &Settings::default());
        assert_eq!((alone.address.to_string().as_str(), alone.secure), ("127.0.0.1", false), "nobody is named");
    }
}
