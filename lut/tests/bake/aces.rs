//! The output transforms of ACES 1.3 and 2.0: a 65^3 cube against the analytic transform.

use lut::bake::{Config, ConfigTransform, Shaper, Spread, bake_all, bake_fitted, bake_steep};
use lut::color::{apply, delta_e_2000, xyz_to_lab};
use lut::{ColorSpec, Lut, Path, PixelFormat, Primaries, Processor, Transfer, Transform};

const DISPLAY: &str = "Rec.1886 Rec.709 - Display";
const ACES_1: &str = "ACES 1.0 - SDR Video";
const ACES_2: &str = "ACES 2.0 - SDR 100 nits (Rec.709)";

/// A mean and a maximum of deltaE2000 on a Rec.709 BT.1886 display.
fn difference(baked: &Lut, analytic: &ConfigTransform, colors: &[[f64; 3]]) -> (f64, f64) {
    let to_xyz = Primaries::Bt709.rgb_to_xyz();
    let white = apply(&to_xyz, [1.0; 3]);
    let lab = |rgb: [f64; 3]| xyz_to_lab(apply(&to_xyz, rgb.map(|v| Transfer::Bt1886.to_linear(v))), white);
    let found = colors.iter().map(|rgb| delta_e_2000(lab(baked.apply(*rgb)), lab(analytic.apply(*rgb))));
    let (mut sum, mut max) = (0.0, 0.0_f64);
    for d in found {
        sum += d;
        max = max.max(d);
    }
    (sum / colors.len() as f64, max)
}

/// Colours between the entries of any cube of this size: 16^3, red fastest.
fn grid(low: f64, high: f64) -> Vec<[f64; 3]> {
    let at = |i: usize| low + (high - low) * (i as f64 + 0.37) / 16.0;
    (0..4096).map(|i| [at(i % 16), at(i / 16 % 16), at(i / 256)]).collect()
}

fn random(low: f64, high: f64, count: usize) -> Vec<[f64; 3]> {
    let mut state = 20_250_101_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        low + (high - low) * (state >> 40) as f64 / (1 << 24) as f64
    };
    (0..count).map(|_| [next(), next(), next()]).collect()
}

/// Colours at random, none of which the fit has seen.
const RANDOM: usize = 4096;

/// The ColorChecker's 24 patches as ACEScct.
fn color_checker() -> Vec<[f64; 3]> {
    let data: serde_json::Value = serde_json::from_str(include_str!("../data/vectors.json")).unwrap();
    let patches = &data["colorchecker24_after2014_srgb_linear"]["ITU-R BT.709_linear"];
    let linear: Vec<[f64; 3]> = serde_json::from_value(patches.clone()).unwrap();
    let to_ap1 = Primaries::Bt709.to(Primaries::AcesAp1);
    linear.into_iter().map(|rgb| apply(&to_ap1, rgb).map(|v| Transfer::Acescct.from_linear(v))).collect()
}

/// The means and maxima of `baked` on the ColorChecker, a grid and random colours over the whole ACEScct cube, most of
/// which no camera sees, are at most 0.1 and those of `most`.
fn assert_close(baked: &Lut, analytic: &ConfigTransform, view: &str, most: [f64; 3]) {
    let sets = [("ColorChecker", color_checker()), ("grid", grid(0.0, 1.0)), ("random", random(0.0, 1.0, RANDOM))];
    for ((what, colors), most) in sets.into_iter().zip(most) {
        let (mean, max) = difference(baked, analytic, &colors);
        println!("{view}, {} ops, {what}: mean {mean:.3}, max {max:.3}", baked.ops.len());
        assert!(mean <= 0.1 && max <= most, "{view}, {what}: mean {mean}, max {max}");
    }
}

/// The fitted cube of a view, behind the table that spreads its entries.
fn fitted(config: &Config, view: &str, spread: Spread) -> (Lut, ConfigTransform) {
    let analytic = config.display_view("ACEScct", DISPLAY, view).unwrap();
    let baked = bake_fitted(|colors| analytic.apply_all(colors), Shaper::None, spread, 65).unwrap();
    (baked, analytic)
}

/// What live pictures go through takes it as it is.
fn assert_fixed(baked: Lut) {
    let color = ColorSpec::BT1886_709_LIMITED;
    let transform = Transform { input: color, look: Some(baked), output: color };
    let processor = Processor::new(&transform, PixelFormat::I422_10LE, PixelFormat::I420_10LE).unwrap();
    assert_eq!(processor.path(), Path::Fixed);
}

#[test]
fn a_fitted_65_cube_of_aces_1_is_as_good_as_the_transform() {
    let (baked, analytic) = fitted(&Config::aces_1_3().unwrap(), ACES_1, Spread::EVEN);
    assert_close(&baked, &analytic, ACES_1, [0.5, 0.5, 0.5]);
    for grey in grid(0.0, 1.0).into_iter().map(|[grey, ..]| baked.apply([grey; 3])) {
        let [most, least] = [grey.into_iter().fold(0.0, f64::max), grey.into_iter().fold(f64::MAX, f64::min)];
        assert!(most - least < 1.0e-4, "a grey is a grey: {grey:?}");
    }
    assert_fixed(baked);
}

#[test]
fn a_steep_65_cube_of_aces_1_is_as_good_as_the_transform() {
    let analytic = Config::aces_1_3().unwrap().display_view("ACEScct", DISPLAY, ACES_1).unwrap();
    let baked = bake_steep(|colors| analytic.apply_all(colors), Shaper::None, 1.5, 65).unwrap();
    assert_close(&baked, &analytic, ACES_1, [0.5, 0.5, 0.5]);
}

#[test]
fn a_fitted_65_cube_of_aces_2_is_as_good_as_the_transform() {
    let (baked, analytic) = fitted(&Config::aces_2_0().unwrap(), ACES_2, Spread::ACESCCT);
    assert_close(&baked, &analytic, ACES_2, [0.5, 0.5, 0.5]);
    assert_fixed(baked);
}

#[test]
#[ignore = "takes a minute; figures for docs/color.md"]
fn bench_how_far_the_rarest_colours_are_off() {
    const COLORS: usize = 300_000;
    for (config, view, spread) in
        [(Config::aces_1_3().unwrap(), ACES_1, Spread::EVEN), (Config::aces_2_0().unwrap(), ACES_2, Spread::ACESCCT)]
    {
        let (baked, analytic) = fitted(&config, view, spread);
        let mut all: Vec<f64> =
            random(0.0, 1.0, COLORS).chunks(1).map(|color| difference(&baked, &analytic, color).1).collect();
        all.sort_by(f64::total_cmp);
        let beyond = all.iter().filter(|d| **d > 0.5).count();
        println!("{view}: of {COLORS}, {beyond} beyond 0.5; the farthest {:.3}", all[COLORS - 1]);
    }
}

/// Entries that lie evenly and on the transform.
#[test]
fn a_65_cube_alone_is_as_good_on_real_colours() {
    for (config, view) in [(Config::aces_1_3().unwrap(), ACES_1), (Config::aces_2_0().unwrap(), ACES_2)] {
        let analytic = config.display_view("ACEScct", DISPLAY, view).unwrap();
        let baked = bake_all(|colors| analytic.apply_all(colors), Shaper::None, 65).unwrap();
        assert_close(&baked, &analytic, view, [0.5, 1.5, 1.5]);
    }
}

#[test]
fn output_transforms_are_those_of_opencolorio() {
    let data: serde_json::Value = serde_json::from_str(include_str!("../data/vectors.json")).unwrap();
    for (name, config, view) in [
        ("acescct_to_rec709_bt1886_aces1.3", Config::aces_1_3().unwrap(), ACES_1),
        ("acescct_to_rec709_bt1886_aces2.0", Config::aces_2_0().unwrap(), ACES_2),
    ] {
        let analytic = config.display_view("ACEScct", DISPLAY, view).unwrap();
        let read = |key: &str| -> Vec<[f64; 3]> { serde_json::from_value(data[name][key].clone()).unwrap() };
        for (input, output) in read("inputs").into_iter().zip(read("outputs")) {
            let found = analytic.apply(input);
            (0..3).for_each(|c| assert!((found[c] - output[c]).abs() < 1.0e-4, "{name}: {input:?} gives {found:?}"));
        }
    }
}
