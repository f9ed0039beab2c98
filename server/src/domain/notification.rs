//! Notifications: what the house is told of, in which words, and how long it is tried.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::instant::UtcInstant;
use super::word::word_enum;

/// How long a notification is tried at a target.
pub const TRIED_FOR: Duration = Duration::from_secs(48 * 3_600);
/// How often one is tried that the target itself refuses for good, so that it does not hold up those behind it.
pub const REFUSED_TRIES: u32 = 3;
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);

word_enum! {
    /// What somebody is told of.
    Occasion {
        /// A link was redeemed for the first time.
        LinkFirstUsed = "link.first_used",
        /// A link took its last wrong try.
        LinkLocked = "link.locked",
        /// A link was refused from a network it was not refused from before.
        LinkNetworkRefused = "link.network_refused",
        /// A link's passphrase was given from one place while somebody watched from another.
        LinkTwoPlaces = "link.two_places",
        /// A person's passphrase was given from one place while they watched through another link from another.
        PersonTwoPlaces = "person.two_places",
        /// A viewer goes on from another place than they came in from.
        ViewerMoved = "viewer.moved",
        /// An address gave wrong passphrases for many links.
        AddressManyFailures = "address.many_failures",
        /// Wrong passphrases were given for many links of a review.
        ReviewManyFailures = "review.many_failures",
        /// Links of a review are over.
        LinkExpired = "link.expired",
        /// An account took its last wrong try.
        AccountLocked = "account.locked",
        /// An address made too many tries to sign in.
        AddressRefused = "address.refused",
        /// No certificate was got, several times in a row.
        CertificateFailed = "certificate.failed",
        /// The head of the record was signed; sent by itself, not through the outbox.
        Checkpoint = "audit.checkpoint",
        /// Somebody asked whether notifications arrive.
        Test = "test",
    }
}

word_enum! {
    /// What became of a notification at a target.
    DeliveryState {
        /// It is tried again.
        Waiting = "waiting",
        /// The target took it.
        Delivered = "delivered",
        /// It is not tried any more.
        GivenUp = "given_up",
    }
}

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// When it happened.
    pub at: UtcInstant,
    /// What happened.
    pub occasion: Occasion,
    /// The only target it is for; `None` for all.
    pub target: Option<String>,
    /// The review it is about.
    pub review: Option<Uuid>,
    /// The link it is about.
    pub link: Option<Uuid>,
    /// The address, or the network, it came from.
    pub network: Option<String>,
    /// More facts, by name: `review` (its title), `name`, `email`, `user`, `links`. Never a secret.
    pub facts: BTreeMap<String, String>,
}

impl Notification {
    /// Something that happened, without facts.
    pub fn new(at: UtcInstant, occasion: Occasion) -> Self {
        Self { at, occasion, target: None, review: None, link: None, network: None, facts: BTreeMap::new() }
    }

    /// The same with one more fact.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.facts.insert(name.to_owned(), value.to_string());
        self
    }

    fn fact(&self, name: &str) -> &str {
        self.facts.get(name).map_or("?", String::as_str)
    }

    /// One line that says it.
    pub fn subject(&self) -> String {
        let (name, review) = (self.fact("name"), self.fact("review"));
        match self.occasion {
            Occasion::LinkFirstUsed => format!("{name} opened the link to {review} for the first time"),
            Occasion::LinkLocked => format!("The link of {name} to {review} is locked: too many wrong passphrases"),
            Occasion::LinkNetworkRefused => {
                format!("The link of {name} to {review} was refused from a network that is not allowed")
            }
            Occasion::LinkTwoPlaces => format!("The link of {name} to {review} was opened from two places at once"),
            Occasion::PersonTwoPlaces => format!("{name} watches {review} and something else from two places at once"),
            Occasion::ViewerMoved => format!("{name} goes on watching {review} from another place"),
            Occasion::AddressManyFailures => {
                format!("An address gave {} wrong passphrases for links", self.fact("tries"))
            }
            Occasion::ReviewManyFailures => {
                let (tries, links) = (self.fact("tries"), self.fact("links"));
                format!("{tries} wrong passphrases were given for {links} links to {review}")
            }
            Occasion::LinkExpired => format!("Links to {review} have expired: {}", self.fact("links")),
            Occasion::AccountLocked => format!("Account {} took too many wrong tries", self.fact("user")),
            Occasion::AddressRefused => "An address made too many tries to sign in".to_owned(),
            Occasion::CertificateFailed => {
                format!("No certificate for {} could be got, {} times", self.fact("names"), self.fact("times"))
            }
            Occasion::Checkpoint => format!("Checkpoint of the record over {} entries", self.fact("entries")),
            Occasion::Test => "A test of notifications".to_owned(),
        }
    }

    /// What to read under the subject.
    pub fn text(&self) -> String {
        let mut lines = vec![format!("{}.", self.subject()), String::new(), format!("When: {}", self.at)];
        if let (Some(name), Some(email)) = (self.facts.get("name"), self.facts.get("email")) {
            lines.push(format!("Invited: {name} <{email}>"));
        }
        lines.extend(self.network.iter().map(|network| format!("From: {network}")));
        lines.push(
            match self.occasion {
                Occasion::LinkFirstUsed => "If they did not, revoke the link: the picture stops within a second.",
                Occasion::LinkLocked => "It stays locked. Make a new link if the person is who they say.",
                Occasion::LinkNetworkRefused => {
                    "Whoever came had the link. Further tries from that network are not told."
                }
                Occasion::LinkTwoPlaces => {
                    "Link and passphrase are with somebody else, or the person has two networks. Ask them."
                }
                Occasion::PersonTwoPlaces => {
                    "Their links are with somebody else too, or the person has two networks. Ask them."
                }
                Occasion::ViewerMoved => {
                    "They changed networks or travel, or somebody else has what their browser keeps. Ask them."
                }
                Occasion::AddressManyFailures => "Whoever it is has links of several people, or guesses.",
                Occasion::ReviewManyFailures => {
                    "Each link locks after five. Perhaps the passphrases went to the wrong people."
                }
                Occasion::LinkExpired => "Whoever still needs to watch needs a new link.",
                Occasion::AccountLocked => "Anybody who knows the name can do this. The record has the addresses.",
                Occasion::AddressRefused => {
                    "It is refused for a quarter of an hour. The record has the names it tried."
                }
                Occasion::CertificateFailed => "It is tried again. `vitrine doctor` says how long the one shown holds.",
                Occasion::Checkpoint => "Keep this where the server cannot change it.",
                Occasion::Test => "Nothing happened; somebody asked whether this arrives.",
            }
            .to_owned(),
        );
        lines.push("Everything is in the record of the console.".to_owned());
        if let Some(links) = self.facts.get("links").filter(|_| self.occasion == Occasion::AddressManyFailures) {
            lines.push(format!("Links of: {links}"));
        }
        if let Some(reason) = self.facts.get("reason") {
            lines.push(format!("Why: {reason}"));
        }
        if let (Some(key), Some(note)) = (self.facts.get("key"), self.facts.get("note")) {
            lines.extend([
                "Key:".to_owned(),
                key.clone(),
                "The checkpoint, for `vitrine audit verify --checkpoint`:".to_owned(),
            ]);
            lines.extend([String::new(), note.clone()]);
        }
        lines.join("\n")
    }

    /// What a program reads; `sequence` names the notification, so that one that comes twice can be told.
    pub fn json(&self, sequence: i64) -> Value {
        json!({ "id": sequence, "occasion": self.occasion, "at": self.at, "subject": self.subject(),
            "review": self.review, "link": self.link, "network": self.network, "facts": self.facts })
    }
}

/// How long to wait after so many tries: 5 s, then twice as long each time, at most a quarter of an hour.
pub fn wait_after(tries: u32) -> Duration {
    let factor = 1_u32.checked_shl(tries.saturating_sub(1)).unwrap_or(u32::MAX);
    FIRST_WAIT.saturating_mul(factor.max(1)).min(LONGEST_WAIT)
}

/// Whether a notification that was tried so often, and failed, is given up.
pub fn given_up(at: UtcInstant, tries: u32, refused: bool, now: UtcInstant) -> bool {
    (refused && tries >= REFUSED_TRIES) || now > at.plus(TRIED_FOR)
}

/// The network of an address as it is told: /24 of IPv4, /48 of IPv6.
pub fn network_of(address: IpAddr) -> String {
    let address = address.to_canonical();
    let length = if address.is_ipv4() { 24 } else { 48 };
    ipnet::IpNet::new(address, length).map_or_else(|_| address.to_string(), |network| network.trunc().to_string())
}
