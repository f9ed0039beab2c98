//! Codes that were sent to invited people.

use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::instant::UtcInstant;
use crate::domain::link::CODE_TRIES;
use crate::domain::secret::TokenHash;

/// A code that was sent.
#[derive(Clone, Debug)]
pub struct LinkCodeRecord {
    /// For which link.
    pub link_id: Uuid,
    /// Hash of ticket and code.
    pub code_hash: Vec<u8>,
    /// When.
    pub sent_at: UtcInstant,
    /// When it was used.
    pub used_at: Option<UtcInstant>,
}

/// Keeps a code that is about to be sent, and forgets those of before `oldest`.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    connection: &mut SqliteConnection,
    ticket: TokenHash,
    new: &LinkCodeRecord,
    oldest: UtcInstant,
) -> Result<(), Error> {
    sqlx::query("DELETE FROM link_codes WHERE sent_at < ?").bind(oldest.as_ms()).execute(&mut *connection).await?;
    sqlx::query("INSERT INTO link_codes (ticket_hash, link_id, code_hash, sent_at) VALUES (?, ?, ?, ?)")
        .bind(ticket.as_bytes())
        .bind(new.link_id.to_string())
        .bind(&new.code_hash)
        .bind(new.sent_at.as_ms())
        .execute(connection)
        .await?;
    Ok(())
}

/// How many codes were sent for a link since then.
///
/// # Errors
/// When the database refuses.
pub async fn sent_since(connection: &mut SqliteConnection, link: Uuid, since: UtcInstant) -> Result<u32, Error> {
    Ok(sqlx::query_scalar("SELECT COUNT(*) FROM link_codes WHERE link_id = ? AND sent_at >= ?")
        .bind(link.to_string())
        .bind(since.as_ms())
        .fetch_one(connection)
        .await?)
}

/// The code of a ticket.
///
/// # Errors
/// When the database refuses.
pub async fn by_ticket(connection: &mut SqliteConnection, ticket: TokenHash) -> Result<Option<LinkCodeRecord>, Error> {
    let row = sqlx::query("SELECT * FROM link_codes WHERE ticket_hash = ?")
        .bind(ticket.as_bytes())
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let columns = Columns(&row);
    Ok(Some(LinkCodeRecord {
        link_id: columns.id("link_id")?,
        code_hash: columns.bytes("code_hash")?,
        sent_at: columns.instant("sent_at")?,
        used_at: columns.instant_or_null("used_at")?,
    }))
}

/// Whether there is a code of a ticket with a try left.
///
/// # Errors
/// When the database refuses.
pub async fn has_tries(connection: &mut SqliteConnection, ticket: TokenHash) -> Result<bool, Error> {
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM link_codes WHERE ticket_hash = ? AND tries_used < ?)")
        .bind(ticket.as_bytes())
        .bind(CODE_TRIES)
        .fetch_one(connection)
        .await?)
}

/// Takes one of a code's tries before it is evaluated; `false` when none is left.
///
/// # Errors
/// When the database refuses.
pub async fn take_try(connection: &mut SqliteConnection, ticket: TokenHash) -> Result<bool, Error> {
    let sql = "UPDATE link_codes SET tries_used = tries_used + 1 WHERE ticket_hash = ? AND tries_used < ?";
    let done = sqlx::query(sql).bind(ticket.as_bytes()).bind(CODE_TRIES).execute(connection).await?;
    Ok(done.rows_affected() == 1)
}

/// Uses a code up; `false` when it was used already.
///
/// # Errors
/// When the database refuses.
pub async fn use_up(connection: &mut SqliteConnection, ticket: TokenHash, now: UtcInstant) -> Result<bool, Error> {
    let sql = "UPDATE link_codes SET used_at = ? WHERE ticket_hash = ? AND used_at IS NULL";
    let done = sqlx::query(sql).bind(now.as_ms()).bind(ticket.as_bytes()).execute(connection).await?;
    Ok(done.rows_affected() == 1)
}
