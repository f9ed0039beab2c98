//! Projects and their members.

use pipelines::spec::watermark::MarkTemplate;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use crate::domain::instant::UtcInstant;
use crate::domain::network::Networks;
use crate::domain::project::{Classification, ProjectFacts};

/// A project as it is kept.
#[derive(Clone, Debug)]
pub struct ProjectRecord {
    /// What decides about access.
    pub facts: ProjectFacts,
    /// What it is called.
    pub name: String,
    /// From where its reviews may be watched.
    pub networks: Networks,
    /// What its visible marks show.
    pub mark: MarkTemplate,
    /// Whether they may be lifted for moments, where the policy allows that.
    pub clean_hold: bool,
    /// When it was made.
    pub created_at: UtcInstant,
}

fn project(row: &SqliteRow) -> Result<ProjectRecord, Error> {
    let columns = Columns(row);
    Ok(ProjectRecord {
        facts: ProjectFacts { id: columns.id("id")?, classification: columns.parsed("classification")? },
        name: columns.text("name")?,
        networks: columns.parsed("networks")?,
        mark: template(&columns)?,
        clean_hold: columns.flag("clean_hold")?,
        created_at: columns.instant("created_at")?,
    })
}

/// A template that was written down; where none was, the one that every house begins with.
fn template(columns: &Columns<'_>) -> Result<MarkTemplate, Error> {
    Ok(columns.text_or_null("mark")?.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default())
}

/// Adds a project; `false` when the name is taken.
///
/// # Errors
/// When the database refuses.
pub async fn insert(connection: &mut SqliteConnection, project: &ProjectRecord) -> Result<bool, Error> {
    let done = sqlx::query(
        "INSERT INTO projects (id, name, classification, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (name) DO NOTHING",
    )
    .bind(project.facts.id.to_string())
    .bind(&project.name)
    .bind(project.facts.classification.as_str())
    .bind(project.created_at.as_ms())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A project by id.
///
/// # Errors
/// When the database refuses.
pub async fn by_id(connection: &mut SqliteConnection, id: Uuid) -> Result<Option<ProjectRecord>, Error> {
    let row =
        sqlx::query("SELECT * FROM projects WHERE id = ?").bind(id.to_string()).fetch_optional(connection).await?;
    row.as_ref().map(project).transpose()
}

/// All projects by name.
///
/// # Errors
/// When the database refuses.
pub async fn list(connection: &mut SqliteConnection) -> Result<Vec<ProjectRecord>, Error> {
    sqlx::query("SELECT * FROM projects ORDER BY name").fetch_all(connection).await?.iter().map(project).collect()
}

/// Says how secret a project is.
///
/// # Errors
/// When the database refuses.
pub async fn classify(connection: &mut SqliteConnection, id: Uuid, to: Classification) -> Result<(), Error> {
    sqlx::query("UPDATE projects SET classification = ? WHERE id = ?")
        .bind(to.as_str())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Says from where a project's reviews may be watched.
///
/// # Errors
/// When the database refuses.
pub async fn set_networks(connection: &mut SqliteConnection, id: Uuid, networks: &Networks) -> Result<(), Error> {
    sqlx::query("UPDATE projects SET networks = ? WHERE id = ?")
        .bind(networks.to_string())
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Says what a project's visible marks show.
///
/// # Errors
/// When the database refuses.
pub async fn set_mark(connection: &mut SqliteConnection, id: Uuid, mark: &MarkTemplate) -> Result<(), Error> {
    sqlx::query("UPDATE projects SET mark = ? WHERE id = ?")
        .bind(serde_json::to_string(mark)?)
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Says whether a project's visible marks may be lifted.
///
/// # Errors
/// When the database refuses.
pub async fn set_clean_hold(connection: &mut SqliteConnection, id: Uuid, allowed: bool) -> Result<(), Error> {
    sqlx::query("UPDATE projects SET clean_hold = ? WHERE id = ?")
        .bind(allowed)
        .bind(id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// What the visible marks show of each review that somebody watches.
///
/// # Errors
/// When the database refuses.
pub async fn marks_shown(connection: &mut SqliteConnection) -> Result<Vec<(Uuid, MarkTemplate)>, Error> {
    let rows = sqlx::query(
        "SELECT r.id, p.mark FROM reviews r JOIN projects p ON p.id = r.project_id
         WHERE r.id IN (SELECT review_id FROM viewings WHERE ended_at IS NULL)",
    )
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok((Columns(row).id("id")?, template(&Columns(row))?))).collect()
}

/// Links of a project that are not taken back, with their reviews.
///
/// # Errors
/// When the database refuses.
pub async fn links(connection: &mut SqliteConnection, id: Uuid) -> Result<Vec<(Uuid, Uuid)>, Error> {
    let rows = sqlx::query(
        "SELECT l.id, l.review_id FROM links l JOIN reviews r ON r.id = l.review_id
         WHERE r.project_id = ? AND l.revoked_at IS NULL ORDER BY l.id",
    )
    .bind(id.to_string())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| Ok((Columns(row).id("id")?, Columns(row).id("review_id")?))).collect()
}

/// Makes an account a member; `false` when it is one.
///
/// # Errors
/// When the database refuses.
pub async fn add_member(connection: &mut SqliteConnection, project: Uuid, account: Uuid) -> Result<bool, Error> {
    let done = sqlx::query("INSERT INTO memberships (project_id, account_id) VALUES (?, ?) ON CONFLICT DO NOTHING")
        .bind(project.to_string())
        .bind(account.to_string())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a membership; `false` when there is none.
///
/// # Errors
/// When the database refuses.
pub async fn remove_member(connection: &mut SqliteConnection, project: Uuid, account: Uuid) -> Result<bool, Error> {
    let done = sqlx::query("DELETE FROM memberships WHERE project_id = ? AND account_id = ?")
        .bind(project.to_string())
        .bind(account.to_string())
        .execute(connection)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The projects an account is a member of.
///
/// # Errors
/// When the database refuses.
pub async fn of_account(connection: &mut SqliteConnection, account: Uuid) -> Result<Vec<Uuid>, Error> {
    let rows = sqlx::query("SELECT project_id FROM memberships WHERE account_id = ?")
        .bind(account.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Columns(row).id("project_id")).collect()
}

/// The members of all projects: project and name of the account.
///
/// # Errors
/// When the database refuses.
pub async fn members(connection: &mut SqliteConnection) -> Result<Vec<(Uuid, Uuid, String)>, Error> {
    let rows = sqlx::query(
        "SELECT m.project_id, a.id, a.user FROM memberships m JOIN accounts a ON a.id = m.account_id ORDER BY a.user",
    )
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let columns = Columns(row);
            Ok((columns.id("project_id")?, columns.id("id")?, columns.text("user")?))
        })
        .collect()
}
