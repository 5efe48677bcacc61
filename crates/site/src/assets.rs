//! Style sheets, scripts and drawings: in the binary, named by the hash of their content,
//! so that browsers may keep them for ever.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::sync::LazyLock;

/// One file as it is served.
struct Asset {
    /// Plain name, such as `portal.css`.
    name: &'static str,
    /// Name that carries ten hex digits of the content's hash.
    hashed: String,
    /// Content type.
    kind: &'static str,
    /// Content.
    content: String,
    /// The same, compressed once: style sheets are most of what a first visit costs.
    gzipped: Vec<u8>,
}

/// Looks shared by portal and desk: tokens first, then components.
const SHARED: [&str; 2] =
    [include_str!("../../../assets/css/tokens.css"), include_str!("../../../assets/css/components.css")];

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let css = |own: &str| SHARED.concat() + own;
    let file = |content: &str| content.to_owned();
    vec![
        asset("portal.css", css(include_str!("../../../assets/css/portal.css"))),
        asset("desk.css", css(include_str!("../../../assets/css/desk.css"))),
        asset(
            "paper.css",
            include_str!("../../../assets/css/tokens.css").to_owned() + include_str!("../../../assets/css/paper.css"),
        ),
        asset("desk.js", file(include_str!("../../../assets/js/desk.js"))),
        asset("editor.js", file(include_str!("../../../assets/js/editor.js"))),
        asset("reduce.js", file(include_str!("../../../assets/js/reduce.js"))),
        asset("portal.js", file(include_str!("../../../assets/js/portal.js"))),
        asset("emblem.svg", file(include_str!("../../../assets/icons/emblem.svg"))),
    ]
});

fn asset(name: &'static str, content: String) -> Asset {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let kind = match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };
    let digest = Sha256::digest(content.as_bytes());
    let hash: String = digest.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
    let gzipped = gzip(content.as_bytes(), Compression::best());
    Asset { name, hashed: format!("{stem}-{hash}.{extension}"), kind, content, gzipped }
}

/// The bytes compressed; nothing when that fails, and then nothing compressed is sent.
pub fn gzip(content: &[u8], level: Compression) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(content).and_then(|()| encoder.finish()).unwrap_or_default()
}

/// Whether the browser takes gzip.
pub fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|coding| {
        let (name, quality) = coding.trim().split_once(';').unwrap_or((coding.trim(), ""));
        name == "gzip" && quality.trim() != "q=0"
    })
}

/// Address of an asset by its plain name.
pub fn url(name: &str) -> String {
    let found = ASSETS.iter().find(|asset| asset.name == name);
    format!("/assets/{}", found.map_or(name, |asset| asset.hashed.as_str()))
}

/// Serves `/assets/{file}`; the content under a name never changes.
pub async fn serve(Path(file): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = ASSETS.iter().find(|asset| asset.hashed == file) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let lasting = [
        (header::CONTENT_TYPE, asset.kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "Accept-Encoding"),
    ];
    if takes_gzip(&headers) && !asset.gzipped.is_empty() {
        return (lasting, [(header::CONTENT_ENCODING, "gzip")], asset.gzipped.as_slice()).into_response();
    }
    (lasting, asset.content.as_str()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_content_and_are_served() {
        for asset in ASSETS.iter() {
            assert!(url(asset.name).ends_with(&asset.hashed), "{}", asset.name);
            assert!(!asset.content.is_empty(), "{}", asset.name);
        }
        assert_eq!(url("none.css"), "/assets/none.css");
    }

    #[test]
    fn style_sheets_and_scripts_ask_for_nothing_from_elsewhere() {
        for asset in ASSETS.iter() {
            let drawing = asset.content.replace("http://www.w3.org/", "");
            for outside in ["http://", "https://", "@import", "url(", "eval("] {
                assert!(!drawing.contains(outside), "{}: {outside}", asset.name);
            }
        }
    }

    #[test]
    fn what_a_first_visit_loads_stays_within_its_budget() {
        let size =
            |name: &str| ASSETS.iter().find(|asset| asset.name == name).map_or(usize::MAX, |asset| asset.gzipped.len());
        assert!(size("portal.css") <= 20 << 10, "{}", size("portal.css"));
        assert!(size("desk.css") <= 25 << 10, "{}", size("desk.css"));
        assert!(size("portal.js") <= 6 << 10, "{}", size("portal.js"));
    }

    #[tokio::test]
    async fn only_browsers_that_take_gzip_get_it() {
        let name = url("portal.css").replace("/assets/", "");
        for (accepted, coded) in [("gzip, br", true), ("br;q=1, gzip;q=0.5", true), ("gzip;q=0", false), ("", false)] {
            let headers = [(header::ACCEPT_ENCODING, accepted.parse().expect("a header"))].into_iter().collect();
            let response = serve(Path(name.clone()), headers).await;
            assert_eq!(response.headers().contains_key(header::CONTENT_ENCODING), coded, "{accepted}");
        }
    }
}
