//! What the tests need of the machine, and bringing it where that is allowed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::postgres;
use crate::{Failure, Outcome};

struct Need {
    packages: &'static [&'static str],
    present: fn() -> bool,
}

const NEEDS: &[Need] = &[
    Need { packages: &["chromium"], present: || chromium().is_some() },
    Need { packages: &["fonts-wqy-microhei"], present: chinese_font },
    Need { packages: &["postgresql"], present: || postgres::programs().is_some() },
    // The tests of notifications talk to a real mail server.
    Need { packages: &["python3-aiosmtpd"], present: || on_path("aiosmtpd").is_some() },
    Need { packages: &["zstd"], present: || on_path("zstd").is_some() },
    Need { packages: &["nodejs", "npm"], present: || on_path("node").is_some() && on_path("npm").is_some() },
];

/// Brings what is missing: Debian packages as root, the browser driver by npm. Asks nothing of the
/// network when all is there.
pub fn ready(root: &Path) -> Outcome {
    let missing: Vec<&str> =
        NEEDS.iter().filter(|need| !(need.present)()).flat_map(|need| need.packages).copied().collect();
    if !missing.is_empty() {
        install(&missing)?;
    }
    browser_driver(&root.join("tests/e2e"))
}

/// The user and group of this process.
pub fn is_root() -> bool {
    said("id", &["-u"]).as_deref() == Some("0")
}

/// What a command printed, trimmed; `None` when it could not run or failed.
pub fn said(program: &str, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The browser: `CHROMIUM` where it is set, else the one on the path.
pub fn chromium() -> Option<PathBuf> {
    match env::var_os("CHROMIUM") {
        Some(path) => Some(PathBuf::from(path)).filter(|path| path.exists()),
        None => on_path("chromium"),
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(program)).find(|path| path.is_file())
}

fn chinese_font() -> bool {
    const KNOWN: [&str; 2] =
        ["/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"];
    KNOWN.iter().any(|path| Path::new(path).exists())
        || said("fc-list", &[":lang=zh"]).is_some_and(|list| !list.is_empty())
}

fn install(packages: &[&str]) -> Outcome {
    let list = packages.join(" ");
    if !is_root() || on_path("apt-get").is_none() {
        return Err(Failure::unavailable(format!(
            "cargo xtask test needs packages that this machine lacks: {list}; install them as root (apt-get install {list}) and run it again."
        )));
    }
    println!("== installing {list}");
    let apt = |args: &[&str]| {
        Command::new("apt-get")
            .args(args)
            .env("DEBIAN_FRONTEND", "noninteractive")
            .stdin(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    };
    let flags = ["install", "--yes", "--quiet", "--no-install-recommends"];
    if apt(&["update", "--quiet"]) && apt(&[&flags, packages].concat()) {
        return Ok(());
    }
    Err(Failure::unavailable(format!("apt-get could not install what cargo xtask test needs: {list}")))
}

/// `npm ci`, once per state of the lock file.
fn browser_driver(dir: &Path) -> Outcome {
    let lock =
        fs::read(dir.join("package-lock.json")).map_err(|e| Failure::failed(format!("package-lock.json: {e}")))?;
    let installed = dir.join("node_modules/.installed-lock");
    if fs::read(&installed).is_ok_and(|done| done == lock) {
        return Ok(());
    }
    println!("== installing the browser driver (npm ci)");
    let done = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(dir)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .stdin(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !done {
        return Err(Failure::unavailable("npm could not install the packages of tests/e2e/package-lock.json"));
    }
    fs::write(installed, lock).map_err(|e| Failure::failed(e.to_string()))
}
