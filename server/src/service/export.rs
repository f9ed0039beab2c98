//! Exports: each is recorded before it leaves the house.

use uuid::Uuid;

use super::review::object;
use super::{Error, Services};
use crate::domain::access::Permission;
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::export::{self, Archive, Exported, Format};
use crate::store::{audit, comment, link, proof, viewer};

impl Services {
    /// The comments of a review as a file. `bom` puts a byte order mark before CSV.
    ///
    /// # Errors
    /// When there is no such review, the format needs comments and there are none, or the record cannot be written.
    pub async fn export_comments(&self, review: Uuid, format: Format, bom: bool, by: &By) -> Result<Exported, Error> {
        let found = self.permitted_review(review, Permission::CommentsExport, by).await?;
        let comments = self.comments(review).await?;
        let (count, now) = (comments.len(), UtcInstant::now());
        let write = move || export::write(format, &found, &comments, bom, now);
        let file = tokio::task::spawn_blocking(write).await.map_err(|_| Error::Busy)??;
        let event = Event::done(now, by, Action::CommentsExported, object(review))
            .review(review)
            .with("format", format)
            .with("comments", count);
        self.record(&event).await?;
        Ok(file)
    }

    /// Everything about a review in one ZIP. The archive's own entry is the last of its audit extract.
    ///
    /// # Errors
    /// When there is no such review, or the record cannot be written.
    pub async fn archive_review(&self, review: Uuid, by: &By) -> Result<Vec<u8>, Error> {
        let found = self.permitted_review(review, Permission::ReviewArchive, by).await?;
        let now = UtcInstant::now();
        self.record(&Event::done(now, by, Action::ReviewArchived, object(review)).review(review)).await?;
        let mut connection = self.store.read().await?;
        let archive = Archive {
            review: found,
            made_at: now,
            comments: comment::of_review(&mut connection, review).await?,
            wordings: comment::wordings(&mut connection, review).await?,
            links: link::of_review(&mut connection, review, now).await?,
            viewers: viewer::of_review(&mut connection, review).await?,
            proofs: proof::of_review(&mut connection, review).await?,
            audit: audit::of_review(&mut connection, review).await?,
        };
        drop(connection);
        let zip = tokio::task::spawn_blocking(move || archive.to_zip()).await.map_err(|_| Error::Busy)??;
        Ok(zip)
    }
}
