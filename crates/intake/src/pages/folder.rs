//! Official documents as files, whatever program made them, each read as a page.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::Page;
use super::format::Formats;
use super::read::{self, Raw};
use crate::messages::RowFault;
use crate::reader::{self, Said};
use crate::refusal::{Cause, Refusal};

/// Folders in folders that are looked into, and files that are taken.
const DEEPEST: usize = 16;
const MOST: usize = 100_000;
/// The format of documents; their identity is their path below the folder.
const FORMAT: &str = "documents";

/// Reads documents one after another.
pub struct Documents {
    formats: Formats,
    root: PathBuf,
    files: std::vec::IntoIter<PathBuf>,
    place: u64,
}

/// The documents of a folder in the order of their names, or one file.
///
/// # Errors
/// Nothing there that can be read.
pub fn documents(path: &Path) -> Result<Documents, Refusal> {
    let unreadable = || Refusal::new(Cause::Unreadable, "文件夹打不开，请检查路径是否正确、是否有读取权限。");
    let mut files = Vec::new();
    let root = if path.is_dir() {
        gather(path, 0, &mut files).map_err(|_| unreadable())?;
        files.sort();
        path.to_owned()
    } else {
        files.push(path.to_owned());
        path.parent().unwrap_or(Path::new("")).to_owned()
    };
    if files.is_empty() {
        return Err(Refusal::new(Cause::Empty, "文件夹中没有文件，请检查是否选对了文件夹。"));
    }
    if files.len() > MOST {
        return Err(Refusal::new(Cause::Empty, "文件夹中的文件超过10万个，请分批导入。"));
    }
    Ok(Documents { formats: Formats::built_in()?, root, files: files.into_iter(), place: 0 })
}

/// Files below a folder; what is hidden and links are passed over.
fn gather(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if entry.file_name().to_string_lossy().starts_with('.') || files.len() > MOST {
            continue;
        }
        if kind.is_dir() && depth < DEEPEST {
            gather(&entry.path(), depth + 1, files)?;
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

impl Iterator for Documents {
    type Item = Result<Page, RowFault>;

    fn next(&mut self) -> Option<Self::Item> {
        let path = self.files.next()?;
        self.place += 1;
        let name = path.strip_prefix(&self.root).unwrap_or(&path).to_string_lossy().into_owned();
        let read = bytes(&path).and_then(|bytes| reader::read(&name, &bytes)).map_err(|refusal| refusal.sentence);
        let read = read.and_then(|said| {
            let web = matches!(extension(&path).as_str(), "html" | "htm");
            let title = said.html.as_deref().filter(|_| web).and_then(heading);
            let (format, outside_id, line) = (FORMAT.to_owned(), Some(name.clone()), self.place);
            let Said { html, text, pictures } = said;
            let raw = Raw { line, format, outside_id, title, html, text, pictures, ..Raw::default() };
            read::page(raw, &self.formats).map_err(|fault| fault.error)
        });
        Some(read.map_err(|error| RowFault::new(self.place, &name, error)))
    }
}

fn extension(path: &Path) -> String {
    path.extension().map(|end| end.to_string_lossy().to_ascii_lowercase()).unwrap_or_default()
}

/// The bytes of a file; one that is too large is not read.
fn bytes(path: &Path) -> Result<Vec<u8>, Refusal> {
    let unreadable = |_| Refusal::new(Cause::Unreadable, "文件打不开，请检查读取权限。");
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    if size > reader::LARGEST as u64 {
        return Err(reader::too_large(size));
    }
    let mut bytes = Vec::new();
    file.take(reader::LARGEST as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// The first heading of a web page, else its title.
fn heading(html: &str) -> Option<String> {
    ["<h1", "<title"].into_iter().find_map(|open| {
        let rest = html.get(html.find(open)?..)?;
        let rest = rest.get(rest.find('>')? + 1..)?;
        let words = crate::html::words(rest.get(..rest.find("</")?)?);
        let line = words.split_whitespace().collect::<Vec<_>>().join("");
        (!line.is_empty()).then_some(line)
    })
}
