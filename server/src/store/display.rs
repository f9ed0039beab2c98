//! What viewers found when they checked their display.

use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

use super::Error;
use crate::domain::display::DisplayCheck;
use crate::domain::instant::UtcInstant;

/// Keeps a viewer's last check.
///
/// # Errors
/// When the database refuses.
pub async fn put(
    connection: &mut SqliteConnection,
    viewer: Uuid,
    viewing: Option<Uuid>,
    check: &DisplayCheck,
    now: UtcInstant,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO displays (viewer_id, viewing_id, findings, made_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (viewer_id) DO UPDATE SET
            viewing_id = excluded.viewing_id, findings = excluded.findings, made_at = excluded.made_at",
    )
    .bind(viewer.to_string())
    .bind(viewing.map(|id| id.to_string()))
    .bind(serde_json::to_string(check)?)
    .bind(now.as_ms())
    .execute(connection)
    .await?;
    Ok(())
}
