//! A crowd on one review: what each of them says reaches every page exactly once, soon, and costs the server no memory that
//! it does not give back. Over TLS and real sockets, against the real program. The long one is a measurement:
//! `cargo test --release --workspace --test crowd -- --ignored --nocapture`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{MissedTickBehavior, interval, sleep};
use uuid::Uuid;
use vitrine_tests::{Events, TestApp, TestViewer};

/// All but one in twenty comments must be on every page in this time.
const SOON: Duration = Duration::from_millis(300);
/// What must have arrived when nobody speaks any more.
const SETTLE: Duration = Duration::from_secs(3);

/// When each comment was sent off.
type Sent = Arc<Mutex<HashMap<Uuid, Instant>>>;

/// What one page heard: how often each comment, and how late.
#[derive(Debug, Default)]
struct Heard {
    times: HashMap<Uuid, u32>,
    late: Vec<Duration>,
}

async fn listen(mut events: Events, sent: Sent, heard: Arc<Mutex<Heard>>) -> Result<()> {
    loop {
        let message = events.next().await?;
        if message["type"] != "comment" {
            continue;
        }
        let now = Instant::now();
        let id: Uuid = message["comment"]["id"].as_str().context("no id")?.parse()?;
        let sent = sent.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied();
        let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sent) = sent {
            *heard.times.entry(id).or_default() += 1;
            heard.late.push(now - sent);
        }
    }
}

/// Resident memory of a process, in kB.
fn resident_kb(pid: u32) -> Result<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse()?)
}

/// A comment pinned to a frame, which the others answer: its id. Whoever makes it watches for that long only.
async fn topic(viewer: &TestViewer) -> Result<Uuid> {
    let mut events = viewer.events().await?;
    let watching = viewer.watch().await?;
    watching.playing(5).await?;
    let clock = events.next_of("clock").await?;
    let id = Uuid::now_v7();
    let comment = json!({ "id": id, "viewing_id": clock["viewing_id"], "rtp_timestamp": clock["rtp_timestamp"],
        "text": "What do you all think?" });
    let answer = viewer.post("/api/comments", &comment).await?;
    anyhow::ensure!(answer.status().as_u16() == 201, "{}", answer.text().await?);
    viewer.delete(&watching.location).await?;
    Ok(id)
}

/// What came of a crowd.
#[derive(Debug)]
struct Outcome {
    comments: usize,
    p50: Duration,
    p95: Duration,
    most: Duration,
    before_kb: u64,
    after_kb: u64,
}

impl Outcome {
    fn say(&self) {
        let Self { comments, p50, p95, most, before_kb, after_kb } = self;
        println!("{comments} comments on every page once; p50 {p50:.1?}, p95 {p95:.1?}, latest {most:.1?}");
        println!("resident memory {before_kb} kB before, {after_kb} kB after");
    }
}

/// `clients` people say `per_second` things in all, for so long. The console listens, too.
async fn crowd(clients: usize, per_second: u32, long: Duration) -> Result<Outcome> {
    let app = TestApp::start().await?;
    let console = app.console().await?;
    let review = app.review().await?;
    let mut viewers = Vec::new();
    for each in 0..clients {
        let invitation = json!({ "name": format!("Client {each}"), "email": "client@example.test" });
        let made = console.post(&format!("/api/reviews/{review}/links"), &invitation).await?;
        viewers.push(Arc::new(TestViewer::join(&app, &serde_json::from_value(invited(&made))?).await?));
    }
    let topic = topic(&viewers[0]).await?;
    let sent = Sent::default();
    let mut pages: Vec<Arc<Mutex<Heard>>> = Vec::new();
    let mut listening: Vec<JoinHandle<Result<()>>> = Vec::new();
    let mut streams = vec![console.events(&format!("/api/reviews/{review}/events")).await?];
    for viewer in &viewers {
        streams.push(viewer.events().await?);
    }
    for mut events in streams {
        events.next_of("snapshot").await?;
        let heard = Arc::<Mutex<Heard>>::default();
        listening.push(tokio::spawn(listen(events, Arc::clone(&sent), Arc::clone(&heard))));
        pages.push(heard);
    }
    // Pools and buffers find their size first.
    speak(&viewers, topic, &sent, per_second, Duration::from_secs(5).min(long)).await?;
    let pid = app.pid().context("the server is gone")?;
    let before_kb = resident_kb(pid)?;
    speak(&viewers, topic, &sent, per_second, long).await?;
    sleep(SETTLE).await;
    let after_kb = resident_kb(pid)?;
    for task in &listening {
        anyhow::ensure!(!task.is_finished(), "a page lost its stream");
    }
    listening.iter().for_each(JoinHandle::abort);
    judged(&sent, &pages, before_kb, after_kb)
}

fn invited(made: &Value) -> Value {
    json!({ "name": made["link"]["name"], "email": made["link"]["email"], "url": made["url"], "passphrase": made["passphrase"] })
}

/// Takes turns in saying something, evenly.
async fn speak(viewers: &[Arc<TestViewer>], topic: Uuid, sent: &Sent, per_second: u32, long: Duration) -> Result<()> {
    let mut ticks = interval(Duration::from_secs(1) / per_second);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let count = (long.as_secs_f64() * f64::from(per_second)) as usize;
    let mut under_way = JoinSet::new();
    for turn in 0..count {
        ticks.tick().await;
        let viewer = Arc::clone(&viewers[turn % viewers.len()]);
        let (id, sent) = (Uuid::now_v7(), Arc::clone(sent));
        under_way.spawn(async move {
            let comment = json!({ "id": id, "parent_id": topic, "text": format!("I think number {turn}") });
            sent.lock().unwrap_or_else(PoisonError::into_inner).insert(id, Instant::now());
            let answer = viewer.post("/api/comments", &comment).await?;
            anyhow::ensure!(answer.status().as_u16() == 201, "{}", answer.text().await?);
            Ok(())
        });
    }
    while let Some(done) = under_way.join_next().await {
        done??;
    }
    Ok(())
}

fn judged(sent: &Sent, pages: &[Arc<Mutex<Heard>>], before_kb: u64, after_kb: u64) -> Result<Outcome> {
    let sent = sent.lock().unwrap_or_else(PoisonError::into_inner);
    let mut late = Vec::new();
    for (page, heard) in pages.iter().enumerate() {
        let heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        for id in sent.keys() {
            let times = heard.times.get(id).copied().unwrap_or_default();
            anyhow::ensure!(times == 1, "page {page} heard {id} {times} times");
        }
        anyhow::ensure!(heard.times.len() == sent.len(), "page {page} heard what nobody said");
        late.extend_from_slice(&heard.late);
    }
    late.sort_unstable();
    let part = |hundredths: usize| late[(late.len() - 1) * hundredths / 100];
    Ok(Outcome { comments: sent.len(), p50: part(50), p95: part(95), most: part(100), before_kb, after_kb })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_clients_hear_each_other_exactly_once_and_soon() -> Result<()> {
    let outcome = crowd(10, 10, Duration::from_secs(10)).await?;
    outcome.say();
    assert_eq!(outcome.comments, 150);
    assert!(outcome.p95 <= SOON, "{outcome:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement of three minutes"]
async fn fifty_clients_say_twenty_things_a_second_for_two_minutes() -> Result<()> {
    let outcome = crowd(50, 20, Duration::from_secs(120)).await?;
    outcome.say();
    assert_eq!(outcome.comments, 2_500);
    assert!(outcome.p95 <= SOON, "{outcome:?}");
    assert!(outcome.after_kb < outcome.before_kb + 20_000, "memory grows: {outcome:?}");
    Ok(())
}
