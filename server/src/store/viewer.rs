//! Viewers.

use pipelines::spec::color::TargetColor;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::columns::Columns;
use super::{Error, inside};
use crate::domain::display::DisplayCheck;
use crate::domain::instant::UtcInstant;
use crate::domain::network::Origins;
use crate::domain::probe::Probe;
use crate::domain::project::ProjectFacts;
use crate::domain::proof::Worst;
use crate::domain::secret::TokenHash;
use crate::domain::viewing::{Authority, EndReason};

/// A viewer as it is kept, with what decides about their right to stay.
#[derive(Clone, Debug)]
pub struct ViewerRecord {
    /// Its id.
    pub id: Uuid,
    /// The review they watch.
    pub review_id: Uuid,
    /// Its project.
    pub project: ProjectFacts,
    /// The link they came by.
    pub link_id: Uuid,
    /// The recipient's name.
    pub name: String,
    /// The recipient's e-mail address.
    pub email: String,
    /// The address they joined from.
    pub ip: String,
    /// Their browser, shortened.
    pub browser: String,
    /// Code burned into their picture.
    pub session_code: String,
    /// When they joined.
    pub joined_at: UtcInstant,
    /// When they were last heard of.
    pub seen_at: UtcInstant,
    /// When they ended.
    pub ended_at: Option<UtcInstant>,
    /// Their running viewing.
    pub viewing: Option<Uuid>,
    /// Whether its picture has reached the browser.
    pub connected: bool,
    /// Whether somebody of the house has yet to let them in.
    pub waits: bool,
    /// What they found when they last checked their display.
    pub display: Option<DisplayCheck>,
    /// When that was.
    pub display_at: Option<UtcInstant>,
    /// What a probe measured on their display last.
    pub probe: Option<Probe>,
    /// When that was sent.
    pub probe_at: Option<UtcInstant>,
    /// The worst that was reported of their picture, in whichever viewing.
    pub worst: Option<Worst>,
    /// Frames whose number in the picture was compared with RTP's, in all their viewings.
    pub frames_checked: u64,
    /// Those in which it was another.
    pub frames_disagreed: u64,
    /// The colour the house wants them sent; `None`: what suits their display.
    pub target: Option<TargetColor>,
    /// Whether the house has muted them.
    pub muted: bool,
    /// The session of the house in which they look; `None` for a guest.
    pub session: Option<Uuid>,
    /// From where they may watch.
    pub origins: Origins,
    /// What decides about their right to stay.
    pub authority: Authority,
}

/// Columns of a viewer with its link, review and running viewing.
macro_rules! select_viewers {
    ($rest:literal) => {
        concat!(
            "SELECT v.*, l.name, l.email, l.networks, l.muted_at IS NOT NULL AS muted, p.networks AS project_networks, l.expires_at AS link_expires_at, l.revoked_at AS link_revoked_at,
                    r.starts_at, r.ends_at, r.ended_at AS review_ended_at, r.project_id, p.classification, g.id AS viewing,
                    g.connected_at IS NOT NULL AS connected, d.findings, d.made_at AS display_at, b.result AS probe, b.made_at AS probe_at,
                    (SELECT group_concat(w.proof_worst, ';') FROM viewings w WHERE w.viewer_id = v.id) AS worsts,
                    (SELECT COALESCE(SUM(w.frames_checked), 0) FROM viewings w WHERE w.viewer_id = v.id) AS frames_checked,
                    (SELECT COALESCE(SUM(w.frames_disagreed), 0) FROM viewings w WHERE w.viewer_id = v.id) AS frames_disagreed
             FROM viewers v
             JOIN links l ON l.id = v.link_id
             JOIN reviews r ON r.id = v.review_id
             JOIN projects p ON p.id = r.project_id
             LEFT JOIN displays d ON d.viewer_id = v.id
             LEFT JOIN probes b ON b.viewer_id = v.id
             LEFT JOIN viewings g ON g.viewer_id = v.id AND g.ended_at IS NULL ",
            $rest
        )
    };
}

fn viewer(row: &SqliteRow) -> Result<ViewerRecord, Error> {
    let columns = Columns(row);
    Ok(ViewerRecord {
        id: columns.id("id")?,
        review_id: columns.id("review_id")?,
        project: ProjectFacts { id: columns.id("project_id")?, classification: columns.parsed("classification")? },
        link_id: columns.id("link_id")?,
        name: columns.text("name")?,
        email: columns.text("email")?,
        ip: columns.text("ip")?,
        browser: columns.text("browser")?,
        session_code: columns.text("session_code")?,
        joined_at: columns.instant("joined_at")?,
        seen_at: columns.instant("seen_at")?,
        ended_at: columns.instant_or_null("ended_at")?,
        viewing: columns.id_or_null("viewing")?,
        connected: columns.flag("connected")?,
        waits: columns.flag("waits")?,
        display: columns.text_or_null("findings")?.map(|text| serde_json::from_str(&text)).transpose()?,
        display_at: columns.instant_or_null("display_at")?,
        probe: columns.text_or_null("probe")?.map(|text| serde_json::from_str(&text)).transpose()?,
        probe_at: columns.instant_or_null("probe_at")?,
        worst: worst(columns.text_or_null("worsts")?)?,
        frames_checked: columns.whole("frames_checked")?,
        frames_disagreed: columns.whole("frames_disagreed")?,
        target: columns.parsed_or_null("target")?,
        muted: columns.flag("muted")?,
        session: columns.id_or_null("session_id")?,
        origins: inside::origins(&columns)?,
        authority: inside::authority(&columns)?,
    })
}

/// The worst of what stands in viewings, apart by `;`.
fn worst(texts: Option<String>) -> Result<Option<Worst>, Error> {
    let corrupt = |text: &str| Error::Corrupt { column: "proof_worst", value: text.to_owned() };
    let each = texts.iter().flat_map(|texts| texts.split(';'));
    let each = each.map(|text| text.parse::<Worst>().map_err(|_| corrupt(text)));
    Ok(each.collect::<Result<Vec<_>, _>>()?.into_iter().reduce(Worst::or))
}

/// A viewer to add.
#[derive(Clone, Debug)]
pub struct NewViewer<'a> {
    /// Its id.
    pub id: Uuid,
    /// The review.
    pub review_id: Uuid,
    /// The link.
    pub link_id: Uuid,
    /// Hash of the cookie.
    pub token: TokenHash,
    /// The address.
    pub ip: &'a str,
    /// The browser.
    pub browser: &'a str,
    /// The code.
    pub session_code: &'a str,
    /// Whether they wait to be let in.
    pub waits: bool,
    /// Until when they have the right to media, if they have.
    pub lease_expires_at: Option<UtcInstant>,
    /// Now.
    pub joined_at: UtcInstant,
}

/// Adds a viewer.
///
/// # Errors
/// When the database refuses.
pub async fn insert(connection: &mut SqliteConnection, viewer: &NewViewer<'_>) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO viewers (id, review_id, link_id, token_hash, ip, browser, session_code, joined_at, seen_at, waits,
                              lease_expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, ?9, ?10)",
    )
    .bind(viewer.id.to_string())
    .bind(viewer.review_id.to_string())
    .bind(viewer.link_id.to_string())
    .bind(viewer.token.as_bytes())
    .bind(viewer.ip)
    .bind(viewer.browser)
    .bind(viewer.session_code)
    .bind(viewer.joined_at.as_ms())
    .bind(viewer.waits)
    .bind(viewer.lease_expires_at.map(UtcInstant::as_ms))
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes in which session of the house a viewer looks.
///
/// # Errors
/// When the database refuses.
pub async fn set_session(connection: &mut SqliteConnection, id: Uuid, session: Uuid) -> Result<(), Error> {
    sqlx::query("UPDATE viewers SET session_id = ? WHERE id = ?")
        .bind(session.to_string())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Lets a viewer in; `false` when they did not wait.
///
/// # Errors
/// When the database refuses.
pub async fn admit(connection: &mut SqliteConnection, id: Uuid) -> Result<bool, Error> {
    let done = sqlx::query("UPDATE viewers SET waits = 0 WHERE id = ? AND waits = 1 AND ended_at IS NULL")
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// A viewer by id.
///
/// # Errors
/// When the database refuses.
pub async fn by_id(connection: &mut SqliteConnection, id: Uuid) -> Result<Option<ViewerRecord>, Error> {
    let row = sqlx::query(select_viewers!("WHERE v.id = ?")).bind(id.to_string()).fetch_optional(connection).await?;
    row.as_ref().map(viewer).transpose()
}

/// A viewer by the hash of their cookie.
///
/// # Errors
/// When the database refuses.
pub async fn by_token(connection: &mut SqliteConnection, token: TokenHash) -> Result<Option<ViewerRecord>, Error> {
    let row = sqlx::query(select_viewers!("WHERE v.token_hash = ?"))
        .bind(token.as_bytes())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(viewer).transpose()
}

/// All viewers of a review, newest first.
///
/// # Errors
/// When the database refuses.
pub async fn of_review(connection: &mut SqliteConnection, review: Uuid) -> Result<Vec<ViewerRecord>, Error> {
    sqlx::query(select_viewers!("WHERE v.review_id = ? ORDER BY v.joined_at DESC, v.id DESC"))
        .bind(review.to_string())
        .fetch_all(connection)
        .await?
        .iter()
        .map(viewer)
        .collect()
}

/// Addresses, with the link each came by, from which one e-mail address is in other rooms and not idle: connected, or seen
/// after `seen_after`. Not the house's own.
///
/// # Errors
/// When the database refuses.
pub async fn addresses_of_person(
    connection: &mut SqliteConnection,
    email: &str,
    not_by: Uuid,
    seen_after: UtcInstant,
) -> Result<Vec<(Uuid, String)>, Error> {
    sqlx::query(
        "SELECT v.link_id, v.ip FROM links l JOIN viewers v ON v.link_id = l.id
         WHERE lower(l.email) = lower(?1) AND l.account_id IS NULL AND l.id <> ?2 AND v.ended_at IS NULL AND (
           v.seen_at > ?3 OR EXISTS (SELECT 1 FROM viewings g WHERE g.viewer_id = v.id
                                     AND g.ended_at IS NULL AND g.connected_at IS NOT NULL))
         ORDER BY v.joined_at, v.id",
    )
    .bind(email)
    .bind(not_by.to_string())
    .bind(seen_after.as_ms())
    .fetch_all(connection)
    .await?
    .iter()
    .map(|row| Ok((Columns(row).id("link_id")?, Columns(row).text("ip")?)))
    .collect()
}

/// Notes in what colour a viewer is to be sent the picture.
///
/// # Errors
/// When the database refuses.
pub async fn set_target(connection: &mut SqliteConnection, id: Uuid, target: Option<TargetColor>) -> Result<(), Error> {
    sqlx::query("UPDATE viewers SET target = ? WHERE id = ?")
        .bind(target.map(TargetColor::name))
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes that a viewer was heard of.
///
/// # Errors
/// When the database refuses.
pub async fn touch(connection: &mut SqliteConnection, id: Uuid, now: UtcInstant) -> Result<(), Error> {
    sqlx::query("UPDATE viewers SET seen_at = MAX(seen_at, ?) WHERE id = ? AND ended_at IS NULL")
        .bind(now.as_ms())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Notes until when a viewer has the right to media.
///
/// # Errors
/// When the database refuses.
pub async fn set_lease(
    connection: &mut SqliteConnection,
    id: Uuid,
    expires_at: UtcInstant,
    now: UtcInstant,
) -> Result<(), Error> {
    sqlx::query("UPDATE viewers SET lease_expires_at = ?, seen_at = MAX(seen_at, ?) WHERE id = ? AND ended_at IS NULL")
        .bind(expires_at.as_ms())
        .bind(now.as_ms())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Ends a viewer; `false` when they had ended before.
///
/// # Errors
/// When the database refuses.
pub async fn end(
    connection: &mut SqliteConnection,
    id: Uuid,
    reason: EndReason,
    now: UtcInstant,
) -> Result<bool, Error> {
    let done = sqlx::query("UPDATE viewers SET ended_at = ?, ended_reason = ? WHERE id = ? AND ended_at IS NULL")
        .bind(now.as_ms())
        .bind(reason.as_str())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}
