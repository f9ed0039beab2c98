//! What the ops mean, in `f64`.

use lut::ops::lut1d::{HALF_SIZE, LARGEST_HALF};
use lut::ops::lut3d::{Domain, LutDataError};
use lut::{Interpolation, Lut1d, Lut3d};

use crate::support::Random;

/// The number with the bits `bits` as an IEEE 754 half.
fn half(bits: usize) -> f64 {
    let (exponent, mantissa) = ((bits >> 10 & 31) as i32, (bits & 1023) as f64);
    let magnitude = match exponent {
        0 => mantissa * 2.0_f64.powi(-24),
        31 => f64::INFINITY,
        _ => (1024.0 + mantissa) * 2.0_f64.powi(exponent - 25),
    };
    if bits < 0x8000 { magnitude } else { -magnitude }
}

/// The half-domain table of `f`.
pub fn half_table(f: impl Fn(f64) -> f64) -> Lut1d {
    let entry = |bits| [f(half(bits).clamp(-LARGEST_HALF, LARGEST_HALF)) as f32; 3];
    Lut1d::half_domain((0..HALF_SIZE).map(entry).collect()).unwrap()
}

#[test]
fn a_half_domain_table_gives_each_half_its_entry_and_a_line_between() {
    let lut = half_table(|x| x);
    for bits in (0..0x7c00).chain(0x8000..0xfc00) {
        let x = half(bits);
        assert_eq!(lut.apply([x; 3]), [x; 3], "{bits:#x}");
        let between = (x + half((bits + 1).min(bits | 0x3ff))) / 2.0;
        assert_eq!(lut.apply([between; 3]), [between; 3], "after {bits:#x}");
    }
    assert_eq!(lut.apply([1.0e9, -1.0e9, f64::NAN]), [LARGEST_HALF, -LARGEST_HALF, -LARGEST_HALF]);
}

#[test]
fn a_half_domain_table_may_say_anything_of_infinities_but_not_of_numbers() {
    let table = |index: usize, value| {
        let mut values = vec![[0.0; 3]; HALF_SIZE];
        values[index][1] = value;
        Lut1d::half_domain(values)
    };
    assert!(table(0x7c00, f32::INFINITY).is_ok() && table(0xffff, f32::NAN).is_ok());
    assert_eq!(table(0x3c00, f32::NAN), Err(LutDataError::Value { index: 0x3c00 }));
    let short = Lut1d::half_domain(vec![[0.0; 3]; 1024]);
    assert_eq!(short, Err(LutDataError::Size { found: 1024, min: HALF_SIZE, max: HALF_SIZE }));
}

#[test]
fn listed_inputs_are_joined_by_lines_and_the_first_of_equal_ones_counts() {
    let lut =
        Lut1d::listed(vec![[-1.0, 0.0, 0.0], [0.0, 0.5, 0.0], [3.0, 0.5, 2.0]], vec![[0.0; 3], [1.0; 3], [2.0; 3]]);
    let lut = lut.unwrap();
    assert_eq!(lut.apply([-0.5, 0.25, -9.0]), [0.5, 0.5, 0.0]);
    assert_eq!(lut.apply([1.5, 0.5, 1.0]), [1.5, 1.0, 1.5]);
    assert_eq!(lut.apply([9.0, 9.0, f64::NAN]), [2.0, 2.0, 0.0]);
    let falling = Lut1d::listed(vec![[0.0; 3], [1.0, 1.0, -1.0]], vec![[0.0; 3]; 2]);
    assert_eq!(falling, Err(LutDataError::Order { index: 1 }));
    let still = Lut1d::listed(vec![[0.5; 3]; 2], vec![[0.0; 3]; 2]);
    assert_eq!(still, Err(LutDataError::Domain { min: 0.5, max: 0.5 }));
}

#[test]
fn trilinear_interpolation_goes_axis_by_axis() {
    let mut random = Random(31);
    let values: Vec<[f32; 3]> = (0..27).map(|_| std::array::from_fn(|_| random.unit() as f32)).collect();
    let lut = Lut3d::new(3, Domain::UNIT, values).unwrap().with_interpolation(Interpolation::Trilinear);
    for _ in 0..1000 {
        let rgb: [f64; 3] = std::array::from_fn(|_| random.unit() * 1.2 - 0.1);
        let place = rgb.map(|v| {
            let p = v.clamp(0.0, 1.0) * 2.0;
            (p.floor().min(1.0) as usize, p - p.floor().min(1.0))
        });
        let [(r, x), (g, y), (b, z)] = place;
        for c in 0..3 {
            let at = |i: usize, j: usize, k: usize| f64::from(lut.values()[r + i + 3 * (g + j + 3 * (b + k))][c]);
            let along_r = |j, k| at(0, j, k) + (at(1, j, k) - at(0, j, k)) * x;
            let along_g = |k| along_r(0, k) + (along_r(1, k) - along_r(0, k)) * y;
            let expected = along_g(0) + (along_g(1) - along_g(0)) * z;
            assert!((lut.apply(rgb)[c] - expected).abs() < 1.0e-12, "{rgb:?}");
        }
    }
}
