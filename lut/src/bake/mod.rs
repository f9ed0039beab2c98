//! Baking: what is slow or lives in a configuration becomes a [`Lut`] that the processor runs at full speed.

#[cfg(feature = "ocio")]
mod config;
#[cfg(feature = "ocio")]
mod expansion;
#[cfg(feature = "ocio")]
mod files;
mod fit;
mod spread;

#[cfg(feature = "ocio")]
pub use config::{Config, ConfigError, ConfigTransform, MAX_BYTES, OBEYED};
#[cfg(feature = "ocio")]
pub use files::Files;
pub use spread::Spread;

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
    let input = |place: f32| match shaper {
        Shaper::None => place,
        Shaper::Log(transfer) => transfer.to_linear(f64::from(place)) as f32,
    };
    let at_places = |places: &mut [[f32; 3]]| {
        places.as_flattened_mut().iter_mut().for_each(|place| *place = input(*place));
        f(places);
    };
    let cube = Op::Lut3d(cube(at_places, size)?);
    Ok(match shaper {
        Shaper::None => Lut::from([cube]),
        Shaper::Log(transfer) => Lut::from([Op::Lut1d(table(transfer, |signal| [signal as f32; 3])?), cube]),
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

/// As [`bake_all`], with entries along the shaper's signal as `spread` says, and fitted where `f` bends: for output
/// transforms, whose values are a display's R'G'B' 0..1. How far two colours are apart is taken from a Rec.709 BT.1886
/// display. Calls `f` three times, with about 3 million colours all told for a size of 65.
///
/// # Errors
/// As [`bake`].
pub fn bake_fitted(
    mut f: impl FnMut(&mut [[f32; 3]]),
    shaper: Shaper,
    spread: Spread,
    size: usize,
) -> Result<Lut, LutDataError> {
    let input = |c: usize, place: f32| match (spread.signal(c, f64::from(place)), shaper) {
        (signal, Shaper::None) => signal as f32,
        (signal, Shaper::Log(transfer)) => transfer.to_linear(signal) as f32,
    };
    let mut at_places = |places: &mut [[f32; 3]]| {
        places.iter_mut().for_each(|place| *place = std::array::from_fn(|c| input(c, place[c])));
        f(places);
    };
    let cube = cube(&mut at_places, size)?;
    let cube = Op::Lut3d(fit::fitted(&cube, &mut at_places)?);
    let place = |signal: f64| std::array::from_fn(|c| spread.place(c, signal).clamp(0.0, 1.0) as f32);
    let table = match shaper {
        Shaper::None if spread == Spread::EVEN => return Ok(Lut::from([cube])),
        Shaper::None => {
            let entry = |i: usize| place(i as f64 / (SHAPER_SIZE - 1) as f64);
            Lut1d::new(Domain::UNIT, (0..SHAPER_SIZE).map(entry).collect())?
        }
        Shaper::Log(transfer) => table(transfer, place)?,
    };
    Ok(Lut::from([Op::Lut1d(table), cube]))
}

/// Entries of a spread's table, so many that the bends at its knots do not show.
const SHAPER_SIZE: usize = 16_385;

/// The cube of what `f` makes of places along its edges, 0..1.
fn cube(f: impl FnOnce(&mut [[f32; 3]]), size: usize) -> Result<Lut3d, LutDataError> {
    if !(crate::ops::lut3d::MIN_SIZE..=crate::ops::lut3d::MAX_SIZE).contains(&size) {
        return Lut3d::new(size, Domain::UNIT, Vec::new());
    }
    let at = |i: usize| (i as f64 / (size - 1) as f64) as f32;
    let mut colors: Vec<[f32; 3]> =
        (0..size.pow(3)).map(|i| [i % size, i / size % size, i / (size * size)].map(at)).collect();
    f(&mut colors);
    Lut3d::new(size, Domain::UNIT, colors)
}

/// What `entry` makes of the signal of every half float.
fn table(transfer: Transfer, entry: impl Fn(f64) -> [f32; 3]) -> Result<Lut1d, LutDataError> {
    let signal = |bits: u16| transfer.from_linear(f64::from(half::from_bits(bits)));
    let finite = |signal: f64| if signal.is_finite() { signal.clamp(-1.0, 2.0) } else { 0.0 };
    Lut1d::half_domain((0..=u16::MAX).map(|bits| entry(finite(signal(bits)))).collect())
}

/// One colour after another.
fn each(mut f: impl FnMut(Vec3) -> Vec3) -> impl FnOnce(&mut [[f32; 3]]) {
    move |colors| {
        for color in colors {
            *color = f(color.map(f64::from)).map(|v| v as f32);
        }
    }
}
