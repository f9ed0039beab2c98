//! Comments.

use pipelines::spec::time::FrameRate;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::comment::Comment;

fn comment(row: &SqliteRow) -> Result<Comment, Error> {
    let columns = Columns(row);
    let review_id = columns.id("review_id")?;
    let frame = columns.integer("source_frame")?;
    Ok(Comment {
        id: columns.id("id")?,
        review_id,
        source_id: columns.id_or_null("source_id")?.unwrap_or(review_id),
        viewer_id: columns.id("viewer_id")?,
        viewing_id: columns.id("viewing_id")?,
        author: columns.text("author")?,
        email: columns.text("email")?,
        text: columns.text("text")?,
        source_frame: u64::try_from(frame)
            .map_err(|_| Error::Corrupt { column: "source_frame", value: frame.to_string() })?,
        rate: FrameRate {
            num: columns.count("rate_num")?,
            den: columns.count("rate_den")?,
            drop_frame: columns.flag("drop_frame")?,
        },
        timecode: columns.text("timecode")?,
        created_at: columns.instant("created_at")?,
    })
}

/// Adds a comment.
///
/// # Errors
/// When the id is taken or the database refuses.
pub async fn insert(connection: &mut SqliteConnection, comment: &Comment) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO comments (id, review_id, viewer_id, viewing_id, author, email, text, source_frame, rate_num, rate_den,
                               drop_frame, timecode, created_at, source_id)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(comment.id.to_string())
    .bind(comment.review_id.to_string())
    .bind(comment.viewer_id.to_string())
    .bind(comment.viewing_id.to_string())
    .bind(&comment.author)
    .bind(&comment.email)
    .bind(&comment.text)
    .bind(i64::try_from(comment.source_frame).unwrap_or(i64::MAX))
    .bind(comment.rate.num)
    .bind(comment.rate.den)
    .bind(comment.rate.drop_frame)
    .bind(&comment.timecode)
    .bind(comment.created_at.as_ms())
    .bind(comment.source_id.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// A comment by id.
///
/// # Errors
/// When the database refuses.
pub async fn by_id(connection: &mut SqliteConnection, id: Uuid) -> Result<Option<Comment>, Error> {
    let row =
        sqlx::query("SELECT * FROM comments WHERE id = ?").bind(id.to_string()).fetch_optional(connection).await?;
    row.as_ref().map(comment).transpose()
}

/// All comments of a review, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn of_review(connection: &mut SqliteConnection, review: Uuid) -> Result<Vec<Comment>, Error> {
    sqlx::query("SELECT * FROM comments WHERE review_id = ? ORDER BY created_at, id")
        .bind(review.to_string())
        .fetch_all(connection)
        .await?
        .iter()
        .map(comment)
        .collect()
}
