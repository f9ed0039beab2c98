//! Facts the running server leaves for the command line, by name.

use sqlx::sqlite::SqliteConnection;

use super::Error;

/// Where browsers reach the server, e.g. `https://review.example.org`.
pub const PUBLIC_URL: &str = "public_url";
/// The policy under which the server last ran.
pub const PROFILE: &str = "profile";
/// Fingerprint of the marks' master key; empty when only that there was one is known.
pub const MARK_KEY: &str = "mark_key";
/// The tries for a certificate that came to nothing since the last that did not, as JSON.
pub const CERTIFICATE_FAILURES: &str = "certificate_failures";
/// The demo's review.
pub const DEMO_REVIEW: &str = "demo_review";

/// A setting's value.
///
/// # Errors
/// When the database refuses.
pub async fn get(connection: &mut SqliteConnection, name: &str) -> Result<Option<String>, Error> {
    Ok(sqlx::query_scalar("SELECT value FROM settings WHERE name = ?").bind(name).fetch_optional(connection).await?)
}

/// Forgets a value.
///
/// # Errors
/// When the database refuses.
pub async fn forget(connection: &mut SqliteConnection, name: &str) -> Result<(), Error> {
    sqlx::query("DELETE FROM settings WHERE name = ?").bind(name).execute(connection).await?;
    Ok(())
}

/// Sets a value.
///
/// # Errors
/// When the database refuses.
pub async fn set(connection: &mut SqliteConnection, name: &str, value: &str) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    )
    .bind(name)
    .bind(value)
    .execute(connection)
    .await?;
    Ok(())
}
