//! The Common LUT Format: SMPTE ST 2136-1, ACES S-2014-006 v2 and v3, and Autodesk's CTF as far as it means the same.
//!
//! Parameters of Matrix, Range and the tables are in the bit depths the file names; here they are brought to 0..1.
//! What is not known is refused by name, because an op left out is a wrong picture.

mod array;
mod curves;
mod ops;
mod write;

use super::error::{ReadError, ReadErrorKind, Warning, shortened, warn};
use super::xml::{self, Element};
use super::{Format, Lut};
use ops::Depths;

pub use write::write;

/// Reads a CLF or CTF file.
///
/// # Errors
/// Says the line, what was found and what was expected. Nothing outside the file is read: a `Reference` is refused.
pub fn read(bytes: &[u8]) -> Result<Lut, ReadError> {
    let root = xml::parse(bytes)?;
    if root.name != "ProcessList" {
        return Err(ReadErrorKind::unexpected(&root.name, "ProcessList").at(root.line));
    }
    let mut reader = Reader { lut: Lut { format: version(&root)?, ..Lut::default() }, previous: None };
    reader.process_list(&root)?;
    Ok(reader.lut)
}

/// Newest version of CLF that is known.
const MAX_CLF: f64 = 3.0;
/// Newest version of CTF whose common ops are known.
const MAX_CTF: f64 = 2.5;

/// Which of the two it is. Neither attribute: a CTF from before there were versions, or SMPTE's CLF, which has its own
/// namespace instead.
fn version(root: &Element) -> Result<Format, ReadError> {
    let smpte = root.attribute("xmlns").is_some_and(|name| name.contains("/2136-1/"));
    let (name, format, max) = match (root.attribute("compCLFversion"), root.attribute("version")) {
        (Some(_), _) => ("compCLFversion", Format::Clf, MAX_CLF),
        (None, Some(_)) => ("version", Format::Ctf, MAX_CTF),
        (None, None) if smpte => return Ok(Format::Clf),
        (None, None) => {
            return Err(ReadErrorKind::unexpected("", "compCLFversion or version in ProcessList").at(root.line));
        }
    };
    let text = root.attribute(name).unwrap_or_default();
    // CTF versions may have a third number.
    let mut parts = text.splitn(3, '.');
    let number: Option<f64> = [parts.next(), parts.next()].map(|part| part.unwrap_or("0")).join(".").parse().ok();
    if number.is_some_and(|number| (1.0..=max).contains(&number)) {
        return Ok(format);
    }
    let expected = format!("a {name} from 1 to {max}");
    Err(ReadErrorKind::unexpected(text, expected).at(root.line))
}

/// What has been read so far.
struct Reader {
    lut: Lut,
    /// Output bit depth of the op before, as written.
    previous: Option<String>,
}

impl Reader {
    fn process_list(&mut self, root: &Element) -> Result<(), ReadError> {
        self.lut.title = root.attribute("name").or_else(|| root.attribute("id")).map(str::to_owned);
        self.attributes(root, &["id", "name", "version", "compCLFversion", "inverseOf"]);
        for element in &root.children {
            match element.name.as_str() {
                "Id" | "Description" | "InputDescriptor" | "OutputDescriptor" | "Info" => {}
                _ => self.op(element)?,
            }
        }
        if self.previous.is_none() {
            return Err(ReadErrorKind::unexpected("", "at least one op in ProcessList").at(root.line));
        }
        Ok(())
    }

    fn op(&mut self, element: &Element) -> Result<(), ReadError> {
        if !ops::KNOWN.contains(&element.name.as_str()) {
            return Err(ReadErrorKind::Unsupported { found: shortened(&element.name) }.at(element.line));
        }
        if element.attribute("bypass").is_some_and(|bypass| bypass != "false") {
            return Err(ReadErrorKind::Unsupported { found: format!("bypass in {}", element.name) }.at(element.line));
        }
        let depths = self.depths(element)?;
        self.attributes(element, ops::ATTRIBUTES);
        ops::read(element, depths, &mut self.lut)
    }

    /// The bit depths of an op, which must begin where the one before ended.
    fn depths(&mut self, element: &Element) -> Result<Depths, ReadError> {
        let word = |name: &str| {
            let missing = || ReadErrorKind::unexpected("", format!("{name} in {}", element.name)).at(element.line);
            element.attribute(name).ok_or_else(missing)
        };
        let (input, output) = (word("inBitDepth")?, word("outBitDepth")?);
        let depths = Depths::parse(input, output).map_err(|kind| kind.at(element.line))?;
        if let Some(previous) = self.previous.as_deref().filter(|previous| !previous.eq_ignore_ascii_case(input)) {
            let expected = format!("inBitDepth {previous}, the outBitDepth of the op before");
            return Err(ReadErrorKind::unexpected(input, expected).at(element.line));
        }
        self.previous = Some(output.to_owned());
        Ok(depths)
    }

    /// Warns of attributes that are not `known`.
    fn attributes(&mut self, element: &Element, known: &[&str]) {
        for (name, _) in &element.attributes {
            if !known.iter().any(|known| known.eq_ignore_ascii_case(name)) && !name.starts_with("xml") {
                let keyword = shortened(name);
                warn(&mut self.lut.warnings, Warning::UnknownKeyword { line: element.line, keyword });
            }
        }
    }
}
