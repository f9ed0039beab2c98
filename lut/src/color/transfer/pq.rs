//! SMPTE ST 2084:2014, the perceptual quantizer.

use super::Pair;

/// Light of PQ signal 1.0, cd/m2.
pub const PQ_PEAK: f64 = 10_000.0;

const M1: f64 = 2610.0 / 16384.0;
const M2: f64 = 2523.0 / 4096.0 * 128.0;
const C1: f64 = 3424.0 / 4096.0;
const C2: f64 = 2413.0 / 4096.0 * 32.0;
const C3: f64 = 2392.0 / 4096.0 * 32.0;

/// 1.0 is [`PQ_PEAK`].
pub(super) const PQ: Pair = Pair { to_linear: |v| pq_eotf(v) / PQ_PEAK, from_linear: |l| pq_inverse_eotf(l * PQ_PEAK) };

/// PQ signal (0..1; below 0 counts as 0) to luminance in cd/m2: ST 2084 equation 4.1.
#[must_use]
pub fn pq_eotf(signal: f64) -> f64 {
    let v = signal.max(0.0).powf(1.0 / M2);
    PQ_PEAK * ((v - C1).max(0.0) / (C2 - C3 * v)).powf(1.0 / M1)
}

/// Luminance in cd/m2 (below 0 counts as 0) to PQ signal: ST 2084 equation 5.1. Black is 7.3e-7, not 0.
#[must_use]
pub fn pq_inverse_eotf(luminance: f64) -> f64 {
    let y = (luminance.max(0.0) / PQ_PEAK).powf(M1);
    ((C1 + C2 * y) / (1.0 + C3 * y)).powf(M2)
}
