//! The reference, and the source of every level: plain loops over squares of samples, which each level compiles for
//! itself. Only the turning of a square on its diagonal is written by hand for each.
//!
//! A group of new rows is made at a time. Strips of old rows become `f32`, are weighted down the columns, and are
//! turned, so that a vector holds one column; weighting along the rows is then the same operation on whole vectors,
//! whatever the ratio and however many channels share a row. Nothing is rounded before the end. Every sample is a sum
//! in the order of its taps, so the size of a square changes no bit.

use super::data::{Grid, Taps};
use crate::pixel::{BitDepth, ImageMut, code, from_bytes, from_words};

/// Samples of a row that are made `f32` at once: one or two cache lines.
const STRIP: usize = 64;

/// How a level turns a square of `N` x `N` samples, `N` being the length of its vectors.
pub(super) trait Turn<const N: usize>: Copy {
    /// Swaps rows and columns.
    fn turn(self, square: &mut [[f32; N]; N]);
}

/// The reference's.
#[derive(Clone, Copy)]
pub(super) struct Plain;

impl Turn<8> for Plain {
    #[inline(always)]
    fn turn(self, square: &mut [[f32; 8]; 8]) {
        *square = std::array::from_fn(|i| square.map(|row| row[i]));
    }
}

/// A plane to read and which rows of the new one to make of it.
pub(super) struct Plane<'a> {
    /// Which plane of the new picture.
    pub index: usize,
    /// The old plane.
    pub bytes: &'a [u8],
    /// Bytes from one of its rows to the next.
    pub stride: usize,
    /// Samples that share a place in a row: 1, 2 or 4.
    pub channels: usize,
    pub depth: BitDepth,
    /// Unused low bits of a sample.
    pub shift: u32,
    pub grid: &'a Grid,
    /// Samples in an old row, of all channels.
    pub width: usize,
    /// Which row of the new plane is row 0 of the band.
    pub first: usize,
    /// Rows of the band.
    pub rows: usize,
}

/// Memory of one thread, kept for the next picture.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    strips: Vec<f32>,
    turned: Vec<f32>,
    rows: Vec<f32>,
}

/// Makes the rows of a band; the same bits on every level.
pub(super) fn resize(plane: &Plane<'_>, dst: &mut ImageMut<'_>, scratch: &mut Scratch) {
    resize_squares(Plain, plane, dst, scratch);
}

/// The body of every level.
#[inline(always)]
pub(super) fn resize_squares<const N: usize, T: Turn<N>>(
    turn: T,
    plane: &Plane<'_>,
    dst: &mut ImageMut<'_>,
    scratch: &mut Scratch,
) {
    let Grid { horizontal, vertical } = plane.grid;
    let strips = aligned(&mut scratch.strips, vertical.widest_span(N) * STRIP).as_chunks_mut().0;
    let turned = aligned(&mut scratch.turned, plane.width.next_multiple_of(STRIP) * N).as_chunks_mut().0;
    // A vector between the rows keeps them from falling on the same lines of the cache.
    let row_stride = (horizontal.len() * plane.channels).next_multiple_of(N) + N;
    let rows = aligned(&mut scratch.rows, row_stride * N);
    for top in (0..plane.rows).step_by(N) {
        let count = N.min(plane.rows - top);
        down_columns(turn, plane, (plane.first + top, count), strips, turned);
        match plane.channels {
            1 => along_rows::<N, 1, T>(turn, horizontal, turned, rows, row_stride),
            2 => along_rows::<N, 2, T>(turn, horizontal, turned, rows, row_stride),
            _ => along_rows::<N, 4, T>(turn, horizontal, turned, rows, row_stride),
        }
        for (y, row) in rows.chunks_exact(row_stride).enumerate().take(count) {
            store(plane, row, dst.row_mut(plane.index, top + y));
        }
    }
}

/// `length` floats on a boundary of 64 bytes; they hold what was there.
#[inline(always)]
fn aligned(memory: &mut Vec<f32>, length: usize) -> &mut [f32] {
    const SLACK: usize = 64 / size_of::<f32>();
    if memory.len() < length + SLACK {
        memory.resize(length + SLACK, 0.0);
    }
    let skipped = memory.as_ptr().align_offset(64).min(SLACK);
    &mut memory[skipped..][..length]
}

/// New rows `first..first + count` at the old width, turned: `turned[x][row]`. Rows from `count` on hold what was there.
#[inline(always)]
fn down_columns<const N: usize, T: Turn<N>>(
    turn: T,
    plane: &Plane<'_>,
    (first, count): (usize, usize),
    strips: &mut [[f32; STRIP]],
    turned: &mut [[f32; N]],
) {
    let taps = &plane.grid.vertical;
    let (start, span) = taps.span(first, count);
    for (strip, out) in turned.chunks_exact_mut(STRIP).enumerate() {
        for (y, row) in strips.iter_mut().enumerate().take(span) {
            load(plane, start + y, strip * STRIP, row);
        }
        for (at, square) in out.as_chunks_mut::<N>().0.iter_mut().enumerate() {
            for (y, row) in square.iter_mut().enumerate().take(count) {
                let (near, weights) = taps.of(first + y);
                let near = &strips[near - start..][..weights.len()];
                *row = weighted(near.iter().map(|strip| &strip.as_chunks().0[at]), weights);
            }
            turn.turn(square);
        }
    }
}

/// New rows at the new width, turned back: `rows[row * stride + x]`.
#[inline(always)]
fn along_rows<const N: usize, const CHANNELS: usize, T: Turn<N>>(
    turn: T,
    taps: &Taps,
    turned: &[[f32; N]],
    rows: &mut [f32],
    row_stride: usize,
) {
    let places = turned.as_chunks::<CHANNELS>().0;
    let width = taps.len() * CHANNELS;
    for left in (0..width).step_by(N) {
        let mut square = [[0.0; N]; N];
        for (x, column) in (left..width).zip(&mut square) {
            let (near, weights) = taps.of(x / CHANNELS);
            *column = weighted(places[near..][..weights.len()].iter().map(|place| &place[x % CHANNELS]), weights);
        }
        turn.turn(&mut square);
        for (row, new) in rows.chunks_exact_mut(row_stride).zip(&square) {
            row[left..left + N].copy_from_slice(new);
        }
    }
}

/// The weighted sum of vectors.
#[inline(always)]
fn weighted<'a, const N: usize>(vectors: impl Iterator<Item = &'a [f32; N]>, weights: &[f32]) -> [f32; N] {
    let mut sum = [0.0; N];
    for (vector, weight) in vectors.zip(weights) {
        for (sum, value) in sum.iter_mut().zip(vector) {
            *sum += value * weight;
        }
    }
    sum
}

/// Codes of old row `y` from sample `left`, as many as there are.
#[inline(always)]
fn load(plane: &Plane<'_>, y: usize, left: usize, row: &mut [f32; STRIP]) {
    let bytes = plane.depth.bytes();
    let samples = STRIP.min(plane.width - left);
    let stored = &plane.bytes[y * plane.stride + left * bytes..][..samples * bytes];
    match plane.depth {
        BitDepth::Eight => from_bytes(stored, row),
        _ => from_words(stored, plane.shift, row),
    }
}

/// Rounds to the nearest code (halves to even) that the depth can hold.
#[inline(always)]
fn store(plane: &Plane<'_>, row: &[f32], bytes: &mut [u8]) {
    let max = plane.depth.max_code() as f32;
    match plane.depth {
        BitDepth::Eight => {
            for (byte, value) in bytes.iter_mut().zip(row) {
                *byte = code(*value, 0.0, max) as u8;
            }
        }
        _ => {
            for (word, value) in bytes.as_chunks_mut::<2>().0.iter_mut().zip(row) {
                *word = code(*value, 0.0, max).wrapping_shl(plane.shift).to_le_bytes();
            }
        }
    }
}
