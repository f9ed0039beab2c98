//! Writing CLF version 3, everything in 32f: numbers are the shortest that read back as the same value.

use std::fmt::Write;

use crate::formats::write::{WriteError, kind};
use crate::formats::{Format, Lut};
use crate::ops::exponent::{Exponent, ExponentStyle};
use crate::ops::log::Log;
use crate::ops::lut1d::Inputs;
use crate::ops::lut3d::{Domain, Interpolation};
use crate::ops::range::Range;
use crate::ops::{Direction, Op};
use crate::{Affine, Cdl, Lut1d, Lut3d};

/// The look as a CLF file. Reading it gives equal ops, but that a table over another domain than 0..=1 gets a matrix
/// before it, which brings its domain there.
///
/// # Errors
/// An op that CLF does not have, a 1D LUT over listed inputs (what an inverse is) among them; a look without ops.
///
/// ```
/// use lut::formats::{clf, cube};
/// let lut = cube::read(b"LUT_1D_SIZE 2\n0 0 0\n1 1 0.5\n")?;
/// assert_eq!(clf::read(clf::write(&lut).unwrap().as_bytes())?.ops, lut.ops);
/// # Ok::<(), lut::formats::ReadError>(())
/// ```
pub fn write(lut: &Lut) -> Result<String, WriteError> {
    if lut.ops.is_empty() {
        return Err(WriteError::Ops { format: Format::Clf, found: 0, expected: "at least one" });
    }
    let title = lut.title.as_deref().unwrap_or("look");
    let title = quick_xml::escape::escape(title.chars().filter(|c| !c.is_control()).collect::<String>()).into_owned();
    let mut file = File { text: String::new() };
    file.line(format_args!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
    file.line(format_args!("<ProcessList id=\"{title}\" name=\"{title}\" compCLFversion=\"3.0\">"));
    for (index, op) in lut.ops.iter().enumerate() {
        file.op(op).ok_or(WriteError::Op { format: Format::Clf, index, op: kind(op) })?;
    }
    file.line(format_args!("</ProcessList>"));
    Ok(file.text)
}

/// What has been written so far. Writing to a `String` cannot fail.
struct File {
    text: String,
}

/// What follows the name of every op.
const DEPTHS: &str = "inBitDepth=\"32f\" outBitDepth=\"32f\"";

impl File {
    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        let _ = writeln!(self.text, "{line}");
    }

    /// `None` for an op that CLF does not have.
    fn op(&mut self, op: &Op) -> Option<()> {
        match op {
            Op::Affine(op) => self.matrix(op),
            Op::Lut1d(op) => return self.table_1d(op),
            Op::Lut3d(op) => self.table_3d(op),
            Op::Range(op) => self.range(op),
            Op::Cdl(op) => self.cdl(op),
            Op::Exponent(op) => self.exponent(op),
            Op::Log(op) => self.log(op),
            Op::ToLinear(_) | Op::FromLinear(_) => return None,
            Op::HlgOotf(_) | Op::HlgInverseOotf(_) | Op::GamutMap(_) | Op::ToneMap(_) => return None,
        }
        Some(())
    }

    fn matrix(&mut self, Affine { m, offset }: &Affine) {
        self.line(format_args!("<Matrix {DEPTHS}>\n<Array dim=\"3 4\">"));
        for ([a, b, c], offset) in m.iter().zip(offset) {
            self.line(format_args!("{a} {b} {c} {offset}"));
        }
        self.line(format_args!("</Array>\n</Matrix>"));
    }

    /// `None` for listed inputs.
    fn table_1d(&mut self, lut: &Lut1d) -> Option<()> {
        let half = match lut.inputs() {
            Inputs::Even(domain) => {
                self.domain(*domain);
                ""
            }
            Inputs::Half => " halfDomain=\"true\"",
            Inputs::Listed(_) => return None,
        };
        self.line(format_args!("<LUT1D {DEPTHS} interpolation=\"linear\"{half}>\n<Array dim=\"{} 3\">", lut.size()));
        self.colors(lut.values().iter());
        self.line(format_args!("</Array>\n</LUT1D>"));
        Some(())
    }

    fn table_3d(&mut self, lut: &Lut3d) {
        self.domain(lut.domain());
        let (n, interpolation) = (
            lut.size(),
            match lut.interpolation() {
                Interpolation::Tetrahedral => "tetrahedral",
                Interpolation::Trilinear => "trilinear",
            },
        );
        self.line(format_args!("<LUT3D {DEPTHS} interpolation=\"{interpolation}\">\n<Array dim=\"{n} {n} {n} 3\">"));
        // Blue changes fastest.
        let at = |i: usize| i / (n * n) + n * (i / n % n + n * (i % n));
        self.colors((0..n.pow(3)).map(|i| &lut.values()[at(i)]));
        self.line(format_args!("</Array>\n</LUT3D>"));
    }

    fn colors<'a>(&mut self, colors: impl Iterator<Item = &'a [f32; 3]>) {
        for [r, g, b] in colors {
            self.line(format_args!("{r} {g} {b}"));
        }
    }

    /// Brings `domain` to 0..=1 without clamping; the table does that.
    fn domain(&mut self, domain: Domain) {
        if domain != Domain::UNIT {
            let [min, max] = [domain.min, domain.max].map(|v| v.map(f64::from));
            let scale: [f64; 3] = std::array::from_fn(|c| (max[c] - min[c]).recip());
            self.matrix(&Affine::diagonal(scale, std::array::from_fn(|c| -min[c] * scale[c])));
        }
    }

    fn range(&mut self, range: &Range) {
        self.line(format_args!("<Range {DEPTHS}>"));
        for (name, bound) in [("min", range.min()), ("max", range.max())] {
            if let Some(bound) = bound {
                self.line(format_args!("<{name}InValue>{}</{name}InValue>", bound.input));
                self.line(format_args!("<{name}OutValue>{}</{name}OutValue>", bound.output));
            }
        }
        self.line(format_args!("</Range>"));
    }

    fn cdl(&mut self, cdl: &Cdl) {
        let direction = match cdl.direction {
            Direction::Forward => "Fwd",
            Direction::Inverse => "Rev",
        };
        let clamp = if cdl.clamp { "" } else { "NoClamp" };
        self.line(format_args!("<ASC_CDL {DEPTHS} style=\"{direction}{clamp}\">\n<SOPNode>"));
        for (name, [r, g, b]) in [("Slope", cdl.slope), ("Offset", cdl.offset), ("Power", cdl.power)] {
            self.line(format_args!("<{name}>{r} {g} {b}</{name}>"));
        }
        let saturation = cdl.saturation;
        self.line(format_args!("</SOPNode>\n<SatNode>\n<Saturation>{saturation}</Saturation>\n</SatNode>\n</ASC_CDL>"));
    }

    fn exponent(&mut self, exponent: &Exponent) {
        let (style, offset) = match exponent.style {
            ExponentStyle::Basic => ("basic", false),
            ExponentStyle::BasicMirror => ("basicMirror", false),
            ExponentStyle::BasicPassThru => ("basicPassThru", false),
            ExponentStyle::MonCurve => ("monCurve", true),
            ExponentStyle::MonCurveMirror => ("monCurveMirror", true),
        };
        let direction = match exponent.direction {
            Direction::Forward => "Fwd",
            Direction::Inverse => "Rev",
        };
        self.line(format_args!("<Exponent {DEPTHS} style=\"{style}{direction}\">"));
        for (channel, power) in ["R", "G", "B"].into_iter().zip(exponent.channels) {
            let offset = if offset { format!(" offset=\"{}\"", power.offset) } else { String::new() };
            let exponent = power.exponent;
            self.line(format_args!("<ExponentParams channel=\"{channel}\" exponent=\"{exponent}\"{offset}/>"));
        }
        self.line(format_args!("</Exponent>"));
    }

    fn log(&mut self, log: &Log) {
        let camera = log.channels.iter().any(|curve| curve.line.is_some());
        let style = match (camera, log.direction) {
            (false, Direction::Forward) => "linToLog",
            (false, Direction::Inverse) => "logToLin",
            (true, Direction::Forward) => "cameraLinToLog",
            (true, Direction::Inverse) => "cameraLogToLin",
        };
        self.line(format_args!("<Log {DEPTHS} style=\"{style}\">"));
        for (channel, curve) in ["R", "G", "B"].into_iter().zip(log.channels) {
            let mut text = format!("<LogParams channel=\"{channel}\" base=\"{}\"", log.base);
            let mut attribute = |name: &str, value: f64| {
                let _ = write!(text, " {name}=\"{value}\"");
            };
            attribute("linSideSlope", curve.lin_side_slope);
            attribute("linSideOffset", curve.lin_side_offset);
            attribute("logSideSlope", curve.log_side_slope);
            attribute("logSideOffset", curve.log_side_offset);
            if let Some(line) = curve.line {
                attribute("linSideBreak", line.lin_side_break);
                if let Some(slope) = line.linear_slope {
                    attribute("linearSlope", slope);
                }
            }
            self.line(format_args!("{text}/>"));
        }
        self.line(format_args!("</Log>"));
    }
}
