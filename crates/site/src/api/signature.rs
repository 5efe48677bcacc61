//! Signed requests: RFC 9421 (HTTP Message Signatures) with `hmac-sha256`, and RFC 9530 (Content-Digest)
//! for what they carry. A signature covers at least the method, the path and, where there is a body, its
//! digest and type; it names its moment and a nonce, and none is taken twice.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use law::Moment;
use matter::Sentence;
use office::Caller;
use sha2::{Digest, Sha256};

use crate::Site;
use crate::problem::{Kind, Trouble};

/// How far the clock of a program may be from ours, in seconds.
const WINDOW: i64 = 300;
/// Characters of a nonce.
const NONCE: std::ops::RangeInclusive<usize> = 16..=128;
const ALGORITHM: &str = "hmac-sha256";

/// A signature as its two headers give it.
#[derive(Debug, PartialEq, Eq)]
struct Signature {
    /// Names of what it covers.
    covered: Vec<String>,
    /// The covered names and the parameters as they were written: the last line of what is signed.
    input: String,
    created: i64,
    key_id: String,
    nonce: String,
    value: Vec<u8>,
}

fn refused(what: &str, next: &str) -> Trouble {
    Trouble::saying(Kind::SignIn, vec![Sentence::new(what, "", next)])
}

/// Who signed a request. The digest of its body is checked when it is read ([`is_digest_of`]).
///
/// # Errors
/// Why the signature does not stand, for the people who run the program.
pub async fn caller(site: &Site, parts: &Parts) -> Result<Caller, Trouble> {
    let unreadable = || refused("请求没有签名，或者签名的写法不对", "请按RFC 9421以hmac-sha256签名");
    let signature = parse(&parts.headers).ok_or_else(unreadable)?;
    covers(&signature, parts)?;
    let now = site.office.now();
    if (now.millis() / 1000 - signature.created).abs() > WINDOW {
        return Err(refused("签名的时间与本系统相差超过5分钟", "请校准时钟，重新签名后再发"));
    }
    let wrong = || refused("签名与请求不符，或者密钥不能使用", "请核对密钥编号、密钥和被签名的内容");
    let (caller, key) = site.office.signer(&signature.key_id).await?.ok_or_else(wrong)?;
    let base = base(&signature, parts).ok_or_else(wrong)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|_| wrong())?;
    mac.update(base.as_bytes());
    mac.verify_slice(&signature.value).map_err(|_| wrong())?;
    // Beyond this moment the date alone refuses it.
    let until = Moment::from_millis((signature.created + 2 * WINDOW) * 1000);
    if !site.office.first_time(caller.body, &signature.key_id, &signature.nonce, until).await? {
        return Err(refused(
            "这个签名已经用过，没有再次办理",
            "重发时请换新的nonce和时间重新签名；同一编号的公文不会登记两次",
        ));
    }
    Ok(caller)
}

/// Whether `Content-Digest` names the SHA-256 of these bytes.
pub fn is_digest_of(headers: &HeaderMap, bytes: &[u8]) -> bool {
    let digest = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(bytes)));
    let named = headers.get(CONTENT_DIGEST).and_then(|value| value.to_str().ok());
    named.is_some_and(|named| named.split(',').any(|one| one.trim() == digest))
}

const CONTENT_DIGEST: HeaderName = HeaderName::from_static("content-digest");

fn covers(signature: &Signature, parts: &Parts) -> Result<(), Trouble> {
    let mut needed = vec!["@method", "@path"];
    if parts.method != Method::GET {
        needed.extend(["content-digest", "content-type"]);
    }
    needed.extend(parts.uri.query().map(|_| "@query"));
    match needed.into_iter().find(|name| !signature.covered.iter().any(|one| one == name)) {
        None => Ok(()),
        Some(name) => Err(refused(&format!("签名没有包含“{name}”"), "请把它列入被签名的内容")),
    }
}

/// What was signed (RFC 9421, 2.5).
fn base(signature: &Signature, parts: &Parts) -> Option<String> {
    let mut base = String::new();
    for name in &signature.covered {
        let value = match name.as_str() {
            "@method" => parts.method.as_str().to_owned(),
            "@path" => parts.uri.path().to_owned(),
            "@query" => format!("?{}", parts.uri.query().unwrap_or_default()),
            "@authority" => parts.headers.get(header::HOST)?.to_str().ok()?.to_ascii_lowercase(),
            name if name.starts_with('@') => return None,
            name => {
                let values = parts.headers.get_all(name).iter().map(|value| value.to_str().ok().map(str::trim));
                let values = values.collect::<Option<Vec<&str>>>()?;
                if values.is_empty() {
                    return None;
                }
                values.join(", ")
            }
        };
        base.push_str(&format!("\"{name}\": {value}\n"));
    }
    Some(format!("{base}\"@signature-params\": {}", signature.input))
}

fn parse(headers: &HeaderMap) -> Option<Signature> {
    let one = |name: &str| {
        let mut values = headers.get_all(name).iter();
        let value = values.next()?.to_str().ok()?.trim();
        values.next().is_none().then_some(value)
    };
    let (label, input) = one("signature-input")?.split_once('=')?;
    let (signed, value) = one("signature")?.split_once('=')?;
    let value = STANDARD.decode(value.trim().strip_prefix(':')?.strip_suffix(':')?).ok()?;
    let (names, rest) = input.strip_prefix('(')?.split_once(')')?;
    let mut covered = Vec::new();
    for name in names.split_ascii_whitespace() {
        let name = name.strip_prefix('"')?.strip_suffix('"')?;
        let plain = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"@-_".contains(&b));
        if !plain || covered.iter().any(|one| one == name) {
            return None;
        }
        covered.push(name.to_owned());
    }
    let (mut created, mut key_id, mut nonce, mut algorithm) = (None, None, None, None);
    for (name, value) in parameters(rest)? {
        let taken = match name {
            "created" => created.replace(value),
            "keyid" => key_id.replace(value),
            "nonce" => nonce.replace(value),
            "alg" => algorithm.replace(value),
            _ => None,
        };
        if taken.is_some() {
            return None;
        }
    }
    let nonce = nonce.filter(|nonce| NONCE.contains(&nonce.len()))?;
    let known = label == signed && algorithm.is_none_or(|name| name == ALGORITHM);
    known.then_some(Signature {
        covered,
        input: input.to_owned(),
        created: created?.parse().ok()?,
        key_id: key_id?.to_owned(),
        nonce: nonce.to_owned(),
        value,
    })
}

/// Names and values behind the covered names: `;created=1;keyid="k"`. Values with escapes are not used.
fn parameters(mut rest: &str) -> Option<Vec<(&str, &str)>> {
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (name, after) = rest.strip_prefix(';')?.trim_start().split_once('=')?;
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').filter(|(value, _)| !value.contains('\\'))?,
            None => after.split_at(after.find(';').unwrap_or(after.len())),
        };
        found.push((name, value));
        rest = left;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    /// The example of RFC 9421, B.2.5: its key, its message, its signature.
    #[test]
    fn the_example_of_the_standard_is_computed_alike() {
        let request = Request::post("/foo?param=Value&Pet=dog")
            .header("host", "example.com")
            .header("date", "Tue, 20 Apr 2021 02:07:55 GMT")
            .header("content-type", "application/json");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let input = "(\"date\" \"@authority\" \"content-type\");created=1618884473;keyid=\"test-shared-secret\"";
        let signature = Signature {
            covered: ["date", "@authority", "content-type"].map(str::to_owned).into(),
            input: input.to_owned(),
            created: 1_618_884_473,
            key_id: "test-shared-secret".to_owned(),
            nonce: String::new(),
            value: Vec::new(),
        };
        let key = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ==";
        let mut mac = Hmac::<Sha256>::new_from_slice(&STANDARD.decode(key).unwrap()).unwrap();
        mac.update(base(&signature, &parts).unwrap().as_bytes());
        assert_eq!(STANDARD.encode(mac.finalize().into_bytes()), "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=");
    }

    #[test]
    fn what_is_not_one_plain_signature_is_none() {
        let headers = |input: &str, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("signature-input", input.parse().unwrap());
            headers.insert("signature", value.parse().unwrap());
            headers
        };
        let whole =
            "sig=(\"@method\" \"@path\");created=1;keyid=\"mt-1\";nonce=\"0123456789abcdef\";alg=\"hmac-sha256\"";
        let read = parse(&headers(whole, "sig=:AAAA:")).unwrap();
        assert_eq!((read.created, read.key_id.as_str(), read.covered.len()), (1, "mt-1", 2));
        for (input, value) in [
            (whole, "other=:AAAA:"),
            (whole, "sig=AAAA"),
            (&*whole.replace("hmac-sha256", "rsa-v1_5-sha256"), "sig=:AAAA:"),
            (&*whole.replace("0123456789abcdef", "short"), "sig=:AAAA:"),
            (&*whole.replace(";created=1", ";created=1;created=2"), "sig=:AAAA:"),
            (&*whole.replace("\"@path\"", "\"@path\";req"), "sig=:AAAA:"),
            (&*whole.replace(";keyid=\"mt-1\"", ""), "sig=:AAAA:"),
        ] {
            assert_eq!(parse(&headers(input, value)), None, "{input} {value}");
        }
    }
}
