//! Where a review's picture comes from.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::look::Look;
use super::time::FrameRate;

/// Names a source among those of a review.
pub type SourceId = uuid::Uuid;

/// A source and the colour it is in: all that is needed to open it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProgramSpec {
    /// Which of its review's sources this is: every picture is stamped with it.
    pub source_id: SourceId,
    /// Where the picture comes from.
    pub source: SourceSpec,
    /// What colour it is in, and how it is graded.
    pub look: Look,
    /// Timecode label of source frame 0 when the source carries none, e.g. `01:00:00:00`.
    pub start_timecode: Option<String>,
    /// Drop-frame counting for 29.97 and 59.94 sources that carry no timecode of their own.
    pub drop_frame: bool,
    /// Shown on slates: the review's title.
    pub title: String,
}

/// One of the sources the house can open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum SourceSpec {
    /// The reference reel that the program makes itself, looped.
    TestReel {
        /// Picture height in lines, 1080 unless a smaller machine asks for less; width follows 16:9.
        height: u32,
    },
    /// A media file, looped.
    File {
        /// Path on the server.
        path: PathBuf,
    },
    /// Numbered pictures, one file a frame, looped.
    Sequence {
        /// `shot.%04d.dpx`, `shot.####.dpx` or a folder with one such sequence in it; a path on the server.
        path: PathBuf,
        /// Its rate; without one, what the first picture's header says, else 24.
        rate: Option<FrameRate>,
    },
    /// A live feed that a sender publishes to this server by WHIP (RFC 9725). Its media comes by messages.
    Whip,
    /// What a card of this machine is sent by SDI (or HDMI), with the timecode in it.
    Sdi {
        /// Card, counted from 0.
        device: u32,
    },
    /// What a sender in this network offers by NDI.
    Ndi {
        /// As it is announced: `MACHINE (output)`.
        name: String,
    },
    /// No picture: the slate with the review's title.
    Slate,
    /// A live feed over SRT carrying MPEG-TS.
    Srt {
        /// `srt://host:port?mode=listener|caller|rendezvous&latency=ms`, without the passphrase.
        uri: String,
        /// AES passphrase, 10..=79 characters; never logged and never serialised back to a client.
        passphrase: Option<Passphrase>,
    },
}

impl SourceSpec {
    /// Whether it can be paused and wound.
    pub fn winds(&self) -> bool {
        matches!(self, Self::TestReel { .. } | Self::File { .. } | Self::Sequence { .. })
    }
}

/// A feed's passphrase; prints as dots.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Passphrase(String);

impl Passphrase {
    /// Wraps a passphrase.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The passphrase itself, for the element that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase(..)")
    }
}
