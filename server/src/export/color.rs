//! The colour of a marker in each program, by what the comment is about.

pub use crate::domain::comment::Category;

/// One marker colour, by the name or number that each program knows it by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkerColor {
    /// DaVinci Resolve's name, without the `ResolveColor` before it.
    pub resolve: &'static str,
    /// Avid's name, one of red green blue cyan magenta yellow black white.
    pub avid: &'static str,
    /// Premiere's `pproColor`, 0xAABBGGRR.
    pub premiere: u32,
    /// `OpenTimelineIO`'s name.
    pub otio: &'static str,
}

/// The marker colour of a category; blue when a comment has none.
pub const fn marker_color(category: Option<Category>) -> MarkerColor {
    let (resolve, avid, premiere, otio) = match category {
        None => ("Blue", "blue", 0xFFFC_8D42, "BLUE"),
        Some(Category::Color) => ("Yellow", "yellow", 0xFF2B_A1D0, "YELLOW"),
        Some(Category::Sound) => ("Cyan", "cyan", 0xFFD6_F419, "CYAN"),
        Some(Category::Vfx) => ("Purple", "magenta", 0xFFB1_8BAF, "PURPLE"),
        Some(Category::Edit) => ("Red", "red", 0xFF36_2CD2, "RED"),
        Some(Category::Other) => ("Cream", "white", 0xFFFF_FFFF, "WHITE"),
    };
    MarkerColor { resolve, avid, premiere, otio }
}
