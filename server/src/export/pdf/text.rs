//! Text to lines of glyphs: shaped, ordered by the bidirectional algorithm and wrapped, with the fonts in the binary only.

use std::collections::HashMap;
use std::sync::Arc;

use cosmic_text::{Attrs, Buffer, Family, FontSystem, LayoutGlyph, LayoutRun, Metrics, Shaping, Weight, Wrap, fontdb};
use krilla::color::rgb;
use krilla::geom::Point;
use krilla::num::NormalizedF32;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use pipelines::watermark::text::{FONTS, LATIN_FAMILY};

use crate::export::printable::printable;

/// Distance of baselines, per em: room for stacked Arabic and Devanagari marks.
const LINE_HEIGHT: f32 = 1.45;

/// How to set a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Style {
    /// Points per em.
    pub size: f32,
    /// Bold; scripts that the binary has in one weight only are set in that.
    pub bold: bool,
    /// 0 black, 255 white.
    pub gray: u8,
}

/// One line, ready to draw.
#[derive(Debug)]
pub struct Line {
    /// Distance to the next line, in points.
    pub height: f32,
    /// Ink and spaces, in points.
    pub width: f32,
    baseline: f32,
    style: Style,
    text: Arc<str>,
    runs: Vec<Run>,
}

/// Neighbouring glyphs of one font.
#[derive(Debug)]
struct Run {
    font: Font,
    x: f32,
    end: f32,
    glyphs: Vec<KrillaGlyph>,
}

/// Sets text. Costs some milliseconds and megabytes: make one for a document.
pub struct Typesetter {
    fonts: FontSystem,
    embedded: HashMap<fontdb::ID, Font>,
}

impl Typesetter {
    /// A typesetter with the bundled fonts; the machine's own fonts are never looked at.
    pub fn new() -> Self {
        let mut db = fontdb::Database::new();
        let mut embedded = HashMap::new();
        for data in FONTS {
            let ids = db.load_font_source(fontdb::Source::Binary(Arc::new(data)));
            for id in ids {
                let Some(font) = Font::new(data.into(), 0) else { continue };
                // Fallback looks only among faces of the weight that is asked for.
                if let Some(regular) = regular_twin(&db, id) {
                    embedded.insert(db.push_face_info(regular), font.clone());
                }
                embedded.insert(id, font);
            }
        }
        // The locale makes it prefer Japanese shapes for Han characters.
        Self { fonts: FontSystem::new_with_locale_and_db("ja".to_owned(), db), embedded }
    }

    /// Text as lines no wider than `width` points. Paragraphs of a right-to-left script are set to the right.
    pub fn lines(&mut self, text: &str, style: Style, width: f32) -> Vec<Line> {
        let mut buffer = Buffer::new(&mut self.fonts, Metrics::new(style.size, style.size * LINE_HEIGHT));
        buffer.set_wrap(Wrap::WordOrGlyph);
        buffer.set_size(Some(width), None);
        let weight = if style.bold { Weight::BOLD } else { Weight::NORMAL };
        let attrs = Attrs::new().family(Family::Name(LATIN_FAMILY)).weight(weight);
        buffer.set_text(&printable(text), &attrs, Shaping::Advanced, None);
        buffer.shape_until_scroll(&mut self.fonts, false);
        buffer.layout_runs().map(|run| self.line(&run, style)).collect()
    }

    /// The first line of a text, for places that hold only one.
    pub fn line_of(&mut self, text: &str, style: Style, width: f32) -> Option<Line> {
        self.lines(text, style, width).into_iter().next()
    }

    fn line(&self, line: &LayoutRun<'_>, style: Style) -> Line {
        // Glyphs come in the order of the text; they are drawn from left to right.
        let mut glyphs: Vec<&LayoutGlyph> = line.glyphs.iter().collect();
        glyphs.sort_by(|a, b| a.x.total_cmp(&b.x));
        let mut runs: Vec<Run> = Vec::new();
        let mut last = None;
        for glyph in glyphs {
            let Some(font) = self.embedded.get(&glyph.font_id) else { continue };
            if last != Some(glyph.font_id) {
                runs.push(Run { font: font.clone(), x: glyph.x, end: glyph.x, glyphs: Vec::new() });
            }
            last = Some(glyph.font_id);
            if let Some(run) = runs.last_mut() {
                run.push(glyph);
            }
        }
        Line {
            height: line.line_height,
            width: line.line_w,
            baseline: line.line_y - line.line_top,
            style,
            text: line.text.into(),
            runs,
        }
    }
}

impl Run {
    /// Advances and offsets in em, offsets from where the glyphs before have ended.
    fn push(&mut self, glyph: &LayoutGlyph) {
        let size = glyph.font_size;
        self.glyphs.push(KrillaGlyph {
            glyph_id: GlyphId::new(u32::from(glyph.glyph_id)),
            text_range: glyph.start..glyph.end,
            x_advance: glyph.w / size,
            x_offset: (glyph.x - self.end) / size + glyph.x_offset,
            y_offset: glyph.y_offset,
            y_advance: 0.0,
            location: None,
        });
        self.end += glyph.w;
    }
}

impl Line {
    /// Draws the line with its upper left corner at `x`, `y`, in points from the page's upper left corner.
    pub fn draw(&self, surface: &mut Surface<'_>, x: f32, y: f32) {
        let gray = self.style.gray;
        self.draw_in(surface, x, y, [gray; 3]);
    }

    /// The same in a colour.
    pub fn draw_in(&self, surface: &mut Surface<'_>, x: f32, y: f32, [red, green, blue]: [u8; 3]) {
        let size = self.style.size;
        let paint = rgb::Color::new(red, green, blue).into();
        surface.set_fill(Some(Fill { paint, opacity: NormalizedF32::ONE, rule: krilla::paint::FillRule::default() }));
        for run in &self.runs {
            let start = Point::from_xy(x + run.x, y + self.baseline);
            surface.draw_glyphs(start, &run.glyphs, run.font.clone(), &self.text, size, false);
        }
    }
}

/// The same face under normal weight, for fonts that the binary has only in bold.
fn regular_twin(db: &fontdb::Database, id: fontdb::ID) -> Option<fontdb::FaceInfo> {
    let face = db.face(id)?;
    let latin = face.families.iter().any(|(family, _)| family == LATIN_FAMILY);
    (!latin).then(|| fontdb::FaceInfo { weight: fontdb::Weight::NORMAL, ..face.clone() })
}
