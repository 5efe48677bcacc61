//! Reading the body of a request into a [`Form`] or bytes: bounded in size, time and memory.

use axum::body::{Body, Bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, FromRequest, FromRequestParts, Multipart, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::form::Form;
use crate::problem::{Kind, Trouble};

/// Bytes of a form without files, and of a JSON body.
pub const PLAIN_BYTES: usize = 512 << 10;
/// Bytes of one field of a form with files.
const FIELD_BYTES: usize = 256 << 10;
/// Fields and files of one form.
const PARTS: usize = 500;
/// Bytes of one file: 20 MiB.
pub const FILE_BYTES: usize = 20 << 20;
/// Files of one form.
pub const FILES: usize = 10;
/// Bytes of one form with files: all of them, and the fields.
const UPLOAD_BYTES: usize = FILES * FILE_BYTES + (4 << 20);
/// Files of all requests together that may lie in memory, in KiB.
const BUDGET_KIB: usize = 512 << 10;

/// Time for a body without files; for one with files, time without a single byte.
const PATIENCE: Duration = Duration::from_secs(20);
/// Time for a body with files.
const LONG_PATIENCE: Duration = Duration::from_secs(600);

/// Memory that files of all requests share.
#[derive(Debug)]
pub struct Budget(Arc<Semaphore>);

impl Default for Budget {
    fn default() -> Self {
        Budget(Arc::new(Semaphore::new(BUDGET_KIB)))
    }
}

/// Reads the form that a request carries and leaves the request with an empty body; the handler
/// takes the form as an argument. Files are read only when `uploads` is set.
pub async fn read_form(request: Request, uploads: bool, budget: &Budget) -> Result<Request, Trouble> {
    let kind = content_type(request.headers()).to_owned();
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts.clone(), body);
    let form = match kind.as_str() {
        "application/x-www-form-urlencoded" => Form::parse(&read_bytes(request, PLAIN_BYTES).await?),
        "multipart/form-data" => {
            let limit = if uploads { UPLOAD_BYTES } else { PLAIN_BYTES };
            let read = read_multipart(request, limit, budget);
            timeout(LONG_PATIENCE, read).await.map_err(|_| Trouble::new(Kind::Slow))??
        }
        "" => Form::default(),
        _ => return Err(Trouble::new(Kind::MediaType)),
    };
    let mut request = Request::from_parts(parts, Body::empty());
    request.extensions_mut().insert(form);
    Ok(request)
}

/// Reads at most `limit` bytes.
pub async fn read_bytes(mut request: Request, limit: usize) -> Result<Bytes, Trouble> {
    DefaultBodyLimit::max(limit).apply(&mut request);
    match soon(Bytes::from_request(request, &())).await? {
        Ok(bytes) => Ok(bytes),
        Err(rejection) => Err(Trouble::new(Kind::of_status(rejection.status()))),
    }
}

/// The media type without its parameters; empty when there is none.
pub fn content_type(headers: &HeaderMap) -> &str {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().split(';').next().unwrap_or_default().trim()
}

async fn soon<T>(reading: impl Future<Output = T>) -> Result<T, Trouble> {
    timeout(PATIENCE, reading).await.map_err(|_| Trouble::new(Kind::Slow))
}

fn broken(error: MultipartError) -> Trouble {
    Trouble::new(Kind::of_status(error.status()))
}

async fn read_multipart(mut request: Request, limit: usize, budget: &Budget) -> Result<Form, Trouble> {
    DefaultBodyLimit::max(limit).apply(&mut request);
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| Trouble::new(Kind::Malformed))?;
    let mut form = Form::default();
    for _ in 0..PARTS {
        let Some(part) = soon(parts.next_field()).await?.map_err(broken)? else {
            return Ok(form);
        };
        let name = part.name().unwrap_or_default().to_owned();
        match part.file_name().map(str::to_owned) {
            Some(file_name) => read_file(&mut form, name, &file_name, part, budget).await?,
            None => {
                let bytes = read_part(part, FIELD_BYTES, |_| Ok(())).await?;
                let bytes = bytes.ok_or_else(|| Trouble::new(Kind::TooLarge))?;
                form.push(name, String::from_utf8_lossy(&bytes).into_owned());
            }
        }
    }
    Err(Trouble::new(Kind::TooLarge))
}

/// Reads one file. One that is too large or too many is passed over and noted: it never stops
/// the rest of the form.
async fn read_file(
    form: &mut Form,
    field: String,
    name: &str,
    part: Field<'_>,
    budget: &Budget,
) -> Result<(), Trouble> {
    let room = if form.files().len() < FILES { FILE_BYTES } else { 0 };
    let mut held = Vec::new();
    let mut owed = 0;
    let bytes = read_part(part, room, |more| {
        owed += more;
        let kib = u32::try_from(owed >> 10).unwrap_or(u32::MAX);
        owed &= 1023;
        match budget.0.clone().try_acquire_many_owned(kib) {
            Ok(permit) => held.push(permit),
            Err(_) => return Err(Trouble::new(Kind::Busy)),
        }
        Ok(())
    });
    match bytes.await? {
        Some(bytes) => {
            form.push_file(field, name, bytes);
            if let Some(all) = held.into_iter().reduce(|mut all, more| {
                all.merge(more);
                all
            }) {
                form.hold(all);
            }
        }
        None if room == 0 => {
            form.refuse_file(field, format!("一次最多上传{FILES}个文件，“{name}”没有收下，可以在提交以后另行补充。"))
        }
        None => {
            form.refuse_file(field, format!("文件“{name}”超过{}MB，没有收下，请压缩或分开后补充。", FILE_BYTES >> 20))
        }
    }
    Ok(())
}

/// The bytes of a part; `None` when there are more than `limit`, which are read and dropped.
async fn read_part(
    mut part: Field<'_>,
    limit: usize,
    mut take: impl FnMut(usize) -> Result<(), Trouble>,
) -> Result<Option<Vec<u8>>, Trouble> {
    let mut bytes = Some(Vec::new());
    while let Some(chunk) = soon(part.chunk()).await?.map_err(broken)? {
        let Some(kept) = &mut bytes else { continue };
        if kept.len() + chunk.len() > limit {
            bytes = None;
        } else {
            take(chunk.len())?;
            kept.extend_from_slice(&chunk);
        }
    }
    Ok(bytes)
}

/// The form that was read before the handler, or the fields of the query.
impl<S: Send + Sync> FromRequestParts<S> for Form {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = || Form::parse(parts.uri.query().unwrap_or_default().as_bytes());
        Ok(parts.extensions.remove::<Form>().unwrap_or_else(query))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn multipart(parts: &[(&str, Option<&str>, &[u8])]) -> Request {
        let mut body = Vec::new();
        for (name, file, content) in parts {
            let file = file.map_or(String::new(), |file| format!("; filename=\"{file}\""));
            body.extend(format!("--xx\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n").bytes());
            body.extend_from_slice(content);
            body.extend(b"\r\n");
        }
        body.extend(b"--xx--\r\n");
        let request = Request::builder().method("POST").header("content-type", "multipart/form-data; boundary=xx");
        request.body(Body::from(body)).unwrap()
    }

    async fn read(request: Request, budget: &Budget) -> Result<Form, Kind> {
        let request = read_form(request, true, budget).await.map_err(|trouble| trouble.kind)?;
        let (mut parts, _) = request.into_parts();
        Ok(Form::from_request_parts(&mut parts, &()).await.unwrap())
    }

    #[tokio::test]
    async fn a_file_too_large_or_too_many_never_stops_the_form() {
        let large = vec![7; FILE_BYTES + 1];
        let mut parts: Vec<(&str, Option<&str>, &[u8])> =
            vec![("text", None, "路灯坏了".as_bytes()), ("files", Some("大.pdf"), &large)];
        parts.extend([("files", Some("小.txt"), b"abc".as_slice()); 11]);
        parts.push(("name", None, "申某甲".as_bytes()));
        let form = read(multipart(&parts), &Budget::default()).await.unwrap();
        assert_eq!((form.raw("text"), form.raw("name")), ("路灯坏了", "申某甲"));
        assert_eq!(form.files().len(), FILES);
        assert_eq!(form.refused_files().len(), 2);
        assert!(form.refused_files()[0].1.contains("大.pdf"));
        assert!(form.refused_files()[1].1.contains("最多上传10个"));
    }

    #[tokio::test]
    async fn memory_for_files_is_shared_and_given_back() {
        let budget = Budget(Arc::new(Semaphore::new(8)));
        let file = vec![1; 6 << 10];
        let request = || multipart(&[("files", Some("a.txt"), file.as_slice())]);
        let first = read(request(), &budget).await.unwrap();
        assert_eq!(read(request(), &budget).await.unwrap_err(), Kind::Busy);
        drop(first);
        assert!(read(request(), &budget).await.is_ok());
    }

    #[tokio::test]
    async fn bodies_that_cannot_be_read_are_told_apart() {
        let post = |kind: &str, body: Vec<u8>| {
            Request::builder().method("POST").header("content-type", kind).body(Body::from(body)).unwrap()
        };
        let budget = Budget::default();
        let urlencoded = "application/x-www-form-urlencoded";
        assert_eq!(read(post(urlencoded, vec![b'a'; PLAIN_BYTES + 1]), &budget).await.unwrap_err(), Kind::TooLarge);
        assert_eq!(read(post("text/plain", vec![]), &budget).await.unwrap_err(), Kind::MediaType);
        assert_eq!(read(post("multipart/form-data", vec![]), &budget).await.unwrap_err(), Kind::Malformed);
        assert_eq!(
            read(post("multipart/form-data; boundary=xx", b"--xx\r\nno".to_vec()), &budget).await.unwrap_err(),
            Kind::Malformed
        );
        let form = read(post(&format!("{urlencoded}; charset=UTF-8"), b"a=1".to_vec()), &budget).await.unwrap();
        assert_eq!(form.raw("a"), "1");
    }
}
