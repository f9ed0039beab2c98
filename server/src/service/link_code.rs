//! Codes by e-mail: sent to the invited address after the right passphrase, asked for before anybody is let in. Whoever has
//! link and passphrase still needs the mailbox.

use uuid::Uuid;

use super::link::object;
use super::redeem::{Guest, Opened, Redeemed, about};
use super::{Error, Services};
use crate::domain::access::{Object, Permission};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::link::{CODE_LIFE, CODES_AN_HOUR, LinkDoor, LinkRefusal, code_hash, masked};
use crate::domain::policy::AccessConfig;
use crate::domain::project::Classification;
use crate::domain::secret::{SecretText, Token};
use crate::notify::TargetError;
use crate::notify::code::CodeMail;
use crate::notify::config::NotifyConfig;
use crate::store::link::LinkRecord;
use crate::store::link_code::LinkCodeRecord;
use crate::store::{Write, link as links, link_code as table};
use crate::token::lease_keys::LeaseKeys;
use crate::token::random;

const HOUR: std::time::Duration = std::time::Duration::from_secs(3_600);

/// How codes are sent, and for which projects they are always demanded.
#[derive(Debug)]
pub struct Codes {
    /// The mail server.
    pub mail: CodeMail,
    /// Classifications whose links all demand one.
    pub demanded_for: Vec<Classification>,
}

impl Codes {
    /// As configured; `None` when no server is named to send them.
    ///
    /// # Errors
    /// When the server that is named cannot be used, or none is and codes are demanded.
    pub fn of(access: &AccessConfig, notify: &NotifyConfig) -> Result<Option<Self>, TargetError> {
        match &access.code_mail {
            Some(name) => {
                let mail = CodeMail::new(notify, name)?;
                Ok(Some(Self { mail, demanded_for: access.code_for.clone() }))
            }
            None if access.code_for.is_empty() => Ok(None),
            None => Err(TargetError::NoCodeMail),
        }
    }
}

/// A code that is on its way.
#[derive(Clone, Debug)]
pub struct SentCode {
    /// Given back with the code.
    pub ticket: Token,
    /// Where it was sent, not in full.
    pub to: String,
    /// First instant at which it is of no more use.
    pub expires_at: UtcInstant,
}

impl Services {
    /// These services with a way to send codes.
    #[must_use]
    pub fn sending_codes(self, codes: Option<Codes>) -> Self {
        Self { codes: codes.map(std::sync::Arc::new), ..self }
    }

    /// Whether a link demands a code, by its own wish or its project's.
    pub(super) fn demands_code(&self, door: &LinkDoor, classification: Classification) -> bool {
        let demanded = self.codes.as_ref().is_some_and(|codes| codes.demanded_for.contains(&classification));
        door.email_code || demanded
    }

    /// Sends a code to whoever gave the right passphrase. It is kept before it is sent.
    pub(super) async fn send_code(
        &self,
        mut write: Write,
        link: &LinkRecord,
        guest: &Guest,
        now: UtcInstant,
    ) -> Result<Opened, Error> {
        let by = By::stranger(guest.ip);
        let sent = table::sent_since(write.connection(), link.id, now.minus(HOUR)).await?;
        let refused = |reason| {
            let event = Event::refused(UtcInstant::now(), &by, Action::LinkRefused, object(Some(link.id)));
            about(event, Some(link)).with("reason", reason)
        };
        if sent >= CODES_AN_HOUR {
            write.commit(&refused(LinkRefusal::CodesSent)).await?;
            return Err(Error::Refused);
        }
        let Some(codes) = self.codes.clone() else {
            write.commit(&refused(LinkRefusal::CodeNotSent)).await?;
            return Err(Error::CodeNotSent);
        };
        let (ticket, code) = (random::token()?, random::link_code()?);
        let code_hash = code_hash(&ticket, &code).to_vec();
        let record = LinkCodeRecord { link_id: link.id, code_hash, sent_at: now, used_at: None };
        table::insert(write.connection(), ticket.hash(), &record, now.minus(HOUR)).await?;
        let event = Event::done(now, &by, Action::LinkCodeSent, object(Some(link.id)));
        write.commit(&about(event, Some(link)).with("email", &link.email)).await?;
        if let Err(error) = codes.mail.send(&link.name, &link.email, &code).await {
            tracing::error!(link = %link.id, %error, "a code was not sent");
            self.record(&refused(LinkRefusal::CodeNotSent)).await?;
            return Err(Error::CodeNotSent);
        }
        Ok(Opened::CodeSent(SentCode { ticket, to: masked(&link.email), expires_at: now.plus(CODE_LIFE) }))
    }

    /// Gives the code that was sent. The try is counted before the code is looked at.
    ///
    /// # Errors
    /// [`Error::Refused`] alike for every reason.
    pub async fn give_link_code(
        &self,
        ticket: &str,
        code: &SecretText,
        guest: &Guest,
        keys: &LeaseKeys,
    ) -> Result<Redeemed, Error> {
        let by = By::stranger(guest.ip);
        self.permit(&by, Permission::LinkOpen, &Object::House).await?;
        let now = UtcInstant::now();
        let ticket = Token::parse(ticket);
        // Before the one right to write is taken: whoever guesses must not make those wait who know.
        let left = match &ticket {
            Some(ticket) => table::has_tries(&mut *self.store.read().await?, ticket.hash()).await?,
            None => false,
        };
        let refused = if left { LinkRefusal::WrongCode } else { self.refusal(guest.ip, LinkRefusal::WrongCode)? };
        let (link, counted) = self.count_code(ticket.as_ref(), &by, now).await?;
        let mut write = self.store.write().await?;
        let refusal = match (&ticket, link) {
            (Some(ticket), Some(id)) if counted => match self.code_verdict(&mut write, ticket, code, now).await? {
                Some(refusal) => refusal,
                None => {
                    let link = links::by_id(write.connection(), id, now).await?.ok_or(Error::Refused)?;
                    let (entry, verdict) = self.may_redeem(&mut write, &link, guest, now).await?;
                    match verdict {
                        Ok(()) => return self.let_in(write, &link, entry, guest, keys, now).await,
                        Err(refusal) => refusal,
                    }
                }
            },
            _ => refused,
        };
        let event = Event::refused(now, &by, Action::LinkRefused, object(link)).with("reason", refusal);
        write.commit(&event).await?;
        Err(Error::Refused)
    }

    /// Takes one of the code's tries, and records that somebody tried: the link, and whether a try was left.
    async fn count_code(
        &self,
        ticket: Option<&Token>,
        by: &By,
        now: UtcInstant,
    ) -> Result<(Option<Uuid>, bool), Error> {
        let mut write = self.store.write().await?;
        let (link, counted) = match ticket {
            Some(ticket) => {
                let found = table::by_ticket(write.connection(), ticket.hash()).await?;
                (found.map(|code| code.link_id), table::take_try(write.connection(), ticket.hash()).await?)
            }
            None => (None, false),
        };
        let event = Event::done(now, by, Action::LinkCodeTried, object(link));
        write.commit(&event.with("evaluated", counted)).await?;
        Ok((link, counted))
    }

    /// Why a code opens nothing; a right one is used up.
    async fn code_verdict(
        &self,
        write: &mut Write,
        ticket: &Token,
        code: &SecretText,
        now: UtcInstant,
    ) -> Result<Option<LinkRefusal>, Error> {
        let found = table::by_ticket(write.connection(), ticket.hash()).await?;
        let right = found.is_some_and(|found| {
            now < found.sent_at.plus(CODE_LIFE)
                && found.used_at.is_none()
                && aws_lc_rs::constant_time::verify_slices_are_equal(&found.code_hash, &code_hash(ticket, code)).is_ok()
        });
        let opens = right && table::use_up(write.connection(), ticket.hash(), now).await?;
        Ok((!opens).then_some(LinkRefusal::WrongCode))
    }
}
