//! The sources of reviews. What is on air stands in the review's own row.

use pipelines::spec::color::InputColor;
use pipelines::spec::source::{SourceId, SourceSpec};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use super::review::{without_passphrase, word_of};
use crate::domain::instant::UtcInstant;
use crate::domain::source::ReviewSource;

/// A source to add to a review.
#[derive(Clone, Debug)]
pub struct NewSource {
    /// Its id.
    pub id: SourceId,
    /// The review it belongs to.
    pub review: Uuid,
    /// What the house calls it.
    pub name: String,
    /// Where the picture comes from.
    pub spec: SourceSpec,
    /// What its colour is.
    pub input_color: InputColor,
    /// Timecode of frame 0.
    pub start_timecode: Option<String>,
    /// Drop-frame counting.
    pub drop_frame: bool,
    /// When.
    pub added_at: UtcInstant,
}

fn source(row: &SqliteRow) -> Result<ReviewSource, Error> {
    let columns = Columns(row);
    Ok(ReviewSource {
        id: columns.id("id")?,
        name: columns.text("name")?,
        spec: serde_json::from_str(&columns.text("source")?)?,
        on_air: columns.flag("on_air")?,
        reel: columns.text_or_null("reel")?,
    })
}

/// Adds a source.
///
/// # Errors
/// When the database refuses.
pub async fn insert(connection: &mut SqliteConnection, new: &NewSource) -> Result<(), Error> {
    let (spec, passphrase) = without_passphrase(&new.spec);
    sqlx::query(
        "INSERT INTO review_sources (id, review_id, name, source, source_passphrase, input_color, start_timecode,
                                     drop_frame, added_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(new.id.to_string())
    .bind(new.review.to_string())
    .bind(&new.name)
    .bind(serde_json::to_string(&spec)?)
    .bind(passphrase)
    .bind(word_of(new.input_color)?)
    .bind(&new.start_timecode)
    .bind(new.drop_frame)
    .bind(new.added_at.as_ms())
    .execute(connection)
    .await?;
    Ok(())
}

/// The sources of a review that were not removed, oldest first, without passphrases.
///
/// # Errors
/// When the database refuses.
pub async fn of_review(connection: &mut SqliteConnection, review: Uuid) -> Result<Vec<ReviewSource>, Error> {
    sqlx::query(
        "SELECT s.id, s.name, s.source, s.reel, r.source_id = s.id AS on_air
         FROM review_sources s JOIN reviews r ON r.id = s.review_id
         WHERE s.review_id = ? AND s.removed_at IS NULL ORDER BY s.added_at, s.id",
    )
    .bind(review.to_string())
    .fetch_all(connection)
    .await?
    .iter()
    .map(source)
    .collect()
}

/// Takes a source off the list; its row stays for the comments on it.
///
/// # Errors
/// When the database refuses.
pub async fn remove(connection: &mut SqliteConnection, id: SourceId, at: UtcInstant) -> Result<(), Error> {
    sqlx::query("UPDATE review_sources SET removed_at = ?, source_passphrase = NULL WHERE id = ?")
        .bind(at.as_ms())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps which reel a source's file names; whether that is news.
///
/// # Errors
/// When the database refuses.
pub async fn set_reel(connection: &mut SqliteConnection, id: SourceId, reel: Option<&str>) -> Result<bool, Error> {
    let changed = sqlx::query("UPDATE review_sources SET reel = ?1 WHERE id = ?2 AND reel IS NOT ?1")
        .bind(reel)
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(changed.rows_affected() > 0)
}

/// Columns that describe what is shown of a source, in the review while it is on air and in its own row otherwise.
macro_rules! shown {
    () => {
        "source, source_passphrase, input_color, look, lut_id, wipe_lut_id, look_cube, look_name, start_timecode, drop_frame"
    };
}

/// Puts a source of a review on air. The one before it keeps its colour and its look for when it comes back.
///
/// # Errors
/// When the database refuses.
pub async fn put_on_air(connection: &mut SqliteConnection, review: Uuid, id: SourceId) -> Result<(), Error> {
    let keep = concat!(
        "UPDATE review_sources SET (",
        shown!(),
        ") = (SELECT ",
        shown!(),
        " FROM reviews WHERE reviews.id = ?1)
         WHERE id = (SELECT source_id FROM reviews WHERE reviews.id = ?1)"
    );
    sqlx::query(keep).bind(review.to_string()).execute(&mut *connection).await?;
    let show = concat!(
        "UPDATE reviews SET (source_id, ",
        shown!(),
        ") = (SELECT id, ",
        shown!(),
        " FROM review_sources
         WHERE review_sources.id = ?2) WHERE id = ?1"
    );
    sqlx::query(show).bind(review.to_string()).bind(id.to_string()).execute(connection).await?;
    Ok(())
}
