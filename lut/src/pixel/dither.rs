//! Ordered dither: which way to round depends on the place, so that an area keeps its average.
//!
//! The thresholds are an 8x8 Bayer matrix, (k + 0.5) / 64, changed so that each aligned 4x4 block has a mean of exactly
//! one half: it holds all sixteen coarse steps, and each of the four fine ones four times. So the four 10-bit levels
//! within an 8-bit one average out exactly over such a block, and no level is nearer to the next in one block than in
//! another. No threshold is nearer than 1/128 to 0 or 1, so a value that is a code (within float error) is never moved.

/// Whether to dither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dither {
    /// To the nearest code, halves to even.
    Nearest,
    /// By the pattern.
    Ordered,
}

/// What to add to eight neighbours before rounding to the nearest: -0.5..0.5.
pub(crate) type Pattern = [f32; 8];

impl Dither {
    /// The offsets of row `y` for `component` (0..3); components get the matrix mirrored, so that their errors do not
    /// line up.
    pub(crate) fn pattern(self, component: usize, y: usize) -> Pattern {
        match self {
            Self::Nearest => [0.0; 8],
            Self::Ordered => std::array::from_fn(|x| {
                // Mirroring within 8, 4 or 2 pixels leaves aligned 4x4 blocks aligned.
                let (x, y) = (x ^ [0, 5, 2][component % 3], y ^ [0, 3, 6][component % 3]);
                (f32::from(threshold(x, y)) + 0.5) / 64.0 - 0.5
            }),
        }
    }
}

/// 0..64, each once in 8x8. The bits of the place are taken in pairs (x ^ y, y), least significant first, as in the
/// Bayer matrix; but the last pair, which 4x4 blocks share, is mixed with the one before, which they do not.
fn threshold(x: usize, y: usize) -> u8 {
    let pair = |bit: usize| ((((x ^ y) >> bit & 1) << 1) | (y >> bit & 1)) as u8;
    pair(0) << 4 | pair(1) << 2 | (pair(2) ^ pair(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_aligned_4x4_block_has_a_mean_of_zero_and_all_coarse_steps() {
        for component in 0..3 {
            let rows: Vec<Pattern> = (0..8).map(|y| Dither::Ordered.pattern(component, y)).collect();
            for (top, left) in [(0, 0), (0, 4), (4, 0), (4, 4)] {
                let block: Vec<f32> = (0..16).map(|i| rows[top + i / 4][left + i % 4]).collect();
                assert_eq!(block.iter().sum::<f32>(), 0.0, "component {component}, block {left}, {top}");
                let coarse = |v: &f32| ((v + 0.5) * 16.0) as u32;
                assert_eq!(block.iter().map(|v| 1 << coarse(v)).sum::<u32>(), 0xffff);
            }
            let mut all: Vec<u32> = rows.iter().flatten().map(|v| ((v + 0.5) * 64.0) as u32).collect();
            all.sort_unstable();
            assert!(all.into_iter().eq(0..64));
        }
    }
}
