//! GStreamer's own WHIP and WHEP elements (`tests/gstreamer`), where the Makefile has built them.

use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use vitrine_tests::{Console, PublishTo, TestApp, TestViewer};

use super::{comes_to_show, recorded};

/// What the client says when it is run with these arguments, one line of JSON each.
async fn told_by_gstreamer(app: &TestApp, arguments: &[&str]) -> Result<Vec<Value>> {
    let client = std::env::var_os("VITRINE_GST_CLIENT").context("VITRINE_GST_CLIENT is not set: run `make test`")?;
    let mut client = tokio::process::Command::new(client);
    client.args(arguments).env("SSL_CERT_FILE", app.authority());
    client.stdin(Stdio::null()).stderr(Stdio::inherit()).kill_on_drop(true);
    let output = client.output().await?;
    let lines = String::from_utf8(output.stdout)?;
    lines.lines().map(|line| serde_json::from_str(line).with_context(|| line.to_owned())).collect()
}

/// The states its peer connections went through.
fn states(told: &[Value]) -> Vec<&str> {
    told.iter().filter(|said| said["event"] == "state").filter_map(|said| said["connection"].as_str()).collect()
}

/// Waits until an action is in a review's record, and gives its last entry.
async fn comes_to_be_recorded(console: &Console, review: &str, action: &str) -> Result<Value> {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(entry) = recorded(console, review, action).await?.pop() {
            return Ok(entry);
        }
        anyhow::ensure!(Instant::now() < deadline, "{action} is not in the record");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn publishes_where_the_house_allows_it(element: &str) -> Result<()> {
    let app = TestApp::start_with(&["--publish-aes-128"]).await?;
    let (console, review) = (app.console().await?, app.review().await?);
    let to = PublishTo::new_source(&app).await?;
    let arguments = ["whip", &to.url, &to.key, "12", element];
    let (told, shown) =
        tokio::join!(told_by_gstreamer(&app, &arguments), comes_to_show(&console, &review, Some("H.264")));
    let (told, shown) = (told?, shown?);
    assert_eq!((&shown["source"]["width"], &shown["source"]["height"]), (&json!(640), &json!(480)), "{told:?}");
    assert!(states(&told).contains(&"connected"), "{told:?}");
    assert!(told.iter().all(|said| said["event"] != "error"), "{told:?}");
    let connected = comes_to_be_recorded(&console, &review, "publish.connected").await?;
    assert_eq!(connected["detail"]["cipher"], "SRTP_AES128_CM_SHA1_80");
    comes_to_be_recorded(&console, &review, "publish.ended").await?;
    comes_to_show(&console, &review, None).await?;
    Ok(())
}

async fn is_refused_where_the_house_does_not(element: &str) -> Result<()> {
    let app = TestApp::start().await?;
    let (console, review) = (app.console().await?, app.review().await?);
    let to = PublishTo::new_source(&app).await?;
    let told = told_by_gstreamer(&app, &["whip", &to.url, &to.key, "6", element]).await?;
    assert!(!states(&told).contains(&"connected"), "{told:?}");
    let ended = comes_to_be_recorded(&console, &review, "publish.ended").await?;
    let words = ended["detail"]["words"].as_str().context("no words")?;
    assert!(words.contains("expected DTLS 1.2 with an ECDSA certificate"), "{words}");
    assert!(recorded(&console, &review, "publish.connected").await?.is_empty());
    Ok(())
}

async fn watches_nothing(element: &str) -> Result<()> {
    // What the house allows senders is no viewer's.
    let app = TestApp::start_with(&["--publish-aes-128"]).await?;
    let (console, review) = (app.console().await?, app.review().await?);
    let viewer = TestViewer::join(&app, &app.started.viewer_links[0]).await?;
    let whep = format!("{}{}", app.origin(), viewer.room["whep_url"].as_str().context("no whep_url")?);
    let told = told_by_gstreamer(&app, &["whep", &whep, &viewer.lease().await?, "10", element]).await?;
    assert!(!states(&told).contains(&"connected"), "{told:?}");
    assert!(told.iter().all(|said| said["event"] != "received"), "a packet came: {told:?}");
    let ended = comes_to_be_recorded(&console, &review, "viewing.ended").await?;
    assert!(ended["detail"]["reason"].is_string(), "{ended}");
    viewer.watch().await?.playing(5).await?;
    Ok(())
}

#[tokio::test]
async fn whipsink_publishes_where_the_house_allows_what_it_has() -> Result<()> {
    publishes_where_the_house_allows_it("whipsink").await
}

#[tokio::test]
async fn whipsink_is_refused_where_the_house_does_not_and_the_record_says_why() -> Result<()> {
    is_refused_where_the_house_does_not("whipsink").await
}

#[tokio::test]
async fn whepsrc_is_sent_no_picture_and_does_not_lock_its_viewer_out() -> Result<()> {
    watches_nothing("whepsrc").await
}

#[tokio::test]
#[ignore = "needs the client with the feature webrtcsink: make bench"]
async fn whipclientsink_publishes_where_the_house_allows_what_it_has() -> Result<()> {
    publishes_where_the_house_allows_it("whipclientsink").await
}

#[tokio::test]
#[ignore = "needs the client with the feature webrtcsink: make bench"]
async fn whipclientsink_is_refused_where_the_house_does_not_and_the_record_says_why() -> Result<()> {
    is_refused_where_the_house_does_not("whipclientsink").await
}

#[tokio::test]
#[ignore = "needs the client with the feature webrtcsink: make bench"]
async fn whepclientsrc_is_sent_no_picture_and_does_not_lock_its_viewer_out() -> Result<()> {
    watches_nothing("whepclientsrc").await
}
