//! The blend itself: letters towards one code of luma, their rim towards another.

/// Codes that letters and their rim move the picture towards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Inks {
    pub letter: i16,
    pub rim: i16,
}

/// Samples that are blended at once.
const LANES: usize = 8;

/// `value` moved towards both codes by `fill` and `rim` of 256, which together are at most 256: one of the codes is black
/// and the other white, so a legal picture stays legal. In 16 bits, the high half of a product, as vector units have it.
#[inline(always)]
fn blend(value: i16, fill: u8, rim: u8, inks: Inks) -> i16 {
    let towards = |code: i16, part: u8| {
        let way = code.wrapping_sub(value) << 5;
        ((i32::from(way) * i32::from(i16::from(part) << 3)) >> 16) as i16
    };
    value.wrapping_add(towards(inks.letter, fill)).wrapping_add(towards(inks.rim, rim))
}

/// A row of 8-bit samples.
pub(super) fn blend_8(row: &mut [u8], fill: &[u8], rim: &[u8], inks: Inks) {
    let (row, row_rest) = row.as_chunks_mut::<LANES>();
    let ((fill, fill_rest), (rim, rim_rest)) = (fill.as_chunks::<LANES>(), rim.as_chunks::<LANES>());
    for ((samples, fill), rim) in row.iter_mut().zip(fill).zip(rim) {
        let mut out = [0; LANES];
        for at in 0..LANES {
            out[at] = blend(i16::from(samples[at]), fill[at], rim[at], inks) as u8;
        }
        *samples = out;
    }
    for ((sample, fill), rim) in row_rest.iter_mut().zip(fill_rest).zip(rim_rest) {
        *sample = blend(i16::from(*sample), *fill, *rim, inks) as u8;
    }
}

/// A row of samples of up to 10 bits in 16, little-endian.
pub(super) fn blend_16(row: &mut [u8], fill: &[u8], rim: &[u8], inks: Inks) {
    let (row, row_rest) = row.as_chunks_mut::<{ 2 * LANES }>();
    let ((fill, fill_rest), (rim, rim_rest)) = (fill.as_chunks::<LANES>(), rim.as_chunks::<LANES>());
    for ((samples, fill), rim) in row.iter_mut().zip(fill).zip(rim) {
        let pairs: &mut [[u8; 2]] = samples.as_chunks_mut::<2>().0;
        for ((pair, fill), rim) in pairs.iter_mut().zip(fill).zip(rim) {
            *pair = blend(i16::from_le_bytes(*pair), *fill, *rim, inks).to_le_bytes();
        }
    }
    let pairs = row_rest.as_chunks_mut::<2>().0;
    for ((pair, fill), rim) in pairs.iter_mut().zip(fill_rest).zip(rim_rest) {
        *pair = blend(i16::from_le_bytes(*pair), *fill, *rim, inks).to_le_bytes();
    }
}
