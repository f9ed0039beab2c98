//! The record's table: appended to, read, never changed.

use std::collections::{HashMap, HashSet};

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{QueryBuilder, Sqlite};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::audit::{AuditFilter, Entry, EntryHash, Event, GENESIS, REDACTED, hex};
use crate::domain::instant::UtcInstant;
use crate::domain::verification::{Fault, Walk, Whole};

/// Rows of one statement: twelve parameters each, of which SQLite takes 32,766.
const ENTRIES_OF_STATEMENT: usize = 500;

/// An entry with its stored hash.
#[derive(Clone, Debug)]
pub struct StoredEntry {
    /// The entry.
    pub entry: Entry,
    /// The hash that stands beside it.
    pub hash: Vec<u8>,
    /// Whether what was personal has been taken out.
    pub redacted: bool,
}

/// Number and hash of the last entry; number 0 where there is none.
pub(super) type Head = (i64, EntryHash);

/// What the next entry comes after.
pub(super) async fn head(connection: &mut SqliteConnection) -> Result<Head, Error> {
    let last: Option<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1")
            .fetch_optional(connection)
            .await?;
    last.map_or(Ok((0, GENESIS)), |(sequence, hash)| Ok((sequence, fixed(&hash)?)))
}

/// Appends events after the last entry: number and hash of the new last. The caller holds the right to write. Fails with a
/// unique violation, and does nothing, where `head` is the last entry no more.
pub(super) async fn append(connection: &mut SqliteConnection, events: &[Event], head: Head) -> Result<Head, Error> {
    let (mut last, mut previous) = head;
    for events in events.chunks(ENTRIES_OF_STATEMENT) {
        let mut entries = Vec::with_capacity(events.len());
        for event in events {
            let entry = Entry::new(event, last + 1, &previous);
            let hash = entry.hash()?;
            entries.push((serde_json::to_string(&entry.detail)?, entry, previous, hash));
            (last, previous) = (last + 1, hash);
        }
        insert(connection, entries).await?;
    }
    Ok((last, previous))
}

/// Adds entries, each with its detail as JSON, the hash before it and its own.
async fn insert(
    connection: &mut SqliteConnection,
    entries: Vec<(String, Entry, EntryHash, EntryHash)>,
) -> Result<(), Error> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO audit (sequence, at_ms, actor, network, action, object, result, review, viewing, detail, previous, hash) ",
    );
    query.push_values(entries, |mut row, (detail, entry, previous, hash)| {
        row.push_bind(entry.sequence).push_bind(entry.at_ms).push_bind(entry.actor).push_bind(entry.network);
        row.push_bind(entry.action).push_bind(entry.object).push_bind(entry.result).push_bind(entry.review);
        row.push_bind(entry.viewing).push_bind(detail).push_bind(previous.to_vec()).push_bind(hash.to_vec());
    });
    query.build().execute(connection).await?;
    Ok(())
}

fn fixed(hash: &[u8]) -> Result<EntryHash, Error> {
    hash.try_into().map_err(|_| Error::Corrupt { column: "hash", value: hex(hash) })
}

fn stored(row: &SqliteRow) -> Result<StoredEntry, Error> {
    let columns = Columns(row);
    let entry = Entry {
        action: columns.text("action")?,
        actor: columns.text("actor")?,
        at_ms: columns.integer("at_ms")?,
        detail: serde_json::from_str(&columns.text("detail")?)?,
        network: columns.text_or_null("network")?,
        object: columns.text("object")?,
        previous: hex(&columns.bytes("previous")?),
        result: columns.text("result")?,
        review: columns.text_or_null("review")?,
        sequence: columns.integer("sequence")?,
        viewing: columns.text_or_null("viewing")?,
    };
    Ok(StoredEntry { entry, hash: columns.bytes("hash")?, redacted: columns.flag("redacted")? })
}

/// Entries after `after` in order, at most `limit`.
///
/// # Errors
/// When the database refuses.
pub async fn page(connection: &mut SqliteConnection, after: i64, limit: u32) -> Result<Vec<StoredEntry>, Error> {
    let rows = sqlx::query("SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?")
        .bind(after)
        .bind(limit)
        .fetch_all(connection)
        .await?;
    rows.iter().map(stored).collect()
}

/// All entries about a review, in order.
///
/// # Errors
/// When the database refuses.
pub async fn of_review(connection: &mut SqliteConnection, review: Uuid) -> Result<Vec<StoredEntry>, Error> {
    let rows = sqlx::query("SELECT * FROM audit WHERE review = ? ORDER BY sequence")
        .bind(review.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(stored).collect()
}

/// The conditions of a filter.
fn narrow(query: &mut QueryBuilder<Sqlite>, filter: &AuditFilter) {
    query.push(" WHERE 1");
    let mut equal = |column: &'static str, value: Option<String>| {
        if let Some(value) = value {
            query.push(column).push_bind(value);
        }
    };
    equal(" AND review = ", filter.review.map(|id| id.to_string()));
    equal(" AND actor = ", filter.actor.clone());
    equal(" AND action = ", filter.action.map(|action| action.to_string()));
    for (column, value) in [
        (" AND at_ms >= ", filter.since.map(UtcInstant::as_ms)),
        (" AND at_ms < ", filter.until.map(UtcInstant::as_ms)),
        (" AND sequence < ", filter.before),
    ] {
        if let Some(value) = value {
            query.push(column).push_bind(value);
        }
    }
    if let Some(email) = &filter.email {
        query
            .push(" AND actor IN (SELECT 'viewer:' || v.id FROM viewers v JOIN links l ON l.id = v.link_id WHERE l.email = ")
            .push_bind(email.clone())
            .push(")");
    }
}

/// Newest entries first, at most `limit`.
///
/// # Errors
/// When the database refuses.
pub async fn newest(
    connection: &mut SqliteConnection,
    filter: &AuditFilter,
    limit: u32,
) -> Result<Vec<StoredEntry>, Error> {
    let mut query = QueryBuilder::new("SELECT * FROM audit");
    narrow(&mut query, filter);
    query.push(" ORDER BY sequence DESC LIMIT ").push_bind(limit);
    query.build().fetch_all(connection).await?.iter().map(stored).collect()
}

/// The guests among some actors: how each is named in the record, and whom the link was for.
///
/// # Errors
/// When the database refuses.
pub async fn guests(
    connection: &mut SqliteConnection,
    actors: &HashSet<&str>,
) -> Result<HashMap<String, String>, Error> {
    let mut query = QueryBuilder::new(
        "SELECT 'viewer:' || v.id AS actor, l.name || ' <' || l.email || '>' AS person
         FROM viewers v JOIN links l ON l.id = v.link_id WHERE v.id IN (",
    );
    let mut ids = query.separated(", ");
    for id in actors.iter().filter_map(|actor| actor.strip_prefix("viewer:")) {
        ids.push_bind(id.to_owned());
    }
    query.push(")");
    let rows = query.build().fetch_all(connection).await?;
    rows.iter().map(|row| Ok((Columns(row).text("actor")?, Columns(row).text("person")?))).collect()
}

/// Hashes of the entries after `after`, in order, at most `limit`.
///
/// # Errors
/// When the database refuses.
pub async fn hashes(connection: &mut SqliteConnection, after: u64, limit: u32) -> Result<Vec<EntryHash>, Error> {
    let rows: Vec<(Vec<u8>,)> = sqlx::query_as("SELECT hash FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?")
        .bind(i64::try_from(after).unwrap_or(i64::MAX))
        .bind(limit)
        .fetch_all(connection)
        .await?;
    rows.iter().map(|(hash,)| fixed(hash)).collect()
}

/// How many entries come after `after`, and when the first of them was made.
///
/// # Errors
/// When the database refuses.
pub async fn uncovered(connection: &mut SqliteConnection, after: u64) -> Result<(u64, UtcInstant), Error> {
    let (count, oldest): (i64, Option<i64>) =
        sqlx::query_as("SELECT COUNT(*), MIN(at_ms) FROM audit WHERE sequence > ?")
            .bind(i64::try_from(after).unwrap_or(i64::MAX))
            .fetch_one(connection)
            .await?;
    Ok((count.unsigned_abs(), UtcInstant::from_ms(oldest.unwrap_or_default())))
}

/// The last sequence before the first entry that is as young as `cutoff`; 0 when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn last_before(connection: &mut SqliteConnection, cutoff: UtcInstant) -> Result<u64, Error> {
    let sql = "SELECT COALESCE((SELECT MIN(sequence) - 1 FROM audit WHERE at_ms >= ?),
                               (SELECT MAX(sequence) FROM audit), 0)";
    let last: i64 = sqlx::query_scalar(sql).bind(cutoff.as_ms()).fetch_one(connection).await?;
    Ok(last.unsigned_abs())
}

/// Takes what is personal out of all entries up to a sequence; says out of how many.
///
/// # Errors
/// When the database refuses.
pub async fn redact(connection: &mut SqliteConnection, through: u64) -> Result<u64, Error> {
    let done = sqlx::query(
        "UPDATE audit SET redacted = 1, actor = ?1, object = ?1, network = NULL, viewing = NULL, detail = '{}'
         WHERE redacted = 0 AND sequence <= ?2",
    )
    .bind(REDACTED)
    .bind(i64::try_from(through).unwrap_or(i64::MAX))
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Walks the whole record.
///
/// # Errors
/// When the database refuses, or an entry cannot even be read. The inner result says whether the record is whole.
pub async fn walk(connection: &mut SqliteConnection, mut walk: Walk) -> Result<Result<Whole, Fault>, Error> {
    loop {
        let after = i64::try_from(walk.entries()).unwrap_or(i64::MAX);
        let entries = page(&mut *connection, after, 1_000).await?;
        if entries.is_empty() {
            return Ok(walk.end());
        }
        for stored in &entries {
            if let Err(fault) = walk.step(&stored.entry, &stored.hash, stored.redacted) {
                return Ok(Err(fault));
            }
        }
    }
}
