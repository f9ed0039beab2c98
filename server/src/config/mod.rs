//! The configuration file: one struct for each concern, owned by its module. Unknown keys are refused.

pub mod data;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::acme::config::AcmeConfig;
use crate::domain::checkpoint::AuditConfig;
use crate::domain::mark::MarksConfig;
use crate::domain::pace::LimitsConfig;
use crate::domain::policy::AccessConfig;
use crate::http::config::HttpConfig;
use crate::media::MediaConfig;
use crate::notify::config::NotifyConfig;
use crate::oidc::config::OidcConfig;
use crate::telemetry::LogConfig;

/// Everything that can be configured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where everything lasting lives; relative to the configuration file.
    pub data: PathBuf,
    /// Who may do what.
    pub access: AccessConfig,
    /// Who gives the server its certificate.
    pub acme: Option<AcmeConfig>,
    /// The record.
    pub audit: AuditConfig,
    /// The HTTPS side.
    pub http: HttpConfig,
    /// How fast one person may ask.
    pub limits: LimitsConfig,
    /// The invisible marks.
    pub marks: MarksConfig,
    /// The pictures.
    pub media: MediaConfig,
    /// Who is told of what.
    pub notify: NotifyConfig,
    /// The house's own identity provider.
    pub oidc: Option<OidcConfig>,
    /// Logs.
    pub log: LogConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: PathBuf::from("var"),
            access: AccessConfig::default(),
            acme: None,
            audit: AuditConfig::default(),
            http: HttpConfig::default(),
            limits: LimitsConfig::default(),
            marks: MarksConfig::default(),
            media: MediaConfig::default(),
            notify: NotifyConfig::default(),
            oidc: None,
            log: LogConfig::default(),
        }
    }
}

/// Why a configuration is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration {file}: {reason}")]
    Unreadable {
        /// Which file.
        file: String,
        /// What the system says.
        reason: String,
    },
    /// A key that does not exist.
    #[error("{file}:{line}: there is no key {key:?} here{}", suggestion(nearest.as_deref()))]
    UnknownKey {
        /// Which file.
        file: String,
        /// Which line, from 1.
        line: usize,
        /// What was written.
        key: String,
        /// The known key most like it.
        nearest: Option<String>,
    },
    /// Anything else the parser says.
    #[error("{file}:{line}: {reason}")]
    Malformed {
        /// Which file.
        file: String,
        /// Which line, from 1.
        line: usize,
        /// What the parser says.
        reason: String,
    },
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|nearest| format!("; did you mean {nearest:?}?")).unwrap_or_default()
}

impl Config {
    /// Reads a configuration file.
    ///
    /// # Errors
    /// When it cannot be read, or something in it is not understood.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| ConfigError::Unreadable { file: file.clone(), reason: error.to_string() })?;
        let mut config = Self::parse(&text, &file)?;
        let base = path.parent().unwrap_or(Path::new("."));
        let Self { data, access, acme, audit, http, marks, notify, oidc, .. } = &mut config;
        let http = [http.tls_certificate.as_mut(), http.tls_key.as_mut()];
        let seals = [access.seal_key.as_mut(), access.countries.as_mut(), marks.seal_key.as_mut()];
        let acme = acme.as_mut().and_then(|acme| acme.ca.as_mut());
        let paths = [Some(data), audit.copies.as_mut(), acme].into_iter().chain(seals).chain(http).flatten();
        let oidc = oidc.iter_mut().flat_map(OidcConfig::paths);
        for path in paths.chain(notify.paths()).chain(oidc).filter(|path| path.is_relative()) {
            *path = base.join(&*path);
        }
        Ok(config)
    }

    /// Reads a configuration from text; `file` is for messages.
    ///
    /// # Errors
    /// When something in it is not understood.
    pub fn parse(text: &str, file: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| explain(&error, text, file))
    }
}

fn explain(error: &toml::de::Error, text: &str, file: &str) -> ConfigError {
    let offset = error.span().map_or(0, |span| span.start);
    let line = text.get(..offset).map_or(1, |before| before.matches('\n').count() + 1);
    let file = file.to_owned();
    match unknown_key(error.message()) {
        Some((key, known)) => ConfigError::UnknownKey { file, line, nearest: nearest(&key, &known), key },
        None => ConfigError::Malformed { file, line, reason: error.message().to_owned() },
    }
}

/// Reads serde's "unknown field `x`, expected one of `a`, `b`".
fn unknown_key(message: &str) -> Option<(String, Vec<String>)> {
    let mut words = message.strip_prefix("unknown field ")?.split('`').skip(1).step_by(2).map(str::to_owned);
    Some((words.next()?, words.collect()))
}

fn nearest(key: &str, known: &[String]) -> Option<String> {
    let scored = known.iter().map(|known| (strsim::jaro_winkler(key, known), known));
    scored.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(score, _)| *score > 0.6).map(|(_, known)| known.clone())
}
