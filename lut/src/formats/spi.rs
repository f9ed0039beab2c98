//! The three formats of Sony Pictures Imageworks, as OpenColorIO documents them: `.spi1d`, `.spi3d`, `.spimtx`.

use super::error::{ReadError, ReadErrorKind, Warning, shortened, warn};
use super::text::{Rows, decoded, integer, number64, numbers, size};
use super::{Format, Lut};
use crate::ops::lut3d::Domain;
use crate::ops::{Op, lut1d, lut3d};
use crate::{Affine, Lut1d, Lut3d};

/// The header of a `.spi1d` file.
struct Header {
    domain: [f32; 2],
    length: Option<usize>,
    components: Option<usize>,
    version: bool,
    warnings: Vec<Warning>,
}

/// Reads a `.spi1d` file: `Version 1`, `From min max`, `Length n`, `Components 1..3`, and the entries in braces. One
/// component serves all channels; with two, blue is 0.
///
/// # Errors
/// Says the line, what was found and what was expected.
pub fn read_1d(bytes: &[u8]) -> Result<Lut, ReadError> {
    let text = decoded(bytes)?;
    let mut rows = Rows::new(&text);
    let mut header = header(&mut rows)?;
    let missing = |what: &str| ReadErrorKind::unexpected("", format!("{what} before the entries"));
    rows.at(header.version.then_some(()).ok_or_else(|| missing("Version 1")))?;
    let length = rows.at(header.length.ok_or_else(|| missing("Length")))?;
    let components = rows.at(header.components.ok_or_else(|| missing("Components")))?;
    let mut values = Vec::new();
    loop {
        let row = rows.expect("} after the entries")?;
        if row == "}" {
            break;
        }
        if values.len() == length {
            return Err(rows.fail(ReadErrorKind::TooManyRows { expected: length }));
        }
        values.push(rows.at(entry(row, components))?);
    }
    if values.len() != length {
        return Err(rows.fail(ReadErrorKind::TooFewRows { found: values.len(), expected: length }));
    }
    if components == 2 {
        warn(
            &mut header.warnings,
            Warning::NotObeyed { line: rows.line, what: "blue, which 2 components leave 0".into() },
        );
    }
    let [min, max] = header.domain;
    let lut = Lut1d::new(Domain { min: [min; 3], max: [max; 3] }, values);
    let ops = vec![Op::Lut1d(rows.at(lut.map_err(ReadErrorKind::from))?)];
    Ok(Lut { format: Format::Spi1d, ops, title: None, warnings: header.warnings })
}

/// Reads up to the opening brace.
fn header(rows: &mut Rows<'_>) -> Result<Header, ReadError> {
    let mut header =
        Header { domain: [0.0, 1.0], length: None, components: None, version: false, warnings: Vec::new() };
    loop {
        let row = rows.expect("{ before the entries")?;
        if row.starts_with('{') {
            return Ok(header);
        }
        let taken = header.take(row, rows.line);
        rows.at(taken)?;
    }
}

impl Header {
    fn take(&mut self, row: &str, line: usize) -> Result<(), ReadErrorKind> {
        let word = row.split_whitespace().next().unwrap_or_default();
        let rest = row[word.len()..].trim();
        match word.to_ascii_lowercase().as_str() {
            "version" => {
                integer(rest, 1, 1)?;
                self.version = true;
            }
            "from" => {
                let [min, max] = numbers(rest)?;
                let domain = Domain { min: [min; 3], max: [max; 3] };
                domain.check()?;
                self.domain = [min, max];
            }
            "length" => self.length = Some(size("Length", rest, 2, lut1d::MAX_SIZE)?),
            "components" => self.components = Some(size("Components", rest, 1, 3)?),
            _ => warn(&mut self.warnings, Warning::UnknownKeyword { line, keyword: shortened(word) }),
        }
        Ok(())
    }
}

fn entry(row: &str, components: usize) -> Result<[f32; 3], ReadErrorKind> {
    Ok(match components {
        1 => numbers::<1>(row).map(|[v]| [v; 3])?,
        2 => numbers::<2>(row).map(|[r, g]| [r, g, 0.0])?,
        _ => numbers::<3>(row)?,
    })
}

/// Reads a `.spi3d` file: `SPILUT 1.0`, `3 3`, the size three times, then `r g b R G B` rows in any order.
///
/// # Errors
/// Says the line, what was found and what was expected.
pub fn read_3d(bytes: &[u8]) -> Result<Lut, ReadError> {
    let text = decoded(bytes)?;
    let mut rows = Rows::new(&text);
    let first = rows.expect("SPILUT 1.0")?;
    if !first.to_ascii_uppercase().starts_with("SPILUT") {
        return Err(rows.fail(ReadErrorKind::unexpected(first, "SPILUT 1.0")));
    }
    let channels = rows.expect("3 3")?;
    if channels.split_whitespace().ne(["3", "3"]) {
        return Err(rows.fail(ReadErrorKind::unexpected(channels, "3 3: three channels in and out")));
    }
    let size = spi3d_size(&mut rows)?;
    let expected = size.pow(3);
    let mut entries = Vec::new();
    while let Some(row) = rows.next() {
        if entries.len() == expected {
            return Err(rows.fail(ReadErrorKind::TooManyRows { expected }));
        }
        entries.push((rows.line, rows.at(spi3d_row(row, size))?));
    }
    if entries.len() != expected {
        return Err(rows.fail(ReadErrorKind::TooFewRows { found: entries.len(), expected }));
    }
    let mut values = vec![None; expected];
    for (line, (index, color)) in entries {
        if values[index].replace(color).is_some() {
            return Err(ReadErrorKind::Unexpected {
                found: "an entry again".into(),
                expected: "each entry once".into(),
            }
            .at(line));
        }
    }
    // As many entries as places, and none twice.
    let values = values.into_iter().flatten().collect();
    let lut = Lut3d::new(size, Domain::UNIT, values).map_err(ReadErrorKind::from);
    Ok(Lut { format: Format::Spi3d, ops: vec![Op::Lut3d(rows.at(lut)?)], ..Lut::default() })
}

fn spi3d_size(rows: &mut Rows<'_>) -> Result<usize, ReadError> {
    let row = rows.expect("the size of the cube, three times")?;
    let words: Vec<&str> = row.split_whitespace().take(4).collect();
    match words[..] {
        [r, g, b] if r == g && g == b => rows.at(size("size", r, lut3d::MIN_SIZE, lut3d::MAX_SIZE)),
        _ => Err(rows.fail(ReadErrorKind::unexpected(row, "the size of the cube, three times the same"))),
    }
}

/// Where the entry goes, red fastest, and its colour.
fn spi3d_row(row: &str, size: usize) -> Result<(usize, [f32; 3]), ReadErrorKind> {
    let [r, g, b, color @ ..] = six_words(row)?;
    let last = (size - 1) as u32;
    let index = |word| integer(word, 0, last).map(|i| i as usize);
    let [r, g, b] = [index(r)?, index(g)?, index(b)?];
    let mut values = [0.0; 3];
    for (slot, word) in values.iter_mut().zip(color) {
        *slot = numbers::<1>(word)?[0];
    }
    Ok((r + size * (g + size * b), values))
}

fn six_words(row: &str) -> Result<[&str; 6], ReadErrorKind> {
    let mut words = [""; 6];
    let mut found = 0;
    for word in row.split_whitespace() {
        if let Some(slot) = words.get_mut(found) {
            *slot = word;
        }
        found += 1;
    }
    if found == 6 { Ok(words) } else { Err(ReadErrorKind::Columns { found, expected: 6 }) }
}

/// Reads a `.spimtx` file: three rows of a 3x3 matrix, each followed by an offset in 16-bit codes.
///
/// # Errors
/// Says the line, what was found and what was expected.
pub fn read_matrix(bytes: &[u8]) -> Result<Lut, ReadError> {
    let text = decoded(bytes)?;
    let mut rows = Rows::new(&text);
    let mut values = [0.0; 12];
    let mut found = 0;
    while let Some(row) = rows.next() {
        for word in row.split_whitespace() {
            let value = rows.at(number64(word))?;
            if let Some(slot) = values.get_mut(found) {
                *slot = value;
            }
            found += 1;
        }
    }
    if found != 12 {
        return Err(rows.fail(ReadErrorKind::Columns { found, expected: 12 }));
    }
    let row = |i: usize| [values[4 * i], values[4 * i + 1], values[4 * i + 2]];
    let offset = [3, 7, 11].map(|i| values[i] / 65_535.0);
    let ops = vec![Op::Affine(Affine { m: [row(0), row(1), row(2)], offset })];
    Ok(Lut { format: Format::SpiMtx, ops, ..Lut::default() })
}
