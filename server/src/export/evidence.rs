//! What was found about a leak, for programs; for people it is [`super::pdf::evidence`].

use forensic::detect::Gray;
use image::{ExtendedColorType, ImageFormat};
use serde_json::json;

use super::ExportError;
use crate::domain::evidence::Evidence;

/// Evidence as JSON, with the decision in front.
///
/// # Errors
/// When writing fails.
pub fn write(evidence: &Evidence) -> Result<Vec<u8>, ExportError> {
    let named: Vec<_> = evidence.named().map(|suspect| suspect.viewing).collect();
    let decision = json!({ "named": named, "no_decision": evidence.undecided() });
    Ok(serde_json::to_vec_pretty(&json!({ "decision": decision, "evidence": evidence }))?)
}

/// A picture of evidence as PNG: luma codes as they are.
///
/// # Errors
/// When writing fails.
pub fn png(luma: &Gray) -> Result<Vec<u8>, ExportError> {
    let failed = |error: &dyn std::fmt::Display| ExportError::Io(std::io::Error::other(error.to_string()));
    let (width, height) = luma.size();
    let (width, height) = (u32::try_from(width), u32::try_from(height));
    let (Ok(width), Ok(height)) = (width, height) else { return Err(failed(&"a picture is too large")) };
    let mut file = std::io::Cursor::new(Vec::new());
    image::write_buffer_with_format(&mut file, &luma.bytes(), width, height, ExtendedColorType::L8, ImageFormat::Png)
        .map_err(|error| failed(&error))?;
    Ok(file.into_inner())
}
