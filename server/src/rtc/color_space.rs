//! The RTP `color-space` header extension (<http://www.webrtc.org/experiments/rtp-hdrext/color-space>), which in browsers
//! overrides what the bitstream says.

use lut::color::{ColorSpec, Range};
use str0m::rtp::{Extension, ExtensionSerializer, ExtensionValues};

/// The extension's URI as browsers write it.
pub const URI: &str = "http://www.webrtc.org/experiments/rtp-hdrext/color-space";

/// The URI under which the extension is known to the RTP library, which reserves [`URI`] but writes no value for it.
/// `sdp.rs` exchanges the two in offers and answers.
pub const LOCAL_URI: &str = "urn:vitrine:color-space";

/// The four bytes without HDR metadata: primaries, transfer, matrix (H.273), then range in bits 5-4 (1 limited, 2 full)
/// and chroma siting in bits 3-0 (horizontal, vertical; 0 unspecified, 1 collocated, 2 half).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColorSpaceValue([u8; 4]);

impl ColorSpaceValue {
    /// The value for pictures in `color`, siting left unspecified.
    pub fn new(color: ColorSpec) -> Self {
        let (primaries, transfer, matrix, _) = color.h273();
        let range = match color.range {
            Range::Limited => 1,
            Range::Full => 2,
        };
        Self([primaries, transfer, matrix, range << 4])
    }
}

/// The extension, for the RTP library's extension map.
pub fn extension() -> Extension {
    Extension::with_serializer(LOCAL_URI, Serializer)
}

#[derive(Debug)]
struct Serializer;

impl ExtensionSerializer for Serializer {
    fn write_to(&self, buf: &mut [u8], values: &ExtensionValues) -> usize {
        let Some(value) = values.user_values.get::<ColorSpaceValue>() else { return 0 };
        let Some(target) = buf.get_mut(..4) else { return 0 };
        target.copy_from_slice(&value.0);
        4
    }

    fn parse_value(&self, buf: &[u8], values: &mut ExtensionValues) -> bool {
        let Ok(bytes) = <[u8; 4]>::try_from(buf) else { return false };
        values.user_values.set(ColorSpaceValue(bytes));
        true
    }

    fn is_video(&self) -> bool {
        true
    }

    fn is_audio(&self) -> bool {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn srgb_on_709_limited_is_1_13_1_limited() {
        assert_eq!(ColorSpaceValue::new(ColorSpec::SRGB_709_LIMITED).0, [1, 13, 1, 0x10]);
    }
}
