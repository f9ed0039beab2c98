//! The visible mark: who watches, from where, when, and the viewing's code, burned into luma before any encoder.
//!
//! The full mark stands near the upper or lower edge and jumps six times a minute, after 5 to 20 seconds each; the code
//! alone stands twice further inside, so that a crop still names the viewing. Text is laid out when a mark is made and its
//! digits are recomposed when the second changes; a frame costs a blend over the mark's rectangles.

use std::time::SystemTime;

use super::clock::{Clock, unix_seconds};
use super::stamp::{Area, Codes, Stamp};
use super::text::{CAP_HEIGHT_PER_EM, Coverage, Face, TextStyle, Typesetter};
use crate::frame::Picture;
use crate::spec::color::TargetColor;
use crate::spec::encode::{PictureSize, VideoFormat};
use crate::spec::watermark::MarkSpec;

/// Height of capitals as a part of the picture's height, and the least in pixels that stays readable after encoding.
const CAP_HEIGHT: f32 = 0.022;
const CAP_HEIGHT_MIN_PX: f32 = 9.0;
/// The same for the codes further inside.
const SMALL_CAP_HEIGHT: f32 = 0.014;
const SMALL_CAP_HEIGHT_MIN_PX: f32 = 7.0;
/// Longest line, and distance from the edges, as parts of the picture's width or height.
const LINE_WIDTH: f32 = 0.92;
const MARGIN_X: f32 = 0.03;
const MARGIN_Y: f32 = 0.04;
const LINE_PITCH_EM: f32 = 1.36;
const FIELD_GAP_EM: f32 = 0.9;
/// The mark stays in one place for this many seconds of UTC, and takes every place once a minute.
pub const STAYS_SECONDS: std::ops::RangeInclusive<u64> = 5..=20;
const MINUTE: u64 = 60;
/// Left, centre and right at the upper edge, then at the lower.
const PLACES: usize = 6;

/// One viewer's mark, laid out for pictures of one format and size.
pub struct VisibleMark {
    spec: MarkSpec,
    format: VideoFormat,
    size: PictureSize,
    target: TargetColor,
    layout: Layout,
    second: Option<u64>,
}

struct Layout {
    full: Stamp,
    code: Stamp,
    clock: Clock,
    clock_area: Area,
    clock_pen: (i32, i32),
}

impl VisibleMark {
    /// Lays out the mark of `spec` for pictures of `format` and `size`. Takes milliseconds, never fails: whatever a name
    /// contains, something that identifies the viewing is drawn.
    pub fn new(spec: &MarkSpec, format: VideoFormat, size: PictureSize) -> Self {
        Self::in_color(spec, format, size, TargetColor::default())
    }

    fn in_color(spec: &MarkSpec, format: VideoFormat, size: PictureSize, target: TargetColor) -> Self {
        let layout = Layout::new(spec, Codes::of(format, target), size);
        Self { spec: spec.clone(), format, size, target, layout, second: None }
    }

    /// Burns the mark into the picture's luma, as of `utc`. A picture of another format, size or colour than the mark
    /// was made for is marked too: the mark is laid out again.
    pub fn burn(&mut self, picture: &mut Picture, utc: SystemTime) {
        let of = (picture.format(), picture.size(), picture.target());
        if of != (self.format, self.size, self.target) {
            *self = Self::in_color(&self.spec, of.0, of.1, of.2);
        }
        let second = unix_seconds(utc);
        if self.second != Some(second) {
            self.layout.set_time(second);
            self.second = Some(second);
        }
        let Layout { full, code, .. } = &self.layout;
        let slot = slot_at(second, &self.spec.session_code);
        let (x, y) = full_place(slot, &self.spec.session_code, self.size, full);
        full.burn(picture, x, y);
        for (x, y) in code_places(slot, &self.spec.session_code, self.size, code) {
            code.burn(picture, x, y);
        }
    }
}

impl Layout {
    fn new(spec: &MarkSpec, codes: Codes, size: PictureSize) -> Self {
        let mut typesetter = Typesetter::new();
        let em = em_px(size, CAP_HEIGHT, CAP_HEIGHT_MIN_PX);
        let line_px = size.width as f32 * LINE_WIDTH;
        let style = |width: f32| TextStyle { em_px: em, face: Face::Bold, max_width_px: width };
        let clock = Clock::new(&mut typesetter, style(line_px));
        let gap = (em * FIELD_GAP_EM).round() as usize;
        // Name and address share a line, so neither may push the other out of it.
        let half = (line_px - gap as f32) / 2.0;
        let mut field = |text: &str, width: f32| Field::Text(typesetter.render(text, style(width)));
        let who = [field(&spec.name, half), field(&spec.email, half)];
        let when = [field(&spec.ip, line_px), Field::Clock(clock.width()), field(&spec.session_code, line_px)];
        let mut lines = flow(who, line_px as usize, gap);
        lines.extend(flow(when, line_px as usize, gap));

        let (full, clock_pen) = full_stamp(&lines, em, codes);
        let clock_area = clock_area(clock_pen, clock.width(), em, &full);
        Self { full, code: code_stamp(&mut typesetter, spec, codes, size), clock, clock_area, clock_pen }
    }

    fn set_time(&mut self, second: u64) {
        let (x, baseline) = self.clock_pen;
        self.clock.draw(&mut self.full, self.clock_area, x, baseline, second);
    }
}

enum Field {
    Text(Coverage),
    Clock(usize),
}

impl Field {
    fn width(&self) -> usize {
        match self {
            Self::Text(text) => text.advance.ceil().max(0.0) as usize,
            Self::Clock(width) => *width,
        }
    }
}

#[derive(Default)]
struct Line {
    fields: Vec<(usize, Field)>,
    width: usize,
}

impl Line {
    fn ascent(&self, em: f32) -> usize {
        let texts = self.fields.iter().map(|(_, field)| match field {
            Field::Text(text) => usize::try_from(text.ascent).unwrap_or(0),
            Field::Clock(_) => 0,
        });
        texts.max().unwrap_or(0).max((em * CAP_HEIGHT_PER_EM).ceil() as usize)
    }
}

/// Fields one after another on as few lines of `width` as hold them; empty ones are left out.
fn flow(fields: impl IntoIterator<Item = Field>, width: usize, gap: usize) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for field in fields.into_iter().filter(|field| field.width() > 0) {
        let fits = lines.last().is_some_and(|line| line.width + gap + field.width() <= width);
        if !fits {
            lines.push(Line::default());
        }
        if let Some(line) = lines.last_mut() {
            let x = if fits { line.width + gap } else { 0 };
            line.width = x + field.width();
            line.fields.push((x, field));
        }
    }
    lines
}

/// The lines one under another, and where the clock starts, which is left empty.
fn full_stamp(lines: &[Line], em: f32, codes: Codes) -> (Stamp, (i32, i32)) {
    let margin = Stamp::margin(em);
    let pitch = (em * LINE_PITCH_EM).round() as usize;
    let width = lines.iter().map(|line| line.width).max().unwrap_or(0) + 2 * margin;
    let above = lines.first().map_or(0, |line| line.ascent(em)) + margin;
    let below = (em * 0.5) as usize + margin;
    let height = above + pitch * lines.len().saturating_sub(1) + below;
    let mut stamp = Stamp::new(width, height, em, codes);
    let mut clock_pen = (margin as i32, above as i32);
    for (index, line) in lines.iter().enumerate() {
        let baseline = (above + index * pitch) as i32;
        for (x, field) in &line.fields {
            let x = (margin + x) as i32;
            match field {
                Field::Text(text) => stamp.draw(text, x, baseline),
                Field::Clock(_) => clock_pen = (x, baseline),
            }
        }
    }
    stamp.develop(stamp.all());
    (stamp, clock_pen)
}

/// What the clock may draw on, outline included; its neighbours stand a field gap away.
fn clock_area((x, baseline): (i32, i32), width: usize, em: f32, stamp: &Stamp) -> Area {
    let margin = Stamp::margin(em) as i32;
    let (left, top) = ((x - margin).max(0) as usize, (baseline - em as i32 - margin).max(0) as usize);
    let bottom = ((baseline + (em * 0.2) as i32 + margin).max(0) as usize).min(stamp.height);
    let right = ((x + margin).max(0) as usize + width).min(stamp.width);
    Area { x: left, y: top, width: right.saturating_sub(left), height: bottom.saturating_sub(top) }
}

fn code_stamp(typesetter: &mut Typesetter, spec: &MarkSpec, codes: Codes, size: PictureSize) -> Stamp {
    let em = em_px(size, SMALL_CAP_HEIGHT, SMALL_CAP_HEIGHT_MIN_PX);
    let style = TextStyle { em_px: em, face: Face::Bold, max_width_px: size.width as f32 / 3.0 };
    let text = typesetter.render(&spec.session_code, style);
    let margin = Stamp::margin(em);
    let ascent = usize::try_from(text.ascent).unwrap_or(0);
    let mut stamp = Stamp::new(text.width + 2 * margin, text.height + 2 * margin, em, codes);
    stamp.draw(&text, margin as i32 - text.left, (margin + ascent) as i32);
    stamp.develop(stamp.all());
    stamp
}

fn em_px(size: PictureSize, part_of_height: f32, least_px: f32) -> f32 {
    (size.height as f32 * part_of_height).max(least_px) / CAP_HEIGHT_PER_EM
}

/// Upper left corner of the full mark in a time slot.
fn full_place(slot: u64, code: &str, size: PictureSize, stamp: &Stamp) -> (usize, usize) {
    let place = place_in_slot(slot, code);
    let (width, height) = (size.width as usize, size.height as usize);
    let free_x = width.saturating_sub(stamp.width);
    let free_y = height.saturating_sub(stamp.height);
    let margin_x = ((width as f32 * MARGIN_X) as usize).min(free_x / 2);
    let margin_y = ((height as f32 * MARGIN_Y) as usize).min(free_y / 2);
    let x = [margin_x, free_x / 2, free_x - margin_x][place % 3];
    (x, if place < 3 { margin_y } else { free_y - margin_y })
}

/// Which stay a second belongs to, counted from 1970: six a minute, whose lengths follow from the code, so that nobody who
/// averages pictures knows where one ends.
fn slot_at(second: u64, code: &str) -> u64 {
    let (minute, mut rest) = (second / MINUTE, second % MINUTE);
    let (least, most) = (*STAYS_SECONDS.start(), *STAYS_SECONDS.end());
    let mut lengths = [least; PLACES];
    for extra in 0..MINUTE - least * PLACES as u64 {
        let wanted = keyed(code, minute, 200 + extra) as usize % PLACES;
        let free = (0..PLACES).map(|at| (wanted + at) % PLACES).find(|at| lengths[*at] < most);
        lengths[free.unwrap_or(wanted)] += 1;
    }
    let before = lengths.iter().take_while(|length| {
        let over = rest >= **length;
        rest = rest.saturating_sub(if over { **length } else { 0 });
        over
    });
    minute * PLACES as u64 + before.count() as u64
}

/// Which of the six places the full mark takes: every cycle visits all of them in an order of its own, and no place
/// follows itself.
fn place_in_slot(slot: u64, code: &str) -> usize {
    let cycle = slot / PLACES as u64;
    let mut order = shuffled(cycle, code);
    let before = cycle.checked_sub(1).map(|previous| shuffled(previous, code)[PLACES - 1]);
    if before == Some(order[0]) {
        order.swap(0, 1);
    }
    order[(slot % PLACES as u64) as usize]
}

fn shuffled(cycle: u64, code: &str) -> [usize; PLACES] {
    let mut order = [0, 1, 2, 3, 4, 5];
    for last in (1..PLACES).rev() {
        let pick = keyed(code, cycle, last as u64) % (last as u64 + 1);
        order.swap(last, pick as usize);
    }
    order
}

/// Upper left corners of the two codes further inside: one in each half of the picture, a third from above or below.
fn code_places(slot: u64, code: &str, size: PictureSize, stamp: &Stamp) -> [(usize, usize); 2] {
    let key = keyed(code, slot, 100);
    let (width, height) = (size.width as f32, size.height as f32);
    let place = |x: f32, y: f32| {
        let left = (width * x - stamp.width as f32 / 2.0).max(0.0) as usize;
        (left, (height * y - stamp.height as f32 / 2.0).max(0.0) as usize)
    };
    let left = if key & 1 == 0 { 0.26 } else { 0.33 };
    let right = if key & 2 == 0 { 0.657 } else { 0.76 };
    let (first, second) = if key & 4 == 0 { (1.0 / 3.0, 2.0 / 3.0) } else { (2.0 / 3.0, 1.0 / 3.0) };
    [place(left, first), place(right, second)]
}

/// Numbers that look random and follow from the code, so that a test and a detector can follow the mark (FNV-1a, then
/// the finaliser of SplitMix64). Not a secret: the mark is visible.
fn keyed(code: &str, slot: u64, salt: u64) -> u64 {
    let seed = code.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    let mut z = seed ^ slot.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt.wrapping_mul(0xd1b5_4a32_d192_ed03);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
