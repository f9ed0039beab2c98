//! Each kind of revocation, again and again at random moments: how long after the answer the last packet comes; and after a kill
//! what was revoked stays so. The long one is a measurement:
//! `cargo test --release --workspace --test revocation -- --ignored --nocapture`; `make soak` runs it.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::json;
use uuid::Uuid;
use vitrine::domain::instant::UtcInstant;
use vitrine_tests::{Console, InvitedViewer, TestApp, TestViewer, Watching};

/// Times that each kind is done, unless `VITRINE_ROUNDS` says otherwise.
const ROUNDS: u32 = 9;
/// What takes the right to watch, unless `VITRINE_KINDS` names some of them: the account of whoever invited, the link, the
/// viewer, the review; all links of the project, or of a network; another classification, or other allowed networks; time.
const KINDS: [&str; 9] = ["user", "link", "viewer", "review", "project", "network", "class", "allowed", "lease"];
const PASSWORD: &str = "a password for an hour";

struct House {
    app: TestApp,
    admin: Console,
    project: String,
}

/// A link made from the console by an account: its id, and whom it lets in.
async fn invite(console: &Console, review: &str) -> Result<(String, InvitedViewer)> {
    let body = json!({ "name": "Ana", "email": "ana@example.test" });
    let made = console.post(&format!("/api/reviews/{review}/links"), &body).await?;
    let id = made["link"]["id"].as_str().context("no link")?.to_owned();
    let invited =
        json!({ "name": "Ana", "email": "ana@example.test", "url": made["url"], "passphrase": made["passphrase"] });
    Ok((id, serde_json::from_value(invited)?))
}

impl House {
    /// A review of its own, so that ending it takes nothing from the next round.
    async fn review(&self) -> Result<String> {
        let now = UtcInstant::now();
        let body = json!({ "project": self.project, "title": "Round", "host": "House", "starts_at": now,
            "ends_at": now.plus(Duration::from_secs(3_600)),
            "source": { "kind": "test-reel", "height": 360 } });
        let made = self.admin.post("/api/reviews", &body).await?;
        Ok(made["id"].as_str().context("no review")?.to_owned())
    }

    async fn watching(&self, invited: &InvitedViewer) -> Result<(TestViewer, Watching)> {
        let viewer = TestViewer::join(&self.app, invited).await?;
        // The program opens within a second of its review.
        let begun = Instant::now();
        let watching = loop {
            match viewer.watch().await {
                Ok(watching) => break watching,
                Err(error) if begun.elapsed() > Duration::from_secs(15) => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        };
        watching.playing(5).await?;
        Ok((viewer, watching))
    }

    /// Has a viewer's lease run out sooner than it does by itself, as if it had been given so long ago: in how long from now.
    async fn lease_runs_out(&self, viewer: Uuid, sooner: Duration) -> Result<Duration> {
        let store = self.app.store().await?;
        let mut write = store.write().await?;
        let (left, now) = (Duration::from_secs(1) + sooner, UtcInstant::now());
        vitrine::store::viewer::set_lease(write.connection(), viewer, now.plus(left), now).await?;
        let begun = Instant::now();
        write.commit_bookkeeping().await?;
        store.close().await;
        Ok(left.saturating_sub(begun.elapsed()))
    }

    /// Puts the project back as it was.
    async fn restore(&self) -> Result<()> {
        self.app.command(&["project", "classify", &self.project, "internal"]).await?;
        self.app.command(&["project", "networks", &self.project]).await?;
        Ok(())
    }

    /// Watches, takes the right away in one of nine ways, and says how long after the answer, or the instant, the last packet came.
    async fn round(&self, kind: &str, round: u32) -> Result<Duration> {
        let review = self.review().await?;
        let user = format!("leaver-{round}");
        let inviter = if kind == "user" { self.leaver(&user).await? } else { self.admin.clone() };
        let (link, invited) = invite(&inviter, &review).await?;
        let (viewer, watching) = self.watching(&invited).await?;
        // At no round figure of whatever the server does by the clock.
        let moment = (u64::from(round) * 618_033 + u64::from(self.app.pid().unwrap_or(1)) * 7_919) % 1_000_000;
        tokio::time::sleep(Duration::from_micros(moment)).await;
        let mut over = None;
        match kind {
            "lease" => {
                let id = viewer.room["viewer"]["id"].as_str().context("no viewer")?.parse()?;
                let left = self.lease_runs_out(id, Duration::from_micros(moment)).await?;
                over = Some(Instant::now() + left);
                tokio::time::sleep(left).await;
            }
            "user" => drop(self.app.command(&["user", "offboard", &user]).await?),
            "link" => drop(self.admin.post(&format!("/api/links/{link}/revoke"), &json!({})).await?),
            "viewer" => {
                let id = viewer.room["viewer"]["id"].as_str().context("no viewer")?;
                self.admin.post(&format!("/api/viewers/{id}/remove"), &json!({})).await?;
            }
            "review" => drop(self.admin.post(&format!("/api/reviews/{review}/end"), &json!({})).await?),
            "project" => {
                self.admin.post(&format!("/api/projects/{}/revoke", self.project), &json!({})).await?;
            }
            "network" => {
                self.admin.post("/api/networks/revoke", &json!({ "networks": ["127.0.0.0/8"] })).await?;
            }
            "class" => drop(self.app.command(&["project", "classify", &self.project, "restricted"]).await?),
            _ => drop(self.app.command(&["project", "networks", &self.project, "192.0.2.0/24"]).await?),
        }
        let stopped = watching.stopped_after(over.unwrap_or_else(Instant::now)).await?;
        self.restore().await?;
        if kind != "review" {
            self.admin.post(&format!("/api/reviews/{review}/end"), &json!({})).await?;
        }
        Ok(stopped)
    }

    /// An account that invites and then leaves.
    async fn leaver(&self, user: &str) -> Result<Console> {
        let body = json!({ "user": user, "password": PASSWORD, "role": "producer" });
        self.admin.post("/api/accounts", &body).await?;
        self.app.command(&["project", "add-member", &self.project, user]).await?;
        self.app.console_of(user, PASSWORD).await
    }
}

/// The figure below which so many percent are.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let index = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(index).copied().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement of some minutes"]
async fn whatever_takes_the_right_the_last_packet_comes_within_a_second() -> Result<()> {
    let app = TestApp::start().await?;
    let admin = app.console().await?;
    let made = admin.post("/api/projects", &json!({ "name": "Revocation", "classification": "internal" })).await?;
    let project = made["id"].as_str().context("no project")?.to_owned();
    let house = House { app, admin, project };
    let mut all = Vec::new();
    let rounds = std::env::var("VITRINE_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS);
    let kinds = std::env::var("VITRINE_KINDS").unwrap_or_else(|_| KINDS.join(","));
    for kind in kinds.split(',') {
        assert!(KINDS.contains(&kind), "{kind:?} is none of {KINDS:?}");
        let mut times = Vec::new();
        for round in 0..rounds {
            times.push(house.round(kind, round).await.with_context(|| format!("{kind} {round}"))?);
        }
        times.sort();
        println!("{kind:8} median {:?}, longest {:?}", percentile(&times, 50), percentile(&times, 100));
        all.extend(times);
    }
    all.sort();
    println!("{} in all: median {:?}, p99 {:?}", all.len(), percentile(&all, 50), percentile(&all, 99));
    assert!(percentile(&all, 99) < Duration::from_secs(1), "{all:?}");
    Ok(())
}

/// How often the program is killed, unless `VITRINE_KILLS` says otherwise.
const KILLS: u32 = 2;
/// Longest start on a busy machine; where `VITRINE_KILLS` says that it is measured, three seconds.
const START: Duration = Duration::from_secs(15);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_somebody_watches_it_is_soon_back_and_what_was_revoked_stays_revoked() -> Result<()> {
    let mut app = TestApp::start().await?;
    let measured: Option<u32> = std::env::var("VITRINE_KILLS").ok().and_then(|kills| kills.parse().ok());
    let (kills, longest) = measured.map_or((KILLS, START), |kills| (kills, Duration::from_secs(3)));
    let (mut starts, mut revoked) = (Vec::new(), Vec::new());
    for kill in 0..kills {
        let watching = TestViewer::join(&app, &app.started.viewer_links[0]).await?.watch().await?;
        watching.playing(1 + u64::from(kill * 7 % 20)).await?;
        let (link, invited) = app.invite("Ana", "ana@example.test").await?;
        app.command(&["link", "revoke", &link]).await?;
        revoked.push(invited);
        let (started, took) = app.killed_and_started().await?;
        (app, starts) = (started, [starts, vec![took]].concat());
        for invited in &revoked {
            let refused = TestViewer::join(&app, invited).await;
            anyhow::ensure!(refused.is_err_and(|error| error.to_string().contains("403")), "revoked, and in again");
        }
        let verdict = app.command(&["audit", "verify"]).await?;
        anyhow::ensure!(verdict.contains("ok"), "{verdict}");
    }
    starts.sort();
    println!(
        "killed {kills} times; back in {:?} at the median, {:?} at most",
        percentile(&starts, 50),
        percentile(&starts, 100)
    );
    assert!(percentile(&starts, 100) < longest, "{starts:?}");
    Ok(())
}
