//! The part of input space a table covers, and what makes table data unusable.

use thiserror::Error;

/// Input values at the first and the last entry, per channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Domain {
    /// Input at the first entry.
    pub min: [f32; 3],
    /// Input at the last entry.
    pub max: [f32; 3],
}

/// Why table data was refused.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum LutDataError {
    /// The table has too few or too many entries per axis.
    #[error("found a size of {found}, expected {min} to {max}")]
    Size {
        /// Entries per axis.
        found: usize,
        /// Fewest allowed.
        min: usize,
        /// Most allowed.
        max: usize,
    },
    /// The number of colours is not the cube of the size, or there is not an input for each.
    #[error("found {found} colours, expected {expected}")]
    Count {
        /// Colours given.
        found: usize,
        /// Colours needed.
        expected: usize,
    },
    /// A value is NaN, infinite or beyond 1e9.
    #[error("colour {index} is not finite or larger than 1e9")]
    Value {
        /// Which colour, from 0.
        index: usize,
    },
    /// An input is lower than the one before it.
    #[error("input {index} is lower than the one before it")]
    Order {
        /// Which input, from 0.
        index: usize,
    },
    /// The domain's minimum is not below its maximum by at least 1e-6, or is not finite.
    #[error("found a domain of {min} to {max}, expected the minimum below the maximum")]
    Domain {
        /// The minimum given.
        min: f32,
        /// The maximum given.
        max: f32,
    },
}

/// Largest magnitude of a table value: far beyond any light, far below overflow.
const LARGEST: f32 = 1.0e9;

impl Domain {
    /// 0..1 on every channel.
    pub const UNIT: Self = Self { min: [0.0; 3], max: [1.0; 3] };

    /// # Errors
    /// [`LutDataError::Domain`] for the first channel whose range is empty or not finite.
    pub fn check(&self) -> Result<(), LutDataError> {
        for (min, max) in self.min.into_iter().zip(self.max) {
            let bounded = min.abs() <= LARGEST && max.abs() <= LARGEST;
            if !bounded || f64::from(max) - f64::from(min) < 1.0e-6 {
                return Err(LutDataError::Domain { min, max });
            }
        }
        Ok(())
    }

    /// The narrowest domain that holds all of `values`, possibly with its maximum on its minimum.
    pub(crate) fn around(values: &[[f32; 3]]) -> Self {
        let none = Self { min: [f32::INFINITY; 3], max: [f32::NEG_INFINITY; 3] };
        values.iter().fold(none, |found, rgb| Self {
            min: std::array::from_fn(|c| found.min[c].min(rgb[c])),
            max: std::array::from_fn(|c| found.max[c].max(rgb[c])),
        })
    }

    /// Whether no part of the domain lies outside `other`.
    pub(crate) fn within(&self, other: &Domain) -> bool {
        (0..3).all(|c| other.min[c] <= self.min[c] && self.max[c] <= other.max[c])
    }

    /// What lies in both; [`Domain::check`] tells whether anything does.
    pub(crate) fn intersection(&self, other: &Domain) -> Self {
        Self {
            min: std::array::from_fn(|c| self.min[c].max(other.min[c])),
            max: std::array::from_fn(|c| self.max[c].min(other.max[c])),
        }
    }

    /// The input at `fraction` (0..1) of the way from the minimum to the maximum.
    pub(crate) fn at(&self, fraction: f64) -> [f64; 3] {
        std::array::from_fn(|c| {
            let (min, max) = (f64::from(self.min[c]), f64::from(self.max[c]));
            min + (max - min) * fraction
        })
    }

    /// Where `x` lies among entries 0..=`last` of channel `c`, clipped; NaN is 0.
    pub(crate) fn position(&self, c: usize, x: f64, last: usize) -> f64 {
        let (min, max) = (f64::from(self.min[c]), f64::from(self.max[c]));
        ((x - min) / (max - min) * last as f64).max(0.0).min(last as f64)
    }

    /// `position = x * scale + offset` runs from 0 to `last` over channel `c`.
    pub(crate) fn scale_offset(&self, c: usize, last: usize) -> (f32, f32) {
        let (min, max) = (f64::from(self.min[c]), f64::from(self.max[c]));
        let scale = last as f64 / (max - min);
        (scale as f32, (-min * scale) as f32)
    }
}

/// # Errors
/// [`LutDataError::Value`] for the first colour with a value that could poison a picture.
pub(crate) fn check_values(values: &[[f32; 3]]) -> Result<(), LutDataError> {
    // NaN compares false.
    match values.iter().position(|rgb| !rgb.iter().all(|v| v.abs() <= LARGEST)) {
        Some(index) => Err(LutDataError::Value { index }),
        None => Ok(()),
    }
}
