//! Policy profiles: what the house demands of accounts and links. A project's classification tightens, never weakens.

use std::path::PathBuf;
use std::time::Duration;

use super::invalid::Invalid;
use super::link::LONGEST_LIFE;
use super::project::Classification;
use super::secret::SecretText;
use super::word::word_enum;

/// Longest password, in characters.
pub const PASSWORD_MOST: usize = 256;

/// `[access]` of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccessConfig {
    /// The house's policy.
    pub profile: Profile,
    /// File of the key that seals accounts' secrets; without one, a file of the data directory.
    pub seal_key: Option<PathBuf>,
    /// Name of the `[[notify.mail]]` whose server sends links' codes.
    pub code_mail: Option<String>,
    /// Classifications of projects whose links all demand a code.
    pub code_for: Vec<Classification>,
    /// Database of the countries of networks (`.mmdb`); without it, places are networks.
    pub countries: Option<PathBuf>,
}

impl Default for AccessConfig {
    fn default() -> Self {
        Self { profile: Profile::Facility, seal_key: None, code_mail: None, code_for: Vec::new(), countries: None }
    }
}

const DAY: Duration = Duration::from_secs(24 * 3600);
const QUARTER_HOUR: Duration = Duration::from_secs(15 * 60);

word_enum! {
    /// A named policy.
    Profile {
        /// A post house's own: passwords of 12 and a second factor.
        Facility = "facility",
        /// As assessed by the Trusted Partner Network against the MPA's best practices.
        Tpn = "tpn",
        /// NIST SP 800-63B-4: long passwords, a blocklist, no composition rules.
        Nist = "nist",
        /// `vitrine demo` on loopback: no second factor. Never for work; `vitrine serve` refuses it.
        Demo = "demo",
    }
}

/// What a password must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordRule {
    /// Fewest characters.
    pub least: usize,
    /// Of lower case, upper case, digits and others, how many kinds it must mix; 0 for any.
    pub kinds: usize,
    /// Whether common passwords are refused.
    pub blocklist: bool,
}

/// What the house demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its name.
    pub profile: Profile,
    /// Passwords.
    pub password: PasswordRule,
    /// After this a password must be changed.
    pub password_life: Option<Duration>,
    /// Whether every account must have a second factor.
    pub second_factor: bool,
    /// Whether a passkey whose authenticator asks who it is opens without a password.
    pub passwordless: bool,
    /// After this an open session must give its second factor again.
    pub prompt_every: Option<Duration>,
    /// Whether five wrong tries lock the name until an admin unlocks it, instead of for 15 minutes.
    pub lock_until_unlocked: bool,
    /// A session without a request for this long is over.
    pub session_idle: Duration,
    /// Longest life of a link.
    pub link_life: Duration,
    /// Whether a link that is opened from two places at once is taken back.
    pub two_places_revoke: bool,
    /// Whether off-boarding also ends the reviews that the account planned.
    pub offboarding_ends_reviews: bool,
    /// What stands between a link and the picture.
    pub door: Door,
}

/// What stands between a link and the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Door {
    /// A passphrase, generated, told apart from the link.
    pub passphrase: bool,
    /// One browser at a time.
    pub one_device: bool,
    /// The visible mark is never lifted, not for moments and whatever a project says.
    pub no_clean_hold: bool,
    /// Somebody of the house lets each person in.
    pub waiting_room: bool,
    /// A second device is refused, whatever the link says.
    pub second_refused: bool,
    /// Only from networks that were named.
    pub named_networks: bool,
}

/// Passphrase and one device are not a choice: they are how this server works. Where a clean hold is not ruled out here, each
/// project still says for itself whether it has one, and none does until somebody says so.
const DOOR: Door = Door {
    passphrase: true,
    one_device: true,
    no_clean_hold: false,
    waiting_room: false,
    second_refused: false,
    named_networks: false,
};

impl Policy {
    /// The policy of a profile.
    pub const fn of(profile: Profile) -> Self {
        let facility = Self {
            profile,
            password: PasswordRule { least: 12, kinds: 0, blocklist: false },
            password_life: None,
            second_factor: true,
            passwordless: true,
            prompt_every: None,
            lock_until_unlocked: false,
            session_idle: QUARTER_HOUR,
            link_life: LONGEST_LIFE,
            two_places_revoke: false,
            offboarding_ends_reviews: false,
            door: DOOR,
        };
        match profile {
            Profile::Facility => facility,
            Profile::Demo => Self { second_factor: false, ..facility },
            Profile::Nist => Self {
                password: PasswordRule { least: 15, kinds: 0, blocklist: true },
                second_factor: false,
                ..facility
            },
            Profile::Tpn => Self {
                password: PasswordRule { least: 16, kinds: 4, blocklist: false },
                password_life: Some(DAY.saturating_mul(365)),
                passwordless: false,
                prompt_every: Some(QUARTER_HOUR),
                lock_until_unlocked: true,
                two_places_revoke: true,
                offboarding_ends_reviews: true,
                door: Door { second_refused: true, no_clean_hold: true, ..DOOR },
                ..facility
            },
        }
    }

    /// This policy for a project of a classification.
    #[must_use]
    pub fn tightened(self, classification: Classification) -> Self {
        match classification {
            Classification::Internal => self,
            Classification::Confidential => {
                Self { second_factor: true, link_life: self.link_life.min(DAY.saturating_mul(3)), ..self }
            }
            Classification::Restricted => Self {
                second_factor: true,
                link_life: self.link_life.min(DAY),
                two_places_revoke: true,
                offboarding_ends_reviews: true,
                door: Door {
                    waiting_room: true,
                    second_refused: true,
                    named_networks: true,
                    no_clean_hold: true,
                    ..self.door
                },
                ..self
            },
        }
    }

    /// Whether a password is good enough for an account of this name.
    ///
    /// # Errors
    /// When it is not.
    pub fn check_password(&self, user: &str, password: &SecretText) -> Result<(), Invalid> {
        let text = password.reveal();
        let length = text.chars().count();
        let PasswordRule { least, kinds, blocklist } = self.password;
        if length < least {
            return Err(Invalid::TooShort { field: "password", length, limit: least });
        }
        if length > PASSWORD_MOST {
            return Err(Invalid::TooLong { field: "password", length, limit: PASSWORD_MOST });
        }
        let found = kinds_in(text);
        if found < kinds {
            return Err(refused(format!(
                "the password mixes {found} kinds of characters; {kinds} are needed of lower case, upper case, digits and others"
            )));
        }
        if blocklist && super::blocklist::is_common(text, user) {
            return Err(refused("the password is made of words that are guessed first; choose another".to_owned()));
        }
        Ok(())
    }
}

fn refused(reason: String) -> Invalid {
    Invalid::Field { field: "password", reason }
}

fn kinds_in(text: &str) -> usize {
    let kinds: [fn(char) -> bool; 4] =
        [char::is_lowercase, char::is_uppercase, char::is_numeric, |c| !c.is_alphanumeric()];
    kinds.iter().filter(|kind| text.chars().any(**kind)).count()
}
