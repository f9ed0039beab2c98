//! Chat.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::chat::ChatLine;

fn line(row: &SqliteRow) -> Result<ChatLine, Error> {
    let columns = Columns(row);
    Ok(ChatLine {
        id: columns.id("id")?,
        review_id: columns.id("review_id")?,
        number: columns.whole("number")?,
        viewer_id: columns.id_or_null("viewer_id")?,
        link_id: columns.id_or_null("link_id")?,
        account_id: columns.id_or_null("account_id")?,
        author: columns.text("author")?,
        text: columns.text("text")?,
        said_at: columns.instant("said_at")?,
    })
}

/// Adds a line and returns its number. Its own `number` is not looked at.
///
/// # Errors
/// When the id is taken or the database refuses.
pub async fn insert(connection: &mut SqliteConnection, line: &ChatLine) -> Result<u64, Error> {
    let number: i64 = sqlx::query_scalar(
        "INSERT INTO chat_lines (id, review_id, number, viewer_id, link_id, account_id, author, text, said_at)
         VALUES (?1, ?2, (SELECT COALESCE(MAX(number), 0) + 1 FROM chat_lines WHERE review_id = ?2), ?3, ?4, ?5, ?6, ?7, ?8)
         RETURNING number",
    )
    .bind(line.id.to_string())
    .bind(line.review_id.to_string())
    .bind(line.viewer_id.map(|id| id.to_string()))
    .bind(line.link_id.map(|id| id.to_string()))
    .bind(line.account_id.map(|id| id.to_string()))
    .bind(&line.author)
    .bind(&line.text)
    .bind(line.said_at.as_ms())
    .fetch_one(connection)
    .await?;
    u64::try_from(number).map_err(|_| Error::Corrupt { column: "number", value: number.to_string() })
}

/// A line by id.
///
/// # Errors
/// When the database refuses.
pub async fn by_id(connection: &mut SqliteConnection, id: Uuid) -> Result<Option<ChatLine>, Error> {
    let row = sqlx::query("SELECT * FROM chat_lines WHERE id = ?").bind(id.to_string());
    row.fetch_optional(connection).await?.as_ref().map(line).transpose()
}

/// The last `most` lines of a review, in their order.
///
/// # Errors
/// When the database refuses.
pub async fn of_review(connection: &mut SqliteConnection, review: Uuid, most: u32) -> Result<Vec<ChatLine>, Error> {
    sqlx::query(
        "SELECT * FROM (SELECT * FROM chat_lines WHERE review_id = ? ORDER BY number DESC LIMIT ?) ORDER BY number",
    )
    .bind(review.to_string())
    .bind(most)
    .fetch_all(connection)
    .await?
    .iter()
    .map(line)
    .collect()
}
