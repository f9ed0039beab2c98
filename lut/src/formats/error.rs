//! Why a file was refused, and what was said but not obeyed.

use thiserror::Error;

use crate::ops::NotInvertible;
use crate::ops::lut3d::LutDataError;

/// A refused file: where, what was found, what was expected.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("line {line}: {kind}")]
pub struct ReadError {
    /// Line number from 1; the last line when something is missing at the end.
    pub line: usize,
    /// What is wrong there.
    pub kind: ReadErrorKind,
}

/// What is wrong with a file. What was found is shortened to 40 characters.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ReadErrorKind {
    /// Larger than [`super::MAX_BYTES`].
    #[error("found {found} bytes, expected at most {max}")]
    TooLarge {
        /// Bytes in the file.
        found: usize,
        /// Most allowed.
        max: usize,
    },
    /// A UTF-16 byte order mark, zero bytes, or, in XML, bytes that are not UTF-8.
    #[error("found UTF-16 or binary data, expected plain text (ASCII or UTF-8)")]
    NotText,
    /// Neither the content nor the name says what it is.
    #[error("found '{found}', expected a file that starts as one of {}", super::Format::list())]
    UnknownFormat {
        /// The first line with something on it.
        found: String,
    },
    /// A comma within numbers.
    #[error("found '{found}', expected a decimal point and spaces between numbers")]
    DecimalComma {
        /// The word with the comma.
        found: String,
    },
    /// A word that is not a number.
    #[error("found '{found}', expected a number")]
    NotANumber {
        /// The word.
        found: String,
    },
    /// A word that is not a whole number of the given size.
    #[error("found '{found}', expected a whole number from {min} to {max}")]
    NotAnInteger {
        /// The word.
        found: String,
        /// Smallest allowed.
        min: u32,
        /// Largest allowed.
        max: u32,
    },
    /// NaN, an infinity or a number that large.
    #[error("found '{found}', expected a finite number below 1e9")]
    NotFinite {
        /// The word.
        found: String,
    },
    /// The wrong count of numbers on a line.
    #[error("found {found} numbers, expected {expected}")]
    Columns {
        /// Numbers on the line.
        found: usize,
        /// Numbers needed.
        expected: usize,
    },
    /// A size out of bounds.
    #[error("found {keyword} '{found}', expected a whole number from {min} to {max}")]
    Size {
        /// The keyword as the format writes it.
        keyword: &'static str,
        /// What follows it.
        found: String,
        /// Smallest allowed.
        min: usize,
        /// Largest allowed.
        max: usize,
    },
    /// A second, different size.
    #[error("found {keyword} {found}, expected {expected} as said before")]
    SecondSize {
        /// The keyword as the format writes it.
        keyword: &'static str,
        /// The new size.
        found: usize,
        /// The size given before.
        expected: usize,
    },
    /// A minimum that is not below its maximum.
    #[error("found a domain of {min} to {max}, expected the minimum below the maximum")]
    Domain {
        /// The minimum as written.
        min: String,
        /// The maximum as written.
        max: String,
    },
    /// Colours before any size, or no size at all.
    #[error("found no LUT_1D_SIZE or LUT_3D_SIZE, expected one before the first colour")]
    NoSize,
    /// More colours than the sizes say.
    #[error("found more than {expected} colours, expected {expected}")]
    TooManyRows {
        /// Colours the sizes call for.
        expected: usize,
    },
    /// Fewer colours than the sizes say.
    #[error("found {found} colours, expected {expected}")]
    TooFewRows {
        /// Colours in the file.
        found: usize,
        /// Colours the sizes call for.
        expected: usize,
    },
    /// Something else than what the format has there.
    #[error("found {found}, expected {expected}")]
    Unexpected {
        /// What is there.
        found: String,
        /// What the format has there.
        expected: String,
    },
    /// Something the format has but this reader does not do, by name.
    #[error("found {found}, which is not supported")]
    Unsupported {
        /// The element, attribute or value.
        found: String,
    },
    /// XML that is not well formed.
    #[error("found XML that cannot be read ({0}), expected a well-formed document")]
    Xml(String),
    /// XML larger or deeper than any real file, or that wants to be expanded.
    #[error("found more than {max} {what} in the XML, expected at most {max}")]
    XmlLimit {
        /// What there are too many of.
        what: &'static str,
        /// Most allowed.
        max: usize,
    },
    /// An inverse table that does not say one input for each output.
    #[error(transparent)]
    OneWay(NotInvertible),
    /// A table that is refused whatever file it comes from.
    #[error(transparent)]
    Data(#[from] LutDataError),
}

impl ReadErrorKind {
    /// [`ReadErrorKind::Unexpected`], with what was found quoted and shortened.
    pub(super) fn unexpected(found: &str, expected: impl Into<String>) -> Self {
        let found = if found.is_empty() { "nothing".to_owned() } else { format!("'{}'", shortened(found)) };
        Self::Unexpected { found, expected: expected.into() }
    }

    /// This, at a line.
    pub(super) fn at(self, line: usize) -> ReadError {
        ReadError { line, kind: self }
    }
}

/// Something a person should know about an accepted file.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum Warning {
    /// A keyword, element or attribute this reader does not know.
    #[error("line {line}: unknown keyword {keyword} was not obeyed")]
    UnknownKeyword {
        /// Line number from 1.
        line: usize,
        /// The keyword, shortened to 40 characters.
        keyword: String,
    },
    /// Something known that has no meaning here.
    #[error("line {line}: {what} was not obeyed")]
    NotObeyed {
        /// Line number from 1.
        line: usize,
        /// What it says.
        what: String,
    },
    /// LUT_IN_VIDEO_RANGE or LUT_OUT_VIDEO_RANGE: the LUT was made for limited-range values.
    #[error("line {line}: {keyword} was not obeyed; values are taken as full range 0..1")]
    VideoRange {
        /// Line number from 1.
        line: usize,
        /// Which of the two.
        keyword: &'static str,
    },
    /// Values that look like integer codes (0-255, 0-1023, 0-4095).
    #[error("values reach {largest}: they look like codes, not 0..1")]
    LooksLikeCodes {
        /// The largest value.
        largest: f32,
    },
    /// DOMAIN_MIN/MAX and an INPUT_RANGE that differ; the INPUT_RANGE was taken.
    #[error("DOMAIN and INPUT_RANGE differ; INPUT_RANGE was taken")]
    TwoDomains,
    /// The bit depth of a .3dl file is not written in it.
    #[error("values reach {largest}; they were taken as {bits}-bit codes")]
    DepthGuessed {
        /// The largest code.
        largest: u32,
        /// The depth taken.
        bits: u32,
    },
    /// A .3dl file declares one output depth and its values look like another; the declared one was taken.
    #[error("values reach {largest}, which is unusual for the {bits} bits the file declares")]
    DepthUnusual {
        /// The largest code.
        largest: u32,
        /// The depth declared, and taken.
        bits: u32,
    },
    /// A file with several corrections; the first was taken.
    #[error("found {} corrections ({}), took the first", ids.len(), ids.join(", "))]
    Corrections {
        /// Their ids, in order, the first 100.
        ids: Vec<String>,
    },
}

/// What was noticed while reading: at most 100, for a hostile file has millions of lines.
pub(super) fn warn(warnings: &mut Vec<Warning>, warning: Warning) {
    if warnings.len() < 100 {
        warnings.push(warning);
    }
}

/// `word` for a message: at most 40 characters, nothing unprintable.
pub(super) fn shortened(word: &str) -> String {
    word.chars().take(40).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
