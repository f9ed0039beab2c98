//! What is drawn over a frame, in coordinates of the picture: `[0, 0]` is its upper left corner, `[1, 1]` its lower right
//! one, so that it lies right in every window and on every page.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::invalid::Invalid;
use super::word::word_enum;

/// Shapes of one drawing.
pub const SHAPE_LIMIT: usize = 64;
/// Points of all strokes of one drawing.
pub const POINT_LIMIT: usize = 2_000;
/// Characters of a text in a drawing.
pub const LABEL_LIMIT: usize = 120;

word_enum! {
    /// Colour of a shape.
    Ink {
        /// `#e5484d`.
        Red = "red",
        /// `#f5d90a`.
        Yellow = "yellow",
        /// `#46a758`.
        Green = "green",
        /// `#3e8ef7`.
        Blue = "blue",
        /// `#ffffff`.
        White = "white",
    }
}

impl Ink {
    /// Red, green and blue, sRGB. The player's are the same (`web-player/src/room/drawing.ts`).
    pub const fn rgb(self) -> [u8; 3] {
        match self {
            Self::Red => [0xe5, 0x48, 0x4d],
            Self::Yellow => [0xf5, 0xd9, 0x0a],
            Self::Green => [0x46, 0xa7, 0x58],
            Self::Blue => [0x3e, 0x8e, 0xf7],
            Self::White => [0xff, 0xff, 0xff],
        }
    }
}

/// A drawing: shapes, the first lowest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Drawing {
    /// 1 to 64.
    pub shapes: Vec<Shape>,
}

/// One shape. Points are `[x, y]`, each from 0 to 1.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Shape {
    /// A stroke by hand.
    Pen {
        /// Its colour.
        ink: Ink,
        /// Where it went; at least two.
        points: Vec<[f32; 2]>,
    },
    /// An arrow with its head at `to`.
    Arrow {
        /// Its colour.
        ink: Ink,
        /// Where it begins.
        from: [f32; 2],
        /// What it points at.
        to: [f32; 2],
    },
    /// A rectangle.
    Box {
        /// Its colour.
        ink: Ink,
        /// A corner.
        from: [f32; 2],
        /// The opposite corner.
        to: [f32; 2],
    },
    /// An ellipse in a rectangle.
    Ellipse {
        /// Its colour.
        ink: Ink,
        /// A corner.
        from: [f32; 2],
        /// The opposite corner.
        to: [f32; 2],
    },
    /// Words.
    Text {
        /// Their colour.
        ink: Ink,
        /// Their upper left corner.
        at: [f32; 2],
        /// The words, on one line.
        text: String,
    },
}

impl Shape {
    /// Its colour.
    pub const fn ink(&self) -> Ink {
        match self {
            Self::Pen { ink, .. }
            | Self::Arrow { ink, .. }
            | Self::Box { ink, .. }
            | Self::Ellipse { ink, .. }
            | Self::Text { ink, .. } => *ink,
        }
    }

    /// Every point it is made of.
    fn points(&self) -> &[[f32; 2]] {
        match self {
            Self::Pen { points, .. } => points,
            Self::Text { at, .. } => std::slice::from_ref(at),
            Self::Arrow { from, .. } | Self::Box { from, .. } | Self::Ellipse { from, .. } => {
                std::slice::from_ref(from)
            }
        }
    }

    /// The point that [`Shape::points`] leaves out.
    const fn end(&self) -> Option<[f32; 2]> {
        match self {
            Self::Arrow { to, .. } | Self::Box { to, .. } | Self::Ellipse { to, .. } => Some(*to),
            Self::Pen { .. } | Self::Text { .. } => None,
        }
    }

    fn check(&self) -> Result<(), String> {
        let inside = |point: &[f32; 2]| point.iter().all(|value| (0.0..=1.0).contains(value));
        if !self.points().iter().chain(self.end().as_ref()).all(inside) {
            return Err("a point is outside the picture; x and y go from 0 to 1".to_owned());
        }
        match self {
            Self::Pen { points, .. } if points.len() < 2 => Err("a stroke needs at least 2 points".to_owned()),
            Self::Text { text, .. } => label(text),
            _ => Ok(()),
        }
    }
}

fn label(text: &str) -> Result<(), String> {
    let length = text.chars().count();
    if text.trim().is_empty() || length > LABEL_LIMIT {
        return Err(format!("a text in a drawing has 1 to {LABEL_LIMIT} characters, this one {length}"));
    }
    if text.chars().any(char::is_control) {
        return Err("a text in a drawing contains a control character".to_owned());
    }
    Ok(())
}

impl Drawing {
    /// The drawing, if it keeps the limits.
    ///
    /// # Errors
    /// When it has no shape or too many, too many points, a point outside the picture, or a text that is none.
    pub fn checked(self) -> Result<Self, Invalid> {
        let invalid = |reason: String| Invalid::Field { field: "drawing", reason };
        if self.shapes.is_empty() || self.shapes.len() > SHAPE_LIMIT {
            let count = self.shapes.len();
            return Err(invalid(format!("a drawing has 1 to {SHAPE_LIMIT} shapes, this one {count}")));
        }
        let points: usize = self.shapes.iter().map(|shape| shape.points().len()).sum();
        if points > POINT_LIMIT {
            return Err(invalid(format!("a drawing has at most {POINT_LIMIT} points, this one {points}")));
        }
        self.shapes.iter().try_for_each(Shape::check).map_err(invalid)?;
        Ok(self)
    }
}
