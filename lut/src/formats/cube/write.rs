//! Writing `.cube`: a 1D LUT, a 3D LUT, or the one before the other.

use std::fmt::Write;

use crate::formats::write::{WriteError, kind};
use crate::formats::{Format, Lut};
use crate::ops::lut1d::Inputs;
use crate::ops::lut3d::{Domain, Interpolation};
use crate::{Lut1d, Lut3d, Op};

/// The look as a `.cube` file. Reading it gives equal ops.
///
/// # Errors
/// Anything but a shaper and a cube, a shaper whose inputs are not even steps, a cube to be interpolated trilinearly (the format cannot
/// say so), or a cube after a shaper whose domain differs between channels.
///
/// ```
/// use lut::formats::cube;
/// let lut = cube::read(b"LUT_1D_SIZE 2\n0 0 0\n1 1 0.5\n")?;
/// let text = cube::write(&lut).unwrap();
/// assert_eq!(cube::read(text.as_bytes())?.ops, lut.ops);
/// # Ok::<(), lut::formats::ReadError>(())
/// ```
pub fn write(lut: &Lut) -> Result<String, WriteError> {
    let (shaper, cube) = parts(lut)?;
    let mut text = String::new();
    if let Some(title) = &lut.title {
        let title: String = title.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        line(&mut text, format_args!("TITLE \"{title}\""));
    }
    if let Some(shaper) = shaper {
        line(&mut text, format_args!("LUT_1D_SIZE {}", shaper.size()));
        domain(&mut text, shaper.domain());
    }
    if let Some(cube) = cube {
        line(&mut text, format_args!("LUT_3D_SIZE {}", cube.size()));
        let Domain { min, max } = cube.domain();
        match shaper {
            None => domain(&mut text, cube.domain()),
            Some(_) => line(&mut text, format_args!("LUT_3D_INPUT_RANGE {} {}", min[0], max[0])),
        }
    }
    let values = |values: Option<&[[f32; 3]]>| values.unwrap_or_default().to_vec();
    for [r, g, b] in values(shaper.map(Lut1d::values)).into_iter().chain(values(cube.map(Lut3d::values))) {
        line(&mut text, format_args!("{r} {g} {b}"));
    }
    Ok(text)
}

/// Writing to a `String` cannot fail.
fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    let _ = writeln!(text, "{line}");
}

fn domain(text: &mut String, Domain { min, max }: Domain) {
    if (Domain { min, max }) != Domain::UNIT {
        line(text, format_args!("DOMAIN_MIN {} {} {}", min[0], min[1], min[2]));
        line(text, format_args!("DOMAIN_MAX {} {} {}", max[0], max[1], max[2]));
    }
}

/// The shaper and the cube.
fn parts(lut: &Lut) -> Result<(Option<&Lut1d>, Option<&Lut3d>), WriteError> {
    for (index, op) in lut.ops.iter().enumerate() {
        let expressible = match op {
            Op::Lut1d(lut) => matches!(lut.inputs(), Inputs::Even(_)),
            Op::Lut3d(lut) => lut.interpolation() == Interpolation::Tetrahedral,
            _ => false,
        };
        if !expressible {
            return Err(WriteError::Op { format: Format::Cube, index, op: kind(op) });
        }
    }
    match &lut.ops[..] {
        [Op::Lut1d(shaper)] => Ok((Some(shaper), None)),
        [Op::Lut3d(cube)] => Ok((None, Some(cube))),
        [Op::Lut1d(shaper), Op::Lut3d(cube)] if uniform(cube.domain()) => Ok((Some(shaper), Some(cube))),
        ops => {
            let expected = "a 1D LUT, a 3D LUT, or a 1D LUT and a 3D LUT whose channels share one domain";
            Err(WriteError::Ops { format: Format::Cube, found: ops.len(), expected })
        }
    }
}

/// Whether all channels have the same domain.
fn uniform(Domain { min, max }: Domain) -> bool {
    min == [min[0]; 3] && max == [max[0]; 3]
}
