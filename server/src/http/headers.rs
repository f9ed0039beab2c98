//! Headers on every answer.

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;

/// Two policies, each made once: the room's, which lets it start the worker that reads pictures (`web-player/src/proof/eye.ts`),
/// and the console's for its scopes (`web-player/src/scopes/feed.ts`).
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    font-src 'self'; connect-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types proof-worker scopes-worker";

/// The page of patches shows a frame of the viewer's own machine (`web-player/src/patches/Patches.tsx`), which carries no headers of
/// ours; it knows nothing and asks the server for nothing.
const PATCHES: &str = "/patches";
const PATCHES_CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
    frame-src http://localhost:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

const PERMISSIONS: &str = "accelerometer=(), autoplay=(self), \
    camera=(), compute-pressure=(), display-capture=(), encrypted-media=(), fullscreen=(self), gamepad=(), \
    geolocation=(), gyroscope=(), hid=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), \
    payment=(), picture-in-picture=(), publickey-credentials-create=(self), publickey-credentials-get=(self), screen-wake-lock=(self), serial=(), \
    usb=(), window-management=(), xr-spatial-tracking=()";

const EMBEDDER_POLICY: HeaderName = HeaderName::from_static("cross-origin-embedder-policy");

const ALWAYS: [(HeaderName, &str); 9] = [
    (CONTENT_SECURITY_POLICY, CONTENT_POLICY),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (EMBEDDER_POLICY, "require-corp"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (X_FRAME_OPTIONS, "DENY"),
];

/// Puts the security headers on an answer; `no-store` unless the handler said otherwise.
pub async fn secure(request: Request, next: Next) -> Response {
    let patches = request.uri().path() == PATCHES;
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if patches {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PATCHES_CONTENT_POLICY));
        headers.remove(EMBEDDER_POLICY);
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
