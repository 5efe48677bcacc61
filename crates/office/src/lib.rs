//! Database, mail, clock, files: everything that happens, happens here.
//!
//! [`Office::file`] and [`Office::act`] are the only ways to change a matter; everything else reads.

mod act;
mod admin;
mod attach;
pub mod audit;
mod body;
pub mod clock;
mod compose;
pub mod document;
mod draft;
mod edition;
mod examine;
mod facts;
mod fail;
pub mod feed;
mod figure;
mod filing;
mod gate;
pub mod hits;
mod holding;
mod house;
mod import;
mod index;
pub mod inspect;
mod issue;
pub mod job;
pub mod keys;
mod list;
pub mod log;
pub mod mail;
mod notify;
mod office;
mod paper;
mod people;
mod perform;
mod permit;
mod pins;
mod prepare;
mod publish;
mod read;
mod release;
mod remedy;
mod replies;
pub mod review;
mod row;
pub mod rulebook;
mod seal;
mod setup;
mod sight;
pub mod store;
pub mod takedown;
mod texts;
pub mod ticket;
mod trial;
mod view;
mod worker;

pub use act::Acted;
pub use admin::{Called, OfficerForm, OutboxRow, Verified};
pub use attach::Upload;
pub use body::{Body, BodySettings, Unit};
pub use document::DocumentView;
pub use edition::{Article, EditionFile, ItemPage, ItemQuery, ItemRow, Related, Standing, Version};
pub use examine::Health;
pub use fail::{Conflict, Fail, FieldError, Since};
pub use figure::{By, Definition, FigureRow, MonthFigures};
pub use filing::{Filed, Filing};
pub use holding::Holding;
pub use import::{ImportMode, Imported};
pub use keys::{BodyKeys, MatterKey};
pub use list::{COUNTED_MAX, ListQuery};
pub use office::{Office, Options, make_dir};
pub use paper::check_papers;
pub use people::{Officer, SignInFail, SignedIn};
pub use perform::StepAct;
pub use permit::{Caller, Permit, Role, Scope};
pub use release::PublicFile;
pub use replies::{REPLIES_ON_PAGE, RepliesQuery, Reply, ReplyPage};
pub use rulebook::{RuleFiles, Rulebook};
pub use setup::FirstOfficer;
pub use store::Fault;
pub use trial::Trial;
pub use view::{
    ClockView, FileView, ListPage, ListRow, ListView, MatterView, OptionView, PaperView, ProposalView, Relative,
    TextView, TimelineItem, Track,
};
