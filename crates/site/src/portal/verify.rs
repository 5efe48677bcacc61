//! Checking what is public (P28): by address, fingerprint or proof file.

use super::{Aside, frame, words};
use crate::Site;
use crate::component::{ErrorSummary, Fact, Facts, Field, Guard, Input, Link, Proof as ProofBlock, Qr, Text, Width};
use crate::form::Form;
use crate::page::{self, Shell};
use crate::problem::Trouble;
use crate::session::Visit;
use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use office::Fail;
use office::log::Which;
use publication::log::{Broken, Change, Checked, NoteFault, Proof, PublicKey, changes, unhex};
use std::sync::Arc;

/// What came out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    #[default]
    Sound,
    /// It does not.
    Altered,
    /// Nothing can be said.
    Unknown,
}

/// The answer, in words.
#[derive(Clone, Debug, Default)]
pub struct Finding {
    /// What came out.
    pub outcome: Outcome,
    /// In one sentence.
    pub title: Text,
    /// What it means.
    pub texts: Vec<Text>,
    /// What was changed, field by field.
    pub changes: Vec<Change>,
    /// The particulars.
    pub facts: Facts,
    /// Ways on.
    pub links: Vec<Link>,
}

impl Finding {
    fn new(outcome: Outcome, title: impl Into<Text>, text: impl Into<Text>) -> Finding {
        Finding { outcome, title: title.into(), texts: vec![text.into()], ..Finding::default() }
    }

    fn class(&self) -> &'static str {
        match self.outcome {
            Outcome::Sound => "sound",
            Outcome::Altered => "altered",
            Outcome::Unknown => "unknown",
        }
    }
}

/// The page: the answer, where something was asked, and the boxes.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "portal/verify.html")]
pub struct Verify {
    /// Frame.
    pub shell: Shell,
    /// What was wrong with what was typed.
    pub errors: ErrorSummary,
    /// The answer.
    pub finding: Option<Finding>,
    /// Box for address or fingerprint.
    pub at: Field,
    /// Hidden fields of the form for proof files.
    pub guard: Guard,
    /// Box for a proof file.
    pub file: Field,
    /// Box for a pasted proof.
    pub text: Field,
    /// Whether the boxes for proofs are open.
    pub open: bool,
    /// Beside the boxes.
    pub aside: Vec<Aside>,
}

/// The block 公开证明 of a page that shows an edition.
///
/// # Errors
/// Our failure.
pub async fn block(site: &Site, public_id: &str, fingerprint: String) -> Result<ProofBlock, Trouble> {
    let sealed = site.office.sealed(public_id).await?;
    let verify = format!("/verify?at={public_id}");
    Ok(ProofBlock {
        fingerprint: fingerprint.into(),
        proof: format!("/log/proof/{public_id}").into(),
        since: sealed.map(|sealed| words::instant(sealed.at)).unwrap_or_default().into(),
        index: sealed.map(|sealed| sealed.index.to_string()).unwrap_or_default().into(),
        qr: frame::address(site, &verify).map(|address| Qr::new(&address, "二维码：用手机核验这份内容")),
        verify: verify.into(),
    })
}

fn page(site: &Site, visit: &Visit, at: &str, errors: ErrorSummary, finding: Option<Finding>) -> Verify {
    Verify {
        shell: Shell { failed: !errors.is_empty(), ..frame::shell(site, visit, "核验公开内容", "") },
        guard: frame::guard(visit),
        open: !errors.at("text").is_empty(),
        aside: vec![Aside::new("核验会留下记录吗", ["不会。上传的证明文件只用来核验，不保存。"])],
        finding,
        ..boxes(at, errors)
    }
}

fn boxes(at: &str, errors: ErrorSummary) -> Verify {
    Verify {
        at: Field::new("at", "网页地址或者内容指纹", at)
            .hint("本站网页的地址，或者网页下方“公开证明”里的内容指纹")
            .width(Width::Full)
            .error(errors.at("at")),
        file: Field::new("files", "证明文件", "")
            .hint("从网页下载的proof.json")
            .input(Input::Files(".json,application/json")),
        text: Field::new("text", "或者粘贴证明文件的内容", "").input(Input::Area(4)).error(errors.at("text")),
        errors,
        ..Verify::default()
    }
}

/// What `typed` asks about.
enum Asked {
    Edition(String),
    Fingerprint(String),
    Elsewhere,
    Nothing,
}

impl Asked {
    fn of(typed: &str, host: &str) -> Asked {
        let typed = typed.trim();
        if unhex(&typed.to_ascii_lowercase()).is_some() {
            return Asked::Fingerprint(typed.to_ascii_lowercase());
        }
        let (there, path) = match typed.split_once("://") {
            Some((_, rest)) => rest.split_once('/').unwrap_or((rest, "")),
            None => ("", typed),
        };
        let ours = host.rsplit("//").next().unwrap_or_default();
        if !there.is_empty() && !ours.is_empty() && !there.eq_ignore_ascii_case(ours) {
            return Asked::Elsewhere;
        }
        let at = path.split_once("at=").map_or(path, |(_, at)| at);
        let last = at.split(['?', '#', '&']).next().unwrap_or_default().trim_end_matches('/').rsplit('/').next();
        match last {
            Some(id) if id.len() == 26 && id.bytes().all(|b| b.is_ascii_alphanumeric()) => {
                Asked::Edition(id.to_owned())
            }
            _ => Asked::Nothing,
        }
    }
}

/// The boxes, and the answer where the address asks for one.
pub async fn show(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let typed = form.line("at");
    let mut errors = ErrorSummary::default();
    let finding = match Asked::of(&typed, &site.settings.host) {
        _ if typed.is_empty() => None,
        Asked::Edition(id) => Some(public(&site, &id).await?),
        Asked::Fingerprint(hash) => Some(match site.office.edition_by_hash(&hash).await {
            Ok(id) => public(&site, &id).await?,
            Err(Fail::NotFound) => absent(),
            Err(other) => return Err(other.into()),
        }),
        Asked::Elsewhere => {
            errors.add("at", "这是别的网站的地址。请到那个网站核验，或者下载证明文件后在下面核验。");
            None
        }
        Asked::Nothing => {
            errors.add("at", "看不出是哪一份内容。请复制网页的完整地址，或者64位的内容指纹。");
            None
        }
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = page(&site, &visit, &typed, errors, finding);
    Ok(page::respond(status, &page, &page.shell))
}

/// The answer about a proof file.
pub async fn send(State(site): State<Arc<Site>>, visit: Visit, form: Form) -> Result<Response, Trouble> {
    let given = match form.files().first() {
        Some(file) => String::from_utf8_lossy(&file.bytes).into_owned(),
        None => form.raw("text").to_owned(),
    };
    let mut errors = ErrorSummary::default();
    let finding = match Proof::parse(&given) {
        Ok(proof) => Some(judged(&site, &proof).await?),
        Err(_) if given.trim().is_empty() => {
            errors.add("text", "请选择证明文件，或者粘贴它的内容。");
            None
        }
        Err(broken) => {
            errors.add("text", broken.sentence());
            None
        }
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = page(&site, &visit, "", errors, finding);
    Ok(page::respond(status, &page, &page.shell))
}

fn absent() -> Finding {
    let text = "可能抄错了地址或者指纹，也可能已经撤下。手里有证明文件的，可以在下面核验它当时公开过。";
    Finding::new(Outcome::Unknown, "本站现在没有公开这份内容", text)
}

/// The answer about an edition that is public here.
async fn public(site: &Site, id: &str) -> Result<Finding, Trouble> {
    match site.office.proof(id, None).await {
        Ok(Some(proof)) => judged(site, &proof).await,
        Ok(None) => {
            let text = "日志大约每秒登记一次。请过几秒刷新本页。";
            Ok(Finding::new(Outcome::Unknown, "刚刚发布，正在登记", text))
        }
        Err(Fail::NotFound) => Ok(absent()),
        Err(Fail::Fault(_)) => {
            let text = "本站存储的内容被改动，已停止显示，并已报警。需要这份内容的，请拨打本机关电话。";
            Ok(Finding::new(Outcome::Altered, "内容与发布时的不符", text))
        }
        Err(other) => Err(other.into()),
    }
}

/// Our own key, once the log has one.
async fn our_key(site: &Site) -> Result<Option<PublicKey>, Trouble> {
    Ok(site.office.log_key(Which::Public).await?.as_deref().and_then(PublicKey::parse))
}

/// The answer about a proof, ours or not.
async fn judged(site: &Site, proof: &Proof) -> Result<Finding, Trouble> {
    let key = our_key(site).await?;
    match proof.check(key.as_ref()) {
        Ok(checked) => ours(site, proof, &checked).await,
        Err(Broken::Note(NoteFault::OtherKey)) => Ok(match proof.check(None) {
            Ok(checked) => Finding {
                facts: facts(proof, &checked, None),
                ..Finding::new(
                    Outcome::Unknown,
                    "证明本身前后一致，但不是本站的日志签发的",
                    format!("签发它的日志是{}。请到发布这份内容的网站核对公钥。", checked.key.name()),
                )
            },
            Err(broken) => altered(broken, Vec::new()),
        }),
        Err(Broken::Content) => {
            let published = site.office.edition_at(proof.leaf_index).await?;
            let mut changes = published.map(|(_, text)| changes(&text, &proof.canonical)).unwrap_or_default();
            changes.iter_mut().for_each(|change| change.field = named(site, &change.field));
            Ok(altered(Broken::Content, changes))
        }
        Err(broken) => Ok(altered(broken, Vec::new())),
    }
}

/// A field of a published text as people call it.
fn named(site: &Site, field: &str) -> String {
    let last = field.rsplit('.').next().unwrap_or_default();
    let label = match last {
        "" => "全文",
        "title" => "标题",
        "published_at" => "发布时间",
        "attribute" => "公开属性",
        "unit" => "单位",
        "filed_on" => "来信日期",
        "replied_on" => "答复日期",
        _ => "",
    };
    let mut procedures = site.office.rules().procedures();
    let element = || procedures.find_map(|rule| Some(rule.element(last)?.label.clone()));
    Some(label.to_owned()).filter(|label| !label.is_empty()).or_else(element).unwrap_or_else(|| field.to_owned())
}

fn altered(broken: Broken, changes: Vec<Change>) -> Finding {
    Finding { changes, ..Finding::new(Outcome::Altered, "核验没有通过", broken.sentence()) }
}

/// A sound proof of our log: the tree under it must be ours too.
async fn ours(site: &Site, proof: &Proof, checked: &Checked) -> Result<Finding, Trouble> {
    if site.office.log_root(proof.tree_size).await? != Some(checked.checkpoint.root) {
        let text = "证明的签名有效，但与本站现在的日志对不上：日志可能被改写过。请保存证明文件，并向上级机关反映。";
        return Ok(Finding::new(Outcome::Altered, "日志前后不一致", text));
    }
    let now = site.office.edition_at(proof.leaf_index).await?;
    let (sealed, shown) = match &now {
        Some((id, text)) => (site.office.sealed(id).await?, *text == proof.canonical),
        None => (None, false),
    };
    let since = sealed.map(|sealed| words::instant(sealed.at));
    let title = match (&since, shown) {
        (Some(since), true) => format!("这份内容{since}起已经公开，至今没有改动"),
        _ => "这份内容公开过，与登记时的一致".to_owned(),
    };
    let text = match shown {
        true => "本站现在公开的，就是登记时的那一份，一个字也没有变。",
        false => "本站现在不再公开它。证明文件说明它当时确实公开过。",
    };
    let mut links = Vec::new();
    if let Some((id, _)) = now.filter(|_| shown) {
        links.push(Link::new(format!("/replies/{id}"), "查看这份内容"));
        links.push(Link::new(format!("/log/proof/{id}"), "证明文件"));
    }
    Ok(Finding { facts: facts(proof, checked, since), links, ..Finding::new(Outcome::Sound, title, text) })
}

fn facts(proof: &Proof, checked: &Checked, since: Option<String>) -> Facts {
    let at = checked.checkpoint.at.map(words::instant);
    let lines = [
        checked.title.clone().map(|title| Fact::typed("标题", title)),
        checked.published_at.map(|at| Fact::new("发布时间", words::instant(at))),
        since.map(|since| Fact::new("登记时间", since)),
        Some(Fact::new("日志序号", format!("第{}条（从0数起），日志共{}条", proof.leaf_index, proof.tree_size))),
        at.map(|at| Fact::new("检查点", format!("{at}签名"))),
        Some(Fact::new("内容指纹", checked.fingerprint.clone())),
        Some(Fact::new("日志的根", proof.root.clone())),
    ];
    Facts { facts: lines.into_iter().flatten().collect() }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::portal::sample::{HOSTILE, Samples, shell};

    fn sample(finding: Option<Finding>, typed: &str, errors: ErrorSummary) -> Verify {
        Verify { shell: shell("核验公开内容"), finding, open: false, ..boxes(typed, errors) }
    }

    pub(crate) fn samples(out: &mut Samples) {
        out.add("verify", &sample(None, "", ErrorSummary::default()));
        let hash = "3f1c9a7be02d44518d0c6a1f9b57e2c43f1c9a7be02d44518d0c6a1f9b57e2c4";
        let facts = Facts {
            facts: vec![
                Fact::typed("标题", "晴湾大道西段夜间施工噪声"),
                Fact::new("发布时间", "2026年11月19日（周四）10:20"),
                Fact::new("日志序号", "第417条（从0数起），日志共2,016条"),
                Fact::new("内容指纹", hash),
            ],
        };
        let title = "这份内容2026年11月19日（周四）10:20起已经公开，至今没有改动";
        let text = "本站现在公开的，就是登记时的那一份，一个字也没有变。";
        let links = vec![Link::new("/replies/1", "查看这份内容")];
        let sound = Finding { facts, links, ..Finding::new(Outcome::Sound, title, text) };
        out.add("verify-sound", &sample(Some(sound), hash, ErrorSummary::default()));
        let change = |now: &str| Change {
            field: "答复内容".into(), published: "设置隔声围挡".into(), now: now.into()
        };
        let changed = altered(Broken::Content, vec![change("没有设置围挡"), change(&HOSTILE.repeat(20))]);
        out.add("verify-altered", &sample(Some(changed), "", ErrorSummary::default()));
        let mut errors = ErrorSummary::default();
        errors.add("at", "看不出是哪一份内容。请复制网页的完整地址，或者64位的内容指纹。");
        errors.add("text", Broken::Form.sentence());
        out.add("verify-error", &Verify { open: true, ..sample(None, HOSTILE, errors) });
    }

    #[test]
    fn addresses_and_fingerprints_are_recognised() {
        let id = "0123456789abcdefghjkmnpqrs";
        for typed in [
            id.to_owned(),
            format!("/replies/{id}"),
            format!(" https://www.qingwan.example/replies/{id}?lang=zh-Hant#x "),
            format!("/log/proof/{id}"),
            format!("https://www.qingwan.example/verify?at={id}"),
        ] {
            assert!(
                matches!(Asked::of(&typed, "https://www.qingwan.example"), Asked::Edition(found) if found == id),
                "{typed}"
            );
        }
        let hash = "AB".repeat(32);
        assert!(matches!(Asked::of(&hash, ""), Asked::Fingerprint(found) if found == "ab".repeat(32)));
        assert!(matches!(
            Asked::of(&format!("https://other.example/replies/{id}"), "https://www.qingwan.example"),
            Asked::Elsewhere
        ));
        for nothing in ["", "/", "https://www.qingwan.example/", "路灯", "/replies/1"] {
            assert!(matches!(Asked::of(nothing, "https://www.qingwan.example"), Asked::Nothing), "{nothing}");
        }
    }
}
