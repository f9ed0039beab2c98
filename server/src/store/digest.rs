//! Digests: who asked for the comments of which project.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::digest::Wish;
use crate::domain::instant::UtcInstant;

/// A digest that somebody asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestRecord {
    /// Who.
    pub account_id: Uuid,
    /// Of which project.
    pub project_id: Uuid,
    /// What.
    pub wish: Wish,
    /// When they asked.
    pub asked_at: UtcInstant,
    /// What changed before was sent.
    pub told_until: UtcInstant,
    /// When it is next looked at.
    pub next_at: UtcInstant,
    /// How often the next one was tried.
    pub tries: u32,
}

fn digest(row: &SqliteRow) -> Result<DigestRecord, Error> {
    let columns = Columns(row);
    let hour = columns.count("hour_utc")?;
    let hour_utc = u8::try_from(hour).map_err(|_| Error::Corrupt { column: "hour_utc", value: hour.to_string() })?;
    Ok(DigestRecord {
        account_id: columns.id("account_id")?,
        project_id: columns.id("project_id")?,
        wish: Wish { email: columns.text("email")?, rhythm: columns.parsed("rhythm")?, hour_utc },
        asked_at: columns.instant("asked_at")?,
        told_until: columns.instant("told_until")?,
        next_at: columns.instant("next_at")?,
        tries: columns.count("tries")?,
    })
}

/// Notes what somebody asked for, in the place of what they asked for before.
///
/// # Errors
/// When the database refuses.
pub async fn put(connection: &mut SqliteConnection, digest: &DigestRecord) -> Result<(), Error> {
    sqlx::query(
        "INSERT OR REPLACE INTO digests (account_id, project_id, email, rhythm, hour_utc, asked_at, told_until, next_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(digest.account_id.to_string())
    .bind(digest.project_id.to_string())
    .bind(&digest.wish.email)
    .bind(digest.wish.rhythm.as_str())
    .bind(digest.wish.hour_utc)
    .bind(digest.asked_at.as_ms())
    .bind(digest.told_until.as_ms())
    .bind(digest.next_at.as_ms())
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets what somebody asked for; `false` when that was nothing.
///
/// # Errors
/// When the database refuses.
pub async fn remove(connection: &mut SqliteConnection, account: Uuid, project: Uuid) -> Result<bool, Error> {
    let done = sqlx::query("DELETE FROM digests WHERE account_id = ? AND project_id = ?")
        .bind(account.to_string())
        .bind(project.to_string())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// What an account asked for.
///
/// # Errors
/// When the database refuses.
pub async fn of_account(connection: &mut SqliteConnection, account: Uuid) -> Result<Vec<DigestRecord>, Error> {
    let rows = sqlx::query("SELECT * FROM digests WHERE account_id = ? ORDER BY asked_at").bind(account.to_string());
    rows.fetch_all(connection).await?.iter().map(digest).collect()
}

/// Those to be looked at.
///
/// # Errors
/// When the database refuses.
pub async fn due(connection: &mut SqliteConnection, now: UtcInstant) -> Result<Vec<DigestRecord>, Error> {
    let rows = sqlx::query("SELECT * FROM digests WHERE next_at <= ? ORDER BY next_at").bind(now.as_ms());
    rows.fetch_all(connection).await?.iter().map(digest).collect()
}

/// Notes how far somebody was told, how often the next one was tried, and when it is looked at. Nothing is noted of one that
/// was asked for anew meanwhile.
///
/// # Errors
/// When the database refuses.
pub async fn advance(connection: &mut SqliteConnection, digest: &DigestRecord) -> Result<(), Error> {
    sqlx::query(
        "UPDATE digests SET told_until = ?, next_at = ?, tries = ?
         WHERE account_id = ? AND project_id = ? AND asked_at = ?",
    )
    .bind(digest.told_until.as_ms())
    .bind(digest.next_at.as_ms())
    .bind(digest.tries)
    .bind(digest.account_id.to_string())
    .bind(digest.project_id.to_string())
    .bind(digest.asked_at.as_ms())
    .execute(connection)
    .await?;
    Ok(())
}
