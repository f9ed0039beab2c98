use super::*;
use crate::spec::color::TargetColor;
use crate::spec::encode::VideoFormat;

const HD: PictureSize = PictureSize { width: 1_280, height: 720 };
const LOOK: Duration = Duration::from_millis(250);
const NEAR: Option<Duration> = Some(Duration::from_millis(20));

/// Time that passes, a line and the rules.
struct Test {
    rules: RateControl,
    now: Instant,
}

impl Test {
    fn new() -> Self {
        let full = RenditionSpec {
            format: VideoFormat::H264High444Bits10,
            target: TargetColor::default(),
            size: HD,
            bitrate_bps: 10_000_000,
            drill: None,
        };
        let now = Instant::now();
        Self { rules: RateControl::new(full, FrameRate::FPS_25, now), now }
    }

    fn line(&mut self, seconds: f64, mbps: f64, loss: f64, round_trip: Option<Duration>) -> Serving {
        for _ in 0..(seconds / LOOK.as_secs_f64()) as u32 {
            self.now += LOOK;
            self.rules.see_line(Line { estimate_bps: Some(mbps * 1e6), loss, round_trip }, self.now);
        }
        self.rules.serving()
    }

    fn decodes(&mut self, reports: u32, frame_ms: u64, shown: f64) -> Serving {
        for _ in 0..reports {
            self.now += Duration::from_secs(2);
            let decoding = Decoding { shown_per_second: shown, frame: Duration::from_millis(frame_ms) };
            self.rules.see_decoding(decoding, self.now);
        }
        self.rules.serving()
    }
}

fn waiting(ms: u64) -> Option<Duration> {
    Some(Duration::from_millis(20 + ms))
}

#[test]
fn a_good_line_is_sent_everything() {
    let serving = Test::new().line(60.0, 30.0, 0.0, NEAR);
    assert_eq!(serving, Serving { size: HD, one_of: 1, bitrate_bps: 10_000_000, limit: None });
}

#[test]
fn a_low_estimate_without_loss_or_waiting_is_not_believed() {
    assert_eq!(Test::new().line(60.0, 2.0, 0.0, NEAR).limit, None);
}

#[test]
fn loss_that_the_line_has_anyway_costs_only_the_retransmissions() {
    let serving = Test::new().line(60.0, 30.0, 0.1, NEAR);
    assert_eq!((serving.size, serving.one_of, serving.bitrate_bps), (HD, 1, 10_000_000));
}

#[test]
fn a_low_estimate_for_the_sake_of_a_few_losses_is_not_believed_and_of_many_is() {
    assert_eq!(Test::new().line(60.0, 4.0, 0.1, NEAR).limit, None);
    assert_eq!(Test::new().line(60.0, 4.0, 0.2, NEAR).limit, Some(Limit::Network));
}

#[test]
fn one_late_answer_is_no_queue_and_a_second_of_them_is() {
    let mut test = Test::new();
    test.line(10.0, 30.0, 0.0, NEAR);
    assert_eq!(test.line(0.75, 4.0, 0.0, waiting(200)).limit, None);
    assert_eq!(test.line(0.25, 4.0, 0.0, waiting(200)).limit, Some(Limit::Network));
}

#[test]
fn bits_fall_at_once_and_size_after_a_second() {
    let mut test = Test::new();
    test.line(5.0, 30.0, 0.0, NEAR);
    let at_once = test.line(1.0, 4.0, 0.0, waiting(100));
    assert_eq!((at_once.size, at_once.bitrate_bps, at_once.limit), (HD, 3_400_000, Some(Limit::Network)));
    let later = test.line(4.0, 4.0, 0.0, waiting(100));
    assert_eq!((later.size, later.one_of), (PictureSize { width: 960, height: 540 }, 1));
    assert_eq!(later.bitrate_bps, 3_400_000);
}

#[test]
fn frames_fall_last_and_bits_never_below_the_floor() {
    let serving = Test::new().line(20.0, 0.1, 0.3, NEAR);
    assert_eq!((serving.size, serving.one_of), (PictureSize { width: 640, height: 360 }, 2));
    assert_eq!(serving.bitrate_bps, 441_941);
    assert_eq!(serving.limit, Some(Limit::Network));
}

#[test]
fn everything_comes_back_slowly_when_the_line_is_free_again() {
    let mut test = Test::new();
    test.line(5.0, 30.0, 0.0, NEAR);
    let least = test.line(10.0, 2.0, 0.0, waiting(100));
    assert!(test.line(2.0, 30.0, 0.0, NEAR).bitrate_bps <= least.bitrate_bps, "not before it has been calm");
    assert!(test.line(3.0, 30.0, 0.0, NEAR).bitrate_bps > least.bitrate_bps);
    assert_ne!(test.line(5.0, 30.0, 0.0, NEAR).size, HD);
    assert_eq!(test.line(60.0, 30.0, 0.0, NEAR), Serving { size: HD, one_of: 1, bitrate_bps: 10_000_000, limit: None });
}

#[test]
fn what_a_full_line_carries_is_not_exceeded_however_calm_it_is() {
    let mut test = Test::new();
    test.line(5.0, 30.0, 0.0, NEAR);
    test.line(5.0, 6.0, 0.0, waiting(100));
    for _ in 0..60 {
        assert!(test.line(1.0, 6.0, 0.0, NEAR).bitrate_bps <= 5_100_000);
    }
}

#[test]
fn a_line_at_the_edge_of_two_sizes_does_not_go_to_and_fro() {
    let mut test = Test::new();
    test.line(5.0, 30.0, 0.0, NEAR);
    let mut sizes = Vec::new();
    for turn in 0..60 {
        let (mbps, wait) = if turn % 2 == 0 { (5.6, 100) } else { (6.2, 0) };
        sizes.push(test.line(4.0, mbps, 0.0, waiting(wait)).size);
    }
    sizes.dedup();
    assert!(sizes.len() <= 2, "{sizes:?}");
}

#[test]
fn a_device_that_cannot_follow_is_sent_a_smaller_picture() {
    let mut test = Test::new();
    assert_eq!(test.decodes(4, 80, 10.0).limit, None);
    let serving = test.decodes(1, 80, 10.0);
    assert_eq!((serving.size, serving.limit), (PictureSize { width: 960, height: 540 }, Some(Limit::Device)));
}

#[test]
fn slow_decoding_that_shows_every_frame_and_dropped_frames_of_a_fast_decoder_change_nothing() {
    assert_eq!(Test::new().decodes(20, 80, 25.0).limit, None);
    assert_eq!(Test::new().decodes(20, 10, 5.0).limit, None);
}

#[test]
fn a_device_is_tried_again_after_a_minute_and_then_after_two() {
    let mut test = Test::new();
    test.decodes(5, 80, 10.0);
    assert_eq!(test.decodes(29, 20, 25.0).limit, Some(Limit::Device));
    assert_eq!(test.decodes(1, 20, 25.0).size, HD);
    test.decodes(5, 80, 10.0);
    assert_eq!(test.decodes(59, 20, 25.0).limit, Some(Limit::Device));
    assert_eq!(test.decodes(1, 20, 25.0).size, HD);
}

#[test]
fn another_source_keeps_what_is_known_of_the_line() {
    let mut test = Test::new();
    test.line(5.0, 30.0, 0.0, NEAR);
    test.line(5.0, 4.0, 0.0, waiting(100));
    let larger =
        RenditionSpec { size: PictureSize { width: 1_920, height: 1_080 }, bitrate_bps: 20_000_000, ..test.rules.full };
    let serving = test.rules.refit(larger, FrameRate::FPS_25);
    assert_eq!((serving.size, serving.limit), (PictureSize { width: 1_440, height: 810 }, Some(Limit::Network)));
    assert_eq!(serving.bitrate_bps, 3_400_000);
}
