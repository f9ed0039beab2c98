//! Whole transforms against float64: what a viewer sees.

use lut::color::{apply, delta_e_2000, xyz_to_lab};
use lut::{ColorSpec, Dithering, Matrix, PixelFormat, Primaries, Transfer};

use crate::exact::{convert, convert_dithered, plain};
use crate::support::{mean, picture, triples, vectors};

/// Unrounded codes of linear light of `spec`'s own primaries.
fn codes_of(light: [f64; 3], spec: ColorSpec, bits: u32) -> [f64; 3] {
    let rgb = light.map(|l| spec.transfer.from_linear(l.clamp(0.0, 1.0)));
    let [a, b, c] = apply(&spec.matrix.rgb_to_ycbcr(), rgb);
    let luma = |v| spec.range.luma_code(v, bits);
    let chroma = |v| spec.range.chroma_code(v, bits);
    if spec.matrix == Matrix::Identity { [luma(a), luma(b), luma(c)] } else { [luma(a), chroma(b), chroma(c)] }
}

/// The inverse of [`codes_of`].
fn light_of([a, b, c]: [f64; 3], spec: ColorSpec, bits: u32) -> [f64; 3] {
    let luma = |v| spec.range.luma_value(v, bits);
    let chroma = |v| spec.range.chroma_value(v, bits);
    let value =
        if spec.matrix == Matrix::Identity { [luma(a), luma(b), luma(c)] } else { [luma(a), chroma(b), chroma(c)] };
    apply(&spec.matrix.ycbcr_to_rgb(), value).map(|v| spec.transfer.to_linear(v.clamp(0.0, 1.0)))
}

/// Which plane holds component 0, 1, 2.
fn plane_order(format: PixelFormat) -> [usize; 3] {
    if format.is_rgb() { [2, 0, 1] } else { [0, 1, 2] }
}

/// What became of the ColorChecker.
#[derive(Debug, Default)]
struct Outcome {
    /// deltaE2000 of the mean codes of a patch against the light that went in.
    mean: f64,
    max: f64,
    /// Largest distance of the mean codes from the unrounded float64 ones.
    code_error: f64,
}

fn color_checker(
    input: ColorSpec,
    output: ColorSpec,
    (from, to): (PixelFormat, PixelFormat),
    dithering: Dithering,
) -> Outcome {
    let (bits_in, bits_out) = (from.depth().bits(), to.depth().bits());
    let white = apply(&output.primaries.rgb_to_xyz(), [1.0; 3]);
    let mut outcome = Outcome::default();
    let patches = triples(&vectors("colorchecker")["bt709_linear"]);
    for linear in &patches {
        let wanted = codes_of(apply(&Primaries::Bt709.to(input.primaries), *linear), input, bits_in).map(f64::round);
        let source = picture(from, (32, 16), |plane, _, _| {
            wanted[plane_order(from).iter().position(|p| *p == plane).unwrap()] as u16
        });
        let target = convert_dithered(&plain(input, output), &source, to, dithering);
        let found = plane_order(to).map(|plane| mean(&target, plane));

        let sent = light_of(wanted, input, bits_in);
        let expected = codes_of(apply(&input.primaries.to(output.primaries), sent), output, bits_out);
        let error = (0..3).map(|i| (found[i] - expected[i]).abs()).fold(0.0, f64::max);
        outcome.code_error = outcome.code_error.max(error);

        let sent = apply(&input.primaries.rgb_to_xyz(), sent);
        let shown = apply(&output.primaries.rgb_to_xyz(), light_of(found, output, bits_out));
        let difference = delta_e_2000(xyz_to_lab(sent, white), xyz_to_lab(shown, white));
        outcome.mean += difference / patches.len() as f64;
        outcome.max = outcome.max.max(difference);
    }
    outcome
}

const RGB_24: ColorSpec = ColorSpec { transfer: Transfer::Bt1886, ..ColorSpec::SRGB_RGB_FULL };

#[test]
fn the_color_checker_for_a_browser_is_right_at_10_and_8_bits() {
    let (input, output) = (ColorSpec::BT1886_709_LIMITED, ColorSpec::SRGB_709_LIMITED);
    use Dithering::{Always, FewerBits};
    let (rgb, srgb) = (RGB_24, ColorSpec::SRGB_RGB_FULL);
    let cases = [
        // Rounded: no code is further from float64 than a rounding. That alone costs, at 10 bits, 0.04 in
        // R'G'B' and 0.06 in limited-range Y'CbCr.
        (rgb, srgb, PixelFormat::GBR_10LE, PixelFormat::GBR_10LE, FewerBits, 0.04, 0.505),
        (rgb, srgb, PixelFormat::GBR, PixelFormat::GBR, FewerBits, 0.15, 0.505),
        (input, output, PixelFormat::Y444_10LE, PixelFormat::Y444_10LE, FewerBits, 0.06, 0.505),
        (input, output, PixelFormat::I422_10LE, PixelFormat::Y444_10LE, FewerBits, 0.06, 0.505),
        (input, output, PixelFormat::I420, PixelFormat::Y444_10LE, FewerBits, 0.065, 0.505),
        (input, output, PixelFormat::I420, PixelFormat::I420, FewerBits, 0.30, 0.505),
        // Dithered: a patch is right on average, far below the bars of 0.03 (10 bits) and 0.15 (8 bits).
        (input, output, PixelFormat::I422_10LE, PixelFormat::Y444_10LE, Always, 0.005, 0.02),
        (input, output, PixelFormat::I422_10LE, PixelFormat::I420, FewerBits, 0.01, 0.02),
        (input, output, PixelFormat::I422_10LE, PixelFormat::Y444, FewerBits, 0.01, 0.02),
        (input, output, PixelFormat::I420, PixelFormat::I420, Always, 0.01, 0.02),
    ];
    for (input, output, from, to, dithering, allowed, allowed_code) in cases {
        let outcome = color_checker(input, output, (from, to), dithering);
        println!("{from:?} -> {to:?} {dithering:?}: {outcome:.4?}");
        assert!(outcome.mean <= allowed && outcome.code_error <= allowed_code, "{from:?} -> {to:?}: {outcome:.4?}");
    }
}

#[test]
fn the_color_checker_survives_a_change_of_primaries() {
    let bt709 = ColorSpec::BT1886_709_LIMITED;
    for (input, output) in [
        (bt709, ColorSpec::DISPLAY_P3_LIMITED),
        (bt709, ColorSpec::BT1886_2020_LIMITED),
        (ColorSpec::BT1886_2020_LIMITED, ColorSpec::DISPLAY_P3_LIMITED),
    ] {
        let outcome =
            color_checker(input, output, (PixelFormat::Y444_10LE, PixelFormat::Y444_10LE), Dithering::FewerBits);
        println!("{input:?} -> {output:?}: {outcome:.4?}");
        assert!(outcome.mean <= 0.1 && outcome.code_error <= 0.51, "{input:?} -> {output:?}: {outcome:.4?}");
    }
}

#[test]
fn colours_outside_the_output_primaries_are_clipped() {
    let green = codes_of([0.0, 1.0, 0.0], ColorSpec::BT1886_2020_LIMITED, 10);
    let source = picture(PixelFormat::Y444_10LE, (8, 8), |plane, _, _| green[plane].round() as u16);
    let target =
        convert(&plain(ColorSpec::BT1886_2020_LIMITED, ColorSpec::BT1886_709_LIMITED), &source, PixelFormat::Y444_10LE);
    let shown = light_of([0, 1, 2].map(|plane| mean(&target, plane)), ColorSpec::BT1886_709_LIMITED, 10);
    assert!(shown[0] < 1.0e-3 && (shown[1] - 1.0).abs() < 1.0e-2 && shown[2] < 1.0e-3, "{shown:?}");
}

#[test]
fn untouched_colour_would_be_off_by_what_the_findings_say() {
    // The reason for all this: the same codes shown with the sRGB curve.
    let white = apply(&Primaries::Bt709.rgb_to_xyz(), [1.0; 3]);
    let lab = |l: [f64; 3]| xyz_to_lab(apply(&Primaries::Bt709.rgb_to_xyz(), l), white);
    let patches = triples(&vectors("colorchecker")["bt709_linear"]);
    let count = patches.len() as f64;
    let total: f64 = patches
        .into_iter()
        .map(|linear| {
            let code = linear.map(|l| Transfer::Bt1886.from_linear(l.clamp(0.0, 1.0)));
            let sent = code.map(|v| Transfer::Bt1886.to_linear(v));
            delta_e_2000(lab(sent), lab(code.map(|v| Transfer::Srgb.to_linear(v))))
        })
        .sum();
    assert!((total / count - 2.23).abs() < 0.1, "mean {}", total / count);
}
