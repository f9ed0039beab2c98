//! The one implementation: the compiler vectorises it for every level.

use super::Affine32;
use crate::ops::Rows;

/// Applies `m` in place.
#[inline(always)]
pub(super) fn apply(m: &Affine32, rows: Rows<'_>) {
    let [a, b, c] = rows;
    let [m0, m1, m2] = *m;
    for ((x, y), z) in a.iter_mut().zip(b.iter_mut()).zip(c.iter_mut()) {
        let v = [*x, *y, *z];
        *x = dot(m0, v);
        *y = dot(m1, v);
        *z = dot(m2, v);
    }
}

#[inline(always)]
fn dot(row: [f32; 4], v: [f32; 3]) -> f32 {
    (row[0] * v[0] + row[1] * v[1]) + (row[2] * v[2] + row[3])
}
