//! Stills of comments.

use std::collections::HashMap;

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::instant::UtcInstant;
use crate::domain::still::Still;

fn still(row: &SqliteRow) -> Result<Still, Error> {
    let columns = Columns(row);
    Ok(Still { width: columns.count("width")?, height: columns.count("height")?, jpeg: columns.bytes("jpeg")? })
}

/// Keeps the still of a comment.
///
/// # Errors
/// When it has one already, or the database refuses.
pub async fn insert(
    connection: &mut SqliteConnection,
    comment: Uuid,
    still: &Still,
    now: UtcInstant,
) -> Result<(), Error> {
    sqlx::query("INSERT INTO stills (comment_id, width, height, jpeg, made_at) VALUES (?, ?, ?, ?, ?)")
        .bind(comment.to_string())
        .bind(still.width)
        .bind(still.height)
        .bind(&still.jpeg)
        .bind(now.as_ms())
        .execute(connection)
        .await?;
    Ok(())
}

/// The still of a comment.
///
/// # Errors
/// When the database refuses.
pub async fn by_comment(connection: &mut SqliteConnection, comment: Uuid) -> Result<Option<Still>, Error> {
    let row = sqlx::query("SELECT * FROM stills WHERE comment_id = ?").bind(comment.to_string());
    row.fetch_optional(connection).await?.as_ref().map(still).transpose()
}

/// The stills of a review's comments, without those taken back.
///
/// # Errors
/// When the database refuses.
pub async fn of_review(connection: &mut SqliteConnection, review: Uuid) -> Result<HashMap<Uuid, Still>, Error> {
    let rows = sqlx::query(
        "SELECT s.* FROM stills s JOIN comments c ON c.id = s.comment_id
         WHERE c.review_id = ? AND c.deleted_at IS NULL",
    )
    .bind(review.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok((Columns(row).id("comment_id")?, still(row)?))).collect()
}
