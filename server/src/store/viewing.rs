//! Viewings.

use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::instant::UtcInstant;
use crate::domain::viewing::EndReason;

/// A viewing as it is kept.
#[derive(Clone, Copy, Debug)]
pub struct ViewingRecord {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub viewer_id: Uuid,
    /// Of which review.
    pub review_id: Uuid,
    /// When it ended.
    pub ended_at: Option<UtcInstant>,
}

fn viewing(row: &sqlx::sqlite::SqliteRow) -> Result<ViewingRecord, Error> {
    let columns = Columns(row);
    Ok(ViewingRecord {
        id: columns.id("id")?,
        viewer_id: columns.id("viewer_id")?,
        review_id: columns.id("review_id")?,
        ended_at: columns.instant_or_null("ended_at")?,
    })
}

/// Adds a viewing; a viewer has one at a time.
///
/// # Errors
/// When the viewer has one already, or the database refuses.
pub async fn insert(
    connection: &mut SqliteConnection,
    id: Uuid,
    viewer: Uuid,
    review: Uuid,
    now: UtcInstant,
) -> Result<(), Error> {
    sqlx::query("INSERT INTO viewings (id, viewer_id, review_id, started_at) VALUES (?, ?, ?, ?)")
        .bind(id.to_string())
        .bind(viewer.to_string())
        .bind(review.to_string())
        .bind(now.as_ms())
        .execute(connection)
        .await?;
    Ok(())
}

/// A viewing by id.
///
/// # Errors
/// When the database refuses.
pub async fn by_id(connection: &mut SqliteConnection, id: Uuid) -> Result<Option<ViewingRecord>, Error> {
    let row =
        sqlx::query("SELECT * FROM viewings WHERE id = ?").bind(id.to_string()).fetch_optional(connection).await?;
    row.as_ref().map(viewing).transpose()
}

/// All viewings that have not ended.
///
/// # Errors
/// When the database refuses.
pub async fn running(connection: &mut SqliteConnection) -> Result<Vec<ViewingRecord>, Error> {
    sqlx::query("SELECT * FROM viewings WHERE ended_at IS NULL")
        .fetch_all(connection)
        .await?
        .iter()
        .map(viewing)
        .collect()
}

/// Notes that a viewing's picture reached the browser; `false` when it had ended or was noted before.
///
/// # Errors
/// When the database refuses.
pub async fn set_connected(connection: &mut SqliteConnection, id: Uuid, now: UtcInstant) -> Result<bool, Error> {
    let done =
        sqlx::query("UPDATE viewings SET connected_at = ? WHERE id = ? AND ended_at IS NULL AND connected_at IS NULL")
            .bind(now.as_ms())
            .bind(id.to_string())
            .execute(connection)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a viewing; `false` when it had ended before.
///
/// # Errors
/// When the database refuses.
pub async fn end(
    connection: &mut SqliteConnection,
    id: Uuid,
    reason: EndReason,
    now: UtcInstant,
) -> Result<bool, Error> {
    let done = sqlx::query("UPDATE viewings SET ended_at = ?, ended_reason = ? WHERE id = ? AND ended_at IS NULL")
        .bind(now.as_ms())
        .bind(reason.as_str())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}
