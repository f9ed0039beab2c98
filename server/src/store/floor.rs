//! The floor of a review, and who is muted on it.

use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::floor::Floor;
use crate::domain::instant::UtcInstant;

/// The floor of a review.
///
/// # Errors
/// When the database refuses.
pub async fn of_review(connection: &mut SqliteConnection, review: Uuid) -> Result<Floor, Error> {
    let row = sqlx::query("SELECT pointers, talkback FROM floors WHERE review_id = ?").bind(review.to_string());
    let Some(row) = row.fetch_optional(connection).await? else { return Ok(Floor::default()) };
    let columns = Columns(&row);
    Ok(Floor { pointers: columns.flag("pointers")?, talkback: columns.text_or_null("talkback")? })
}

/// Writes down how it is now.
///
/// # Errors
/// When the database refuses.
pub async fn put(connection: &mut SqliteConnection, review: Uuid, floor: &Floor) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO floors (review_id, pointers, talkback) VALUES (?, ?, ?)
         ON CONFLICT (review_id) DO UPDATE SET pointers = excluded.pointers, talkback = excluded.talkback",
    )
    .bind(review.to_string())
    .bind(floor.pointers)
    .bind(&floor.talkback)
    .execute(connection)
    .await?;
    Ok(())
}

/// Mutes the person of a link, or lets them speak again.
///
/// # Errors
/// When the database refuses.
pub async fn mute(connection: &mut SqliteConnection, link: Uuid, muted_at: Option<UtcInstant>) -> Result<(), Error> {
    sqlx::query("UPDATE links SET muted_at = ? WHERE id = ?")
        .bind(muted_at.map(|at| at.as_ms()))
        .bind(link.to_string())
        .execute(connection)
        .await?;
    Ok(())
}
