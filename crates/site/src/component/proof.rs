//! 公开证明: the block under everything that was published. It says since when the text has been
//! public, and leads to the proof and to the page that checks it.

use super::{Qr, Text, safe_html};
use askama::Template;

/// The block. A page fills it by `portal::verify::block` and writes `{{ proof }}`; the first three
/// fields are enough, the rest may be empty.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "components/proof.html")]
pub struct Proof {
    /// SHA-256 of what was published, hex.
    pub fingerprint: Text,
    /// Address of the page that checks it.
    pub verify: Text,
    /// Address of the proof.
    pub proof: Text,
    /// Since when it is in the log, in words; empty while it is not sealed yet.
    pub since: Text,
    /// Number of its leaf; empty while it is not sealed yet.
    pub index: Text,
    /// Code of the checking page's whole address; none while the site's own is not known.
    pub qr: Option<Qr>,
}

safe_html!(Proof);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_it_is_sealed_the_block_promises_nothing() {
        let sealed = Proof {
            fingerprint: "3f1c".into(),
            verify: "/verify?at=x".into(),
            proof: "/log/proof/x".into(),
            since: "2026年11月19日（周四）10:20".into(),
            index: "417".into(),
            qr: Some(Qr::new("https://www.qingwan.example/verify?at=x", "二维码")),
        };
        let html = sealed.render().expect("the block");
        assert!(html.contains("10:20") && html.contains("417") && html.contains("/log/proof/x"), "{html}");
        let fresh = Proof { since: Text::default(), index: Text::default(), ..sealed };
        let html = fresh.render().expect("the block");
        assert!(html.contains("正在登记") && !html.contains("417"), "{html}");
        assert!(Proof::default().render().expect("nothing").is_empty());
        let hostile = Proof { fingerprint: "<script>".into(), ..fresh };
        assert!(!hostile.render().expect("the block").contains("<script>"));
    }
}
