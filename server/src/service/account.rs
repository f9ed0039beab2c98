//! Accounts: make, change, unlock, end.

use uuid::Uuid;

use super::publishing::object as source_object;
use super::{Change, Error, Noun, Services};
use crate::domain::access::{Object, Permission};
use crate::domain::account::{self, Role, SIGN_IN_TRIES};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::secret::SecretText;
use crate::store::account as table;
use crate::store::account::AccountRecord;
use crate::store::{Write, factor, link, publishing, review, session};

/// An account with what is not its own row.
#[derive(Clone, Debug)]
pub struct AccountState {
    /// The account.
    pub account: AccountRecord,
    /// Whether it has a confirmed second factor.
    pub second_factor: bool,
    /// Whether wrong tries have locked it.
    pub locked: bool,
}

/// Name of an account in the record.
pub(super) fn object(user: &str) -> String {
    format!("account:{user}")
}

impl Services {
    /// Makes an account.
    ///
    /// # Errors
    /// When it is not allowed, the name is taken, or name or password break a rule.
    pub async fn create_account(
        &self,
        user: &str,
        password: &SecretText,
        role: Role,
        by: &By,
    ) -> Result<AccountRecord, Error> {
        self.permit(by, Permission::AccountManage, &Object::House).await?;
        let user = account::user(user)?;
        self.policy.check_password(&user, password)?;
        let password_hash = self.hasher.hash(password).await?;
        let now = UtcInstant::now();
        let record = AccountRecord {
            id: Uuid::now_v7(),
            user,
            password_hash,
            role,
            created_at: now,
            password_set_at: now,
            ends_at: None,
            offboarded_at: None,
        };
        let mut write = self.store.write().await?;
        if table::by_user(write.connection(), &record.user).await?.is_some() {
            return Err(Error::AccountExists { user: record.user });
        }
        table::insert(write.connection(), &record).await?;
        let event = Event::done(now, by, Action::AccountCreated, object(&record.user)).with("role", record.role);
        write.commit(&event).await?;
        Ok(record)
    }

    /// An account by name.
    ///
    /// # Errors
    /// When there is none.
    pub async fn account(&self, user: &str) -> Result<AccountRecord, Error> {
        let user = account::user(user)?;
        let found = table::by_user(&mut *self.store.read().await?, &user).await?;
        found.ok_or_else(|| Error::not_found(Noun::Account, &user))
    }

    /// All accounts.
    ///
    /// # Errors
    /// When it is not allowed.
    pub async fn accounts(&self, by: &By) -> Result<Vec<AccountRecord>, Error> {
        self.permit(by, Permission::AccountSee, &Object::House).await?;
        Ok(table::list(&mut *self.store.read().await?).await?)
    }

    /// The same with what an admin wants to know of each.
    ///
    /// # Errors
    /// When it is not allowed.
    pub async fn account_states(&self, by: &By) -> Result<Vec<AccountState>, Error> {
        let accounts = self.accounts(by).await?;
        self.with_state(accounts).await
    }

    /// Accounts with whether they have a second factor, and whether wrong tries have locked them.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn with_state(&self, accounts: Vec<AccountRecord>) -> Result<Vec<AccountState>, Error> {
        let mut connection = self.store.read().await?;
        let factors = factor::accounts(&mut connection).await?;
        let tries = session::tries(&mut connection, self.tries_since(UtcInstant::now())).await?;
        let state = |account: AccountRecord| AccountState {
            second_factor: factors.contains(&account.id),
            locked: tries.get(&account.user).is_some_and(|tries| *tries >= SIGN_IN_TRIES),
            account,
        };
        Ok(accounts.into_iter().map(state).collect())
    }

    /// An account that somebody may do this to, in a transaction.
    async fn changing(&self, id: Uuid, permission: Permission, by: &By) -> Result<(Write, AccountRecord), Error> {
        self.permit(by, permission, &Object::Account(id)).await?;
        let mut write = self.store.write().await?;
        let found = table::by_id(write.connection(), id).await?;
        Ok((write, found.ok_or_else(|| Error::not_found(Noun::Account, id))?))
    }

    /// Gives an account a new password; all its sessions end.
    ///
    /// # Errors
    /// When it is not allowed, there is no such account, or the password breaks a rule.
    pub async fn set_password(&self, id: Uuid, password: &SecretText, by: &By) -> Result<(), Error> {
        // One's own needs no grant beyond the console's; the caller has asked for the old one.
        let permission = if by.account() == Some(id) { Permission::ConsoleUse } else { Permission::AccountManage };
        self.permit(by, permission, &Object::Account(id)).await?;
        let found = table::by_id(&mut *self.store.read().await?, id).await?;
        let found = found.ok_or_else(|| Error::not_found(Noun::Account, id))?;
        self.policy.check_password(&found.user, password)?;
        let password_hash = self.hasher.hash(password).await?;
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        table::set_password(write.connection(), id, &password_hash, now).await?;
        session::forget_tries(write.connection(), &found.user).await?;
        let ended = session::remove_of(write.connection(), id).await?;
        let event = Event::done(now, by, Action::AccountPassword, object(&found.user));
        write.commit(&event.with("sessions_ended", ended)).await?;
        self.tell(Change::Sessions);
        Ok(())
    }

    /// Gives an account another role; its sessions end.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such account.
    pub async fn set_role(&self, id: Uuid, role: Role, by: &By) -> Result<AccountRecord, Error> {
        let (mut write, found) = self.changing(id, Permission::AccountManage, by).await?;
        table::set_role(write.connection(), id, role).await?;
        let ended = session::remove_of(write.connection(), id).await?;
        let event = Event::done(UtcInstant::now(), by, Action::AccountRole, object(&found.user));
        write.commit(&event.with("from", found.role).with("to", role).with("sessions_ended", ended)).await?;
        self.tell(Change::Sessions);
        Ok(AccountRecord { role, ..found })
    }

    /// Forgets the wrong tries of an account, so that it can sign in again.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such account.
    pub async fn unlock_account(&self, id: Uuid, by: &By) -> Result<AccountRecord, Error> {
        let (mut write, found) = self.changing(id, Permission::AccountManage, by).await?;
        session::forget_tries(write.connection(), &found.user).await?;
        write.commit(&Event::done(UtcInstant::now(), by, Action::AccountUnlocked, object(&found.user))).await?;
        Ok(found)
    }

    /// Takes all second factors of an account away, who it is at the provider too, and ends its sessions: the way back for
    /// whoever lost them.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such account.
    pub async fn reset_factors(&self, id: Uuid, by: &By) -> Result<AccountRecord, Error> {
        let (mut write, found) = self.changing(id, Permission::AccountManage, by).await?;
        factor::reset(write.connection(), id).await?;
        session::remove_of(write.connection(), id).await?;
        write.commit(&Event::done(UtcInstant::now(), by, Action::FactorsReset, object(&found.user))).await?;
        self.tell(Change::Sessions);
        Ok(found)
    }

    /// Removes an account and its sessions from the database, after ending whatever it gave out.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such account.
    pub async fn remove_account(&self, id: Uuid, by: &By) -> Result<(), Error> {
        let found = self.offboard(id, None, by).await?;
        let mut write = self.store.write().await?;
        table::remove(write.connection(), id).await?;
        write.commit(&Event::done(UtcInstant::now(), by, Action::AccountRemoved, object(&found.user))).await?;
        Ok(())
    }

    /// Ends an account, at once or at an instant: no more signing in, its sessions and the links it made end, and with
    /// them whatever is watched through those. An instant to come replaces the one set before.
    ///
    /// # Errors
    /// When it is not allowed, or there is no such account.
    pub async fn offboard(&self, id: Uuid, at: Option<UtcInstant>, by: &By) -> Result<AccountRecord, Error> {
        let now = UtcInstant::now();
        let (mut write, found) = self.changing(id, Permission::AccountOffboard, by).await?;
        let ends_at = at.unwrap_or(now);
        table::set_end(write.connection(), id, Some(ends_at)).await?;
        let event = Event::done(now, by, Action::AccountOffboarding, object(&found.user)).with("ends_at", ends_at);
        let found = AccountRecord { ends_at: Some(ends_at), ..found };
        if ends_at > now {
            write.commit(&event).await?;
            return Ok(found);
        }
        write.record(&event);
        self.carry_out(write, found, by, now).await
    }

    /// Carries out the ends that were set for an instant that has come.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn offboard_due(&self) -> Result<(), Error> {
        let now = UtcInstant::now();
        let due = table::due(&mut *self.store.read().await?, now).await?;
        for account in due {
            let write = self.store.write().await?;
            self.carry_out(write, account, &By::SERVER, now).await?;
        }
        Ok(())
    }

    async fn carry_out(
        &self,
        mut write: Write,
        found: AccountRecord,
        by: &By,
        now: UtcInstant,
    ) -> Result<AccountRecord, Error> {
        let sessions = session::remove_of(write.connection(), found.id).await?;
        let links = table::links(write.connection(), found.id).await?;
        for (id, review) in &links {
            link::revoke(write.connection(), *id, now).await?;
            let event = Event::done(now, by, Action::LinkRevoked, format!("link:{id}")).review(*review);
            write.record(&event.with("because", "account_offboarded"));
        }
        let keys = publishing::end_keys_of(write.connection(), found.id, now).await?;
        for (source, review) in &keys {
            let event = Event::done(now, by, Action::PublishKeyEnded, source_object(*source)).review(*review);
            write.record(&event.with("because", "account_offboarded"));
        }
        let reviews = self.end_reviews_of(&mut write, found.id, by, now).await?;
        table::offboard(write.connection(), found.id, now).await?;
        let event = Event::done(now, by, Action::AccountOffboarded, object(&found.user))
            .with("sessions_ended", sessions)
            .with("links_revoked", links.len())
            .with("publish_keys_ended", keys.len())
            .with("reviews_ended", reviews.len());
        write.commit(&event).await?;
        self.tell(Change::Sessions);
        let touched = links.into_iter().chain(keys).map(|(_, review)| review);
        for review in touched.chain(reviews) {
            self.tell(Change::Review(review));
            self.tell(Change::Links(review));
        }
        Ok(AccountRecord { offboarded_at: Some(now), ..found })
    }

    /// The reviews that an account planned go on without it, unless the policy of their project says otherwise.
    async fn end_reviews_of(
        &self,
        write: &mut Write,
        account: Uuid,
        by: &By,
        now: UtcInstant,
    ) -> Result<Vec<Uuid>, Error> {
        let mut ended = Vec::new();
        for found in review::planned_by(write.connection(), account).await? {
            if self.policy.tightened(found.project.classification).offboarding_ends_reviews {
                let event = self.write_end(write, found.id, by, now).await?;
                write.record(&event.with("because", "account_offboarded"));
                ended.push(found.id);
            }
        }
        Ok(ended)
    }
}
