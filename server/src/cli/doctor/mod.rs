//! `vitrine doctor`.

mod certificate;

use std::net::UdpSocket;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use clap::Args;
use lut::ChromaSampling;
use pipelines::encode::capability::Capability;
use serde::Serialize;
use serde_json::json;

use super::{Where, print_json};
use crate::config::Config;
use crate::config::data::{self, DataDir};
use crate::domain::instant::UtcInstant;
use crate::domain::policy::{Policy, Profile};
use crate::media::reference;
use crate::notify::Target;
use crate::places::Places;
use crate::rtc::Identity;
use crate::store::{Store, checkpoint, factor, setting};
use crate::token::mark_key::MarkKeys;
use crate::token::seal::Seal;

/// A checkpoint should be off the machine by then.
const COPIED_WITHIN: Duration = Duration::from_secs(5 * 60);

#[derive(Debug, Args)]
pub struct Doctor {
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Do not measure the machine (saves some seconds)
    #[arg(long)]
    quick: bool,
    #[command(flatten)]
    at: Where,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Finding {
    subject: &'static str,
    ok: bool,
    detail: String,
}

fn finding<T, E: std::fmt::Display>(
    subject: &'static str,
    result: Result<T, E>,
    say: impl FnOnce(T) -> String,
) -> Finding {
    match result {
        Ok(value) => Finding { subject, ok: true, detail: say(value) },
        Err(error) => Finding { subject, ok: false, detail: format!("{error:#}") },
    }
}

impl Doctor {
    pub async fn run(self) -> anyhow::Result<()> {
        let config = self.at.config()?;
        let mut findings = Vec::new();
        let mut running = false;
        match DataDir::existing(&config.data) {
            Ok(data) => {
                running = data.lock().is_err();
                examine_data(&data, &config, &mut findings).await;
                findings.push(self.policy(&data, &config).await);
            }
            Err(error) => findings.push(finding("data directory", Err::<(), _>(error), |()| String::new())),
        }
        findings.push(countries(&config));
        findings.push(finding("notifications", Target::of(&config.notify), |targets| told(&targets)));
        findings.push(media_port(&config, running));
        findings.push(clock());
        findings.extend(media_elements());
        findings.push(hardware());
        if !self.quick {
            findings.push(capacity().await);
        }
        let ok = findings.iter().all(|finding| finding.ok);
        if self.json {
            print_json(&json!({ "ok": ok, "findings": findings }))?;
        } else {
            for Finding { subject, ok, detail } in &findings {
                println!("{}  {subject}: {detail}", if *ok { "ok   " } else { "WRONG" });
            }
        }
        anyhow::ensure!(ok, "{} of {} checks failed", findings.iter().filter(|f| !f.ok).count(), findings.len());
        Ok(())
    }
}

impl Doctor {
    /// The policy by name and in words. The demo's is good enough for a demo only.
    async fn policy(&self, data: &DataDir, config: &Config) -> Finding {
        let found = async {
            anyhow::ensure!(data.database().exists(), "{} is missing", data.database().display());
            let store = Store::open(&data.database()).await?;
            self.at.profile(&store, config).await
        };
        finding("policy", found.await, |profile| format!("{profile}: {}", demands(&Policy::of(profile))))
    }
}

/// What a policy demands, in words.
fn demands(policy: &Policy) -> String {
    let mut demands = vec![format!("passwords of {} characters", policy.password.least)];
    if policy.password.kinds > 0 {
        demands.push(format!("of {} kinds", policy.password.kinds));
    }
    if policy.password.blocklist {
        demands.push("not on the blocklist".to_owned());
    }
    if let Some(life) = policy.password_life {
        demands.push(format!("changed every {} days", life.as_secs() / 86_400));
    }
    demands.push(match (policy.second_factor, policy.profile) {
        (true, _) => "a second factor".to_owned(),
        (false, Profile::Demo) => "NO second factor; not for work".to_owned(),
        (false, _) => "a second factor where a project is confidential or restricted".to_owned(),
    });
    if !policy.passwordless {
        demands.push("passkeys only beside a password".to_owned());
    }
    if let Some(every) = policy.prompt_every {
        demands.push(format!("again every {} minutes", every.as_secs() / 60));
    }
    if policy.lock_until_unlocked {
        demands.push("five tries until an admin unlocks".to_owned());
    }
    demands.join(", ")
}

/// What is known of where people are.
fn countries(config: &Config) -> Finding {
    finding("countries", Places::open(config.access.countries.as_deref()), |places| match places.database() {
        Some((name, built)) => format!("{name}, built {built}"),
        None => "not known; places are networks (access.countries names a database)".to_owned(),
    })
}

/// Who is told of what happens; that they can be reached, `vitrine notify test` tells.
fn told(targets: &[Target]) -> String {
    if targets.is_empty() {
        return "nobody is told by e-mail or webhook; [notify] of the configuration says whom".to_owned();
    }
    let names: Vec<&str> = targets.iter().map(|target| target.name.as_str()).collect();
    format!("{} can be told; `vitrine notify test` tries them", names.join(", "))
}

/// A running server holds its own port; then there is nothing to try.
fn media_port(config: &Config, running: bool) -> Finding {
    let subject = "media UDP port";
    if running {
        return Finding { subject, ok: true, detail: "held by the server that runs on this data directory".to_owned() };
    }
    finding(subject, UdpSocket::bind(config.media.bind), |socket| {
        let bound = socket.local_addr().map(|address| address.to_string()).unwrap_or_default();
        format!("{bound} can be bound")
    })
}

async fn examine_data(data: &DataDir, config: &Config, findings: &mut Vec<Finding>) {
    findings.push(private("data directory", data.path(), 0o700));
    findings.push(finding("database", open(data).await, |text| text));
    findings.push(private("lease key", &data.lease_key(), 0o600));
    findings.push(finding("checkpoints of the record", checkpoints(data, config).await, |text| text));
    findings.push(finding("accounts' secrets", secrets(data, config).await, |text| text));
    findings.push(finding("marks", marks(data, config).await, |text| text));
    certificate::examine(data, config, findings).await;
    let path = data.media_identity();
    if path.exists() {
        findings.push(finding("signal check", Identity::load(data, &path), |identity| identity.code()));
    }
}

fn private(subject: &'static str, path: &Path, most: u32) -> Finding {
    finding(subject, data::mode(path), |mode| format!("{} has mode {mode:o}", path.display())).limited(path, most)
}

impl Finding {
    fn limited(mut self, path: &Path, most: u32) -> Self {
        if let Ok(mode) = data::mode(path)
            && mode & !most & 0o777 != 0
        {
            self.ok = false;
            self.detail = format!("{} has mode {mode:o}; expected {most:o}", path.display());
        }
        self
    }
}

async fn open(data: &DataDir) -> anyhow::Result<String> {
    anyhow::ensure!(data.database().exists(), "{} is missing", data.database().display());
    let store = Store::open(&data.database()).await?;
    let mut connection = store.read().await?;
    let url = setting::get(&mut connection, setting::PUBLIC_URL).await?;
    Ok(match url {
        Some(url) => format!("{}, public address {url}", data.database().display()),
        None => format!("{}, no server has run on it yet", data.database().display()),
    })
}

/// A copy may lag behind while a mount is away, but not for long.
async fn checkpoints(data: &DataDir, config: &Config) -> anyhow::Result<String> {
    anyhow::ensure!(data.database().exists(), "{} is missing", data.database().display());
    let store = Store::open(&data.database()).await?;
    let mut connection = store.read().await?;
    let Some(last) = checkpoint::last(&mut connection).await? else { return Ok("none yet".to_owned()) };
    let signed = format!("last over {} entries at {}", last.size, last.made_at);
    let Some(directory) = &config.audit.copies else {
        return Ok(format!("{signed}; NOT copied off this machine, audit.copies says where to"));
    };
    let late = UtcInstant::now().minus(COPIED_WITHIN);
    let waiting = checkpoint::uncopied(&mut connection).await?;
    anyhow::ensure!(
        waiting.iter().all(|checkpoint| checkpoint.made_at > late),
        "{} are not in {} yet; see the log for why",
        waiting.len(),
        directory.display()
    );
    Ok(format!("{signed}, copied to {}", directory.display()))
}

/// Whether accounts' authenticators can be checked: the key of their secrets is there.
async fn secrets(data: &DataDir, config: &Config) -> anyhow::Result<String> {
    let path = config.access.seal_key.clone().unwrap_or_else(|| data.secret_seal());
    if !path.exists() {
        let in_use = data.database().exists()
            && factor::any_sealed(&mut *Store::open(&data.database()).await?.read().await?).await?;
        anyhow::ensure!(!in_use, "{} is missing: no authenticator's code can be checked; put it back", path.display());
        return Ok("no key yet; the server makes it".to_owned());
    }
    Seal::load(data, &path)?;
    Ok(match &config.access.seal_key {
        Some(path) => format!("sealed with {}", path.display()),
        None => "sealed with a key in the SAME directory, access.seal_key says where else".to_owned(),
    })
}

/// Whether leaks can be traced: the keys open, and there is room for references.
async fn marks(data: &DataDir, config: &Config) -> anyhow::Result<String> {
    let known = match data.database().exists() {
        true => setting::get(&mut *Store::open(&data.database()).await?.read().await?, setting::MARK_KEY).await?,
        false => None,
    };
    if known.is_none() && !data.mark_master().exists() {
        return Ok("no key yet; the server makes it".to_owned());
    }
    MarkKeys::load_known(data, &config.marks, known.as_deref())?;
    let gib = |bytes: u64| bytes as f64 / f64::from(1 << 30);
    let (used, most) = (gib(reference::bytes_kept(data)), f64::from(config.marks.references_gib));
    anyhow::ensure!(
        used < 0.95 * most || most == 0.0,
        "references take {used:.1} of {most} GiB; when it is full, leaks of what is shown then can be traced with \
         --reference only: raise marks.references_gib"
    );
    let seal = match &config.marks.seal_key {
        Some(path) => format!("sealed with {}", path.display()),
        None => "sealed with a key in the SAME directory, marks.seal_key says where else".to_owned(),
    };
    Ok(format!("{seal}; references take {used:.1} of {most} GiB"))
}

/// A clock that is wrong makes links expire at the wrong time; a clock before this program was made is wrong.
fn clock() -> Finding {
    let now = UtcInstant::now();
    let made = "2026-11-01T00:00:00Z".parse::<UtcInstant>();
    let ok = made.is_ok_and(|made| now > made);
    let hint = if ok { "" } else { " is in the past; set the clock" };
    Finding { subject: "clock", ok, detail: format!("{now}{hint}") }
}

/// What the pipelines are made of, and which Debian package has it.
const ELEMENTS: [(&str, &str); 16] = [
    ("appsrc", "gstreamer1.0-plugins-base"),
    ("appsink", "gstreamer1.0-plugins-base"),
    ("decodebin", "gstreamer1.0-plugins-base"),
    ("videoconvert", "gstreamer1.0-plugins-base"),
    ("audioconvert", "gstreamer1.0-plugins-base"),
    ("audioresample", "gstreamer1.0-plugins-base"),
    ("opusenc", "gstreamer1.0-plugins-base"),
    ("filesrc", "libgstreamer1.0-0"),
    ("qtdemux", "gstreamer1.0-plugins-good"),
    ("matroskademux", "gstreamer1.0-plugins-good"),
    ("srtsrc", "gstreamer1.0-plugins-bad"),
    ("tsdemux", "gstreamer1.0-plugins-bad"),
    ("mxfdemux", "gstreamer1.0-plugins-bad"),
    ("avdec_prores", "gstreamer1.0-libav"),
    ("x264enc", "gstreamer1.0-plugins-ugly"),
    ("vp9enc", "gstreamer1.0-plugins-good"),
];

/// One finding for all that are there, one for each that is not.
fn media_elements() -> Vec<Finding> {
    let subject = "GStreamer";
    let inspect = |name: &str| Command::new("gst-inspect-1.0").arg("--exists").arg(name).status();
    if let Err(error) = inspect("identity") {
        let detail = format!("cannot run gst-inspect-1.0 (package gstreamer1.0-tools): {error}");
        return vec![Finding { subject, ok: false, detail }];
    }
    let missing: Vec<Finding> = ELEMENTS
        .iter()
        .filter(|(name, _)| !inspect(name).is_ok_and(|status| status.success()))
        .map(|(name, package)| Finding {
            subject,
            ok: false,
            detail: format!("element {name} is missing; on Debian it is in {package}"),
        })
        .collect();
    if missing.is_empty() {
        let detail = format!("all {} elements that are needed are there", ELEMENTS.len());
        return vec![Finding { subject, ok: true, detail }];
    }
    missing
}

/// Encoders of graphics processors that GStreamer may have.
const HARDWARE: [(&str, &str); 7] = [
    ("nvh264enc", "NVENC"),
    ("nvh265enc", "NVENC"),
    ("vah264enc", "VA-API"),
    ("vaapih264enc", "VA-API"),
    ("vavp9enc", "VA-API"),
    ("qsvh264enc", "Quick Sync"),
    ("qsvvp9enc", "Quick Sync"),
];

/// Whether there are encoders in hardware. None is used: their streams have not been measured yet.
fn hardware() -> Finding {
    let there = |name: &str| {
        let status = Command::new("gst-inspect-1.0").arg("--exists").arg(name).status();
        status.is_ok_and(|status| status.success())
    };
    let found: Vec<String> =
        HARDWARE.iter().filter(|(name, _)| there(name)).map(|(name, kind)| format!("{name} ({kind})")).collect();
    let detail = if found.is_empty() {
        "none found (looked for NVENC, VA-API and Quick Sync); pictures are encoded in software".to_owned()
    } else {
        format!("{} found and NOT used; pictures are encoded in software", found.join(", "))
    };
    Finding { subject: "GPU encoders", ok: true, detail }
}

async fn capacity() -> Finding {
    match tokio::task::spawn_blocking(Capability::measure).await {
        Ok(measured) => finding("encoding power", measured, |measured| power(&measured)),
        Err(error) => Finding { subject: "encoding power", ok: false, detail: error.to_string() },
    }
}

/// Viewers at 1080p and 24 frames per second that one core encodes, by format.
fn power(measured: &Capability) -> String {
    let viewers = |ns_per_pixel: f64| 1e9 / (ns_per_pixel * 1_920.0 * 1_080.0 * 24.0);
    let formats: Vec<String> = measured
        .encode
        .iter()
        .map(|cost| {
            let format = cost.format;
            let chroma = match format.chroma() {
                ChromaSampling::Cs420 => "4:2:0",
                ChromaSampling::Cs422 => "4:2:2",
                ChromaSampling::Cs444 => "4:4:4",
            };
            format!(
                "{:.1} of {}, {}-bit {chroma}",
                viewers(cost.ns_per_pixel),
                format.label(),
                format.bit_depth().bits()
            )
        })
        .collect();
    format!("{} cores; 1080p24 viewers for each core: {}", measured.cores, formats.join(", "))
}
