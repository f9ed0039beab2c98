//! Table kernels on values no picture has: every level gives the bits of the scalar one, and never NaN.

#![allow(clippy::unwrap_used)]

use super::{Kernel, lut1d, lut3d, transfer};
use crate::Level;
use crate::ops::Op;
use crate::ops::lut3d::{Domain, Interpolation};
use crate::simd::Simd;
use crate::{Lut1d, Lut3d, Transfer};

const EXTREMES: [f32; 16] = [
    f32::NAN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::MAX,
    f32::MIN,
    f32::MIN_POSITIVE,
    -f32::MIN_POSITIVE,
    1.0e-45,
    -0.0,
    0.0,
    1.0,
    0.999_999_94,
    1.000_000_1,
    0.5,
    -1.0e30,
    0.04,
];

fn ops() -> Vec<Kernel> {
    let value = |i: usize| (i * 2_654_435_761 % 1000) as f32 / 1000.0;
    let colors = |n: usize| -> Vec<[f32; 3]> { (0..n).map(|i| [value(i), value(i + 7), value(i + 13)]).collect() };
    let odd = Domain { min: [-0.3, 0.1, 0.0], max: [0.8, 5.0, 1.0] };
    vec![
        Kernel::Curve(transfer::Curve::new(|v| Transfer::Bt1886.from_linear(v))),
        Kernel::Lut1d(lut1d::Table::new(&Lut1d::new(odd, colors(2)).unwrap()).unwrap()),
        Kernel::Lut1d(lut1d::Table::new(&Lut1d::new(Domain::UNIT, colors(65_536)).unwrap()).unwrap()),
        Kernel::Lut3d(lut3d::Table::new(&Lut3d::new(2, odd, colors(8)).unwrap())),
        Kernel::Lut3d(lut3d::Table::new(&Lut3d::new(33, Domain::UNIT, colors(33 * 33 * 33)).unwrap())),
        Kernel::Lut3d(lut3d::Table::new(&Lut3d::new(29, odd, colors(29 * 29 * 29)).unwrap())),
        Kernel::Lut3d(lut3d::Table::new(
            &Lut3d::new(5, odd, colors(125)).unwrap().with_interpolation(Interpolation::Trilinear),
        )),
        Kernel::Clip(odd),
        Kernel::Curve(
            transfer::Curve::within(
                &|v| [v.cbrt(), v * 2.0, v],
                ([-8.0, -0.5, 0.125], [9.0, 1.5, 65_504.0]),
                1.0e-3,
                &mut { usize::MAX },
            )
            .unwrap(),
        ),
        Kernel::Reference(Op::Lut1d(Lut1d::half_domain(colors(65_536)).unwrap())),
    ]
}

/// Rows of every pair of extremes, `length` long, after `op` on `level`, as bits.
fn run(op: &Kernel, level: Level, length: usize) -> [Vec<u32>; 3] {
    let row = |step: usize| -> Vec<f32> { (0..length).map(|i| EXTREMES[i / step % 16]).collect() };
    let [mut a, mut b, mut c] = [row(1), row(16), row(5)];
    op.apply(Simd::new(level), [&mut a, &mut b, &mut c]);
    [a, b, c].map(|row| {
        assert!(row.iter().all(|v| v.is_finite()), "{level:?}: {row:?}");
        row.into_iter().map(f32::to_bits).collect()
    })
}

#[test]
fn extremes_give_the_same_finite_bits_at_every_level() {
    for op in ops() {
        for length in [256, 1, 7, 8, 15, 17, 31] {
            let expected = run(&op, Level::Scalar, length);
            for level in Level::available() {
                assert_eq!(run(&op, level, length), expected, "{level:?}, {length} values");
            }
        }
    }
}
