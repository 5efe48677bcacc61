//! Published replies, and tracking by code.

use law::Date;
use publication::Edition;
use search::{Query as Words, Scope};

use crate::fail::Fail;
use crate::filing::password_hash;
use crate::house::House;
use crate::log::intact::fingerprint;
use crate::office::Office;
use crate::store::{Fault, Row};
use crate::ticket::Code;
use crate::view::Track;
use crate::{params, statements};

statements! {
    NEWEST = "select e.id, e.public_id, e.title, e.content, e.hash, m.rating from edition e left join matter m on m.id = e.matter_id where e.body_id = $1 and e.kind = 'reply' and e.state = 'public' order by e.published_at desc, e.id desc limit $2 offset $3";
    COUNT = "select count(*) from edition where body_id = $1 and kind = 'reply' and state = 'public'";
    BY_ID = "select e.id, e.public_id, e.title, e.content, e.hash, m.rating from edition e left join matter m on m.id = e.matter_id where e.id = $1 and e.state = 'public'";
    BY_PUBLIC = "select e.id, e.public_id, e.title, e.content, e.hash, m.rating from edition e left join matter m on m.id = e.matter_id where e.body_id = $1 and e.public_id = $2 and e.state = 'public'";
    BY_CODE = "select id, password_hash, phase, unit_id from matter where body_id = $1 and code_hash = $2";
    BY_PUBLIC_ID = "select id from matter where body_id = $1 and public_id = $2";
}

/// A published reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// Address.
    pub public_id: String,
    /// Title.
    pub title: String,
    /// What was asked, masked.
    pub question: String,
    /// What was answered, masked.
    pub reply: String,
    /// The unit that answered.
    pub unit: String,
    /// Category, in words.
    pub category: String,
    /// When it was filed.
    pub filed_on: Option<Date>,
    /// When it was answered.
    pub replied_on: Option<Date>,
    /// Calendar days between.
    pub days: Option<i32>,
    /// How the writer rated it, in words; empty if not.
    pub rating: String,
    /// SHA-256 of what was published.
    pub hash: String,
}

/// A page of published replies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplyPage {
    /// The replies.
    pub rows: Vec<Reply>,
    /// How many there are in all.
    pub total: u64,
}

/// What is looked for among published replies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepliesQuery {
    /// Words; empty: everything, newest first.
    pub words: String,
    /// Category.
    pub category: Option<String>,
    /// Unit.
    pub unit: Option<i64>,
    /// Page, from 1.
    pub page: usize,
}

/// Replies on a page.
pub const REPLIES_ON_PAGE: usize = 20;

type Raw = (i64, String, String, String, String, Option<String>);

fn raw(row: &Row<'_>) -> Result<Raw, Fault> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?))
}

fn reply(house: &House, (_, public_id, _, content, hash, rating): Raw) -> Option<Reply> {
    let mut edition: Edition = serde_json::from_str(&content).ok()?;
    let mut field = |name: &str| edition.fields.remove(name).unwrap_or_default();
    let (filed_on, replied_on) = (field("filed_on").parse::<Date>().ok(), field("replied_on").parse::<Date>().ok());
    let days = filed_on.zip(replied_on).map(|(from, to)| (to - from).get_days());
    let mut procedures = house.rules.procedures();
    let code = field("category");
    let category = procedures.find_map(|one| Some(one.category(&code)?.label.clone()));
    let choice = house.rules.procedures().find_map(|one| {
        let options = &one.element("rating")?.options;
        options.iter().find(|choice| Some(&choice.id) == rating.as_ref()).map(|choice| choice.label.clone())
    });
    Some(Reply {
        public_id,
        title: edition.title,
        question: field("text"),
        reply: field("reply"),
        unit: field("unit"),
        category: category.unwrap_or_default(),
        filed_on,
        replied_on,
        days,
        rating: choice.unwrap_or_default(),
        hash,
    })
}

impl Office {
    /// A page of published replies.
    ///
    /// # Errors
    /// Our failure.
    pub async fn replies(&self, body: i64, query: RepliesQuery) -> Result<ReplyPage, Fail> {
        let offset = query.page.saturating_sub(1) * REPLIES_ON_PAGE;
        if query.words.trim().is_empty() && query.category.is_none() && query.unit.is_none() {
            let found = self.read(move |q| {
                let rows = q.rows(&NEWEST, params![body, REPLIES_ON_PAGE as i64, offset as i64], raw)?;
                let total = q.row(&COUNT, params![body], |row| row.get(0))?.unwrap_or(0);
                Ok((rows, total))
            });
            let (rows, total) = found.await?;
            return Ok(ReplyPage { rows: self.shown(rows).await?, total });
        }
        let mut filters = vec![("kind".to_owned(), vec!["reply".to_owned()])];
        filters.extend(query.category.map(|code| ("category".to_owned(), vec![code])));
        filters.extend(query.unit.map(|unit| ("unit".to_owned(), vec![unit.to_string()])));
        let words = Words {
            words: query.words,
            scope: Scope { bodies: vec![body], units: None },
            filters,
            offset,
            limit: REPLIES_ON_PAGE,
            relax: true,
            ..Words::default()
        };
        let hits = self.indexes().pair()?.public.search(&words).map_err(|error| Fault::Files(error.to_string()))?;
        Ok(ReplyPage { total: hits.total as u64, rows: self.by_ids(hits.ids).await? })
    }

    /// Published replies most like a question that somebody is about to ask.
    ///
    /// # Errors
    /// Our failure.
    pub async fn similar_replies(&self, body: i64, title: &str) -> Result<Vec<Reply>, Fail> {
        let scope = Scope { bodies: vec![body], units: None };
        let found = self.indexes().pair()?.public.suggest_similar(title, &scope, 5);
        let found = found.map_err(|error| Fault::Files(error.to_string()))?;
        self.by_ids(found.into_iter().map(|(id, _)| id).collect()).await
    }

    /// One published reply.
    ///
    /// # Errors
    /// [`Fail::NotFound`].
    pub async fn reply(&self, body: i64, public_id: &str) -> Result<Reply, Fail> {
        let id = public_id.to_owned();
        let found = self.read(move |q| q.row(&BY_PUBLIC, params![body, id], raw)).await?.ok_or(Fail::NotFound)?;
        let row = if self.intact(found.0).await? { self.again(found.0).await? } else { Some(found) };
        row.and_then(|row| reply(self.house(), row)).ok_or(Fail::NotFound)
    }

    async fn by_ids(&self, ids: Vec<i64>) -> Result<Vec<Reply>, Fail> {
        let rows = self.read(move |q| {
            let mut rows = Vec::new();
            for id in ids {
                rows.extend(q.row(&BY_ID, params![id], raw)?);
            }
            Ok(rows)
        });
        self.shown(rows.await?).await
    }

    /// The replies of a list. An altered one is put back first, or left out.
    async fn shown(&self, rows: Vec<Raw>) -> Result<Vec<Reply>, Fail> {
        let mut shown = Vec::new();
        for row in rows {
            let sound = fingerprint(&row.3) == row.4;
            let row = match sound || self.intact(row.0).await.is_err() {
                true => Some(row).filter(|_| sound),
                false => self.again(row.0).await?,
            };
            shown.extend(row.and_then(|row| reply(self.house(), row)));
        }
        Ok(shown)
    }

    async fn again(&self, id: i64) -> Result<Option<Raw>, Fail> {
        self.read(move |q| q.row(&BY_ID, params![id], raw)).await
    }

    /// What a query code gives: with the right password the matter, without one a single word. A
    /// wrong password is [`Fail::Forbidden`]; the limits on guessing are the site's.
    ///
    /// # Errors
    /// [`Fail::NotFound`] for a code that does not exist.
    pub async fn track(&self, body: i64, code: &Code, password: Option<&str>) -> Result<Track, Fail> {
        let keys = self.body_keys(body).await?;
        let hash = keys.find("code", code.digits());
        let found = self.read(move |q| {
            q.row(&BY_CODE, params![body, hash], |row| {
                Ok((
                    row.get::<i64>(0)?,
                    row.get::<Option<String>>(1)?,
                    row.get::<String>(2)?,
                    row.get::<Option<i64>>(3)?,
                ))
            })
        });
        let (id, stored, phase, unit) = found.await?.ok_or(Fail::NotFound)?;
        match password.map(str::trim).filter(|typed| !typed.is_empty()) {
            None => {
                let state = match (phase.as_str(), unit) {
                    ("closed", _) => "已办结",
                    (_, None) => "已收到",
                    _ => "办理中",
                };
                Ok(Track::Brief { state })
            }
            Some(typed) if stored == Some(password_hash(&keys, code, &text::normal::folded(typed))) => {
                Ok(Track::Full(id))
            }
            Some(_) => Err(Fail::Forbidden("查询密码不对，请对照回执或短信核对后重新输入。".into())),
        }
    }

    /// The inside id of a matter's random public id.
    ///
    /// # Errors
    /// [`Fail::NotFound`].
    pub async fn matter_id(&self, caller: &crate::Caller, public_id: &str) -> Result<i64, Fail> {
        let (body, id) = (caller.body, public_id.to_owned());
        let found = self.read(move |q| q.row(&BY_PUBLIC_ID, params![body, id], |row| row.get(0)));
        found.await?.ok_or(Fail::NotFound)
    }
}
