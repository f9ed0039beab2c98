//! 1D and 3D tables inside the processor, against float64.

use lut::formats::Lut;
use lut::ops::lut3d::{Domain, LutDataError};
use lut::{BitDepth, ColorSpec, Lut1d, Lut3d, Op, PixelFormat, Transform};

use crate::exact::{convert, identity_look};
use crate::support::{Random, codes, picture};

const SPEC: ColorSpec = ColorSpec::SRGB_RGB_FULL;
const RGB16: PixelFormat = PixelFormat::Gbr(BitDepth::Sixteen);

/// The tetrahedral interpolation of Sakamoto in float64, one case per ordering.
fn tetrahedral(lut: &Lut3d, rgb: [f64; 3]) -> [f64; 3] {
    let (n, domain) = (lut.size(), lut.domain());
    let place: [(usize, f64); 3] = std::array::from_fn(|c| {
        let (min, max) = (f64::from(domain.min[c]), f64::from(domain.max[c]));
        let p = ((rgb[c] - min) / (max - min) * (n - 1) as f64).clamp(0.0, (n - 1) as f64);
        let cell = (p as usize).min(n - 2);
        (cell, p - cell as f64)
    });
    let [(r, x), (g, y), (b, z)] = place;
    let at = |dr: usize, dg: usize, db: usize| lut.values()[(r + dr) + n * ((g + dg) + n * (b + db))].map(f64::from);
    let (p, q, w) = if x >= y && y >= z {
        (at(1, 0, 0), at(1, 1, 0), [1.0 - x, x - y, y - z, z])
    } else if x >= z && z >= y {
        (at(1, 0, 0), at(1, 0, 1), [1.0 - x, x - z, z - y, y])
    } else if z >= x && x >= y {
        (at(0, 0, 1), at(1, 0, 1), [1.0 - z, z - x, x - y, y])
    } else if y >= x && x >= z {
        (at(0, 1, 0), at(1, 1, 0), [1.0 - y, y - x, x - z, z])
    } else if y >= z && z >= x {
        (at(0, 1, 0), at(0, 1, 1), [1.0 - y, y - z, z - x, x])
    } else {
        (at(0, 0, 1), at(0, 1, 1), [1.0 - z, z - y, y - x, x])
    };
    let (near, far) = (at(0, 0, 0), at(1, 1, 1));
    std::array::from_fn(|c| near[c] * w[0] + p[c] * w[1] + q[c] * w[2] + far[c] * w[3])
}

fn random_cube(size: usize, domain: Domain) -> Lut3d {
    let mut random = Random(11);
    let values = (0..size.pow(3)).map(|_| std::array::from_fn(|_| random.unit() as f32)).collect();
    Lut3d::new(size, domain, values).unwrap()
}

fn noise() -> lut::ImageBuf {
    let random = std::cell::RefCell::new(Random(12));
    picture(RGB16, (101, 60), |_, x, y| match (x, y) {
        // Corners, edges and the grey axis too.
        (0..20, 0) => [0, 65535][x % 2],
        (_, 1) => (x * 648) as u16,
        _ => random.borrow_mut().next() as u16,
    })
}

/// Largest distance of the processed picture from `expected`, in 16-bit codes.
fn largest_error(look: &Lut, expected: impl Fn([f64; 3]) -> [f64; 3]) -> f64 {
    let source = noise();
    let transform = Transform { input: SPEC, look: Some(look.clone()), output: SPEC };
    let target = convert(&transform, &source, RGB16);
    let planes = |image| [2, 0, 1].map(|plane| codes(image, plane));
    let (from, to) = (planes(&source), planes(&target));
    let mut largest = 0.0_f64;
    for i in 0..from[0].len() {
        let want = expected([0, 1, 2].map(|c| f64::from(from[c][i]) / 65535.0));
        for c in 0..3 {
            let error = f64::from(to[c][i]) - want[c].clamp(0.0, 1.0) * 65535.0;
            largest = largest.max(error.abs());
        }
    }
    largest
}

#[test]
fn a_cube_is_interpolated_within_half_a_16_bit_code_of_float64() {
    for size in [2, 3, 17, 33, 65] {
        let wide = Domain { min: [-0.1, 0.0, 0.1], max: [1.0, 1.2, 0.9] };
        for domain in [Domain::UNIT, wide] {
            let cube = random_cube(size, domain);
            let look = Lut::from([Op::Lut3d(cube.clone())]);
            // Half a code for the arithmetic and half for rounding to a code.
            let error = largest_error(&look, |rgb| tetrahedral(&cube, rgb));
            assert!(error <= 1.0, "size {size}: {error}");
        }
    }
}

#[test]
fn a_1d_lut_works_on_each_channel_over_its_own_domain() {
    let domain = Domain { min: [0.0, -0.5, 0.25], max: [1.0, 1.5, 0.75] };
    let values: Vec<[f32; 3]> = (0..64).map(|i| [1.0 - i as f32 / 63.0, (i as f32 / 63.0).powi(2), 0.5]).collect();
    let lut = Lut1d::new(domain, values.clone()).unwrap();
    let look = Lut::from([Op::Lut1d(lut)]);
    let error = largest_error(&look, |rgb| {
        std::array::from_fn(|c| {
            let (min, max) = (f64::from(domain.min[c]), f64::from(domain.max[c]));
            let p = ((rgb[c] - min) / (max - min) * 63.0).clamp(0.0, 63.0);
            let i = (p as usize).min(62);
            let (a, b) = (f64::from(values[i][c]), f64::from(values[i + 1][c]));
            a + (b - a) * (p - i as f64)
        })
    });
    assert!(error <= 1.0, "{error}");
}

#[test]
fn the_shaper_comes_before_the_cube() {
    let halve = Lut1d::new(Domain::UNIT, vec![[0.0; 3], [0.5; 3]]).unwrap();
    let cube = random_cube(9, Domain::UNIT);
    let look = Lut::from([Op::Lut1d(halve), Op::Lut3d(cube.clone())]);
    let error = largest_error(&look, |rgb| tetrahedral(&cube, rgb.map(|v| v / 2.0)));
    assert!(error <= 1.0, "{error}");
}

#[test]
fn an_identity_cube_changes_nothing_at_16_bits() {
    for size in [2, 17, 33, 129] {
        assert!(largest_error(&identity_look(size), |rgb| rgb) < 0.5, "size {size}");
    }
}

#[test]
fn values_beyond_0_and_1_are_clipped_after_the_look() {
    let cube = Lut3d::new(2, Domain::UNIT, (0..8).map(|i| [[-3.0, 9.0, 0.5], [2.0, -1.0, 0.5]][i % 2]).collect());
    let look = Lut::from([Op::Lut3d(cube.unwrap())]);
    let error = largest_error(&look, |[r, _, _]| [-3.0 + 5.0 * r, 9.0 - 10.0 * r, 0.5]);
    assert!(error <= 1.0, "{error}");
}

#[test]
fn poisonous_tables_are_refused() {
    let bad = |v: f32| Lut3d::new(2, Domain::UNIT, vec![[0.0, v, 0.0]; 8]);
    for v in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 3.0e38] {
        assert_eq!(bad(v), Err(LutDataError::Value { index: 0 }));
    }
    assert!(matches!(Lut3d::new(1, Domain::UNIT, vec![[0.0; 3]]), Err(LutDataError::Size { .. })));
    assert!(matches!(Lut3d::new(2, Domain::UNIT, vec![[0.0; 3]; 7]), Err(LutDataError::Count { .. })));
    let empty = Domain { min: [0.0; 3], max: [1.0, 0.0, 1.0] };
    assert!(matches!(Lut3d::new(2, empty, vec![[0.0; 3]; 8]), Err(LutDataError::Domain { .. })));
    let nan = Domain { min: [f32::NAN; 3], max: [1.0; 3] };
    assert!(matches!(Lut1d::new(nan, vec![[0.0; 3]; 8]), Err(LutDataError::Domain { .. })));
}

#[test]
fn curves_and_primaries_are_within_a_16_bit_code_of_float64() {
    use lut::{Primaries, Transfer};
    let spec = |primaries, transfer| ColorSpec { primaries, transfer, ..SPEC };
    let bt709 = Primaries::Bt709;
    for (from, to, allowed) in [
        (spec(bt709, Transfer::Bt1886), spec(bt709, Transfer::Srgb), 1.0),
        (spec(bt709, Transfer::Bt1886), spec(bt709, Transfer::Gamma22), 1.0),
        (spec(bt709, Transfer::Gamma26), spec(bt709, Transfer::Srgb), 1.0),
        (spec(bt709, Transfer::Srgb), spec(bt709, Transfer::Bt1886), 1.0),
        (spec(bt709, Transfer::Bt1886), spec(Primaries::DisplayP3, Transfer::Srgb), 1.0),
        // At the edge of the output gamut almost all light cancels, and a 2.4 curve is steep there: 4 codes of 16
        // bits are a sixteenth of a 10-bit one.
        (spec(Primaries::Bt2020, Transfer::Bt1886), spec(bt709, Transfer::Bt1886), 4.0),
    ] {
        let source = noise();
        let target = convert(&Transform { input: from, look: None, output: to }, &source, RGB16);
        let planes = |image| [2, 0, 1].map(|plane| codes(image, plane));
        let (sent, found) = (planes(&source), planes(&target));
        let matrix = from.primaries.to(to.primaries);
        let mut largest = 0.0_f64;
        for i in 0..sent[0].len() {
            let light = [0, 1, 2].map(|c| from.transfer.to_linear(f64::from(sent[c][i]) / 65535.0));
            let light = lut::color::apply(&matrix, light).map(|l| l.clamp(0.0, 1.0));
            for c in 0..3 {
                let expected = to.transfer.from_linear(light[c]) * 65535.0;
                largest = largest.max((f64::from(found[c][i]) - expected).abs());
            }
        }
        println!("{from:?} -> {to:?}: {largest:.3}");
        assert!(largest <= allowed, "{from:?} -> {to:?}: {largest}");
    }
}
