//! Digests: the comments of a project by e-mail, to whoever of the house asked for them.

use std::ops::Range;
use std::time::Duration;

use uuid::Uuid;

use super::instant::UtcInstant;
use super::invalid::{self, Invalid};
use super::log::Thread;
use super::word::word_enum;

/// Most threads in one digest; the console's log has the rest.
pub const THREADS_MOST: u32 = 300;
/// What is younger is left for the next, since it may still be on its way into the database.
const YOUNGEST: Duration = Duration::from_secs(10);
/// How often it is looked whether a review has ended.
const LOOK: Duration = Duration::from_secs(60);
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
const MINUTE: Duration = Duration::from_secs(60);

word_enum! {
    /// When a digest is sent.
    Rhythm {
        /// Once a day, when something is new or changed.
        Daily = "daily",
        /// When a review has ended, all of it.
        ReviewEnd = "review_end",
    }
}

/// What somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Where it goes.
    pub email: String,
    /// When.
    pub rhythm: Rhythm,
    /// At which full hour of UTC, 0 to 23, when it is daily.
    pub hour_utc: u8,
}

impl Wish {
    /// A wish as the house can fulfil it.
    ///
    /// # Errors
    /// When the address is none, or the hour is none of a day.
    pub fn checked(self) -> Result<Self, Invalid> {
        if self.hour_utc > 23 {
            let reason = format!("hour_utc is {}; a full hour from 0 to 23 is expected", self.hour_utc);
            return Err(Invalid::Field { field: "hour_utc", reason });
        }
        Ok(Self { email: invalid::email(&self.email)?, ..self })
    }

    /// When it is looked at next, after `now`.
    pub fn next_at(&self, now: UtcInstant) -> UtcInstant {
        match self.rhythm {
            Rhythm::ReviewEnd => now.plus(LOOK),
            Rhythm::Daily => {
                let today = now.as_ms() - now.as_ms() % DAY_MS + i64::from(self.hour_utc) * HOUR_MS;
                UtcInstant::from_ms(if today > now.as_ms() { today } else { today + DAY_MS })
            }
        }
    }
}

/// What a digest tells that is made at `now`, after one that told everything before `told_until`.
pub fn span(told_until: UtcInstant, now: UtcInstant) -> Range<UtcInstant> {
    told_until..now.minus(YOUNGEST).max(told_until)
}

/// How long one that was not taken waits: a minute, then four times as long each time, at most a day. It is never given up:
/// what it says goes into the next.
pub fn wait_after(tries: u32) -> Duration {
    let factor = 4_u32.checked_pow(tries.saturating_sub(1)).unwrap_or(u32::MAX);
    MINUTE.saturating_mul(factor).min(24 * 60 * MINUTE)
}

/// A review in a digest.
#[derive(Clone, Debug, PartialEq)]
pub struct ReviewPart {
    /// Which.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// Its threads, in the order of their frames.
    pub threads: Vec<Thread>,
}

/// What a digest says.
#[derive(Clone, Debug, PartialEq)]
pub struct Digest {
    /// Name of the project.
    pub project: String,
    /// Why it is sent.
    pub rhythm: Rhythm,
    /// From when on things are new.
    pub since: UtcInstant,
    /// What there is, the newest review first.
    pub reviews: Vec<ReviewPart>,
    /// Whether there is more than [`THREADS_MOST`].
    pub more: bool,
    /// Where the console is; nothing in it is secret.
    pub console: Option<String>,
}

impl Digest {
    /// How many threads it has.
    pub fn threads(&self) -> usize {
        self.reviews.iter().map(|review| review.threads.len()).sum()
    }
}

/// Threads by their reviews: these reviews in this order, those without a thread left out unless they are asked for.
pub fn by_review(reviews: Vec<(Uuid, String)>, threads: Vec<Thread>, empty_too: bool) -> Vec<ReviewPart> {
    let mut parts: Vec<ReviewPart> =
        reviews.into_iter().map(|(id, title)| ReviewPart { id, title, threads: Vec::new() }).collect();
    for thread in threads {
        if let Some(part) = parts.iter_mut().find(|part| part.id == thread.first.review_id) {
            part.threads.push(thread);
        }
    }
    parts.retain(|part| empty_too || !part.threads.is_empty());
    for part in &mut parts {
        part.threads.sort_by_key(|thread| (thread.first.source_frame, thread.first.created_at));
    }
    parts
}
