//! What OpenColorIO computed: ACES output transforms, within 1e-4, curves, displays and CDL, within 1e-5.

use anyhow::Context as _;
use lut::Cdl;
use lut::bake::{Config, ConfigTransform};
use serde::Deserialize;
use serde_json::Value;

use super::entry::{Outcome, Scale, of_colors};

const OUTPUT: f64 = 1.0e-4;
const CURVE: f64 = 1.0e-5;

pub fn outcome(name: &str, entry: &Value) -> anyhow::Result<Option<Outcome>> {
    if let Some(style) = name.strip_prefix("ocio_builtin: ") {
        // A style there is not is an unknown entry.
        let Ok(transform) = ConfigTransform::builtin(style) else { return Ok(None) };
        let curve = style.starts_with("CURVE") || style.starts_with("DISPLAY");
        let tolerance = if curve { CURVE } else { OUTPUT };
        return of_colors(entry, tolerance, Scale::Absolute, |rgb| transform.apply(rgb)).map(Some);
    }
    if name.starts_with("cdl_") {
        return cdl(name, entry).map(Some);
    }
    if name.contains("_aces") && entry.get("ops").is_some() {
        let transform = view(entry)?;
        return of_colors(entry, OUTPUT, Scale::Absolute, |rgb| transform.apply(rgb)).map(Some);
    }
    Ok(None)
}

/// `... ACES1.3: SOURCE -> [DISPLAY] VIEW, OPTIMIZATION_NONE, float32` of the entry's producer.
fn view(entry: &Value) -> anyhow::Result<ConfigTransform> {
    let producer = entry["producer"].as_str().context("found no \"producer\"")?;
    let parsed = || {
        let (version, rest) = producer.split_once(" ACES")?.1.split_once(": ")?;
        let (source, rest) = rest.split_once(" -> [")?;
        let (display, rest) = rest.split_once("] ")?;
        let (view, _) = rest.rsplit_once(", OPTIMIZATION")?;
        Some((version, source, display, view))
    };
    let (version, source, display, view) = parsed()
        .with_context(|| format!("found the producer {producer:?}, expected a source, a display and a view"))?;
    let config = match version {
        "1.3" => Config::aces_1_3()?,
        "2.0" => Config::aces_2_0()?,
        _ => anyhow::bail!("found ACES {version}, expected 1.3 or 2.0"),
    };
    Ok(config.display_view(source, display, view)?)
}

/// The numbers of a CDL entry.
#[derive(Deserialize)]
struct Parameters {
    slope: [f64; 3],
    offset: [f64; 3],
    power: [f64; 3],
    sat: f64,
}

/// ASC CDL v1.2, clamped or not: 1e-5 relative.
fn cdl(name: &str, entry: &Value) -> anyhow::Result<Outcome> {
    let Parameters { slope, offset, power, sat } = Parameters::deserialize(&entry["params"])?;
    let clamp = !name.ends_with("_noclamp");
    let cdl = Cdl { slope, offset, power, saturation: sat, clamp, ..Cdl::default() };
    of_colors(entry, CURVE, Scale::Relative, |rgb| cdl.apply(rgb))
}
