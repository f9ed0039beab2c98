//! A comment's still with its drawing. Without a still the drawing lies on neutral grey, which says where in the frame, not
//! what was there.

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Rect, Size, Transform};
use krilla::image::Image;
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;

use super::text::{Line, Style, Typesetter};
use crate::domain::drawing::{Drawing, Ink, Shape};
use crate::domain::still::Still;

/// Width in points.
const WIDTH: f32 = 256.0;
/// Height without a still: 16:9, as most pictures are.
const HEIGHT: f32 = WIDTH * 9.0 / 16.0;
/// Highest figure: a picture that is taller than wide is shown smaller.
const HEIGHT_MOST: f32 = 288.0;
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
    width: f32,
    height: f32,
    picture: Option<Image>,
    shapes: Vec<Shape>,
    labels: Vec<([f32; 2], Ink, Line)>,
}

impl Figure {
    /// The still, and the texts of the drawing set over it; `None` when there is neither.
    pub fn new(typesetter: &mut Typesetter, still: Option<&Still>, drawing: Option<&Drawing>) -> Option<Self> {
        if still.is_none() && drawing.is_none() {
            return None;
        }
        let (width, height) = still.map_or((WIDTH, HEIGHT), size_of);
        let picture = still.and_then(|still| Image::from_jpeg(still.jpeg.clone().into(), true).ok());
        let shapes = drawing.map(|drawing| drawing.shapes.clone()).unwrap_or_default();
        let mut figure = Self { width, height, picture, shapes, labels: Vec::new() };
        figure.set_labels(typesetter);
        Some(figure)
    }

    /// Height of the strip it needs, in points.
    pub fn height(&self) -> f32 {
        self.height + ABOVE
    }

    fn set_labels(&mut self, typesetter: &mut Typesetter) {
        for shape in &self.shapes {
            if let Shape::Text { ink, at, text } = shape
                && let Some(line) = typesetter.line_of(text, LABEL, self.width)
            {
                self.labels.push((*at, *ink, line));
            }
        }
    }

    /// Draws it with its upper left corner at `x`, `y`, in points from the page's upper left corner.
    pub fn draw(&self, surface: &mut Surface<'_>, x: f32, y: f32) {
        let frame = Frame { x, y: y + ABOVE, width: self.width, height: self.height };
        match &self.picture {
            Some(picture) => frame.show(surface, picture),
            None => frame.fill(surface),
        }
        for shape in &self.shapes {
            frame.stroke(surface, shape);
        }
        for ([left, top], ink, line) in &self.labels {
            // A text that begins near the edge is moved in, so that it does not leave the frame.
            let left = (left * self.width).min(self.width - line.width).max(0.0);
            let top = (top * self.height).min(self.height - line.height).max(0.0);
            line.draw_in(surface, frame.x + left, frame.y + top, ink.rgb());
        }
    }
}

/// The frame's place on the page.
#[derive(Clone, Copy)]
struct Frame {
    x: f32,
    y: f32,
    width: f32,
    height: f32,
}

/// A still's size on the page, in points.
fn size_of(still: &Still) -> (f32, f32) {
    let ratio = still.height as f32 / still.width as f32;
    if ratio * WIDTH > HEIGHT_MOST { (HEIGHT_MOST / ratio, HEIGHT_MOST) } else { (WIDTH, ratio * WIDTH) }
}

impl Frame {
    fn at(self, [x, y]: [f32; 2]) -> (f32, f32) {
        (self.x + x * self.width, self.y + y * self.height)
    }

    fn show(self, surface: &mut Surface<'_>, picture: &Image) {
        if let Some(size) = Size::from_wh(self.width, self.height) {
            surface.push_transform(&Transform::from_translate(self.x, self.y));
            surface.draw_image(picture.clone(), size);
            surface.pop();
        }
    }

    fn fill(self, surface: &mut Surface<'_>) {
        let mut path = PathBuilder::new();
        if let Some(rect) = Rect::from_xywh(self.x, self.y, self.width, self.height) {
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
