//! Builds the server, supervises it, and stops it in order.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use crate::acme::{Acme, AcmeError};
use crate::config::Config;
use crate::config::data::{DataDir, FileError};
use crate::domain::audit::{Action, By, Event};
use crate::domain::instant::UtcInstant;
use crate::domain::mark::MarksConfig;
use crate::http::certificate::Certificates;
use crate::http::names::Names;
use crate::http::tls::TlsError;
use crate::http::{self, HttpState, listener};
use crate::jobs::{self, Keeper};
use crate::media::reference::Shelf;
use crate::media::{Media, MediaError};
use crate::notify::digest::DigestMail;
use crate::notify::{Target, TargetError};
use crate::oidc::{OidcError, Provider};
use crate::places::{Places, PlacesError};
use crate::rtc::{Identity, IdentityError};
use crate::service::link_code::Codes;
use crate::service::trace::Traces;
use crate::service::viewing::Screening;
use crate::service::{Change, Error, Services, seal};
use crate::store::{self, Store, setting};
use crate::token::key_file::KeyFileError;
use crate::token::lease_keys::LeaseKeys;
use crate::token::mark_key::MarkKeys;
use crate::token::note::NoteKey;

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A key.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Who the server is in DTLS.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Who gives the certificate.
    #[error(transparent)]
    Acme(#[from] AcmeError),
    /// A target of notifications.
    #[error(transparent)]
    Notify(#[from] TargetError),
    /// The identity provider.
    #[error(transparent)]
    Oidc(#[from] OidcError),
    /// The countries of networks.
    #[error(transparent)]
    Places(#[from] PlacesError),
    /// Media.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The thread that keeps references.
    #[error("no thread to keep references on: {0}")]
    Shelf(io::Error),
    /// The address of HTTPS.
    #[error("cannot listen on {address}: {error}; choose another with --port or http.bind")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// What the system says.
        error: io::Error,
    },
    /// A use case at start.
    #[error(transparent)]
    Service(#[from] Error),
}

/// A running server.
#[derive(Debug)]
pub struct App {
    /// Use cases.
    pub screening: Screening,
    /// Where browsers reach it.
    pub public_url: String,
    /// UDP port of all viewers.
    pub media_udp_port: u16,
    stop: watch::Sender<bool>,
    jobs: JoinSet<()>,
    serving: JoinHandle<()>,
    keeper: Keeper,
    _lock: std::fs::File,
}

impl App {
    /// Starts everything: when it returns, connections are accepted.
    ///
    /// # Errors
    /// When a part cannot start; nothing is left running then.
    pub async fn start(config: &Config) -> Result<Self, StartError> {
        let data = DataDir::open(&config.data)?;
        let lock = data.lock()?;
        let store = Store::open(&data.database()).await?;
        let leases = LeaseKeys::load_or_make(&data)?;
        let keeper = Keeper {
            key: Arc::new(NoteKey::load_or_make(&data)?),
            config: config.audit.clone(),
            targets: Arc::new(Target::named(&config.notify, &config.audit.send)?),
        };
        let targets = Target::of(&config.notify)?;
        let acme = config.acme.as_ref().map(|acme| Acme::new(acme, &config.http, &data)).transpose()?;
        let answers = acme.as_ref().map(|acme| Arc::clone(&acme.answers));
        let certificates = Certificates::open(&config.http, &data, answers)?;
        let tls = certificates.server_config()?;
        let address = config.http.bind;
        let listen = |error| StartError::Listen { address, error };
        let listener = TcpListener::bind(address).await.map_err(listen)?;
        let port = listener.local_addr().map_err(listen)?.port();
        let names = Names::new(&config.http, port);
        let marks = Arc::new(mark_keys(&store, &data, &config.marks).await?);
        let references = Shelf::start(&data, Arc::clone(&marks), &config.marks).map_err(StartError::Shelf)?;
        let identity = Identity::load_or_make(&data)?;
        let media = Media::start(config.media.clone(), identity, references).await?;
        let media_udp_port = media.udp_port();

        let seal = seal::load(&store, &data, &config.access).await?;
        let codes = Codes::of(&config.access, &config.notify)?;
        let digests = DigestMail::of(&config.notify)?;
        let provider = config.oidc.as_ref().map(Provider::new).transpose()?;
        let places = Places::open(config.access.countries.as_deref())?;
        let services = Services::new(store, config.access.profile).limited_by(config.limits).knowing(places);
        let services = services.sealed_with(seal).sending_codes(codes).sending_digests(digests).with_provider(provider);
        services.seal_secrets().await?;
        let screening = Screening::new(services, Arc::new(media), Arc::new(leases), marks);
        let public_url = names.public_url().to_owned();
        remember(&screening, &public_url, config.media.publish_aes_128).await?;
        screening.services.offboard_due().await?;
        screening.end_all().await?;
        screening.end_clean_holds().await?;
        for review in screening.services.live_reviews().await? {
            screening.projector.open(review.id, review.program);
        }
        let (stop, stopping) = watch::channel(false);
        let mut jobs = jobs::start(&screening, &keeper, &stopping);
        let names_of_targets: Vec<String> = targets.iter().map(|target| target.name.clone()).collect();
        screening.services.set_notification_targets(&names_of_targets).await?;
        jobs::certificates(&mut jobs, &screening.services, certificates, acme, &stopping);
        jobs::notify(&mut jobs, &screening.services, targets, &stopping);
        let traces = Arc::new(Traces::open(&data, screening.services.clone(), Arc::clone(&screening.marks))?);
        let state = HttpState::new(screening.clone(), names, Arc::clone(&keeper.key), stopping.clone());
        let router = http::router(state.with_traces(traces));
        let http = config.http.clone();
        let serving = tokio::spawn(async move { listener::serve(listener, tls, router, &http, stopping).await });
        Ok(Self { screening, public_url, media_udp_port, stop, jobs, serving, keeper, _lock: lock })
    }

    /// Stops in order: no new requests, pages told, viewings ended and recorded, database closed.
    ///
    /// # Errors
    /// When the record of the stop cannot be written; the server has stopped nevertheless.
    pub async fn stop(mut self) -> Result<(), Error> {
        self.screening.services.tell(Change::Stopping);
        // Nobody is left to be told when every receiver is gone.
        let _ = self.stop.send(true);
        let ended = self.screening.end_all().await;
        if let Err(error) = (&mut self.serving).await {
            tracing::error!(%error, "the listener did not stop in order");
        }
        while self.jobs.join_next().await.is_some() {}
        // Requests that were finishing may have started another viewing.
        let ended = ended.and(self.screening.end_all().await).and(self.screening.end_clean_holds().await);
        let seen = self.screening.note_seen(&mut HashMap::new()).await;
        let services = &self.screening.services;
        let stopped = Event::done(UtcInstant::now(), &By::SERVER, Action::ServerStopped, "server");
        let recorded = services.record(&stopped).await;
        let signed = self.keeper.keep(services).await;
        services.store.close().await;
        ended.and(seen).and(recorded).and(signed)
    }
}

/// The keys of marks, which the database remembers from the first start on.
async fn mark_keys(store: &Store, data: &DataDir, config: &MarksConfig) -> Result<MarkKeys, StartError> {
    let known = setting::get(&mut *store.read().await?, setting::MARK_KEY).await?;
    let keys = MarkKeys::load_known(data, config, known.as_deref())?;
    let mut write = store.write().await?;
    setting::set(write.connection(), setting::MARK_KEY, &keys.fingerprint()).await?;
    write.commit_bookkeeping().await?;
    Ok(keys)
}

/// Leaves the public address for the command line, and records the start.
async fn remember(screening: &Screening, public_url: &str, publish_aes_128: bool) -> Result<(), Error> {
    let profile = screening.services.policy.profile;
    let mut write = screening.services.store.write().await?;
    setting::set(write.connection(), setting::PUBLIC_URL, public_url).await?;
    setting::set(write.connection(), setting::PROFILE, profile.as_str()).await?;
    let event = Event::done(UtcInstant::now(), &By::SERVER, Action::ServerStarted, "server");
    let event = event.with("publish_aes_128", publish_aes_128);
    if publish_aes_128 {
        tracing::warn!("media.publish_aes_128 is on: senders may encrypt what they publish with AES-128 only");
    }
    write
        .commit(
            &event.with("public_url", public_url).with("profile", profile).with("version", env!("CARGO_PKG_VERSION")),
        )
        .await?;
    Ok(())
}
