//! What a spreadsheet makes of the CSV: LibreOffice itself, told to evaluate whatever looks like a formula.

use std::path::Path;
use std::process::Command;

use vitrine::export::Format;

use crate::log::{comment, hostile_comments, rates, start};
use crate::readers::export;

/// Comma, quote, UTF-8, from the first line, numbers known; the last says that formulas are evaluated
/// (LibreOffice, Filter Options for CSV).
const EVALUATING: &str = "--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,0,true";

/// The rows of the sheet, as OpenDocument XML each.
fn sheet(csv: &[u8]) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("log.csv");
    std::fs::write(&path, csv).unwrap();
    let profile = format!("-env:UserInstallation=file://{}", dir.path().join("profile").display());
    let done = Command::new("soffice")
        .args([&profile, "--headless", EVALUATING, "--convert-to", "fods", "--outdir"])
        .arg(dir.path())
        .arg(&path)
        .output()
        .expect("LibreOffice; `scripts/setup test` installs it");
    let written = std::fs::read_to_string(Path::new(dir.path()).join("log.fods"));
    let written = written.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&done.stderr)));
    written.split("<table:table-row ").skip(1).map(str::to_owned).collect()
}

fn formulas(rows: &[String]) -> usize {
    rows.iter().map(|row| row.matches("table:formula=").count()).sum()
}

#[test]
fn a_thousand_hostile_comments_are_a_thousand_rows_without_a_formula() {
    let comments = hostile_comments(1_000, start("01:00:00:00", rates()[1]));
    let rows = sheet(&export(Format::Csv, &comments).bytes);
    assert_eq!(rows.len(), comments.len() + 1);
    assert_eq!(formulas(&rows), 0);
    for (row, comment) in rows[1..].iter().zip(&comments) {
        assert!(row.contains(&format!("office:value=\"{}\"", comment.source_frame)), "{row}");
    }
}

#[test]
fn what_is_not_made_safe_would_be_evaluated() {
    assert_eq!(formulas(&sheet(b"Comment\r\n\"=1+1\"\r\n\"'=1+1\"\r\n")), 1);
    let safe = export(Format::Csv, &[comment(1, start("01:00:00:00", rates()[1]), 0, "=1+1", "=1+1")]);
    assert_eq!(formulas(&sheet(&safe.bytes)), 0);
}
