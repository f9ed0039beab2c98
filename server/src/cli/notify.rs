//! `vitrine notify`.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::json;

use super::{Where, print_json};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::notification::{DeliveryState, Notification, Occasion};
use crate::notify::Target;
use crate::service::notification::Outbox;
use crate::store::notification::{DeliveryRecord, NotificationRecord};

#[derive(Debug, Subcommand)]
pub enum Notify {
    /// What the house was told of, and whether it arrived; newest first
    List(List),
    /// Send a test at once, past whatever waits, and say how it went
    Test(Test),
}

#[derive(Debug, Args)]
pub struct List {
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: Where,
}

#[derive(Debug, Args)]
pub struct Test {
    /// Name of the target; without it, all that are configured
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    #[command(flatten)]
    at: Where,
}

impl Notify {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List(list) => list.run().await,
            Self::Test(test) => test.run().await,
        }
    }
}

fn words(delivery: &DeliveryRecord) -> String {
    let DeliveryRecord { target, state, tries, next_at, error, .. } = delivery;
    match (state, next_at, error) {
        (DeliveryState::Waiting, Some(next_at), Some(error)) => {
            format!("{target}: tried {tries} times, again at {next_at}; {error}")
        }
        (DeliveryState::GivenUp, _, Some(error)) => format!("{target}: GIVEN UP after {tries} times; {error}"),
        _ => format!("{target}: {state}"),
    }
}

impl List {
    async fn run(self) -> anyhow::Result<()> {
        let services = self.at.open(false).await?.services;
        let Outbox { targets, notifications, deliveries } = services.outbox(&By::COMMAND_LINE).await?;
        let of = |sequence| deliveries.iter().filter(move |delivery| delivery.notification == sequence);
        if self.json {
            let list: Vec<_> = notifications
                .iter()
                .map(|NotificationRecord { sequence, notification }| {
                    let deliveries: Vec<_> = of(*sequence)
                        .map(|d| {
                            json!({ "target": d.target, "state": d.state, "tries": d.tries,
                                "tried_at": d.tried_at, "next_at": d.next_at, "error": d.error })
                        })
                        .collect();
                    let mut entry = notification.json(*sequence);
                    entry["deliveries"] = json!(deliveries);
                    entry
                })
                .collect();
            return print_json(&json!({ "targets": targets, "notifications": list }));
        }
        if targets.is_empty() {
            println!("No target: [[notify.mail]] and [[notify.webhook]] of the configuration make some.");
        }
        for NotificationRecord { sequence, notification } in &notifications {
            println!("{sequence}  {}  {}", notification.at, notification.subject());
            of(*sequence).for_each(|delivery| println!("    {}", words(delivery)));
        }
        Ok(())
    }
}

impl Test {
    async fn run(self) -> anyhow::Result<()> {
        let config = self.at.config()?;
        let services = self.at.open(false).await?.services;
        let mut targets = Target::of(&config.notify)?;
        targets.retain(|target| self.target.as_ref().is_none_or(|name| target.name == *name));
        anyhow::ensure!(
            !targets.is_empty(),
            "no such target in [notify] of the configuration; name the file with --config"
        );
        let mut failed = 0;
        for target in &targets {
            let now = UtcInstant::now();
            // It is not in the outbox, so it has no number there.
            let record = NotificationRecord { sequence: 0, notification: Notification::new(now, Occasion::Test) };
            let sent = target.send(&record).await;
            let event = Event::done(now, &By::COMMAND_LINE, Action::NotificationTested, "notifications");
            let event = event.with("target", &target.name).with("delivered", sent.is_ok());
            services.record(&event).await.context("the test was sent, but not recorded")?;
            match sent {
                Ok(()) => println!("{}: taken", target.name),
                Err(error) => {
                    failed += 1;
                    println!("{}: NOT taken: {error}", target.name);
                }
            }
        }
        anyhow::ensure!(failed == 0, "{failed} of {} targets did not take the test", targets.len());
        Ok(())
    }
}
