//! What was found about a leak, for programs; for people it is [`super::pdf::evidence`].

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
