//! The mean of all eight corners of the cell, weighted axis by axis: one implementation, four components at a time.

use super::data::Table;
use super::scalar::locate;
use crate::ops::Rows;
use crate::simd::per_level;

per_level! {
    /// Applies `table` in place.
    pub(super) fn apply(table: &Table, rows: Rows<'_>) = cells;
}

#[inline(always)]
fn cells(table: &Table, rows: Rows<'_>) {
    let [r, g, b] = rows;
    for ((r, g), b) in r.iter_mut().zip(g.iter_mut()).zip(b.iter_mut()) {
        [*r, *g, *b] = lookup(table, [*r, *g, *b]);
    }
}

#[inline(always)]
fn lookup(table: &Table, rgb: [f32; 3]) -> [f32; 3] {
    let (base, [(x, across), (y, up), (z, back)]) = locate(table, rgb);
    let along_r = |at: usize| mix(table.vertices[at].0, table.vertices[at + across].0, x);
    let along_g = |at: usize| mix(along_r(at), along_r(at + up), y);
    let [r, g, b, _] = mix(along_g(base), along_g(base + back), z);
    [r, g, b]
}

#[inline(always)]
fn mix(a: [f32; 4], b: [f32; 4], fraction: f32) -> [f32; 4] {
    std::array::from_fn(|c| a[c] + (b[c] - a[c]) * fraction)
}
