//! What can be wrong with numbered pictures.

use std::path::PathBuf;

/// Why a sequence does not open or does not go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SequenceError {
    /// Nothing there fits the pattern.
    #[error("no numbered pictures found at {}, expected e.g. shot.%04d.dpx, shot.####.tif or a folder", path.display())]
    NotFound {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Neither a folder nor a name with a place for the number.
    #[error("{} names one file, expected a place for the number, e.g. shot.%04d.dpx or shot.####.dpx", path.display())]
    NoNumber {
        /// What was given.
        path: PathBuf,
    },
    /// The folder or a file cannot be read.
    #[error("cannot read {}: {detail}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system says.
        detail: String,
    },
    /// A folder with several sequences.
    #[error("the folder holds more than one sequence, {first} and {second}: name one of them")]
    Mixed {
        /// One, as a pattern.
        first: String,
        /// Another.
        second: String,
    },
    /// The same number twice.
    #[error("{first} and {second} have the same number")]
    Twice {
        /// A file's name.
        first: String,
        /// Another's.
        second: String,
    },
    /// Pictures that are not there.
    #[error(
        "{count} pictures of the sequence are missing, the first is number {first}: copy them, or wait until they are rendered"
    )]
    Missing {
        /// How many.
        count: u64,
        /// The lowest number.
        first: u64,
    },
    /// More than is listed.
    #[error("found more than {limit} files in the folder, expected fewer")]
    TooMany {
        /// How many are looked at.
        limit: usize,
    },
    /// A kind of picture that is not read.
    #[error("found .{extension} pictures, expected dpx, exr, tif or png")]
    Kind {
        /// The files' extension.
        extension: String,
    },
    /// A picture that is not like the first.
    #[error("{name} is {found}, expected {expected} as the first picture of the sequence")]
    Unlike {
        /// The file's name.
        name: String,
        /// Its size and depth.
        found: String,
        /// The first picture's.
        expected: String,
    },
    /// What shows scene-linear pictures cannot be made.
    #[error("scene-linear pictures cannot be shown here: {0}")]
    Scene(String),
    /// One picture cannot be read.
    #[error("{name}: {error}")]
    Picture {
        /// The file's name.
        name: String,
        /// What is wrong with it.
        error: PictureError,
    },
}

/// What is wrong with one picture.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// Not what its name says.
    #[error("it does not begin as a DPX file does")]
    NotDpx,
    /// Not what its name says.
    #[error("it does not begin as an EXR file does")]
    NotExr,
    /// It ends somewhere within.
    #[error("it ends too early: it is not completely written")]
    Ends,
    /// It ends too early.
    #[error("found {found} bytes, expected {expected}: it is not completely written")]
    Truncated {
        /// Bytes there are.
        found: u64,
        /// Bytes the header asks for.
        expected: u64,
    },
    /// Larger than any picture.
    #[error("found {bytes} bytes, expected at most {limit}")]
    TooLarge {
        /// Bytes there are.
        bytes: u64,
        /// Most that is read.
        limit: u64,
    },
    /// No size of a picture.
    #[error("found a size of {width} x {height}, expected 1 to {limit} each")]
    Size {
        /// Pixels in a line.
        width: u32,
        /// Lines.
        height: u32,
        /// Largest side.
        limit: u32,
    },
    /// Something of DPX that is not read.
    #[error("found DPX {field} {value}, expected {expected}")]
    Dpx {
        /// Field of the header.
        field: &'static str,
        /// What it says.
        value: u32,
        /// What is read.
        expected: &'static str,
    },
    /// Something of EXR that is not read.
    #[error("found EXR {field} {found}, expected {expected}")]
    Exr {
        /// Which part of the header.
        field: &'static str,
        /// What it says.
        found: String,
        /// What is read.
        expected: &'static str,
    },
    /// What the decoder of TIFF, PNG or EXR says.
    #[error("{0}")]
    Decoder(String),
}
