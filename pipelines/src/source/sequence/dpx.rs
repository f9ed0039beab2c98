//! DPX (SMPTE ST 268-1), as film scanners and grading systems write it: one element of RGB or RGBA, 8, 10 (filled), 12
//! (filled) or 16 bit, not compressed. Everything else is refused by name. Nothing is allocated before the header's
//! sizes have been held against the file's.

use super::error::PictureError;
use super::raster::{Depth, LARGEST_SIDE, Raster, to_12_bits};
use crate::source::reel_name;
use crate::spec::encode::PictureSize;

/// Bytes of the file, image and orientation headers, without which there is no picture.
const LEAST_HEADER: u64 = 1_664;
/// What a field holds when nobody has filled it in.
const UNDEFINED: u32 = u32::MAX;

/// What a header says beside the picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Facts {
    /// `HHMMSSFF` in BCD, of the television header.
    timecode: Option<u32>,
    /// Frames per second, of the film or the television header.
    pub frame_rate: Option<f32>,
    /// Whether code values are printing density, which is logarithmic.
    pub is_density: bool,
    /// Name of the input device, which is where grading systems keep and look for the reel: ST 268 has no field for it.
    pub reel: Option<String>,
}

impl Facts {
    /// The timecode of the picture as text, whether or not it is one.
    pub fn timecode(&self) -> Option<String> {
        let [h, m, s, f] = self.timecode?.to_be_bytes();
        Some(format!("{h:02x}:{m:02x}:{s:02x}:{f:02x}"))
    }
}

/// Bytes in the order in which the file was written.
struct Fields<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

impl<'a> Fields<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, PictureError> {
        let big_endian = match bytes.first_chunk() {
            Some(b"SDPX") => true,
            Some(b"XPDS") => false,
            _ => return Err(PictureError::NotDpx),
        };
        let found = bytes.len() as u64;
        if found < LEAST_HEADER {
            return Err(PictureError::Truncated { found, expected: LEAST_HEADER });
        }
        Ok(Self { bytes, big_endian })
    }

    /// A field of four bytes, if the file is long enough and it is filled in.
    fn word(&self, at: usize) -> Option<u32> {
        let field = *self.bytes.get(at..)?.first_chunk()?;
        let value = if self.big_endian { u32::from_be_bytes(field) } else { u32::from_le_bytes(field) };
        (value != UNDEFINED).then_some(value)
    }

    fn short(&self, at: usize) -> u32 {
        let field = self.bytes.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default();
        u32::from(if self.big_endian { u16::from_be_bytes(field) } else { u16::from_le_bytes(field) })
    }

    /// A field of text, which ends at the first NUL.
    fn text(&self, at: usize, length: usize) -> Option<String> {
        let field = self.bytes.get(at..at + length)?;
        let text = field.split(|byte| *byte == 0).next().unwrap_or_default();
        std::str::from_utf8(text).ok().and_then(reel_name)
    }

    fn byte(&self, at: usize) -> u32 {
        self.bytes.get(at).copied().map_or(0, u32::from)
    }
}

/// How a picture's code values lie in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    Bytes,
    /// Three values in a word of 32 bits; the last is so far from its low end.
    Tens(u32),
    /// A value in the upper or the lower 12 bits of 16.
    Twelves {
        shift: u32,
    },
    Shorts,
}

impl Packing {
    fn new(bits: u32, packing: u32) -> Result<Self, PictureError> {
        match (bits, packing) {
            (8, _) => Ok(Self::Bytes),
            (10, 1) => Ok(Self::Tens(2)),
            (10, 2) => Ok(Self::Tens(0)),
            (12, 1) => Ok(Self::Twelves { shift: 4 }),
            (12, 2) => Ok(Self::Twelves { shift: 0 }),
            (16, _) => Ok(Self::Shorts),
            (10 | 12, _) => Err(PictureError::Dpx { field: "packing", value: packing, expected: "1 or 2 (filled)" }),
            _ => Err(PictureError::Dpx { field: "bit depth", value: bits, expected: "8, 10, 12 or 16" }),
        }
    }

    fn depth(self) -> Depth {
        match self {
            Self::Bytes => Depth::Bits8,
            Self::Tens(_) => Depth::Bits10,
            Self::Twelves { .. } | Self::Shorts => Depth::Bits12,
        }
    }

    /// Bytes of a line of so many values.
    fn line_bytes(self, values: u64) -> u64 {
        match self {
            Self::Bytes => values,
            Self::Tens(_) => values.div_ceil(3) * 4,
            Self::Twelves { .. } | Self::Shorts => values * 2,
        }
    }

    /// The values of a line, one after the other.
    fn unpack(self, line: &[u8], big_endian: bool, mut take: impl FnMut(u16)) {
        let word = |bytes: &[u8; 4]| if big_endian { u32::from_be_bytes(*bytes) } else { u32::from_le_bytes(*bytes) };
        let short = |bytes: &[u8; 2]| if big_endian { u16::from_be_bytes(*bytes) } else { u16::from_le_bytes(*bytes) };
        match self {
            Self::Bytes => line.iter().for_each(|byte| take(u16::from(*byte))),
            Self::Tens(low) => line.as_chunks().0.iter().for_each(|bytes| {
                let word = word(bytes) >> low;
                // Ten bits each.
                [word >> 20, word >> 10, word].into_iter().for_each(|value| take((value & 0x3ff) as u16));
            }),
            Self::Twelves { shift } => {
                line.as_chunks().0.iter().for_each(|bytes| take(short(bytes) >> shift & 0xfff));
            }
            Self::Shorts => line.as_chunks().0.iter().for_each(|bytes| take(to_12_bits(short(bytes)))),
        }
    }
}

/// A picture's place and layout in the file.
struct Layout {
    size: PictureSize,
    packing: Packing,
    /// 3 or 4.
    components: usize,
    offset: u64,
    line_bytes: u64,
    /// From one line to the next.
    stride: u64,
}

impl Layout {
    fn read(fields: &Fields<'_>) -> Result<Self, PictureError> {
        let refuse = |field, value, expected| Err(PictureError::Dpx { field, value, expected });
        let size = PictureSize { width: fields.word(772).unwrap_or(0), height: fields.word(776).unwrap_or(0) };
        if !(1..=LARGEST_SIDE).contains(&size.width) || !(1..=LARGEST_SIDE).contains(&size.height) {
            return Err(PictureError::Size { width: size.width, height: size.height, limit: LARGEST_SIDE });
        }
        match (fields.short(768), fields.short(770), fields.word(780), fields.short(806)) {
            (1..=7, ..) => return refuse("orientation", fields.short(768), "0 (left to right, top to bottom)"),
            (_, count, ..) if count != 1 => return refuse("number of elements", count, "1"),
            (_, _, Some(1), _) => return refuse("data sign", 1, "0 (unsigned)"),
            (.., encoding) if encoding != 0 => return refuse("encoding", encoding, "0 (not compressed)"),
            _ => {}
        }
        let components: u8 = match fields.byte(800) {
            50 => 3,
            51 => 4,
            other => return refuse("descriptor", other, "50 (RGB) or 51 (RGBA)"),
        };
        let packing = Packing::new(fields.byte(803), fields.short(804))?;
        let line_bytes = packing.line_bytes(u64::from(size.width) * u64::from(components));
        let offset = fields.word(808).filter(|at| *at > 0).or(fields.word(4)).map_or(0, u64::from).max(LEAST_HEADER);
        let padding = fields.word(812).filter(|bytes| *bytes <= 65_536).map_or(0, u64::from);
        let found = fields.bytes.len() as u64;
        let expected = |stride: u64| offset + stride * (u64::from(size.height) - 1) + line_bytes;
        // Lines begin at whole words, but for writers that forget it.
        let aligned = line_bytes.next_multiple_of(4) + padding;
        let stride = if expected(aligned) <= found { aligned } else { line_bytes + padding };
        if expected(stride) > found {
            return Err(PictureError::Truncated { found, expected: expected(stride) });
        }
        Ok(Self { size, packing, components: usize::from(components), offset, line_bytes, stride })
    }
}

/// What a header says beside the picture.
pub(super) fn facts(bytes: &[u8]) -> Result<Facts, PictureError> {
    let fields = Fields::new(bytes)?;
    let usual = |rate: &f32| rate.is_finite() && (1.0..=240.0).contains(rate);
    // Without the film and television headers the picture begins where they would be.
    let field = |at: usize| fields.word(4).filter(|offset| *offset >= 2_048).and_then(|_| fields.word(at));
    let rate = |at: usize| field(at).map(f32::from_bits).filter(usual);
    Ok(Facts {
        timecode: field(1_920),
        frame_rate: rate(1_940).or(rate(1_724)),
        // 1 is the user's own, 2 printing density, 3 linear.
        is_density: fields.byte(801) == 2,
        reel: fields.text(1_556, 32),
    })
}

/// Decodes a file.
pub(super) fn decode(bytes: &[u8]) -> Result<Raster, PictureError> {
    let fields = Fields::new(bytes)?;
    let layout = Layout::read(&fields)?;
    let values = layout.size.width as usize * layout.components;
    let pixels = layout.size.width as usize * layout.size.height as usize;
    let mut planes = [(); 3].map(|()| Vec::with_capacity(pixels));
    for line in 0..u64::from(layout.size.height) {
        let from = layout.offset + line * layout.stride;
        let place = usize::try_from(from).ok().zip(usize::try_from(from + layout.line_bytes).ok());
        let line = place.and_then(|(from, to)| bytes.get(from..to)).unwrap_or_default();
        let (mut index, mut component) = (0, 0);
        layout.packing.unpack(line, fields.big_endian, |value| {
            if index < values
                && let Some(plane) = planes.get_mut(component)
            {
                plane.push(value);
            }
            index += 1;
            component = if component + 1 == layout.components { 0 } else { component + 1 };
        });
    }
    Ok(Raster { size: layout.size, depth: layout.packing.depth(), planes })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A file of 3 x 2 pixels with the samples 0, 1, 2 .. times `step`.
    fn file(bits: u8, packing: u16, components: usize, big_endian: bool) -> (Vec<u8>, Vec<u16>) {
        let mut bytes = vec![0xff; 2_048];
        let mut put = |at: usize, value: &[u8]| {
            let mut value = value.to_vec();
            if !big_endian {
                value.reverse();
            }
            bytes[at..at + value.len()].copy_from_slice(&value);
        };
        put(0, b"SDPX");
        put(4, &2_048_u32.to_be_bytes());
        put(768, &[0, 0]);
        put(770, &[0, 1]);
        put(772, &3_u32.to_be_bytes());
        put(776, &2_u32.to_be_bytes());
        put(780, &[0; 4]);
        put(800, &[if components == 3 { 50 } else { 51 }]);
        put(801, &[2]);
        put(803, &[bits]);
        put(804, &packing.to_be_bytes());
        put(806, &[0, 0]);
        put(808, &2_048_u32.to_be_bytes());
        put(1_556, if big_endian { b"A001C002\0" } else { b"\x00200C100A" });
        put(1_920, &[0x01, 0x02, 0x03, 0x04]);
        put(1_940, &24.0_f32.to_be_bytes());
        let most = (1_u32 << bits) - 1;
        let values: Vec<u32> = (0..6 * components as u32).map(|n| n * most / 24).collect();
        for line in values.chunks(3 * components) {
            let mut packed: Vec<u8> = match (bits, packing) {
                (8, _) => line.iter().map(|v| *v as u8).collect(),
                (10, _) => line
                    .chunks(3)
                    .flat_map(|v| {
                        let word = v.iter().zip([20, 10, 0]).fold(0, |word, (v, at)| word | v << at);
                        let word = if packing == 1 { word << 2 } else { word };
                        if big_endian { word.to_be_bytes() } else { word.to_le_bytes() }
                    })
                    .collect(),
                _ => line
                    .iter()
                    .flat_map(|v| {
                        let value = if bits == 12 && packing == 1 { *v << 4 } else { *v } as u16;
                        if big_endian { value.to_be_bytes() } else { value.to_le_bytes() }
                    })
                    .collect(),
            };
            packed.resize(packed.len().next_multiple_of(4), 0);
            bytes.extend(packed);
        }
        let kept =
            values.iter().enumerate().filter(|(index, _)| index % components < 3).map(|(_, value)| *value as u16);
        let expected = if bits == 16 { kept.map(to_12_bits).collect() } else { kept.collect() };
        (bytes, expected)
    }

    fn interleaved(read: &Raster) -> Vec<u16> {
        let [red, green, blue] = &read.planes;
        red.iter().zip(green).zip(blue).flat_map(|((r, g), b)| [*r, *g, *b]).collect()
    }

    const KINDS: [(u8, u16); 6] = [(8, 0), (10, 1), (10, 2), (12, 1), (12, 2), (16, 0)];

    #[test]
    fn every_packing_is_read_to_the_code_value_in_both_byte_orders() {
        for (bits, packing) in KINDS {
            for (components, big_endian) in [(3, true), (3, false), (4, true), (4, false)] {
                let (bytes, expected) = file(bits, packing, components, big_endian);
                let read = decode(&bytes).unwrap();
                assert_eq!(interleaved(&read), expected, "{bits} bit, packing {packing}, {components}, {big_endian}");
                assert_eq!(read.size, PictureSize { width: 3, height: 2 });
                let facts = facts(&bytes).unwrap();
                assert_eq!(facts.timecode().as_deref(), Some("01:02:03:04"));
                assert_eq!((facts.frame_rate, facts.is_density), (Some(24.0), true));
                assert_eq!(facts.reel.as_deref(), Some("A001C002"));
            }
        }
    }

    #[test]
    fn what_is_not_read_is_refused_by_the_field_that_says_so() {
        let (good, _) = file(10, 1, 3, true);
        let with = |at: usize, value: &[u8]| {
            let mut bytes = good.clone();
            bytes[at..at + value.len()].copy_from_slice(value);
            decode(&bytes).unwrap_err().to_string()
        };
        assert_eq!(with(0, b"II*\0"), "it does not begin as a DPX file does");
        assert!(with(803, &[14]).contains("bit depth 14, expected 8, 10, 12 or 16"));
        assert!(with(804, &[0, 0]).contains("packing 0, expected 1 or 2"));
        assert!(with(806, &[0, 1]).contains("encoding 1"));
        assert!(with(770, &[0, 3]).contains("number of elements 3"));
        assert!(with(800, &[6]).contains("descriptor 6, expected 50"));
        assert!(with(768, &[0, 2]).contains("orientation 2"));
        assert!(with(772, &[0, 0, 0x20, 1]).contains("8193 x 2"));
        assert!(with(776, &[0, 0, 0, 3]).contains("not completely written"));
        assert!(with(808, &[0xff, 0xff, 0xff, 0xfe]).contains("not completely written"));
        assert!(decode(&good[..1_000]).unwrap_err().to_string().contains("not completely written"));
    }

    /// Any file at all is read or refused, and never makes more of itself than its header's size.
    #[test]
    fn no_damage_gets_through() {
        let mut seed = 7_u64;
        let mut random = move |limit: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize % limit
        };
        for round in 0..20_000 {
            let (bits, packing) = KINDS[round % KINDS.len()];
            let (mut bytes, _) = file(bits, packing, 3 + round % 2, round % 3 == 0);
            for _ in 0..=random(8) {
                let at = if random(2) == 0 { 768 + random(60) } else { random(bytes.len()) };
                bytes[at] = random(256) as u8;
            }
            bytes.truncate(bytes.len() - if random(4) == 0 { random(bytes.len()) } else { 0 });
            if let Ok(read) = decode(&bytes) {
                let pixels = read.size.width as usize * read.size.height as usize;
                assert!(read.planes.iter().all(|plane| plane.len() == pixels));
                assert!(pixels <= bytes.len(), "{:?} of {} bytes", read.size, bytes.len());
                assert!(read.planes.iter().flatten().all(|value| u32::from(*value) >> read.depth.bits() == 0));
            }
            let _ = facts(&bytes).map(|facts| facts.timecode());
        }
    }
}
