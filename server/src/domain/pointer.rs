//! A pointer: where somebody points in the picture. It is told and forgotten.

use std::sync::Arc;

use uuid::Uuid;

/// Where somebody points.
#[derive(Clone, Debug, PartialEq)]
pub struct Pointer {
    /// In which review.
    pub review_id: Uuid,
    /// Whose: a guest's link, an account of the house.
    pub person: Uuid,
    /// Their name.
    pub name: Arc<str>,
    /// In the picture, `[0, 0]` its upper left corner and `[1, 1]` its lower right one; `None` when they stopped.
    pub at: Option<[f32; 2]>,
}

/// A place as a page says it, moved into the picture; `None` for what is no place.
pub fn place(at: [f32; 2]) -> Option<[f32; 2]> {
    at.iter().all(|value| value.is_finite()).then(|| at.map(|value| value.clamp(0.0, 1.0)))
}
