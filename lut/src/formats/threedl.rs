//! Autodesk `.3dl` cubes, as Lustre and Flame write them.
//!
//! Optional keywords (Lustre: `3DMESH`, `Mesh <input bits> <output bits>`, a footer `LUT8`, `gamma`), one row of more
//! than three whole numbers that says where along each axis the entries lie, then rows of three, blue changing fastest.
//! The row of positions belongs to a format older than both programs; as OpenColorIO does, it is taken as a curve
//! before the cube, and left out when it is within two codes of a straight line.
//!
//! The scale of the values is the output depth of `Mesh`; without one it is guessed from the largest value, which may
//! be up to twice the scale: 8, 10, 12 or 16 bits.

use super::error::{ReadError, ReadErrorKind, Warning, shortened, warn};
use super::text::{Rows, decoded, integer, number, red_fastest};
use super::{Format, Lut};
use crate::ops::lut3d::Domain;
use crate::ops::{Op, lut1d, lut3d};
use crate::{Lut1d, Lut3d};

/// Reads a `.3dl` file.
///
/// # Errors
/// Says the line, what was found and what was expected.
pub fn read(bytes: &[u8]) -> Result<Lut, ReadError> {
    let text = decoded(bytes)?;
    let mut rows = Rows::new(&text);
    let mut reader = Reader::default();
    while let Some(row) = rows.next() {
        let taken = reader.take(row, rows.line);
        rows.at(taken)?;
    }
    let line = rows.line.max(1);
    reader.finish().map_err(|kind| kind.at(line))
}

/// What has been read so far.
#[derive(Default)]
struct Reader {
    /// Input and output bits of `Mesh`.
    mesh: Option<(u32, u32)>,
    positions: Vec<u32>,
    codes: Vec<[u32; 3]>,
    warnings: Vec<Warning>,
}

/// Twice the largest 16-bit code.
const MAX_CODE: u32 = 131_071;
/// Below this the values are no integer codes.
const MIN_LARGEST: u32 = 128;

impl Reader {
    fn take(&mut self, row: &str, line: usize) -> Result<(), ReadErrorKind> {
        let word = row.split_whitespace().next().unwrap_or_default();
        let keyword = word.to_ascii_lowercase();
        let rest = row[word.len()..].trim();
        match keyword.as_str() {
            "3dmesh" | "lut8" => Ok(()),
            "mesh" => self.mesh(rest),
            "gamma" => self.gamma(rest, line),
            _ if word.starts_with(char::is_alphabetic) => {
                warn(&mut self.warnings, Warning::UnknownKeyword { line, keyword: shortened(word) });
                Ok(())
            }
            _ => self.codes(row),
        }
    }

    fn mesh(&mut self, rest: &str) -> Result<(), ReadErrorKind> {
        let words: Vec<&str> = rest.split_whitespace().take(3).collect();
        let [input, output] = words[..] else {
            return Err(ReadErrorKind::unexpected(rest, "the input and the output bits after Mesh"));
        };
        let output = integer(output, 8, 16)?;
        self.mesh = Some((integer(input, 1, 7)?, output));
        Ok(())
    }

    fn gamma(&mut self, rest: &str, line: usize) -> Result<(), ReadErrorKind> {
        if number(rest)? != 1.0 {
            warn(&mut self.warnings, Warning::NotObeyed { line, what: format!("gamma {}", shortened(rest)) });
        }
        Ok(())
    }

    fn codes(&mut self, row: &str) -> Result<(), ReadErrorKind> {
        let columns = row.split_whitespace().count();
        if columns == 3 {
            if self.codes.len() == lut3d::MAX_SIZE.pow(3) {
                return Err(ReadErrorKind::TooManyRows { expected: lut3d::MAX_SIZE.pow(3) });
            }
            let mut color = [0; 3];
            for (slot, word) in color.iter_mut().zip(row.split_whitespace()) {
                *slot = integer(word, 0, MAX_CODE)?;
            }
            self.codes.push(color);
            return Ok(());
        }
        if columns < 3 || !self.positions.is_empty() || !self.codes.is_empty() {
            return Err(ReadErrorKind::Columns { found: columns, expected: 3 });
        }
        if columns > lut1d::MAX_SIZE {
            return Err(ReadErrorKind::Columns { found: columns, expected: lut1d::MAX_SIZE });
        }
        self.positions = row.split_whitespace().map(|word| integer(word, 0, MAX_CODE)).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// A row of positions for a cube of 3 looks like a colour: it ascends from 0, and there is one row too many.
    fn take_three_positions(&mut self) {
        let [first, ..] = self.codes[..] else { return };
        if self.positions.is_empty() && self.codes.len() == 28 && first[0] == 0 && first.is_sorted_by(|a, b| a < b) {
            self.positions = self.codes.remove(0).to_vec();
        }
    }

    fn finish(mut self) -> Result<Lut, ReadErrorKind> {
        self.take_three_positions();
        let size = edge(self.codes.len())?;
        if let Some((bits, _)) = self.mesh
            && size != (1 << bits) + 1
        {
            return Err(ReadErrorKind::TooFewRows {
                found: self.codes.len(),
                expected: ((1_usize << bits) + 1).pow(3),
            });
        }
        let mut ops = Vec::new();
        if let Some(shaper) = shaper(&self.positions)? {
            ops.push(Op::Lut1d(shaper));
        }
        let scale = scale(self.depth()?);
        let colors: Vec<[f32; 3]> = self.codes.iter().map(|rgb| rgb.map(|code| code as f32 / scale)).collect();
        ops.push(Op::Lut3d(Lut3d::new(size, Domain::UNIT, red_fastest(size, &colors))?));
        Ok(Lut { format: Format::ThreeDl, ops, title: None, warnings: self.warnings })
    }

    /// Bits of the values.
    fn depth(&mut self) -> Result<u32, ReadErrorKind> {
        let largest = self.codes.iter().flatten().copied().max().unwrap_or_default();
        let Some((_, bits)) = self.mesh else {
            let bits = likely_depth(largest)?;
            warn(&mut self.warnings, Warning::DepthGuessed { largest, bits });
            return Ok(bits);
        };
        if likely_depth(largest) != Ok(bits) {
            warn(&mut self.warnings, Warning::DepthUnusual { largest, bits });
        }
        Ok(bits)
    }
}

/// The edge of a cube with that many colours.
fn edge(colors: usize) -> Result<usize, ReadErrorKind> {
    let size = (lut3d::MIN_SIZE..=lut3d::MAX_SIZE).find(|n| n.pow(3) >= colors).unwrap_or(lut3d::MAX_SIZE);
    if size.pow(3) == colors {
        Ok(size)
    } else {
        Err(ReadErrorKind::TooFewRows { found: colors, expected: size.pow(3) })
    }
}

/// The depth whose codes reach about `largest`; 14 bits are not used in practice.
fn likely_depth(largest: u32) -> Result<u32, ReadErrorKind> {
    match largest {
        ..MIN_LARGEST => Err(ReadErrorKind::unexpected(&largest.to_string(), "integer codes that reach 128 or more")),
        MIN_LARGEST..512 => Ok(8),
        512..2048 => Ok(10),
        2048..8192 => Ok(12),
        _ => Ok(16),
    }
}

/// The largest code of a depth.
fn scale(bits: u32) -> f32 {
    ((1_u32 << bits) - 1) as f32
}

/// The curve before the cube, unless it is straight.
fn shaper(positions: &[u32]) -> Result<Option<Lut1d>, ReadErrorKind> {
    let Some(&largest) = positions.iter().max() else { return Ok(None) };
    let scale = scale(likely_depth(largest)?);
    let step = scale / (positions.len() - 1) as f32;
    let straight = positions.iter().enumerate().all(|(i, &code)| (i as f32 * step - code as f32).abs() < 2.0);
    if straight {
        return Ok(None);
    }
    let values = positions.iter().map(|&code| [code as f32 / scale; 3]).collect();
    Ok(Some(Lut1d::new(Domain::UNIT, values)?))
}
