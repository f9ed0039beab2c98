//! Who saw which source frames.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::instant::UtcInstant;
use crate::domain::mark::Frames;

/// A viewing that may have leaked something.
#[derive(Clone, Debug)]
pub struct Witness {
    /// The viewing.
    pub viewing: Uuid,
    /// Whose.
    pub viewer: Uuid,
    /// Of which review.
    pub review: Uuid,
    /// The code in its visible mark.
    pub session_code: String,
    /// The invited person.
    pub name: String,
    /// Their address.
    pub email: String,
    /// From where they watched.
    pub ip: String,
    /// When it began.
    pub started_at: UtcInstant,
    /// When it ended.
    pub ended_at: Option<UtcInstant>,
    /// What it was shown.
    pub frames: Frames,
}

/// Notes that a viewing was shown frames.
///
/// # Errors
/// When the database refuses, or there is no such viewing.
pub async fn note(connection: &mut SqliteConnection, viewing: Uuid, frames: &Frames) -> Result<(), Error> {
    for (first, last) in frames.ranges() {
        sqlx::query(
            "INSERT INTO viewing_frames (viewing_id, first_frame, last_frame) VALUES (?, ?, ?)
             ON CONFLICT DO UPDATE SET last_frame = max(last_frame, excluded.last_frame)",
        )
        .bind(viewing.to_string())
        .bind(i64::try_from(*first).unwrap_or(i64::MAX))
        .bind(i64::try_from(*last).unwrap_or(i64::MAX))
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// All viewings whose picture bore a code that `is_it` takes, newest first, in one review, in one project or in the whole
/// house; without what they were shown.
///
/// # Errors
/// When the database refuses.
pub async fn bearers(
    connection: &mut SqliteConnection,
    review: Option<Uuid>,
    project: Option<Uuid>,
    is_it: impl Fn(&str) -> bool,
) -> Result<Vec<Witness>, Error> {
    let rows = sqlx::query(
        "SELECT g.id, g.viewer_id, g.review_id, g.started_at, g.ended_at, v.session_code, v.ip, l.name, l.email
         FROM viewings g JOIN viewers v ON v.id = g.viewer_id JOIN links l ON l.id = v.link_id
              JOIN reviews r ON r.id = g.review_id
         WHERE (?1 IS NULL OR g.review_id = ?1) AND (?2 IS NULL OR r.project_id = ?2)
         ORDER BY g.started_at DESC, g.id",
    )
    .bind(review.map(|id| id.to_string()))
    .bind(project.map(|id| id.to_string()))
    .fetch_all(connection)
    .await?;
    let mut found = Vec::new();
    for row in &rows {
        if is_it(&Columns(row).text("session_code")?) {
            found.push(witness(row)?);
        }
    }
    Ok(found)
}

/// All viewings of a review, with what they were shown, in the order they began.
///
/// # Errors
/// When the database refuses.
pub async fn witnesses(connection: &mut SqliteConnection, review: Uuid) -> Result<Vec<Witness>, Error> {
    let rows = sqlx::query(
        "SELECT g.id, g.viewer_id, g.review_id, g.started_at, g.ended_at, v.session_code, v.ip, l.name, l.email
         FROM viewings g JOIN viewers v ON v.id = g.viewer_id JOIN links l ON l.id = v.link_id
         WHERE g.review_id = ? ORDER BY g.started_at, g.id",
    )
    .bind(review.to_string())
    .fetch_all(&mut *connection)
    .await?;
    let mut witnesses: Vec<Witness> = rows.iter().map(witness).collect::<Result<_, _>>()?;
    for witness in &mut witnesses {
        witness.frames = frames(connection, witness.viewing).await?;
    }
    Ok(witnesses)
}

fn witness(row: &SqliteRow) -> Result<Witness, Error> {
    let columns = Columns(row);
    Ok(Witness {
        viewing: columns.id("id")?,
        viewer: columns.id("viewer_id")?,
        review: columns.id("review_id")?,
        session_code: columns.text("session_code")?,
        name: columns.text("name")?,
        email: columns.text("email")?,
        ip: columns.text("ip")?,
        started_at: columns.instant("started_at")?,
        ended_at: columns.instant_or_null("ended_at")?,
        frames: Frames::default(),
    })
}

async fn frames(connection: &mut SqliteConnection, viewing: Uuid) -> Result<Frames, Error> {
    let rows = sqlx::query("SELECT first_frame, last_frame FROM viewing_frames WHERE viewing_id = ?")
        .bind(viewing.to_string())
        .fetch_all(connection)
        .await?;
    let ranges = rows.iter().map(|row| Ok((number(row, "first_frame")?, number(row, "last_frame")?)));
    Ok(Frames::of(ranges.collect::<Result<_, Error>>()?))
}

fn number(row: &SqliteRow, column: &'static str) -> Result<u64, Error> {
    let value = Columns(row).integer(column)?;
    u64::try_from(value).map_err(|_| Error::Corrupt { column, value: value.to_string() })
}
