//! What probes measured on viewers' displays.

use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

use super::Error;
use crate::domain::instant::UtcInstant;
use crate::domain::probe::Probe;

/// Keeps a viewer's last measurement with its file.
///
/// # Errors
/// When the database refuses.
pub async fn put(
    connection: &mut SqliteConnection,
    viewer: Uuid,
    probe: &Probe,
    file: &str,
    now: UtcInstant,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO probes (viewer_id, result, file, made_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (viewer_id) DO UPDATE SET
            result = excluded.result, file = excluded.file, made_at = excluded.made_at",
    )
    .bind(viewer.to_string())
    .bind(serde_json::to_string(probe)?)
    .bind(file)
    .bind(now.as_ms())
    .execute(connection)
    .await?;
    Ok(())
}
