//! A small world for each test: an office with two officers, and a client with a cookie jar.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use law::Moment;
use office::clock::{Seeded, Stepped};
use office::{BodySettings, Caller, Office, OfficerForm, Options, Permit, Role, RuleFiles, Rulebook, Scope};
use site::form::Form;
use site::problem::Trouble;
use site::router::{Route, get, post, serving};
use site::session::{Peer, Visit, sign_in};
use site::{Settings, Site};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use tower::ServiceExt;

/// Monday, 2026-11-23 09:00 at +08:00.
const START: Moment = Moment::from_millis(1_795_395_600_000);
/// The proxy that the site of a test believes.
const PROXY: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 9), 4000));
pub const PASSWORD: &str = "Qingwan-Test-2026";

pub struct World {
    _data: tempfile::TempDir,
    pub clock: Arc<Stepped>,
    pub site: Arc<Site>,
    /// An officer who registers, and handles for the unit.
    pub handler: i64,
    pub unit: i64,
    database: Option<String>,
}

/// While it lives, nothing can be written to the store.
pub enum Held {
    Sqlite(rusqlite::Connection),
    Postgres(Option<(mpsc::Sender<()>, std::thread::JoinHandle<()>)>),
}

impl Drop for Held {
    fn drop(&mut self) {
        match self {
            Held::Sqlite(holder) => holder.execute_batch("rollback").unwrap(),
            Held::Postgres(holder) => {
                let (end, holder) = holder.take().unwrap();
                drop(end);
                holder.join().unwrap();
            }
        }
    }
}

impl World {
    pub async fn new() -> World {
        let mut world = World::bare().await;
        let body = world.office().default_body();
        world.unit = world.office().add_unit(&Caller::system(body), "市政设施科", false).await.unwrap();
        let roles = [Role::Handler, Role::Clerk];
        world.handler = officer(world.office(), body, "handler", Some(world.unit), &roles).await;
        officer(world.office(), body, "admin", None, &[Role::Administrator]).await;
        world
    }

    /// An office in which nobody can sign in yet.
    pub async fn bare() -> World {
        let data = tempfile::tempdir().unwrap();
        let clock = Arc::new(Stepped::at(START));
        let rules = Rulebook::parse(RuleFiles::built_in()).unwrap_or_else(|faults| panic!("{faults:?}"));
        let mut options = Options::new(data.path().to_owned(), rules);
        options.clock = clock.clone();
        options.random = Arc::new(Seeded::new(7));
        let database = schema();
        options.database = database.clone();
        let office = tokio::task::spawn_blocking(|| Office::open(options)).await.unwrap().unwrap();
        let settings = Settings { proxies: vec![PROXY.ip()], ..Settings::default() };
        let site = Site::new(Arc::new(office), settings);
        World { _data: data, clock, site, handler: 0, unit: 0, database }
    }

    /// Changes the store behind the office's back.
    pub fn behind(&self, sql: &str) {
        let sql = sql.to_owned();
        let Some(url) = self.database.clone() else {
            rusqlite::Connection::open(self._data.path().join("mingtang.sqlite")).unwrap().execute_batch(&sql).unwrap();
            return;
        };
        let change = move || postgres::Client::connect(&url, postgres::NoTls).unwrap().batch_execute(&sql).unwrap();
        std::thread::spawn(change).join().unwrap();
    }

    /// Takes the right to write away from everybody until what it answers is dropped.
    pub fn hold_writes(&self) -> Held {
        let Some(url) = self.database.clone() else {
            let holder = rusqlite::Connection::open(self._data.path().join("mingtang.sqlite")).unwrap();
            holder.execute_batch("begin immediate").unwrap();
            return Held::Sqlite(holder);
        };
        let ((held, is_held), (end, ended)) = (mpsc::channel(), mpsc::channel::<()>());
        // The driver waits on a runtime of its own, which cannot be done on a thread of the test's.
        let holder = std::thread::spawn(move || {
            let mut client = postgres::Client::connect(&url, postgres::NoTls).unwrap();
            let names =
                "select string_agg(quote_ident(tablename), ',') from pg_tables where schemaname = current_schema()";
            let tables: String = client.query_one(names, &[]).unwrap().get(0);
            client.batch_execute(&format!("begin; lock table {tables} in exclusive mode")).unwrap();
            held.send(()).unwrap();
            let _ = ended.recv();
            client.batch_execute("rollback").unwrap();
        });
        is_held.recv().unwrap();
        Held::Postgres(Some((end, holder)))
    }

    pub fn office(&self) -> &Office {
        &self.site.office
    }

    /// One more officer; its id.
    pub async fn officer(&self, login: &str, roles: &[Role]) -> i64 {
        officer(self.office(), self.office().default_body(), login, None, roles).await
    }

    /// A client of the real desk, signed in.
    pub async fn desk(&self, login: &str) -> Client {
        let mut client = self.client();
        let fields = [("login", login), ("password", PASSWORD)];
        let entered = client.post("/desk/sign-in", "/desk/sign-in", &fields).await;
        assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text);
        client
    }

    pub fn client(&self) -> Client {
        self.client_of(site::router(self.site.clone()))
    }

    /// A client of a site that has only these routes.
    pub fn client_of(&self, router: Router) -> Client {
        Client { router, cookies: BTreeMap::new(), headers: HeaderMap::new(), peer: PROXY }
    }

    /// A client of the probes below.
    pub fn probe(&self) -> Client {
        self.client_of(serving(self.site.clone(), probes()))
    }

    pub async fn token(&self, scopes: &[Scope]) -> String {
        let body = self.office().default_body();
        self.office().make_token(self.handler, body, "测试", scopes).await.unwrap()
    }

    /// A token of an officer of another body.
    pub async fn foreign_token(&self, scopes: &[Scope]) -> String {
        let office = self.office().clone();
        let make = move || office.make_body(None, "other", "明川市晴湾区示例局", &BodySettings::default());
        let body = tokio::task::spawn_blocking(make).await.unwrap().unwrap();
        let clerk = officer(self.office(), body, "clerk2", None, &[Role::Clerk, Role::Handler]).await;
        self.office().make_token(clerk, body, "测试", scopes).await.unwrap()
    }
}

/// A schema of its own on the PostgreSQL that `MINGTANG_TEST_POSTGRES` names; else SQLite.
fn schema() -> Option<String> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let url = std::env::var("MINGTANG_TEST_POSTGRES").ok()?;
    let name = format!("site_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let (server, schema) = (url.clone(), name.clone());
    // The driver waits on a runtime of its own, which cannot be done on a thread of the test's.
    let made = std::thread::spawn(move || {
        let mut client = postgres::Client::connect(&server, postgres::NoTls).unwrap();
        client.batch_execute(&format!("create schema {schema}")).unwrap();
    });
    made.join().unwrap();
    let join = if url.contains('?') { '&' } else { '?' };
    Some(format!("{url}{join}options=-csearch_path%3D{name}"))
}

async fn officer(office: &Office, body: i64, login: &str, unit: Option<i64>, roles: &[Role]) -> i64 {
    let root = Caller::system(body);
    let form = OfficerForm {
        login: login.to_owned(),
        name: "办事员甲".to_owned(),
        unit,
        roles: roles.to_vec(),
        password: Some(PASSWORD.to_owned()),
    };
    office.add_officer(&root, form).await.unwrap();
    let officers = office.officers(&root).await.unwrap();
    officers.iter().find(|officer| officer.login == login).unwrap().id
}

pub struct Client {
    router: Router,
    pub cookies: BTreeMap<String, String>,
    pub headers: HeaderMap,
    /// Who the connection comes from: the proxy that is named, unless a test says otherwise.
    pub peer: SocketAddr,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// Value of the first hidden field of this name.
    pub fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let after = self.text.split(&mark).nth(1).unwrap_or_else(|| panic!("no field {name}: {}", self.text));
        after.split('"').next().unwrap().to_owned()
    }
}

impl Client {
    /// Somebody else, with a browser of his own.
    pub fn stranger(&self) -> Client {
        Client { router: self.router.clone(), cookies: BTreeMap::new(), headers: HeaderMap::new(), peer: self.peer }
    }

    pub async fn send(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "site.invalid");
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !jar.is_empty() {
            request = request.header(header::COOKIE, jar.join("; "));
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request.body(body.into()).unwrap();
        request.extensions_mut().insert(Peer(self.peer));
        let response = self.router.clone().oneshot(request).await.unwrap();
        self.keep(response.headers());
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer { status, headers, text: String::from_utf8_lossy(&bytes).into_owned(), bytes: bytes.into() }
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for line in headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &[], Body::empty()).await
    }

    /// Posts fields as a form, exactly these.
    pub async fn post_raw(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", path, &[("content-type", "application/x-www-form-urlencoded")], body).await
    }

    /// Posts fields with a token from the page `from`.
    pub async fn post(&mut self, from: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.get(from).await.hidden("csrf");
        let fields: Vec<_> = [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.post_raw(path, &fields).await
    }

    pub async fn post_json(&mut self, path: &str, token: &str, body: &serde_json::Value) -> Answer {
        let bearer = format!("Bearer {token}");
        self.send("POST", path, &[("content-type", "application/json"), ("authorization", &bearer)], body.to_string())
            .await
    }
}

/// Routes that show what gate and frame do, whatever the real pages look like.
fn probes() -> Vec<Route> {
    const ADMIN: Permit = Permit::Roles(&[Role::Administrator]);
    vec![
        get("/open", Permit::Public, || async { axum::response::Html("公开") }),
        get("/form", Permit::Public, |visit: Visit| async move { hidden(&visit) }),
        post("/form", Permit::Public, |form: Form| async move { format!("{:?} {}", form.key(), form.raw("text")) }),
        post("/files", Permit::Public, |form: Form| async move { form.files().len().to_string() }).uploads(),
        post("/filing", Permit::Public, || async { "收到" }).limited(site::limits::Class::Filing),
        get("/broken", Permit::Public, || async {
            panic!("申某甲 13800000000");
            #[allow(unreachable_code)]
            ""
        }),
        get("/q", Permit::Public, || async { "查询" }),
        get("/q/mine", Permit::Party, |visit: Visit| async move { format!("{:?}", visit.caller.matter) }),
        post("/q/mine", Permit::Party, || async { "补充" }),
        get("/desk/sign-in", Permit::Public, |visit: Visit| async move { hidden(&visit) }),
        post("/desk/sign-in", Permit::Public, enter),
        post("/desk/sign-out", Permit::Officer, leave),
        get("/desk", Permit::Officer, |visit: Visit| async move { hidden(&visit) }),
        get("/desk/people", ADMIN, || async { "人员" }),
        post("/desk/people", ADMIN, || async { "已保存" }),
        get("/api/v1/probe", Permit::Token(Scope::MattersRead), || async { "{}" }),
        post("/api/v1/probe", Permit::Token(Scope::MattersWrite), || async { "{}" }),
    ]
}

fn hidden(visit: &Visit) -> Response {
    let page = format!(
        "<input name=\"csrf\" value=\"{}\"><input name=\"key\" value=\"{}\">{}",
        visit.csrf(),
        visit.new_key(),
        visit.caller.name
    );
    axum::response::Html(page).into_response()
}

async fn enter(
    axum::extract::State(site): axum::extract::State<Arc<Site>>,
    visit: Visit,
    form: Form,
) -> Result<Response, Trouble> {
    match sign_in(&site, &visit, &form.line("login"), &form.secret("password")).await {
        Ok(signed_in) => Ok(visit.open_officer(&signed_in.session, "/desk")),
        Err(site::session::NotSignedIn::TooMany(wait)) => Err(wait.into()),
        Err(other) => Ok((StatusCode::UNPROCESSABLE_ENTITY, format!("{other:?}")).into_response()),
    }
}

async fn leave(axum::extract::State(site): axum::extract::State<Arc<Site>>, visit: Visit) -> Result<Response, Trouble> {
    if let Some(secret) = &visit.session {
        site.office.sign_out(secret).await?;
    }
    Ok(visit.close_officer("/desk/sign-in"))
}
