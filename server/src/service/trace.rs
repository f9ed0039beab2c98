//! Leaks that are sent to be compared: kept on disc while they are, one compared at a time, a few waiting, answers kept for
//! a while. What compares them is [`Services::identify`], the same as `vitrine identify`.

use std::collections::VecDeque;
use std::fs::{self, DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};
use uuid::Uuid;

use super::identify::{Identified, Inquiry, Scope};
use super::{Error, Noun, Services};
use crate::config::data::{DataDir, FileError};
use crate::domain::access::{Object, Permission};
use crate::domain::audit::By;
use crate::domain::evidence::Evidence;
use crate::domain::instant::UtcInstant;
use crate::domain::invalid;
use crate::export;
use crate::media::leak::LeakError;
use crate::store::project;
use crate::token::mark_key::MarkKeys;

/// Largest file that is taken.
pub const FILE_LIMIT: u64 = 2 << 30;
/// What stays free on the disc beside it.
const SPARE_BYTES: u64 = 1 << 30;
/// Longest name of a file, in characters, and what of it is kept on disc, in bytes.
const NAME_LIMIT: usize = 200;
const NAME_BYTES: usize = 200;
/// Leaks that are received, wait or are compared at once; more are refused.
const MOST_AT_ONCE: usize = 4;
/// Answers that are kept, and for how long.
const MOST_KEPT: usize = 12;
const KEPT_FOR: Duration = Duration::from_secs(3600);
/// Longest silence of a sender, and longest time for a whole file.
const SILENCE: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// The files of a report.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was found.
    pub evidence: Arc<Evidence>,
    /// The same for programs.
    pub json: Bytes,
    /// The same for people.
    pub pdf: Bytes,
    /// The leak in the place of its reference, and that, as PNG.
    pub pictures: Option<[Bytes; 2]>,
}

/// How far a comparison is.
#[derive(Clone, Debug)]
pub enum TraceState {
    /// Others are compared first.
    Waiting,
    /// It is being compared.
    Running,
    /// It was compared.
    Done(Report),
    /// It could not be compared, for people.
    Failed(String),
}

/// A leak that was sent.
#[derive(Clone, Debug)]
pub struct Trace {
    /// Its id.
    pub id: Uuid,
    /// Where it is looked for.
    pub scope: Scope,
    /// The file's name, as the sender calls it.
    pub name: String,
    /// When it had arrived.
    pub sent_at: UtcInstant,
    /// How far it is.
    pub state: TraceState,
}

/// Leaks that were sent to this process.
#[derive(Debug)]
pub struct Traces {
    folder: PathBuf,
    data: DataDir,
    keys: Arc<MarkKeys>,
    services: Services,
    places: Arc<Semaphore>,
    turn: Semaphore,
    kept: Mutex<VecDeque<Trace>>,
}

/// A file in a folder of its own, which is gone when this is.
#[derive(Debug)]
struct Upload {
    folder: PathBuf,
    file: PathBuf,
}

impl Upload {
    fn new(folder: PathBuf, name: &str) -> Result<Self, FileError> {
        let made = DirBuilder::new().mode(0o700).create(&folder);
        made.map_err(|error| FileError { doing: "create", path: folder.clone(), error })?;
        Ok(Self { file: folder.join(file_name(name)), folder })
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            tracing::error!(%error, path = %self.folder.display(), "a leak that was sent could not be deleted");
        }
    }
}

/// A name under which a file may be kept, as like its own as possible: the report calls it by that.
fn file_name(name: &str) -> String {
    let mut plain: String = name.chars().map(|c| if c == '/' || c.is_control() { '_' } else { c }).collect();
    while plain.len() > NAME_BYTES {
        plain.remove(0);
    }
    if plain.chars().all(|c| c == '.') { "leak".to_owned() } else { plain }
}

impl Traces {
    /// Takes up the folder of leaks; what a killed server left there is deleted.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(data: &DataDir, services: Services, keys: Arc<MarkKeys>) -> Result<Self, FileError> {
        let folder = data.leaks();
        let failed = |doing: &'static str| {
            let path = folder.clone();
            move |error| FileError { doing, path, error }
        };
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(failed("clear"))?;
        }
        DirBuilder::new().mode(0o700).create(&folder).map_err(failed("create"))?;
        Ok(Self {
            folder,
            data: data.clone(),
            keys,
            services,
            places: Arc::new(Semaphore::new(MOST_AT_ONCE)),
            turn: Semaphore::new(1),
            kept: Mutex::default(),
        })
    }

    /// Receives a leak and compares it with what was shown, after those that came before it. Answers when it has arrived.
    ///
    /// # Errors
    /// When it is not allowed, there is no such review or project, too many are there already, or the file is too large,
    /// too slow, or does not arrive whole.
    pub async fn receive<E: std::fmt::Display>(
        self: &Arc<Self>,
        scope: Scope,
        name: &str,
        by: By,
        parts: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<Trace, Error> {
        self.permit(scope, &by).await?;
        let name = invalid::line("name", name, NAME_LIMIT)?;
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| Error::Busy)?;
        let id = Uuid::now_v7();
        let upload = self.store(id, &name, parts).await?;
        let trace = Trace { id, scope, name, sent_at: UtcInstant::now(), state: TraceState::Waiting };
        {
            let mut kept = self.kept();
            while kept.len() >= MOST_KEPT && kept.front().is_some_and(|oldest| oldest.state.is_over()) {
                kept.pop_front();
            }
            kept.push_back(trace.clone());
        }
        let (this, waiting) = (Arc::clone(self), trace.clone());
        tokio::spawn(async move {
            this.compare(waiting, upload, by).await;
            drop(place);
        });
        Ok(trace)
    }

    /// Leaks in scopes that somebody may ask about, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list(&self, by: &By) -> Result<Vec<Trace>, Error> {
        self.services.permit(by, Permission::LeakTrace, &self.services.all_projects().await?).await?;
        Ok(self.kept().iter().rev().cloned().collect())
    }

    /// A leak.
    ///
    /// # Errors
    /// When it is not allowed, or there is none of that id any more.
    pub async fn get(&self, id: Uuid, by: &By) -> Result<Trace, Error> {
        self.services.permit(by, Permission::LeakTrace, &self.services.all_projects().await?).await?;
        let found = self.kept().iter().find(|trace| trace.id == id).cloned();
        found.ok_or_else(|| Error::not_found(Noun::Trace, id))
    }

    /// Forgets what was found about a leak; that it was asked stays in the record.
    ///
    /// # Errors
    /// When it is not allowed, it is not over, or there is none of that id any more.
    pub async fn forget(&self, id: Uuid, by: &By) -> Result<(), Error> {
        if !self.get(id, by).await?.state.is_over() {
            return Err(Error::Busy);
        }
        self.kept().retain(|trace| trace.id != id);
        Ok(())
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<Trace>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let now = UtcInstant::now();
        kept.retain(|trace| !trace.state.is_over() || trace.sent_at.plus(KEPT_FOR) > now);
        kept
    }

    /// Asked before a byte is taken; [`Services::identify`] asks again.
    async fn permit(&self, scope: Scope, by: &By) -> Result<(), Error> {
        match scope {
            Scope::Review(id) => self.services.permitted_review(id, Permission::LeakTrace, by).await.map(|_| ()),
            Scope::Project(id) => {
                let found = project::by_id(&mut *self.services.store.read().await?, id).await?;
                let found = found.ok_or_else(|| Error::not_found(Noun::Project, id))?;
                self.services.permit(by, Permission::LeakTrace, &Object::Project(found.facts)).await
            }
        }
    }

    async fn store<E: std::fmt::Display>(
        &self,
        id: Uuid,
        name: &str,
        parts: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<Upload, Error> {
        let upload = Upload::new(self.folder.join(id.to_string()), name)?;
        let failed = |error| FileError { doing: "write", path: upload.file.clone(), error };
        let file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&upload.file).map_err(failed)?;
        let mut file = tokio::fs::File::from_std(file);
        let (mut parts, deadline) = (std::pin::pin!(parts), Instant::now() + PATIENCE);
        let limit = FILE_LIMIT.min(free_bytes(&self.folder).saturating_sub(SPARE_BYTES));
        let mut bytes = 0_u64;
        let slow = |_| Error::FileNotReceived("the sender was silent for too long".to_owned());
        while let Some(part) =
            timeout(SILENCE, timeout_at(deadline, parts.next())).await.map_err(slow)?.map_err(slow)?
        {
            let part = part.map_err(|error| Error::FileNotReceived(error.to_string()))?;
            bytes += part.len() as u64;
            if bytes > limit {
                return Err(Error::FileTooLarge { limit });
            }
            file.write_all(&part).await.map_err(failed)?;
        }
        file.flush().await.map_err(failed)?;
        Ok(upload)
    }

    async fn compare(&self, trace: Trace, upload: Upload, by: By) {
        let Ok(_turn) = self.turn.acquire().await else { return };
        self.set(trace.id, TraceState::Running);
        let inquiry = Inquiry { leak: upload.file.clone(), scope: trace.scope, reference: None };
        let found = self.services.identify(inquiry, &self.data, Arc::clone(&self.keys), &by).await;
        let reported = match found {
            Ok(found) => tokio::task::spawn_blocking(move || report(found)).await.unwrap_or(Err(Error::Busy)),
            Err(error) => Err(error),
        };
        self.set(
            trace.id,
            match reported {
                Ok(report) => TraceState::Done(report),
                Err(error) => TraceState::Failed(reason(&error)),
            },
        );
    }

    fn set(&self, id: Uuid, state: TraceState) {
        if let Some(trace) = self.kept().iter_mut().find(|trace| trace.id == id) {
            trace.state = state;
        }
    }
}

impl TraceState {
    /// Whether nothing more comes of it.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Done(_) | Self::Failed(_))
    }
}

fn report(found: Identified) -> Result<Report, Error> {
    let Identified { evidence, beside } = found;
    let pictures = beside.as_ref().map(|[leak, reference]| {
        Ok::<_, Error>([export::evidence::png(leak)?.into(), export::evidence::png(reference)?.into()])
    });
    Ok(Report {
        json: export::evidence::write(&evidence)?.into(),
        pdf: export::pdf::evidence::write(&evidence, beside.as_ref()).map_err(export::ExportError::from)?.into(),
        pictures: pictures.transpose()?,
        evidence: Arc::new(evidence),
    })
}

/// What somebody is told who sent a file; what is inside stays in the log.
fn reason(error: &Error) -> String {
    match error {
        // In the words that are meant for people; they name the file.
        Error::Leak(LeakError::Media(media)) => media.to_string(),
        other => {
            tracing::error!(error = %other, "a leak could not be compared");
            "the server could not compare it; its log says why".to_owned()
        }
    }
}

fn free_bytes(folder: &Path) -> u64 {
    rustix::fs::statvfs(folder).map_or(0, |disc| disc.f_bavail.saturating_mul(disc.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_stays_in_its_folder_whatever_it_is_called() {
        for (name, kept) in
            [("leak.mp4", "leak.mp4"), ("../../etc/passwd", ".._.._etc_passwd"), ("..", "leak"), ("a\0b", "a_b")]
        {
            assert_eq!(file_name(name), kept);
        }
        let long = format!("{}.mov", "映".repeat(200));
        assert!(file_name(&long).len() <= NAME_BYTES && file_name(&long).ends_with("映.mov"));
    }
}
