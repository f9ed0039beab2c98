//! Which source frame each suspect frame shows.

use super::align;
use super::gray::Gray;
use super::homography::Homography;

/// Size at which frames are told apart.
const WIDTH: usize = 96;
/// Source frames per suspect frame that are usual; others are not looked for.
const RATES: [f64; 12] =
    [1.0, 0.8, 24.0 / 25.0, 25.0 / 24.0, 25.0 / 30.0, 1.2, 1.25, 0.5, 2.0, 0.4, 25.0 / 60.0, 1.001];
/// How far a frame may stray from the map, in source frames.
const STRAY: f64 = 1.3;

/// A frame and its number.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Of the source in a reference, counted from any frame in a suspect; frames left out leave a gap.
    pub number: u64,
    /// The picture.
    pub luma: Gray,
}

/// A frame as it is told apart from others.
pub(super) fn small(luma: &Gray) -> Gray {
    luma.at_most(WIDTH)
}

/// For each suspect frame how little each reference frame differs from it: -log of what they do not have in common.
pub(super) struct Table {
    numbers: Vec<u64>,
    likeness: Vec<Vec<f64>>,
}

impl Table {
    /// `small` are the references by [`small`]; `suspects` are as they came, or mirrored when they have to be.
    pub fn new(references: &[Frame], small: &[Gray], suspects: &[Frame], map: &Homography) -> Self {
        let compare = |suspect: &Gray| {
            let Some(first) = small.first() else { return Vec::new() };
            let warped = map.warp(&map.fitting(suspect, first.width), first.width, first.height);
            small.iter().map(|r| -(1.0 - align::correlation(r, &warped)).max(1e-4).ln()).collect()
        };
        let likeness = suspects.iter().map(|frame| compare(&frame.luma)).collect();
        Self { numbers: references.iter().map(|frame| frame.number).collect(), likeness }
    }

    /// Index of the reference frame for each suspect frame. With three frames or more they are taken to run evenly.
    pub fn assign(&self, suspects: &[Frame]) -> Vec<usize> {
        let line = (suspects.len() >= 3).then(|| self.line(suspects));
        suspects
            .iter()
            .enumerate()
            .map(|(at, frame)| {
                let near = |index: &usize| {
                    let number = self.numbers[*index] as f64;
                    line.is_none_or(|(rate, offset)| (rate * frame.number as f64 + offset - number).abs() <= STRAY)
                };
                self.best(at, (0..self.numbers.len()).filter(near))
                    .or(self.best(at, 0..self.numbers.len()))
                    .unwrap_or(0)
            })
            .collect()
    }

    /// The best frame outside the epoch of `taken`: where else a still may come from.
    pub fn second(&self, at: usize, taken: usize) -> Option<usize> {
        let epoch = |index: usize| crate::key::epoch_of(self.numbers[index]);
        self.best(at, (0..self.numbers.len()).filter(|index| epoch(*index) != epoch(taken)))
    }

    fn best(&self, at: usize, among: impl Iterator<Item = usize>) -> Option<usize> {
        among.max_by(|a, b| self.likeness[at][*a].total_cmp(&self.likeness[at][*b]))
    }

    /// The even run (rate, offset) through the table that has most in common.
    fn line(&self, suspects: &[Frame]) -> (f64, f64) {
        let (first, last) = (self.numbers.first().copied().unwrap_or(0), self.numbers.last().copied().unwrap_or(0));
        let mut best = (f64::MIN, (1.0, 0.0));
        for rate in RATES {
            let start = suspects.first().map_or(0.0, |frame| rate * frame.number as f64);
            for step in 0..=(last - first) * 2 {
                let offset = first as f64 + step as f64 / 2.0 - start;
                let sum = suspects.iter().enumerate().map(|(at, frame)| {
                    self.at(rate * frame.number as f64 + offset).map_or(0.0, |index| self.likeness[at][index])
                });
                let sum: f64 = sum.sum();
                if sum > best.0 {
                    best = (sum, (rate, offset));
                }
            }
        }
        best.1
    }

    fn at(&self, time: f64) -> Option<usize> {
        let index = self.numbers.partition_point(|number| (*number as f64) < time - 0.5);
        (index < self.numbers.len() && (self.numbers[index] as f64 - time).abs() <= 0.51).then_some(index)
    }
}
