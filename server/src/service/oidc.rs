//! Sign-in by the house's own identity provider.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::redeem::Guest;
use super::session::{Proof, Session};
use super::{Error, Services};
use crate::domain::access::{Object, Permission};
use crate::domain::account;
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::oidc::{OidcRefusal, Person};
use crate::domain::secret::{SecretText, Token};
use crate::oidc::{Journey, Provider};
use crate::store::account::AccountRecord;
use crate::store::{Write, account as accounts};
use crate::token::random;

/// Something of a journey, by the cookie of the browser that makes it.
fn derived(cookie: &Token, what: &str) -> String {
    let hash = Sha256::new().chain_update(what).chain_update(b":").chain_update(cookie.reveal().as_bytes());
    URL_SAFE_NO_PAD.encode(hash.finalize())
}

fn journey(cookie: &Token, state: String) -> Journey {
    Journey { state, nonce: derived(cookie, "nonce"), verifier: SecretText::new(derived(cookie, "verifier")) }
}

/// For what the state of a journey is a challenge.
fn purpose(cookie: &Token) -> String {
    format!("oidc {}", derived(cookie, "state"))
}

/// The account of a person, which is theirs from their first sign-in on: whoever the provider gives their name to later is
/// somebody else.
async fn account_of(
    write: &mut Write,
    person: &Person,
    now: UtcInstant,
) -> Result<Result<AccountRecord, OidcRefusal>, Error> {
    let found = match account::user(&person.user) {
        Ok(user) => accounts::by_user(write.connection(), &user).await?,
        Err(_) => None,
    };
    let Some(found) = found else { return Ok(Err(OidcRefusal::Unknown)) };
    if found.ends_at.is_some_and(|ends_at| now >= ends_at) {
        return Ok(Err(OidcRefusal::Offboarded));
    }
    let own = accounts::take_identity(write.connection(), found.id, &person.identity).await?;
    Ok(if own { Ok(found) } else { Err(OidcRefusal::AnotherPerson) })
}

impl Services {
    /// These services with the house's identity provider.
    #[must_use]
    pub fn with_provider(self, provider: Option<Provider>) -> Self {
        Self { provider: provider.map(Arc::new), ..self }
    }

    /// What the provider is called, if there is one.
    pub fn provider_name(&self) -> Option<&str> {
        self.provider.as_ref().map(|provider| provider.name.as_str())
    }

    /// Where to send a browser that wants to sign in, and the cookie by which it is known when it comes back.
    ///
    /// # Errors
    /// When there is no provider, or it cannot be reached.
    pub async fn start_oidc(&self, back: &str, guest: &Guest) -> Result<(String, Token), Error> {
        self.permit(&By::stranger(guest.ip), Permission::SignIn, &Object::House).await?;
        let provider = self.provider.as_ref().ok_or(Error::NoProvider)?;
        let cookie = random::token()?;
        let state = URL_SAFE_NO_PAD.encode(self.challenges()?.give(&purpose(&cookie), UtcInstant::now())?);
        let door = provider.door(&journey(&cookie, state), back).await.map_err(|_| Error::ProviderUnreachable)?;
        Ok((door, cookie))
    }

    /// Signs in whom the provider names. What it must prove is configured; with that it stands for the second factor too.
    ///
    /// # Errors
    /// [`Error::OidcRefused`] alike for every reason; [`Error::TooManyTries`] for an address with too many.
    pub async fn finish_oidc(
        &self,
        cookie: Option<&Token>,
        state: &str,
        code: Option<&str>,
        back: &str,
        guest: &Guest,
    ) -> Result<(Token, Session), Error> {
        let provider = self.provider.as_ref().ok_or(Error::NoProvider)?;
        let by = By::stranger(guest.ip);
        self.permit(&by, Permission::SignIn, &Object::House).await?;
        self.pass_gate(&by, guest.ip).await?;
        let now = UtcInstant::now();
        let named = match (cookie.filter(|cookie| self.left_so(cookie, state, now)), code) {
            (None, _) => Err(OidcRefusal::State),
            (Some(_), None) => Err(OidcRefusal::Provider),
            (Some(cookie), Some(code)) => provider.person(code, &journey(cookie, state.to_owned()), back, now).await,
        };
        let mut write = self.store.write().await?;
        let refusal = match named {
            Err(refusal) => refusal,
            Ok(person) => match account_of(&mut write, &person, now).await? {
                Err(refusal) => refusal,
                Ok(found) => {
                    let second_factor = provider.demands.second_factor();
                    let proof = Proof { by: "oidc", second_factor, federated: true };
                    return self.open_session(write, found, guest, proof).await;
                }
            },
        };
        let event = Event::refused(now, &by, Action::SignInRefused, "account:any");
        write.commit(&event.with("by", "oidc").with("reason", refusal)).await?;
        Err(Error::OidcRefused)
    }

    fn left_so(&self, cookie: &Token, state: &str, now: UtcInstant) -> bool {
        let state = URL_SAFE_NO_PAD.decode(state).unwrap_or_default();
        self.challenges().is_ok_and(|challenges| challenges.take(&purpose(cookie), &state, now))
    }
}
