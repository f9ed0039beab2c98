//! Checkpoints: what a signed head of the record says (C2SP tlog-checkpoint), and when the next is due.

use std::path::PathBuf;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::audit::EntryHash;
use super::instant::UtcInstant;

/// Entries after which a checkpoint is due.
pub const EVERY_ENTRIES: u64 = 256;
/// Time after which an entry must be covered by a checkpoint.
pub const EVERY: Duration = Duration::from_secs(60);

/// `[audit]` of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AuditConfig {
    /// Where each checkpoint is copied to: a directory that must exist, best on another machine.
    pub copies: Option<PathBuf>,
    /// Names of the targets of `[notify]` that are sent checkpoints.
    pub send: Vec<String>,
    /// How often at most, in minutes.
    pub send_every_min: u32,
    /// Days after which what is personal in an entry is taken out of it, addresses and browsers out of stays, and
    /// notifications are removed; 0 for never.
    pub keep_days: u32,
}

impl Default for AuditConfig {
    fn default() -> Self {
        Self { copies: None, send: Vec::new(), send_every_min: 60, keep_days: 400 }
    }
}

/// The head of the record at a size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Name of the record.
    pub origin: String,
    /// Entries covered, at least 1.
    pub size: u64,
    /// Merkle tree head over them.
    pub root: EntryHash,
}

impl Checkpoint {
    /// The text that is signed: three lines.
    pub fn body(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, STANDARD.encode(self.root))
    }

    /// Reads [`Checkpoint::body`]; further lines are allowed by the standard and mean nothing here.
    pub fn parse(body: &str) -> Option<Self> {
        let mut lines = body.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let plain = size.bytes().all(|digit| digit.is_ascii_digit()) && !size.starts_with('0');
        let root = STANDARD.decode(root).ok()?.try_into().ok()?;
        let size = size.parse().ok().filter(|_| plain && !origin.is_empty())?;
        Some(Self { origin: origin.to_owned(), size, root })
    }
}

/// Whether a checkpoint is due at `now` when `uncovered` entries are not under one, the oldest of them made at `oldest`.
pub fn is_due(uncovered: u64, oldest: UtcInstant, now: UtcInstant) -> bool {
    uncovered >= EVERY_ENTRIES || (uncovered > 0 && now >= oldest.plus(EVERY))
}
