//! The record: read, export and verify.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::{Error, Services};
use crate::domain::access::{Object, Permission};
use crate::domain::audit::{Action, AuditFilter, AuditFormat, By, Event};
use crate::domain::checkpoint::Checkpoint;
use crate::domain::instant::UtcInstant;
use crate::domain::invalid::Invalid;
use crate::domain::verification::{Fault, Walk, Whole};
use crate::export;
use crate::store::audit as table;
use crate::store::audit::StoredEntry;
use crate::store::checkpoint;
use crate::store::checkpoint::CheckpointRecord;
use crate::token::note::NoteVerifier;

/// Most entries shown at once.
pub const ENTRIES_MOST: u32 = 500;
/// Most entries exported at once.
pub const EXPORTED_MOST: u32 = 100_000;

impl Services {
    /// Records something that has no other effect, e.g. a refusal.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn record(&self, event: &Event) -> Result<(), Error> {
        self.store.write().await?.commit(event).await?;
        Ok(())
    }

    /// Newest entries first, at most [`ENTRIES_MOST`].
    ///
    /// # Errors
    /// When the store fails.
    pub async fn audit_entries(&self, filter: &AuditFilter) -> Result<Vec<StoredEntry>, Error> {
        Ok(table::newest(&mut *self.store.read().await?, filter, ENTRIES_MOST).await?)
    }

    /// The same for somebody who may read it.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such review.
    pub async fn audit_read_by(&self, filter: &AuditFilter, by: &By) -> Result<Vec<StoredEntry>, Error> {
        self.may_read_audit(filter, by).await?;
        self.audit_entries(filter).await
    }

    async fn may_read_audit(&self, filter: &AuditFilter, by: &By) -> Result<(), Error> {
        match filter.review {
            Some(id) => self.permitted_review(id, Permission::AuditOfReview, by).await.map(|_| ()),
            None => self.permit(by, Permission::AuditOfHouse, &self.all_projects().await?).await,
        }
    }

    /// Entries as a file, oldest first. That they left is recorded before they do.
    ///
    /// # Errors
    /// When it is not allowed, there is no such review, or more than [`EXPORTED_MOST`] are asked for.
    pub async fn export_audit(&self, filter: &AuditFilter, format: AuditFormat, by: &By) -> Result<Vec<u8>, Error> {
        self.may_read_audit(filter, by).await?;
        let mut entries = table::newest(&mut *self.store.read().await?, filter, EXPORTED_MOST + 1).await?;
        if entries.len() > EXPORTED_MOST as usize {
            return Err(Invalid::TooManyEntries { most: EXPORTED_MOST }.into());
        }
        entries.reverse();
        let event = Event::done(UtcInstant::now(), by, Action::AuditExported, "audit");
        let event = described(event, filter).with("format", format).with("entries", entries.len());
        self.record(&event).await?;
        let write = move || export::audit::write(format, &entries);
        Ok(tokio::task::spawn_blocking(write).await.map_err(|_| Error::Busy)??)
    }

    /// Whom the guests among the actors of some entries were invited as.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn guests_of(&self, entries: &[StoredEntry]) -> Result<HashMap<String, String>, Error> {
        let actors: HashSet<&str> = entries.iter().map(|stored| stored.entry.actor.as_str()).collect();
        Ok(table::guests(&mut *self.store.read().await?, &actors).await?)
    }

    /// The last checkpoint.
    ///
    /// # Errors
    /// When it is not allowed.
    pub async fn last_checkpoint(&self, by: &By) -> Result<Option<CheckpointRecord>, Error> {
        self.permit(by, Permission::AuditOfHouse, &Object::House).await?;
        Ok(checkpoint::last(&mut *self.store.read().await?).await?)
    }

    /// As [`Services::verify_audit`] with the checkpoints in the database, for somebody who may read the record.
    ///
    /// # Errors
    /// When it is not allowed; [`Error::Busy`] while it is being verified for somebody else.
    pub async fn verify_audit_for(&self, verifier: &NoteVerifier, by: &By) -> Result<Result<Whole, Fault>, Error> {
        self.permit(by, Permission::AuditOfHouse, &Object::House).await?;
        let _turn = self.verifying.try_lock().map_err(|_| Error::Busy)?;
        self.verify_audit(verifier, &[]).await
    }

    /// Takes what is personal out of entries older than `keep`, as far as a checkpoint covers them; says out of how many.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn redact_audit(&self, keep: Duration) -> Result<u64, Error> {
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        let covered = checkpoint::last(write.connection()).await?.map_or(0, |last| last.size);
        let through = table::last_before(write.connection(), now.minus(keep)).await?.min(covered);
        let entries = table::redact(write.connection(), through).await?;
        if entries == 0 {
            return Ok(0);
        }
        let event = Event::done(now, &By::SERVER, Action::AuditRedacted, "audit");
        write.commit(&event.with("through", through).with("entries", entries)).await?;
        self.store.empty_journal().await?;
        Ok(entries)
    }

    /// Walks the whole record, past the checkpoints in the database and those that were kept elsewhere.
    ///
    /// # Errors
    /// When the store fails. The inner result says whether the record is whole.
    pub async fn verify_audit(
        &self,
        verifier: &NoteVerifier,
        kept: &[Checkpoint],
    ) -> Result<Result<Whole, Fault>, Error> {
        let mut connection = self.store.read().await?;
        let mut checkpoints = kept.to_vec();
        for stored in checkpoint::all(&mut connection).await? {
            match verifier.open(&stored.note) {
                Ok(checkpoint) if checkpoint.size == stored.size => checkpoints.push(checkpoint),
                _ => return Ok(Err(Fault::Unsigned { size: stored.size })),
            }
        }
        Ok(table::walk(&mut connection, Walk::past(&checkpoints)).await?)
    }
}

/// What was asked for, as facts.
fn described(event: Event, filter: &AuditFilter) -> Event {
    let event = match filter.review {
        Some(review) => event.review(review),
        None => event,
    };
    let facts = [
        ("actor", filter.actor.clone()),
        ("email", filter.email.clone()),
        ("action", filter.action.map(|action| action.to_string())),
        ("since", filter.since.map(|at| at.to_string())),
        ("until", filter.until.map(|at| at.to_string())),
    ];
    let given = facts.into_iter().filter_map(|(name, value)| Some((name, value?)));
    given.fold(event, |event, (name, value)| event.with(name, value))
}
