//! A review's sources: add, remove, put on air.

use pipelines::spec::color::InputColor;
use pipelines::spec::source::{SourceId, SourceSpec};
use pipelines::spec::time::{FrameRate, Timecode};
use uuid::Uuid;

use super::review::{field, object};
use super::viewing::Screening;
use super::{Change, Error, Noun, Services};
use crate::domain::access::Permission;
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::invalid::{self, Invalid};
use crate::domain::review::ReviewState;
use crate::domain::source::{MOST_SOURCES, NAME_LIMIT, ReviewSource, usual_name};
use crate::store::review as reviews;
use crate::store::review::ReviewRecord;
use crate::store::source as table;

/// A source to add.
#[derive(Clone, Debug)]
pub struct NewSource {
    /// What the house calls it; without one, after where it comes from.
    pub name: Option<String>,
    /// Where the picture comes from.
    pub spec: SourceSpec,
    /// What its colour is.
    pub input_color: InputColor,
    /// Timecode of frame 0.
    pub start_timecode: Option<String>,
    /// Drop-frame counting.
    pub drop_frame: bool,
}

impl NewSource {
    fn checked(self, review: Uuid, now: UtcInstant) -> Result<table::NewSource, Invalid> {
        let name = self.name.unwrap_or_else(|| usual_name(&self.spec));
        let name = invalid::line("name", &name, NAME_LIMIT)?;
        check(&self.spec)?;
        if let Some(start) = &self.start_timecode {
            check_timecode(start)?;
        }
        let Self { spec, input_color, start_timecode, drop_frame, .. } = self;
        let id = SourceId::now_v7();
        Ok(table::NewSource { id, review, name, spec, input_color, start_timecode, drop_frame, added_at: now })
    }
}

/// Cards of one machine.
const MOST_CARDS: u32 = 64;

/// Whether a source can be opened, as far as that is known without opening it.
pub(super) fn check(source: &SourceSpec) -> Result<(), Invalid> {
    match source {
        SourceSpec::TestReel { height } if (180..=2160).contains(height) && height % 2 == 0 => Ok(()),
        SourceSpec::TestReel { height } => Err(field(
            "source",
            format!("the reel cannot be {height} lines high; an even number from 180 to 2160 is needed"),
        )),
        SourceSpec::Slate | SourceSpec::Whip => Ok(()),
        SourceSpec::Sdi { device } if *device < MOST_CARDS => Ok(()),
        SourceSpec::Sdi { device } => {
            Err(field("source", format!("there is no card {device}; expected 0 to {}", MOST_CARDS - 1)))
        }
        SourceSpec::Ndi { name } => invalid::line("source", name, NAME_LIMIT).map(|_| ()),
        SourceSpec::File { path } | SourceSpec::Sequence { path, .. } if !path.is_absolute() => {
            Err(field("source", format!("{} is not an absolute path on the server", path.display())))
        }
        SourceSpec::File { path } => match std::fs::metadata(path) {
            Ok(found) if found.is_file() => Ok(()),
            Ok(_) => Err(field("source", format!("{} is not a file", path.display()))),
            Err(error) => Err(field("source", format!("cannot open {}: {error}", path.display()))),
        },
        SourceSpec::Sequence { rate, .. } => {
            check_rate(*rate)?;
            let look = pipelines::source::probe(source, std::time::Duration::ZERO);
            look.map(|_| ()).map_err(|error| field("source", error))
        }
        SourceSpec::Srt { uri, passphrase } => {
            if !uri.starts_with("srt://") || uri.contains("passphrase=") || uri.chars().any(char::is_whitespace) {
                let expected = "expected srt://host:port?mode=listener|caller|rendezvous, the passphrase apart";
                return Err(field("source", format!("the address is not of an SRT feed; {expected}")));
            }
            let length = passphrase.as_ref().map(|secret| secret.reveal().len());
            match length {
                Some(length) if !(10..=79).contains(&length) => {
                    Err(field("source", format!("an SRT passphrase has 10 to 79 characters, this one {length}")))
                }
                _ => Ok(()),
            }
        }
    }
}

fn check_rate(rate: Option<FrameRate>) -> Result<(), Invalid> {
    match rate {
        Some(rate) if rate.den == 0 || !(1.0..=120.0).contains(&rate.as_f64()) => Err(field(
            "source",
            format!("found a rate of {}/{}, expected 1 to 120 frames a second", rate.num, rate.den),
        )),
        _ => Ok(()),
    }
}

/// A start timecode is checked at the highest rate; the source's own rate is known only once it is open.
pub(super) fn check_timecode(start: &str) -> Result<(), Invalid> {
    Timecode::parse(start, FrameRate::new(60, 1)).map(|_| ()).map_err(|error| field("start_timecode", error))
}

impl Services {
    /// A review's sources, oldest first, without their secrets.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sources(&self, review: Uuid) -> Result<Vec<ReviewSource>, Error> {
        Ok(table::of_review(&mut *self.store.read().await?, review).await?)
    }

    /// Adds a source to a review; it is not on air yet.
    ///
    /// # Errors
    /// When it is not allowed, a value breaks a rule, the list is full or the review has ended.
    pub async fn add_source(&self, review: Uuid, new: NewSource, by: &By) -> Result<SourceId, Error> {
        self.permitted_review(review, Permission::ReviewDrive, by).await?;
        let now = UtcInstant::now();
        let checked = tokio::task::spawn_blocking(move || new.checked(review, now));
        let new = checked.await.map_err(|_| Error::Busy)??;
        let mut write = self.store.write().await?;
        self.open_review(&mut write, review, now).await?;
        if table::of_review(write.connection(), review).await?.len() >= MOST_SOURCES {
            return Err(field("source", format!("the review has {MOST_SOURCES} sources already: remove one")).into());
        }
        table::insert(write.connection(), &new).await?;
        let event = Event::done(now, by, Action::ReviewSourceAdded, object(review)).review(review);
        write.commit(&event.with("source", new.id).with("name", &new.name)).await?;
        self.tell(Change::Review(review));
        Ok(new.id)
    }

    /// Removes a source that is not on air; the comments on it stay.
    ///
    /// # Errors
    /// When it is not allowed, there is no such source, or it is on air.
    pub async fn remove_source(&self, review: Uuid, id: SourceId, by: &By) -> Result<(), Error> {
        self.permitted_review(review, Permission::ReviewDrive, by).await?;
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        let sources = table::of_review(write.connection(), review).await?;
        let found = listed(&sources, id)?;
        if found.on_air {
            return Err(Error::SourceOnAir);
        }
        table::remove(write.connection(), id, now).await?;
        let event = Event::done(now, by, Action::ReviewSourceRemoved, object(review)).review(review);
        write.commit(&event.with("source", id).with("name", &found.name)).await?;
        self.tell(Change::Review(review));
        Ok(())
    }

    /// Puts a source on air. The server that shows the review follows within a second; [`Screening::switch_source`] at
    /// once.
    ///
    /// # Errors
    /// When it is not allowed, there is no such source, or the review has ended.
    pub async fn switch_source(&self, review: Uuid, id: SourceId, by: &By) -> Result<ReviewRecord, Error> {
        self.permitted_review(review, Permission::ReviewDrive, by).await?;
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        let before = self.open_review(&mut write, review, now).await?;
        let sources = table::of_review(write.connection(), review).await?;
        let to = listed(&sources, id)?;
        if to.on_air {
            return Ok(before);
        }
        let from = sources.iter().find(|source| source.on_air);
        table::put_on_air(write.connection(), review, id).await?;
        let event = Event::done(now, by, Action::ReviewSource, object(review)).review(review);
        let event = event.with("from", before.program.source_id).with("to", id).with("name", &to.name);
        let event = event.with("from_name", from.map_or("", |from| &from.name));
        write.commit(&event).await?;
        self.tell(Change::Review(review));
        self.review(review).await
    }

    /// A review that has not ended, as it is in this transaction.
    async fn open_review(
        &self,
        write: &mut crate::store::Write,
        id: Uuid,
        now: UtcInstant,
    ) -> Result<ReviewRecord, Error> {
        let found = reviews::by_id(write.connection(), id).await?.ok_or_else(|| Error::not_found(Noun::Review, id))?;
        if found.window.state(now) == ReviewState::Ended { Err(Error::ReviewOver) } else { Ok(found) }
    }

    /// Keeps what the file of a source says its reel is, for the exports of comments on it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn reel_found(&self, review: Uuid, source: SourceId, reel: Option<&str>) -> Result<(), Error> {
        let mut write = self.store.write().await?;
        if table::set_reel(write.connection(), source, reel).await? {
            write.commit_bookkeeping().await?;
            self.tell(Change::Review(review));
        }
        Ok(())
    }

    /// Writes down that a source was lost, or that it delivers (again).
    ///
    /// # Errors
    /// When the store fails.
    pub async fn source_changed(&self, review: Uuid, lost_because: Option<&str>) -> Result<(), Error> {
        let action = if lost_because.is_some() { Action::SourceLost } else { Action::SourceLive };
        let event = Event::done(UtcInstant::now(), &By::SERVER, action, object(review)).review(review);
        self.record(&match lost_because {
            Some(reason) => event.with("reason", reason),
            None => event,
        })
        .await
    }
}

pub(super) fn listed(sources: &[ReviewSource], id: SourceId) -> Result<&ReviewSource, Error> {
    sources.iter().find(|source| source.id == id).ok_or_else(|| Error::not_found(Noun::Source, id))
}

impl Screening {
    /// Puts a source on air: viewers see it as soon as it has a picture, and the one before it until then.
    ///
    /// # Errors
    /// As [`Services::switch_source`].
    pub async fn switch_source(&self, review: Uuid, id: SourceId, by: &By) -> Result<ReviewRecord, Error> {
        let record = self.services.switch_source(review, id, by).await?;
        if record.window.state(UtcInstant::now()) == ReviewState::Live {
            self.projector.open(review, record.program.clone());
        }
        Ok(record)
    }
}
