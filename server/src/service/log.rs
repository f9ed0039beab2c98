//! The comment log over all reviews that somebody may see.

use super::{Error, Services};
use crate::domain::access::{Object, Permission, authorize};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::invalid::Invalid;
use crate::domain::log::{EXPORTED_MOST, LogFilter, THREADS_MOST, Thread};
use crate::export;
use crate::store::log as table;

impl Services {
    /// A page of the log, newest first, and whether there is more.
    ///
    /// # Errors
    /// When the console is not theirs to use, or the filter breaks a rule.
    pub async fn log(&self, filter: LogFilter, by: &By) -> Result<(Vec<Thread>, bool), Error> {
        self.permit(by, Permission::ConsoleUse, &Object::House).await?;
        let mut threads = self.threads(filter, Permission::ReviewSee, THREADS_MOST + 1, by).await?;
        let more = threads.len() > THREADS_MOST as usize;
        threads.truncate(THREADS_MOST as usize);
        Ok((threads, more))
    }

    /// The log as CSV, of the reviews whose comments may be taken out, oldest first. That it left is recorded before it does.
    ///
    /// # Errors
    /// As [`Services::log`], or when there are more than [`EXPORTED_MOST`] threads.
    pub async fn export_log(&self, filter: LogFilter, bom: bool, by: &By) -> Result<Vec<u8>, Error> {
        self.permit(by, Permission::ConsoleUse, &Object::House).await?;
        let mut threads = self.threads(filter, Permission::CommentsExport, EXPORTED_MOST + 1, by).await?;
        if threads.len() > EXPORTED_MOST as usize {
            return Err(Invalid::TooManyEntries { most: EXPORTED_MOST }.into());
        }
        threads.reverse();
        let event = Event::done(UtcInstant::now(), by, Action::CommentsExported, "log").with("format", "csv");
        self.record(&event.with("threads", threads.len())).await?;
        let write = move || export::log_csv(&threads, bom);
        Ok(tokio::task::spawn_blocking(write).await.map_err(|_| Error::Busy)??)
    }

    async fn threads(&self, filter: LogFilter, may: Permission, limit: u32, by: &By) -> Result<Vec<Thread>, Error> {
        let filter = filter.checked()?;
        let mut reviews = self.reviews().await?;
        reviews.retain(|review| {
            authorize(&by.actor, may, &review.object()).is_ok()
                && filter.review.is_none_or(|id| id == review.id)
                && filter.project.is_none_or(|id| id == review.project.id)
        });
        let reviews: Vec<_> = reviews.iter().map(|review| review.id).collect();
        Ok(table::threads(&mut *self.store.read().await?, &reviews, &filter, limit).await?)
    }
}
