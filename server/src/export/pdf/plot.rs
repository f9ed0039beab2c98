//! One viewing over time: a band for its states, and below it curves of colour difference and latency. Vectors only.

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Rect};
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;

use super::text::{Line, Typesetter};
use super::{COLUMN, FACTS, MARGIN, PAGE};
use crate::domain::proof::{Course, Sample, State};

const WIDTH: f32 = PAGE.0 - MARGIN - COLUMN;
const BAND: f32 = 8.0;
const CURVE: f32 = 34.0;
const BETWEEN: f32 = 6.0;
/// Without a report for longer than this, a curve has a gap and the state is not known, in milliseconds.
const GAP_MS: i64 = 30_000;

/// A curve: its points, each piece without a gap, and the label of its top.
#[derive(Debug)]
struct Curve {
    pieces: Vec<Vec<(f32, f32)>>,
    label: Option<Line>,
}

/// A plot, ready to be put on a page: all places from 0 to 1.
#[derive(Debug)]
pub struct Plot {
    band: Vec<(f32, f32, State)>,
    curves: Vec<Curve>,
}

impl Plot {
    /// Height of the strip it needs, in points.
    pub const HEIGHT: f32 = BAND + 2.0 * (CURVE + BETWEEN) + 2.0 * BETWEEN;

    /// A viewing's plot from its first sample to its last; `None` without two.
    pub fn new(typesetter: &mut Typesetter, course: &Course) -> Option<Self> {
        let (first, last) = (course.samples.first()?.at.as_ms(), course.samples.last()?.at.as_ms());
        let length = (last > first).then_some((last - first) as f32)?;
        let place = |sample: &Sample| (sample.at.as_ms() - first) as f32 / length;
        let held = GAP_MS as f32 / length;
        let pairs = course.samples.windows(2);
        let band = pairs.filter_map(|pair| {
            let (from, until, state) = (place(pair.first()?), place(pair.last()?), pair.first()?.state);
            let end = until.min(from + held);
            Some([(from, end, state), (end, until, State::Unknown)])
        });
        let band = band.flatten().filter(|(from, until, _)| until > from);
        let delta = |sample: &Sample| sample.delta_e.map(|delta| delta.max);
        let latency = |sample: &Sample| sample.latency_ms;
        let curves = [
            curve(course, &place, &delta, |most| format!("colour difference, 0 to {most:.2}")),
            curve(course, &place, &latency, |most| format!("latency, 0 to {most:.0} ms")),
        ];
        let curves =
            curves.into_iter().map(|(pieces, label)| Curve { pieces, label: typesetter.line_of(&label, FACTS, WIDTH) });
        Some(Self { band: band.collect(), curves: curves.collect() })
    }

    /// Draws it below `y`, in the right column.
    pub fn draw(&self, surface: &mut Surface<'_>, y: f32) {
        let top = y + BETWEEN;
        for (from, to, state) in &self.band {
            fill(
                surface,
                Rect::from_xywh(COLUMN + from * WIDTH, top, ((to - from) * WIDTH).max(0.4), BAND),
                ink(*state),
            );
        }
        for (index, curve) in self.curves.iter().enumerate() {
            let top = top + BAND + BETWEEN + index as f32 * (CURVE + BETWEEN);
            fill(surface, Rect::from_xywh(COLUMN, top + CURVE, WIDTH, 0.4), [160; 3]);
            curve.draw(surface, top);
        }
    }
}

impl Curve {
    fn draw(&self, surface: &mut Surface<'_>, top: f32) {
        if let Some(label) = &self.label {
            label.draw(surface, COLUMN, top - 2.0);
        }
        for piece in &self.pieces {
            let mut path = PathBuilder::new();
            for (index, (x, height)) in piece.iter().enumerate() {
                let (x, y) = (COLUMN + x * WIDTH, top + CURVE * (1.0 - 0.7 * height));
                if index == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
            }
            let Some(path) = path.finish() else { continue };
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke {
                paint: rgb::Color::new(40, 40, 40).into(),
                width: 0.7,
                ..Stroke::default()
            }));
            surface.draw_path(&path);
            surface.set_stroke(None);
        }
    }
}

/// Pieces of a curve scaled to its largest value, and what its top stands for.
fn curve(
    course: &Course,
    place: &dyn Fn(&Sample) -> f32,
    value: &dyn Fn(&Sample) -> Option<f64>,
    label: impl Fn(f64) -> String,
) -> (Vec<Vec<(f32, f32)>>, String) {
    let most = course.samples.iter().filter_map(value).fold(0.0, f64::max);
    let scale = if most > 0.0 { most } else { 1.0 };
    let mut pieces: Vec<Vec<(f32, f32)>> = Vec::new();
    let mut before = None;
    for sample in &course.samples {
        let Some(found) = value(sample) else {
            before = None;
            continue;
        };
        let at = sample.at.as_ms();
        if before.is_none_or(|before| at - before > GAP_MS) {
            pieces.push(Vec::new());
        }
        before = Some(at);
        if let Some(piece) = pieces.last_mut() {
            piece.push((place(sample), (found / scale) as f32));
        }
    }
    (pieces, label(most))
}

/// Muted, and of different lightness, so that a print in grey says the same: the worse, the darker.
const fn ink(state: State) -> [u8; 3] {
    match state {
        State::True => [176, 208, 176],
        State::Reduced => [222, 176, 88],
        State::Wrong => [150, 30, 30],
        State::Unknown => [216, 216, 216],
    }
}

fn fill(surface: &mut Surface<'_>, rect: Option<Rect>, [red, green, blue]: [u8; 3]) {
    let mut path = PathBuilder::new();
    if let Some(rect) = rect {
        path.push_rect(rect);
    }
    if let Some(path) = path.finish() {
        let paint = rgb::Color::new(red, green, blue).into();
        surface.set_stroke(None);
        surface.set_fill(Some(Fill { paint, opacity: NormalizedF32::ONE, rule: FillRule::default() }));
        surface.draw_path(&path);
    }
}
