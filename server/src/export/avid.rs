//! Avid Media Composer's markers: Markers window > Import Markers, as text or as XML.
//!
//! Source: what Media Composer itself exports. Both forms name one marker for each frame, so those on one frame are
//! merged. The XML names a DTD (`AvidSettingsFile.dtd`) that Avid does not publish.

use std::fmt::Write as _;
use std::io;

use super::color::marker_color;
use super::marker::{Marker, MarkerList, one_line};
use super::xml::{self, Xml};

/// The track that markers are put on.
const TRACK: &str = "V1";

/// Text: user, timecode, track, colour, comment, length in frames, nothing, colour; tabs between, no header, LF.
pub fn write_text(list: &MarkerList) -> String {
    let mut lines = String::new();
    for marker in list.merged() {
        let (user, comment) = (one_line(&marker.author), one_line(&marker.text));
        let (timecode, color, length) = (marker.timecode, marker_color(marker.category).avid, marker.duration_frames);
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "{user}\t{timecode}\t{TRACK}\t{color}\t{comment}\t{length}\t\t{color}");
    }
    lines
}

/// XML: `_ATN_CRM_TC` is the frame from the sequence's start.
///
/// # Errors
/// When writing fails.
pub fn write_xml(list: &MarkerList) -> io::Result<Vec<u8>> {
    let mut xml = xml::document(Some("Avid:StreamItems SYSTEM \"AvidSettingsFile.dtd\""))?;
    let root = xml.create_element("Avid:StreamItems").with_attribute(("xmlns:Avid", "http://www.avid.com"));
    root.write_inner_content(|xml| {
        xml.create_element("Avid:XMLFileData").write_inner_content(|xml| {
            property(xml, &[("name", "DomainMagic"), ("type", "string")], "Domain")?;
            property(xml, &[("name", "DomainKey"), ("type", "char4")], "58424a44")?;
            list.merged().iter().try_for_each(|marker| write_marker(xml, marker))
        })?;
        Ok(())
    })?;
    Ok(xml.into_inner())
}

fn write_marker(xml: &mut Xml, marker: &Marker) -> io::Result<()> {
    let created_s = (marker.created_at.as_ms() / 1_000).to_string();
    let attributes = [
        (Kind::Integer, "_ATN_CRM_LONG_CREATE_DATE", created_s.as_str()),
        (Kind::Text, "_ATN_CRM_COLOR", marker_color(marker.category).avid),
        (Kind::Text, "_ATN_CRM_USER", &marker.author),
        (Kind::Text, "_ATN_CRM_COM", &marker.text),
        (Kind::Text, "_ATN_CRM_TC", &marker.frame.to_string()),
        (Kind::Text, "_ATN_CRM_TRK", TRACK),
        (Kind::Integer, "_ATN_CRM_LENGTH", &marker.duration_frames.to_string()),
    ];
    xml.create_element("AvClass").with_attribute(("id", "ATTR")).write_inner_content(|xml| {
        let count = attributes.len().to_string();
        property(xml, &[("id", "ATTR"), ("name", "__OMFI:ATTR:NumItems"), ("type", "int32")], &count)?;
        xml.create_element("List").with_attribute(("id", "OMFI:ATTR:AttrRefs")).write_inner_content(|xml| {
            attributes.iter().try_for_each(|(kind, name, value)| attribute(xml, *kind, name, value))?;
            // Media Composer ends its lists with an empty element.
            xml.create_element("ListElem").write_empty()?;
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}

/// Kind of an attribute's value.
#[derive(Clone, Copy)]
enum Kind {
    Integer,
    Text,
}

fn attribute(xml: &mut Xml, kind: Kind, name: &str, value: &str) -> io::Result<()> {
    let (number, value_name, value_type) = match kind {
        Kind::Integer => ("1", "OMFI:ATTB:IntAttribute", "int32"),
        Kind::Text => ("2", "OMFI:ATTB:StringAttribute", "string"),
    };
    xml.create_element("ListElem").write_inner_content(|xml| {
        property(xml, &[("id", "ATTR"), ("name", "OMFI:ATTB:Kind"), ("type", "int32")], number)?;
        property(xml, &[("id", "ATTR"), ("name", "OMFI:ATTB:Name"), ("type", "string")], name)?;
        property(xml, &[("id", "ATTR"), ("name", value_name), ("type", value_type)], value)
    })?;
    Ok(())
}

fn property(xml: &mut Xml, attributes: &[(&str, &str)], value: &str) -> io::Result<()> {
    xml::leaf(xml, "AvProp", attributes, value)
}
