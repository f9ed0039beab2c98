//! A viewer, by WHEP: counts what comes and shows nothing.

use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, Result};
use gst::prelude::*;
use serde_json::json;

use crate::Endpoint;

/// `video_caps`: what to offer in place of the element's own choice, in `whepsrc` RTP, in `whepclientsrc` codecs.
pub(crate) fn pipeline(element: &str, from: &Endpoint, video_caps: Option<&str>) -> Result<gst::Pipeline> {
    let pipeline = gst::Pipeline::new();
    let source = gst::ElementFactory::make(element).build().with_context(|| format!("there is no {element}"))?;
    if element == "whepsrc" {
        crate::publish::set_endpoint(source.upcast_ref(), "whep-endpoint", from);
    } else {
        // No other machine is asked which address this one has.
        source.set_property("stun-server", None::<String>);
        crate::publish::set_endpoint(&source.property("signaller"), "whep-endpoint", from);
    }
    if let Some(caps) = video_caps {
        source.set_property("video-caps", caps.parse::<gst::Caps>().context("caps cannot be read")?);
    }
    let weak = pipeline.downgrade();
    source.connect_pad_added(move |_, pad| {
        if let Some(pipeline) = weak.upgrade() {
            count(&pipeline, pad);
        }
    });
    pipeline.add(&source)?;
    crate::peer::follow(&pipeline);
    Ok(pipeline)
}

fn count(pipeline: &gst::Pipeline, pad: &gst::Pad) {
    static RECEIVED: AtomicU64 = AtomicU64::new(0);
    pad.add_probe(gst::PadProbeType::BUFFER, |_, _| {
        let received = RECEIVED.fetch_add(1, Ordering::Relaxed) + 1;
        crate::tell("received", json!({ "buffers": received }));
        gst::PadProbeReturn::Ok
    });
    let nowhere = gst::ElementFactory::make("fakesink").property("sync", false).property("async", false).build();
    let Ok(nowhere) = nowhere else { return };
    let linked = pipeline.add(&nowhere).is_ok()
        && nowhere.sync_state_with_parent().is_ok()
        && nowhere.static_pad("sink").is_some_and(|sink| pad.link(&sink).is_ok());
    if !linked {
        crate::tell("error", json!({ "text": "what came cannot be taken" }));
    }
}
