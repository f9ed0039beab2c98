//! Media as it arrives at a viewer's socket.
#![allow(clippy::panic)]

use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};
use vitrine_tests::{TestApp, TestViewer, Watching};

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
