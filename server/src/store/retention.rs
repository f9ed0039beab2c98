//! What is taken out of tables, other than the record's, once it is older than the house keeps it.

use sqlx::sqlite::SqliteConnection;

use super::Error;
use crate::domain::audit::REDACTED;
use crate::domain::instant::UtcInstant;

/// Takes addresses and browsers out of the stays of viewers that ended before; says out of how many.
///
/// # Errors
/// When the database refuses.
pub async fn redact_viewers(connection: &mut SqliteConnection, before: UtcInstant) -> Result<u64, Error> {
    let done = sqlx::query("UPDATE viewers SET ip = ?1, browser = ?1 WHERE ended_at < ?2 AND ip <> ?1")
        .bind(REDACTED)
        .bind(before.as_ms())
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

/// Takes addresses out of what senders published that ended before; says out of how many.
///
/// # Errors
/// When the database refuses.
pub async fn redact_publishings(connection: &mut SqliteConnection, before: UtcInstant) -> Result<u64, Error> {
    let done = sqlx::query("UPDATE publishings SET network = ?1 WHERE ended_at < ?2 AND network <> ?1")
        .bind(REDACTED)
        .bind(before.as_ms())
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

/// Removes notifications from before, and what became of them; says how many.
///
/// # Errors
/// When the database refuses.
pub async fn remove_notifications(connection: &mut SqliteConnection, before: UtcInstant) -> Result<u64, Error> {
    sqlx::query("DELETE FROM deliveries WHERE notification IN (SELECT sequence FROM notifications WHERE at < ?)")
        .bind(before.as_ms())
        .execute(&mut *connection)
        .await?;
    let done = sqlx::query("DELETE FROM notifications WHERE at < ?").bind(before.as_ms()).execute(connection).await?;
    Ok(done.rows_affected())
}
