//! `vitrine archive`.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::{Where, print_json};
use crate::domain::audit::{By, hex};
use crate::domain::secret::SecretText;
use crate::export::archive::container::{self, BYTES_MOST};
use crate::export::archive::verify::{Verified, verify};
use crate::service::export::Container;
use crate::token::note::{NoteKey, NoteVerifier};

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Archive {
    /// Id of the review
    #[arg(long, required = true)]
    review: Option<Uuid>,
    /// File to write; without it, review-ID.zip (or .7z) here. Its SHA-256 is written beside it
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write a 7z that shows neither content nor names without a passphrase, which is printed this once
    #[arg(long)]
    encrypt: bool,
    #[command(flatten)]
    at: Where,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Is an archive whole, and is its part of the record the one that was signed? Needs no server and no data
    Verify(Verify),
}

#[derive(Debug, Args)]
struct Verify {
    /// The archive: ZIP or 7z
    file: PathBuf,
    /// The house's key, as `vitrine audit key` printed it; without it only damage is found, no forgery
    #[arg(long, value_name = "KEY")]
    key: Option<NoteVerifier>,
    /// File with the passphrase of a 7z; `-` for standard input
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Writes bytes to a file, or to standard output.
pub(super) fn write_out(out: Option<&Path>, bytes: &[u8]) -> anyhow::Result<()> {
    match out {
        Some(file) => std::fs::write(file, bytes).with_context(|| format!("cannot write {}", file.display())),
        None => Ok(std::io::stdout().lock().write_all(bytes)?),
    }
}

/// The file beside an archive that holds its SHA-256, as `sha256sum -c` reads it.
fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".sha256");
    PathBuf::from(name)
}

impl Archive {
    pub async fn run(self) -> anyhow::Result<()> {
        if let Some(Command::Verify(verify)) = self.command {
            return verify.run();
        }
        let review = self.review.context("--review is missing")?;
        let house = self.at.open(false).await?;
        let container = if self.encrypt { Container::SevenZip } else { Container::Zip };
        let key = NoteKey::load_or_make(&house.data)?;
        let archive = house.services.archive_review(review, container, &key, &By::COMMAND_LINE).await?;
        let file = self.out.unwrap_or_else(|| PathBuf::from(&archive.name));
        write_out(Some(&file), &archive.bytes)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let sum = hex(&Sha256::digest(&archive.bytes));
        write_out(Some(&beside(&file)), format!("{sum}  {name}\n").as_bytes())?;
        println!("{}  {} bytes", file.display(), archive.bytes.len());
        if let Some(passphrase) = archive.passphrase {
            println!("  passphrase  {}", passphrase.reveal());
            println!("It is shown this once and kept nowhere.");
        }
        Ok(())
    }
}

impl Verify {
    fn run(self) -> anyhow::Result<()> {
        let passphrase = self.passphrase()?;
        let bytes = self.read()?;
        let found = container::unpack(&bytes, passphrase.as_ref()).and_then(|files| verify(&files, self.key.as_ref()));
        match found {
            Ok(verified) => self.say(&verified),
            Err(fault) => {
                if self.json {
                    print_json(&json!({ "ok": false, "reason": fault.to_string() }))?;
                }
                Err(fault.into())
            }
        }
    }

    /// The archive, once it has the SHA-256 that stands in a file beside it, where there is one.
    fn read(&self) -> anyhow::Result<Vec<u8>> {
        let cannot = || format!("cannot read {}", self.file.display());
        let size = std::fs::metadata(&self.file).with_context(cannot)?.len();
        anyhow::ensure!(size <= BYTES_MOST, "{} has {size} bytes; expected at most {BYTES_MOST}", self.file.display());
        let bytes = std::fs::read(&self.file).with_context(cannot)?;
        if let Ok(list) = std::fs::read_to_string(beside(&self.file)) {
            let sum = list.split_whitespace().next().unwrap_or_default();
            let beside = beside(&self.file);
            anyhow::ensure!(
                sum == hex(&Sha256::digest(&bytes)),
                "{} was changed: its SHA-256 is not the one in {}",
                self.file.display(),
                beside.display()
            );
        }
        Ok(bytes)
    }

    fn passphrase(&self) -> anyhow::Result<Option<SecretText>> {
        let Some(file) = &self.passphrase_file else { return Ok(None) };
        let mut text = String::new();
        if file.as_os_str() == "-" {
            std::io::stdin().lock().take(4096).read_to_string(&mut text)?;
        } else {
            text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        }
        Ok(Some(SecretText::new(text.trim_end_matches(['\r', '\n']))))
    }

    fn say(&self, verified: &Verified) -> anyhow::Result<()> {
        let Verified { files, entries, size, key } = verified;
        if self.json {
            return print_json(&json!({ "ok": true, "files": files, "entries": entries, "record_size": size,
                "key": key, "key_given": self.key.is_some() }));
        }
        println!("ok: {files} files, {entries} entries of a record of {size}, signed by {key}");
        if self.key.is_none() {
            println!(
                "The key is the archive's own. With --key and the key that was kept elsewhere, a forgery shows too."
            );
        }
        Ok(())
    }
}
