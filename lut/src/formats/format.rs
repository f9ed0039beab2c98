//! The file formats by name.

use std::fmt;

/// A kind of LUT file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Not read from a file.
    #[default]
    Memory,
    /// Adobe, Iridas and Resolve `.cube`.
    Cube,
    /// Autodesk Lustre and Flame `.3dl`.
    ThreeDl,
    /// Common LUT Format, SMPTE ST 2136-1 and ACES S-2014-006.
    Clf,
    /// Autodesk Color Transform Format, as far as it is like CLF.
    Ctf,
    /// cineSpace `.csp`.
    Csp,
    /// Sony Pictures Imageworks 1D table.
    Spi1d,
    /// Sony Pictures Imageworks cube.
    Spi3d,
    /// Sony Pictures Imageworks matrix.
    SpiMtx,
    /// Discreet 1D `.lut`.
    Discreet,
    /// ASC colour decision list.
    Cdl,
    /// ASC colour correction.
    Cc,
    /// ASC colour correction collection.
    Ccc,
}

impl Format {
    /// Every format there is to read.
    pub const ALL: [Self; 12] = [
        Self::Cube,
        Self::ThreeDl,
        Self::Clf,
        Self::Ctf,
        Self::Csp,
        Self::Spi1d,
        Self::Spi3d,
        Self::SpiMtx,
        Self::Discreet,
        Self::Cdl,
        Self::Cc,
        Self::Ccc,
    ];

    /// The usual end of a file's name, without the dot.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Memory => "",
            Self::Cube => "cube",
            Self::ThreeDl => "3dl",
            Self::Clf => "clf",
            Self::Ctf => "ctf",
            Self::Csp => "csp",
            Self::Spi1d => "spi1d",
            Self::Spi3d => "spi3d",
            Self::SpiMtx => "spimtx",
            Self::Discreet => "lut",
            Self::Cdl => "cdl",
            Self::Cc => "cc",
            Self::Ccc => "ccc",
        }
    }

    /// The format whose [`Format::extension`] a file's name has, in any case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let (_, extension) = name.rsplit_once('.')?;
        Self::ALL.into_iter().find(|format| format.extension().eq_ignore_ascii_case(extension))
    }

    /// All extensions, for messages.
    pub(super) fn list() -> String {
        Self::ALL.map(|format| format!(".{}", format.extension())).join(" ")
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::Memory { "memory" } else { self.extension() })
    }
}
