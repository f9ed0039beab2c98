//! Is the record whole? Entries are walked in order; each must follow the one before, and at each checkpoint's size the
//! tree over all of them must have the head that was signed.

use std::collections::BTreeMap;

use super::audit::{Entry, EntryHash, GENESIS, hex};
use super::checkpoint::Checkpoint;
use super::merkle::MerkleTree;

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A sequence is missing or out of order.
    #[error("the record is not whole from sequence {0} on: an entry is missing or out of order")]
    Gap(u64),
    /// The entry's own hash is not that of its content.
    #[error("the record is not whole from sequence {0} on: its content was changed")]
    Content(u64),
    /// The entry does not follow the one before.
    #[error("the record is not whole from sequence {0} on: it does not follow the entry before")]
    Previous(u64),
    /// The chain fits, but is not the one that was signed.
    #[error(
        "the record is not whole: something from sequence {first} to {last} is not what was signed; it was written anew"
    )]
    Rewritten {
        /// First sequence that no fitting checkpoint covers.
        first: u64,
        /// Size of the checkpoint that does not fit.
        last: u64,
    },
    /// The record is shorter than what was signed.
    #[error("the record is incomplete: it ends at sequence {entries}, but {size} entries were signed")]
    Incomplete {
        /// Last sequence that is there.
        entries: u64,
        /// Size of the largest checkpoint.
        size: u64,
    },
    /// A checkpoint beside the record is not signed by the record's key.
    #[error("the checkpoint over {size} entries in the database is not signed by the record's key")]
    Unsigned {
        /// Its size.
        size: u64,
    },
}

impl Fault {
    /// The kind of fault as a word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Gap(_) | Self::Content(_) | Self::Previous(_) => "broken",
            Self::Rewritten { .. } => "rewritten",
            Self::Incomplete { .. } => "incomplete",
            Self::Unsigned { .. } => "unsigned",
        }
    }

    /// The first sequence that is (or, for what was written anew, may be) not as it was.
    pub fn first_bad_sequence(&self) -> Option<u64> {
        match self {
            Self::Gap(sequence) | Self::Content(sequence) | Self::Previous(sequence) => Some(*sequence),
            Self::Rewritten { first, .. } => Some(*first),
            Self::Incomplete { entries, .. } => Some(entries + 1),
            Self::Unsigned { .. } => None,
        }
    }
}

/// A record that is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole {
    /// Entries walked.
    pub entries: u64,
    /// Hash of the last one.
    pub head: EntryHash,
    /// Entries that a checkpoint covers; what comes after them nobody has signed yet.
    pub signed: u64,
    /// Entries from the first on whose content was taken out by age: that they were there is proven, what they said no more.
    pub redacted: u64,
}

/// Walks a record entry by entry.
#[derive(Clone, Debug)]
pub struct Walk {
    previous: EntryHash,
    tree: MerkleTree,
    expected: BTreeMap<u64, Vec<EntryHash>>,
    signed: u64,
    redacted: u64,
    /// Up to where the record itself says that it was redacted.
    announced: u64,
}

impl Walk {
    /// A walk past these checkpoints, whose signatures have been looked at.
    pub fn past<'a>(checkpoints: impl IntoIterator<Item = &'a Checkpoint>) -> Self {
        let mut expected: BTreeMap<u64, Vec<EntryHash>> = BTreeMap::new();
        for checkpoint in checkpoints {
            expected.entry(checkpoint.size).or_default().push(checkpoint.root);
        }
        Self { previous: GENESIS, tree: MerkleTree::default(), expected, signed: 0, redacted: 0, announced: 0 }
    }

    /// Entries walked so far.
    pub fn entries(&self) -> u64 {
        self.tree.size()
    }

    /// Takes the next entry with its stored hash. One that was redacted is believed its hash, which the checkpoint over it
    /// and the entry after it prove; only from the first on without a gap, without content, and as far as the record says.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn step(&mut self, entry: &Entry, stored: &[u8], redacted: bool) -> Result<(), Fault> {
        let sequence = self.entries() + 1;
        if u64::try_from(entry.sequence) != Ok(sequence) {
            return Err(Fault::Gap(sequence));
        }
        if entry.previous != hex(&self.previous) {
            return Err(Fault::Previous(sequence));
        }
        let hash = match redacted {
            true if self.redacted + 1 == sequence && entry.is_bare() => stored.try_into().ok(),
            true => None,
            false => entry.hash().ok().filter(|hash| hash.as_slice() == stored),
        };
        let hash = hash.ok_or(Fault::Content(sequence))?;
        match redacted {
            true => self.redacted = sequence,
            false => self.announced = self.announced.max(entry.redacts_through()),
        }
        self.previous = hash;
        self.tree.push(hash);
        self.at_checkpoint(sequence)
    }

    fn at_checkpoint(&mut self, size: u64) -> Result<(), Fault> {
        let Some(roots) = self.expected.get(&size) else { return Ok(()) };
        let root = self.tree.root();
        if roots.iter().any(|expected| *expected != root) {
            return Err(Fault::Rewritten { first: self.signed + 1, last: size });
        }
        self.signed = size;
        Ok(())
    }

    /// No entry is left.
    ///
    /// # Errors
    /// When a checkpoint covers more than there was.
    pub fn end(self) -> Result<Whole, Fault> {
        let entries = self.entries();
        let provable = self.announced.min(self.signed);
        if self.redacted > provable {
            return Err(Fault::Content(provable + 1));
        }
        match self.expected.last_key_value() {
            Some((&size, _)) if size > entries => Err(Fault::Incomplete { entries, size }),
            _ => Ok(Whole { entries, head: self.previous, signed: self.signed, redacted: self.redacted }),
        }
    }
}
