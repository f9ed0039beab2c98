//! Reviews.

use pipelines::spec::color::InputColor;
use pipelines::spec::look::{Look, LutFile};
use pipelines::spec::source::{Passphrase, ProgramSpec, SourceSpec};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::Error;
use super::columns::Columns;
use super::source::NewSource;
use crate::domain::instant::UtcInstant;
use crate::domain::project::ProjectFacts;
use crate::domain::review::ReviewWindow;
use crate::domain::source::usual_name;

/// A review as it is kept.
#[derive(Clone, Debug)]
pub struct ReviewRecord {
    /// Its id.
    pub id: Uuid,
    /// The project it belongs to.
    pub project: ProjectFacts,
    /// The account that planned it; `None` for the command line.
    pub created_by: Option<Uuid>,
    /// What it is called.
    pub title: String,
    /// Who invites.
    pub host: String,
    /// When people can watch.
    pub window: ReviewWindow,
    /// Where the picture comes from and what its colour is.
    pub program: ProgramSpec,
    /// When it was made.
    pub created_at: UtcInstant,
    /// The round before it, of which it is the next version.
    pub previous: Option<Uuid>,
    /// 1, 2, 3 ... by rounds.
    pub version: u32,
}

impl ReviewRecord {
    /// File name of the show LUT.
    pub fn look_name(&self) -> Option<&str> {
        self.program.look.grade.lut.as_ref().map(|file| file.name.as_str())
    }
}

pub(super) fn without_passphrase(source: &SourceSpec) -> (SourceSpec, Option<String>) {
    match source {
        SourceSpec::Srt { uri, passphrase } => {
            let kept = passphrase.as_ref().map(|secret| secret.reveal().to_owned());
            (SourceSpec::Srt { uri: uri.clone(), passphrase: None }, kept)
        }
        other => (other.clone(), None),
    }
}

pub(super) fn word_of(color: InputColor) -> Result<String, Error> {
    match serde_json::to_value(color)? {
        serde_json::Value::String(word) => Ok(word),
        other => Err(Error::Corrupt { column: "input_color", value: other.to_string() }),
    }
}

fn review(row: &SqliteRow) -> Result<ReviewRecord, Error> {
    let columns = Columns(row);
    let mut source: SourceSpec = serde_json::from_str(&columns.text("source")?)?;
    if let SourceSpec::Srt { passphrase, .. } = &mut source {
        *passphrase = columns.text_or_null("source_passphrase")?.map(Passphrase::new);
    }
    let title = columns.text("title")?;
    Ok(ReviewRecord {
        id: columns.id("id")?,
        project: ProjectFacts { id: columns.id("project_id")?, classification: columns.parsed("classification")? },
        created_by: columns.id_or_null("created_by")?,
        host: columns.text("host")?,
        window: ReviewWindow {
            starts_at: columns.instant("starts_at")?,
            ends_at: columns.instant("ends_at")?,
            ended_at: columns.instant_or_null("ended_at")?,
        },
        program: ProgramSpec {
            source_id: columns.id("source_id")?,
            source,
            look: look(&columns)?,
            start_timecode: columns.text_or_null("start_timecode")?,
            drop_frame: columns.flag("drop_frame")?,
            title: title.clone(),
        },
        title,
        created_at: columns.instant("created_at")?,
        previous: columns.id_or_null("previous_id")?,
        version: columns.count("version")?,
    })
}

fn look(columns: &Columns<'_>) -> Result<Look, Error> {
    let mut look: Look = match columns.text_or_null("look")? {
        Some(json) => serde_json::from_str(&json)?,
        None => Look::default(),
    };
    look.input_color = serde_json::from_value(serde_json::Value::String(columns.text("input_color")?))?;
    look.grade.lut = lut(columns, "lut_name", "lut_data")?;
    if look.grade.lut.is_none()
        && let Some(cube) = columns.text_or_null("look_cube")?
    {
        let name = columns.text_or_null("look_name")?.unwrap_or_default();
        look.grade.lut = Some(LutFile { name, data: cube.into_bytes() });
    }
    if let Some(wipe) = &mut look.wipe {
        wipe.grade.lut = lut(columns, "wipe_lut_name", "wipe_lut_data")?;
    }
    Ok(look)
}

fn lut(columns: &Columns<'_>, name: &'static str, data: &'static str) -> Result<Option<LutFile>, Error> {
    let Some(name) = columns.text_or_null(name)? else { return Ok(None) };
    Ok(Some(LutFile { name, data: columns.bytes(data)? }))
}

/// Writes a review's look down; its LUT files are kept by their content.
///
/// # Errors
/// When the database refuses.
pub async fn set_look(connection: &mut SqliteConnection, id: Uuid, look: &Look) -> Result<(), Error> {
    let mut bare = look.clone();
    let mut kept = [None, None];
    let files = [bare.grade.lut.take(), bare.wipe.as_mut().and_then(|wipe| wipe.grade.lut.take())];
    for (place, file) in kept.iter_mut().zip(files) {
        if let Some(file) = file {
            *place = Some(super::lut::keep(&mut *connection, &file).await?.to_string());
        }
    }
    let [lut, wipe_lut] = kept;
    sqlx::query(
        "UPDATE reviews SET input_color = ?, look = ?, lut_id = ?, wipe_lut_id = ?, look_cube = NULL, look_name = NULL
         WHERE id = ?",
    )
    .bind(word_of(look.input_color)?)
    .bind(serde_json::to_string(&bare)?)
    .bind(lut)
    .bind(wipe_lut)
    .bind(id.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// A review's columns with those of its project and its LUTs.
macro_rules! select_reviews {
    ($rest:literal) => {
        concat!(
            "SELECT r.*, p.classification, l.name AS lut_name, l.data AS lut_data, w.name AS wipe_lut_name,
                    w.data AS wipe_lut_data
             FROM reviews r JOIN projects p ON p.id = r.project_id LEFT JOIN luts l ON l.id = r.lut_id
                  LEFT JOIN luts w ON w.id = r.wipe_lut_id ",
            $rest
        )
    };
}

/// Adds a review.
///
/// # Errors
/// When the database refuses.
pub async fn insert(connection: &mut SqliteConnection, review: &ReviewRecord) -> Result<(), Error> {
    let (source, passphrase) = without_passphrase(&review.program.source);
    sqlx::query(
        "INSERT INTO reviews (id, title, host, starts_at, ends_at, source, source_passphrase, input_color, start_timecode,
                               drop_frame, created_at, project_id, created_by, source_id, previous_id, version)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(review.id.to_string())
    .bind(&review.title)
    .bind(&review.host)
    .bind(review.window.starts_at.as_ms())
    .bind(review.window.ends_at.as_ms())
    .bind(serde_json::to_string(&source)?)
    .bind(passphrase)
    .bind(word_of(review.program.look.input_color)?)
    .bind(&review.program.start_timecode)
    .bind(review.program.drop_frame)
    .bind(review.created_at.as_ms())
    .bind(review.project.id.to_string())
    .bind(review.created_by.map(|id| id.to_string()))
    .bind(review.program.source_id.to_string())
    .bind(review.previous.map(|id| id.to_string()))
    .bind(review.version)
    .execute(&mut *connection)
    .await?;
    let first = NewSource {
        id: review.program.source_id,
        review: review.id,
        name: usual_name(&review.program.source),
        spec: review.program.source.clone(),
        input_color: review.program.look.input_color,
        start_timecode: review.program.start_timecode.clone(),
        drop_frame: review.program.drop_frame,
        added_at: review.created_at,
    };
    super::source::insert(connection, &first).await?;
    set_look(connection, review.id, &review.program.look).await
}

/// A review by id.
///
/// # Errors
/// When the database refuses.
pub async fn by_id(connection: &mut SqliteConnection, id: Uuid) -> Result<Option<ReviewRecord>, Error> {
    let row = sqlx::query(select_reviews!("WHERE r.id = ?")).bind(id.to_string()).fetch_optional(connection).await?;
    row.as_ref().map(review).transpose()
}

/// All reviews, newest first.
///
/// # Errors
/// When the database refuses.
pub async fn list(connection: &mut SqliteConnection) -> Result<Vec<ReviewRecord>, Error> {
    sqlx::query(select_reviews!("ORDER BY r.starts_at DESC, r.id DESC"))
        .fetch_all(connection)
        .await?
        .iter()
        .map(review)
        .collect()
}

/// Reviews in their window at `now`.
///
/// # Errors
/// When the database refuses.
pub async fn live(connection: &mut SqliteConnection, now: UtcInstant) -> Result<Vec<ReviewRecord>, Error> {
    sqlx::query(select_reviews!("WHERE r.ended_at IS NULL AND r.starts_at <= ? AND r.ends_at > ?"))
        .bind(now.as_ms())
        .bind(now.as_ms())
        .fetch_all(connection)
        .await?
        .iter()
        .map(review)
        .collect()
}

/// Reviews an account planned that were not ended.
///
/// # Errors
/// When the database refuses.
pub async fn planned_by(connection: &mut SqliteConnection, account: Uuid) -> Result<Vec<ReviewRecord>, Error> {
    sqlx::query(select_reviews!("WHERE r.created_by = ? AND r.ended_at IS NULL"))
        .bind(account.to_string())
        .fetch_all(connection)
        .await?
        .iter()
        .map(review)
        .collect()
}

/// Ends a review and takes its links back; says which links.
///
/// # Errors
/// When the database refuses.
pub async fn end(connection: &mut SqliteConnection, id: Uuid, now: UtcInstant) -> Result<Vec<Uuid>, Error> {
    sqlx::query("UPDATE reviews SET ended_at = ? WHERE id = ? AND ended_at IS NULL")
        .bind(now.as_ms())
        .bind(id.to_string())
        .execute(&mut *connection)
        .await?;
    let rows = sqlx::query("UPDATE links SET revoked_at = ? WHERE review_id = ? AND revoked_at IS NULL RETURNING id")
        .bind(now.as_ms())
        .bind(id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Columns(row).id("id")).collect()
}
