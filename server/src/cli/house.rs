//! The data of a house, opened by a command beside (or without) the running server.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Where;
use crate::config::Config;
use crate::config::data::DataDir;
use crate::domain::policy::Profile;
use crate::http::names::Names;
use crate::service::Services;
use crate::store::{Store, setting};

/// Data directory when nothing is said.
const DEFAULT_DATA: &str = "var";

/// An opened house.
pub struct House {
    /// Use cases.
    pub services: Services,
    /// Its directory.
    pub data: DataDir,
    /// Its configuration.
    pub config: Config,
}

impl Where {
    /// The configuration that was named, or the default with the data directory that was named.
    pub fn config(&self) -> anyhow::Result<Config> {
        match &self.config {
            Some(file) => Ok(Config::load(file)?),
            None => {
                let data = self.data.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_DATA));
                Ok(Config { data, ..Config::default() })
            }
        }
    }

    /// Opens the house's data. Only `make` makes it when it is missing.
    pub async fn open(&self, make: bool) -> anyhow::Result<House> {
        let config = self.config()?;
        let data = if make { DataDir::open(&config.data)? } else { existing(&config.data)? };
        let store = Store::open(&data.database())
            .await
            .with_context(|| format!("cannot open the database {}", data.database().display()))?;
        let profile = self.profile(&store, &config).await?;
        Ok(House { services: Services::new(store, profile), data, config })
    }

    /// The policy that was configured; without a configuration, the one under which the server last ran.
    pub async fn profile(&self, store: &Store, config: &Config) -> anyhow::Result<Profile> {
        let kept = setting::get(&mut *store.read().await?, setting::PROFILE).await?;
        match kept {
            Some(word) if self.config.is_none() => Ok(word.parse()?),
            _ => Ok(config.access.profile),
        }
    }
}

fn existing(path: &Path) -> anyhow::Result<DataDir> {
    let data = DataDir::existing(path)
        .context("name it with --data DIR, or make one with `vitrine demo` or `vitrine serve`")?;
    anyhow::ensure!(
        data.database().exists(),
        "{} holds no vitrine.db; expected the data directory of a server",
        data.path().display()
    );
    Ok(data)
}

impl House {
    /// Where links point: as the server last said, else as configured.
    pub async fn public_url(&self) -> anyhow::Result<String> {
        let mut connection = self.services.store.read().await?;
        let kept = setting::get(&mut connection, setting::PUBLIC_URL).await?;
        Ok(kept.unwrap_or_else(|| Names::new(&self.config.http, self.config.http.bind.port()).public_url().to_owned()))
    }
}
