//! Checkpoints of the record.

use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::Error;
use super::columns::Columns;
use crate::domain::audit::hex;
use crate::domain::instant::UtcInstant;
use crate::domain::merkle::MerkleTree;

/// A checkpoint as it is kept.
#[derive(Clone, Debug)]
pub struct CheckpointRecord {
    /// Entries it covers.
    pub size: u64,
    /// When it was made.
    pub made_at: UtcInstant,
    /// The signed note.
    pub note: String,
}

fn checkpoint(row: &SqliteRow) -> Result<CheckpointRecord, Error> {
    let columns = Columns(row);
    let size = columns.integer("size")?.unsigned_abs();
    Ok(CheckpointRecord { size, made_at: columns.instant("made_at")?, note: columns.text("note")? })
}

/// The last checkpoint.
///
/// # Errors
/// When the database refuses.
pub async fn last(connection: &mut SqliteConnection) -> Result<Option<CheckpointRecord>, Error> {
    let row = sqlx::query("SELECT * FROM checkpoints ORDER BY size DESC LIMIT 1").fetch_optional(connection).await?;
    row.as_ref().map(checkpoint).transpose()
}

/// The tree as it was at the last checkpoint; empty when there is none.
///
/// # Errors
/// When the database refuses, or what is kept is not a tree.
pub async fn tree(connection: &mut SqliteConnection) -> Result<MerkleTree, Error> {
    let kept: Option<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT size, subtrees FROM checkpoints ORDER BY size DESC LIMIT 1")
            .fetch_optional(connection)
            .await?;
    let Some((size, subtrees)) = kept else { return Ok(MerkleTree::default()) };
    let tree = MerkleTree::grown(size.unsigned_abs(), &subtrees);
    tree.ok_or_else(|| Error::Corrupt { column: "subtrees", value: hex(&subtrees) })
}

/// Adds a checkpoint.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    connection: &mut SqliteConnection,
    tree: &MerkleTree,
    note: &str,
    now: UtcInstant,
) -> Result<(), Error> {
    sqlx::query("INSERT INTO checkpoints (size, made_at, subtrees, note) VALUES (?, ?, ?, ?)")
        .bind(i64::try_from(tree.size()).unwrap_or(i64::MAX))
        .bind(now.as_ms())
        .bind(tree.subtrees())
        .bind(note)
        .execute(connection)
        .await?;
    Ok(())
}

/// All checkpoints, smallest first.
///
/// # Errors
/// When the database refuses.
pub async fn all(connection: &mut SqliteConnection) -> Result<Vec<CheckpointRecord>, Error> {
    let rows = sqlx::query("SELECT * FROM checkpoints ORDER BY size").fetch_all(connection).await?;
    rows.iter().map(checkpoint).collect()
}

/// Those that were not copied yet, smallest first.
///
/// # Errors
/// When the database refuses.
pub async fn uncopied(connection: &mut SqliteConnection) -> Result<Vec<CheckpointRecord>, Error> {
    let rows = sqlx::query("SELECT * FROM checkpoints WHERE copied_at IS NULL ORDER BY size").fetch_all(connection);
    rows.await?.iter().map(checkpoint).collect()
}

/// Which checkpoint a target was last sent, and when.
///
/// # Errors
/// When the database refuses.
pub async fn sent(connection: &mut SqliteConnection, target: &str) -> Result<Option<(u64, UtcInstant)>, Error> {
    let row = sqlx::query("SELECT size, sent_at FROM checkpoint_sends WHERE target = ?")
        .bind(target)
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some((Columns(&row).integer("size")?.unsigned_abs(), Columns(&row).instant("sent_at")?)))
}

/// Notes that a target was sent a checkpoint.
///
/// # Errors
/// When the database refuses.
pub async fn set_sent(
    connection: &mut SqliteConnection,
    target: &str,
    size: u64,
    now: UtcInstant,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO checkpoint_sends (target, size, sent_at) VALUES (?, ?, ?)
         ON CONFLICT (target) DO UPDATE SET size = excluded.size, sent_at = excluded.sent_at",
    )
    .bind(target)
    .bind(i64::try_from(size).unwrap_or(i64::MAX))
    .bind(now.as_ms())
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that a checkpoint was copied.
///
/// # Errors
/// When the database refuses.
pub async fn set_copied(connection: &mut SqliteConnection, size: u64, now: UtcInstant) -> Result<(), Error> {
    sqlx::query("UPDATE checkpoints SET copied_at = ? WHERE size = ?")
        .bind(now.as_ms())
        .bind(i64::try_from(size).unwrap_or(i64::MAX))
        .execute(connection)
        .await?;
    Ok(())
}
