//! Entries of the record, for spreadsheets and for programs.

use serde_json::json;

use super::ExportError;
use super::csv::cell;
use crate::domain::audit::{AuditFormat, hex};
use crate::domain::instant::UtcInstant;
use crate::store::audit::StoredEntry;

/// Columns, in order.
const COLUMNS: [&str; 11] =
    ["Sequence", "At UTC", "Actor", "Network", "Action", "Object", "Result", "Review", "Viewing", "Detail", "Hash"];

/// Entries as a file of a format, in the order given.
///
/// # Errors
/// When writing fails.
pub fn write(format: AuditFormat, entries: &[StoredEntry]) -> Result<Vec<u8>, ExportError> {
    match format {
        AuditFormat::Csv => as_csv(entries),
        AuditFormat::Json => {
            let entry = |stored: &StoredEntry| json!({ "entry": stored.entry, "hash": hex(&stored.hash), "redacted": stored.redacted });
            Ok(serde_json::to_vec_pretty(&json!({ "entries": entries.iter().map(entry).collect::<Vec<_>>() }))?)
        }
    }
}

fn as_csv(entries: &[StoredEntry]) -> Result<Vec<u8>, ExportError> {
    let mut writer = ::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for StoredEntry { entry, hash, .. } in entries {
        let detail: Vec<String> = entry.detail.iter().map(|(name, value)| format!("{name}={value}")).collect();
        writer.write_record([
            entry.sequence.to_string().as_str(),
            &UtcInstant::from_ms(entry.at_ms).to_string(),
            &cell(&entry.actor),
            entry.network.as_deref().unwrap_or_default(),
            &entry.action,
            &cell(&entry.object),
            &entry.result,
            entry.review.as_deref().unwrap_or_default(),
            entry.viewing.as_deref().unwrap_or_default(),
            &cell(&detail.join("; ")),
            &hex(hash),
        ])?;
    }
    writer.into_inner().map_err(|error| ExportError::Io(error.into_error()))
}
