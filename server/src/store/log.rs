//! The threads of many reviews.

use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Sqlite};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use super::comment::{comment, comment_columns};
use crate::domain::log::{LogFilter, Status, Thread};

/// Threads of these reviews, newest first, at most `limit`, without those whose first comment was taken back.
///
/// # Errors
/// When the database refuses.
pub async fn threads(
    connection: &mut SqliteConnection,
    reviews: &[Uuid],
    filter: &LogFilter,
    limit: u32,
) -> Result<Vec<Thread>, Error> {
    let mut query = QueryBuilder::new(concat!(
        "SELECT ",
        comment_columns!(),
        ", r.title AS review_title FROM comments c JOIN reviews r ON r.id = c.review_id
             WHERE c.parent_id IS NULL AND c.deleted_at IS NULL AND c.review_id IN ("
    ));
    among(&mut query, reviews);
    narrow(&mut query, filter);
    query.push(" ORDER BY c.created_at DESC, c.id DESC LIMIT ").push_bind(limit);
    let rows = query.build().fetch_all(&mut *connection).await?;
    let mut threads = Vec::with_capacity(rows.len());
    for row in &rows {
        let review_title = Columns(row).text("review_title")?;
        threads.push(Thread { first: comment(row)?, answers: Vec::new(), review_title });
    }
    for part in threads.chunks_mut(500) {
        answer(connection, part).await?;
    }
    Ok(threads)
}

fn among(query: &mut QueryBuilder<Sqlite>, ids: &[Uuid]) {
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(id.to_string());
    }
    query.push(")");
}

fn narrow(query: &mut QueryBuilder<Sqlite>, filter: &LogFilter) {
    match filter.status {
        Some(Status::Open) => query.push(" AND c.resolved_at IS NULL"),
        Some(Status::Resolved) => query.push(" AND c.resolved_at IS NOT NULL"),
        None => query,
    };
    if let Some(category) = filter.category {
        query.push(" AND c.category = ").push_bind(category.as_str());
    }
    if let Some(since) = filter.since {
        query.push(" AND c.created_at >= ").push_bind(since.as_ms());
    }
    if let Some(changed) = &filter.changed {
        query
            .push(
                " AND EXISTS (SELECT 1 FROM comments o WHERE o.deleted_at IS NULL AND (o.id = c.id OR o.parent_id = c.id)
                  AND MAX(o.created_at, COALESCE(o.edited_at, 0), COALESCE(o.resolved_at, 0)) BETWEEN ",
            )
            .push_bind(changed.start.as_ms())
            .push(" AND ")
            .push_bind(changed.end.as_ms() - 1)
            .push(")");
    }
    if let Some(before) = filter.before {
        query
            .push(" AND (c.created_at, c.id) < (SELECT created_at, id FROM comments WHERE id = ")
            .push_bind(before.to_string())
            .push(")");
    }
    if let Some(text) = &filter.text {
        let pattern = like(text);
        query
            .push(" AND EXISTS (SELECT 1 FROM comments o WHERE o.deleted_at IS NULL AND (o.id = c.id OR o.parent_id = c.id) AND (o.text LIKE ")
            .push_bind(pattern.clone())
            .push(" ESCAPE '\\' OR o.author LIKE ")
            .push_bind(pattern)
            .push(" ESCAPE '\\'))");
    }
}

/// A pattern that finds a text anywhere, its own signs taken literally.
fn like(text: &str) -> String {
    let literal: String =
        text.chars().flat_map(|c| matches!(c, '%' | '_' | '\\').then_some('\\').into_iter().chain([c])).collect();
    format!("%{literal}%")
}

async fn answer(connection: &mut SqliteConnection, threads: &mut [Thread]) -> Result<(), Error> {
    let mut query = QueryBuilder::new(concat!(
        "SELECT ",
        comment_columns!(),
        " FROM comments c WHERE deleted_at IS NULL AND parent_id IN ("
    ));
    among(&mut query, &threads.iter().map(|thread| thread.first.id).collect::<Vec<_>>());
    query.push(" ORDER BY created_at, id");
    for row in &query.build().fetch_all(connection).await? {
        let found = comment(row)?;
        if let Some(thread) = threads.iter_mut().find(|thread| Some(thread.first.id) == found.parent_id) {
            thread.answers.push(found);
        }
    }
    Ok(())
}
