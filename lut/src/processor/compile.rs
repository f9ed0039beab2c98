//! Which kernels run a list of ops.

use crate::color::Vec3;
use crate::ops::transfer::{Curve, LARGEST_INPUT};
use crate::ops::{Kernel, Op, OpError, optimized};

/// Largest error a tabulated curve may add, relative to the larger of its value and 1, unless another is asked for:
/// half of a 16-bit code.
pub const CURVE_ERROR: f64 = 0.5 / 65535.0;

/// # Errors
/// The first op with a parameter that is NaN or infinite: its index and which parameter.
pub(super) fn check(ops: &[Op]) -> Result<(), (usize, OpError)> {
    ops.iter().enumerate().try_for_each(|(index, op)| op.check().map_err(|error| (index, error)))
}

/// Kernels that do what `ops` do, curves within `curve_error` (see [`CURVE_ERROR`]).
pub(super) fn compile(ops: &[Op], curve_error: f64) -> Vec<Kernel> {
    let ops = optimized(ops);
    let together = |a: &Op, b: &Op| a.is_per_channel() && b.is_per_channel();
    let mut steps = MOST_STEPS;
    ops.chunk_by(together).flat_map(|run| compile_run(run, curve_error, &mut steps)).collect()
}

/// Ops that are applied to a colour, all told, to join curves: a list that takes more has some that are not joined. About
/// a fifth of a second; one table over all numbers takes a fifth of it for each op.
const MOST_STEPS: usize = 3 << 19;

/// Kernels for neighbours that all work per channel, or for one op.
fn compile_run(run: &[Op], curve_error: f64, steps: &mut usize) -> Vec<Kernel> {
    let each: Vec<Kernel> = run.iter().map(Kernel::new).collect();
    let alone = each.iter().map(cost).sum::<usize>() <= CURVE_COST;
    if alone || !run.iter().all(Op::is_per_channel) {
        return each;
    }
    joint_curve(run, curve_error, steps).map_or(each, |curve| vec![Kernel::Curve(curve)])
}

/// Cost of one curve, in arithmetic passes over the rows.
const CURVE_COST: usize = 3;

/// Rough cost of a kernel, in the same unit.
fn cost(kernel: &Kernel) -> usize {
    match kernel {
        Kernel::Matrix(_) | Kernel::Clip(_) => 1,
        Kernel::Curve(_) | Kernel::Lut1d(_) => CURVE_COST,
        Kernel::Lut3d(_) => 10,
        Kernel::Reference(_) => 100,
    }
}

/// One curve for all of `run`, if a table can hold it and the `steps` left suffice to find it.
fn joint_curve(run: &[Op], curve_error: f64, steps: &mut usize) -> Option<Curve> {
    let f = |x: f64| run.iter().fold([x; 3], |rgb, op| op.apply(rgb));
    let (low, high) = (lively_end(&f, -LARGEST_INPUT), lively_end(&f, LARGEST_INPUT));
    let domain = (std::array::from_fn(|c| low[c].min(high[c])), high);
    let finite = [low, high].into_iter().flatten().all(|x| f(x).iter().all(|y| y.is_finite()));
    if !finite {
        return None;
    }
    let mut calls = *steps / run.len();
    let curve = Curve::within(&f, domain, curve_error, &mut calls);
    *steps = calls * run.len();
    curve
}

/// Where `f` stops to change on the way from 0 to `end`, channel by channel; `end` when it does not. A clip makes a
/// corner there that no table could follow, but that the end of its domain is. (If `f` stops more than once this may
/// be anywhere: then the table is found not to be within its error.)
fn lively_end(f: &impl Fn(f64) -> Vec3, end: f64) -> Vec3 {
    let still = f(end);
    std::array::from_fn(|c| {
        // What lies beyond `moving` on the way to `end` has one value; the other end may be the one that stops.
        let (mut moving, mut stopped) = (-end, end);
        if f(moving)[c] == still[c] {
            return 0.0;
        }
        for _ in 0..80 {
            let middle = (moving + stopped) / 2.0;
            if f(middle)[c] == still[c] {
                stopped = middle;
            } else {
                moving = middle;
            }
        }
        stopped
    })
}
