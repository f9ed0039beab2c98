//! What happens without being asked: supervision, programs in step with their windows, media's news, checkpoints.

mod digester;
mod keeper;
mod notifier;
mod renewer;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};
use uuid::Uuid;

pub use keeper::Keeper;

use crate::acme::Acme;
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::viewing::EndReason;
use crate::http::certificate::Certificates;
use crate::media::MediaEvent;
use crate::notify::Target;
use crate::service::viewing::Screening;
use crate::service::{Change, Error, Services};

/// How often every running viewing's right is looked at.
const SUPERVISION: Duration = Duration::from_millis(200);
/// Shortest time between two looks: when many leave or join at once, one look is for all of them.
const REST: Duration = Duration::from_millis(20);
/// When the database cannot be read for this long, no picture goes on.
const BLINDNESS: Duration = Duration::from_secs(5);
/// How often programs are opened and closed by their windows, and accounts ended by their dates.
const PROGRAMS: Duration = Duration::from_secs(1);

/// How often it is looked whether the certificate's files have changed.
const CERTIFICATE: Duration = Duration::from_secs(10);
/// How often it is written down which frames viewings were shown: what a crash can lose.
const SEEN: Duration = Duration::from_secs(2);

/// Starts all jobs; each stops when `stopping` turns true.
pub fn start(screening: &Screening, keeper: &Keeper, stopping: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut jobs = JoinSet::new();
    jobs.spawn(until_stop(stopping.clone(), supervise(screening.clone())));
    jobs.spawn(until_stop(stopping.clone(), programs(screening.clone())));
    jobs.spawn(until_stop(stopping.clone(), seen(screening.clone())));
    jobs.spawn(until_stop(stopping.clone(), media_news(screening.clone())));
    jobs.spawn(until_stop(stopping.clone(), keeper.clone().run(screening.services.clone())));
    jobs.spawn(until_stop(stopping.clone(), digester::run(screening.services.clone())));
    jobs.spawn(until_stop(stopping.clone(), keeper.clone().run_sending(screening.services.clone())));
    jobs
}

/// Starts sending notifications, one job for each target.
pub fn notify(jobs: &mut JoinSet<()>, services: &Services, targets: Vec<Target>, stopping: &watch::Receiver<bool>) {
    for target in targets {
        jobs.spawn(until_stop(stopping.clone(), notifier::run(services.clone(), target)));
    }
}

/// Starts looking whether the certificate has changed and, where a CA is asked for it, renewing it.
pub fn certificates(
    jobs: &mut JoinSet<()>,
    services: &Services,
    certificates: Arc<Certificates>,
    acme: Option<Acme>,
    stopping: &watch::Receiver<bool>,
) {
    if let Some(acme) = acme {
        jobs.spawn(until_stop(stopping.clone(), renewer::run(services.clone(), acme, Arc::clone(&certificates))));
    }
    let services = services.clone();
    jobs.spawn(until_stop(stopping.clone(), async move {
        let mut ticks = interval(CERTIFICATE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            take_up(&services, &certificates).await;
        }
    }));
}

/// Shows the certificate that has taken the place of the one before, if one has.
async fn take_up(services: &Services, certificates: &Certificates) {
    match certificates.refresh() {
        Ok(true) => {
            let event = Event::done(UtcInstant::now(), &By::SERVER, Action::CertificateChanged, "server");
            log("certificate", services.record(&event).await);
        }
        Ok(false) => {}
        Err(error) => tracing::error!(%error, "the certificate changed and cannot be used; the one before is shown"),
    }
}

async fn until_stop(mut stopping: watch::Receiver<bool>, job: impl Future<Output = ()>) {
    tokio::select! {
        () = job => {}
        _ = stopping.wait_for(|stop| *stop) => {}
    }
}

fn log(job: &'static str, result: Result<(), Error>) {
    if let Err(error) = result {
        tracing::error!(job, %error, "a job failed and is tried again");
    }
}

async fn supervise(screening: Screening) {
    let mut ticks = interval(SUPERVISION);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut blind_since: Option<Instant> = None;
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = screening.services.woken() => {}
        }
        // A database that does not answer is as good as one that refuses.
        let result = timeout(BLINDNESS / 2, screening.supervise()).await.unwrap_or(Err(Error::Busy));
        blind_since = result.is_err().then(|| blind_since.unwrap_or_else(Instant::now));
        if blind_since.is_some_and(|since| since.elapsed() > BLINDNESS) {
            screening.stop_blindly().await;
        }
        log("supervision", result);
        tokio::time::sleep(REST).await;
    }
}

async fn programs(screening: Screening) {
    let mut ticks = interval(PROGRAMS);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut open = HashSet::new();
    loop {
        ticks.tick().await;
        log("lease keys", screening.refresh_lease_keys().await);
        log("off-boarding", screening.services.offboard_due().await);
        log("expiry of links", screening.services.expire_links().await);
        log("programs", keep_programs(&screening, &mut open).await);
    }
}

async fn seen(screening: Screening) {
    let mut ticks = interval(SEEN);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut written = HashMap::new();
    loop {
        ticks.tick().await;
        log("frames that were seen", screening.note_seen(&mut written).await);
    }
}

/// Opens what is live and closes what is not.
async fn keep_programs(screening: &Screening, open: &mut HashSet<Uuid>) -> Result<(), Error> {
    let live = screening.services.live_reviews().await?;
    let ids: HashSet<Uuid> = live.iter().map(|review| review.id).collect();
    for review in live {
        // The same spec twice changes nothing; a changed colour reopens.
        screening.projector.open(review.id, review.program);
    }
    for over in open.difference(&ids) {
        screening.projector.close(*over);
    }
    for changed in open.symmetric_difference(&ids) {
        screening.services.tell(Change::Review(*changed));
    }
    *open = ids;
    Ok(())
}

async fn media_news(screening: Screening) {
    let mut events = screening.projector.events();
    loop {
        match events.recv().await {
            Ok(event) => log("media", hear(&screening, event).await),
            Err(RecvError::Lagged(missed)) => tracing::warn!(missed, "media told more than could be followed"),
            Err(RecvError::Closed) => return,
        }
    }
}

async fn hear(screening: &Screening, event: MediaEvent) -> Result<(), Error> {
    match event {
        MediaEvent::SourceChanged { review } => screening.services.tell(Change::Source(review)),
        MediaEvent::ReelFound { review, source, reel } => {
            screening.services.reel_found(review, source, reel.as_deref()).await?;
        }
        MediaEvent::SourceLive { review } => screening.services.source_changed(review, None).await?,
        MediaEvent::SourceLost { review, reason } => {
            screening.services.source_changed(review, Some(&reason)).await?;
        }
        MediaEvent::PublishingConnected { publishing, cipher } => {
            screening.publishing_connected(publishing, &cipher).await?;
        }
        MediaEvent::PublishingLost { publishing, reason } => {
            screening.publishing_lost(publishing, &reason).await?;
        }
        MediaEvent::PictureChanged { viewing } => screening.services.tell(Change::Picture { viewing }),
        MediaEvent::ViewingConnected { viewing } => screening.connected(viewing).await?,
        MediaEvent::ViewingLost { viewing, reason } => {
            tracing::info!(%viewing, reason, "a viewing was lost");
            screening.end_viewing(viewing, EndReason::ConnectionLost, &By::SERVER).await?;
        }
    }
    Ok(())
}
