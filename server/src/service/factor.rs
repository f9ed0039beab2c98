//! Second factors: added by their owner, given after the password, each code once.

use uuid::Uuid;

use super::account::object;
use super::session::{Session, lock};
use super::{Change, Error, Services};
use crate::domain::account::{SIGN_IN_TRIES, Stage};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::secret::{SecretText, Token, recovery_hash};
use crate::store::factor as table;
use crate::store::factor::TotpRecord;
use crate::store::{Write, passkey as passkeys, session as sessions};
use crate::token::{random, totp};

/// Recovery codes of an account.
const RECOVERY_CODES: usize = 10;

/// A TOTP secret that is shown once, to be confirmed by a code.
#[derive(Clone, Debug)]
pub struct OfferedTotp {
    /// In base32.
    pub secret: SecretText,
    /// `otpauth://...` for authenticator apps.
    pub url: SecretText,
}

/// A session that has proven itself: its new token, and recovery codes when they were made now.
#[derive(Clone, Debug)]
pub struct Proven {
    /// The cookie's new value.
    pub token: Token,
    /// Shown once.
    pub recovery_codes: Vec<SecretText>,
}

/// Which factors an account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FactorFacts {
    /// A confirmed authenticator app.
    pub totp: bool,
    /// How many passkeys.
    pub passkeys: usize,
    /// How many recovery codes are left.
    pub recovery_codes: u32,
}

impl Services {
    /// Which factors an account has.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn factors(&self, account: Uuid) -> Result<FactorFacts, Error> {
        let mut connection = self.store.read().await?;
        let totp = table::totp(&mut connection, account).await?;
        Ok(FactorFacts {
            totp: totp.is_some_and(|totp| totp.confirmed_at.is_some()),
            passkeys: passkeys::of_account(&mut connection, account).await?.len(),
            recovery_codes: table::codes_left(&mut connection, account).await?,
        })
    }

    /// Makes a TOTP secret for an account that has no confirmed one. It opens nothing until it is confirmed.
    ///
    /// # Errors
    /// [`Error::FactorExists`] when there is a confirmed one; [`Error::Due`] when the session must prove itself first.
    pub async fn offer_totp(&self, session: &Session) -> Result<OfferedTotp, Error> {
        session.at(&[Stage::Open, Stage::Enrol])?;
        session.proven_of_late()?;
        let secret = random::totp_secret()?;
        let (text, url) = totp::offer(&secret, &session.account.user)?;
        let mut write = self.store.write().await?;
        let sealed = self.sealed_totp(session.account.id, &secret)?;
        if !table::offer_totp(write.connection(), session.account.id, &sealed).await? {
            return Err(Error::FactorExists);
        }
        write.commit_bookkeeping().await?;
        Ok(OfferedTotp { secret: SecretText::new(text), url: SecretText::new(url) })
    }

    /// Confirms a TOTP secret by its first code.
    ///
    /// # Errors
    /// [`Error::FactorRefused`] when the code is not the secret's.
    pub async fn confirm_totp(&self, session: &Session, code: &str, by: &By) -> Result<Proven, Error> {
        session.at(&[Stage::Open, Stage::Enrol])?;
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        if let Some(reason) = self.refused_try(&mut write, session, now).await? {
            return self.refuse(write, session, "totp", reason, by).await;
        }
        let offered = table::totp(write.connection(), session.account.id).await?;
        let offered = offered.filter(|totp| totp.confirmed_at.is_none());
        match self.totp_step(session.account.id, offered, code, now)? {
            None => self.refuse(write, session, "totp", "wrong_code", by).await,
            Some(step) => {
                table::use_step(write.connection(), session.account.id, step).await?;
                table::confirm_totp(write.connection(), session.account.id, now).await?;
                self.added(write, session, "totp", by).await
            }
        }
    }

    /// Gives a second factor's code: of the authenticator app, or one of the recovery codes.
    ///
    /// # Errors
    /// [`Error::FactorRefused`] when it is not accepted. After too many the session ends.
    pub async fn give_code(&self, session: &Session, code: &SecretText, by: &By) -> Result<Proven, Error> {
        session.at(&[Stage::SecondFactor])?;
        let (now, account) = (UtcInstant::now(), session.account.id);
        let mut write = self.store.write().await?;
        if let Some(reason) = self.refused_try(&mut write, session, now).await? {
            return self.refuse(write, session, "code", reason, by).await;
        }
        let digits: String = code.reveal().chars().filter(|c| !c.is_whitespace()).take(64).collect();
        let confirmed = table::totp(write.connection(), account).await?.filter(|totp| totp.confirmed_at.is_some());
        if let Some(step) = self.totp_step(account, confirmed, &digits, now)? {
            return if table::use_step(write.connection(), account, step).await? {
                self.given(write, session, "totp", by).await
            } else {
                self.refuse(write, session, "totp", "code_used_before", by).await
            };
        }
        if table::use_code(write.connection(), account, &recovery_hash(account, code), now).await? {
            return self.given(write, session, "recovery_code", by).await;
        }
        self.refuse(write, session, "code", "wrong_code", by).await
    }

    /// The step of which `code` is the code, if it is one.
    fn totp_step(
        &self,
        account: Uuid,
        totp: Option<TotpRecord>,
        code: &str,
        now: UtcInstant,
    ) -> Result<Option<i64>, Error> {
        let Some(totp) = totp else { return Ok(None) };
        Ok(totp::step(&self.opened_totp(account, &totp.sealed)?, code, now))
    }

    /// New recovery codes; older ones are of no more use.
    ///
    /// # Errors
    /// [`Error::Due`] when the session must prove itself first, [`Error::ProofDue`] when that was too long ago.
    pub async fn new_recovery_codes(&self, session: &Session, by: &By) -> Result<Vec<SecretText>, Error> {
        session.at(&[Stage::Open])?;
        session.proven_of_late()?;
        let mut write = self.store.write().await?;
        let codes = self.replace_codes(&mut write, session.account.id).await?;
        let event = Event::done(UtcInstant::now(), by, Action::RecoveryCodesMade, object(&session.account.user));
        write.commit(&event.with("codes", codes.len())).await?;
        Ok(codes)
    }

    /// Counts a try at a factor; why it is not even looked at, if so.
    pub(super) async fn refused_try(
        &self,
        write: &mut Write,
        session: &Session,
        now: UtcInstant,
    ) -> Result<Option<&'static str>, Error> {
        let tries = self.count_try(write, &session.account.user, now).await?;
        Ok((tries > SIGN_IN_TRIES).then_some("throttled"))
    }

    /// Records that a factor was refused; a session that tried too often ends.
    pub(super) async fn refuse<T>(
        &self,
        mut write: Write,
        session: &Session,
        factor: &'static str,
        reason: &'static str,
        by: &By,
    ) -> Result<T, Error> {
        if reason == "throttled" && session.stage != Stage::Open {
            sessions::remove(write.connection(), session.id).await?;
        }
        let (now, user) = (UtcInstant::now(), &session.account.user);
        let tries = sessions::tries(write.connection(), self.tries_since(now)).await?;
        if reason != "throttled" && tries.get(user) == Some(&SIGN_IN_TRIES) {
            lock(&mut write, user, by, now).await?;
        }
        let event = Event::refused(now, by, Action::FactorRefused, object(user));
        write.commit(&event.with("factor", factor).with("reason", reason)).await?;
        self.tell(Change::Sessions);
        Err(Error::FactorRefused)
    }

    /// Records that a factor was given; the session goes on under a new token.
    pub(super) async fn given(
        &self,
        mut write: Write,
        session: &Session,
        factor: &'static str,
        by: &By,
    ) -> Result<Proven, Error> {
        let token = self.prove(&mut write, session).await?;
        let event = Event::done(UtcInstant::now(), by, Action::FactorGiven, object(&session.account.user));
        write.commit(&event.with("factor", factor).with("session", session.id)).await?;
        Ok(Proven { token, recovery_codes: Vec::new() })
    }

    /// Records that a factor was added, and makes recovery codes with the first one.
    pub(super) async fn added(
        &self,
        mut write: Write,
        session: &Session,
        factor: &'static str,
        by: &By,
    ) -> Result<Proven, Error> {
        let token = self.prove(&mut write, session).await?;
        let mut recovery_codes = Vec::new();
        if table::codes_left(write.connection(), session.account.id).await? == 0 {
            recovery_codes = self.replace_codes(&mut write, session.account.id).await?;
        }
        let event = Event::done(UtcInstant::now(), by, Action::FactorAdded, object(&session.account.user));
        write.commit(&event.with("factor", factor).with("recovery_codes", recovery_codes.len())).await?;
        Ok(Proven { token, recovery_codes })
    }

    async fn prove(&self, write: &mut Write, session: &Session) -> Result<Token, Error> {
        let token = random::token()?;
        sessions::prove(write.connection(), session.id, token.hash(), UtcInstant::now()).await?;
        sessions::forget_tries(write.connection(), &session.account.user).await?;
        Ok(token)
    }

    async fn replace_codes(&self, write: &mut Write, account: Uuid) -> Result<Vec<SecretText>, Error> {
        let codes = (0..RECOVERY_CODES).map(|_| random::recovery_code()).collect::<Result<Vec<_>, _>>()?;
        let hashes: Vec<[u8; 32]> = codes.iter().map(|code| recovery_hash(account, code)).collect();
        table::replace_codes(write.connection(), account, &hashes).await?;
        Ok(codes)
    }
}
