use forensic::{Area, Depth, ForensicMark, LumaMut, LumaRef, Mask, PlaneError, Sensitivity};

use super::support::{Plane, keys, noise};

/// A textured picture between black bars.
fn letterbox(depth: Depth) -> Plane {
    let (mut random, unit) = (noise(3), if depth == Depth::Eight { 1 } else { 4 });
    Plane::new(1280, 720, depth, |_, y| {
        let grain = (random() % 40) as u16;
        if (91..629).contains(&y) { (80 + grain) * unit } else { 16 * unit }
    })
}

fn textured() -> Plane {
    let mut random = noise(5);
    Plane::new(640, 360, Depth::Eight, |x, _| 40 + (x / 8) as u16 + (random() % 60) as u16)
}

#[test]
fn a_textured_picture_is_marked() {
    let (plane, marked) = (textured(), textured().marked(0));
    let changed =
        (0..360).flat_map(|y| (0..640).map(move |x| (x, y))).filter(|(x, y)| plane.code(*x, *y) != marked.code(*x, *y));
    assert!(changed.count() > 640 * 360 / 10);
}

#[test]
fn black_bars_are_exact_to_the_bit() {
    for depth in [Depth::Eight, Depth::Ten] {
        let plane = letterbox(depth);
        let marked = plane.marked(3);
        let row = |plane: &Plane, y: usize| plane.bytes[y * plane.stride..(y + 1) * plane.stride].to_vec();
        for y in (0..91).chain(629..720) {
            assert_eq!(row(&plane, y), row(&marked, y), "row {y}, {depth:?}");
        }
        assert_ne!(plane, marked);
    }
}

#[test]
fn samples_at_or_beyond_black_and_white_stay() {
    let mut random = noise(9);
    let plane = Plane::new(640, 360, Depth::Eight, |_, _| (random() % 256) as u16);
    let marked = plane.marked(0);
    for (x, y) in (0..360).flat_map(|y| (0..640).map(move |x| (x, y))) {
        let (before, after) = (plane.code(x, y), marked.code(x, y));
        if before <= 16 || before >= 235 {
            assert_eq!(before, after);
        } else {
            assert!((16..=235).contains(&after));
        }
    }
}

#[test]
fn bytes_between_the_rows_stay() {
    let marked = textured().marked(0);
    for row in marked.bytes.chunks(marked.stride) {
        assert!(row[640..].iter().all(|byte| *byte == 0xA5));
    }
}

#[test]
fn nothing_outside_the_area_is_touched() {
    let plane = textured();
    let area = Area { x: 100, y: 60, width: 400, height: 200 };
    let marked = plane.marked_in(area, 0, forensic::Level::best());
    for (x, y) in (0..360).flat_map(|y| (0..640).map(move |x| (x, y))) {
        if !(100..500).contains(&x) || !(60..260).contains(&y) {
            assert_eq!(plane.code(x, y), marked.code(x, y));
        }
    }
    assert_ne!(plane, marked);
}

#[test]
fn the_active_picture_lies_between_the_bars() {
    assert_eq!(Area::detect(letterbox(Depth::Ten).luma()), Area { x: 0, y: 91, width: 1280, height: 538 });
}

#[test]
fn black_has_no_bars() {
    let black = Plane::new(640, 360, Depth::Eight, |_, _| 16);
    assert_eq!(Area::detect(black.luma()), Area::full(640, 360));
}

#[test]
fn a_paused_frame_is_marked_alike_for_as_long_as_it_is_held() {
    let plane = textured();
    let (key, pilot) = keys();
    let mask = Mask::new(plane.luma(), Area::full(640, 360), &Sensitivity::bt1886());
    let mut mark = ForensicMark::new(key, &pilot);
    let mut held = |source_frame: u64| {
        let mut copy = plane.clone();
        let mut luma = LumaMut::new(&mut copy.bytes, plane.stride, 640, 360, Depth::Eight).unwrap();
        mark.burn(&mut luma, &mask, source_frame).unwrap();
        copy
    };
    let (first, other) = (held(41), held(44));
    assert!(first != other);
    // A minute at 25 frames a second.
    assert!((0..60 * 25).all(|_| held(41) == first));
}

#[test]
fn a_mask_of_another_size_is_refused_and_the_picture_untouched() {
    let plane = textured();
    let (key, pilot) = keys();
    let mask = Mask::new(letterbox(Depth::Eight).luma(), Area::full(1280, 720), &Sensitivity::bt1886());
    let mut copy = plane.clone();
    let mut luma = LumaMut::new(&mut copy.bytes, plane.stride, 640, 360, Depth::Eight).unwrap();
    let refused = ForensicMark::new(key, &pilot).burn(&mut luma, &mask, 0).unwrap_err();
    assert_eq!((refused.mask, refused.picture), ((1280, 720), (640, 360)));
    assert_eq!(copy, plane);
}

#[test]
fn planes_that_are_too_short_are_refused() {
    let short = LumaRef::new(&[0; 99], 10, 10, 10, Depth::Eight).err();
    assert_eq!(short, Some(PlaneError::Short { needed: 100, found: 99 }));
    let narrow = LumaRef::new(&[0; 99], 10, 10, 1, Depth::Ten).err();
    assert_eq!(narrow, Some(PlaneError::Shape { width: 10, height: 1, stride: 10 }));
    assert!(LumaRef::new(&[0; 99], usize::MAX, 10, usize::MAX, Depth::Ten).is_err());
}
