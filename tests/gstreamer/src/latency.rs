//! `webrtcsink` with a clip, and when each of its pictures was handed to it: what the latency of this product is compared with.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use gst::prelude::*;
use serde_json::json;

/// Running time and wall clock of the pictures that were handed over last.
type Stamps = Arc<Mutex<VecDeque<(gst::ClockTime, f64)>>>;

/// Five seconds' worth at 24 frames per second.
const KEPT: usize = 120;

/// Two running times of one picture are nearer than this, for rounding.
const SAME: gst::ClockTime = gst::ClockTime::from_mseconds(1);

/// Shows `file` (MP4, H.264) by `webrtcsink` as it comes, but for the codec and the address; its own signalling server listens
/// on `port`.
///
/// Tells a `clock` for each picture that leaves the payloader: its RTP timestamp, and the wall clock (Unix time in ms) when it
/// was handed to `webrtcsink`.
pub(crate) fn pipeline(file: &str, port: u32) -> Result<gst::Pipeline> {
    let described = "filesrc name=file ! qtdemux ! h264parse ! avdec_h264 ! queue max-size-buffers=8 ! clocksync name=presents \
        ! webrtcsink name=sink video-caps=video/x-h264";
    let pipeline = gst::parse::launch(described)?.downcast::<gst::Pipeline>().ok().context("several elements")?;
    pipeline.by_name("file").context("it was named")?.set_property("location", file);
    let sink = pipeline.by_name("sink").context("it was named")?;
    sink.set_property("stun-server", None::<String>);
    sink.set_property("run-signalling-server", true);
    sink.set_property("signalling-server-host", "127.0.0.1");
    sink.set_property("signalling-server-port", port);
    sink.property::<gst::glib::Object>("signaller").set_property("uri", format!("ws://127.0.0.1:{port}"));
    let stamps = Stamps::default();
    stamp(&pipeline.by_name("presents").context("it was named")?, &stamps)?;
    sink.connect("encoder-setup", false, |values| {
        let encoder = values.get(3)?.get::<gst::Element>().ok()?;
        crate::tell("encoder", json!({ "element": encoder.factory().map(|factory| factory.name().to_string()) }));
        Some(false.to_value())
    });
    sink.connect("payloader-setup", false, move |values| {
        let consumer = values.get(1)?.get::<String>().ok()?;
        let payloader = values.get(3)?.get::<gst::Element>().ok()?;
        if consumer != "discovery" {
            tell_clock(&payloader, &stamps);
        }
        Some(false.to_value())
    });
    sink.connect("consumer-added", false, |values| {
        crate::peer::follow_one(&values.get(2)?.get().ok()?);
        None
    });
    Ok(pipeline)
}

/// Notes when each picture leaves the element that holds it until it is due.
fn stamp(presents: &gst::Element, stamps: &Stamps) -> Result<()> {
    let stamps = Arc::clone(stamps);
    let pad = presents.static_pad("src").context("clocksync has an output")?;
    pad.add_probe(gst::PadProbeType::BUFFER, move |pad, info| {
        if let Some(time) = info.buffer().and_then(|buffer| running_time(pad, buffer)) {
            let mut stamps = stamps.lock().unwrap_or_else(PoisonError::into_inner);
            stamps.push_back((time, unix_ms()));
            if stamps.len() > KEPT {
                stamps.pop_front();
            }
        }
        gst::PadProbeReturn::Ok
    });
    Ok(())
}

fn tell_clock(payloader: &gst::Element, stamps: &Stamps) {
    let stamps = Arc::clone(stamps);
    let Some(pad) = payloader.static_pad("src") else { return };
    let last = Mutex::new(None);
    pad.add_probe(gst::PadProbeType::BUFFER | gst::PadProbeType::BUFFER_LIST, move |pad, info| {
        let first = info.buffer_list().and_then(|list| list.get_owned(0));
        let packet =
            first.as_ref().map(|buffer| buffer.as_ref()).or_else(|| info.buffer().map(|buffer| buffer.as_ref()));
        let said = packet.and_then(|packet| Some((rtp_timestamp(packet)?, running_time(pad, packet)?)));
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((rtp, time)) = said
            && last.replace(rtp) != Some(rtp)
        {
            let stamps = stamps.lock().unwrap_or_else(PoisonError::into_inner);
            let presented = stamps.iter().find(|(of, _)| of.absdiff(time) < SAME).map(|(_, ms)| ms);
            crate::tell("clock", json!({ "rtp_timestamp": rtp, "presented_unix_ms": presented }));
        }
        gst::PadProbeReturn::Ok
    });
}

/// When it is due, whatever the segment is that its time counts in: `x264enc` begins one of its own.
fn running_time(pad: &gst::Pad, buffer: &gst::BufferRef) -> Option<gst::ClockTime> {
    let segment = pad.sticky_event::<gst::event::Segment>(0)?;
    segment.segment().downcast_ref::<gst::ClockTime>()?.to_running_time(buffer.pts()?)
}

/// RFC 3550, 5.1: the second four bytes of a packet.
fn rtp_timestamp(packet: &gst::BufferRef) -> Option<u32> {
    let mut bytes = [0; 4];
    packet.copy_to_slice(4, &mut bytes).ok()?;
    Some(u32::from_be_bytes(bytes))
}

fn unix_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64() * 1_000.0
}
