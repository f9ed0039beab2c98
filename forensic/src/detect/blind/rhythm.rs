//! What changes from epoch to epoch, and its sum in the rhythm of the pilot.

use super::motion::Pyramid;
use crate::detect::gray::Gray;
use crate::detect::time::Frame;
use crate::key::EPOCH_FRAMES;
use crate::plane::box_mean;

/// Most, in codes, that a sample's change counts: what is more is not a mark.
const LIMIT: f32 = 4.0;
/// Beginnings of an epoch that are told apart, in source frames; the pilot's other four are these with the other sign.
pub(super) const PHASES: usize = EPOCH_FRAMES as usize;
/// Half the boxes, as parts of the width: what counts as surroundings, and over which noise and activity are measured.
const SURROUNDINGS: f32 = 0.02;
const NOISE: f32 = 0.03;
const ACTIVITY: f32 = 0.006;
/// Noise, in codes, that there always is.
const LEAST_NOISE: f32 = 0.1;
/// A change is limited to this many times its noise.
const CLIP: f32 = 2.5;

/// A frame less what the frames an epoch away say of it.
pub(super) struct Change {
    pub number: u64,
    pub others: Vec<u64>,
    pub picture: Gray,
    pub change: Gray,
    /// The change, each sample by what it is worth.
    pub weighed: Gray,
}

/// The changes of all frames that have a neighbour `lag` frames away; all are of one size.
pub(super) fn changes(frames: &[Frame], lag: u64) -> Vec<Change> {
    let pyramids: Vec<Pyramid> = frames.iter().map(|frame| Pyramid::new(&frame.luma)).collect();
    let at = |number: Option<u64>| frames.iter().position(|frame| Some(frame.number) == number);
    let change = |(frame, pyramid): (&Frame, &Pyramid)| {
        let neighbours = [at(frame.number.checked_sub(lag)), at(frame.number.checked_add(lag))];
        let predictions: Vec<Vec<f32>> =
            neighbours.into_iter().flatten().map(|other| pyramid.predicted_from(&pyramids[other])).collect();
        let share = 1.0 / predictions.len().max(1) as f32;
        let mut codes = frame.luma.codes.clone();
        for prediction in &predictions {
            codes.iter_mut().zip(prediction).for_each(|(code, predicted)| *code -= share * predicted);
        }
        codes.iter_mut().for_each(|code| *code = code.clamp(-LIMIT, LIMIT));
        let picture = frame.luma.clone();
        let others = neighbours.into_iter().flatten().map(|at| frames[at].number).collect();
        let change = Gray { codes, ..picture };
        let weighed = weighed(&picture, &change);
        (!predictions.is_empty()).then_some(Change { number: frame.number, others, picture, change, weighed })
    };
    frames.iter().zip(&pyramids).filter_map(change).collect()
}

/// The epoch of a frame, counted from the one in which frame `first` lies at `phase`.
pub(super) fn epoch(number: u64, first: u64, rate: f64, phase: usize) -> u64 {
    ((number.saturating_sub(first) as f64 * rate + phase as f64 + 1e-6) / EPOCH_FRAMES as f64) as u64
}

/// The sum of all changes, each with the sign that the pilot has when the first frame lies at that phase.
pub(super) fn in_rhythm(changes: &[Change], rate: f64, phase: usize) -> Option<Gray> {
    let first = changes.first()?;
    let mut codes = vec![0.0; first.change.codes.len()];
    let turn = |number: u64| crate::key::pilot_sign(epoch(number, first.number, rate, phase));
    for Change { number, others, weighed, .. } in changes {
        let sign = turn(*number) - others.iter().map(|other| turn(*other)).sum::<f32>() / others.len() as f32;
        if sign == 0.0 {
            continue;
        }
        codes.iter_mut().zip(&weighed.codes).for_each(|(sum, code)| *sum += sign * code);
    }
    Some(Gray { codes, ..first.change })
}

/// The change without its surroundings, over its noise, limited, times the mark that it may bear over its noise.
fn weighed(picture: &Gray, change: &Gray) -> Gray {
    let (width, height) = picture.size();
    let around = |codes: &[f32], part: f32| box_mean(codes, width, height, ((part * width as f32) as usize).max(2));
    let far = |codes: &[f32], around: Vec<f32>| -> Vec<f32> { codes.iter().zip(around).map(|(c, a)| c - a).collect() };
    let high = far(&change.codes, around(&change.codes, SURROUNDINGS));
    let noise = around(&high.iter().map(|code| code * code).collect::<Vec<_>>(), NOISE);
    let activity = far(&picture.codes, around(&picture.codes, ACTIVITY)).into_iter().map(f32::abs).collect::<Vec<_>>();
    let activity = around(&activity, ACTIVITY);
    let codes = high.iter().zip(noise.iter().zip(activity)).map(|(high, (noise, activity))| {
        let noise = noise.sqrt().max(LEAST_NOISE);
        (high / noise).clamp(-CLIP, CLIP) * crate::mask::bears(activity) / noise
    });
    Gray { codes: codes.collect(), ..*change }
}
