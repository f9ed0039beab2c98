//! Media that comes by messages: what a sender publishes to this server, already out of its network packets.

use std::time::Instant;

use bytes::Bytes;

/// Codecs of pictures that come by messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedCodec {
    /// H.264 of any profile, Annex B.
    H264,
    /// VP8.
    Vp8,
    /// VP9 of any profile.
    Vp9,
}

/// One message of a feed.
#[derive(Clone, Debug)]
pub enum FeedUnit {
    /// A whole coded picture: an access unit or a frame.
    Picture {
        /// What it is coded with.
        codec: FeedCodec,
        /// Whether the sender also sends sound.
        has_sound: bool,
        /// The coded picture.
        data: Bytes,
        /// Whether decoding can start here.
        keyframe: bool,
        /// When it is due, on this machine's monotonic clock.
        due: Instant,
    },
    /// One packet of Opus.
    Sound {
        /// The packet.
        data: Bytes,
        /// When it is due, on the same clock.
        due: Instant,
    },
    /// There is nothing more to come.
    Ended {
        /// Why; for people.
        reason: String,
    },
}
