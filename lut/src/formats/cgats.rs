//! Measurements of a display as calibration software writes them: CGATS.17 text, ArgyllCMS's `.ti3` (`CTI3`).
//!
//! Only the first table is read: what was sent as `RGB_R RGB_G RGB_B` (percent) and what was measured as `XYZ_X XYZ_Y XYZ_Z`
//! or `LAB_L LAB_A LAB_B`. ArgyllCMS scales XYZ so that white is Y = 100 and says in `LUMINANCE_XYZ_CDM2` what white was.

use super::error::{ReadError, ReadErrorKind, shortened};
use super::text::{Rows, decoded, number64, size};
use crate::color::Vec3;

/// Patches one file may hold.
pub const MAX_PATCHES: usize = 20_000;
/// Columns one table may have.
const MAX_FIELDS: usize = 128;
/// Largest file accepted: 4 MiB.
pub const MAX_MEASUREMENT_BYTES: usize = 4 << 20;
/// D50, to which Lab of ICC files is relative (ICC.1:2022).
const WHITE_D50: Vec3 = [96.42, 100.0, 82.49];

/// A patch: what was sent and what was seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patch {
    /// Red, green, blue as they were sent, 0 to 1.
    pub rgb: Vec3,
    /// CIE 1931 XYZ as the file has it: in `Measurements::unit_cdm2` each.
    pub xyz: Vec3,
}

/// The measurements of a display.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurements {
    /// The instrument, as the file names it.
    pub instrument: Option<String>,
    /// When it was made, as the file says it.
    pub created: Option<String>,
    /// cd/m2 that one unit of XYZ is; `None` when the file has relative values only.
    pub unit_cdm2: Option<f64>,
    /// At least one.
    pub patches: Vec<Patch>,
}

/// How what was measured stands in a row.
#[derive(Clone, Copy)]
enum Seen {
    Xyz([usize; 3]),
    Lab([usize; 3]),
}

/// Reads a `.ti3`.
///
/// # Errors
/// Says the line, what was found and what was expected. Nothing larger than the file is allocated.
pub fn read(bytes: &[u8]) -> Result<Measurements, ReadError> {
    if bytes.len() > MAX_MEASUREMENT_BYTES {
        return Err(ReadErrorKind::TooLarge { found: bytes.len(), max: MAX_MEASUREMENT_BYTES }.at(1));
    }
    let text = decoded(bytes)?;
    let mut rows = Rows::new(&text);
    let first = rows.expect("CTI3")?;
    if !matches!(first.split_whitespace().next(), Some("CTI3" | "CGATS.17" | "CGATS.5")) {
        return Err(rows.fail(ReadErrorKind::unexpected(first, "CTI3, the first line of a .ti3")));
    }
    let mut head = Head::default();
    loop {
        let row = rows.expect("BEGIN_DATA")?;
        if row == "BEGIN_DATA" {
            break;
        }
        if row == "BEGIN_DATA_FORMAT" {
            head.fields = format(&mut rows)?;
            continue;
        }
        let taken = head.take(row);
        rows.at(taken)?;
    }
    let (sent, seen) = rows.at(columns(&head.fields))?;
    let patches = data(&mut rows, &head, sent, seen)?;
    let unit_cdm2 = if head.absolute { Some(1.0) } else { head.unit_cdm2 };
    Ok(Measurements { instrument: head.instrument, created: head.created, unit_cdm2, patches })
}

#[derive(Default)]
struct Head {
    fields: Vec<String>,
    sets: Option<usize>,
    instrument: Option<String>,
    created: Option<String>,
    absolute: bool,
    unit_cdm2: Option<f64>,
}

impl Head {
    fn take(&mut self, row: &str) -> Result<(), ReadErrorKind> {
        let (keyword, value) = row.split_once(char::is_whitespace).unwrap_or((row, ""));
        let value = value.trim().trim_matches('"').trim();
        match keyword {
            "NUMBER_OF_SETS" => self.sets = Some(size("NUMBER_OF_SETS", value, 1, MAX_PATCHES)?),
            "TARGET_INSTRUMENT" => self.instrument = Some(plain(value, 80)),
            "CREATED" => self.created = Some(plain(value, 40)),
            // Then the values are cd/m2 themselves.
            "NORMALIZED_TO_Y_100" => self.absolute = value == "NO",
            "LUMINANCE_XYZ_CDM2" => {
                let y = value.split_whitespace().nth(1).unwrap_or_default();
                let y = number64(y)?;
                if y <= 0.0 {
                    return Err(ReadErrorKind::unexpected(value, "the XYZ of white in cd/m2, Y above 0"));
                }
                self.unit_cdm2 = Some(y / 100.0);
            }
            _ => {}
        }
        Ok(())
    }
}

/// Text that a person may be shown.
fn plain(text: &str, limit: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(limit).collect()
}

/// The names of the columns.
fn format(rows: &mut Rows<'_>) -> Result<Vec<String>, ReadError> {
    let mut fields = Vec::new();
    loop {
        let row = rows.expect("END_DATA_FORMAT")?;
        if row == "END_DATA_FORMAT" {
            return Ok(fields);
        }
        for word in row.split_whitespace() {
            if fields.len() == MAX_FIELDS {
                return Err(rows.fail(ReadErrorKind::Columns { found: fields.len() + 1, expected: MAX_FIELDS }));
            }
            fields.push(word.chars().take(40).collect());
        }
    }
}

fn columns(fields: &[String]) -> Result<([usize; 3], Seen), ReadErrorKind> {
    let place = |names: [&str; 3]| {
        let found = names.map(|name| fields.iter().position(|field| field == name));
        match found {
            [Some(a), Some(b), Some(c)] => Some([a, b, c]),
            _ => None,
        }
    };
    let list = || shortened(&fields.join(" "));
    let sent = place(["RGB_R", "RGB_G", "RGB_B"]);
    let sent = sent.ok_or_else(|| ReadErrorKind::unexpected(&list(), "the columns RGB_R RGB_G RGB_B"))?;
    let xyz = place(["XYZ_X", "XYZ_Y", "XYZ_Z"]).map(Seen::Xyz);
    let seen = xyz.or_else(|| place(["LAB_L", "LAB_A", "LAB_B"]).map(Seen::Lab));
    let seen =
        seen.ok_or_else(|| ReadErrorKind::unexpected(&list(), "the columns XYZ_X XYZ_Y XYZ_Z, or LAB_L LAB_A LAB_B"))?;
    Ok((sent, seen))
}

fn data(rows: &mut Rows<'_>, head: &Head, sent: [usize; 3], seen: Seen) -> Result<Vec<Patch>, ReadError> {
    let mut patches = Vec::new();
    loop {
        let row = rows.expect("END_DATA")?;
        if row == "END_DATA" {
            break;
        }
        if patches.len() == head.sets.unwrap_or(MAX_PATCHES) {
            return Err(rows.fail(ReadErrorKind::TooManyRows { expected: patches.len() }));
        }
        let patch = patch(row, head.fields.len(), sent, seen);
        patches.push(rows.at(patch)?);
    }
    let expected = head.sets.unwrap_or(1).max(1);
    if patches.len() < expected {
        return Err(rows.fail(ReadErrorKind::TooFewRows { found: patches.len(), expected }));
    }
    Ok(patches)
}

fn patch(row: &str, fields: usize, sent: [usize; 3], seen: Seen) -> Result<Patch, ReadErrorKind> {
    let words = words(row);
    if words.len() != fields {
        return Err(ReadErrorKind::Columns { found: words.len(), expected: fields });
    }
    let three = |places: [usize; 3]| -> Result<Vec3, ReadErrorKind> {
        let mut values = [0.0; 3];
        for (value, place) in values.iter_mut().zip(places) {
            *value = number64(words.get(place).copied().unwrap_or_default())?;
        }
        Ok(values)
    };
    let rgb = three(sent)?.map(|percent| percent / 100.0);
    if rgb.iter().any(|value| !(0.0..=1.0).contains(value)) {
        return Err(ReadErrorKind::unexpected(&shortened(row), "RGB from 0 to 100"));
    }
    let xyz = match seen {
        Seen::Xyz(places) => three(places)?,
        Seen::Lab(places) => lab_to_xyz(three(places)?),
    };
    Ok(Patch { rgb, xyz })
}

/// Words of a row; what stands in quotes is one.
fn words(row: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = row.trim_start();
    while !rest.is_empty() && words.len() <= MAX_FIELDS {
        let (word, tail) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
        };
        words.push(word);
        rest = tail.trim_start();
    }
    words
}

/// CIE 15:2018, 8.2.1, read backwards.
fn lab_to_xyz([l, a, b]: Vec3) -> Vec3 {
    let y = (l + 16.0) / 116.0;
    let f = [y + a / 500.0, y, y - b / 200.0];
    let back = |f: f64| if f > 6.0 / 29.0 { f.powi(3) } else { (116.0 * f - 16.0) * 27.0 / 24_389.0 };
    [back(f[0]) * WHITE_D50[0], back(f[1]) * WHITE_D50[1], back(f[2]) * WHITE_D50[2]]
}
