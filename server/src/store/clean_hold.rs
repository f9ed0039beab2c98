//! Clean holds: the last of each review.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::clean_hold::CleanHold;
use crate::domain::instant::UtcInstant;

fn hold(row: &SqliteRow) -> Result<CleanHold, Error> {
    let columns = Columns(row);
    Ok(CleanHold {
        started_at: columns.instant("started_at")?,
        ends_at: columns.instant("ends_at")?,
        ended_at: columns.instant_or_null("ended_at")?,
    })
}

/// The last clean hold of a review.
///
/// # Errors
/// When the database refuses.
pub async fn of_review(connection: &mut SqliteConnection, review: Uuid) -> Result<Option<CleanHold>, Error> {
    let row = sqlx::query("SELECT * FROM clean_holds WHERE review_id = ?")
        .bind(review.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(hold).transpose()
}

/// Begins one, in place of the last.
///
/// # Errors
/// When the database refuses.
pub async fn start(
    connection: &mut SqliteConnection,
    review: Uuid,
    now: UtcInstant,
    ends_at: UtcInstant,
) -> Result<(), Error> {
    sqlx::query("INSERT OR REPLACE INTO clean_holds (review_id, started_at, ends_at) VALUES (?, ?, ?)")
        .bind(review.to_string())
        .bind(now.as_ms())
        .bind(ends_at.as_ms())
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends one; `false` when none lasts.
///
/// # Errors
/// When the database refuses.
pub async fn end(connection: &mut SqliteConnection, review: Uuid, now: UtcInstant) -> Result<bool, Error> {
    let done = sqlx::query("UPDATE clean_holds SET ended_at = ? WHERE review_id = ? AND ended_at IS NULL")
        .bind(now.as_ms())
        .bind(review.to_string())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Those that last, with their reviews.
///
/// # Errors
/// When the database refuses.
pub async fn running(connection: &mut SqliteConnection) -> Result<Vec<(Uuid, CleanHold)>, Error> {
    let rows = sqlx::query("SELECT * FROM clean_holds WHERE ended_at IS NULL").fetch_all(connection).await?;
    rows.iter().map(|row| Ok((Columns(row).id("review_id")?, hold(row)?))).collect()
}
