//! The report on the proof of picture, for the client's file: what every viewing was proven to show, over time.

use super::plot::Plot;
use super::text::Typesetter;
use super::{AUTHOR, COLUMN, FACTS, Heading, MARGIN, PAGE, PdfError, Row, TEXT, TITLE, WIDTH, minute, picture, print};
use crate::domain::proof::{Course, Sample};
use crate::export::proof::{lines, reasons_in_words};

/// Changes of state that are listed for one viewing.
const LISTED: usize = 40;

/// What the figures mean, and what they do not.
const LIMITS: &str = "Each viewer's browser measured test cells of known values that every picture carried through the same \
    encoder, network and decoder, twice a second. The figures are that browser's word. They prove the signal as far as the \
    browser's compositor; what the display made of it they do not prove. Latency is the browser's count from the network to the \
    decoded picture.";

/// Viewings as a document, oldest first.
///
/// # Errors
/// When writing fails.
pub fn write(heading: &Heading<'_>, courses: &[Course]) -> Result<Vec<u8>, PdfError> {
    let mut typesetter = Typesetter::new();
    let title = format!("Proof of picture: {}", heading.title);
    let mut page = Page { typesetter: &mut typesetter, rows: Vec::new() };
    page.wide(&title, TITLE);
    let viewings = if courses.len() == 1 { "1 viewing".to_owned() } else { format!("{} viewings", courses.len()) };
    page.wide(&format!("{}   ·   {viewings}   ·   Made {}", heading.host, minute(heading.made_at)), FACTS);
    page.wide(LIMITS, FACTS);
    courses.iter().for_each(|course| page.course(course));
    let rows = page.rows;
    print(&mut typesetter, &title, rows)
}

struct Page<'a> {
    typesetter: &'a mut Typesetter,
    rows: Vec<Row>,
}

impl Page<'_> {
    fn wide(&mut self, text: &str, style: super::text::Style) {
        let lines = self.typesetter.lines(text, style, WIDTH);
        self.rows.extend(lines.into_iter().map(|line| Row { left: Some(line), ..Row::default() }));
    }

    fn pair(&mut self, label: &str, text: &str, rule: bool) {
        let mut left = self.typesetter.lines(label, AUTHOR, COLUMN - MARGIN - 8.0).into_iter();
        let right = self.typesetter.lines(text, TEXT, PAGE.0 - MARGIN - COLUMN);
        self.rows.extend(right.into_iter().enumerate().map(|(index, line)| Row {
            rule: rule && index == 0,
            keep_with_next: rule && index == 0,
            left: left.next(),
            right: Some(line),
            ..Row::default()
        }));
        self.rows.extend(left.map(|line| Row { left: Some(line), ..Row::default() }));
    }

    fn course(&mut self, course: &Course) {
        let watcher = &course.watcher;
        let until = watcher.ended_at.map_or_else(|| "now".to_owned(), minute);
        let about =
            format!("{}, code {}\n{} to {until}", watcher.browser, watcher.session_code, minute(watcher.started_at));
        self.pair(&watcher.name, &format!("{about}\n{}", lines(course).join("\n")), true);
        if let Some(plot) = Plot::new(self.typesetter, course) {
            self.rows.push(Row { plot: Some(plot), ..Row::default() });
        }
        let changes: Vec<&Sample> = course.samples.iter().filter(|sample| sample.change).collect();
        for sample in changes.iter().take(LISTED) {
            self.pair(&second(sample), &change(sample), false);
        }
        if changes.len() > LISTED {
            self.pair("", &format!("{} more changes are in the archive.", changes.len() - LISTED), false);
        }
    }
}

fn change(sample: &Sample) -> String {
    let reasons = reasons_in_words(&sample.reasons);
    let rendition = (!sample.rendition.is_empty()).then(|| sample.rendition.clone());
    let reasons = (!reasons.is_empty()).then_some(reasons);
    let parts = [Some(picture(sample.state).to_owned()), rendition, reasons];
    parts.into_iter().flatten().collect::<Vec<_>>().join("   ·   ")
}

/// `20:15:07 UTC`.
fn second(sample: &Sample) -> String {
    let text = sample.at.to_string();
    format!("{} UTC", text.get(11..19).unwrap_or(&text))
}
