//! A block of letters as it meets the samples during one stay: turned, with its rim, and light or dark piece by piece.
//!
//! Letters are light over dark and dark over light, and their rim is the other way round. Over any luma Y (0..1) light
//! letters differ from their rim by `fill (1 - Y) + rim Y`, dark ones by `fill Y + rim (1 - Y)`: with the better of the two,
//! by at least the mean of fill and rim.

use super::blend::{LANES, Samples, blend_row};
use super::block::{Block, SHARPNESS};
use super::canvas::Area;
use super::rim::outline;
use crate::frame::{Picture, PlaneLayout};
use crate::spec::color::TargetColor;
use crate::spec::encode::VideoFormat;

/// How strong the rim is beside the letters.
pub const RIM: f32 = 0.6;
/// Brightness at which letters turn dark, and how far a piece has to pass it before it is another than it was, or than the
/// block it stands in: a picture that lies just there makes letters neither flicker nor change within a line.
const MIDDLE: f32 = 0.5;
const INERTIA: f32 = 0.08;
/// Of so many columns and rows one is looked at for the brightness.
const SAMPLING: usize = 6;
/// Ink this near to the next is blended in one go.
const BRIDGE: usize = 24;

/// Luma code values of black and of the white that letters move towards (limited range), and how they are stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Codes {
    black: u16,
    white: u16,
    samples: Samples,
}

impl Codes {
    /// Black and reference white of a target in the codes of a format: BT.2408 puts it at 203 cd/m2 of PQ and at 75 % of
    /// HLG; the highest code of either would be a light to be dazzled by.
    pub fn of(format: VideoFormat, target: TargetColor) -> Self {
        let (scale, samples) = if format.sample_bytes() == 2 { (4.0, Samples::Ten) } else { (1.0, Samples::Eight) };
        let white: f32 = match target {
            TargetColor::Hdr10 => 0.581,
            TargetColor::Hlg => 0.75,
            _ => 1.0,
        };
        Self { black: (16.0 * scale) as u16, white: ((16.0 + 219.0 * white) * scale).round() as u16, samples }
    }

    /// What letters and their rim add to the picture, by their parts of 256, when letters are of a shade.
    fn towards(self, shade: Shade, fill: u32, rim: u32) -> i16 {
        let (letter, around) = match shade {
            Shade::Light => (self.white, self.black),
            Shade::Dark => (self.black, self.white),
        };
        self.samples.scaled(u32::from(letter) * fill + u32::from(around) * rim)
    }
}

/// What letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shade {
    Light,
    Dark,
}

/// How a block stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pose {
    /// Clockwise, in radians.
    pub turn: f32,
    /// How far letters move the picture, of 1.
    pub fill: f32,
}

/// A run of samples.
#[derive(Clone, Copy, Debug)]
struct Span {
    y: usize,
    x: usize,
    length: usize,
    piece: usize,
}

/// A turned block, ready to be burned in any number of times.
#[derive(Clone, Debug)]
pub(super) struct Ink {
    pub width: usize,
    pub height: usize,
    cos_sin: (f32, f32),
    fill_256: u32,
    rim_256: u32,
    grow: usize,
    soften: usize,
    codes: Codes,
    letters: Vec<u8>,
    /// By how much of 256 the picture gives way.
    part: Vec<u8>,
    /// What comes in its place where letters are light, and where they are dark.
    light: Vec<i16>,
    dark: Vec<i16>,
    piece: Vec<u8>,
    /// Runs of ink, each of one piece.
    spans: Vec<Span>,
    /// Runs of ink whatever piece, filled up to whole [`LANES`] with what has none: for blocks of one shade.
    runs: Vec<Span>,
    /// Where each piece is.
    areas: Vec<Area>,
}

impl Ink {
    /// Turns a block.
    pub fn new(block: &Block, pose: Pose, codes: Codes) -> Self {
        let (sin, cos) = pose.turn.sin_cos();
        let [across, down] = [block.canvas.width, block.canvas.height].map(|samples| (samples / SHARPNESS) as f32);
        let width = (across * cos.abs() + down * sin.abs()).ceil() as usize;
        let height = (down * cos.abs() + across * sin.abs()).ceil() as usize;
        let (plane, towards) = (|| vec![0; width * height], || vec![0_i16; width * height]);
        let mut ink = Self {
            width,
            height,
            cos_sin: (cos, sin),
            fill_256: (pose.fill * 256.0).round() as u32,
            rim_256: (pose.fill * RIM * 256.0).round() as u32,
            grow: grow(block.em_px),
            soften: soften(block.em_px),
            codes,
            letters: plane(),
            part: plane(),
            light: towards(),
            dark: towards(),
            piece: plane(),
            spans: Vec::new(),
            runs: Vec::new(),
            areas: vec![Area::default(); block.pieces()],
        };
        let all = Area { x: 0, y: 0, width, height };
        ink.take_letters(block, all);
        ink.take_pieces(block);
        ink.develop(all);
        ink.find_spans();
        ink
    }

    /// Takes over what changed in the block within `changed` (samples of its canvas).
    pub fn refresh(&mut self, block: &Block, changed: Area) {
        let reach = self.grow + self.soften + 1;
        let area = self.area_of(block, changed);
        self.take_letters(block, self.grown(area, 1));
        self.develop(self.grown(area, reach));
        self.find_spans();
    }

    /// Pieces to be light or dark for themselves.
    pub fn pieces(&self) -> usize {
        self.areas.len()
    }

    /// Burns the letters into the luma of `picture` with the upper left corner at (`x`, `y`), which may lie outside;
    /// chroma is not touched. `shades` is what each piece was before, and becomes what it is.
    pub fn burn(&self, picture: &mut Picture, at: (i32, i32), shades: &mut [Option<Shade>]) {
        let luma = Picture::layout(picture.format, picture.size)[0];
        self.choose(picture, luma, at, shades);
        let is = |piece: usize| shades.get(piece).copied().flatten().unwrap_or(Shade::Light);
        let first = shades.iter().flatten().next().copied().unwrap_or(Shade::Light);
        let alike = shades.iter().flatten().all(|shade| *shade == first);
        let bytes = picture.format.sample_bytes();
        for span in if alike { &self.runs } else { &self.spans } {
            let Some((y, x, skip, length)) = clipped(span, at, luma) else { continue };
            let ink = span.y * self.width + span.x + skip;
            let shade = if alike { first } else { is(span.piece) };
            let towards = if shade == Shade::Light { &self.light } else { &self.dark };
            let start = luma.offset + y * luma.stride + bytes * x;
            let row = &mut picture.data[start..start + bytes * length];
            blend_row(row, &self.part[ink..ink + length], &towards[ink..ink + length], self.codes.samples);
        }
    }

    /// Chooses what each piece is, as far as it is in the picture.
    fn choose(&self, picture: &Picture, luma: PlaneLayout, at: (i32, i32), shades: &mut [Option<Shade>]) {
        let pieces = self.areas.iter().map(|area| brightness(picture, luma, at, *area, self.codes));
        let pieces: Vec<Option<f32>> = pieces.collect();
        let seen = pieces.iter().flatten();
        let usual = shade(seen.clone().sum::<f32>() / seen.count().max(1) as f32, MIDDLE);
        for (brightness, chosen) in pieces.into_iter().zip(shades.iter_mut()) {
            let Some(brightness) = brightness else { continue };
            *chosen = Some(match chosen.unwrap_or(usual) {
                Shade::Light => shade(brightness, MIDDLE + INERTIA),
                Shade::Dark => shade(brightness, MIDDLE - INERTIA),
            });
        }
    }

    /// Where a pixel of the ink lies on the block's canvas, in samples, and by how much that changes with each column.
    fn origin(&self, block: &Block, y: usize) -> ([f32; 2], [f32; 2]) {
        let (cos, sin) = self.cos_sin;
        let sharpness = SHARPNESS as f32;
        let (x, y) = (0.5 - self.width as f32 / 2.0, y as f32 + 0.5 - self.height as f32 / 2.0);
        let (u, v) = ((cos * x + sin * y) * sharpness, (cos * y - sin * x) * sharpness);
        let [middle_u, middle_v] = [block.canvas.width, block.canvas.height].map(|samples| samples as f32 / 2.0);
        ([u + middle_u, v + middle_v], [cos * sharpness, -sin * sharpness])
    }

    /// Turns the letters within `area`: each pixel is the mean of the four samples around its centre.
    fn take_letters(&mut self, block: &Block, area: Area) {
        let canvas = &block.canvas;
        let (wide, high) = (canvas.width as i32 - 1, canvas.height as i32 - 1);
        for y in area.y..area.y + area.height {
            let ([u, v], [du, dv]) = self.origin(block, y);
            let row = &mut self.letters[y * self.width..][..self.width];
            for (x, letter) in row.iter_mut().enumerate().skip(area.x).take(area.width) {
                let (u, v) = ((u + x as f32 * du - 0.5).floor() as i32, (v + x as f32 * dv - 0.5).floor() as i32);
                *letter = if (0..wide).contains(&u) && (0..high).contains(&v) {
                    let at = v as usize * canvas.width + u as usize;
                    let (above, below) = (&canvas.letters[at..at + 2], &canvas.letters[at + canvas.width..][..2]);
                    let sum = [above, below].iter().flat_map(|row| row.iter()).map(|c| u16::from(*c)).sum::<u16>();
                    ((sum + 2) / 4) as u8
                } else {
                    0
                };
            }
        }
    }

    /// Which piece each pixel belongs to, four at a time.
    fn take_pieces(&mut self, block: &Block) {
        for y in 0..self.height {
            let ([u, v], [du, dv]) = self.origin(block, y);
            let row = &mut self.piece[y * self.width..][..self.width];
            for (x, four) in row.chunks_mut(4).enumerate() {
                let x = (4 * x + 2) as f32;
                four.fill(block.piece_at((u + x * du).max(0.0) as usize, (v + x * dv).max(0.0) as usize));
            }
        }
    }

    /// Computes what letters and rim do within `area`.
    fn develop(&mut self, area: Area) {
        let outline = outline(&self.letters, (self.width, self.height), area, self.grow, self.soften);
        for row in 0..area.height {
            let at = (area.y + row) * self.width + area.x;
            let outline = &outline[row * area.width..][..area.width];
            for (at, outline) in (at..at + area.width).zip(outline) {
                let letter = u32::from(self.letters[at]);
                let fill = self.fill_256 * letter / 255;
                // Only around the letter: moving what is beneath it the other way would eat the contrast.
                let rim = self.rim_256 * ((255 - letter) * u32::from(*outline) / 255) / 255;
                self.part[at] = (fill + rim).min(255) as u8;
                self.light[at] = self.codes.towards(Shade::Light, fill, rim);
                self.dark[at] = self.codes.towards(Shade::Dark, fill, rim);
            }
        }
    }

    fn find_spans(&mut self) {
        (self.spans, self.runs) = (Vec::new(), Vec::new());
        let mut bounds = vec![None; self.areas.len()];
        for y in 0..self.height {
            let row = y * self.width..(y + 1) * self.width;
            let (part, piece) = (&self.part[row.clone()], &self.piece[row]);
            let (mut span, mut run): (Option<Span>, Option<Span>) = (None, None);
            for x in (0..self.width).filter(|x| part[*x] != 0) {
                let of = usize::from(piece[x]).min(bounds.len() - 1);
                bounds[of] = Some(widened(bounds[of], x, y));
                let new = Span { y, x, length: 1, piece: of };
                self.spans.extend(longer(&mut span, new, true));
                self.runs.extend(longer(&mut run, new, false).map(|run| whole(run, self.width)));
            }
            self.spans.extend(span);
            self.runs.extend(run.map(|run| whole(run, self.width)));
        }
        let area = |bounds: Option<[usize; 4]>| {
            bounds.map_or_else(Area::default, |[left, top, right, bottom]| Area {
                x: left,
                y: top,
                width: right + 1 - left,
                height: bottom + 1 - top,
            })
        };
        self.areas = bounds.into_iter().map(area).collect();
    }

    /// The pixels that samples of the block fall on.
    fn area_of(&self, block: &Block, samples: Area) -> Area {
        let (cos, sin) = self.cos_sin;
        let place = |u: usize, v: usize| {
            let u = (u as f32 - block.canvas.width as f32 / 2.0) / SHARPNESS as f32;
            let v = (v as f32 - block.canvas.height as f32 / 2.0) / SHARPNESS as f32;
            (cos * u - sin * v + self.width as f32 / 2.0, cos * v + sin * u + self.height as f32 / 2.0)
        };
        let (right, bottom) = (samples.x + samples.width, samples.y + samples.height);
        let corners = [(samples.x, samples.y), (right, samples.y), (samples.x, bottom), (right, bottom)];
        let corners = corners.map(|(u, v)| place(u, v));
        let low = |value: fn(&(f32, f32)) -> f32| corners.iter().map(value).fold(f32::MAX, f32::min).max(0.0) as usize;
        let high = |value: fn(&(f32, f32)) -> f32| corners.iter().map(value).fold(0.0, f32::max).ceil() as usize;
        let (x, y) = (low(|c| c.0).min(self.width), low(|c| c.1).min(self.height));
        let (right, bottom) = (high(|c| c.0).clamp(x, self.width), high(|c| c.1).clamp(y, self.height));
        Area { x, y, width: right - x, height: bottom - y }
    }

    fn grown(&self, area: Area, by: usize) -> Area {
        let (x, y) = (area.x.saturating_sub(by), area.y.saturating_sub(by));
        let (right, bottom) = (area.x + area.width + by, area.y + area.height + by);
        Area { x, y, width: right.min(self.width) - x, height: bottom.min(self.height) - y }
    }
}

/// Takes one more sample into the run that is open; else begins another with it and gives back the one before.
fn longer(open: &mut Option<Span>, with: Span, of_one_piece: bool) -> Option<Span> {
    match open {
        Some(run) if with.x < run.x + run.length + BRIDGE && (run.piece == with.piece || !of_one_piece) => {
            run.length = with.x + 1 - run.x;
            None
        }
        _ => open.replace(with),
    }
}

/// A run of whole [`LANES`], within its row.
fn whole(run: Span, width: usize) -> Span {
    let length = run.length.next_multiple_of(LANES).min(width);
    Span { x: run.x.min(width - length), length, ..run }
}

fn widened(bounds: Option<[usize; 4]>, x: usize, y: usize) -> [usize; 4] {
    bounds.map_or([x, y, x, y], |[left, top, right, bottom]| [left.min(x), top, right.max(x), bottom.max(y)])
}

/// Row and column in the picture, samples of the span that lie left of it, and how many are in it.
fn clipped(span: &Span, (x, y): (i32, i32), luma: PlaneLayout) -> Option<(usize, usize, usize, usize)> {
    let row = usize::try_from(y + span.y as i32).ok().filter(|row| *row < luma.height)?;
    let left = x + span.x as i32;
    let skip = usize::try_from(-left).unwrap_or(0);
    let column = usize::try_from(left).unwrap_or(0);
    let length = span.length.saturating_sub(skip).min(luma.width.saturating_sub(column));
    (length > 0).then_some((row, column, skip, length))
}

fn shade(brightness: f32, limit: f32) -> Shade {
    if brightness < limit { Shade::Light } else { Shade::Dark }
}

/// Mean luma under a piece, 0 black and 1 white; `None` outside the picture.
fn brightness(picture: &Picture, luma: PlaneLayout, at: (i32, i32), area: Area, codes: Codes) -> Option<f32> {
    let range = |from: i32, start: usize, length: usize, limit: usize| {
        let first = from + start as i32;
        let last = usize::try_from(first + length as i32).unwrap_or(0).min(limit);
        (usize::try_from(first).unwrap_or(0).min(last)..last).step_by(SAMPLING)
    };
    let columns = range(at.0, area.x, area.width, luma.width);
    let wide = picture.format.sample_bytes() == 2;
    let (mut sum, mut count) = (0_u32, 0_u32);
    for y in range(at.1, area.y, area.height, luma.height) {
        let row = &picture.data[luma.offset + y * luma.stride..][..luma.stride];
        for x in columns.clone() {
            sum += if wide { u32::from(u16::from_le_bytes([row[2 * x], row[2 * x + 1]])) } else { u32::from(row[x]) };
            count += 1;
        }
    }
    let (black, white) = (f32::from(codes.black), f32::from(codes.white));
    (count > 0).then(|| (sum as f32 / count as f32 - black) / (white - black))
}

/// Pixels that the rim of letters of `em_px` reaches beyond them.
pub(super) fn margin(em_px: f32) -> usize {
    grow(em_px) + soften(em_px)
}

/// Pixels by which the rim is wider than a letter; more than it is softened by, so that some of it remains in full strength.
fn grow(em_px: f32) -> usize {
    ((em_px * 0.06).round() as usize).max(soften(em_px) + 1)
}

fn soften(em_px: f32) -> usize {
    ((em_px * 0.03).round() as usize).max(1)
}
