//! Media as it arrives at a viewer's socket.
#![allow(clippy::panic)]

#[path = "media/gstreamer.rs"]
mod gstreamer;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use vitrine_tests::{PublishTo, TestApp, TestSender, TestViewer, Watching, Wire, prepared_pictures};

const WITHIN: Duration = Duration::from_secs(1);

async fn watching(app: &TestApp, name: &str) -> Result<(String, TestViewer, Watching)> {
    let (link, invited) = app.invite(name, &format!("{name}@example.test")).await?;
    let viewer = TestViewer::join(app, &invited).await?;
    let watching = viewer.watch().await?;
    watching.playing(5).await?;
    Ok((link, viewer, watching))
}

async fn ended_reason(viewer: &TestViewer) -> Result<String> {
    let answer = viewer.get("/api/room").await?;
    assert_eq!(answer.status().as_u16(), 410, "the room must be gone");
    let body: Value = answer.json().await?;
    Ok(body["error"]["reason"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_link_revoked_in_the_console_stops_the_last_packet_within_a_second() -> Result<()> {
    let app = TestApp::start().await?;
    let console = app.console().await?;
    for _ in 0..3 {
        let (link, viewer, watching) = watching(&app, "ana").await?;
        console.post(&format!("/api/links/{link}/revoke"), &json!({})).await?;
        let stopped = watching.stopped_after(Instant::now()).await?;
        assert!(stopped < WITHIN, "{stopped:?}");
        assert_eq!(ended_reason(&viewer).await?, "link_revoked");
    }
    Ok(())
}

#[tokio::test]
async fn a_link_revoked_by_another_process_stops_the_last_packet_within_a_second() -> Result<()> {
    let app = TestApp::start().await?;
    let (link, viewer, watching) = watching(&app, "ana").await?;
    app.command(&["link", "revoke", &link]).await?;
    let stopped = watching.stopped_after(Instant::now()).await?;
    assert!(stopped < WITHIN, "{stopped:?}");
    assert_eq!(ended_reason(&viewer).await?, "link_revoked");
    Ok(())
}

#[tokio::test]
async fn a_removed_viewer_stops_and_the_others_go_on() -> Result<()> {
    let app = TestApp::start().await?;
    let console = app.console().await?;
    let (_, ana, anas) = watching(&app, "ana").await?;
    let (_, _ben, bens) = watching(&app, "ben").await?;
    let id = ana.room["viewer"]["id"].as_str().unwrap_or_default();
    console.post(&format!("/api/viewers/{id}/remove"), &json!({})).await?;
    let stopped = anas.stopped_after(Instant::now()).await?;
    assert!(stopped < WITHIN, "{stopped:?}");
    assert_eq!(ended_reason(&ana).await?, "removed");
    bens.playing(bens.frames() + 10).await?;
    Ok(())
}

#[tokio::test]
async fn a_link_that_expires_stops_the_last_packet_within_a_second() -> Result<()> {
    let app = TestApp::start().await?;
    let review = app.review().await?;
    let printed = app
        .command(&[
            "link",
            "create",
            "--review",
            &review,
            "--name",
            "Ana",
            "--email",
            "ana@example.test",
            "--expires",
            "6s",
            "--json",
        ])
        .await?;
    let created = Instant::now();
    let value: Value = serde_json::from_str(&printed)?;
    let invited = serde_json::from_value(json!({"name": "Ana", "email": "ana@example.test",
        "url": value["url"], "passphrase": value["passphrase"]}))?;
    let viewer = TestViewer::join(&app, &invited).await?;
    let watching = viewer.watch().await?;
    watching.playing(5).await?;
    let stopped = watching.stopped_after(created).await?;
    assert!(stopped > Duration::from_secs(4) && stopped < Duration::from_secs(7), "{stopped:?}");
    assert_eq!(ended_reason(&viewer).await?, "link_expired");
    Ok(())
}

#[tokio::test]
async fn the_end_of_a_review_stops_everyone_within_a_second() -> Result<()> {
    let app = TestApp::start().await?;
    let console = app.console().await?;
    let (_, ana, anas) = watching(&app, "ana").await?;
    let (_, ben, bens) = watching(&app, "ben").await?;
    let review = app.review().await?;
    console.post(&format!("/api/reviews/{review}/end"), &json!({})).await?;
    let ended = Instant::now();
    for (viewer, watching) in [(&ana, &anas), (&ben, &bens)] {
        let stopped = watching.stopped_after(ended).await?;
        assert!(stopped < WITHIN, "{stopped:?}");
        assert_eq!(ended_reason(viewer).await?, "review_ended");
    }
    Ok(())
}

#[tokio::test]
async fn sources_of_other_sizes_and_the_slate_are_switched_without_anybody_reconnecting() -> Result<()> {
    let app = TestApp::start().await?;
    let console = app.console().await?;
    let (_, _ana, anas) = watching(&app, "ana").await?;
    let (_, _ben, bens) = watching(&app, "ben").await?;
    let base = format!("/api/reviews/{}/sources", app.review().await?);
    console.post(&base, &json!({ "source": { "kind": "slate" } })).await?;
    let review = console.post(&base, &json!({ "source": { "kind": "test-reel", "height": 240 } })).await?;
    let sources: Vec<&str> =
        review["sources"].as_array().into_iter().flatten().filter_map(|s| s["id"].as_str()).collect();
    for change in 1..=10 {
        let source = sources[change % 3];
        let shown = console.post(&format!("{base}/{source}/show"), &json!({})).await?;
        let on_air = shown["sources"].as_array().into_iter().flatten().find(|source| source["on_air"] == true);
        assert_eq!(on_air.and_then(|on_air| on_air["id"].as_str()), Some(source));
        for watching in [&anas, &bens] {
            watching.playing(watching.frames() + 6).await?;
        }
    }
    let record = console.get(&format!("/api/audit?review={}", app.review().await?)).await?;
    let count = |action: &str| {
        let entries = record["entries"].as_array().into_iter().flatten();
        entries.filter(|entry| entry["action"] == action).count()
    };
    assert_eq!((count("viewing.started"), count("viewing.ended"), count("review.source")), (2, 0, 10), "{record}");
    Ok(())
}

#[tokio::test]
async fn a_viewing_can_be_deleted_and_only_by_its_own_lease() -> Result<()> {
    let app = TestApp::start().await?;
    let (_, ana, anas) = watching(&app, "ana").await?;
    let (_, ben, _bens) = watching(&app, "ben").await?;
    assert_eq!(ben.delete(&anas.location).await?.status().as_u16(), 401);
    anas.playing(anas.frames() + 5).await?;
    assert_eq!(ana.delete(&anas.location).await?.status().as_u16(), 200);
    let stopped = anas.stopped_after(Instant::now()).await?;
    assert!(stopped < WITHIN, "{stopped:?}");
    Ok(())
}

#[tokio::test]
async fn an_offer_without_h264_is_answered_406_and_says_what_is_needed() -> Result<()> {
    let app = TestApp::start().await?;
    let (_, invited) = app.invite("Ana", "ana@example.test").await?;
    let viewer = TestViewer::join(&app, &invited).await?;
    let answer = viewer.whep("v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n".to_owned()).await?;
    assert_eq!(answer.status().as_u16(), 406);
    assert!(answer.text().await?.contains("f4001f"));
    Ok(())
}

#[tokio::test]
async fn the_media_port_answers_nobody_who_was_not_invited() -> Result<()> {
    let app = TestApp::start().await?;
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await?;
    // A STUN binding request without credentials, one with an unknown user, a DTLS ClientHello's first bytes, noise.
    let mut unknown_user = vec![0, 1, 0, 12, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    unknown_user.extend([0, 6, 0, 5, b'a', b':', b'b', b'c', b'd', 0, 0, 0]);
    let datagrams: [&[u8]; 4] = [
        &[0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        &unknown_user,
        &[22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0],
        &[0xff; 1_200],
    ];
    for datagram in datagrams {
        socket.send_to(datagram, ("127.0.0.1", app.started.media_udp_port)).await?;
    }
    let answer = tokio::time::timeout(Duration::from_millis(500), socket.recv_from(&mut [0; 2_000])).await;
    assert!(answer.is_err(), "the port answered");
    Ok(())
}

#[tokio::test]
async fn a_viewer_whose_network_lets_no_udp_out_watches_over_tcp_and_is_stopped_as_quickly() -> Result<()> {
    let app = TestApp::start().await?;
    let console = app.console().await?;
    let (link, invited) = app.invite("Ana", "ana@example.test").await?;
    let viewer = TestViewer::join(&app, &invited).await?;
    let port = ([127, 0, 0, 1], app.started.media_udp_port).into();
    let watching = viewer.watch_on(Wire::tcp(port).await?).await?;
    watching.playing(30).await?;
    console.post(&format!("/api/links/{link}/revoke"), &json!({})).await?;
    let stopped = watching.stopped_after(Instant::now()).await?;
    assert!(stopped < WITHIN, "{stopped:?}");
    assert_eq!(ended_reason(&viewer).await?, "link_revoked");
    Ok(())
}

#[tokio::test]
async fn a_media_connection_that_does_not_prove_whose_it_is_hears_nothing_and_is_closed() -> Result<()> {
    let app = TestApp::start().await?;
    // A check without credentials, a length beyond any packet, nothing at all.
    let check = [0, 20, 0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
    for first in [&check[..], &[0xff, 0xff, 1, 2, 3], &[]] {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", app.started.media_udp_port)).await?;
        stream.write_all(first).await?;
        let answer = tokio::time::timeout(Duration::from_secs(20), stream.read_u8()).await?;
        assert!(answer.is_err(), "the port answered");
    }
    Ok(())
}

#[tokio::test]
async fn a_viewer_with_another_certificate_than_the_one_of_their_offer_is_shown_nothing() -> Result<()> {
    let app = TestApp::start().await?;
    let viewer = TestViewer::join(&app, &app.started.viewer_links[0]).await?;
    let between = viewer.watch_as_another().await?;
    assert!(between.playing(1).await.is_err());
    assert!(between.last_packet().is_none(), "not one packet of media");
    viewer.watch().await?.playing(5).await?;
    Ok(())
}

#[tokio::test]
async fn a_viewer_more_than_the_machine_serves_is_refused_with_503() -> Result<()> {
    let app = TestApp::start().await?;
    let console = app.console().await?;
    let review = console.get(&format!("/api/reviews/{}", app.review().await?)).await?;
    let possible = review["capacity"]["viewers_possible"].as_u64().unwrap_or_default();
    let mut seated = Vec::new();
    for number in 0..=possible {
        let (_, invited) = app.invite(&format!("Viewer {number}"), &format!("viewer{number}@example.test")).await?;
        let viewer = TestViewer::join(&app, &invited).await?;
        match viewer.watch().await {
            Ok(watching) => seated.push((viewer, watching)),
            Err(refusal) => {
                let text = refusal.to_string();
                assert!(number > 0 && text.contains("503") && text.contains("\"full\""), "{text}");
                return Ok(());
            }
        }
    }
    panic!("{} viewers were let in where {possible} are possible", seated.len());
}

/// A second viewer watches too, and what they did not leak does not name them.
#[tokio::test]
async fn a_leaked_recording_names_its_viewer_alone_and_the_asking_is_recorded() -> Result<()> {
    let footage = std::env::var("VITRINE_FOOTAGE").context("VITRINE_FOOTAGE is not set: run `make test`")?;
    let app = TestApp::start_with(&["--media", &format!("{footage}/bigbuckbunny.mp4")]).await?;
    let (_, _ana, anas) = watching(&app, "ana").await?;
    let (_, _ben, _bens) = watching(&app, "ben").await?;
    let (review, folder) = (app.review().await?, tempfile::tempdir()?);
    let (leak, report) = (folder.path().join("leak.mp4"), folder.path().join("report"));
    let leaker = anas.location.rsplit('/').next().unwrap_or_default();
    let deadline = Instant::now() + Duration::from_secs(90);
    loop {
        anas.playing(anas.frames() + 60).await?;
        re_encode(&anas.recording(), &leak).await?;
        // The frames that were shown are written down every two seconds.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let (leak, report) = (leak.display().to_string(), report.display().to_string());
        let printed = app.command(&["identify", &leak, "--review", &review, "--json", "--report", &report]).await?;
        let found: Value = serde_json::from_str(&printed)?;
        let named = found["decision"]["named"].as_array().context("no decision")?;
        assert!(named.iter().all(|viewing| viewing == leaker), "an innocent is named: {printed}");
        // A machine that cannot keep up leaves frames out; then a longer recording says more.
        if named.len() == 1 {
            assert_eq!(found["evidence"]["method"]["viewings"], 2, "both were shown these frames");
            break;
        }
        assert!(Instant::now() < deadline, "nobody is named: {printed}");
    }
    let pdf = std::fs::read(report.join("evidence.pdf"))?;
    assert!(pdf.starts_with(b"%PDF-") && report.join("evidence.json").exists() && report.join("leak.png").exists());
    app.command(&["audit", "verify"]).await?;
    let console = app.console().await?;
    let entries = console.get(&format!("/api/audit?review={review}&action=leak.traced")).await?;
    assert!(entries.to_string().contains(leaker), "{entries}");
    Ok(())
}

async fn re_encode(stream: &[u8], leak: &std::path::Path) -> Result<()> {
    let stream_file = leak.with_extension("h264");
    std::fs::write(&stream_file, stream)?;
    let mut ffmpeg = tokio::process::Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-y", "-i"]).arg(&stream_file);
    let status = ffmpeg.args(["-c:v", "libx264", "-preset", "fast", "-crf", "28", "-pix_fmt", "yuv420p"]).arg(leak);
    anyhow::ensure!(status.status().await?.success(), "ffmpeg cannot read what was received");
    Ok(())
}

/// Waits until the demo's review shows a source of this codec, or none, and returns what the console is told of it.
async fn comes_to_show(console: &vitrine_tests::Console, review: &str, codec: Option<&str>) -> Result<Value> {
    let described = |source: &Value, codec| source["description"].as_str().is_some_and(|text| text.starts_with(codec));
    source_comes_to_be(console, review, |source| match codec {
        Some(codec) => source["state"] == "live" && described(source, codec),
        None => source["state"] == "lost",
    })
    .await
}

/// Waits until a review's source is as it is `wanted`; gives the review.
async fn source_comes_to_be(
    console: &vitrine_tests::Console,
    review: &str,
    wanted: impl Fn(&Value) -> bool,
) -> Result<Value> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let shown = console.get(&format!("/api/reviews/{review}")).await?;
        let source = &shown["source"];
        if wanted(source) {
            return Ok(shown);
        }
        anyhow::ensure!(Instant::now() < deadline, "not as wanted: {source}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// How often an action is in a review's record.
async fn recorded(console: &vitrine_tests::Console, review: &str, action: &str) -> Result<Vec<Value>> {
    let record = console.get(&format!("/api/audit?review={review}")).await?;
    let entries = record["entries"].as_array().into_iter().flatten();
    Ok(entries.filter(|entry| entry["action"] == action).cloned().collect())
}

#[tokio::test]
async fn what_is_published_is_shown_and_its_loss_and_return_drop_nobody() -> Result<()> {
    let app = TestApp::start().await?;
    let (console, review) = (app.console().await?, app.review().await?);
    let (_, _ana, anas) = watching(&app, "ana").await?;
    let to = PublishTo::new_source(&app).await?;
    let pictures = prepared_pictures().await?;
    assert_eq!(to.post("not-the-key", "v=0".to_owned()).await?.status().as_u16(), 401);
    let sender = TestSender::publish(&to, pictures.clone()).await?;
    let shown = comes_to_show(&console, &review, Some("H.264")).await?;
    assert_eq!(shown["source"]["description"], "H.264, 10-bit 4:4:4");
    assert_eq!((&shown["source"]["width"], &shown["source"]["rate"]["num"]), (&json!(320), &json!(25)));
    anas.playing(anas.frames() + 10).await?;
    let second = TestSender::publish(&to, pictures.clone()).await.err().map(|error| error.to_string());
    assert!(second.as_ref().is_some_and(|text| text.contains("409")), "{second:?}");

    drop(sender);
    comes_to_show(&console, &review, None).await?;
    anas.playing(anas.frames() + 5).await?;
    let deadline = Instant::now() + Duration::from_secs(15);
    // The connection before it has to fall silent first.
    let _sender = loop {
        match TestSender::publish(&to, pictures.clone()).await {
            Ok(sender) => break sender,
            Err(error) if Instant::now() > deadline => return Err(error),
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    };
    comes_to_show(&console, &review, Some("H.264")).await?;
    anas.playing(anas.frames() + 10).await?;
    assert_eq!(recorded(&console, &review, "viewing.ended").await?.len(), 0, "nobody was dropped");
    assert_eq!(recorded(&console, &review, "publish.connected").await?.len(), 2);
    assert!(!recorded(&console, &review, "source.lost").await?.is_empty());
    let ciphers = recorded(&console, &review, "publish.connected").await?;
    assert!(ciphers.iter().all(|entry| entry["detail"]["cipher"] == "SRTP_AEAD_AES_256_GCM"), "{ciphers:?}");
    Ok(())
}

/// Python with the packages that `scripts/setup test` installs, and the client in it.
fn other_client(arguments: &[&str]) -> tokio::process::Command {
    let cache = || {
        let home = std::env::var_os("HOME").map(std::path::PathBuf::from).unwrap_or_default();
        std::env::var_os("XDG_CACHE_HOME").map_or_else(|| home.join(".cache"), Into::into).join("vitrine/readers")
    };
    let python = std::env::var_os("VITRINE_READERS").map_or_else(cache, Into::into).join("bin/python");
    let mut command = tokio::process::Command::new(python);
    command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/aiortc_client.py")).args(arguments);
    command.stdin(std::process::Stdio::null()).stderr(std::process::Stdio::inherit()).kill_on_drop(true);
    command
}

async fn told_by(client: impl Future<Output = std::io::Result<std::process::Output>>) -> Result<Value> {
    let output = client.await?;
    serde_json::from_slice(&output.stdout).with_context(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[tokio::test]
async fn a_sender_of_another_make_publishes_and_one_with_weak_ciphers_is_refused_unless_the_house_allows_it()
-> Result<()> {
    let app = TestApp::start().await?;
    let (console, review) = (app.console().await?, app.review().await?);
    let to = PublishTo::new_source(&app).await?;
    let client = other_client(&["whip", &to.url, &to.key, "6"]).output();
    let (told, shown) = tokio::join!(told_by(client), comes_to_show(&console, &review, Some("VP8")));
    assert_eq!(shown?["source"]["width"], 640);
    let told = told?;
    let facts = ["status", "patched", "deleted"].map(|fact| told[fact].as_u64());
    assert_eq!((facts, &told["state"]), ([Some(201), Some(204), Some(200)], &json!("connected")), "{told}");

    told_by(other_client(&["whip", &to.url, &to.key, "3", "aes128"]).output()).await?;
    let ended = recorded(&console, &review, "publish.ended").await?;
    let says =
        |text: &str| ended.iter().any(|entry| entry["detail"]["words"].as_str().is_some_and(|w| w.contains(text)));
    assert!(says("SRTP_AES128_CM_SHA1_80; expected SRTP_AEAD_AES_256_GCM"), "{ended:?}");
    assert_eq!(recorded(&console, &review, "publish.connected").await?.len(), 1);

    let app = TestApp::start_with(&["--publish-aes-128"]).await?;
    let (console, review) = (app.console().await?, app.review().await?);
    let to = PublishTo::new_source(&app).await?;
    let client = other_client(&["whip", &to.url, &to.key, "6", "aes128"]).output();
    let (told, shown) = tokio::join!(told_by(client), comes_to_show(&console, &review, Some("VP8")));
    shown?;
    assert_eq!(told?["state"], "connected");
    let connected = recorded(&console, &review, "publish.connected").await?;
    assert_eq!(connected[0]["detail"]["cipher"], "SRTP_AES128_CM_SHA1_80");
    Ok(())
}

#[tokio::test]
async fn a_player_of_another_make_watches_and_never_with_less_than_aes_256() -> Result<()> {
    let app = TestApp::start().await?;
    // Its jitter buffer holds 128 packets, fewer than a key frame of the demo's own picture has.
    let review = app.review().await?;
    let printed = app.command(&["review", "source", "add", &review, "--source", "reel:240", "--json"]).await?;
    let added: Value = serde_json::from_str(&printed)?;
    app.command(&["review", "source", "show", &review, added["id"].as_str().context("no id")?]).await?;
    // Whoever joins before it is on air is seated for the larger one.
    let is_small = |source: &Value| source["state"] == "live" && source["height"] == 240;
    source_comes_to_be(&app.console().await?, &review, is_small).await?;
    let viewer = TestViewer::join(&app, &app.started.viewer_links[0]).await?;
    let whep = format!("{}{}", app.origin(), viewer.room["whep_url"].as_str().context("no whep_url")?);
    let told = told_by(other_client(&["whep", &whep, &viewer.lease().await?, "20"]).output()).await?;
    let facts = ["status", "patched", "deleted"].map(|fact| told[fact].as_u64());
    assert_eq!(facts, [Some(201), Some(204), Some(200)], "{told}");
    assert!(told["frames"].as_u64().is_some_and(|frames| frames >= 10), "{told}");
    let weak = told_by(other_client(&["whep", &whep, &viewer.lease().await?, "3", "aes128"]).output()).await?;
    assert_eq!((&weak["status"], &weak["frames"]), (&json!(201), &json!(0)), "{weak}");
    Ok(())
}
