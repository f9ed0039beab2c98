//! What GStreamer's caps say of an HDR picture's mastering display and light levels.

use gstreamer as gst;
use gstreamer_video as gst_video;

use crate::spec::hdr::{HdrMetadata, MasteringDisplay};

/// GStreamer's luminances are in 0.0001 cd/m2.
const LUMINANCE: u32 = 10_000;
/// The peak of PQ, in cd/m2.
const PQ_PEAK: u32 = 10_000;
/// Of its chromaticities, 1/50,000.
const CHROMATICITY: f32 = 50_000.0;

/// `None` when they say nothing; what cannot be true of a display counts as not said.
pub(crate) fn hdr_metadata(caps: &gst::CapsRef) -> Option<HdrMetadata> {
    let mastering = gst_video::VideoMasteringDisplayInfo::from_caps(caps).ok().and_then(|info| display(&info));
    let light = gst_video::VideoContentLightLevel::from_caps(caps).ok();
    if mastering.is_none() && light.is_none() {
        return None;
    }
    let usual = HdrMetadata::default();
    Some(HdrMetadata {
        mastering: mastering.unwrap_or(usual.mastering),
        max_cll: light.as_ref().map_or(0, gst_video::VideoContentLightLevel::max_content_light_level),
        max_fall: light.as_ref().map_or(0, gst_video::VideoContentLightLevel::max_frame_average_light_level),
    })
}

fn display(info: &gst_video::VideoMasteringDisplayInfo) -> Option<MasteringDisplay> {
    let (peak, black) = (info.max_display_mastering_luminance(), info.min_display_mastering_luminance());
    let whole = (peak + LUMINANCE / 2) / LUMINANCE;
    if !(1..=PQ_PEAK).contains(&whole) || black >= peak {
        return None;
    }
    let [red, green, blue] = info.display_primaries();
    let mut points = [0; 8];
    for (pair, at) in points.as_chunks_mut().0.iter_mut().zip([red, green, blue, info.white_point()]) {
        // At most 65535 in 1/50,000 by their type, and not below 0.
        *pair = [at.x(), at.y()].map(|value| (value * CHROMATICITY).round() as u16);
    }
    // A display without colours or white is one that nobody filled in.
    let named = points.as_chunks::<2>().0.iter().all(|[x, y]| *x > 0 && *y > 0);
    named.then_some(MasteringDisplay {
        peak: u16::try_from(whole).ok()?,
        black: u16::try_from(black).unwrap_or(u16::MAX),
        points,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn caps(display: Option<&str>, light: Option<&str>) -> gst::Caps {
        gst::init().unwrap();
        let mut caps = gst::Caps::new_empty_simple("video/x-raw");
        let structure = caps.make_mut().structure_mut(0).unwrap();
        if let Some(display) = display {
            structure.set("mastering-display-info", display);
        }
        if let Some(light) = light {
            structure.set("content-light-level", light);
        }
        caps
    }

    #[test]
    fn caps_tell_the_display_and_the_light() {
        // A BT.2020 display of 4,000 cd/m2 with a black of 0.005, as GStreamer writes it.
        let display = "35400:14600:8500:39850:6550:2300:15635:16450:40000000:50";
        let found = hdr_metadata(&caps(Some(display), Some("3000:400"))).unwrap();
        let points = [35_400, 14_600, 8_500, 39_850, 6_550, 2_300, 15_635, 16_450];
        let mastering = MasteringDisplay { peak: 4_000, black: 50, points };
        assert_eq!(found, HdrMetadata { mastering, max_cll: 3_000, max_fall: 400 });
    }

    #[test]
    fn what_is_not_said_or_cannot_be_is_the_usual_display() {
        assert_eq!(hdr_metadata(&caps(None, None)), None);
        let light = hdr_metadata(&caps(None, Some("900:100"))).unwrap();
        assert_eq!(light, HdrMetadata { max_cll: 900, max_fall: 100, ..HdrMetadata::default() });
        for display in [
            "35400:14600:8500:39850:6550:2300:15635:16450:0:0",
            "35400:14600:8500:39850:6550:2300:15635:16450:400000000:50",
            "0:0:0:0:0:0:0:0:10000000:1",
        ] {
            assert_eq!(hdr_metadata(&caps(Some(display), None)), None, "{display}");
        }
    }
}
