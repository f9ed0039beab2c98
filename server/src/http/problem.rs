//! Refusals as they leave the house: a machine word and a sentence; nothing internal.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header::RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use pipelines::spec::transport::TransportError;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::account::Stage;
use crate::domain::clean_hold::HoldRefusal;
use crate::domain::viewing::EndReason;
use crate::export::ExportError;
use crate::service::Error;

/// The sentence of every refused link.
const REFUSED: &str =
    "This link and passphrase do not open a review. Check the passphrase or ask your host for a new link.";

/// Body of every answer that is not a success.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// What was wrong.
    pub error: ProblemFacts,
    #[serde(skip)]
    #[schema(ignore)]
    status: StatusCode,
    #[serde(skip)]
    #[schema(ignore)]
    retry_after_s: Option<u32>,
}

/// What was wrong.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemFacts {
    /// Word for machines.
    pub code: &'static str,
    /// Sentence for people.
    pub message: String,
    /// The field it is about, if one.
    pub field: Option<&'static str>,
    /// Why it ended, for `ended`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<EndReason>,
}

impl Problem {
    /// A problem with a status, a word and a sentence.
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let error = ProblemFacts { code, message: message.into(), field: None, reason: None };
        Self { error, status, retry_after_s: None }
    }

    /// The same about a field.
    #[must_use]
    pub fn field(mut self, field: &'static str) -> Self {
        self.error.field = Some(field);
        self
    }

    /// The same with a time after which to try again.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after_s: Some(seconds), ..self }
    }

    /// The one refusal of links, and of foreign pages.
    pub fn refused() -> Self {
        Self::new(StatusCode::FORBIDDEN, "refused", REFUSED)
    }

    /// The one refusal of leases.
    pub fn lease_refused() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "lease_refused", "This lease does not open a viewing. Ask for a new one.")
    }

    /// There is nothing here.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here.")
    }

    fn due(stage: Stage) -> Self {
        let (code, message) = match stage {
            Stage::SecondFactor => ("second_factor_due", "Give your second factor to go on."),
            Stage::Enrol => ("factor_due", "Add a second factor to go on; this house demands one."),
            Stage::NewPassword => ("password_due", "Your password is too old. Choose a new one to go on."),
            Stage::Open => ("already_open", "Your session is open already."),
        };
        Self::new(StatusCode::UNAUTHORIZED, code, message)
    }

    fn ended(reason: EndReason) -> Self {
        let mut problem = Self::new(StatusCode::GONE, "ended", reason.message());
        problem.error.reason = Some(reason);
        problem
    }

    /// Something inside failed: the log has it under an id, the answer only the id.
    fn internal(error: &Error) -> Self {
        let id = Uuid::now_v7();
        tracing::error!(%id, %error, "a request failed");
        let message = format!("The server could not do this; its log says why under {id}.");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match &error {
            Error::Invalid(invalid) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", error.to_string()).field(invalid.field())
            }
            // Alike whether it is missing or not the asker's to know.
            Error::NotFound { .. } => Self::not_found(),
            Error::Forbidden => {
                Self::new(StatusCode::FORBIDDEN, "forbidden", "Your role does not allow this. It is recorded.")
            }
            Error::SecondFactorMissing => {
                let message = "This project demands a second factor. Add one to your account and sign in with it.";
                Self::new(StatusCode::FORBIDDEN, "second_factor_missing", message)
            }
            Error::Due(stage) => Self::due(*stage),
            Error::TooManyTries { retry_after_s } => {
                let message = "Too many tries from this address. Try again later.";
                Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_tries", message).retry_after(*retry_after_s)
            }
            Error::FactorRefused => {
                let message = "This code is not accepted. Each works once; wait for the next one.";
                Self::new(StatusCode::FORBIDDEN, "factor_refused", message).field("code")
            }
            Error::ProofDue => {
                let message =
                    "This changes how you sign in: sign out and in again first. It is possible for five minutes.";
                Self::new(StatusCode::FORBIDDEN, "proof_due", message)
            }
            Error::FactorExists => {
                let message = "The account has an authenticator already. An admin can reset it.";
                Self::new(StatusCode::CONFLICT, "factor_exists", message)
            }
            Error::PasskeyRefused => {
                let message = "This passkey is not accepted here. Sign in with your password.";
                Self::new(StatusCode::FORBIDDEN, "passkey_refused", message)
            }
            Error::PasskeyExists => {
                Self::new(StatusCode::CONFLICT, "passkey_exists", "This passkey is in use already.")
            }
            Error::PasskeysUnavailable => {
                let message = "Passkeys need a host name, and this server is called by an address.";
                Self::new(StatusCode::CONFLICT, "passkeys_unavailable", message)
            }
            Error::ProjectExists { .. } => {
                Self::new(StatusCode::CONFLICT, "project_exists", error.to_string()).field("name")
            }
            Error::AccountExists { .. } => {
                Self::new(StatusCode::CONFLICT, "account_exists", error.to_string()).field("user")
            }
            Error::Refused => Self::refused(),
            Error::NoProvider => {
                Self::new(StatusCode::NOT_FOUND, "no_provider", "This house has no identity provider.")
            }
            Error::ProviderUnreachable => {
                let message =
                    "The identity provider cannot be reached. Sign in with your password, or try again later.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "provider_unreachable", message).retry_after(30)
            }
            Error::OidcRefused => {
                let message = "The identity provider names nobody who may sign in here.";
                Self::new(StatusCode::FORBIDDEN, "sign_in_refused", message)
            }
            Error::CodeNotSent => {
                let message = "The code could not be sent. Try again in a moment, or ask your host.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "code_not_sent", message).retry_after(10)
            }
            Error::SignInRefused => {
                let message = "This user and password do not open the console.";
                Self::new(StatusCode::FORBIDDEN, "sign_in_refused", message)
            }
            Error::NotSignedIn => Self::new(StatusCode::UNAUTHORIZED, "not_signed_in", "Sign in to go on."),
            Error::NotJoined => {
                Self::new(StatusCode::UNAUTHORIZED, "not_joined", "Open your link and give its passphrase to join.")
            }
            Error::Waiting => {
                let message = "Your host has been told that you are here. You come in as soon as they let you.";
                Self::new(StatusCode::CONFLICT, "waiting", message)
            }
            Error::NoDigests => {
                let message = "This house sends no comments by e-mail: no mail server is named for them.";
                Self::new(StatusCode::CONFLICT, "no_digests", message)
            }
            Error::DigestTooSecret => {
                let message = "Comments of a confidential or restricted project do not leave by e-mail: whoever reads a mailbox \
                               gives no second factor.";
                Self::new(StatusCode::CONFLICT, "too_secret", message)
            }
            Error::NetworkRefused => Self::new(StatusCode::FORBIDDEN, "network", EndReason::NetworkRefused.message()),
            Error::Ended(reason) => Self::ended(*reason),
            Error::LeaseRefused => Self::lease_refused(),
            Error::KeyRefused => Self::new(
                StatusCode::UNAUTHORIZED,
                "key_refused",
                "This key opens no source here. Send the source's own key as Authorization: Bearer.",
            ),
            Error::AlreadyPublishing => {
                let message = "Somebody publishes to this source already. Stop that sender first.";
                Self::new(StatusCode::CONFLICT, "already_publishing", message).retry_after(5)
            }
            Error::NotPublished => Self::new(StatusCode::CONFLICT, "not_published", error.to_string()),
            Error::UnusableOffer(text) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unusable_offer", text.clone()),
            Error::FrameUnknown { .. } => {
                let message = "The frame on your screen is not known any more. Send the comment again.";
                Self::new(StatusCode::CONFLICT, "frame_unknown", message).field("rtp_timestamp")
            }
            Error::CommentTaken { .. } => {
                Self::new(StatusCode::CONFLICT, "comment_taken", "This comment id is in use.").field("id")
            }
            Error::NotAuthor { .. } => {
                Self::new(StatusCode::FORBIDDEN, "not_author", "Only its author may change what a comment says.")
            }
            Error::CommentGone { .. } => {
                Self::new(StatusCode::CONFLICT, "comment_gone", "This comment was taken back by its author.")
            }
            Error::Muted => {
                let message = "Your host has muted you in the chat. Comments are open to you as before.";
                Self::new(StatusCode::FORBIDDEN, "muted", message)
            }
            Error::TooFast { retry_after_s } => {
                let message = "That was a lot at once. Wait a moment, then send it again.";
                Self::new(StatusCode::TOO_MANY_REQUESTS, "too_fast", message).retry_after(*retry_after_s)
            }
            Error::Transport(refused) => match refused {
                TransportError::Frame { .. } | TransportError::Range { .. } | TransportError::Speed { .. } => {
                    Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", error.to_string())
                }
                _ => Self::new(StatusCode::CONFLICT, "transport", error.to_string()),
            },
            Error::CleanHold(refusal) => match refusal {
                HoldRefusal::Policy | HoldRefusal::Project => {
                    Self::new(StatusCode::FORBIDDEN, "clean_hold_forbidden", error.to_string())
                }
                HoldRefusal::Resting { retry_after_s } => {
                    Self::new(StatusCode::CONFLICT, "clean_hold", error.to_string()).retry_after(*retry_after_s)
                }
                HoldRefusal::NotLive | HoldRefusal::Running => {
                    Self::new(StatusCode::CONFLICT, "clean_hold", error.to_string())
                }
            },
            Error::FileTooLarge { .. } => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", error.to_string()),
            Error::FileNotReceived(_) => Self::new(StatusCode::BAD_REQUEST, "incomplete", error.to_string()),
            Error::SourceOnAir => {
                let message = "This source is on air. Put another on air, then remove it.";
                Self::new(StatusCode::CONFLICT, "source_on_air", message)
            }
            Error::ReviewOver => Self::new(StatusCode::CONFLICT, "review_over", "The review has ended."),
            Error::Full { retry_after_s } => {
                let message = "The room is full: the server cannot show one more true picture. Try again later.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "full", message).retry_after(*retry_after_s)
            }
            Error::NotAcceptable(text) => Self::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", text.clone()),
            Error::BadOffer(text) => Self::new(StatusCode::BAD_REQUEST, "bad_offer", text.clone()),
            Error::NoProgram => {
                let message = "The review's picture is not open yet. Try again in a moment.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "no_program", message).retry_after(1)
            }
            Error::Export(ExportError::NoComments) => {
                let message = "The review has no comments yet, so there are no markers to export.";
                Self::new(StatusCode::CONFLICT, "no_comments", message)
            }
            Error::Busy => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "The server is busy. Try again in a moment.")
                    .retry_after(5)
            }
            Error::Store(_)
            | Error::Hash(_)
            | Error::Random(_)
            | Error::Sign(_)
            | Error::Totp(_)
            | Error::Note(_)
            | Error::Key(_)
            | Error::Unopened(_)
            | Error::NoSeal
            | Error::File(_)
            | Error::Send(_)
            | Error::Preview(_)
            | Error::Leak(_)
            | Error::Export(_) => Self::internal(&error),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, retry) = (self.status, self.retry_after_s);
        let mut response = (status, Json(self)).into_response();
        if let Some(seconds) = retry {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
