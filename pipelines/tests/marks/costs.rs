//! What marking and painting cost at 1080p, on one core.
//! `cargo test --release -p pipelines --test marks -- --ignored --nocapture --test-threads=1 costs`

use std::time::{Duration, Instant};

use pipelines::source::reel::Reel;
use pipelines::spec::encode::{PictureSize, VideoFormat};
use pipelines::spec::watermark::MarkLayout;
use pipelines::watermark::Marker;
use pipelines::watermark::visible::VisibleMark;

use crate::support::{EVENING, FORMATS, aiko, aiko_in, at, frame, marks, noise};

const FULL_HD: PictureSize = PictureSize { width: 1920, height: 1080 };

fn sorted(runs: u64, mut what: impl FnMut(u64)) -> Vec<Duration> {
    let mut times: Vec<Duration> = (0..runs)
        .map(|run| {
            let start = Instant::now();
            what(run);
            start.elapsed()
        })
        .collect();
    times.sort();
    times
}

fn median_ms(runs: u64, what: impl FnMut(u64)) -> f64 {
    let times = sorted(runs, what);
    times[times.len() / 2].as_secs_f64() * 1e3
}

fn fastest_ms(runs: u64, what: impl FnMut(u64)) -> f64 {
    sorted(runs, what)[0].as_secs_f64() * 1e3
}

#[test]
#[ignore = "measures; run it alone"]
fn costs_of_marking() {
    for format in FORMATS {
        let mut ground = noise(format, FULL_HD);
        let mut mark = VisibleMark::new(&aiko(), format, FULL_HD);
        let copy = median_ms(50, |_| drop(std::hint::black_box(ground.clone())));
        mark.burn(&mut ground, at(EVENING));
        let source = frame(ground, 100);
        let mask = median_ms(20, |_| drop(std::hint::black_box(source.clone().mask().cloned())));
        source.mask().unwrap();
        let mut marker = Marker::new(&marks("viewing"), format, FULL_HD);
        let whole = median_ms(50, |_| drop(std::hint::black_box(marker.mark(&source, at(EVENING + 49)))));
        println!(
            "{format:?}: copy {copy:.2} ms, copy and both marks {whole:.2} ms, mask and copy (once for all viewers) {mask:.2} ms"
        );
    }
}

/// What the visible mark costs in each layout: laying it out (once), a move (every 5 to 20 s), a second, a frame; the fastest of many, since
/// whatever else runs only adds.
#[test]
#[ignore = "measures; run it alone"]
fn costs_of_the_visible_mark() {
    for layout in MarkLayout::ALL {
        let spec = aiko_in(layout);
        for format in [VideoFormat::H264Bits8, VideoFormat::H264High444Bits10] {
            let mut ground = noise(format, FULL_HD);
            let lay_out = fastest_ms(10, |_| drop(VisibleMark::new(&spec, format, FULL_HD)));
            let mut mark = VisibleMark::new(&spec, format, FULL_HD);
            // Every 20 s it stands elsewhere.
            let stay = fastest_ms(60, |run| mark.burn(&mut ground, at(EVENING + 20 * run)));
            let second = fastest_ms(120, |run| mark.burn(&mut ground, at(EVENING + run)));
            let blend = fastest_ms(400, |_| mark.burn(&mut ground, at(EVENING + 119)));
            println!(
                "{layout:?} {format:?}: layout {lay_out:.1} ms, a move {stay:.2} ms, a second {second:.2} ms, blend {blend:.3} ms"
            );
            assert!(blend < 0.3, "the blend takes {blend} ms");
            let amortised = stay / (5.0 * 24.0) + second / 24.0;
            assert!(amortised < 1.0, "moves and seconds take {amortised} ms a frame");
        }
    }
}

#[test]
#[ignore = "measures; run it alone"]
fn costs_of_painting() {
    let reel = Reel::new(1080);
    let mut picture = reel.picture();
    let again = median_ms(200, |frame| reel.paint(frame, &mut picture));
    let afresh = median_ms(50, |frame| reel.paint(frame, &mut reel.picture()));
    println!("reel: {again:.2} ms a frame on a kept picture, {afresh:.2} ms on a new one");
    assert!(again < 4.0, "painting takes {again} ms");
}
