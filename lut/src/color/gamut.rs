//! What becomes of colours outside the target's primaries.

use super::mat3::Vec3;

/// A named way into the target's gamut.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GamutMapping {
    /// Each channel clipped to 0..1.
    Clip,
    /// Distances from grey compressed first, then each channel clipped to 0..1.
    Compress(GamutCompression),
}

impl GamutMapping {
    /// Linear RGB of the target's primaries to the same within 0..1.
    #[must_use]
    pub fn apply(&self, rgb: Vec3) -> Vec3 {
        let rgb = match self {
            Self::Clip => rgb,
            Self::Compress(compression) => compression.apply(rgb),
        };
        rgb.map(|v| v.clamp(0.0, 1.0))
    }
}

/// The parametric compression of the ACES Reference Gamut Compression (Academy S-2020-001): a channel's distance from
/// the largest channel, relative to it, is left alone up to `threshold` and bent so that `limit` comes to lie at 1,
/// where the channel is 0. Hues of a channel's axis and the largest channel stay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GamutCompression {
    /// Distance (> 1) that is brought to the gamut's edge: cyan, magenta, yellow.
    pub limit: Vec3,
    /// Distance (0..1) from which on colours move: cyan, magenta, yellow.
    pub threshold: Vec3,
    /// How aggressive the bend is (>= 1).
    pub power: f64,
}

impl GamutCompression {
    /// The parameters of ACES 1.3, made for AP1: what cameras see comes into ACEScg.
    pub const ACES_1_3: Self = Self { limit: [1.147, 1.264, 1.312], threshold: [0.815, 0.803, 0.880], power: 1.2 };

    /// Linear RGB to linear RGB of the same primaries.
    #[must_use]
    pub fn apply(&self, rgb: Vec3) -> Vec3 {
        self.each_distance(rgb, |d, threshold, scale| {
            let x = (d - threshold) / scale;
            threshold + scale * x / (1.0 + x.powf(self.power)).powf(1.0 / self.power)
        })
    }

    /// The inverse of [`GamutCompression::apply`]; distances it cannot have given stay as they are.
    #[must_use]
    pub fn apply_inverse(&self, rgb: Vec3) -> Vec3 {
        self.each_distance(rgb, |d, threshold, scale| {
            let x = ((d - threshold) / scale).powf(self.power);
            if x >= 1.0 { d } else { threshold + scale * (x / (1.0 - x)).powf(1.0 / self.power) }
        })
    }

    fn each_distance(&self, rgb: Vec3, bend: impl Fn(f64, f64, f64) -> f64) -> Vec3 {
        let largest = rgb[0].max(rgb[1]).max(rgb[2]);
        if largest == 0.0 {
            return rgb;
        }
        std::array::from_fn(|c| {
            let distance = (largest - rgb[c]) / largest.abs();
            let threshold = self.threshold[c];
            let bent = if distance > threshold { bend(distance, threshold, self.scale(c)) } else { distance };
            largest - bent * largest.abs()
        })
    }

    /// The scale at which `limit` is bent to exactly 1.
    fn scale(&self, c: usize) -> f64 {
        let (limit, threshold) = (self.limit[c], self.threshold[c]);
        let ratio = ((1.0 - threshold) / (limit - threshold)).powf(-self.power) - 1.0;
        (limit - threshold) / ratio.powf(1.0 / self.power)
    }
}
