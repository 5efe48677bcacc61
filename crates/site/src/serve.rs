//! Listening, and stopping without cutting anybody off.

use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tower::ServiceExt;

use crate::session::Peer;

/// Where a site listens when nothing else is said: this machine only.
pub const LISTEN: [SocketAddr; 2] =
    [SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080), SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 8080)];

/// Time a client may take to send the head of a request.
const HEAD: Duration = Duration::from_secs(15);
/// Time that requests under way get after the order to stop.
const DRAIN: Duration = Duration::from_secs(30);
/// Connections open at once; more wait until one closes.
const CONNECTIONS: usize = 8192;

/// Listens on every address. One of a family that this machine has not is passed over as long as
/// another can be listened on.
pub async fn bind(addresses: &[SocketAddr]) -> io::Result<Vec<TcpListener>> {
    let mut listeners = Vec::new();
    let mut missing = None;
    for address in addresses {
        match TcpListener::bind(address).await {
            Ok(listener) => listeners.push(listener),
            Err(error) if no_such_family(&error) => missing = Some(error),
            Err(error) => return Err(io::Error::new(error.kind(), format!("{address}: {error}"))),
        }
    }
    match missing {
        Some(error) if listeners.is_empty() => Err(error),
        _ => Ok(listeners),
    }
}

fn no_such_family(error: &io::Error) -> bool {
    /// EAFNOSUPPORT on Linux: the kernel was started without this family.
    const FAMILY: i32 = 97;
    error.kind() == io::ErrorKind::AddrNotAvailable || error.raw_os_error() == Some(FAMILY)
}

/// Serves until `stop` is done, then lets requests under way finish, for at most 30 seconds.
pub async fn serve(router: axum::Router, listeners: Vec<TcpListener>, stop: impl Future<Output = ()>) {
    let graceful = Arc::new(GracefulShutdown::new());
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let mut accepting = JoinSet::new();
    for listener in listeners {
        accepting.spawn(accept(listener, router.clone(), graceful.clone(), room.clone()));
    }
    stop.await;
    accepting.shutdown().await;
    if let Some(graceful) = Arc::into_inner(graceful) {
        // What has not finished by then is cut off; every act it acknowledged is already durable.
        let _ = timeout(DRAIN, graceful.shutdown()).await;
    }
}

/// Done when the process is told to end (TERM, or Ctrl+C at a terminal).
pub async fn told_to_stop() {
    let interrupt = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

async fn accept(listener: TcpListener, router: axum::Router, graceful: Arc<GracefulShutdown>, room: Arc<Semaphore>) {
    loop {
        let Ok(place) = room.clone().acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, peer)) => converse(stream, peer, router.clone(), &graceful, place),
            // Too many open files, or a client that left at once: wait a moment, go on.
            Err(_) => sleep(Duration::from_millis(20)).await,
        }
    }
}

/// Speaks with one client in a task of its own.
fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    router: axum::Router,
    graceful: &GracefulShutdown,
    place: OwnedSemaphorePermit,
) {
    // Answers are written whole; waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let service = router.map_request(move |mut request: hyper::Request<Incoming>| -> Request {
        request.extensions_mut().insert(Peer(peer));
        request.map(axum::body::Body::new)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let watched = graceful.watch(connection);
    tokio::spawn(async move {
        // An error here is the client's: it left, was too slow, or did not speak HTTP.
        let _ = watched.await;
        drop(place);
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::extract::Extension;
    use axum::routing::get;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::sync::{Notify, oneshot};

    async fn answer(stream: &mut TcpStream) -> String {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).await.unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[tokio::test]
    async fn stopping_lets_a_request_under_way_finish() {
        let (started, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let handler = {
            let (started, go_on) = (started.clone(), go_on.clone());
            move |Extension(Peer(peer)): Extension<Peer>| async move {
                started.notify_one();
                go_on.notified().await;
                format!("answered {}", peer.ip())
            }
        };
        let listeners = bind(&[SocketAddr::from(([127, 0, 0, 1], 0))]).await.unwrap();
        let address = listeners[0].local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let router = axum::Router::new().route("/", get(handler));
        let server = tokio::spawn(serve(router, listeners, async { drop(stopped.await) }));
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        started.notified().await;
        stop.send(()).unwrap();
        // The listener is closed before the drain begins.
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
        go_on.notify_one();
        assert!(answer(&mut client).await.ends_with("answered 127.0.0.1"));
        server.await.unwrap();
    }

    #[tokio::test]
    async fn an_address_in_use_is_an_error_that_names_it() {
        let taken = bind(&[SocketAddr::from(([127, 0, 0, 1], 0))]).await.unwrap();
        let address = taken[0].local_addr().unwrap();
        let error = bind(&[address]).await.unwrap_err();
        assert!(error.to_string().contains(&address.to_string()));
    }
}
