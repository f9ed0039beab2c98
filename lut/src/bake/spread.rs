//! Where along a signal the entries of a cube lie.

use crate::color::Vec3;

/// Entries closer together where a transform bends, and shifted between the channels so that its bends lie on diagonals of
/// the cube, which tetrahedra can follow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Places (0..1 along the edge of the cube) and the signals there, both ascending.
    knots: &'static [(f64, f64)],
    /// What is added to the signals, channel by channel.
    shift: Vec3,
}

impl Spread {
    /// Evenly over 0..1.
    pub const EVEN: Self = Self { knots: &[(0.0, 0.0), (1.0, 1.0)], shift: [0.0; 3] };

    /// For the output transform of ACES 2.0 in SDR from ACEScct; that of ACES 1.3 needs more entries in the midtones. Half of
    /// the entries are at 0.53 to 0.80, most of them about 0.7, where a channel reaches the display's white and the gamut is narrowest; one is at the signal of black, below which light is negative.
    /// The hues of the display's yellow and cyan, at which the gamut mapping of ACES 2.0 bends, lie where red and green, or
    /// green and blue, differ by the shifts.
    pub const ACESCCT: Self = Self {
        knots: &[
            (0.0, -0.02),
            (2.0 / 64.0, 0.0641),
            (3.0 / 64.0, 0.0729),
            (9.0 / 64.0, 0.25),
            (22.0 / 64.0, 0.53),
            (35.0 / 64.0, 0.66),
            (50.0 / 64.0, 0.75),
            (55.0 / 64.0, 0.80),
            (62.0 / 64.0, 0.93),
            (1.0, 1.02),
        ],
        shift: [-0.0007, 0.0, 0.0088],
    };

    /// The signal of channel `c` at a place.
    pub(super) fn signal(&self, c: usize, place: f64) -> f64 {
        along(self.knots.iter().copied(), place) + self.shift[c]
    }

    /// The place of a signal of channel `c`.
    pub(super) fn place(&self, c: usize, signal: f64) -> f64 {
        along(self.knots.iter().map(|(place, signal)| (*signal, *place)), signal - self.shift[c])
    }
}

/// The broken line through `knots` at `x`, its ends drawn on.
fn along(knots: impl Iterator<Item = (f64, f64)> + Clone, x: f64) -> f64 {
    let pairs = knots.clone().zip(knots.skip(1));
    let on = pairs.clone().find(|(_, end)| x < end.0).or(pairs.last());
    on.map_or(x, |(a, b)| a.1 + (b.1 - a.1) * (x - a.0) / (b.0 - a.0))
}
