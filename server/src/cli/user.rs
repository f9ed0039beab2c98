//! `vitrine user`.

use std::io::{BufRead as _, IsTerminal as _};
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use serde_json::json;
use zeroize::Zeroizing;

use super::link::until;
use super::{Where, print_json};
use crate::domain::account::Role;
use crate::domain::audit::By;
use crate::domain::instant::UtcInstant;
use crate::domain::secret::SecretText;
use crate::service::Services;
use crate::store::account::AccountRecord;

#[derive(Debug, Subcommand)]
pub enum User {
    /// Make an account (password from --password-file or standard input; `vitrine doctor` says how long)
    Add(Add),
    /// List accounts
    List(List),
    /// End an account, now or on a date: its sessions, the links it made, and whatever is watched through those
    Offboard(Offboard),
    /// End an account at once and remove it from the database; the record keeps its name
    Remove(One),
    /// Give an account a new password; its sessions end
    Password(Named),
    /// Give an account another role; its sessions end
    Role(NewRole),
    /// Let an account sign in again after too many wrong tries
    Unlock(One),
    /// Take an account's second factors away, for whoever lost them; its sessions end
    ResetFactors(One),
}

#[derive(Debug, Args)]
pub struct Add {
    #[command(flatten)]
    named: Named,
    /// What the account is for: admin, producer, colourist or security-lead. Only the first account may go without: it
    /// is an admin
    #[arg(long)]
    role: Option<Role>,
}

#[derive(Debug, Args)]
pub struct Named {
    /// Name to sign in with
    user: String,
    /// File whose first line is the password; without it, standard input is read
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    #[command(flatten)]
    at: Where,
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
pub struct One {
    /// Name of the account
    user: String,
    #[command(flatten)]
    at: Where,
}

#[derive(Debug, Args)]
pub struct NewRole {
    #[command(flatten)]
    one: One,
    /// admin, producer, colourist or security-lead
    role: Role,
}

#[derive(Debug, Args)]
pub struct Offboard {
    #[command(flatten)]
    one: One,
    /// When: an instant (2026-11-30T18:00:00Z) or a time from now (90m, 24h, 7d). Without it, at once
    #[arg(long = "at", value_name = "WHEN", value_parser = until)]
    when: Option<UtcInstant>,
}

/// Reads a secret's one line from a file, or from standard input.
pub(super) fn secret_line(file: Option<&PathBuf>, what: &str) -> anyhow::Result<SecretText> {
    let mut text = Zeroizing::new(String::new());
    match file {
        Some(file) => {
            *text = std::fs::read_to_string(file)
                .with_context(|| format!("cannot read the {what} from {}", file.display()))?;
        }
        None => {
            let input = std::io::stdin();
            if input.is_terminal() {
                eprintln!(
                    "Type the {what} and press Enter (it is shown; use --password-file or a pipe to avoid that):"
                );
            }
            input.lock().read_line(&mut text).with_context(|| format!("cannot read the {what} from standard input"))?;
        }
    }
    Ok(SecretText::new(text.lines().next().unwrap_or_default()))
}

fn print(account: &AccountRecord) {
    let end = match (account.offboarded_at, account.ends_at) {
        (Some(at), _) => format!(", ended {at}"),
        (None, Some(at)) => format!(", ends {at}"),
        (None, None) => String::new(),
    };
    println!("{}  {}  since {}{end}", account.user, account.role, account.created_at);
}

impl Add {
    async fn run(self) -> anyhow::Result<()> {
        let password = secret_line(self.named.password_file.as_ref(), "password")?;
        let services = self.named.at.open(true).await?.services;
        let role = match self.role {
            Some(role) => role,
            None if services.accounts(&By::COMMAND_LINE).await?.is_empty() => Role::Admin,
            None => anyhow::bail!("--role is missing; expected admin, producer, colourist or security-lead"),
        };
        let account = services.create_account(&self.named.user, &password, role, &By::COMMAND_LINE).await?;
        println!("Account {} ({role}) can sign in.", account.user);
        Ok(())
    }
}

impl One {
    /// The data and the account.
    async fn find(&self) -> anyhow::Result<(Services, AccountRecord)> {
        let services = self.at.open(false).await?.services;
        let account = services.account(&self.user).await?;
        Ok((services, account))
    }
}

impl User {
    pub async fn run(self) -> anyhow::Result<()> {
        let by = &By::COMMAND_LINE;
        match self {
            Self::Add(add) => add.run().await?,
            Self::Password(named) => {
                let password = secret_line(named.password_file.as_ref(), "password")?;
                let (services, account) = One { user: named.user, at: named.at }.find().await?;
                services.set_password(account.id, &password, by).await?;
                println!("Account {} has a new password; its sessions have ended.", account.user);
            }
            Self::Role(new) => {
                let (services, account) = new.one.find().await?;
                print(&services.set_role(account.id, new.role, by).await?);
            }
            Self::Unlock(one) => {
                let (services, account) = one.find().await?;
                print(&services.unlock_account(account.id, by).await?);
            }
            Self::ResetFactors(one) => {
                let (services, account) = one.find().await?;
                print(&services.reset_factors(account.id, by).await?);
            }
            Self::Offboard(offboard) => {
                let (services, account) = offboard.one.find().await?;
                print(&services.offboard(account.id, offboard.when, by).await?);
            }
            Self::Remove(one) => {
                let (services, account) = one.find().await?;
                services.remove_account(account.id, by).await?;
                println!("Account {} is removed.", account.user);
            }
            Self::List(list) => {
                let accounts = list.at.open(false).await?.services.accounts(by).await?;
                if list.json {
                    let accounts: Vec<_> = accounts
                        .iter()
                        .map(|a| {
                            json!({ "id": a.id, "user": a.user, "role": a.role, "created_at": a.created_at,
                                "ends_at": a.ends_at, "offboarded_at": a.offboarded_at })
                        })
                        .collect();
                    return print_json(&json!({ "accounts": accounts }));
                }
                accounts.iter().for_each(print);
            }
        }
        Ok(())
    }
}
