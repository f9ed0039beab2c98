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

/// Amplitude in the middle of the left half, beside a right half that bears nothing and beside one of noise.
fn beside_flat_and_noise(mut left: impl FnMut(usize, usize) -> f64) -> [f32; 2] {
    [0, 25].map(|noisy| {
        let mut random = noise(8);
        let plane = Plane::new(1_280, 720, Depth::Eight, |x, y| {
            if x < 640 { left(x, y).round() as u16 } else { 60 + (random() % (noisy + 1)) as u16 }
        });
        let mask = Mask::new(plane.luma(), Area::full(1_280, 720), &Sensitivity::bt1886());
        let cells = (30..60).flat_map(|row| (20..60).map(move |column| row * 160 + column));
        cells.map(|cell| mask.amplitude()[cell]).sum::<f32>() / 1_200.0
    })
}

#[test]
fn soft_shapes_bear_more_in_a_picture_that_bears_little_otherwise() {
    let [alone, beside_noise] =
        beside_flat_and_noise(|x, y| 90.0 + 12.0 * ((x as f64 / 6.0).sin() + (y as f64 / 6.0).sin()));
    assert!(alone > 1.3 * beside_noise, "{alone} and {beside_noise}");
}

#[test]
fn grain_bears_no_more_however_little_the_picture_bears() {
    let mut random = noise(3);
    let [alone, beside_noise] = beside_flat_and_noise(|_, _| 90.0 + f64::from(random() % 6));
    assert!(alone > 0.1 && alone < 1.05 * beside_noise, "{alone} and {beside_noise}");
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

/// Contrast sensitivity of the eye at `u` cycles a degree and `l` cd/m2, for a picture `x` degrees wide (Barten, "Formula for the
/// contrast sensitivity of the human eye", SPIE 5294, 2004).
fn sensitivity(u: f64, l: f64, x: f64) -> f64 {
    let eye = (-0.0016 * u * u * (1.0 + 100.0 / l).powf(0.08)).exp();
    let noise = 63.0 / l.powf(0.83) + 1.0 / (1.0 - (-0.02 * u * u).exp());
    5200.0 * eye / ((1.0 + 144.0 / (x * x) + 0.64 * u * u) * noise).sqrt()
}

/// Mean over `size` x `size` samples, beginning there; the plane goes round.
fn boxed(plane: &[f64], width: usize, size: usize) -> Vec<f64> {
    let along = |plane: &[f64], step: usize| -> Vec<f64> {
        let mean = |at: usize| (0..size).map(|i| plane[(at + i * step) % plane.len()]).sum::<f64>() / size as f64;
        (0..plane.len()).map(mean).collect()
    };
    along(&along(plane, 1), width)
}

/// How far contrasts in rows of `width` stand above the threshold of sight at 60 pixels a degree, on light of `mean` cd/m2: the most
/// of five bands, each with all its amplitude at the wave that the eye sees best. Held still; a pattern that changes is
/// judged alike.
fn visible(contrast: &[f64], width: usize, mean: f64) -> f64 {
    const PIXELS_A_DEGREE: f64 = 60.0;
    let sizes = [1, 3, 6, 12, 24, 48];
    let blurred = sizes.map(|size| boxed(contrast, width, size));
    let bands = blurred.windows(2).enumerate().map(|(at, pair)| {
        let band: f64 = pair[0].iter().zip(&pair[1]).map(|(fine, coarse)| (fine - coarse).powi(2)).sum();
        let amplitude = (2.0 * band / contrast.len() as f64).sqrt();
        // A wave of this band is between once and four times as long as its boxes.
        let waves = [sizes[at] as f64, 4.0 * sizes[at + 1] as f64];
        let best = (0..20).map(|i| PIXELS_A_DEGREE / (waves[0] + (waves[1] - waves[0]) * f64::from(i) / 19.0));
        amplitude * best.map(|u| sensitivity(u, mean, width as f64 / PIXELS_A_DEGREE)).fold(0.0, f64::max)
    });
    bands.fold(0.0, f64::max)
}

#[test]
fn the_mark_on_almost_flat_grey_is_below_the_threshold_of_sight_or_far_below_the_grain() {
    let width = 1_920;
    // Grain of a half, one and two 8-bit codes from least to most; on grey without any there is no mark.
    for (grey, grain) in [(40_u16, 3), (40, 5), (40, 9), (110, 9)] {
        let mut random = noise(11);
        let plane = Plane::new(width, 1_080, Depth::Ten, |_, _| grey * 4 + (random() % grain) as u16);
        let marked = plane.marked(0);
        let light = |code: f64| 100.0 * ((code / 4.0 - 16.0) / 219.0).powf(2.4);
        let mean = light(f64::from(grey * 4) + (f64::from(grain) - 1.0) / 2.0);
        let places = || (0..54).flat_map(|y| (0..width).map(move |x| (x, y)));
        let at = |plane: &Plane, (x, y): (usize, usize)| light(plane.code(x, y).into()) / mean;
        let mark: Vec<f64> = places().map(|place| at(&marked, place) - at(&plane, place)).collect();
        let own: Vec<f64> = places().map(|place| at(&plane, place) - 1.0).collect();
        let (mark, own) = (visible(&mark, width, mean), visible(&own, width, mean));
        println!("grey {grey}, grain {grain}: {mark:.2} of the threshold, the grain itself {own:.2}");
        assert!(mark > 0.0 && (mark <= 1.0 || mark <= own / 2.0), "grey {grey}, grain {grain}: {mark:.2}, {own:.2}");
    }
}
