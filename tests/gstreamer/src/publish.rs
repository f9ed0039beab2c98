//! A sender: test pictures and silence, by WHIP.

use anyhow::{Context as _, Result, bail};
use gst::prelude::*;

use crate::Endpoint;

const PICTURES: &str = "videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=480,framerate=24/1";
const SOUND: &str = "audiotestsrc is-live=true wave=silence ! audio/x-raw,rate=48000,channels=2";
const H264: &str = "x264enc tune=zerolatency speed-preset=ultrafast bitrate=2000 key-int-max=48 \
    ! video/x-h264,profile=constrained-baseline \
    ! rtph264pay config-interval=-1 aggregate-mode=zero-latency ! application/x-rtp,media=video,encoding-name=H264,payload=96";
const OPUS: &str = "opusenc ! rtpopuspay ! application/x-rtp,media=audio,encoding-name=OPUS,payload=97";

/// `whipsink` takes packets, `whipclientsink` pictures, which it encodes; it tries out every codec that is not ruled out first.
pub(crate) fn pipeline(element: &str, to: &Endpoint) -> Result<gst::Pipeline> {
    let described = match element {
        "whipsink" => format!("whipsink name=sink {PICTURES} ! {H264} ! sink. {SOUND} ! {OPUS} ! sink."),
        "whipclientsink" => {
            format!("whipclientsink name=sink video-caps=video/x-h264 {PICTURES} ! sink. {SOUND} ! sink.")
        }
        other => bail!("{other} is no sender: whipsink or whipclientsink"),
    };
    let pipeline = gst::parse::launch(&described)?.downcast::<gst::Pipeline>().ok().context("several elements")?;
    let sink = pipeline.by_name("sink").context("it was named")?;
    if element == "whipsink" {
        set_endpoint(sink.upcast_ref(), "whip-endpoint", to);
    } else {
        // No other machine is asked which address this one has.
        sink.set_property("stun-server", None::<String>);
        set_endpoint(&sink.property("signaller"), "whip-endpoint", to);
        // Its peer connection is in a pipeline of its own.
        sink.connect("consumer-added", false, |values| {
            values.iter().filter_map(|value| value.get().ok()).for_each(|element| crate::peer::follow_one(&element));
            None
        });
    }
    crate::peer::follow(&pipeline);
    Ok(pipeline)
}

/// Both makes call them alike, but have them at different objects.
pub(crate) fn set_endpoint(settings: &gst::glib::Object, name: &str, to: &Endpoint) {
    settings.set_property(name, to.url);
    settings.set_property("auth-token", to.token);
}
