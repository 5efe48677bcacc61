//! Mail: the one carrier that leaves the house today. The outbox keeps every notification whether a
//! carrier is set or not; SMS waits there until a gateway is connected.

use lettre::message::Mailbox;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{Message, SmtpTransport, Transport};

use crate::fail::Fail;
use crate::job::{self, Job};
use crate::office::Office;
use crate::store::{Fault, Lane, Tx};
use crate::{params, row, statements};

statements! {
    READ = "select body_id, matter_id, sealed_to, subject, masked_text from outbox where id = $1 and state = 'waiting'";
    SENT = "update outbox set state = $1, sent_at = $2, attempts = attempts + 1, error = null where id = $3";
    FAILED = "update outbox set attempts = attempts + 1, error = $1, state = $2 where id = $3";
    AGAIN = "update outbox set state = 'waiting' where id = (select target from job where id = $1 and kind = 'mail') and state = 'failed'";
}

/// Something that carries a notification to an address.
pub trait Carrier: Send + Sync {
    /// Carries one; `Ok(false)` when nothing is set up and the outbox keeps it.
    ///
    /// # Errors
    /// What went wrong and what to do, in Chinese, without the address.
    fn carry(&self, to: &str, subject: &str, text: &str) -> Result<bool, String>;
}

/// No carrier: everything stays in the outbox.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outbox;

impl Carrier for Outbox {
    fn carry(&self, _: &str, _: &str, _: &str) -> Result<bool, String> {
        Ok(false)
    }
}

/// A mail server.
pub struct Smtp {
    transport: SmtpTransport,
    from: Mailbox,
}

impl Smtp {
    /// A server by `smtp://host:port` (plain, for a relay on the same host) or `smtps://host`,
    /// with user and password in the address where it wants them.
    ///
    /// # Errors
    /// A sentence for the operator.
    pub fn open(url: &str, from: &str, credentials: Option<(String, String)>) -> Result<Smtp, String> {
        let from = from.parse().map_err(|_| format!("发件地址“{from}”不是邮箱地址，请写成name@example.cn"))?;
        let builder = SmtpTransport::from_url(url).map_err(|error| format!("邮件服务器地址有误：{error}"))?;
        let builder = match credentials {
            Some((user, password)) => builder.credentials(Credentials::new(user, password)),
            None => builder,
        };
        let transport = builder.timeout(Some(std::time::Duration::from_secs(20))).build();
        Ok(Smtp { transport, from })
    }
}

impl Smtp {
    /// Whether the server answers.
    pub fn answers(&self) -> bool {
        self.transport.test_connection().unwrap_or(false)
    }
}

impl Carrier for Smtp {
    fn carry(&self, to: &str, subject: &str, text: &str) -> Result<bool, String> {
        let to: Mailbox = to.parse().map_err(|_| "收件地址不是有效的邮箱，请改用其他方式通知当事人")?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .message_id(None)
            .header(Automatic)
            .header(ContentType::TEXT_PLAIN)
            .body(text.to_owned())
            .map_err(|_| "邮件没有写成，请联系系统管理员")?;
        self.transport.send(&message).map(|_| true).map_err(|error| {
            // The server's own words may repeat the address: only their number is kept.
            let code = error.status().map(|code| format!("（{code}）")).unwrap_or_default();
            if error.is_permanent() {
                format!("邮件服务器拒收{code}，请核对收件地址，或者改用其他方式通知当事人")
            } else {
                format!("邮件服务器没有接通或者正忙{code}，请系统管理员核对--smtp的地址")
            }
        })
    }
}

/// `Auto-Submitted: auto-generated` (RFC 3834): no holiday notes come back.
#[derive(Clone)]
struct Automatic;

impl Header for Automatic {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Automatic)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Notes on the outbox row that it was not sent, so that officers see why; after the last attempt it
/// waits for a person.
pub(crate) fn failed(tx: &mut Tx<'_>, job: &Job, why: &str) -> Result<(), Fault> {
    let state = if job.attempt >= job::MOST_ATTEMPTS { "failed" } else { "waiting" };
    tx.execute(&FAILED, params![why, state, job.target]).map(drop)
}

/// Puts the outbox row of a mail job that is tried again back in line.
pub(crate) fn again(tx: &mut Tx<'_>, job: i64) -> Result<(), Fault> {
    tx.execute(&AGAIN, params![job]).map(drop)
}

/// Sends one notification; a second worker finds it sent.
pub(crate) fn send(office: &Office, carrier: &dyn Carrier, job: &Job) -> Result<(), Fail> {
    let (house, id) = (office.house().clone(), job.target);
    let found = office.store.read_blocking(move |q| {
        let row = q.row(&READ, params![id], |row| {
            Ok((
                row.get::<i64>(0)?,
                row.get::<i64>(1)?,
                row.get::<Vec<u8>>(2)?,
                row.get::<String>(3)?,
                row.get::<String>(4)?,
            ))
        })?;
        let Some((body, matter, sealed, subject, text)) = row else { return Ok(None) };
        let matter = row::read(q, body, matter)?.ok_or(Fault::Absent("matter"))?;
        let root = row::root(q, &matter)?;
        let key = house.keys.matter(q, root)?;
        Ok(Some((key.open_text(&sealed)?, subject, text)))
    })?;
    let mut state = "kept";
    if let Some((to, subject, text)) = found {
        let carried = carrier.carry(&to, &subject, &text).map_err(|why| Fail::Fault(Fault::Carrier(why)))?;
        state = if carried { "sent" } else { "kept" };
    }
    let (now, job) = (office.now(), job.clone());
    office.store.write_blocking(Lane::Bulk, move |tx: &mut Tx<'_>| {
        tx.execute(&SENT, params![state, now.millis(), id])?;
        job::done(tx, &job)
    })?;
    Ok(())
}
