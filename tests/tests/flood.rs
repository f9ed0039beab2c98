//! Floods at the media port from another network, and of people who join, while others watch: who is invited does not notice, and
//! the sender of the one gets nothing back. Measurements: `cargo test --release --workspace --test flood -- --ignored --nocapture`; `make soak` runs them.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tokio::net::UdpSocket;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, interval_at, sleep};
use vitrine_tests::{InvitedViewer, TestApp, TestViewer, Watching, client_from};

const JOINS: usize = 20;
const PLAYBACK: Duration = Duration::from_secs(60);
/// Longest time without a new picture.
const FREEZE: Duration = Duration::from_millis(200);
/// Joins each second, unless `VITRINE_JOINS` says otherwise.
const JOINS_A_SECOND: u32 = 200;
/// People who come and go.
const CROWD: u8 = 100;
const JOINING: Duration = Duration::from_secs(30);
/// Address of this network, and of the one the flood comes from.
const HERE: Ipv4Addr = Ipv4Addr::new(10, 78, 0, 1);
const THERE: Ipv4Addr = Ipv4Addr::new(10, 78, 0, 2);
/// Of each kind.
const A_SECOND: u32 = 1_000;

/// The first flight of a DTLS 1.2 handshake (RFC 6347, 4.2.2), whole.
fn client_hello(random: &[u8; 32]) -> Vec<u8> {
    let body = [
        &[254, 253][..],
        random,
        &[0, 0, 0, 4, 0xc0, 0x2b, 0xc0, 0x2c, 1, 0],
        // Extensions: use_srtp with AES-256-GCM.
        &[0, 9, 0, 14, 0, 5, 0, 2, 0, 8, 0],
    ]
    .concat();
    let length = u8::try_from(body.len()).unwrap_or(u8::MAX);
    let handshake = [&[1, 0, 0, length, 0, 0, 0, 0, 0, 0, 0, length][..], &body].concat();
    let record = u8::try_from(handshake.len()).unwrap_or(u8::MAX);
    [&[22, 254, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, record][..], &handshake].concat()
}

/// One packet of each kind: `ClientHello`, forged SRTP, a STUN request that is a byte short, noise.
fn packets(round: u64) -> [Vec<u8>; 4] {
    let mut random = [0; 32];
    for (index, byte) in random.iter_mut().enumerate() {
        *byte = (round.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (8 * (index % 8))) as u8 ^ index as u8;
    }
    let srtp = [&[0x80, 0x60][..], &random, &random, &random].concat();
    let stun = [&[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42][..], &random[..11]].concat();
    let noise = random.repeat(16);
    [client_hello(&random), srtp, stun, noise]
}

/// Packets and bytes sent, and bytes that came back.
#[derive(Clone, Copy, Debug, Default)]
struct Counted {
    packets: u64,
    sent: u64,
    received: u64,
}

/// A network namespace of its own, joined to this one by a pair of devices; gone when dropped. Needs root and `ip`.
#[derive(Debug)]
struct Elsewhere(String);

impl Elsewhere {
    fn new() -> Result<Self> {
        let name = format!("vitrine-flood-{}", std::process::id());
        ip(&format!("netns add {name}"))?;
        let made = Self(name.clone());
        ip(&format!("link add vitrine-flood type veth peer name eth0 netns {name}"))?;
        ip(&format!("address add {HERE}/24 dev vitrine-flood"))?;
        ip("link set vitrine-flood up")?;
        ip(&format!("-n {name} address add {THERE}/24 dev eth0"))?;
        ip(&format!("-n {name} link set eth0 up"))?;
        Ok(made)
    }

    /// Starts the flood from there.
    fn flood(&self, to: SocketAddr) -> Result<Child> {
        let test = "floods_until_its_input_ends";
        Ok(Command::new("ip")
            .args(["netns", "exec", &self.0])
            .arg(std::env::current_exe()?)
            .args(["--ignored", "--exact", "--nocapture", test])
            .env("VITRINE_FLOOD", to.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?)
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        // The pair of devices goes with it.
        let _ = ip(&format!("netns del {}", self.0));
    }
}

fn ip(arguments: &str) -> Result<()> {
    let done = Command::new("ip").args(arguments.split(' ')).output()?;
    anyhow::ensure!(done.status.success(), "ip {arguments}: {}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}

/// Ends a flood: what it counted.
fn ended(mut flood: Child) -> Result<Counted> {
    drop(flood.stdin.take());
    let said = String::from_utf8(flood.wait_with_output()?.stdout)?;
    let line = said.lines().find_map(|line| line.strip_prefix("COUNTED ")).with_context(|| said.clone())?;
    let counts = line.split(' ').map(str::parse).collect::<Result<Vec<u64>, _>>()?;
    let [packets, sent, received] = counts[..] else { anyhow::bail!("{line}") };
    Ok(Counted { packets, sent, received })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
#[ignore = "the sender of the flood; the test below starts it"]
async fn floods_until_its_input_ends() -> Result<()> {
    let Ok(to) = std::env::var("VITRINE_FLOOD") else { return Ok(()) };
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await?;
    socket.connect(to.parse::<SocketAddr>()?).await?;
    let (mut ticks, mut counted, mut buffer) =
        (interval(Duration::from_secs(1) / A_SECOND), Counted::default(), [0; 2_000]);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut input = tokio::task::spawn_blocking(|| std::io::stdin().read_line(&mut String::new()));
    for round in 0.. {
        tokio::select! {
            _ = ticks.tick() => {}
            _ = &mut input => break,
        }
        for packet in packets(round) {
            if let Ok(sent) = socket.send(&packet).await {
                counted.sent += sent as u64;
                counted.packets += 1;
            }
        }
        while let Ok(length) = socket.try_recv(&mut buffer) {
            counted.received += length as u64;
        }
    }
    println!("COUNTED {} {} {}", counted.packets, counted.sent, counted.received);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement of two minutes"]
async fn floods_at_the_media_port_get_nothing_back_and_take_nobody_out() -> Result<()> {
    let elsewhere = Elsewhere::new()?;
    let app = TestApp::start_with(&["--viewers", "4", "--media-bind", &HERE.to_string()]).await?;
    let flooding = elsewhere.flood((HERE, app.started.media_udp_port).into())?;
    let (_, invited) = app.invite("Watching", "watching@example.test").await?;
    let viewer = TestViewer::join(&app, &invited).await?;
    let watching = viewer.watch().await?;
    watching.playing(5).await?;

    let joins = join_often(&app);
    let (joined, (frames, longest)) = tokio::join!(joins, played(&watching, PLAYBACK));
    println!("{JOINS} of {JOINS} joined under the flood, in {:.1?} each", joined? / JOINS as u32);
    let Counted { packets, sent, received } = ended(flooding)?;
    println!("{frames} frames in {PLAYBACK:?}, longest gap {longest:?}");
    println!("{packets} packets of {sent} bytes sent, {received} bytes came back");
    assert!(packets > 100_000, "{packets} packets are no flood");
    assert!(received <= sent, "{received} bytes for {sent}");
    assert!(longest < FREEZE, "a gap of {longest:?}");
    Ok(())
}

/// People who join until their first picture, one after another: how long that took in all.
async fn join_often(app: &TestApp) -> Result<Duration> {
    let begun = Instant::now();
    for join in 0..JOINS {
        let (_, invited) = app.invite(&format!("Joining {join}"), "joining@example.test").await?;
        let joined = TestViewer::join(app, &invited).await.with_context(|| format!("join {join}"))?;
        let picture = joined.watch().await.with_context(|| format!("viewing {join}"))?;
        picture.playing(1).await.with_context(|| format!("picture {join}"))?;
        drop(picture);
        joined.post("/api/room/leave", &json!({})).await?;
    }
    Ok(begun.elapsed())
}

/// The frames that come in a while, and the longest time without one.
async fn played(watching: &Watching, long: Duration) -> (u64, Duration) {
    let (until, mut longest) = (Instant::now() + long, Duration::ZERO);
    let (mut frames, mut since) = (watching.frames(), Instant::now());
    let first = frames;
    while Instant::now() < until {
        sleep(Duration::from_millis(5)).await;
        if watching.frames() != frames {
            longest = longest.max(since.elapsed());
            (frames, since) = (watching.frames(), Instant::now());
        }
    }
    (frames - first, longest.max(since.elapsed()))
}

/// Redeems a link and gets a lease with it on a TLS connection of its own, as a browser does that opens its link again: how
/// long that took.
async fn join(app: &TestApp, invited: &InvitedViewer, client: reqwest::Client) -> Result<Duration> {
    let origin = app.origin();
    let secret = invited.url.split_once('#').context("no secret")?.1;
    let redeem = json!({ "secret": secret, "passphrase": invited.passphrase });
    let begun = Instant::now();
    let asked = client.post(format!("{origin}/api/links/redeem")).header("Origin", origin).json(&redeem);
    let room: Value = asked.send().await?.error_for_status()?.json().await?;
    let took = begun.elapsed();
    room["lease"]["lease"].as_str().with_context(|| format!("no lease: {room}"))?;
    Ok(took)
}

/// One of the crowd comes again and again, at equal distances whatever it takes: how long each time.
async fn comes(app: Arc<TestApp>, invited: InvitedViewer, turn: u8) -> Result<Vec<Duration>> {
    let a_second = std::env::var("VITRINE_JOINS").ok().and_then(|joins| joins.parse().ok()).unwrap_or(JOINS_A_SECOND);
    let every = Duration::from_secs(1) * u32::from(CROWD) / a_second;
    let mut ticks = interval_at((Instant::now() + every * u32::from(turn) / u32::from(CROWD)).into(), every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (cookies, mut took) = (Arc::default(), Vec::new());
    for _ in 0..JOINING.as_micros() / every.as_micros() {
        let due = ticks.tick().await;
        let client = client_from(Ipv4Addr::new(127, 0, 1, turn).into(), Arc::clone(&cookies))?;
        let late = due.elapsed();
        took.push(late + join(&app, &invited, client).await?);
    }
    Ok(took)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement of a minute"]
async fn two_hundred_join_each_second_and_whoever_watches_does_not_notice() -> Result<()> {
    let app = Arc::new(TestApp::start_with(&["--viewers", "4"]).await?);
    let (console, review) = (app.console().await?, app.review().await?);
    let mut crowd = Vec::new();
    for turn in 1..=CROWD {
        let invitation = json!({ "name": format!("Guest {turn}"), "email": format!("guest-{turn}@example.test") });
        let made = console.post(&format!("/api/reviews/{review}/links"), &invitation).await?;
        let invited = json!({ "name": "", "email": "", "url": made["url"], "passphrase": made["passphrase"] });
        crowd.push(serde_json::from_value(invited)?);
    }
    let (_, invited) = app.invite("Watching", "watching@example.test").await?;
    let watching = TestViewer::join(&app, &invited).await?.watch().await?;
    watching.playing(5).await?;
    let mut coming = JoinSet::new();
    for (turn, invited) in (1..=CROWD).zip(crowd) {
        coming.spawn(comes(Arc::clone(&app), invited, turn));
    }
    let (took, (frames, longest)) = tokio::join!(coming.join_all(), played(&watching, JOINING));
    let mut took = took.into_iter().collect::<Result<Vec<_>>>()?.concat();
    took.sort();
    let part = |percent: usize| took[(took.len() - 1) * percent / 100];
    println!("{} joined; p50 {:.1?}, p95 {:.1?}, longest {:.1?}", took.len(), part(50), part(95), part(100));
    println!("{frames} frames meanwhile, longest gap {longest:?}");
    assert!(part(95) <= Duration::from_millis(150) && longest <= FREEZE);
    Ok(())
}
