//! What `/openapi.json` says of the API as a whole.

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, License, OpenApi, OpenApiBuilder, Ref, ResponseBuilder,
};

use super::extract::{ACCOUNT_COOKIE, VIEWER_COOKIE};

/// What the API is, and how it is asked; routes add themselves.
pub fn of_api() -> OpenApi {
    let cookie = |name: &str| SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(name)));
    let mut components = Components::new();
    components.add_security_scheme("viewer", cookie(VIEWER_COOKIE));
    components.add_security_scheme("account", cookie(ACCOUNT_COOKIE));
    components.add_security_scheme("lease", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    components.add_security_scheme("publish_key", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let info = InfoBuilder::new()
        .title("Vitrine")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Shows a grading output in true colour to named people. Requests that change something need an Origin header \
             equal to the server's own origin. An account's session ends when it was not used for as long as the policy says; \
             only requests with an `X-Vitrine-Attended` header are use.",
        ))
        .license(Some(License::new("Apache-2.0 OR MIT")))
        .build();
    OpenApiBuilder::new().info(info).components(Some(components)).build()
}

/// Adds the answer to whoever is known and asks too fast, which no handler gives: they are counted before.
pub fn add_limits(api: &mut OpenApi) {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let too_fast =
        ResponseBuilder::new().description("Too many requests of one person").content("application/json", problem);
    let too_fast = too_fast.build();
    for operation in api.paths.paths.values_mut().flat_map(operations) {
        if operation.security.as_ref().is_some_and(|security| !security.is_empty()) {
            let responses = &mut operation.responses.responses;
            responses.entry("429".to_owned()).or_insert_with(|| too_fast.clone().into());
        }
    }
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, patch, delete, .. } = path;
    [get, put, post, patch, delete].into_iter().flatten()
}
