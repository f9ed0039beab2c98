//! GStreamer's WHIP and WHEP elements, as their users run them, for the tests of the whole.
//!
//! Prints one line of JSON for each thing that happens: `state` (the peer connection's), `received` (buffers that came so far),
//! `error` and `end`. With the feature `webrtcsink` also what `make bench` compares latency with.
#![warn(missing_docs)]

#[cfg(feature = "webrtcsink")]
mod latency;
mod peer;
mod publish;
mod watch;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use gst::prelude::*;
use serde_json::{Value, json};

const USAGE: &str = "usage: vitrine-gst-client whip URL TOKEN SECONDS [whipsink|whipclientsink]
       vitrine-gst-client whep URL TOKEN SECONDS [whepsrc|whepclientsrc] [VIDEO-CAPS]
       vitrine-gst-client sink FILE PORT SECONDS";

/// Where to go, with which key.
struct Endpoint<'a> {
    url: &'a str,
    token: &'a str,
}

fn main() -> Result<()> {
    gst::init()?;
    gstwebrtchttp::plugin_register_static()?;
    #[cfg(feature = "webrtcsink")]
    {
        gstrswebrtc::plugin_register_static()?;
        gstrsrtp::plugin_register_static()?;
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["whip", url, token, seconds, ref more @ ..] => {
            let element = more.first().unwrap_or(&"whipsink");
            run(&publish::pipeline(element, &Endpoint { url, token })?, seconds)
        }
        ["whep", url, token, seconds, ref more @ ..] => {
            let element = more.first().unwrap_or(&"whepsrc");
            run(&watch::pipeline(element, &Endpoint { url, token }, more.get(1).copied())?, seconds)
        }
        #[cfg(feature = "webrtcsink")]
        ["sink", file, port, seconds] => run(&latency::pipeline(file, port.parse().context(USAGE)?)?, seconds),
        _ => bail!(USAGE),
    }
}

/// Plays for `seconds`, or until an error; then stops, which is when the elements say goodbye.
fn run(pipeline: &gst::Pipeline, seconds: &str) -> Result<()> {
    let until = Instant::now() + Duration::from_secs(seconds.parse().context(USAGE)?);
    let bus = pipeline.bus().context("a pipeline has a bus")?;
    if pipeline.set_state(gst::State::Playing).is_err() {
        tell("error", json!({ "text": "the pipeline does not start" }));
    }
    while let Some(left) = until.checked_duration_since(Instant::now()) {
        let left = gst::ClockTime::try_from(left)?;
        let message = bus.timed_pop_filtered(left, &[gst::MessageType::Error, gst::MessageType::Eos]);
        match message.as_ref().map(|message| message.view()) {
            Some(gst::MessageView::Error(error)) => {
                let (text, detail) = (error.error().to_string(), error.debug().map(|detail| detail.to_string()));
                tell("error", json!({ "text": text, "detail": detail }));
                break;
            }
            Some(_) => break,
            None => {}
        }
    }
    pipeline.set_state(gst::State::Null)?;
    tell("end", json!({}));
    Ok(())
}

/// One line for whoever reads this program's output.
fn tell(event: &str, mut what: Value) {
    what["event"] = json!(event);
    println!("{what}");
}
