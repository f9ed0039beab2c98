//! Sends the digests that are due.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::log;
use crate::service::Services;

/// How often it is looked whether one is due.
const LOOK: Duration = Duration::from_secs(5);

pub(super) async fn run(services: Services) {
    let mut ticks = interval(LOOK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        log("digests", services.send_digests().await);
    }
}
