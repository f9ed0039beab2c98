//! The RTP `playout-delay` header extension (<http://www.webrtc.org/experiments/rtp-hdrext/playout-delay>): how long a browser
//! may keep a picture to even out the network.
//!
//! Without sound a picture is shown as soon as it is decoded. With sound nothing is said: browsers then bring the two
//! together themselves, which they cannot when the picture may not wait.

use str0m::rtp::{Extension, ExtensionSerializer, ExtensionValues};

/// The extension's URI as browsers write it.
pub const URI: &str = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";

/// The URI under which the RTP library knows it; it has no way to set the value of its own. `sdp.rs` exchanges the two.
pub const LOCAL_URI: &str = "urn:vitrine:playout-delay";

/// Least and most delay, 12 bits each, in units of 10 ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayoutDelay([u8; 3]);

impl PlayoutDelay {
    /// At once.
    pub const NONE: Self = Self([0; 3]);
    /// As the browser likes, up to the ten seconds that it would allow itself: takes [`PlayoutDelay::NONE`] back.
    pub const FREE: Self = Self([0, 0x03, 0xe8]);
}

/// The extension, for the RTP library's extension map.
pub fn extension() -> Extension {
    Extension::with_serializer(LOCAL_URI, Serializer)
}

#[derive(Debug)]
struct Serializer;

impl ExtensionSerializer for Serializer {
    fn write_to(&self, buf: &mut [u8], values: &ExtensionValues) -> usize {
        let Some(PlayoutDelay(bytes)) = values.user_values.get::<PlayoutDelay>() else { return 0 };
        let Some(target) = buf.get_mut(..bytes.len()) else { return 0 };
        target.copy_from_slice(bytes);
        bytes.len()
    }

    fn parse_value(&self, buf: &[u8], values: &mut ExtensionValues) -> bool {
        let Ok(bytes) = <[u8; 3]>::try_from(buf) else { return false };
        values.user_values.set(PlayoutDelay(bytes));
        true
    }

    fn requires_two_byte_form(&self, _: &ExtensionValues) -> bool {
        false
    }

    fn is_video(&self) -> bool {
        true
    }

    fn is_audio(&self) -> bool {
        false
    }
}
