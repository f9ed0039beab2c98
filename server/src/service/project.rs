//! Projects: make, classify, say who works on them.

use pipelines::spec::watermark::MarkTemplate;
use uuid::Uuid;

use super::account::object as account_object;
use super::{Change, Error, Noun, Services};
use crate::domain::access::{Object, Permission, authorize};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::network::Networks;
use crate::domain::project::{self, Classification, ProjectFacts};
use crate::store::project as table;
use crate::store::project::ProjectRecord;
use crate::store::{account, link};

/// A project with its members.
#[derive(Clone, Debug)]
pub struct ProjectMembers {
    /// The project.
    pub project: ProjectRecord,
    /// Id and name of each member.
    pub members: Vec<(Uuid, String)>,
}

pub(super) fn object(id: Uuid) -> String {
    format!("project:{id}")
}

impl Services {
    /// Makes a project.
    ///
    /// # Errors
    /// When it is not allowed, the name is taken or breaks a rule.
    pub async fn create_project(
        &self,
        name: &str,
        classification: Classification,
        by: &By,
    ) -> Result<ProjectRecord, Error> {
        self.permit(by, Permission::ProjectManage, &Object::House).await?;
        let now = UtcInstant::now();
        let facts = ProjectFacts { id: Uuid::now_v7(), classification };
        let networks = Networks::default();
        let (mark, clean_hold) = (MarkTemplate::default(), false);
        let record = ProjectRecord { facts, name: project::name(name)?, networks, mark, clean_hold, created_at: now };
        let mut write = self.store.write().await?;
        if !table::insert(write.connection(), &record).await? {
            return Err(Error::ProjectExists { name: record.name });
        }
        let event = Event::done(now, by, Action::ProjectCreated, object(facts.id));
        write.commit(&event.with("name", &record.name).with("classification", classification)).await?;
        Ok(record)
    }

    /// A project by id.
    ///
    /// # Errors
    /// When there is none.
    pub async fn project(&self, id: Uuid) -> Result<ProjectRecord, Error> {
        let found = table::by_id(&mut *self.store.read().await?, id).await?;
        found.ok_or_else(|| Error::not_found(Noun::Project, id))
    }

    /// The projects that somebody may see, with their members.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn projects(&self, by: &By) -> Result<Vec<ProjectMembers>, Error> {
        let mut connection = self.store.read().await?;
        let members = table::members(&mut connection).await?;
        let projects = table::list(&mut connection).await?.into_iter();
        let seen = projects
            .filter(|project| authorize(&by.actor, Permission::ProjectSee, &Object::Project(project.facts)).is_ok());
        let with_members = seen.map(|project| {
            let own = members.iter().filter(|(id, ..)| *id == project.facts.id);
            ProjectMembers { members: own.map(|(_, id, user)| (*id, user.clone())).collect(), project }
        });
        Ok(with_members.collect())
    }

    /// Says how secret a project is. A door that the new classification demands and older links have not passed closes
    /// them: they are taken back.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such project.
    pub async fn classify_project(&self, id: Uuid, to: Classification, by: &By) -> Result<ProjectRecord, Error> {
        let found = self.project(id).await?;
        self.permit(by, Permission::ProjectClassify, &Object::Project(found.facts)).await?;
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        table::classify(write.connection(), id, to).await?;
        let before = self.policy.tightened(found.facts.classification).door;
        let closed = if self.policy.tightened(to).door == before {
            Vec::new()
        } else {
            table::links(write.connection(), id).await?
        };
        for (link, review) in &closed {
            link::revoke(write.connection(), *link, now).await?;
            let event = Event::done(now, by, Action::LinkRevoked, format!("link:{link}"));
            write.record(&event.review(*review).with("because", "project_classified"));
        }
        let event = Event::done(now, by, Action::ProjectClassified, object(id));
        write.commit(&event.with("from", found.facts.classification).with("to", to)).await?;
        for (_, review) in closed {
            self.tell(Change::Links(review));
        }
        self.project(id).await
    }

    /// Says from where a project's reviews may be watched. Whoever watches from elsewhere is stopped by supervision.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such project.
    pub async fn set_networks(&self, id: Uuid, networks: &Networks, by: &By) -> Result<ProjectRecord, Error> {
        let found = self.project(id).await?;
        self.permit(by, Permission::ProjectClassify, &Object::Project(found.facts)).await?;
        let mut write = self.store.write().await?;
        table::set_networks(write.connection(), id, networks).await?;
        let event = Event::done(UtcInstant::now(), by, Action::ProjectNetworks, object(id));
        write.commit(&event.with("from", found.networks).with("to", networks)).await?;
        self.project(id).await
    }

    /// Makes an account a member of a project, or ends that.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such project or account.
    pub async fn set_member(&self, id: Uuid, account: Uuid, member: bool, by: &By) -> Result<(), Error> {
        let found = self.project(id).await?;
        self.permit(by, Permission::ProjectManage, &Object::Project(found.facts)).await?;
        let mut write = self.store.write().await?;
        let who = account::by_id(write.connection(), account).await?;
        let who = who.ok_or_else(|| Error::not_found(Noun::Account, account))?;
        let (changed, action) = if member {
            (table::add_member(write.connection(), id, account).await?, Action::MemberAdded)
        } else {
            (table::remove_member(write.connection(), id, account).await?, Action::MemberRemoved)
        };
        if changed {
            let event = Event::done(UtcInstant::now(), by, action, object(id));
            write.commit(&event.with("account", account_object(&who.user))).await?;
        }
        Ok(())
    }
}
