//! Chroma between full and half size; unless a name says otherwise sited left: chroma sample i lies on pixel 2i, and for 4:2:0
//! halfway between rows 2j and 2j + 1. Edges repeat the outermost sample.

use crate::simd::per_level;

per_level! {
    /// Doubles a row: pixel 2i is sample i, pixel 2i + 1 the mean of samples i and i + 1.
    pub(super) fn double_left(half: &[f32], full: &mut [f32]) = double;
}

per_level! {
    /// Doubles a row whose samples lie between pixels 2i and 2i + 1: three quarters of the nearer one, one of the other.
    pub(super) fn double_center(half: &[f32], full: &mut [f32]) = double_between;
}

per_level! {
    /// Halves a row: sample i is (1, 2, 1) / 4 of the pixels around 2i.
    pub(crate) fn halve_left(full: &[f32], half: &mut [f32]) = halve;
}

per_level! {
    /// The mean of two rows, into the first.
    pub(crate) fn average(upper: &mut [f32], lower: &[f32]) = mean;
}

per_level! {
    /// Three quarters of the near row and one of the far one: where a 4:2:0 pixel row lies.
    pub(super) fn blend(near: &mut [f32], far: &[f32]) = three_to_one;
}

#[inline(always)]
fn double(half: &[f32], full: &mut [f32]) {
    let Some(last) = half.len().checked_sub(1) else { return };
    let n = last.min(full.len() / 2);
    let (pairs, _) = full.as_chunks_mut::<2>();
    for (pair, (a, b)) in pairs.iter_mut().zip(half.iter().zip(&half[1..])) {
        *pair = [*a, (a + b) * 0.5];
    }
    for v in full.iter_mut().skip(2 * n) {
        *v = half[last];
    }
}

#[inline(always)]
fn double_between(half: &[f32], full: &mut [f32]) {
    let (Some(&first), Some(&last)) = (half.first(), half.last()) else { return };
    let mut before = first;
    let after = half[1..].iter().chain([&last]);
    for (pair, (here, after)) in full.chunks_mut(2).zip(half.iter().zip(after)) {
        pair[0] = here * 0.75 + before * 0.25;
        if let Some(second) = pair.get_mut(1) {
            *second = here * 0.75 + after * 0.25;
        }
        before = *here;
    }
}

#[inline(always)]
fn halve(full: &[f32], half: &mut [f32]) {
    let (Some(&first), Some(&last)) = (full.first(), full.last()) else { return };
    let second = full.get(1).copied().unwrap_or(first);
    half[0] = first * 0.75 + second * 0.25;
    let (triples, _) = full[1..].as_chunks::<2>();
    let ends = full.get(3..).unwrap_or_default();
    let inner = triples.iter().zip(ends.iter().step_by(2));
    let mut done = 1;
    for (out, ([a, b], c)) in half[1..].iter_mut().zip(inner) {
        *out = (a + c) * 0.25 + b * 0.5;
        done += 1;
    }
    // With an odd width the last sample lies on the last pixel, which repeats.
    if done < half.len() {
        let before = full[full.len() - 2];
        half[done] = before * 0.25 + last * 0.75;
    }
}

#[inline(always)]
fn mean(upper: &mut [f32], lower: &[f32]) {
    for (a, b) in upper.iter_mut().zip(lower) {
        *a = (*a + b) * 0.5;
    }
}

#[inline(always)]
fn three_to_one(near: &mut [f32], far: &[f32]) {
    for (a, b) in near.iter_mut().zip(far) {
        *a = *a * 0.75 + b * 0.25;
    }
}
