//! A private PostgreSQL cluster on a free loopback port, durable as in production (fsync on).

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::lab::{Lab, free_port};
use crate::machine::{is_root, said};
use crate::{Failure, Outcome};

/// Where the server's programs lie: Debian keeps them off the path, one directory a version.
pub fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> = debian
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    versions.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let candidates = versions.into_iter().rev().map(|(_, bin)| bin).chain(std::env::split_paths(&path));
    candidates.into_iter().find(|bin| bin.join("initdb").is_file() && bin.join("postgres").is_file())
}

/// Starts the cluster; answers its address for `MINGTANG_TEST_POSTGRES`.
pub fn start(lab: &mut Lab) -> Outcome<String> {
    let bin =
        programs().ok_or_else(|| Failure::unavailable("the PostgreSQL server is missing (package postgresql)"))?;
    let data = lab.dir().join("postgres");
    std::fs::create_dir(&data).map_err(|e| Failure::failed(format!("{}: {e}", data.display())))?;
    let user = server_user(&data)?;
    let mut initdb = program(&bin, "initdb", user);
    initdb.args(["--username=mingtang", "--auth=trust", "--encoding=UTF8", "--locale=C", "--pgdata"]).arg(&data);
    let made = initdb.stdout(Stdio::null()).status();
    if !made.is_ok_and(|status| status.success()) {
        return Err(Failure::failed("initdb could not make the test cluster"));
    }
    let port = free_port()?.to_string();
    let mut server = program(&bin, "postgres", user);
    server.arg("-D").arg(&data).args(["-p", &port, "-c", "listen_addresses=127.0.0.1"]);
    server.args(["-c", "unix_socket_directories=", "-c", "fsync=on", "-c", "max_connections=200"]);
    let log = lab.background("postgres", &mut server)?;
    for _ in 0..300 {
        let asked = program(&bin, "pg_isready", None).args(["-q", "-h", "127.0.0.1", "-p", &port]).status();
        if asked.is_ok_and(|status| status.success()) {
            return Ok(format!("postgres://mingtang@127.0.0.1:{port}/postgres"));
        }
        if !lab.runs() {
            break;
        }
        sleep(Duration::from_millis(100));
    }
    let said = std::fs::read_to_string(log).unwrap_or_default();
    Err(Failure::failed(format!("PostgreSQL did not start:\n{said}")))
}

/// The server refuses root: as root it runs as Debian's `postgres`, else as whoever runs the tests.
fn server_user(data: &Path) -> Outcome<Option<(u32, u32)>> {
    if !is_root() {
        return Ok(None);
    }
    let id = |flag| said("id", &[flag, "postgres"]).and_then(|id| id.parse().ok());
    let (Some(uid), Some(gid)) = (id("-u"), id("-g")) else {
        return Err(Failure::unavailable(
            "PostgreSQL refuses to run as root and there is no user postgres to run it as",
        ));
    };
    chown(data, Some(uid), Some(gid)).map_err(|e| Failure::failed(format!("{}: {e}", data.display())))?;
    Ok(Some((uid, gid)))
}

fn program(bin: &Path, name: &str, user: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(bin.join(name));
    command.current_dir("/").stdin(Stdio::null());
    if let Some((uid, gid)) = user {
        command.uid(uid).gid(gid);
    }
    command
}

#[cfg(test)]
mod tests {
    use super::{programs, start};
    use crate::lab::Lab;

    #[test]
    fn the_cluster_listens_until_the_lab_closes() {
        if programs().is_none() {
            println!("SKIPPED: the PostgreSQL server is not installed");
            return;
        }
        let mut lab = Lab::open().ok().expect("a lab");
        let address = start(&mut lab).unwrap_or_else(|failure| panic!("{}", failure.why));
        let host = address.split(['@', '/']).nth(3).expect("postgres://user@host:port/name").to_owned();
        assert!(std::net::TcpStream::connect(&host).is_ok());
        drop(lab);
        assert!(std::net::TcpStream::connect(&host).is_err(), "{host} still listens");
    }
}
