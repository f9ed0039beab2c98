//! Discreet 1D `.lut`, as Flame, Smoke and Lustre write them.
//!
//! `LUT: <tables> <length> [<depth>]`, then all entries of the first table, one a line, all of the second, and so on.
//! The length gives the input depth (256, 1024, 4096 entries: 8, 10, 12 bits; 65,536: one entry per half-float) and,
//! unless `depth` does (the same numbers; `65536f`: half-floats), that of the entries. The oldest files are 256
//! entries without a header. Where the file is silent its name may say the depth: `log_12to10.lut`.

use super::error::{ReadError, ReadErrorKind, Warning, shortened, warn};
use super::text::{Rows, decoded, integer, size};
use super::{Format, Lut, half};
use crate::Lut1d;
use crate::ops::lut3d::Domain;
use crate::ops::{Op, lut1d};

/// How an entry is written.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Depth {
    /// A whole number up to this.
    Codes(u32),
    /// The bits of a half-float.
    Half,
}

/// What the first line says.
struct Header {
    tables: usize,
    length: usize,
    depth: Option<Depth>,
}

/// Reads a Discreet `.lut` file.
///
/// # Errors
/// Says the line, what was found and what was expected.
pub fn read(bytes: &[u8], name: Option<&str>) -> Result<Lut, ReadError> {
    let text = decoded(bytes)?;
    let mut rows = Rows::new(&text);
    let mut ahead = rows.clone();
    let first = ahead.expect("LUT: tables length")?;
    let header = if first.starts_with(|c: char| c.is_ascii_digit()) {
        Header { tables: 1, length: 256, depth: None }
    } else {
        rows = ahead;
        rows.at(header(first))?
    };
    let depth = header.depth.or_else(|| name.and_then(depth_of_name)).or_else(|| depth_of_length(header.length));
    let expected = "256, 1024, 4096 or 65536 entries, or the depth after the length";
    let depth = depth.ok_or_else(|| rows.fail(ReadErrorKind::unexpected(&header.length.to_string(), expected)))?;
    let entries = entries(&mut rows, &header, depth)?;
    let channel = |c: usize, i: usize| entries[c.min(header.tables - 1) * header.length + i];
    let values = (0..header.length).map(|i| [channel(0, i), channel(1, i), channel(2, i)]).collect();
    let mut warnings = Vec::new();
    if header.tables == 4 {
        warn(&mut warnings, Warning::NotObeyed { line: rows.line, what: "the fourth table".into() });
    }
    let lut = if header.length == lut1d::MAX_SIZE {
        Lut1d::half_domain(finite_entries(values))
    } else {
        Lut1d::new(Domain::UNIT, values)
    };
    let ops = vec![Op::Lut1d(rows.at(lut.map_err(ReadErrorKind::from))?)];
    Ok(Lut { format: Format::Discreet, ops, title: None, warnings })
}

fn header(row: &str) -> Result<Header, ReadErrorKind> {
    let words: Vec<&str> = row.split_whitespace().take(5).collect();
    let (tables, length, depth) = match words[..] {
        [lut, tables, length] if lut.eq_ignore_ascii_case("LUT:") => (tables, length, None),
        [lut, tables, length, depth] if lut.eq_ignore_ascii_case("LUT:") => (tables, length, Some(depth)),
        _ => return Err(ReadErrorKind::unexpected(row, "LUT: tables length, and perhaps the depth")),
    };
    let tables = integer(tables, 1, 4)? as usize;
    if tables == 2 {
        return Err(ReadErrorKind::unexpected("2", "1, 3 or 4 tables"));
    }
    let depth = depth.map(depth_of_word).transpose()?;
    Ok(Header { tables, length: size("length", length, 2, lut1d::MAX_SIZE)?, depth })
}

fn depth_of_word(word: &str) -> Result<Depth, ReadErrorKind> {
    match word.to_ascii_lowercase().as_str() {
        "65536f" => Ok(Depth::Half),
        word => {
            let codes = word.parse().ok().and_then(depth_of_length);
            codes.ok_or_else(|| ReadErrorKind::unexpected(word, "a depth of 256, 1024, 4096, 65536 or 65536f"))
        }
    }
}

/// The depth with that many codes.
fn depth_of_length(length: usize) -> Option<Depth> {
    match length {
        256 | 1024 | 4096 | 65_536 => Some(Depth::Codes(length as u32 - 1)),
        _ => None,
    }
}

/// The depth after the first `to` of a name, as in `12to10log`.
fn depth_of_name(name: &str) -> Option<Depth> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or_default().to_ascii_lowercase();
    let (stem, _) = file.rsplit_once('.').unwrap_or((&file, ""));
    let (_, target) = stem.split_once("to")?;
    [("16f", Depth::Half), ("16", Depth::Codes(65_535)), ("12", Depth::Codes(4095)), ("10", Depth::Codes(1023))]
        .into_iter()
        .chain([("8", Depth::Codes(255))])
        .find_map(|(start, depth)| target.starts_with(start).then_some(depth))
}

/// All entries of all tables, scaled.
fn entries(rows: &mut Rows<'_>, header: &Header, depth: Depth) -> Result<Vec<f32>, ReadError> {
    let expected = header.tables * header.length;
    let mut entries = Vec::new();
    while let Some(row) = rows.next() {
        if entries.len() == expected {
            return Err(rows.fail(ReadErrorKind::TooManyRows { expected }));
        }
        let entry = integer(row, 0, 65_535).map(|code| match depth {
            Depth::Codes(max) => code as f32 / max as f32,
            Depth::Half => half::from_bits(code as u16),
        });
        let entry = rows.at(entry)?;
        // In a table per half-float the entries of infinities and NaNs are never used.
        let used = header.length != lut1d::MAX_SIZE || half::is_finite(entries.len() % header.length);
        if used && !entry.is_finite() {
            return Err(rows.fail(ReadErrorKind::NotFinite { found: shortened(row) }));
        }
        entries.push(entry);
    }
    if entries.len() != expected {
        return Err(rows.fail(ReadErrorKind::TooFewRows { found: entries.len(), expected }));
    }
    Ok(entries)
}

/// The entries of a half-domain table, with 0 for those that are never used.
fn finite_entries(values: Vec<[f32; 3]>) -> Vec<[f32; 3]> {
    values.into_iter().enumerate().map(|(i, rgb)| if half::is_finite(i) { rgb } else { [0.0; 3] }).collect()
}
