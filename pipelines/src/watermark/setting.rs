//! The fields of a mark, set in the blocks that its layout wants.

use super::block::{Block, Piece, SHARPNESS, flow};
use super::clock::Clock;
use super::text::{CAP_HEIGHT_PER_EM, Face, TextStyle, Typesetter};
use crate::spec::encode::PictureSize;
use crate::spec::watermark::{MarkField, MarkLayout, MarkSpec};

/// Small letters (the code alone, tiles) beside the template's size.
pub const SMALL: f32 = 0.64;
/// Heights of capitals in pixels, of either, that stay readable after encoding.
const LEAST_PX: f32 = 9.0;
const LEAST_SMALL_PX: f32 = 7.0;
const GAP_EM: f32 = 0.9;
/// Longest lines, as parts of the picture's width.
const LINE_WIDTH: f32 = 0.92;
const CORNER_WIDTH: f32 = 0.42;
const MOVING_WIDTH: f32 = 0.36;
const TILE_WIDTH: f32 = 0.22;
const CODE_WIDTH: f32 = 0.33;

/// Sets blocks of one mark for one size of pictures.
struct Setter<'a> {
    typesetter: Typesetter,
    spec: &'a MarkSpec,
    size: PictureSize,
}

/// The blocks of a mark, in the order that [`super::places`] counts them.
pub(super) fn blocks(spec: &MarkSpec, size: PictureSize) -> Vec<Block> {
    let mut setter = Setter { typesetter: Typesetter::new(), spec, size };
    let fields = spec.fields();
    match spec.template.layout {
        MarkLayout::Line => vec![setter.line(&fields), setter.code()],
        MarkLayout::Corners => {
            let mut blocks = setter.corners(&fields);
            blocks.push(setter.code());
            blocks
        }
        MarkLayout::Tiled => vec![setter.block(&[&fields], TILE_WIDTH, setter.small_px())],
        MarkLayout::Moving => vec![setter.block(&[&fields], MOVING_WIDTH, setter.cap_px())],
    }
}

impl Setter<'_> {
    fn cap_px(&self) -> f32 {
        (self.size.height as f32 * self.spec.template.cap_height()).max(LEAST_PX)
    }

    fn small_px(&self) -> f32 {
        (self.size.height as f32 * self.spec.template.cap_height() * SMALL).max(LEAST_SMALL_PX)
    }

    /// Who, then when and where from: name and address share a line, so neither may push the other out of it.
    fn line(&mut self, fields: &[MarkField]) -> Block {
        let who = |field: &MarkField| matches!(field, MarkField::Name | MarkField::Email | MarkField::Company);
        let split = fields.iter().take_while(|field| who(field)).count();
        let (first, second) = fields.split_at(split);
        self.block(&[first, second], LINE_WIDTH, self.cap_px())
    }

    /// The fields in turn, each with the code under it.
    fn corners(&mut self, fields: &[MarkField]) -> Vec<Block> {
        let others: Vec<MarkField> = fields.iter().copied().filter(|field| *field != MarkField::Code).collect();
        let share = others.len().div_ceil(4).max(1);
        let groups: Vec<&[MarkField]> = others.chunks(share).collect();
        let code: &[MarkField] = &[MarkField::Code];
        let cap_px = self.cap_px();
        let of = |corner: usize| groups.get(corner % groups.len().max(1)).copied().unwrap_or_default();
        (0..4).map(|corner| self.block(&[of(corner), code], CORNER_WIDTH, cap_px)).collect()
    }

    /// The code alone.
    fn code(&mut self) -> Block {
        self.block(&[&[MarkField::Code]], CODE_WIDTH, self.small_px())
    }

    /// Groups of fields, each from a new line on.
    fn block(&mut self, groups: &[&[MarkField]], width: f32, cap_px: f32) -> Block {
        let em_px = cap_px / CAP_HEIGHT_PER_EM;
        let em = em_px * SHARPNESS as f32;
        let width = self.size.width as f32 * width * SHARPNESS as f32;
        let gap = (em * GAP_EM).round() as usize;
        let style = |most: f32| TextStyle { em_px: em, face: Face::Bold, max_width_px: most };
        let clock = Clock::new(&mut self.typesetter, style(width));
        let mut lines = Vec::new();
        for group in groups {
            let most = if group.len() > 1 && width > em * 30.0 { (width - gap as f32) / 2.0 } else { width };
            let pieces = group.iter().map(|field| match self.spec.text(*field) {
                Some(text) => Piece::Text(self.typesetter.render(text, style(most))),
                None => Piece::Clock(clock.width()),
            });
            lines.extend(flow(pieces, width as usize, gap));
        }
        Block::new(&lines, em_px, &clock)
    }
}
