//! Every statement the program may run. A statement is a constant made by [`statements!`]; there
//! is no other way to make one, so no SQL is ever put together at run time, and a test can
//! prepare all of them on both engines.
//!
//! SQL is written once, with `$1..$n` **in order of first appearance** (SQLite numbers them so).
//! Where the engines differ, a statement has two spellings; at most ten may.

use super::Engine;

/// One statement with its name and its spelling for each engine.
#[derive(Debug)]
pub struct Statement {
    /// Module and constant name, for messages.
    pub name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
    /// True when the engines need different SQL.
    pub two_spellings: bool,
}

impl Statement {
    #[doc(hidden)]
    pub const fn same(name: &'static str, sql: &'static str) -> Self {
        Self { name, sqlite: sql, postgres: sql, two_spellings: false }
    }

    #[doc(hidden)]
    pub const fn two(name: &'static str, sqlite: &'static str, postgres: &'static str) -> Self {
        Self { name, sqlite, postgres, two_spellings: true }
    }

    /// The SQL for an engine.
    pub fn sql(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }
}

/// Declares the statements of a module, and the list `STATEMENTS` of them:
/// `statements! { NAME = "select …"; OTHER = sqlite "…", postgres "…"; }`.
/// A module that uses it is added to [`registered`].
#[macro_export]
macro_rules! statements {
    (@each [$($done:ident)*]) => {
        /// Every statement of this module.
        pub(crate) static STATEMENTS: &[&$crate::store::Statement] = &[$(&$done),*];
    };
    (@each [$($done:ident)*] $name:ident = sqlite $sqlite:expr, postgres $postgres:expr; $($rest:tt)*) => {
        static $name: $crate::store::Statement = $crate::store::Statement::two(
            concat!(module_path!(), "::", stringify!($name)), $sqlite, $postgres);
        $crate::statements!(@each [$($done)* $name] $($rest)*);
    };
    (@each [$($done:ident)*] $name:ident = $sql:expr; $($rest:tt)*) => {
        static $name: $crate::store::Statement = $crate::store::Statement::same(
            concat!(module_path!(), "::", stringify!($name)), $sql);
        $crate::statements!(@each [$($done)* $name] $($rest)*);
    };
    ($($all:tt)+) => { $crate::statements!(@each [] $($all)+); };
}

/// Every statement of the program (a test checks that no module is left out).
pub fn registered() -> Vec<&'static Statement> {
    let modules: &[&[&'static Statement]] = &[
        super::ids::STATEMENTS,
        crate::admin::STATEMENTS,
        crate::attach::STATEMENTS,
        crate::audit::STATEMENTS,
        crate::body::STATEMENTS,
        crate::catalogue::STATEMENTS,
        crate::channel::STATEMENTS,
        crate::catalogue::edit::STATEMENTS,
        crate::catalogue::import::STATEMENTS,
        crate::compose::STATEMENTS,
        crate::document::STATEMENTS,
        crate::edition::STATEMENTS,
        crate::expert::STATEMENTS,
        crate::hits::STATEMENTS,
        crate::holding::STATEMENTS,
        crate::oa::STATEMENTS,
        crate::signer::STATEMENTS,
        crate::export::STATEMENTS,
        crate::draft::STATEMENTS,
        crate::examine::STATEMENTS,
        crate::facts::STATEMENTS,
        crate::feed::STATEMENTS,
        crate::figure::STATEMENTS,
        crate::import::STATEMENTS,
        crate::find::STATEMENTS,
        crate::import_pages::STATEMENTS,
        crate::index::STATEMENTS,
        crate::indexed::STATEMENTS,
        crate::inspect::keep::STATEMENTS,
        crate::inspect::law_changes::STATEMENTS,
        crate::inspect::look::STATEMENTS,
        crate::inspect::often::STATEMENTS,
        crate::issue::STATEMENTS,
        crate::job::STATEMENTS,
        crate::keys::STATEMENTS,
        crate::list::STATEMENTS,
        crate::log::book::STATEMENTS,
        crate::log::intact::STATEMENTS,
        crate::log::read::STATEMENTS,
        crate::log::sequence::STATEMENTS,
        crate::log::verify::STATEMENTS,
        crate::mail::STATEMENTS,
        crate::notify::STATEMENTS,
        crate::package::STATEMENTS,
        crate::people::STATEMENTS,
        crate::pins::STATEMENTS,
        crate::prepare::STATEMENTS,
        crate::publish::STATEMENTS,
        crate::read::STATEMENTS,
        crate::release::STATEMENTS,
        crate::replies::STATEMENTS,
        crate::reprint::STATEMENTS,
        crate::row::STATEMENTS,
        crate::setup::STATEMENTS,
        crate::reopen::STATEMENTS,
        crate::takedown::STATEMENTS,
        crate::tally::STATEMENTS,
        crate::texts::STATEMENTS,
        crate::worker::STATEMENTS,
    ];
    modules.concat()
}
