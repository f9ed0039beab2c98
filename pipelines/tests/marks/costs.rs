//! What marking and painting cost at 1080p, on one core.
//! `cargo test --release -p pipelines --test marks -- --ignored --nocapture --test-threads=1 costs`

use std::time::{Duration, Instant};

use pipelines::source::reel::Reel;
use pipelines::spec::encode::PictureSize;
use pipelines::watermark::Marker;
use pipelines::watermark::visible::VisibleMark;

use crate::support::{EVENING, FORMATS, aiko, at, frame, marks, noise};

const FULL_HD: PictureSize = PictureSize { width: 1920, height: 1080 };

fn median_ms(runs: u64, mut what: impl FnMut(u64)) -> f64 {
    let mut times: Vec<Duration> = (0..runs)
        .map(|run| {
            let start = Instant::now();
            what(run);
            start.elapsed()
        })
        .collect();
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1e3
}

#[test]
#[ignore = "measures; run it alone"]
fn costs_of_marking() {
    for format in FORMATS {
        let mut ground = noise(format, FULL_HD);
        let layout = median_ms(10, |_| drop(VisibleMark::new(&aiko(), format, FULL_HD)));
        let mut mark = VisibleMark::new(&aiko(), format, FULL_HD);
        let copy = median_ms(50, |_| drop(std::hint::black_box(ground.clone())));
        let second = median_ms(50, |run| mark.burn(&mut ground, at(EVENING + run)));
        let blend = median_ms(200, |_| mark.burn(&mut ground, at(EVENING + 49)));
        let source = frame(ground, 100);
        let mask = median_ms(20, |_| drop(std::hint::black_box(source.clone().mask().cloned())));
        source.mask().unwrap();
        let mut marker = Marker::new(&marks("viewing"), format, FULL_HD);
        let whole = median_ms(50, |_| drop(std::hint::black_box(marker.mark(&source, at(EVENING + 49)))));
        println!(
            "{format:?}: layout {layout:.2} ms, once a second {second:.2} ms, blend {blend:.3} ms, copy {copy:.2} ms, \
             copy and both marks {whole:.2} ms, mask and copy (once for all viewers) {mask:.2} ms"
        );
        assert!(blend < 0.3, "the blend takes {blend} ms");
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
