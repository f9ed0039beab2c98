//! Passkeys of accounts.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::instant::UtcInstant;

/// A passkey as it is kept.
#[derive(Clone, Debug)]
pub struct PasskeyRecord {
    /// Its id.
    pub id: Uuid,
    /// Whose.
    pub account: Uuid,
    /// The authenticator's name for it.
    pub credential: Vec<u8>,
    /// `SubjectPublicKeyInfo`, DER.
    pub public_key: Vec<u8>,
    /// COSE number of its algorithm.
    pub algorithm: i32,
    /// How often it signed; 0 when its authenticator does not count.
    pub counter: u32,
    /// Whether it is kept by more than one device.
    pub synced: bool,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub created_at: UtcInstant,
    /// When it was last used.
    pub used_at: Option<UtcInstant>,
}

fn passkey(row: &SqliteRow) -> Result<PasskeyRecord, Error> {
    let columns = Columns(row);
    let algorithm = columns.integer("algorithm")?;
    let corrupt = |_| Error::Corrupt { column: "algorithm", value: algorithm.to_string() };
    Ok(PasskeyRecord {
        id: columns.id("id")?,
        account: columns.id("account_id")?,
        credential: columns.bytes("credential")?,
        public_key: columns.bytes("public_key")?,
        algorithm: i32::try_from(algorithm).map_err(corrupt)?,
        counter: columns.count("counter")?,
        synced: columns.flag("synced")?,
        name: columns.text("name")?,
        created_at: columns.instant("created_at")?,
        used_at: columns.instant_or_null("used_at")?,
    })
}

/// Adds a passkey; `false` when there is one of this authenticator's name already.
///
/// # Errors
/// When the database refuses.
pub async fn insert(connection: &mut SqliteConnection, new: &PasskeyRecord) -> Result<bool, Error> {
    let done = sqlx::query(
        "INSERT INTO passkeys (id, account_id, credential, public_key, algorithm, counter, synced, name, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (credential) DO NOTHING",
    )
    .bind(new.id.to_string())
    .bind(new.account.to_string())
    .bind(&new.credential)
    .bind(&new.public_key)
    .bind(new.algorithm)
    .bind(new.counter)
    .bind(new.synced)
    .bind(&new.name)
    .bind(new.created_at.as_ms())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The passkeys of an account, the oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn of_account(connection: &mut SqliteConnection, account: Uuid) -> Result<Vec<PasskeyRecord>, Error> {
    let rows = sqlx::query("SELECT * FROM passkeys WHERE account_id = ? ORDER BY created_at, id")
        .bind(account.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(passkey).collect()
}

/// A passkey by its authenticator's name.
///
/// # Errors
/// When the database refuses.
pub async fn by_credential(
    connection: &mut SqliteConnection,
    credential: &[u8],
) -> Result<Option<PasskeyRecord>, Error> {
    let row = sqlx::query("SELECT * FROM passkeys WHERE credential = ?").bind(credential).fetch_optional(connection);
    row.await?.as_ref().map(passkey).transpose()
}

/// Notes that a passkey was used, and what its authenticator said.
///
/// # Errors
/// When the database refuses.
pub async fn used(
    connection: &mut SqliteConnection,
    id: Uuid,
    counter: u32,
    synced: bool,
    now: UtcInstant,
) -> Result<(), Error> {
    sqlx::query("UPDATE passkeys SET counter = ?, synced = ?, used_at = ? WHERE id = ?")
        .bind(counter)
        .bind(synced)
        .bind(now.as_ms())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Removes a passkey of an account: its name, or `None` when the account has none of this id.
///
/// # Errors
/// When the database refuses.
pub async fn remove(connection: &mut SqliteConnection, account: Uuid, id: Uuid) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar("DELETE FROM passkeys WHERE account_id = ? AND id = ? RETURNING name")
        .bind(account.to_string())
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?)
}
