//! The pictures a leak came from, and how a suspect is found among them.

use std::sync::OnceLock;

use super::align;
use super::gray::Gray;
use super::homography::Homography;
use super::report::{Report, Trace};
use super::residual;
use super::score::{Evidence, HYPOTHESES};
use super::thumbnail::{self, Sighting};
use super::time::{self, Frame};
use crate::area::Area;
use crate::key::{ViewingKey, epoch_of};
use crate::mask::{Mask, Sensitivity};
use crate::plane::PlaneError;

/// Widest picture that is compared; a reference or a suspect that is larger is scaled down.
const WIDTH: usize = 960;
/// Suspect frames from which the place is found.
const SAMPLES: usize = 5;
/// Correlation below which a suspect frame is not thought to show the reference.
const ALIKE: f64 = 0.5;
/// A place this close to the whole picture, in widths, may be exactly that.
const NEARLY: f64 = 0.01;
/// Part of a neighbouring frame below which a suspect frame does not count as blended.
const BLENDED: f32 = 0.12;

/// The pictures as they were before they were marked: the source, or a small luma copy of it.
pub struct Reference {
    frames: Vec<Frame>,
    thumbnails: Vec<Gray>,
    /// Frames as they are told apart.
    small: Vec<Gray>,
    /// What each frame can bear, worked out when it is first compared.
    masks: Vec<OnceLock<Mask>>,
    sensitivity: Sensitivity,
    area: Area,
}

/// How a hypothesis places each frame.
struct Placing {
    frame: usize,
    map: Homography,
}

impl Reference {
    /// Frames in ascending order of their source numbers, all of one size, and the area that was marked in the
    /// picture they were made from, as [`Area::full`] of their own size or a part of it.
    #[must_use]
    pub fn new(frames: &[Frame], area: Area) -> Self {
        let scale = frames.first().map_or(1.0, |frame| WIDTH as f64 / frame.luma.width as f64).min(1.0);
        let scaled = |value: usize| (value as f64 * scale).round() as usize;
        let area =
            Area { x: scaled(area.x), y: scaled(area.y), width: scaled(area.width), height: scaled(area.height) };
        let frames: Vec<Frame> =
            frames.iter().map(|frame| Frame { number: frame.number, luma: frame.luma.at_most(WIDTH) }).collect();
        let thumbnails = frames.iter().map(|frame| thumbnail::thumbnail(&frame.luma)).collect();
        let small = frames.iter().map(|frame| time::small(&frame.luma)).collect();
        let masks = frames.iter().map(|_| OnceLock::new()).collect();
        Self { frames, thumbnails, small, masks, sensitivity: Sensitivity::bt1886(), area }
    }

    /// Finds the suspect in the reference and gathers what it has that the reference has not; no key is looked at.
    ///
    /// # Errors
    /// When a frame has no samples.
    pub fn trace(&self, suspect: &[Frame]) -> Result<Trace, PlaneError> {
        let Some(sighting) = self.sight(suspect) else { return Ok(Trace::default()) };
        let trace = Trace { likeness: sighting.likeness, mirrored: sighting.mirrored, ..Trace::default() };
        if sighting.likeness < ALIKE {
            return Ok(trace);
        }
        let suspect = self.prepared(suspect, &sighting);
        let (map, frames, table) = self.register(&suspect, &sighting);
        let hypotheses = self.hypotheses(&suspect, &map, &frames, &table);
        let evidence = hypotheses.iter().take(HYPOTHESES).map(|placings| self.evidence(&suspect, placings));
        Ok(Trace {
            hypotheses: evidence.collect::<Result<_, _>>()?,
            source_frames: frames.iter().map(|index| self.frames[*index].number).collect(),
            place: Some(map),
            ..trace
        })
    }

    /// Scores each of `viewings` by what `suspect` has of its mark.
    ///
    /// # Errors
    /// When a frame has no samples.
    pub fn identify(&self, suspect: &[Frame], viewings: &[ViewingKey]) -> Result<Report, PlaneError> {
        Ok(self.trace(suspect)?.score(viewings))
    }

    /// The best of the first sightings of a few frames.
    fn sight(&self, suspect: &[Frame]) -> Option<Sighting> {
        let aspect = self.frames.first()?.luma.aspect();
        let sightings = sample(suspect.len(), 3)
            .filter_map(|at| thumbnail::find(&suspect[at].luma.at_most(240), &self.thumbnails, aspect));
        sightings.max_by(|a, b| a.likeness.total_cmp(&b.likeness))
    }

    /// The suspect about as fine as the reference, and not mirrored.
    fn prepared(&self, suspect: &[Frame], sighting: &Sighting) -> Vec<Frame> {
        let width = self.frames.first().map_or(WIDTH, |frame| frame.luma.width);
        let width = (width as f64 * sighting.place.shown() * 1.1) as usize;
        let prepare = |frame: &Frame| {
            let luma = frame.luma.at_most(width);
            Frame { number: frame.number, luma: if sighting.mirrored { luma.mirrored() } else { luma } }
        };
        suspect.iter().map(prepare).collect()
    }

    /// Place and moments, each found with the other's help.
    fn register(&self, suspect: &[Frame], sighting: &Sighting) -> (Homography, Vec<usize>, time::Table) {
        let mut map = sighting.place;
        let mut first_level = 0;
        let mut table = time::Table::new(&self.frames, &self.small, suspect, &map);
        let mut frames = table.assign(suspect);
        for _ in 0..2 {
            let pairs: Vec<_> =
                sample(suspect.len(), SAMPLES).map(|at| (&self.frames[frames[at]].luma, &suspect[at].luma)).collect();
            map = self.better(&pairs, map, align::refine(&pairs, map, first_level));
            table = time::Table::new(&self.frames, &self.small, suspect, &map);
            frames = table.assign(suspect);
            first_level = 2;
        }
        (map, frames, table)
    }

    /// Whichever map makes the pairs more alike.
    fn better(&self, pairs: &[(&Gray, &Gray)], old: Homography, new: Homography) -> Homography {
        let alike =
            |map: &Homography| -> f64 { pairs.iter().map(|(r, s)| align::likeness(&r.at_most(240), s, map)).sum() };
        if alike(&new) > alike(&old) { new } else { old }
    }

    /// Ways to place the suspect that are tried: one place for all frames, each frame its own, exactly the whole
    /// picture; for a few frames also the moment that fits second best.
    fn hypotheses(
        &self,
        suspect: &[Frame],
        map: &Homography,
        frames: &[usize],
        table: &time::Table,
    ) -> Vec<Vec<Placing>> {
        let shared = |map: Homography, frames: &[usize]| -> Vec<Placing> {
            frames.iter().map(|frame| Placing { frame: *frame, map }).collect()
        };
        let own = |frames: &[usize]| -> Vec<Placing> {
            let refine = |(frame, s): (&usize, &Frame)| {
                let pair = [(&self.frames[*frame].luma, &s.luma)];
                Placing { frame: *frame, map: self.better(&pair, *map, align::refine(&pair, *map, 3)) }
            };
            frames.iter().zip(suspect).map(refine).collect()
        };
        let mut all = vec![shared(*map, frames), own(frames)];
        if let (Some(s), Some(r)) = (suspect.first(), self.frames.first()) {
            let whole = Homography::scale_shift(1.0, s.luma.aspect() / r.luma.aspect(), 0.0, 0.0);
            if whole.distance(map, r.luma.aspect()) < NEARLY {
                all.push(shared(whole, frames));
            }
        }
        if suspect.len() < 3 {
            let second: Vec<usize> =
                frames.iter().enumerate().map(|(at, frame)| table.second(at, *frame).unwrap_or(*frame)).collect();
            all.push(own(&second));
        }
        all
    }

    fn evidence(&self, suspect: &[Frame], placings: &[Placing]) -> Result<Evidence, PlaneError> {
        let mut evidence = Evidence::default();
        for (frame, placing) in suspect.iter().zip(placings) {
            let (blend, other, part) = self.blend(&frame.luma, placing);
            let reference = blend.as_ref().unwrap_or(&self.frames[placing.frame].luma);
            let grid = residual::evidence(reference, &frame.luma, &placing.map, self.mask(placing.frame)?);
            evidence.add(epoch_of(self.frames[placing.frame].number), &grid, 1.0 - part);
            if part > 0.0 {
                evidence.add(epoch_of(self.frames[other].number), &grid, part);
            }
        }
        Ok(evidence)
    }

    fn mask(&self, frame: usize) -> Result<&Mask, PlaneError> {
        let mask = &self.masks[frame];
        match mask.get() {
            Some(mask) => Ok(mask),
            None => {
                let made = residual::mask(&self.frames[frame].luma, self.area, &self.sensitivity)?;
                Ok(mask.get_or_init(|| made))
            }
        }
    }

    /// The mixture of the frame and a neighbour that comes closest to the suspect, if it is one: the picture, the
    /// neighbour, and its part.
    fn blend(&self, suspect: &Gray, placing: &Placing) -> (Option<Gray>, usize, f32) {
        let own = &self.frames[placing.frame].luma;
        let neighbours = [placing.frame.checked_sub(1), Some(placing.frame + 1)];
        let best = neighbours
            .into_iter()
            .flatten()
            .filter(|at| *at < self.frames.len())
            .map(|at| (at, part_of(suspect, &placing.map, own, &self.frames[at].luma)))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        match best {
            Some((other, part)) if part > BLENDED => {
                let mixed = own.codes.iter().zip(&self.frames[other].luma.codes).map(|(a, b)| a + (b - a) * part);
                (Some(Gray { codes: mixed.collect(), ..*own }), other, part)
            }
            _ => (None, placing.frame, 0.0),
        }
    }
}

/// Least squares of suspect = (1 - f) a + f b, in small.
fn part_of(suspect: &Gray, map: &Homography, a: &Gray, b: &Gray) -> f32 {
    let (a, b) = (a.at_most(240), b.at_most(240));
    let warped = map.warp(&map.fitting(suspect, a.width), a.width, a.height);
    let (mut along, mut length) = (0.0_f32, 0.0_f32);
    for (at, valid) in warped.valid.iter().enumerate() {
        let step = b.codes[at] - a.codes[at];
        if *valid {
            along += (warped.codes[at] - a.codes[at]) * step;
            length += step * step;
        }
    }
    if length > a.codes.len() as f32 * 0.05 { (along / length).clamp(0.0, 1.0) } else { 0.0 }
}

/// Up to `count` indices of `length`, evenly spread.
fn sample(length: usize, count: usize) -> impl Iterator<Item = usize> {
    let taken = count.min(length);
    (0..taken).map(move |at| (2 * at + 1) * length / (2 * taken))
}
