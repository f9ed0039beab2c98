//! Sessions of accounts, and the tries at signing in.

use std::collections::HashMap;

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::Error;
use super::account::{self, AccountRecord};
use super::columns::Columns;
use crate::domain::account::SessionFacts;
use crate::domain::instant::UtcInstant;
use crate::domain::secret::TokenHash;

/// A session as it is kept, with its account.
#[derive(Clone, Debug)]
pub struct SessionRecord {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub account: AccountRecord,
    /// From which address it was opened.
    pub ip: String,
    /// The browser, shortened.
    pub browser: String,
    /// On what it rests.
    pub facts: SessionFacts,
}

/// A session to open.
#[derive(Clone, Debug)]
pub struct NewSession<'a> {
    /// Its id.
    pub id: Uuid,
    /// Hash of the cookie.
    pub token: TokenHash,
    /// Whose.
    pub account: Uuid,
    /// From which address.
    pub ip: &'a str,
    /// The browser, shortened.
    pub browser: &'a str,
    /// Now.
    pub now: UtcInstant,
    /// When the second factor was given.
    pub proven_at: Option<UtcInstant>,
    /// Whether it was given to the house's identity provider.
    pub federated: bool,
}

macro_rules! select_sessions {
    ($rest:literal) => {
        concat!(
            "SELECT a.*, s.id AS session_id, s.created_at AS session_created_at, s.used_at, s.proven_at, s.ip, s.browser,
                    (EXISTS (SELECT 1 FROM totp t WHERE t.account_id = a.id AND t.confirmed_at IS NOT NULL)
                     OR EXISTS (SELECT 1 FROM passkeys k WHERE k.account_id = a.id) OR s.federated = 1) AS has_factor
             FROM account_sessions s JOIN accounts a ON a.id = s.account_id ",
            $rest
        )
    };
}

fn session(row: &SqliteRow) -> Result<SessionRecord, Error> {
    let columns = Columns(row);
    let account = account::account(row)?;
    Ok(SessionRecord {
        id: columns.id("session_id")?,
        ip: columns.text("ip")?,
        browser: columns.text("browser")?,
        facts: SessionFacts {
            created_at: columns.instant("session_created_at")?,
            used_at: columns.instant("used_at")?,
            proven_at: columns.instant_or_null("proven_at")?,
            has_factor: columns.flag("has_factor")?,
            password_set_at: account.password_set_at,
            account_ends_at: account.ends_at,
        },
        account,
    })
}

/// Adds a session, and forgets those of anybody that are older than `oldest`.
///
/// # Errors
/// When the database refuses.
pub async fn insert(connection: &mut SqliteConnection, new: &NewSession<'_>, oldest: UtcInstant) -> Result<(), Error> {
    sqlx::query("DELETE FROM account_sessions WHERE created_at < ?")
        .bind(oldest.as_ms())
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO account_sessions (id, token_hash, account_id, created_at, used_at, proven_at, ip, browser, federated)
         VALUES (?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(new.id.to_string())
    .bind(new.token.as_bytes())
    .bind(new.account.to_string())
    .bind(new.now.as_ms())
    .bind(new.proven_at.map(UtcInstant::as_ms))
    .bind(new.ip)
    .bind(new.browser)
    .bind(new.federated)
    .execute(connection)
    .await?;
    Ok(())
}

/// A session by the hash of its cookie.
///
/// # Errors
/// When the database refuses.
pub async fn by_token(connection: &mut SqliteConnection, token: TokenHash) -> Result<Option<SessionRecord>, Error> {
    let row = sqlx::query(select_sessions!("WHERE s.token_hash = ?"))
        .bind(token.as_bytes())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(session).transpose()
}

/// A session by id.
///
/// # Errors
/// When the database refuses.
pub async fn by_id(connection: &mut SqliteConnection, id: Uuid) -> Result<Option<SessionRecord>, Error> {
    let row = sqlx::query(select_sessions!("WHERE s.id = ?")).bind(id.to_string()).fetch_optional(connection).await?;
    row.as_ref().map(session).transpose()
}

/// All sessions, the one used last first.
///
/// # Errors
/// When the database refuses.
pub async fn list(connection: &mut SqliteConnection) -> Result<Vec<SessionRecord>, Error> {
    sqlx::query(select_sessions!("ORDER BY s.used_at DESC, s.id"))
        .fetch_all(connection)
        .await?
        .iter()
        .map(session)
        .collect()
}

/// Notes that a session was used.
///
/// # Errors
/// When the database refuses.
pub async fn touch(connection: &mut SqliteConnection, id: Uuid, now: UtcInstant) -> Result<(), Error> {
    sqlx::query("UPDATE account_sessions SET used_at = ? WHERE id = ?")
        .bind(now.as_ms())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes that a session gave its second factor, under a new cookie.
///
/// # Errors
/// When the database refuses.
pub async fn prove(
    connection: &mut SqliteConnection,
    id: Uuid,
    token: TokenHash,
    now: UtcInstant,
) -> Result<(), Error> {
    sqlx::query("UPDATE account_sessions SET proven_at = ?1, used_at = ?1, token_hash = ?2 WHERE id = ?3")
        .bind(now.as_ms())
        .bind(token.as_bytes())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Removes a session; `false` when it was gone.
///
/// # Errors
/// When the database refuses.
pub async fn remove(connection: &mut SqliteConnection, id: Uuid) -> Result<bool, Error> {
    let done =
        sqlx::query("DELETE FROM account_sessions WHERE id = ?").bind(id.to_string()).execute(connection).await?;
    Ok(done.rows_affected() == 1)
}

/// Removes all sessions of an account; says how many.
///
/// # Errors
/// When the database refuses.
pub async fn remove_of(connection: &mut SqliteConnection, account: Uuid) -> Result<u64, Error> {
    let done = sqlx::query("DELETE FROM account_sessions WHERE account_id = ?")
        .bind(account.to_string())
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

/// Counts a try of a name before it is evaluated, and says how many there are since `since`, this one included. Tries
/// of names that nobody has are always forgotten at `forget`.
///
/// # Errors
/// When the database refuses.
pub async fn count_try(
    connection: &mut SqliteConnection,
    user: &str,
    now: UtcInstant,
    since: UtcInstant,
    forget: UtcInstant,
) -> Result<u32, Error> {
    sqlx::query("DELETE FROM sign_in_tries WHERE at < ?1 OR (at < ?2 AND user NOT IN (SELECT user FROM accounts))")
        .bind(since.as_ms())
        .bind(forget.as_ms())
        .execute(&mut *connection)
        .await?;
    sqlx::query("INSERT INTO sign_in_tries (user, at) VALUES (?, ?)")
        .bind(user)
        .bind(now.as_ms())
        .execute(&mut *connection)
        .await?;
    Ok(sqlx::query_scalar("SELECT COUNT(*) FROM sign_in_tries WHERE user = ?").bind(user).fetch_one(connection).await?)
}

/// How many tries of each name are counted since `since`.
///
/// # Errors
/// When the database refuses.
pub async fn tries(connection: &mut SqliteConnection, since: UtcInstant) -> Result<HashMap<String, u32>, Error> {
    let rows: Vec<(String, u32)> =
        sqlx::query_as("SELECT user, COUNT(*) FROM sign_in_tries WHERE at >= ? GROUP BY user")
            .bind(since.as_ms())
            .fetch_all(connection)
            .await?;
    Ok(rows.into_iter().collect())
}

/// Forgets the tries of a name.
///
/// # Errors
/// When the database refuses.
pub async fn forget_tries(connection: &mut SqliteConnection, user: &str) -> Result<(), Error> {
    sqlx::query("DELETE FROM sign_in_tries WHERE user = ?").bind(user).execute(connection).await?;
    Ok(())
}
