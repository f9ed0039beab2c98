//! Proof of picture: browsers report, the house is told at once, and the record keeps every change of state.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

use super::viewing::Screening;
use super::{Change, Error, Noun, Services};
use crate::domain::access::Permission;
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::proof::{
    Course, FrameWitness, Kept, ReadFrame, Report, Sample, Standing, State, Track, Worst, words,
};
use crate::export::pdf::Heading;
use crate::export::{self, ExportError};
use crate::store::Write;
use crate::store::proof as table;
use crate::store::proof::ProofRecord;
use crate::store::review::ReviewRecord;
use crate::store::viewer::ViewerRecord;

/// A viewing that was silent for so long is forgotten here; what was kept of it stays.
const FORGOTTEN_AFTER_MS: u64 = 600_000;

/// What the browsers of this process's viewings said last.
#[derive(Debug, Default)]
pub(super) struct Tracks(Mutex<HashMap<Uuid, Track>>);

impl Tracks {
    fn read<T>(&self, viewing: Uuid, of: impl FnOnce(&Track) -> T) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&viewing).map(of)
    }

    /// Takes a report up if nothing of it is to be kept.
    fn takes(&self, report: &Report, witness: Option<FrameWitness>, now: UtcInstant) -> bool {
        let mut tracks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(before) = tracks.get(&report.viewing_id) else { return false };
        let (track, kept) = Track::heard(Some(before.clone()), report.clone(), witness, now);
        if kept.is_none() {
            tracks.insert(report.viewing_id, track);
        }
        kept.is_none()
    }

    fn put(&self, viewing: Uuid, track: Track, now: UtcInstant) {
        let mut tracks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tracks.retain(|_, track| track.heard_at().as_ms().abs_diff(now.as_ms()) < FORGOTTEN_AFTER_MS);
        tracks.insert(viewing, track);
    }

    fn tells(&self, viewing: Uuid, now: UtcInstant) -> bool {
        let mut tracks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tracks.get_mut(&viewing).is_some_and(|track| track.tells(now))
    }
}

/// What every viewing of a review was proven to show.
#[derive(Clone, Debug)]
pub struct ProofReport {
    /// The review.
    pub review: ReviewRecord,
    /// When this was known.
    pub made_at: UtcInstant,
    /// One for each viewing, oldest first.
    pub courses: Vec<Course>,
}

impl Screening {
    /// Takes up what a viewer's browser measured of their running viewing.
    ///
    /// # Errors
    /// When a figure cannot be true, the viewing is not the viewer's or over, or the record cannot be written.
    pub async fn report_proof(&self, viewer: &ViewerRecord, report: Report, by: &By) -> Result<(), Error> {
        self.services.permit(by, Permission::RoomUse, &viewer.object()).await?;
        let report = report.checked()?;
        let viewing = report.viewing_id;
        if viewer.viewing != Some(viewing) {
            return Err(Error::not_found(Noun::Viewing, viewing));
        }
        let witness = report.frame.and_then(|read| self.witness_of(viewing, read));
        let now = UtcInstant::now();
        if !self.services.proofs.takes(&report, witness, now) {
            self.services.keep_proof(viewer, report, witness, by, now).await?;
        }
        if self.services.proofs.tells(viewing, now) {
            self.services.tell(Change::Proof { review: viewer.review_id, viewer: viewer.id });
        }
        Ok(())
    }

    /// What a frame number read from the picture says of the frame that was sent; `None` when none was sent there.
    fn witness_of(&self, viewing: Uuid, read: ReadFrame) -> Option<FrameWitness> {
        let sent = self.projector.frame_at(viewing, read.rtp_timestamp)?;
        let same = sent.source_frame == read.source_frame;
        Some(if same { FrameWitness::Confirmed } else { FrameWitness::Contradicted })
    }
}

impl Services {
    /// What is known of a viewing's picture now.
    pub fn proof_standing(&self, viewing: Uuid) -> Standing {
        let now = UtcInstant::now();
        let unknown = Standing { state: State::Unknown, witness: None };
        self.proofs.read(viewing, |track| track.standing(now)).unwrap_or(unknown)
    }

    /// A viewing's last report as it stands now, when it came, and the frames of it that are not kept yet.
    pub fn proof_now(&self, viewing: Uuid) -> Option<(Report, UtcInstant, (u64, u64))> {
        let now = UtcInstant::now();
        self.proofs.read(viewing, |track| (track.report(now), track.heard_at(), track.frames_pending()))
    }

    /// What every viewing of a review was proven to show, over time, oldest first.
    ///
    /// # Errors
    /// When it is not allowed, there is no such review, or the store fails.
    pub async fn proof_report(&self, review: Uuid, by: &By) -> Result<ProofReport, Error> {
        let review = self.permitted_review(review, Permission::ReviewSee, by).await?;
        let made_at = UtcInstant::now();
        let mut connection = self.store.read().await?;
        let watchers = table::watchers(&mut connection, review.id).await?;
        let mut kept: HashMap<Uuid, Vec<Sample>> = HashMap::new();
        for ProofRecord { at, change, report, frames_checked, frames_disagreed, .. } in
            table::of_review(&mut connection, review.id).await?
        {
            let samples = kept.entry(report.viewing_id).or_default();
            samples.push(Sample::new(at, change, report, frames_checked, frames_disagreed));
        }
        let courses = watchers.into_iter().map(|(watcher, worst)| {
            let samples = kept.remove(&watcher.viewing_id).unwrap_or_default();
            Course::new(watcher, worst, samples, made_at)
        });
        Ok(ProofReport { courses: courses.collect(), made_at, review })
    }

    /// The same as a document, for the client's file.
    ///
    /// # Errors
    /// As [`Services::proof_report`], or when it cannot be written.
    pub async fn export_proof(&self, review: Uuid, by: &By) -> Result<Vec<u8>, Error> {
        let report = self.proof_report(review, by).await?;
        let write = move || {
            let ProofReport { review, made_at, courses } = report;
            let heading = Heading { title: &review.title, host: &review.host, made_at };
            export::pdf::proof::write(&heading, &courses).map_err(ExportError::from)
        };
        let pdf = tokio::task::spawn_blocking(write).await.map_err(|_| Error::Busy)??;
        let event = Event::done(UtcInstant::now(), by, Action::ProofExported, super::review::object(review));
        self.record(&event.review(review)).await?;
        Ok(pdf)
    }

    /// Writes down what is to be kept; only then is it known.
    async fn keep_proof(
        &self,
        viewer: &ViewerRecord,
        report: Report,
        witness: Option<FrameWitness>,
        by: &By,
        now: UtcInstant,
    ) -> Result<(), Error> {
        let viewing = report.viewing_id;
        let mut write = self.store.write().await?;
        // Asked anew: only one writes at a time, and another report may have been kept meanwhile.
        let (track, kept) = Track::heard(self.proofs.read(viewing, Track::clone), report, witness, now);
        if let Some(kept) = kept {
            let before = table::worst(write.connection(), viewing).await?;
            let worst = worst_with(before, &kept.report);
            if !table::insert(write.connection(), &kept, worst.as_ref(), now).await? {
                return Err(Error::not_found(Noun::Viewing, viewing));
            }
            commit(write, &kept, viewer, by, now).await?;
        }
        self.proofs.put(viewing, track, now);
        Ok(())
    }
}

fn worst_with(before: Option<Worst>, report: &Report) -> Option<Worst> {
    let said = || Worst { state: report.state, reasons: report.reasons.clone() };
    match before {
        Some(before) if report.of_a_picture() => Some(before.or(said())),
        None => report.of_a_picture().then(said),
        before => before,
    }
}

/// A change goes into the record, a sample does not.
async fn commit(write: Write, kept: &Kept, viewer: &ViewerRecord, by: &By, now: UtcInstant) -> Result<(), Error> {
    let Some(from) = kept.change else { return Ok(write.commit_bookkeeping().await?) };
    let (report, viewing) = (&kept.report, kept.report.viewing_id);
    let event = Event::done(now, by, Action::ViewingProof, super::viewing::object(viewing))
        .review(viewer.review_id)
        .viewing(viewing)
        .with("state", report.state)
        .with("from", from.map_or("none", State::as_str))
        .with("reasons", words(&report.reasons))
        .with("rendition", &report.rendition)
        .with("measure", report.measure);
    write.commit(&event).await?;
    Ok(())
}
