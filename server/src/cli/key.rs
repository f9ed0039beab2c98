//! `vitrine key`.

use clap::{Args, Subcommand};

use super::Where;
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::token::lease_keys;

#[derive(Debug, Subcommand)]
pub enum Key {
    /// Sign leases with a new key. Those signed before are good until they are over (5 minutes)
    Rotate(Rotate),
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
        let Self::Rotate(Rotate { now, at }) = self;
        let house = at.open(false).await?;
        // Recorded first: a key that is new without an entry would be worse than an entry too many.
        let event = Event::done(UtcInstant::now(), &By::COMMAND_LINE, Action::LeaseKeyRotated, "lease-key");
        house.services.record(&event.with("at_once", now)).await?;
        lease_keys::rotate(&house.data, now)?;
        println!("Leases are signed with a new key; a running server takes it up within a second.");
        Ok(())
    }
}
