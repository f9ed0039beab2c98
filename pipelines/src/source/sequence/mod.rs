//! Numbered pictures, played and wound as their transport says, and looped for ever.

mod acescct;
mod dpx;
mod error;
mod exr;
mod facts;
mod listing;
mod raster;
mod reading;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use error::{PictureError, SequenceError};
pub use reading::{Reading, time_reading};

use super::decode::Declared;
use super::pool::PicturePool;
use super::transport::{Transport, Turn};
use super::{FoundSource, Source, SourceError, SourceOutput};
use crate::color::caps::{InputSpec, input_spec};
use crate::color::convert::scene_look;
use crate::engine::FrameStamp;
use crate::runtime::RuntimeError;
use crate::spec::color::InputColor;
use crate::spec::source::{ProgramSpec, SourceId};
use crate::spec::time::{FrameRate, Timecode};
use facts::Facts;
use listing::{Listing, name_of};
use raster::Raster;

/// The rate of pictures that tell none.
const USUAL_RATE: FrameRate = FrameRate::new(24, 1);
/// How often it is looked whether a sequence that stands at its end goes on.
const POLL: Duration = Duration::from_millis(10);

/// Numbered pictures on the server.
pub(crate) struct SequenceSource {
    path: PathBuf,
    rate: Option<FrameRate>,
    declared: Declared,
    transport: Arc<Transport>,
}

impl SequenceSource {
    pub fn new(path: &Path, rate: Option<FrameRate>, spec: &ProgramSpec, transport: Arc<Transport>) -> Self {
        Self { path: path.to_owned(), rate, declared: Declared::of(spec), transport }
    }

    /// Reads a picture when it is its turn, and shows it when it is due.
    fn show(
        &self,
        sequence: &Sequence,
        pool: &PicturePool,
        stamp: FrameStamp,
        at: Instant,
        output: &SourceOutput,
    ) -> Result<(), SourceError> {
        let index = usize::try_from(stamp.source_frame).unwrap_or(usize::MAX);
        let Some(file) = sequence.listing.files.get(index) else { return Ok(()) };
        let raster = Raster::read(file)?;
        if (raster.size, raster.depth) != (sequence.first.size, sequence.first.depth) {
            let (found, expected) = (raster.kind(), sequence.first.kind());
            return Err(SequenceError::Unlike { name: name_of(file), found, expected }.into());
        }
        let picture = pool.picture(|plane, data, stride| raster.copy_plane(plane, data, stride))?;
        output.sleep(at.saturating_duration_since(Instant::now()));
        output.frame(picture, at, stamp);
        Ok(())
    }
}

impl Source for SequenceSource {
    fn waiting_for(&self) -> String {
        format!("opening {}", name_of(&self.path))
    }

    fn run(&mut self, output: &SourceOutput) -> Result<(), SourceError> {
        let sequence = Sequence::open(&self.path, self.rate, self.declared.drop_frame)?;
        let (rate, count) = (sequence.rate, sequence.listing.files.len() as u64);
        let pool = PicturePool::new(sequence.first.depth.layout(), sequence.first.size, rate)?;
        let found = sequence.found()?;
        // Takes some seconds the first time, in which only this source waits.
        if let Some((version, space)) = found.input.scene.and_then(InputColor::scene) {
            scene_look(version, space).map_err(|error| SequenceError::Scene(error.to_string()))?;
        }
        output.opened(found);
        let start = sequence.start(self.declared.start_timecode.as_deref());
        self.transport.open();
        self.transport.found(rate, Some(count), true);
        let mut frame = 0_u64;
        while !output.is_stopped() {
            if let Some(search) = self.transport.take_seek() {
                frame = search.frame;
            }
            if frame >= count {
                // Begins again, unless it stands.
                self.transport.ended();
                if self.transport.is_still() {
                    output.sleep(POLL);
                }
                continue;
            }
            let turn = self.transport.turn(frame, Duration::ZERO, rate.frame_duration());
            if let Turn::Show { at, speed } = turn {
                // Which source it is of is added where it is delivered.
                let (source, timecode) = (SourceId::nil(), start.plus(frame).to_string());
                let stamp = FrameStamp { source, source_frame: frame, timecode, rate, slate: false, speed };
                self.show(&sequence, &pool, stamp, at, output)?;
            }
            // Elsewhere is found out at the top.
            frame += u64::from(turn != Turn::Away);
        }
        Ok(())
    }
}

/// A sequence and what its first picture tells.
struct Sequence {
    listing: Listing,
    first: Raster,
    facts: Facts,
    rate: FrameRate,
    /// For people.
    kind: &'static str,
}

impl Sequence {
    fn open(path: &Path, rate: Option<FrameRate>, drop_frame: bool) -> Result<Self, SequenceError> {
        let listing = Listing::find(path)?;
        let file = listing.files.first().ok_or_else(|| SequenceError::NotFound { path: path.to_owned() })?;
        let first = Raster::read(file)?;
        let (kind, facts) = raster::facts(file)?;
        let rate = rate.or(facts.rate).unwrap_or(USUAL_RATE);
        let rate = if drop_frame || facts.drop_frame { rate.with_drop_frame() } else { rate };
        Ok(Self { listing, first, facts, rate, kind })
    }

    /// Timecode of the first picture: its header's, else the declared one, else its number.
    fn start(&self, declared: Option<&str>) -> Timecode {
        let label = |text: &str| Timecode::parse(text, self.rate).ok();
        let own = self.facts.timecode.as_deref();
        own.and_then(label)
            .or_else(|| declared.and_then(label))
            .unwrap_or_else(|| Timecode::from_frames(self.listing.first, self.rate))
    }

    fn found(&self) -> Result<FoundSource, RuntimeError> {
        let pool = PicturePool::new(self.first.depth.layout(), self.first.size, self.rate)?;
        let caps = pool.info().to_caps().map_err(|error| RuntimeError::Build(error.to_string()))?;
        // Nothing in pictures for a display is a tag that could be relied on: a person says what they are.
        let mut untagged = caps.copy();
        untagged.make_mut().iter_mut().for_each(|structure| structure.remove_field("colorimetry"));
        let input = input_spec(&untagged, None, true);
        let input = match &self.facts.scene {
            Some(scene) => input.scene(InputColor::Acescct, scene.is_tagged),
            None => input,
        };
        Ok(FoundSource {
            size: self.first.size,
            rate: self.rate,
            description: self.description(),
            input: InputSpec { remark: self.facts.remark, ..input },
            has_audio: false,
            hdr: None,
            reel: self.facts.reel.clone(),
        })
    }

    fn description(&self) -> String {
        let kind = match &self.facts.scene {
            Some(scene) => format!("{} RGB, scene-linear in {}, shown as ACEScct", scene.samples, scene.primaries),
            None => format!("{}-bit RGB", self.first.depth.bits()),
        };
        format!("{} sequence, {kind}", self.kind)
    }
}

/// What a sequence is, from its first picture.
pub(super) fn probe(path: &Path, rate: Option<FrameRate>) -> Result<FoundSource, SourceError> {
    Ok(Sequence::open(path, rate, false)?.found()?)
}
