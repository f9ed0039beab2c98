//! A comment CSV with what was replied: the columns `Reply` and `Status` beside the `Id` that the export wrote.

use uuid::Uuid;

use super::{ImportError, Replies, Reply, words};

/// Columns are set apart by what the header has most of: spreadsheets write semicolons in some countries.
fn delimiter(header: &str) -> u8 {
    let count = |sign: u8| header.bytes().filter(|byte| *byte == sign).count();
    [b',', b';', b'\t'].into_iter().max_by_key(|sign| count(*sign)).unwrap_or(b',')
}

/// Reads the rows; a row that says nothing is left out.
pub fn read(text: &str) -> Result<Replies, ImportError> {
    let header = text.lines().next().unwrap_or_default();
    let mut reader =
        ::csv::ReaderBuilder::new().delimiter(delimiter(header)).flexible(true).from_reader(text.as_bytes());
    let names = reader.headers().map_err(|_| ImportError::Unknown)?.clone();
    let column = |name: &str| names.iter().position(|found| found.trim().eq_ignore_ascii_case(name));
    let id = column("Id").ok_or(ImportError::Unknown)?;
    let (reply, status) = (column("Reply"), column("Status"));
    if reply.is_none() && status.is_none() {
        return Err(ImportError::Column { column: "Reply" });
    }
    let mut replies = Replies::default();
    for record in reader.records() {
        let record = record.map_err(|error| malformed(&error))?;
        let line = record.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(usize::MAX));
        let cell = |column: Option<usize>| column.and_then(|column| record.get(column)).map(plain).unwrap_or_default();
        let text = words(cell(reply), line)?;
        let resolved = settled(cell(status), line)?;
        if text.is_none() && resolved.is_none() {
            continue;
        }
        let comment = identified(cell(Some(id)), line)?;
        replies.replies.push(Reply { line, comment, text, resolved });
    }
    Ok(replies)
}

fn malformed(error: &::csv::Error) -> ImportError {
    let line = error.position().map_or(0, |position| usize::try_from(position.line()).unwrap_or(usize::MAX));
    ImportError::Line { line, reason: "this is no row of a CSV (RFC 4180)".to_owned() }
}

/// A cell without the apostrophe that the export puts before what a spreadsheet would compute.
fn plain(cell: &str) -> &str {
    let cell = cell.trim();
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']) => rest,
        _ => cell,
    }
}

fn identified(cell: &str, line: usize) -> Result<Uuid, ImportError> {
    let expected = || format!("{cell:?} is no id of a comment; expected what the export wrote in the column Id");
    cell.parse().map_err(|_| ImportError::Line { line, reason: expected() })
}

/// `open`, `resolved`, or nothing to leave it.
fn settled(cell: &str, line: usize) -> Result<Option<bool>, ImportError> {
    match cell.to_lowercase().as_str() {
        "" => Ok(None),
        "open" => Ok(Some(false)),
        "resolved" => Ok(Some(true)),
        _ => Err(ImportError::Line { line, reason: format!("{cell:?} is no status; expected open or resolved") }),
    }
}
