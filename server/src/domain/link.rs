//! A link: one person's invitation to one review.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::instant::UtcInstant;
use super::invalid::Invalid;
use super::network::{Networks, Origins};
use super::policy::Door;
use super::review::{ReviewState, ReviewWindow};
use super::secret::{SecretText, Token, TokenHash, readable_groups};
use super::word::word_enum;

/// Longest time a link may live.
pub const LONGEST_LIFE: Duration = Duration::from_secs(7 * 24 * 3600);
/// Wrong passphrases after which a link is locked.
pub const TRIES: u32 = 5;
/// Most uses a link may be given.
pub const USES_MOST: u32 = 1_000;
/// How long a code that was sent is good for.
pub const CODE_LIFE: Duration = Duration::from_secs(10 * 60);
/// Wrong tries after which a code is of no more use.
pub const CODE_TRIES: u32 = 5;
/// Codes that are sent for one link within an hour.
pub const CODES_AN_HOUR: u32 = 5;
/// A viewer seen within this time still holds the link's one place.
pub const IDLE_AFTER: Duration = Duration::from_secs(20);

word_enum! {
    /// Where a link stands.
    LinkState {
        /// It can be redeemed.
        Open = "open",
        /// Somebody watches through it.
        InUse = "in_use",
        /// Its time is over.
        Expired = "expired",
        /// A person took it back.
        Revoked = "revoked",
        /// Too many wrong passphrases.
        Locked = "locked",
        /// It was redeemed as often as it may be.
        Spent = "spent",
    }
}

word_enum! {
    /// What happens when a link is redeemed while somebody watches through it elsewhere.
    SecondDevice {
        /// It is refused.
        Refused = "refused",
        /// It waits to be let in; the one who watched until then gives way.
        Asks = "asks",
    }
}

word_enum! {
    /// Why a link was not redeemed: for the record, never for the one who tried.
    LinkRefusal {
        /// No link has this secret.
        UnknownLink = "unknown_link",
        /// The passphrase is not the link's.
        WrongPassphrase = "wrong_passphrase",
        /// Too many wrong tries before this one.
        Locked = "locked",
        /// The link's time is over.
        Expired = "expired",
        /// The link was taken back.
        Revoked = "revoked",
        /// Somebody watches through it already.
        InUse = "in_use",
        /// It was redeemed as often as it may be.
        Spent = "spent",
        /// Not from this network.
        Network = "network",
        /// The review has not begun.
        NotYet = "not_yet",
        /// The review is over.
        Over = "over",
        /// The request came from a foreign page.
        ForeignOrigin = "foreign_origin",
        /// The code is not the one that was sent, or is over, used, or tried too often.
        WrongCode = "wrong_code",
        /// Too many codes were sent already.
        CodesSent = "codes_sent",
        /// The code could not be sent.
        CodeNotSent = "code_not_sent",
        /// Its address tried too many links that there are not; those after it are not recorded for a while.
        AddressThrottled = "address_throttled",
    }
}

/// The facts that decide what may be done with a link.
#[derive(Clone, Copy, Debug)]
pub struct LinkFacts {
    /// First instant at which it no longer opens.
    pub expires_at: UtcInstant,
    /// When it was taken back.
    pub revoked_at: Option<UtcInstant>,
    /// Wrong passphrases given so far.
    pub tries_used: u32,
    /// Whether a viewer of it is active.
    pub in_use: bool,
    /// How often it was redeemed; coming in again in the same browser is the same use.
    pub uses: u32,
    /// How often it may be.
    pub uses_limit: Option<u32>,
}

impl LinkFacts {
    /// Where the link stands at `now`.
    pub fn state(&self, now: UtcInstant) -> LinkState {
        if self.revoked_at.is_some() {
            LinkState::Revoked
        } else if now >= self.expires_at {
            LinkState::Expired
        } else if self.in_use {
            LinkState::InUse
        } else if self.tries_used >= TRIES {
            LinkState::Locked
        } else if self.uses_limit.is_some_and(|limit| self.uses >= limit) {
            LinkState::Spent
        } else {
            LinkState::Open
        }
    }

    /// Whether the link may be looked at (inspected) at `now`.
    ///
    /// # Errors
    /// With the reason, for the record.
    pub fn may_inspect(&self, window: &ReviewWindow, now: UtcInstant) -> Result<(), LinkRefusal> {
        match self.state(now) {
            LinkState::Revoked => return Err(LinkRefusal::Revoked),
            LinkState::Expired => return Err(LinkRefusal::Expired),
            LinkState::Locked => return Err(LinkRefusal::Locked),
            LinkState::Open | LinkState::InUse | LinkState::Spent => {}
        }
        match window.state(now) {
            ReviewState::Planned => Err(LinkRefusal::NotYet),
            ReviewState::Ended => Err(LinkRefusal::Over),
            ReviewState::Live => Ok(()),
        }
    }

    /// Whether the link may be redeemed at `now`, its passphrase aside.
    ///
    /// # Errors
    /// With the reason, for the record.
    pub fn may_redeem(&self, window: &ReviewWindow, now: UtcInstant) -> Result<(), LinkRefusal> {
        self.may_inspect(window, now)?;
        match self.state(now) {
            LinkState::InUse => Err(LinkRefusal::InUse),
            LinkState::Spent => Err(LinkRefusal::Spent),
            _ => Ok(()),
        }
    }
}

/// What a link's maker asks of it.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// Whom it is for.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// When it expires; else at the review's end.
    pub expires_at: Option<UtcInstant>,
    /// From where it opens.
    pub networks: Networks,
    /// How often it may be redeemed.
    pub uses_limit: Option<u32>,
    /// Whether somebody of the house lets each person in.
    pub waiting_room: bool,
    /// What happens to a second device.
    pub second_device: SecondDevice,
    /// Whether a code is sent to their address, and asked for, after the passphrase.
    pub email_code: bool,
}

impl Invitation {
    /// An invitation with no other demands than every link has.
    pub fn to(name: impl Into<String>, email: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            email: email.into(),
            expires_at: None,
            networks: Networks::default(),
            uses_limit: None,
            waiting_room: false,
            second_device: SecondDevice::Refused,
            email_code: false,
        }
    }
}

/// How often a link may be redeemed.
///
/// # Errors
/// When that is never, or more than [`USES_MOST`] times.
pub fn uses_limit(asked: Option<u32>) -> Result<Option<u32>, Invalid> {
    match asked {
        Some(uses) if uses == 0 || uses > USES_MOST => Err(Invalid::Field {
            field: "uses_limit",
            reason: format!("a link cannot be opened {uses} times; expected 1 to {USES_MOST}"),
        }),
        other => Ok(other),
    }
}

/// What stands between a link and the room: its own demands, and never less than the house's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkDoor {
    /// From where it opens.
    pub origins: Origins,
    /// Whether somebody of the house lets each person in.
    pub waiting_room: bool,
    /// What happens to a second device.
    pub second_device: SecondDevice,
    /// Whether a code is sent to the invited address, and asked for, after the passphrase.
    pub email_code: bool,
}

impl LinkDoor {
    /// This door under the house's demands.
    #[must_use]
    pub fn under(self, house: &Door) -> Self {
        let second_device = if house.second_refused { SecondDevice::Refused } else { self.second_device };
        Self { waiting_room: self.waiting_room || house.waiting_room, second_device, ..self }
    }
}

/// When a new link expires: as asked, or at the review's end, never later than `life` (at most 7 days) from now.
///
/// # Errors
/// When a longer life, or a time in the past, was asked for.
pub fn expiry(
    asked: Option<UtcInstant>,
    review_ends_at: UtcInstant,
    life: Duration,
    now: UtcInstant,
) -> Result<UtcInstant, Invalid> {
    let life = life.min(LONGEST_LIFE);
    let latest = now.plus(life);
    match asked {
        Some(expires_at) if expires_at > latest => {
            Err(Invalid::ExpiryTooLate { expires_at, latest, days: life.as_secs() / 86_400 })
        }
        Some(expires_at) if expires_at <= now => Err(Invalid::ExpiryPassed { expires_at }),
        Some(expires_at) => Ok(expires_at),
        None => Ok(review_ends_at.min(latest)),
    }
}

/// A passphrase of four groups of four readable characters (79 bits) from random bytes.
pub fn passphrase(random: &[u8]) -> Option<SecretText> {
    readable_groups(random, &[4, 4, 4, 4]).map(|text| SecretText::new(text.to_lowercase()))
}

/// A code of eight digits from random bytes; `None` when there were too few that do not bias it.
pub fn code(random: &[u8]) -> Option<SecretText> {
    let digits = random.iter().filter(|byte| **byte < 250).map(|byte| char::from(b'0' + byte % 10)).take(8);
    let text: String = digits.collect();
    (text.len() == 8).then(|| SecretText::new(text))
}

/// What is kept of a code: SHA-256 of it with the ticket that only the browser has.
pub fn code_hash(ticket: &Token, code: &SecretText) -> [u8; 32] {
    let digits = code.reveal().chars().filter(char::is_ascii_digit).take(16).collect::<String>();
    Sha256::new().chain_update(ticket.reveal().as_bytes()).chain_update(b":").chain_update(digits).finalize().into()
}

/// An address as it is shown to whoever has not proven that it is theirs: `a***@example.org`.
pub fn masked(email: &str) -> String {
    let (name, domain) = email.split_once('@').unwrap_or((email, ""));
    format!("{}***@{domain}", name.chars().next().unwrap_or('*'))
}

/// What is kept of a passphrase: SHA-256 of it under its link's secret. Case, spaces and hyphens do not matter when it is
/// read from paper or a phone.
///
/// No slow hash: secret (256 bits) and passphrase (79) are both drawn at random and neither is kept, which is far beyond the
/// 112 bits from which on NIST SP 800-63B (5.1.2.2 of revision 3) asks for no more than an approved hash. So a flood of tries costs next to nothing.
pub fn passphrase_hash(secret: &Token, passphrase: &SecretText) -> TokenHash {
    let kept = passphrase.reveal().chars().filter(|c| !c.is_whitespace() && *c != '-');
    let kept = SecretText::new(kept.flat_map(char::to_lowercase).take(256).collect::<String>());
    secret.hash_with(b"passphrase", kept.reveal().as_bytes())
}
