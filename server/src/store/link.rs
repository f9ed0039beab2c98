//! Links.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::instant::UtcInstant;
use crate::domain::link::{IDLE_AFTER, LinkDoor, LinkFacts};
use crate::domain::network::Origins;
use crate::domain::project::ProjectFacts;
use crate::domain::review::ReviewWindow;
use crate::domain::secret::TokenHash;

/// A link as it is kept.
#[derive(Clone, Debug)]
pub struct LinkRecord {
    /// Its id.
    pub id: Uuid,
    /// The review it opens.
    pub review_id: Uuid,
    /// The account whose preview it is; `None` for a guest's.
    pub account_id: Option<Uuid>,
    /// Whom it is for.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// Of the passphrase and the link's secret, base64url.
    pub passphrase_hash: String,
    /// When it was made.
    pub created_at: UtcInstant,
    /// When it was last redeemed.
    pub last_used_at: Option<UtcInstant>,
    /// What decides whether it opens.
    pub facts: LinkFacts,
    /// What stands between it and the room.
    pub door: LinkDoor,
    /// The review's project.
    pub project: ProjectFacts,
    /// When the review can be watched.
    pub window: ReviewWindow,
}

fn link(row: &SqliteRow) -> Result<LinkRecord, Error> {
    let columns = Columns(row);
    Ok(LinkRecord {
        id: columns.id("id")?,
        review_id: columns.id("review_id")?,
        account_id: columns.id_or_null("account_id")?,
        name: columns.text("name")?,
        email: columns.text("email")?,
        passphrase_hash: columns.text("passphrase_hash")?,
        created_at: columns.instant("created_at")?,
        last_used_at: columns.instant_or_null("last_used_at")?,
        facts: LinkFacts {
            expires_at: columns.instant("expires_at")?,
            revoked_at: columns.instant_or_null("revoked_at")?,
            tries_used: columns.count("tries_used")?,
            in_use: columns.flag("in_use")?,
            uses: columns.count("uses")?,
            uses_limit: columns.count_or_null("uses_limit")?,
        },
        door: LinkDoor {
            origins: Origins { link: columns.parsed("networks")?, project: columns.parsed("project_networks")? },
            waiting_room: columns.flag("waiting_room")?,
            second_device: columns.parsed("second_device")?,
            email_code: columns.flag("email_code")?,
        },
        project: ProjectFacts { id: columns.id("project_id")?, classification: columns.parsed("classification")? },
        window: ReviewWindow {
            starts_at: columns.instant("starts_at")?,
            ends_at: columns.instant("ends_at")?,
            ended_at: columns.instant_or_null("ended_at")?,
        },
    })
}

/// A link's columns; the one parameter is the instant after which a viewer counts as seen.
macro_rules! select_links {
    ($rest:literal) => {
        concat!(
            "SELECT l.*, EXISTS (
               SELECT 1 FROM viewers v WHERE v.link_id = l.id AND v.ended_at IS NULL AND (
                 v.seen_at > ?1 OR EXISTS (SELECT 1 FROM viewings g WHERE g.viewer_id = v.id
                                           AND g.ended_at IS NULL AND g.connected_at IS NOT NULL))) AS in_use,
                    p.networks AS project_networks, p.classification, r.project_id, r.starts_at, r.ends_at, r.ended_at
             FROM links l JOIN reviews r ON r.id = l.review_id JOIN projects p ON p.id = r.project_id ",
            $rest
        )
    };
}

/// Adds a link.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    connection: &mut SqliteConnection,
    link: &LinkRecord,
    secret: TokenHash,
    created_by: Option<Uuid>,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO links (id, review_id, name, email, secret_hash, passphrase_hash, expires_at, created_at, created_by,
                            networks, uses_limit, waiting_room, second_device, email_code, account_id)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(link.id.to_string())
    .bind(link.review_id.to_string())
    .bind(&link.name)
    .bind(&link.email)
    .bind(secret.as_bytes())
    .bind(&link.passphrase_hash)
    .bind(link.facts.expires_at.as_ms())
    .bind(link.created_at.as_ms())
    .bind(created_by.map(|id| id.to_string()))
    .bind(link.door.origins.link.to_string())
    .bind(link.facts.uses_limit)
    .bind(link.door.waiting_room)
    .bind(link.door.second_device.as_str())
    .bind(link.door.email_code)
    .bind(link.account_id.map(|id| id.to_string()))
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether there is a link of a secret.
///
/// # Errors
/// When the database refuses.
pub async fn is_known(connection: &mut SqliteConnection, secret: TokenHash) -> Result<bool, Error> {
    let row = sqlx::query("SELECT 1 FROM links WHERE secret_hash = ?")
        .bind(secret.as_bytes())
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

/// A link by id.
///
/// # Errors
/// When the database refuses.
pub async fn by_id(connection: &mut SqliteConnection, id: Uuid, now: UtcInstant) -> Result<Option<LinkRecord>, Error> {
    let row = sqlx::query(select_links!("WHERE l.id = ?2"))
        .bind(now.minus(IDLE_AFTER).as_ms())
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(link).transpose()
}

/// The link by which an account looks at a review, if it opens still.
///
/// # Errors
/// When the database refuses.
pub async fn of_account(
    connection: &mut SqliteConnection,
    review: Uuid,
    account: Uuid,
    now: UtcInstant,
) -> Result<Option<LinkRecord>, Error> {
    let row = sqlx::query(select_links!(
        "WHERE l.review_id = ?2 AND l.account_id = ?3 AND l.revoked_at IS NULL AND l.expires_at > ?4"
    ))
    .bind(now.minus(IDLE_AFTER).as_ms())
    .bind(review.to_string())
    .bind(account.to_string())
    .bind(now.as_ms())
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(link).transpose()
}

/// A link by the hash of its secret.
///
/// # Errors
/// When the database refuses.
pub async fn by_secret(
    connection: &mut SqliteConnection,
    secret: TokenHash,
    now: UtcInstant,
) -> Result<Option<LinkRecord>, Error> {
    let row = sqlx::query(select_links!("WHERE l.secret_hash = ?2"))
        .bind(now.minus(IDLE_AFTER).as_ms())
        .bind(secret.as_bytes())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(link).transpose()
}

/// All links of a review, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn of_review(
    connection: &mut SqliteConnection,
    review: Uuid,
    now: UtcInstant,
) -> Result<Vec<LinkRecord>, Error> {
    sqlx::query(select_links!("WHERE l.review_id = ?2 ORDER BY l.created_at, l.id"))
        .bind(now.minus(IDLE_AFTER).as_ms())
        .bind(review.to_string())
        .fetch_all(connection)
        .await?
        .iter()
        .map(link)
        .collect()
}

/// All links, oldest first.
///
/// # Errors
/// When the database refuses.
pub async fn list(connection: &mut SqliteConnection, now: UtcInstant) -> Result<Vec<LinkRecord>, Error> {
    sqlx::query(select_links!("ORDER BY l.created_at, l.id"))
        .bind(now.minus(IDLE_AFTER).as_ms())
        .fetch_all(connection)
        .await?
        .iter()
        .map(link)
        .collect()
}

/// Counts a wrong try.
///
/// # Errors
/// When the database refuses.
pub async fn count_try(connection: &mut SqliteConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query("UPDATE links SET tries_used = tries_used + 1 WHERE id = ?")
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes that a link was redeemed; `again` when by the browser that was in already, which is no further use.
///
/// # Errors
/// When the database refuses.
pub async fn set_used(connection: &mut SqliteConnection, id: Uuid, again: bool, now: UtcInstant) -> Result<(), Error> {
    sqlx::query("UPDATE links SET last_used_at = ?, uses = uses + ? WHERE id = ?")
        .bind(now.as_ms())
        .bind(!again)
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Links that are over, not taken back, and of which that was not recorded yet.
///
/// # Errors
/// When the database refuses.
pub async fn expired(connection: &mut SqliteConnection, now: UtcInstant) -> Result<Vec<LinkRecord>, Error> {
    let sql = select_links!(
        "WHERE l.expires_at <= ?2 AND l.expiry_recorded = 0 AND l.revoked_at IS NULL AND l.account_id IS NULL
                             ORDER BY l.review_id, l.created_at, l.id LIMIT 200"
    );
    sqlx::query(sql)
        .bind(now.minus(IDLE_AFTER).as_ms())
        .bind(now.as_ms())
        .fetch_all(connection)
        .await?
        .iter()
        .map(link)
        .collect()
}

/// Notes that it was recorded that a link is over.
///
/// # Errors
/// When the database refuses.
pub async fn set_expiry_recorded(connection: &mut SqliteConnection, id: Uuid) -> Result<(), Error> {
    sqlx::query("UPDATE links SET expiry_recorded = 1 WHERE id = ?").bind(id.to_string()).execute(connection).await?;
    Ok(())
}

/// Takes a link back.
///
/// # Errors
/// When the database refuses.
pub async fn revoke(connection: &mut SqliteConnection, id: Uuid, now: UtcInstant) -> Result<(), Error> {
    sqlx::query("UPDATE links SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL")
        .bind(now.as_ms())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}
