//! The `Array` of a matrix or a table.

use crate::formats::error::{ReadError, ReadErrorKind};
use crate::formats::half;
use crate::formats::text::{integer, number};
use crate::formats::xml::Element;

/// An `Array` element and its `dim`.
pub(super) struct Array<'a> {
    element: &'a Element,
    /// Entries along each axis; the last is the number of components (of a matrix: columns, or rows once more).
    pub(super) dim: Vec<usize>,
}

impl<'a> Array<'a> {
    /// The array of an op; no axis is longer than `max`.
    pub(super) fn new(op: &'a Element, max: usize) -> Result<Self, ReadError> {
        let element = op.require("Array")?;
        let text = element.attribute("dim").unwrap_or_default();
        let max = max.max(4) as u32;
        let axis = |word| integer(word, 1, max).map(|n| n as usize).map_err(|kind| kind.at(element.line));
        let dim = text.split_whitespace().take(5).map(axis).collect::<Result<_, _>>()?;
        Ok(Self { element, dim })
    }

    pub(super) fn line(&self) -> usize {
        self.element.line
    }

    pub(super) fn bad_dim(&self, expected: &str) -> ReadError {
        let found = self.element.attribute("dim").unwrap_or_default();
        ReadErrorKind::unexpected(found, format!("a dim of {expected}")).at(self.element.line)
    }

    /// Gives every word and its index to `take`; there must be `count`.
    pub(super) fn read(
        &self,
        count: usize,
        mut take: impl FnMut(usize, &str) -> Result<(), ReadErrorKind>,
    ) -> Result<(), ReadError> {
        let (mut found, mut last) = (0, self.element.line);
        for (word, line) in self.element.words() {
            if found == count {
                return Err(ReadErrorKind::Columns { found: count + 1, expected: count }.at(line));
            }
            take(found, word).map_err(|kind| kind.at(line))?;
            (found, last) = (found + 1, line);
        }
        if found == count { Ok(()) } else { Err(ReadErrorKind::Columns { found, expected: count }.at(last)) }
    }

    /// The colours of a table in file order, divided by `one`. With 1 component all channels are the same.
    ///
    /// In a `half_domain` table infinities become the largest half, and the entries of infinities and NaNs, which are
    /// never used, become 0.
    pub(super) fn colors(
        &self,
        components: usize,
        one: f64,
        half_domain: bool,
        raw_halfs: bool,
    ) -> Result<Vec<[f32; 3]>, ReadError> {
        let entries: usize = self.dim[..self.dim.len() - 1].iter().product();
        let mut colors: Vec<[f32; 3]> = Vec::new();
        self.read(entries * components, |i, word| {
            let value = value(word, half_domain.then_some(i / components), raw_halfs)?;
            let value = (f64::from(value) / one) as f32;
            match colors.last_mut() {
                Some(color) if i % components != 0 => color[i % components] = value,
                _ => colors.push([value; 3]),
            }
            Ok(())
        })?;
        Ok(colors)
    }
}

/// One number of a table; `code` is the half-float it stands at, if any.
fn value(word: &str, code: Option<usize>, raw_halfs: bool) -> Result<f32, ReadErrorKind> {
    if code.is_some_and(|code| !half::is_finite(code)) {
        return Ok(0.0);
    }
    let limited = |value: f32| if code.is_some() { value.clamp(-half::MAX, half::MAX) } else { value };
    if raw_halfs {
        let value = limited(half::from_bits(integer(word, 0, 65_535)? as u16));
        return if value.is_finite() { Ok(value) } else { Err(ReadErrorKind::NotFinite { found: word.to_owned() }) };
    }
    match word.parse::<f32>() {
        Ok(value) if code.is_some() && value.is_infinite() => Ok(limited(value)),
        _ => number(word),
    }
}
