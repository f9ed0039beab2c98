//! Event streams, over real TLS.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use pipelines::spec::encode::rate::Decoding;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{WebSocketStream, client_async};
use uuid::Uuid;
use vitrine::domain::audit::By;
use vitrine::domain::link::Invitation;
use vitrine::http::config::HttpConfig;
use vitrine::media::FrameClock;
use vitrine::service::Services;

use crate::proof::report;
use crate::support::{House, ORIGIN};
use crate::tls::{Listening, listen};

pub type Socket = WebSocketStream<TlsStream<TcpStream>>;

pub async fn open(listening: &Listening, path: &str, cookie: &str) -> Socket {
    let mut request = format!("wss://localhost:8443{path}").into_client_request().unwrap();
    request.headers_mut().insert("origin", ORIGIN.parse().unwrap());
    request.headers_mut().insert("cookie", cookie.parse().unwrap());
    client_async(request, listening.connect().await).await.unwrap().0
}

/// The next message of a type; the numbers of all must follow each other.
pub async fn next(socket: &mut Socket, kind: &str) -> Value {
    let wait = async {
        loop {
            match socket.next().await {
                Some(Ok(Message::Text(text))) => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    if message["type"] == kind {
                        return message;
                    }
                }
                other => panic!("waiting for {kind}: {other:?}"),
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(5), wait).await.unwrap_or_else(|_| panic!("no {kind}"))
}

async fn close_code(socket: &mut Socket) -> Option<u16> {
    while let Some(Ok(message)) = socket.next().await {
        if let Message::Close(frame) = message {
            return frame.map(|frame| frame.code.into());
        }
    }
    None
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_tells_clock_comments_and_the_end() {
    let house = House::new().await;
    let _jobs = house.start_jobs();
    let listening = listen(&house, HttpConfig::default(), &["http/1.1"]).await;
    let review = house.review().await;
    let link = house.link(review).await;
    let cookie = house.join(&link).await;
    let mut socket = open(&listening, "/api/room/events", &cookie).await;
    let snapshot = next(&mut socket, "snapshot").await;
    assert_eq!(snapshot["seq"], 1);
    assert_eq!(snapshot["room"]["viewer"]["name"], "Ana Ito");

    let viewing = house.start(review, &cookie).await;
    assert_eq!(next(&mut socket, "picture").await["picture"]["bits"], 10);
    let rate = pipelines::spec::time::FrameRate::FPS_25;
    let clock = FrameClock {
        source: uuid::Uuid::nil(),
        rtp_timestamp: 90,
        source_frame: 5,
        timecode_frames: 90_005,
        rate,
        speed_percent: 100,
        slate: false,
        presented_unix_ms: 1.0,
    };
    house.projector.clocks.lock().unwrap()[&viewing].send_replace(Some(clock));
    let told = next(&mut socket, "clock").await;
    assert_eq!(
        (&told["rtp_timestamp"], &told["source_frame"], &told["timecode_frames"]),
        (&json!(90), &json!(5), &json!(90_005))
    );
    assert_eq!(told["rate"], json!({ "num": 25, "den": 1, "drop_frame": false }));
    assert_eq!(told["viewing_id"], json!(viewing));

    let comment = json!({ "id": Uuid::now_v7(), "viewing_id": viewing, "rtp_timestamp": 3_600, "text": "too dark" });
    house.post("/api/comments", &cookie, comment).await;
    assert_eq!(next(&mut socket, "comment").await["comment"]["text"], "too dark");

    let other: Services = house.other_process().await;
    other.revoke_link(link.link.id, &By::COMMAND_LINE).await.unwrap();
    let ended = next(&mut socket, "ended").await;
    assert_eq!(ended["reason"], "link_revoked");
    assert!(!ended["message"].as_str().unwrap().is_empty());
    assert_eq!(close_code(&mut socket).await, Some(4_000));
    assert!(!house.projector.runs(viewing));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_console_follows_viewers_links_and_other_processes() {
    let house = House::new().await;
    let _jobs = house.start_jobs();
    let listening = listen(&house, HttpConfig::default(), &["http/1.1"]).await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let mut console = open(&listening, &format!("/api/reviews/{review}/events"), &account).await;
    assert_eq!(next(&mut console, "snapshot").await["review"]["title"], "Reel 3");

    let other = house.other_process().await;
    let link =
        other.create_link(review, Invitation::to("Ana Ito", "ana@example.org"), &By::COMMAND_LINE).await.unwrap();
    assert_eq!(next(&mut console, "links").await["links"][0]["name"], "Ana Ito");

    let (cookie, viewing) = house.watch(review, &link).await;
    house.screening.connected(viewing).await.unwrap();
    let mut room = open(&listening, "/api/room/events", &cookie).await;
    let report = json!({ "type": "report", "frames_per_second": 24.9, "frames_dropped": 1, "frame_format": "I444P10",
        "srtp_cipher": "AEAD_AES_256_GCM", "decode_ms": 12.5, "loss_percent": 0.5 });
    room.send(Message::text(report.to_string())).await.unwrap();
    let told = loop {
        let viewers = next(&mut console, "viewers").await;
        if viewers["viewers"][0]["srtp_cipher"].is_string() {
            break viewers["viewers"][0].clone();
        }
    };
    assert_eq!((&told["state"], &told["srtp_cipher"]), (&json!("watching"), &json!("AEAD_AES_256_GCM")));
    assert_eq!((&told["frames_per_second"], &told["picture"]["chroma"]), (&json!(24.9), &json!("4:4:4")));
    assert_eq!(told["loss_percent"], 0.5);
    let decoding = house.projector.decodings.lock().unwrap().last().copied();
    let frame = Duration::from_micros(12_500);
    assert_eq!(decoding, Some((viewing, Decoding { shown_per_second: 24.9, frame })), "the rules of the rate are told");

    house.stop.send(true).unwrap();
    assert_eq!(next(&mut room, "ended").await["reason"], "server_stopping");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_console_is_told_what_a_browser_says_of_its_picture() {
    let house = House::new().await;
    let listening = listen(&house, HttpConfig::default(), &["http/1.1"]).await;
    let account = house.sign_in().await;
    let review = house.review().await;
    let (cookie, viewing) = house.watch(review, &house.link(review).await).await;
    house.screening.connected(viewing).await.unwrap();
    let mut console = open(&listening, &format!("/api/reviews/{review}/events"), &account).await;
    let viewer = next(&mut console, "snapshot").await["review"]["viewers"][0].clone();
    assert_eq!((&viewer["proof"]["now"], &viewer["proof"]["worst"]), (&Value::Null, &Value::Null));
    for (state, reasons) in [("true", &[][..]), ("wrong", &["filter"]), ("reduced", &["smaller"])] {
        house.post("/api/room/proof", &cookie, report(viewing, state, reasons)).await;
        // Anything else that changes may tell the state before once more.
        let mut told = next(&mut console, "proof").await;
        while told["proof"]["now"]["state"] != json!(state) {
            told = next(&mut console, "proof").await;
        }
        assert_eq!(told["viewer_id"], viewer["id"]);
        assert_eq!(told["proof"]["now"]["reasons"], json!(reasons));
    }
}

/// The revisions of the comments of a message, in its order.
fn revisions(comments: &Value) -> Vec<u64> {
    comments.as_array().unwrap().iter().map(|comment| comment["revision"].as_u64().unwrap()).collect()
}

async fn say(house: &House, cookie: &str, viewing: Uuid, text: &str) -> Value {
    let body = json!({ "id": Uuid::now_v7(), "viewing_id": viewing, "rtp_timestamp": 3_600, "text": text });
    house.post("/api/comments", cookie, body).await.json()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_was_away_gets_what_it_missed_and_nothing_twice() {
    let house = House::new().await;
    let listening = listen(&house, HttpConfig::default(), &["http/1.1"]).await;
    let review = house.review().await;
    let link = house.link(review).await;
    let (cookie, viewing) = house.watch(review, &link).await;
    let mut socket = open(&listening, "/api/room/events", &cookie).await;
    let snapshot = next(&mut socket, "snapshot").await;
    assert_eq!((&snapshot["room"]["comments_after"], &snapshot["room"]["comments"]), (&json!(0), &json!([])));
    let first = say(&house, &cookie, viewing, "one").await;
    assert_eq!(next(&mut socket, "comment").await["comment"]["revision"], 1);
    drop(socket);

    say(&house, &cookie, viewing, "two").await;
    let path = format!("/api/comments/{}", first["id"].as_str().unwrap());
    house.patch(&path, &cookie, json!({ "text": "one, reworded" })).await;
    let mut socket = open(&listening, "/api/room/events?after=1", &cookie).await;
    let snapshot = next(&mut socket, "snapshot").await;
    assert_eq!(snapshot["room"]["comments_after"], 1);
    assert_eq!(revisions(&snapshot["room"]["comments"]), [2, 3], "the second, and the first as it is now");
    assert_eq!(snapshot["room"]["comments"][1]["text"], "one, reworded");
    say(&house, &cookie, viewing, "three").await;
    assert_eq!(next(&mut socket, "comment").await["comment"]["revision"], 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_gets_every_comment_once_and_in_order_however_many_speak_at_once() {
    let house = House::new().await;
    let listening = listen(&house, HttpConfig::default(), &["http/1.1"]).await;
    let review = house.review().await;
    let mut speakers = Vec::new();
    for _ in 0..4 {
        speakers.push(house.watch(review, &house.link(review).await).await);
    }
    let mut pages = Vec::new();
    for (cookie, _) in &speakers {
        let mut page = open(&listening, "/api/room/events", cookie).await;
        next(&mut page, "snapshot").await;
        pages.push(page);
    }
    let said = speakers.iter().map(|(cookie, viewing)| {
        let house = &house;
        async move {
            for n in 0..10 {
                say(house, cookie, *viewing, &n.to_string()).await;
            }
        }
    });
    futures_util::future::join_all(said).await;
    for page in &mut pages {
        for revision in 1..=40 {
            assert_eq!(next(page, "comment").await["comment"]["revision"], revision);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_tells_who_is_in_it_to_be_named() {
    let house = House::new().await;
    let listening = listen(&house, HttpConfig::default(), &["http/1.1"]).await;
    let review = house.review().await;
    let (cookie, _) = house.watch(review, &house.link(review).await).await;
    let mut page = open(&listening, "/api/room/events", &cookie).await;
    let people = next(&mut page, "snapshot").await["room"]["people"].clone();
    assert_eq!((&people[0]["name"], &people[0]["here"]), (&json!("Ana Ito"), &json!(true)));
    assert_eq!(people.as_array().unwrap().len(), 1);
    house.watch(review, &house.link(review).await).await;
    let people = next(&mut page, "people").await["people"].clone();
    assert_eq!(people.as_array().unwrap().len(), 2);
    assert!(!people.to_string().contains('@'), "names only");
}

/// `cargo test --release --workspace --test server -- --ignored --nocapture fifty_pages`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes two minutes, and says how fast the machine is"]
async fn fifty_pages_get_twenty_comments_a_second_once_each() {
    const PAGES: usize = 50;
    const COMMENTS: usize = 2_400;
    let house = House::new().await;
    let listening = listen(&house, HttpConfig::default(), &["http/1.1"]).await;
    let review = house.review().await;
    let (cookie, viewing) = house.watch(review, &house.link(review).await).await;
    let mut pages = Vec::new();
    for _ in 0..PAGES {
        let mut page = open(&listening, "/api/room/events", &cookie).await;
        next(&mut page, "snapshot").await;
        pages.push(page);
    }
    let begun = std::time::Instant::now();
    let listeners: Vec<_> = pages
        .into_iter()
        .map(|mut page| {
            tokio::spawn(async move {
                let mut late = Vec::new();
                for revision in 1..=COMMENTS {
                    let comment = next(&mut page, "comment").await["comment"].clone();
                    assert_eq!(comment["revision"], revision);
                    let said: f64 = comment["text"].as_str().unwrap().parse().unwrap();
                    late.push(begun.elapsed().as_secs_f64() * 1e3 - said);
                }
                late
            })
        })
        .collect();
    let resident = || {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        status.lines().find(|line| line.starts_with("VmRSS")).unwrap().to_owned()
    };
    let mut ticks = tokio::time::interval(Duration::from_millis(50));
    for number in 0..COMMENTS {
        ticks.tick().await;
        say(&house, &cookie, viewing, &format!("{:.3}", begun.elapsed().as_secs_f64() * 1e3)).await;
        if number % 600 == 599 {
            println!("after {} s: {}", begun.elapsed().as_secs(), resident());
        }
    }
    let mut late = Vec::new();
    for listener in listeners {
        late.extend(listener.await.unwrap());
    }
    late.sort_by(f64::total_cmp);
    let at = |part: f64| late[((late.len() - 1) as f64 * part) as usize];
    println!(
        "{} deliveries, ms: p50 {:.1}, p95 {:.1}, p99 {:.1}, max {:.1}",
        late.len(),
        at(0.5),
        at(0.95),
        at(0.99),
        at(1.0)
    );
    assert!(at(0.95) <= 300.0);
}
