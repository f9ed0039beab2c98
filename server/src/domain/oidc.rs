//! Sign-in by a house's own identity provider (OpenID Connect Core 1.0): what it says of somebody, and whether that is enough.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::instant::UtcInstant;
use super::word::word_enum;

/// How far the provider's clock may be off, in seconds.
const CLOCK_S: i64 = 60;
/// How old what it says may be, in seconds.
const AGE_MOST_S: i64 = 10 * 60;

word_enum! {
    /// Why a sign-in by the provider was refused: for the record.
    OidcRefusal {
        /// The browser that comes back is not the one that left, or comes a second time, or too late.
        State = "state",
        /// The provider itself refused.
        Provider = "provider_refused",
        /// It could not be asked, or answered nonsense.
        Unreachable = "provider_unreachable",
        /// The token is not signed by one of its keys.
        Signature = "signature",
        /// The token is another's, for another, or over.
        Claims = "claims",
        /// The token is the answer to another question.
        Nonce = "nonce",
        /// It does not say that enough was proven.
        NotProven = "acr_or_amr",
        /// It names nobody who has an account here.
        Unknown = "unknown_user",
        /// It names an account that another person of the provider has signed in to.
        AnotherPerson = "another_person",
        /// The account is over.
        Offboarded = "offboarded",
    }
}

/// What the provider says.
#[derive(Clone, Debug, Deserialize)]
pub struct IdToken {
    iss: String,
    sub: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nonce: Option<String>,
    acr: Option<String>,
    #[serde(default)]
    amr: Vec<String>,
    #[serde(flatten)]
    others: Map<String, Value>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Somebody at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The account that they are named as; a provider may give the name to somebody else one day.
    pub user: String,
    /// Issuer and subject, which are nobody else's, ever (OpenID Connect Core, 5.7).
    pub identity: String,
}

/// What the house demands of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demands {
    /// Its issuer.
    pub issuer: String,
    /// Our name there.
    pub client: String,
    /// One of these must be its `acr`, if any are named.
    pub acr: Vec<String>,
    /// All of these must be in its `amr`.
    pub amr: Vec<String>,
    /// The claim that names the account.
    pub user_claim: String,
}

/// What the provider says of somebody when it is asked once more (OpenID Connect Core, 5.3).
#[derive(Clone, Debug, Deserialize)]
pub struct UserInfo {
    sub: String,
    #[serde(flatten)]
    others: Map<String, Value>,
}

impl IdToken {
    /// The same with what the provider says besides; what the token says itself stands.
    ///
    /// # Errors
    /// When that is of somebody else.
    pub fn told_more(mut self, info: UserInfo) -> Result<Self, OidcRefusal> {
        if info.sub != self.sub {
            return Err(OidcRefusal::Claims);
        }
        for (name, value) in info.others {
            self.others.entry(name).or_insert(value);
        }
        Ok(self)
    }
}

impl Demands {
    /// Whether what is demanded is more than a password.
    pub fn second_factor(&self) -> bool {
        !self.acr.is_empty() || !self.amr.is_empty()
    }

    /// Whether a token is for us, now, the answer to our question, and proves enough (OpenID Connect Core, 3.1.3.7).
    ///
    /// # Errors
    /// When it is not.
    pub fn check(&self, token: &IdToken, nonce: &str, now: UtcInstant) -> Result<(), OidcRefusal> {
        let now_s = now.as_ms() / 1_000;
        let for_us = match &token.aud {
            Audience::One(one) => *one == self.client,
            Audience::Many(many) => many.contains(&self.client) && (many.len() == 1 || token.azp.is_some()),
        };
        let by_us = token.azp.as_ref().is_none_or(|azp| *azp == self.client);
        let fresh = token.exp > now_s - CLOCK_S && token.iat < now_s + CLOCK_S && token.iat > now_s - AGE_MOST_S;
        if token.iss != self.issuer || !for_us || !by_us || !fresh {
            return Err(OidcRefusal::Claims);
        }
        if token.nonce.as_deref() != Some(nonce) {
            return Err(OidcRefusal::Nonce);
        }
        let acr = self.acr.is_empty() || token.acr.as_ref().is_some_and(|acr| self.acr.contains(acr));
        if !acr || !self.amr.iter().all(|method| token.amr.contains(method)) {
            return Err(OidcRefusal::NotProven);
        }
        Ok(())
    }

    /// Whether a token does not say who it is: many providers say that only when they are asked once more (5.4).
    pub fn unnamed(&self, token: &IdToken) -> bool {
        self.user_claim != "sub" && !token.others.contains_key(&self.user_claim)
    }

    /// The person that a token names which was looked at with [`Demands::check`].
    ///
    /// # Errors
    /// When it names nobody.
    pub fn person(&self, token: &IdToken) -> Result<Person, OidcRefusal> {
        // An address that nobody has looked at names nobody.
        let unverified = self.user_claim == "email" && token.others.get("email_verified") != Some(&Value::Bool(true));
        let named = match self.user_claim.as_str() {
            "sub" => Some(token.sub.as_str()),
            claim => token.others.get(claim).and_then(Value::as_str).filter(|_| !unverified),
        };
        let person = |user: &str| Person { user: user.to_owned(), identity: format!("{} {}", token.iss, token.sub) };
        named.map(person).ok_or(OidcRefusal::Unknown)
    }
}
