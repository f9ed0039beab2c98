//! A project: what reviews belong to, who works on it, and how secret it is.

use uuid::Uuid;

use super::invalid::{self, Invalid};
use super::word::word_enum;

/// Longest name, in characters.
pub const NAME_LIMIT: usize = 100;
/// The project of reviews for which nobody named one; the migration makes it.
pub const DEFAULT: Uuid = Uuid::from_u128(0x019a_a000_0000_7000_8000_0000_0000_0001);

word_enum! {
    /// How secret a project is, the least first.
    Classification {
        /// Work of the house without a client's demands.
        Internal = "internal",
        /// A client's unreleased work.
        Confidential = "confidential",
        /// Work whose leak would be news.
        Restricted = "restricted",
    }
}

/// What decides about access to whatever belongs to a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProjectFacts {
    /// Its id.
    pub id: Uuid,
    /// How secret it is.
    pub classification: Classification,
}

/// A project's name: one line.
///
/// # Errors
/// When it is empty, too long, or contains a control character.
pub fn name(text: &str) -> Result<String, Invalid> {
    invalid::line("name", text, NAME_LIMIT)
}
