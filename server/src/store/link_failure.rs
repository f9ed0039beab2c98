//! Wrong tries at links of the last minutes.

use sqlx::sqlite::SqliteConnection;
use uuid::Uuid;

use super::Error;
use crate::domain::anomaly::WrongTries;
use crate::domain::instant::UtcInstant;

/// A wrong try to note.
#[derive(Clone, Debug)]
pub struct NewFailure<'a> {
    /// When.
    pub at: UtcInstant,
    /// From where, as it is counted.
    pub network: &'a str,
    /// At which link, and of which review; `None`: of none there is.
    pub link: Option<(Uuid, Uuid)>,
}

/// Notes a wrong try; those from before `since` are forgotten.
///
/// # Errors
/// When the database refuses.
pub async fn insert(
    connection: &mut SqliteConnection,
    failure: &NewFailure<'_>,
    since: UtcInstant,
) -> Result<(), Error> {
    sqlx::query("DELETE FROM link_failures WHERE at < ?").bind(since.as_ms()).execute(&mut *connection).await?;
    sqlx::query("INSERT INTO link_failures (at, network, link_id, review_id) VALUES (?, ?, ?, ?)")
        .bind(failure.at.as_ms())
        .bind(failure.network)
        .bind(failure.link.map(|(link, _)| link.to_string()))
        .bind(failure.link.map(|(_, review)| review.to_string()))
        .execute(connection)
        .await?;
    Ok(())
}

/// Forgets the wrong tries at a link from a network: they were somebody who mistyped.
///
/// # Errors
/// When the database refuses.
pub async fn forget(connection: &mut SqliteConnection, link: Uuid, network: &str) -> Result<(), Error> {
    sqlx::query("DELETE FROM link_failures WHERE network = ? AND link_id = ?")
        .bind(network)
        .bind(link.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

fn wrong_tries((tries, links, known): (i64, i64, i64)) -> WrongTries {
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    WrongTries { tries: count(tries), links: count(links), unknown: count(tries - known) }
}

/// The wrong tries from a network.
///
/// # Errors
/// When the database refuses.
pub async fn of_network(connection: &mut SqliteConnection, network: &str) -> Result<WrongTries, Error> {
    let sql = "SELECT COUNT(*), COUNT(DISTINCT link_id), COUNT(link_id) FROM link_failures WHERE network = ?";
    Ok(wrong_tries(sqlx::query_as(sql).bind(network).fetch_one(connection).await?))
}

/// The wrong tries at a review's links.
///
/// # Errors
/// When the database refuses.
pub async fn of_review(connection: &mut SqliteConnection, review: Uuid) -> Result<WrongTries, Error> {
    let sql = "SELECT COUNT(*), COUNT(DISTINCT link_id), COUNT(link_id) FROM link_failures WHERE review_id = ?";
    Ok(wrong_tries(sqlx::query_as(sql).bind(review.to_string()).fetch_one(connection).await?))
}

/// The links that were tried from a network.
///
/// # Errors
/// When the database refuses.
pub async fn links_of_network(connection: &mut SqliteConnection, network: &str) -> Result<Vec<Uuid>, Error> {
    let sql = "SELECT DISTINCT link_id FROM link_failures WHERE network = ? AND link_id IS NOT NULL ORDER BY link_id";
    let ids: Vec<String> = sqlx::query_scalar(sql).bind(network).fetch_all(connection).await?;
    ids.into_iter()
        .map(|id| Uuid::parse_str(&id).map_err(|_| Error::Corrupt { column: "link_id", value: id }))
        .collect()
}
