//! `.cube` files: Adobe Cube LUT 1.0 and what Iridas, Resolve and others write.
//!
//! Keywords may come in any order and case, before, between or after the colours, but a size must
//! come before the first colour. With both sizes the 1D colours come first and feed the cube
//! (Resolve). DOMAIN_MIN/MAX say what the input of the whole file means, so with both sizes they
//! belong to the 1D part; each INPUT_RANGE belongs to its own part and wins over DOMAIN.

mod line;
mod write;

use super::error::{ReadError, ReadErrorKind, Warning, shortened, warn};
use super::text::{self, Lines, numbers};
use super::{Format, Lut};
use crate::ops::lut3d::Domain;
use crate::ops::{Op, lut1d, lut3d};
use crate::{Lut1d, Lut3d};
use line::{Keyword, Line};

pub use write::write;

/// Reads a `.cube` file.
///
/// # Errors
/// Says the line, what was found and what was expected. Nothing larger than the file is allocated,
/// and no panic can be had from any bytes.
///
/// ```
/// let file = b"LUT_1D_SIZE 2\n0 0 0\n0.5 0.5 1.5\n";
/// let lut = lut::formats::cube::read(file)?;
/// assert_eq!(lut.apply([0.5; 3]), [0.25, 0.25, 0.75]);
///
/// let error = lut::formats::cube::read(b"LUT_1D_SIZE 2\n0 0\n").unwrap_err();
/// assert_eq!(error.to_string(), "line 2: found 2 numbers, expected 3");
/// # Ok::<(), lut::formats::ReadError>(())
/// ```
pub fn read(bytes: &[u8]) -> Result<Lut, ReadError> {
    let text = text::checked(bytes)?;
    let mut reader = Reader::default();
    for (number, raw) in (1..).zip(Lines::new(text)) {
        reader.line = number;
        if let Err(kind) = reader.take(raw) {
            return Err(kind.at(number));
        }
    }
    let line = reader.line.max(1);
    reader.finish().map_err(|kind| kind.at(line))
}

/// What has been read so far.
#[derive(Default)]
struct Reader {
    line: usize,
    title: Option<String>,
    size_1d: Option<usize>,
    size_3d: Option<usize>,
    domain_min: Option<[f32; 3]>,
    domain_max: Option<[f32; 3]>,
    range_1d: Option<[f32; 2]>,
    range_3d: Option<[f32; 2]>,
    colors: Vec<[f32; 3]>,
    warnings: Vec<Warning>,
}

impl Reader {
    fn take(&mut self, raw: &[u8]) -> Result<(), ReadErrorKind> {
        match Line::parse(raw)? {
            Line::Empty => Ok(()),
            Line::Color(rgb) => self.color(rgb),
            Line::Keyword(keyword, rest) => self.keyword(keyword, &rest),
            Line::Unknown(keyword) => {
                let keyword = shortened(&keyword);
                self.warn(Warning::UnknownKeyword { line: self.line, keyword });
                Ok(())
            }
        }
    }

    fn color(&mut self, rgb: [f32; 3]) -> Result<(), ReadErrorKind> {
        let expected = self.expected().ok_or(ReadErrorKind::NoSize)?;
        if self.colors.len() == expected {
            return Err(ReadErrorKind::TooManyRows { expected });
        }
        self.colors.push(rgb);
        Ok(())
    }

    /// Colours the sizes call for.
    fn expected(&self) -> Option<usize> {
        match (self.size_1d, self.size_3d) {
            (None, None) => None,
            (one, three) => Some(one.unwrap_or(0) + three.map_or(0, |n| n.pow(3))),
        }
    }

    fn keyword(&mut self, keyword: Keyword, rest: &str) -> Result<(), ReadErrorKind> {
        match keyword {
            Keyword::Title => self.title = Some(line::unquoted(rest)),
            Keyword::Size1d => {
                size("LUT_1D_SIZE", rest, 2, lut1d::MAX_SIZE, &mut self.size_1d)?;
            }
            Keyword::Size3d => {
                let (min, max) = (lut3d::MIN_SIZE, lut3d::MAX_SIZE);
                size("LUT_3D_SIZE", rest, min, max, &mut self.size_3d)?;
            }
            Keyword::DomainMin => self.domain_min = Some(numbers(rest)?),
            Keyword::DomainMax => self.domain_max = Some(numbers(rest)?),
            Keyword::Range1d => self.range_1d = Some(range(rest)?),
            Keyword::Range3d => self.range_3d = Some(range(rest)?),
            Keyword::InVideoRange => self.video_range("LUT_IN_VIDEO_RANGE"),
            Keyword::OutVideoRange => self.video_range("LUT_OUT_VIDEO_RANGE"),
        }
        self.check_domain()
    }

    fn video_range(&mut self, keyword: &'static str) {
        self.warn(Warning::VideoRange { line: self.line, keyword });
    }

    fn warn(&mut self, warning: Warning) {
        warn(&mut self.warnings, warning);
    }

    /// The domain DOMAIN_MIN and DOMAIN_MAX give, if either is there; once both are, it must hold.
    fn check_domain(&self) -> Result<(), ReadErrorKind> {
        match (self.domain_min, self.domain_max) {
            (Some(min), Some(max)) => domain_error(Domain { min, max }),
            _ => Ok(()),
        }
    }

    /// The domain of one part, given its own INPUT_RANGE.
    fn domain(&mut self, range: Option<[f32; 2]>, owns: bool) -> Result<Domain, ReadErrorKind> {
        let mut domain = Domain::UNIT;
        let said = owns && (self.domain_min.is_some() || self.domain_max.is_some());
        if said {
            domain.min = self.domain_min.unwrap_or(domain.min);
            domain.max = self.domain_max.unwrap_or(domain.max);
        }
        if let Some([min, max]) = range {
            let own = Domain { min: [min; 3], max: [max; 3] };
            if said && own != domain {
                self.warn(Warning::TwoDomains);
            }
            domain = own;
        }
        domain_error(domain)?;
        Ok(domain)
    }

    fn finish(mut self) -> Result<Lut, ReadErrorKind> {
        let expected = self.expected().ok_or(ReadErrorKind::NoSize)?;
        let found = self.colors.len();
        if found != expected {
            return Err(ReadErrorKind::TooFewRows { found, expected });
        }
        self.warn_of_codes();
        let cube_colors = self.colors.split_off(self.size_1d.unwrap_or(0));
        let shaper = match self.size_1d {
            Some(_) => {
                let domain = self.domain(self.range_1d, true)?;
                let colors = std::mem::take(&mut self.colors);
                Some(Op::Lut1d(Lut1d::new(domain, colors)?))
            }
            None => None,
        };
        let cube = match self.size_3d {
            Some(n) => {
                let domain = self.domain(self.range_3d, self.size_1d.is_none())?;
                Some(Op::Lut3d(Lut3d::new(n, domain, cube_colors)?))
            }
            None => None,
        };
        let ops = shaper.into_iter().chain(cube).collect();
        Ok(Lut { format: Format::Cube, ops, title: self.title, warnings: self.warnings })
    }

    /// Codes are whole numbers well above 1.
    fn warn_of_codes(&mut self) {
        let all = || self.colors.iter().flatten();
        let largest = all().fold(0.0_f32, |a, &b| a.max(b));
        if largest >= 100.0 && all().all(|v| v.fract() == 0.0) {
            // The most useful warning: it is never crowded out.
            self.warnings.insert(0, Warning::LooksLikeCodes { largest });
        }
    }
}

fn domain_error(domain: Domain) -> Result<(), ReadErrorKind> {
    domain
        .check()
        .map_err(|_| ReadErrorKind::Domain { min: format!("{:?}", domain.min), max: format!("{:?}", domain.max) })
}

/// The two numbers of an INPUT_RANGE, the first below the second.
fn range(rest: &str) -> Result<[f32; 2], ReadErrorKind> {
    let [min, max] = numbers(rest)?;
    domain_error(Domain { min: [min; 3], max: [max; 3] })?;
    Ok([min, max])
}

/// Reads a size into `slot`, which may already hold the same one.
fn size(
    keyword: &'static str,
    rest: &str,
    min: usize,
    max: usize,
    slot: &mut Option<usize>,
) -> Result<(), ReadErrorKind> {
    let found = text::size(keyword, rest, min, max)?;
    match *slot {
        Some(expected) if found != expected => Err(ReadErrorKind::SecondSize { keyword, found, expected }),
        _ => {
            *slot = Some(found);
            Ok(())
        }
    }
}
