//! Addresses of older sites: a page that was imported is found where it stands now, so that links in
//! documents, mails and other sites go on leading somewhere.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use office::Standing;
use std::sync::Arc;

use super::article::address;
use crate::Site;
use crate::problem::{Kind, Trouble};
use crate::router::Face;

/// Everything that is no route of ours: an old address, or nothing.
///
/// # Errors
/// Nothing stood there, or what stood there is gone.
pub async fn moved(
    State(site): State<Arc<Site>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let nothing = || Trouble::new(Kind::NotFound);
    if !method.is_safe() || Face::of(uri.path()) != Face::Portal {
        return Err(nothing());
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let body = site.office.default_body();
    let item = site.office.old_address(body, path, host).await?.ok_or_else(nothing)?;
    let article = site.office.article(body, &item).await?;
    if article.standing != Standing::Public {
        return Err(Trouble::new(Kind::Gone));
    }
    let place = HeaderValue::from_str(&address(&item)).map_err(|_| nothing())?;
    Ok((StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, place)]).into_response())
}
