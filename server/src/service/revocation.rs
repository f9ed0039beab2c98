//! Many links taken back at once: all of a project, or those through which somebody is in from a network.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::link::object;
use super::{Change, Error, Services};
use crate::domain::access::{Object, Permission};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::invalid::Invalid;
use crate::domain::network::Networks;
use crate::store::{Write, inside, link, project};

/// Links and their reviews.
type Links = Vec<(Uuid, Uuid)>;

impl Services {
    /// Takes back all links of a project: how many. Whoever watches through one ends.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such project.
    pub async fn revoke_project(&self, id: Uuid, by: &By) -> Result<usize, Error> {
        let found = self.project(id).await?;
        self.permit(by, Permission::LinkRevoke, &Object::Project(found.facts)).await?;
        let mut write = self.store.write().await?;
        let links = project::links(write.connection(), id).await?;
        self.take_all_back(write, links, "project_revoked", format!("project:{id}"), by).await
    }

    /// Takes back the links through which guests are in from some networks, watching, idle or waiting: how many. They do not
    /// come back in by them from elsewhere either. The house's own pictures end with their sessions, not here.
    ///
    /// # Errors
    /// When it is not allowed, or no network is named.
    pub async fn revoke_networks(&self, networks: &Networks, by: &By) -> Result<usize, Error> {
        self.permit(by, Permission::LinkRevoke, &self.all_projects().await?).await?;
        if networks.is_empty() {
            let reason = "none was named; expected a network such as 192.0.2.0/24".to_owned();
            return Err(Invalid::Field { field: "networks", reason }.into());
        }
        let mut write = self.store.write().await?;
        let inside = inside::guests(write.connection()).await?;
        let there = inside.into_iter().filter(|guest| guest.ip.parse().is_ok_and(|ip| networks.allow(ip)));
        let links: BTreeMap<Uuid, Uuid> = there.map(|guest| (guest.link, guest.review)).collect();
        let object = format!("networks:{}", networks.texts().join(","));
        self.take_all_back(write, links.into_iter().collect(), "network_revoked", object, by).await
    }

    async fn take_all_back(
        &self,
        mut write: Write,
        links: Links,
        because: &'static str,
        object_of: String,
        by: &By,
    ) -> Result<usize, Error> {
        let now = UtcInstant::now();
        for (id, review) in &links {
            link::revoke(write.connection(), *id, now).await?;
            let event = Event::done(now, by, Action::LinkRevoked, object(Some(*id)));
            write.record(&event.review(*review).with("because", because));
        }
        write.commit(&Event::done(now, by, Action::LinksRevoked, object_of).with("links", links.len())).await?;
        let mut reviews: Vec<Uuid> = links.iter().map(|(_, review)| *review).collect();
        reviews.sort_unstable();
        reviews.dedup();
        for review in reviews {
            self.tell(Change::Links(review));
        }
        Ok(links.len())
    }
}
