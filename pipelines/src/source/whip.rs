//! What a sender publishes by WHIP. The network side is not here: whole coded pictures and packets of Opus come as
//! messages, and are decoded as those of any feed.

use std::sync::atomic::Ordering;
use std::sync::mpsc::RecvTimeoutError;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use gstreamer as gst;
use gstreamer_app as gst_app;

use super::decode::{self, Declared, Progress};
use super::feeds::{Feed, Feeds};
use super::frames::FrameMaker;
use super::stamp::FrameCounter;
use super::{Source, SourceError, SourceOutput};
use crate::runtime::{BusEvent, MediaPipeline};
use crate::spec::feed::{FeedCodec, FeedUnit};
use crate::spec::source::{ProgramSpec, SourceId};

/// How long a message is waited for before the bus is looked at.
const POLL: Duration = Duration::from_millis(20);
/// Time between two wishes for a picture to start from.
const WISH: Duration = Duration::from_millis(500);
/// Coded pictures that wait for the decoder: more, and it is given none up to the next it can start from.
const BEHIND: u64 = 30;
/// A feed silent for this long is over, whatever its connection says.
const STALLED: Duration = Duration::from_secs(4);
/// What is shown of it to people.
const NAME: &str = "WHIP";

/// A feed that a sender publishes.
pub(crate) struct WhipSource {
    id: SourceId,
    feeds: Feeds,
    declared: Declared,
    counter: Arc<Mutex<Option<FrameCounter>>>,
    first_at: Arc<Mutex<Option<Instant>>>,
}

impl WhipSource {
    pub fn new(spec: &ProgramSpec, feeds: Feeds) -> Self {
        let declared = Declared::of(spec);
        Self { id: spec.source_id, feeds, declared, counter: Arc::default(), first_at: Arc::default() }
    }

    /// A decoder for what begins with this picture.
    fn open(&self, first: &Coded, output: &SourceOutput) -> Result<Decoder, SourceError> {
        let decoder = Decoder::build(first.codec, first.has_sound, first.due)?;
        if let Some(counter) = self.counter.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            counter.resume();
        }
        let mut maker = FrameMaker::new(&decoder.progress, &self.declared, None);
        maker.counter = Arc::clone(&self.counter);
        maker.first_at = Arc::clone(&self.first_at);
        decode::deliver(&decoder.pipeline, maker, output)?;
        decoder.pipeline.play()?;
        Ok(decoder)
    }

    /// Follows one feed after another until told to stop.
    fn follow(&self, feed: &Feed, output: &SourceOutput) -> Result<(), SourceError> {
        let mut decoder: Option<Decoder> = None;
        let mut wish = Wish::default();
        while !output.is_stopped() {
            match feed.units.recv_timeout(POLL) {
                Ok(FeedUnit::Picture { codec, has_sound, data, keyframe, due }) => {
                    let picture = Coded { codec, has_sound, data, keyframe, due };
                    if decoder.as_ref().is_some_and(|open| open.codec != codec) {
                        decoder = None;
                    }
                    match &mut decoder {
                        Some(open) => {
                            open.waits |= feed.has_lost();
                            open.picture(picture);
                        }
                        None if keyframe => decoder = Some(self.begin(picture, output)?),
                        None => {}
                    }
                    if decoder.as_ref().is_none_or(|open| open.waits) {
                        wish.make(output);
                    }
                }
                Ok(FeedUnit::Sound { data, due }) => {
                    if let Some(open) = &decoder {
                        open.sound(data, due);
                    }
                }
                Ok(FeedUnit::Ended { reason }) => {
                    // The next sender is waited for at once.
                    decoder = None;
                    output.trouble(&SourceError::Feed { reason });
                }
                Err(RecvTimeoutError::Timeout) => {}
                // Another source of the same name takes the messages now.
                Err(RecvTimeoutError::Disconnected) => output.sleep(POLL),
            }
            if let Some(Err(error)) = decoder.as_mut().map(Decoder::look) {
                decoder = None;
                output.trouble(&error);
            }
        }
        Ok(())
    }

    fn begin(&self, first: Coded, output: &SourceOutput) -> Result<Decoder, SourceError> {
        let mut decoder = self.open(&first, output)?;
        decoder.picture(first);
        Ok(decoder)
    }
}

impl Source for WhipSource {
    fn waiting_for(&self) -> String {
        "waiting for a sender to publish by WHIP".to_owned()
    }

    fn run(&mut self, output: &SourceOutput) -> Result<(), SourceError> {
        let feed = self.feeds.open(self.id);
        // Whoever publishes already is asked for a picture to start from.
        output.wants_keyframe();
        self.follow(&feed, output)
    }
}

/// A coded picture.
struct Coded {
    codec: FeedCodec,
    has_sound: bool,
    data: Bytes,
    keyframe: bool,
    due: Instant,
}

/// When a picture to start from was asked for last.
#[derive(Default)]
struct Wish(Option<Instant>);

impl Wish {
    fn make(&mut self, output: &SourceOutput) {
        if self.0.is_none_or(|made| made.elapsed() > WISH) {
            self.0 = Some(Instant::now());
            output.wants_keyframe();
        }
    }
}

/// A pipeline that decodes one feed.
struct Decoder {
    codec: FeedCodec,
    pipeline: MediaPipeline,
    progress: Arc<Progress>,
    pictures: gst_app::AppSrc,
    sounds: Option<gst_app::AppSrc>,
    /// When the first picture was due: zero of the pipeline's stream.
    start: Instant,
    heard: Instant,
    /// Whether it is given nothing up to the next picture it can start from.
    waits: bool,
    /// The first picture, until the second tells how far apart they are: a stream need not state its rate.
    first: Option<Coded>,
    interval: Option<Duration>,
    missing: Option<String>,
}

impl Decoder {
    fn build(codec: FeedCodec, has_sound: bool, start: Instant) -> Result<Self, SourceError> {
        let sound = "appsrc name=sound_head is-live=true format=time max-bytes=1000000 leaky-type=upstream \
                     caps=audio/x-opus,channel-mapping-family=0,channels=2,rate=48000 ! opusdec";
        let head = "appsrc name=head is-live=true format=time max-bytes=0";
        let (pipeline, progress) = decode::build_with_sound(head, has_sound.then_some(sound))?;
        let pictures: gst_app::AppSrc = pipeline.element("head")?;
        pictures.set_caps(Some(&caps(codec)));
        let sounds = if has_sound { Some(pipeline.element("sound_head")?) } else { None };
        progress.has_audio.store(has_sound, Ordering::Release);
        let heard = Instant::now();
        let (waits, first, interval, missing) = (false, None, None, None);
        Ok(Self { codec, pipeline, progress, pictures, sounds, start, heard, waits, first, interval, missing })
    }

    fn picture(&mut self, picture: Coded) {
        self.heard = Instant::now();
        self.waits |= self.pictures.current_level_buffers() > BEHIND;
        if self.waits && picture.keyframe {
            self.waits = false;
        }
        if self.waits {
            return;
        }
        match (self.interval, self.first.take()) {
            (Some(interval), _) => self.decode(picture, interval),
            (None, None) => self.first = Some(picture),
            (None, Some(first)) => {
                let interval = picture.due.saturating_duration_since(first.due);
                self.interval = Some(interval);
                self.decode(first, interval);
                self.decode(picture, interval);
            }
        }
    }

    fn decode(&self, picture: Coded, interval: Duration) {
        let time = picture.due.saturating_duration_since(self.start);
        push(&self.pictures, picture.data, time, Some(interval), picture.keyframe);
    }

    fn sound(&self, data: Bytes, due: Instant) {
        // What is from before the first picture is not heard.
        if let (Some(sounds), Some(time)) = (&self.sounds, due.checked_duration_since(self.start)) {
            push(sounds, data, time, None, true);
        }
    }

    /// Fails when what comes cannot be decoded, or nothing comes any more.
    fn look(&mut self) -> Result<(), SourceError> {
        match self.pipeline.next_event(Duration::ZERO) {
            Some(BusEvent::Error(error)) => {
                tracing::debug!(error = %error.error, debug = error.debug, factory = error.factory, "decoding failed");
                return Err(match self.missing.take() {
                    Some(codec) => SourceError::UnsupportedCodec { name: NAME.to_owned(), codec },
                    None => SourceError::Damaged { name: NAME.to_owned(), detail: error.error.to_string() },
                });
            }
            Some(BusEvent::MissingCodec(codec)) => self.missing = Some(codec),
            Some(BusEvent::EndOfStream) | None => {}
        }
        if self.heard.elapsed() > STALLED {
            return Err(SourceError::Stalled { name: NAME.to_owned(), after: STALLED });
        }
        Ok(())
    }
}

fn caps(codec: FeedCodec) -> gst::Caps {
    match codec {
        FeedCodec::H264 => {
            gst::Caps::builder("video/x-h264").field("stream-format", "byte-stream").field("alignment", "au").build()
        }
        FeedCodec::Vp8 => gst::Caps::builder("video/x-vp8").build(),
        FeedCodec::Vp9 => gst::Caps::builder("video/x-vp9").build(),
    }
}

fn clock_time(time: Duration) -> gst::ClockTime {
    gst::ClockTime::from_nseconds(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX - 1))
}

fn push(head: &gst_app::AppSrc, data: Bytes, time: Duration, length: Option<Duration>, starts: bool) {
    let mut buffer = gst::Buffer::from_slice(data);
    if let Some(buffer) = buffer.get_mut() {
        buffer.set_pts(clock_time(time));
        buffer.set_duration(length.map(clock_time));
        if !starts {
            buffer.set_flags(gst::BufferFlags::DELTA_UNIT);
        }
    }
    // A pipeline that takes no more says why on its bus.
    let _ = head.push_buffer(buffer);
}
