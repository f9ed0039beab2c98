//! Passkeys: added by their owner, given as a second factor, or, where the policy allows it, in the place of a password.

use uuid::Uuid;

use super::account::object;
use super::factor::Proven;
use super::redeem::Guest;
use super::session::{Proof, Session};
use super::{Change, Error, Noun, Services};
use crate::domain::access::{Object, Permission};
use crate::domain::account::Stage;
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::invalid::{self, Invalid};
use crate::domain::passkey::{
    AuthenticatorData, CREDENTIAL_MOST, Ceremony, PASSKEYS_MOST, PasskeyRefusal, RelyingParty, counted_on,
};
use crate::domain::secret::Token;
use crate::store::account::AccountRecord;
use crate::store::passkey as table;
use crate::store::passkey::PasskeyRecord;
use crate::store::{Write, account as accounts};
use crate::token::passkey as signature;

/// Longest name of a passkey.
const NAME_MOST: usize = 64;
/// For what the challenge of a sign-in without a password is.
const SIGN_IN: &str = "passkey sign-in";

/// A key that an authenticator made.
#[derive(Clone, Debug)]
pub struct NewPasskey {
    /// What its owner calls it.
    pub name: String,
    /// What the browser said, JSON as it was.
    pub client_data: Vec<u8>,
    /// What the authenticator said.
    pub authenticator_data: Vec<u8>,
    /// `SubjectPublicKeyInfo`, DER.
    pub public_key: Vec<u8>,
    /// COSE number of its algorithm.
    pub algorithm: i32,
}

/// The proof that an authenticator has a key.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// The authenticator's name for the key.
    pub credential: Vec<u8>,
    /// What the browser said, JSON as it was.
    pub client_data: Vec<u8>,
    /// What the authenticator said.
    pub authenticator_data: Vec<u8>,
    /// Its signature.
    pub signature: Vec<u8>,
}

/// What an authenticator is asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// To be signed.
    pub challenge: Vec<u8>,
    /// The account's keys: those that may answer, or those not to make again.
    pub credentials: Vec<Vec<u8>>,
}

/// A proof that was looked at, of a key that is known.
struct Checked {
    passkey: PasskeyRecord,
    said: AuthenticatorData,
}

fn for_session(what: &str, session: &Session) -> String {
    format!("{what} {}", session.id)
}

impl Services {
    /// What to ask an authenticator that is to make a key for the account.
    ///
    /// # Errors
    /// [`Error::Due`] when the session must prove itself first, [`Error::ProofDue`] when that was too long ago.
    pub async fn ask_for_new_passkey(&self, session: &Session) -> Result<Asked, Error> {
        session.at(&[Stage::Open, Stage::Enrol])?;
        session.proven_of_late()?;
        self.ask(session, "new passkey").await
    }

    /// What to ask an authenticator as a second factor.
    ///
    /// # Errors
    /// [`Error::Due`] when none is due.
    pub async fn ask_for_passkey(&self, session: &Session) -> Result<Asked, Error> {
        session.at(&[Stage::SecondFactor])?;
        self.ask(session, "passkey").await
    }

    async fn ask(&self, session: &Session, what: &str) -> Result<Asked, Error> {
        let challenge = self.challenges()?.give(&for_session(what, session), UtcInstant::now())?;
        let known = table::of_account(&mut *self.store.read().await?, session.account.id).await?;
        Ok(Asked { challenge, credentials: known.into_iter().map(|passkey| passkey.credential).collect() })
    }

    /// What to ask an authenticator of somebody who is not known yet.
    ///
    /// # Errors
    /// When it is not allowed, or there is no randomness.
    pub async fn ask_for_sign_in(&self, guest: &Guest) -> Result<Asked, Error> {
        self.permit(&By::stranger(guest.ip), Permission::SignIn, &Object::House).await?;
        let challenge = self.challenges()?.give(SIGN_IN, UtcInstant::now())?;
        Ok(Asked { challenge, credentials: Vec::new() })
    }

    /// The passkeys of an account.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn passkeys(&self, account: Uuid) -> Result<Vec<PasskeyRecord>, Error> {
        Ok(table::of_account(&mut *self.store.read().await?, account).await?)
    }

    /// Adds a passkey to the account.
    ///
    /// # Errors
    /// [`Error::PasskeyRefused`] when it was not made for this house and session; [`Error::PasskeyExists`] when it is
    /// known already.
    pub async fn add_passkey(
        &self,
        session: &Session,
        party: &RelyingParty,
        new: NewPasskey,
        by: &By,
    ) -> Result<Proven, Error> {
        session.at(&[Stage::Open, Stage::Enrol])?;
        let name = invalid::line("name", &new.name, NAME_MOST)?;
        let now = UtcInstant::now();
        let said = match self.made(session, party, &new, now) {
            Ok(said) => said,
            Err(reason) => return self.refuse_passkey(&object(&session.account.user), reason, by).await,
        };
        let mut write = self.store.write().await?;
        if table::of_account(write.connection(), session.account.id).await?.len() >= PASSKEYS_MOST {
            let reason = format!("the account has {PASSKEYS_MOST} passkeys; remove one first");
            return Err(Invalid::Field { field: "name", reason }.into());
        }
        let record = PasskeyRecord {
            id: Uuid::now_v7(),
            account: session.account.id,
            credential: said.credential.unwrap_or_default(),
            public_key: new.public_key,
            algorithm: new.algorithm,
            counter: said.counter,
            synced: said.synced,
            name,
            created_at: now,
            used_at: None,
        };
        if !table::insert(write.connection(), &record).await? {
            return Err(Error::PasskeyExists);
        }
        self.added(write, session, "passkey", by).await
    }

    /// Whether a key was made for this house, now, by somebody who was there.
    fn made(
        &self,
        session: &Session,
        party: &RelyingParty,
        new: &NewPasskey,
        now: UtcInstant,
    ) -> Result<AuthenticatorData, PasskeyRefusal> {
        let challenge = party.challenge(&new.client_data, Ceremony::Create)?;
        if !self.took(&for_session("new passkey", session), &challenge, now) {
            return Err(PasskeyRefusal::Challenge);
        }
        let said = AuthenticatorData::read(&new.authenticator_data, party)?;
        if said.credential.is_none() {
            return Err(PasskeyRefusal::Malformed);
        }
        signature::check_key(&new.public_key, new.algorithm)?;
        Ok(said)
    }

    /// Removes a passkey of one's own.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the account has none of this id; [`Error::ProofDue`] when its owner must prove themselves
    /// again.
    pub async fn remove_passkey(&self, session: &Session, id: Uuid, by: &By) -> Result<(), Error> {
        session.at(&[Stage::Open])?;
        session.proven_of_late()?;
        let mut write = self.store.write().await?;
        let name = table::remove(write.connection(), session.account.id, id).await?;
        let name = name.ok_or_else(|| Error::not_found(Noun::Passkey, id))?;
        let event = Event::done(UtcInstant::now(), by, Action::FactorRemoved, object(&session.account.user));
        write.commit(&event.with("factor", "passkey").with("name", name)).await?;
        self.tell(Change::Sessions);
        Ok(())
    }

    /// Gives a passkey as the second factor.
    ///
    /// # Errors
    /// [`Error::FactorRefused`] when it is not accepted. After too many the session ends.
    pub async fn give_passkey(
        &self,
        session: &Session,
        party: &RelyingParty,
        given: &Assertion,
        by: &By,
    ) -> Result<Proven, Error> {
        session.at(&[Stage::SecondFactor])?;
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        if let Some(reason) = self.refused_try(&mut write, session, now).await? {
            return self.refuse(write, session, "passkey", reason, by).await;
        }
        let checked = self.check(&mut write, party, given, &for_session("passkey", session), now).await?;
        match checked.and_then(|checked| owned(checked, session.account.id)) {
            Err(reason) => self.refuse(write, session, "passkey", reason.as_str(), by).await,
            Ok(Checked { passkey, said }) => {
                table::used(write.connection(), passkey.id, said.counter, said.synced, now).await?;
                self.given(write, session, "passkey", by).await
            }
        }
    }

    /// Signs in with a passkey alone, whose authenticator asked who it was: two factors in one.
    ///
    /// # Errors
    /// [`Error::PasskeyRefused`] alike for every reason; [`Error::TooManyTries`] for an address with too many.
    pub async fn sign_in_by_passkey(
        &self,
        party: &RelyingParty,
        given: &Assertion,
        guest: &Guest,
    ) -> Result<(Token, Session), Error> {
        let by = By::stranger(guest.ip);
        self.permit(&by, Permission::SignIn, &Object::House).await?;
        self.pass_gate(&by, guest.ip).await?;
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        let checked = self.check(&mut write, party, given, SIGN_IN, now).await?;
        match self.opens(&mut write, checked, now).await? {
            Ok((account, Checked { passkey, said })) => {
                table::used(write.connection(), passkey.id, said.counter, said.synced, now).await?;
                let proof = Proof { by: "passkey", second_factor: true, federated: false };
                self.open_session(write, account, guest, proof).await
            }
            Err(reason) => {
                drop(write);
                self.refuse_passkey("account:any", reason, &by).await
            }
        }
    }

    /// Whose session a proof opens without a password.
    async fn opens(
        &self,
        write: &mut Write,
        checked: Result<Checked, PasskeyRefusal>,
        now: UtcInstant,
    ) -> Result<Result<(AccountRecord, Checked), PasskeyRefusal>, Error> {
        let checked = match checked {
            Ok(checked) => checked,
            Err(reason) => return Ok(Err(reason)),
        };
        let found = accounts::by_id(write.connection(), checked.passkey.account).await?;
        Ok(match found {
            _ if !self.policy.passwordless => Err(PasskeyRefusal::NotAllowed),
            _ if !checked.said.verified => Err(PasskeyRefusal::NotVerified),
            None => Err(PasskeyRefusal::Unknown),
            Some(found) if found.ends_at.is_some_and(|ends_at| now >= ends_at) => Err(PasskeyRefusal::Offboarded),
            Some(found) => Ok((found, checked)),
        })
    }

    /// Looks at a proof. The challenge is used up whatever comes of it.
    async fn check(
        &self,
        write: &mut Write,
        party: &RelyingParty,
        given: &Assertion,
        purpose: &str,
        now: UtcInstant,
    ) -> Result<Result<Checked, PasskeyRefusal>, Error> {
        let Assertion { credential, client_data, authenticator_data, signature } = given;
        let known = match credential.len() {
            1..=CREDENTIAL_MOST => table::by_credential(write.connection(), credential).await?,
            _ => None,
        };
        let check = || {
            let challenge = party.challenge(client_data, Ceremony::Get)?;
            if !self.took(purpose, &challenge, now) {
                return Err(PasskeyRefusal::Challenge);
            }
            let said = AuthenticatorData::read(authenticator_data, party)?;
            let passkey = known.ok_or(PasskeyRefusal::Unknown)?;
            signature::verify(&passkey.public_key, passkey.algorithm, authenticator_data, client_data, signature)?;
            if !counted_on(passkey.counter, said.counter) {
                return Err(PasskeyRefusal::Counter);
            }
            Ok(Checked { passkey, said })
        };
        Ok(check())
    }

    fn took(&self, purpose: &str, challenge: &[u8], now: UtcInstant) -> bool {
        self.challenges().is_ok_and(|challenges| challenges.take(purpose, challenge, now))
    }

    async fn refuse_passkey<T>(&self, object: &str, reason: PasskeyRefusal, by: &By) -> Result<T, Error> {
        let event = Event::refused(UtcInstant::now(), by, Action::FactorRefused, object);
        self.record(&event.with("factor", "passkey").with("reason", reason)).await?;
        Err(Error::PasskeyRefused)
    }
}

fn owned(checked: Checked, account: Uuid) -> Result<Checked, PasskeyRefusal> {
    if checked.passkey.account == account { Ok(checked) } else { Err(PasskeyRefusal::Unknown) }
}
