//! What is known of one viewing's picture now, and which reports are kept.

use super::{FrameWitness, Measure, Reason, Report, State};
use crate::domain::instant::UtcInstant;

/// A report without a change is kept at most this often: ten seconds, less what a page's timer may be early.
const SAMPLE_EVERY_MS: u64 = 9_000;
/// A page that is silent for longer is not known to show anything.
const SILENT_AFTER_MS: u64 = 30_000;
/// Changes for the better that are believed at once ...
const ALLOWED: u32 = 10;
/// ... and how long it takes for one more.
const ALLOWED_EVERY_MS: u64 = 30_000;
/// A report that is not kept is told to the house at most this often.
const TOLD_EVERY_MS: u64 = 1_000;

/// The last word of a viewing's browser.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    last: Report,
    witness: Option<FrameWitness>,
    heard_at: UtcInstant,
    kept_at: UtcInstant,
    told_at: UtcInstant,
    /// Frames compared, and those that disagreed, since a report was kept.
    frames: (u64, u64),
    allowed: u32,
    allowed_at: UtcInstant,
}

/// A report to keep.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// What is kept.
    pub report: Report,
    /// The state before, when this changes it; `Some(None)` for a viewing's first report.
    pub change: Option<Option<State>>,
    /// Frames compared since a report was kept.
    pub frames_checked: u64,
    /// Those that disagreed.
    pub frames_disagreed: u64,
}

/// What is known of a viewing's picture at a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether it is true.
    pub state: State,
    /// What the picture's own frame number says.
    pub witness: Option<FrameWitness>,
}

fn between(a: UtcInstant, b: UtcInstant) -> u64 {
    a.as_ms().abs_diff(b.as_ms())
}

impl Track {
    /// Hears a report after what was heard before, `witness` being what the server itself found about its frame. Answers
    /// with what is known now, and with what is to be kept, if anything.
    ///
    /// A change of state is kept. Whoever flaps cannot fill the record: for the worse is always believed, of changes for the
    /// better only so many; then the worse state stands until time has passed.
    pub fn heard(
        before: Option<Self>,
        report: Report,
        witness: Option<FrameWitness>,
        now: UtcInstant,
    ) -> (Self, Option<Kept>) {
        let change = before.as_ref().map(|track| track.last.state);
        let mut track = before.unwrap_or_else(|| Self::new(&report, now));
        let checked = u64::from(report.frames_checked);
        let disagreed = u64::from(report.frames_disagreed).max(u64::from(witness == Some(FrameWitness::Contradicted)));
        track.frames.0 += checked.max(disagreed);
        track.frames.1 += disagreed;
        track.witness = if disagreed > 0 { Some(FrameWitness::Contradicted) } else { witness };
        track.heard_at = now;
        let report = track.believed(report, now);
        let changes = change != Some(report.state);
        track.last = report;
        let kept = changes || between(now, track.kept_at) >= SAMPLE_EVERY_MS;
        let kept = kept.then(|| track.kept(changes.then_some(change), now));
        (track, kept)
    }

    fn new(report: &Report, now: UtcInstant) -> Self {
        let (last, epoch) = (report.clone(), UtcInstant::from_ms(0));
        Self {
            last,
            witness: None,
            heard_at: now,
            kept_at: now,
            told_at: epoch,
            frames: (0, 0),
            allowed: ALLOWED,
            allowed_at: now,
        }
    }

    /// The report, or, when it improves more often than is believed, the report with the state before.
    fn believed(&mut self, report: Report, now: UtcInstant) -> Report {
        let more = between(now, self.allowed_at) / ALLOWED_EVERY_MS;
        if more > 0 {
            self.allowed = u32::try_from(more).unwrap_or(ALLOWED).saturating_add(self.allowed).min(ALLOWED);
            self.allowed_at = now;
        }
        if !self.last.state.is_worse_than(report.state) {
            return report;
        }
        match self.allowed.checked_sub(1) {
            Some(left) => {
                self.allowed = left;
                report
            }
            None => Report { state: self.last.state, reasons: self.last.reasons.clone(), ..report },
        }
    }

    fn kept(&mut self, change: Option<Option<State>>, now: UtcInstant) -> Kept {
        let (frames_checked, frames_disagreed) = std::mem::take(&mut self.frames);
        self.kept_at = now;
        Kept { report: self.last.clone(), change, frames_checked, frames_disagreed }
    }

    /// Whether the house should be told now of what is known; asked once for each report.
    pub fn tells(&mut self, now: UtcInstant) -> bool {
        let tells = between(now, self.told_at) >= TOLD_EVERY_MS || self.kept_at == now;
        if tells {
            self.told_at = now;
        }
        tells
    }

    /// What is known at an instant. A page that has been silent is not known to show anything.
    pub fn standing(&self, now: UtcInstant) -> Standing {
        if self.is_silent(now) {
            return Standing { state: State::Unknown, witness: None };
        }
        Standing { state: self.last.state, witness: self.witness }
    }

    /// The last report as it stands at an instant.
    pub fn report(&self, now: UtcInstant) -> Report {
        if !self.is_silent(now) {
            return self.last.clone();
        }
        Report {
            state: State::Unknown,
            reasons: vec![Reason::NotReported],
            measure: Measure::None,
            code_error: None,
            delta_e: None,
            latency_ms: None,
            frame: None,
            ..self.last.clone()
        }
    }

    /// When the last report came.
    pub const fn heard_at(&self) -> UtcInstant {
        self.heard_at
    }

    /// Frames compared, and those that disagreed, of which nothing is kept yet.
    pub const fn frames_pending(&self) -> (u64, u64) {
        self.frames
    }

    fn is_silent(&self, now: UtcInstant) -> bool {
        between(now, self.heard_at) > SILENT_AFTER_MS
    }
}
