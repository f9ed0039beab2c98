//! Accounts.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::account::Role;
use crate::domain::instant::UtcInstant;

/// An account as it is kept.
#[derive(Clone, Debug)]
pub struct AccountRecord {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub user: String,
    /// Argon2id, PHC form.
    pub password_hash: String,
    /// What it is for.
    pub role: Role,
    /// When it was made.
    pub created_at: UtcInstant,
    /// When it got its password.
    pub password_set_at: UtcInstant,
    /// From when on it is over.
    pub ends_at: Option<UtcInstant>,
    /// When its end was carried out.
    pub offboarded_at: Option<UtcInstant>,
}

pub(super) fn account(row: &SqliteRow) -> Result<AccountRecord, Error> {
    let columns = Columns(row);
    Ok(AccountRecord {
        id: columns.id("id")?,
        user: columns.text("user")?,
        password_hash: columns.text("password_hash")?,
        role: columns.parsed("role")?,
        created_at: columns.instant("created_at")?,
        password_set_at: columns.instant("password_set_at")?,
        ends_at: columns.instant_or_null("ends_at")?,
        offboarded_at: columns.instant_or_null("offboarded_at")?,
    })
}

/// Adds an account.
///
/// # Errors
/// When the name is taken or the database refuses.
pub async fn insert(connection: &mut SqliteConnection, account: &AccountRecord) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO accounts (id, user, password_hash, role, created_at, password_set_at) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(account.id.to_string())
    .bind(&account.user)
    .bind(&account.password_hash)
    .bind(account.role.as_str())
    .bind(account.created_at.as_ms())
    .bind(account.password_set_at.as_ms())
    .execute(connection)
    .await?;
    Ok(())
}

/// An account by name.
///
/// # Errors
/// When the database refuses.
pub async fn by_user(connection: &mut SqliteConnection, user: &str) -> Result<Option<AccountRecord>, Error> {
    let row = sqlx::query("SELECT * FROM accounts WHERE user = ?").bind(user).fetch_optional(connection).await?;
    row.as_ref().map(account).transpose()
}

/// An account by id.
///
/// # Errors
/// When the database refuses.
pub async fn by_id(connection: &mut SqliteConnection, id: Uuid) -> Result<Option<AccountRecord>, Error> {
    let row =
        sqlx::query("SELECT * FROM accounts WHERE id = ?").bind(id.to_string()).fetch_optional(connection).await?;
    row.as_ref().map(account).transpose()
}

/// All accounts by name.
///
/// # Errors
/// When the database refuses.
pub async fn list(connection: &mut SqliteConnection) -> Result<Vec<AccountRecord>, Error> {
    sqlx::query("SELECT * FROM accounts ORDER BY user").fetch_all(connection).await?.iter().map(account).collect()
}

/// Accounts whose end has come and was not carried out yet.
///
/// # Errors
/// When the database refuses.
pub async fn due(connection: &mut SqliteConnection, now: UtcInstant) -> Result<Vec<AccountRecord>, Error> {
    sqlx::query("SELECT * FROM accounts WHERE ends_at <= ? AND offboarded_at IS NULL ORDER BY ends_at")
        .bind(now.as_ms())
        .fetch_all(connection)
        .await?
        .iter()
        .map(account)
        .collect()
}

/// Changes a password.
///
/// # Errors
/// When the database refuses.
pub async fn set_password(
    connection: &mut SqliteConnection,
    id: Uuid,
    password_hash: &str,
    now: UtcInstant,
) -> Result<(), Error> {
    sqlx::query("UPDATE accounts SET password_hash = ?, password_set_at = ? WHERE id = ?")
        .bind(password_hash)
        .bind(now.as_ms())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Changes a role.
///
/// # Errors
/// When the database refuses.
pub async fn set_role(connection: &mut SqliteConnection, id: Uuid, role: Role) -> Result<(), Error> {
    sqlx::query("UPDATE accounts SET role = ? WHERE id = ?")
        .bind(role.as_str())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Sets from when on an account is over.
///
/// # Errors
/// When the database refuses.
pub async fn set_end(connection: &mut SqliteConnection, id: Uuid, ends_at: Option<UtcInstant>) -> Result<(), Error> {
    sqlx::query("UPDATE accounts SET ends_at = ? WHERE id = ?")
        .bind(ends_at.map(UtcInstant::as_ms))
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes that an account's end was carried out; `false` when it was before.
///
/// # Errors
/// When the database refuses.
pub async fn offboard(connection: &mut SqliteConnection, id: Uuid, now: UtcInstant) -> Result<bool, Error> {
    let done = sqlx::query("UPDATE accounts SET offboarded_at = ? WHERE id = ? AND offboarded_at IS NULL")
        .bind(now.as_ms())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Links an account made that are not taken back, with their reviews.
///
/// # Errors
/// When the database refuses.
pub async fn links(connection: &mut SqliteConnection, id: Uuid) -> Result<Vec<(Uuid, Uuid)>, Error> {
    let rows = sqlx::query("SELECT id, review_id FROM links WHERE created_by = ? AND revoked_at IS NULL ORDER BY id")
        .bind(id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Ok((Columns(row).id("id")?, Columns(row).id("review_id")?))).collect()
}

/// Removes an account with its sessions.
///
/// # Errors
/// When the database refuses.
pub async fn remove(connection: &mut SqliteConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query("DELETE FROM accounts WHERE id = ?").bind(id.to_string()).execute(connection).await?;
    Ok(())
}

/// Notes who at the house's provider an account is, the first time; `false` when it is somebody else's.
///
/// # Errors
/// When the database refuses.
pub async fn take_identity(connection: &mut SqliteConnection, id: Uuid, identity: &str) -> Result<bool, Error> {
    let done = sqlx::query("UPDATE accounts SET identity = ?1 WHERE id = ?2 AND coalesce(identity, ?1) = ?1")
        .bind(identity)
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}
