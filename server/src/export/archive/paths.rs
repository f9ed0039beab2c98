//! Proof that entries are in the record: a signed checkpoint, and each entry's audit path to the head that it signs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::audit::{EntryHash, hex};
use crate::domain::merkle::{Proofs, head_of};

/// What [`super::PATHS`] holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditPaths {
    /// The signed note (C2SP tlog-checkpoint).
    pub checkpoint: String,
    /// The key that verifies it. Compare it with one that was kept elsewhere: this one proves nothing by itself.
    pub key: String,
    /// For each sequence its audit path (RFC 6962, 2.1.1) from below, hashes in hexadecimal.
    pub paths: BTreeMap<u64, Vec<String>>,
}

impl AuditPaths {
    /// The proof for entries by their sequences, which count from 1, over the hashes of the whole record.
    pub fn of(checkpoint: &str, key: &str, record: Vec<EntryHash>, sequences: impl Iterator<Item = u64>) -> Self {
        let paths = Proofs::over(record).map(|proofs| {
            let path = |sequence: u64| Some((sequence, proofs.path(sequence.checked_sub(1)?)?));
            let written = |(sequence, path): (u64, Vec<EntryHash>)| {
                (sequence, path.iter().map(|hash| hex(hash)).collect::<Vec<_>>())
            };
            sequences.filter_map(path).map(written).collect()
        });
        Self { checkpoint: checkpoint.to_owned(), key: key.to_owned(), paths: paths.unwrap_or_default() }
    }

    /// The head of a tree of `size` entries in which this entry stands, by its path; `None` without a fitting path.
    pub fn head(&self, sequence: u64, entry: EntryHash, size: u64) -> Option<EntryHash> {
        let path: Option<Vec<EntryHash>> = self.paths.get(&sequence)?.iter().map(|text| unhex(text)).collect();
        head_of(entry, sequence.checked_sub(1)?, size, &path?)
    }
}

fn unhex(text: &str) -> Option<EntryHash> {
    let digits = text.as_bytes();
    let mut hash = EntryHash::default();
    if digits.len() != 2 * hash.len() {
        return None;
    }
    for (byte, pair) in hash.iter_mut().zip(digits.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(hash)
}
