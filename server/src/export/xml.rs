//! What the XML formats share: a document, a leaf, an attribute that keeps its line breaks.

use std::borrow::Cow;
use std::io;

use quick_xml::Writer;
use quick_xml::escape::escape;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::name::QName;

use super::marker::xml_text;

/// A document in memory.
pub type Xml = Writer<Vec<u8>>;

/// A document with its declaration and, where the format has one, its document type.
///
/// # Errors
/// When writing fails.
pub fn document(doctype: Option<&str>) -> io::Result<Xml> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    if let Some(doctype) = doctype {
        xml.write_event(Event::DocType(BytesText::from_escaped(doctype)))?;
    }
    Ok(xml)
}

/// An element that holds only text.
///
/// # Errors
/// When writing fails.
pub fn leaf(xml: &mut Xml, name: &str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
    let element = xml.create_element(name).with_attributes(attributes.iter().copied());
    element.write_text_content(BytesText::new(&xml_text(text)))?;
    Ok(())
}

/// An attribute whose line breaks and tabs are written as references: a reader turns plain ones into spaces (XML 1.0,
/// section 3.3.3).
pub fn attribute<'a>(name: &'a str, text: &str) -> Attribute<'a> {
    let value = escape(xml_text(text)).replace('\n', "&#10;").replace('\t', "&#9;");
    Attribute { key: QName(name), value: Cow::Owned(value) }
}
