//! Logs, to standard error. Secrets have types that cannot be logged.

use serde::{Deserialize, Serialize};
use tracing_subscriber::EnvFilter;

/// `[log]` of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// What is logged: `info`, or e.g. `warn,vitrine=debug`. `VITRINE_LOG` in the environment wins.
    pub filter: String,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { filter: "warn,vitrine=info".to_owned() }
    }
}

/// Starts logging. A second call changes nothing.
pub fn start(config: &LogConfig) {
    let filter = std::env::var("VITRINE_LOG").unwrap_or_else(|_| config.filter.clone());
    let filter = EnvFilter::try_new(&filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let started = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).try_init();
    drop(started);
}
