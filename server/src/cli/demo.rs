//! `vitrine demo`.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use pipelines::spec::color::{Drill, InputColor};
use pipelines::spec::source::SourceSpec;
use serde_json::json;
use uuid::Uuid;

use super::serve::until_told;
use crate::app::App;
use crate::config::Config;
use crate::config::data::DataDir;
use crate::domain::account::Role;
use crate::domain::audit::By;
use crate::domain::instant::UtcInstant;
use crate::domain::link::Invitation;
use crate::domain::pace::LimitsConfig;
use crate::domain::policy::{AccessConfig, Profile};
use crate::domain::review::ReviewState;
use crate::domain::secret::SecretText;
use crate::http::config::HttpConfig;
use crate::media::{MediaConfig, SourceState};
use crate::service::link::NewLink;
use crate::service::review::NewReview;
use crate::service::{Error, Services};
use crate::store::setting;
use crate::telemetry::{self, LogConfig};
use crate::token::random;

/// Port of HTTPS when it is free and none is named.
const PORT: u16 = 8443;
/// The account of the demo.
const USER: &str = "demo";
/// The invited person of the demo.
const CLIENT: (&str, &str) = ("Casey Client", "casey@example.com");
/// How long the demo's review is live.
const WINDOW: Duration = Duration::from_secs(7 * 24 * 3600);
/// A demo review with less left than this is made anew.
const ENOUGH_LEFT: Duration = Duration::from_secs(12 * 3600);
/// Longest wait for a file to prove that it is media.
const PROBE: Duration = Duration::from_secs(15);

/// Longest wait for the first picture; a source that takes longer is shown when it comes.
const FIRST_PICTURE: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub struct Demo {
    /// Data directory
    #[arg(long, value_name = "DIR", default_value = "var")]
    data: PathBuf,
    /// HTTPS port; without it 8443, or a free one when that is taken
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// File to show; without it, the reference reel
    #[arg(long, value_name = "FILE")]
    media: Option<PathBuf>,
    /// Count the file's timecode drop-frame, at 29.97 and 59.94
    #[arg(long, requires = "media")]
    drop_frame: bool,
    /// How many people the machine is shared out for: fewer get a larger picture
    #[arg(long, value_name = "N", default_value_t = MediaConfig::default().planned_viewers)]
    viewers: u32,
    /// Tag pictures wrongly, to see that the proof of picture notices: matrix601, full-range, bt2020 or pq
    #[arg(long, value_name = "FAULT")]
    drill: Option<Drill>,
    /// Address at which viewers' media is received, to test networks on one machine
    #[arg(long, value_name = "IP", default_value_t = IpAddr::from(Ipv4Addr::LOCALHOST), hide = true)]
    media_bind: IpAddr,
    /// Let senders (WHIP) encrypt with AES-128, as GStreamer's do
    #[arg(long)]
    publish_aes_128: bool,
    /// Let one person ask as fast as they can, for programs that try everything
    #[arg(long, hide = true)]
    unlimited: bool,
    /// Print one line of JSON for programs first
    #[arg(long)]
    json: bool,
}

/// What a person needs to go in.
struct Ready {
    console_password: SecretText,
    link: NewLink,
}

impl Demo {
    pub async fn run(self) -> anyhow::Result<()> {
        telemetry::start(&LogConfig::default());
        let source = source(self.media.as_deref()).await?;
        let config = self.config()?;
        let app = App::start(&config).await?;
        let (review, ready) = prepare(&app.screening.services, source, self.drop_frame).await?;
        first_picture(&app, review).await;
        self.announce(&app, &ready)?;
        drop(ready);
        until_told(app).await
    }

    fn config(&self) -> anyhow::Result<Config> {
        let address = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let port = match self.port {
            Some(port) => port,
            // The port is bound again a moment later; losing it in between is told as an error.
            None if TcpListener::bind(address(PORT)).is_ok() => PORT,
            None => 0,
        };
        let media = MediaConfig {
            bind: SocketAddr::new(self.media_bind, 0),
            planned_viewers: self.viewers,
            drill: self.drill,
            publish_aes_128: self.publish_aes_128,
            ..MediaConfig::default()
        };
        let http = HttpConfig { bind: address(port), ..HttpConfig::default() };
        let data = DataDir::open(&self.data)?.path().to_owned();
        let access = AccessConfig { profile: Profile::Demo, ..AccessConfig::default() };
        let limits = if self.unlimited { LimitsConfig::NONE } else { LimitsConfig::default() };
        Ok(Config { data, access, http, limits, media, ..Config::default() })
    }

    fn announce(&self, app: &App, ready: &Ready) -> anyhow::Result<()> {
        let console = format!("{}/console", app.public_url);
        let url = format!("{}/join#{}", app.public_url, ready.link.secret.reveal().as_str());
        let (password, passphrase) = (ready.console_password.reveal(), ready.link.passphrase.reveal());
        let mut out = std::io::stdout().lock();
        if self.json {
            let line = json!({
                "console_url": console, "console_user": USER, "console_password": password,
                "viewer_links": [{ "name": CLIENT.0, "email": CLIENT.1, "url": url, "passphrase": passphrase }],
                "media_udp_port": app.media_udp_port,
            });
            writeln!(out, "{line}")?;
        } else {
            writeln!(
                out,
                "\n  Vitrine is open.\n\n  Console      {console}\n    user       {USER}\n    password   {password}\n\n  \
                 For the client, {} <{}>\n    link       {url}\n\n    passphrase {passphrase}   (hand it over another way)\n\n  \
                 The certificate is by this machine's own CA ({}/ca.pem); the browser asks once.\n  \
                 Policy \"demo\": no second factor is asked for. For work, use `vitrine serve`.\n  Ctrl-C stops.\n",
                CLIENT.0,
                CLIENT.1,
                self.data.display(),
            )?;
            if let Some(drill) = self.drill {
                writeln!(out, "  Drill \"{}\": every picture is tagged wrongly on purpose.\n", drill.name())?;
            }
        }
        out.flush()?;
        Ok(())
    }
}

/// The file that was named, once it has proven to be media; else the reel.
async fn source(media: Option<&Path>) -> anyhow::Result<SourceSpec> {
    let Some(path) = media else { return Ok(SourceSpec::TestReel { height: 1_080 }) };
    let path = path.canonicalize().with_context(|| format!("cannot open --media {}", path.display()))?;
    anyhow::ensure!(path.is_file(), "--media {} is not a file", path.display());
    let spec = SourceSpec::File { path: path.clone() };
    let probed = spec.clone();
    tokio::task::spawn_blocking(move || pipelines::source::probe(&probed, PROBE))
        .await?
        .with_context(|| format!("--media {} cannot be shown", path.display()))?;
    Ok(spec)
}

async fn prepare(services: &Services, source: SourceSpec, drop_frame: bool) -> anyhow::Result<(Uuid, Ready)> {
    let console_password = random::passphrase()?;
    match services.account(USER).await {
        Ok(found) => services.set_password(found.id, &console_password, &By::COMMAND_LINE).await?,
        Err(Error::NotFound { .. }) => {
            services.create_account(USER, &console_password, Role::Admin, &By::COMMAND_LINE).await?;
        }
        Err(error) => return Err(error.into()),
    }
    let review = review(services, source, drop_frame).await?;
    for link in services.links(Some(review)).await? {
        if link.email == CLIENT.1 && link.facts.revoked_at.is_none() {
            services.revoke_link(link.id, &By::COMMAND_LINE).await?;
        }
    }
    let link = services.create_link(review, Invitation::to(CLIENT.0, CLIENT.1), &By::COMMAND_LINE).await?;
    Ok((review, Ready { console_password, link }))
}

/// Waits a little for the source, so that whoever comes at once is seated for its size.
async fn first_picture(app: &App, review: Uuid) {
    let screening = &app.screening;
    let Ok(found) = screening.services.review(review).await else { return };
    screening.projector.open(review, found.program);
    let deadline = Instant::now() + FIRST_PICTURE;
    while screening.projector.source(review).state != SourceState::Live && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The demo's review: the one of the last start when it still shows the same and lasts, else a new one.
async fn review(services: &Services, source: SourceSpec, drop_frame: bool) -> anyhow::Result<Uuid> {
    let now = UtcInstant::now();
    let kept = setting::get(&mut *services.store.read().await?, setting::DEMO_REVIEW).await?;
    if let Some(id) = kept.and_then(|id| id.parse::<Uuid>().ok())
        && let Ok(review) = services.review(id).await
        && review.window.state(now) == ReviewState::Live
    {
        let same = review.program.source == source && review.program.drop_frame == drop_frame;
        if same && review.window.ends_at > now.plus(ENOUGH_LEFT) {
            return Ok(id);
        }
        services.end_review(id, &By::COMMAND_LINE).await?;
    }
    let new = NewReview {
        project: None,
        previous: None,
        title: "Demo review".to_owned(),
        host: "Vitrine demo".to_owned(),
        starts_at: now,
        ends_at: now.plus(WINDOW),
        input_color: if matches!(source, SourceSpec::TestReel { .. }) {
            InputColor::Bt1886
        } else {
            InputColor::FromTags
        },
        source,
        look_cube: None,
        look_name: None,
        start_timecode: Some("01:00:00:00".to_owned()),
        drop_frame,
    };
    let review = services.create_review(new, &By::COMMAND_LINE).await?;
    let mut write = services.store.write().await?;
    setting::set(write.connection(), setting::DEMO_REVIEW, &review.id.to_string()).await?;
    write.commit_bookkeeping().await?;
    Ok(review.id)
}
