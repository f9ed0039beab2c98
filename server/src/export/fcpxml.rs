//! Final Cut Pro's markers: FCPXML 1.9, a project whose only clip is a gap that carries them. File > Import > XML.
//!
//! Source: Apple's FCPXML reference. Times are rational seconds, exact at every rate; a marker's start counts in its
//! parent's time, and the gap's time is the timeline's timecode. A marker with `completed="0"` is a to-do, which Final Cut
//! lists until it is ticked off; one that is settled comes ticked off. Final Cut has no marker colours.

use std::io;

use pipelines::spec::time::FrameRate;

use super::marker::{Marker, MarkerList};
use super::xml::{self, Xml, attribute};

/// The list as a project.
///
/// # Errors
/// When writing fails.
pub fn write(list: &MarkerList) -> io::Result<Vec<u8>> {
    let mut xml = xml::document(Some("fcpxml"))?;
    xml.create_element("fcpxml").with_attribute(("version", "1.9")).write_inner_content(|xml| {
        xml.create_element("resources").write_inner_content(|xml| write_format(xml, list.rate))?;
        xml.create_element("library").write_inner_content(|xml| {
            xml.create_element("event").with_attribute(attribute("name", &list.title)).write_inner_content(|xml| {
                let project = xml.create_element("project").with_attribute(attribute("name", &list.title));
                project.write_inner_content(|xml| write_sequence(xml, list))?;
                Ok(())
            })?;
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(xml.into_inner())
}

/// `frames` as seconds.
fn seconds(frames: u64, rate: FrameRate) -> String {
    format!("{}/{}s", u128::from(frames) * u128::from(rate.den), rate.num)
}

/// Final Cut's own name of a 1080p format, for the rates that it has.
fn format_name(rate: FrameRate) -> Option<&'static str> {
    Some(match (rate.num, rate.den) {
        (24_000, 1_001) => "FFVideoFormat1080p2398",
        (24, 1) => "FFVideoFormat1080p24",
        (25, 1) => "FFVideoFormat1080p25",
        (30_000, 1_001) => "FFVideoFormat1080p2997",
        (30, 1) => "FFVideoFormat1080p30",
        (50, 1) => "FFVideoFormat1080p50",
        (60_000, 1_001) => "FFVideoFormat1080p5994",
        (60, 1) => "FFVideoFormat1080p60",
        _ => return None,
    })
}

fn write_format(xml: &mut Xml, rate: FrameRate) -> io::Result<()> {
    let frame_duration = seconds(1, rate);
    let format = xml.create_element("format").with_attribute(("id", "r1"));
    let format = match format_name(rate) {
        Some(name) => format.with_attribute(("name", name)),
        None => format,
    };
    let size = [("frameDuration", frame_duration.as_str()), ("width", "1920"), ("height", "1080")];
    format.with_attributes(size).write_empty()?;
    Ok(())
}

fn write_sequence(xml: &mut Xml, list: &MarkerList) -> io::Result<()> {
    let start = seconds(list.start.frames(), list.rate);
    let duration = seconds(list.duration_frames(), list.rate);
    let counting = if list.rate.drop_frame { "DF" } else { "NDF" };
    let attributes =
        [("format", "r1"), ("duration", duration.as_str()), ("tcStart", start.as_str()), ("tcFormat", counting)];
    xml.create_element("sequence").with_attributes(attributes).write_inner_content(|xml| {
        xml.create_element("spine").write_inner_content(|xml| {
            let times = [("name", "Gap"), ("offset", start.as_str()), ("start", &start), ("duration", &duration)];
            let gap = xml.create_element("gap").with_attributes(times);
            gap.write_inner_content(|xml| {
                list.markers.iter().try_for_each(|marker| write_marker(xml, list, marker))?;
                list.reel.as_ref().map_or(Ok(()), |reel| write_reel(xml, reel))
            })?;
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(())
}

/// The gap stands for the source, so the source's reel is the gap's.
fn write_reel(xml: &mut Xml, reel: &str) -> io::Result<()> {
    xml.create_element("metadata").write_inner_content(|xml| {
        let entry = xml.create_element("md").with_attribute(("key", "com.apple.proapps.studio.reel"));
        entry.with_attribute(attribute("value", reel)).write_empty()?;
        Ok(())
    })?;
    Ok(())
}

fn write_marker(xml: &mut Xml, list: &MarkerList, marker: &Marker) -> io::Result<()> {
    let start = seconds(list.start.frames().saturating_add(marker.frame), list.rate);
    let duration = seconds(marker.duration_frames, list.rate);
    let element = xml.create_element("marker").with_attributes([("start", start.as_str()), ("duration", &duration)]);
    let element = element
        .with_attribute(attribute("value", &marker.author))
        .with_attribute(("completed", if marker.resolved { "1" } else { "0" }));
    element.with_attribute(attribute("note", &marker.prioritised())).write_empty()?;
    Ok(())
}
