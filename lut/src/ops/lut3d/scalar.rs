//! The reference: tetrahedral interpolation (Sakamoto and Itooka, US 4275413, 1981).
//!
//! Within a cell the three fractions are put in descending order f1 >= f2 >= f3. The colour lies in
//! the tetrahedron of the cell's near corner, that corner stepped along the axis of f1, then also
//! of f2, then of all three: weights 1 - f1, f1 - f2, f2 - f3, f3.

use super::data::{Axes, Table};
use crate::ops::{Rows, clamp, clip_f64};

/// Applies `table` in place.
pub(super) fn apply(table: &Table, rows: Rows<'_>) {
    let [r, g, b] = rows;
    for ((r, g), b) in r.iter_mut().zip(g.iter_mut()).zip(b.iter_mut()) {
        [*r, *g, *b] = lookup(table, [*r, *g, *b]);
    }
}

/// The colour of one input.
pub(super) fn lookup(table: &Table, rgb: [f32; 3]) -> [f32; 3] {
    let (base, steps) = locate(table, rgb);
    let [r, g, b] = steps;
    let (high, low) = if r.0 >= g.0 { (r, g) } else { (g, r) };
    let (first, high) = if high.0 >= b.0 { (high, b) } else { (b, high) };
    let (second, third) = if low.0 >= high.0 { (low, high) } else { (high, low) };

    let near = table.vertices[base].0;
    let one = table.vertices[base + first.1].0;
    let two = table.vertices[base + first.1 + second.1].0;
    let far = table.vertices[base + first.1 + second.1 + third.1].0;
    let weights = [1.0 - first.0, first.0 - second.0, second.0 - third.0, third.0];
    std::array::from_fn(|c| (near[c] * weights[0] + one[c] * weights[1]) + (two[c] * weights[2] + far[c] * weights[3]))
}

/// The near corner of the cell a colour lies in; and how far it is along each axis, and that axis' stride.
#[inline(always)]
pub(super) fn locate(table: &Table, rgb: [f32; 3]) -> (usize, [(f32, usize); 3]) {
    let mut base = 0;
    let last = table.last;
    let steps = std::array::from_fn(|c| {
        // The last cell also holds the top face.
        let cell_of = |position: f64| (position as usize).min(last as usize - 1);
        let (cell, fraction) = match &table.axes {
            Axes::Exact(scale) => {
                let position = clamp(rgb[c] * scale[c], 0.0, last);
                let cell = cell_of(f64::from(position));
                (cell, position - cell as f32)
            }
            Axes::Wide { min, scale } => {
                let position = clip_f64((f64::from(rgb[c]) - min[c]) * scale[c], 0.0, f64::from(last));
                let cell = cell_of(position);
                (cell, (position - cell as f64) as f32)
            }
        };
        base += cell * table.strides[c];
        (fraction, table.strides[c])
    });
    (base, steps)
}
