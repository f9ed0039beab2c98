//! Who is inside: viewers who have not ended, with as little of each as a decision wants, since it is asked often and of many.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::instant::UtcInstant;
use crate::domain::network::Origins;
use crate::domain::project::ProjectFacts;
use crate::domain::review::ReviewWindow;
use crate::domain::viewing::Authority;

/// Somebody who came by a link and has not ended: what decides who else comes in by it.
#[derive(Clone, Debug)]
pub struct Inside {
    /// Its id.
    pub id: Uuid,
    /// Hash of their cookie.
    pub token: Vec<u8>,
    /// The address they joined from.
    pub ip: String,
    /// When they were last heard of.
    pub seen_at: UtcInstant,
    /// Whether somebody of the house has yet to let them in.
    pub waits: bool,
    /// Their running viewing.
    pub viewing: Option<Uuid>,
    /// Whether its picture has reached the browser.
    pub connected: bool,
    /// The session of the house in which they look; `None` for a guest.
    pub session: Option<Uuid>,
}

/// Viewers of a link that have not ended.
///
/// # Errors
/// When the database refuses.
pub async fn of_link(connection: &mut SqliteConnection, link: Uuid) -> Result<Vec<Inside>, Error> {
    sqlx::query(
        "SELECT v.id, v.token_hash, v.ip, v.seen_at, v.waits, v.session_id, g.id AS viewing, g.connected_at IS NOT NULL AS connected
         FROM viewers v LEFT JOIN viewings g ON g.viewer_id = v.id AND g.ended_at IS NULL
         WHERE v.link_id = ? AND v.ended_at IS NULL",
    )
    .bind(link.to_string())
    .fetch_all(connection)
    .await?
    .iter()
    .map(inside)
    .collect()
}

fn inside(row: &SqliteRow) -> Result<Inside, Error> {
    let columns = Columns(row);
    Ok(Inside {
        id: columns.id("id")?,
        token: columns.bytes("token_hash")?,
        ip: columns.text("ip")?,
        seen_at: columns.instant("seen_at")?,
        waits: columns.flag("waits")?,
        viewing: columns.id_or_null("viewing")?,
        connected: columns.flag("connected")?,
        session: columns.id_or_null("session_id")?,
    })
}

/// A guest who has not ended, by a link that is not taken back.
#[derive(Clone, Debug)]
pub struct GuestInside {
    /// The link they came by.
    pub link: Uuid,
    /// The review it opens.
    pub review: Uuid,
    /// The address they joined from.
    pub ip: String,
}

/// All guests who have not ended, in whichever room.
///
/// # Errors
/// When the database refuses.
pub async fn guests(connection: &mut SqliteConnection) -> Result<Vec<GuestInside>, Error> {
    sqlx::query(
        "SELECT v.link_id, v.review_id, v.ip FROM viewers v JOIN links l ON l.id = v.link_id
         WHERE v.ended_at IS NULL AND l.revoked_at IS NULL AND l.account_id IS NULL",
    )
    .fetch_all(connection)
    .await?
    .iter()
    .map(|row| {
        let columns = Columns(row);
        Ok(GuestInside { link: columns.id("link_id")?, review: columns.id("review_id")?, ip: columns.text("ip")? })
    })
    .collect()
}

/// Somebody who is in a room, as supervision looks at them: whether they may stay.
#[derive(Clone, Debug)]
pub struct Supervised {
    /// Their id.
    pub id: Uuid,
    /// The review they watch.
    pub review_id: Uuid,
    /// Its project.
    pub project: ProjectFacts,
    /// The address they joined from.
    pub ip: String,
    /// When they were last heard of.
    pub seen_at: UtcInstant,
    /// Whether somebody of the house has yet to let them in.
    pub waits: bool,
    /// Their running viewing.
    pub viewing: Option<Uuid>,
    /// The session of the house in which they look; `None` for a guest.
    pub session: Option<Uuid>,
    /// From where they may watch.
    pub origins: Origins,
    /// What decides about their right.
    pub authority: Authority,
}

/// Everybody who is in a room, or whose viewing runs.
///
/// # Errors
/// When the database refuses.
pub async fn supervised(connection: &mut SqliteConnection) -> Result<Vec<Supervised>, Error> {
    sqlx::query(
        "SELECT v.id, v.review_id, v.ip, v.seen_at, v.waits, v.session_id, v.ended_reason, v.lease_expires_at,
                l.networks, l.expires_at AS link_expires_at, l.revoked_at AS link_revoked_at,
                r.starts_at, r.ends_at, r.ended_at AS review_ended_at, r.project_id,
                p.classification, p.networks AS project_networks, g.id AS viewing
         FROM viewers v
         JOIN links l ON l.id = v.link_id
         JOIN reviews r ON r.id = v.review_id
         JOIN projects p ON p.id = r.project_id
         LEFT JOIN viewings g ON g.viewer_id = v.id AND g.ended_at IS NULL
         WHERE v.id IN (SELECT id FROM viewers WHERE ended_at IS NULL
                        UNION SELECT viewer_id FROM viewings WHERE ended_at IS NULL)",
    )
    .fetch_all(connection)
    .await?
    .iter()
    .map(one_supervised)
    .collect()
}

fn one_supervised(row: &SqliteRow) -> Result<Supervised, Error> {
    let columns = Columns(row);
    Ok(Supervised {
        id: columns.id("id")?,
        review_id: columns.id("review_id")?,
        project: ProjectFacts { id: columns.id("project_id")?, classification: columns.parsed("classification")? },
        ip: columns.text("ip")?,
        seen_at: columns.instant("seen_at")?,
        waits: columns.flag("waits")?,
        viewing: columns.id_or_null("viewing")?,
        session: columns.id_or_null("session_id")?,
        origins: origins(&columns)?,
        authority: authority(&columns)?,
    })
}

/// From where somebody may watch, by the link's and the project's columns.
pub(super) fn origins(columns: &Columns<'_>) -> Result<Origins, Error> {
    Ok(Origins { link: columns.parsed("networks")?, project: columns.parsed("project_networks")? })
}

/// What decides about somebody's right, by the columns of viewer, link and review.
pub(super) fn authority(columns: &Columns<'_>) -> Result<Authority, Error> {
    Ok(Authority {
        window: ReviewWindow {
            starts_at: columns.instant("starts_at")?,
            ends_at: columns.instant("ends_at")?,
            ended_at: columns.instant_or_null("review_ended_at")?,
        },
        link_expires_at: columns.instant("link_expires_at")?,
        link_revoked_at: columns.instant_or_null("link_revoked_at")?,
        viewer_ended: columns.parsed_or_null("ended_reason")?,
        lease_expires_at: columns.instant_or_null("lease_expires_at")?,
    })
}
