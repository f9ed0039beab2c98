//! Notifications, for whoever looks after the house.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::HttpState;
use super::extract::{Body, SignedIn};
use super::problem::Problem;
use crate::domain::instant::UtcInstant;
use crate::domain::notification::{DeliveryState, Occasion};
use crate::service::notification::Outbox;
use crate::store::notification::{DeliveryRecord, NotificationRecord};

/// What became of a notification at a target.
#[derive(Serialize, ToSchema)]
pub struct Delivery {
    target: String,
    state: DeliveryState,
    tries: u32,
    tried_at: UtcInstant,
    /// When it is tried again.
    next_at: Option<UtcInstant>,
    /// What went wrong the last time.
    error: Option<String>,
}

/// Something that the house was told of.
#[derive(Serialize, ToSchema)]
pub struct Notification {
    id: i64,
    at: UtcInstant,
    occasion: Occasion,
    subject: String,
    network: Option<String>,
    /// Targets that it was tried at.
    deliveries: Vec<Delivery>,
}

/// Targets, and the newest 200 notifications first.
#[derive(Serialize, ToSchema)]
pub struct Notifications {
    targets: Vec<String>,
    notifications: Vec<Notification>,
}

impl From<Outbox> for Notifications {
    fn from(Outbox { targets, notifications, mut deliveries }: Outbox) -> Self {
        let mut of = |sequence: i64| {
            let (own, rest) = std::mem::take(&mut deliveries).into_iter().partition(|d| d.notification == sequence);
            deliveries = rest;
            own
        };
        let notifications = notifications.into_iter().map(|NotificationRecord { sequence, notification }| {
            let own: Vec<DeliveryRecord> = of(sequence);
            Notification {
                id: sequence,
                at: notification.at,
                occasion: notification.occasion,
                subject: notification.subject(),
                network: notification.network,
                deliveries: own.into_iter().map(Delivery::from).collect(),
            }
        });
        Self { targets, notifications: notifications.collect() }
    }
}

impl From<DeliveryRecord> for Delivery {
    fn from(DeliveryRecord { target, state, tries, tried_at, next_at, error, .. }: DeliveryRecord) -> Self {
        Self { target, state, tries, tried_at, next_at, error }
    }
}

/// A target to try.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestNotification {
    target: String,
}

/// What the house was told of, and whether it arrived.
#[utoipa::path(get, path = "/api/notifications", tag = "console", security(("account" = [])),
    responses((status = 200, body = Notifications), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_notifications(
    State(state): State<HttpState>,
    signed_in: SignedIn,
) -> Result<Json<Notifications>, Problem> {
    Ok(Json(state.screening.services.outbox(&signed_in.by()).await?.into()))
}

/// Sends a test to a target, behind whatever waits for it.
#[utoipa::path(post, path = "/api/notifications/test", tag = "console", request_body = TestNotification,
    security(("account" = [])),
    responses((status = 202, description = "It is sent when its turn comes"), (status = 400, body = Problem),
        (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
pub async fn test_notification(
    State(state): State<HttpState>,
    signed_in: SignedIn,
    Body(body): Body<TestNotification>,
) -> Result<StatusCode, Problem> {
    state.screening.services.test_notification(&body.target, &signed_in.by()).await?;
    Ok(StatusCode::ACCEPTED)
}
