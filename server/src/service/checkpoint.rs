//! Checkpoints: the head of the record is signed, and a copy leaves the machine. They follow from the record alone, so
//! they are no entries of it; one for each would never come to rest.

use std::path::Path;
use std::time::Duration;

use super::{Error, Services};
use crate::config::data::at;
use crate::domain::checkpoint::is_due;
use crate::domain::instant::UtcInstant;
use crate::domain::merkle::MerkleTree;
use crate::domain::notification::{Notification, Occasion};
use crate::notify::Target;
use crate::store::checkpoint as table;
use crate::store::checkpoint::CheckpointRecord;
use crate::store::notification::NotificationRecord;
use crate::store::{Write, audit};
use crate::token::note::NoteKey;

/// Hashes read at once.
const PAGE: u32 = 10_000;

impl Services {
    /// Signs a checkpoint if one is due; whether one was.
    ///
    /// # Errors
    /// When the store or signing fails.
    pub async fn checkpoint_due(&self, key: &NoteKey) -> Result<bool, Error> {
        let mut connection = self.store.read().await?;
        let covered = table::last(&mut connection).await?.map_or(0, |last| last.size);
        let (uncovered, oldest) = audit::uncovered(&mut connection, covered).await?;
        drop(connection);
        let due = is_due(uncovered, oldest, UtcInstant::now());
        if due {
            self.checkpoint(key).await?;
        }
        Ok(due)
    }

    /// The last checkpoint, after one over everything up to now was signed. `None` when there is no entry.
    ///
    /// # Errors
    /// When the store or signing fails.
    pub async fn checkpoint(&self, key: &NoteKey) -> Result<Option<CheckpointRecord>, Error> {
        let mut write = self.store.write().await?;
        let mut tree = table::tree(write.connection()).await?;
        let covered = tree.size();
        grow(&mut write, &mut tree).await?;
        if tree.size() > covered {
            let note = key.sign(tree.size(), tree.root())?;
            table::insert(write.connection(), &tree, &note, UtcInstant::now()).await?;
        }
        let last = table::last(write.connection()).await?;
        write.commit_bookkeeping().await?;
        Ok(last)
    }

    /// Copies what was not copied yet into a directory, one file each.
    ///
    /// # Errors
    /// When the directory does not exist, a file cannot be written, or the store fails.
    pub async fn copy_checkpoints(&self, directory: &Path) -> Result<(), Error> {
        let uncopied = table::uncopied(&mut *self.store.read().await?).await?;
        for checkpoint in uncopied {
            let path = directory.join(format!("checkpoint-{:012}.txt", checkpoint.size));
            let partial = path.with_extension("partial");
            tokio::fs::write(&partial, &checkpoint.note).await.map_err(at("copy a checkpoint to", &path))?;
            tokio::fs::rename(&partial, &path).await.map_err(at("copy a checkpoint to", &path))?;
            let mut write = self.store.write().await?;
            table::set_copied(write.connection(), checkpoint.size, UtcInstant::now()).await?;
            write.commit_bookkeeping().await?;
        }
        Ok(())
    }
}

impl Services {
    /// Sends the newest checkpoint to a target that has not had one for `every`. The outbox is not asked: what it
    /// delivers is an entry of the record, which needs another checkpoint.
    ///
    /// # Errors
    /// When the store fails, or the target does not take it; it is then tried again.
    pub async fn send_checkpoint(&self, target: &Target, key: &NoteKey, every: Duration) -> Result<(), Error> {
        let now = UtcInstant::now();
        let mut connection = self.store.read().await?;
        let Some(newest) = table::last(&mut connection).await? else { return Ok(()) };
        if let Some((size, sent_at)) = table::sent(&mut connection, &target.name).await?
            && (size >= newest.size || now < sent_at.plus(every))
        {
            return Ok(());
        }
        drop(connection);
        let told = Notification::new(newest.made_at, Occasion::Checkpoint)
            .with("entries", newest.size)
            .with("key", key.verifier())
            .with("note", &newest.note);
        let sequence = i64::try_from(newest.size).unwrap_or(i64::MAX);
        target.send(&NotificationRecord { sequence, notification: told }).await?;
        let mut write = self.store.write().await?;
        table::set_sent(write.connection(), &target.name, newest.size, now).await?;
        Ok(write.commit_bookkeeping().await?)
    }
}

async fn grow(write: &mut Write, tree: &mut MerkleTree) -> Result<(), Error> {
    loop {
        let leaves = audit::hashes(write.connection(), tree.size(), PAGE).await?;
        if leaves.is_empty() {
            return Ok(());
        }
        leaves.into_iter().for_each(|leaf| tree.push(leaf));
    }
}
