//! `vitrine key`.

use clap::{Args, Subcommand};

use super::Where;
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::store::setting;
use crate::token::lease_keys;

#[derive(Debug, Subcommand)]
pub enum Key {
    /// Sign leases with a new key. Those signed before are good until they are over (5 minutes)
    Rotate(Rotate),
    /// Forget the master key of the marks, when it is lost for good: the next start makes another, and whoever leaks what
    /// was shown until now cannot be found by the invisible mark any more
    AbandonMarks(AbandonMarks),
}

#[derive(Debug, Args)]
pub struct AbandonMarks {
    #[command(flatten)]
    at: Where,
}

#[derive(Debug, Args)]
pub struct Rotate {
    /// Refuse at once what was signed before: when the key may be in somebody else's hands. Whoever watches goes on
    #[arg(long)]
    now: bool,
    #[command(flatten)]
    at: Where,
}

impl Key {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Rotate(rotate) => rotate.run().await,
            Self::AbandonMarks(abandon) => abandon.run().await,
        }
    }
}

impl AbandonMarks {
    async fn run(self) -> anyhow::Result<()> {
        let house = self.at.open(false).await?;
        let (master, store) = (house.data.mark_master(), &house.services.store);
        anyhow::ensure!(
            !master.exists(),
            "{} exists: move it away first, and keep it; whatever it is, it may be what a leak is traced with",
            master.display()
        );
        let mut write = store.write().await?;
        setting::forget(write.connection(), setting::MARK_KEY).await?;
        write.commit(&Event::done(UtcInstant::now(), &By::COMMAND_LINE, Action::MarkKeyAbandoned, "mark-key")).await?;
        println!("The next start of the server makes a new master key of marks.");
        Ok(())
    }
}

impl Rotate {
    async fn run(self) -> anyhow::Result<()> {
        let Self { now, at } = self;
        let house = at.open(false).await?;
        // Recorded first: a key that is new without an entry would be worse than an entry too many.
        let event = Event::done(UtcInstant::now(), &By::COMMAND_LINE, Action::LeaseKeyRotated, "lease-key");
        house.services.record(&event.with("at_once", now)).await?;
        lease_keys::rotate(&house.data, now)?;
        println!("Leases are signed with a new key; a running server takes it up within a second.");
        Ok(())
    }
}
