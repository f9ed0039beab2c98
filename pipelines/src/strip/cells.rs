//! What the strip's cells say: 64 bits, black for 0 and white for 1.

use crate::spec::color::TargetColor;
use crate::spec::encode::VideoFormat;

/// Cells of a message.
pub const BITS: usize = 64;
/// Of this arrangement of cells and patches; another arrangement gets another number.
const VERSION: u8 = 2;
/// CRC-16/CCITT-FALSE. Three terms: where one of the last four bits before it changes, three of its own do.
const POLYNOMIAL: u16 = 0x1021;

/// What a picture says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message {
    /// What its code values mean.
    pub target: TargetColor,
    /// What it is encoded as; depth and chroma format are told.
    pub format: VideoFormat,
    /// Number of its source frame.
    pub frame: u32,
    /// Steps of the patches, modulo 256.
    pub step: u8,
}

impl Message {
    /// Version (3 bits), target (3), 10 bits (1), 4:4:4 (1); step (8); frame in Gray code (32), so that one cell changes from
    /// each to the next; CRC (16). Highest bits first. What changes most stands last before the CRC, which changes least then:
    /// each cell that changes costs bits.
    pub fn bits(&self) -> [bool; BITS] {
        let target = TargetColor::ALL.iter().position(|target| *target == self.target).unwrap_or(0) as u8;
        let ten = u8::from(self.format.sample_bytes() == 2);
        let full_chroma = u8::from(self.format.chroma() == lut::ChromaSampling::Cs444);
        let layout = VERSION << 5 | target << 2 | ten << 1 | full_chroma;
        let mut bytes = [layout, self.step, 0, 0, 0, 0, 0, 0];
        bytes[2..6].copy_from_slice(&(self.frame ^ self.frame >> 1).to_be_bytes());
        let crc = crc(&bytes[..6]);
        bytes[6..].copy_from_slice(&crc.to_be_bytes());
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
            assert_eq!((16..48).filter(|bit| now[*bit] != next[*bit]).count(), 1, "frame {frame}");
        }
    }
    #[test]
    fn from_frame_to_frame_four_cells_change_in_all() {
        let bits =
            |frame| Message { target: TargetColor::Srgb709, format: VideoFormat::H264High10, frame, step: 9 }.bits();
        let changed = |frame| bits(frame).iter().zip(bits(frame + 1)).filter(|(now, next)| **now != *next).count();
        let all: usize = (0..1_000).map(changed).sum();
        assert!(all <= 4_200, "{all} in 1000 frames");
    }
}
