//! What viewers' browsers measured of their picture.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::instant::UtcInstant;
use crate::domain::proof::{Kept, Report, Watcher, Worst};

/// A report as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct ProofRecord {
    /// Whose picture.
    pub viewer_id: Uuid,
    /// When it came.
    pub at: UtcInstant,
    /// Whether it changed the state.
    pub change: bool,
    /// What was measured.
    pub report: Report,
    /// Frames whose number was compared since the report before.
    pub frames_checked: u64,
    /// Those that disagreed.
    pub frames_disagreed: u64,
}

fn proof(row: &SqliteRow) -> Result<ProofRecord, Error> {
    let columns = Columns(row);
    Ok(ProofRecord {
        viewer_id: columns.id("viewer_id")?,
        at: columns.instant("at")?,
        change: columns.flag("change")?,
        report: serde_json::from_str(&columns.text("report")?)?,
        frames_checked: columns.whole("frames_checked")?,
        frames_disagreed: columns.whole("frames_disagreed")?,
    })
}

fn count(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// Keeps a report with its viewing; `false` when that has ended.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    connection: &mut SqliteConnection,
    kept: &Kept,
    worst: Option<&Worst>,
    now: UtcInstant,
) -> Result<bool, Error> {
    let viewing = kept.report.viewing_id.to_string();
    let done = sqlx::query(
        "UPDATE viewings SET proof_worst = ?, frames_checked = frames_checked + ?, frames_disagreed = frames_disagreed + ?
         WHERE id = ? AND ended_at IS NULL",
    )
    .bind(worst.map(Worst::to_string))
    .bind(count(kept.frames_checked))
    .bind(count(kept.frames_disagreed))
    .bind(&viewing)
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query(
        "INSERT INTO proofs (viewing_id, at, change, report, frames_checked, frames_disagreed) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(&viewing)
    .bind(now.as_ms())
    .bind(kept.change.is_some())
    .bind(serde_json::to_string(&kept.report)?)
    .bind(count(kept.frames_checked))
    .bind(count(kept.frames_disagreed))
    .execute(connection)
    .await?;
    Ok(true)
}

/// The worst that was reported of a viewing.
///
/// # Errors
/// When the database refuses.
pub async fn worst(connection: &mut SqliteConnection, viewing: Uuid) -> Result<Option<Worst>, Error> {
    let row = sqlx::query("SELECT proof_worst FROM viewings WHERE id = ?")
        .bind(viewing.to_string())
        .fetch_optional(connection)
        .await?;
    row.map_or(Ok(None), |row| Columns(&row).parsed_or_null("proof_worst"))
}

/// All viewings of a review, oldest first, each with the worst that was reported of it.
///
/// # Errors
/// When the database refuses.
pub async fn watchers(connection: &mut SqliteConnection, review: Uuid) -> Result<Vec<(Watcher, Option<Worst>)>, Error> {
    let rows = sqlx::query(
        "SELECT g.id, g.viewer_id, g.started_at, g.ended_at, g.proof_worst, v.browser, v.session_code, l.name
         FROM viewings g JOIN viewers v ON v.id = g.viewer_id JOIN links l ON l.id = v.link_id
         WHERE g.review_id = ? ORDER BY g.started_at, g.id",
    )
    .bind(review.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let columns = Columns(row);
            let watcher = Watcher {
                viewing_id: columns.id("id")?,
                viewer_id: columns.id("viewer_id")?,
                name: columns.text("name")?,
                browser: columns.text("browser")?,
                session_code: columns.text("session_code")?,
                started_at: columns.instant("started_at")?,
                ended_at: columns.instant_or_null("ended_at")?,
            };
            Ok((watcher, columns.parsed_or_null("proof_worst")?))
        })
        .collect()
}

/// Everything that was kept of a review, viewing by viewing, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn of_review(connection: &mut SqliteConnection, review: Uuid) -> Result<Vec<ProofRecord>, Error> {
    sqlx::query(
        "SELECT p.*, g.viewer_id FROM proofs p JOIN viewings g ON g.id = p.viewing_id WHERE g.review_id = ?
         ORDER BY g.started_at, g.id, p.id",
    )
    .bind(review.to_string())
    .fetch_all(connection)
    .await?
    .iter()
    .map(proof)
    .collect()
}
