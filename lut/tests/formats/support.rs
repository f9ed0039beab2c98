//! Files of tests/data/formats, and random numbers that are the same every time.

use std::path::PathBuf;

use lut::formats::{Lut, ReadErrorKind, read};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats")
}

/// A file of tests/data/formats.
pub fn file(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Every LUT file there, by name.
pub fn files() -> Vec<(String, Vec<u8>)> {
    let mut names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.ends_with(".py") && !name.ends_with(".json"))
        .collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), file(&name))).collect()
}

/// A text that must be read, whatever its format.
pub fn good(text: &str) -> Lut {
    read(text.as_bytes(), None).unwrap_or_else(|e| panic!("{e} in {text:?}"))
}

/// A text that must be refused, and the message.
pub fn refused(text: &str) -> String {
    read(text.as_bytes(), None).expect_err(text).to_string()
}

/// As [`refused`], the line and the kind.
pub fn error(text: &str) -> (usize, ReadErrorKind) {
    let error = read(text.as_bytes(), None).expect_err(text);
    (error.line, error.kind)
}

/// The warnings as text.
pub fn warnings(lut: &Lut) -> Vec<String> {
    lut.warnings.iter().map(ToString::to_string).collect()
}

pub fn close(found: [f64; 3], expected: [f64; 3], what: &str) {
    for c in 0..3 {
        let allowed = 2.0e-6 + 1.0e-5 * expected[c].abs();
        assert!((found[c] - expected[c]).abs() <= allowed, "{what}: found {found:?}, expected {expected:?}");
    }
}

/// PCG-like generator.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.next() as usize % n
    }

    /// 0..1.
    pub fn unit(&mut self) -> f64 {
        f64::from(self.next()) / f64::from(1_u32 << 31)
    }
}
