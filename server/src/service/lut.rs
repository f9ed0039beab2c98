//! The house's LUTs.

use uuid::Uuid;

use super::review::read_lut;
use super::{Error, Noun, Services};
use crate::domain::access::{Object, Permission};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::invalid;
use crate::domain::review::TITLE_LIMIT;
use crate::store::lut as table;
use crate::store::lut::LutRecord;

/// Most LUTs that the library holds.
const MOST: usize = 1_000;

impl Services {
    /// The library, by name.
    ///
    /// # Errors
    /// When it is not allowed.
    pub async fn luts(&self, by: &By) -> Result<Vec<LutRecord>, Error> {
        self.permit(by, Permission::LutManage, &Object::House).await?;
        Ok(table::list(&mut *self.store.read().await?).await?)
    }

    /// Adds a LUT of any format that can be read. The same content twice is the same LUT, under its newest name.
    ///
    /// # Errors
    /// When it is not allowed, the file is no LUT or the library is full.
    pub async fn add_lut(&self, name: &str, text: String, by: &By) -> Result<LutRecord, Error> {
        self.permit(by, Permission::LutManage, &Object::House).await?;
        let name = invalid::line("name", name, TITLE_LIMIT)?;
        let read = tokio::task::spawn_blocking(move || read_lut("text", name, text));
        let file = read.await.map_err(|_| Error::Busy)??;
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        if table::list(write.connection()).await?.len() >= MOST {
            return Err(
                super::review::field("text", format!("the library holds {MOST} LUTs, as many as it can")).into()
            );
        }
        let id = table::keep(write.connection(), &file).await?;
        table::list_as(write.connection(), id, &file.name, now).await?;
        let lut = table::by_id(write.connection(), id).await?.ok_or_else(|| Error::not_found(Noun::Lut, id))?;
        let event = Event::done(now, by, Action::LutAdded, object(id));
        write.commit(&event.with("name", &lut.name).with("sha256", &lut.sha256)).await?;
        Ok(lut)
    }

    /// Removes a LUT from the library; reviews that use it keep it.
    ///
    /// # Errors
    /// When it is not allowed, or there is none.
    pub async fn remove_lut(&self, id: Uuid, by: &By) -> Result<(), Error> {
        self.permit(by, Permission::LutManage, &Object::House).await?;
        let mut write = self.store.write().await?;
        let lut = table::by_id(write.connection(), id).await?.ok_or_else(|| Error::not_found(Noun::Lut, id))?;
        table::remove(write.connection(), id).await?;
        let event = Event::done(UtcInstant::now(), by, Action::LutRemoved, object(id));
        write.commit(&event.with("name", &lut.name).with("sha256", &lut.sha256)).await?;
        Ok(())
    }
}

fn object(id: Uuid) -> String {
    format!("lut:{id}")
}
