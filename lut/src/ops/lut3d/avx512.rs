//! Sixteen colours at a time. Indices and weights are worked out for all at once; then each
//! colour's four vertices are four 16-byte loads, four colours to a register, and the results are
//! turned back into rows.

use std::arch::x86_64::*;

use super::data::{Axes, Table, Vertex};
use super::scalar;
use crate::ops::Rows;
use crate::simd::Avx512;

/// Same bits as [`scalar::apply`].
pub(super) fn apply(_: Avx512, table: &Table, rows: Rows<'_>) {
    // The loads below rest on this.
    let n = table.strides[1];
    assert!(n >= 2 && table.last == (n - 1) as f32 && table.strides == [1, n, n * n]);
    assert!(table.vertices.len() == n * n * n && n * n * n < i32::MAX as usize);
    let [r, g, b] = rows;
    let ((r, r_rest), (g, g_rest), (b, b_rest)) =
        (r.as_chunks_mut::<16>(), g.as_chunks_mut::<16>(), b.as_chunks_mut::<16>());
    for ((r, g), b) in r.iter_mut().zip(g).zip(b) {
        // SAFETY: the token proves AVX-512; the table is as asserted above.
        unsafe { apply_block(table, [r, g, b]) };
    }
    scalar::apply(table, [r_rest, g_rest, b_rest]);
}

/// Where sixteen colours lie: vertex numbers and weights of their tetrahedra.
struct Places {
    vertices: [[i32; 16]; 4],
    weights: [__m512; 4],
}

/// # Safety
/// `table` has n^3 vertices, n >= 2, strides 1, n, n^2 and last = n - 1.
#[target_feature(enable = "avx2,avx512f,avx512dq")]
unsafe fn apply_block(table: &Table, block: [&mut [f32; 16]; 3]) {
    let places = locate(table, [&*block[0], &*block[1], &*block[2]]);
    let vertices = table.vertices.as_ptr();
    // SAFETY: `locate` gives vertex numbers below n^3.
    let quads = unsafe {
        [
            blend::<0>(vertices, &places),
            blend::<1>(vertices, &places),
            blend::<2>(vertices, &places),
            blend::<3>(vertices, &places),
        ]
    };
    let rows = transpose(quads);
    for (out, row) in block.into_iter().zip(rows) {
        // SAFETY: a block is sixteen floats.
        unsafe { _mm512_storeu_ps(out.as_mut_ptr(), row) };
    }
}

#[inline]
#[target_feature(enable = "avx2,avx512f,avx512dq")]
fn locate(table: &Table, block: [&[f32; 16]; 3]) -> Places {
    let top_cell = _mm512_set1_epi32(table.last as i32 - 1);
    let axis = |c: usize| {
        // SAFETY: a block is sixteen floats.
        let x = unsafe { _mm512_loadu_ps(block[c].as_ptr()) };
        let (cell, fraction) = match &table.axes {
            Axes::Exact(scale) => {
                let x = _mm512_mul_ps(x, _mm512_set1_ps(scale[c]));
                // The constant comes second: a NaN in `x` gives it.
                let x = _mm512_min_ps(_mm512_max_ps(x, _mm512_setzero_ps()), _mm512_set1_ps(table.last));
                let cell = _mm512_min_epi32(_mm512_cvttps_epi32(x), top_cell);
                (cell, _mm512_sub_ps(x, _mm512_cvtepi32_ps(cell)))
            }
            Axes::Wide { min, scale } => {
                let last = f64::from(table.last);
                let (low, high) = (_mm512_castps512_ps256(x), _mm512_extractf32x8_ps::<1>(x));
                let (low_cell, low) = wide(low, min[c], scale[c], last);
                let (high_cell, high) = wide(high, min[c], scale[c], last);
                let cell = _mm512_inserti32x8::<1>(_mm512_castsi256_si512(low_cell), high_cell);
                (cell, _mm512_insertf32x8::<1>(_mm512_castps256_ps512(low), high))
            }
        };
        let stride = _mm512_set1_epi32(table.strides[c] as i32);
        (fraction, stride, _mm512_mullo_epi32(cell, stride))
    };
    let ((r, r_step, r_base), (g, g_step, g_base), (b, b_step, b_base)) = (axis(0), axis(1), axis(2));
    let near = _mm512_add_epi32(_mm512_add_epi32(r_base, g_base), b_base);

    // The same comparisons as the scalar path, as masks; steps follow their fractions.
    let (high, low) = ordered((r, r_step), (g, g_step));
    let (first, high) = ordered(high, (b, b_step));
    let (second, third) = ordered(low, high);
    let one = _mm512_add_epi32(near, first.1);
    let two = _mm512_add_epi32(one, second.1);
    let far = _mm512_add_epi32(two, third.1);
    let weights = [
        _mm512_sub_ps(_mm512_set1_ps(1.0), first.0),
        _mm512_sub_ps(first.0, second.0),
        _mm512_sub_ps(second.0, third.0),
        third.0,
    ];
    Places { vertices: [to_array(near), to_array(one), to_array(two), to_array(far)], weights }
}

/// Cells and fractions of eight inputs, by way of `f64`.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512dq")]
fn wide(x: __m256, min: f64, scale: f64, last: f64) -> (__m256i, __m256) {
    let x = _mm512_sub_pd(_mm512_cvtps_pd(x), _mm512_set1_pd(min));
    let x = _mm512_mul_pd(x, _mm512_set1_pd(scale));
    let x = _mm512_min_pd(_mm512_max_pd(x, _mm512_setzero_pd()), _mm512_set1_pd(last));
    let cell = _mm256_min_epi32(_mm512_cvttpd_epi32(x), _mm256_set1_epi32(last as i32 - 1));
    (cell, _mm512_cvtpd_ps(_mm512_sub_pd(x, _mm512_cvtepi32_pd(cell))))
}

/// The greater fraction first, each with its step; the first when equal.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512dq")]
fn ordered(a: (__m512, __m512i), b: (__m512, __m512i)) -> ((__m512, __m512i), (__m512, __m512i)) {
    let keep = _mm512_cmp_ps_mask::<_CMP_GE_OQ>(a.0, b.0);
    let pick = |yes: (__m512, __m512i), no: (__m512, __m512i)| {
        (_mm512_mask_blend_ps(keep, no.0, yes.0), _mm512_mask_blend_epi32(keep, no.1, yes.1))
    };
    (pick(a, b), pick(b, a))
}

#[inline]
#[target_feature(enable = "avx2,avx512f,avx512dq")]
fn to_array(v: __m512i) -> [i32; 16] {
    let mut array = [0; 16];
    // SAFETY: the array is 64 bytes.
    unsafe { _mm512_storeu_si512(array.as_mut_ptr().cast(), v) };
    array
}

/// The colours of lanes `FIRST`, `FIRST` + 4, + 8 and + 12, R, G, B, 0 each.
///
/// # Safety
/// `vertices` holds every vertex that `places` names.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512dq")]
unsafe fn blend<const FIRST: usize>(vertices: *const Vertex, places: &Places) -> __m512 {
    let term = |k: usize| {
        let at = places.vertices[k];
        // SAFETY: the caller's.
        let vertex = |lane: usize| unsafe { _mm_load_ps(vertices.add(at[lane] as usize).cast()) };
        let colors = _mm512_castps128_ps512(vertex(FIRST));
        let colors = _mm512_insertf32x4::<1>(colors, vertex(FIRST + 4));
        let colors = _mm512_insertf32x4::<2>(colors, vertex(FIRST + 8));
        let colors = _mm512_insertf32x4::<3>(colors, vertex(FIRST + 12));
        let weights = places.weights[k];
        let weight = match FIRST {
            0 => _mm512_permute_ps::<0b00_00_00_00>(weights),
            1 => _mm512_permute_ps::<0b01_01_01_01>(weights),
            2 => _mm512_permute_ps::<0b10_10_10_10>(weights),
            _ => _mm512_permute_ps::<0b11_11_11_11>(weights),
        };
        _mm512_mul_ps(colors, weight)
    };
    _mm512_add_ps(_mm512_add_ps(term(0), term(1)), _mm512_add_ps(term(2), term(3)))
}

/// From [lanes 0, 4, 8, 12; 1, 5, 9, 13; 2, 6, 10, 14; 3, 7, 11, 15] to rows of R, G and B.
#[inline]
#[target_feature(enable = "avx2,avx512f,avx512dq")]
fn transpose([p0, p1, p2, p3]: [__m512; 4]) -> [__m512; 3] {
    let rg01 = _mm512_unpacklo_ps(p0, p1);
    let rg23 = _mm512_unpacklo_ps(p2, p3);
    let b01 = _mm512_unpackhi_ps(p0, p1);
    let b23 = _mm512_unpackhi_ps(p2, p3);
    [
        _mm512_shuffle_ps::<0b01_00_01_00>(rg01, rg23),
        _mm512_shuffle_ps::<0b11_10_11_10>(rg01, rg23),
        _mm512_shuffle_ps::<0b01_00_01_00>(b01, b23),
    ]
}
