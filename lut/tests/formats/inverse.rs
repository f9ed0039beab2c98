//! Ops that can be undone give back what went in.

use lut::formats::read;
use lut::ops::range::Range;
use lut::{Cdl, Op};

use crate::support::{close, files};

fn inverse(op: &Op) -> Option<Op> {
    match op {
        Op::Range(op) => op.inverse().map(Op::Range),
        Op::Cdl(op) => op.inverse().map(Op::Cdl),
        Op::Exponent(op) => Some(Op::Exponent(op.inverse())),
        Op::Log(op) => Some(Op::Log(op.inverse())),
        _ => None,
    }
}

#[test]
fn curves_ranges_and_corrections_of_every_file_are_undone() {
    let mut undone = 0;
    for (name, bytes) in files() {
        for op in &read(&bytes, Some(&name)).unwrap().ops {
            let Some(inverse) = inverse(op) else { continue };
            undone += 1;
            // Within what no clamp touches.
            for point in [[0.2, 0.3, 0.4], [0.5, 0.45, 0.6], [0.7, 0.68, 0.7]] {
                close(inverse.apply(op.apply(point)), point, &name);
            }
        }
    }
    assert!(undone > 25, "{undone}");
}

#[test]
fn what_loses_colours_has_no_inverse() {
    for cdl in [
        Cdl { slope: [1.0, 0.0, 1.0], ..Cdl::default() },
        Cdl { saturation: 0.0, ..Cdl::default() },
        Cdl { power: [0.0; 3], ..Cdl::default() },
    ] {
        assert_eq!(cdl.inverse(), None);
    }
    assert_eq!(Range::new(Some((0.0, 0.5)), Some((1.0, 0.5))).unwrap().inverse(), None);
}

#[test]
fn a_range_needs_a_bound_and_an_order() {
    assert_eq!(Range::new(None, None), None);
    assert_eq!(Range::new(Some((0.5, 0.0)), Some((0.5, 1.0))), None);
    assert_eq!(Range::new(Some((0.0, 1.0)), Some((1.0, 0.0))), None);
    assert_eq!(Range::new(Some((0.0, 0.1)), None), None);
    assert_eq!(Range::new(Some((f64::NAN, 0.0)), Some((1.0, 1.0))), None);
}
