//! Exponent and Log.

use super::ops::{bad_style, style};
use crate::formats::error::{ReadError, ReadErrorKind, shortened};
use crate::formats::text::number64;
use crate::formats::xml::Element;
use crate::ops::exponent::{Exponent, ExponentStyle, Power};
use crate::ops::log::{CameraLine, Log, LogCurve};
use crate::ops::{Direction, Op};

/// The channels that parameters are for: all without `channel`.
fn channels(params: &Element) -> Result<std::ops::Range<usize>, ReadError> {
    match params.attribute("channel").map(str::to_ascii_uppercase).as_deref() {
        None => Ok(0..3),
        Some("R") => Ok(0..1),
        Some("G") => Ok(1..2),
        Some("B") => Ok(2..3),
        Some(other) => Err(ReadErrorKind::unexpected(other, "channel R, G or B").at(params.line)),
    }
}

/// The number in an attribute, if it is there.
fn attribute(params: &Element, name: &str) -> Result<Option<f64>, ReadError> {
    params.attribute(name).map(|text| number64(text.trim()).map_err(|kind| kind.at(params.line))).transpose()
}

/// The elements with parameters; anything else but a description is refused, and so are unknown attributes.
fn params<'a>(element: &'a Element, name: &str, known: &[&str]) -> Result<Vec<&'a Element>, ReadError> {
    let mut found = Vec::new();
    for child in element.children.iter().filter(|child| child.name != "Description") {
        if child.name != name {
            return Err(ReadErrorKind::unexpected(&child.name, name).at(child.line));
        }
        if let Some((key, _)) =
            child.attributes.iter().find(|(key, _)| !known.iter().any(|k| k.eq_ignore_ascii_case(key)))
        {
            return Err(ReadErrorKind::Unsupported { found: format!("{} in {name}", shortened(key)) }.at(child.line));
        }
        found.push(child);
    }
    Ok(found)
}

/// `Exponent`, and `Gamma` as CTF calls it.
pub(super) fn exponent(element: &Element) -> Result<Op, ReadError> {
    use ExponentStyle::{Basic, BasicMirror, BasicPassThru, MonCurve, MonCurveMirror};
    let name = style(element);
    let (shape, rev) = match (name.strip_suffix("fwd"), name.strip_suffix("rev")) {
        (Some(shape), _) => (shape, false),
        (None, Some(shape)) => (shape, true),
        (None, None) => return Err(bad_style(element, "basicFwd or monCurveRev")),
    };
    let style = match shape {
        "basic" => Basic,
        "basicmirror" => BasicMirror,
        "basicpassthru" => BasicPassThru,
        "moncurve" => MonCurve,
        "moncurvemirror" => MonCurveMirror,
        _ => return Err(bad_style(element, "basicFwd or monCurveRev")),
    };
    let direction = if rev { Direction::Inverse } else { Direction::Forward };
    let (tag, key) = if element.name == "Gamma" { ("GammaParams", "gamma") } else { ("ExponentParams", "exponent") };
    let mut set = [None; 3];
    for params in params(element, tag, &["channel", key, "offset"])? {
        let power = power(params, key, matches!(style, MonCurve | MonCurveMirror))?;
        set[channels(params)?].fill(Some(power));
    }
    if set == [None; 3] {
        return Err(ReadErrorKind::unexpected("", format!("{tag} in {}", element.name)).at(element.line));
    }
    // A channel that is not named is left alone.
    let rest = Power { exponent: 1.0, offset: 0.0 };
    Ok(Op::Exponent(Exponent { style, channels: set.map(|power| power.unwrap_or(rest)), direction }))
}

fn power(params: &Element, key: &str, line: bool) -> Result<Power, ReadError> {
    let missing = |what: &str| ReadErrorKind::unexpected("", format!("{what} in {}", params.name)).at(params.line);
    let exponent = attribute(params, key)?.ok_or_else(|| missing(key))?;
    let offset = attribute(params, "offset")?;
    let (low, high) = if line { (1.0, 10.0) } else { (0.01, 100.0) };
    if !(low..=high).contains(&exponent) {
        return Err(ReadErrorKind::unexpected(&exponent.to_string(), format!("{key} {low} to {high}")).at(params.line));
    }
    match (line, offset) {
        (true, None) => Err(missing("offset")),
        (true, Some(offset)) if !(0.0..=0.9).contains(&offset) => {
            Err(ReadErrorKind::unexpected(&offset.to_string(), "offset 0 to 0.9").at(params.line))
        }
        (false, Some(_)) => Err(ReadErrorKind::unexpected("offset", "an offset only with monCurve").at(params.line)),
        (_, offset) => Ok(Power { exponent, offset: offset.unwrap_or(0.0) }),
    }
}

/// The attributes of LogParams.
const LOG_PARAMS: &[&str] = &[
    "channel",
    "base",
    "linSideSlope",
    "linSideOffset",
    "logSideSlope",
    "logSideOffset",
    "linSideBreak",
    "linearSlope",
];

/// The attributes of LogParams in CTF where they are those of a Cineon scan.
const CINEON_PARAMS: &[&str] = &["channel", "gamma", "refWhite", "refBlack", "highlight", "shadow"];

/// `Log`; `ctf` allows the parameters of a Cineon scan.
pub(super) fn log(element: &Element, ctf: bool) -> Result<Op, ReadError> {
    let (plain_base, camera, direction) = match style(element).as_str() {
        "log10" => (Some(10.0), false, Direction::Forward),
        "log2" => (Some(2.0), false, Direction::Forward),
        "antilog10" => (Some(10.0), false, Direction::Inverse),
        "antilog2" => (Some(2.0), false, Direction::Inverse),
        "lintolog" => (None, false, Direction::Forward),
        "logtolin" => (None, false, Direction::Inverse),
        "cameralintolog" => (None, true, Direction::Forward),
        "cameralogtolin" => (None, true, Direction::Inverse),
        _ => return Err(bad_style(element, "log10, antiLog2, linToLog or cameraLogToLin")),
    };
    let mut log = Log { base: plain_base.unwrap_or(2.0), channels: [LogCurve::default(); 3], direction };
    if ctf && plain_base.is_none() && element.children.iter().any(|child| child.attribute("refWhite").is_some()) {
        return cineon(element, log);
    }
    let params = params(element, "LogParams", LOG_PARAMS)?;
    if camera && params.is_empty() {
        return Err(ReadErrorKind::unexpected("", "LogParams with linSideBreak").at(element.line));
    }
    let mut said = None;
    for params in params {
        if let Some(base) = attribute(params, "base")? {
            check_base(base, said, params)?;
            said = Some(base);
            log.base = base;
        }
        let curve = log_curve(params, camera)?;
        log.channels[channels(params)?].fill(curve);
    }
    if camera && log.channels.iter().any(|curve| curve.line.is_none()) {
        return Err(ReadErrorKind::unexpected("", "LogParams for all channels").at(element.line));
    }
    Ok(Op::Log(log))
}

/// `rest` with the curves of a Cineon scan, in 10-bit codes of 0.002 density each (Kodak, Conversion of 10-bit Log Film
/// Data to 8-bit Linear or Video Data, 1995).
fn cineon(element: &Element, mut rest: Log) -> Result<Op, ReadError> {
    rest.base = 10.0;
    for params in params(element, "LogParams", CINEON_PARAMS)? {
        let value = |name: &str| {
            let missing = || ReadErrorKind::unexpected("", format!("{name} in LogParams")).at(params.line);
            attribute(params, name)?.ok_or_else(missing)
        };
        let (gamma, white, black) = (value("gamma")?, value("refWhite")? / 1023.0, value("refBlack")? / 1023.0);
        let (highlight, shadow) = (value("highlight")?, value("shadow")?);
        if gamma <= 0.01 || white <= black || highlight <= shadow {
            let expected = "gamma above 0.01, refWhite above refBlack, highlight above shadow";
            return Err(ReadErrorKind::unexpected("", expected).at(params.line));
        }
        let slope = gamma / (0.002 * 1023.0);
        let range = highlight - shadow;
        let gain = range / (1.0 - 10_f64.powf((black - white) / slope));
        let curve = LogCurve {
            lin_side_slope: gain.recip(),
            lin_side_offset: (gain - range - shadow) / gain,
            log_side_slope: slope,
            log_side_offset: white,
            line: None,
        };
        rest.channels[channels(params)?].fill(curve);
    }
    Ok(Op::Log(rest))
}

fn check_base(base: f64, said: Option<f64>, params: &Element) -> Result<(), ReadError> {
    if base <= 0.0 || base == 1.0 || said.is_some_and(|said| said != base) {
        let expected = "one base for all channels, above 0 and not 1";
        return Err(ReadErrorKind::unexpected(&base.to_string(), expected).at(params.line));
    }
    Ok(())
}

fn log_curve(params: &Element, camera: bool) -> Result<LogCurve, ReadError> {
    let value = |name: &str, rest: f64| attribute(params, name).map(|value| value.unwrap_or(rest));
    let fail = |found: &str, expected: &str| Err(ReadErrorKind::unexpected(found, expected).at(params.line));
    let mut curve = LogCurve {
        lin_side_slope: value("linSideSlope", 1.0)?,
        lin_side_offset: value("linSideOffset", 0.0)?,
        log_side_slope: value("logSideSlope", 1.0)?,
        log_side_offset: value("logSideOffset", 0.0)?,
        line: None,
    };
    if curve.lin_side_slope == 0.0 || curve.log_side_slope == 0.0 {
        return fail("0", "slopes that are not 0");
    }
    let (at, linear_slope) = (attribute(params, "linSideBreak")?, attribute(params, "linearSlope")?);
    match (camera, at) {
        (true, None) => return fail("", "linSideBreak in LogParams"),
        (true, Some(lin_side_break)) => {
            curve.line = Some(CameraLine { lin_side_break, linear_slope });
            let inside = curve.lin_side_slope * lin_side_break + curve.lin_side_offset > 0.0;
            if !inside || linear_slope == Some(0.0) {
                return fail("", "a linSideBreak that has a logarithm, and a linearSlope that is not 0");
            }
        }
        (false, _) if at.is_some() || linear_slope.is_some() => {
            return fail("linSideBreak or linearSlope", "them only in the camera styles");
        }
        (false, _) => {}
    }
    Ok(curve)
}
