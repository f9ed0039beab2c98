//! The pass over two rows, or one, from codes to codes without leaving the registers. Even and odd pixels are separate
//! vectors, so that chroma of half size and the filters to and from it need no shuffling.

use super::data::{Cube, Curve, Display, Fixed, Shaper};
use super::lanes::{Lanes, Word};
use super::strip::{Offsets, Part, Source, Target, Tile};
use crate::ops::matrix::Affine32;

/// A colour in every lane.
type Color<L> = [<L as Lanes>::F; 3];

/// Where in the cube a colour lies: near vertex, the two on the way to the far one, and their weights.
type Place<L> = ((<L as Lanes>::I, <L as Lanes>::I, <L as Lanes>::I), [<L as Lanes>::I; 2]);

/// Processes the rows of `source`, one or two, into `target`.
#[inline(always)]
pub(super) fn run<L: Lanes>(l: L, fixed: &Fixed, source: &Source<'_>, target: &mut Target<'_>, offsets: &Offsets) {
    // Without branches in it the loop keeps its constants in registers.
    match (fixed.half_output, fixed.only_cube(), source.rows.len()) {
        (true, true, 2) => halved::<L, true, true>(l, fixed, source, target, offsets),
        (true, true, _) => halved::<L, true, false>(l, fixed, source, target, offsets),
        (true, false, 2) => halved::<L, false, true>(l, fixed, source, target, offsets),
        (true, false, _) => halved::<L, false, false>(l, fixed, source, target, offsets),
        (false, true, _) => full::<L, true>(l, fixed, source, target, offsets),
        (false, false, _) => full::<L, false>(l, fixed, source, target, offsets),
    }
}

/// Chroma of every pixel.
#[inline(always)]
fn full<L: Lanes, const ONLY_CUBE: bool>(
    l: L,
    fixed: &Fixed,
    source: &Source<'_>,
    target: &mut Target<'_>,
    offsets: &Offsets,
) {
    for range in source.parts() {
        let from = source.part(range.start, fixed.half_input);
        let mut to = target.part(range.start, false);
        let mut x = 0;
        while x < range.len() {
            let (even, odd) = displayed::<L, ONLY_CUBE>(l, fixed, placed::<L, ONLY_CUBE>(l, fixed, &from, 0, x));
            for c in 0..3 {
                let m = &fixed.encode[c];
                let (pattern, at) = (&offsets.rows[0][c], x / 2 % 4);
                let even = code(l, m, even, &pattern.even[at..], fixed.max);
                let odd = code(l, m, odd, &pattern.odd[at..], fixed.max);
                l.prefetch::<true>(to.below(0, c, x));
                l.store_pairs(even, odd, to.at(0, c, x));
            }
            x += 2 * L::COUNT;
        }
    }
}

/// Chroma of every other pixel, filtered (1, 2, 1) / 4 across and averaged over the rows of the strip, two for a `PAIR`.
#[inline(always)]
fn halved<L: Lanes, const ONLY_CUBE: bool, const PAIR: bool>(
    l: L,
    fixed: &Fixed,
    source: &Source<'_>,
    target: &mut Target<'_>,
    offsets: &Offsets,
) {
    let chroma = if PAIR { &fixed.chroma_of_pair } else { &fixed.chroma_of_row };
    let mut before = None;
    for range in source.parts() {
        let from = source.part(range.start, fixed.half_input);
        let mut to = target.part(range.start, true);
        let mut x = 0;
        while x < range.len() {
            // All places before the first look-up: while one waits for its vertices the others can be computed.
            let upper = placed::<L, ONLY_CUBE>(l, fixed, &from, 0, x);
            let lower = if PAIR { placed::<L, ONLY_CUBE>(l, fixed, &from, 1, x) } else { upper };
            let (mut even, mut odd) = displayed::<L, ONLY_CUBE>(l, fixed, upper);
            l.prefetch::<true>(to.below(0, 0, x));
            luma(l, fixed, (even, odd), &offsets.rows[0][0], x, to.at(0, 0, x));
            if PAIR {
                let (lower_even, lower_odd) = displayed::<L, ONLY_CUBE>(l, fixed, lower);
                l.prefetch::<true>(to.below(1, 0, x));
                luma(l, fixed, (lower_even, lower_odd), &offsets.rows[1][0], x, to.at(1, 0, x));
                (even, odd) = (sum(l, even, lower_even), sum(l, odd, lower_odd));
            }
            // Left of the first pixel is that pixel again.
            let last = match before {
                Some(last) => last,
                None => [l.first(even[0]), l.first(even[1]), l.first(even[2])],
            };
            let left = [l.shift_in(last[0], odd[0]), l.shift_in(last[1], odd[1]), l.shift_in(last[2], odd[2])];
            before = Some(odd);
            let filtered = one_two_one(l, left, even, odd);
            for (c, m) in chroma.iter().enumerate() {
                let at = x / 2;
                let pattern = &offsets.rows[0][c + 1].all[at % 8..];
                l.prefetch::<true>(to.below(0, c + 1, at));
                l.store_words(code(l, m, filtered, pattern, fixed.max), to.at(0, c + 1, at));
            }
            x += 2 * L::COUNT;
        }
    }
}

#[inline(always)]
fn luma<L: Lanes>(l: L, fixed: &Fixed, (even, odd): (Color<L>, Color<L>), pattern: &Tile, x: usize, out: &mut [Word]) {
    let (m, at) = (&fixed.encode[0], x / 2 % 4);
    let even = code(l, m, even, &pattern.even[at..], fixed.max);
    let odd = code(l, m, odd, &pattern.odd[at..], fixed.max);
    l.store_pairs(even, odd, out);
}

/// Where even and odd pixels from `x` on lie in the cube.
#[inline(always)]
fn placed<L: Lanes, const ONLY_CUBE: bool>(
    l: L,
    fixed: &Fixed,
    from: &Part<'_>,
    row: usize,
    x: usize,
) -> (Place<L>, Place<L>) {
    let chroma_x = if fixed.half_input { x / 2 } else { x };
    // Hardware follows a row within a page of memory, and rows are about a page.
    for (c, at) in [(0, x), (1, chroma_x), (2, chroma_x)] {
        l.prefetch::<false>(from.below(row, c, at));
    }
    let (y, y_odd) = l.load_pairs(from.at(row, 0, x));
    let ((b, b_odd), (r, r_odd)) = if fixed.half_input {
        (doubled(l, from.at(row, 1, x / 2)), doubled(l, from.at(row, 2, x / 2)))
    } else {
        (l.load_pairs(from.at(row, 1, x)), l.load_pairs(from.at(row, 2, x)))
    };
    (place::<L, ONLY_CUBE>(l, fixed, [y, b, r]), place::<L, ONLY_CUBE>(l, fixed, [y_odd, b_odd, r_odd]))
}

/// Twice the chroma of even pixels, where the samples are, and of odd ones, halfway to the next.
#[inline(always)]
fn doubled<L: Lanes>(l: L, samples: &[Word]) -> (L::I, L::I) {
    let (here, next) = (l.load_words(samples), l.load_words(&samples[1..]));
    (l.iadd(here, here), l.iadd(here, next))
}

#[inline(always)]
fn place<L: Lanes, const ONLY_CUBE: bool>(l: L, fixed: &Fixed, codes: [L::I; 3]) -> Place<L> {
    let codes = [l.to_float(codes[0]), l.to_float(codes[1]), l.to_float(codes[2])];
    if ONLY_CUBE {
        return tetrahedron(l, &fixed.cube, decode(l, &fixed.decode, codes));
    }
    let v = affine(l, &fixed.decode, codes);
    tetrahedron(l, &fixed.cube, if let Some(shaper) = &fixed.shaper { shape(l, shaper, v) } else { v })
}

/// The colours at two places as [`Fixed::encode`] takes them.
#[inline(always)]
fn displayed<L: Lanes, const ONLY_CUBE: bool>(
    l: L,
    fixed: &Fixed,
    (even, odd): (Place<L>, Place<L>),
) -> (Color<L>, Color<L>) {
    (display::<L, ONLY_CUBE>(l, fixed, even), display::<L, ONLY_CUBE>(l, fixed, odd))
}

#[inline(always)]
fn display<L: Lanes, const ONLY_CUBE: bool>(l: L, fixed: &Fixed, place: Place<L>) -> Color<L> {
    let mut v = within(l, &fixed.cube, place);
    if ONLY_CUBE {
        return v;
    }
    for step in &fixed.display {
        v = match step {
            Display::Matrix(m) => affine(l, m, v),
            Display::Clip => {
                let (zero, one) = (l.splat(0.0), l.splat(1.0));
                [l.clamp(v[0], zero, one), l.clamp(v[1], zero, one), l.clamp(v[2], zero, one)]
            }
            Display::Curve(c) => [curve(l, c, v[0]), curve(l, c, v[1]), curve(l, c, v[2])],
        };
    }
    v
}

/// Y'CbCr to R'G'B': red has no part of Cb and blue none of Cr, and Y' has the same part in each but for its scale.
#[inline(always)]
fn decode<L: Lanes>(l: L, m: &Affine32, [y, b, r]: Color<L>) -> Color<L> {
    let red = l.mul_add(l.splat(m[0][2]), r, l.splat(m[0][3]));
    let green = l.mul_add(l.splat(m[1][1]), b, l.mul_add(l.splat(m[1][2]), r, l.splat(m[1][3])));
    let blue = l.mul_add(l.splat(m[2][1]), b, l.splat(m[2][3]));
    [l.mul_add(l.splat(m[0][0]), y, red), l.mul_add(l.splat(m[1][0]), y, green), l.mul_add(l.splat(m[2][0]), y, blue)]
}

#[inline(always)]
fn sum<L: Lanes>(l: L, a: Color<L>, b: Color<L>) -> Color<L> {
    [l.add(a[0], b[0]), l.add(a[1], b[1]), l.add(a[2], b[2])]
}

#[inline(always)]
fn one_two_one<L: Lanes>(l: L, left: Color<L>, middle: Color<L>, right: Color<L>) -> Color<L> {
    let (beside, two) = (sum(l, left, right), l.splat(2.0));
    [l.mul_add(two, middle[0], beside[0]), l.mul_add(two, middle[1], beside[1]), l.mul_add(two, middle[2], beside[2])]
}

#[inline(always)]
fn affine<L: Lanes>(l: L, m: &Affine32, v: Color<L>) -> Color<L> {
    [dot(l, &m[0], v), dot(l, &m[1], v), dot(l, &m[2], v)]
}

#[inline(always)]
fn dot<L: Lanes>(l: L, m: &[f32; 4], v: Color<L>) -> L::F {
    let c = l.mul_add(l.splat(m[2]), v[2], l.splat(m[3]));
    l.mul_add(l.splat(m[0]), v[0], l.mul_add(l.splat(m[1]), v[1], c))
}

/// The whole code of a colour; `offsets` have the dither's part in them.
#[inline(always)]
fn code<L: Lanes>(l: L, m: &[f32; 4], v: Color<L>, offsets: &[f32], max: f32) -> L::I {
    let v =
        l.mul_add(l.splat(m[0]), v[0], l.mul_add(l.splat(m[1]), v[1], l.mul_add(l.splat(m[2]), v[2], l.load(offsets))));
    l.round(l.clamp(v, l.splat(0.0), l.splat(max)))
}

/// Positions among the shaper's entries to positions in the cube.
#[inline(always)]
fn shape<L: Lanes>(l: L, shaper: &Shaper, v: Color<L>) -> Color<L> {
    [shape_channel(l, shaper, 0, v[0]), shape_channel(l, shaper, 1, v[1]), shape_channel(l, shaper, 2, v[2])]
}

#[inline(always)]
fn shape_channel<L: Lanes>(l: L, shaper: &Shaper, c: usize, v: L::F) -> L::F {
    let v = l.clamp(v, l.splat(shaper.low[c]), l.splat(shaper.high[c]));
    let cell = l.truncate(v);
    // SAFETY: 0 <= low <= v <= high <= the last of this channel's entries.
    let (a, b) = unsafe { l.gather(shaper.entries(), l.iadd(cell, l.int(shaper.first[c]))) };
    mix(l, (a, b), l.sub(v, l.to_float(cell)))
}

/// A curve over 0..1 (see [`Curve`]).
#[inline(always)]
fn curve<L: Lanes>(l: L, curve: &Curve, v: L::F) -> L::F {
    let v = l.add(l.clamp(v, l.splat(0.0), l.splat(1.0)), l.splat(Curve::BIAS));
    let bits = l.bits(v);
    let at = l.shr::<{ Curve::FRACTION_BITS }>(l.isub(bits, l.int(Curve::FIRST as i32)));
    let fraction = l.to_float(l.and(bits, l.int(Curve::FRACTION_MASK as i32)));
    // SAFETY: BIAS <= v <= 1 + BIAS, and the table has an entry for every step of that.
    let (a, b) = unsafe { l.gather(curve.entries(), at) };
    mix(l, (a, b), l.mul(fraction, l.splat(Curve::FRACTION_SCALE)))
}

#[inline(always)]
fn mix<L: Lanes>(l: L, (a, b): (L::I, L::I), fraction: L::F) -> L::F {
    let (a, b) = (l.floats(a), l.floats(b));
    l.mul_add(l.sub(b, a), fraction, a)
}

/// The tetrahedron a position lies in: its vertices but the far one, and the weights of near and first, of far and second.
///
/// A key is a fraction in 15 bits, below a one, above the step along its axis in 16: sorted by three minima and maxima
/// they bring their steps along. That one makes the upper half of the greatest f1 - 1 as a signed number, which is the
/// near vertex' weight with the sign turned; the others are f2 - f1, f3 - f2 and -f3.
#[inline(always)]
fn tetrahedron<L: Lanes>(l: L, cube: &Cube, v: Color<L>) -> Place<L> {
    let (r, g, b) = (position(l, cube, 0, v[0]), position(l, cube, 1, v[1]), position(l, cube, 2, v[2]));
    let cells = l.halves(l.shr::<15>(g), l.shl::<1>(b));
    let near = l.iadd(l.shr::<15>(r), l.dot_halves(cells, l.int(cube.strides[1] | cube.strides[2] << 16)));
    let near = l.iadd(near, l.shl::<1>(near));
    let (r, g, b) = (key(l, cube, 0, r), key(l, cube, 1, g), key(l, cube, 2, b));
    let first = l.max(l.max(r, g), b);
    let third = l.min(l.min(r, g), b);
    let second = l.xor3(l.xor3(r, g, b), first, third);
    let weights = [
        l.high_halves(first, l.sub_halves(second, first)),
        l.high_halves(l.sub_halves(l.int(i32::MIN), third), l.sub_halves(third, second)),
    ];
    let step = l.int(0xffff);
    let one = l.iadd(near, l.and(first, step));
    let two = l.isub(l.iadd(near, l.int(cube.diagonal)), l.and(third, step));
    ((near, one, two), weights)
}

/// Minus 2^15 times the vertices' numbers, interpolated.
///
/// Vertices on the way are read from one word before them, so that their halves lie beside those they are mixed with: R
/// G, B and - of an end, - R, G B of one on the way.
#[inline(always)]
fn within<L: Lanes>(l: L, cube: &Cube, ((near, one, two), weights): Place<L>) -> Color<L> {
    // SAFETY: every cell is at most the last but one along its axis, so all its corners are vertices, and there is a word
    // before the first and after the last.
    let (near, one, two, far) = unsafe {
        let (words, ends) = (cube.words(), &cube.words()[1..]);
        let [near, far] = l.gather_words_of_both(ends, &ends[cube.diagonal as usize..], near);
        (near, l.gather_words(words, one), l.gather_words(words, two), far)
    };
    let green = [l.swap_halves(weights[0]), l.swap_halves(weights[1])];
    [
        weighted(l, l.halves(near.0, one.0), l.halves(far.0, two.0), weights),
        weighted(l, l.halves(one.1, near.0), l.halves(two.1, far.0), green),
        weighted(l, l.halves(near.1, one.1), l.halves(far.1, two.1), weights),
    ]
}

/// The cell above 15 bits of fraction.
#[inline(always)]
fn position<L: Lanes>(l: L, cube: &Cube, c: usize, v: L::F) -> L::I {
    l.round(l.clamp(v, l.splat(cube.low[c]), l.splat(cube.high[c])))
}

#[inline(always)]
fn key<L: Lanes>(l: L, cube: &Cube, c: usize, position: L::I) -> L::I {
    l.or(l.shl::<16>(position), l.int(i32::MIN | cube.steps[c]))
}

#[inline(always)]
fn weighted<L: Lanes>(l: L, a: L::I, b: L::I, weights: [L::I; 2]) -> L::F {
    l.to_float(l.iadd(l.dot_halves(a, weights[0]), l.dot_halves(b, weights[1])))
}
