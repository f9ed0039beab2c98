//! What the numbers mean: primaries, transfer, matrix and range, each apart from how they are stored.

mod difference;
mod gamut;
mod itp;
mod mat3;
mod matrix;
mod panel;
mod primaries;
mod range;
mod spec;
mod tone;
pub mod transfer;

pub use difference::{Lab, delta_e_2000, xyz_to_lab};
pub use gamut::{GamutCompression, GamutMapping};
pub use itp::{Ictcp, bt2020_to_ictcp, delta_e_itp};
pub use mat3::{Mat3, Vec3, apply, identity, inverse, multiply};
pub use matrix::Matrix;
pub use panel::{Panel, PanelError, PanelTarget};
pub use primaries::{Adaptation, Chromaticities, Primaries, WHITE_ACES, WHITE_D65};
pub use range::{Quantization, Range};
pub use spec::{ColorSpec, H273};
pub use tone::{Eetf, HDR_REFERENCE_WHITE, Luminances};
pub use transfer::{HlgDisplay, Transfer};
