//! From a clip to what it has of any viewing's chips, by the pilot alone.

use super::place::{Pilot, Placing};
use super::rhythm::{self, Change, PHASES};
use crate::area::Area;
use crate::detect::gray::Gray;
use crate::detect::homography::Homography;
use crate::detect::residual;
use crate::detect::time::Frame;
use crate::grid::{CELLS, COLUMNS, Grid};
use crate::key::PilotKey;
use crate::mask::Sensitivity;
use crate::plane::PlaneError;

/// Widest suspect that is looked at.
const SUSPECT: usize = 640;
/// Width at which its cells are gathered.
const WIDTH: usize = COLUMNS * 3;
/// Source frames for a frame of the suspect: as it was, 24 shown at 30 a second, 30 at 60; then those near the one that fits.
const RATES: [f64; 3] = [1.0, 0.8, 0.5];
const NEAR: [f64; 2] = [24.0 / 25.0, 25.0 / 24.0];
/// Height over width of what is marked, most often; the suspect's own is tried as well.
const ASPECT: f64 = 9.0 / 16.0;
/// Source frames to the neighbours that a frame is compared with: at three most frames have one of another epoch, and the picture
/// has moved less than after four.
const LAG: f64 = 3.0;
/// What a change says of the epochs it was compared with, against what it says of its own: less, for their marks moved with the
/// picture.
const OTHERS: f32 = 0.5;
/// z of the pilot from which no other way is looked for, and below which it is not there.
const PLAIN: f64 = 9.0;
const THERE: f64 = 5.0;
/// How much more of the pilot another pace has to show than the nominal one.
const CLEARLY: f64 = 1.0;

/// A clip placed by the pilot alone.
#[derive(Clone, Debug, Default)]
pub struct BlindTrace {
    /// How far the pilot stands out at the best place; below 5 there is no evidence.
    pub pilot_z: f64,
    /// From the picture that was marked to the suspect (to its mirror image if `mirrored`).
    pub place: Option<Homography>,
    /// Whether left and right are exchanged.
    pub mirrored: bool,
    /// Source frames for each frame of the suspect.
    pub rate: f64,
    /// Numbers of the frames that were compared.
    pub frames: Vec<u64>,
    /// Source frames from the beginning of an even epoch to the first of them, 0..8.
    pub phase: usize,
    /// What each epoch has of its chips, beginning with that even one.
    pub(super) epochs: Vec<Grid>,
}

/// A way to look at the suspect.
struct View {
    rate: f64,
    mirrored: bool,
    aspect: f64,
    placing: Placing,
}

impl BlindTrace {
    /// Looks for a production's pilot in a clip of about two seconds, every frame of it; no viewing's key is looked at.
    ///
    /// # Errors
    /// When a frame has no samples.
    pub fn new(suspect: &[Frame], pilot: &PilotKey) -> Result<Self, PlaneError> {
        let frames: Vec<Frame> =
            suspect.iter().map(|f| Frame { number: f.number, luma: f.luma.at_most(SUSPECT) }).collect();
        let pilot = Pilot::new(&pilot.chips());
        let mut best: Option<(View, Vec<Change>)> = None;
        for rate in RATES {
            let changes = rhythm::changes(&frames, (LAG / rate).round() as u64);
            let view = view(&changes, rate, &pilot);
            let z = view.as_ref().map_or(0.0, |view| view.placing.z);
            if best.as_ref().is_none_or(|(best, _)| z > best.placing.z) {
                best = view.map(|view| (view, changes)).or(best);
            }
            if z >= PLAIN {
                break;
            }
        }
        let Some((view, changes)) = best else { return Ok(Self::default()) };
        let pilot_z = view.placing.z;
        if pilot_z < THERE { Ok(Self { pilot_z, ..Self::default() }) } else { Self::gather(&view, changes) }
    }

    fn gather(view: &View, changes: Vec<Change>) -> Result<Self, PlaneError> {
        let View { rate, mirrored, aspect, placing } = *view;
        let first = changes.first().map_or(0, |change| change.number);
        let mut epochs: Vec<Grid> = Vec::new();
        let mut frames = Vec::new();
        for Change { number, others, picture, change, .. } in changes {
            let turned = |gray: Gray| if mirrored { gray.mirrored() } else { gray };
            let grid = evidence(&turned(picture), &turned(change), &placing.map, aspect)?;
            let share = -OTHERS / others.len() as f32;
            for (number, part) in others.into_iter().map(|other| (other, share)).chain([(number, 1.0)]) {
                let epoch = rhythm::epoch(number, first, rate, placing.phase) as usize;
                epochs.resize(epochs.len().max(epoch + 1), vec![0.0; CELLS]);
                epochs[epoch].iter_mut().zip(&grid).for_each(|(sum, value)| *sum += part * value);
            }
            frames.push(number);
        }
        let place = Some(placing.map);
        Ok(Self { pilot_z: placing.z, place, mirrored, rate, frames, phase: placing.phase, epochs })
    }
}

/// The way to look at these changes that shows most of the pilot.
fn view(changes: &[Change], rate: f64, pilot: &Pilot) -> Option<View> {
    let mut best: Option<View> = None;
    let suspect = changes.first()?.change.aspect();
    let aspects = [ASPECT, suspect];
    let different = if (suspect - ASPECT).abs() > 0.01 { 2 } else { 1 };
    for (mirrored, aspect) in aspects[..different].iter().flat_map(|aspect| [(false, *aspect), (true, *aspect)]) {
        let sum = |phase: usize, rate: f64| {
            let sum = rhythm::in_rhythm(changes, rate, phase)?;
            Some(if mirrored { sum.mirrored() } else { sum })
        };
        let [a, b, c, d] = std::array::from_fn(|phase| sum(phase, rate));
        let Some(placing) = pilot.find(&[a?, b?, c?, d?], aspect) else { continue };
        let mut here = View { rate, mirrored, aspect, placing };
        for (near, phase) in NEAR.iter().flat_map(|near| (0..2 * PHASES).map(move |phase| (near, phase))) {
            let Some(sum) = sum(phase % PHASES, rate * near) else { continue };
            let turn = if phase < PHASES { 1.0 } else { -1.0 };
            let z = turn * pilot.z(&sum, &placing.map, aspect);
            if z > here.placing.z.max(placing.z + CLEARLY) {
                here = View { rate: rate * near, placing: Placing { phase, z, ..placing }, ..here };
            }
        }
        if best.as_ref().is_none_or(|best| here.placing.z > best.placing.z) {
            best = Some(here);
        }
        if best.as_ref().is_some_and(|best| best.placing.z >= PLAIN) {
            break;
        }
    }
    best
}

fn evidence(picture: &Gray, change: &Gray, map: &Homography, aspect: f64) -> Result<Grid, PlaneError> {
    let (width, height) = (WIDTH, (WIDTH as f64 * aspect).round() as usize);
    let shown = map.warp(&map.fitting(picture, width), width, height);
    let change = map.warp(&map.fitting(change, width), width, height);
    let weight: Vec<f32> = change.valid.iter().map(|valid| f32::from(u8::from(*valid))).collect();
    let picture = Gray { width, height, codes: shown.codes };
    let mask = residual::mask(&picture, Area::full(width, height), &Sensitivity::bt1886())?;
    Ok(residual::graded(&change.codes, &weight, width, &mask))
}
