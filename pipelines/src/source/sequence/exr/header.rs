//! Which part of a file is the picture, where it lies, and what its numbers mean.

use ::exr::meta::BlockDescription;
use ::exr::meta::attribute::{AttributeValue, Chromaticities as Attribute, IntegerBounds, SampleType, TimeCode};
use ::exr::meta::header::Header;
use lut::color::{Chromaticities, Primaries};

use super::super::error::PictureError;
use super::super::facts::{Facts, SceneFacts, usual_rate};
use super::super::raster::LARGEST_SIDE;
use crate::source::reel_name;
use crate::spec::encode::PictureSize;
use crate::spec::time::FrameRate;

/// Bytes of the largest block that is unpacked: 256 lines of 8192 pixels, RGBA in float.
const LARGEST_BLOCK: u128 = 8_192 * 256 * 16;
/// Channels that an error names.
const NAMED: usize = 8;
/// Primaries that are called by name, and how far a file's numbers may be from theirs.
const KNOWN: [(Primaries, &str); 5] = [
    (Primaries::AcesAp0, "ACES AP0"),
    (Primaries::AcesAp1, "ACES AP1"),
    (Primaries::Bt709, "Rec.709"),
    (Primaries::DisplayP3, "P3-D65"),
    (Primaries::Bt2020, "Rec.2020"),
];
const NEAR: f64 = 1e-3;

/// Where a channel's samples lie in a line of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Channel {
    /// Bytes of a pixel before it: channels follow each other, each with all samples of the line.
    pub before: usize,
    pub is_half: bool,
}

impl Channel {
    /// Bytes of a sample.
    pub fn bytes(self) -> usize {
        if self.is_half { 2 } else { 4 }
    }
}

/// The part of a file that is shown.
pub(super) struct Scene {
    header: Header,
    /// Its number in the file.
    pub part: usize,
    pub size: PictureSize,
    /// Left and top of the data window in the picture; may lie outside.
    pub origin: [i64; 2],
    /// Of all channels.
    pub bytes_per_pixel: usize,
    /// Red, green, blue.
    pub channels: [Channel; 3],
    pub primaries: Chromaticities,
    is_tagged: bool,
}

impl Scene {
    /// The first part that has R, G and B.
    pub fn choose(headers: &[Header]) -> Result<Self, PictureError> {
        let has_rgb = |header: &Header| ["R", "G", "B"].iter().all(|name| channel(header, name).is_some());
        let found = headers.iter().enumerate().find(|(_, header)| !header.deep && has_rgb(header));
        let Some((part, header)) = found else {
            let expected = "R, G and B, not deep";
            return Err(PictureError::Exr { field: "channels", found: names(headers), expected });
        };
        if let Some(other) =
            header.channels.list.iter().find(|channel| (channel.sampling.0, channel.sampling.1) != (1, 1))
        {
            let found = format!("{} of {} x {}", other.name, other.sampling.0, other.sampling.1);
            return Err(PictureError::Exr { field: "sampling", found, expected: "1 x 1" });
        }
        let window = header.shared_attributes.display_window;
        let (size, _) = (size_of(window)?, size_of(header.data_window())?);
        check_blocks(header)?;
        let (position, data) = (window.position, header.own_attributes.layer_position);
        let origin = [i64::from(data.0) - i64::from(position.0), i64::from(data.1) - i64::from(position.1)];
        let channels = ["R", "G", "B"].map(|name| channel(header, name));
        let [Some(Ok(red)), Some(Ok(green)), Some(Ok(blue))] = channels else {
            let found = "unsigned integers".to_owned();
            return Err(PictureError::Exr { field: "samples", found, expected: "half or float" });
        };
        let (primaries, is_tagged) = primaries(header)?;
        let bytes_per_pixel = header.channels.bytes_per_pixel;
        let header = header.clone();
        Ok(Self { header, part, size, origin, bytes_per_pixel, channels: [red, green, blue], primaries, is_tagged })
    }

    /// What the header says beside the picture.
    pub fn facts(&self) -> Facts {
        let code = self.header.shared_attributes.time_code;
        let known = KNOWN.into_iter().find(|(known, _)| is_near(&known.chromaticities(), &self.primaries));
        Facts {
            timecode: code.map(label),
            drop_frame: code.is_some_and(|code| code.drop_frame),
            rate: self.header.own_attributes.frames_per_second.and_then(rate),
            reel: text(&self.header, "reelName"),
            remark: (!self.is_tagged).then_some("its header does not say its primaries"),
            scene: Some(SceneFacts {
                samples: if self.channels.iter().all(|channel| channel.is_half) { "half" } else { "float" },
                primaries: known.map_or("primaries of its own", |(_, name)| name),
                is_tagged: self.is_tagged,
            }),
        }
    }
}

/// A channel of a part by its name; `Err` of one without fractions.
fn channel(header: &Header, name: &str) -> Option<Result<Channel, ()>> {
    let (before, found) = header.channels.channels_with_byte_offset().find(|(_, channel)| channel.name.eq(name))?;
    Some(match found.sample_type {
        SampleType::F16 => Ok(Channel { before, is_half: true }),
        SampleType::F32 => Ok(Channel { before, is_half: false }),
        SampleType::U32 => Err(()),
    })
}

/// What there is instead of a picture.
fn names(headers: &[Header]) -> String {
    let all: Vec<_> = headers.iter().flat_map(|header| &header.channels.list).map(|c| c.name.to_string()).collect();
    let more = if all.len() > NAMED { ", ..." } else { "" };
    let deep = if headers.iter().any(|header| header.deep) { " (deep)" } else { "" };
    let shown: Vec<String> = all.iter().take(NAMED).map(|name| printable(name)).collect();
    format!("{}{more}{deep}", shown.join(", "))
}

fn size_of(window: IntegerBounds) -> Result<PictureSize, PictureError> {
    let side = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let (width, height) = (side(window.size.0), side(window.size.1));
    match (1..=LARGEST_SIDE).contains(&width) && (1..=LARGEST_SIDE).contains(&height) {
        true => Ok(PictureSize { width, height }),
        false => Err(PictureError::Size { width, height, limit: LARGEST_SIDE }),
    }
}

/// Nothing is unpacked before it is known how much that can be.
fn check_blocks(header: &Header) -> Result<(), PictureError> {
    let (width, height) = match header.blocks {
        BlockDescription::Tiles(tiles) => (tiles.tile_size.0, tiles.tile_size.1),
        BlockDescription::ScanLines => (header.layer_size.0, header.compression.scan_lines_per_block()),
    };
    let bytes = width as u128 * height as u128 * header.channels.bytes_per_pixel as u128;
    if bytes > LARGEST_BLOCK {
        let found = format!("of {bytes} bytes");
        return Err(PictureError::Exr { field: "blocks", found, expected: "at most 33554432 bytes each" });
    }
    Ok(())
}

/// Primaries of a part, and whether its file says so.
fn primaries(header: &Header) -> Result<(Chromaticities, bool), PictureError> {
    if let Some(AttributeValue::I32(1)) = other(header, "acesImageContainerFlag") {
        return Ok((Primaries::AcesAp0.chromaticities(), true));
    }
    let Some(Attribute { red, green, blue, white }) = header.shared_attributes.chromaticities else {
        return Ok((Primaries::Bt709.chromaticities(), false));
    };
    let [red, green, blue, white] = [red, green, blue, white].map(|xy| [f64::from(xy.0), f64::from(xy.1)]);
    let found = Chromaticities { red, green, blue, white };
    // A file's numbers are singles: what they are near is meant.
    let exact = KNOWN.into_iter().map(|(known, _)| known.chromaticities()).find(|known| is_near(known, &found));
    let found = exact.unwrap_or(found);
    let to_ap1 = found.to(&Primaries::AcesAp1.chromaticities());
    // Of any real set no entry is far from 1; of three primaries on a line, or a white without light, some are or are no number.
    if to_ap1.iter().flatten().any(|value| value.is_nan() || value.abs() > 100.0) {
        let found = format!("{:?}", [found.red, found.green, found.blue, found.white]);
        return Err(PictureError::Exr {
            field: "chromaticities",
            found,
            expected: "xy of three primaries and a white",
        });
    }
    Ok((found, true))
}

fn is_near(known: &Chromaticities, found: &Chromaticities) -> bool {
    let points = |set: &Chromaticities| [set.red, set.green, set.blue, set.white];
    points(known).into_iter().flatten().zip(points(found).into_iter().flatten()).all(|(a, b)| (a - b).abs() < NEAR)
}

fn label(code: TimeCode) -> String {
    let TimeCode { hours, minutes, seconds, frame, .. } = code;
    format!("{hours:02}:{minutes:02}:{seconds:02}:{frame:02}")
}

/// Frames per second as a ratio, if it is one of moving pictures.
fn rate((count, seconds): (i32, u32)) -> Option<FrameRate> {
    let count = u32::try_from(count).ok().filter(|_| seconds > 0)?;
    let found = f64::from(count) / f64::from(seconds);
    usual_rate(found).or_else(|| (1.0..=240.0).contains(&found).then(|| FrameRate::new(count, seconds)))
}

/// An attribute that the library does not know by name.
fn other<'a>(header: &'a Header, name: &str) -> Option<&'a AttributeValue> {
    let (own, shared) = (&header.own_attributes.other, &header.shared_attributes.other);
    own.iter().chain(shared).find(|(key, _)| **key == *name).map(|(_, value)| value)
}

fn text(header: &Header, name: &str) -> Option<String> {
    let Some(AttributeValue::Text(found)) = other(header, name) else { return None };
    reel_name(&found.to_string())
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}
