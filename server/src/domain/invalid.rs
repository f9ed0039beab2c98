//! What is wrong with a value a person gave.

use super::instant::UtcInstant;

/// A word that is not in a closed set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is not a {set}")]
pub struct UnknownWord {
    /// Name of the set.
    pub set: &'static str,
    /// What was given.
    pub word: String,
}

/// A value that a rule refuses. The texts say what was wrong and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// Nothing but white space.
    #[error("{field} is empty")]
    Empty {
        /// Name of the field.
        field: &'static str,
    },
    /// More characters than allowed.
    #[error("{field} has {length} characters; at most {limit} are allowed")]
    TooLong {
        /// Name of the field.
        field: &'static str,
        /// What was given.
        length: usize,
        /// What is allowed.
        limit: usize,
    },
    /// Fewer characters than needed.
    #[error("{field} has {length} characters; at least {limit} are needed")]
    TooShort {
        /// Name of the field.
        field: &'static str,
        /// What was given.
        length: usize,
        /// What is needed.
        limit: usize,
    },
    /// A control character.
    #[error("{field} contains a control character")]
    ControlCharacter {
        /// Name of the field.
        field: &'static str,
    },
    /// Codes are demanded and there is no way to send them.
    #[error("the link needs a code by e-mail, and no mail server is named to send it; access.code_mail does")]
    NoCodes,
    /// Not an e-mail address.
    #[error("{0:?} is not an e-mail address (name@domain)")]
    Email(String),
    /// A window that ends before it starts.
    #[error("the review ends ({ends_at}) before it starts ({starts_at})")]
    WindowReversed {
        /// Start.
        starts_at: UtcInstant,
        /// End.
        ends_at: UtcInstant,
    },
    /// A window that is already over.
    #[error("the review's window is already over: it ends at {ends_at}")]
    WindowOver {
        /// End.
        ends_at: UtcInstant,
    },
    /// An expiry later than the house allows.
    #[error("the link would expire at {expires_at}; at most {days} days from now are allowed ({latest})")]
    ExpiryTooLate {
        /// What was asked.
        expires_at: UtcInstant,
        /// What is allowed.
        latest: UtcInstant,
        /// The same in days.
        days: u64,
    },
    /// An expiry in the past.
    #[error("the link would expire at {expires_at}, which has passed")]
    ExpiryPassed {
        /// What was asked.
        expires_at: UtcInstant,
    },
    /// No network is named where one must be.
    #[error("the project's classification demands allowed networks; name them for the link or for the project")]
    NetworksMissing,
    /// More entries of the record than one export may have.
    #[error("these are more than {most} entries; narrow them, e.g. with since and until")]
    TooManyEntries {
        /// What is allowed.
        most: u32,
    },
    /// Anything a field's own parser says.
    #[error("{reason}")]
    Field {
        /// Name of the field.
        field: &'static str,
        /// What the parser says.
        reason: String,
    },
}

impl Invalid {
    /// The field this is about, as it is called on the wire.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Empty { field }
            | Self::TooLong { field, .. }
            | Self::TooShort { field, .. }
            | Self::ControlCharacter { field }
            | Self::Field { field, .. } => field,
            Self::Email(_) => "email",
            Self::WindowReversed { .. } | Self::WindowOver { .. } => "ends_at",
            Self::NetworksMissing => "networks",
            Self::NoCodes => "email_code",
            Self::TooManyEntries { .. } => "since",
            Self::ExpiryTooLate { .. } | Self::ExpiryPassed { .. } => "expires_at",
        }
    }
}

/// A line of text as people type it: trimmed, not empty, at most `limit` characters, without control characters.
///
/// # Errors
/// When the text breaks one of these rules.
pub fn line(field: &'static str, text: &str, limit: usize) -> Result<String, Invalid> {
    let text = text.trim();
    let length = text.chars().count();
    if text.is_empty() {
        return Err(Invalid::Empty { field });
    }
    if length > limit {
        return Err(Invalid::TooLong { field, length, limit });
    }
    if text.chars().any(char::is_control) {
        return Err(Invalid::ControlCharacter { field });
    }
    Ok(text.to_owned())
}

/// An e-mail address: one `@`, something on both sides, no white space. The mail server knows the rest.
///
/// # Errors
/// When the text is not of that form.
pub fn email(text: &str) -> Result<String, Invalid> {
    let text = line("email", text, 254)?;
    let well_formed = match text.split_once('@') {
        Some((name, domain)) => !name.is_empty() && !domain.is_empty() && !domain.contains('@'),
        None => false,
    };
    if !well_formed || text.chars().any(|c| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';')) {
        return Err(Invalid::Email(text));
    }
    Ok(text)
}
