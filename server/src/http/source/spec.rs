//! Where a review's picture comes from, on the wire.

use pipelines::spec::source::{Passphrase, SourceSpec};
use pipelines::spec::time::FrameRate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Rate;
use crate::domain::secret::SecretText;

fn reel_height() -> u32 {
    1_080
}

/// Where a picture comes from, as a person says it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum NewSource {
    /// The reference reel.
    TestReel {
        /// Picture height in lines.
        #[serde(default = "reel_height")]
        height: u32,
    },
    /// A media file on the server.
    File {
        /// Absolute path.
        path: String,
    },
    /// Numbered pictures on the server.
    Sequence {
        /// Absolute path: `shot.%04d.dpx`, `shot.####.dpx` or a folder.
        path: String,
        /// Its rate; without one, what the first picture's header says, else 24.
        rate: Option<Rate>,
    },
    /// A live feed that a sender publishes to this server by WHIP, with a key made for it.
    Whip {},
    /// What a card of the server is sent by SDI.
    Sdi {
        /// Card, counted from 0.
        #[serde(default)]
        device: u32,
    },
    /// What a sender in the server's network offers by NDI.
    Ndi {
        /// As it is announced: `MACHINE (output)`.
        name: String,
    },
    /// The slate with the review's title.
    Slate {},
    /// A live feed over SRT.
    Srt {
        /// `srt://host:port?mode=listener|caller|rendezvous`.
        uri: String,
        /// AES passphrase, 10 to 79 characters.
        #[schema(value_type = Option<String>)]
        passphrase: Option<SecretText>,
    },
}

impl From<NewSource> for SourceSpec {
    fn from(source: NewSource) -> Self {
        match source {
            NewSource::TestReel { height } => Self::TestReel { height },
            NewSource::File { path } => Self::File { path: path.into() },
            NewSource::Sequence { path, rate } => Self::Sequence { path: path.into(), rate: rate.map(FrameRate::from) },
            NewSource::Whip {} => Self::Whip,
            NewSource::Sdi { device } => Self::Sdi { device },
            NewSource::Ndi { name } => Self::Ndi { name },
            NewSource::Slate {} => Self::Slate,
            NewSource::Srt { uri, passphrase } => {
                let passphrase = passphrase.filter(|text| !text.reveal().is_empty());
                Self::Srt { uri, passphrase: passphrase.map(|text| Passphrase::new(text.reveal())) }
            }
        }
    }
}

/// Where a picture comes from, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SourceFacts {
    /// The reference reel.
    TestReel {
        /// Picture height in lines.
        height: u32,
    },
    /// A media file on the server.
    File {
        /// Absolute path.
        path: String,
    },
    /// Numbered pictures on the server.
    Sequence {
        /// Pattern or folder.
        path: String,
        /// Its rate, if one is declared.
        rate: Option<Rate>,
    },
    /// A live feed that a sender publishes by WHIP.
    Whip {},
    /// What a card of the server is sent by SDI.
    Sdi {
        /// Card, counted from 0.
        device: u32,
    },
    /// What a sender offers by NDI.
    Ndi {
        /// As it is announced.
        name: String,
    },
    /// The slate with the review's title.
    Slate {},
    /// A live feed over SRT.
    Srt {
        /// Its address.
        uri: String,
    },
}

impl From<&SourceSpec> for SourceFacts {
    fn from(source: &SourceSpec) -> Self {
        match source {
            SourceSpec::TestReel { height } => Self::TestReel { height: *height },
            SourceSpec::File { path } => Self::File { path: path.display().to_string() },
            SourceSpec::Sequence { path, rate } => {
                Self::Sequence { path: path.display().to_string(), rate: rate.map(Rate::from) }
            }
            SourceSpec::Whip => Self::Whip {},
            SourceSpec::Sdi { device } => Self::Sdi { device: *device },
            SourceSpec::Ndi { name } => Self::Ndi { name: name.clone() },
            SourceSpec::Slate => Self::Slate {},
            SourceSpec::Srt { uri, .. } => Self::Srt { uri: uri.clone() },
        }
    }
}
