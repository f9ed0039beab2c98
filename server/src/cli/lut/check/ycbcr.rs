//! R'G'B' to Y'CbCr codes: 1e-5 relative unrounded, and exactly the code when rounded.

use lut::color::apply;
use lut::{Matrix, Range};
use serde_json::Value;

use super::entry::{Outcome, Scale, of_colors};

pub fn outcome(name: &str, entry: &Value) -> anyhow::Result<Option<Outcome>> {
    let Some((matrix, bits, rounded)) = parse(name) else { return Ok(None) };
    let codes = |rgb| {
        let [y, cb, cr] = apply(&matrix.rgb_to_ycbcr(), rgb);
        let chroma = |v| Range::Limited.chroma_code(v, bits);
        [Range::Limited.luma_code(y, bits), chroma(cb), chroma(cr)]
    };
    if rounded {
        of_colors(entry, 0.0, Scale::Absolute, |rgb| codes(rgb).map(|v| (v + 0.5).floor())).map(Some)
    } else {
        of_colors(entry, 1.0e-5, Scale::Relative, codes).map(Some)
    }
}

/// `rgb_to_ycbcr_bt709_limited_10bit_codes`.
fn parse(name: &str) -> Option<(Matrix, u32, bool)> {
    let (matrix, rest) = name.strip_prefix("rgb_to_ycbcr_")?.split_once("_limited_")?;
    let matrix = match matrix {
        "bt709" => Matrix::Bt709,
        "bt601" => Matrix::Bt601,
        "bt2020ncl" => Matrix::Bt2020Ncl,
        _ => return None,
    };
    let (bits, kind) = rest.split_once("bit_")?;
    let rounded = match kind {
        "codes" => true,
        "unrounded" => false,
        _ => return None,
    };
    Some((matrix, bits.parse().ok()?, rounded))
}
