//! Where the blocks of a mark stand during a stay, and how they are turned.

use super::ink::Ink;
use super::stay::{Stay, Use};
use crate::spec::encode::PictureSize;
use crate::spec::watermark::MarkLayout;

/// Distance from the edges, as parts of the picture's width or height, and by how much it varies.
const MARGIN_X: f32 = 0.03;
const MARGIN_Y: f32 = 0.04;
const MARGIN_JITTER: f32 = 0.3;
/// Degrees by which blocks are turned, to either side.
const LINE_TURN: f32 = 0.35;
const CORNER_TURN: f32 = 1.0;
const BLOCK_TURN: f32 = 2.0;
/// Tiles rise to the right, about so steeply.
const TILE_RISE: f32 = -16.0;
const TILE_TURN: f32 = 3.0;
/// From tile to tile along a row, and from row to row, at least, as parts of the picture's width and height.
const TILE_ACROSS: f32 = 0.32;
const TILE_DOWN: f32 = 0.21;

/// A block at a place: upper left corner, which may lie outside the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub block: usize,
    pub at: (i32, i32),
}

/// By how much a block is turned, in radians.
pub(super) fn turn(layout: MarkLayout, block: usize, stay: Stay) -> f32 {
    let swing = stay.swing(Use::Turn, block);
    let degrees = match (layout, block) {
        (MarkLayout::Line, 0) => LINE_TURN * swing,
        (MarkLayout::Corners, 0..4) => CORNER_TURN * swing,
        (MarkLayout::Tiled, _) => TILE_RISE + TILE_TURN * swing,
        _ => BLOCK_TURN * swing,
    };
    degrees.to_radians()
}

/// All places of a stay.
pub(super) fn places(layout: MarkLayout, stay: Stay, size: PictureSize, inks: &[Ink]) -> Vec<Place> {
    match (layout, inks) {
        (MarkLayout::Line, [line, code]) => {
            let mut places = vec![Place { block: 0, at: at_an_edge(stay, size, line) }];
            places.extend(inside(stay, size, code, 1));
            places
        }
        (MarkLayout::Corners, [.., code]) => {
            let mut places: Vec<Place> = (0..4).map(|corner| in_a_corner(stay, size, inks, corner)).collect();
            places.extend(inside(stay, size, code, 4));
            places
        }
        (MarkLayout::Tiled, [tile, ..]) => tiles(stay, size, tile),
        (MarkLayout::Moving, [block, ..]) => vec![Place { block: 0, at: anywhere(stay, size, block) }],
        _ => Vec::new(),
    }
}

/// Left, centre and right at the upper edge, then at the lower.
fn at_an_edge(stay: Stay, size: PictureSize, ink: &Ink) -> (i32, i32) {
    let place = stay.place();
    let (width, height) = (size.width as usize, size.height as usize);
    let free_x = width.saturating_sub(ink.width);
    let free_y = height.saturating_sub(ink.height);
    let margin_x = ((width as f32 * MARGIN_X) as usize).min(free_x / 2);
    let margin_y = ((height as f32 * MARGIN_Y) as usize).min(free_y / 2);
    let x = [margin_x, free_x / 2, free_x - margin_x][place % 3];
    (x as i32, if place < 3 { margin_y } else { free_y - margin_y } as i32)
}

/// The corners change their fields from stay to stay, and stand a little further in or out.
fn in_a_corner(stay: Stay, size: PictureSize, inks: &[Ink], corner: usize) -> Place {
    let block = (corner + stay.place()) % 4;
    let ink = &inks[block];
    let margin = |extent: u32, part: f32, of: Use| {
        (extent as f32 * part * (1.0 + MARGIN_JITTER * stay.swing(of, corner))) as i32
    };
    let (x, y) = (margin(size.width, MARGIN_X, Use::Across), margin(size.height, MARGIN_Y, Use::Down));
    let far = |extent: u32, ink: usize, margin: i32| (extent as i32 - ink as i32 - margin).max(0);
    let x = if corner.is_multiple_of(2) { x } else { far(size.width, ink.width, x) };
    let y = if corner < 2 { y } else { far(size.height, ink.height, y) };
    Place { block, at: (x, y) }
}

/// In one of the six fields of the picture, anywhere in it.
fn anywhere(stay: Stay, size: PictureSize, ink: &Ink) -> (i32, i32) {
    let place = stay.place();
    let along = |extent: u32, ink: usize, field: usize, fields: usize, of: Use| {
        let free = (extent as usize).saturating_sub(ink) as f32;
        let within = stay.swing(of, 0) / 2.0 + 0.5;
        (free * (field as f32 + within) / fields as f32) as i32
    };
    (along(size.width, ink.width, place % 3, 3, Use::Across), along(size.height, ink.height, place / 3, 2, Use::Down))
}

/// The two codes further inside: one in each half of the picture, a third from above or below.
fn inside(stay: Stay, size: PictureSize, ink: &Ink, block: usize) -> [Place; 2] {
    let key = stay.number(Use::Inside, 0);
    let (width, height) = (size.width as f32, size.height as f32);
    let place = |x: f32, y: f32| {
        let left = (width * x - ink.width as f32 / 2.0).max(0.0) as i32;
        Place { block, at: (left, (height * y - ink.height as f32 / 2.0).max(0.0) as i32) }
    };
    let left = if key & 1 == 0 { 0.26 } else { 0.33 };
    let right = if key & 2 == 0 { 0.657 } else { 0.76 };
    let (first, second) = if key & 4 == 0 { (1.0 / 3.0, 2.0 / 3.0) } else { (2.0 / 3.0, 1.0 / 3.0) };
    [place(left, first), place(right, second)]
}

/// Rows of tiles along their own slant, every second row moved by half a tile, beginning anywhere.
fn tiles(stay: Stay, size: PictureSize, ink: &Ink) -> Vec<Place> {
    let (sin, cos) = turn(MarkLayout::Tiled, 0, stay).sin_cos();
    let (width, height) = (size.width as f32, size.height as f32);
    // Extent of the block before it was turned, from that of the turned one.
    let straight = cos * cos - sin * sin;
    let (wide, high) = (ink.width as f32, ink.height as f32);
    let across = (wide * cos - high * sin.abs()) / straight;
    let down = (high * cos - wide * sin.abs()) / straight;
    let across = (width * TILE_ACROSS).max(across * 1.06).max(16.0);
    let down = (height * TILE_DOWN).max(down * 1.1).max(16.0);
    let (begin_u, begin_v) = (across * stay.swing(Use::Across, 0) / 2.0, down * stay.swing(Use::Down, 0) / 2.0);
    let reach = width.hypot(height) / 2.0;
    let count = |extent: f32, pitch: f32| ((extent + wide.max(high)) / pitch).ceil() as i32 + 1;
    let (columns, rows) = (count(reach, across), count(reach, down));
    let mut places = Vec::new();
    for row in -rows..=rows {
        for column in -columns..=columns {
            let odd = if row.rem_euclid(2) == 1 { 0.5 } else { 0.0 };
            let (u, v) = ((column as f32 + odd) * across + begin_u, row as f32 * down + begin_v);
            let x = width / 2.0 + cos * u - sin * v - wide / 2.0;
            let y = height / 2.0 + sin * u + cos * v - high / 2.0;
            if x > -wide && y > -high && x < width && y < height {
                places.push(Place { block: 0, at: (x as i32, y as i32) });
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::super::ink::{Codes, Pose};
    use super::super::setting::blocks;
    use super::*;
    use crate::spec::color::TargetColor;
    use crate::spec::encode::VideoFormat;
    use crate::spec::watermark::{MarkSpec, MarkTemplate};

    const SIZE: PictureSize = PictureSize { width: 1_280, height: 720 };

    /// Where the code, which begins the last line of a tile, stands in a picture.
    fn codes_of(stay: Stay, code_px: (f32, f32)) -> Vec<[f32; 4]> {
        let template = MarkTemplate { layout: MarkLayout::Tiled, ..MarkTemplate::default() };
        let text = |text: &str| text.to_owned();
        let (name, email, ip) = (text("Ana Ito"), text("ana.ito@example.org"), text("203.0.113.24"));
        let spec = MarkSpec { name, email, ip, review: text("Reel"), session_code: text("K7PX-3MRE"), template };
        let block = &blocks(&spec, SIZE)[0];
        let turn = turn(MarkLayout::Tiled, 0, stay);
        let ink = Ink::new(block, Pose { turn, fill: 0.4 }, Codes::of(VideoFormat::H264Bits8, TargetColor::default()));
        let (sin, cos) = turn.sin_cos();
        let (left, low) = (-(block.canvas.width as f32) / 4.0, block.canvas.height as f32 / 4.0);
        let corners =
            [(left, low - code_px.1), (left + code_px.0, low - code_px.1), (left, low), (left + code_px.0, low)];
        let corners = corners.map(|(u, v)| (cos * u - sin * v, cos * v + sin * u));
        let middle = (ink.width as f32 / 2.0, ink.height as f32 / 2.0);
        let edge = |value: fn(&(f32, f32)) -> f32, keep: fn(f32, f32) -> f32| {
            corners.iter().map(value).reduce(keep).unwrap_or_default()
        };
        let extent =
            [edge(|c| c.0, f32::min), edge(|c| c.1, f32::min), edge(|c| c.0, f32::max), edge(|c| c.1, f32::max)];
        let place = |place: Place| {
            let (x, y) = (place.at.0 as f32 + middle.0, place.at.1 as f32 + middle.1);
            [x + extent[0], y + extent[1], x + extent[2], y + extent[3]]
        };
        places(MarkLayout::Tiled, stay, SIZE, &[ink]).into_iter().map(place).collect()
    }

    #[test]
    fn every_crop_of_two_fifths_by_half_holds_a_whole_code_of_a_tile() {
        let (width, height) = (SIZE.width as f32 * 0.4, SIZE.height as f32 * 0.5);
        for second in (0..1_200).step_by(10) {
            // Nine letters of small size.
            let codes = codes_of(Stay::at(second, "K7PX-3MRE"), (90.0, 18.0));
            for left in (0..=SIZE.width - width as u32).step_by(12) {
                for top in (0..=SIZE.height - height as u32).step_by(12) {
                    let (x, y) = (left as f32, top as f32);
                    let whole =
                        |code: &[f32; 4]| code[0] >= x && code[1] >= y && code[2] <= x + width && code[3] <= y + height;
                    assert!(codes.iter().any(whole), "none in the crop at {left},{top} in second {second}");
                }
            }
        }
    }
}
