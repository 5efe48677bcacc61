//! Pages that were public on an older site become editions at their own dates, through the one publish
//! function. The importer approves: its permit stands for every role, and the source had published
//! them already. No matter is opened.

use std::collections::BTreeMap;

use intake::pages::Page;
use law::Moment;
use publication::kind::{Field, Form, Strictness};
use publication::{Attribute, Columns, Draft, Kind, sha256};

use crate::fail::Fail;
use crate::house::House;
use crate::import::Imported;
use crate::keys::BodyKeys;
use crate::office::Office;
use crate::permit::Caller;
use crate::publish::{Release, publish};
use crate::row::hex;
use crate::store::{Fault, Lane, Tx};
use crate::{params, statements};

statements! {
    KNOWN_PAGE = "select content_hash from page_origin where body_id = $1 and format = $2 and outside_id = $3";
    PAGE = "insert into page_origin (body_id, format, outside_id, item, address, path, content_hash) values ($1, $2, $3, $4, $5, $6, $7)";
    ITEM = "select item from edition where id = $1";
}

/// Why a batch was not kept.
enum Stopped {
    Rehearsed(Vec<Imported>),
    Failed(Fail),
}

impl From<Fault> for Stopped {
    fn from(fault: Fault) -> Stopped {
        Stopped::Failed(fault.into())
    }
}

impl Office {
    /// Imports a batch of pages in one transaction; answers what became of each, in their order. A
    /// rehearsal decides everything and keeps nothing.
    ///
    /// # Errors
    /// Our failure; nothing of the batch is kept then.
    pub fn import_pages(&self, body: i64, pages: Vec<Page>, rehearsal: bool) -> Result<Vec<Imported>, Fail> {
        let (house, now, keys) = (self.house().clone(), self.now(), self.bulk_keys(body)?);
        // What is read and hashed is done before the write.
        let ready: Vec<Ready> = pages.into_iter().map(|page| Ready::of(page, &house, &keys, body, now)).collect();
        let done = self.store.write_blocking(Lane::Bulk, move |tx| {
            let caller = Caller::importer(body);
            let take = |one| take(tx, &house, &caller, one).map_err(Stopped::Failed);
            let outcomes = ready.into_iter().map(take).collect::<Result<Vec<_>, _>>()?;
            if rehearsal { Err(Stopped::Rehearsed(outcomes)) } else { Ok(outcomes) }
        });
        match done {
            Ok(outcomes) | Err(Stopped::Rehearsed(outcomes)) => Ok(outcomes),
            Err(Stopped::Failed(fail)) => Err(fail),
        }
    }
}

/// A page as it will be published, or why it will not.
struct Ready {
    page: Page,
    hash: String,
    made: Result<(Draft, Moment, Vec<String>, Kind), (String, String)>,
}

impl Ready {
    fn of(page: Page, house: &House, keys: &BodyKeys, body: i64, now: Moment) -> Ready {
        // Keyed: after a take-down nothing here tells what the text was (practice P2).
        let hash = hex(&keys.find("origin", &sha256(serde_json::to_string(&page).unwrap_or_default().as_bytes())));
        let made = make(&page, house, body, now);
        Ready { page, hash, made }
    }
}

fn make(
    page: &Page,
    house: &House,
    body: i64,
    now: Moment,
) -> Result<(Draft, Moment, Vec<String>, Kind), (String, String)> {
    let refuse = |field: &str, why: &str| (field.to_owned(), why.to_owned());
    let found = house.rules.kind(&page.kind).filter(|kind| !kind.internal);
    let kind = found.ok_or_else(|| refuse("信息类型", "规则库中没有这一类信息，请在列对应文件的kinds中改正。"))?;
    let rich = kind.fields.iter().find(|field| field.is_rich());
    let rich = rich.ok_or_else(|| refuse("信息类型", "这一类信息没有正文，不能从网页导入，请在desk中填写。"))?;
    let mut typed: BTreeMap<String, String> = BTreeMap::from([(rich.id.clone(), page.body.clone())]);
    for (id, value) in &page.fields {
        let Some(field) = kind.field(id).filter(|field| field.id != rich.id) else { continue };
        typed.extend(fitting(field, value).map(|value| (id.clone(), value)));
    }
    // What was public elsewhere may lack what this site asks of a new text; nothing is made up for it.
    // A value that cannot stand is left out: the text still says it.
    let fields = kind.read(&typed, Strictness::Draft).or_else(|faults| {
        typed.retain(|id, _| faults.iter().all(|fault| fault.field != *id));
        kind.read(&typed, Strictness::Draft)
    });
    let fields = fields
        .map_err(|faults| faults.into_iter().next().map_or_else(Default::default, |one| (one.field, one.sentence)))?;
    let at = page.published_on.map_or(now, |day| Moment::of(day, 0, 0, 0));
    if at > now {
        return Err(refuse("发布日期", "发布日期在今天之后，请核对；要定时发布的请在desk中办理。"));
    }
    let draft = Draft {
        kind: kind.id.clone(),
        title: page.title.clone(),
        fields,
        attribute: Attribute::Proactive,
        files: Vec::new(),
        corrects: None,
        reduced: None,
        approved_by: vec![Caller::importer(body).actor],
    };
    let columns = house.rules.columns(&house.body_kind(body));
    let columns = columns.and_then(|columns| column(columns, kind, &page.title)).into_iter().collect();
    Ok((draft, at, columns, kind.clone()))
}

/// A value as the field takes it: words of a source become the choice that shares most of them.
fn fitting(field: &Field, value: &str) -> Option<String> {
    if field.form != Form::Code || field.options.iter().any(|choice| choice.id == *value) {
        return Some(value.to_owned());
    }
    let parts = |text: &str| text.split(['、', '\\', '/', ' ']).map(str::to_owned).collect::<Vec<_>>();
    let said = parts(value);
    let shared = |label: &str| {
        let near = |one: &String, other: &String| {
            one == other || one.starts_with(other.as_str()) || other.starts_with(one.as_str())
        };
        parts(label).iter().filter(|word| said.iter().any(|one| near(one, word))).count()
    };
    let best = field.options.iter().rev().max_by_key(|choice| shared(&choice.label))?;
    let rest = || field.options.iter().find(|choice| choice.label == "其他").map(|choice| choice.id.clone());
    if shared(&best.label) > 0 { Some(best.id.clone()) } else { rest() }
}

/// The column for an item: of those that take its kind the one whose words its title has, else the
/// first.
fn column(columns: &Columns, kind: &Kind, title: &str) -> Option<String> {
    let named = columns.of_kind(&kind.id).find(|column| column.keywords.iter().any(|word| title.contains(word)));
    named.or_else(|| columns.of_kind(&kind.id).next()).map(|column| column.id.clone())
}

fn take(tx: &mut Tx<'_>, house: &House, caller: &Caller, ready: Ready) -> Result<Imported, Fail> {
    let Ready { page, hash, made } = ready;
    let known = params![caller.body, &page.format, &page.outside_id];
    match tx.row(&KNOWN_PAGE, known, |row| row.get::<String>(0))? {
        Some(known) if known == hash => return Ok(Imported::Already),
        Some(_) => {
            let why = "这一页已经导入，内容与这次的不同；已公开的版本不改动。请核对来源，需要更正的请按更正办理。";
            return Ok(Imported::Rejected("编号".to_owned(), why.to_owned()));
        }
        None => {}
    }
    let (draft, at, columns, kind) = match made {
        Ok(made) => made,
        Err((field, why)) => return Ok(Imported::Rejected(field, why)),
    };
    let approved = draft.approved_by.clone();
    let edition = match draft.publish(at) {
        Ok(edition) => edition,
        Err(fault) => return Ok(Imported::Rejected("正文".to_owned(), fault.sentence().to_owned())),
    };
    let release = Release {
        edition: &edition,
        body: caller.body,
        unit: None,
        matter: None,
        category: None,
        approved: &approved,
        previous: None,
        columns: &columns,
        kind: Some(&kind),
    };
    let id = publish(tx, house, &release)?;
    let item = tx.row(&ITEM, params![id], |row| row.get::<String>(0))?.ok_or(Fault::Absent("edition"))?;
    let address = page.address.as_deref();
    let path = address.and_then(crate::export::path_of);
    tx.execute(&PAGE, params![caller.body, &page.format, &page.outside_id, item, address, path, hash])?;
    Ok(Imported::New)
}
