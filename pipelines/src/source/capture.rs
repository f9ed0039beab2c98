//! Pictures that come uncompressed into this machine: SDI by a card, NDI by the network. Both need what cannot be shipped, a
//! driver or a runtime, and say so when it is missing.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;

use super::decode::{self, Declared, Progress};
use super::frames::FrameMaker;
use super::stamp::FrameCounter;
use super::{Source, SourceError, SourceOutput};
use crate::runtime::{self, BusEvent, MediaPipeline};
use crate::spec::source::ProgramSpec;

/// How often the bus is looked at.
const POLL: Duration = Duration::from_millis(20);
/// An input silent for this long is opened anew.
const STALLED: Duration = Duration::from_secs(4);

/// Which input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// A card, counted from 0. Size, rate and depth are those of the signal; its timecode is the one in the ancillary data.
    Sdi { device: u32 },
    /// A name as senders announce it, `MACHINE (output)`.
    Ndi { name: String },
}

impl Input {
    /// Element without which there is none.
    fn element(&self) -> &'static str {
        match self {
            Self::Sdi { .. } => "decklinkvideosrc",
            Self::Ndi { .. } => "ndisrc",
        }
    }

    /// For people and logs.
    pub fn label(&self) -> String {
        match self {
            Self::Sdi { device } => format!("SDI card {device}"),
            Self::Ndi { name } => format!("NDI {name}"),
        }
    }

    fn missing(&self) -> SourceError {
        match self {
            Self::Sdi { .. } => SourceError::NoCard { name: self.label() },
            Self::Ndi { .. } => SourceError::NoNdi,
        }
    }

    /// Builds the pipeline; what a person named is set as properties.
    fn open(&self) -> Result<(MediaPipeline, Arc<Progress>), SourceError> {
        runtime::init()?;
        if gst::ElementFactory::find(self.element()).is_none() {
            return Err(self.missing());
        }
        match self {
            Self::Sdi { device } => {
                let number = i32::try_from(*device).unwrap_or(i32::MAX);
                // Ten bits, whatever the card prefers; a signal that is lost is told instead of shown black.
                let head = "decklinkvideosrc name=head mode=auto video-format=auto drop-no-signal-frames=true";
                let sound = "decklinkaudiosrc name=sound_head";
                let (pipeline, progress) = decode::build_with_sound(head, Some(sound))?;
                for name in ["head", "sound_head"] {
                    pipeline.element::<gst::Element>(name)?.set_property("device-number", number);
                }
                progress.has_audio.store(true, Ordering::Release);
                Ok((pipeline, progress))
            }
            Self::Ndi { name } => {
                let (pipeline, progress) = decode::build("ndisrc name=head ! ndisrcdemux name=parts parts.video")?;
                pipeline.element::<gst::Element>("head")?.set_property("ndi-name", name);
                Ok((pipeline, progress))
            }
        }
    }
}

/// An input of this machine.
pub(crate) struct CaptureSource {
    input: Input,
    declared: Declared,
    counter: Arc<Mutex<Option<FrameCounter>>>,
    first_at: Arc<Mutex<Option<Instant>>>,
}

impl CaptureSource {
    pub fn new(input: Input, spec: &ProgramSpec) -> Self {
        Self { input, declared: Declared::of(spec), counter: Arc::default(), first_at: Arc::default() }
    }

    /// Shows what a pipeline captures until told to stop.
    fn follow(
        &self,
        pipeline: &MediaPipeline,
        progress: &Arc<Progress>,
        output: &SourceOutput,
    ) -> Result<(), SourceError> {
        if let Some(counter) = self.counter.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            counter.resume();
        }
        let mut maker = FrameMaker::new(progress, &self.declared, None);
        maker.counter = Arc::clone(&self.counter);
        maker.first_at = Arc::clone(&self.first_at);
        decode::deliver(pipeline, maker, output)?;
        // Elements of cards refuse at once when there is no card or no driver.
        pipeline.play().map_err(|_| self.input.missing())?;
        let opened = Instant::now();
        while !output.is_stopped() {
            if let Some(BusEvent::Error(error)) = pipeline.next_event(POLL) {
                tracing::debug!(error = %error.error, debug = error.debug, factory = error.factory, "capture failed");
                let detail = error.error.to_string();
                return Err(SourceError::Damaged { name: self.input.label(), detail });
            }
            if progress.silence().unwrap_or_else(|| opened.elapsed()) > STALLED {
                return Err(SourceError::Stalled { name: self.input.label(), after: STALLED });
            }
        }
        Ok(())
    }
}

impl Source for CaptureSource {
    fn waiting_for(&self) -> String {
        format!("waiting for a signal: {}", self.input.label())
    }

    fn run(&mut self, output: &SourceOutput) -> Result<(), SourceError> {
        let (pipeline, progress) = self.input.open()?;
        self.follow(&pipeline, &progress, output)
    }
}

/// What is wrong with an input, as far as that is known without a signal.
pub(crate) fn check(input: &Input) -> Result<(), SourceError> {
    runtime::init()?;
    gst::ElementFactory::find(input.element()).map(|_| ()).ok_or_else(|| input.missing())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;
    use crate::program::ProgramMessage;
    use crate::sound::Sound;
    use crate::source::{FoundSource, Opening, SourceMessage};
    use crate::spec::look::Look;
    use crate::spec::source::{SourceId, SourceSpec};

    /// What comes of elements that send the same kind of pictures as a card or a runtime: caps and timecode.
    fn captured(caps: &str) -> (FoundSource, Vec<crate::engine::FrameStamp>) {
        let head = format!(
            "videotestsrc is-live=true pattern=smpte ! {caps} ! \
             timecodestamper name=stamper set=always source=zero timecode-offset=100"
        );
        runtime::init().unwrap();
        let (pipeline, progress) = decode::build(&head).unwrap();
        let (sender, messages) = channel();
        let output = SourceOutput::new(sender, Sound::silent(), Opening::default(), SourceId::nil());
        let spec = ProgramSpec {
            source_id: SourceId::nil(),
            source: SourceSpec::Sdi { device: 0 },
            look: Look::default(),
            start_timecode: None,
            drop_frame: false,
            title: "Test".to_owned(),
        };
        let stop = output.clone();
        let thread = std::thread::spawn(move || {
            CaptureSource::new(Input::Sdi { device: 0 }, &spec).follow(&pipeline, &progress, &output)
        });
        let (mut found, mut stamps) = (None, Vec::new());
        while stamps.len() < 5 {
            match messages.recv_timeout(Duration::from_secs(20)).unwrap() {
                ProgramMessage::Source(_, SourceMessage::Opened(opened)) => found = Some(opened),
                ProgramMessage::Source(_, SourceMessage::Frame(frame)) => stamps.push(frame.stamp.clone()),
                _ => {}
            }
        }
        stop.stop.set();
        thread.join().unwrap().unwrap();
        (found.unwrap(), stamps)
    }

    #[test]
    fn what_cards_and_ndi_deliver_is_taken_with_depth_rate_colour_and_timecode() {
        for (caps, described) in [
            ("video/x-raw,format=UYVY,width=320,height=240,framerate=25/1,colorimetry=bt709", "raw video, 8-bit 4:2:2"),
            (
                "video/x-raw,format=v210,width=320,height=240,framerate=24000/1001,colorimetry=bt709",
                "raw video, 10-bit 4:2:2",
            ),
            (
                "video/x-raw,format=UYVP,width=320,height=240,framerate=25/1,colorimetry=bt709",
                "raw video, 10-bit 4:2:2",
            ),
            ("video/x-raw,format=BGRA,width=320,height=240,framerate=25/1", "raw video, 8-bit RGB"),
        ] {
            let (found, stamps) = captured(caps);
            assert_eq!(found.description, described, "{caps}");
            // A hundred frames after midnight.
            let (rate, first) =
                if caps.contains("24000") { ((24_000, 1_001), "00:00:04:04") } else { ((25, 1), "00:00:04:00") };
            assert_eq!((found.rate.num, found.rate.den), rate, "{caps}");
            assert_eq!(stamps[0].timecode, first, "{caps}");
            assert!(stamps.windows(2).all(|pair| pair[1].source_frame > pair[0].source_frame));
        }
    }

    #[test]
    fn without_a_card_or_a_runtime_that_is_what_is_said() {
        let output = SourceOutput::new(channel().0, Sound::silent(), Opening::default(), SourceId::nil());
        let spec = |source| ProgramSpec {
            source_id: SourceId::nil(),
            source,
            look: Look::default(),
            start_timecode: None,
            drop_frame: false,
            title: "Test".to_owned(),
        };
        let sdi = spec(SourceSpec::Sdi { device: 0 });
        let error = CaptureSource::new(Input::Sdi { device: 0 }, &sdi).run(&output).unwrap_err();
        assert!(error.to_string().contains("no card"), "{error}");
        if gst::ElementFactory::find("ndisrc").is_none() {
            let name = "GRADE (out)".to_owned();
            let error = check(&Input::Ndi { name }).unwrap_err();
            assert!(error.to_string().contains("NDI runtime not installed"), "{error}");
        }
    }
}
