//! The blend itself: luma towards letters and their rim.

/// Samples that are blended at once.
pub(super) const LANES: usize = 16;

/// A sample's depth, as shifts that keep everything within 16 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Samples {
    /// 8 bits in one byte.
    Eight,
    /// Up to 10 bits in two, little-endian.
    Ten,
}

impl Samples {
    const fn shift(self) -> u32 {
        match self {
            Self::Eight => 7,
            Self::Ten => 5,
        }
    }

    /// What [`blend`] adds: `sum`, codes times their parts of 256, in its scale.
    pub fn scaled(self, sum: u32) -> i16 {
        (sum >> (8 - self.shift())) as i16
    }
}

/// `value` less `part` of 256 of itself, plus `towards`, which is the codes to move towards times their parts of those: never beyond
/// them by more than rounding, so a legal picture stays legal. In 16 bits, the high half of a product, as vector units have it.
#[inline(always)]
fn blend(value: i16, part: u8, towards: i16, shift: u32) -> i16 {
    let less = (u32::from((value as u16) << shift) * u32::from(u16::from(part) << 8)) >> 16;
    value.wrapping_add(towards.wrapping_sub(less as i16) >> shift)
}

/// Blends a row of samples.
pub(super) fn blend_row(row: &mut [u8], part: &[u8], towards: &[i16], samples: Samples) {
    match samples {
        Samples::Eight => blend_8(row, part, towards),
        Samples::Ten => blend_10(row, part, towards),
    }
}

fn blend_8(row: &mut [u8], part: &[u8], towards: &[i16]) {
    const SHIFT: u32 = Samples::Eight.shift();
    let (row, row_rest) = row.as_chunks_mut::<LANES>();
    let ((part, part_rest), (towards, towards_rest)) = (part.as_chunks::<LANES>(), towards.as_chunks::<LANES>());
    for ((samples, part), towards) in row.iter_mut().zip(part).zip(towards) {
        for ((sample, part), towards) in samples.iter_mut().zip(part).zip(towards) {
            *sample = blend(i16::from(*sample), *part, *towards, SHIFT) as u8;
        }
    }
    for ((sample, part), towards) in row_rest.iter_mut().zip(part_rest).zip(towards_rest) {
        *sample = blend(i16::from(*sample), *part, *towards, SHIFT) as u8;
    }
}

fn blend_10(row: &mut [u8], part: &[u8], towards: &[i16]) {
    const SHIFT: u32 = Samples::Ten.shift();
    let (row, row_rest) = row.as_chunks_mut::<2>().0.as_chunks_mut::<LANES>();
    let ((part, part_rest), (towards, towards_rest)) = (part.as_chunks::<LANES>(), towards.as_chunks::<LANES>());
    for ((samples, part), towards) in row.iter_mut().zip(part).zip(towards) {
        for ((sample, part), towards) in samples.iter_mut().zip(part).zip(towards) {
            *sample = blend(i16::from_le_bytes(*sample), *part, *towards, SHIFT).to_le_bytes();
        }
    }
    for ((sample, part), towards) in row_rest.iter_mut().zip(part_rest).zip(towards_rest) {
        *sample = blend(i16::from_le_bytes(*sample), *part, *towards, SHIFT).to_le_bytes();
    }
}
