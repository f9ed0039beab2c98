//! Floods at the media port while people join and watch: who is invited does not notice, and the sender gets nothing back. A
//! measurement: `cargo test --release --workspace --test flood -- --ignored --nocapture`; `make soak` runs it.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::json;
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval, sleep};
use vitrine_tests::{TestApp, TestViewer};

const JOINS: usize = 20;
const PLAYBACK: Duration = Duration::from_secs(60);
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

#[derive(Debug, Default)]
struct Counted {
    sent: AtomicU64,
    sent_packets: AtomicU64,
    received: AtomicU64,
}

async fn flood(to: SocketAddr, counted: Arc<Counted>) -> Result<()> {
    let socket = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?);
    let (heard, counts) = (Arc::clone(&socket), Arc::clone(&counted));
    let _hearing: JoinHandle<()> = tokio::spawn(async move {
        let mut buffer = [0; 2_000];
        while let Ok((length, _)) = heard.recv_from(&mut buffer).await {
            counts.received.fetch_add(length as u64, Ordering::Relaxed);
        }
    });
    let mut ticks = interval(Duration::from_secs(1) / A_SECOND);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for round in 0.. {
        ticks.tick().await;
        for packet in packets(round) {
            if let Ok(sent) = socket.send_to(&packet, to).await {
                counted.sent.fetch_add(sent as u64, Ordering::Relaxed);
                counted.sent_packets.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement of two minutes"]
async fn floods_at_the_media_port_get_nothing_back_and_take_nobody_out() -> Result<()> {
    let app = TestApp::start_with(&["--viewers", "4"]).await?;
    let counted = Arc::new(Counted::default());
    let to = (Ipv4Addr::LOCALHOST, app.started.media_udp_port).into();
    let flooding = tokio::spawn(flood(to, Arc::clone(&counted)));
    let (_, invited) = app.invite("Watching", "watching@example.test").await?;
    let viewer = TestViewer::join(&app, &invited).await?;
    let watching = viewer.watch().await?;
    watching.playing(5).await?;

    let begun = Instant::now();
    for join in 0..JOINS {
        let (_, invited) = app.invite(&format!("Joining {join}"), "joining@example.test").await?;
        let joined = TestViewer::join(&app, &invited).await.with_context(|| format!("join {join}"))?;
        let picture = joined.watch().await.with_context(|| format!("viewing {join}"))?;
        picture.playing(1).await.with_context(|| format!("picture {join}"))?;
        drop(picture);
        joined.post("/api/room/leave", &json!({})).await?;
    }
    println!("{JOINS} of {JOINS} joined under the flood, in {:.1?} each", begun.elapsed() / JOINS as u32);

    let (until, mut longest) = (Instant::now() + PLAYBACK, Duration::ZERO);
    let (mut frames, mut since) = (watching.frames(), Instant::now());
    let first = frames;
    while Instant::now() < until {
        sleep(Duration::from_millis(5)).await;
        if watching.frames() != frames {
            longest = longest.max(since.elapsed());
            (frames, since) = (watching.frames(), Instant::now());
        }
    }
    flooding.abort();
    let [sent, packets, received] =
        [&counted.sent, &counted.sent_packets, &counted.received].map(|count| count.load(Ordering::Relaxed));
    println!("{} frames in {PLAYBACK:?}, longest gap {longest:?}", frames - first);
    println!("{packets} packets of {sent} bytes sent, {received} bytes came back");
    assert!(packets > 100_000, "{packets} packets are no flood");
    assert!(received <= sent, "{received} bytes for {sent}");
    assert!(frames > first + 24, "the picture stopped");
    Ok(())
}
