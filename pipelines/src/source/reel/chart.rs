//! Where everything stands on the reel, and its parts that do not move. All places are given for 1920x1080 and scaled.

use super::colors::{BARS, BLACK, BLUE, COLOR_CHECKER, GREEN, LUMA_BLACK, LUMA_WHITE, RED, SKIN_TONES, grey, ycbcr};
use super::picture::{Rect, ReelPicture};
use crate::spec::encode::PictureSize;
use crate::watermark::text::{Face, TextStyle, Typesetter};

/// Code of the surround, of quiet text and of text.
pub const SURROUND: u16 = 124;
const QUIET: u16 = 470;
pub const TEXT: u16 = 700;

/// Left edge and width of the chart within 1920. Nothing stands where the full mark does (4 % to 14 % from the upper and
/// lower edges), and nothing that is measured a third from above or below, where the codes are.
const LEFT: usize = 48;
const WIDTH: usize = 1824;
pub const TIMECODE_EM: f32 = 149.0;
pub const TIMECODE: Rect = Rect { x: 43, y: 156, width: 837, height: 128 };
pub const TIMECODE_BASELINE: usize = 274;
pub const CADENCE: Rect = Rect { x: 48, y: 290, width: 816, height: 10 };
pub const FRAME_EM: f32 = 24.0;
pub const FRAME: Rect = Rect { x: 132, y: 308, width: 240, height: 30 };
pub const FRAME_BASELINE: usize = 330;
/// The block that runs along a ruler, and the way it has.
pub const RUNNER_WAY: Rect = Rect { x: LEFT, y: 1044, width: WIDTH, height: 16 };
pub const RUNNER_WIDTH: usize = 48;
pub const FLASH: Rect = Rect { x: 1552, y: 168, width: 320, height: 168 };
pub const ZONE: Rect = Rect { x: 792, y: 384, width: 312, height: 312 };
const STRIPES: Rect = Rect { x: 1136, y: 384, width: 736, height: 312 };
const RAMP: Rect = Rect { x: LEFT, y: 744, width: WIDTH, height: 72 };

/// A flat area whose codes are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// What it is, e.g. `dark skin`, `skin tone 3`, `grey 50 %`, `bar red`.
    pub name: String,
    /// Samples that are flat, away from the edges; x, y, width and height are multiples of 8.
    pub rect: Rect,
    /// 10-bit limited-range Y'CbCr as painted, before any colour stage.
    pub code_10bit: [u16; 3],
}

/// Scales a place given for 1920x1080.
pub fn place(rect: Rect, size: PictureSize) -> Rect {
    let x = |v: usize| (v * size.width as usize + 960) / 1920;
    let y = |v: usize| (v * size.height as usize + 540) / 1080;
    let (left, top) = (x(rect.x), y(rect.y));
    Rect { x: left, y: top, width: x(rect.x + rect.width) - left, height: y(rect.y + rect.height) - top }
}

/// All flat areas as painted on 1920x1080, edge to edge.
fn flat_areas() -> Vec<(String, Rect, [u16; 3])> {
    let checker = COLOR_CHECKER.iter().enumerate().map(|(i, (name, rgb))| {
        let rect = Rect { x: LEFT + i % 6 * 120, y: 384 + i / 6 * 80, width: 112, height: 72 };
        ((*name).to_owned(), rect, ycbcr(*rgb))
    });
    let skin = SKIN_TONES.iter().enumerate().map(|(i, rgb)| {
        let rect = Rect { x: 928 + i % 5 * 120, y: 168 + i / 5 * 88, width: 112, height: 80 };
        (format!("skin tone {}", i + 1), rect, ycbcr(*rgb))
    });
    let greys = (0..=10_usize).map(|i| {
        let code = f64::from(LUMA_BLACK) + f64::from(LUMA_WHITE - LUMA_BLACK) * i as f64 / 10.0;
        let rect = Rect { x: LEFT + i * 1_832 / 11, y: 824, width: 1_832 / 11 - 8, height: 56 };
        (format!("grey {} %", i * 10), rect, grey(code.round() as u16))
    });
    let bars = BARS.iter().enumerate().map(|(i, (name, rgb))| {
        let rect = Rect { x: LEFT + i * 229, y: 888, width: 221, height: 40 };
        ((*name).to_owned(), rect, ycbcr(*rgb))
    });
    checker.chain(skin).chain(greys).chain(bars).collect()
}

/// The flat areas in a picture of `size`, without their edges; too small ones are left out.
pub fn patches(size: PictureSize) -> Vec<Patch> {
    let inner = |rect: Rect| {
        // Four samples from the edge no scaler or chroma filter of usual length mixes in the neighbour.
        let (x, y) = ((rect.x + 4).next_multiple_of(8), (rect.y + 4).next_multiple_of(8));
        let end = |from: usize, end: usize| (end.saturating_sub(4) / 8 * 8).saturating_sub(from);
        Rect { x, y, width: end(x, rect.x + rect.width), height: end(y, rect.y + rect.height) }
    };
    let all = flat_areas().into_iter();
    let inside = all.map(|(name, rect, code_10bit)| Patch { name, rect: inner(place(rect, size)), code_10bit });
    inside.filter(|patch| patch.rect.width > 0 && patch.rect.height > 0).collect()
}

/// Paints all that does not move.
pub fn paint_static(picture: &mut ReelPicture, typesetter: &mut Typesetter) {
    let size = picture.size();
    picture.fill(Rect { x: 0, y: 0, width: size.width as usize, height: size.height as usize }, grey(SURROUND));
    paint_frame_lines(picture);
    for (_, rect, codes) in flat_areas() {
        picture.fill(place(rect, size), codes);
    }
    picture.fill(place(FLASH, size), grey(LUMA_BLACK));
    paint_ramp(picture);
    paint_stripes(picture);
    paint_ruler(picture);
    for label in labels(size) {
        label.paint(picture, typesetter);
    }
}

/// Corner brackets and centre ticks on the outermost samples: a crop shows.
fn paint_frame_lines(picture: &mut ReelPicture) {
    let (width, height) = (picture.size().width as usize, picture.size().height as usize);
    let (long, thick) = (height / 24, (height / 540).max(1));
    for x in [0, width - long, (width - long) / 2] {
        for y in [0, height - thick] {
            picture.fill(Rect { x, y, width: long, height: thick }, grey(QUIET));
        }
    }
    for y in [0, height - long, (height - long) / 2] {
        for x in [0, width - thick] {
            picture.fill(Rect { x, y, width: thick, height: long }, grey(QUIET));
        }
    }
}

/// Every code from black to white, each on the same whole number of columns, centred; the ends fill what is left.
fn paint_ramp(picture: &mut ReelPicture) {
    let rect = place(RAMP, picture.size());
    let codes = usize::from(LUMA_WHITE - LUMA_BLACK) + 1;
    let columns = rect.width / codes;
    let start = (rect.width - columns * codes) / 2;
    picture.draw(rect, |x, _| {
        let step = match columns {
            // Narrower than there are codes: the ramp takes every second or third.
            0 => x * (codes - 1) / rect.width.saturating_sub(1).max(1),
            columns => x.saturating_sub(start) / columns,
        };
        grey((usize::from(LUMA_BLACK) + step.min(codes - 1)) as u16)
    });
}

/// Saturated stripes of 1, 2, 4 and 8 samples (never scaled), upright in the left half of a cell and level in the right.
fn paint_stripes(picture: &mut ReelPicture) {
    let size = picture.size();
    let pairs = [(RED, BLACK), (GREEN, BLACK), (BLUE, BLACK), (RED, BLUE), (RED, GREEN), (GREEN, BLUE)];
    for (row, (a, b)) in pairs.into_iter().enumerate() {
        let (a, b) = (ycbcr(a), ycbcr(b));
        for column in 0..4 {
            let x = STRIPES.x + column * 186;
            let cell = Rect { x, y: STRIPES.y + row * 53, width: 178, height: 47 };
            let cell = place(cell, size);
            picture.draw(cell, |x, y| {
                let along = if x < cell.width / 2 { x } else { y };
                if (along >> column) & 1 == 0 { a } else { b }
            });
        }
    }
}

/// A tick for each quarter second under the runner's way, longer at whole ones.
fn paint_ruler(picture: &mut ReelPicture) {
    for tick in 0..=16_usize {
        let length = if tick % 4 == 0 { 10 } else { 5 };
        let x = LEFT + (WIDTH - RUNNER_WIDTH) * tick / 16 + RUNNER_WIDTH / 2;
        let rect = place(Rect { x, y: RUNNER_WAY.y + RUNNER_WAY.height + 2, width: 2, height: length }, picture.size());
        picture.fill(rect, grey(QUIET));
    }
}

struct Label {
    text: String,
    /// On 1920x1080.
    x: usize,
    baseline: usize,
    em: f32,
    face: Face,
    code: u16,
    align_right: bool,
}

impl Label {
    fn paint(&self, picture: &mut ReelPicture, typesetter: &mut Typesetter) {
        let scale = picture.size().height as f32 / 1080.0;
        let style = TextStyle { em_px: (self.em * scale).max(8.0), face: self.face, max_width_px: 1824.0 * scale };
        let text = typesetter.render(&self.text, style);
        let x = (self.x as f32 * scale).round() - if self.align_right { text.advance.round() } else { 0.0 };
        picture.text(&text, x as i32, (self.baseline as f32 * scale).round() as i32, self.code);
    }
}

fn labels(size: PictureSize) -> Vec<Label> {
    let small = |text: &str, x: usize, baseline: usize| Label {
        text: text.to_owned(),
        x,
        baseline,
        em: 18.0,
        face: Face::Regular,
        code: QUIET,
        align_right: false,
    };
    let rate = format!("{} × {}  ·  24000/1001 frames per second", size.width, size.height);
    let meaning = "Rec. 709 primaries  ·  BT.1886 gamma 2.4  ·  10-bit Y′CbCr 4:4:4, limited range";
    let mut labels = vec![
        Label { face: Face::Bold, code: TEXT, ..small("Vitrine reference reel", LEFT, 32) },
        small(meaning, 276, 32),
        Label { align_right: true, ..small(&rate, LEFT + WIDTH, 32) },
        Label { em: FRAME_EM, ..small("Frame", LEFT, FRAME_BASELINE) },
        small("Skin tones", 928, 158),
        small("Flash and 1 kHz, once a second", FLASH.x, 158),
        small("ColorChecker 24 (2014)", LEFT, 374),
        small("Moving zone plate", ZONE.x, 374),
        small("Grey: every code from 64 to 940, then tenths", LEFT, 734),
        Label { align_right: true, ..small("Bars at 75 %", LEFT + WIDTH, 734) },
    ];
    for (column, text) in ["1 sample", "2 samples", "4 samples", "8 samples"].into_iter().enumerate() {
        labels.push(small(text, STRIPES.x + column * 186, 374));
    }
    labels
}
