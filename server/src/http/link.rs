//! Links: what an invited person opens, and how the house invites.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::HttpState;
use super::extract::{Body, Id, SignedIn, VIEWER_COOKIE, set_cookie};
use super::lease::Lease;
use super::problem::Problem;
use super::room::{ReviewFacts, RoomState, Waiting, room_or_door};
use crate::domain::instant::UtcInstant;
use crate::domain::invalid::Invalid;
use crate::domain::link::{Invitation, LinkState, SecondDevice};
use crate::domain::network::Networks;
use crate::domain::secret::SecretText;
use crate::service::Error;
use crate::service::link_code::SentCode;
use crate::service::redeem::{Guest, Opened, Redeemed};
use crate::store::link::LinkRecord;

/// What is recorded of a viewer, as the join page tells it.
const RECORDED: [&str; 6] = [
    "name and e-mail",
    "network address and browser",
    "times of joining, watching and leaving",
    "comments and the frame they are pinned to",
    "what you say in the chat",
    "what you find when you check your display",
];

/// A link, without its secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Link {
    /// Its id.
    pub id: Uuid,
    /// Whom it is for.
    pub name: String,
    /// Their e-mail address.
    pub email: String,
    /// First instant at which it no longer opens.
    pub expires_at: UtcInstant,
    /// Where it stands.
    pub state: LinkState,
    /// When it was last redeemed.
    pub last_used_at: Option<UtcInstant>,
    /// From where it opens; empty: from anywhere its project allows.
    pub networks: Vec<String>,
    /// How often it was redeemed.
    pub uses: u32,
    /// How often it may be.
    pub uses_limit: Option<u32>,
    /// Whether somebody of the house lets each person in.
    pub waiting_room: bool,
    /// What happens to a second device.
    pub second_device: SecondDevice,
    /// Whether it asks for a code by e-mail.
    pub email_code: bool,
    /// Whether an account of the house looks through it, from its console.
    pub house: bool,
}

impl From<LinkRecord> for Link {
    fn from(link: LinkRecord) -> Self {
        Self {
            id: link.id,
            name: link.name,
            email: link.email,
            expires_at: link.facts.expires_at,
            state: link.facts.state(UtcInstant::now()),
            last_used_at: link.last_used_at,
            networks: link.door.origins.link.texts(),
            uses: link.facts.uses,
            uses_limit: link.facts.uses_limit,
            waiting_room: link.door.waiting_room,
            second_device: link.door.second_device,
            email_code: link.door.email_code,
            house: link.account_id.is_some(),
        }
    }
}

/// The secret of a link, from the fragment of its address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InspectLink {
    /// 43 characters of base64url.
    #[schema(value_type = String)]
    secret: SecretText,
}

/// Whom a link is for.
#[derive(Serialize, ToSchema)]
pub struct Recipient {
    name: String,
    email: String,
}

/// What a link opens.
#[derive(Serialize, ToSchema)]
pub struct InspectedLink {
    review: ReviewFacts,
    recipient: Recipient,
    /// First instant at which the link no longer opens.
    expires_at: UtcInstant,
    /// What will be recorded.
    recorded: Vec<&'static str>,
    /// Always true.
    passphrase_required: bool,
}

/// The secret of a link and its passphrase.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedeemLink {
    /// 43 characters of base64url.
    #[schema(value_type = String)]
    secret: SecretText,
    /// What the host told apart.
    #[schema(value_type = String)]
    passphrase: SecretText,
}

/// A code was sent; it is asked for next.
#[derive(Serialize, ToSchema)]
pub struct CodeSent {
    /// Given back with the code.
    ticket: String,
    /// Where it was sent, not in full.
    sent_to: String,
    /// First instant at which it is of no more use.
    expires_at: UtcInstant,
}

/// The code that was sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiveCode {
    #[schema(value_type = String)]
    ticket: SecretText,
    #[schema(value_type = String)]
    code: SecretText,
}

/// Somebody to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    name: String,
    email: String,
    /// At most 7 days from now; without it, the review's end.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<UtcInstant>,
    /// From where it opens, e.g. `192.0.2.0/24`; empty: from anywhere its project allows.
    #[serde(default)]
    networks: Vec<String>,
    /// How often it may be redeemed, 1 to 1000; without it, as often as needed.
    uses_limit: Option<u32>,
    /// Whether somebody of the house lets each person in.
    #[serde(default)]
    waiting_room: bool,
    /// `refused` (the default): no second device. `asks`: it waits to be let in, and the first then gives way.
    second_device: Option<SecondDevice>,
    /// Whether a code is sent to their address, and asked for, after the passphrase.
    #[serde(default)]
    email_code: bool,
}

impl NewLink {
    fn invitation(self) -> Result<Invitation, Invalid> {
        let networks = Networks::named(&self.networks)?;
        let Self { name, email, expires_at, uses_limit, waiting_room, email_code, .. } = self;
        let second_device = self.second_device.unwrap_or(SecondDevice::Refused);
        Ok(Invitation { name, email, expires_at, networks, uses_limit, waiting_room, second_device, email_code })
    }
}

/// A new link with its secrets, shown once.
#[derive(Serialize, ToSchema)]
pub struct CreatedLink {
    link: Link,
    /// The address to send.
    url: String,
    /// To be handed over apart from the address.
    passphrase: String,
}

/// What a link opens. Consumes nothing.
#[utoipa::path(post, path = "/api/links/inspect", tag = "links", request_body = InspectLink,
    responses((status = 200, body = InspectedLink), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn inspect_link(
    State(state): State<HttpState>,
    guest: Guest,
    Body(body): Body<InspectLink>,
) -> Result<Json<InspectedLink>, Problem> {
    let (link, review) = state.screening.services.inspect_link(body.secret.reveal(), &guest).await?;
    Ok(Json(InspectedLink {
        expires_at: link.facts.expires_at.min(review.window.ends_at),
        review: ReviewFacts::from(&review),
        recipient: Recipient { name: link.name, email: link.email },
        recorded: RECORDED.to_vec(),
        passphrase_required: true,
    }))
}

/// Opens a review; or, where the link asks for it, sends a code to the invited address and says so (201).
#[utoipa::path(post, path = "/api/links/redeem", tag = "links", request_body = RedeemLink,
    responses((status = 200, body = RoomState, headers(("Set-Cookie" = String, description = "The viewer's cookie"))),
        (status = 201, body = CodeSent, description = "A code was sent; give it to `/api/links/code`"),
        (status = 202, body = Waiting, headers(("Set-Cookie" = String, description = "The viewer's cookie"))),
        (status = 400, body = Problem), (status = 403, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem), (status = 503, body = Problem)))]
pub async fn redeem_link(
    State(state): State<HttpState>,
    guest: Guest,
    Body(body): Body<RedeemLink>,
) -> Result<impl IntoResponse, Problem> {
    let services = &state.screening.services;
    match services.redeem_link(body.secret.reveal(), &body.passphrase, &guest, &state.screening.leases).await? {
        Opened::In(redeemed) => Ok(entered(&state, *redeemed).await?.into_response()),
        Opened::CodeSent(SentCode { ticket, to, expires_at }) => {
            let body = CodeSent { ticket: ticket.reveal().to_string(), sent_to: to, expires_at };
            Ok((StatusCode::CREATED, Json(body)).into_response())
        }
    }
}

/// The cookie of whoever came in, with what they see and their first lease.
async fn entered(state: &HttpState, redeemed: Redeemed) -> Result<impl IntoResponse + use<>, Problem> {
    let room = room_or_door(state, &redeemed.viewer, redeemed.lease.map(Lease::from)).await?;
    Ok((AppendHeaders([(SET_COOKIE, set_cookie(VIEWER_COOKIE, &redeemed.token))]), room))
}

/// Opens a review with the code that was sent.
#[utoipa::path(post, path = "/api/links/code", tag = "links", request_body = GiveCode,
    responses((status = 200, body = RoomState, headers(("Set-Cookie" = String, description = "The viewer's cookie"))),
        (status = 202, body = Waiting, headers(("Set-Cookie" = String, description = "The viewer's cookie"))),
        (status = 400, body = Problem), (status = 403, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn give_link_code(
    State(state): State<HttpState>,
    guest: Guest,
    Body(body): Body<GiveCode>,
) -> Result<impl IntoResponse, Problem> {
    let services = &state.screening.services;
    let redeemed = services.give_link_code(body.ticket.reveal(), &body.code, &guest, &state.screening.leases).await?;
    entered(&state, redeemed).await
}

/// Invites somebody to a review.
#[utoipa::path(post, path = "/api/reviews/{id}/links", tag = "console", request_body = NewLink, security(("account" = [])),
    params(("id" = Uuid, Path, description = "The review")),
    responses((status = 201, body = CreatedLink), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem),
        (status = 503, body = Problem)))]
pub async fn create_link(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(review): Id,
    Body(body): Body<NewLink>,
) -> Result<(StatusCode, Json<CreatedLink>), Problem> {
    let services = &state.screening.services;
    let new = services.create_link(review, body.invitation().map_err(Error::from)?, &signed_in.by()).await?;
    let created = CreatedLink {
        url: format!("{}/join#{}", state.names.public_url(), new.secret.reveal().as_str()),
        passphrase: new.passphrase.reveal().to_owned(),
        link: new.link.into(),
    };
    Ok((StatusCode::CREATED, Json(created)))
}

/// Takes a link back; whoever watches through it stops at once.
#[utoipa::path(post, path = "/api/links/{id}/revoke", tag = "console", security(("account" = [])),
    params(("id" = Uuid, Path, description = "The link")),
    responses((status = 200, body = Link), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn revoke_link(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Id(id): Id,
) -> Result<Json<Link>, Problem> {
    let link = state.screening.services.revoke_link(id, &signed_in.by()).await?;
    state.screening.supervise().await?;
    Ok(Json(link.into()))
}
