//! A whole server in a temporary directory, with a projector that only remembers.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use pipelines::engine::FrameStamp;
use pipelines::spec::color::{InputColor, TargetColor};
use pipelines::spec::source::{ProgramSpec, SourceSpec};
use pipelines::spec::time::FrameRate;
use pipelines::spec::transport::{Speed, TransportCommand, TransportState};
use pipelines::spec::watermark::{MarkSpec, MarkTemplate};
use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinSet;
use tower::ServiceExt as _;
use uuid::Uuid;
use vitrine::config::data::DataDir;
use vitrine::domain::account::Role;
use vitrine::domain::audit::{AuditFilter, By};
use vitrine::domain::checkpoint::AuditConfig;
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::link::Invitation;
use vitrine::domain::mark::{Frames, MarksConfig};
use vitrine::domain::pace::LimitsConfig;
use vitrine::domain::policy::{AccessConfig, Profile};
use vitrine::domain::secret::SecretText;
use vitrine::domain::verification::{Fault, Whole};
use vitrine::http::config::HttpConfig;
use vitrine::http::extract::PeerAddress;
use vitrine::http::names::Names;
use vitrine::http::{self, HttpState};
use vitrine::jobs::{self, Keeper};
use vitrine::media::{
    Asked, Capacity, FrameClock, IceNames, MediaEvent, Picture, PublishAnswer, PublishRefusal, PublishRequest,
    PublishState, Restart, RestartError, Restarted, SourceStatus, ViewingAnswer, ViewingRefusal, ViewingRequest,
};
use vitrine::notify::Target;
use vitrine::notify::digest::DigestMail;
use vitrine::oidc::Provider;
use vitrine::places::Places;
use vitrine::service::link::NewLink;
use vitrine::service::link_code::Codes;
use vitrine::service::review::NewReview;
use vitrine::service::trace::Traces;
use vitrine::service::viewing::Screening;
use vitrine::service::{Projector, Services};
use vitrine::store::Store;
use vitrine::token::lease_keys::LeaseKeys;
use vitrine::token::mark_key::MarkKeys;
use vitrine::token::note::NoteKey;

pub const HOST: &str = "localhost:8443";
pub const ORIGIN: &str = "https://localhost:8443";
pub const USER: &str = "grader";
pub const PASSWORD: &str = "correct horse battery";

/// A projector that shows nothing and remembers everything.
#[derive(Default)]
pub struct FakeProjector {
    pub running: Mutex<HashMap<Uuid, Uuid>>,
    pub stopped: Mutex<HashMap<Uuid, Instant>>,
    pub open: Mutex<HashMap<Uuid, ProgramSpec>>,
    pub driven: Mutex<Vec<(Uuid, TransportCommand)>>,
    pub held: Mutex<HashMap<Uuid, bool>>,
    /// What was asked of the visible marks: for how long they are lifted, in order.
    pub lifted: Mutex<Vec<(Uuid, Option<Duration>)>>,
    /// The templates that reviews are marked by.
    pub templates: Mutex<HashMap<Uuid, MarkTemplate>>,
    /// The visible marks that viewings started with.
    pub marks: Mutex<Vec<MarkSpec>>,
    /// The colours that viewings were asked to be sent in.
    pub targets: Mutex<Vec<(Uuid, Option<TargetColor>)>>,
    /// What came with each offer.
    pub asked: Mutex<Vec<Asked>>,
    /// What pages told of their decoders.
    pub decodings: Mutex<Vec<(Uuid, pipelines::spec::encode::rate::Decoding)>>,
    pub refuse: Mutex<Option<ViewingRefusal>>,
    /// What senders publish, and how long each has been silent.
    pub publishings: Mutex<HashMap<Uuid, (Uuid, Duration)>>,
    pub refuse_publishing: Mutex<Option<PublishRefusal>>,
    pub events: Mutex<Option<broadcast::Sender<MediaEvent>>>,
    pub seen: Mutex<Vec<(Uuid, Frames)>>,
    pub clocks: Mutex<HashMap<Uuid, watch::Sender<Option<FrameClock>>>>,
}

impl Projector for FakeProjector {
    fn udp_port(&self) -> u16 {
        1
    }

    fn fingerprint(&self) -> &str {
        "AB:CD"
    }

    fn capacity(&self) -> Capacity {
        Capacity { viewers_now: 0, viewers_possible: 3 }
    }

    fn open(&self, review: Uuid, spec: ProgramSpec) {
        self.open.lock().unwrap().insert(review, spec);
    }

    fn close(&self, review: Uuid) {
        self.open.lock().unwrap().remove(&review);
    }

    fn transport(&self, review: Uuid, command: TransportCommand) {
        self.driven.lock().unwrap().push((review, command));
    }

    fn hold(&self, review: Uuid, held: bool) {
        self.held.lock().unwrap().insert(review, held);
    }

    fn lift(&self, review: Uuid, lasting: Option<Duration>) {
        self.lifted.lock().unwrap().push((review, lasting));
    }

    fn set_template(&self, review: Uuid, template: &MarkTemplate) {
        self.templates.lock().unwrap().insert(review, template.clone());
    }

    /// A hundred frames that play.
    fn source(&self, review: Uuid) -> SourceStatus {
        let speed = Speed::NORMAL;
        let state = TransportState {
            playing: true,
            speed,
            range: None,
            frame: 7,
            frames: Some(100),
            can_seek: true,
            first_label: 86_400,
        };
        let transport = self.open.lock().unwrap().contains_key(&review).then_some(state);
        let held = self.held.lock().unwrap().get(&review).copied().unwrap_or_default();
        let lifted =
            self.lifted.lock().unwrap().iter().rev().find(|(of, _)| *of == review).and_then(|(_, until)| *until);
        let clean_until = lifted.map(|lasting| UtcInstant::now().plus(lasting));
        SourceStatus { transport, held, clean_until, ..SourceStatus::default() }
    }

    fn start_viewing(
        &self,
        request: ViewingRequest,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<ViewingAnswer, ViewingRefusal>> + Send + '_>> {
        if let Some(refusal) = self.refuse.lock().unwrap().clone() {
            return Box::pin(std::future::ready(Err(refusal)));
        }
        self.asked.lock().unwrap().push(request.asked);
        self.marks.lock().unwrap().push(request.marks.visible);
        self.running.lock().unwrap().insert(request.viewing, request.review);
        self.clocks.lock().unwrap().insert(request.viewing, watch::Sender::new(None));
        Box::pin(std::future::ready(Ok(ViewingAnswer {
            sdp: format!("answer to {}", request.offer),
            ice: ice(),
            picture: picture(),
        })))
    }

    fn restart_viewing(
        &self,
        viewing: Uuid,
        _: Restart,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Restarted, RestartError>> + Send + '_>> {
        let runs = self.running.lock().unwrap().contains_key(&viewing);
        let restarted = || Restarted { ice: ice(), fragment: "a=ice-ufrag:us\r\n".to_owned() };
        Box::pin(std::future::ready(runs.then(restarted).ok_or(RestartError::Over)))
    }

    fn start_publishing(
        &self,
        request: PublishRequest,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<PublishAnswer, PublishRefusal>> + Send + '_>> {
        if let Some(refusal) = self.refuse_publishing.lock().unwrap().clone() {
            return Box::pin(std::future::ready(Err(refusal)));
        }
        self.publishings.lock().unwrap().insert(request.publishing, (request.source, Duration::ZERO));
        let sdp = format!("answer to {}", request.offer);
        Box::pin(std::future::ready(Ok(PublishAnswer { sdp, ice: ice() })))
    }

    fn stop_publishing(&self, publishing: Uuid, _: String) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.publishings.lock().unwrap().remove(&publishing);
        Box::pin(std::future::ready(()))
    }

    fn publishings(&self) -> Vec<(Uuid, Uuid)> {
        self.publishings.lock().unwrap().iter().map(|(id, (source, _))| (*id, *source)).collect()
    }

    fn publishing(&self, publishing: Uuid) -> Option<PublishState> {
        let (_, silence) = self.publishings.lock().unwrap().get(&publishing).copied()?;
        Some(PublishState { ice: ice(), silence })
    }

    fn stop_viewing(&self, viewing: Uuid) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        if self.running.lock().unwrap().remove(&viewing).is_some() {
            self.stopped.lock().unwrap().insert(viewing, Instant::now());
        }
        self.clocks.lock().unwrap().remove(&viewing);
        Box::pin(std::future::ready(()))
    }

    fn set_target(
        &self,
        viewing: Uuid,
        target: Option<TargetColor>,
    ) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.targets.lock().unwrap().push((viewing, target));
        Box::pin(std::future::ready(()))
    }

    fn see_decoding(&self, viewing: Uuid, decoding: pipelines::spec::encode::rate::Decoding) {
        self.decodings.lock().unwrap().push((viewing, decoding));
    }

    fn viewings(&self) -> Vec<Uuid> {
        self.running.lock().unwrap().keys().copied().collect()
    }

    fn picture(&self, viewing: Uuid) -> Option<Picture> {
        self.running.lock().unwrap().contains_key(&viewing).then(picture)
    }

    fn ice(&self, viewing: Uuid) -> Option<IceNames> {
        self.running.lock().unwrap().contains_key(&viewing).then(ice)
    }

    /// Every RTP timestamp that is a multiple of 3600 is a frame at 25 frames per second.
    fn frame_at(&self, viewing: Uuid, rtp_timestamp: u32) -> Option<FrameStamp> {
        let frame = u64::from(rtp_timestamp / 3_600);
        let known = rtp_timestamp.is_multiple_of(3_600) && self.running.lock().unwrap().contains_key(&viewing);
        known.then(|| FrameStamp {
            source: self.source_on_air(viewing),
            source_frame: frame,
            timecode: format!("01:00:00:{frame:02}"),
            rate: FrameRate::FPS_25,
            slate: false,
            speed: Speed::NORMAL,
        })
    }

    fn seen(&self) -> Vec<(Uuid, Frames)> {
        self.seen.lock().unwrap().clone()
    }

    fn clock(&self, viewing: Uuid) -> Option<watch::Receiver<Option<FrameClock>>> {
        self.clocks.lock().unwrap().get(&viewing).map(watch::Sender::subscribe)
    }

    fn events(&self) -> broadcast::Receiver<MediaEvent> {
        let mut events = self.events.lock().unwrap();
        events.get_or_insert_with(|| broadcast::channel(64).0).subscribe()
    }
}

impl FakeProjector {
    /// What a viewing's review shows; a review that was not opened has one source that nobody names.
    fn source_on_air(&self, viewing: Uuid) -> Uuid {
        let review = self.running.lock().unwrap()[&viewing];
        self.open.lock().unwrap()[&review].source_id
    }

    pub fn tell(&self, event: MediaEvent) {
        self.events.lock().unwrap().as_ref().unwrap().send(event).unwrap();
    }

    pub fn runs(&self, viewing: Uuid) -> bool {
        self.running.lock().unwrap().contains_key(&viewing)
    }
}

fn ice() -> IceNames {
    IceNames { local: "us".to_owned(), remote: "them".to_owned() }
}

fn picture() -> Picture {
    use pipelines::spec::encode::{PictureSize, RenditionSpec, VideoFormat};
    let size = PictureSize { width: 1_280, height: 720 };
    let rendition = RenditionSpec {
        format: VideoFormat::H264High444Bits10,
        target: TargetColor::default(),
        size,
        bitrate_bps: 8_000_000,
        drill: None,
    };
    Picture::new(&rendition, size, FrameRate::FPS_25, VideoFormat::H264High444Bits10, TargetColor::default())
}

/// An answer, read whole.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("not JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The value of the cookie that is set, ready to be sent back.
    pub fn cookie(&self) -> String {
        let set = self.headers.get("set-cookie").expect("a cookie").to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    }
}

/// An authenticator app.
pub struct Authenticator {
    totp: totp_rs::Totp,
    secret: Vec<u8>,
}

impl Authenticator {
    pub fn new(secret: &str) -> Self {
        let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
        let bytes = secret.as_bytes().to_vec();
        Self { totp: totp_rs::Builder::new().with_secret(secret).build().unwrap(), secret: bytes }
    }

    pub fn secret(&self) -> Vec<u8> {
        self.secret.clone()
    }

    /// The code now, or so many steps later.
    pub fn code(&self, steps: i64) -> String {
        let now = UtcInstant::now().as_ms() / 1_000;
        self.totp.generate(u64::try_from(now + 30 * steps).unwrap()).to_string()
    }
}

pub struct House {
    pub dir: TempDir,
    pub services: Services,
    pub projector: Arc<FakeProjector>,
    pub screening: Screening,
    pub traces: Arc<Traces>,
    pub router: Router,
    pub stop: watch::Sender<bool>,
}

impl House {
    /// A house under the policy that is the default.
    pub async fn new() -> Self {
        Self::under(Profile::Facility).await
    }

    /// The same house, with a way to send links' codes.
    pub fn sending_codes(self, codes: Codes) -> Self {
        let services = self.services.clone().sending_codes(Some(codes));
        self.with(services)
    }

    /// The same house, with a way to send digests.
    pub fn sending_digests(self, mail: DigestMail) -> Self {
        let services = self.services.clone().sending_digests(Some(mail));
        self.with(services)
    }

    /// The same house, knowing the countries of networks.
    pub fn knowing(self, places: Places) -> Self {
        let services = self.services.clone().knowing(places);
        self.with(services)
    }

    /// The same house, with other limits to how fast one person may ask.
    pub fn limited_by(self, limits: LimitsConfig) -> Self {
        let services = self.services.clone().limited_by(limits);
        self.with(services)
    }

    /// The same house, with an identity provider.
    pub fn with_provider(self, provider: Provider) -> Self {
        let services = self.services.clone().with_provider(Some(provider));
        self.with(services)
    }

    fn with(mut self, services: Services) -> Self {
        self.services = services;
        self.screening.services = self.services.clone();
        self.router = router(&self.screening, &self.data(), &self.traces, self.stop.subscribe());
        self
    }

    pub async fn under(profile: Profile) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::open(dir.path()).unwrap();
        let store = Store::open(&data.database()).await.unwrap();
        let seal = vitrine::service::seal::load(&store, &data, &AccessConfig::default()).await.unwrap();
        let services = Services::new(store, profile).sealed_with(seal);
        let projector = Arc::new(FakeProjector::default());
        let leases = Arc::new(LeaseKeys::load_or_make(&data).unwrap());
        let marks = Arc::new(MarkKeys::load_or_make(&data, &MarksConfig::default()).unwrap());
        let screening = Screening::new(services.clone(), projector.clone(), leases, marks);
        let (stop, stopping) = watch::channel(false);
        let traces = Traces::open(&data, services.clone(), Arc::clone(&screening.marks)).unwrap();
        let traces = Arc::new(traces);
        let router = router(&screening, &data, &traces, stopping);
        Self { dir, services, projector, screening, traces, router, stop }
    }

    pub fn data(&self) -> DataDir {
        DataDir::existing(self.dir.path()).unwrap()
    }

    /// The same database as another process sees it.
    pub async fn other_process(&self) -> Services {
        Services::new(Store::open(&self.data().database()).await.unwrap(), self.services.policy.profile)
    }

    /// The key that signs its checkpoints.
    pub fn note_key(&self) -> NoteKey {
        NoteKey::load_or_make(&self.data()).unwrap()
    }

    /// Who keeps its record.
    pub fn keeper(&self, config: AuditConfig, targets: Vec<Target>) -> Keeper {
        Keeper { key: Arc::new(self.note_key()), config, targets: Arc::new(targets) }
    }

    /// What a running server does without being asked; it stops when the answer is dropped.
    pub fn start_jobs(&self) -> JoinSet<()> {
        let keeper = self.keeper(AuditConfig::default(), Vec::new());
        jobs::start(&self.screening, &keeper, &self.stop.subscribe())
    }

    /// Whether its record is whole.
    pub async fn verify(&self) -> Result<Whole, Fault> {
        self.services.verify_audit(self.note_key().verifier(), &[]).await.unwrap()
    }

    /// A bare connection, to do what the program never does.
    pub async fn raw(&self) -> SqliteConnection {
        raw(&self.data().database()).await
    }

    pub async fn review(&self) -> Uuid {
        self.review_between(UtcInstant::now(), UtcInstant::now().plus(Duration::from_secs(3_600))).await
    }

    pub async fn review_between(&self, starts_at: UtcInstant, ends_at: UtcInstant) -> Uuid {
        self.review_in(None, starts_at, ends_at).await
    }

    pub async fn review_in(&self, project: Option<Uuid>, starts_at: UtcInstant, ends_at: UtcInstant) -> Uuid {
        let new = NewReview {
            project,
            previous: None,
            title: "Reel 3".to_owned(),
            host: "North Light".to_owned(),
            starts_at,
            ends_at,
            source: SourceSpec::TestReel { height: 720 },
            input_color: InputColor::Bt1886,
            look_cube: None,
            look_name: None,
            start_timecode: None,
            drop_frame: false,
        };
        self.services.create_review(new, &By::COMMAND_LINE).await.unwrap().id
    }

    pub async fn link(&self, review: Uuid) -> NewLink {
        let by = By::COMMAND_LINE;
        self.services.create_link(review, Invitation::to("Ana Ito", "ana@example.org"), &by).await.unwrap()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn get(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).header("host", HOST).header("cookie", cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// The same from an address.
    pub async fn get_from(&self, address: &str, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).header("host", HOST).header("cookie", cookie);
        let peer = PeerAddress(SocketAddr::new(address.parse().unwrap(), 50_000));
        self.send(request.extension(peer).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, cookie: &str, body: Value) -> Answer {
        self.send(post(path, cookie, &body)).await
    }

    pub async fn patch(&self, path: &str, cookie: &str, body: Value) -> Answer {
        self.change(post(path, cookie, &body), axum::http::Method::PATCH).await
    }

    pub async fn put(&self, path: &str, cookie: &str, body: Value) -> Answer {
        self.change(post(path, cookie, &body), axum::http::Method::PUT).await
    }

    /// A request behind which somebody is.
    pub async fn attended(&self, path: &str, cookie: &str) -> Answer {
        let request =
            Request::get(path).header("host", HOST).header("cookie", cookie).header("x-vitrine-attended", "1");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub async fn delete(&self, path: &str, cookie: &str) -> Answer {
        self.change(post(path, cookie, &json!({})), axum::http::Method::DELETE).await
    }

    async fn change(&self, mut request: Request<Body>, method: axum::http::Method) -> Answer {
        *request.method_mut() = method;
        self.send(request).await
    }

    pub async fn redeem(&self, link: &NewLink, passphrase: &str) -> Answer {
        self.post("/api/links/redeem", "", redeem_body(link, passphrase)).await
    }

    /// A viewer in the room: their cookie.
    pub async fn join(&self, link: &NewLink) -> String {
        let answer = self.redeem(link, link.passphrase.reveal()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.body));
        answer.cookie()
    }

    pub async fn lease(&self, cookie: &str) -> String {
        let answer = self.post("/api/leases", cookie, json!({})).await;
        assert_eq!(answer.status, StatusCode::CREATED);
        answer.json()["lease"].as_str().unwrap().to_owned()
    }

    pub async fn whep(&self, review: Uuid, lease: &str) -> Answer {
        self.send(whep(review, lease)).await
    }

    /// A viewing that runs: the viewer's cookie and the viewing's id.
    pub async fn watch(&self, review: Uuid, link: &NewLink) -> (String, Uuid) {
        let cookie = self.join(link).await;
        let viewing = self.start(review, &cookie).await;
        (cookie, viewing)
    }

    pub async fn start(&self, review: Uuid, cookie: &str) -> Uuid {
        let lease = self.lease(cookie).await;
        let answer = self.whep(review, &lease).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", String::from_utf8_lossy(&answer.body));
        let location = answer.headers["location"].to_str().unwrap().to_owned();
        location.rsplit('/').next().unwrap().parse().unwrap()
    }

    /// The cookie of a signed-in admin with a second factor.
    pub async fn sign_in(&self) -> String {
        self.account(USER, Role::Admin).await;
        self.enrol(USER).await.0
    }

    /// An account with the usual password.
    pub async fn account(&self, user: &str, role: Role) -> Uuid {
        let password = SecretText::new(PASSWORD);
        self.services.create_account(user, &password, role, &By::COMMAND_LINE).await.unwrap().id
    }

    /// Name and password: the answer.
    pub async fn give_password(&self, user: &str, password: &str) -> Answer {
        self.post("/api/sign-in", "", json!({ "user": user, "password": password })).await
    }

    /// Signs an account in and gives it an authenticator: its cookie, its secret and its recovery codes.
    pub async fn enrol(&self, user: &str) -> (String, Authenticator, Vec<String>) {
        let answer = self.give_password(user, PASSWORD).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", String::from_utf8_lossy(&answer.body));
        let offered = self.post("/api/factors/totp", &answer.cookie(), json!({})).await;
        let authenticator = Authenticator::new(offered.json()["secret"].as_str().unwrap());
        let code = json!({ "code": authenticator.code(0) });
        let confirmed = self.post("/api/factors/totp/confirm", &answer.cookie(), code).await;
        assert_eq!(confirmed.status, StatusCode::OK, "{}", String::from_utf8_lossy(&confirmed.body));
        let codes = serde_json::from_value(confirmed.json()["recovery_codes"].clone()).unwrap();
        (confirmed.cookie(), authenticator, codes)
    }

    pub async fn sql(&self, sql: &'static str) {
        sqlx::query(sql).execute(&mut self.raw().await).await.unwrap();
    }

    /// How often an action is in the record, with a fact if one is named.
    pub async fn recorded(&self, action: &str, fact: Option<(&str, &str)>) -> usize {
        let entries = self.services.audit_entries(&AuditFilter::default()).await.unwrap();
        let matches = entries.iter().filter(|stored| {
            stored.entry.action == action
                && fact.is_none_or(|(name, value)| stored.entry.detail.get(name).is_some_and(|found| found == value))
        });
        matches.count()
    }

    /// Waits until an action is in the record as often as that: what jobs do is recorded when it is done, not before.
    pub async fn comes_to_be_recorded(&self, action: &str, fact: Option<(&str, &str)>, times: usize) {
        let begun = Instant::now();
        while self.recorded(action, fact).await != times {
            assert!(begun.elapsed() < Duration::from_secs(10), "{action} {fact:?} is not {times} times in the record");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn router(screening: &Screening, data: &DataDir, traces: &Arc<Traces>, stopping: watch::Receiver<bool>) -> Router {
    let names = Names::new(&HttpConfig::default(), 8_443);
    let note_key = Arc::new(NoteKey::load_or_make(data).unwrap());
    let state = HttpState::new(screening.clone(), names, note_key, stopping);
    http::router(state.with_traces(Arc::clone(traces)))
}

pub async fn raw(database: &std::path::Path) -> SqliteConnection {
    SqliteConnection::connect(&format!("sqlite://{}", database.display())).await.unwrap()
}

pub fn post(path: &str, cookie: &str, body: &Value) -> Request<Body> {
    Request::post(path)
        .header("host", HOST)
        .header("origin", ORIGIN)
        .header("content-type", "application/json")
        .header("cookie", cookie)
        .body(Body::from(body.to_string()))
        .unwrap()
}

/// An offer of a viewer.
pub fn whep(review: Uuid, lease: &str) -> Request<Body> {
    Request::post(format!("/whep/{review}"))
        .header("host", HOST)
        .header("origin", ORIGIN)
        .header("authorization", format!("Bearer {lease}"))
        .header("content-type", "application/sdp")
        .body(Body::from("offer"))
        .unwrap()
}

pub fn redeem_body(link: &NewLink, passphrase: &str) -> Value {
    json!({ "secret": link.secret.reveal().as_str(), "passphrase": passphrase })
}

/// Waits until something is so; the time it took, or `None` after `limit`.
pub async fn until(limit: Duration, mut so: impl FnMut() -> bool) -> Option<Duration> {
    let begun = Instant::now();
    while begun.elapsed() < limit {
        if so() {
            return Some(begun.elapsed());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    None
}
