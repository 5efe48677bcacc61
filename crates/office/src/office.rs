//! The office itself: the store and what every act needs beside it.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use law::{Date, Moment};
use matter::{Actor, Procedure};

use crate::body::{self, Body, BodySettings};
use crate::clock::{Clock, Machine, Random, System};
use crate::fail::Fail;
use crate::house::House;
use crate::index::Indexes;
use crate::keys::Keys;
use crate::permit::Caller;
use crate::reopen::PageMaker;
use crate::rulebook::Rulebook;
use crate::store;
use crate::store::{Fault, Lane, Query, Store, StoreUrl, Tx};

/// How an office is opened.
pub struct Options {
    /// The data directory.
    pub data: PathBuf,
    /// `postgres://…`, else SQLite in the data directory.
    pub database: Option<String>,
    /// Key of the body whose site is shown and for which commands work; none: the first one.
    pub body: Option<String>,
    /// Make what is missing; without it a missing store is a fault.
    pub create: bool,
    /// The rules.
    pub rules: Rulebook,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

impl Options {
    /// The usual office on this machine's clock.
    pub fn new(data: PathBuf, rules: Rulebook) -> Options {
        Options {
            data,
            database: None,
            body: None,
            create: true,
            rules,
            clock: Arc::new(System),
            random: Arc::new(Machine),
        }
    }
}

/// One office: a store, keys, rules, time. Clones share everything.
#[derive(Clone)]
pub struct Office {
    pub(crate) store: Store,
    house: Arc<House>,
    data: Arc<PathBuf>,
    indexes: Arc<Indexes>,
    shown: Option<i64>,
    pub(crate) pages: Arc<OnceLock<PageMaker>>,
}

impl Office {
    /// Opens the office, making and migrating its store when asked to. A new store gets one default
    /// body, so that every command works at once.
    ///
    /// # Errors
    /// The store's fault, or that of the keys.
    pub fn open(options: Options) -> Result<Office, Fault> {
        let Options { data, database, body, create, rules, clock, random } = options;
        if create {
            make_dir(&data).map_err(|error| Fault::files(&data, &error))?;
        }
        let url = StoreUrl::of(&data, database.as_deref());
        let store = Store::open(&url, &store::Options { create, ..store::Options::default() })?;
        let keys = Keys::open(&data, create, &*random)?;
        let house = Arc::new(House::new(rules, clock, random, keys));
        let indexes = Arc::new(Indexes::of(&data));
        let mut office = Office { store, house, data: Arc::new(data), indexes, shown: None, pages: Arc::default() };
        office.learn()?;
        if create && office.house.first_body().is_none() {
            office.make_body(None, "default", "本机关", &BodySettings::default())?;
        }
        if create {
            office.pin_procedures()?;
        }
        if let Some(key) = body {
            let found =
                office.house.bodies().into_iter().find(|id| office.house.body(*id).is_some_and(|one| one.key == key));
            office.shown = Some(found.ok_or_else(|| Fault::Missing(format!("机关{key}")))?);
        }
        Ok(office)
    }

    pub(crate) fn learn(&self) -> Result<(), Fault> {
        let bodies = self.store.read_blocking(body::all)?;
        self.house.know(bodies);
        Ok(())
    }

    /// Makes a body; answers its id.
    ///
    /// # Errors
    /// The store's fault.
    pub fn make_body(&self, parent: Option<i64>, key: &str, name: &str, settings: &BodySettings) -> Result<i64, Fault> {
        let (house, key, name) = (self.house.clone(), key.to_owned(), name.to_owned());
        let settings = settings.clone();
        let id = self
            .store
            .write_blocking(Lane::People, move |tx| body::insert(tx, &house, parent, &key, &name, &settings))?;
        self.learn()?;
        Ok(id)
    }

    /// Changes name and settings of a body.
    ///
    /// # Errors
    /// The store's fault.
    pub fn change_body(&self, id: i64, name: &str, settings: &BodySettings) -> Result<(), Fault> {
        let (name, settings) = (name.to_owned(), settings.clone());
        self.store.write_blocking(Lane::People, move |tx| body::change(tx, id, &name, &settings))?;
        self.learn()
    }

    /// Every body.
    pub fn bodies(&self) -> Vec<Arc<Body>> {
        self.house.bodies().into_iter().filter_map(|id| self.house.body(id)).collect()
    }

    /// The columns in which a body's items stand: those of its own site, or of the one that gives it a channel.
    pub fn columns_of(&self, body: i64) -> Option<&publication::Columns> {
        self.house.rules.columns(&self.house.body_kind(body))
    }

    /// The bodies that stand in channels of this one's site.
    pub fn hosted(&self, id: i64) -> Vec<Arc<Body>> {
        let hosted = self.house.on_site(id).into_iter().skip(1);
        hosted.filter_map(|body| self.house.body(body)).collect()
    }

    /// Puts a body into a channel of another one's site, or gives it a site of its own again; what it has
    /// published goes along. A channel has no channels of its own.
    ///
    /// # Errors
    /// [`Fail::Refused`] for a channel of itself or of a body that stands in one; the store's fault.
    pub fn set_host(&self, id: i64, host: Option<i64>) -> Result<(), Fail> {
        let guest = |host: i64| host == id || self.house.site_of(host) != host || !self.hosted(id).is_empty();
        if host.is_some_and(guest) {
            let why = matter::Sentence::new(
                "没有设为频道",
                "频道只能设在有自己网站的机关下面，自己有频道的机关也不能再作频道",
                "请改选上级机关的网站",
            );
            return Err(Fail::Refused(matter::Refusal::new(matter::RefusalCode::Guard, why)));
        }
        self.store.write_blocking(Lane::People, move |tx| body::set_host(tx, id, host))?;
        Ok(self.learn()?)
    }

    /// Now.
    pub fn now(&self) -> Moment {
        self.house.now()
    }

    /// The rules.
    pub fn rules(&self) -> &Rulebook {
        &self.house.rules
    }

    /// The store, for benchmarks and checks.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The data directory.
    pub fn data(&self) -> &std::path::Path {
        &self.data
    }

    pub(crate) fn indexes(&self) -> &Indexes {
        &self.indexes
    }

    pub(crate) fn house(&self) -> &Arc<House> {
        &self.house
    }

    /// The body that a site shows unless its address says otherwise.
    pub fn default_body(&self) -> i64 {
        self.shown.or_else(|| self.house.first_body()).unwrap_or_default()
    }

    /// A body.
    ///
    /// # Errors
    /// [`Fail::NotFound`].
    pub fn body(&self, id: i64) -> Result<Arc<Body>, Fail> {
        self.house.body(id).ok_or(Fail::NotFound)
    }

    /// The version of a procedure that binds a fact of this day in the caller's body.
    ///
    /// # Errors
    /// [`Fail::NotFound`].
    pub fn procedure(&self, caller: &Caller, id: &str, on: Date) -> Result<Arc<Procedure>, Fail> {
        self.house.current(id, caller.body, on)
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// Busy, or the store's fault.
    pub async fn ready(&self) -> Result<(), Fail> {
        self.read(|q| body::all(q).map(drop)).await
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut Query<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fail> {
        Ok(self.store.read(f).await?)
    }

    pub(crate) async fn write<T: Send + 'static, E>(
        &self,
        lane: Lane,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Fail>
    where
        E: Into<Fail>,
    {
        self.store.write(lane, move |tx| f(tx).map_err(Into::<Fail>::into)).await
    }
}

/// Makes a data directory, for its owner only; one that is there is left as it is.
///
/// # Errors
/// The system's.
pub fn make_dir(data: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(data)
}

/// The actor that a caller is to the kernel.
pub(crate) fn actor(caller: &Caller) -> Actor {
    Actor { id: caller.actor, roles: caller.roles.clone(), unit: caller.unit }
}
