//! `vitrine lut info`.

use std::path::PathBuf;

use clap::Args;
use lut::Op;
use serde_json::{Value, json};

use super::super::print_json;
use super::steps;

#[derive(Debug, Args)]
pub struct Info {
    /// LUT or CDL file
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Info {
    pub fn run(self) -> anyhow::Result<()> {
        let look = steps::read(&self.file)?;
        let ops: Vec<Value> = look.ops.iter().map(facts).collect();
        let warnings: Vec<String> = look.warnings.iter().map(ToString::to_string).collect();
        if self.json {
            let format = look.format.to_string();
            return print_json(&json!({ "format": format, "title": look.title, "ops": ops, "warnings": warnings }));
        }
        println!("{}: .{}", self.file.display(), look.format);
        if let Some(title) = &look.title {
            println!("title: {title}");
        }
        ops.iter().for_each(print);
        for warning in warnings {
            println!("warning: {warning}");
        }
        Ok(())
    }
}

/// What an op is, with its size and domain when it has them.
fn facts(op: &Op) -> Value {
    match op {
        Op::Lut1d(lut) if lut.is_half_domain() => json!({ "op": "lut1d", "size": lut.size(), "domain": "half float" }),
        Op::Lut1d(lut) => json!({ "op": "lut1d", "size": lut.size(), "domain": domain(lut.domain()) }),
        Op::Lut3d(lut) => json!({ "op": "lut3d", "size": lut.size(), "domain": domain(lut.domain()) }),
        Op::Affine(_) => json!({ "op": "matrix" }),
        Op::Range(_) => json!({ "op": "range" }),
        Op::Cdl(cdl) => json!({ "op": "cdl", "slope": cdl.slope, "offset": cdl.offset, "power": cdl.power,
            "saturation": cdl.saturation }),
        Op::Exponent(_) => json!({ "op": "exponent" }),
        Op::Log(_) => json!({ "op": "log" }),
        Op::ToLinear(transfer) => json!({ "op": "to_linear", "transfer": transfer }),
        Op::FromLinear(transfer) => json!({ "op": "from_linear", "transfer": transfer }),
        Op::HlgOotf(_) => json!({ "op": "hlg_ootf" }),
        Op::HlgInverseOotf(_) => json!({ "op": "hlg_inverse_ootf" }),
        Op::GamutMap(_) => json!({ "op": "gamut_map" }),
        Op::ToneMap(_) => json!({ "op": "tone_map" }),
    }
}

fn domain(domain: lut::ops::lut3d::Domain) -> Value {
    json!({ "min": domain.min, "max": domain.max })
}

fn print(facts: &Value) {
    let Some(facts) = facts.as_object() else { return };
    let rest = facts.iter().filter(|(key, _)| *key != "op").map(|(key, value)| format!(", {key} {value}"));
    println!("{}{}", facts["op"].as_str().unwrap_or_default(), rest.collect::<String>().replace('"', ""));
}
