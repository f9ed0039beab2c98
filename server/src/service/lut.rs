//! The house's LUTs.

use std::sync::{Arc, LazyLock};

use lut::bake::ConfigError;
use pipelines::spec::look::LutFile;
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::review::{field, read_lut};
use super::{Error, Noun, Services};
use crate::domain::access::{Object, Permission};
use crate::domain::audit::{Action, By, Event, hex};
use crate::domain::instant::UtcInstant;
use crate::domain::invalid::{self, Invalid};
use crate::domain::review::TITLE_LIMIT;
use crate::import::ocio::{self, OcioError, Offer, View};
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
        self.list_lut(&file, "text", None, by).await
    }

    /// What an OpenColorIO configuration offers; nothing of it is kept.
    ///
    /// # Errors
    /// When it is not allowed, or the file is no configuration.
    pub async fn offer_of(&self, config: Vec<u8>, by: &By) -> Result<Offer, Error> {
        self.permit(by, Permission::LutManage, &Object::House).await?;
        let read = tokio::task::spawn_blocking(move || ocio::read(&config).map(|config| ocio::offer(&config)));
        Ok(read.await.map_err(|_| Error::Busy)?.map_err(refusal)?)
    }

    /// Adds a view of an OpenColorIO configuration as a cube, which is named after configuration, color space, display and view.
    /// Takes seconds on one core, so one is made at a time.
    ///
    /// # Errors
    /// When it is not allowed, the configuration has no such view or misses a file, or the library is full.
    pub async fn add_view(&self, name: &str, config: Vec<u8>, view: View, by: &By) -> Result<LutRecord, Error> {
        static ONE: LazyLock<Arc<Semaphore>> = LazyLock::new(|| Arc::new(Semaphore::new(1)));
        self.permit(by, Permission::LutManage, &Object::House).await?;
        let name = view_name(&invalid::line("name", name, TITLE_LIMIT)?, &view);
        let (wanted, digest) = (view.clone(), hex(&Sha256::digest(&config)));
        let turn = Arc::clone(&ONE).acquire_owned().await.map_err(|_| Error::Busy)?;
        // Whoever asked may be gone; the work is not, and keeps its turn.
        let baked = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            ocio::bake_text(&ocio::read(&config)?, &wanted)
        });
        let data = baked.await.map_err(|_| Error::Busy)?.map_err(refusal)?.into_bytes();
        self.list_lut(&LutFile { name, data }, "config", Some((&view, digest)), by).await
    }

    /// Puts a file into the library, which says of which view of which configuration it is.
    async fn list_lut(
        &self,
        file: &LutFile,
        of: &'static str,
        view: Option<(&View, String)>,
        by: &By,
    ) -> Result<LutRecord, Error> {
        let now = UtcInstant::now();
        let mut write = self.store.write().await?;
        if table::list(write.connection()).await?.len() >= MOST {
            return Err(field(of, format!("the library holds {MOST} LUTs, as many as it can")).into());
        }
        let id = table::keep(write.connection(), file).await?;
        table::list_as(write.connection(), id, &file.name, now).await?;
        let lut = table::by_id(write.connection(), id).await?.ok_or_else(|| Error::not_found(Noun::Lut, id))?;
        let event = Event::done(now, by, Action::LutAdded, object(id));
        let event = event.with("name", &lut.name).with("sha256", &lut.sha256);
        let event = match view {
            Some((view, digest)) => event
                .with("config_sha256", digest)
                .with("color_space", &view.color_space)
                .with("display", &view.display)
                .with("view", &view.view),
            None => event,
        };
        write.commit(&event).await?;
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

/// `show.ocio, ACEScct, Rec.1886 Rec.709 - Display, Film.cube`, within the limit of names.
fn view_name(config: &str, View { color_space, display, view }: &View) -> String {
    const END: &str = ".cube";
    let text = format!("{config}, {color_space}, {display}, {view}");
    let kept = text.chars().filter(|c| !c.is_control()).take(TITLE_LIMIT - END.len());
    kept.chain(END.chars()).collect()
}

/// What is wrong, at the field that it is about.
fn refusal(error: OcioError) -> Invalid {
    let of = match &error {
        OcioError::Linear { .. } | OcioError::Config(ConfigError::Unknown { what: "color space", .. }) => "color_space",
        OcioError::Config(ConfigError::Unknown { what: "display", .. }) => "display",
        OcioError::Config(ConfigError::Unknown { .. }) | OcioError::Bake(_) => "view",
        _ => "config",
    };
    field(of, error)
}

fn object(id: Uuid) -> String {
    format!("lut:{id}")
}
