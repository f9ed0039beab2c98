//! Reference vectors, pictures made of codes, and random numbers that are the same every time.

use lut::{ImageBuf, PixelFormat};
use serde_json::Value;

/// A file of tests/data.
pub fn vectors(name: &str) -> Value {
    let text = match name {
        "transfer" => include_str!("../data/transfer.json"),
        "primaries" => include_str!("../data/primaries.json"),
        "ycbcr" => include_str!("../data/ycbcr.json"),
        "difference" => include_str!("../data/difference.json"),
        "colorchecker" => include_str!("../data/colorchecker.json"),
        _ => panic!("no vectors called {name}"),
    };
    serde_json::from_str(text).unwrap()
}

pub fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

pub fn list(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(number).collect()
}

pub fn triple(value: &Value) -> [f64; 3] {
    list(value).try_into().unwrap()
}

pub fn triples(value: &Value) -> Vec<[f64; 3]> {
    value.as_array().unwrap().iter().map(triple).collect()
}

/// Within 1e-5 of the expected value, relative, or 1e-9 absolute near zero.
pub fn close(found: f64, expected: f64, what: &str) {
    let allowed = 1.0e-5 * expected.abs() + 1.0e-9;
    assert!((found - expected).abs() <= allowed, "{what}: found {found}, expected {expected}");
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

/// A picture whose planes hold `code(plane, x, y)`, x and y counted in samples of that plane.
pub fn picture(
    format: PixelFormat,
    (width, height): (usize, usize),
    code: impl Fn(usize, usize, usize) -> u16,
) -> ImageBuf {
    let mut image = ImageBuf::new(format, width, height).unwrap();
    let bytes = format.depth().bytes();
    for plane in 0..format.plane_count() {
        let stride = format.plane_size(plane, width, height).0;
        for (y, row) in image.plane_mut(plane).chunks_mut(stride).enumerate() {
            for (x, sample) in row.chunks_mut(bytes).enumerate() {
                sample.copy_from_slice(&code(plane, x, y).to_le_bytes()[..bytes]);
            }
        }
    }
    image
}

/// The samples of one plane.
pub fn codes(image: &ImageBuf, plane: usize) -> Vec<u16> {
    let word = |s: &[u8]| u16::from_le_bytes([s[0], s.get(1).copied().unwrap_or(0)]);
    image.plane(plane).chunks(image.as_ref().format().depth().bytes()).map(word).collect()
}

/// The mean of one plane.
pub fn mean(image: &ImageBuf, plane: usize) -> f64 {
    let all = codes(image, plane);
    all.iter().map(|c| f64::from(*c)).sum::<f64>() / all.len() as f64
}
