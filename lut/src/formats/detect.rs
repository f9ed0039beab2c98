//! Which format a file is in, from what is written in it.

use super::Format;
use super::error::{ReadError, ReadErrorKind, shortened};
use super::text::{Rows, checked, decoded};
use super::xml;

/// The format of a file; `name` decides where the content could be several.
///
/// # Errors
/// [`ReadErrorKind::UnknownFormat`], and what no format can be: too large, UTF-16, binary.
pub fn detect(bytes: &[u8], name: Option<&str>) -> Result<Format, ReadError> {
    let named = name.and_then(Format::from_name);
    if checked(bytes)?.trim_ascii_start().starts_with(b"<") {
        return xml::root(bytes).and_then(|root| from_root(&root));
    }
    let text = decoded(bytes)?;
    let mut rows = Rows::new(&text);
    let mut first = None;
    while let Some(row) = rows.next() {
        first.get_or_insert((row, rows.line));
        let found = if starts_a_number(row) { from_numbers(row, named, &rows) } else { from_keyword(row) };
        if let Some(format) = found {
            return Ok(format);
        }
        if starts_a_number(row) {
            break;
        }
    }
    let (row, line) = first.unwrap_or(("", rows.line.max(1)));
    named.ok_or_else(|| ReadErrorKind::UnknownFormat { found: shortened(row) }.at(line))
}

fn from_root(root: &xml::Element) -> Result<Format, ReadError> {
    let has = |name| root.attribute(name).is_some();
    Ok(match root.name.as_str() {
        "ProcessList" if has("version") && !has("compCLFversion") => Format::Ctf,
        "ProcessList" => Format::Clf,
        "ColorDecisionList" => Format::Cdl,
        "ColorCorrection" => Format::Cc,
        "ColorCorrectionCollection" => Format::Ccc,
        other => {
            let expected = "ProcessList, ColorDecisionList, ColorCorrection or ColorCorrectionCollection";
            return Err(ReadErrorKind::unexpected(other, expected).at(root.line));
        }
    })
}

/// A line that is not numbers, if only one format has such a line.
fn from_keyword(row: &str) -> Option<Format> {
    let word = row.split([' ', '\t', '"']).next().unwrap_or_default().to_ascii_uppercase();
    Some(match word.as_str() {
        "TITLE" | "LUT_1D_SIZE" | "LUT_3D_SIZE" | "DOMAIN_MIN" | "DOMAIN_MAX" => Format::Cube,
        "LUT_1D_INPUT_RANGE" | "LUT_3D_INPUT_RANGE" | "LUT_IN_VIDEO_RANGE" | "LUT_OUT_VIDEO_RANGE" => Format::Cube,
        "3DMESH" | "MESH" => Format::ThreeDl,
        "CSPLUTV100" => Format::Csp,
        "SPILUT" => Format::Spi3d,
        "LUT:" => Format::Discreet,
        "VERSION" | "FROM" | "LENGTH" | "COMPONENTS" => Format::Spi1d,
        _ => return None,
    })
}

/// Begins with a digit, a sign or a point. `3DMESH` does too.
fn starts_a_number(row: &str) -> bool {
    row.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) && from_keyword(row).is_none()
}

/// The first line of numbers of a file without keywords. The rest of `rows` is looked at only as far as needed.
fn from_numbers(row: &str, named: Option<Format>, rows: &Rows<'_>) -> Option<Format> {
    let whole = |row: &str| row.split_whitespace().all(|word| word.bytes().all(|b| b.is_ascii_digit()));
    let columns = row.split_whitespace().count();
    let mut rest = rows.clone();
    let mut total = columns;
    while total <= 12
        && let Some(row) = rest.next()
    {
        total += row.split_whitespace().count();
    }
    match columns {
        _ if named == Some(Format::Cube) => None,
        _ if total == 12 => Some(Format::SpiMtx),
        1 if whole(row) => Some(Format::Discreet),
        3.. if whole(row) => Some(Format::ThreeDl),
        _ => None,
    }
}
