//! The RTP `color-space` header extension (<http://www.webrtc.org/experiments/rtp-hdrext/color-space>), which in browsers
//! overrides what the bitstream says.

use lut::color::{ColorSpec, Range, Transfer};
use pipelines::spec::hdr::HdrMetadata;
use str0m::rtp::{Extension, ExtensionSerializer, ExtensionValues};

/// The extension's URI as browsers write it.
pub const URI: &str = "http://www.webrtc.org/experiments/rtp-hdrext/color-space";

/// The URI under which the extension is known to the RTP library, which reserves [`URI`] but writes no value for it.
/// `sdp.rs` exchanges the two in offers and answers.
pub const LOCAL_URI: &str = "urn:vitrine:color-space";

/// Bytes without and with HDR metadata.
const PLAIN: usize = 4;
const WITH_HDR: usize = 28;

/// Primaries, transfer, matrix (H.273), then range in bits 5-4 (1 limited, 2 full) and chroma siting in bits 3-0
/// (horizontal, vertical; 0 unspecified, 1 collocated, 2 half). For PQ the mastering display follows: peak, black,
/// x and y of red, green, blue and white, and two light levels of the content, 0 for not known; all big-endian in 16 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColorSpaceValue {
    bytes: [u8; WITH_HDR],
    length: usize,
}

impl ColorSpaceValue {
    /// The value for pictures that are tagged as `color`, siting left unspecified. Of PQ it tells what the source says of its
    /// display and its light, and where that says nothing, what is usual.
    pub fn new(color: ColorSpec, hdr: Option<HdrMetadata>) -> Self {
        let (primaries, transfer, matrix, _) = color.h273();
        let range = match color.range {
            Range::Limited => 1,
            Range::Full => 2,
        };
        let mut bytes = [0; WITH_HDR];
        bytes[..PLAIN].copy_from_slice(&[primaries, transfer, matrix, range << 4]);
        if color.transfer != Transfer::Pq {
            return Self { bytes, length: PLAIN };
        }
        let HdrMetadata { mastering, max_cll, max_fall } = hdr.unwrap_or_default();
        let words = [mastering.peak, mastering.black].into_iter().chain(mastering.points).chain([max_cll, max_fall]);
        for (place, word) in bytes[PLAIN..].chunks_exact_mut(2).zip(words) {
            place.copy_from_slice(&word.to_be_bytes());
        }
        Self { bytes, length: WITH_HDR }
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.length]
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
        let bytes = value.as_bytes();
        let Some(target) = buf.get_mut(..bytes.len()) else { return 0 };
        target.copy_from_slice(bytes);
        bytes.len()
    }

    fn parse_value(&self, buf: &[u8], values: &mut ExtensionValues) -> bool {
        if buf.len() != PLAIN && buf.len() != WITH_HDR {
            return false;
        }
        let mut bytes = [0; WITH_HDR];
        bytes[..buf.len()].copy_from_slice(buf);
        values.user_values.set(ColorSpaceValue { bytes, length: buf.len() });
        true
    }

    fn requires_two_byte_form(&self, values: &ExtensionValues) -> bool {
        values.user_values.get::<ColorSpaceValue>().is_some_and(|value| value.length > 16)
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
    use pipelines::spec::color::TargetColor;
    use pipelines::spec::hdr::MasteringDisplay;

    use super::*;

    #[test]
    fn without_hdr_metadata_it_is_the_four_code_points() {
        for (target, bytes) in [
            (TargetColor::Srgb709, [1, 13, 1, 0x10]),
            (TargetColor::Reference709, [1, 1, 1, 0x10]),
            (TargetColor::DisplayP3, [12, 13, 1, 0x10]),
            (TargetColor::Hlg, [9, 18, 9, 0x10]),
        ] {
            assert_eq!(ColorSpaceValue::new(target.color_spec(), None).as_bytes(), bytes, "{target}");
        }
    }

    #[test]
    fn hdr10_tells_its_mastering_display_in_28_bytes() {
        let words = words(None);
        // 1,000 and 0.0001 cd/m2; P3-D65; light levels unknown.
        assert_eq!(words, [1_000, 1, 34_000, 16_000, 13_250, 34_500, 7_500, 3_000, 15_635, 16_450, 0, 0]);
    }

    fn words(hdr: Option<HdrMetadata>) -> Vec<u16> {
        let value = ColorSpaceValue::new(TargetColor::Hdr10.color_spec(), hdr);
        let bytes = value.as_bytes();
        assert_eq!(bytes[..4], [9, 16, 9, 0x10]);
        bytes[4..].chunks_exact(2).map(|word| u16::from_be_bytes([word[0], word[1]])).collect()
    }

    #[test]
    fn hdr10_tells_what_its_source_says_of_display_and_light() {
        let points = [35_400, 14_600, 8_500, 39_850, 6_550, 2_300, 15_635, 16_450];
        let mastering = MasteringDisplay { peak: 4_000, black: 50, points };
        let words = words(Some(HdrMetadata { mastering, max_cll: 3_000, max_fall: 400 }));
        assert_eq!(words, [4_000, 50, 35_400, 14_600, 8_500, 39_850, 6_550, 2_300, 15_635, 16_450, 3_000, 400]);
    }
}
