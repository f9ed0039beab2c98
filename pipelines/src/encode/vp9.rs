//! VP9 with libvpx: how it is driven.

use gstreamer as gst;
use gstreamer::prelude::*;

use super::capability::CodecRow;
use super::encoder::{EncoderSetup, KEYFRAME_INTERVAL_S, VBV_MS, threads_for};

/// Sets up a `vp9enc` for pictures that leave as soon as they came: nothing looked ahead at, nothing hidden.
pub(super) fn configure(vp9: &gst::Element, row: &CodecRow, setup: &EncoderSetup) {
    let fps = setup.rate.as_f64().max(1.0);
    let interval = (fps * KEYFRAME_INTERVAL_S).clamp(1.0, 10_000.0) as i32;
    let threads = setup.threads.unwrap_or_else(|| threads_for(row, setup, fps));
    vp9.set_property("deadline", 1_i64);
    vp9.set_property_from_str("cpu-used", row.speed);
    vp9.set_property_from_str("end-usage", "cbr");
    set_bitrate(vp9, setup.spec.bitrate_bps);
    let vbv_ms = i32::try_from(VBV_MS).unwrap_or(300);
    vp9.set_property("buffer-size", 2 * vbv_ms);
    vp9.set_property("buffer-initial-size", vbv_ms);
    vp9.set_property("buffer-optimal-size", vbv_ms);
    // Coarser than this, a flat area takes two seconds to become exact instead of one.
    vp9.set_property("max-quantizer", 24_i32);
    vp9.set_property("keyframe-max-dist", interval);
    vp9.set_property("lag-in-frames", 0_i32);
    // Presentation times are told apart to the tick of RTP.
    vp9.set_property("timebase", gst::Fraction::new(1, 90_000));
    vp9.set_property("static-threshold", 0_i32);
    vp9.set_property("frame-parallel-decoding", false);
    vp9.set_property("row-mt", threads > 1);
    vp9.set_property("tile-columns", threads.ilog2().min(2) as i32);
    vp9.set_property("threads", i32::try_from(threads).unwrap_or(1));
}

/// Changes the target from the next picture on.
pub(super) fn set_bitrate(vp9: &gst::Element, bitrate_bps: u32) {
    vp9.set_property("target-bitrate", i32::try_from(bitrate_bps.max(50_000)).unwrap_or(i32::MAX));
}
