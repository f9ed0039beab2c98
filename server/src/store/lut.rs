//! LUT files, kept once by their content.

use pipelines::spec::look::LutFile;
use sha2::{Digest, Sha256};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::audit::hex;
use crate::domain::instant::UtcInstant;

/// A LUT of the library, without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LutRecord {
    /// Its id.
    pub id: Uuid,
    /// Its file name.
    pub name: String,
    /// SHA-256 of its content, in hex.
    pub sha256: String,
    /// When it came into the library.
    pub listed_at: UtcInstant,
}

fn listed(row: &SqliteRow) -> Result<LutRecord, Error> {
    let columns = Columns(row);
    Ok(LutRecord {
        id: columns.id("id")?,
        name: columns.text("name")?,
        sha256: columns.text("sha256")?,
        listed_at: columns.instant("listed_at")?,
    })
}

/// Keeps a file, unless its content is known; says under which id.
///
/// # Errors
/// When the database refuses.
pub async fn keep(connection: &mut SqliteConnection, file: &LutFile) -> Result<Uuid, Error> {
    let row = sqlx::query(
        "INSERT INTO luts (id, sha256, name, data) VALUES (?, ?, ?, ?)
         ON CONFLICT (sha256) DO UPDATE SET sha256 = excluded.sha256 RETURNING id",
    )
    .bind(Uuid::now_v7().to_string())
    .bind(hex(&Sha256::digest(&file.data)))
    .bind(&file.name)
    .bind(&file.data)
    .fetch_one(connection)
    .await?;
    Columns(&row).id("id")
}

/// Puts a file that is kept into the library, under a name.
///
/// # Errors
/// When the database refuses.
pub async fn list_as(connection: &mut SqliteConnection, id: Uuid, name: &str, now: UtcInstant) -> Result<(), Error> {
    sqlx::query("UPDATE luts SET name = ?, listed_at = coalesce(listed_at, ?) WHERE id = ?")
        .bind(name)
        .bind(now.as_ms())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// The library, by name.
///
/// # Errors
/// When the database refuses.
pub async fn list(connection: &mut SqliteConnection) -> Result<Vec<LutRecord>, Error> {
    let sql = "SELECT id, name, sha256, listed_at FROM luts WHERE listed_at IS NOT NULL ORDER BY name, id";
    sqlx::query(sql).fetch_all(connection).await?.iter().map(listed).collect()
}

/// A LUT of the library.
///
/// # Errors
/// When the database refuses.
pub async fn by_id(connection: &mut SqliteConnection, id: Uuid) -> Result<Option<LutRecord>, Error> {
    let sql = "SELECT id, name, sha256, listed_at FROM luts WHERE listed_at IS NOT NULL AND id = ?";
    sqlx::query(sql).bind(id.to_string()).fetch_optional(connection).await?.as_ref().map(listed).transpose()
}

/// A file of the library, with its content.
///
/// # Errors
/// When the database refuses.
pub async fn file(connection: &mut SqliteConnection, id: Uuid) -> Result<Option<LutFile>, Error> {
    let sql = "SELECT name, data FROM luts WHERE listed_at IS NOT NULL AND id = ?";
    let row = sqlx::query(sql).bind(id.to_string()).fetch_optional(connection).await?;
    row.map(|row| Ok(LutFile { name: Columns(&row).text("name")?, data: Columns(&row).bytes("data")? })).transpose()
}

/// Removes a LUT from the library. Reviews that use it keep it; else its content goes too.
///
/// # Errors
/// When the database refuses.
pub async fn remove(connection: &mut SqliteConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query("UPDATE luts SET listed_at = NULL WHERE id = ?").bind(id.to_string()).execute(&mut *connection).await?;
    sqlx::query(
        "DELETE FROM luts WHERE id = ?1 AND NOT EXISTS
             (SELECT 1 FROM reviews WHERE lut_id = ?1 OR wipe_lut_id = ?1
             UNION SELECT 1 FROM review_sources WHERE lut_id = ?1 OR wipe_lut_id = ?1)",
    )
    .bind(id.to_string())
    .execute(connection)
    .await?;
    Ok(())
}
