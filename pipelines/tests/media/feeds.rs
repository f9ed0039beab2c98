//! SRT feeds: both directions, passphrases, loss and return.

use std::net::UdpSocket;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pipelines::engine::EngineEvent;
use pipelines::source::{SourceError, probe};
use pipelines::spec::encode::VideoFormat;
use pipelines::spec::source::{Passphrase, SourceSpec};

use crate::support::{PATIENCE, Stage, program, rendition};

/// A sender that is stopped when dropped.
struct Sender(Child);

impl Sender {
    /// Sends a 640x360 picture at 25 frames per second with a tone.
    fn start(uri: &str, passphrase: Option<&str>, encoder: &str) -> Self {
        let secret = passphrase.map(|text| format!("passphrase={text} pbkeylen=32")).unwrap_or_default();
        let line = format!(
            "videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=640,height=360,framerate=25/1 ! {encoder} ! \
             queue ! mux. audiotestsrc is-live=true ! audio/x-raw,rate=48000 ! avenc_aac ! aacparse ! queue ! mux. \
             mpegtsmux name=mux alignment=7 ! srtsink uri={uri} {secret} wait-for-connection=false"
        );
        let child = Command::new("gst-launch-1.0")
            .arg("-q")
            .args(line.split_whitespace())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const H264: &str = "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! h264parse";
const HEVC: &str = "x265enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! h265parse config-interval=-1";
const SECRET: &str = "correct-horse-battery";

fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn srt(port: u16, mode: &str, passphrase: Option<&str>) -> SourceSpec {
    SourceSpec::Srt {
        uri: format!("srt://127.0.0.1:{port}?mode={mode}&latency=60"),
        passphrase: passphrase.map(Passphrase::new),
    }
}

#[test]
fn a_feed_is_shown_from_both_directions_encrypted_and_not() {
    for (ours, theirs, passphrase, encoder, codec) in [
        ("listener", "caller", None, H264, "H.264, 8-bit 4:2:0"),
        ("caller", "listener", None, HEVC, "HEVC, 8-bit 4:2:0"),
        ("listener", "caller", Some(SECRET), H264, "H.264, 8-bit 4:2:0"),
        ("caller", "listener", Some(SECRET), H264, "H.264, 8-bit 4:2:0"),
    ] {
        let port = free_port();
        let mut stage = Stage::open(program(srt(port, ours, passphrase)));
        let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 640, 360), 512);
        std::thread::sleep(Duration::from_millis(200));
        let _sender = Sender::start(&format!("srt://127.0.0.1:{port}?mode={theirs}"), passphrase, encoder);
        let info = stage.live();
        assert_eq!(info.description, codec);
        assert_eq!((info.size.width, info.rate.num), (640, 25));
        viewer.until(|unit| !unit.stamp.slate);
        let units = viewer.take(40);
        assert!(
            units
                .windows(2)
                .all(|pair| { pair[1].pts > pair[0].pts && pair[1].stamp.source_frame > pair[0].stamp.source_frame })
        );
        assert!(viewer.audio.len() > 20, "{} packets of sound", viewer.audio.len());
        let lag = units[39].presented_at.elapsed();
        assert!(lag < Duration::from_millis(500), "{lag:?} behind");
    }
}

#[test]
fn a_rendezvous_needs_no_listener() {
    let (ours, theirs) = (free_port(), free_port());
    let uri = |to: u16, from: u16| format!("srt://127.0.0.1:{to}?mode=rendezvous&localport={from}&latency=60");
    let spec = SourceSpec::Srt { uri: uri(theirs, ours), passphrase: Some(Passphrase::new(SECRET)) };
    let mut stage = Stage::open(program(spec));
    let _sender = Sender::start(&uri(ours, theirs), Some(SECRET), H264);
    assert_eq!(stage.live().description, "H.264, 8-bit 4:2:0");
}

#[test]
fn a_sender_that_dies_and_returns_shows_slates_between() {
    let port = free_port();
    let mut stage = Stage::open(program(srt(port, "listener", Some(SECRET))));
    let uri = format!("srt://127.0.0.1:{port}?mode=caller");
    let sender = Sender::start(&uri, Some(SECRET), H264);
    stage.live();
    let mut viewer = stage.attach(rendition(VideoFormat::H264Bits8, 640, 360), 4_096);
    viewer.until(|unit| !unit.stamp.slate);
    let last = viewer.take(10)[9].clone();
    drop(sender);
    let died = Instant::now();
    let slate = viewer.until(|unit| unit.stamp.slate);
    assert!(died.elapsed() < Duration::from_millis(1_300), "slate after {:?}", died.elapsed());
    assert!(slate.stamp.source_frame >= last.stamp.source_frame);
    stage.lost();
    let slates = viewer.take(10);
    assert!(slates.iter().all(|unit| unit.stamp.slate));
    let pace = slates[9].presented_at - slates[0].presented_at;
    assert!(pace < Duration::from_millis(1_800), "nine slates took {pace:?}");
    let _sender = Sender::start(&uri, Some(SECRET), H264);
    let back = viewer.until(|unit| !unit.stamp.slate);
    assert!(back.stamp.source_frame > slate.stamp.source_frame, "frame numbers are never used twice");
    stage.live();
    let units = viewer.take(10);
    assert!(units.windows(2).all(|pair| pair[1].pts > pair[0].pts));
    while let Ok(event) = stage.events.try_recv() {
        assert!(!matches!(event, EngineEvent::RenditionEnded { .. }), "{event:?}");
    }
}

#[test]
fn a_wrong_passphrase_is_named_on_both_sides() {
    for (ours, theirs) in [("caller", "listener"), ("listener", "caller")] {
        let port = free_port();
        let uri = format!("srt://127.0.0.1:{port}?mode={theirs}");
        let send = || Sender::start(&uri, Some("another-passphrase"), H264);
        let listening = (ours == "caller").then(send);
        std::thread::sleep(Duration::from_millis(500));
        let mut stage = Stage::open(program(srt(port, ours, Some(SECRET))));
        std::thread::sleep(Duration::from_millis(500));
        let sender = listening.unwrap_or_else(send);
        let reason = stage.event(|event| match event {
            EngineEvent::SourceLost { reason, .. } if reason.contains("passphrase") => Some(reason.clone()),
            _ => None,
        });
        assert!(reason.contains("wrong passphrase"), "{reason}");
        assert!(!reason.contains(SECRET));
        drop(sender);
    }
}

#[test]
fn probing_says_what_is_wrong_with_an_address() {
    let parse = |uri: &str, passphrase: Option<&str>| {
        let spec = SourceSpec::Srt { uri: uri.to_owned(), passphrase: passphrase.map(Passphrase::new) };
        probe(&spec, Duration::from_secs(1)).unwrap_err().to_string()
    };
    assert!(parse("rtmp://h:1", None).contains("must begin with srt://"));
    assert!(parse("srt://host", None).contains("must name a port"));
    assert!(parse("srt://host:1?mode=push", None).contains("neither listener, caller nor rendezvous"));
    assert!(parse("srt://:1?mode=rendezvous", None).contains("needs a host to call"));
    assert!(parse("srt://host:1?mode=caller&localport=2", None).contains("for mode=rendezvous only"));
    assert!(parse("srt://host:1?latncy=1", None).contains("unknown option \"latncy\""));
    assert!(parse("srt://host:1", Some("short")).contains("10 to 79 characters"));
    let secret = parse("srt://host:1?passphrase=not-to-be-shown", None);
    assert!(!secret.contains("not-to-be-shown"), "{secret}");
    let port = free_port();
    let error = probe(&srt(port, "caller", None), PATIENCE).unwrap_err();
    assert!(matches!(error, SourceError::SrtConnect { .. }), "{error:?}");
}
