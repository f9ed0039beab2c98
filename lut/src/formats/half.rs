//! Half-floats (IEEE 754 binary16) as 16 bits, which two formats write as whole numbers.

/// The largest finite one.
pub(super) const MAX: f32 = 65_504.0;

/// The value of the bits, which may be an infinity or NaN.
pub(crate) fn from_bits(bits: u16) -> f32 {
    let exponent = i32::from(bits >> 10 & 0x1f);
    let fraction = f32::from(bits & 0x3ff) / 1024.0;
    let magnitude = match exponent {
        0 => fraction * (-14_f32).exp2(),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1.0 + fraction) * ((exponent - 15) as f32).exp2(),
    };
    if bits & 0x8000 == 0 { magnitude } else { -magnitude }
}

/// Whether the bits are those of a number, neither an infinity nor NaN.
pub(super) fn is_finite(bits: usize) -> bool {
    bits >> 10 & 0x1f != 0x1f
}
