//! A mark as it meets the samples: coverage of letters becomes, per pixel, a code value to move towards and how far.

use crate::frame::{Picture, PlaneLayout};
use crate::spec::color::TargetColor;
use crate::spec::encode::VideoFormat;
use crate::watermark::text::Coverage;

/// How far a letter moves the picture towards reference white, and its outline towards black. Over any picture value Y
/// (0..1) letter and outline differ by `FILL * (1 - Y) + OUTLINE * Y`: at least the smaller of the two.
const FILL_OPACITY: f32 = 0.42;
const OUTLINE_OPACITY: f32 = 0.38;
/// Opacity as an integer: 11 bits keep (10-bit difference) * opacity in 32 bits and the blend exact to the nearest code.
const OPACITY_BITS: u32 = 11;

/// A rectangle inside a stamp, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub x: usize,
    pub y: usize,
    pub width: usize,
    pub height: usize,
}

/// Luma code values that letters and outline move towards (limited range).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Codes {
    black: f32,
    white: f32,
}

impl Codes {
    /// Black and reference white of a target in the codes of a format: BT.2408 puts it at 203 cd/m2 of PQ and at 75 % of
    /// HLG; the highest code of either would be a light to be dazzled by.
    pub fn of(format: VideoFormat, target: TargetColor) -> Self {
        let scale = if format.sample_bytes() == 2 { 4.0 } else { 1.0 };
        let white = match target {
            TargetColor::Hdr10 => 0.581,
            TargetColor::Hlg => 0.75,
            _ => 1.0,
        };
        Self { black: 16.0 * scale, white: (16.0 + 219.0 * white) * scale }
    }
}

/// Letters on a canvas and the blend that burns them into luma.
#[derive(Clone, Debug)]
pub(super) struct Stamp {
    pub width: usize,
    pub height: usize,
    letters: Vec<u8>,
    /// 0..=2048.
    opacity: Vec<i16>,
    /// Luma code values in the picture's own depth.
    target: Vec<i16>,
    black: f32,
    white: f32,
    grow: usize,
    soften: usize,
}

impl Stamp {
    /// An empty stamp for letters of `em_px`, which move the picture towards `codes`.
    pub fn new(width: usize, height: usize, em_px: f32, codes: Codes) -> Self {
        Self {
            width,
            height,
            letters: vec![0; width * height],
            opacity: vec![0; width * height],
            target: vec![0; width * height],
            black: codes.black,
            white: codes.white,
            grow: grow(em_px),
            soften: soften(em_px),
        }
    }

    /// Pixels that the outline of letters of `em_px` reaches beyond them.
    pub fn margin(em_px: f32) -> usize {
        grow(em_px) + soften(em_px)
    }

    /// Draws a line of text with its start at (`x`, `baseline`); what lies outside the stamp is cut.
    pub fn draw(&mut self, text: &Coverage, x: i32, baseline: i32) {
        let (left, top) = (x + text.left, baseline - text.ascent);
        for row in 0..text.height {
            let Ok(y) = usize::try_from(top + row as i32) else { continue };
            if y >= self.height {
                break;
            }
            let skip = usize::try_from(-left).unwrap_or(0).min(text.width);
            let start = usize::try_from(left).unwrap_or(0).min(self.width);
            let source = &text.data[row * text.width + skip..(row + 1) * text.width];
            for (letter, &coverage) in self.letters[y * self.width..][start..self.width].iter_mut().zip(source) {
                *letter = (*letter).max(coverage);
            }
        }
    }

    /// Takes the letters away within an area.
    pub fn erase(&mut self, area: Area) {
        for y in area.y..(area.y + area.height).min(self.height) {
            let row = &mut self.letters[y * self.width..][..self.width];
            for letter in row.iter_mut().skip(area.x).take(area.width) {
                *letter = 0;
            }
        }
    }

    /// The whole stamp as an area.
    pub fn all(&self) -> Area {
        Area { x: 0, y: 0, width: self.width, height: self.height }
    }

    /// Computes what letters inside `area` do to the picture; call after drawing.
    pub fn develop(&mut self, area: Area) {
        let outline = self.outline(area);
        for row in 0..area.height {
            for column in 0..area.width {
                let at = (area.y + row) * self.width + area.x + column;
                let letter = f32::from(self.letters[at]) / 255.0;
                let fill = FILL_OPACITY * letter;
                // Only around the letter: darkening beneath it would eat the contrast over white.
                let dark = OUTLINE_OPACITY * (1.0 - letter) * f32::from(outline[row * area.width + column]) / 255.0;
                let opacity = fill + dark;
                let target = if opacity > 0.0 { (fill * self.white + dark * self.black) / opacity } else { self.black };
                self.opacity[at] = (opacity * (1 << OPACITY_BITS) as f32).round() as i16;
                self.target[at] = target.round() as i16;
            }
        }
    }

    /// Coverage of the letters within `area`, grown and softened. Letters beyond the area's edge count too.
    fn outline(&self, area: Area) -> Vec<u8> {
        let reach = self.grow + self.soften;
        let (width, height) = (area.width + 2 * reach, area.height + 2 * reach);
        let mut plane = vec![0u8; width * height];
        for row in 0..height {
            let Some(y) = (area.y + row).checked_sub(reach).filter(|y| *y < self.height) else { continue };
            for column in 0..width {
                if let Some(x) = (area.x + column).checked_sub(reach).filter(|x| *x < self.width) {
                    plane[row * width + column] = self.letters[y * self.width + x];
                }
            }
        }
        let grown =
            filter_both_ways(&plane, width, height, self.grow, |window| window.iter().copied().max().unwrap_or(0));
        let soft = filter_both_ways(&grown, width, height, self.soften, |window| {
            (window.iter().map(|v| usize::from(*v)).sum::<usize>() / window.len().max(1)) as u8
        });
        let inner = |row: usize| (row + reach) * width + reach;
        (0..area.height).flat_map(|row| soft[inner(row)..inner(row) + area.width].iter().copied()).collect()
    }

    /// Burns the stamp into the luma of `picture` with its upper left corner at (`x`, `y`); chroma is not touched.
    pub fn burn(&self, picture: &mut Picture, x: usize, y: usize) {
        let luma = Picture::layout(picture.format, picture.size)[0];
        let columns = self.width.min(luma.width.saturating_sub(x));
        for row in 0..self.height.min(luma.height.saturating_sub(y)) {
            let mark = row * self.width..row * self.width + columns;
            let (opacity, target) = (&self.opacity[mark.clone()], &self.target[mark]);
            match picture.format.sample_bytes() {
                1 => blend_8(samples(picture, luma, x, y + row, columns, 1), opacity, target),
                _ => blend_16(samples(picture, luma, x, y + row, columns, 2), opacity, target),
            }
        }
    }
}

/// Pixels by which the outline is wider than a letter; more than it is softened by, so that a full-strength rim remains.
fn grow(em_px: f32) -> usize {
    ((em_px * 0.06).round() as usize).max(soften(em_px) + 1)
}

fn soften(em_px: f32) -> usize {
    ((em_px * 0.03).round() as usize).max(1)
}

/// `columns` samples of `bytes` bytes each, from (`x`, `y`) of a plane.
fn samples(picture: &mut Picture, plane: PlaneLayout, x: usize, y: usize, columns: usize, bytes: usize) -> &mut [u8] {
    let start = plane.offset + y * plane.stride + x * bytes;
    &mut picture.data[start..start + columns * bytes]
}

/// The nearest code to `value + (target - value) * opacity`: never beyond either, so a legal picture stays legal.
#[inline(always)]
fn blend(value: i32, target: i16, opacity: i16) -> i32 {
    let moved = i32::from(target).wrapping_sub(value).wrapping_mul(i32::from(opacity));
    value.wrapping_add(moved.wrapping_add(1 << (OPACITY_BITS - 1)) >> OPACITY_BITS)
}

fn blend_8(row: &mut [u8], opacity: &[i16], target: &[i16]) {
    for ((sample, &a), &t) in row.iter_mut().zip(opacity).zip(target) {
        *sample = blend(i32::from(*sample), t, a) as u8;
    }
}

fn blend_16(row: &mut [u8], opacity: &[i16], target: &[i16]) {
    for ((sample, &a), &t) in row.as_chunks_mut::<2>().0.iter_mut().zip(opacity).zip(target) {
        *sample = (blend(i32::from(u16::from_le_bytes(*sample)), t, a) as u16).to_le_bytes();
    }
}

/// A filter over windows of `2 * radius + 1`, along rows and then along columns; outside is 0.
fn filter_both_ways(
    plane: &[u8],
    width: usize,
    height: usize,
    radius: usize,
    filter: impl Fn(&[u8]) -> u8 + Copy,
) -> Vec<u8> {
    let along_rows = filter_rows_transposed(plane, width, height, radius, filter);
    filter_rows_transposed(&along_rows, height, width, radius, filter)
}

fn filter_rows_transposed(
    plane: &[u8],
    width: usize,
    height: usize,
    radius: usize,
    filter: impl Fn(&[u8]) -> u8,
) -> Vec<u8> {
    let mut out = vec![0u8; plane.len()];
    let mut padded = vec![0u8; width + 2 * radius];
    for row in 0..height {
        padded[radius..radius + width].copy_from_slice(&plane[row * width..(row + 1) * width]);
        for column in 0..width {
            out[column * height + row] = filter(&padded[column..=column + 2 * radius]);
        }
    }
    out
}
