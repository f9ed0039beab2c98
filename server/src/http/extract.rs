//! What handlers need of a request, with refusals in our own form.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use axum::http::header::{AUTHORIZATION, COOKIE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, Method, StatusCode};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::HttpState;
use super::problem::Problem;
use crate::domain::access::{Object, Permission};
use crate::domain::account::Stage;
use crate::domain::audit::By;
use crate::domain::secret::{Token, TokenHash};
use crate::service::pace::Paced;
use crate::service::redeem::Guest;
use crate::service::session::Session;
use crate::store::viewer::ViewerRecord;

/// Whether a request by this method changes something.
pub fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Cookie of a viewer.
pub const VIEWER_COOKIE: &str = "__Host-vitrine-viewer";
/// Cookie of an account.
pub const ACCOUNT_COOKIE: &str = "__Host-vitrine-account";

/// Header of a request behind which somebody is, not only their page. Without it a session comes nearer to its idle end.
pub const ATTENDED: &str = "x-vitrine-attended";

/// The address at the other end of a connection; put there by the listener.
#[derive(Clone, Copy, Debug)]
pub struct PeerAddress(pub SocketAddr);

/// The address a request came from.
pub fn client_address(extensions: &Extensions) -> IpAddr {
    let found = extensions.get::<PeerAddress>().map(|peer| peer.0.ip().to_canonical());
    found.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

/// The hash of the token in a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<TokenHash> {
    cookie_token(headers, name).map(|token| token.hash())
}

/// The token in a cookie.
pub fn cookie_token(headers: &HeaderMap, name: &str) -> Option<Token> {
    let values = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(found, _)| *found == name)?;
    Token::parse(value)
}

/// A `Set-Cookie` value that hands over a token.
pub fn set_cookie(name: &str, token: &Token) -> String {
    format!("{name}={}; Path=/; Secure; HttpOnly; SameSite=Strict", token.reveal().as_str())
}

/// A `Set-Cookie` value that takes a cookie back.
pub fn clear_cookie(name: &str) -> String {
    format!("{name}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0")
}

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<HttpState> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &HttpState) -> Result<Self, Problem> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(body_problem(&rejection)),
        }
    }
}

fn body_problem(rejection: &JsonRejection) -> Problem {
    let status = rejection.status();
    match rejection {
        JsonRejection::MissingJsonContentType(_) => {
            Problem::new(status, "not_json", "The body must be JSON, with Content-Type: application/json.")
        }
        // The parser's own sentence names fields and types of this interface only, never values of others.
        JsonRejection::JsonDataError(error) => Problem::new(status, "invalid", without_values(&error.body_text())),
        JsonRejection::JsonSyntaxError(_) => Problem::new(status, "malformed", "The body is not well-formed JSON."),
        _ if status == StatusCode::PAYLOAD_TOO_LARGE => Problem::new(status, "too_large", "The body is too large."),
        _ => Problem::new(status, "malformed", "The body could not be read."),
    }
}

fn without_values(text: &str) -> String {
    text.strip_prefix("Failed to deserialize the JSON body into the target type: ").unwrap_or(text).to_owned()
}

/// An id in the path.
#[derive(Clone, Copy, Debug)]
pub struct Id(pub Uuid);

impl FromRequestParts<HttpState> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        Path::<Uuid>::from_request_parts(parts, state).await.map(|Path(id)| Self(id)).map_err(|_| Problem::not_found())
    }
}

/// The address a request came from.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub IpAddr);

impl FromRequestParts<HttpState> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &HttpState) -> Result<Self, Self::Rejection> {
        Ok(Self(client_address(&parts.extensions)))
    }
}

impl FromRequestParts<HttpState> for Guest {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &HttpState) -> Result<Self, Self::Rejection> {
        let user_agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Ok(Self {
            ip: client_address(&parts.extensions),
            user_agent: user_agent.chars().take(512).collect(),
            token: cookie(&parts.headers, VIEWER_COOKIE),
        })
    }
}

/// A viewer known by their cookie, whether they are in or wait at the door.
#[derive(Clone, Debug)]
pub struct AtRoomDoor(pub Joined);

/// A viewer who is in, known by their cookie.
#[derive(Clone, Debug)]
pub struct Joined {
    /// The viewer.
    pub viewer: ViewerRecord,
    /// Hash of the cookie.
    pub token: TokenHash,
    /// From where.
    pub ip: IpAddr,
}

impl Joined {
    /// The viewer as an actor.
    pub fn by(&self) -> By {
        By::viewer(self.viewer.id, self.viewer.review_id, self.ip)
    }
}

impl FromRequestParts<HttpState> for Joined {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        let AtRoomDoor(joined) = AtRoomDoor::from_request_parts(parts, state).await?;
        if joined.viewer.waits { Err(crate::service::Error::Waiting.into()) } else { Ok(joined) }
    }
}

impl FromRequestParts<HttpState> for AtRoomDoor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        let token = cookie(&parts.headers, VIEWER_COOKIE).ok_or(crate::service::Error::NotJoined)?;
        let services = &state.screening.services;
        let joined = Joined { viewer: services.joined(token).await?, token, ip: client_address(&parts.extensions) };
        // Whoever waits has nothing of the link's yet, also not what whoever watches through it may ask.
        let whose = if joined.viewer.waits { joined.viewer.id } else { joined.viewer.link_id };
        services.pace(Paced::GuestRequest, whose)?;
        if changes(&parts.method) {
            services.pace(Paced::GuestChange, whose)?;
        }
        services.permit(&joined.by(), Permission::RoomUse, &joined.viewer.object()).await?;
        services.come_from(&joined.viewer, joined.ip).await?;
        Ok(Self(joined))
    }
}

/// An account whose session is open for everything its role allows.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// Hash of the cookie.
    pub token: TokenHash,
    /// From where.
    pub ip: IpAddr,
}

impl SignedIn {
    /// The account as an actor.
    pub fn by(&self) -> By {
        self.session.by(self.ip)
    }
}

impl FromRequestParts<HttpState> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        let AtDoor(signed_in) = AtDoor::from_request_parts(parts, state).await?;
        signed_in.session.at(&[Stage::Open])?;
        Ok(signed_in)
    }
}

/// An account whose password was right, whatever is due yet. Handlers ask for the stages they serve.
#[derive(Clone, Debug)]
pub struct AtDoor(pub SignedIn);

impl FromRequestParts<HttpState> for AtDoor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &HttpState) -> Result<Self, Problem> {
        let services = &state.screening.services;
        let token = cookie(&parts.headers, ACCOUNT_COOKIE).ok_or(crate::service::Error::NotSignedIn)?;
        let session = services.session(token, parts.headers.contains_key(ATTENDED)).await?;
        let signed_in = SignedIn { session, token, ip: client_address(&parts.extensions) };
        // A password alone takes nothing from whoever has the second factor too.
        let whole = signed_in.session.stage == Stage::Open;
        let whose = if whole { signed_in.session.account.id } else { signed_in.session.id };
        services.pace(Paced::AccountRequest, whose)?;
        services.permit(&signed_in.by(), Permission::ConsoleUse, &Object::House).await?;
        Ok(Self(signed_in))
    }
}

/// A lease in the `Authorization` header; empty when there is none, which no lease is.
#[derive(Clone)]
pub struct Bearer(pub String);

impl FromRequestParts<HttpState> for Bearer {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &HttpState) -> Result<Self, Self::Rejection> {
        let value = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let lease = match value.split_once(' ') {
            Some((scheme, lease)) if scheme.eq_ignore_ascii_case("bearer") => lease.trim(),
            _ => "",
        };
        Ok(Self(lease.to_owned()))
    }
}
