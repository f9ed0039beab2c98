use forensic::{Area, Depth, Mask, Sensitivity};
use lut::color::{delta_e_2000, xyz_to_lab};

use super::clip::Clip;
use super::support::{Plane, noise};

/// Lab of Y'CbCr in 8-bit codes (BT.709, limited range, BT.1886).
fn lab(y: f64, cb: f64, cr: f64) -> [f64; 3] {
    let (y, cb, cr) = ((y - 16.0) / 219.0, (cb - 128.0) / 224.0, (cr - 128.0) / 224.0);
    let rgb = [y + 1.5748 * cr, y - 0.187_324 * cb - 0.468_124 * cr, y + 1.8556 * cb];
    let [r, g, b] = rgb.map(|signal| signal.clamp(0.0, 1.0).powf(2.4));
    let xyz = [
        0.412_391 * r + 0.357_584 * g + 0.180_481 * b,
        0.212_639 * r + 0.715_169 * g + 0.072_192 * b,
        0.019_331 * r + 0.119_195 * g + 0.950_532 * b,
    ];
    xyz_to_lab(xyz, [0.950_456, 1.0, 1.089_058])
}

/// Mean and greatest deltaE2000 of a plane before and after, with the chroma of an I420 frame.
fn difference(before: &Plane, after: &Plane, frame: &[u8]) -> (f64, f64) {
    let (width, height) = (before.width, before.height);
    let scale = if before.depth == Depth::Eight { 1.0 } else { 4.0 };
    let (mut sum, mut most) = (0.0, 0.0_f64);
    for (x, y) in (0..height).flat_map(|y| (0..width).map(move |x| (x, y))) {
        let chroma = width * height + y / 2 * (width / 2) + x / 2;
        let (cb, cr) = (f64::from(frame[chroma]), f64::from(frame[chroma + width * height / 4]));
        let (a, b) = (before.code(x, y), after.code(x, y));
        if a != b {
            let delta_e = delta_e_2000(lab(f64::from(a) / scale, cb, cr), lab(f64::from(b) / scale, cb, cr));
            sum += delta_e;
            most = most.max(delta_e);
        }
    }
    (sum / (width * height) as f64, most)
}

fn footage_keeps_the_limits(depth: Depth, greatest: f64) {
    for (file, filter) in [("bigbuckbunny.mp4", "null"), ("bikes.mp4", "scale=1280:544")] {
        let clip = Clip::read(file, 40, 1, filter).unwrap();
        let unit = if depth == Depth::Eight { 1 } else { 4 };
        let plane =
            Plane::new(clip.width, clip.height, depth, |x, y| u16::from(clip.frames[0][y * clip.width + x]) * unit);
        let (mean, most) = difference(&plane, &plane.marked(40), &clip.frames[0]);
        println!("{file} {depth:?}: mean {mean:.3}, most {most:.3}");
        assert!(mean > 0.02 && mean <= 0.2, "{file}: mean deltaE2000 {mean:.3}");
        assert!(most <= greatest, "{file}: greatest deltaE2000 {most:.3}");
    }
}

#[test]
fn footage_in_8_bits_differs_by_a_mean_delta_e_of_0_2_and_never_more_than_2() {
    footage_keeps_the_limits(Depth::Eight, 2.0);
}

#[test]
fn footage_in_10_bits_never_differs_by_more_than_1_2() {
    footage_keeps_the_limits(Depth::Ten, 1.2);
}

#[test]
fn the_governor_holds_a_picture_of_nothing_but_noise() {
    let mut random = noise(1);
    let plane = Plane::new(640, 360, Depth::Eight, |_, _| 30 + (random() % 150) as u16);
    let grey = vec![128; 640 * 360 * 3 / 2];
    let (mean, _) = difference(&plane, &plane.marked(0), &grey);
    assert!((0.12..=0.2).contains(&mean), "mean deltaE2000 {mean:.3}");
}

#[test]
fn flat_grey_stays_exact_up_to_a_busy_neighbour() {
    for depth in [Depth::Eight, Depth::Ten] {
        let (mut random, unit) = (noise(4), if depth == Depth::Eight { 1 } else { 4 });
        let plane = Plane::new(1_280, 360, depth, |x, _| {
            let grain = if x < 640 { 0 } else { (random() % 40) as u16 };
            (110 + grain) * unit
        });
        let marked = plane.marked(0);
        let changed = |columns: std::ops::Range<usize>| {
            let places = (0..360).flat_map(|y| columns.clone().map(move |x| (x, y)));
            places.filter(|(x, y)| plane.code(*x, *y) != marked.code(*x, *y)).count()
        };
        // A cell is eight samples wide here, and the mark is interpolated between centres.
        assert_eq!(changed(0..632), 0);
        assert!(changed(660..1_280) > 10_000);
    }
}

#[test]
fn faint_grain_bears_little_and_keeps_its_mean() {
    let mut random = noise(6);
    let plane = Plane::new(1280, 720, Depth::Ten, |_, _| 440 + (random() % 4) as u16);
    let mask = Mask::new(plane.luma(), Area::full(1280, 720), &Sensitivity::bt1886());
    assert!(mask.amplitude().iter().all(|amplitude| *amplitude > 0.03 && *amplitude < 0.2));
    let marked = plane.marked(0);
    let places = (0..720).flat_map(|y| (0..1280).map(move |x| (x, y)));
    let sum: i32 = places.map(|(x, y)| marked.code(x, y) - plane.code(x, y)).sum();
    assert!((f64::from(sum) / (1280.0 * 720.0)).abs() < 0.005);
}

#[test]
fn a_smooth_ramp_stays_exact() {
    // Every legal code of 10 bits from left to right: all that its surroundings differ by is rounding.
    let plane = Plane::new(1_920, 360, Depth::Ten, |x, _| 64 + (x * 877 / 1_920) as u16);
    let marked = plane.marked(0);
    assert!((0..360).all(|y| (0..1_920).all(|x| marked.code(x, y) == plane.code(x, y))));
}

#[test]
fn pq_is_judged_by_its_own_curve() {
    let (pq, bt1886) = (Sensitivity::pq(), Sensitivity::bt1886());
    assert!(pq.at(128.0) > 0.5 * bt1886.at(128.0) && pq.at(128.0) != bt1886.at(128.0));
    let mut random = noise(2);
    let plane = Plane::new(640, 360, Depth::Ten, |_, _| 200 + (random() % 500) as u16);
    let sum = |sensitivity: &Sensitivity| -> f32 {
        let mask = Mask::new(plane.luma(), Area::full(640, 360), sensitivity);
        mask.amplitude().iter().sum()
    };
    assert!((sum(&pq) / sum(&bt1886) - 1.0).abs() > 0.02);
}
