//! Text to coverage, shaped with the fonts in the binary only: Latin, Greek, Cyrillic, Arabic, Hebrew, Devanagari, Thai,
//! Japanese, Korean, simplified Chinese.

use std::sync::Arc;

use cosmic_text::{
    Align, Attrs, Buffer, Ellipsize, EllipsizeHeightLimit, Family, FontSystem, Metrics, Shaping, SwashCache,
    SwashContent, Weight, Wrap, fontdb,
};

/// The bundled fonts: Latin, Greek and Cyrillic in two weights, all others in bold.
pub static FONTS: [&[u8]; 9] = [
    include_bytes!("../../fonts/NotoSans-Bold.subset.ttf"),
    include_bytes!("../../fonts/NotoSans-Regular.subset.ttf"),
    include_bytes!("../../fonts/NotoSansArabic-Bold.subset.ttf"),
    include_bytes!("../../fonts/NotoSansDevanagari-Bold.subset.ttf"),
    include_bytes!("../../fonts/NotoSansHebrew-Bold.subset.ttf"),
    include_bytes!("../../fonts/NotoSansThai-Bold.subset.ttf"),
    include_bytes!("../../fonts/NotoSansCJKjp-Bold.subset.otf"),
    include_bytes!("../../fonts/NotoSansCJKkr-Bold.subset.otf"),
    include_bytes!("../../fonts/NotoSansCJKsc-Bold.subset.otf"),
];
/// Family name of the first two of them; the others are found by fallback.
pub const LATIN_FAMILY: &str = "Noto Sans";

/// Height of a capital letter in the bundled Latin font, per em (OS/2 `sCapHeight` 714 of 1000).
pub const CAP_HEIGHT_PER_EM: f32 = 0.714;
/// Ink above this many em over the baseline, or below the other, is cut: stacked accents must not reach other lines.
const ASCENT_LIMIT_EM: f32 = 1.15;
const DESCENT_LIMIT_EM: f32 = 0.6;
/// More characters than fit into any mark; bounds the work that a hostile name can cause.
const MAX_CHARS: usize = 256;

/// Weight of the bundled fonts. Scripts other than Latin, Greek and Cyrillic exist in bold only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// For labels.
    Regular,
    /// For marks and titles.
    Bold,
}

/// How to set a line of text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TextStyle {
    /// Font size in pixels per em.
    pub em_px: f32,
    /// Weight.
    pub face: Face,
    /// Longest line in pixels: more is cut with an ellipsis.
    pub max_width_px: f32,
}

/// 8-bit coverage of one line of text, cut to its ink.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// First column, relative to the start of the line.
    pub left: i32,
    /// Rows from the first row to the baseline; positive upwards.
    pub ascent: i32,
    /// Length of the line in pixels, with the space around its ink.
    pub advance: f32,
    /// Row by row, 0 (none) to 255 (full).
    pub data: Vec<u8>,
}

/// One glyph of a shaped line, in visual order from left to right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapedGlyph {
    /// Index in its font; 0 is `.notdef`, the box for a missing character.
    pub glyph_id: u16,
    /// Byte in the sanitised text where the glyph's cluster starts.
    pub start: usize,
    /// Which of the bundled fonts.
    pub font: fontdb::ID,
}

/// Shapes and rasterises text. Costs some milliseconds and megabytes: make one for a layout, then drop it.
pub struct Typesetter {
    fonts: FontSystem,
    glyphs: SwashCache,
}

impl Default for Typesetter {
    fn default() -> Self {
        Self::new()
    }
}

impl Typesetter {
    /// A typesetter with the bundled fonts; the machine's own fonts are never looked at.
    pub fn new() -> Self {
        let mut db = fontdb::Database::new();
        for font in FONTS {
            db.load_font_source(fontdb::Source::Binary(Arc::new(font)));
        }
        // The crate's own fallback lists name the Noto families; what is not in `db` cannot be found. The locale makes it
        // prefer Japanese shapes for Han characters.
        let fonts = FontSystem::new_with_locale_and_db("ja".to_owned(), db);
        Self { fonts, glyphs: SwashCache::new() }
    }

    /// Coverage of one line. Control characters are dropped, missing characters drawn as boxes, long text ellipsised.
    pub fn render(&mut self, text: &str, style: TextStyle) -> Coverage {
        let buffer = self.shape(text, style);
        let Some(run) = buffer.layout_runs().next() else { return Coverage::default() };
        let start = run.glyphs.iter().map(|g| g.x).fold(f32::INFINITY, f32::min);
        let end = run.glyphs.iter().map(|g| g.x + g.w).fold(f32::NEG_INFINITY, f32::max);
        if !(start.is_finite() && end.is_finite()) {
            return Coverage::default();
        }
        let mut ink = Ink::default();
        for glyph in run.glyphs {
            let physical = glyph.physical((-start, 0.0), 1.0);
            let Some(image) = self.glyphs.get_image(&mut self.fonts, physical.cache_key) else { continue };
            // The bundled fonts are outlines: there is no coloured glyph to miss here.
            if image.content == SwashContent::Mask {
                ink.add(physical.x + image.placement.left, physical.y - image.placement.top, image);
            }
        }
        ink.flatten(style.em_px, end - start)
    }

    /// The glyphs of a line, as shaped and before rasterising.
    pub fn glyph_run(&mut self, text: &str, style: TextStyle) -> Vec<ShapedGlyph> {
        let buffer = self.shape(text, style);
        let runs = buffer.layout_runs().next();
        let mut glyphs: Vec<_> = runs.iter().flat_map(|run| run.glyphs).collect();
        glyphs.sort_by(|a, b| a.x.total_cmp(&b.x));
        glyphs.into_iter().map(|g| ShapedGlyph { glyph_id: g.glyph_id, start: g.start, font: g.font_id }).collect()
    }

    fn shape(&mut self, text: &str, style: TextStyle) -> Buffer {
        let em = if style.em_px.is_finite() { style.em_px.clamp(4.0, 1000.0) } else { 16.0 };
        let mut buffer = Buffer::new(&mut self.fonts, Metrics::new(em, em * 1.5));
        buffer.set_wrap(Wrap::None);
        buffer.set_ellipsize(Ellipsize::End(EllipsizeHeightLimit::Lines(1)));
        buffer.set_size(Some(style.max_width_px.max(em)), None);
        let weight = match style.face {
            Face::Regular => Weight::NORMAL,
            Face::Bold => Weight::BOLD,
        };
        let attrs = Attrs::new().family(Family::Name(LATIN_FAMILY)).weight(weight);
        buffer.set_text(&sanitise(text), &attrs, Shaping::Advanced, Some(Align::Left));
        buffer.shape_until_scroll(&mut self.fonts, false);
        buffer
    }
}

/// Glyph images placed relative to the start of the baseline, y downwards.
#[derive(Default)]
struct Ink {
    images: Vec<(i32, i32, usize, Vec<u8>)>,
}

impl Ink {
    fn add(&mut self, x: i32, y: i32, image: &cosmic_text::SwashImage) {
        if image.placement.width > 0 && image.data.len() >= (image.placement.width * image.placement.height) as usize {
            self.images.push((x, y, image.placement.width as usize, image.data.clone()));
        }
    }

    fn flatten(&self, em_px: f32, advance: f32) -> Coverage {
        let (top_limit, bottom_limit) = (-(em_px * ASCENT_LIMIT_EM) as i32, (em_px * DESCENT_LIMIT_EM) as i32);
        let rows = |y: i32, width: usize, data: &[u8]| (y, y + (data.len() / width) as i32);
        let bounds = self.images.iter().map(|(x, y, width, data)| {
            let (top, bottom) = rows(*y, *width, data);
            (*x, x + *width as i32, top.max(top_limit), bottom.min(bottom_limit))
        });
        let joined = bounds.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1), a.2.min(b.2), a.3.max(b.3)));
        let Some((left, right, top, bottom)) = joined.filter(|b| b.1 > b.0 && b.3 > b.2) else {
            return Coverage { advance, ..Coverage::default() };
        };
        let (width, height) = ((right - left) as usize, (bottom - top) as usize);
        let mut data = vec![0u8; width * height];
        for (x, y, glyph_width, glyph) in &self.images {
            for (row, line) in glyph.chunks_exact(*glyph_width).enumerate() {
                let target_row = y + row as i32 - top;
                if !(0..height as i32).contains(&target_row) {
                    continue;
                }
                let at = target_row as usize * width + (x - left) as usize;
                for (sample, &coverage) in data[at..].iter_mut().zip(line) {
                    *sample = (*sample).max(coverage);
                }
            }
        }
        Coverage { width, height, left, ascent: -top, advance, data }
    }
}

/// Text as it may be drawn: one line, no control or invisible formatting characters (which could reorder or hide what
/// stands beside them), of bounded length. Joiners stay: Devanagari and Persian spelling needs them.
pub fn sanitise(text: &str) -> String {
    let mut out = String::new();
    let mut cut = false;
    for (count, c) in text.chars().filter(|c| !is_invisible(*c)).enumerate() {
        if count >= MAX_CHARS {
            cut = true;
            break;
        }
        let is_space = c.is_whitespace();
        if is_space && (out.is_empty() || out.ends_with(' ')) {
            continue;
        }
        out.push(if is_space { ' ' } else { c });
    }
    out.truncate(out.trim_end().len());
    if cut {
        out.push('…');
    }
    out
}

fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}
