//! Notifications: written with what they tell of, delivered in order, each target for itself.

use super::{Error, Noun, Services};
use crate::domain::access::{Object, Permission};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::notification::{DeliveryState, Notification, Occasion, given_up, wait_after};
use crate::notify::SendError;
use crate::store::notification as table;
use crate::store::notification::{DeliveryRecord, Due, NotificationRecord};

/// Notifications shown at once.
const SHOWN_MOST: u32 = 200;

/// The outbox as the house sees it.
#[derive(Clone, Debug)]
pub struct Outbox {
    /// Names of the targets.
    pub targets: Vec<String>,
    /// The newest notifications first.
    pub notifications: Vec<NotificationRecord>,
    /// What became of them.
    pub deliveries: Vec<DeliveryRecord>,
}

fn object(sequence: i64) -> String {
    format!("notification:{sequence}")
}

impl Services {
    /// Says which targets the running server has.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn set_notification_targets(&self, names: &[String]) -> Result<(), Error> {
        let mut write = self.store.write().await?;
        table::set_targets(write.connection(), names).await?;
        Ok(write.commit_bookkeeping().await?)
    }

    /// The notification whose turn it is at a target that is told of these occasions.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn notification_due(&self, target: &str, occasions: &[Occasion]) -> Result<Option<Due>, Error> {
        Ok(table::due(&mut *self.store.read().await?, target, occasions, UtcInstant::now()).await?)
    }

    /// Notes how sending went: delivered, tried again later, or given up. What is over is recorded.
    ///
    /// # Errors
    /// When the store fails; the notification is then sent again.
    pub async fn notification_sent(&self, target: &str, due: &Due, sent: Result<(), SendError>) -> Result<(), Error> {
        let (now, tries) = (UtcInstant::now(), due.tries.saturating_add(1));
        let Due { record: NotificationRecord { sequence, notification }, .. } = due;
        let (state, error) = match sent {
            Ok(()) => (DeliveryState::Delivered, None),
            Err(error) if given_up(notification.at, tries, error.refused, now) => {
                (DeliveryState::GivenUp, Some(error.text))
            }
            Err(error) => (DeliveryState::Waiting, Some(error.text)),
        };
        let next_at = (state == DeliveryState::Waiting).then(|| now.plus(wait_after(tries)));
        let target = target.to_owned();
        let delivery = DeliveryRecord { notification: *sequence, target, state, tries, tried_at: now, next_at, error };
        let mut write = self.store.write().await?;
        table::set_delivery(write.connection(), &delivery).await?;
        let event = |action| {
            Event::done(now, &By::SERVER, action, object(*sequence))
                .with("target", &delivery.target)
                .with("occasion", notification.occasion)
                .with("tries", tries)
        };
        match state {
            DeliveryState::Waiting => write.commit_bookkeeping().await?,
            DeliveryState::Delivered => drop(write.commit(&event(Action::NotificationDelivered)).await?),
            DeliveryState::GivenUp => drop(write.commit(&event(Action::NotificationGivenUp)).await?),
        }
        Ok(())
    }

    /// Targets, the newest notifications, and what became of them.
    ///
    /// # Errors
    /// When it is not allowed.
    pub async fn outbox(&self, by: &By) -> Result<Outbox, Error> {
        self.permit(by, Permission::NotificationUse, &self.all_projects().await?).await?;
        let mut connection = self.store.read().await?;
        let targets = table::targets(&mut connection).await?.into_iter().map(|(name, _)| name).collect();
        let notifications = table::newest(&mut connection, SHOWN_MOST).await?;
        let first = notifications.last().map_or(i64::MAX, |oldest| oldest.sequence);
        let deliveries = table::deliveries(&mut connection, first).await?;
        Ok(Outbox { targets, notifications, deliveries })
    }

    /// Puts a test for one target into the outbox.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such target.
    pub async fn test_notification(&self, target: &str, by: &By) -> Result<(), Error> {
        self.permit(by, Permission::NotificationUse, &Object::House).await?;
        let mut write = self.store.write().await?;
        if !table::targets(write.connection()).await?.iter().any(|(name, _)| name == target) {
            return Err(Error::not_found(Noun::NotificationTarget, target));
        }
        let now = UtcInstant::now();
        let target = Some(target.to_owned());
        let event = Event::done(now, by, Action::NotificationTested, "notifications");
        let event = event.with("target", target.as_deref().unwrap_or_default());
        write.notify(&Notification { target, ..Notification::new(now, Occasion::Test) }).await?;
        write.commit(&event).await?;
        Ok(())
    }
}
