//! Proof of picture, for spreadsheets and programs: one row for each report that was kept.

use super::ExportError;
use super::csv::cell;
use crate::domain::proof::words;
use crate::store::proof::ProofRecord;

/// Columns, in order.
const COLUMNS: [&str; 17] = [
    "UTC",
    "Viewer",
    "Viewing",
    "Change",
    "State",
    "Reasons",
    "Rendition",
    "Measure",
    "Code mean",
    "Code max",
    "Delta E",
    "Delta E mean",
    "Delta E max",
    "Latency ms",
    "Frames checked",
    "Frames disagreed",
    "Frame",
];

fn figure(value: Option<f64>) -> String {
    value.map(|value| format!("{value:.3}")).unwrap_or_default()
}

/// Reports as CSV, viewing by viewing, oldest first. Code errors are in steps of 10 bits.
///
/// # Errors
/// When writing fails.
pub fn proofs_csv(proofs: &[ProofRecord]) -> Result<Vec<u8>, ExportError> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for proof in proofs {
        let report = &proof.report;
        writer.write_record([
            proof.at.to_string().as_str(),
            &proof.viewer_id.to_string(),
            &report.viewing_id.to_string(),
            if proof.change { "yes" } else { "" },
            report.state.as_str(),
            &words(&report.reasons),
            &cell(&report.rendition),
            report.measure.as_str(),
            &figure(report.code_error.map(|error| error.mean)),
            &figure(report.code_error.map(|error| error.max)),
            report.delta_e.map(|delta| delta.kind.as_str()).unwrap_or_default(),
            &figure(report.delta_e.map(|delta| delta.mean)),
            &figure(report.delta_e.map(|delta| delta.max)),
            &figure(report.latency_ms),
            &proof.frames_checked.to_string(),
            &proof.frames_disagreed.to_string(),
            &report.frame.map(|frame| frame.source_frame.to_string()).unwrap_or_default(),
        ])?;
    }
    writer.into_inner().map_err(|error| ExportError::Io(error.into_error()))
}
