//! A leak of which nothing was kept: the production's pilot places it, and every viewing is tried at every moment it was shown.

use forensic::detect::SURE;
use forensic::detect::blind::{BlindReport, BlindTrace, Watched};

use super::{Comparison, Identified, needed_z, suspect};
use crate::domain::evidence::{ALONE_METHOD, Alone, Evidence, Method, Suspect};
use crate::domain::instant::UtcInstant;
use crate::media::leak::{Leak, LeakError};
use crate::store::mark::Witness;

impl Comparison {
    pub(super) fn alone(self, leak: Leak) -> Result<Identified, LeakError> {
        // All reviews of an inquiry are of one project.
        let pilot = self.reviews.first().map(|review| self.keys.production(review.project.id).pilot());
        let trace = pilot.map(|pilot| leak.alone(&pilot)).transpose()?.unwrap_or_default();
        let (suspects, moments) = self.watched(&trace);
        let evidence = Evidence {
            made_at: UtcInstant::now(),
            leak: leak.file,
            scope: self.inquiry.scope.to_string(),
            places: Vec::new(),
            alone: Some(alone(&trace)),
            method: Method {
                text: ALONE_METHOD,
                viewings: suspects.len(),
                hypotheses: moments,
                sure: SURE,
                needed_z: needed_z(moments),
            },
            suspects,
            record: Vec::new(),
        };
        Ok(Identified { evidence, beside: None })
    }

    /// Everybody who was shown anything, likeliest first, and the moments that were tried.
    fn watched(&self, trace: &BlindTrace) -> (Vec<Suspect>, usize) {
        let tried: Vec<(&Witness, Watched)> =
            self.witnesses.iter().filter_map(|w| Some((w, self.moments(w)?))).collect();
        let (witnesses, watched): (Vec<_>, Vec<_>) = tried.into_iter().unzip();
        let report = trace.score(&watched);
        let mut suspects = suspects(&witnesses, &report);
        suspects.sort_by(|a, b| b.z.total_cmp(&a.z));
        (suspects, report.tried)
    }

    fn moments(&self, witness: &Witness) -> Option<Watched> {
        let ranges = witness.frames.ranges();
        let frames = ranges.iter().map(|(first, last)| *first..=*last).collect();
        Some(Watched { key: self.key(witness)?, frames })
    }
}

fn suspects(witnesses: &[&Witness], report: &BlindReport) -> Vec<Suspect> {
    let scores = report.scores.iter().filter_map(|score| Some((witnesses.get(score.viewing)?, score)));
    let suspect = |(witness, score): (&&Witness, &forensic::detect::blind::BlindScore)| Suspect {
        source_frame: Some(score.source_frame),
        ..suspect(witness, score.z, report.p(score.z))
    };
    scores.map(suspect).collect()
}

fn alone(trace: &BlindTrace) -> Alone {
    Alone {
        pilot_z: trace.pilot_z,
        pictures: trace.frames.clone(),
        rate: trace.rate,
        mirrored: trace.mirrored,
        map: trace.place.map(|place| place.0),
    }
}
