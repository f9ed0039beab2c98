//! A block of lines as it is set: upright, in twice the picture's resolution, so that it can be turned without loss.

use super::canvas::{Area, Canvas};
use super::clock::Clock;
use super::ink::margin;
use super::text::{CAP_HEIGHT_PER_EM, Coverage};

/// Samples of a block's canvas in a pixel of the picture, each way.
pub(super) const SHARPNESS: usize = 2;
const LINE_PITCH_EM: f32 = 1.36;
/// A line is light or dark piece by piece: letters are gathered into pieces at least this long, cut between two of them.
const PIECE_EM: f32 = 2.2;
/// Pieces are counted in a byte.
const MOST_PIECES: usize = 250;

/// What stands in a line: a text, or the clock of that many samples.
pub(super) enum Piece {
    Text(Coverage),
    Clock(usize),
}

impl Piece {
    /// Samples it takes.
    pub fn width(&self) -> usize {
        match self {
            Self::Text(text) => text.advance.ceil().max(0.0) as usize,
            Self::Clock(width) => *width,
        }
    }
}

/// Pieces side by side.
#[derive(Default)]
pub(super) struct Line {
    pieces: Vec<(usize, Piece)>,
    width: usize,
}

/// Pieces one after another on as few lines of `width` samples as hold them; empty ones are left out.
pub(super) fn flow(pieces: impl IntoIterator<Item = Piece>, width: usize, gap: usize) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for piece in pieces.into_iter().filter(|piece| piece.width() > 0) {
        let fits = lines.last().is_some_and(|line| line.width + gap + piece.width() <= width);
        if !fits {
            lines.push(Line::default());
        }
        if let Some(line) = lines.last_mut() {
            let x = if fits { line.width + gap } else { 0 };
            line.width = x + piece.width();
            line.pieces.push((x, piece));
        }
    }
    lines
}

/// A line's rows, and where its pieces of one brightness end.
#[derive(Clone, Debug)]
struct Cuts {
    bottom: usize,
    ends: Vec<usize>,
    first: usize,
}

#[derive(Clone, Debug)]
struct Hands {
    clock: Clock,
    area: Area,
    pen: (i32, i32),
}

/// Lines one under another.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Letters in samples.
    pub canvas: Canvas,
    /// Pixels per em of its letters.
    pub em_px: f32,
    cuts: Vec<Cuts>,
    hands: Option<Hands>,
}

impl Block {
    /// Sets lines whose letters have `em_px` pixels (not samples) per em; the clock's place is left to `clock`.
    pub fn new(lines: &[Line], em_px: f32, clock: &Clock) -> Self {
        let em = em_px * SHARPNESS as f32;
        let edge = margin(em_px) * SHARPNESS;
        let pitch = (em * LINE_PITCH_EM).round() as usize;
        let width = lines.iter().map(|line| line.width).max().unwrap_or(0) + 2 * edge;
        let above = lines.first().map_or(0, |line| ascent(line, em)) + edge;
        let height = above + pitch * lines.len().saturating_sub(1) + (em * 0.5) as usize + edge;
        let even = |samples: usize| samples.next_multiple_of(SHARPNESS);
        let canvas = Canvas::new(even(width), even(height));
        let mut block = Self { canvas, em_px, cuts: Vec::new(), hands: None };
        for (index, line) in lines.iter().enumerate() {
            let baseline = (above + index * pitch) as i32;
            for (x, piece) in &line.pieces {
                let x = (edge + x) as i32;
                match piece {
                    Piece::Text(text) => block.canvas.draw(text, x, baseline),
                    Piece::Clock(width) => {
                        let area = clock_area((x, baseline), *width, em, edge, &block.canvas);
                        block.hands = Some(Hands { clock: clock.clone(), area, pen: (x, baseline) });
                    }
                }
            }
        }
        block.set_time(0);
        block.cut(lines.len(), above + (em * 0.4) as usize, pitch, em);
        block
    }

    /// Shows another time, if it shows one; says within which samples it changed.
    pub fn set_time(&mut self, second: u64) -> Option<Area> {
        let hands = self.hands.as_ref()?;
        hands.clock.draw(&mut self.canvas, hands.area, hands.pen, second);
        Some(hands.area)
    }

    /// How many pieces are light or dark for themselves.
    pub fn pieces(&self) -> usize {
        self.cuts.last().map_or(1, |cuts| cuts.first + cuts.ends.len() + 1)
    }

    /// Which of them a sample belongs to.
    pub fn piece_at(&self, x: usize, y: usize) -> u8 {
        let Some(line) = self.cuts.iter().find(|line| y < line.bottom).or(self.cuts.last()) else { return 0 };
        let before = line.ends.iter().take_while(|end| x >= **end).count();
        u8::try_from(line.first + before).unwrap_or(u8::MAX)
    }

    /// Cuts each line between letters.
    fn cut(&mut self, lines: usize, first_bottom: usize, pitch: usize, em: f32) {
        let least = ((em * PIECE_EM) as usize).max(self.canvas.width / MOST_PIECES * lines + 1);
        let mut first = 0;
        for line in 0..lines {
            let bottom = (first_bottom + line * pitch).min(self.canvas.height);
            let top = self.cuts.last().map_or(0, |cuts: &Cuts| cuts.bottom);
            let mut ends: Vec<usize> = Vec::new();
            for x in 0..self.canvas.width {
                let far = x >= ends.last().copied().unwrap_or(0) + least && x + least / 2 < self.canvas.width;
                if far && self.canvas.is_gap(x, top..bottom) {
                    ends.push(x);
                }
            }
            let bottom = if line + 1 == lines { self.canvas.height } else { bottom };
            let next = first + ends.len() + 1;
            self.cuts.push(Cuts { bottom, ends, first });
            first = next;
        }
    }
}

fn ascent(line: &Line, em: f32) -> usize {
    let texts = line.pieces.iter().map(|(_, piece)| match piece {
        Piece::Text(text) => usize::try_from(text.ascent).unwrap_or(0),
        Piece::Clock(_) => 0,
    });
    texts.max().unwrap_or(0).max((em * CAP_HEIGHT_PER_EM).ceil() as usize)
}

/// What the clock may draw on; its neighbours stand a gap away.
fn clock_area((x, baseline): (i32, i32), width: usize, em: f32, edge: usize, canvas: &Canvas) -> Area {
    let edge = edge as i32;
    let (left, top) = ((x - edge).max(0) as usize, (baseline - em as i32).max(0) as usize);
    let bottom = ((baseline + (em * 0.2) as i32).max(0) as usize).min(canvas.height);
    let right = ((x + edge).max(0) as usize + width).min(canvas.width);
    Area { x: left, y: top, width: right.saturating_sub(left), height: bottom.saturating_sub(top) }
}
