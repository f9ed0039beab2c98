//! Which country an address is in, by a database in MaxMind's format (MaxMind DB 2.0) that the house keeps.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use maxminddb::{Reader, path};

use crate::domain::instant::UtcInstant;
use crate::domain::notification::network_of;
use crate::domain::place::{Country, Place};

/// Why a database of countries is refused.
#[derive(Debug, thiserror::Error)]
pub enum PlacesError {
    /// The file cannot be read.
    #[error("cannot read the countries of networks {file}: {reason}")]
    Unreadable {
        /// Which file.
        file: PathBuf,
        /// What the system says.
        reason: std::io::Error,
    },
    /// The file is something else.
    #[error("{file} is no database in MaxMind's format (.mmdb): {reason}")]
    Malformed {
        /// Which file.
        file: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A database of something else.
    #[error("{file} is a database of {found:?}, expected one of countries (or cities)")]
    Other {
        /// Which file.
        file: PathBuf,
        /// What it says it is.
        found: String,
    },
}

/// What is known of where addresses are; without a database, nothing but the addresses.
#[derive(Clone, Default)]
pub struct Places(Option<Arc<Reader<Vec<u8>>>>);

impl fmt::Debug for Places {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Places").field(&self.database()).finish()
    }
}

impl Places {
    /// Reads a database, if there is one.
    ///
    /// # Errors
    /// When it cannot be read, is damaged or is not one of countries.
    pub fn open(file: Option<&Path>) -> Result<Self, PlacesError> {
        let Some(file) = file else { return Ok(Self::default()) };
        let bytes = std::fs::read(file).map_err(|reason| PlacesError::Unreadable { file: file.to_owned(), reason })?;
        let malformed = |error: maxminddb::MaxMindDbError| PlacesError::Malformed {
            file: file.to_owned(),
            reason: error.to_string(),
        };
        let reader = Reader::from_source(bytes).map_err(malformed)?;
        let found = &reader.metadata().database_type;
        if !["Country", "City", "Enterprise"].iter().any(|kind| found.contains(kind)) {
            return Err(PlacesError::Other { file: file.to_owned(), found: found.clone() });
        }
        reader.verify().map_err(malformed)?;
        Ok(Self(Some(Arc::new(reader))))
    }

    /// What the database says it is, and when it was built.
    pub fn database(&self) -> Option<(&str, UtcInstant)> {
        let metadata = self.0.as_ref()?.metadata();
        let built_ms = i64::try_from(metadata.build_epoch).unwrap_or(i64::MAX).saturating_mul(1000);
        Some((&metadata.database_type, UtcInstant::from_ms(built_ms)))
    }

    /// Where an address is.
    pub fn of(&self, address: IpAddr) -> Place {
        let address = address.to_canonical();
        let found = self.0.as_ref().and_then(|reader| reader.lookup(address).ok());
        let code = found.and_then(|found| found.decode_path::<&str>(&path!["country", "iso_code"]).ok().flatten());
        Place { address, country: code.and_then(Country::from_code) }
    }

    /// The network of an address as it is told, with its country.
    pub fn network_of(&self, address: IpAddr) -> String {
        let network = network_of(address);
        self.of(address).country.map_or(network.clone(), |country| format!("{network} ({country})"))
    }

    /// Whether nobody is at both addresses at once; see [`Place::far_from`].
    pub fn far_apart(&self, one: IpAddr, other: IpAddr) -> bool {
        self.of(one).far_from(&self.of(other))
    }
}
