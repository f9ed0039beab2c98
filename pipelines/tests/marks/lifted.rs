//! A clean hold takes the visible mark away for a while, and never the invisible one.

use std::time::{Duration, Instant};

use pipelines::spec::encode::VideoFormat;
use pipelines::watermark::visible::VisibleMark;
use pipelines::watermark::{LONGEST_LIFT, Marker};

use crate::support::{EVENING, HD, aiko, at, frame, marks, noise, plane};

#[test]
fn while_the_visible_mark_is_lifted_the_invisible_one_stays() {
    let format = VideoFormat::H264Bits8;
    let ground = noise(format, HD);
    let source = frame(ground.clone(), 100);
    let mut marker = Marker::new(&marks("viewing"), format, HD);
    let both = marker.mark(&source, at(EVENING)).unwrap();
    marker.lift_until(Some(Instant::now() + Duration::from_secs(5)));
    let invisible = marker.mark(&source, at(EVENING)).unwrap();
    let touched = plane(invisible.picture(), 0).iter().zip(plane(&ground, 0)).filter(|(a, b)| **a != *b).count();
    assert!(touched > 100_000, "the invisible mark is in {touched} samples");
    assert!(
        plane(invisible.picture(), 0).iter().zip(plane(&ground, 0)).all(|(a, b)| a.abs_diff(b) < 8),
        "something is to be seen"
    );
    // What was lifted is exactly the visible mark.
    let mut again = invisible.picture().clone();
    VisibleMark::new(&aiko(), format, HD).burn(&mut again, at(EVENING));
    assert!(plane(&again, 0) == plane(both.picture(), 0));
    marker.lift_until(None);
    assert!(marker.mark(&source, at(EVENING)).unwrap().picture() == both.picture());
}

#[test]
fn the_visible_mark_comes_back_by_itself() {
    let format = VideoFormat::H264Bits8;
    let source = frame(noise(format, HD), 100);
    let mut marker = Marker::new(&marks("viewing"), format, HD);
    let both = marker.mark(&source, at(EVENING)).unwrap();
    marker.lift_until(Some(Instant::now() + Duration::from_millis(30)));
    assert!(marker.mark(&source, at(EVENING)).unwrap().picture() != both.picture());
    std::thread::sleep(Duration::from_millis(40));
    assert!(marker.mark(&source, at(EVENING)).unwrap().picture() == both.picture());
    assert!(LONGEST_LIFT <= Duration::from_secs(60));
}

#[test]
fn another_visible_mark_is_there_from_the_next_picture_on() {
    let format = VideoFormat::H264Bits8;
    let source = frame(noise(format, HD), 100);
    let mut marker = Marker::new(&marks("viewing"), format, HD);
    let before = marker.mark(&source, at(EVENING)).unwrap();
    let mut spec = aiko();
    spec.template.layout = pipelines::spec::watermark::MarkLayout::Tiled;
    marker.show(VisibleMark::new(&spec, format, HD));
    let after = marker.mark(&source, at(EVENING)).unwrap();
    assert!(before.picture() != after.picture());
    let marked_as = |spec| {
        let mut marks = marks("viewing");
        marks.visible = spec;
        Marker::new(&marks, format, HD).mark(&source, at(EVENING)).unwrap().picture().clone()
    };
    assert!(*after.picture() == marked_as(spec));
}
