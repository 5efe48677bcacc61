//! The independent check before a reduced copy becomes public (公开条例第二十二条): the canonical text, the
//! page that shows it and every attached file are opened again, by other means than those that made them,
//! and must not hold what was removed. Outside of any transaction; what it says of other contents than
//! those that are published does not count.

use std::path::PathBuf;
use std::sync::Arc;

use intake::remains::Removed;
use matter::{Guard, Matter, Procedure, Refusal, RefusalCode, Sentence, Step};
use publication::Kind;

use crate::compose::{self, Drafted};
use crate::document;
use crate::fail::Fail;
use crate::keys::MatterKey;
use crate::office::Office;
use crate::permit::Caller;
use crate::store::{Fault, Query};
use crate::{Article, params, reduce, row, statements};

statements! {
    PATHS = "select id, path from file where matter_id = $1";
}

/// The article cited.
const SEPARATION: &str = "《政府信息公开条例》第二十二条（区分处理）";

/// Shows an item as its public page would.
pub type PageMaker = Box<dyn Fn(Article) -> Option<String> + Send + Sync>;

/// What opening the output again found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reopened {
    /// What was looked at; none where nobody looks yet.
    mark: Option<String>,
    places: usize,
    /// What is wrong, in words that tell no passage.
    pub sentences: Vec<Sentence>,
}

impl Reopened {
    /// For showing what can be done: the output is opened when it is done.
    pub(crate) fn later() -> Reopened {
        Reopened::default()
    }

    /// In how many places something still stands of a matter as it is now; one where it was never looked
    /// at so.
    pub(crate) fn places(seen: Option<&Reopened>, matter: &Matter) -> usize {
        match seen {
            Some(seen) if seen.mark.as_ref().is_none_or(|mark| *mark == mark_of(matter)) => seen.places,
            _ => 1,
        }
    }
}

/// Everything that was given, by hash: what is published is made of nothing else.
fn mark_of(matter: &Matter) -> String {
    serde_json::to_string(&matter.values).unwrap_or_default()
}

/// Whether the output is opened again with a step: where a document is sent on whole, and where it is
/// published.
fn concerns(step: &Step) -> bool {
    document::asks_whole(step) || step.guards.contains(&Guard::Separated)
}

/// A reduced copy with the list it was made by.
struct Copy {
    drafted: Drafted,
    entries: Vec<reduce::Entry>,
    paths: Vec<(i64, String)>,
}

fn read(
    q: &mut Query<'_>,
    house: &crate::house::House,
    procedure: &Procedure,
    matter: &Matter,
) -> Result<Option<Copy>, Fault> {
    let root = row::root(q, matter)?;
    let key = house.keys.matter(q, root)?;
    let entries = reduce::entries(q, procedure, matter.id, &key)?;
    if entries.is_empty() {
        return Ok(None);
    }
    let drafted = compose::drafted(q, house, procedure, matter)?;
    let paths = q.rows(&PATHS, params![matter.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(drafted.map(|drafted| Copy { drafted, entries, paths }))
}

impl Office {
    /// How a public page is rendered; given once, by whoever shows pages.
    pub fn shows_pages(&self, maker: PageMaker) {
        let _ = self.pages.set(maker);
    }

    /// What opening the reduced copy of a matter again finds, where the step asks for it. None without a
    /// list of removals.
    pub(crate) async fn reopened(&self, matter: &Matter, step: &str) -> Result<Option<Reopened>, Fail> {
        let office = self.clone();
        let (matter, step) = (matter.clone(), step.to_owned());
        let work = move || office.reopen_blocking(&matter, &step);
        tokio::task::spawn_blocking(work).await.unwrap_or(Err(Fail::Busy))
    }

    /// The same, on a thread that may wait.
    pub(crate) fn reopen_blocking(&self, matter: &Matter, step: &str) -> Result<Option<Reopened>, Fail> {
        let procedure = self.house().procedure(&matter.procedure, &matter.version)?;
        if !procedure.step(step).is_some_and(concerns) {
            return Ok(None);
        }
        let (house, rule, of) = (self.house().clone(), procedure.clone(), matter.clone());
        let copy = self.store.read_blocking(move |q| {
            let root = row::root(q, &of)?;
            let key = house.keys.matter(q, root)?;
            Ok(read(q, &house, &rule, &of)?.map(|copy| (copy, key)))
        })?;
        let Some((copy, key)) = copy else { return Ok(None) };
        let kind = document::kind_of(self.house(), &procedure, matter).ok_or(Fail::NotFound)?;
        Ok(Some(self.look(matter, &procedure, kind, copy, &key)?))
    }

    fn look(
        &self,
        matter: &Matter,
        procedure: &Arc<Procedure>,
        kind: &Kind,
        copy: Copy,
        key: &MatterKey,
    ) -> Result<Reopened, Fail> {
        let removed = Removed::new(copy.entries.iter().map(|entry| entry.passage.as_str()));
        let mut found = Reopened { mark: Some(mark_of(matter)), ..Reopened::default() };
        for (at, (entry, times)) in copy.entries.iter().zip(&copy.drafted.found).enumerate() {
            if *times == 0 && entry.files == 0 {
                let what = format!("删减清单第{}项在正文里没有找到，附件里的处数也没有填", at + 1);
                found.sentences.push(Sentence::new(what, "", "核对写法，或者填写附件里的处数，或者去掉这一项"));
            }
        }
        let edition = copy.drafted.draft.clone().shown(self.now());
        let canonical: serde_json::Value = serde_json::from_str(&edition.canonical()).unwrap_or_default();
        texts(&canonical, &mut String::new(), &mut |path, words| {
            // The names of files are looked at with the files.
            if let Some(passage) = removed.stands_in_markup(words).filter(|_| !path.starts_with("/files")) {
                found.tell(&place(path, kind), Some(passage));
            }
        });
        let article = Article::unpublished(edition, String::new(), copy.drafted.columns.clone(), Vec::new());
        let article = Article { unit: self.unit_name(matter)?, ..article };
        if found.places == 0
            && let Some(passage) = self.on_page(article, &copy.entries)
        {
            found.tell("公开页面", Some(passage));
        }
        for (at, (id, file)) in copy.drafted.files.iter().enumerate() {
            let path = copy.paths.iter().find(|(one, _)| one == id).map(|(_, path)| self.file_path(path));
            let bytes = opened(path.ok_or(Fail::NotFound)?, key)?;
            for trace in removed.in_file(&file.name, &bytes) {
                found.tell(&format!("第{}个公开附件的{}", at + 1, trace.place), trace.passage);
            }
        }
        tracing::debug!(procedure = %procedure.id, places = found.places, "a reduced copy was opened again");
        Ok(found)
    }

    /// What opening the reduced copy of a document again finds now, in sentences; none when all is well.
    ///
    /// # Errors
    /// [`Fail::NotFound`] for a matter that the caller may not see, or our failure.
    pub async fn check_copy(&self, caller: &Caller, matter: i64) -> Result<Vec<String>, Fail> {
        let (matter, _) = self.matter_and_key(caller, matter).await?;
        let procedure = self.house().procedure(&matter.procedure, &matter.version)?;
        let Some(step) = procedure.steps.iter().find(|step| concerns(step)) else { return Ok(Vec::new()) };
        let found = self.reopened(&matter, &step.id).await?;
        Ok(found.into_iter().flat_map(|found| found.sentences).map(|sentence| sentence.to_string()).collect())
    }

    /// The first passage that the page of an item shows besides the site's own words: its name, its telephone.
    fn on_page(&self, article: Article, entries: &[reduce::Entry]) -> Option<usize> {
        let make = self.pages.get()?;
        let mut bare = article.clone();
        (bare.edition.title, bare.unit) = (String::new(), String::new());
        bare.edition.fields.clear();
        let (page, frame) = (make(article)?, make(bare)?);
        let shows = |entry: &reduce::Entry| {
            let passage = Removed::new([entry.passage.as_str()]);
            passage.stands_in_markup(&page).is_some() && passage.stands_in_markup(&frame).is_none()
        };
        entries.iter().position(shows)
    }

    fn unit_name(&self, matter: &Matter) -> Result<String, Fail> {
        let unit = matter.unit;
        let name = self.store.read_blocking(move |q| compose::unit_name(q, unit))?;
        Ok(name.unwrap_or_default())
    }
}

impl Reopened {
    /// Refuses, naming the places.
    pub(crate) fn passed(&self) -> Result<(), Fail> {
        if self.sentences.is_empty() {
            return Ok(());
        }
        let first =
            Sentence::new("公开件复查没有通过", "应当删去的内容还能找到，或者有的部分无法复查", "").cite(SEPARATION);
        let sentences = std::iter::once(first).chain(self.sentences.iter().cloned()).collect();
        Err(Fail::Refused(Refusal { code: RefusalCode::Guard, sentences }))
    }

    /// One place: which entry of the list still stands there, or that it cannot be opened.
    fn tell(&mut self, place: &str, passage: Option<usize>) {
        self.places += 1;
        let (what, next) = match passage {
            Some(at) => (
                format!("{place}里还有删减清单第{}项的内容", at + 1),
                "在“制作删减件”里补上这种写法，或者换一份处理干净的附件",
            ),
            None => (format!("{place}打不开，无法复查"), "另存为没有密码、文字可以复制的文件以后重新上传"),
        };
        self.sentences.push(Sentence::new(what, "", next));
    }
}

fn opened(path: PathBuf, key: &MatterKey) -> Result<Vec<u8>, Fault> {
    key.open(&std::fs::read(&path).map_err(|error| Fault::files(&path, &error))?)
}

/// Every string of a JSON value with the way to it.
fn texts(value: &serde_json::Value, path: &mut String, tell: &mut dyn FnMut(&str, &str)) {
    match value {
        serde_json::Value::String(words) => tell(path, words),
        serde_json::Value::Array(all) => all.iter().enumerate().for_each(|(at, one)| {
            let length = path.len();
            path.push_str(&format!("/{at}"));
            texts(one, path, tell);
            path.truncate(length);
        }),
        serde_json::Value::Object(all) => all.iter().for_each(|(name, one)| {
            let length = path.len();
            path.push_str(&format!("/{name}"));
            texts(one, path, tell);
            path.truncate(length);
        }),
        _ => {}
    }
}

/// A place in the canonical text, in words.
fn place(path: &str, kind: &Kind) -> String {
    let mut steps = path.split('/').skip(1);
    match (steps.next(), steps.next()) {
        (Some("title"), _) => "标题".to_owned(),
        (Some("fields"), Some(id)) => {
            format!("“{}”", kind.field(id).map_or(id, |field| field.label.as_str()))
        }
        (Some("corrects"), _) => "更正理由".to_owned(),
        _ => "公开版本的数据".to_owned(),
    }
}
