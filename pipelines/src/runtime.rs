//! The only caller of `set_state`. Every pipeline is owned by one engine thread, which starts it, reads its bus and,
//! by dropping it, stops it; nothing here is ever called from tokio.

use std::sync::OnceLock;
use std::time::Duration;

use gstreamer as gst;
use gstreamer::prelude::*;

/// Why a pipeline could not be made or did not go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuntimeError {
    /// GStreamer itself does not start.
    #[error("GStreamer does not start: {0}")]
    Init(String),
    /// An element is missing, or a pipeline's description is wrong.
    #[error("pipeline cannot be built: {0}")]
    Build(String),
    /// An element refused a change of state.
    #[error("pipeline does not start: {0}")]
    State(String),
}

/// Demuxers that fetch other addresses or files named inside the media: a file must not make the server dial out.
const FORBIDDEN: [&str; 12] = [
    "hlsdemux",
    "hlsdemux2",
    "dashdemux",
    "dashdemux2",
    "mssdemux",
    "mssdemux2",
    "sdpdemux",
    "sdpsrc",
    "rtspsrc",
    "playlistdemux",
    "urisourcebin",
    "imagesequencesrc",
];

/// Starts GStreamer once.
///
/// # Errors
/// When GStreamer cannot initialise.
pub fn init() -> Result<(), RuntimeError> {
    static RESULT: OnceLock<Result<(), RuntimeError>> = OnceLock::new();
    RESULT
        .get_or_init(|| {
            gst::init().map_err(|error| RuntimeError::Init(error.to_string()))?;
            let registry = gst::Registry::get();
            for feature in FORBIDDEN.iter().filter_map(|name| registry.lookup_feature(name)) {
                feature.set_rank(gst::Rank::NONE);
            }
            Ok(())
        })
        .clone()
}

/// An error message from a pipeline's bus, in plain data.
#[derive(Clone, Debug)]
pub(crate) struct BusError {
    /// The GStreamer error.
    pub error: gst::glib::Error,
    /// Debug text, for logs and for telling causes apart.
    pub debug: String,
    /// Name of the element's factory.
    pub factory: String,
}

/// What the bus of a pipeline says, as far as anyone here cares.
#[derive(Clone, Debug)]
pub(crate) enum BusEvent {
    Error(BusError),
    EndOfStream,
    /// No decoder for a stream; the text names the codec.
    MissingCodec(String),
}

/// A pipeline, stopped when dropped.
pub(crate) struct MediaPipeline {
    pipeline: gst::Pipeline,
    bus: gst::Bus,
}

impl MediaPipeline {
    /// Builds from a launch line of fixed elements; values from outside are set as properties, never spliced in.
    pub fn parse(description: &str) -> Result<Self, RuntimeError> {
        init()?;
        let element = gst::parse::launch(description).map_err(|error| RuntimeError::Build(error.to_string()))?;
        let pipeline =
            element.downcast::<gst::Pipeline>().map_err(|_| RuntimeError::Build("not a pipeline".to_owned()))?;
        // One clock for every pipeline: the monotonic one that `Instant` reads too.
        pipeline.use_clock(Some(&gst::SystemClock::obtain()));
        let bus = pipeline.bus().ok_or_else(|| RuntimeError::Build("pipeline has no bus".to_owned()))?;
        bus.set_sync_handler(|_, message| match message.view() {
            gst::MessageView::Error(_) | gst::MessageView::Eos(_) | gst::MessageView::Element(_) => {
                gst::BusSyncReply::Pass
            }
            _ => gst::BusSyncReply::Drop,
        });
        Ok(Self { pipeline, bus })
    }

    /// The element called `name`.
    pub fn element<E: IsA<gst::Element>>(&self, name: &str) -> Result<E, RuntimeError> {
        self.pipeline
            .by_name(name)
            .and_then(|element| element.downcast::<E>().ok())
            .ok_or_else(|| RuntimeError::Build(format!("no element {name}")))
    }

    /// The GStreamer object, for everything but its state.
    pub fn gst(&self) -> &gst::Pipeline {
        &self.pipeline
    }

    /// Goes to playing; returns at once for elements that take their time.
    pub fn play(&self) -> Result<(), RuntimeError> {
        self.set_state(gst::State::Playing)
    }

    fn set_state(&self, state: gst::State) -> Result<(), RuntimeError> {
        self.pipeline.set_state(state).map(|_| ()).map_err(|error| RuntimeError::State(error.to_string()))
    }

    /// The next thing the bus says, waiting no longer than `timeout`.
    pub fn next_event(&self, timeout: Duration) -> Option<BusEvent> {
        let timeout = gst::ClockTime::from_nseconds(u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX));
        let message = self.bus.timed_pop(timeout)?;
        match message.view() {
            gst::MessageView::Error(error) => {
                let factory = error
                    .src()
                    .and_then(|source| source.downcast_ref::<gst::Element>())
                    .and_then(|element| element.factory())
                    .map_or_else(String::new, |factory| factory.name().to_string());
                let debug = error.debug().map_or_else(String::new, |text| text.to_string());
                Some(BusEvent::Error(BusError { error: error.error(), debug, factory }))
            }
            gst::MessageView::Eos(_) => Some(BusEvent::EndOfStream),
            gst::MessageView::Element(element) => {
                let structure = element.structure().filter(|s| s.name() == "missing-plugin")?;
                Some(BusEvent::MissingCodec(structure.get::<String>("name").unwrap_or_else(|_| "unknown".to_owned())))
            }
            _ => None,
        }
    }
}

impl Drop for MediaPipeline {
    fn drop(&mut self) {
        if let Err(error) = self.pipeline.set_state(gst::State::Null) {
            tracing::warn!(%error, "pipeline did not stop cleanly");
        }
        self.bus.unset_sync_handler();
        self.bus.set_flushing(true);
    }
}
