//! What the strip's cells say: 64 bits, black for 0 and white for 1.

use crate::spec::color::TargetColor;
use crate::spec::encode::VideoFormat;

/// Cells of a message.
pub const BITS: usize = 64;
/// Of this arrangement of cells and patches; another arrangement gets another number.
const VERSION: u8 = 3;
/// CRC-16/CCITT-FALSE. Three terms: where one of the last four bits before it changes, three of its own do.
const POLYNOMIAL: u16 = 0x1021;
/// Bits of the frame number that change from frame to frame. A parity bit checks them and the CRC leaves them out: it would
/// change three cells with each.
const FAST: u32 = 0x3f;

/// What a picture says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// What its code values mean.
    pub target: TargetColor,
    /// What it is encoded as; depth and chroma format are told.
    pub format: VideoFormat,
    /// Number of its source frame.
    pub frame: u32,
    /// Steps of the patches, modulo 128.
    pub step: u8,
}

impl Message {
    /// Version (3 bits), target (3), 10 bits (1), 4:4:4 (1); frame in Gray code (32), so that one cell changes from each to
    /// the next; step (7), also in Gray code; parity of the frame's last six bits (1); CRC of all before it without those
    /// seven (16). Highest bits first. Each cell that changes costs bits: so it is two from frame to frame.
    pub fn bits(&self) -> [bool; BITS] {
        let target = TargetColor::ALL.iter().position(|target| *target == self.target).unwrap_or(0) as u8;
        let ten = u8::from(self.format.sample_bytes() == 2);
        let full_chroma = u8::from(self.format.chroma() == lut::ChromaSampling::Cs444);
        let layout = VERSION << 5 | target << 2 | ten << 1 | full_chroma;
        let frame = self.frame ^ self.frame >> 1;
        let step = self.step & 0x7f;
        let step = (step ^ step >> 1) << 1;
        let mut bytes = [layout, 0, 0, 0, 0, step, 0, 0];
        bytes[1..5].copy_from_slice(&(frame & !FAST).to_be_bytes());
        let crc = crc(&bytes[..6]);
        bytes[6..].copy_from_slice(&crc.to_be_bytes());
        bytes[4] |= (frame & FAST) as u8;
        bytes[5] |= ((frame & FAST).count_ones() & 1) as u8;
        std::array::from_fn(|bit| bytes[bit / 8] >> (7 - bit % 8) & 1 == 1)
    }
}

fn crc(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xffff, |crc, byte| {
        (0..8).fold(crc ^ u16::from(*byte) << 8, |crc, _| {
            let shifted = crc << 1;
            if crc & 0x8000 == 0 { shifted } else { shifted ^ POLYNOMIAL }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crc_is_the_catalogued_one() {
        assert_eq!(crc(b"123456789"), 0x29b1);
    }

    #[test]
    fn from_frame_to_frame_one_cell_of_the_number_changes() {
        let bits = |frame| Message { target: TargetColor::Hlg, format: VideoFormat::H264High10, frame, step: 9 }.bits();
        for frame in [0, 1, 7, 1_023, 65_535, u32::MAX - 1] {
            let (now, next) = (bits(frame), bits(frame + 1));
            assert_eq!((8..40).filter(|bit| now[*bit] != next[*bit]).count(), 1, "frame {frame}");
        }
    }

    #[test]
    fn from_frame_to_frame_two_cells_change_and_with_a_step_no_more_than_nine() {
        let bits =
            |frame, step| Message { target: TargetColor::Srgb709, format: VideoFormat::H264High10, frame, step }.bits();
        let changed = |(frame, step), (next, then)| {
            bits(frame, step).iter().zip(bits(next, then)).filter(|(now, next)| **now != *next).count()
        };
        let all: usize = (0..1_024).map(|frame| changed((frame, 9), (frame + 1, 9))).sum();
        assert!(all <= 2_200, "{all} in 1024 frames");
        for step in 0..128 {
            assert!((2..=9).contains(&changed((7, step), (7, step + 1))), "step {step}");
        }
    }

    #[test]
    fn no_cell_can_be_turned_over_unseen() {
        // By the same rules as the player reads them.
        let valid = |bits: [bool; BITS]| {
            let mut bytes: [u8; 8] =
                std::array::from_fn(|byte| (0..8).fold(0, |sum, bit| sum << 1 | u8::from(bits[8 * byte + bit])));
            let parity = u32::from(bytes[4]) & FAST;
            let fits = (parity.count_ones() as u8 ^ bytes[5]) & 1 == 0;
            bytes[4] &= !FAST as u8;
            bytes[5] &= !1;
            fits && crc(&bytes[..6]) == u16::from_be_bytes([bytes[6], bytes[7]])
        };
        let sent =
            Message { target: TargetColor::Hlg, format: VideoFormat::H264High10, frame: 86_399, step: 77 }.bits();
        assert!(valid(sent));
        for bit in 0..BITS {
            let mut turned = sent;
            turned[bit] = !turned[bit];
            assert!(!valid(turned), "cell {bit}");
        }
    }
}
