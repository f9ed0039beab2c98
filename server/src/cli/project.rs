//! `vitrine project`.

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use uuid::Uuid;

use super::project_mark::ProjectMark;
use super::{Where, print_json};
use crate::domain::audit::By;
use crate::domain::network::Networks;
use crate::domain::project::Classification;
use crate::service::project::ProjectMembers;

#[derive(Debug, Subcommand)]
pub enum Project {
    /// Make a project
    Create(Create),
    /// List projects with their members
    List(List),
    /// Say how secret a project is; links that have not passed the door it then demands are taken back
    Classify(Classify),
    /// Say from where a project's reviews may be watched; none named: from anywhere
    Networks(ProjectNetworks),
    /// Say what a project's visible marks show; without options, print it
    Mark(ProjectMark),
    /// Let an account work on a project
    AddMember(Member),
    /// End that
    RemoveMember(Member),
}

#[derive(Debug, Args)]
pub struct Create {
    /// What it is called
    name: String,
    /// internal, confidential or restricted
    #[arg(long, default_value = "internal")]
    classification: Classification,
    /// Print JSON
    #[arg(long)]
    json: bool,
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
pub struct Classify {
    /// Id of the project
    id: Uuid,
    /// internal, confidential or restricted
    classification: Classification,
    #[command(flatten)]
    at: Where,
}

#[derive(Debug, Args)]
pub struct ProjectNetworks {
    /// Id of the project
    id: Uuid,
    /// Networks, e.g. 192.0.2.0/24
    networks: Vec<String>,
    #[command(flatten)]
    at: Where,
}

#[derive(Debug, Args)]
pub struct Member {
    /// Id of the project
    id: Uuid,
    /// Name of the account
    user: String,
    #[command(flatten)]
    at: Where,
}

fn facts(project: &ProjectMembers) -> Value {
    let members: Vec<&str> = project.members.iter().map(|(_, user)| user.as_str()).collect();
    let record = &project.project;
    json!({ "id": record.facts.id, "name": record.name, "classification": record.facts.classification,
        "networks": record.networks.texts(), "mark": record.mark, "clean_hold": record.clean_hold, "members": members })
}

fn print(project: &ProjectMembers) {
    let members: Vec<&str> = project.members.iter().map(|(_, user)| user.as_str()).collect();
    let record = &project.project;
    println!("{}  {}  {}  {}", record.facts.id, record.facts.classification, record.name, members.join(", "));
}

impl Member {
    async fn set(self, member: bool) -> anyhow::Result<()> {
        let services = self.at.open(false).await?.services;
        let account = services.account(&self.user).await?;
        Ok(services.set_member(self.id, account.id, member, &By::COMMAND_LINE).await?)
    }
}

impl Project {
    pub async fn run(self) -> anyhow::Result<()> {
        let by = &By::COMMAND_LINE;
        match self {
            Self::Create(create) => {
                let services = create.at.open(true).await?.services;
                let project = services.create_project(&create.name, create.classification, by).await?;
                let project = ProjectMembers { project, members: Vec::new() };
                if create.json {
                    return print_json(&facts(&project));
                }
                print(&project);
            }
            Self::List(list) => {
                let projects = list.at.open(false).await?.services.projects(by).await?;
                if list.json {
                    return print_json(&json!({ "projects": projects.iter().map(facts).collect::<Vec<_>>() }));
                }
                projects.iter().for_each(print);
            }
            Self::Classify(classify) => {
                let services = classify.at.open(false).await?.services;
                services.classify_project(classify.id, classify.classification, by).await?;
            }
            Self::Networks(named) => {
                let networks = Networks::named(&named.networks)?;
                named.at.open(false).await?.services.set_networks(named.id, &networks, by).await?;
            }
            Self::Mark(mark) => mark.run().await?,
            Self::AddMember(member) => member.set(true).await?,
            Self::RemoveMember(member) => member.set(false).await?,
        }
        Ok(())
    }
}
