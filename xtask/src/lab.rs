//! A scratch directory and the processes of one run, none of which outlives it.
//!
//! A shell, the warden, holds the reading end of a pipe. When this process ends, in whatever way,
//! the pipe closes; the warden then ends every process group noted in the directory and removes
//! the directory. A normal end and Ctrl-C take the same path.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::{Failure, Outcome};

const WARDEN: &str = r#"
trap '' INT TERM HUP
cat >/dev/null
cd "$0/groups" || exit
for group in *; do kill -s TERM -- "-$group"; done
tries=100
for group in *; do
  while [ "$tries" -gt 0 ] && kill -s 0 -- "-$group"; do tries=$((tries - 1)); sleep 0.1; done
  kill -s KILL -- "-$group"
done
cd / && rm -rf "$0"
"#;

/// The scratch directory and what runs in it.
pub struct Lab {
    dir: PathBuf,
    warden: Child,
    background: Vec<Child>,
}

impl Lab {
    /// Makes the directory and sets the warden over it.
    pub fn open() -> Outcome<Self> {
        static OPENED: AtomicU32 = AtomicU32::new(0);
        let number = OPENED.fetch_add(1, Ordering::Relaxed);
        let name = format!("mingtang-test-{}-{number}", std::process::id());
        let dir = std::env::temp_dir().join(name);
        fs::create_dir_all(dir.join("groups"))
            .and_then(|()| fs::create_dir(dir.join("samples")))
            .map_err(|e| Failure::failed(format!("{}: {e}", dir.display())))?;
        let warden = Command::new("sh")
            .args(["-c", WARDEN])
            .arg(&dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|e| Failure::failed(format!("sh: {e}")))?;
        Ok(Self { dir, warden, background: Vec::new() })
    }

    /// Where files of this run may be put.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where tests leave rendered pages.
    pub fn samples(&self) -> PathBuf {
        self.dir.join("samples")
    }

    /// Starts a process that runs until the end of the lab; what it says goes to the file answered.
    pub fn background(&mut self, name: &str, command: &mut Command) -> Outcome<PathBuf> {
        let log = self.dir.join(format!("{name}.log"));
        let file = File::create(&log).map_err(|e| Failure::failed(format!("{}: {e}", log.display())))?;
        let error = file.try_clone().map_err(|e| Failure::failed(format!("{}: {e}", log.display())))?;
        let child = self.spawn(command.stdout(file).stderr(error))?;
        self.background.push(child);
        Ok(log)
    }

    /// Runs a process to its end and shows each line of its stdout, once `see` has seen it.
    pub fn foreground(&self, command: &mut Command, mut see: impl FnMut(&str)) -> Outcome<ExitStatus> {
        let mut child = self.spawn(command.stdout(Stdio::piped()))?;
        let mut lines = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&line);
            see(text.trim_end());
            print!("{text}");
            line.clear();
        }
        let status = child.wait().map_err(|e| Failure::failed(e.to_string()))?;
        let _ = fs::remove_file(self.note(&child));
        Ok(status)
    }

    /// True while every process of the background runs.
    pub fn runs(&mut self) -> bool {
        self.background.iter_mut().all(|child| matches!(child.try_wait(), Ok(None)))
    }

    fn spawn(&self, command: &mut Command) -> Outcome<Child> {
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|e| Failure::failed(format!("{}: {e}", command.get_program().display())))?;
        fs::write(self.note(&child), "").map_err(|e| Failure::failed(e.to_string()))?;
        Ok(child)
    }

    fn note(&self, child: &Child) -> PathBuf {
        self.dir.join("groups").join(child.id().to_string())
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        drop(self.warden.stdin.take());
        for child in &mut self.background {
            let _ = child.wait();
        }
        let _ = self.warden.wait();
    }
}

/// A loopback port that nobody listens on at this moment.
pub fn free_port() -> Outcome<u16> {
    std::net::TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|e| Failure::failed(format!("no free loopback port: {e}")))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::Lab;

    #[test]
    fn nothing_outlives_the_lab() {
        let mut lab = Lab::open().ok().expect("a lab");
        let log = lab.background("sleeper", Command::new("sh").args(["-c", "echo began; sleep 600 & wait"]));
        let log = log.ok().expect("a process");
        while std::fs::read_to_string(&log).is_ok_and(|said| said.is_empty()) {
            std::thread::yield_now();
        }
        let group = format!("-{}", lab.background[0].id());
        let alive =
            |group: &str| Command::new("kill").args(["-0", "--", group]).output().is_ok_and(|o| o.status.success());
        assert!(lab.runs() && alive(&group));
        let dir = lab.dir().to_owned();
        drop(lab);
        assert!(!alive(&group), "the process group {group} still runs");
        assert!(!dir.exists(), "{} is left", dir.display());
    }

    #[test]
    fn lines_are_seen_as_they_come_and_the_end_is_told() {
        let lab = Lab::open().ok().expect("a lab");
        let mut seen = Vec::new();
        let status = lab.foreground(Command::new("sh").args(["-c", "echo one; echo two; exit 3"]), |line| {
            seen.push(line.to_owned())
        });
        assert_eq!(status.ok().and_then(|status| status.code()), Some(3));
        assert_eq!(seen, ["one", "two"]);
    }
}
