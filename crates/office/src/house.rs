//! What every act needs at hand besides the store: the rules, the keys, time and randomness, and the
//! bodies with their places in the tree.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use law::{Date, Moment};
use matter::{Actor, Procedure, Role, version_on};

use crate::body::Body;
use crate::clock::{Clock, Random};
use crate::fail::Fail;
use crate::keys::{BodyKeys, Keys};
use crate::paper;
use crate::rulebook::Rulebook;
use crate::store::Fault;

/// The office without its store: shared by every thread.
pub struct House {
    /// The rules.
    pub rules: Rulebook,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    pub(crate) keys: Keys,
    bodies: RwLock<BTreeMap<i64, Arc<Body>>>,
    body_keys: RwLock<BTreeMap<i64, BodyKeys>>,
}

impl House {
    pub(crate) fn new(rules: Rulebook, clock: Arc<dyn Clock>, random: Arc<dyn Random>, keys: Keys) -> House {
        House { rules, clock, random, keys, bodies: RwLock::default(), body_keys: RwLock::default() }
    }

    /// Now.
    pub fn now(&self) -> Moment {
        self.clock.now()
    }

    /// Replaces what is known of the bodies.
    pub(crate) fn know(&self, bodies: impl IntoIterator<Item = Body>) {
        let all = bodies.into_iter().map(|body| (body.id, Arc::new(body))).collect();
        *self.bodies.write().unwrap_or_else(PoisonError::into_inner) = all;
    }

    /// The keys of a body, once they were read.
    pub(crate) fn known_keys(&self, body: i64) -> Option<BodyKeys> {
        self.body_keys.read().unwrap_or_else(PoisonError::into_inner).get(&body).cloned()
    }

    /// Keeps the keys of a body at hand.
    pub(crate) fn know_keys(&self, body: i64, keys: BodyKeys) {
        self.body_keys.write().unwrap_or_else(PoisonError::into_inner).insert(body, keys);
    }

    /// A body.
    pub(crate) fn body(&self, id: i64) -> Option<Arc<Body>> {
        self.bodies.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// The body on whose site a body's items stand: its own, or the one that gives it a channel.
    pub(crate) fn site_of(&self, id: i64) -> i64 {
        self.body(id).and_then(|body| body.host).unwrap_or(id)
    }

    /// The type of body that says how the site of a body's items is built.
    pub(crate) fn body_kind(&self, id: i64) -> String {
        self.body(self.site_of(id)).map(|body| body.kind.clone()).unwrap_or_default()
    }

    /// Every body.
    pub(crate) fn bodies(&self) -> Vec<i64> {
        self.bodies.read().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }

    /// The bodies whose items stand on the site of a body: itself first, then those in its channels.
    pub(crate) fn on_site(&self, id: i64) -> Vec<i64> {
        let bodies = self.bodies.read().unwrap_or_else(PoisonError::into_inner);
        let hosted = bodies.values().filter(|body| body.host == Some(id)).map(|body| body.id);
        std::iter::once(id).chain(hosted).collect()
    }

    /// The first body: the one a site shows unless its address says otherwise.
    pub(crate) fn first_body(&self) -> Option<i64> {
        self.bodies.read().unwrap_or_else(PoisonError::into_inner).keys().next().copied()
    }

    /// Keys of a body and of those above it: where its limits and procedures are looked up.
    pub(crate) fn chain_of(&self, body: i64) -> Vec<String> {
        let mut chain = Vec::new();
        let mut next = self.body(body);
        while let Some(body) = next {
            chain.push(body.key.clone());
            next = body.parent.filter(|_| chain.len() < 16).and_then(|parent| self.body(parent));
        }
        chain
    }

    /// A procedure in the version that a matter was opened under.
    pub(crate) fn procedure(&self, id: &str, version: &str) -> Result<Arc<Procedure>, Fail> {
        let missing = || Fail::Fault(Fault::Shape(format!("procedure {id} {version} is not in the rulebook")));
        self.rules.procedure(id, version).ok_or_else(missing)
    }

    /// The version of a procedure that binds a fact of this day in this body.
    pub(crate) fn current(&self, id: &str, body: i64, on: Date) -> Result<Arc<Procedure>, Fail> {
        let chain = self.chain_of(body);
        let keys: Vec<&str> = chain.iter().map(String::as_str).collect();
        let all = self.rules.procedures().map(Arc::as_ref);
        let found = version_on(all, id, &keys, on).ok_or(Fail::NotFound)?;
        self.procedure(&found.id, &found.version)
    }

    /// Whether the acts of this actor receive numbers: an imported record keeps its outside number.
    pub(crate) fn numbers(&self, actor: &Actor) -> bool {
        !actor.is(Role::Importer)
    }

    /// The hash that an issued paper is pinned to.
    pub(crate) fn template_hash(&self, template: &str) -> String {
        paper::template_hash(&self.rules.files, template)
    }

    /// A history that does not add up.
    pub(crate) fn broken(&self, broken: &matter::Broken) -> Fail {
        Fail::Fault(Fault::Shape(broken.to_string()))
    }
}
