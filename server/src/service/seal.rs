//! What the house must be able to read again and nobody else may: accounts' secrets, sealed.

use std::sync::Arc;

use uuid::Uuid;
use zeroize::Zeroizing;

use super::{Error, Services};
use crate::config::data::DataDir;
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::policy::AccessConfig;
use crate::store::{Store, factor};
use crate::token::seal::Seal;

/// The key of secrets. It is made at first start only: one that is missing later is not replaced.
///
/// # Errors
/// When the file cannot be read or written, or the store fails.
pub async fn load(store: &Store, data: &DataDir, config: &AccessConfig) -> Result<Arc<Seal>, Error> {
    let path = config.seal_key.clone().unwrap_or_else(|| data.secret_seal());
    let in_use = factor::any_sealed(&mut *store.read().await?).await?;
    Ok(Arc::new(if in_use { Seal::load(data, &path)? } else { Seal::load_or_make(data, &path)? }))
}

/// For what an account's TOTP secret is sealed, so that one account's is none of another's.
fn purpose(account: Uuid) -> String {
    format!("vitrine totp {account}")
}

impl Services {
    /// These services with the key of secrets.
    #[must_use]
    pub fn sealed_with(self, seal: Arc<Seal>) -> Self {
        Self { seal: Some(seal), ..self }
    }

    fn seal(&self) -> Result<&Seal, Error> {
        self.seal.as_deref().ok_or(Error::NoSeal)
    }

    /// Seals what an earlier version left in clear.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn seal_secrets(&self) -> Result<(), Error> {
        let mut write = self.store.write().await?;
        let clear = factor::unsealed(write.connection()).await?;
        if clear.is_empty() {
            return Ok(());
        }
        for (account, secret) in &clear {
            let sealed = self.sealed_totp(*account, secret)?;
            factor::set_sealed(write.connection(), *account, &sealed).await?;
        }
        let event = Event::done(UtcInstant::now(), &By::SERVER, Action::SecretsSealed, "server");
        write.commit(&event.with("secrets", clear.len())).await?;
        Ok(self.store.empty_journal().await?)
    }

    pub(super) fn sealed_totp(&self, account: Uuid, secret: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(self.seal()?.seal(&purpose(account), secret)?)
    }

    pub(super) fn opened_totp(&self, account: Uuid, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        Ok(self.seal()?.open(&purpose(account), sealed)?)
    }
}
