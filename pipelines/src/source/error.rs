//! What can be wrong with a source, in words that a person can act on.

use std::path::PathBuf;
use std::time::Duration;

use super::sequence::SequenceError;
use crate::runtime::RuntimeError;

/// Why a source does not open or does not go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// There is no such file.
    #[error("file not found: {}", path.display())]
    NotFound {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("cannot read {}: {detail}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// There is no picture in it.
    #[error("no video stream found in {name}, expected e.g. mov, mp4, mkv, mxf")]
    NotMedia {
        /// File name or redacted address.
        name: String,
    },
    /// The file ends before what is needed to play it.
    #[error("{name} is truncated: {detail}; copy it again, or wait until it is completely written")]
    Truncated {
        /// File name.
        name: String,
        /// What is missing.
        detail: String,
    },
    /// No decoder is installed for it.
    #[error("{name} needs a decoder that this machine does not have: {codec}")]
    UnsupportedCodec {
        /// File name or redacted address.
        name: String,
        /// The codec's name.
        codec: String,
    },
    /// The data cannot be decoded.
    #[error("{name} cannot be decoded: {detail}")]
    Damaged {
        /// File name or redacted address.
        name: String,
        /// What the decoder says.
        detail: String,
    },
    /// Numbered pictures that cannot be shown.
    #[error(transparent)]
    Sequence(#[from] SequenceError),
    /// An SRT address that makes no sense.
    #[error("SRT address {uri}: {detail}")]
    SrtAddress {
        /// The address, without secrets.
        uri: String,
        /// What is wrong with it.
        detail: String,
    },
    /// An SRT connection that does not come about.
    #[error("no SRT connection with {address}: {detail}")]
    SrtConnect {
        /// Host and port.
        address: String,
        /// What the other side or the system says.
        detail: String,
    },
    /// The two sides of an SRT connection have different passphrases.
    #[error("SRT {address}: wrong passphrase (sender and receiver must be given the same one)")]
    WrongPassphrase {
        /// Host and port.
        address: String,
    },
    /// A feed that is over, or never came about.
    #[error("{reason}")]
    Feed {
        /// Why; from whoever received it.
        reason: String,
    },
    /// There is no card to capture with.
    #[error("{name}: no card, or no driver for it (Desktop Video) on this machine")]
    NoCard {
        /// Which card.
        name: String,
    },
    /// There is nothing that speaks NDI.
    #[error("NDI runtime not installed: NDI sources need the GStreamer plugin `ndi` and the runtime on this machine")]
    NoNdi,
    /// A live source stopped sending.
    #[error("{name}: the sender stopped")]
    Ended {
        /// Redacted address.
        name: String,
    },
    /// A source that says nothing.
    #[error("{name}: no picture for {} s", after.as_secs())]
    Stalled {
        /// File name or redacted address.
        name: String,
        /// How long.
        after: Duration,
    },
    /// The slate, which is a picture of nothing.
    #[error("the slate has no picture of its own to look at")]
    NoPicture,
    /// The media framework itself.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
}
