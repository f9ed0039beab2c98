//! What is measured with: a picture with gradients, detail and noise, and a look with an S curve and crosstalk.

use lut::ops::lut3d::Domain;
use lut::{ImageBuf, Lut3d, Op, PixelFormat};

/// Width and height in pixels.
pub const SIZE: (usize, usize) = (1920, 1080);

/// A 10-bit 4:2:2 picture whose neighbours are alike, as in camera material, and whose every sample is noisy.
pub fn picture() -> anyhow::Result<ImageBuf> {
    let mut image = ImageBuf::new(PixelFormat::I422_10LE, SIZE.0, SIZE.1)?;
    let mut noise = Noise(0x2545_f491);
    for plane in 0..3 {
        let width = if plane == 0 { SIZE.0 } else { SIZE.0 / 2 };
        let samples = image.plane_mut(plane);
        let stride = samples.len() / SIZE.1;
        for (y, row) in samples.chunks_exact_mut(stride).enumerate() {
            for (x, sample) in row.chunks_exact_mut(2).take(width).enumerate() {
                let (x, y) = (x as f64, y as f64);
                let code = if plane == 0 { luma(x, y) } else { chroma(2.0 * x, y, plane as f64) };
                let code = (code + noise.next()).round().clamp(4.0, 1019.0) as u16;
                sample.copy_from_slice(&code.to_le_bytes());
            }
        }
    }
    Ok(image)
}

fn luma(x: f64, y: f64) -> f64 {
    let broad = (x * 0.003 + y * 0.002).sin() + (x * 0.0011 - y * 0.004).sin();
    let fine = (x * 0.05 + y * 0.031).sin() + (x * 0.11 - y * 0.07).sin();
    64.0 + 876.0 * (0.45 + 0.18 * broad + 0.06 * fine)
}

fn chroma(x: f64, y: f64, plane: f64) -> f64 {
    512.0 + 896.0 * 0.12 * ((x * 0.002 * plane + y * 0.0013).sin() + (x * 0.0012 - y * 0.003 * plane).sin())
}

/// Noise of two and a half codes, the same at every run.
struct Noise(u32);

impl Noise {
    /// The sum of three uniform values, about normal.
    fn next(&mut self) -> f64 {
        (0..3).map(|_| f64::from(self.step()) / f64::from(u32::MAX) - 0.5).sum::<f64>() * 5.0
    }

    /// xorshift32 (Marsaglia 2003).
    fn step(&mut self) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0
    }
}

/// A cube of `size` nodes an axis.
pub fn look(size: usize) -> anyhow::Result<lut::Lut> {
    let mut values = Vec::with_capacity(size * size * size);
    let at = |node: usize| node as f64 / (size - 1) as f64;
    let curve = |value: f64| value * value * (3.0 - 2.0 * value);
    for (b, g, r) in (0..size).flat_map(|b| (0..size).flat_map(move |g| (0..size).map(move |r| (b, g, r)))) {
        let (r, g, b) = (at(r), at(g), at(b));
        let red = 0.85 * curve(r) + 0.1 * g + 0.05 * b;
        let green = 0.9 * curve(g) + 0.05 * r + 0.05 * b;
        let blue = 0.8 * curve(b) + 0.15 * g.powf(1.2) + 0.02;
        values.push([red as f32, green as f32, blue as f32]);
    }
    Ok([Op::Lut3d(Lut3d::new(size, Domain::UNIT, values)?)].into())
}
