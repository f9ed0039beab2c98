//! Proof of picture: for spreadsheets a row for each report that was kept, for people what a viewing amounts to.

use super::ExportError;
use super::csv::cell;
use crate::domain::proof::{Course, DeltaKind, Reason, words};
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

/// What a viewing amounts to, in lines for people: states with their share of the time, figures, frame numbers.
pub fn lines(course: &Course) -> Vec<String> {
    let seconds = &course.seconds;
    let shares = [
        ("true", seconds.exact),
        ("reduced", seconds.reduced),
        ("wrong", seconds.wrong),
        ("not measured", seconds.unknown),
    ];
    let total = seconds.total().max(0.001);
    let shares = shares.iter().filter(|(_, seconds)| *seconds > 0.0);
    let shares: Vec<String> =
        shares.map(|(name, seconds)| format!("{name} {} ({:.1} %)", span(*seconds), 100.0 * seconds / total)).collect();
    let mut lines = vec![shares.join(", ")];
    match course.worst {
        Some(state) if course.worst_reasons.is_empty() => lines.push(format!("worst: {state}")),
        Some(state) => lines.push(format!("worst: {state} ({})", reasons_in_words(&course.worst_reasons))),
        None => lines.push("no picture was reported".to_owned()),
    }
    let figures = figures(course);
    if !figures.is_empty() {
        lines.push(figures.join(", "));
    }
    if course.frames_checked > 0 {
        let (checked, disagreed) = (course.frames_checked, course.frames_disagreed);
        lines.push(format!("frame numbers: {checked} compared, {disagreed} disagreed"));
    }
    lines
}

/// `eight bit, smaller`.
pub fn reasons_in_words(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.as_str().replace('_', " ")).collect::<Vec<_>>().join(", ")
}

fn figures(course: &Course) -> Vec<String> {
    let code =
        course.code_error.map(|error| format!("code error mean {:.2}, max {:.2} of 1023", error.mean, error.max));
    let delta = course.delta_e.iter().map(|delta| {
        let name = if delta.kind == DeltaKind::Itp { "deltaE-ITP" } else { "deltaE2000" };
        format!("{name} mean {:.3}, max {:.3}", delta.mean, delta.max)
    });
    let latency = course.latency_ms.map(|latency| format!("latency {latency:.0} ms (median)"));
    code.into_iter().chain(delta).chain(latency).collect()
}

/// `1:02:03`.
fn span(seconds: f64) -> String {
    let whole = seconds.round().max(0.0) as u64;
    format!("{}:{:02}:{:02}", whole / 3_600, whole / 60 % 60, whole % 60)
}
