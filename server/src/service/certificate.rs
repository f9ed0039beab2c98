//! The certificate by a CA: that it was got, or was not and why.

use super::{Error, Services};
use crate::acme::{Acme, AcmeFailure, Issued};
use crate::config::data::FileError;
use crate::domain::audit::{Action, By, Event};
use crate::domain::certificate::{Failures, TOLD_AFTER};
use crate::domain::instant::UtcInstant;
use crate::domain::notification::{Notification, Occasion};
use crate::store::{self, setting};

/// Why a certificate that was got is not shown.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// It could not be recorded.
    #[error(transparent)]
    Record(#[from] Error),
    /// It could not be written.
    #[error(transparent)]
    File(#[from] FileError),
}

impl From<store::Error> for KeepError {
    fn from(error: store::Error) -> Self {
        Self::Record(error.into())
    }
}

fn event(action: Action, acme: &Acme, now: UtcInstant) -> Event {
    Event::done(now, &By::SERVER, action, "server").with("ca", &acme.directory).with("names", acme.names.join(", "))
}

impl Services {
    /// The tries that came to nothing since the last that did not.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn certificate_failures(&self) -> Result<Option<Failures>, Error> {
        let kept = setting::get(&mut *self.store.read().await?, setting::CERTIFICATE_FAILURES).await?;
        Ok(kept.as_deref().map(serde_json::from_str).transpose().map_err(store::Error::from)?)
    }

    /// Keeps a certificate that was got, and records it.
    ///
    /// # Errors
    /// When either cannot be done; then the one before stays.
    pub async fn certificate_issued(&self, acme: &Acme, issued: &Issued) -> Result<(), KeepError> {
        let event = event(Action::CertificateIssued, acme, UtcInstant::now());
        let mut write = self.store.write().await?;
        setting::forget(write.connection(), setting::CERTIFICATE_FAILURES).await?;
        write.record(&event.with("until", issued.validity.until));
        acme.keep(issued)?;
        Ok(write.commit_bookkeeping().await?)
    }

    /// Records that a try came to nothing; after several in a row the house is told, once.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn certificate_failed(
        &self,
        acme: &Acme,
        failure: &AcmeFailure,
        before: Option<&Failures>,
    ) -> Result<Failures, Error> {
        let now = UtcInstant::now();
        let failures = Failures::after(before, failure.to_string(), now);
        let mut write = self.store.write().await?;
        let kept = serde_json::to_string(&failures).map_err(store::Error::from)?;
        setting::set(write.connection(), setting::CERTIFICATE_FAILURES, &kept).await?;
        if failures.count == TOLD_AFTER {
            let told = Notification::new(now, Occasion::CertificateFailed).with("names", acme.names.join(", "));
            write.notify(&told.with("times", failures.count).with("reason", &failures.reason)).await?;
        }
        let event = event(Action::CertificateFailed, acme, now).with("reason", &failures.reason);
        write.commit(&event.with("next_at", failures.next_at())).await?;
        Ok(failures)
    }
}
