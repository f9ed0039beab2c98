//! What is written down of the marks: which viewing was shown which source frames.

use std::collections::HashMap;

use uuid::Uuid;

use super::Error;
use super::viewing::Screening;
use crate::domain::mark::Frames;
use crate::store::{mark, viewing};

impl Screening {
    /// Writes down which frames viewings were shown; `written` is what was written before.
    ///
    /// # Errors
    /// When the store fails; what was not written then is written the next time.
    pub async fn note_seen(&self, written: &mut HashMap<Uuid, Frames>) -> Result<(), Error> {
        let seen = self.projector.seen();
        let known = |id: &Uuid, frames: &Frames| written.get(id).unwrap_or(&Frames::default()) == frames;
        let news: Vec<_> = seen.iter().filter(|(id, frames)| !known(id, frames)).cloned().collect();
        if news.is_empty() {
            return Ok(());
        }
        let mut write = self.services.store.write().await?;
        for (id, frames) in &news {
            // Written down before its media started; what is not there any more has nobody to be noted for.
            if viewing::by_id(write.connection(), *id).await?.is_some() {
                mark::note(write.connection(), *id, frames).await?;
            }
        }
        write.commit_bookkeeping().await?;
        *written = seen.into_iter().collect();
        Ok(())
    }
}
