//! The ops of a ProcessList.

use super::array::Array;
use super::curves;
use crate::formats::error::{ReadError, ReadErrorKind, shortened};
use crate::formats::text::{number64, red_fastest};
use crate::formats::xml::Element;
use crate::formats::{Format, Lut, cdl};
use crate::ops::lut3d::{Domain, Interpolation};
use crate::ops::range::Range;
use crate::ops::{Direction, Op, lut1d, lut3d};
use crate::{Affine, Cdl, Lut1d, Lut3d};

/// The elements that are ops.
pub(super) const KNOWN: &[&str] =
    &["Matrix", "LUT1D", "InverseLUT1D", "LUT3D", "Range", "Exponent", "Gamma", "Log", "ASC_CDL"];
/// The attributes an op may have.
pub(super) const ATTRIBUTES: &[&str] = &[
    "id",
    "name",
    "inBitDepth",
    "outBitDepth",
    "interpolation",
    "halfDomain",
    "rawHalfs",
    "hueAdjust",
    "style",
    "bypass",
];

/// The codes that stand for 1 on either side of an op.
#[derive(Clone, Copy, Debug)]
pub(super) struct Depths {
    input: f64,
    output: f64,
}

impl Depths {
    pub(super) fn parse(input: &str, output: &str) -> Result<Self, ReadErrorKind> {
        Ok(Self { input: one(input)?, output: one(output)? })
    }
}

/// Largest coefficient, as of every number in a file.
const LARGEST: f64 = 1.0e9;

/// The code that stands for 1.
fn one(depth: &str) -> Result<f64, ReadErrorKind> {
    Ok(match depth.to_ascii_lowercase().as_str() {
        "8i" => 255.0,
        "10i" => 1023.0,
        "12i" => 4095.0,
        "16i" => 65_535.0,
        "16f" | "32f" => 1.0,
        _ => return Err(ReadErrorKind::unexpected(depth, "a bit depth of 8i, 10i, 12i, 16i, 16f or 32f")),
    })
}

/// Reads one op into `lut`; `element` is one of [`KNOWN`].
pub(super) fn read(element: &Element, depths: Depths, lut: &mut Lut) -> Result<(), ReadError> {
    let op = match element.name.as_str() {
        "Matrix" => matrix(element, depths)?,
        "Range" => range(element, depths)?,
        "ASC_CDL" => asc_cdl(element)?,
        "Exponent" | "Gamma" => curves::exponent(element)?,
        "Log" => curves::log(element, lut.format == Format::Ctf)?,
        "LUT1D" => {
            let table = table_1d(element, depths)?;
            lut.ops.extend(index_map(element, depths, table.size())?);
            Op::Lut1d(table)
        }
        "InverseLUT1D" if lut.format == Format::Clf => {
            return Err(ReadErrorKind::Unsupported { found: "InverseLUT1D in CLF".into() }.at(element.line));
        }
        "InverseLUT1D" => Op::Lut1d(inverse_table_1d(element, depths)?),
        _ => {
            let table = table_3d(element, depths)?;
            lut.ops.extend(index_map(element, depths, table.size())?);
            Op::Lut3d(table)
        }
    };
    lut.ops.push(op);
    Ok(())
}

/// The `style` of an op, in lower case; empty without one.
pub(super) fn style(element: &Element) -> String {
    element.attribute("style").unwrap_or_default().to_ascii_lowercase()
}

/// An unknown style.
pub(super) fn bad_style(element: &Element, expected: &str) -> ReadError {
    let found = element.attribute("style").unwrap_or_default();
    ReadErrorKind::unexpected(found, format!("a style of {} such as {expected}", element.name)).at(element.line)
}

fn matrix(element: &Element, depths: Depths) -> Result<Op, ReadError> {
    let array = Array::new(element, 3)?;
    // Versions before 3 name the rows a third time.
    let columns = match array.dim[..] {
        [3, columns @ (3 | 4)] | [3, columns @ (3 | 4), 3] => columns,
        _ => return Err(array.bad_dim("3 3 or 3 4 (a matrix for alpha is not supported)")),
    };
    let mut values = [0.0; 12];
    let found = array.read(3 * columns, |i, word| {
        values[i] = number64(word)?;
        Ok(())
    });
    found?;
    let Depths { input, output } = depths;
    let row = |r: usize| [0, 1, 2].map(|c| values[r * columns + c] * (input / output));
    let offset = |r: usize| if columns == 4 { values[r * columns + 3] / output } else { 0.0 };
    let matrix = Affine { m: [row(0), row(1), row(2)], offset: [offset(0), offset(1), offset(2)] };
    if let Some(large) = matrix.m.iter().flatten().find(|v| v.abs() > LARGEST) {
        return Err(ReadErrorKind::NotFinite { found: large.to_string() }.at(array.line()));
    }
    Ok(Op::Affine(matrix))
}

fn range(element: &Element, depths: Depths) -> Result<Op, ReadError> {
    let bound = |input: &str, output: &str| -> Result<Option<(f64, f64)>, ReadError> {
        match (single(element, input)?, single(element, output)?) {
            (Some(a), Some(b)) => Ok(Some((a / depths.input, b / depths.output))),
            (None, None) => Ok(None),
            _ => Err(ReadErrorKind::unexpected("", format!("both {input} and {output} or neither")).at(element.line)),
        }
    };
    let (min, max) = (bound("minInValue", "minOutValue")?, bound("maxInValue", "maxOutValue")?);
    let expected = "a minimum below its maximum, or one bound that is the same in and out";
    let range = Range::new(min, max);
    let range = range.ok_or_else(|| ReadErrorKind::unexpected("", expected).at(element.line))?;
    match style(element).as_str() {
        "" | "clamp" => Ok(Op::Range(range)),
        "noclamp" if min.is_some() && max.is_some() => {
            let (scale, offset) = range.scale_offset();
            Ok(Op::Affine(Affine::diagonal([scale; 3], [offset; 3])))
        }
        "noclamp" => Err(ReadErrorKind::unexpected("", "both bounds for the style noClamp").at(element.line)),
        _ => Err(bad_style(element, "Clamp or noClamp")),
    }
}

/// The one number in the child called `name`, if there is one.
fn single(element: &Element, name: &str) -> Result<Option<f64>, ReadError> {
    let Some(child) = element.child(name) else { return Ok(None) };
    let mut words = child.words();
    match (words.next(), words.next()) {
        (Some((word, line)), None) => number64(word).map(Some).map_err(|kind| kind.at(line)),
        _ => Err(ReadErrorKind::unexpected(child.text.trim(), format!("one number in {name}")).at(child.line)),
    }
}

fn asc_cdl(element: &Element) -> Result<Op, ReadError> {
    let (clamp, direction) = match style(element).as_str() {
        "" | "fwd" | "v1.2_fwd" => (true, Direction::Forward),
        "rev" | "v1.2_rev" => (true, Direction::Inverse),
        "fwdnoclamp" | "noclampfwd" => (false, Direction::Forward),
        "revnoclamp" | "noclamprev" => (false, Direction::Inverse),
        _ => return Err(bad_style(element, "Fwd, Rev, FwdNoClamp or RevNoClamp")),
    };
    let mut op = Cdl { clamp, ..Cdl::default() };
    for child in element.children.iter().filter(|child| child.name != "Description") {
        match child.name.as_str() {
            "SOPNode" | "SatNode" => cdl::node(&mut op, child)?,
            other => return Err(ReadErrorKind::unexpected(other, "SOPNode or SatNode").at(child.line)),
        }
    }
    if direction == Direction::Inverse {
        let lost =
            || ReadErrorKind::unexpected("0", "a slope, power and saturation that can be undone").at(element.line);
        op = op.inverse().ok_or_else(lost)?;
    }
    Ok(Op::Cdl(op))
}

/// A two-entry IndexMap of version 2: where in the input the first and the last entry lie, as a range before the table.
fn index_map(element: &Element, depths: Depths, size: usize) -> Result<Option<Op>, ReadError> {
    let Some(map) = element.child("IndexMap") else { return Ok(None) };
    // Pairs may be written with spaces around the @.
    let text = map.text.replace('@', " ");
    let words: Vec<&str> = text.split_whitespace().take(5).collect();
    let [in_min, min, in_max, max] = words[..] else {
        return Err(ReadErrorKind::Unsupported { found: "an IndexMap of other than 2 entries".into() }.at(map.line));
    };
    let number = |word: &str| number64(word).map_err(|kind| kind.at(map.line));
    let last = (size - 1) as f64;
    let min = (number(in_min)? / depths.input, number(min)? / last);
    let max = (number(in_max)? / depths.input, number(max)? / last);
    let bad = || ReadErrorKind::unexpected(map.text.trim(), "an IndexMap that ascends").at(map.line);
    Range::new(Some(min), Some(max)).map(|range| Some(Op::Range(range))).ok_or_else(bad)
}

/// Whether a flag is set.
fn flag(element: &Element, name: &str) -> Result<bool, ReadError> {
    match element.attribute(name).map(str::to_ascii_lowercase).as_deref() {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(other) => Err(ReadErrorKind::unexpected(other, format!("true or false for {name}")).at(element.line)),
    }
}

fn table_1d(element: &Element, depths: Depths) -> Result<Lut1d, ReadError> {
    let unsupported = |what: &str, found: &str| {
        ReadErrorKind::Unsupported { found: format!("{what} {} in LUT1D", shortened(found)) }.at(element.line)
    };
    if let Some(adjust) = element.attribute("hueAdjust").filter(|adjust| !adjust.eq_ignore_ascii_case("none")) {
        return Err(unsupported("hueAdjust", adjust));
    }
    match element.attribute("interpolation").unwrap_or("linear") {
        "linear" | "default" => {}
        other => return Err(unsupported("interpolation", other)),
    }
    let half_domain = flag(element, "halfDomain")?;
    let array = Array::new(element, lut1d::MAX_SIZE)?;
    let components = match array.dim[..] {
        [_, components @ (1 | 3)] => components,
        _ => return Err(array.bad_dim("the number of entries and 1 or 3")),
    };
    if array.dim[0] < 2 || (half_domain && array.dim[0] != lut1d::MAX_SIZE) {
        return Err(array.bad_dim(if half_domain { "65536 entries for halfDomain" } else { "2 to 65536 entries" }));
    }
    let values = array.colors(components, depths.output, half_domain, flag(element, "rawHalfs")?)?;
    let lut = if half_domain { Lut1d::half_domain(values) } else { Lut1d::new(Domain::UNIT, values) };
    lut.map_err(|error| ReadErrorKind::from(error).at(array.line()))
}

/// The table is that of the forward direction, so its values are codes of the input.
fn inverse_table_1d(element: &Element, Depths { input, output }: Depths) -> Result<Lut1d, ReadError> {
    if element.child("IndexMap").is_some() {
        return Err(ReadErrorKind::Unsupported { found: "an IndexMap in InverseLUT1D".into() }.at(element.line));
    }
    let forward = table_1d(element, Depths { input: output, output: input })?;
    forward.inverse().map_err(|error| ReadErrorKind::OneWay(error).at(element.line))
}

fn table_3d(element: &Element, depths: Depths) -> Result<Lut3d, ReadError> {
    // Without a word it is trilinear.
    let interpolation = match element.attribute("interpolation").unwrap_or("trilinear").to_ascii_lowercase().as_str() {
        "tetrahedral" | "best" => Interpolation::Tetrahedral,
        "trilinear" | "linear" => Interpolation::Trilinear,
        other => {
            let found = format!("interpolation {} in LUT3D", shortened(other));
            return Err(ReadErrorKind::Unsupported { found }.at(element.line));
        }
    };
    let array = Array::new(element, lut3d::MAX_SIZE)?;
    let size = match array.dim[..] {
        [r, g, b, 3] if r == g && g == b && r >= lut3d::MIN_SIZE => r,
        _ => return Err(array.bad_dim("three equal sizes from 2 to 129, and 3")),
    };
    let values = array.colors(3, depths.output, false, flag(element, "rawHalfs")?)?;
    let lut = Lut3d::new(size, Domain::UNIT, red_fastest(size, &values));
    let lut = lut.map_err(|error| ReadErrorKind::from(error).at(array.line()))?;
    Ok(lut.with_interpolation(interpolation))
}
