//! `vitrine link`.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Where, print_json};
use crate::domain::audit::By;
use crate::domain::instant::UtcInstant;
use crate::domain::invalid::Invalid;
use crate::domain::link::{Invitation, SecondDevice};
use crate::domain::network::Networks;
use crate::service::link_code::Codes;
use crate::store::link::LinkRecord;

#[derive(Debug, Subcommand)]
pub enum Link {
    /// Invite somebody: prints the link and its passphrase, once; hand them over apart
    Create(Create),
    /// List links
    List(List),
    /// Take a link back, or all of a project, or all through which somebody is in from a network: whoever watches through one
    /// stops within a second
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub struct Create {
    /// Id of the review
    #[arg(long)]
    review: Uuid,
    /// Name of the recipient, as it is burned into their picture
    #[arg(long)]
    name: String,
    /// E-mail address of the recipient, as it is burned into their picture
    #[arg(long)]
    email: String,
    /// When it no longer opens, at most 7 days from now: an instant (2026-11-21T18:00:00Z) or a time from now (90m, 24h,
    /// 7d). Without it, the review's end
    #[arg(long, value_name = "WHEN", value_parser = until)]
    expires: Option<UtcInstant>,
    /// From where it opens, e.g. 192.0.2.0/24; may be given again. Without it, from anywhere the project allows
    #[arg(long, value_name = "CIDR")]
    network: Vec<String>,
    /// How often it may be opened; the same browser coming back counts once
    #[arg(long, value_name = "COUNT")]
    uses: Option<u32>,
    /// Somebody of the house lets each person in, from the console
    #[arg(long)]
    waiting_room: bool,
    /// A second device: "refused", or "asks" to be let in, and the first then gives way
    #[arg(long, value_name = "POLICY", default_value = "refused")]
    second_device: SecondDevice,
    /// After the passphrase, a code is sent to the recipient's address and asked for; needs --config, for its mail server
    #[arg(long)]
    email_code: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: Where,
}

#[derive(Debug, Args)]
pub struct List {
    /// Only links of this review
    #[arg(long)]
    review: Option<Uuid>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: Where,
}

#[derive(Debug, Args)]
pub struct Revoke {
    #[command(flatten)]
    which: Which,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    at: Where,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// Id of the link
    id: Option<Uuid>,
    /// All links of the project of this id
    #[arg(long, value_name = "ID")]
    project: Option<Uuid>,
    /// All links through which a guest is in from here, e.g. 192.0.2.0/24
    #[arg(long, value_name = "CIDR")]
    network: Option<String>,
}

impl Revoke {
    async fn run(self) -> anyhow::Result<()> {
        let services = self.at.open(false).await?.services;
        let by = By::COMMAND_LINE;
        let links = match (self.which.id, self.which.project, &self.which.network) {
            (Some(id), ..) => {
                let link = services.revoke_link(id, &by).await?;
                if self.json {
                    return print_json(&facts(&link));
                }
                print(&link);
                return Ok(());
            }
            (_, Some(project), _) => services.revoke_project(project, &by).await?,
            (.., network) => services.revoke_networks(&Networks::named(network.as_slice())?, &by).await?,
        };
        if self.json {
            return print_json(&json!({ "links": links }));
        }
        println!("{links} links taken back");
        Ok(())
    }
}

/// An instant, or a time from now in seconds, minutes, hours or days.
pub(super) fn until(text: &str) -> Result<UtcInstant, String> {
    let units = [('s', 1), ('m', 60), ('h', 3_600), ('d', 86_400)];
    for (unit, seconds) in units {
        if let Some(count) = text.strip_suffix(unit).and_then(|count| count.parse::<u32>().ok()) {
            return Ok(UtcInstant::now().plus(Duration::from_secs(u64::from(count) * seconds)));
        }
    }
    text.parse().map_err(|error: crate::domain::instant::NotAnInstant| {
        format!("{error}; or give a time from now, such as 90m, 24h or 7d")
    })
}

fn facts(link: &LinkRecord) -> Value {
    json!({
        "id": link.id, "review_id": link.review_id, "name": link.name, "email": link.email,
        "state": link.facts.state(UtcInstant::now()), "expires_at": link.facts.expires_at,
        "last_used_at": link.last_used_at, "networks": link.door.origins.link.texts(), "uses": link.facts.uses,
        "uses_limit": link.facts.uses_limit, "waiting_room": link.door.waiting_room,
        "second_device": link.door.second_device, "email_code": link.door.email_code,
    })
}

fn print(link: &LinkRecord) {
    let state = link.facts.state(UtcInstant::now());
    println!("{}  {state}  {} <{}>  until {}", link.id, link.name, link.email, link.facts.expires_at);
}

impl Create {
    fn invitation(&self) -> Result<Invitation, Invalid> {
        Ok(Invitation {
            expires_at: self.expires,
            networks: Networks::named(&self.network)?,
            uses_limit: self.uses,
            waiting_room: self.waiting_room,
            second_device: self.second_device,
            email_code: self.email_code,
            ..Invitation::to(&self.name, &self.email)
        })
    }
}

impl Link {
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Create(create) => {
                let house = create.at.open(false).await?;
                let base = house.public_url().await?;
                let invitation = create.invitation()?;
                let codes = Codes::of(&house.config.access, &house.config.notify)?;
                let services = house.services.sending_codes(codes);
                let new = services.create_link(create.review, invitation, &By::COMMAND_LINE).await?;
                let url = format!("{base}/join#{}", new.secret.reveal().as_str());
                if create.json {
                    let mut facts = facts(&new.link);
                    facts["url"] = url.into();
                    facts["passphrase"] = new.passphrase.reveal().into();
                    return print_json(&facts);
                }
                print(&new.link);
                println!("  link        {url}");
                println!("  passphrase  {}", new.passphrase.reveal());
                println!("Both are shown this once. Hand the passphrase over another way than the link.");
            }
            Self::List(list) => {
                let links = list.at.open(false).await?.services.links(list.review).await?;
                if list.json {
                    return print_json(&json!({ "links": links.iter().map(facts).collect::<Vec<_>>() }));
                }
                links.iter().for_each(print);
            }
            Self::Revoke(revoke) => revoke.run().await?,
        }
        Ok(())
    }
}
