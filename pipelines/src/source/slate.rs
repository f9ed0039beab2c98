//! The slate: what viewers see, marked like any picture, while a source is lost, has not begun or is not wanted.

use crate::color::convert::grey_in;
use crate::frame::Picture;
use crate::spec::color::TargetColor;
use crate::spec::encode::{PictureSize, VideoFormat};
use crate::watermark::text::{Coverage, Face, TextStyle, Typesetter};

/// 8-bit sRGB greys of the room's page (`#161616`, `#d8d8d8`, `#9a9a9a`, `#333333`), so that the slate melts into it.
const GROUND: u8 = 0x16;
const TEXT: u8 = 0xd8;
const QUIET: u8 = 0x9a;
const RULE: u8 = 0x33;

/// A slate with a review's title, in the code values of a viewer's target. Takes milliseconds: keep it for as long as format,
/// target, size and title stay.
pub fn slate(format: VideoFormat, target: TargetColor, size: PictureSize, title: &str) -> Picture {
    let mut slate = Slate::new(format, target, size);
    let mut typesetter = Typesetter::new();
    let (width, height) = (size.width as f32, size.height as f32);
    let mut set = |text: &str, part_of_height: f32, face: Face| {
        let em_px = (height * part_of_height).max(9.0);
        typesetter.render(text, TextStyle { em_px, face, max_width_px: width * 0.8 })
    };
    let brand = set("VITRINE", 0.019, Face::Regular);
    let title = set(title, 0.052, Face::Bold);
    let waiting = set("Waiting for the picture", 0.034, Face::Regular);
    let hint = set("It will appear here by itself. There is nothing you need to do.", 0.022, Face::Regular);
    slate.center(&brand, 0.36, QUIET);
    slate.center(&title, 0.465, TEXT);
    slate.rule(0.5, width / 12.0);
    slate.center(&waiting, 0.562, TEXT);
    slate.center(&hint, 0.61, QUIET);
    slate.picture
}

struct Slate {
    picture: Picture,
}

impl Slate {
    fn new(format: VideoFormat, target: TargetColor, size: PictureSize) -> Self {
        let mut slate = Self { picture: Picture::new(format, size).in_color(target) };
        let planes = Picture::layout(format, size);
        for (plane, code) in planes.into_iter().zip([slate.luma(GROUND), slate.neutral(), slate.neutral()]) {
            for y in 0..plane.height {
                for x in 0..plane.width {
                    slate.put(plane.offset + y * plane.stride, x, code);
                }
            }
        }
        slate
    }

    fn is_10_bit(&self) -> bool {
        self.picture.format.sample_bytes() == 2
    }

    /// Limited-range luma code of an 8-bit sRGB grey.
    fn luma(&self, grey: u8) -> u16 {
        let (black, range) = if self.is_10_bit() { (64.0, 876.0) } else { (16.0, 219.0) };
        (black + range * grey_in(self.picture.target, f64::from(grey) / 255.0)).round() as u16
    }

    fn neutral(&self) -> u16 {
        if self.is_10_bit() { 512 } else { 128 }
    }

    fn put(&mut self, row: usize, x: usize, code: u16) {
        if self.is_10_bit() {
            self.picture.data[row + 2 * x..row + 2 * x + 2].copy_from_slice(&code.to_le_bytes());
        } else {
            self.picture.data[row + x] = code as u8;
        }
    }

    /// Mixes a grey over the ground, `coverage` of 255.
    fn mix(&mut self, x: usize, y: usize, grey: u8, coverage: u8) {
        let luma = Picture::layout(self.picture.format, self.picture.size)[0];
        if x < luma.width && y < luma.height && coverage > 0 {
            let (ground, ink) = (i32::from(self.luma(GROUND)), i32::from(self.luma(grey)));
            let code = ground + (ink - ground) * i32::from(coverage) / 255;
            self.put(luma.offset + y * luma.stride, x, code as u16);
        }
    }

    /// A line of text centred on its ink, its baseline at a part of the height.
    fn center(&mut self, text: &Coverage, baseline: f32, grey: u8) {
        let left = (self.picture.size.width as usize).saturating_sub(text.width) / 2;
        let top = (self.picture.size.height as f32 * baseline).round() as i32 - text.ascent;
        for row in 0..text.height {
            let Ok(y) = usize::try_from(top + row as i32) else { continue };
            for column in 0..text.width {
                self.mix(left + column, y, grey, text.data[row * text.width + column]);
            }
        }
    }

    fn rule(&mut self, at: f32, length: f32) {
        let (width, height) = (self.picture.size.width as usize, self.picture.size.height as usize);
        let (length, thick) = (length as usize, (height / 540).max(1));
        let top = (height as f32 * at) as usize;
        for y in top..top + thick {
            for x in (width.saturating_sub(length)) / 2..(width + length) / 2 {
                self.mix(x, y, RULE, 255);
            }
        }
    }
}
