//! Colours of known code values, a few at a time: one patch changes with each step, so that an encoder has time to make
//! each exact and nothing of the picture's bits is missed.

use lut::color::{Matrix, Range, apply};

/// Patches that are shown at once.
pub const SLOTS: usize = 8;
/// Colours in all; each slot shows an eighth of them in turn.
pub const COLORS: usize = 64;

/// R'G'B' of the target in steps of 10-bit limited range: 0 black, 876 white. In order: a ramp of greys, near black and
/// near white, primaries and secondaries at 100 and at 75 %, skin tones, and what else a grade is full of.
const SIGNAL: [[u16; 3]; COLORS] = [
    [0, 0, 0],
    [38, 38, 38],
    [77, 77, 77],
    [115, 115, 115],
    [153, 153, 153],
    [191, 191, 191],
    [229, 229, 229],
    [267, 267, 267],
    [305, 305, 305],
    [343, 343, 343],
    [381, 381, 381],
    [419, 419, 419],
    [457, 457, 457],
    [495, 495, 495],
    [533, 533, 533],
    [571, 571, 571],
    [609, 609, 609],
    [647, 647, 647],
    [685, 685, 685],
    [723, 723, 723],
    [762, 762, 762],
    [800, 800, 800],
    [838, 838, 838],
    [876, 876, 876],
    [1, 1, 1],
    [2, 2, 2],
    [4, 4, 4],
    [8, 8, 8],
    [868, 868, 868],
    [872, 872, 872],
    [874, 874, 874],
    [875, 875, 875],
    [876, 0, 0],
    [0, 876, 0],
    [0, 0, 876],
    [0, 876, 876],
    [876, 0, 876],
    [876, 876, 0],
    [657, 0, 0],
    [0, 657, 0],
    [0, 0, 657],
    [0, 657, 657],
    [657, 0, 657],
    [657, 657, 0],
    [740, 575, 500],
    [690, 510, 425],
    [625, 440, 360],
    [560, 375, 300],
    [480, 310, 240],
    [390, 250, 195],
    [300, 190, 150],
    [215, 140, 115],
    [330, 420, 220],
    [220, 310, 160],
    [300, 440, 640],
    [450, 560, 720],
    [560, 450, 240],
    [420, 300, 180],
    [640, 260, 200],
    [200, 240, 420],
    [500, 200, 420],
    [160, 420, 400],
    [780, 700, 480],
    [120, 130, 150],
];

/// The colour in a slot at a step: slot 0 changes first, then slot 1, and the first again after the last.
pub fn shown(slot: usize, step: u8) -> usize {
    let turn = (usize::from(step) + SLOTS - slot % SLOTS) / SLOTS;
    (turn % (COLORS / SLOTS)) * SLOTS + slot % SLOTS
}

/// Y'CbCr of a colour under a matrix, in 10-bit limited codes, not rounded.
pub fn code(color: usize, matrix: Matrix) -> [f64; 3] {
    let signal = SIGNAL[color % COLORS].map(|steps| f64::from(steps) / 876.0);
    let [y, cb, cr] = apply(&matrix.rgb_to_ycbcr(), signal);
    // Of every target.
    let range = Range::Limited;
    [range.luma_code(y, 10), range.chroma_code(cb, 10), range.chroma_code(cr, 10)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slot_changes_with_a_step_and_all_colours_have_their_turn() {
        let all = |step: u8| std::array::from_fn::<_, SLOTS, _>(|slot| shown(slot, step));
        let mut seen = std::collections::BTreeSet::new();
        for step in 0..=u8::MAX {
            let (before, now) = (all(step.wrapping_sub(1)), all(step));
            let changed: Vec<usize> = (0..SLOTS).filter(|slot| before[*slot] != now[*slot]).collect();
            assert_eq!(changed, [usize::from(step) % SLOTS]);
            seen.extend(now);
        }
        assert_eq!(seen.len(), COLORS);
    }

    #[test]
    fn greys_are_exact_codes_without_colour() {
        for matrix in [Matrix::Bt709, Matrix::Bt2020Ncl] {
            for (color, [grey, ..]) in SIGNAL.iter().enumerate().take(32) {
                let [y, cb, cr] = code(color, matrix);
                assert!((y - 64.0 - f64::from(*grey)).abs() < 1e-9, "{y}");
                assert!((cb - 512.0).abs() < 1e-9 && (cr - 512.0).abs() < 1e-9, "{cb} {cr}");
            }
        }
    }
}
