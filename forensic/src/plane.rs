//! Luma planes: 8-bit samples, or 10-bit in 16-bit little-endian words; narrow range.

/// Bits of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Depth {
    /// One byte, black 16, white 235.
    Eight,
    /// Two bytes, little-endian, black 64, white 940.
    Ten,
}

impl Depth {
    /// Bytes of a sample.
    #[must_use]
    pub fn bytes(self) -> usize {
        match self {
            Depth::Eight => 1,
            Depth::Ten => 2,
        }
    }
}

/// A plane that is not as large as its dimensions say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaneError {
    /// No pixel, or rows that overlap.
    #[error("a luma plane of {width}x{height} samples with {stride} bytes a row has no rows of its own")]
    Shape {
        /// Samples across.
        width: usize,
        /// Samples down.
        height: usize,
        /// Bytes from row to row.
        stride: usize,
    },
    /// Too few bytes.
    #[error("a luma plane needs {needed} bytes and has {found}")]
    Short {
        /// Bytes the dimensions ask for.
        needed: usize,
        /// Bytes there are.
        found: usize,
    },
}

/// Luma to be read.
#[derive(Clone, Copy)]
pub struct LumaRef<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) stride: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) depth: Depth,
}

/// Luma to be marked.
pub struct LumaMut<'a> {
    pub(crate) bytes: &'a mut [u8],
    pub(crate) stride: usize,
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) depth: Depth,
}

impl<'a> LumaRef<'a> {
    /// `width` x `height` samples, rows `stride` bytes apart.
    ///
    /// # Errors
    /// When that does not fit `bytes`.
    pub fn new(bytes: &'a [u8], stride: usize, width: usize, height: usize, depth: Depth) -> Result<Self, PlaneError> {
        check(bytes.len(), stride, width, height, depth)?;
        Ok(Self { bytes, stride, width, height, depth })
    }

    /// Writes row `y` as 8-bit codes (10-bit codes are a quarter).
    pub(crate) fn row_codes(&self, y: usize, out: &mut Vec<f32>) {
        let row = &self.bytes[y * self.stride..][..self.width * self.depth.bytes()];
        out.clear();
        match self.depth {
            Depth::Eight => out.extend(row.iter().map(|v| f32::from(*v))),
            Depth::Ten => out.extend(row.as_chunks::<2>().0.iter().map(|v| f32::from(u16::from_le_bytes(*v)) * 0.25)),
        }
    }
}

impl<'a> LumaMut<'a> {
    /// `width` x `height` samples, rows `stride` bytes apart.
    ///
    /// # Errors
    /// When that does not fit `bytes`.
    pub fn new(
        bytes: &'a mut [u8],
        stride: usize,
        width: usize,
        height: usize,
        depth: Depth,
    ) -> Result<Self, PlaneError> {
        check(bytes.len(), stride, width, height, depth)?;
        Ok(Self { bytes, stride, width, height, depth })
    }
}

fn check(found: usize, stride: usize, width: usize, height: usize, depth: Depth) -> Result<(), PlaneError> {
    let row = width.checked_mul(depth.bytes()).filter(|row| *row > 0 && height > 0 && stride >= *row);
    let shape = PlaneError::Shape { width, height, stride };
    let Some(row) = row else { return Err(shape) };
    let needed = (height - 1).checked_mul(stride).and_then(|rows| rows.checked_add(row)).ok_or(shape)?;
    if found < needed { Err(PlaneError::Short { needed, found }) } else { Ok(()) }
}

/// Mean over (2 `radius` + 1)^2 values of a plane; at the edges over those that exist. Running sums: the cost does
/// not depend on the radius.
pub(crate) fn box_mean(plane: &[f32], width: usize, height: usize, radius: usize) -> Vec<f32> {
    let mut across = vec![0.0; plane.len()];
    for (row, out) in plane.chunks_exact(width).zip(across.chunks_exact_mut(width)) {
        mean_of_row(row, out, radius);
    }
    let mut sum = vec![0.0_f32; width];
    let mut out = vec![0.0; plane.len()];
    let row = |y: usize| &across[y * width..][..width];
    for y in 0..radius.min(height) {
        sum.iter_mut().zip(row(y)).for_each(|(sum, value)| *sum += value);
    }
    for (y, out) in out.chunks_exact_mut(width).enumerate() {
        if y + radius < height {
            sum.iter_mut().zip(row(y + radius)).for_each(|(sum, value)| *sum += value);
        }
        if y > radius {
            sum.iter_mut().zip(row(y - radius - 1)).for_each(|(sum, value)| *sum -= value);
        }
        let count = (y + radius).min(height - 1) - y.saturating_sub(radius) + 1;
        let scale = 1.0 / count as f32;
        out.iter_mut().zip(&sum).for_each(|(out, sum)| *out = sum * scale);
    }
    out
}

fn mean_of_row(row: &[f32], out: &mut [f32], radius: usize) {
    let width = row.len();
    // Where the whole window lies within the row.
    let (inner, end) = (radius + 1, width.saturating_sub(radius));
    let mut sum: f32 = row.iter().take(radius).sum();
    let edge = |sum: &mut f32, x: usize, out: &mut [f32]| {
        if x + radius < width {
            *sum += row[x + radius];
        }
        if x > radius {
            *sum -= row[x - radius - 1];
        }
        out[x] = *sum / ((x + radius).min(width - 1) - x.saturating_sub(radius) + 1) as f32;
    };
    if inner >= end {
        return (0..width).for_each(|x| edge(&mut sum, x, out));
    }
    (0..inner).for_each(|x| edge(&mut sum, x, out));
    let scale = 1.0 / (2 * radius + 1) as f32;
    let window = row[inner + radius..].iter().zip(row);
    for (out, (comes, goes)) in out[inner..end].iter_mut().zip(window) {
        sum += comes - goes;
        *out = sum * scale;
    }
    (end..width).for_each(|x| edge(&mut sum, x, out));
}
