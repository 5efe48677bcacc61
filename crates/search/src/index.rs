//! An index directory: opening, making anew, and writing in batches.

use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use tantivy::Directory;
use tantivy::directory::{INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::schema::Facet;
use tantivy::{IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError, Term};
use text::pinyin;

use crate::cut::{self, Cutter};
use crate::number;
use crate::schema::{self, FORMAT, Fields};

/// Memory that a writer may fill before it flushes, in bytes.
const WRITER_MEMORY: usize = 50_000_000;
/// The same for each thread of a writer that fills an empty index.
const BULK_MEMORY: usize = 200_000_000;
/// Documents up to which segments count as equally small and are merged together. The engine's own
/// figure of 10,000 writes thousands of documents anew for every few that came.
const SMALL: u32 = 200;
/// How often, and how long apart, an index that another process writes is tried again.
const PATIENCE: u32 = 40;
const PAUSE: std::time::Duration = std::time::Duration::from_millis(50);
/// A word of the title counts as often as it would in the text.
const TITLE_COUNTS: usize = 3;
/// Names the kind and format of the index in its directory.
const MARKER: &str = "index-kind";

/// Which of the two indexes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Published editions, for everybody.
    Public,
    /// Matters, for officers; it is given masked text only.
    Desk,
}

/// What is found: one edition or one matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doc {
    /// The key: a later document of this id replaces it.
    pub id: i64,
    /// The body it belongs to.
    pub body: i64,
    /// The units that may find it when a search is limited to units.
    pub units: Vec<i64>,
    /// Title; counts more than the text.
    pub title: String,
    /// Text; masked for the desk.
    pub text: String,
    /// Whether its title is found by pinyin too.
    pub spelled: bool,
    /// 文号, 受理编号 and the like, found as a whole however they are written.
    pub numbers: Vec<String>,
    /// Name and value of what searches filter and count by (unit, category, state, year …).
    pub facets: Vec<(String, String)>,
    /// The instant it is sorted and limited by, ms UTC.
    pub at: i64,
}

/// One change.
#[derive(Clone, Debug)]
pub enum Op {
    /// Adds or replaces.
    Put(Doc),
    /// Removes the document of this id, if there is one.
    Delete(i64),
    /// Removes it so that no file of the index holds a word of it any more.
    Erase(i64),
}

/// A failure of the index itself; for us, never shown to people.
#[derive(Debug)]
pub enum Fault {
    /// The directory holds something that is no index; nothing was touched.
    Foreign,
    /// Another process is writing it.
    Written,
    /// Files could not be read or written.
    Io(io::Error),
    /// The engine failed.
    Engine(TantivyError),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign => f.write_str("the index directory holds other files"),
            Self::Written => f.write_str("another process writes the index"),
            Self::Io(error) => write!(f, "index files: {error}"),
            Self::Engine(error) => write!(f, "index: {error}"),
        }
    }
}

impl std::error::Error for Fault {}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<TantivyError> for Fault {
    fn from(error: TantivyError) -> Self {
        Self::Engine(error)
    }
}

/// An open index; clones share it.
#[derive(Clone)]
pub struct Index {
    pub(crate) engine: tantivy::Index,
    pub(crate) reader: IndexReader,
    pub(crate) fields: Fields,
}

impl Index {
    /// Opens the index in `dir`. A directory that is missing, damaged, of another kind or of
    /// an older format is made anew, empty, with no place in the feed; never under another process that writes
    /// there, whose files only look damaged while it replaces them. A directory with other files in
    /// it is left alone: [`Fault::Foreign`].
    pub fn open(dir: &Path, kind: Kind) -> Result<Self, Fault> {
        for _ in 0..PATIENCE {
            match Self::open_whole(dir, kind).or_else(|_| Self::create(dir, kind)) {
                Err(Fault::Written) => std::thread::sleep(PAUSE),
                done => return done,
            }
        }
        Err(Fault::Written)
    }

    fn open_whole(dir: &Path, kind: Kind) -> Result<Self, Fault> {
        if fs::read_to_string(dir.join(MARKER))? != marker(kind) {
            return Err(Fault::Foreign);
        }
        let index = Self::prepare(tantivy::Index::open_in_dir(dir)?)?;
        let same_schema = index.engine.schema() == schema::schema().0;
        if !same_schema || !index.engine.validate_checksum()?.is_empty() {
            return Err(Fault::Foreign);
        }
        index.place()?;
        Ok(index)
    }

    fn create(dir: &Path, kind: Kind) -> Result<Self, Fault> {
        fs::create_dir_all(dir)?;
        let mut files = fs::read_dir(dir)?.collect::<Result<Vec<_>, _>>()?;
        files.retain(|file| file.path() != dir.join(&INDEX_WRITER_LOCK.filepath));
        let ours = dir.join(MARKER).exists() || dir.join("meta.json").exists();
        let only_files = files.iter().all(|file| file.file_type().is_ok_and(|kind| kind.is_file()));
        let replaceable = files.is_empty() || (ours && only_files);
        if !replaceable {
            return Err(Fault::Foreign);
        }
        let place = MmapDirectory::open(dir).map_err(TantivyError::from)?;
        let _alone = place.acquire_lock(&INDEX_WRITER_LOCK).map_err(|_| Fault::Written)?;
        for file in files {
            fs::remove_file(file.path())?;
        }
        fs::write(dir.join(MARKER), marker(kind))?;
        Self::prepare(tantivy::Index::create_in_dir(dir, schema::schema().0)?)
    }

    fn prepare(engine: tantivy::Index) -> Result<Self, Fault> {
        engine.tokenizers().register(cut::NAME, Cutter);
        let reader = engine.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { engine, reader, fields: schema::schema().1 })
    }

    /// The place in the change feed up to which the index is filled, as it was given with the last
    /// commit; empty for a new one.
    pub fn place(&self) -> Result<String, Fault> {
        Ok(self.engine.load_metas()?.payload.unwrap_or_default())
    }

    /// Shows what another process has committed. A [`Writer`] of this index does it itself.
    pub fn refresh(&self) -> Result<(), Fault> {
        Ok(self.reader.reload()?)
    }

    /// How many documents it holds.
    pub fn len(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The writer; there can be one at a time, in all processes: else [`Fault::Written`].
    pub fn writer(&self) -> Result<Writer, Fault> {
        self.writer_of(1, WRITER_MEMORY)
    }

    /// A writer that fills the whole index with `threads` threads.
    pub fn bulk_writer(&self, threads: usize) -> Result<Writer, Fault> {
        self.writer_of(threads.max(1), BULK_MEMORY)
    }

    fn writer_of(&self, threads: usize, memory: usize) -> Result<Writer, Fault> {
        let options = IndexWriterOptions::builder()
            .memory_budget_per_thread(memory)
            .num_worker_threads(threads)
            .num_merge_threads(1)
            .build();
        match self.engine.writer_with_options(options) {
            Ok(engine) => {
                let mut merging = LogMergePolicy::default();
                merging.set_min_layer_size(SMALL);
                engine.set_merge_policy(Box::new(merging));
                Ok(Writer { engine, index: self.clone() })
            }
            Err(TantivyError::LockFailure(..)) => Err(Fault::Written),
            Err(other) => Err(other.into()),
        }
    }
}

/// Writes batches.
pub struct Writer {
    engine: IndexWriter,
    index: Index,
}

impl Writer {
    /// Makes a batch of changes, in their order, durable and visible together with the
    /// place in the change feed they lead to. After a fault nothing of it is done and the
    /// same batch may be given again.
    pub fn apply(&mut self, ops: &[Op], place: &str) -> Result<(), Fault> {
        self.change(ops).and_then(|()| self.commit(place)).inspect_err(|_| {
            // A writer that cannot even roll back answers every later batch with a fault.
            let _ = self.engine.rollback();
        })?;
        if ops.iter().any(|op| matches!(op, Op::Erase(_))) { self.rewrite() } else { Ok(()) }
    }

    /// Writes every segment anew that still holds words of removed documents.
    fn rewrite(&mut self) -> Result<(), Fault> {
        for segment in self.index.engine.searchable_segment_metas()?.iter().filter(|segment| segment.has_deletes()) {
            self.engine.merge(&[segment.id()]).wait()?;
        }
        // Searchers of before hold the old files.
        self.index.refresh()?;
        self.engine.garbage_collect_files().wait()?;
        Ok(())
    }

    /// Begins a filling: everything that was there goes with the next commit.
    pub fn clear(&mut self) -> Result<(), Fault> {
        self.engine.delete_all_documents()?;
        Ok(())
    }

    /// Adds documents that are not in the index yet; visible with the next commit.
    pub fn add(&mut self, docs: &[Doc]) -> Result<(), Fault> {
        for doc in docs {
            self.engine.add_document(document(&self.index.fields, doc))?;
        }
        Ok(())
    }

    /// Makes what was added durable and visible, together with the place in the change feed.
    pub fn commit(&mut self, place: &str) -> Result<(), Fault> {
        let mut prepared = self.engine.prepare_commit()?;
        prepared.set_payload(place);
        prepared.commit()?;
        self.index.refresh()
    }

    fn change(&mut self, ops: &[Op]) -> Result<(), Fault> {
        let fields = self.index.fields;
        let delete = |writer: &IndexWriter, id| writer.delete_term(Term::from_field_i64(fields.id, id));
        for op in ops {
            match op {
                Op::Delete(id) | Op::Erase(id) => {
                    delete(&self.engine, *id);
                }
                Op::Put(doc) => {
                    delete(&self.engine, doc.id);
                    self.engine.add_document(document(&fields, doc))?;
                }
            }
        }
        Ok(())
    }
}

fn document(fields: &Fields, doc: &Doc) -> TantivyDocument {
    let mut out = TantivyDocument::new();
    out.add_i64(fields.id, doc.id);
    out.add_i64(fields.body, doc.body);
    out.add_i64(fields.at, doc.at);
    doc.units.iter().for_each(|&unit| out.add_i64(fields.unit, unit));
    out.add_text(fields.title, &doc.title);
    out.add_text(fields.title_key, number::title(&doc.title));
    if doc.spelled {
        pinyin::keys(&doc.title).iter().for_each(|key| out.add_text(fields.spelled, key));
    }
    // The text holds the title too, as often as it counts more: so each word is looked for in one field,
    // and the engine can pass over what cannot be among the best.
    (0..TITLE_COUNTS).for_each(|_| out.add_text(fields.text, &doc.title));
    out.add_text(fields.text, &doc.text);
    for number in &doc.numbers {
        number::keys(number).iter().for_each(|key| out.add_text(fields.number, key));
        out.add_text(fields.text, number);
    }
    for (name, value) in &doc.facets {
        out.add_facet(fields.facets, facet(name, Some(value)));
    }
    out
}

/// `/name/value`, or `/name` alone. The separator of facets cannot stand in a name.
pub(crate) fn facet(name: &str, value: Option<&str>) -> Facet {
    let steps = [Some(name), value];
    Facet::from_path(steps.into_iter().flatten().map(|step| step.replace('\0', " ")))
}

fn marker(kind: Kind) -> String {
    format!("{kind:?} {FORMAT}\n")
}
