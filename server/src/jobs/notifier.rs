//! Sends notifications: each target for itself, one after the other, in order.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::log;
use crate::notify::Target;
use crate::service::{Error, Services};

/// How often it is looked whether something waits.
const LOOK: Duration = Duration::from_secs(1);

pub(super) async fn run(services: Services, target: Target) {
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        log("notifications", send_due(&services, &target).await);
    }
}

/// Sends until nothing waits, or what is first in line has to wait.
async fn send_due(services: &Services, target: &Target) -> Result<(), Error> {
    while let Some(due) = services.notification_due(&target.name, &target.occasions).await? {
        let sent = target.send(&due.record).await;
        if let Err(error) = &sent {
            tracing::warn!(target = target.name, notification = due.record.sequence, %error, "a notification was not taken");
        }
        services.notification_sent(&target.name, &due, sent).await?;
    }
    Ok(())
}
