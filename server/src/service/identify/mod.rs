//! Whose copy is this? A leak is compared with what was shown, and every viewing that was shown it is tried.

mod alone;

use std::path::PathBuf;
use std::sync::Arc;

use forensic::detect::{Gray, HYPOTHESES, SURE, p_value};
use uuid::Uuid;

use super::{Error, Noun, Services};
use crate::config::data::DataDir;
use crate::domain::access::{Object, Permission};
use crate::domain::audit::{Action, By, Event};
use crate::domain::evidence::{Evidence, METHOD, Method, Place, Suspect};
use crate::domain::instant::UtcInstant;
use crate::media::leak::{Found, Leak, LeakError, PARTS, Shown};
use crate::media::reference::Volume;
use crate::store::mark::{self, Witness};
use crate::store::review::ReviewRecord;
use crate::store::{audit, project, review};
use crate::token::mark_key::MarkKeys;

/// Ways of looking that every p-value pays for: those of the detector, for each part of a leak.
const WAYS: usize = HYPOTHESES * PARTS;

/// Where a leak is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// In one review.
    Review(Uuid),
    /// In all reviews of a project.
    Project(Uuid),
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Review(id) => write!(f, "review:{id}"),
            Self::Project(id) => write!(f, "project:{id}"),
        }
    }
}

/// A question about a leak.
#[derive(Clone, Debug)]
pub struct Inquiry {
    /// The file that leaked: a clip or a still.
    pub leak: PathBuf,
    /// Where it is looked for.
    pub scope: Scope,
    /// What it is compared with instead of what the house kept: the file that was shown.
    pub reference: Option<PathBuf>,
}

/// What was found, and pictures to look at: the leak in the place of its reference, and that.
pub struct Identified {
    /// What the report says.
    pub evidence: Evidence,
    /// Side by side, as luma codes.
    pub beside: Option<[Gray; 2]>,
}

impl Services {
    /// Compares a leak with what was shown and tries every viewing that was shown it. That it was asked, and what came
    /// of it, is recorded before it is answered.
    ///
    /// # Errors
    /// When it is not allowed, there is no such review or project, or a file cannot be read.
    pub async fn identify(
        &self,
        inquiry: Inquiry,
        data: &DataDir,
        keys: Arc<MarkKeys>,
        by: &By,
    ) -> Result<Identified, Error> {
        let reviews = self.reviews_in(inquiry.scope, by).await?;
        let mut witnesses = Vec::new();
        for review in &reviews {
            witnesses.extend(mark::witnesses(&mut *self.store.read().await?, review.id).await?);
        }
        let scope = inquiry.scope;
        let comparison = Comparison { inquiry, data: data.clone(), keys, reviews, witnesses };
        let compared = tokio::task::spawn_blocking(move || comparison.run()).await.map_err(|_| Error::Busy)?;
        let Identified { mut evidence, beside } = compared?;
        evidence.record = self.record_of(&evidence).await?;
        let named: Vec<String> = evidence.named().map(|suspect| suspect.viewing.to_string()).collect();
        let decision = if named.is_empty() { "none".to_owned() } else { named.join(" ") };
        let event = Event::done(evidence.made_at, by, Action::LeakTraced, scope.to_string())
            .with("sha256", &evidence.leak.sha256)
            .with("file", &evidence.leak.name)
            .with("viewings_tried", evidence.method.viewings)
            .with("named", decision);
        self.record(&match scope {
            Scope::Review(id) => event.review(id),
            Scope::Project(_) => event,
        })
        .await?;
        Ok(Identified { evidence, beside })
    }

    async fn reviews_in(&self, scope: Scope, by: &By) -> Result<Vec<ReviewRecord>, Error> {
        match scope {
            Scope::Review(id) => Ok(vec![self.permitted_review(id, Permission::LeakTrace, by).await?]),
            Scope::Project(id) => {
                let found = project::by_id(&mut *self.store.read().await?, id).await?;
                let found = found.ok_or_else(|| Error::not_found(Noun::Project, id))?;
                self.permit(by, Permission::LeakTrace, &Object::Project(found.facts)).await?;
                let all = review::list(&mut *self.store.read().await?).await?;
                Ok(all.into_iter().filter(|review| review.project.id == id).collect())
            }
        }
    }

    /// Entries about the viewings that are named.
    async fn record_of(&self, evidence: &Evidence) -> Result<Vec<crate::domain::audit::Entry>, Error> {
        let mut entries = Vec::new();
        let mut reviews: Vec<Uuid> = evidence.named().map(|suspect| suspect.review).collect();
        reviews.dedup();
        for review in reviews {
            let of_review = audit::of_review(&mut *self.store.read().await?, review).await?;
            let about = |viewing: &str| evidence.named().any(|suspect| suspect.viewing.to_string() == viewing);
            let of_viewings = of_review.into_iter().map(|stored| stored.entry);
            entries.extend(of_viewings.filter(|entry| entry.viewing.as_deref().is_some_and(about)));
        }
        Ok(entries)
    }
}

/// Everything a comparison needs, for a thread that may block.
struct Comparison {
    inquiry: Inquiry,
    data: DataDir,
    keys: Arc<MarkKeys>,
    reviews: Vec<ReviewRecord>,
    witnesses: Vec<Witness>,
}

impl Comparison {
    fn run(self) -> Result<Identified, LeakError> {
        let leak = Leak::read(&self.inquiry.leak)?;
        let shown = self.shown()?;
        let found = leak.find(&shown)?;
        if found.is_empty() {
            return self.alone(leak);
        }
        let suspects = self.suspects(&found, &shown);
        let beside = found.iter().find_map(|found| found.beside.clone());
        let viewings = suspects.len();
        let evidence = Evidence {
            made_at: UtcInstant::now(),
            leak: leak.file,
            scope: self.inquiry.scope.to_string(),
            places: found.into_iter().map(|found| place(found, &shown)).collect(),
            alone: None,
            suspects,
            method: Method {
                text: METHOD,
                viewings,
                hypotheses: WAYS,
                sure: SURE,
                needed_z: needed_z(viewings * WAYS),
            },
            record: Vec::new(),
        };
        Ok(Identified { evidence, beside })
    }

    fn shown(&self) -> Result<Vec<Shown>, LeakError> {
        if let Some(file) = &self.inquiry.reference {
            return Ok(vec![Shown::Named(file.clone())]);
        }
        let mut shown = Vec::new();
        for review in &self.reviews {
            let volumes = Volume::of_review(&self.data, &self.keys, review.id)?;
            shown.extend(volumes.into_iter().map(|volume| Shown::Kept { volume, review: review.id }));
        }
        Ok(shown)
    }

    /// Tries every viewing that was shown a frame of a part, by its best figure over the parts.
    fn suspects(&self, found: &[Found], shown: &[Shown]) -> Vec<Suspect> {
        let mut best: Vec<Option<f64>> = vec![None; self.witnesses.len()];
        for part in found {
            let review = shown.get(part.shown).and_then(Shown::review);
            let saw = |witness: &Witness| {
                review.is_none_or(|review| review == witness.review)
                    && witness.frames.has_any(&part.trace.source_frames)
            };
            let tried: Vec<usize> = (0..self.witnesses.len()).filter(|at| saw(&self.witnesses[*at])).collect();
            let keys: Vec<_> = tried.iter().filter_map(|at| self.key(&self.witnesses[*at])).collect();
            let report = part.trace.clone().score(&keys);
            for (at, score) in tried.into_iter().zip(report.scores) {
                let farther = best[at].is_none_or(|before| score.z.abs() > before.abs());
                best[at] = if farther { Some(score.z) } else { best[at] };
            }
        }
        let viewings = best.iter().flatten().count();
        let tried = self.witnesses.iter().zip(best).filter_map(|(witness, z)| Some((witness, z?)));
        let mut suspects: Vec<Suspect> =
            tried.map(|(witness, z)| suspect(witness, z, p_value(z, viewings, WAYS))).collect();
        suspects.sort_by(|a, b| b.z.total_cmp(&a.z));
        suspects
    }

    fn key(&self, witness: &Witness) -> Option<forensic::ViewingKey> {
        let review = self.reviews.iter().find(|review| review.id == witness.review)?;
        Some(self.keys.of_viewing(review.project.id, review.id, witness.viewing).viewing)
    }
}

/// The z whose p falls below [`SURE`] when that many have been tried.
fn needed_z(tried: usize) -> f64 {
    (2.0 * (2.0 * tried.max(1) as f64 / SURE).ln()).sqrt()
}

fn suspect(witness: &Witness, z: f64, p: f64) -> Suspect {
    Suspect {
        viewing: witness.viewing,
        review: witness.review,
        name: witness.name.clone(),
        email: witness.email.clone(),
        ip: witness.ip.clone(),
        session_code: witness.session_code.clone(),
        started_at: witness.started_at,
        ended_at: witness.ended_at,
        z,
        p,
        named: z > 0.0 && p < SURE,
        subtracted: z < 0.0 && p < SURE,
        source_frame: None,
    }
}

fn place(found: Found, shown: &[Shown]) -> Place {
    let shown = shown.get(found.shown);
    Place {
        reference: shown.map(Shown::name).unwrap_or_default(),
        review: shown.and_then(Shown::review),
        pictures: found.pictures,
        source_frames: found.trace.source_frames,
        likeness: found.trace.likeness,
        mirrored: found.trace.mirrored,
        map: found.trace.place.map(|place| place.0),
    }
}
