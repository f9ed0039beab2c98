//! Which files are a sequence: found by a pattern, or as the only sequence of a folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::error::SequenceError;

/// Files of a folder that are looked at.
const MOST_FILES: usize = 1_000_000;
/// Longest number in a file's name.
const MOST_DIGITS: usize = 9;
/// Pictures that are read, by extension in lower case.
const READ: [&str; 5] = ["dpx", "exr", "tif", "tiff", "png"];
/// Pictures by whose names a folder is understood, though they are not read.
const KNOWN: [&str; 2] = ["jpg", "jpeg"];

/// The files of a sequence without a gap, in the order of their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Listing {
    /// Number of the first file.
    pub first: u64,
    /// One for each number; at least one.
    pub files: Vec<PathBuf>,
}

/// What is the same in all names of a sequence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Shape {
    before: String,
    after: String,
}

/// A name with a place for the number.
struct Pattern {
    shape: Shape,
    /// Fewest digits.
    digits: usize,
}

impl Listing {
    /// Finds the files that `path` names: `shot.%04d.dpx`, `shot.####.dpx` or a folder.
    pub fn find(path: &Path) -> Result<Self, SequenceError> {
        let is_folder = path.is_dir();
        let (folder, pattern) = match is_folder {
            true => (path, None),
            false => (path.parent().unwrap_or(Path::new("/")), Some(pattern(path)?)),
        };
        let mut found: BTreeMap<Shape, BTreeMap<u64, PathBuf>> = BTreeMap::new();
        let unreadable = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => SequenceError::NotFound { path: path.to_owned() },
            _ => SequenceError::Unreadable { path: folder.to_owned(), detail: error.to_string() },
        };
        for (index, entry) in std::fs::read_dir(folder).map_err(unreadable)?.enumerate() {
            if index >= MOST_FILES {
                return Err(SequenceError::TooMany { limit: MOST_FILES });
            }
            let name = entry.map_err(unreadable)?.file_name();
            let Some((shape, number)) = name.to_str().and_then(|name| fits(name, pattern.as_ref())) else { continue };
            let files = found.entry(shape).or_default();
            if let Some(twin) = files.insert(number, folder.join(&name)) {
                return Err(SequenceError::Twice {
                    first: name_of(&twin),
                    second: name.to_string_lossy().into_owned(),
                });
            }
        }
        let mut found = found.into_iter();
        let (shape, files) = found.next().ok_or_else(|| SequenceError::NotFound { path: path.to_owned() })?;
        if let Some((other, _)) = found.next() {
            return Err(SequenceError::Mixed { first: shape.to_string(), second: other.to_string() });
        }
        shape.check_kind()?;
        Self::without_gap(files)
    }

    fn without_gap(files: BTreeMap<u64, PathBuf>) -> Result<Self, SequenceError> {
        let first = files.keys().next().copied().unwrap_or(0);
        let last = files.keys().next_back().copied().unwrap_or(0);
        let count = last - first + 1 - files.len() as u64;
        if let Some(gap) = (first..=last).find(|number| !files.contains_key(number)) {
            return Err(SequenceError::Missing { count, first: gap });
        }
        Ok(Self { first, files: files.into_values().collect() })
    }
}

impl Shape {
    fn extension(&self) -> String {
        self.after.rsplit('.').next().unwrap_or_default().to_ascii_lowercase()
    }

    fn check_kind(&self) -> Result<(), SequenceError> {
        let extension = self.extension();
        if READ.contains(&extension.as_str()) { Ok(()) } else { Err(SequenceError::Kind { extension }) }
    }
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}####{}", self.before, self.after)
    }
}

/// A file's name without its folders.
pub(super) fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// Reads `shot.%04d.dpx`, `shot.%d.dpx` or `shot.####.dpx`.
fn pattern(path: &Path) -> Result<Pattern, SequenceError> {
    let no_number = || SequenceError::NoNumber { path: path.to_owned() };
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(no_number)?;
    let (before, digits, after) = match name.find('#') {
        Some(at) => {
            let digits = name[at..].bytes().take_while(|b| *b == b'#').count();
            (&name[..at], digits, &name[at + digits..])
        }
        None => {
            let at = name.find('%').ok_or_else(no_number)?;
            let length = name[at..].find('d').ok_or_else(no_number)?;
            let digits = match &name[at + 1..at + length] {
                "" => 1,
                width => width.strip_prefix('0').and_then(|width| width.parse().ok()).ok_or_else(no_number)?,
            };
            (&name[..at], digits, &name[at + length + 1..])
        }
    };
    if !(1..=MOST_DIGITS).contains(&digits) {
        return Err(no_number());
    }
    let shape = Shape { before: before.to_owned(), after: after.to_owned() };
    shape.check_kind()?;
    Ok(Pattern { shape, digits })
}

/// Shape and number of a file's name, when it is one of the pattern or, without one, a picture with a number.
fn fits(name: &str, pattern: Option<&Pattern>) -> Option<(Shape, u64)> {
    let (shape, number) = match pattern {
        Some(Pattern { shape, digits }) => {
            let number = name.strip_prefix(&shape.before)?.strip_suffix(&shape.after)?;
            let padded = number.len() == *digits || (number.len() > *digits && !number.starts_with('0'));
            padded.then(|| (shape.clone(), number))?
        }
        None => {
            let (stem, extension) = name.rsplit_once('.')?;
            let lower = extension.to_ascii_lowercase();
            let picture = READ.contains(&lower.as_str()) || KNOWN.contains(&lower.as_str());
            let digits = stem.bytes().rev().take_while(u8::is_ascii_digit).count();
            let (before, number) = stem.split_at(stem.len() - digits);
            let shape = Shape { before: before.to_owned(), after: format!(".{extension}") };
            // Files that begin with a dot are what a file system keeps beside the pictures.
            (picture && !name.starts_with('.')).then_some((shape, number))?
        }
    };
    let numeric = (1..=MOST_DIGITS).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    numeric.then(|| number.parse().ok()).flatten().map(|number| (shape, number))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A folder of empty files that is removed again.
    struct Folder(PathBuf);

    impl Folder {
        fn of(names: &[&str]) -> Self {
            let path = std::env::temp_dir().join(format!("vitrine-listing-{}", uuid::Uuid::new_v4()));
            std::fs::create_dir_all(&path).unwrap();
            for name in names {
                std::fs::write(path.join(name), b"").unwrap();
            }
            Self(path)
        }

        fn find(&self, pattern: &str) -> Result<(u64, Vec<String>), SequenceError> {
            let path = if pattern.is_empty() { self.0.clone() } else { self.0.join(pattern) };
            Listing::find(&path).map(|found| (found.first, found.files.iter().map(|file| name_of(file)).collect()))
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_pattern_or_a_folder_names_the_files_in_the_order_of_their_numbers() {
        let folder = Folder::of(&["a.1001.dpx", "a.0999.dpx", "a.1000.dpx", "._a.1000.dpx", "notes.txt", "a.1.mov"]);
        let expected = (999, vec!["a.0999.dpx".to_owned(), "a.1000.dpx".to_owned(), "a.1001.dpx".to_owned()]);
        for pattern in ["a.%04d.dpx", "a.####.dpx", ""] {
            assert_eq!(folder.find(pattern), Ok(expected.clone()), "{pattern}");
        }
        let long = Folder::of(&["b9999.tif", "b10000.tif", "b00001.tif"]);
        assert_eq!(long.find("b####.tif").unwrap().1, ["b9999.tif", "b10000.tif"], "numbers outgrow their padding");
        let bare = Folder::of(&["8.png", "9.png", "10.png"]);
        assert_eq!(bare.find("%d.png").unwrap().1, ["8.png", "9.png", "10.png"]);
    }

    #[test]
    fn what_is_no_sequence_is_said_with_what_was_expected() {
        let of = |names: &[&str], pattern: &str| Folder::of(names).find(pattern).unwrap_err().to_string();
        assert!(of(&[], "a.%04d.dpx").contains("no numbered pictures found"));
        assert!(of(&["a.dpx"], "a.dpx").contains("expected a place for the number"));
        assert!(of(&["a.1.dpx"], "a.%4d.dpx").contains("expected a place for the number"));
        assert!(of(&["a.1.dpx"], "a.%0999999999999d.dpx").contains("expected a place for the number"));
        assert!(of(&["a.1.dpx", "b.1.dpx"], "").contains("a.####.dpx and b.####.dpx"));
        assert!(of(&["a.1.dpx", "a.01.dpx"], "").contains("have the same number"));
        assert!(of(&["a.1.jpg"], "").contains("found .jpg pictures, expected dpx, exr, tif or png"));
        let gap = of(&["a.1.dpx", "a.2.dpx", "a.5.dpx", "a.900000000.dpx"], "");
        assert!(gap.contains("899999996 pictures") && gap.contains("number 3"), "{gap}");
    }
}
