//! Sessions: signing in, what a session may be used for, signing out, ending those of others.

use std::net::IpAddr;

use uuid::Uuid;

use super::account::object;
use super::gate::Passage;
use super::redeem::Guest;
use super::{Change, Error, Noun, Services};
use crate::domain::access::{Object, Permission, authorize};
use crate::domain::account::{self, AccountActor, PROOF_FRESH, SESSION_LONGEST, SIGN_IN_MEMORY, SIGN_IN_TRIES, Stage};
use crate::domain::audit::{Action, Actor, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::notification::{Notification, Occasion};
use crate::domain::secret::{SecretText, Token, TokenHash};
use crate::domain::viewer;
use crate::store::account::AccountRecord;
use crate::store::session as table;
use crate::store::session::{NewSession, SessionRecord};
use crate::store::{Write, account as accounts, project};
use crate::token::random;

/// Requests within this time of the last noted one are not noted.
const TOUCH_EVERY_MS: i64 = 10_000;

/// A session that stands.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub account: AccountRecord,
    /// The account as an actor.
    pub actor: AccountActor,
    /// What it may be used for.
    pub stage: Stage,
    /// When its owner last gave a proof: the password, or a second factor.
    proven_at: UtcInstant,
    used_at: UtcInstant,
}

impl Session {
    /// The account, at an address.
    pub fn by(&self, network: IpAddr) -> By {
        By { actor: Actor::Account(self.actor.clone()), network: Some(network) }
    }

    /// Goes on only if its owner gave a proof within [`PROOF_FRESH`]: for what changes how they sign in. Whoever is due their
    /// first factor has just given their password.
    ///
    /// # Errors
    /// [`Error::ProofDue`] when it is longer ago.
    pub fn proven_of_late(&self) -> Result<(), Error> {
        let fresh = self.stage != Stage::Open || UtcInstant::now() < self.proven_at.plus(PROOF_FRESH);
        if fresh { Ok(()) } else { Err(Error::ProofDue) }
    }

    /// Goes on only at one of these stages.
    ///
    /// # Errors
    /// [`Error::Due`] at any other.
    pub fn at(&self, stages: &[Stage]) -> Result<(), Error> {
        if stages.contains(&self.stage) { Ok(()) } else { Err(Error::Due(self.stage)) }
    }
}

/// What a session is opened by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Proof {
    /// For the record.
    pub by: &'static str,
    /// Whether it stands for the second factor too.
    pub second_factor: bool,
    /// Whether the house's identity provider vouches for it.
    pub federated: bool,
}

impl Proof {
    const PASSWORD: Self = Self { by: "password", second_factor: false, federated: false };
}

/// Records, and tells, that an account took its last wrong try.
pub(super) async fn lock(write: &mut Write, user: &str, by: &By, now: UtcInstant) -> Result<(), Error> {
    let network = by.network.map(|address| address.to_canonical().to_string());
    let told = Notification::new(now, Occasion::AccountLocked).with("user", user);
    write.notify(&Notification { network, ..told }).await?;
    write.record(&Event::done(now, by, Action::AccountLocked, object(user)));
    Ok(())
}

impl Services {
    /// Signs in with a password: the session's token and the session, which may still be due a second factor. The try
    /// is counted before the password is looked at, and one Argon2id run is made whatever is wrong.
    ///
    /// # Errors
    /// [`Error::SignInRefused`] alike for every reason; [`Error::TooManyTries`] for an address with too many;
    /// [`Error::Busy`] when too many are being checked.
    pub async fn sign_in(&self, user: &str, password: &SecretText, guest: &Guest) -> Result<(Token, Session), Error> {
        let by = By::stranger(guest.ip);
        self.permit(&by, Permission::SignIn, &Object::House).await?;
        self.pass_gate(&by, guest.ip).await?;
        let user = account::user(user).unwrap_or_default();
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        let tries = self.count_try(&mut write, &user, now).await?;
        let found = accounts::by_user(write.connection(), &user).await?;
        write.commit_bookkeeping().await?;

        let throttled = tries > SIGN_IN_TRIES;
        let ended = found.as_ref().is_some_and(|found| found.ends_at.is_some_and(|ends_at| now >= ends_at));
        let reason = match &found {
            _ if throttled => "throttled",
            None => "unknown_user",
            Some(_) if ended => "offboarded",
            Some(_) => "wrong_password",
        };
        let known = found.filter(|_| !throttled && !ended);
        let right = self.hasher.verify(password, known.as_ref().map(|found| found.password_hash.as_str())).await?;
        if let Some(found) = known.filter(|_| right) {
            return self.open_session(self.store.write().await?, found, guest, Proof::PASSWORD).await;
        }
        let event = Event::refused(now, &by, Action::SignInRefused, object(&user)).with("reason", reason);
        let mut write = self.store.write().await?;
        if reason == "wrong_password" && tries == SIGN_IN_TRIES {
            lock(&mut write, &user, &by, now).await?;
        }
        write.commit(&event).await?;
        Err(Error::SignInRefused)
    }

    /// From when on wrong tries still count.
    pub(super) fn tries_since(&self, now: UtcInstant) -> UtcInstant {
        if self.policy.lock_until_unlocked { UtcInstant::from_ms(0) } else { now.minus(SIGN_IN_MEMORY) }
    }

    pub(super) async fn pass_gate(&self, by: &By, ip: IpAddr) -> Result<(), Error> {
        let left = match self.gate.pass(ip) {
            Passage::Open => return Ok(()),
            Passage::Closing(left) => {
                let event = Event::refused(UtcInstant::now(), by, Action::SignInRefused, "account:any");
                let mut write = self.store.write().await?;
                let told = Notification::new(event.at, Occasion::AddressRefused);
                write.notify(&Notification { network: Some(ip.to_canonical().to_string()), ..told }).await?;
                write.commit(&event.with("reason", "address_throttled").with("for_s", left.as_secs())).await?;
                left
            }
            Passage::Closed(left) => left,
        };
        Err(Error::TooManyTries { retry_after_s: u32::try_from(left.as_secs()).unwrap_or(u32::MAX).max(1) })
    }

    /// Counts a try of a name: at a password, or at a code.
    pub(super) async fn count_try(&self, write: &mut Write, user: &str, now: UtcInstant) -> Result<u32, Error> {
        let forget = now.minus(SIGN_IN_MEMORY);
        let since = self.tries_since(now);
        Ok(table::count_try(write.connection(), user, now, since, forget).await?)
    }

    /// Opens a session for whoever gave a proof.
    pub(super) async fn open_session(
        &self,
        mut write: Write,
        found: AccountRecord,
        guest: &Guest,
        proof: Proof,
    ) -> Result<(Token, Session), Error> {
        let (token, id, now) = (random::token()?, Uuid::now_v7(), UtcInstant::now());
        let new = NewSession {
            id,
            token: token.hash(),
            account: found.id,
            ip: &guest.ip.to_canonical().to_string(),
            browser: &viewer::browser(&guest.user_agent),
            now,
            proven_at: proof.second_factor.then_some(now),
            federated: proof.second_factor && proof.federated,
        };
        table::insert(write.connection(), &new, now.minus(SESSION_LONGEST)).await?;
        let session = self.stands(write.connection(), token.hash(), now).await?;
        // Whoever knows only the password must not be able to forget wrong codes.
        if session.stage != Stage::SecondFactor {
            table::forget_tries(write.connection(), &found.user).await?;
        }
        let event = Event::done(now, &session.by(guest.ip), Action::SignedIn, object(&found.user));
        let event = event.with("session", id).with("stage", session.stage).with("by", proof.by);
        write.commit(&event).await?;
        Ok((token, session))
    }

    /// The session of a token at `now`, if it stands.
    async fn stands(
        &self,
        connection: &mut sqlx::SqliteConnection,
        token: TokenHash,
        now: UtcInstant,
    ) -> Result<Session, Error> {
        let found = table::by_token(&mut *connection, token).await?.ok_or(Error::NotSignedIn)?;
        self.stands_as(connection, found, now).await
    }

    /// A session that was found, if it stands at `now`.
    pub(super) async fn stands_as(
        &self,
        connection: &mut sqlx::SqliteConnection,
        found: SessionRecord,
        now: UtcInstant,
    ) -> Result<Session, Error> {
        let stage = found.facts.stage(&self.policy, now).ok_or(Error::NotSignedIn)?;
        let actor = AccountActor {
            id: found.account.id,
            user: found.account.user.clone(),
            role: found.account.role,
            projects: project::of_account(connection, found.account.id).await?,
            second_factor: found.facts.proven_at.is_some(),
        };
        let proven_at = found.facts.proven_at.unwrap_or(found.facts.created_at).max(found.facts.created_at);
        Ok(Session { id: found.id, account: found.account, actor, stage, proven_at, used_at: found.facts.used_at })
    }

    /// The session of a token, if it stands. Where somebody is behind the request its use is noted: what a page asks by itself
    /// is no use.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`] when it does not.
    pub async fn session(&self, token: TokenHash, attended: bool) -> Result<Session, Error> {
        let now = UtcInstant::now();
        let session = self.stands(&mut *self.store.read().await?, token, now).await?;
        if attended && now.as_ms() - session.used_at.as_ms() > TOUCH_EVERY_MS {
            let mut write = self.store.write().await?;
            table::touch(write.connection(), session.id, now).await?;
            write.commit_bookkeeping().await?;
        }
        Ok(session)
    }

    /// Whether a session is open and may (still) do this, without prolonging it.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`] when it is not, [`Error::Forbidden`] when it may not.
    pub async fn still_permitted(
        &self,
        token: TokenHash,
        permission: Permission,
        object: &Object,
    ) -> Result<(), Error> {
        let session = self.stands(&mut *self.store.read().await?, token, UtcInstant::now()).await?;
        session.at(&[Stage::Open])?;
        authorize(&Actor::Account(session.actor), permission, object).map_err(|_| Error::Forbidden)
    }

    /// Signs out.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_out(&self, session: &Session, by: &By) -> Result<(), Error> {
        let mut write = self.store.write().await?;
        if table::remove(write.connection(), session.id).await? {
            let event = Event::done(UtcInstant::now(), by, Action::SignedOut, object(&session.account.user));
            write.commit(&event.with("session", session.id)).await?;
            self.tell(Change::Sessions);
        }
        Ok(())
    }

    /// The sessions that stand and that somebody may end: their own, or all.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sessions(&self, by: &By) -> Result<Vec<(SessionRecord, Stage)>, Error> {
        let now = UtcInstant::now();
        let all = table::list(&mut *self.store.read().await?).await?.into_iter();
        let seen = all.filter(|session| {
            authorize(&by.actor, Permission::SessionEnd, &Object::Account(session.account.id)).is_ok()
        });
        Ok(seen.filter_map(|session| session.facts.stage(&self.policy, now).map(|stage| (session, stage))).collect())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such session.
    pub async fn end_session(&self, id: Uuid, by: &By) -> Result<(), Error> {
        let missing = || Error::not_found(Noun::Session, id);
        let found = table::by_id(&mut *self.store.read().await?, id).await?.ok_or_else(missing)?;
        self.permit(by, Permission::SessionEnd, &Object::Account(found.account.id)).await?;
        let mut write = self.store.write().await?;
        if !table::remove(write.connection(), id).await? {
            return Err(missing());
        }
        let event = Event::done(UtcInstant::now(), by, Action::SessionEnded, object(&found.account.user));
        write.commit(&event.with("session", id)).await?;
        self.tell(Change::Sessions);
        Ok(())
    }

    /// Changes one's own password, for whoever gives the old one; all own sessions end, this one too.
    ///
    /// # Errors
    /// [`Error::SignInRefused`] when the old one is wrong; or the new one breaks a rule.
    pub async fn change_password(
        &self,
        session: &Session,
        old: &SecretText,
        new: &SecretText,
        by: &By,
    ) -> Result<(), Error> {
        session.at(&[Stage::Open, Stage::NewPassword])?;
        self.policy.check_password(&session.account.user, new)?;
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        let tries = self.count_try(&mut write, &session.account.user, now).await?;
        write.commit_bookkeeping().await?;
        let hash = Some(session.account.password_hash.as_str()).filter(|_| tries <= SIGN_IN_TRIES);
        if !self.hasher.verify(old, hash).await? {
            let event = Event::refused(now, by, Action::AccountPassword, object(&session.account.user));
            self.record(&event.with("reason", "wrong_password")).await?;
            return Err(Error::SignInRefused);
        }
        self.set_password(session.account.id, new, by).await
    }
}
