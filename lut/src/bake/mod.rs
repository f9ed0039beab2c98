//! Baking: what is slow or lives in a configuration becomes a [`Lut`] that the processor runs at full speed.

#[cfg(feature = "ocio")]
mod config;
#[cfg(feature = "ocio")]
mod files;

#[cfg(feature = "ocio")]
pub use config::{Config, ConfigError, ConfigTransform, MAX_BYTES, OBEYED};
#[cfg(feature = "ocio")]
pub use files::Files;

use crate::color::{Transfer, Vec3};
use crate::formats::{Lut, half};
use crate::ops::exponent::{Exponent, ExponentStyle, Power};
use crate::ops::lut1d::Lut1d;
use crate::ops::lut3d::{Domain, Lut3d, LutDataError};
use crate::ops::{Direction, Op};

/// How a baked cube spreads its entries over the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shaper {
    /// Evenly over 0..1: for signals that are logarithmic already, or graded.
    None,
    /// Evenly over the signal 0..1 of this curve: for linear light. The [`Lut`] begins with the curve as a table over
    /// all half floats.
    Log(Transfer),
}

/// Samples `f` at `size`^3 colours and gives the cube, behind the shaper's curve.
///
/// `f` takes R'G'B' (or linear RGB with a [`Shaper::Log`]) and may give anything finite.
///
/// # Errors
/// A size outside 2..=129; a value of `f` that is not finite.
pub fn bake(f: impl FnMut(Vec3) -> Vec3, shaper: Shaper, size: usize) -> Result<Lut, LutDataError> {
    bake_all(each(f), shaper, size)
}

/// As [`bake`], for transforms that are faster over many colours at once.
///
/// # Errors
/// As [`bake`].
pub fn bake_all(f: impl FnOnce(&mut [[f32; 3]]), shaper: Shaper, size: usize) -> Result<Lut, LutDataError> {
    if !(crate::ops::lut3d::MIN_SIZE..=crate::ops::lut3d::MAX_SIZE).contains(&size) {
        return Lut3d::new(size, Domain::UNIT, Vec::new()).map(|cube| Lut::from([Op::Lut3d(cube)]));
    }
    let input = |i: usize| {
        let signal = i as f64 / (size - 1) as f64;
        match shaper {
            Shaper::None => signal as f32,
            Shaper::Log(transfer) => transfer.to_linear(signal) as f32,
        }
    };
    let axis: Vec<f32> = (0..size).map(input).collect();
    let mut colors: Vec<[f32; 3]> =
        (0..size.pow(3)).map(|i| [axis[i % size], axis[i / size % size], axis[i / (size * size)]]).collect();
    f(&mut colors);
    let cube = Op::Lut3d(Lut3d::new(size, Domain::UNIT, colors)?);
    Ok(match shaper {
        Shaper::None => Lut::from([cube]),
        Shaper::Log(transfer) => Lut::from([Op::Lut1d(table(transfer)?), cube]),
    })
}

/// As [`bake_all`], with values to the power of `power` in the cube and the root of them after it: the curve of a display
/// is steep near black, and a cube bends there what its transform cuts off. 1.5 halves the largest errors of an ACES output
/// transform; the pass for live pictures then is the one in `f32`. Values of `f` below 0 become 0.
///
/// # Errors
/// As [`bake`].
pub fn bake_steep(
    f: impl FnOnce(&mut [[f32; 3]]),
    shaper: Shaper,
    power: f64,
    size: usize,
) -> Result<Lut, LutDataError> {
    let raised = |colors: &mut [[f32; 3]]| {
        f(colors);
        colors.as_flattened_mut().iter_mut().for_each(|v| *v = f64::from(*v).max(0.0).powf(power) as f32);
    };
    let mut lut = bake_all(raised, shaper, size)?;
    let channels = [Power { exponent: power, offset: 0.0 }; 3];
    lut.ops.push(Op::Exponent(Exponent { style: ExponentStyle::Basic, channels, direction: Direction::Inverse }));
    Ok(lut)
}

/// The signal of every half float.
fn table(transfer: Transfer) -> Result<Lut1d, LutDataError> {
    let entry = |bits: u16| {
        let signal = transfer.from_linear(f64::from(half::from_bits(bits)));
        [if signal.is_finite() { signal.clamp(-1.0, 2.0) as f32 } else { 0.0 }; 3]
    };
    Lut1d::half_domain((0..=u16::MAX).map(entry).collect())
}

/// One colour after another.
fn each(mut f: impl FnMut(Vec3) -> Vec3) -> impl FnOnce(&mut [[f32; 3]]) {
    move |colors| {
        for color in colors {
            *color = f(color.map(f64::from)).map(|v| v as f32);
        }
    }
}
