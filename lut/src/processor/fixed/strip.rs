//! Rows on their way in and out of the kernel. Planar words of 10 bits and more are read and written where they are;
//! only the end of a row, and what is stored in another way, goes through [`Strip`].

use std::ops::Range;

use super::lanes::Word;
use crate::ops::matrix::Affine32;
use crate::pixel::{BitDepth, ChromaSampling, Component, Dither, ImageMut, ImageRef, PixelFormat};
use crate::simd::{Simd, per_level};

/// Pixels of the widest vector's even and odd lanes.
const WIDEST: usize = 32;

/// The samples of each component of a row, and what comes after the split.
type Row<'a> = ([&'a [Word]; 3], &'a [Vec<Word>; 3]);

/// One or two rows to read.
pub(super) struct Source<'a> {
    pub width: usize,
    pub rows: &'a [Row<'a>],
    splits: [usize; 3],
    /// Bytes from a row of each component to that of the next strip.
    next: [usize; 3],
}

/// As many rows to write; chroma of two rows is the first one's.
pub(super) struct Target<'a> {
    direct: [[&'a mut [Word]; 3]; 2],
    tail: &'a mut [[Vec<Word>; 3]; 2],
    splits: [usize; 3],
    next: [usize; 3],
}

/// The rows of a [`Source`] from some place on.
pub(super) struct Part<'a> {
    samples: [[&'a [Word]; 3]; 2],
    below: [[*const Word; 3]; 2],
}

/// The rows of a [`Target`] from some place on.
pub(super) struct PartMut<'a> {
    samples: [[&'a mut [Word]; 3]; 2],
    below: [[*const Word; 3]; 2],
}

impl Source<'_> {
    /// Pixels of which each component is read and written in place, or not.
    pub(super) fn parts(&self) -> [Range<usize>; 3] {
        let [inner, whole] = ends(self.width);
        [0..inner, inner..whole, whole..self.width]
    }

    /// From pixel `x` on, where a part begins.
    #[inline(always)]
    pub(super) fn part(&self, x: usize, half: bool) -> Part<'_> {
        let mut part = Part { samples: [[&[]; 3]; 2], below: [[std::ptr::null(); 3]; 2] };
        for (row, (direct, tail)) in self.rows.iter().enumerate() {
            for c in 0..3 {
                let (x, split) = (if half && c > 0 { x / 2 } else { x }, self.splits[c]);
                part.samples[row][c] = if x < split { &direct[c][x..] } else { &tail[c][x - split..] };
                part.below[row][c] = direct[c].as_ptr().wrapping_add(x).wrapping_byte_add(self.next[c]);
            }
        }
        part
    }
}

impl Target<'_> {
    /// As [`Source::part`].
    #[inline(always)]
    pub(super) fn part(&mut self, x: usize, half: bool) -> PartMut<'_> {
        let mut part = PartMut { samples: Default::default(), below: [[std::ptr::null(); 3]; 2] };
        for (row, (direct, tail)) in self.direct.iter_mut().zip(self.tail.iter_mut()).enumerate() {
            for (c, (direct, tail)) in direct.iter_mut().zip(tail).enumerate() {
                let (x, split) = (if half && c > 0 { x / 2 } else { x }, self.splits[c]);
                part.below[row][c] = direct.as_ptr().wrapping_add(x).wrapping_byte_add(self.next[c]);
                let samples = if x < split { direct.get_mut(x..) } else { tail.get_mut(x - split..) };
                // There is no second row of chroma.
                part.samples[row][c] = samples.unwrap_or_default();
            }
        }
        part
    }
}

impl Part<'_> {
    /// The samples of a component from `x`, a whole number of vectors, on.
    #[inline(always)]
    pub(super) fn at(&self, row: usize, component: usize, x: usize) -> &[Word] {
        &self.samples[row][component][x..]
    }

    /// Where the sample lies that the next strip has there; perhaps outside the picture.
    #[inline(always)]
    pub(super) fn below(&self, row: usize, component: usize, x: usize) -> *const Word {
        self.below[row][component].wrapping_add(x)
    }
}

impl PartMut<'_> {
    /// As [`Part::at`].
    #[inline(always)]
    pub(super) fn at(&mut self, row: usize, component: usize, x: usize) -> &mut [Word] {
        &mut self.samples[row][component][x..]
    }

    /// As [`Part::below`].
    #[inline(always)]
    pub(super) fn below(&self, row: usize, component: usize, x: usize) -> *const Word {
        self.below[row][component].wrapping_add(x)
    }
}

/// The parts of up to two rows that are not read or written in place.
pub(super) struct Strip {
    width: usize,
    input: [[Vec<Word>; 3]; 2],
    output: [[Vec<Word>; 3]; 2],
    far: Vec<Word>,
    /// Samples of each component before these are read, or written, in place: whole vectors.
    in_place: [usize; 3],
    out_place: [usize; 3],
}

impl Strip {
    pub(super) fn new(width: usize, input: PixelFormat, output: PixelFormat) -> Self {
        let row = || vec![[0; 2]; width.next_multiple_of(WIDEST) + WIDEST];
        let rows = || [[row(), row(), row()], [row(), row(), row()]];
        let (in_place, out_place) = (splits(width, input, true), splits(width, output, false));
        Self { width, input: rows(), output: rows(), far: row(), in_place, out_place }
    }

    /// Reads the tail of row `y` of `src` as row `index`. Chroma of 4:2:0 comes times four.
    pub(super) fn load(&mut self, simd: Simd, src: &ImageRef<'_>, y: usize, index: usize) {
        let format = src.format();
        let (half_width, half_height) = format.chroma().plane_size(src.width(), src.height());
        for (c, (component, row)) in format.components().into_iter().zip(&mut self.input[index]).enumerate() {
            let from = self.in_place[c];
            if from == self.width {
                continue;
            }
            if component.chroma && format.chroma() == ChromaSampling::Cs420 {
                let beside = if y.is_multiple_of(2) { (y / 2).saturating_sub(1) } else { y / 2 + 1 };
                read(simd, src, component, y / 2, (from, half_width), row);
                read(simd, src, component, beside.min(half_height - 1), (from, half_width), &mut self.far);
                blend(simd, row, &self.far);
            } else {
                read(simd, src, component, y, (from, if component.chroma { half_width } else { self.width }), row);
            }
        }
    }

    /// Gives rows `y` of `src`, whose tails are loaded, and `y - top` of `dst` to `work`; `rows` of them, one or two.
    pub(super) fn with_rows(
        &mut self,
        src: &ImageRef<'_>,
        dst: &mut ImageMut<'_>,
        (y, top, rows): (usize, usize, usize),
        work: impl FnOnce(&Source<'_>, &mut Target<'_>),
    ) {
        let planes = src.format().components();
        let direct = |y: usize| planes.map(|component| src.row(component.plane, y).as_chunks::<2>().0);
        let row = |i: usize| (direct(y + i), &self.input[i]);
        let both = [row(0), row(rows - 1)];
        let next = planes.map(|component| rows * src.plane(component.plane).1);
        let source = Source { width: self.width, rows: &both[..rows], splits: self.in_place, next };
        let order = dst.format().components();
        let strides: Vec<usize> = dst.planes_mut().map(|(_, stride)| stride).collect();
        let next = order.map(|component| strides[component.plane] * if component.chroma { 1 } else { rows });
        let mut direct: [[&mut [Word]; 3]; 2] = Default::default();
        if self.out_place[0] > 0 {
            direct = rows_of(dst, y - top);
        }
        work(&source, &mut Target { direct, tail: &mut self.output, splits: self.out_place, next });
    }

    /// Writes the tail of component `index` of row `row` to row `y` of its plane.
    pub(super) fn store(&self, simd: Simd, dst: &mut ImageMut<'_>, row: usize, index: usize, y: usize) {
        let format = dst.format();
        let Component { plane, step, first, shift, chroma } = format.components()[index];
        let samples = if chroma { format.chroma().plane_size(self.width, 1).0 } else { self.width };
        let from = self.out_place[index];
        if from == samples {
            return;
        }
        let codes = &self.output[row][index][..samples - from];
        let bytes = dst.row_mut(plane, y);
        match (format.depth(), step) {
            (BitDepth::Eight, 1) => narrow(simd, codes, bytes),
            (BitDepth::Eight, _) => {
                let samples = bytes.iter_mut().skip(first).step_by(step);
                samples.zip(codes).for_each(|(byte, code)| *byte = code[0]);
            }
            (_, 1) => shift_up(simd, codes, shift, &mut bytes[2 * from..]),
            _ => {
                let samples = bytes.as_chunks_mut::<2>().0.iter_mut().skip(first).step_by(step);
                samples.zip(codes).for_each(|(word, code)| *word = (u16::from_le_bytes(*code) << shift).to_le_bytes());
            }
        }
    }
}

/// How many samples of each component the kernel can take from, or put to, a row of `format`.
fn splits(width: usize, format: PixelFormat, reading: bool) -> [usize; 3] {
    let [luma, ..] = format.components();
    if format.depth() == BitDepth::Eight || !matches!(format, PixelFormat::Planar(..) | PixelFormat::Gbr(_)) {
        return [0; 3];
    }
    debug_assert!(luma.step == 1 && luma.shift == 0);
    let [inner, whole] = ends(width);
    let chroma = match format.chroma() {
        ChromaSampling::Cs444 => whole,
        // Two rows of it are blended.
        ChromaSampling::Cs420 if reading => 0,
        _ if reading => inner / 2,
        _ => whole / 2,
    };
    [whole, chroma, chroma]
}

/// The pixels in whole vectors, without and with a last one that ends where the row does: chroma of half size is read
/// one sample further.
fn ends(width: usize) -> [usize; 2] {
    [width - width.min(2), width].map(|pixels| pixels / WIDEST * WIDEST)
}

/// Rows `y` and `y + 1` of three planes, the second of chroma left out; empty where there is none.
fn rows_of<'a>(dst: &'a mut ImageMut<'_>, y: usize) -> [[&'a mut [Word]; 3]; 2] {
    let format = dst.format();
    let mut rows: [[&mut [Word]; 3]; 2] = Default::default();
    let tall = if format.chroma() == ChromaSampling::Cs420 { 2 } else { 1 };
    let order = format.components();
    for (plane, (data, stride)) in dst.planes_mut().enumerate() {
        let Some(c) = order.iter().position(|component| component.plane == plane) else { continue };
        let first = if order[c].chroma { y / tall } else { y };
        let data = data.get_mut(first * stride..).unwrap_or_default();
        let (upper, lower) = data.split_at_mut(stride.min(data.len()));
        rows[0][c] = upper.as_chunks_mut::<2>().0;
        rows[1][c] = lower.as_chunks_mut::<2>().0;
    }
    rows
}

/// Codes `from.. samples` of one row of a plane, then the last of them.
fn read(
    simd: Simd,
    src: &ImageRef<'_>,
    component: Component,
    y: usize,
    (from, samples): (usize, usize),
    row: &mut [Word],
) {
    let Component { plane, step, first, shift, .. } = component;
    let bytes = src.row(plane, y);
    let (codes, padding) = row[..(samples - from).next_multiple_of(WIDEST) + WIDEST].split_at_mut(samples - from);
    match (src.format().depth(), step) {
        (BitDepth::Eight, 1) => widen(simd, bytes, codes),
        (BitDepth::Eight, _) => {
            let samples = bytes.iter().skip(first).step_by(step);
            codes.iter_mut().zip(samples).for_each(|(code, byte)| *code = [*byte, 0]);
        }
        (_, 1) => shift_down(simd, &bytes[2 * from..], shift, codes),
        _ => {
            let samples = bytes.as_chunks::<2>().0.iter().skip(first).step_by(step);
            codes.iter_mut().zip(samples).for_each(|(code, word)| *code = shifted_down(*word, shift));
        }
    }
    if let Some(last) = codes.last() {
        padding.fill(*last);
    }
}

per_level! { fn widen(bytes: &[u8], codes: &mut [Word]) = widen_bytes; }
per_level! { fn shift_down(bytes: &[u8], by: u32, codes: &mut [Word]) = shift_words_down; }
per_level! { fn blend(near: &mut [Word], far: &[Word]) = three_to_one; }
per_level! { fn narrow(codes: &[Word], bytes: &mut [u8]) = narrow_words; }
per_level! { fn shift_up(codes: &[Word], by: u32, bytes: &mut [u8]) = shift_words_up; }

#[inline(always)]
fn widen_bytes(bytes: &[u8], codes: &mut [Word]) {
    for (code, byte) in codes.iter_mut().zip(bytes) {
        *code = u16::from(*byte).to_le_bytes();
    }
}

#[inline(always)]
fn shift_words_down(bytes: &[u8], by: u32, codes: &mut [Word]) {
    for (code, word) in codes.iter_mut().zip(bytes.as_chunks::<2>().0) {
        *code = shifted_down(*word, by);
    }
}

#[inline(always)]
fn shifted_down(word: Word, by: u32) -> Word {
    u16::from_le_bytes(word).wrapping_shr(by).to_le_bytes()
}

/// Three times the near row and once the far one.
#[inline(always)]
fn three_to_one(near: &mut [Word], far: &[Word]) {
    for (a, b) in near.iter_mut().zip(far) {
        *a = u16::from_le_bytes(*a).wrapping_mul(3).wrapping_add(u16::from_le_bytes(*b)).to_le_bytes();
    }
}

#[inline(always)]
fn narrow_words(codes: &[Word], bytes: &mut [u8]) {
    for (byte, code) in bytes.iter_mut().zip(codes) {
        *byte = code[0];
    }
}

#[inline(always)]
fn shift_words_up(codes: &[Word], by: u32, bytes: &mut [u8]) {
    for (word, code) in bytes.as_chunks_mut::<2>().0.iter_mut().zip(codes) {
        *word = u16::from_le_bytes(*code).wrapping_shl(by).to_le_bytes();
    }
}

/// What is added last to each component of each row of a strip: the offset of its code and the dither.
pub(super) struct Offsets {
    pub rows: [[Tile; 3]; 2],
}

/// The pattern repeated: every place of it can begin a vector of the narrowest kind, and the first one of any kind.
pub(super) struct Tile {
    pub even: [f32; 20],
    pub odd: [f32; 20],
    pub all: [f32; 24],
}

impl Offsets {
    /// For the strips of a picture, each `tall` luma rows and one of chroma; they repeat after these eight.
    pub(super) fn of_strips(dither: Dither, tall: usize, encode: &Affine32) -> [Self; 8] {
        std::array::from_fn(|strip| {
            let tile =
                |component: usize, y: usize| tile(dither.pattern(component, y).map(|v| v + encode[component][3]));
            let row = |y: usize| [tile(0, y), tile(1, strip), tile(2, strip)];
            Self { rows: [row(strip * tall), row(strip * tall + 1)] }
        })
    }
}

fn tile(pattern: [f32; 8]) -> Tile {
    Tile {
        even: std::array::from_fn(|i| pattern[2 * i % 8]),
        odd: std::array::from_fn(|i| pattern[(2 * i + 1) % 8]),
        all: std::array::from_fn(|i| pattern[i % 8]),
    }
}
