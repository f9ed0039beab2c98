//! One viewing's proof over time, and what it amounts to: what a report shows.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{CodeError, DeltaE, DeltaKind, Measure, Reason, Report, State, Worst};
use crate::domain::instant::UtcInstant;

/// A report speaks for what follows it, until the next one and no longer than this.
const HOLDS_MS: u64 = 30_000;
/// Samples of one viewing that a report shows; the archive has them all.
pub const SAMPLES_SHOWN: usize = 1_000;

/// Whose viewing it is.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Watcher {
    /// The viewing.
    pub viewing_id: Uuid,
    /// The viewer.
    pub viewer_id: Uuid,
    /// Their name.
    pub name: String,
    /// Their browser.
    pub browser: String,
    /// Burned into their picture.
    pub session_code: String,
    /// When the viewing began.
    pub started_at: UtcInstant,
    /// When it ended.
    pub ended_at: Option<UtcInstant>,
}

/// What was known at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Sample {
    /// When.
    pub at: UtcInstant,
    /// Whether the state changed.
    pub change: bool,
    /// Whether the picture was true.
    pub state: State,
    /// Why not.
    pub reasons: Vec<Reason>,
    /// Within which limits.
    pub rendition: String,
    /// What was measured.
    pub measure: Measure,
    /// In steps of 10 bits.
    pub code_error: Option<CodeError>,
    /// As colours.
    pub delta_e: Option<DeltaE>,
    /// From the wire to the decoded picture, as the browser counts it, in milliseconds.
    pub latency_ms: Option<f64>,
    /// Pictures whose frame number was compared since the sample before.
    pub frames_checked: u64,
    /// Those that disagreed.
    pub frames_disagreed: u64,
}

impl Sample {
    /// A report that was kept.
    pub fn new(at: UtcInstant, change: bool, report: Report, frames_checked: u64, frames_disagreed: u64) -> Self {
        let Report { state, reasons, rendition, measure, code_error, delta_e, latency_ms, .. } = report;
        Self {
            at,
            change,
            state,
            reasons,
            rendition,
            measure,
            code_error,
            delta_e,
            latency_ms,
            frames_checked,
            frames_disagreed,
        }
    }
}

/// Seconds that a viewing stood in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Seconds {
    /// The true picture.
    #[serde(rename = "true")]
    pub exact: f64,
    /// A lesser one.
    pub reduced: f64,
    /// A wrong one.
    pub wrong: f64,
    /// Not known.
    pub unknown: f64,
}

impl Seconds {
    fn add(&mut self, state: State, ms: u64) {
        let place = match state {
            State::True => &mut self.exact,
            State::Reduced => &mut self.reduced,
            State::Wrong => &mut self.wrong,
            State::Unknown => &mut self.unknown,
        };
        *place += ms as f64 / 1_000.0;
    }

    /// All of them.
    pub fn total(&self) -> f64 {
        self.exact + self.reduced + self.wrong + self.unknown
    }
}

/// One viewing over time.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Course {
    /// Whose.
    #[serde(flatten)]
    pub watcher: Watcher,
    /// The worst state; null when nothing was reported.
    pub worst: Option<State>,
    /// Its reasons.
    pub worst_reasons: Vec<Reason>,
    /// How long it stood in which state.
    pub seconds: Seconds,
    /// The mean of the means, and the largest.
    pub code_error: Option<CodeError>,
    /// The same as colours, for each formula that was used.
    pub delta_e: Vec<DeltaE>,
    /// The median, in milliseconds.
    pub latency_ms: Option<f64>,
    /// Pictures whose frame number was compared with RTP's.
    pub frames_checked: u64,
    /// Those in which it was another.
    pub frames_disagreed: u64,
    /// Every change and, where there are many samples, the worst of neighbours.
    pub samples: Vec<Sample>,
}

impl Course {
    /// Of a viewing's samples, oldest first, as known at `now`.
    pub fn new(watcher: Watcher, worst: Option<Worst>, samples: Vec<Sample>, now: UtcInstant) -> Self {
        let (worst, reasons) = worst.map(|worst| (worst.state, worst.reasons)).unzip();
        let codes = samples.iter().filter_map(|sample| sample.code_error).map(|error| (error.mean, error.max));
        let delta = |kind: DeltaKind| {
            let of_kind = samples.iter().filter_map(|sample| sample.delta_e).filter(|delta| delta.kind == kind);
            let (mean, max) = spread(of_kind.map(|delta| (delta.mean, delta.max)))?;
            Some(DeltaE { mean, max, kind })
        };
        Self {
            worst,
            worst_reasons: reasons.unwrap_or_default(),
            seconds: seconds(&watcher, &samples, now),
            code_error: spread(codes).map(|(mean, max)| CodeError { mean, max }),
            delta_e: DeltaKind::ALL.iter().copied().filter_map(delta).collect(),
            latency_ms: median(samples.iter().filter_map(|sample| sample.latency_ms).collect()),
            frames_checked: samples.iter().map(|sample| sample.frames_checked).sum(),
            frames_disagreed: samples.iter().map(|sample| sample.frames_disagreed).sum(),
            samples: thinned(samples),
            watcher,
        }
    }
}

fn spread(values: impl Iterator<Item = (f64, f64)>) -> Option<(f64, f64)> {
    let (mut count, mut sum, mut most) = (0_u32, 0.0, 0.0_f64);
    for (mean, max) in values {
        (count, sum, most) = (count + 1, sum + mean, most.max(max));
    }
    (count > 0).then(|| (sum / f64::from(count), most))
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

/// Each sample speaks for the time until the next, thirty seconds at most; what nobody speaks for is unknown.
fn seconds(watcher: &Watcher, samples: &[Sample], now: UtcInstant) -> Seconds {
    let mut seconds = Seconds::default();
    let end = watcher.ended_at.unwrap_or(now);
    let until = |from: UtcInstant, to: UtcInstant| u64::try_from(to.as_ms() - from.as_ms()).unwrap_or_default();
    let first = samples.first().map_or(end, |sample| sample.at);
    seconds.add(State::Unknown, until(watcher.started_at, first));
    for (index, sample) in samples.iter().enumerate() {
        let next = samples.get(index + 1).map_or(end, |next| next.at);
        let all = until(sample.at, next);
        seconds.add(sample.state, all.min(HOLDS_MS));
        seconds.add(State::Unknown, all.saturating_sub(HOLDS_MS));
    }
    seconds
}

/// All changes, and of the rest the ones with the largest difference among neighbours, so that no peak is lost.
fn thinned(samples: Vec<Sample>) -> Vec<Sample> {
    let size = samples.len().div_ceil(SAMPLES_SHOWN);
    if size <= 1 {
        return samples;
    }
    let height = |sample: &Sample| sample.delta_e.map_or(-1.0, |delta| delta.max);
    let mut kept = Vec::new();
    for group in samples.chunks(size) {
        let highest = group.iter().enumerate().max_by(|(_, a), (_, b)| height(a).total_cmp(&height(b)));
        let highest = highest.map(|(index, _)| index);
        let of_group = group.iter().enumerate().filter(|(index, sample)| sample.change || Some(*index) == highest);
        kept.extend(of_group.map(|(_, sample)| sample.clone()));
    }
    kept
}
