//! XML as a tree of elements, with line numbers and limits. Names are kept without their namespace prefix.
//!
//! No document type is read, so nothing is expanded but the five predefined entities and numbered characters, and
//! nothing outside the file is looked at.

use quick_xml::XmlVersion;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::error::{ReadError, ReadErrorKind, shortened};
use super::text::checked;

/// Elements within elements.
pub const MAX_DEPTH: usize = 32;
/// Elements in a file.
pub const MAX_ELEMENTS: usize = 20_000;
/// Attributes of an element.
pub const MAX_ATTRIBUTES: usize = 64;

/// An element and all that is in it.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    /// Line of its start tag, from 1.
    pub(super) line: usize,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Element>,
    /// All its text, without that of its children.
    pub(super) text: String,
    /// Where in `text` a piece begins whose line does not follow from the text before it, and its line.
    pieces: Vec<(usize, usize)>,
    /// The line at the end of `text`.
    last: usize,
}

impl Element {
    /// The value of an attribute. Case does not matter: programs differ in it, and one overlooked is a wrong picture.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The child called `name`, which must be there.
    pub(super) fn require(&self, name: &str) -> Result<&Element, ReadError> {
        let missing = || ReadErrorKind::unexpected("", format!("{name} in {}", self.name)).at(self.line);
        self.child(name).ok_or_else(missing)
    }

    /// The words of the text and the line each is on. Counting lines goes forward only, so it costs one pass.
    pub(super) fn words(&self) -> impl Iterator<Item = (&str, usize)> {
        let (mut seen, mut line, mut piece) = (0, self.line, 0);
        self.text.split_ascii_whitespace().map(move |word| {
            let at = word.as_ptr() as usize - self.text.as_ptr() as usize;
            while let Some(&(start, first)) = self.pieces.get(piece).filter(|(start, _)| *start <= at) {
                (seen, line, piece) = (start, first, piece + 1);
            }
            line += newlines(&self.text.as_bytes()[seen..at]);
            seen = at;
            (word, line)
        })
    }

    fn push_text(&mut self, text: &str, line: usize) {
        if line != self.last {
            self.pieces.push((self.text.len(), line));
        }
        self.last = line + newlines(text.as_bytes());
        self.text.push_str(text);
    }
}

/// Line ends as a person counts them: LF, CR LF or CR.
fn newlines(bytes: &[u8]) -> usize {
    let ends = |(i, &b): (usize, &u8)| b == b'\n' || (b == b'\r' && bytes.get(i + 1) != Some(&b'\n'));
    bytes.iter().enumerate().filter(|&at| ends(at)).count()
}

/// The whole document.
///
/// # Errors
/// Not UTF-8, not well formed, beyond a limit, or with a document type.
pub(super) fn parse(bytes: &[u8]) -> Result<Element, ReadError> {
    Parser::new(bytes)?.document(false)
}

/// The outermost element without its content, as far as it is needed to know what the file is.
///
/// # Errors
/// As [`parse`], up to the first start tag.
pub(super) fn root(bytes: &[u8]) -> Result<Element, ReadError> {
    Parser::new(bytes)?.document(true)
}

struct Parser<'a> {
    text: &'a str,
    reader: Reader<&'a [u8]>,
    /// Byte up to which lines were counted, and the line there.
    counted: (usize, usize),
    elements: usize,
    open: Vec<Element>,
}

impl<'a> Parser<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, ReadError> {
        let bytes = checked(bytes)?;
        let text = std::str::from_utf8(bytes).ok().filter(|_| !bytes.contains(&0));
        let text = text.ok_or(ReadErrorKind::NotText.at(1))?;
        let mut reader = Reader::from_str(text);
        reader.config_mut().expand_empty_elements = true;
        Ok(Self { text, reader, counted: (0, 1), elements: 0, open: Vec::new() })
    }

    fn document(mut self, root_only: bool) -> Result<Element, ReadError> {
        let mut done: Option<Element> = None;
        loop {
            let line = self.line();
            let event = match self.reader.read_event() {
                Ok(event) => event,
                Err(error) => return Err(ReadErrorKind::Xml(shortened(&error.to_string())).at(line)),
            };
            match event {
                Event::Start(_) if done.is_some() => return Err(fail(line, "a second outermost element")),
                Event::Start(start) => {
                    self.start(&start, line).map_err(|kind| kind.at(line))?;
                    if root_only {
                        return Ok(self.open.remove(0));
                    }
                }
                Event::End(_) => done = self.end(),
                Event::Text(text) => self.push(&text.xml10_content(), line)?,
                Event::CData(text) => self.push(&text.xml10_content(), line)?,
                Event::GeneralRef(reference) => self.push(&resolved(&reference, line)?, line)?,
                Event::DocType(_) => {
                    return Err(ReadErrorKind::Unsupported { found: "a document type".into() }.at(line));
                }
                Event::Eof => return done.ok_or_else(|| fail(line, "the end of the file")),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Empty(_) => {}
            }
        }
    }

    /// The line the reader has come to.
    fn line(&mut self) -> usize {
        let (from, line) = self.counted;
        let to = (self.reader.buffer_position() as usize).clamp(from, self.text.len());
        self.counted = (to, line + newlines(&self.text.as_bytes()[from..to]));
        self.counted.1
    }

    fn start(&mut self, start: &BytesStart<'_>, line: usize) -> Result<(), ReadErrorKind> {
        self.elements += 1;
        for (what, found, max) in
            [("levels", self.open.len() + 1, MAX_DEPTH), ("elements", self.elements, MAX_ELEMENTS)]
        {
            if found > max {
                return Err(ReadErrorKind::XmlLimit { what, max });
            }
        }
        let attributes = attributes(start)?;
        let name = start.local_name().into_inner().to_owned();
        self.open.push(Element { name, line, last: line, attributes, ..Element::default() });
        Ok(())
    }

    /// Puts the innermost open element into the one around it; gives it back when there is none.
    fn end(&mut self) -> Option<Element> {
        let element = self.open.pop()?;
        match self.open.last_mut() {
            Some(parent) => {
                parent.children.push(element);
                None
            }
            None => Some(element),
        }
    }

    fn push(&mut self, text: &str, line: usize) -> Result<(), ReadError> {
        match self.open.last_mut() {
            Some(element) => element.push_text(text, line),
            None if text.trim().is_empty() => {}
            None => return Err(fail(line, "text outside the outermost element")),
        }
        Ok(())
    }
}

fn fail(line: usize, found: &str) -> ReadError {
    ReadErrorKind::Unexpected { found: found.into(), expected: "one whole element".into() }.at(line)
}

fn attributes(start: &BytesStart<'_>) -> Result<Vec<(String, String)>, ReadErrorKind> {
    let broken = |error: &dyn std::fmt::Display| ReadErrorKind::Xml(shortened(&error.to_string()));
    let mut list = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| broken(&e))?;
        if list.len() == MAX_ATTRIBUTES {
            return Err(ReadErrorKind::XmlLimit { what: "attributes", max: MAX_ATTRIBUTES });
        }
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|e| broken(&e))?;
        list.push((attribute.key.into_inner().to_owned(), value.into_owned()));
    }
    Ok(list)
}

/// The character an entity stands for.
fn resolved(reference: &BytesRef<'_>, line: usize) -> Result<String, ReadError> {
    let broken = |text: &str| ReadErrorKind::Xml(format!("the entity &{};", shortened(text))).at(line);
    let name = reference.xml10_content();
    match reference.resolve_char_ref() {
        Ok(Some(c)) => Ok(c.to_string()),
        Ok(None) => resolve_predefined_entity(&name).map(str::to_owned).ok_or_else(|| broken(&name)),
        Err(_) => Err(broken(&name)),
    }
}
