//! The same colours from fewer steps.

use super::lut1d::Lut1d;
use super::lut3d::Domain;
use super::{NotInvertible, Op};
use crate::formats::Lut;

impl Lut {
    /// The same look in fewer steps (see [`optimized`]).
    #[must_use]
    pub fn optimized(&self) -> Lut {
        Lut { ops: optimized(&self.ops), ..self.clone() }
    }

    /// The look that undoes this one, as far as nothing was clipped.
    ///
    /// # Errors
    /// The first step, from the end, that has no inverse: its index and why.
    pub fn inverse(&self) -> Result<Lut, (usize, NotInvertible)> {
        let undo = |(index, op): (usize, &Op)| op.inverse().map_err(|error| (index, error));
        let ops = self.ops.iter().enumerate().rev().map(undo).collect::<Result<_, _>>()?;
        Ok(Lut { ops, ..Lut::default() })
    }
}

/// Steps that do the same as `ops`, in order, within [`super::IDENTITY`] for each step that is dropped:
///
/// * neighbouring affine steps are multiplied, in `f64`;
/// * affine steps that change nothing are dropped;
/// * a table that only clips becomes a table of two entries; two such become one; one is dropped where the step
///   before cannot leave its domain or the step after clips at least as much.
///
/// Curves are joined later, when kernels are chosen: there the error of the joint table can be measured.
#[must_use]
pub fn optimized(ops: &[Op]) -> Vec<Op> {
    let mut done: Vec<Op> = Vec::with_capacity(ops.len());
    for op in ops {
        push(&mut done, reduced(op));
    }
    done
}

/// Appends `op` to `done`, which stays as short as it can be.
fn push(done: &mut Vec<Op>, op: Op) {
    if op.is_identity() {
        return;
    }
    let Some(last) = done.last() else {
        done.push(op);
        return;
    };
    if last.reaches().zip(op.as_clip()).is_some_and(|(reached, clip)| reached.within(&clip)) {
        return;
    }
    match joined(last, &op) {
        Some(joined) => {
            done.pop();
            push(done, joined);
        }
        None => done.push(op),
    }
}

/// One step for two, where there is one that is as exact.
fn joined(first: &Op, second: &Op) -> Option<Op> {
    if let (Op::Affine(a), Op::Affine(b)) = (first, second) {
        return Some(Op::Affine(a.then(b)));
    }
    let clip = first.as_clip()?;
    if second.clips_to().is_some_and(|domain| domain.within(&clip)) {
        return Some(second.clone());
    }
    clip_op(clip.intersection(&second.as_clip()?))
}

/// `op` with as few entries as do the same.
fn reduced(op: &Op) -> Op {
    op.as_clip().and_then(clip_op).unwrap_or_else(|| op.clone())
}

/// Clips to `domain` and does nothing else; none when that is empty.
pub(crate) fn clip_op(domain: Domain) -> Option<Op> {
    Lut1d::new(domain, vec![domain.min, domain.max]).ok().map(Op::Lut1d)
}
