//! Files that leave the house.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::HttpState;
use super::extract::{Id, SignedIn};
use super::problem::Problem;
use crate::export::Format;
use crate::service::export::Container;

/// How a CSV is wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CsvForm {
    /// `1`: with a byte order mark, for spreadsheets that want one.
    bom: Option<String>,
}

/// File names are made here of ids and fixed words, so nothing in them needs quoting.
pub(super) fn file(content_type: &'static str, name: &str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, content_type.to_owned()), (CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

/// Comments as a file. Formats made of markers need at least one comment; what does not fit into one file of the format
/// comes as a ZIP of several.
#[utoipa::path(get, path = "/api/reviews/{id}/comments/{format}", tag = "console", security(("account" = [])),
    params(("id" = uuid::Uuid, Path, description = "The review"),
        ("format" = inline(Format), Path, description = "Form of the file"), CsvForm),
    responses(
        (status = 200, description = "The file", content(
            (String = "text/csv"), (Object = "application/json"), (String = "text/plain"), (String = "application/xml"),
            (Vec<u8> = "application/pdf"), (Vec<u8> = "application/zip"))),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "There are no comments")))]
pub async fn export_comments(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    path: Result<Path<(Uuid, Format)>, PathRejection>,
    Query(form): Query<CsvForm>,
) -> Result<Response, Problem> {
    let Path((id, format)) = path.map_err(|_| Problem::not_found())?;
    let bom = form.bom.as_deref() == Some("1");
    let exported = state.screening.services.export_comments(id, format, bom, &signed_in.by()).await?;
    Ok(file(exported.content_type, &exported.file_name, exported.bytes))
}

/// Everything about a review in one ZIP.
#[utoipa::path(get, path = "/api/reviews/{id}/archive.zip", tag = "console", security(("account" = [])),
    params(("id" = uuid::Uuid, Path, description = "The review")),
    responses((status = 200, body = Vec<u8>, content_type = "application/zip"), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn archive_zip(State(state): State<HttpState>, signed_in: SignedIn, Id(id): Id) -> Result<Response, Problem> {
    let services = &state.screening.services;
    let archive = services.archive_review(id, Container::Zip, &state.note_key, &signed_in.by()).await?;
    Ok(file("application/zip", &archive.name, archive.bytes))
}

/// Carries the passphrase of an archive, this once.
const PASSPHRASE: HeaderName = HeaderName::from_static("vitrine-passphrase");

/// Everything about a review in one 7z, encrypted (AES-256, names too) with a passphrase made for it. The passphrase stands in
/// the header `Vitrine-Passphrase` of the answer and nowhere else.
#[utoipa::path(post, path = "/api/reviews/{id}/archive.7z", tag = "console", security(("account" = [])),
    params(("id" = uuid::Uuid, Path, description = "The review")),
    responses((status = 200, body = Vec<u8>, content_type = "application/x-7z-compressed",
            headers(("Vitrine-Passphrase" = String, description = "Opens the archive; shown this once"))),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn archive_seven_zip(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<Response, Problem> {
    let services = &state.screening.services;
    let archive = services.archive_review(id, Container::SevenZip, &state.note_key, &signed_in.by()).await?;
    let mut response = file("application/x-7z-compressed", &archive.name, archive.bytes);
    let shown = archive.passphrase.as_ref().map(|passphrase| HeaderValue::from_str(passphrase.reveal()));
    if let Some(Ok(mut shown)) = shown {
        shown.set_sensitive(true);
        response.headers_mut().insert(PASSPHRASE, shown);
    }
    Ok(response)
}
