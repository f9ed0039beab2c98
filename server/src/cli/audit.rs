//! `vitrine audit`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::json;

use super::{Where, print_json};
use crate::domain::audit::hex;
use crate::domain::checkpoint::Checkpoint;
use crate::domain::verification::{Fault, Whole};
use crate::token::note::{NoteKey, NoteVerifier};

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Walk the record: is it whole, and if not, from which sequence on
    Verify(Verify),
    /// Sign the record as it is now and print the checkpoint, to be kept where this machine cannot change it
    Checkpoint(At),
    /// Print the key that verifies checkpoints; keep it with them
    Key(At),
}

#[derive(Debug, Args)]
pub struct At {
    #[command(flatten)]
    at: Where,
}

#[derive(Debug, Args)]
pub struct Verify {
    /// A checkpoint that was kept elsewhere; more of them name more exactly what was written anew
    #[arg(long, value_name = "FILE")]
    checkpoint: Vec<PathBuf>,
    /// The key that verifies checkpoints, as `vitrine audit key` printed it; else the data directory's
    #[arg(long, value_name = "KEY")]
    key: Option<NoteVerifier>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: Where,
}

impl Audit {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Verify(verify) => verify.run().await,
            Self::Checkpoint(At { at }) => {
                let house = at.open(false).await?;
                let last = house.services.checkpoint(&NoteKey::load_or_make(&house.data)?).await?;
                print!("{}", last.context("the record has no entry yet")?.note);
                Ok(())
            }
            Self::Key(At { at }) => {
                println!("{}", NoteKey::load_or_make(&at.open(false).await?.data)?.verifier());
                Ok(())
            }
        }
    }
}

impl Verify {
    async fn run(self) -> anyhow::Result<()> {
        let house = self.at.open(false).await?;
        let verifier = match &self.key {
            Some(key) => key.clone(),
            None => NoteKey::load_or_make(&house.data)?.verifier().clone(),
        };
        let kept = self.kept(&verifier)?;
        match house.services.verify_audit(&verifier, &kept).await? {
            Ok(whole) => self.say_whole(&whole),
            Err(fault) => self.say_fault(fault),
        }
    }

    fn kept(&self, verifier: &NoteVerifier) -> anyhow::Result<Vec<Checkpoint>> {
        let open = |path: &PathBuf| {
            let note = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            verifier.open(&note).with_context(|| path.display().to_string())
        };
        self.checkpoint.iter().map(open).collect()
    }

    fn say_whole(&self, whole: &Whole) -> anyhow::Result<()> {
        let Whole { entries, head, signed, redacted } = whole;
        if self.json {
            let head = hex(head);
            return print_json(
                &json!({ "ok": true, "verdict": "ok", "entries": entries, "signed": signed, "redacted": redacted, "head": head }),
            );
        }
        println!("ok: {entries} entries, head {}; {signed} of them are under a checkpoint", hex(head));
        if *redacted > 0 {
            println!(
                "the first {redacted} were redacted by age: that they were there is proven, what they said no more"
            );
        }
        Ok(())
    }

    fn say_fault(&self, fault: Fault) -> anyhow::Result<()> {
        if self.json {
            print_json(&json!({ "ok": false, "verdict": fault.word(), "reason": fault.to_string(),
                "first_bad_sequence": fault.first_bad_sequence() }))?;
        }
        Err(fault.into())
    }
}
