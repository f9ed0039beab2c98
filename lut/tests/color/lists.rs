//! Lists of ops on plain colours: fewer steps and tables, the same result.

use lut::formats::Lut;
use lut::ops::lut3d::Domain;
use lut::ops::{COLLAPSE_ERROR, CollapseError, Covered, IDENTITY, collapsed, optimized};
use lut::{
    Affine, CURVE_ERROR, Interpolation, Level, Lut1d, Lut3d, NotInvertible, Op, OpError, OpProcessor, ProcessorError,
};

use crate::exact::identity_look;
use crate::ops::half_table;
use crate::support::Random;

fn apply(ops: &[Op], rgb: [f64; 3]) -> [f64; 3] {
    ops.iter().fold(rgb, |rgb, op| op.apply(rgb))
}

/// A clip to a random domain, as a table.
fn clip(random: &mut Random) -> Op {
    let (low, high) = (random.unit() as f32 * 0.5 - 0.25, random.unit() as f32 + 0.5);
    let domain = Domain { min: [low, 0.0, 0.0], max: [high, 1.0, 1.0] };
    Op::Lut1d(Lut1d::new(domain, vec![domain.min, domain.max]).unwrap())
}

/// Smooth curves of 1024 entries, rising, over 0..1 or a little more.
fn smooth(random: &mut Random) -> Op {
    let domain = Domain { min: [-0.1, 0.0, 0.0], max: [1.0, 1.2, 1.0] };
    let powers: [f32; 3] = std::array::from_fn(|_| 0.8 + random.unit() as f32 * 0.8);
    let entry = |i: usize| powers.map(|p| 0.02 + 0.9 * ((i as f32 + 20.0) / 1043.0).powf(p));
    Op::Lut1d(Lut1d::new(domain, (0..1024).map(entry).collect()).unwrap())
}

fn cube(size: usize, domain: Domain, seed: u64) -> Lut3d {
    let mut random = Random(seed);
    let values = (0..size.pow(3)).map(|_| std::array::from_fn(|_| random.unit() as f32)).collect();
    Lut3d::new(size, domain, values).unwrap()
}

/// A step that multiplies no difference by more than `GAIN`.
fn any_op(random: &mut Random) -> Op {
    let kind = random.below(9);
    let mut near = |target: f64| target + random.unit() * 0.4 - 0.2;
    let affine = |m| Op::Affine(Affine { m, offset: [0.01, -0.02, 0.03] });
    match kind {
        0 => {
            let m = std::array::from_fn(|i| std::array::from_fn(|j| near(f64::from(u8::from(i == j)))));
            affine(m)
        }
        1 => Op::Affine(Affine::diagonal([near(1.0), near(1.0), near(1.0)], [0.0, 0.1, 0.0])),
        2 => Op::Affine(Affine::linear(lut::color::identity())),
        3 => clip(random),
        4 => identity_look(5).ops.remove(0),
        5 => Op::Lut1d(half_table(|x| x.abs().powf(0.9).copysign(x))),
        6 => Op::Lut3d(cube(3, Domain { min: [-0.5; 3], max: [1.5; 3] }, 7)),
        7 => Op::Lut1d(Lut1d::new(Domain::UNIT, (0..256).map(|i| [i as f32 / 255.0; 3]).collect()).unwrap()),
        _ => smooth(random),
    }
}

const GAIN: f64 = 2.2;

fn lists() -> Vec<Vec<Op>> {
    let mut random = Random(41);
    (0..60).map(|_| (0..1 + random.below(6)).map(|_| any_op(&mut random)).collect()).collect()
}

fn colors(count: usize) -> Vec<[f32; 3]> {
    let mut random = Random(42);
    let mut color = |wide: f64| std::array::from_fn(|_| ((random.unit() * 2.0 - 0.5) * wide) as f32);
    let mut found: Vec<[f32; 3]> = (0..count).map(|i| color([1.0, 1.0, 40.0][i % 3])).collect();
    found.extend([[0.0; 3], [1.0; 3], [-0.0; 3], [0.5, 0.25, 0.75], [1.0e-6; 3], [-1.0e-6; 3]]);
    found
}

/// How far each step may be off, handed on through those after it.
fn bound(steps: usize, each: f64) -> f64 {
    (0..steps).map(|i| each * GAIN.powi(i as i32)).sum()
}

#[test]
fn fewer_steps_give_the_same_colours() {
    let mut fewer = 0;
    for ops in lists() {
        let short = optimized(&ops);
        assert!(short.len() <= ops.len());
        fewer += usize::from(short.len() < ops.len());
        for rgb in colors(300) {
            let rgb = rgb.map(f64::from);
            let (expected, found) = (apply(&ops, rgb), apply(&short, rgb));
            for c in 0..3 {
                let error = (found[c] - expected[c]).abs() / expected[c].abs().max(1.0);
                assert!(error <= bound(ops.len(), IDENTITY), "{error} at {rgb:?}: {ops:?}");
            }
        }
    }
    assert!(fewer > 15, "{fewer}");
}

#[test]
fn kernels_are_within_the_stated_error_of_float64() {
    for ops in lists() {
        let processor = OpProcessor::new(&ops).unwrap();
        let mut found = colors(3000);
        let sent = found.clone();
        processor.apply(&mut found);
        for (sent, found) in sent.into_iter().zip(found) {
            let expected = apply(&ops, sent.map(f64::from));
            for c in 0..3 {
                let error = (f64::from(found[c]) - expected[c]).abs() / expected[c].abs().max(1.0);
                assert!(error <= bound(ops.len(), CURVE_ERROR), "{error} at {sent:?}: {ops:?}");
            }
        }
    }
}

#[test]
fn every_level_and_number_of_threads_gives_the_same_bits() {
    let odd = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, f32::MIN, 1.0e-45, -0.0];
    let bits = |v: f32| if v.is_nan() { f32::NAN.to_bits() } else { v.to_bits() };
    for ops in lists() {
        let at = |level| OpProcessor::with_level(&ops, CURVE_ERROR, level).unwrap();
        let levels: Vec<OpProcessor> = Level::available().into_iter().map(at).collect();
        for count in [1, 7, 16, 33, 2500] {
            let mut sent = colors(count);
            sent.extend((0..49).map(|i| [odd[i % 7], odd[i / 7], 0.5]));
            let run = |processor: &OpProcessor, threads| {
                let mut colors = sent.clone();
                processor.apply_parallel(&mut colors, threads);
                colors.into_iter().flatten().map(bits).collect::<Vec<_>>()
            };
            let expected = run(&levels[0], 1);
            for processor in &levels {
                assert!(run(processor, 1) == expected, "{processor:?}");
                assert!(run(processor, 2) == expected && run(processor, 64) == expected, "{processor:?}");
            }
        }
    }
}

#[test]
fn a_cube_in_f32_is_within_half_a_16_bit_code_of_float64() {
    let wide = Domain { min: [-0.1, 0.0, 0.1], max: [1.0, 1.2, 0.9] };
    for size in [2, 17, 32, 33, 65, 129] {
        for domain in [Domain::UNIT, wide] {
            for interpolation in [Interpolation::Tetrahedral, Interpolation::Trilinear] {
                let op = Op::Lut3d(cube(size, domain, 43).with_interpolation(interpolation));
                let mut found = colors(100_000);
                let sent = found.clone();
                OpProcessor::new(std::slice::from_ref(&op)).unwrap().apply(&mut found);
                let error = sent.into_iter().zip(found).flat_map(|(sent, found)| {
                    let expected = op.apply(sent.map(f64::from));
                    (0..3).map(move |c| (f64::from(found[c]) - expected[c]).abs() * 65535.0)
                });
                let largest = error.fold(0.0, f64::max);
                println!("{size} {domain:?} {interpolation:?}: {largest:.3} of a 16-bit code");
                assert!(largest <= 0.5, "{size} {domain:?} {interpolation:?}: {largest}");
            }
        }
    }
}

#[test]
fn neighbours_are_joined_and_what_does_nothing_is_dropped() {
    let scale = |k: f64| Op::Affine(Affine::diagonal([k; 3], [0.0; 3]));
    assert_eq!(optimized(&[scale(2.0), scale(0.25)]), [scale(0.5)]);
    assert_eq!(optimized(&[scale(2.0), scale(0.5)]), []);
    let identity = identity_look(17).ops.remove(0);
    let table = Op::Lut3d(cube(3, Domain::UNIT, 1));
    // The clip of the identity matters alone, but not beside a table that clips as much or stays within.
    assert_eq!(optimized(std::slice::from_ref(&identity)).len(), 1);
    assert_eq!(optimized(&[identity.clone(), table.clone(), identity.clone()]), [table]);
    assert_eq!(optimized(&[identity.clone(), identity.clone()]).len(), 1);
    assert_eq!(optimized(&[scale(2.0), identity, scale(0.5)]).len(), 3);
}

#[test]
fn a_parameter_that_is_no_number_is_refused_with_its_place() {
    let bad = Op::Affine(Affine { m: lut::color::identity(), offset: [0.0, f64::NAN, 0.0] });
    let error = OpProcessor::new(&[Op::Affine(Affine::linear(lut::color::identity())), bad]).unwrap_err();
    assert_eq!(error, ProcessorError::Op { index: 1, error: OpError::NotFinite { parameter: "an offset" } });
    assert_eq!(error.to_string(), "op 1: found an offset that is not finite, expected a number");
}

#[test]
fn an_inverse_takes_colours_back() {
    let mut random = Random(44);
    let matrix =
        Op::Affine(Affine { m: [[0.9, 0.1, 0.0], [0.0, 0.8, 0.2], [0.3, 0.0, 0.6]], offset: [0.1, 0.0, -0.2] });
    let falling = Lut1d::new(Domain::UNIT, (0..64).map(|i| [1.0 - (i as f32 / 63.0).powi(2); 3]).collect()).unwrap();
    let cases = [
        (vec![matrix.clone()], 1.0e-12),
        (vec![Op::Lut1d(falling)], 1.0e-6),
        (vec![Op::Lut1d(half_table(|x| x.cbrt()))], 1.0e-6),
        (vec![smooth(&mut random), matrix], 1.0e-6),
    ];
    for (ops, allowed) in cases {
        let look = Lut { ops, ..Lut::default() };
        let back = look.inverse().unwrap();
        for _ in 0..500 {
            let rgb: [f64; 3] = std::array::from_fn(|_| random.unit());
            let found = back.apply(look.apply(rgb));
            assert!((0..3).all(|c| (found[c] - rgb[c]).abs() <= allowed), "{found:?} for {rgb:?}");
        }
    }
}

#[test]
fn what_has_no_inverse_says_why() {
    let singular = Op::Affine(Affine::linear([[1.0, 1.0, 1.0]; 3]));
    assert_eq!(singular.inverse(), Err(NotInvertible::Singular));
    let turning = Lut1d::new(Domain::UNIT, vec![[0.0; 3], [0.5, 1.0, 0.5], [1.0, 0.0, 1.0]]).unwrap();
    assert_eq!(Op::Lut1d(turning).inverse(), Err(NotInvertible::NotMonotonic { channel: 1 }));
    let flat = Lut1d::new(Domain::UNIT, vec![[0.5; 3]; 4]).unwrap();
    assert_eq!(flat.inverse(), Err(NotInvertible::NotMonotonic { channel: 0 }));
    let look = identity_look(3);
    assert_eq!(look.inverse(), Err((0, NotInvertible::Lut3d)));
}

/// Linear light to a display: crosstalk, a curve with a shoulder, a power.
fn long_list() -> Vec<Op> {
    let mix = Affine::linear([[0.8, 0.15, 0.05], [0.1, 0.8, 0.1], [0.05, 0.15, 0.8]]);
    let shoulder = half_table(|x| x.max(0.0) / (x.max(0.0) + 0.6));
    let power = half_table(|x| (x.max(0.0) + 1.0e-3).powf(1.0 / 2.4));
    vec![Op::Affine(mix), Op::Lut1d(shoulder), Op::Affine(mix), Op::Lut1d(power)]
}

#[test]
fn a_long_list_of_light_becomes_a_cube_within_the_error_asked_for() {
    let ops = long_list();
    for allowed in [0.01, COLLAPSE_ERROR] {
        let cube = collapsed(&ops, Covered::Light(32.0), allowed).unwrap();
        println!("{allowed:.5}: {:.6} with {} ops", cube.error, cube.ops.len());
        assert!(cube.error <= allowed && cube.ops.len() == 2);
        let mut random = Random(46);
        for _ in 0..20_000 {
            let rgb: [f64; 3] = std::array::from_fn(|_| 32.0 * random.unit().powi(1 + random.below(8) as i32));
            let (found, expected) = (apply(&cube.ops, rgb), apply(&ops, rgb));
            assert!((0..3).all(|c| (found[c] - expected[c]).abs() <= 1.5 * cube.error), "{rgb:?}");
        }
    }
}

#[test]
fn what_no_cube_can_hold_is_refused_with_the_error_it_would_have() {
    let steps = Lut1d::new(Domain::UNIT, (0..1024).map(|i| [(i % 2) as f32; 3]).collect()).unwrap();
    let refused = collapsed(&[Op::Lut1d(steps)], Covered::Signal, COLLAPSE_ERROR).unwrap_err();
    assert!(matches!(refused, CollapseError::Error { found, size: 65, .. } if found > 0.1), "{refused}");
    let identity = collapsed(&[], Covered::Signal, COLLAPSE_ERROR).unwrap();
    assert!(identity.error < 1.0e-6);
    assert!(matches!(collapsed(&[], Covered::Light(-1.0), 1.0), Err(CollapseError::Table(_))));
}
