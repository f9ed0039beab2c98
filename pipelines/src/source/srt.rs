//! A live feed over SRT carrying MPEG-TS.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use gstreamer as gst;
use gstreamer::prelude::*;

use super::decode::{self, Declared, Progress};
use super::frames::FrameMaker;
use super::srt_address::{Mode, SrtAddress};
use super::srt_log::{self, WaitingListener};
use super::stamp::FrameCounter;
use super::{Source, SourceError, SourceOutput};
use crate::runtime::{BusError, BusEvent, MediaPipeline};
use crate::spec::source::{Passphrase, ProgramSpec};

/// How often the bus is looked at.
const POLL: Duration = Duration::from_millis(20);
/// A feed silent for this long is connected anew.
const STALLED: Duration = Duration::from_secs(4);
/// An attempt without a picture is given up after this long; a listener waits as long as it takes for a caller.
const CONNECT: Duration = Duration::from_secs(10);

/// An SRT feed.
pub(crate) struct SrtSource {
    address: Result<SrtAddress, SourceError>,
    passphrase: Option<Passphrase>,
    declared: Declared,
    counter: Arc<Mutex<Option<FrameCounter>>>,
    first_at: Arc<Mutex<Option<Instant>>>,
}

impl SrtSource {
    pub fn new(uri: &str, passphrase: Option<&Passphrase>, spec: &ProgramSpec) -> Self {
        Self {
            address: SrtAddress::parse(uri, passphrase),
            passphrase: passphrase.cloned(),
            declared: Declared::of(spec),
            counter: Arc::default(),
            first_at: Arc::default(),
        }
    }

    /// Frame numbers go on across a loss.
    fn resume_count(&self) {
        if let Some(counter) = self.counter.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            counter.resume();
        }
    }
}

impl Source for SrtSource {
    fn waiting_for(&self) -> String {
        match &self.address {
            Ok(address) if address.mode == Mode::Listener => format!("waiting for a sender at {}", address.label()),
            Ok(address) => format!("connecting to {}", address.label()),
            Err(error) => error.to_string(),
        }
    }

    fn run(&mut self, output: &SourceOutput) -> Result<(), SourceError> {
        let address = self.address.clone()?;
        let (pipeline, progress) = open(&address, self.passphrase.as_ref())?;
        self.resume_count();
        let mut maker = FrameMaker::new(&progress, &self.declared, None);
        maker.counter = Arc::clone(&self.counter);
        maker.first_at = Arc::clone(&self.first_at);
        decode::deliver(&pipeline, maker, output)?;
        let mut watch = Watch::new(&address);
        watch.start(&pipeline)?;
        while !output.is_stopped() {
            watch.look(&pipeline, &progress, POLL)?;
            if let Some(refusal) = watch.refused_caller() {
                // The listener goes on waiting for a sender with the right one.
                output.trouble(&refusal);
            }
        }
        Ok(())
    }
}

/// Builds a feed's pipeline.
pub(crate) fn open(
    address: &SrtAddress,
    passphrase: Option<&Passphrase>,
) -> Result<(MediaPipeline, Arc<Progress>), SourceError> {
    let (pipeline, progress) = decode::build("srtsrc name=head")?;
    let head: gst::Element = pipeline.element("head")?;
    head.set_property("uri", address.element_uri());
    // Reconnecting is ours to do, so that a loss is seen and said.
    head.set_property("auto-reconnect", false);
    head.set_property("keep-listening", false);
    if let Some(passphrase) = passphrase {
        head.set_property("passphrase", passphrase.reveal());
        head.set_property_from_str("pbkeylen", address.key_length.as_str());
    }
    Ok((pipeline, progress))
}

/// Reads a feed's bus and says what is wrong in terms of the feed.
pub(crate) struct Watch {
    address: SrtAddress,
    opened: Instant,
    missing: Option<String>,
    waiting: Option<WaitingListener>,
    /// Refusals of callers are told from here on.
    told_until: Instant,
}

impl Watch {
    pub fn new(address: &SrtAddress) -> Self {
        srt_log::listen();
        let now = Instant::now();
        let waiting = (address.mode == Mode::Listener).then(WaitingListener::new);
        Self { address: address.clone(), opened: now, missing: None, waiting, told_until: now }
    }

    /// Starts the pipeline; a caller connects here.
    pub fn start(&self, pipeline: &MediaPipeline) -> Result<(), SourceError> {
        pipeline.play().map_err(|error| match pipeline.next_event(Duration::ZERO) {
            Some(BusEvent::Error(error)) => self.explain(&error),
            _ => error.into(),
        })
    }

    /// Waits up to `wait` for the next thing, and fails when the feed is over or never began.
    pub fn look(&mut self, pipeline: &MediaPipeline, progress: &Progress, wait: Duration) -> Result<(), SourceError> {
        match pipeline.next_event(wait) {
            Some(BusEvent::Error(error)) => return Err(self.explain(&error)),
            Some(BusEvent::MissingCodec(codec)) => self.missing = Some(codec),
            Some(BusEvent::EndOfStream) => return Err(self.ended()),
            None => {}
        }
        if progress.ended.load(Ordering::Acquire) {
            return Err(self.ended());
        }
        let (known, video) =
            (progress.streams_known.load(Ordering::Acquire), progress.has_video.load(Ordering::Acquire));
        if known && !video {
            return Err(match self.missing.take() {
                Some(codec) => SourceError::UnsupportedCodec { name: self.address.label(), codec },
                None => SourceError::NotMedia { name: self.address.label() },
            });
        }
        match progress.silence() {
            Some(silence) if silence > STALLED => {
                Err(SourceError::Stalled { name: self.address.label(), after: STALLED })
            }
            Some(_) => {
                self.waiting = None;
                Ok(())
            }
            None if self.waiting.is_none() && self.opened.elapsed() > CONNECT => {
                Err(SourceError::Stalled { name: self.address.label(), after: CONNECT })
            }
            _ => Ok(()),
        }
    }

    /// A listener learns of a caller with another passphrase only from the SRT library's log.
    pub fn refused_caller(&mut self) -> Option<SourceError> {
        if self.waiting.is_none() || !srt_log::refused_since(self.told_until) {
            return None;
        }
        self.told_until = Instant::now();
        let address = self.address.label();
        Some(if WaitingListener::is_alone() {
            SourceError::WrongPassphrase { address }
        } else {
            let detail = "a sender was refused for a wrong passphrase, here or at another listener that waits";
            SourceError::SrtConnect { address, detail: detail.to_owned() }
        })
    }

    fn ended(&self) -> SourceError {
        SourceError::Ended { name: self.address.label() }
    }

    fn explain(&self, error: &BusError) -> SourceError {
        let address = self.address.label();
        tracing::debug!(error = %error.error, debug = error.debug, factory = error.factory, "SRT pipeline failed");
        if srt_log::speaks_of_secret(&error.debug) {
            return SourceError::WrongPassphrase { address };
        }
        if error.factory == "srtsrc" {
            let detail = error.debug.lines().next_back().unwrap_or_default().trim();
            let detail = if detail.is_empty() { error.error.to_string() } else { detail.to_owned() };
            return SourceError::SrtConnect { address, detail };
        }
        match &self.missing {
            Some(codec) => SourceError::UnsupportedCodec { name: address, codec: codec.clone() },
            None => SourceError::Damaged { name: address, detail: error.error.to_string() },
        }
    }
}
