//! kill -9 at random moments: what was acknowledged is there, nothing is there that is not in the record, and the record
//! is whole. Five times here; `VITRINE_KILLS=100 cargo test --release --workspace --test server killed` for the long run.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;
use sqlx::SqliteConnection;
use uuid::Uuid;
use vitrine::config::data::DataDir;
use vitrine::domain::audit::By;
use vitrine::domain::policy::Profile;
use vitrine::service::Services;
use vitrine::store::Store;
use vitrine::token::note::NoteKey;

use crate::support::{House, raw};

/// One line that the parent reads whole, or not at all.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "ACK {line}").unwrap();
    out.flush().unwrap();
}

/// Joins, comments and revokes as fast as it can, and says what was acknowledged.
async fn work(house: &House, review: Uuid) {
    loop {
        let link = house.link(review).await;
        say(&format!("invited link:{}", link.link.id));
        let (cookie, viewing) = house.watch(review, &link).await;
        say(&format!("watching viewing:{viewing}"));
        for frame in 1..20 {
            let id = Uuid::now_v7();
            let body = json!({ "id": id, "viewing_id": viewing, "rtp_timestamp": 3_600 * frame, "text": "dark" });
            assert_eq!(house.post("/api/comments", &cookie, body).await.status, StatusCode::CREATED);
            say(&format!("commented comment:{id}"));
        }
        house.services.revoke_link(link.link.id, &By::COMMAND_LINE).await.unwrap();
        say(&format!("revoked link:{}", link.link.id));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "the process that is killed; the test below starts it"]
async fn works_until_it_is_killed() {
    let house = House::new().await;
    let _jobs = house.start_jobs();
    let review = house.review().await;
    say(house.dir.path().to_str().unwrap());
    tokio::join!(work(&house, review), work(&house, review), work(&house, review));
}

/// Starts the process, kills it after a while, and says what it acknowledged: the first line is its data directory.
fn run_and_kill(after: Duration) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "killed::works_until_it_is_killed"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    // The harness writes the test's name before the first line.
    let mut acknowledged = lines.filter_map(|line| line.split_once("ACK ").map(|(_, line)| line.to_owned()));
    let mut seen = vec![acknowledged.next().expect("the process says where it works")];
    let id = child.id();
    let killer = std::thread::spawn(move || {
        std::thread::sleep(after);
        // SIGKILL, whatever the process is doing at that moment.
        Command::new("kill").args(["-9", &id.to_string()]).status().unwrap();
    });
    seen.extend(acknowledged);
    killer.join().unwrap();
    assert!(!child.wait().unwrap().success(), "it was killed");
    seen
}

async fn count(connection: &mut SqliteConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(connection).await.unwrap()
}

/// Effects and their entries, one for one.
const PAIRS: [(&str, &str); 6] = [
    ("SELECT COUNT(*) FROM links", "SELECT COUNT(*) FROM audit WHERE action = 'link.created'"),
    (
        "SELECT COUNT(*) FROM links WHERE revoked_at IS NOT NULL",
        "SELECT COUNT(*) FROM audit WHERE action = 'link.revoked'",
    ),
    ("SELECT COUNT(*) FROM viewers", "SELECT COUNT(*) FROM audit WHERE action = 'viewer.joined'"),
    ("SELECT COUNT(*) FROM viewings", "SELECT COUNT(*) FROM audit WHERE action = 'viewing.started'"),
    ("SELECT COUNT(*) FROM comments", "SELECT COUNT(*) FROM audit WHERE action = 'comment.made'"),
    ("SELECT COUNT(*) FROM notifications", "SELECT COUNT(*) FROM links WHERE last_used_at IS NOT NULL"),
];

/// The row that must be there for what was acknowledged.
fn row(what: &str) -> &'static str {
    match what {
        "invited" => "SELECT COUNT(*) FROM links WHERE 'link:' || id = ?",
        "watching" => "SELECT COUNT(*) FROM viewings WHERE 'viewing:' || id = ?",
        "commented" => "SELECT COUNT(*) FROM comments WHERE 'comment:' || id = ?",
        "revoked" => "SELECT COUNT(*) FROM links WHERE revoked_at IS NOT NULL AND 'link:' || id = ?",
        other => panic!("{other}"),
    }
}

async fn examine(data: &Path, acknowledged: &[String]) -> BTreeMap<String, usize> {
    let data = DataDir::existing(data).unwrap();
    let services = Services::new(Store::open(&data.database()).await.unwrap(), Profile::Facility);
    let verdict = services.verify_audit(NoteKey::load_or_make(&data).unwrap().verifier(), &[]).await.unwrap();
    assert!(verdict.is_ok(), "{verdict:?}");
    let mut connection = raw(&data.database()).await;
    let mut found = BTreeMap::new();
    for line in acknowledged {
        let (what, object) = line.split_once(' ').unwrap();
        let there: i64 = sqlx::query_scalar(row(what)).bind(object).fetch_one(&mut connection).await.unwrap();
        assert_eq!(there, 1, "acknowledged and lost: {line}");
        *found.entry(what.to_owned()).or_default() += 1;
    }
    for (effects, entries) in PAIRS {
        assert_eq!(
            count(&mut connection, effects).await,
            count(&mut connection, entries).await,
            "{effects} / {entries}"
        );
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_is_unrecorded() {
    let times: u64 = std::env::var("VITRINE_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(5);
    let mut total: BTreeMap<String, usize> = BTreeMap::new();
    for time in 0..times {
        // Between 0.3 and 1.5 s, at no round figure.
        let after = Duration::from_micros(300_000 + (time * 618_033 + u64::from(std::process::id()) * 997) % 1_200_000);
        let seen = tokio::task::spawn_blocking(move || run_and_kill(after)).await.unwrap();
        let (data, acknowledged) = seen.split_first().unwrap();
        for (what, times) in examine(Path::new(data), acknowledged).await {
            *total.entry(what).or_default() += times;
        }
        std::fs::remove_dir_all(data).unwrap();
    }
    println!("killed {times} times; acknowledged and there: {total:?}");
    assert!(total.get("invited").is_some_and(|invited| *invited > 0), "{total:?}");
}
