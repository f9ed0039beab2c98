//! cineSpace `.csp`: `CSPLUTV100`, `1D` or `3D`, perhaps metadata, a curve per channel ("prelut") given by any number of
//! points, then the table over 0..1, red changing fastest.
//!
//! The prelut is a cubic through the points, as in cineSpace and OpenColorIO: between two points it has at both ends the
//! slope of the neighbours; the first and the last piece are parabolas. It is sampled 65,536 times.

use super::error::{ReadError, ReadErrorKind, Warning, warn};
use super::text::{Rows, decoded, number, numbers, size};
use super::{Format, Lut};
use crate::ops::lut3d::Domain;
use crate::ops::{Op, lut1d, lut3d};
use crate::{Lut1d, Lut3d};

/// Reads a `.csp` file.
///
/// # Errors
/// Says the line, what was found and what was expected.
pub fn read(bytes: &[u8]) -> Result<Lut, ReadError> {
    let text = decoded(bytes)?;
    let mut rows = Rows::new(&text);
    let first = rows.expect("CSPLUTV100")?;
    if !first.eq_ignore_ascii_case("CSPLUTV100") {
        return Err(rows.fail(ReadErrorKind::unexpected(first, "CSPLUTV100")));
    }
    let kind = rows.expect("1D or 3D")?.to_ascii_uppercase();
    let mut title = None;
    let mut ahead = rows.clone();
    if ahead.next().is_some_and(|row| row.eq_ignore_ascii_case("BEGIN METADATA")) {
        rows = ahead;
        title = metadata(&mut rows)?;
    }
    let curves = [curve(&mut rows)?, curve(&mut rows)?, curve(&mut rows)?];
    let mut ops = Vec::new();
    if let Some(shaper) = rows.at(shaper(&curves))? {
        ops.push(Op::Lut1d(shaper));
    }
    ops.push(match kind.as_str() {
        "1D" => table_1d(&mut rows)?,
        "3D" => table_3d(&mut rows)?,
        other => return Err(rows.fail(ReadErrorKind::unexpected(other, "1D or 3D on the second line"))),
    });
    let mut warnings = Vec::new();
    if rows.next().is_some() {
        warn(&mut warnings, Warning::NotObeyed { line: rows.line, what: "what follows the table".into() });
    }
    Ok(Lut { format: Format::Csp, ops, title, warnings })
}

/// The text between BEGIN METADATA and END METADATA.
fn metadata(rows: &mut Rows<'_>) -> Result<Option<String>, ReadError> {
    let mut title = None;
    loop {
        let row = rows.expect("END METADATA")?;
        if row.eq_ignore_ascii_case("END METADATA") {
            return Ok(title);
        }
        title.get_or_insert_with(|| row.chars().take(200).collect::<String>());
    }
}

/// The points of a prelut curve, inputs ascending.
struct Curve {
    inputs: Vec<f64>,
    outputs: Vec<f64>,
}

impl Curve {
    fn straight(&self) -> bool {
        self.inputs.iter().zip(&self.outputs).all(|(i, o)| (i - o).abs() <= 1.0e-6 * i.abs().max(o.abs()))
    }

    fn domain(&self) -> (f64, f64) {
        (self.inputs.first().copied().unwrap_or(0.0), self.inputs.last().copied().unwrap_or(1.0))
    }

    /// The curve at `x`, which lies in piece `i`.
    fn at(&self, i: usize, x: f64) -> f64 {
        let (x0, x1, y0, y1) = (self.inputs[i], self.inputs[i + 1], self.outputs[i], self.outputs[i + 1]);
        let width = x1 - x0;
        let t = (x - x0) / width;
        let rise = y1 - y0;
        // Rise over one width of this piece, at either end.
        let (before, after) = (self.slope(i).map(|s| s * width), self.slope(i + 1).map(|s| s * width));
        match (before, after) {
            (None, None) => y0 + rise * t,
            (None, Some(b)) => y0 + t * (2.0 * rise - b + t * (b - rise)),
            (Some(a), None) => y0 + t * (a + t * (rise - a)),
            (Some(a), Some(b)) => y0 + t * (a + t * (3.0 * rise - 2.0 * a - b + t * (a + b - 2.0 * rise))),
        }
    }

    /// The slope at an inner point: that of the line between its neighbours.
    fn slope(&self, i: usize) -> Option<f64> {
        let before = i.checked_sub(1)?;
        let run = self.inputs.get(i + 1)? - self.inputs[before];
        Some((self.outputs[i + 1] - self.outputs[before]) / run)
    }
}

/// Reads one prelut curve: the number of points, the inputs, the outputs. Fewer than two points: none.
fn curve(rows: &mut Rows<'_>) -> Result<Curve, ReadError> {
    let count = rows.expect("the number of prelut points")?;
    let count = rows.at(size("prelut points", count, 0, lut1d::MAX_SIZE))?;
    if count < 2 {
        return Ok(Curve { inputs: vec![0.0, 1.0], outputs: vec![0.0, 1.0] });
    }
    let inputs = points(rows, count)?;
    let ascending = inputs.windows(2).all(|pair| pair[1] - pair[0] >= 1.0e-9);
    if !ascending {
        return Err(rows.fail(ReadErrorKind::Unexpected {
            found: "inputs out of order".into(),
            expected: "prelut inputs in ascending order".into(),
        }));
    }
    Ok(Curve { inputs, outputs: points(rows, count)? })
}

fn points(rows: &mut Rows<'_>, count: usize) -> Result<Vec<f64>, ReadError> {
    let row = rows.expect("prelut points")?;
    let found = row.split_whitespace().count();
    if found != count {
        return Err(rows.fail(ReadErrorKind::Columns { found, expected: count }));
    }
    rows.at(row.split_whitespace().map(|word| number(word).map(f64::from)).collect())
}

/// The three curves as one table; none when all are straight.
fn shaper(curves: &[Curve; 3]) -> Result<Option<Lut1d>, ReadErrorKind> {
    if curves.iter().all(Curve::straight) {
        return Ok(None);
    }
    let lines = curves.iter().all(|curve| curve.inputs.len() == 2);
    let length = if lines { 2 } else { lut1d::MAX_SIZE };
    let mut values = vec![[0.0; 3]; length];
    for (c, curve) in curves.iter().enumerate() {
        let (min, max) = curve.domain();
        let mut piece = 0;
        for (i, value) in values.iter_mut().enumerate() {
            let x = min + (max - min) * i as f64 / (length - 1) as f64;
            while piece + 2 < curve.inputs.len() && x > curve.inputs[piece + 1] {
                piece += 1;
            }
            value[c] = curve.at(piece, x) as f32;
        }
    }
    let domain = |end: fn(&Curve) -> f64| [0, 1, 2].map(|c| end(&curves[c]) as f32);
    let domain = Domain { min: domain(|c| c.domain().0), max: domain(|c| c.domain().1) };
    Ok(Some(Lut1d::new(domain, values)?))
}

fn table_1d(rows: &mut Rows<'_>) -> Result<Op, ReadError> {
    let length = rows.expect("the number of entries")?;
    let length = rows.at(size("number of entries", length, 2, lut1d::MAX_SIZE))?;
    let values = table(rows, length)?;
    let lut = Lut1d::new(Domain::UNIT, values).map_err(ReadErrorKind::from);
    Ok(Op::Lut1d(rows.at(lut)?))
}

fn table_3d(rows: &mut Rows<'_>) -> Result<Op, ReadError> {
    let row = rows.expect("the size of the cube, three times")?;
    let words: Vec<&str> = row.split_whitespace().take(4).collect();
    let edge = match words[..] {
        [r, g, b] if r == g && g == b => rows.at(size("size", r, lut3d::MIN_SIZE, lut3d::MAX_SIZE))?,
        _ => return Err(rows.fail(ReadErrorKind::unexpected(row, "the size of the cube, three times the same"))),
    };
    let values = table(rows, edge.pow(3))?;
    let lut = Lut3d::new(edge, Domain::UNIT, values).map_err(ReadErrorKind::from);
    Ok(Op::Lut3d(rows.at(lut)?))
}

fn table(rows: &mut Rows<'_>, length: usize) -> Result<Vec<[f32; 3]>, ReadError> {
    let mut values = Vec::new();
    while values.len() < length {
        let Some(row) = rows.next() else {
            return Err(rows.fail(ReadErrorKind::TooFewRows { found: values.len(), expected: length }));
        };
        values.push(rows.at(numbers(row))?);
    }
    Ok(values)
}
