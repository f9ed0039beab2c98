//! ASC CDL in XML: `.cdl` (decision list), `.cc` (one correction), `.ccc` (collection). ASC CDL v1.2.
//!
//! A missing `SOPNode` or `SatNode` leaves its part alone. Values are clamped as the standard says; OpenColorIO reads
//! these files without the clamp unless told otherwise, so where a look goes beyond 0..1 the two differ.

use super::error::{ReadError, ReadErrorKind, Warning, shortened, warn};
use super::text::number64;
use super::xml::{self, Element};
use super::{Format, Lut};
use crate::Cdl;
use crate::ops::Op;

/// One correction of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Correction {
    /// What the file calls it.
    pub id: Option<String>,
    /// What the file says about it.
    pub description: Option<String>,
    /// What it does.
    pub cdl: Cdl,
}

/// What a file holds.
struct Contents {
    format: Format,
    corrections: Vec<Correction>,
    warnings: Vec<Warning>,
    line: usize,
}

/// Every correction of a `.cdl`, `.cc` or `.ccc` file, in order.
///
/// # Errors
/// Says the line, what was found and what was expected.
pub fn corrections(bytes: &[u8]) -> Result<Vec<Correction>, ReadError> {
    contents(bytes).map(|contents| contents.corrections)
}

/// Reads one correction: that with the id, or without one the first, with a warning if there are others.
///
/// # Errors
/// Says the line, what was found and what was expected; also when there is no such id.
pub fn read(bytes: &[u8], id: Option<&str>) -> Result<Lut, ReadError> {
    let Contents { format, corrections, mut warnings, line } = contents(bytes)?;
    let ids = || corrections.iter().take(100).map(|c| c.id.clone().unwrap_or_else(|| "unnamed".into()));
    let chosen = match id {
        Some(id) => corrections.iter().find(|correction| correction.id.as_deref() == Some(id)),
        None => corrections.first(),
    };
    let Some(chosen) = chosen else {
        let listed = ids().collect::<Vec<_>>().join(", ");
        return Err(ReadErrorKind::unexpected(id.unwrap_or_default(), format!("one of {listed}")).at(line));
    };
    if id.is_none() && corrections.len() > 1 {
        warnings.insert(0, Warning::Corrections { ids: ids().collect() });
    }
    let title = chosen.id.clone().or_else(|| chosen.description.clone());
    Ok(Lut { format, ops: vec![Op::Cdl(chosen.cdl)], title, warnings })
}

fn contents(bytes: &[u8]) -> Result<Contents, ReadError> {
    let root = xml::parse(bytes)?;
    let format = match root.name.as_str() {
        "ColorDecisionList" => Format::Cdl,
        "ColorCorrectionCollection" => Format::Ccc,
        "ColorCorrection" => Format::Cc,
        other => {
            let expected = "ColorDecisionList, ColorCorrectionCollection or ColorCorrection";
            return Err(ReadErrorKind::unexpected(other, expected).at(root.line));
        }
    };
    let mut contents = Contents { format, corrections: Vec::new(), warnings: Vec::new(), line: root.line };
    contents.take(&root)?;
    if contents.corrections.is_empty() {
        return Err(ReadErrorKind::unexpected("", "a ColorCorrection").at(root.line));
    }
    Ok(contents)
}

impl Contents {
    /// Takes what is in `element`, from the outside in.
    fn take(&mut self, element: &Element) -> Result<(), ReadError> {
        match element.name.as_str() {
            "ColorCorrection" => {
                let correction = self.correction(element)?;
                self.corrections.push(correction);
            }
            "ColorDecisionList" | "ColorDecision" | "ColorCorrectionCollection" => {
                for child in &element.children {
                    self.take(child)?;
                }
            }
            "Description" | "InputDescription" | "ViewingDescription" | "MediaRef" => {}
            _ => self.unknown(element),
        }
        Ok(())
    }

    fn unknown(&mut self, element: &Element) {
        let keyword = shortened(&element.name);
        warn(&mut self.warnings, Warning::UnknownKeyword { line: element.line, keyword });
    }

    fn correction(&mut self, element: &Element) -> Result<Correction, ReadError> {
        let mut cdl = Cdl::default();
        for child in &element.children {
            match child.name.as_str() {
                "SOPNode" | "ASC_SOP" | "SatNode" | "SATNode" | "ASC_SAT" => node(&mut cdl, child)?,
                "Description" | "InputDescription" | "ViewingDescription" => {}
                _ => self.unknown(child),
            }
        }
        let description = element.child("Description").map(|e| e.text.trim().to_owned());
        Ok(Correction { id: element.attribute("id").map(str::to_owned), description, cdl })
    }
}

/// Reads a `SOPNode` or `SatNode` into `cdl`.
pub(super) fn node(cdl: &mut Cdl, node: &Element) -> Result<(), ReadError> {
    if node.name == "SOPNode" || node.name == "ASC_SOP" {
        cdl.slope = values(node.require("Slope")?, "0 or more", |v| v >= 0.0)?;
        cdl.offset = values(node.require("Offset")?, "a number", |_| true)?;
        cdl.power = values(node.require("Power")?, "above 0", |v| v > 0.0)?;
    } else {
        [cdl.saturation] = values(node.require("Saturation")?, "0 or more", |v| v >= 0.0)?;
    }
    Ok(())
}

/// The `N` numbers in `element`, each as `expected`.
fn values<const N: usize>(element: &Element, expected: &str, good: fn(f64) -> bool) -> Result<[f64; N], ReadError> {
    let mut values = [0.0; N];
    let mut found = 0;
    for (word, line) in element.words() {
        let value = number64(word).map_err(|kind| kind.at(line))?;
        if !good(value) {
            return Err(ReadErrorKind::unexpected(word, format!("{} {expected}", element.name)).at(line));
        }
        if let Some(slot) = values.get_mut(found) {
            *slot = value;
        }
        found += 1;
    }
    if found == N { Ok(values) } else { Err(ReadErrorKind::Columns { found, expected: N }.at(element.line)) }
}
