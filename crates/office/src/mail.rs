//! Mail: the one carrier that leaves the house today. The outbox keeps every notification whether a
//! carrier is set or not; SMS waits there until a gateway is connected.

use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{Message, SmtpTransport, Transport};

use crate::fail::Fail;
use crate::job::{self, Job};
use crate::office::Office;
use crate::store::{Fault, Lane, Tx};
use crate::{params, row, statements};

statements! {
    READ = "select body_id, matter_id, sealed_to, subject, masked_text from outbox where id = $1 and state = 'waiting'";
    SENT = "update outbox set state = $1, sent_at = $2, attempts = attempts + 1 where id = $3";
}

/// Something that carries a notification to an address.
pub trait Carrier: Send + Sync {
    /// Carries one; `Ok(false)` when nothing is set up and the outbox keeps it.
    ///
    /// # Errors
    /// What went wrong, without the address.
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

impl Carrier for Smtp {
    fn carry(&self, to: &str, subject: &str, text: &str) -> Result<bool, String> {
        let to: Mailbox = to.parse().map_err(|_| "the address cannot be read".to_owned())?;
        let message = Message::builder().from(self.from.clone()).to(to).subject(subject).body(text.to_owned());
        let message = message.map_err(|error| error.to_string())?;
        self.transport.send(&message).map(|_| true).map_err(|error| {
            // The server's answer may repeat the address.
            if error.is_permanent() {
                "the server refused it".to_owned()
            } else {
                "the server was not reached or is busy".to_owned()
            }
        })
    }
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
        let carried = carrier.carry(&to, &subject, &text).map_err(|why| Fail::Fault(Fault::Unavailable(why)))?;
        state = if carried { "sent" } else { "kept" };
    }
    let (now, job) = (office.now(), job.clone());
    office.store.write_blocking(Lane::Bulk, move |tx: &mut Tx<'_>| {
        tx.execute(&SENT, params![state, now.millis(), id])?;
        job::done(tx, &job)
    })?;
    Ok(())
}
