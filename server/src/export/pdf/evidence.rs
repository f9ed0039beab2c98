//! The report about a leak: decision, figures, pictures side by side, method, and the record of who is named.

use forensic::detect::Gray;
use krilla::geom::{Size, Transform};
use krilla::image::Image;
use krilla::surface::Surface;

use super::text::Typesetter;
use super::{AUTHOR, COLUMN, FACTS, MARGIN, PAGE, PdfError, Row, TEXT, TITLE, WIDTH, minute, print};
use crate::domain::evidence::{Evidence, Suspect};

/// Space between the two pictures, and above and below them.
const BETWEEN: f32 = 12.0;
/// Viewings that are listed; a report of a thousand would hide the ones that matter.
const LISTED: usize = 40;
/// Entries of the record that are listed; the JSON has all.
const ENTRIES: usize = 60;

/// Two pictures side by side: what leaked, in the place of what was shown, and that.
pub(super) struct Pictures([Image; 2], Size);

impl Pictures {
    fn new([leak, reference]: &[Gray; 2]) -> Option<Self> {
        let width = (WIDTH - BETWEEN) / 2.0;
        let (across, down) = reference.size();
        let size = Size::from_wh(width, width * down as f32 / across.max(1) as f32)?;
        Some(Self([image(leak)?, image(reference)?], size))
    }

    pub fn height(&self) -> f32 {
        self.1.height() + 2.0 * BETWEEN
    }

    pub fn draw(&self, surface: &mut Surface<'_>, y: f32) {
        for (at, image) in self.0.iter().enumerate() {
            let x = MARGIN + at as f32 * (self.1.width() + BETWEEN);
            surface.push_transform(&Transform::from_translate(x, y + BETWEEN));
            surface.draw_image(image.clone(), self.1);
            surface.pop();
        }
    }
}

/// Limited-range luma as grey.
fn image(luma: &Gray) -> Option<Image> {
    let (width, height) = luma.size();
    let grey = |code: u8| (f32::from(code.saturating_sub(16)) * 255.0 / 219.0).round().min(255.0) as u8;
    let pixels = luma.bytes().into_iter().flat_map(|code| [grey(code), grey(code), grey(code), u8::MAX]).collect();
    Some(Image::from_rgba8(pixels, u32::try_from(width).ok()?, u32::try_from(height).ok()?))
}

/// Evidence as a document.
///
/// # Errors
/// When writing fails.
pub fn write(evidence: &Evidence, beside: Option<&[Gray; 2]>) -> Result<Vec<u8>, PdfError> {
    let mut typesetter = Typesetter::new();
    let mut rows = Rows { typesetter: &mut typesetter, rows: Vec::new() };
    rows.heading(evidence);
    if let Some(pictures) = beside.and_then(Pictures::new) {
        rows.wide("The leak's first compared picture in the place of what was shown (left), and that (right)", FACTS);
        rows.rows.push(Row { pictures: Some(pictures), ..Row::default() });
    }
    rows.figures(evidence);
    rows.places(evidence);
    rows.pair("Method", evidence.method.text);
    rows.record(evidence);
    let rows = rows.rows;
    print(&mut typesetter, "Whose copy is this?", rows)
}

struct Rows<'a> {
    typesetter: &'a mut Typesetter,
    rows: Vec<Row>,
}

impl Rows<'_> {
    fn wide(&mut self, text: &str, style: super::text::Style) {
        let lines = self.typesetter.lines(text, style, WIDTH);
        self.rows.extend(lines.into_iter().map(|line| Row { left: Some(line), ..Row::default() }));
    }

    /// A label and what it says, under a rule.
    fn pair(&mut self, label: &str, text: &str) {
        let mut left = self.typesetter.lines(label, AUTHOR, COLUMN - MARGIN - 8.0).into_iter();
        let right = self.typesetter.lines(text, TEXT, PAGE.0 - MARGIN - COLUMN);
        let rows = right.into_iter().enumerate().map(|(index, line)| Row {
            rule: index == 0,
            left: left.next(),
            right: Some(line),
            ..Row::default()
        });
        self.rows.extend(rows);
    }

    fn heading(&mut self, evidence: &Evidence) {
        self.wide("Whose copy is this?", TITLE);
        self.wide(&format!("{}   ·   Made {}", evidence.scope, minute(evidence.made_at)), FACTS);
        let leak = &evidence.leak;
        let text = format!("{}\n{} bytes, {} pictures\nSHA-256 {}", leak.name, leak.bytes, leak.pictures, leak.sha256);
        self.pair("The leak", &text);
        let decision = match evidence.undecided() {
            Some(why) => format!("No decision: {why}."),
            None => {
                let names: Vec<String> = evidence.named().map(who).collect();
                format!("The leak carries the mark of: {}", names.join("; "))
            }
        };
        self.pair("Decision", &decision);
    }

    fn figures(&mut self, evidence: &Evidence) {
        let method = &evidence.method;
        let tried = match &evidence.alone {
            Some(_) => format!("{} viewings were tried, at {} moments", method.viewings, method.hypotheses),
            None => format!(
                "{} viewings were shown frames of the leak and were tried, in {} ways",
                method.viewings, method.hypotheses
            ),
        };
        let text = format!(
            "{tried}. A viewing is named from z = {:.2} on, where p falls below {:.0e}.",
            method.needed_z, method.sure
        );
        self.pair("Figures", &text);
        for suspect in evidence.suspects.iter().take(LISTED) {
            let verdict = match (suspect.named, suspect.subtracted) {
                (true, _) => "named",
                (_, true) => "mark taken out",
                _ => "not named",
            };
            let label = format!("z {:.2}\n{verdict}", suspect.z);
            let since = minute(suspect.started_at);
            let text = format!(
                "{}\nviewing {}, from {since}, {}; p {:.1e}",
                who(suspect),
                suspect.viewing,
                suspect.ip,
                suspect.p
            );
            self.pair(&label, &text);
        }
        if evidence.suspects.len() > LISTED {
            self.wide(&format!("{} more are in evidence.json.", evidence.suspects.len() - LISTED), FACTS);
        }
    }

    fn places(&mut self, evidence: &Evidence) {
        if let Some(alone) = &evidence.alone {
            let (first, last) = (alone.pictures.first(), alone.pictures.last());
            let text = match (first, last) {
                (Some(first), Some(last)) => format!(
                    "Nothing that was kept shows the leak. Its pictures {first} to {last} were compared with each other; the \
                     production's pilot stands out by z = {:.1}{}, at {:.3} source frames a picture.",
                    alone.pilot_z,
                    if alone.mirrored { ", mirrored" } else { "" },
                    alone.rate
                ),
                _ => "Nothing that was kept shows the leak, and the production's pilot is not in it.".to_owned(),
            };
            self.pair("Place", &text);
        }
        for place in &evidence.places {
            let list = |numbers: &[u64]| numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(" ");
            let text = format!(
                "Pictures {} of the leak show source frames {} of {}{}, likeness {:.3}.",
                list(&place.pictures),
                list(&place.source_frames),
                place.reference,
                if place.mirrored { ", mirrored" } else { "" },
                place.likeness
            );
            self.pair("Place", &text);
        }
    }

    fn record(&mut self, evidence: &Evidence) {
        for entry in evidence.record.iter().take(ENTRIES) {
            let detail: Vec<String> = entry.detail.iter().map(|(name, value)| format!("{name} {value}")).collect();
            let at = crate::domain::instant::UtcInstant::from_ms(entry.at_ms);
            let text = format!("{at}  {} by {}  {}", entry.action, entry.actor, detail.join(", "));
            self.pair(&format!("Record {}", entry.sequence), &text);
        }
    }
}

fn who(suspect: &Suspect) -> String {
    format!("{} <{}>, code {}", suspect.name, suspect.email, suspect.session_code)
}
