//! What WHIP (RFC 9725) and WHEP have in common: SDP bodies, entity tags of the ICE negotiation, and who may ask.

use axum::http::header::{ACCEPT, CONTENT_TYPE, ETAG, HeaderName, IF_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use crate::media::{IceNames, Restart, RestartError, Restarted};

/// Type of offers and answers.
pub const SDP: &str = "application/sdp";
/// Type of what a PATCH carries.
const FRAGMENT: &str = "application/trickle-ice-sdpfrag";
/// Which types a POST takes (RFC 9725 section 4.1).
const ACCEPT_POST: HeaderName = HeaderName::from_static("accept-post");
/// Which types a PATCH takes.
const ACCEPT_PATCH: HeaderName = HeaderName::from_static("accept-patch");

fn media_type(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let value = headers.get(name)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// Says that the body is an offer and that an answer is taken.
pub fn check_offer(headers: &HeaderMap) -> Result<(), Problem> {
    if media_type(headers, CONTENT_TYPE).as_deref() != Some(SDP) {
        let message = "The offer must be sent as Content-Type: application/sdp.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_sdp", message));
    }
    let takes = |range: &str| {
        let range = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        ["*/*", "application/*", SDP].contains(&range.as_str())
    };
    let accept: Vec<&str> = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    if accept.is_empty() || accept.iter().flat_map(|value| value.split(',')).any(takes) {
        return Ok(());
    }
    let message = "The answer is application/sdp, which Accept does not name.";
    Err(Problem::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", message))
}

/// A strong entity tag of a negotiation of ICE.
pub fn etag(ice: &IceNames) -> String {
    format!("\"{}\"", ice.local)
}

/// What a PATCH asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Patch {
    /// To take candidates. The server is ICE-lite and never dials, so they change nothing.
    Candidates,
    /// To begin ICE anew.
    Restart(Restart),
}

/// Reads what a PATCH asks for, of the negotiation of ICE that runs.
///
/// # Errors
/// 415 for another type, 428 without a tag, 412 for another negotiation's tag, 400 for a fragment that says nothing.
pub fn read_patch(headers: &HeaderMap, body: &str, ice: &IceNames) -> Result<Patch, Problem> {
    if media_type(headers, CONTENT_TYPE).as_deref() != Some(FRAGMENT) {
        let message = "Candidates must be sent as Content-Type: application/trickle-ice-sdpfrag.";
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_sdpfrag", message));
    }
    let Some(expected) = headers.get(IF_MATCH).and_then(|value| value.to_str().ok()) else {
        let message = "Send the ETag of the answer as If-Match.";
        return Err(Problem::new(StatusCode::PRECONDITION_REQUIRED, "no_if_match", message));
    };
    let ours = etag(ice);
    let named = |tag: &str| tag.trim() == ours;
    let fragment = |name: &str| body.lines().find_map(|line| line.trim_end().strip_prefix(name)).map(str::trim);
    if expected.trim() != "*" && !expected.split(',').any(named) {
        let message = "If-Match names another negotiation than the one that runs.";
        return Err(Problem::new(StatusCode::PRECONDITION_FAILED, "other_etag", message));
    }
    if fragment("a=ice-ufrag:").is_some_and(|ufrag| ufrag != ice.remote) {
        let bad = |error: RestartError| {
            Problem::new(StatusCode::BAD_REQUEST, "bad_fragment", format!("No restart of ICE: {error}."))
        };
        return Restart::read(body).map(Patch::Restart).map_err(bad);
    }
    if fragment("a=ice-ufrag:").is_none()
        && fragment("a=candidate:").is_none()
        && fragment("a=end-of-candidates").is_none()
    {
        let message = "The body holds no candidate, expected an SDP fragment (RFC 8840).";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "bad_fragment", message));
    }
    Ok(Patch::Candidates)
}

/// The answer to a restart of ICE (RFC 9725 section 4.3.3).
pub fn restarted(restarted: Restarted) -> Response {
    let headers = [(CONTENT_TYPE, FRAGMENT.to_owned()), (ETAG, etag(&restarted.ice))];
    (StatusCode::OK, headers, restarted.fragment).into_response()
}

/// Answer to OPTIONS. Pages of other origins are not let in, so there is nothing to say to their preflights.
pub fn options(allow: &'static str) -> Response {
    (StatusCode::NO_CONTENT, [(axum::http::header::ALLOW, allow), (ACCEPT_POST, SDP)]).into_response()
}

/// The same of a resource that takes candidates.
pub fn resource_headers() -> [(HeaderName, &'static str); 1] {
    [(ACCEPT_PATCH, FRAGMENT)]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const CANDIDATE: &str = "a=ice-ufrag:them\r\na=ice-pwd:x\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n";

    fn names() -> IceNames {
        IceNames { local: "us".to_owned(), remote: "them".to_owned() }
    }

    fn patch(tag: Option<&str>, body: &str) -> Result<Patch, String> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, FRAGMENT.parse().unwrap());
        if let Some(tag) = tag {
            headers.insert(IF_MATCH, tag.parse().unwrap());
        }
        read_patch(&headers, body, &names()).map_err(|problem| problem.error.code.to_owned())
    }

    #[test]
    fn candidates_of_this_negotiation_are_taken() {
        assert_eq!(patch(Some("\"us\""), CANDIDATE), Ok(Patch::Candidates));
        assert_eq!(patch(Some("\"other\", \"us\""), "a=end-of-candidates\r\n"), Ok(Patch::Candidates));
    }

    #[test]
    fn other_credentials_begin_ice_anew() {
        let anew = "a=ice-ufrag:anew\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\n";
        let restart = Patch::Restart(Restart::read(anew).unwrap());
        assert_eq!(patch(Some("*"), anew), Ok(restart.clone()));
        assert_eq!(patch(Some("\"us\""), anew), Ok(restart));
        assert_eq!(patch(Some("\"other\""), anew), Err("other_etag".to_owned()));
    }

    #[test]
    fn what_does_not_fit_is_refused_each_in_its_way() {
        assert_eq!(patch(None, CANDIDATE), Err("no_if_match".to_owned()));
        assert_eq!(patch(Some("\"other\""), CANDIDATE), Err("other_etag".to_owned()));
        assert_eq!(patch(Some("*"), &CANDIDATE.replace("them", "anew")), Err("bad_fragment".to_owned()), "password x");
        assert_eq!(patch(Some("\"us\""), "hello"), Err("bad_fragment".to_owned()));
        let other_type = read_patch(&HeaderMap::new(), CANDIDATE, &names()).unwrap_err();
        assert_eq!(other_type.error.code, "not_sdpfrag");
    }

    #[test]
    fn an_answer_that_is_not_taken_is_not_made() {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, "Application/SDP; charset=utf-8".parse().unwrap());
        assert!(check_offer(&headers).is_ok());
        headers.insert(ACCEPT, "text/html, application/sdp;q=0.5".parse().unwrap());
        assert!(check_offer(&headers).is_ok());
        headers.insert(ACCEPT, "text/html".parse().unwrap());
        assert_eq!(check_offer(&headers).unwrap_err().error.code, "not_acceptable");
    }
}
