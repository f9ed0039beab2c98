//! What the text formats have in common: lines, and numbers on them.

use std::borrow::Cow;

use super::MAX_BYTES;
use super::error::{ReadError, ReadErrorKind, shortened};

/// The file without its byte order mark.
///
/// # Errors
/// Too large, or UTF-16.
pub(super) fn checked(bytes: &[u8]) -> Result<&[u8], ReadError> {
    if bytes.len() > MAX_BYTES {
        return Err(ReadErrorKind::TooLarge { found: bytes.len(), max: MAX_BYTES }.at(1));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(ReadErrorKind::NotText.at(1));
    }
    Ok(bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes))
}

/// The lines of a text, ended by LF, CR LF or CR.
#[derive(Clone)]
pub(super) struct Lines<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> Lines<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { rest: Some(text) }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let text = self.rest?;
        let Some(end) = text.iter().position(|b| matches!(b, b'\n' | b'\r')) else {
            self.rest = None;
            return (!text.is_empty()).then_some(text);
        };
        let (line, tail) = text.split_at(end);
        self.rest = tail.strip_prefix(b"\r\n").or_else(|| tail.get(1..));
        Some(line)
    }
}

/// The file as text. What is not UTF-8 (a title in Latin-1) becomes U+FFFD, which no number contains.
///
/// # Errors
/// As [`checked`], and a zero byte anywhere.
pub(super) fn decoded(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    let bytes = checked(bytes)?;
    if let Some(zero) = bytes.iter().position(|&b| b == 0) {
        let line = Lines::new(&bytes[..zero]).count().max(1);
        return Err(ReadErrorKind::NotText.at(line));
    }
    Ok(String::from_utf8_lossy(bytes))
}

/// The lines with something on them, trimmed, with their numbers; what follows `#` is left out.
#[derive(Clone)]
pub(super) struct Rows<'a> {
    text: &'a str,
    lines: Lines<'a>,
    /// Number of the line last taken, from 1; 0 before the first.
    pub(super) line: usize,
}

impl<'a> Rows<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, lines: Lines::new(text.as_bytes()), line: 0 }
    }

    /// The next line, which must be there.
    ///
    /// # Errors
    /// The end of the file where `expected` should be.
    pub(super) fn expect(&mut self, expected: &str) -> Result<&'a str, ReadError> {
        self.next().ok_or_else(|| self.fail(ReadErrorKind::unexpected("", expected)))
    }

    /// `kind` at the line last taken.
    pub(super) fn fail(&self, kind: ReadErrorKind) -> ReadError {
        kind.at(self.line.max(1))
    }

    /// A result at the line last taken.
    pub(super) fn at<T>(&self, result: Result<T, ReadErrorKind>) -> Result<T, ReadError> {
        result.map_err(|kind| self.fail(kind))
    }
}

impl<'a> Iterator for Rows<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        for raw in self.lines.by_ref() {
            self.line += 1;
            // Lines end at ASCII characters, so they begin and end where characters do.
            let from = raw.as_ptr() as usize - self.text.as_ptr() as usize;
            let row = self.text.get(from..from + raw.len()).unwrap_or_default();
            let row = row.split('#').next().unwrap_or_default().trim();
            if !row.is_empty() {
                return Some(row);
            }
        }
        None
    }
}

/// Exactly `N` finite numbers, separated by white space.
pub(super) fn numbers<const N: usize>(text: &str) -> Result<[f32; N], ReadErrorKind> {
    let mut values = [0.0; N];
    let mut found = 0;
    for word in text.split_whitespace() {
        let value = number(word)?;
        if let Some(slot) = values.get_mut(found) {
            *slot = value;
        }
        found += 1;
    }
    if found == N { Ok(values) } else { Err(ReadErrorKind::Columns { found, expected: N }) }
}

/// A finite number below 1e9.
pub(super) fn number(word: &str) -> Result<f32, ReadErrorKind> {
    finite(word, word.parse::<f32>().ok())
}

/// As [`number`], in double precision.
pub(super) fn number64(word: &str) -> Result<f64, ReadErrorKind> {
    finite(word, word.parse::<f64>().ok())
}

fn finite<T: Copy + Into<f64>>(word: &str, value: Option<T>) -> Result<T, ReadErrorKind> {
    check_word(word)?;
    match value {
        Some(value) if value.into().abs() <= 1.0e9 => Ok(value),
        Some(_) => Err(ReadErrorKind::NotFinite { found: shortened(word) }),
        None => Err(ReadErrorKind::NotANumber { found: shortened(word) }),
    }
}

fn check_word(word: &str) -> Result<(), ReadErrorKind> {
    if word.contains(',') {
        return Err(ReadErrorKind::DecimalComma { found: shortened(word) });
    }
    if means_not_finite(word) {
        return Err(ReadErrorKind::NotFinite { found: shortened(word) });
    }
    Ok(())
}

/// A whole number from `min` to `max`.
pub(super) fn integer(word: &str, min: u32, max: u32) -> Result<u32, ReadErrorKind> {
    let value = word.parse().ok().filter(|value| (min..=max).contains(value));
    value.ok_or_else(|| ReadErrorKind::NotAnInteger { found: shortened(word), min, max })
}

/// A size within `min..=max`, named `keyword` in messages.
pub(super) fn size(keyword: &'static str, word: &str, min: usize, max: usize) -> Result<usize, ReadErrorKind> {
    let value = word.trim().parse().ok().filter(|value| (min..=max).contains(value));
    value.ok_or_else(|| ReadErrorKind::Size { keyword, found: shortened(word), min, max })
}

/// nan, inf, infinity and the 1.#INF family, with or without sign.
pub(super) fn means_not_finite(word: &str) -> bool {
    let word = word.trim_start_matches(['+', '-']).to_ascii_lowercase();
    let named = matches!(word.as_str(), "nan" | "inf" | "infinity");
    named || word.starts_with("nan(") || word.contains(".#")
}

/// Colours in the order blue fastest, as many formats write them, brought to red fastest. `values` holds `size`^3.
pub(super) fn red_fastest(size: usize, values: &[[f32; 3]]) -> Vec<[f32; 3]> {
    (0..values.len())
        .map(|i| {
            let (r, g, b) = (i % size, i / size % size, i / (size * size));
            values[b + size * (g + size * r)]
        })
        .collect()
}
