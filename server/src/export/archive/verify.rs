//! Is an archive whole, and is its part of the record the one that was signed? Needs nothing but the archive, and, to prove
//! it to somebody who does not trust the house, the house's key kept elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::paths::AuditPaths;
use super::{File, PATHS, RECORD, SUMS};
use crate::domain::audit::{Entry, hex};
use crate::domain::checkpoint::Checkpoint;
use crate::token::note::{NoteError, NoteVerifier};

/// What is wrong with an archive.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveFault {
    /// Neither ZIP nor 7z.
    #[error("this is no archive: expected a ZIP or a 7z file")]
    NotAnArchive,
    /// A 7z needs its passphrase.
    #[error("the archive is encrypted: its passphrase is missing")]
    PassphraseMissing,
    /// It did not open.
    #[error("the archive does not open with this passphrase (or is damaged)")]
    PassphraseWrong,
    /// It cannot be read.
    #[error("the archive is damaged: {reason}")]
    Damaged {
        /// By which account.
        reason: String,
    },
    /// More than an archive may hold.
    #[error("the archive holds more than 20,000 files or 4 GiB")]
    TooLarge,
    /// A file that must be there is not, or cannot be read as what it is.
    #[error("{name} is missing or not what it should be")]
    File {
        /// Its name.
        name: String,
    },
    /// A file is not the one whose sum stands in the list.
    #[error("{name} was changed: its SHA-256 is not the one in SHA256SUMS")]
    Sum {
        /// Its name.
        name: String,
    },
    /// A file that the list does not name.
    #[error("{name} was added: SHA256SUMS does not name it")]
    Added {
        /// Its name.
        name: String,
    },
    /// An entry of the record is not what its hash says.
    #[error("entry {sequence} of the record was changed: its hash is not that of its content")]
    Entry {
        /// Which.
        sequence: i64,
    },
    /// An entry is not in the signed record.
    #[error("entry {sequence} is not in the record that was signed")]
    Unproven {
        /// Which.
        sequence: i64,
    },
    /// An entry of the proof is not in the extract.
    #[error("entry {sequence} is missing: the proof names it, audit.jsonl does not hold it")]
    Missing {
        /// Which.
        sequence: u64,
    },
    /// The checkpoint is not to be believed.
    #[error("the record's checkpoint: {0}")]
    Checkpoint(#[from] NoteError),
}

/// An archive that is whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Files, the list of sums included.
    pub files: usize,
    /// Entries of the record, all proven.
    pub entries: usize,
    /// Size of the signed record they are in.
    pub size: u64,
    /// The key that signed it, as the archive names it.
    pub key: String,
}

#[derive(Deserialize)]
struct Line {
    entry: Entry,
    hash: String,
}

/// Verifies the files of an archive: sums, hashes, audit paths, signature. `kept` is the house's key from elsewhere; without
/// one the archive's own is taken, which shows damage but no forgery.
///
/// # Errors
/// The first fault.
pub fn verify(files: &[File], kept: Option<&NoteVerifier>) -> Result<Verified, ArchiveFault> {
    check_sums(files)?;
    let proof: AuditPaths = json(find(files, PATHS)?, PATHS)?;
    let verifier = kept.cloned().map_or_else(|| proof.key.parse::<NoteVerifier>(), Ok)?;
    let checkpoint = verifier.open(&proof.checkpoint)?;
    let entries = check_record(find(files, RECORD)?, &proof, &checkpoint)?;
    Ok(Verified { files: files.len(), entries, size: checkpoint.size, key: verifier.to_string() })
}

fn find<'a>(files: &'a [File], name: &str) -> Result<&'a [u8], ArchiveFault> {
    let mut found = files.iter().filter(|file| file.name == name);
    match (found.next(), found.next()) {
        (Some(file), None) => Ok(&file.content),
        _ => Err(ArchiveFault::File { name: name.to_owned() }),
    }
}

fn json<'a, T: Deserialize<'a>>(bytes: &'a [u8], name: &str) -> Result<T, ArchiveFault> {
    serde_json::from_slice(bytes).map_err(|_| ArchiveFault::File { name: name.to_owned() })
}

/// Every file stands in the list once with its sum, and every line of the list is a file.
fn check_sums(files: &[File]) -> Result<(), ArchiveFault> {
    let broken = || ArchiveFault::File { name: SUMS.to_owned() };
    let list = std::str::from_utf8(find(files, SUMS)?).map_err(|_| broken())?;
    let lines: Option<BTreeMap<&str, &str>> = list.lines().map(|line| line.split_once("  ").map(swap)).collect();
    let mut sums = lines.ok_or_else(broken)?;
    for file in files.iter().filter(|file| file.name != SUMS) {
        let sum = sums.remove(file.name.as_str()).ok_or_else(|| ArchiveFault::Added { name: file.name.clone() })?;
        if sum != hex(&Sha256::digest(&file.content)) {
            return Err(ArchiveFault::Sum { name: file.name.clone() });
        }
    }
    sums.keys().next().map_or(Ok(()), |name| Err(ArchiveFault::File { name: (*name).to_owned() }))
}

fn swap<'a>((sum, name): (&'a str, &'a str)) -> (&'a str, &'a str) {
    (name, sum)
}

fn check_record(record: &[u8], proof: &AuditPaths, checkpoint: &Checkpoint) -> Result<usize, ArchiveFault> {
    let mut seen = BTreeSet::new();
    for line in record.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let Line { entry, hash: stored } = json(line, RECORD)?;
        let sequence = entry.sequence;
        let hash = entry.hash().ok().filter(|hash| hex(hash) == stored).ok_or(ArchiveFault::Entry { sequence })?;
        let number = u64::try_from(sequence).ok().filter(|number| seen.insert(*number));
        let head = number.and_then(|number| proof.head(number, hash, checkpoint.size));
        if head != Some(checkpoint.root) {
            return Err(ArchiveFault::Unproven { sequence });
        }
    }
    match proof.paths.keys().find(|sequence| !seen.contains(sequence)) {
        Some(&sequence) => Err(ArchiveFault::Missing { sequence }),
        None => Ok(seen.len()),
    }
}
