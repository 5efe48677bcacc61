//! Parts that show one thing: facts, timeline, receipt slip, QR code, notice, icon.

use super::{Link, Text, safe_html};
use askama::Template;

/// One line of a list of facts.
#[derive(Clone, Debug, Default)]
pub struct Fact {
    /// Name of the fact.
    pub key: Text,
    /// The weighty part, or empty.
    pub strong: Text,
    /// The rest of the value, kept as it was typed, line breaks included.
    pub text: Text,
    /// Article of law and what follows from it, or empty.
    pub law: Text,
    /// Where it can be changed, or fetched; or empty.
    pub change: Text,
    /// Words of that link; empty: 修改.
    pub act: Text,
    /// A person typed it: never converted between scripts.
    pub typed: bool,
}

impl Fact {
    /// A fact in our words.
    pub fn new(key: impl Into<Text>, text: impl Into<Text>) -> Self {
        Self { key: key.into(), text: text.into(), ..Self::default() }
    }
    /// A fact that a person typed.
    pub fn typed(key: impl Into<Text>, text: impl Into<Text>) -> Self {
        Self { typed: true, ..Self::new(key, text) }
    }
    /// With its weighty part.
    pub fn strong(mut self, strong: impl Into<Text>) -> Self {
        self.strong = strong.into();
        self
    }
    /// With the article behind it.
    pub fn law(mut self, law: impl Into<Text>) -> Self {
        self.law = law.into();
        self
    }
    /// With the address where it can be changed.
    pub fn change(mut self, href: impl Into<Text>) -> Self {
        self.change = href.into();
        self
    }
}

/// A list of facts.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/facts.html")]
pub struct Facts {
    /// The facts, in order.
    pub facts: Vec<Fact>,
}

/// Where an entry of a [`Timeline`] stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EntryState {
    /// Done.
    #[default]
    Done,
    /// Being done.
    Now,
    /// Still to come.
    Todo,
}

/// One step on the way of a matter.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// Where it stands.
    pub state: EntryState,
    /// What was done.
    pub title: Text,
    /// When, as shown.
    pub when: Text,
    /// By whom and what it means, or empty.
    pub text: Text,
    /// Article of law, or empty.
    pub law: Text,
    /// Text that a person wrote: a reply, a question; or empty.
    pub quote: String,
    /// Papers and files, with size or state in the words.
    pub papers: Vec<Link>,
}

/// The way of a matter, oldest first.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/timeline.html")]
pub struct Timeline {
    /// The entries.
    pub entries: Vec<Entry>,
}

/// A QR code as one SVG path.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/qr.html")]
pub struct Qr {
    /// Modules on a side.
    side: usize,
    /// Path of the dark modules.
    path: String,
    /// What scanning it does.
    label: Text,
}

impl Qr {
    /// The code of `address`; nothing is drawn when it is too long for one (above 2,900 bytes).
    pub fn new(address: &str, label: impl Into<Text>) -> Self {
        let label = label.into();
        let Ok(code) = qrcode::QrCode::with_error_correction_level(address, qrcode::EcLevel::M) else {
            return Self { label, ..Self::default() };
        };
        let side = code.width();
        let colors = code.to_colors();
        let mut path = String::new();
        for (y, line) in colors.chunks(side).enumerate() {
            let mut x = 0;
            for run in line.chunk_by(|a, b| a == b) {
                if run.first() == Some(&qrcode::Color::Dark) {
                    path.push_str(&format!("M{x} {y}h{0}v1h-{0}z", run.len()));
                }
                x += run.len();
            }
        }
        Self { side, path, label }
    }
}

/// A printable slip: the proof that something was received.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/slip.html")]
pub struct Slip {
    /// Title of the slip.
    pub title: Text,
    /// One sentence under the title.
    pub lead: Text,
    /// Tracking code in groups of four.
    pub code: Text,
    /// Query password in groups, or empty when it may no longer be shown.
    pub password: Text,
    /// Code that leads to the tracking page; it never carries the password.
    pub qr: Option<Qr>,
    /// What was received, dates and articles, whom to ask.
    pub facts: Facts,
    /// Small print, or empty.
    pub foot: Text,
}

/// Weight of a [`Notice`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NoticeKind {
    /// Something to know.
    #[default]
    Info,
    /// Something was done.
    Done,
    /// Something to beware of.
    Warn,
}

/// A few sentences set apart.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/notice.html")]
pub struct Notice {
    /// Weight.
    pub kind: NoticeKind,
    /// First line, bold, or empty.
    pub title: Text,
    /// The sentences, a paragraph each.
    pub texts: Vec<Text>,
    /// Ways on.
    pub links: Vec<Link>,
}

impl Notice {
    fn class(&self) -> &'static str {
        match self.kind {
            NoticeKind::Info => "info",
            NoticeKind::Done => "done",
            NoticeKind::Warn => "warn",
        }
    }
}

/// Line drawings that stand beside words, never alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Template)]
#[template(path = "components/icon.html")]
pub enum Icon {
    /// A sheet of paper: an application.
    #[default]
    Paper,
    /// An envelope: a message.
    Letter,
    /// A hall: a petition.
    Hall,
    /// Two speech bubbles: published replies.
    Talk,
    /// A clock: progress.
    Clock,
    /// A telephone.
    Phone,
}

safe_html!(Facts, Timeline, Qr, Slip, Notice, Icon);
