//! Premiere's markers: a sequence in Final Cut Pro XML Interchange Format version 4 (xmeml), with nothing in it but
//! markers. Premiere: File > Import.
//!
//! Source: Apple's "Final Cut Pro XML Interchange Format"; `pproColor` as Premiere exports it.

use std::io;

use pipelines::spec::time::FrameRate;

use super::color::marker_color;
use super::marker::{Marker, MarkerList};
use super::xml::{self, Xml, leaf};

/// The list as a sequence. Frames count from the sequence's start; `out` is -1 for a marker of one frame, else the first
/// frame after it.
///
/// # Errors
/// When writing fails.
pub fn write(list: &MarkerList) -> io::Result<Vec<u8>> {
    let mut xml = xml::document(Some("xmeml"))?;
    xml.create_element("xmeml").with_attribute(("version", "4")).write_inner_content(|xml| {
        xml.create_element("sequence").with_attribute(("id", "comments")).write_inner_content(|xml| {
            leaf(xml, "name", &[], &list.title)?;
            leaf(xml, "duration", &[], &list.duration_frames().to_string())?;
            write_rate(xml, list.rate)?;
            write_timecode(xml, list)?;
            write_empty_media(xml, list.rate)?;
            list.markers.iter().try_for_each(|marker| write_marker(xml, marker))
        })?;
        Ok(())
    })?;
    Ok(xml.into_inner())
}

/// 23.976 is a timebase of 24 with `ntsc`.
fn write_rate(xml: &mut Xml, rate: FrameRate) -> io::Result<()> {
    let nominal = rate.nominal();
    let ntsc = u64::from(rate.num) * 1_001 == u64::from(nominal) * 1_000 * u64::from(rate.den);
    xml.create_element("rate").write_inner_content(|xml| {
        leaf(xml, "timebase", &[], &nominal.to_string())?;
        leaf(xml, "ntsc", &[], if ntsc { "TRUE" } else { "FALSE" })
    })?;
    Ok(())
}

fn write_timecode(xml: &mut Xml, list: &MarkerList) -> io::Result<()> {
    xml.create_element("timecode").write_inner_content(|xml| {
        write_rate(xml, list.rate)?;
        leaf(xml, "string", &[], &list.start.to_string())?;
        leaf(xml, "frame", &[], &list.start.frames().to_string())?;
        leaf(xml, "displayformat", &[], if list.rate.drop_frame { "DF" } else { "NDF" })?;
        let Some(reel) = &list.reel else { return Ok(()) };
        xml.create_element("reel").write_inner_content(|xml| leaf(xml, "name", &[], reel))?;
        Ok(())
    })?;
    Ok(())
}

/// One empty video track: a sequence without one is not opened.
fn write_empty_media(xml: &mut Xml, rate: FrameRate) -> io::Result<()> {
    xml.create_element("media").write_inner_content(|xml| {
        xml.create_element("video").write_inner_content(|xml| {
            xml.create_element("format").write_inner_content(|xml| {
                xml.create_element("samplecharacteristics").write_inner_content(|xml| {
                    write_rate(xml, rate)?;
                    leaf(xml, "width", &[], "1920")?;
                    leaf(xml, "height", &[], "1080")
                })?;
                Ok(())
            })?;
            xml.create_element("track").write_empty()?;
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}

fn write_marker(xml: &mut Xml, marker: &Marker) -> io::Result<()> {
    let out = if marker.duration_frames > 1 { marker.end_frame().to_string() } else { "-1".to_owned() };
    xml.create_element("marker").write_inner_content(|xml| {
        leaf(xml, "comment", &[], &marker.labelled())?;
        leaf(xml, "name", &[], &marker.author)?;
        leaf(xml, "in", &[], &marker.frame.to_string())?;
        leaf(xml, "out", &[], &out)?;
        leaf(xml, "pproColor", &[], &marker_color(marker.category).premiere.to_string())
    })?;
    Ok(())
}
