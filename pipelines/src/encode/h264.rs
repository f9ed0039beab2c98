//! H.264 with x264: how it is driven.

use gstreamer as gst;
use gstreamer::prelude::*;

use super::capability::CodecRow;
use super::encoder::{EncoderSetup, KEYFRAME_INTERVAL_S, VBV_MS, threads_for};

/// Sets up an `x264enc`.
pub(super) fn configure(x264: &gst::Element, row: &CodecRow, setup: &EncoderSetup) {
    let fps = setup.rate.as_f64().max(1.0);
    let interval = (fps * KEYFRAME_INTERVAL_S).clamp(1.0, 10_000.0) as u32;
    let threads = setup.threads.unwrap_or_else(|| threads_for(row, setup, fps));
    x264.set_property_from_str("tune", "zerolatency");
    x264.set_property_from_str("speed-preset", row.speed);
    x264.set_property_from_str("pass", "cbr");
    set_bitrate(x264, setup.spec.bitrate_bps);
    x264.set_property("vbv-buf-capacity", VBV_MS);
    x264.set_property("key-int-max", interval);
    x264.set_property("bframes", 0_u32);
    // The element's own floor of 10 is two codes of 10 bit: too coarse for an exact flat area.
    x264.set_property("qp-min", 0_u32);
    x264.set_property("threads", threads);
    x264.set_property("sliced-threads", threads > 1);
    x264.set_property("aud", false);
    x264.set_property("option-string", row.options);
}

/// Changes the target from the next picture on; the element counts in kilobits.
pub(super) fn set_bitrate(x264: &gst::Element, bitrate_bps: u32) {
    x264.set_property("bitrate", (bitrate_bps / 1_000).clamp(50, 200_000));
}
