//! Writing `.cube` and CLF: what is read back is equal.

use lut::formats::{Lut, WriteError, clf, cube, read};
use lut::ops::Direction::{Forward, Inverse};
use lut::ops::exponent::{Exponent, ExponentStyle, Power};
use lut::ops::log::{CameraLine, Log, LogCurve};
use lut::ops::lut1d::Inputs;
use lut::ops::lut3d::{Domain, Interpolation};
use lut::ops::range::Range;
use lut::{Affine, Cdl, Lut1d, Lut3d, Op};

use crate::support::{Random, close, files};

/// Numbers of every size, that need all their digits.
fn colors(count: usize) -> Vec<[f32; 3]> {
    let mut random = Random(7);
    let mut value = || ((random.unit() - 0.3) * 10_f64.powi(random.below(12) as i32 - 6)) as f32;
    (0..count).map(|_| [value(), value(), value()]).collect()
}

fn wide() -> Domain {
    Domain { min: [-0.1, 0.0, 0.3], max: [1.0, 2.0, 0.9] }
}

fn shaper(domain: Domain) -> Op {
    Op::Lut1d(Lut1d::new(domain, colors(17)).unwrap())
}

fn cube3(domain: Domain) -> Op {
    Op::Lut3d(Lut3d::new(3, domain, colors(27)).unwrap())
}

#[test]
fn a_cube_file_reads_back_equal() {
    let uniform = Domain { min: [-0.5; 3], max: [1.5; 3] };
    for ops in [
        vec![shaper(Domain::UNIT)],
        vec![shaper(wide())],
        vec![cube3(Domain::UNIT)],
        vec![cube3(wide())],
        vec![shaper(wide()), cube3(uniform)],
        vec![shaper(Domain::UNIT), cube3(Domain::UNIT)],
    ] {
        let lut = Lut { ops, title: Some("a \"quoted\" title".into()), ..Lut::default() };
        let back = cube::read(cube::write(&lut).unwrap().as_bytes()).unwrap();
        assert_eq!((back.ops, back.title), (lut.ops, lut.title));
    }
}

#[test]
fn what_a_cube_file_cannot_hold_is_refused_by_name() {
    let half = Lut1d::half_domain(vec![[0.0; 3]; 65_536]).unwrap();
    let trilinear = Lut3d::new(2, Domain::UNIT, colors(8)).unwrap().with_interpolation(Interpolation::Trilinear);
    for (ops, message) in [
        (vec![shaper(Domain::UNIT), Op::Cdl(Cdl::default())], "op 1 is an ASC CDL, which .cube cannot hold"),
        (vec![Op::Lut1d(half)], "op 0 is a 1D LUT over half-floats, which .cube cannot hold"),
        (vec![Op::Lut3d(trilinear)], "op 0 is a 3D LUT, which .cube cannot hold"),
        (vec![cube3(Domain::UNIT), shaper(Domain::UNIT)], "found 2 ops, .cube holds a 1D LUT, a 3D LUT, or"),
        (vec![shaper(Domain::UNIT), cube3(wide())], "found 2 ops, .cube holds a 1D LUT, a 3D LUT, or"),
        (vec![], "found 0 ops, .cube holds a 1D LUT, a 3D LUT, or"),
    ] {
        let error = cube::write(&Lut { ops, ..Lut::default() }).unwrap_err().to_string();
        assert!(error.starts_with(message) && error.ends_with("bake the look to a shaper and a cube first"), "{error}");
    }
}

/// Written as even steps it would be another curve.
#[test]
fn listed_inputs_are_refused_rather_than_written_as_even_steps() {
    let curve = Lut1d::new(Domain::UNIT, vec![[0.0; 3], [0.1; 3], [1.0; 3]]).unwrap();
    let look = Lut::from([Op::Lut1d(curve.inverse().unwrap())]);
    for (written, format) in [(cube::write(&look), "cube"), (clf::write(&look), "clf")] {
        let expected = format!(
            "op 0 is a 1D LUT over listed inputs, which .{format} cannot hold: bake the look to a shaper and a cube first"
        );
        assert_eq!(written.unwrap_err().to_string(), expected);
    }
}

#[test]
fn every_op_reads_back_equal_from_clf() {
    let curve = LogCurve {
        lin_side_slope: 5.5,
        lin_side_offset: 0.052,
        log_side_slope: 0.247,
        log_side_offset: 0.1,
        line: None,
    };
    let camera = |slope| LogCurve { line: Some(CameraLine { lin_side_break: 0.01, linear_slope: slope }), ..curve };
    let mut ops = vec![
        Op::Affine(Affine {
            m: [[0.1, 1.0 / 3.0, -2.0], [0.0, 1.0, 1.0e-9], [7.0, 0.0, 0.3]],
            offset: [0.0, -0.1, 1.0],
        }),
        Op::Range(Range::new(Some((0.1, 0.0)), Some((0.9, 1.1))).unwrap()),
        Op::Range(Range::new(Some((0.1, 0.1)), None).unwrap()),
        Op::Range(Range::new(None, Some((3.0, 3.0))).unwrap()),
        shaper(Domain::UNIT),
        cube3(Domain::UNIT),
        Op::Lut3d(Lut3d::new(2, Domain::UNIT, colors(8)).unwrap().with_interpolation(Interpolation::Trilinear)),
        Op::Log(Log { base: 10.0, channels: [curve, LogCurve::default(), curve], direction: Forward }),
        Op::Log(Log { base: 2.0, channels: [curve; 3], direction: Inverse }),
        Op::Log(Log { base: 10.0, channels: [camera(Some(5.1)), camera(None), camera(None)], direction: Inverse }),
    ];
    for direction in [Forward, Inverse] {
        for clamp in [false, true] {
            let cdl = Cdl { slope: [1.1, 0.9, 1.0], power: [0.7, 1.0, 1.3], saturation: 0.8, ..Cdl::default() };
            ops.push(Op::Cdl(Cdl { clamp, direction, ..cdl }));
        }
        for style in [
            ExponentStyle::Basic,
            ExponentStyle::BasicMirror,
            ExponentStyle::BasicPassThru,
            ExponentStyle::MonCurve,
            ExponentStyle::MonCurveMirror,
        ] {
            let offset =
                if matches!(style, ExponentStyle::MonCurve | ExponentStyle::MonCurveMirror) { 0.055 } else { 0.0 };
            let power = |exponent| Power { exponent, offset };
            ops.push(Op::Exponent(Exponent { style, channels: [power(2.4), power(1.0), power(3.0)], direction }));
        }
    }
    let lut = Lut { ops, title: Some("<a> & \"b\"".into()), ..Lut::default() };
    let back = clf::read(clf::write(&lut).unwrap().as_bytes()).unwrap();
    assert_eq!((back.ops, back.title, back.warnings), (lut.ops, lut.title, vec![]));
}

#[test]
fn a_half_domain_table_reads_back_equal_from_clf() {
    let mut values = colors(65_536);
    for (code, value) in values.iter_mut().enumerate().filter(|(code, _)| code >> 10 & 31 == 31) {
        // Never used, and read as 0.
        *value = [0.0; 3];
        assert!(code >= 0x7c00);
    }
    let lut = Lut::from([Op::Lut1d(Lut1d::half_domain(values).unwrap())]);
    assert_eq!(clf::read(clf::write(&lut).unwrap().as_bytes()).unwrap().ops, lut.ops);
}

#[test]
fn a_domain_becomes_a_matrix_before_the_table_in_clf() {
    for op in [shaper(wide()), cube3(wide())] {
        let lut = Lut::from([op]);
        let back = clf::read(clf::write(&lut).unwrap().as_bytes()).unwrap();
        assert_eq!(back.ops.len(), 2);
        let mut random = Random(3);
        for _ in 0..200 {
            let point = [0; 3].map(|_| random.unit() * 3.0 - 1.0);
            let (found, expected) = (back.apply(point), lut.apply(point));
            // The values go up to 1e5.
            assert!((0..3).all(|c| (found[c] - expected[c]).abs() < 1.0e-6), "{found:?} {expected:?}");
        }
    }
}

#[test]
fn an_empty_look_has_no_clf() {
    assert!(matches!(clf::write(&Lut::default()), Err(WriteError::Ops { found: 0, .. })));
}

#[test]
fn every_file_means_the_same_after_being_written_as_clf() {
    for (name, bytes) in files() {
        let lut = read(&bytes, Some(&name)).unwrap();
        if lut.ops.iter().any(|op| matches!(op, Op::Lut1d(table) if matches!(table.inputs(), Inputs::Listed(_)))) {
            assert!(name.starts_with("inverse") && clf::write(&lut).is_err(), "{name}");
            continue;
        }
        let back = clf::read(clf::write(&lut).unwrap().as_bytes()).unwrap();
        for level in [-0.2, 0.0, 0.1, 0.4, 0.9, 1.0, 2.0] {
            let point = [level, 0.7 * level, 0.3];
            close(back.apply(point), lut.apply(point), &name);
        }
    }
}
