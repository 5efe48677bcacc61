//! Where an export is put: a directory beside the target, put in its place when it is whole.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use publication::sha256;

use crate::{Stop, exit};

/// Every file with its SHA-256, as `sha256sum -c` reads it. What marks a directory as an export.
const SUMS: &str = "SHA256SUMS";

/// An export being written.
pub(super) struct Shelf {
    target: PathBuf,
    part: PathBuf,
    sums: BTreeMap<String, String>,
}

fn failed(path: &Path, error: &std::io::Error) -> Stop {
    Stop::new(exit::FAILED, format!("“{}”不能写入（{error}）。请检查目录的权限和剩余空间。", path.display()))
}

impl Shelf {
    /// Begins. A directory that holds anything but an export is left alone.
    pub(super) fn open(target: &Path) -> Result<Shelf, Stop> {
        let filled = fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_some());
        if (filled && !target.join(SUMS).is_file()) || target.is_file() {
            let why = format!("目录“{}”不是空的，也不是以前的导出，未写入。请换一个目录。", target.display());
            return Err(Stop::new(exit::FAILED, why));
        }
        let part = beside(target, "part");
        if part.exists() {
            fs::remove_dir_all(&part).map_err(|error| failed(&part, &error))?;
        }
        fs::create_dir_all(&part).map_err(|error| failed(&part, &error))?;
        Ok(Shelf { target: target.to_owned(), part, sums: BTreeMap::new() })
    }

    /// Writes a file.
    pub(super) fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), Stop> {
        let path = self.part.join(name);
        let folder = path.parent().unwrap_or(&self.part);
        fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
        fs::write(&path, bytes).map_err(|error| failed(&path, &error))?;
        self.sums.insert(name.to_owned(), sha256(bytes));
        Ok(())
    }

    /// Writes the checksums and puts the export in the place of the one before; answers how many files
    /// it has. Nothing of the one before is left.
    pub(super) fn finish(self) -> Result<usize, Stop> {
        let lines: String = self.sums.iter().map(|(name, sum)| format!("{sum}  {name}\n")).collect();
        let path = self.part.join(SUMS);
        fs::write(&path, lines).map_err(|error| failed(&path, &error))?;
        let old = beside(&self.target, "old");
        let moved = self.target.exists();
        if moved {
            if old.exists() {
                fs::remove_dir_all(&old).map_err(|error| failed(&old, &error))?;
            }
            fs::rename(&self.target, &old).map_err(|error| failed(&self.target, &error))?;
        }
        fs::rename(&self.part, &self.target).map_err(|error| failed(&self.target, &error))?;
        if moved {
            fs::remove_dir_all(&old).map_err(|error| failed(&old, &error))?;
        }
        Ok(self.sums.len() + 1)
    }
}

/// A name of our own beside the target.
fn beside(target: &Path, end: &str) -> PathBuf {
    let name = target.file_name().map_or_else(|| "export".into(), |name| name.to_string_lossy().into_owned());
    target.with_file_name(format!(".{name}.{end}"))
}
