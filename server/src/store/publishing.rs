//! Keys of senders, and what they publish.

use std::net::IpAddr;

use pipelines::spec::source::SourceId;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::instant::UtcInstant;
use crate::domain::project::ProjectFacts;
use crate::domain::publishing::{PublishEnd, PublishRight};
use crate::domain::review::ReviewWindow;
use crate::domain::secret::TokenHash;

/// What a key opens.
#[derive(Clone, Debug)]
pub struct KeyRecord {
    /// Its id.
    pub id: Uuid,
    /// The source it is for.
    pub source: SourceId,
    /// The source's review.
    pub review: Uuid,
    /// The review's project.
    pub project: ProjectFacts,
    /// Whether it may be used.
    pub right: PublishRight,
}

/// A sender's connection that runs.
#[derive(Clone, Debug)]
pub struct PublishingRecord {
    /// Its id.
    pub id: Uuid,
    /// Where it publishes to, and with what right.
    pub key: KeyRecord,
}

/// What the console shows of a source that senders publish to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishFacts {
    /// Which source.
    pub source: SourceId,
    /// When its key was made; `None` when it has none.
    pub key_made_at: Option<UtcInstant>,
    /// Since when somebody publishes, if somebody does.
    pub since: Option<UtcInstant>,
    /// What that is encrypted with, once it is connected.
    pub cipher: Option<String>,
}

macro_rules! key_columns {
    () => {
        "k.id AS key_id, k.source_id, s.review_id, r.project_id, pr.classification, r.starts_at, r.ends_at,
         r.ended_at AS review_ended_at, k.ended_at IS NOT NULL AS key_ended, s.removed_at IS NOT NULL AS source_removed
         FROM publish_keys k JOIN review_sources s ON s.id = k.source_id JOIN reviews r ON r.id = s.review_id
              JOIN projects pr ON pr.id = r.project_id"
    };
}

fn key(row: &SqliteRow) -> Result<KeyRecord, Error> {
    let columns = Columns(row);
    Ok(KeyRecord {
        id: columns.id("key_id")?,
        source: columns.id("source_id")?,
        review: columns.id("review_id")?,
        project: ProjectFacts { id: columns.id("project_id")?, classification: columns.parsed("classification")? },
        right: PublishRight {
            window: ReviewWindow {
                starts_at: columns.instant("starts_at")?,
                ends_at: columns.instant("ends_at")?,
                ended_at: columns.instant_or_null("review_ended_at")?,
            },
            key_ended: columns.flag("key_ended")?,
            source_removed: columns.flag("source_removed")?,
        },
    })
}

/// Gives a source a key, made by an account if it was one; the one before it, if any, is of no more use.
///
/// # Errors
/// When the database refuses.
pub async fn replace_key(
    connection: &mut SqliteConnection,
    source: SourceId,
    hash: &TokenHash,
    made_by: Option<Uuid>,
    now: UtcInstant,
) -> Result<Uuid, Error> {
    sqlx::query("UPDATE publish_keys SET ended_at = ? WHERE source_id = ? AND ended_at IS NULL")
        .bind(now.as_ms())
        .bind(source.to_string())
        .execute(&mut *connection)
        .await?;
    let id = Uuid::now_v7();
    sqlx::query("INSERT INTO publish_keys (id, source_id, key_hash, made_by, made_at) VALUES (?, ?, ?, ?, ?)")
        .bind(id.to_string())
        .bind(source.to_string())
        .bind(hash.as_bytes())
        .bind(made_by.map(|account| account.to_string()))
        .bind(now.as_ms())
        .execute(connection)
        .await?;
    Ok(id)
}

/// Ends the keys that an account made: the source and review of each.
///
/// # Errors
/// When the database refuses.
pub async fn end_keys_of(
    connection: &mut SqliteConnection,
    account: Uuid,
    now: UtcInstant,
) -> Result<Vec<(SourceId, Uuid)>, Error> {
    let rows = sqlx::query(
        "UPDATE publish_keys SET ended_at = ? WHERE made_by = ? AND ended_at IS NULL
         RETURNING source_id, (SELECT s.review_id FROM review_sources s WHERE s.id = source_id) AS review_id",
    )
    .bind(now.as_ms())
    .bind(account.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok((Columns(row).id("source_id")?, Columns(row).id("review_id")?))).collect()
}

/// What a key opens, by its hash, also when it may no longer be used.
///
/// # Errors
/// When the database refuses.
pub async fn by_key(connection: &mut SqliteConnection, hash: &TokenHash) -> Result<Option<KeyRecord>, Error> {
    let row = sqlx::query(concat!("SELECT ", key_columns!(), " WHERE k.key_hash = ?"))
        .bind(hash.as_bytes())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(key).transpose()
}

/// Writes a connection down; a source has one at a time.
///
/// # Errors
/// When the source has one already, or the database refuses.
pub async fn insert(
    connection: &mut SqliteConnection,
    id: Uuid,
    key: &KeyRecord,
    network: IpAddr,
    now: UtcInstant,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO publishings (id, source_id, review_id, key_id, network, started_at) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(id.to_string())
    .bind(key.source.to_string())
    .bind(key.review.to_string())
    .bind(key.id.to_string())
    .bind(network.to_canonical().to_string())
    .bind(now.as_ms())
    .execute(connection)
    .await?;
    Ok(())
}

/// All connections that have not ended.
///
/// # Errors
/// When the database refuses.
pub async fn running(connection: &mut SqliteConnection) -> Result<Vec<PublishingRecord>, Error> {
    sqlx::query(concat!(
        "SELECT p.id AS publishing_id, ",
        key_columns!(),
        " JOIN publishings p ON p.key_id = k.id WHERE p.ended_at IS NULL"
    ))
    .fetch_all(connection)
    .await?
    .iter()
    .map(|row| Ok(PublishingRecord { id: Columns(row).id("publishing_id")?, key: key(row)? }))
    .collect()
}

/// What the console shows of a review's sources that have a key.
///
/// # Errors
/// When the database refuses.
pub async fn of_review(connection: &mut SqliteConnection, review: Uuid) -> Result<Vec<PublishFacts>, Error> {
    sqlx::query(
        "SELECT s.id, k.made_at, p.started_at, p.cipher FROM review_sources s
         LEFT JOIN publish_keys k ON k.source_id = s.id AND k.ended_at IS NULL
         LEFT JOIN publishings p ON p.source_id = s.id AND p.ended_at IS NULL
         WHERE s.review_id = ? AND s.removed_at IS NULL",
    )
    .bind(review.to_string())
    .fetch_all(connection)
    .await?
    .iter()
    .map(|row| {
        let columns = Columns(row);
        Ok(PublishFacts {
            source: columns.id("id")?,
            key_made_at: columns.instant_or_null("made_at")?,
            since: columns.instant_or_null("started_at")?,
            cipher: columns.text_or_null("cipher")?,
        })
    })
    .collect()
}

/// Notes what a connection is encrypted with; `false` when it had ended.
///
/// # Errors
/// When the database refuses.
pub async fn set_connected(
    connection: &mut SqliteConnection,
    id: Uuid,
    cipher: &str,
    now: UtcInstant,
) -> Result<bool, Error> {
    let done = sqlx::query("UPDATE publishings SET connected_at = ?, cipher = ? WHERE id = ? AND ended_at IS NULL")
        .bind(now.as_ms())
        .bind(cipher)
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a connection; `false` when it had ended before.
///
/// # Errors
/// When the database refuses.
pub async fn end(
    connection: &mut SqliteConnection,
    id: Uuid,
    reason: PublishEnd,
    now: UtcInstant,
) -> Result<bool, Error> {
    let done = sqlx::query("UPDATE publishings SET ended_at = ?, ended_reason = ? WHERE id = ? AND ended_at IS NULL")
        .bind(now.as_ms())
        .bind(reason.as_str())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}
