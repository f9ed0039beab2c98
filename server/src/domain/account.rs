//! An account: a person of the house who may use the console.

use std::time::Duration;

use uuid::Uuid;

use super::instant::UtcInstant;
use super::invalid::Invalid;
use super::policy::Policy;
use super::word::word_enum;

/// How long after a proof (password, second factor) an account may change how it signs in.
pub const PROOF_FRESH: Duration = Duration::from_secs(5 * 60);
/// A session older than this is over.
pub const SESSION_LONGEST: Duration = Duration::from_secs(12 * 3600);
/// Wrong passwords or codes of one name after which none is evaluated.
pub const SIGN_IN_TRIES: u32 = 5;
/// How long a wrong password is held against a name, unless the policy holds it until an admin unlocks.
pub const SIGN_IN_MEMORY: Duration = Duration::from_secs(15 * 60);

word_enum! {
    /// What an account is for; [`super::access`] says what that allows.
    Role {
        /// Runs the server and its accounts.
        Admin = "admin",
        /// Invites people and keeps the comment log of their projects.
        Producer = "producer",
        /// Shows pictures in their projects and sees who watches.
        Colourist = "colourist",
        /// Reads the record, ends anything.
        SecurityLead = "security-lead",
    }
}

word_enum! {
    /// What a session may be used for.
    Stage {
        /// The password was right; now a second factor is due.
        SecondFactor = "second_factor",
        /// The house demands a second factor and the account has none: it may only add one.
        Enrol = "enrol",
        /// The password is too old: it may only be changed.
        NewPassword = "new_password",
        /// Everything that the role allows.
        Open = "open",
    }
}

/// A signed-in account as an actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountActor {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub user: String,
    /// What it is for.
    pub role: Role,
    /// The projects it is a member of.
    pub projects: Vec<Uuid>,
    /// Whether its session gave a second factor.
    pub second_factor: bool,
}

/// The facts on which a session's standing rests.
#[derive(Clone, Copy, Debug)]
pub struct SessionFacts {
    /// When the password was given.
    pub created_at: UtcInstant,
    /// Last request.
    pub used_at: UtcInstant,
    /// When the second factor was last given.
    pub proven_at: Option<UtcInstant>,
    /// Whether the account has a second factor, its own or the identity provider's.
    pub has_factor: bool,
    /// When the account got its password.
    pub password_set_at: UtcInstant,
    /// From when on the account is over.
    pub account_ends_at: Option<UtcInstant>,
}

impl SessionFacts {
    /// What the session may be used for at `now`; `None` when it is over.
    pub fn stage(&self, policy: &Policy, now: UtcInstant) -> Option<Stage> {
        let ended = self.account_ends_at.is_some_and(|ends_at| now >= ends_at);
        if ended || now >= self.used_at.plus(policy.session_idle) || now >= self.created_at.plus(SESSION_LONGEST) {
            return None;
        }
        let proven = match (self.proven_at, policy.prompt_every) {
            (None, _) => false,
            (Some(proven_at), Some(every)) => now < proven_at.plus(every),
            (Some(_), None) => true,
        };
        Some(if self.has_factor && !proven {
            Stage::SecondFactor
        } else if !self.has_factor && policy.second_factor {
            Stage::Enrol
        } else if policy.password_life.is_some_and(|life| now >= self.password_set_at.plus(life)) {
            Stage::NewPassword
        } else {
            Stage::Open
        })
    }
}

/// A user name: 1 to 64 characters of letters, digits and `._-@`, compared in lower case.
///
/// # Errors
/// When it is not of that form.
pub fn user(text: &str) -> Result<String, Invalid> {
    let text = super::invalid::line("user", text, 64)?.to_lowercase();
    match text.chars().find(|c| !(c.is_alphanumeric() || "._-@".contains(*c))) {
        Some(other) => Err(Invalid::Field {
            field: "user",
            reason: format!("user {text:?} contains {other:?}; letters, digits and . _ - @ are allowed"),
        }),
        None => Ok(text),
    }
}
