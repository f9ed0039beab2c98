//! Comments: a log whose changes count up in each review.

use pipelines::spec::time::FrameRate;
use serde::de::DeserializeOwned;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::comment::{Comment, Wording};
use crate::domain::instant::UtcInstant;

/// Somebody who is or was in a review's room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their link, which is the same however often they come.
    pub link_id: Uuid,
    /// The name they were invited under.
    pub name: String,
    /// Whether they are shown the picture now.
    pub here: bool,
    /// Whether they are of the house.
    pub house: bool,
}

/// What [`comment`] reads of a comment `c`.
macro_rules! comment_columns {
    () => {
        "c.*, EXISTS (SELECT 1 FROM stills s WHERE s.comment_id = c.id) AS has_still,
         (SELECT n.name FROM review_sources n WHERE n.id = c.source_id) AS source_name,
         (SELECT n.reel FROM review_sources n WHERE n.id = c.source_id) AS source_reel"
    };
}
pub(super) use comment_columns;

pub(super) fn comment(row: &SqliteRow) -> Result<Comment, Error> {
    let columns = Columns(row);
    Ok(Comment {
        id: columns.id("id")?,
        review_id: columns.id("review_id")?,
        source_id: columns.id("source_id")?,
        source_name: columns.text_or_null("source_name")?,
        source_reel: columns.text_or_null("source_reel")?,
        revision: columns.whole("revision")?,
        parent_id: columns.id_or_null("parent_id")?,
        viewer_id: columns.id_or_null("viewer_id")?,
        link_id: columns.id_or_null("link_id")?,
        viewing_id: columns.id_or_null("viewing_id")?,
        account_id: columns.id_or_null("account_id")?,
        author: columns.text("author")?,
        email: columns.text("email")?,
        text: columns.text("text")?,
        source_frame: columns.whole("source_frame")?,
        duration_frames: columns.whole("duration_frames")?,
        rate: FrameRate {
            num: columns.count("rate_num")?,
            den: columns.count("rate_den")?,
            drop_frame: columns.flag("drop_frame")?,
        },
        timecode: columns.text("timecode")?,
        category: columns.parsed_or_null("category")?,
        priority: columns.parsed("priority")?,
        mentions: ids(&columns, "mentions")?,
        drawing: json(&columns, "drawing")?,
        has_still: columns.flag("has_still")?,
        created_at: columns.instant("created_at")?,
        edited_at: columns.instant_or_null("edited_at")?,
        resolved_at: columns.instant_or_null("resolved_at")?,
        resolved_by: columns.text_or_null("resolved_by")?,
        deleted_at: columns.instant_or_null("deleted_at")?,
        proof: columns.parsed_or_null("proof")?,
        drawing_proof: columns.parsed_or_null("drawing_proof")?,
        frame_witness: columns.parsed_or_null("frame_witness")?,
    })
}

fn ids(columns: &Columns<'_>, column: &'static str) -> Result<Vec<Uuid>, Error> {
    let text = columns.text(column)?;
    let read = |word: &str| word.parse::<Uuid>().map_err(|_| Error::Corrupt { column, value: word.to_owned() });
    text.split_ascii_whitespace().map(read).collect()
}

fn json<T: DeserializeOwned>(columns: &Columns<'_>, column: &'static str) -> Result<Option<T>, Error> {
    Ok(columns.text_or_null(column)?.map(|text| serde_json::from_str(&text)).transpose()?)
}

fn count(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// The revision that the next change of a review's log has. Ask in the transaction that makes the change.
///
/// # Errors
/// When the database refuses.
pub async fn next_revision(connection: &mut SqliteConnection, review: Uuid) -> Result<u64, Error> {
    let last: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(revision), 0) FROM comments WHERE review_id = ?")
        .bind(review.to_string())
        .fetch_one(connection)
        .await?;
    Ok(u64::try_from(last).unwrap_or_default().saturating_add(1))
}

/// Adds a comment, or writes down how it is now.
///
/// # Errors
/// When the revision is taken or the database refuses.
pub async fn put(connection: &mut SqliteConnection, comment: &Comment) -> Result<(), Error> {
    let mentions: Vec<String> = comment.mentions.iter().map(Uuid::to_string).collect();
    sqlx::query(
        "INSERT INTO comments (id, review_id, revision, parent_id, viewer_id, link_id, viewing_id, account_id, author, email,
                               text, source_frame, duration_frames, rate_num, rate_den, drop_frame, timecode, category,
                               priority, mentions, drawing, created_at, edited_at, resolved_at, resolved_by, deleted_at,
                               source_id, proof, drawing_proof, frame_witness)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET
            revision = excluded.revision, text = excluded.text, category = excluded.category, priority = excluded.priority,
            mentions = excluded.mentions, drawing = excluded.drawing, drawing_proof = excluded.drawing_proof,
            edited_at = excluded.edited_at,
            resolved_at = excluded.resolved_at, resolved_by = excluded.resolved_by, deleted_at = excluded.deleted_at",
    )
    .bind(comment.id.to_string())
    .bind(comment.review_id.to_string())
    .bind(count(comment.revision))
    .bind(comment.parent_id.map(|id| id.to_string()))
    .bind(comment.viewer_id.map(|id| id.to_string()))
    .bind(comment.link_id.map(|id| id.to_string()))
    .bind(comment.viewing_id.map(|id| id.to_string()))
    .bind(comment.account_id.map(|id| id.to_string()))
    .bind(&comment.author)
    .bind(&comment.email)
    .bind(&comment.text)
    .bind(count(comment.source_frame))
    .bind(count(comment.duration_frames))
    .bind(comment.rate.num)
    .bind(comment.rate.den)
    .bind(comment.rate.drop_frame)
    .bind(&comment.timecode)
    .bind(comment.category.map(|category| category.as_str()))
    .bind(comment.priority.as_str())
    .bind(mentions.join(" "))
    .bind(comment.drawing.as_ref().map(serde_json::to_string).transpose()?)
    .bind(comment.created_at.as_ms())
    .bind(comment.edited_at.map(|at| at.as_ms()))
    .bind(comment.resolved_at.map(|at| at.as_ms()))
    .bind(&comment.resolved_by)
    .bind(comment.deleted_at.map(|at| at.as_ms()))
    .bind(comment.source_id.to_string())
    .bind(comment.proof.map(|state| state.as_str()))
    .bind(comment.drawing_proof.map(|state| state.as_str()))
    .bind(comment.frame_witness.map(|witness| witness.as_str()))
    .execute(connection)
    .await?;
    Ok(())
}

/// Keeps what a comment said before it is changed.
///
/// # Errors
/// When the database refuses.
pub async fn keep_wording(connection: &mut SqliteConnection, was: &Comment, now: UtcInstant) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO comment_wordings (comment_id, revision, text, drawing, replaced_at, drawing_proof)
         VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(was.id.to_string())
    .bind(count(was.revision))
    .bind(&was.text)
    .bind(was.drawing.as_ref().map(serde_json::to_string).transpose()?)
    .bind(now.as_ms())
    .bind(was.drawing_proof.map(|state| state.as_str()))
    .execute(connection)
    .await?;
    Ok(())
}

/// What the comments of a review said before they were changed, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn wordings(connection: &mut SqliteConnection, review: Uuid) -> Result<Vec<Wording>, Error> {
    let rows = sqlx::query(
        "SELECT w.* FROM comment_wordings w JOIN comments c ON c.id = w.comment_id WHERE c.review_id = ?
         ORDER BY w.comment_id, w.revision",
    )
    .bind(review.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let columns = Columns(row);
            Ok(Wording {
                comment_id: columns.id("comment_id")?,
                revision: columns.whole("revision")?,
                text: columns.text("text")?,
                drawing: json(&columns, "drawing")?,
                drawing_proof: columns.parsed_or_null("drawing_proof")?,
                replaced_at: columns.instant("replaced_at")?,
            })
        })
        .collect()
}

/// A comment by id.
///
/// # Errors
/// When the database refuses.
pub async fn by_id(connection: &mut SqliteConnection, id: Uuid) -> Result<Option<Comment>, Error> {
    let row = sqlx::query(concat!("SELECT ", comment_columns!(), " FROM comments c WHERE id = ?"))
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(comment).transpose()
}

/// All comments of a review, also those taken back, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn of_review(connection: &mut SqliteConnection, review: Uuid) -> Result<Vec<Comment>, Error> {
    sqlx::query(concat!("SELECT ", comment_columns!(), " FROM comments c WHERE review_id = ? ORDER BY created_at, id"))
        .bind(review.to_string())
        .fetch_all(connection)
        .await?
        .iter()
        .map(comment)
        .collect()
}

/// The comments of a review that changed after a revision, as they are now, in the order of their revisions.
///
/// # Errors
/// When the database refuses.
pub async fn after(connection: &mut SqliteConnection, review: Uuid, revision: u64) -> Result<Vec<Comment>, Error> {
    sqlx::query(concat!(
        "SELECT ",
        comment_columns!(),
        " FROM comments c WHERE review_id = ? AND revision > ? ORDER BY revision"
    ))
    .bind(review.to_string())
    .bind(count(revision))
    .fetch_all(connection)
    .await?
    .iter()
    .map(comment)
    .collect()
}

/// Everybody who was let into a review's room, by name.
///
/// # Errors
/// When the database refuses.
pub async fn people(connection: &mut SqliteConnection, review: Uuid) -> Result<Vec<Person>, Error> {
    let rows = sqlx::query(
        "SELECT l.id, l.name, l.account_id IS NOT NULL AS house, l.id IN (
             SELECT v.link_id FROM viewings g JOIN viewers v ON v.id = g.viewer_id
             WHERE g.ended_at IS NULL AND v.waits = 0 AND v.review_id = ?1) AS here
         FROM links l
         WHERE l.review_id = ?1 AND EXISTS (SELECT 1 FROM viewers v WHERE v.link_id = l.id AND v.waits = 0)
         ORDER BY l.name, l.id",
    )
    .bind(review.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let columns = Columns(row);
            Ok(Person {
                link_id: columns.id("id")?,
                name: columns.text("name")?,
                here: columns.flag("here")?,
                house: columns.flag("house")?,
            })
        })
        .collect()
}
