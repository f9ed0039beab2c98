//! Symbols rasterised once and set side by side on whole pixels, for text that changes all the time (clocks, timecode).

use super::text::{Coverage, TextStyle, Typesetter};

/// Glyph images of a few symbols. Figures are tabular, so a digit is equally wide and looks the same wherever it stands.
#[derive(Clone, Debug)]
pub struct Figures {
    glyphs: Vec<(char, Coverage)>,
}

impl Figures {
    /// Rasterises each character of `symbols`; a space becomes half a figure wide.
    pub fn new(typesetter: &mut Typesetter, symbols: &str, style: TextStyle) -> Self {
        let mut buffer = [0; 4];
        let mut glyphs: Vec<(char, Coverage)> =
            symbols.chars().map(|c| (c, typesetter.render(c.encode_utf8(&mut buffer), style))).collect();
        let figure = typesetter.render("0", style).advance;
        for (_, space) in glyphs.iter_mut().filter(|(c, _)| *c == ' ') {
            space.advance = figure * 0.5;
        }
        Self { glyphs }
    }

    /// The glyphs of `text` with the pixel each starts at; characters that were not rasterised are left out.
    pub fn set(&self, text: &str) -> impl Iterator<Item = (i32, &Coverage)> {
        let found = text.chars().filter_map(|c| self.glyphs.iter().find(|(symbol, _)| *symbol == c));
        found.scan(0, |pen, (_, glyph)| {
            let x = *pen;
            *pen += glyph.advance.round() as i32;
            Some((x, glyph))
        })
    }

    /// Length of `text` in pixels.
    pub fn width(&self, text: &str) -> usize {
        self.set(text).map(|(_, glyph)| glyph.advance.round().max(0.0) as usize).sum()
    }
}
