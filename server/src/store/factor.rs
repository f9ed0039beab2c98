//! Second factors of accounts.

use std::collections::HashSet;

use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Error;
use super::columns::Columns;
use crate::domain::instant::UtcInstant;

/// An account's TOTP.
#[derive(Clone)]
pub struct TotpRecord {
    /// 160 bits, sealed.
    pub sealed: Vec<u8>,
    /// When its first code was given; before that it opens nothing.
    pub confirmed_at: Option<UtcInstant>,
    /// Last step of which a code was used.
    pub last_step: i64,
}

/// Accounts with a confirmed second factor.
///
/// # Errors
/// When the database refuses.
pub async fn accounts(connection: &mut SqliteConnection) -> Result<HashSet<Uuid>, Error> {
    let sql = "SELECT account_id FROM totp WHERE confirmed_at IS NOT NULL UNION SELECT account_id FROM passkeys";
    let rows = sqlx::query(sql).fetch_all(connection).await?;
    rows.iter().map(|row| Columns(row).id("account_id")).collect()
}

impl std::fmt::Debug for TotpRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TotpRecord").field("confirmed_at", &self.confirmed_at).finish_non_exhaustive()
    }
}

/// An account's TOTP.
///
/// # Errors
/// When the database refuses.
pub async fn totp(connection: &mut SqliteConnection, account: Uuid) -> Result<Option<TotpRecord>, Error> {
    let row = sqlx::query("SELECT * FROM totp WHERE account_id = ?")
        .bind(account.to_string())
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let columns = Columns(&row);
    Ok(Some(TotpRecord {
        sealed: columns.bytes("secret")?,
        confirmed_at: columns.instant_or_null("confirmed_at")?,
        last_step: columns.integer("last_step")?,
    }))
}

/// Whether any secret is sealed.
///
/// # Errors
/// When the database refuses.
pub async fn any_sealed(connection: &mut SqliteConnection) -> Result<bool, Error> {
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM totp WHERE sealed = 1)").fetch_one(connection).await?)
}

/// The secrets that an earlier version left in clear.
///
/// # Errors
/// When the database refuses.
pub async fn unsealed(connection: &mut SqliteConnection) -> Result<Vec<(Uuid, Zeroizing<Vec<u8>>)>, Error> {
    let rows = sqlx::query("SELECT account_id, secret FROM totp WHERE sealed = 0").fetch_all(connection).await?;
    let secret = |row| Ok((Columns(row).id("account_id")?, Zeroizing::new(Columns(row).bytes("secret")?)));
    rows.iter().map(secret).collect()
}

/// Puts a sealed secret in the place of the same in clear.
///
/// # Errors
/// When the database refuses.
pub async fn set_sealed(connection: &mut SqliteConnection, account: Uuid, sealed: &[u8]) -> Result<(), Error> {
    sqlx::query("UPDATE totp SET secret = ?, sealed = 1 WHERE account_id = ?")
        .bind(sealed)
        .bind(account.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Keeps a new secret that is not confirmed yet; `false` when there is a confirmed one.
///
/// # Errors
/// When the database refuses.
pub async fn offer_totp(connection: &mut SqliteConnection, account: Uuid, sealed: &[u8]) -> Result<bool, Error> {
    let done = sqlx::query(
        "INSERT INTO totp (account_id, secret, sealed) VALUES (?, ?, 1)
         ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret, sealed = 1, last_step = 0
         WHERE confirmed_at IS NULL",
    )
    .bind(account.to_string())
    .bind(sealed)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Notes that the secret's owner has it.
///
/// # Errors
/// When the database refuses.
pub async fn confirm_totp(connection: &mut SqliteConnection, account: Uuid, now: UtcInstant) -> Result<(), Error> {
    sqlx::query("UPDATE totp SET confirmed_at = ? WHERE account_id = ?")
        .bind(now.as_ms())
        .bind(account.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Uses a step up, with all before it; `false` when it was used already (RFC 6238, 5.2).
///
/// # Errors
/// When the database refuses.
pub async fn use_step(connection: &mut SqliteConnection, account: Uuid, step: i64) -> Result<bool, Error> {
    let done = sqlx::query("UPDATE totp SET last_step = ?1 WHERE account_id = ?2 AND last_step < ?1")
        .bind(step)
        .bind(account.to_string())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Replaces all recovery codes.
///
/// # Errors
/// When the database refuses.
pub async fn replace_codes(connection: &mut SqliteConnection, account: Uuid, hashes: &[[u8; 32]]) -> Result<(), Error> {
    sqlx::query("DELETE FROM recovery_codes WHERE account_id = ?")
        .bind(account.to_string())
        .execute(&mut *connection)
        .await?;
    for hash in hashes {
        sqlx::query("INSERT INTO recovery_codes (account_id, code_hash) VALUES (?, ?)")
            .bind(account.to_string())
            .bind(hash.as_slice())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Uses a recovery code up; `false` when it is none, or was used.
///
/// # Errors
/// When the database refuses.
pub async fn use_code(
    connection: &mut SqliteConnection,
    account: Uuid,
    hash: &[u8; 32],
    now: UtcInstant,
) -> Result<bool, Error> {
    let done =
        sqlx::query("UPDATE recovery_codes SET used_at = ? WHERE account_id = ? AND code_hash = ? AND used_at IS NULL")
            .bind(now.as_ms())
            .bind(account.to_string())
            .bind(hash.as_slice())
            .execute(connection)
            .await?;
    Ok(done.rows_affected() == 1)
}

/// How many recovery codes are left.
///
/// # Errors
/// When the database refuses.
pub async fn codes_left(connection: &mut SqliteConnection, account: Uuid) -> Result<u32, Error> {
    let sql = "SELECT COUNT(*) FROM recovery_codes WHERE account_id = ? AND used_at IS NULL";
    Ok(sqlx::query_scalar(sql).bind(account.to_string()).fetch_one(connection).await?)
}

/// Takes all second factors of an account away, and forgets who at the house's provider it is.
///
/// # Errors
/// When the database refuses.
pub async fn reset(connection: &mut SqliteConnection, account: Uuid) -> Result<(), Error> {
    for sql in [
        "DELETE FROM totp WHERE account_id = ?",
        "DELETE FROM passkeys WHERE account_id = ?",
        "DELETE FROM recovery_codes WHERE account_id = ?",
        "UPDATE accounts SET identity = NULL WHERE id = ?",
    ] {
        sqlx::query(sql).bind(account.to_string()).execute(&mut *connection).await?;
    }
    Ok(())
}
