//! From the source's colour to the viewers'.

pub(crate) mod caps;
pub(crate) mod compiler;
pub mod convert;
pub(crate) mod hdr;
pub(crate) mod scale;
pub mod stage;
