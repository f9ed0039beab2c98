//! When many wrong tries at links are more than people who mistype.

use std::time::Duration;

use super::link::LinkRefusal;

/// How long a wrong try counts.
pub const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Links that one address may try in vain: a screening room may sit behind one.
const LINKS_OF_ADDRESS: u32 = 3;
/// Tries that one address may make at links there are none of: somebody may copy theirs badly.
const UNKNOWN_OF_ADDRESS: u32 = 20;
/// Links of one review that may be tried in vain ...
const LINKS_OF_REVIEW: u32 = 3;
/// ... and how often; one link alone locks after five.
const TRIES_OF_REVIEW: u32 = 10;

/// Wrong tries within [`WINDOW`] that were not followed by the right passphrase from the same address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WrongTries {
    /// How many.
    pub tries: u32,
    /// At how many links.
    pub links: u32,
    /// How many of them at links there are none of.
    pub unknown: u32,
}

impl WrongTries {
    /// Whether one address made too many.
    pub fn too_many_of_address(&self) -> bool {
        self.links >= LINKS_OF_ADDRESS || self.unknown >= UNKNOWN_OF_ADDRESS
    }

    /// Whether too many were made at one review.
    pub fn too_many_of_review(&self) -> bool {
        self.links >= LINKS_OF_REVIEW && self.tries >= TRIES_OF_REVIEW
    }
}

/// Whether a refusal is a wrong try: a guess, not a right passphrase at the wrong time or place.
pub fn is_wrong_try(refusal: LinkRefusal) -> bool {
    matches!(refusal, LinkRefusal::UnknownLink | LinkRefusal::WrongPassphrase | LinkRefusal::Locked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_at_three_links_or_at_twenty_that_there_are_none_of_is_told() {
        let too_many = |tries, links, unknown| WrongTries { tries, links, unknown }.too_many_of_address();
        assert!(!too_many(60, 2, 19) && too_many(3, 3, 0) && too_many(20, 0, 20));
    }

    #[test]
    fn a_review_is_told_of_when_ten_tries_went_to_three_of_its_links() {
        let too_many = |tries, links| WrongTries { tries, links, unknown: 0 }.too_many_of_review();
        assert!(!too_many(40, 2) && !too_many(9, 9) && too_many(10, 3));
    }

    #[test]
    fn a_right_passphrase_at_the_wrong_time_is_no_wrong_try() {
        assert!(is_wrong_try(LinkRefusal::Locked) && !is_wrong_try(LinkRefusal::NotYet));
    }
}
