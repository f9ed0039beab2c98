//! A comment's drawing on a frame of neutral grey. No still of the picture is kept, so none is shown: the grey says where
//! in the frame, not what was there.

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Rect};
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;

use super::text::{Line, Style, Typesetter};
use crate::domain::drawing::{Drawing, Ink, Shape};

/// Width and height in points: 16:9, as most pictures are.
pub const SIZE: (f32, f32) = (256.0, 144.0);
/// Space above.
const ABOVE: f32 = 6.0;
/// Grey of the frame: mid-grey in sRGB.
const GRAY: u8 = 96;
const STROKE: f32 = 1.6;
const LABEL: Style = Style { size: 9.0, bold: true, gray: 255 };
/// Bézier handle of a quarter of a circle: 4 (sqrt 2 - 1) / 3.
const QUARTER: f32 = 0.552_285;

/// A drawing ready to be put on a page.
#[derive(Debug)]
pub struct Figure {
    shapes: Vec<Shape>,
    labels: Vec<([f32; 2], Ink, Line)>,
}

impl Figure {
    /// Height of the strip it needs, in points.
    pub const HEIGHT: f32 = SIZE.1 + ABOVE;

    /// Sets the texts of a drawing.
    pub fn new(typesetter: &mut Typesetter, drawing: &Drawing) -> Self {
        let mut figure = Self { shapes: drawing.shapes.clone(), labels: Vec::new() };
        for shape in &drawing.shapes {
            if let Shape::Text { ink, at, text } = shape
                && let Some(line) = typesetter.line_of(text, LABEL, SIZE.0)
            {
                figure.labels.push((*at, *ink, line));
            }
        }
        figure
    }

    /// Draws it with its upper left corner at `x`, `y`, in points from the page's upper left corner.
    pub fn draw(&self, surface: &mut Surface<'_>, x: f32, y: f32) {
        let frame = Frame { x, y: y + ABOVE };
        frame.fill(surface);
        for shape in &self.shapes {
            frame.stroke(surface, shape);
        }
        for ([left, top], ink, line) in &self.labels {
            // A text that begins near the edge is moved in, so that it does not leave the frame.
            let left = (left * SIZE.0).min(SIZE.0 - line.width).max(0.0);
            let top = (top * SIZE.1).min(SIZE.1 - line.height).max(0.0);
            line.draw_in(surface, frame.x + left, frame.y + top, ink.rgb());
        }
    }
}

/// The frame's place on the page.
#[derive(Clone, Copy)]
struct Frame {
    x: f32,
    y: f32,
}

impl Frame {
    fn at(self, [x, y]: [f32; 2]) -> (f32, f32) {
        (self.x + x * SIZE.0, self.y + y * SIZE.1)
    }

    fn fill(self, surface: &mut Surface<'_>) {
        let mut path = PathBuilder::new();
        if let Some(rect) = Rect::from_xywh(self.x, self.y, SIZE.0, SIZE.1) {
            path.push_rect(rect);
        }
        if let Some(path) = path.finish() {
            let paint = rgb::Color::new(GRAY, GRAY, GRAY).into();
            surface.set_stroke(None);
            surface.set_fill(Some(Fill { paint, opacity: NormalizedF32::ONE, rule: FillRule::default() }));
            surface.draw_path(&path);
        }
    }

    fn stroke(self, surface: &mut Surface<'_>, shape: &Shape) {
        let mut path = PathBuilder::new();
        match shape {
            Shape::Pen { points, .. } => self.line(&mut path, points),
            Shape::Arrow { from, to, .. } => self.arrow(&mut path, *from, *to),
            Shape::Box { from, to, .. } => {
                self.line(&mut path, &[*from, [to[0], from[1]], *to, [from[0], to[1]]]);
                path.close();
            }
            Shape::Ellipse { from, to, .. } => self.ellipse(&mut path, *from, *to),
            Shape::Text { .. } => {}
        }
        let Some(path) = path.finish() else { return };
        let [red, green, blue] = shape.ink().rgb();
        let paint = rgb::Color::new(red, green, blue).into();
        surface.set_fill(None);
        surface.set_stroke(Some(Stroke { paint, width: STROKE, ..Stroke::default() }));
        surface.draw_path(&path);
        surface.set_stroke(None);
    }

    fn line(self, path: &mut PathBuilder, points: &[[f32; 2]]) {
        for (index, point) in points.iter().enumerate() {
            let (x, y) = self.at(*point);
            if index == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
        }
    }

    /// The shaft, and two strokes back from the tip.
    fn arrow(self, path: &mut PathBuilder, from: [f32; 2], to: [f32; 2]) {
        self.line(path, &[from, to]);
        let ((x0, y0), (x1, y1)) = (self.at(from), self.at(to));
        let angle = (y1 - y0).atan2(x1 - x0);
        for side in [-1.0, 1.0] {
            let (sin, cos) = (angle + side * 2.6).sin_cos();
            path.move_to(x1, y1);
            path.line_to(x1 + 9.0 * cos, y1 + 9.0 * sin);
        }
    }

    fn ellipse(self, path: &mut PathBuilder, from: [f32; 2], to: [f32; 2]) {
        let ((x0, y0), (x1, y1)) = (self.at(from), self.at(to));
        let (cx, cy, rx, ry) = (f32::midpoint(x0, x1), f32::midpoint(y0, y1), (x1 - x0) / 2.0, (y1 - y0) / 2.0);
        let (kx, ky) = (rx * QUARTER, ry * QUARTER);
        path.move_to(cx + rx, cy);
        path.cubic_to(cx + rx, cy + ky, cx + kx, cy + ry, cx, cy + ry);
        path.cubic_to(cx - kx, cy + ry, cx - rx, cy + ky, cx - rx, cy);
        path.cubic_to(cx - rx, cy - ky, cx - kx, cy - ry, cx, cy - ry);
        path.cubic_to(cx + kx, cy - ry, cx + rx, cy - ky, cx + rx, cy);
        path.close();
    }
}
