//! LUT files: bytes in, ops or a typed error out. One file format per module; [`read`] finds out which it is.

pub mod cdl;
pub mod cgats;
pub mod clf;
pub mod csp;
pub mod cube;
mod detect;
pub mod discreet;
mod error;
mod format;
pub(crate) mod half;
pub mod spi;
mod text;
pub mod threedl;
mod write;
mod xml;

use crate::color::Vec3;
use crate::ops::Op;

pub use detect::detect;
pub use error::{ReadError, ReadErrorKind, Warning};
pub use format::Format;
pub use write::WriteError;

/// Largest file accepted: 64 MiB.
pub const MAX_BYTES: usize = 64 << 20;

/// A look as a facility sends it: steps from R'G'B' to R'G'B', in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lut {
    /// What it was read as.
    pub format: Format,
    /// The steps.
    pub ops: Vec<Op>,
    /// The name the file gives itself.
    pub title: Option<String>,
    /// What the file says that was not obeyed, or looks wrong.
    pub warnings: Vec<Warning>,
}

impl Lut {
    /// The value of one colour, in `f64`.
    #[must_use]
    pub fn apply(&self, rgb: Vec3) -> Vec3 {
        self.ops.iter().fold(rgb, |rgb, op| op.apply(rgb))
    }
}

impl From<Vec<Op>> for Lut {
    fn from(ops: Vec<Op>) -> Self {
        Self { ops, ..Self::default() }
    }
}

impl<const N: usize> From<[Op; N]> for Lut {
    /// A look without a file.
    fn from(ops: [Op; N]) -> Self {
        Self { ops: ops.into(), ..Self::default() }
    }
}

/// Reads a LUT file of any format in [`Format`]. The content says which it is; `name`, the file's name, only where the
/// content could be several, and for what only the name of a Discreet `.lut` says.
///
/// # Errors
/// As the `read` of the format: the line, what was found, what was expected. Never panics; nothing much larger than
/// the file is allocated, and no other file is opened.
///
/// ```
/// let lut = lut::formats::read(b"1 0 0 0  0 1 0 0  0 0 2 65535", None)?;
/// assert_eq!(lut.format, lut::formats::Format::SpiMtx);
/// assert_eq!(lut.apply([0.5; 3]), [0.5, 0.5, 2.0]);
/// # Ok::<(), lut::formats::ReadError>(())
/// ```
pub fn read(bytes: &[u8], name: Option<&str>) -> Result<Lut, ReadError> {
    match detect(bytes, name)? {
        Format::Cube | Format::Memory => cube::read(bytes),
        Format::ThreeDl => threedl::read(bytes),
        Format::Csp => csp::read(bytes),
        Format::Spi1d => spi::read_1d(bytes),
        Format::Spi3d => spi::read_3d(bytes),
        Format::SpiMtx => spi::read_matrix(bytes),
        Format::Discreet => discreet::read(bytes, name),
        Format::Clf | Format::Ctf => clf::read(bytes),
        Format::Cdl | Format::Cc | Format::Ccc => cdl::read(bytes, None),
    }
}
