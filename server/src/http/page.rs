//! Pages, their assets, and what machines ask first.

use axum::Json;
use axum::extract::Path;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::response::{IntoResponse, Redirect, Response};
use rust_embed::RustEmbed;
use serde::Serialize;
use utoipa::ToSchema;

use super::problem::Problem;

/// The web player as it was built.
#[derive(RustEmbed)]
#[folder = "../web-player/dist"]
struct Player;

const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Vitrine</title>\
    <h1>The web player was not built</h1><p>Run <code>make build</code>, which builds the pages before the server.</p>";

const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The server lives.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    status: &'static str,
    /// Version of the program.
    version: &'static str,
}

fn html(name: &str) -> Response {
    let page = Player::get(name).map(|file| file.data.into_owned()).unwrap_or_else(|| NOT_BUILT.as_bytes().to_vec());
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        Some("json" | "map") => "application/json",
        Some("wasm") => "application/wasm",
        _ => "application/octet-stream",
    }
}

/// The house's own door.
#[utoipa::path(get, path = "/", tag = "pages", responses((status = 303, description = "To the console")))]
pub async fn root() -> Redirect {
    Redirect::to("/console")
}

/// Page of an invited person.
#[utoipa::path(get, path = "/join", tag = "pages",
    responses((status = 200, description = "The page; the link's secret stays in the fragment", content_type = "text/html")))]
pub async fn join() -> Response {
    html("client.html")
}

/// Page of the room: the same as `/join`.
#[utoipa::path(get, path = "/room", tag = "pages",
    responses((status = 200, description = "The page", content_type = "text/html")))]
pub async fn room() -> Response {
    html("client.html")
}

/// Page of the house.
#[utoipa::path(get, path = "/console", tag = "pages",
    responses((status = 200, description = "The page", content_type = "text/html")))]
pub async fn console() -> Response {
    html("console.html")
}

/// Page that shows, full screen, the patches of calibration software on the viewer's own machine.
#[utoipa::path(get, path = "/patches", tag = "pages",
    responses((status = 200, description = "The page", content_type = "text/html")))]
pub async fn patches() -> Response {
    html("patches.html")
}

/// A file of the pages; its name carries its hash.
#[utoipa::path(get, path = "/assets/{*file}", tag = "pages", params(("file" = String, Path, description = "Name of the file")),
    responses((status = 200, description = "The file"), (status = 404, body = Problem)))]
pub async fn asset(Path(file): Path<String>, asked: HeaderMap) -> Result<Response, Problem> {
    let path = format!("assets/{file}");
    let plain = Player::get(&path).ok_or_else(Problem::not_found)?;
    let headers = [(CONTENT_TYPE, content_type(&path)), (CACHE_CONTROL, FOR_EVER), (VARY, "accept-encoding")];
    // The player's build lays a compressed copy beside each text (`web-player/vite.config.ts`).
    match Player::get(&format!("{path}.gz")).filter(|_| takes_gzip(&asked)) {
        Some(small) => Ok((headers, [(CONTENT_ENCODING, "gzip")], small.data.into_owned()).into_response()),
        None => Ok((headers, plain.data.into_owned()).into_response()),
    }
}

fn takes_gzip(asked: &HeaderMap) -> bool {
    let values = asked.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    // `gzip;q=0` is a refusal, and the only parameter that matters.
    values.flat_map(|value| value.split(',')).any(|coding| coding.replace(' ', "").trim_end_matches(";q=1.0") == "gzip")
}

/// Whether the server lives.
#[utoipa::path(get, path = "/healthz", tag = "machines", responses((status = 200, body = Health)))]
pub async fn health() -> Json<Health> {
    Json(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "machines",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json")))]
pub async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(super::openapi())
}
