//! Exports: each is recorded before it leaves the house.

use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

use super::chat::ALL;
use super::review::object;
use super::{Error, Services};
use crate::domain::access::Permission;
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::secret::SecretText;
use crate::export::archive::container;
use crate::export::archive::paths::AuditPaths;
use crate::export::{self, Archive, Exported, Format};
use crate::store::audit::StoredEntry;
use crate::store::checkpoint::CheckpointRecord;
use crate::store::{audit, chat, comment, link, proof, still, viewer};
use crate::token::note::NoteKey;
use crate::token::random;

/// Hashes of the record read at once.
const HASHES: u32 = 50_000;

/// The form of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// ZIP, open to whoever has it.
    Zip,
    /// 7z, encrypted with a passphrase made for it.
    SevenZip,
}

/// An archive to hand over.
#[derive(Debug)]
pub struct ArchiveFile {
    /// Its name.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// What opens it, shown this once.
    pub passphrase: Option<SecretText>,
}

impl Services {
    /// The comments of a review as a file. `bom` puts a byte order mark before CSV.
    ///
    /// # Errors
    /// When there is no such review, the format needs comments and there are none, or the record cannot be written.
    pub async fn export_comments(&self, review: Uuid, format: Format, bom: bool, by: &By) -> Result<Exported, Error> {
        let found = self.permitted_review(review, Permission::CommentsExport, by).await?;
        let comments = self.comments(review).await?;
        let stills = match format {
            Format::Pdf => still::of_review(&mut *self.store.read().await?, review).await?,
            _ => export::Stills::new(),
        };
        let (count, now) = (comments.len(), UtcInstant::now());
        let write = move || export::write(format, &found, &comments, &stills, bom, now);
        let file = tokio::task::spawn_blocking(write).await.map_err(|_| Error::Busy)??;
        let event = Event::done(now, by, Action::CommentsExported, object(review))
            .review(review)
            .with("format", format)
            .with("comments", count);
        self.record(&event).await?;
        Ok(file)
    }

    /// Everything about a review in one file. The archive's own entry is the last of its audit extract, which is proven by
    /// a checkpoint signed for it.
    ///
    /// # Errors
    /// When there is no such review, the record cannot be written, or signing fails.
    pub async fn archive_review(
        &self,
        review: Uuid,
        container: Container,
        key: &NoteKey,
        by: &By,
    ) -> Result<ArchiveFile, Error> {
        let found = self.permitted_review(review, Permission::ReviewArchive, by).await?;
        let now = UtcInstant::now();
        let word = if container == Container::Zip { "zip" } else { "7z" };
        let event = Event::done(now, by, Action::ReviewArchived, object(review)).review(review);
        self.record(&event.with("container", word)).await?;
        let signed = self.checkpoint(key).await?.ok_or(Error::Busy)?;
        let mut connection = self.store.read().await?;
        let mut entries = audit::of_review(&mut connection, review).await?;
        entries.retain(|stored| number(stored) <= signed.size);
        let archive = Archive {
            review: found,
            made_at: now,
            comments: comment::of_review(&mut connection, review).await?,
            chat: chat::of_review(&mut connection, review, ALL).await?,
            wordings: comment::wordings(&mut connection, review).await?,
            stills: still::of_review(&mut connection, review).await?,
            links: link::of_review(&mut connection, review, now).await?,
            viewers: viewer::of_review(&mut connection, review).await?,
            paths: prove(&mut connection, &signed, key, &entries).await?,
            audit: entries,
            proofs: proof::of_review(&mut connection, review).await?,
        };
        drop(connection);
        let name = format!("review-{review}.{word}");
        let passphrase = match container {
            Container::Zip => None,
            Container::SevenZip => Some(random::passphrase()?),
        };
        let pack = move || {
            let files = archive.files()?;
            let bytes = match &passphrase {
                None => container::zip(&files),
                Some(passphrase) => container::seven_zip(&files, passphrase),
            };
            bytes.map(|bytes| ArchiveFile { name, bytes, passphrase })
        };
        Ok(tokio::task::spawn_blocking(pack).await.map_err(|_| Error::Busy)??)
    }
}

fn number(stored: &StoredEntry) -> u64 {
    stored.entry.sequence.unsigned_abs()
}

/// Proves that entries are in the record under a checkpoint.
async fn prove(
    connection: &mut SqliteConnection,
    signed: &CheckpointRecord,
    key: &NoteKey,
    entries: &[StoredEntry],
) -> Result<AuditPaths, Error> {
    let mut record = Vec::new();
    loop {
        let after = record.len() as u64;
        let most = HASHES.min(u32::try_from(signed.size - after).unwrap_or(HASHES));
        let page = audit::hashes(connection, after, most).await?;
        if page.is_empty() {
            break;
        }
        record.extend(page);
    }
    Ok(AuditPaths::of(&signed.note, &key.verifier().to_string(), record, entries.iter().map(number)))
}
